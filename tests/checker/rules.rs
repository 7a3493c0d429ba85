//! Access rules: what each has to look like in the text, and which values have to be bound (R21).

use std::sync::Arc;

use measurand::catalog::spec::DimensionSpec;
use measurand::{AccessRule, AccessType, DataType, RuleDimension, Scalar, Value, Zone};

use super::lower::Lowered;
use super::meaning::{Known, OnSource};
use super::parameters::list_of;
use super::reach::offers;
use super::tree::{Head, Tree};

/// A rule that has to stand in a guard.
pub struct WantedRule<'a> {
    pub dimension: OnSource<'a>,
    rule: &'a AccessRule,
    list: Tree,
    is_empty: bool,
}

impl<'a> Known<'a> {
    /// The dimension that a rule is on.
    pub fn ruled(&self, rule: &AccessRule) -> Lowered<&'a DimensionSpec> {
        match &rule.dimension {
            RuleDimension::Key(key) => self.dimension(key),
            RuleDimension::Id(id) => {
                let mut all = self.spec.dimensions.iter();
                let found = all.find(|dimension| dimension.origin.id == Some(*id));
                Ok(found.ok_or("the catalog has no dimension of a rule's id")?)
            }
        }
    }

    /// The rules that the source itself can say, and is not exempt from; all of them where a lookup alone is read.
    pub fn wanted_rules(&self) -> Lowered<Vec<WantedRule<'a>>> {
        let mut wanted = Vec::new();
        for rule in &self.context.access {
            let spec = self.ruled(rule)?;
            let key = &spec.dimension_key;
            // A source is exempt for its rows, not for a lookup that is read alone.
            let is_exempt = self.source.access_exempt.contains(key) && !self.reads_lookup_alone();
            if !is_exempt && offers(self.spec, self.source, key) {
                wanted.push(self.wanted(rule, spec)?);
            }
        }
        Ok(wanted)
    }

    /// The rules on a dimension that the source expresses, whether or not it is exempt from them.
    pub fn rules_on(&self, spec: &'a DimensionSpec) -> Lowered<Vec<WantedRule<'a>>> {
        let mut wanted = Vec::new();
        for rule in &self.context.access {
            if self.ruled(rule)?.dimension_key == spec.dimension_key {
                wanted.push(self.wanted(rule, spec)?);
            }
        }
        Ok(wanted)
    }

    fn wanted(&self, rule: &'a AccessRule, spec: &'a DimensionSpec) -> Lowered<WantedRule<'a>> {
        let dimension = self.on_source(spec)?;
        let values = self.rule_values(rule, &dimension)?;
        Ok(WantedRule {
            is_empty: values.1.is_empty(),
            list: Tree::Bound(Arc::new(list_of(values.0, values.1))),
            rule,
            dimension,
        })
    }

    fn rule_values(
        &self,
        rule: &AccessRule,
        dimension: &OnSource<'_>,
    ) -> Lowered<(DataType, Vec<Value>)> {
        let of = dimension
            .value_type
            .or_else(|| DataType::infer(&rule.values))
            .unwrap_or(DataType::Text);
        Ok((of, self.values(&rule.values, of)?))
    }

    /// The values that are not null, of a type.
    pub fn values(&self, scalars: &[Scalar], of: DataType) -> Lowered<Vec<Value>> {
        let zone = Zone::parse(self.zone()).ok_or("no zone")?;
        let scalars = scalars.iter().filter(|scalar| **scalar != Scalar::Null);
        let value = |scalar| {
            let converted = Value::convert(scalar, of, &zone);
            converted.map_err(|_| "a value that does not convert".to_owned())
        };
        scalars.map(value).collect()
    }
}

impl WantedRule<'_> {
    /// What has to hold of a value in normal form; `None` where the rule restricts nothing.
    pub fn condition(&self, value: &Tree) -> Option<Tree> {
        let lists_null = self.rule.values.contains(&Scalar::Null);
        let is_visible = self.rule.nulls_visible;
        let is_include = self.rule.access_type == AccessType::Include;
        let is_null = |negated| Tree::node(Head::IsNull { negated }, [value.clone()]);
        let listed = || Tree::node(Head::Listed, [value.clone(), self.list.clone()]);
        match (is_include, self.is_empty) {
            (true, true) if lists_null => Some(is_null(false)),
            (true, true) => Some(Tree::Boolean(false)),
            (true, false) if lists_null || is_visible => {
                Some(Tree::node(Head::Or, [listed(), is_null(false)]))
            }
            (true, false) => Some(listed()),
            (false, true) => lists_null.then(|| is_null(true)),
            // Without `IS NOT TRUE`, a row without a value does not pass.
            (false, false) if is_visible && !lists_null => {
                Some(Tree::node(Head::Is("not true"), [listed()]))
            }
            (false, false) => Some(Tree::node(Head::Not, [listed()])),
        }
    }
}
