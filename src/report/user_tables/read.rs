//! The JSON form of a table that a user defines.
//!
//! In: JSON in the spelling of screens (`groupBy`) or of the table that keeps it (`group_by`). Out:
//! [`TableDefinition`]. Guaranteed afterwards: the shape is right and within the limits; fields may not exist
//! yet. Codes: those of `ReadError`, `schedule-day`, `unknown-zone`. Next to read: `lower.rs`.

use super::definition::{
    AggregateChoice, ColumnChoice, Delivery, DeliveryFormat, Destination, DestinationKind,
    FilterChoice, FilterCondition, SortChoice, TableDefinition, TableOrigin,
};
use super::operator::FilterOperator;
use crate::error::{Errors, Help, ReadError};
use crate::json::{Bound, Document, JsonKind, Node, Object};
use crate::limits::Limits;
use crate::report::schedule::{UnstatedDay, schedule};
use crate::report::sharing::Visibility;
use crate::request::{ColumnAggregate, scalar};
use crate::value::Scalar;

/// The functions of aggregates, as databases write them and as requests do.
const FUNCTIONS: [(&str, ColumnAggregate); 17] = [
    ("SUM", ColumnAggregate::Sum),
    ("AVG", ColumnAggregate::Avg),
    ("COUNT", ColumnAggregate::Count),
    ("MIN", ColumnAggregate::Min),
    ("MAX", ColumnAggregate::Max),
    ("COUNT_DISTINCT", ColumnAggregate::CountDistinct),
    ("MEDIAN", ColumnAggregate::Median),
    ("STDDEV", ColumnAggregate::Stddev),
    ("sum", ColumnAggregate::Sum),
    ("avg", ColumnAggregate::Avg),
    ("count", ColumnAggregate::Count),
    ("min", ColumnAggregate::Min),
    ("max", ColumnAggregate::Max),
    ("count_distinct", ColumnAggregate::CountDistinct),
    ("countDistinct", ColumnAggregate::CountDistinct),
    ("median", ColumnAggregate::Median),
    ("stddev", ColumnAggregate::Stddev),
];

/// The name of the document in paths.
pub(super) const TABLE: &str = "table";

impl TableDefinition {
    /// Reads a definition, as a screen sends it or as `user_data_tables` keeps it. Everything that is wrong is
    /// reported at once; values are never repeated.
    ///
    /// ```
    /// use measurand::Limits;
    /// use measurand::report::TableDefinition;
    ///
    /// let text = r#"{"dataSources": ["cases"], "columns": ["id", {"field": "status", "label": "State"}]}"#;
    /// let table = TableDefinition::from_json(text, &Limits::default())?;
    /// assert_eq!(table.columns[1].label.as_deref(), Some("State"));
    ///
    /// let text = r#"{"dataSources": ["cases"], "columns": ["id"], "sortby": []}"#;
    /// let errors = TableDefinition::from_json(text, &Limits::default()).unwrap_err();
    /// assert_eq!(
    ///     errors.to_string(),
    ///     "error[unknown-field]: unknown field `sortby`\n  \
    ///      at table.sortby\n  \
    ///      help: did you mean `sortBy`?",
    /// );
    /// # Ok::<(), measurand::Errors>(())
    /// ```
    ///
    /// # Errors
    /// `json-syntax`, `limit-exceeded`, `unknown-field`, `duplicate-field`, `missing-field`, `wrong-type`,
    /// `wrong-value`, `schedule-day`, `unknown-zone`.
    pub fn from_json(text: &str, limits: &Limits) -> Result<Self, Errors> {
        let document = open(text, limits)?;
        let table = document.root().object().map(|object| {
            let table = definition(&object, limits);
            object.finish();
            table
        });
        document.finish(table.unwrap_or_else(nothing))
    }
}

