//! Checks metrics: their expressions, formulas and variants.

use std::sync::Arc;

use crate::error::{CatalogError, Error, Help};
use crate::expr::aggregate::{restrict, split};
use crate::expr::parse::FragmentKind;
use crate::expr::{Expr, Written, WrittenName};
use crate::format::FormatPattern;
use crate::name::{Name, is_name};

use super::super::MetricId;
use super::super::columns::ColumnId;
use super::super::metric::{
    Additivity, Calculation, Definition, Formula, Metric, MetricInfo, MetricType, SharedFilter,
    Variant,
};
use super::super::spec::{AdditivitySpec, MetricSpec, Origin, VariantSpec};
use super::super::spelling::KeySpelling;
use super::super::toggle::Toggle;
use super::formats::WrittenFormat;
use super::{Checker, MeasureFacts, label};

const AGGREGATION_TYPES: [&str; 7] = ["sum", "count", "avg", "min", "max", "ratio", "custom"];

/// What all definitions of one metric share.
pub(super) struct MetricFrame<'s> {
    pub(super) spec: &'s MetricSpec,
    /// What every aggregate is restricted to.
    filter: Option<Expr<ColumnId>>,
    /// What rows have to be before one date of them is picked.
    picked: Option<SharedFilter>,
    null_as: Option<Expr<u32>>,
}

/// A definition's own text and what it shows otherwise than its metric.
pub(super) struct DefinitionText<'s> {
    origin: &'s Origin,
    sql_expression: Option<&'s str>,
    derived_formula: Option<&'s str>,
    shown: Option<&'s VariantSpec>,
    /// The pattern of the option that a variant is of.
    option_pattern: Option<String>,
}

impl<'s> Checker<'s> {
    /// Checks every metric, in the order of the keys.
    pub(super) fn metrics(&mut self, toggles: &[Toggle]) -> Vec<Metric> {
        let spec = self.spec;
        let order = self.order.metrics.clone();
        order
            .iter()
            .filter_map(|at| spec.metrics.get(*at))
            .map(|metric| self.metric(metric, toggles))
            .collect()
    }

    fn metric(&mut self, spec: &'s MetricSpec, toggles: &[Toggle]) -> Metric {
        self.check_words(spec);
        let frame = self.metric_frame(spec);
        let base = DefinitionText {
            origin: &spec.origin,
            sql_expression: spec.sql_expression.as_deref(),
            derived_formula: spec.derived_formula.as_deref(),
            shown: None,
            option_pattern: None,
        };
        let base = self.definition(&frame, &base);
        let mut variants: Vec<Variant> = spec
            .variants
            .iter()
            .filter_map(|variant| self.variant(&frame, variant, toggles))
            .collect();
        // Specificity first; the rest of the order only makes it independent of the document.
        variants.sort_by(|a, b| b.when.len().cmp(&a.when.len()).then(a.when.cmp(&b.when)));
        Metric {
            key: Name::new(&spec.metric_key).unwrap_or_else(Name::placeholder),
            additivity: additivity(spec, &base, self),
            base,
            variants,
            module: spec.module.clone(),
            timing: self.timing(spec, frame.picked),
            is_timed: false,
        }
    }

