//! Damaged exports: whatever is changed in a text, its certificate or its plan is not proved any more.

use super::assemble::{Draft, draft};
use super::compose::{Composition, Term, certificate, params, text};
use super::proof::prove;
use super::{ExportDefinition, ExportRequest, Exporter, FieldTag};
use crate::catalog::Catalog;
use crate::certificate::Certificate;
use crate::context::Context;
use crate::dialect::Dialect;
use crate::limits::Limits;
use crate::value::{Param, Value};

const CATALOG: &str = r#"{"metrics": [],
  "dimensions": [{"dimension_key": "unit", "column_expression": "unit_id", "value_type": "integer",
    "join_table": "app.units", "display_column": "unit_name", "join_condition": "units.id = {value} AND units.client_id = {client_id}"}],
  "data_sources": [
    {"source_key": "cases", "view_pattern": "app.cases_{client_id}", "primary_key": ["id"], "metrics": [], "dimensions": "*",
     "date_column": "opened_on", "base_filter": "kind <> '$1 or ?1'",
     "columns": [{"name": "client_id", "data_type": "integer"}, {"name": "id", "data_type": "integer"},
       {"name": "unit_id", "data_type": "integer"}, {"name": "kind", "data_type": "text"}, {"name": "opened_on", "data_type": "date"},
       {"name": "form", "data_type": "text"}, {"name": "custom_fields", "data_type": "jsonb"}],
     "relationships": [{"name": "investigations", "to": "investigations", "on": [["id", "case_id"], ["kind", "case_kind"]],
       "cardinality": "one_to_many"}]},
    {"source_key": "investigations", "view_pattern": "app.investigations", "primary_key": ["id"], "date_column": null, "metrics": [],
     "dimensions": ["unit"], "base_filter": "case_kind <> 'it''s $2'",
     "columns": [{"name": "client_id", "data_type": "integer"}, {"name": "id", "data_type": "integer"},
       {"name": "case_id", "data_type": "integer"}, {"name": "case_kind", "data_type": "text"},
       {"name": "unit_id", "data_type": "integer"}, {"name": "form", "data_type": "integer"},
       {"name": "started_at", "data_type": "date"}, {"name": "answers", "data_type": "jsonb"}]}]}"#;

const DEFINITION: &str = r#"{"source": "cases", "columns": ["id", {"name": "unit_name", "column": "unit", "show": "label"}],
  "entity": {"name": "CASE", "documents": {"fields": "custom_fields"}, "template": "form"},
  "children": [{"prefix": "inv", "relationship": "investigations", "columns": [{"name": "started", "column": "started_at"}],
    "entity": {"name": "INVESTIGATION", "documents": {"answers": "answers"}, "template": "form"},
    "order_by": [{"key": "started_at", "direction": "desc"}], "count": "inv_count", "shown": 2}],
  "filters": {"units": "unit"}, "order_by": [{"key": "opened_on"}]}"#;

const TAGS: &str = r#"[
  {"source_entity_type": "CASE", "tag_slot": 1, "source_field_path": "fields.$3", "column_name": "amount",
   "display_label": "Amount", "data_type": "CURRENCY", "template_id": "fraud"},
  {"source_entity_type": "INVESTIGATION", "tag_slot": 2, "source_field_path": "answers.q", "column_name": "q",
   "display_label": "Q", "data_type": "TEXT", "template_id": 7}]"#;

fn drafted(dialect: Dialect) -> Draft {
    let limits = Limits::default();
    let catalog = Catalog::from_json(CATALOG).unwrap();
    let definition = ExportDefinition::from_json(DEFINITION, &limits).unwrap();
    let tags = FieldTag::list_from_json(TAGS, &limits).unwrap();
    let exporter = Exporter::new(&catalog, definition, tags, dialect).unwrap();
    let request = r#"{"filters": {"units": [1, 2]}, "limit": 10}"#;
    let request = ExportRequest::from_json(request, &limits).unwrap();
    let context = r#"{"client_id": 1, "access": [
        {"dimension": "unit", "access_type": "include", "allowed_values": [1, 2, 3]}]}"#;
    let context = Context::from_json(context, &limits).unwrap();
    draft(&exporter, &request, &context).unwrap()
}

fn is_proved(composition: &Composition, sql: &str, certificate: &Certificate) -> bool {
    prove(composition, sql, certificate, params(composition).len()).is_ok()
}

const DIALECTS: [Dialect; 2] = [Dialect::Postgres, Dialect::Sqlite];

#[test]
fn an_export_is_proved() {
    for dialect in DIALECTS {
        let composition = drafted(dialect).composition;
        let sql = text(&composition);
        assert!(is_proved(&composition, &sql, &certificate(&composition)));
        assert_eq!(composition.children.len(), 2, "{sql}");
        // What is quoted keeps its numbers, and what is not has others than in its own statement.
        assert!(
            sql.contains("it''s $2") && sql.contains("$1 or ?1"),
            "{sql}"
        );
    }
}