/// What stands in for a definition that was no object, which has been reported.
pub(super) fn nothing() -> TableDefinition {
    TableDefinition {
        name: None,
        description: None,
        created_via: TableOrigin::Builder,
        ai_prompt: None,
        data_sources: Vec::new(),
        columns: Vec::new(),
        filters: Vec::new(),
        group_by: Vec::new(),
        aggregates: Vec::new(),
        sort_by: Vec::new(),
        destinations: Vec::new(),
        visibility: Visibility::Private,
        shared_with_teams: Vec::new(),
        shared_with_users: Vec::new(),
        delivery: None,
    }
}

pub(super) fn open<'t>(text: &'t str, limits: &Limits) -> Result<Document<'t>, Errors> {
    let bytes = Bound {
        limit: "request_bytes",
        bound: limits.request_bytes,
    };
    Document::read(TABLE, text, bytes, limits.json_depth)
}

/// A field in one of its two spellings.
pub(super) fn either<'o>(
    object: &'o Object<'_>,
    camel: &'static str,
    snake: &'static str,
) -> Option<Node<'o>> {
    const ADVICE: &str = "both spellings are one field";
    object.get(object.either(&[camel, snake], ADVICE)?)
}

/// The definition that an object has, beside whatever else it says.
pub(super) fn definition(object: &Object<'_>, limits: &Limits) -> TableDefinition {
    let ai_prompt = either(object, "aiPrompt", "ai_prompt").and_then(|node| node.text());
    let created_via = either(object, "createdVia", "created_via");
    let created_via = created_via.and_then(|node| node.word(&TableOrigin::ALL));
    let prompted = match ai_prompt {
        Some(_) => TableOrigin::AiGenerated,
        None => TableOrigin::Builder,
    };
    let visibilities = Visibility::ALL.map(|each| (each.as_str(), each));
    let visibility = object.get("visibility");
    let visibility = visibility.and_then(|node| node.word(&visibilities));
    let reader = Reader { limits };
    let sources = either(object, "dataSources", "data_sources");
    if sources.is_none() {
        object.missing("dataSources");
    }
    let data_sources = sources.map(|node| {
        let texts = reader.texts(&node, "sources", limits.sources);
        if texts.as_ref().is_some_and(Vec::is_empty) {
            wrong(&node, "an empty list");
        }
        texts.unwrap_or_default()
    });
    let columns = reader.selected(object.get("columns"), column);
    let group_by = either(object, "groupBy", "group_by");
    let group_by = reader.selected(group_by, |node| node.text());
    let aggregates = reader.selected(object.get("aggregates"), aggregate);
    let is_empty = columns.is_empty() && group_by.is_empty() && aggregates.is_empty();
    match object.get("columns") {
        None if is_empty => object.missing("columns"),
        Some(node) if is_empty && node.kind() == JsonKind::List => wrong(&node, "an empty list"),
        _ => {}
    }
    TableDefinition {
        name: object.text("name"),
        description: object.text("description"),
        created_via: created_via.unwrap_or(prompted),
        ai_prompt,
        data_sources: data_sources.unwrap_or_default(),
        columns,
        filters: Filters { limits, nodes: 0 }.all(object.get("filters")),
        group_by,
        aggregates,
        sort_by: reader.selected(either(object, "sortBy", "sort_by"), sort),
        destinations: reader.selected(object.get("destinations"), destination),
        visibility: visibility.unwrap_or(Visibility::Private),
        shared_with_teams: reader.named(either(object, "sharedWithTeams", "shared_with_teams")),
        shared_with_users: reader.named(either(object, "sharedWithUsers", "shared_with_users")),
        delivery: either(object, "scheduleConfig", "schedule_config")
            .and_then(|node| reader.delivery(&node)),
    }
}

struct Reader<'l> {
    limits: &'l Limits,
}