    /// What all definitions of a metric share, checked once.
    pub(super) fn metric_frame(&mut self, spec: &'s MetricSpec) -> MetricFrame<'s> {
        let filter = spec
            .filter
            .as_deref()
            .and_then(|filter| self.row_fragment(&spec.origin, "filter", filter));
        if spec.derived_formula.is_some() && spec.filter.is_some() {
            let subject = "a filter on a derived metric".to_owned();
            let error = Error::new(
                spec.origin.path("filter"),
                CatalogError::WrongValue { subject },
            );
            let help = Help::advice("put the filter on the metrics that the formula uses");
            self.findings.push(error.with_help(help));
        }
        let null_as = spec
            .null_as
            .as_deref()
            .and_then(|written| self.null_as(spec, written));
        // Of a semi-additive metric the rows are chosen, and then their date.
        let is_picked = matches!(spec.additivity, Some(AdditivitySpec::SemiAdditive { .. }));
        let (filter, picked) = match is_picked {
            true => (None, filter.map(|filter| self.shared_filter(filter))),
            false => (filter, None),
        };
        MetricFrame {
            spec,
            filter,
            picked,
            null_as,
        }
    }

    fn null_as(&mut self, spec: &MetricSpec, written: &str) -> Option<Expr<u32>> {
        let digits = written.strip_prefix('-').unwrap_or(written);
        let plain = !digits.is_empty()
            && digits.len() <= 40
            && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
            && digits.bytes().filter(|b| *b == b'.').count() <= 1
            && digits.starts_with(|c: char| c.is_ascii_digit())
            && digits.ends_with(|c: char| c.is_ascii_digit());
        if !plain {
            let subject = format!("`{}`", crate::path::echo(written));
            let error = CatalogError::WrongValue { subject };
            let help = Help::advice("write a plain number such as 0 or -1.5, without an exponent");
            self.findings
                .push(Error::new(spec.origin.path("null_as"), error).with_help(help));
            return None;
        }
        let number = Expr::Number(digits.into());
        Some(if written.starts_with('-') {
            Expr::Negate(Box::new(number))
        } else {
            number
        })
    }

    fn variant(
        &mut self,
        frame: &MetricFrame<'s>,
        spec: &'s VariantSpec,
        toggles: &[Toggle],
    ) -> Option<Variant> {
        let mut when = Vec::new();
        for (toggle, option) in &spec.when {
            let Some(id) = self.index.toggles.get(toggle.as_str()).copied() else {
                let name = crate::path::echo(toggle);
                let error = CatalogError::UnknownReference {
                    kind: "toggle",
                    name,
                };
                let help = self
                    .findings
                    .nearest(toggle, self.index.toggles.keys().map(Name::as_str));
                self.findings
                    .push(Error::new(spec.origin.path("when"), error).with_help(help));
                continue;
            };
            let Some(found) = toggles.get(usize::from(id.0)) else {
                continue;
            };
            match found.find_option(option) {
                Some(option) => when.push((id, option)),
                None => {
                    let name = crate::path::echo(option);
                    let error = CatalogError::UnknownReference {
                        kind: "option",
                        name,
                    };
                    let keys = found.options.iter().map(|option| option.key.as_str());
                    let help = self.findings.nearest(option, keys);
                    self.findings
                        .push(Error::new(spec.origin.path("when"), error).with_help(help));
                }
            }
        }
        if spec.when.is_empty() {
            let subject = "a variant without options".to_owned();
            self.report(&spec.origin, "when", CatalogError::WrongValue { subject });
        }
        when.sort_unstable();
        // A pattern that is none is reported where it is written.
        let mut options = when.iter().filter_map(|(toggle, option)| {
            let found = toggles.get(usize::from(toggle.0))?;
            found.option(*option)?.format_pattern()
        });
        let option_pattern = options
            .find(|text| FormatPattern::parse(text).is_ok())
            .map(str::to_owned);
        let written = DefinitionText {
            origin: &spec.origin,
            sql_expression: spec.sql_expression.as_deref(),
            derived_formula: spec.derived_formula.as_deref(),
            shown: Some(spec),
            option_pattern,
        };
        let definition = self.definition(frame, &written);
        // Without some of its options, a variant would seem to apply where it does not.
        (when.len() == spec.when.len()).then(|| Variant {
            when: when.into(),
            definition,
        })
    }

    /// The definition of a metric by the SQL of a source.
    pub(super) fn source_definition(
        &mut self,
        frame: &MetricFrame<'s>,
        origin: &'s Origin,
        sql: &'s str,
    ) -> Definition {
        let written = DefinitionText {
            origin,
            sql_expression: Some(sql),
            derived_formula: None,
            shown: None,
            option_pattern: None,
        };
        self.definition(frame, &written)
    }

    fn definition(&mut self, frame: &MetricFrame<'s>, written: &DefinitionText<'s>) -> Definition {
        let sql = written.sql_expression.filter(|sql| !sql.trim().is_empty());
        let calculation = match (written.derived_formula, sql) {
            (Some(formula), _) => self.derived(frame, written.origin, formula),
            (None, Some(sql)) => self.aggregate(frame, written.origin, sql),
            (None, None) => {
                let metric = frame.spec.metric_key.clone();
                let error = CatalogError::MissingExpression { metric };
                let help =
                    Help::advice("write the SQL that aggregates, or a formula over other metrics");
                let path = written.origin.path("sql_expression");
                self.findings.push(Error::new(path, error).with_help(help));
                None
            }
        };
        // A definition that failed is never seen: the catalog is refused as a whole.
        let calculation = calculation.unwrap_or(Calculation::Aggregate {
            measures: Box::default(),
            above: None,
        });
        let expression = written
            .derived_formula
            .or(sql)
            .unwrap_or_default()
            .to_owned();
        let info = self.metric_info(frame, written, &calculation, expression);
        Definition {
            calculation,
            info: Arc::new(info),
        }
    }

    fn aggregate(
        &mut self,
        frame: &MetricFrame<'s>,
        origin: &Origin,
        sql: &str,
    ) -> Option<Calculation> {
        let parsed = self.parse(origin, "sql_expression", sql, FragmentKind::Metric)?;
        let bound = self.bind_columns(origin, "sql_expression", &parsed)?;
        self.check_session(origin, "sql_expression", &bound);
        let (above, calls) = split(&bound)?;
        let mut measures = Vec::with_capacity(calls.len());
        for mut call in calls {
            if let Some(filter) = &frame.filter {
                restrict(&mut call, filter.clone());
            }
            measures.push(self.measure(call));
        }
        let above = above.or_default(frame.null_as.as_ref());
        let is_plain = matches!(above, Expr::Reference(0));
        let formula = (!is_plain).then(|| Formula::new(&above, measures.len()));
        Some(Calculation::Aggregate {
            measures: measures.into(),
            above: formula,
        })
    }

    fn derived(
        &mut self,
        frame: &MetricFrame<'s>,
        origin: &Origin,
        text: &str,
    ) -> Option<Calculation> {
        let parsed = self.formula(origin, "derived_formula", text, &frame.spec.metric_key)?;
        let mut components: Vec<MetricId> = Vec::new();
        let mut unknown: Vec<(String, (usize, usize))> = Vec::new();
        let metrics = &self.index.metrics;
        let bound = parsed.map_references(&mut |written: &Written| {
            let name = match &written.name {
                WrittenName::Column { name, .. } | WrittenName::SourceColumn(name) => &**name,
                WrittenName::Value | WrittenName::ClientId => "",
            };
            let Some(id) = metrics.get(name).copied() else {
                unknown.push((name.to_owned(), written.span));
                return 0;
            };
            let known = components.iter().position(|component| *component == id);
            let position = known.unwrap_or_else(|| {
                components.push(id);
                components.len() - 1
            });
            // Positions are bounded by the nodes of one formula.
            u32::try_from(position).unwrap_or(u32::MAX)
        });
        for (name, span) in &unknown {
            let error = CatalogError::UnknownReference {
                kind: "metric",
                name: crate::path::echo(name),
            };
            let path = origin.path("derived_formula").with_span(span.0..span.1);
            let help = self
                .findings
                .nearest(name, self.index.metrics.keys().map(Name::as_str));
            self.findings.push(Error::new(path, error).with_help(help));
        }
        if !unknown.is_empty() {
            return None;
        }
        let bound = bound.or_default(frame.null_as.as_ref());
        let formula = Formula::new(&bound, components.len());
        Some(Calculation::Derived {
            components: components.into(),
            formula,
        })
    }

    fn metric_info(
        &mut self,
        frame: &MetricFrame<'s>,
        written: &DefinitionText<'s>,
        calculation: &Calculation,
        expression: String,
    ) -> MetricInfo {
        let spec = frame.spec;
        let shown = written.shown;
        let own = |pick: fn(&VariantSpec) -> &Option<String>| shown.and_then(|v| pick(v).as_ref());
        let data_type = own(|v| &v.data_type).or(spec.data_type.as_ref());
        // What a variant says, else what its option says, else what the metric says.
        let pattern = own(|v| &v.format_pattern)
            .map(|pattern| (written.origin, pattern.as_str()))
            .or(written
                .option_pattern
                .as_deref()
                .map(|pattern| (written.origin, pattern)))
            .or(spec
                .format_pattern
                .as_deref()
                .map(|pattern| (&spec.origin, pattern)));
        let own_currency = own(|v| &v.currency).map(|code| (written.origin, code.as_str()));
        let currency = own_currency.or(spec.currency.as_deref().map(|code| (&spec.origin, code)));
        let origin = if own(|v| &v.data_type).is_some() {
            written.origin
        } else {
            &spec.origin
        };
        let data_type = data_type.map_or(MetricType::Number, |word| self.metric_type(origin, word));
        let format = self.metric_format(&WrittenFormat {
            data_type,
            pattern,
            percent_scale: spec.percent_scale.as_deref(),
            currency,
            expression: &expression,
        });
        MetricInfo {
            spelling: KeySpelling::new(&spec.metric_key),
            display_name: label(
                own(|v| &v.display_name).or(spec.display_name.as_ref()),
                &spec.metric_key,
            ),
            description: spec.description.clone(),
            category: spec
                .category
                .clone()
                .unwrap_or_else(|| "general".to_owned()),
            data_type,
            format_pattern: pattern.map(|(_, text)| text.to_owned()),
            pattern: format.pattern,
            currency: format.currency,
            takes_currency: format.takes_currency,
            percent_scale: format.percent_scale,
            aggregation_type: spec
                .aggregation_type
                .clone()
                .unwrap_or_else(|| "sum".to_owned()),
            is_invertable: spec.is_invertable,
            sort_order: spec.sort_order,
            is_nullable: spec.null_as.is_none() && !self.counts(calculation),
            adds_up: self.adds_up_as_declared(spec, calculation),
            filter: match calculation {
                Calculation::Aggregate { .. } => spec.filter.clone(),
                Calculation::Derived { .. } | Calculation::OfColumn { .. } => None,
            },
            expression,
        }
    }

    /// Whether a calculation is a count, which is never NULL.
    fn counts(&self, calculation: &Calculation) -> bool {
        self.single_measure(calculation)
            .is_some_and(|measure| measure.counts)
    }

    /// Whether a calculation is a single sum or count.
    fn adds_up(&self, calculation: &Calculation) -> bool {
        self.single_measure(calculation)
            .is_some_and(|measure| measure.adds_up)
    }

    /// Whether the numbers of groups add up. A number in the place of what is missing adds up if it is zero.
    fn adds_up_as_declared(&self, spec: &MetricSpec, calculation: &Calculation) -> bool {
        let is_zero = |number: &String| number.chars().all(|c| matches!(c, '0' | '.' | '-' | ' '));
        let of_nothing = spec.null_as.as_ref();
        match &spec.additivity {
            Some(AdditivitySpec::Additive) => of_nothing.is_none_or(is_zero),
            Some(_) => false,
            None if of_nothing.is_some_and(is_zero) => self.adds_up_but_for_nothing(calculation),
            None => self.adds_up(calculation),
        }
    }

    /// Whether a calculation is a single sum or count, or a number where that is missing.
    fn adds_up_but_for_nothing(&self, calculation: &Calculation) -> bool {
        /// A call, what may be missing, and the number in its place.
        const NODES: usize = 3;
        let Calculation::Aggregate {
            measures,
            above: Some(above),
        } = calculation
        else {
            return false;
        };
        let ([measure], NODES) = (&**measures, above.nodes) else {
            return false;
        };
        let facts = self.measure_facts.get(measure.0 as usize);
        facts.is_some_and(|measure| measure.adds_up)
    }

    /// What is known of the measure that a calculation is, if it is nothing else.
    fn single_measure(&self, calculation: &Calculation) -> Option<&MeasureFacts> {
        let Calculation::Aggregate {
            measures,
            above: None,
        } = calculation
        else {
            return None;
        };
        self.measure_facts.get(measures.first()?.0 as usize)
    }

    fn metric_type(&mut self, origin: &Origin, word: &str) -> MetricType {
        match MetricType::ALL.iter().find(|(name, _)| *name == word) {
            Some((_, found)) => *found,
            None => {
                let subject = format!("data type `{}`", crate::path::echo(word));
                let error = Error::new(
                    origin.path("data_type"),
                    CatalogError::WrongValue { subject },
                );
                let help = self
                    .findings
                    .nearest(word, MetricType::ALL.map(|(name, _)| name));
                self.findings.push(error.with_help(help));
                MetricType::Number
            }
        }
    }

    /// Checks the fields that take one of a few words.
    fn check_words(&mut self, spec: &MetricSpec) {
        let mut word = |field: &str, written: Option<&str>, known: &[&str]| {
            let Some(written) = written.filter(|written| !known.contains(written)) else {
                return;
            };
            let subject = format!("`{}`", crate::path::echo(written));
            let error = Error::new(
                spec.origin.path(field),
                CatalogError::WrongValue { subject },
            );
            self.findings
                .push(error.with_help(self.findings.nearest(written, known.iter().copied())));
        };
        word(
            "aggregation_type",
            spec.aggregation_type.as_deref(),
            &AGGREGATION_TYPES,
        );
        word(
            "percent_scale",
            spec.percent_scale.as_deref(),
            &["fraction", "points"],
        );
        self.check_module(&spec.origin, spec.module.as_deref());
    }

    /// Modules are named like everything else.
    pub(super) fn check_module(&mut self, origin: &Origin, module: Option<&str>) {
        if let Some(module) = module.filter(|module| !is_name(module)) {
            self.report_name(origin, "module", "module", module);
        }
    }
}

/// How a metric may be added up: as declared, else as its expression tells.
fn additivity(spec: &MetricSpec, base: &Definition, checker: &Checker<'_>) -> Additivity {
    match &spec.additivity {
        Some(AdditivitySpec::Additive) => Additivity::Additive,
        Some(AdditivitySpec::NonAdditive) => Additivity::NonAdditive,
        Some(AdditivitySpec::SemiAdditive { .. }) => Additivity::SemiAdditive,
        None if checker.adds_up(&base.calculation) => Additivity::Additive,
        None => Additivity::NonAdditive,
    }
}