/// Every byte of the text is needed: without it, with another in its place, with one more.
#[test]
fn no_byte_of_the_text_can_be_another() {
    for dialect in DIALECTS {
        let composition = drafted(dialect).composition;
        let (sql, certificate) = (text(&composition), certificate(&composition));
        let mut damaged = 0;
        for at in 0..sql.len() {
            for (length, put) in [(1, ""), (1, "x"), (1, "9"), (0, "7"), (0, "0"), (0, "'")] {
                let changed = format!("{}{put}{}", &sql[..at], &sql[at + length..]);
                let squeezed = |text: &str| text.split_whitespace().collect::<String>();
                if squeezed(&changed) != squeezed(&sql) {
                    assert!(
                        !is_proved(&composition, &changed, &certificate),
                        "{changed}"
                    );
                    damaged += 1;
                }
            }
        }
        assert!(damaged > 10_000, "{damaged}");
    }
}

/// Whole parts of the text: conditions, joins, steps, statements.
#[test]
fn no_part_of_the_text_can_be_missing() {
    let composition = drafted(Dialect::Postgres).composition;
    let (sql, certificate) = (text(&composition), certificate(&composition));
    let parts = [
        " AND k1_1.number = 1",
        " AND k1_2.number = 2",
        "\n  WHERE n.number <= 2",
        " AND k1_1.k2 = p.kind",
        "PARTITION BY c.case_id, c.case_kind ",
        "WHERE t.client_id = $1::bigint",
        "\n      AND c.form = ",
        "CASE WHEN p.form = ",
    ];
    for part in parts {
        assert!(sql.contains(part), "{part}\n{sql}");
        let without = sql.replacen(part, "", 1);
        assert!(!is_proved(&composition, &without, &certificate), "{part}");
    }
    let lines: Vec<&str> = sql.lines().collect();
    for at in 0..lines.len() {
        let mut without = lines.clone();
        without.remove(at);
        assert!(!is_proved(&composition, &without.join("\n"), &certificate));
        let mut twice = lines.clone();
        twice.insert(at, lines[at]);
        assert!(!is_proved(&composition, &twice.join("\n"), &certificate));
    }
}

#[test]
fn a_certificate_of_other_guards_is_refused() {
    let composition = drafted(Dialect::Postgres).composition;
    let sql = text(&composition);
    let whole = certificate(&composition);
    let own = usize::from(!whole.scans.is_empty());
    assert!(whole.scans.len() > own + 1, "{whole}");
    for at in 0..whole.scans.len() {
        let mut fewer = whole.clone();
        fewer.scans.remove(at);
        assert!(!is_proved(&composition, &sql, &fewer));
        let mut more = whole.clone();
        more.scans.push(whole.scans[at].clone());
        assert!(!is_proved(&composition, &sql, &more));
        let mut untenanted = whole.clone();
        untenanted.scans[at].tenant = None;
        assert!(!is_proved(&composition, &sql, &untenanted));
        let mut other = whole.clone();
        if let Some(tenant) = &mut other.scans[at].tenant {
            tenant.parameter += 1;
        }
        assert!(!is_proved(&composition, &sql, &other));
        let mut ruleless = whole.clone();
        if !ruleless.scans[at].rules.is_empty() {
            ruleless.scans[at].rules.clear();
            assert!(!is_proved(&composition, &sql, &ruleless));
        }
    }
}

/// A plan that would repeat rows or show what is not there, though its text is its own.
#[test]
fn a_plan_that_is_not_sound_is_refused() {
    let refused = |change: &dyn Fn(&mut Composition)| {
        let mut composition = drafted(Dialect::Postgres).composition;
        change(&mut composition);
        let (sql, certificate) = (text(&composition), certificate(&composition));
        assert!(!is_proved(&composition, &sql, &certificate), "{sql}");
    };
    refused(&|plan| plan.children[0].on.clear());
    refused(&|plan| plan.children[0].order.clear());
    refused(&|plan| plan.children[0].most = 0);
    refused(&|plan| plan.children[0].is_counted = false);
    refused(&|plan| plan.order.clear());
    refused(&|plan| plan.outputs[1].name = plan.outputs[0].name.clone());
    refused(&|plan| plan.outputs[0].term = Term::Row(99));
    refused(&|plan| {
        plan.outputs[0].term = Term::Child {
            step: 0,
            number: 3,
            at: 0,
        }
    });
    refused(&|plan| plan.templates.truncate(1));
    refused(&|plan| plan.templates[0] = Param::Scalar(Value::Boolean(true)));
}