impl Reader<'_> {
    /// A list that is no longer than what a request may select.
    fn selected<T>(
        &self,
        node: Option<Node<'_>>,
        mut read: impl FnMut(&Node<'_>) -> Option<T>,
    ) -> Vec<T> {
        let bound = Bound {
            limit: "selected_items",
            bound: self.limits.selected_items,
        };
        let list = node.and_then(|node| node.each_within(bound, |node, _| read(&node)));
        list.unwrap_or_default()
    }

    fn named(&self, node: Option<Node<'_>>) -> Vec<String> {
        let bound = self.limits.list_values;
        let texts = node.and_then(|node| self.texts(&node, "list_values", bound));
        texts.unwrap_or_default()
    }

    /// A list of texts with something in each.
    fn texts(&self, node: &Node<'_>, limit: &'static str, bound: usize) -> Option<Vec<String>> {
        node.each_within(Bound { limit, bound }, |node, _| {
            let text = node.text()?;
            if text.trim().is_empty() {
                wrong(&node, "a blank text");
            }
            Some(text)
        })
    }

    fn delivery(&self, node: &Node<'_>) -> Option<Delivery> {
        let object = node.object()?;
        let schedule = schedule(&object, UnstatedDay::First);
        let recipients = object.required("recipients").and_then(|node| {
            let texts = self.texts(&node, "list_values", self.limits.list_values)?;
            if texts.is_empty() {
                wrong(&node, "an empty list");
            }
            Some(texts)
        });
        let format = object.required("format");
        let format = format.and_then(|node| node.word(&DeliveryFormat::ALL));
        object.finish();
        Some(Delivery {
            schedule: schedule?,
            recipients: recipients?,
            format: format?,
        })
    }
}

/// A field, or `{"field": …, "label": …}`.
fn column(node: &Node<'_>) -> Option<ColumnChoice> {
    match node.kind() {
        JsonKind::Text => Some(ColumnChoice {
            field: node.text()?,
            label: None,
        }),
        JsonKind::Object => {
            let object = node.object()?;
            let field = object.required_text("field");
            let label = object.text("label");
            object.finish();
            Some(ColumnChoice { field, label })
        }
        _ => {
            node.wrong_type("a string or an object");
            None
        }
    }
}

/// `{"field": "amount", "function": "SUM"}`, `{"function": "COUNT"}` or `{"metric": "revenue"}`.
fn aggregate(node: &Node<'_>) -> Option<AggregateChoice> {
    let object = node.object()?;
    let form = object.either(
        &["metric", "function"],
        "an aggregate is either a metric, or a `function` of a field",
    );
    let alias = object.text("alias");
    let label = object.text("label");
    let read = match form {
        Some("metric") => object.text("metric").map(|metric| AggregateChoice::Metric {
            metric,
            alias,
            label,
        }),
        _ => {
            let field = object.text("field");
            let function = object.required("function");
            let function = function.and_then(|node| node.word(&FUNCTIONS));
            function.map(|function| AggregateChoice::Column {
                field,
                function,
                alias,
                label,
            })
        }
    };
    object.finish();
    read
}

fn sort(node: &Node<'_>) -> Option<SortChoice> {
    let object = node.object()?;
    let field = object.required_text("field");
    let direction = object.get("direction");
    let directions = [("asc", false), ("desc", true)];
    let descending = direction.and_then(|node| node.word(&directions));
    object.finish();
    Some(SortChoice {
        field,
        descending: descending.unwrap_or(false),
    })
}

/// `{"type": "dashboard", "id": "7"}`; an id may be a number.
fn destination(node: &Node<'_>) -> Option<Destination> {
    let object = node.object()?;
    let kind = object.required("type");
    let kind = kind.and_then(|node| node.word(&DestinationKind::ALL));
    let id = object.get("id").and_then(|node| match node.kind() {
        JsonKind::Number => node.integer().map(|id| id.to_string()),
        _ => node.text(),
    });
    object.finish();
    Some(Destination { kind: kind?, id })
}

/// The forms of a condition.
const FORMS: [&str; 4] = ["field", "and", "or", "not"];

/// Reads conditions and counts them.
struct Filters<'l> {
    limits: &'l Limits,
    nodes: usize,
}

impl Filters<'_> {
    fn all(&mut self, node: Option<Node<'_>>) -> Vec<FilterChoice> {
        let read = node.and_then(|node| node.each(|node, _| self.condition(&node, 0)));
        read.unwrap_or_default()
    }

    /// A condition inside of `depth` others. The recursion goes no deeper than the limit on the depth of filters.
    fn condition(&mut self, node: &Node<'_>, depth: usize) -> Option<FilterChoice> {
        let nodes = Bound {
            limit: "filter_nodes",
            bound: self.limits.filter_nodes,
        };
        self.nodes += 1;
        if self.nodes == nodes.bound + 1 {
            node.report(nodes.exceeded());
        }
        if self.nodes > nodes.bound {
            return None;
        }
        let deep = Bound {
            limit: "filter_depth",
            bound: self.limits.filter_depth,
        };
        if depth >= deep.bound {
            node.report(deep.exceeded());
            return None;
        }
        let object = node.object()?;
        let form = object.either(
            &FORMS,
            "a condition is either a comparison, or one of `and`, `or` and `not`",
        );
        let read = match form {
            Some("and") => {
                let list = object.get("and");
                let parts = list.and_then(|node| self.parts(&node, depth));
                parts.map(FilterChoice::And)
            }
            Some("or") => {
                let list = object.get("or");
                let parts = list.and_then(|node| self.parts(&node, depth));
                parts.map(FilterChoice::Or)
            }
            Some("not") => object.get("not").and_then(|node| {
                let inner = self.condition(&node, depth + 1)?;
                Some(FilterChoice::Not(Box::new(inner)))
            }),
            _ => self.comparison(&object).map(FilterChoice::Compare),
        };
        object.finish();
        read
    }

    fn parts(&mut self, node: &Node<'_>, depth: usize) -> Option<Vec<FilterChoice>> {
        node.each(|node, _| self.condition(&node, depth + 1))
    }

    fn comparison(&self, object: &Object<'_>) -> Option<FilterCondition> {
        let field = object.required_text("field");
        let operator = object.required("operator").and_then(|node| {
            let written = node.str()?;
            let found = FilterOperator::parse(&written);
            if found.is_none() {
                let words = FilterOperator::WORDS.map(|(word, _)| word);
                node.wrong_word(&written, words);
            }
            found
        });
        let values = self.values(object, operator.is_some_and(FilterOperator::takes_nothing));
        let on_label = object.get("on");
        let on_label = on_label.and_then(|node| node.word(&[("value", false), ("label", true)]));
        let case_sensitive = either(object, "caseSensitive", "case_sensitive");
        let case_sensitive = case_sensitive.and_then(|node| node.flag());
        Some(FilterCondition {
            field,
            operator: operator?,
            values: values.unwrap_or_default(),
            on_label: on_label.unwrap_or(false),
            case_sensitive: case_sensitive.unwrap_or(false),
        })
    }

    /// `value`, which may be a list, or `values`, which is one.
    fn values(&self, object: &Object<'_>, may_lack: bool) -> Option<Vec<Scalar>> {
        let bound = Bound {
            limit: "list_values",
            bound: self.limits.list_values,
        };
        let one = object.get_or_null("value");
        let list = object.get("values");
        let of_list = |node: &Node<'_>| node.each_within(bound, |node, _| scalar(&node));
        match (one, list) {
            (Some(_), Some(list)) => {
                let field = "values".to_owned();
                let help = Help::advice("a condition has either `value` or `values`");
                list.report_with_help(ReadError::UnknownField { field }, help);
                None
            }
            (Some(one), None) if one.is_null() && may_lack => None,
            (Some(one), None) if one.kind() == JsonKind::List => of_list(&one),
            (Some(one), None) => scalar(&one).map(|value| vec![value]),
            (None, Some(list)) => of_list(&list),
            (None, None) => {
                if !may_lack {
                    object.missing("value");
                }
                None
            }
        }
    }
}

fn wrong(node: &Node<'_>, subject: &str) {
    let subject = subject.to_owned();
    node.report(ReadError::WrongValue { subject });
}
