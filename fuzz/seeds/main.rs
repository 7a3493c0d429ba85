//! Writes the first inputs of each target, from the cases, diagnostics and catalogs of the tests:
//! `cargo run -- FOLDER`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

fn main() {
    let folder = std::env::args()
        .nth(1)
        .map(PathBuf::from)
        .expect("a folder to write to");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut seeds = Seeds::default();
    for tests in ["tests/cases", "tests/cases_errors", "tests/diagnostics"] {
        for file in files_of(&root.join(tests)) {
            seeds.read_case(&file);
        }
    }
    for catalog in [
        "tests/catalogs/payments",
        "tests/catalogs/bookings",
        "examples/payments",
    ] {
        let text = fs::read_to_string(root.join(catalog).join("catalog.json")).expect("a catalog");
        let catalog: Value = serde_json::from_str(&text).expect("JSON");
        seeds.read_catalog(&catalog);
    }
    for (target, texts) in [
        ("request", &seeds.requests),
        ("context", &seeds.contexts),
        ("catalog", &seeds.catalogs),
        ("fragment", &seeds.fragments),
    ] {
        let folder = folder.join(target);
        fs::create_dir_all(&folder).expect("a folder for the seeds");
        for (at, text) in texts.iter().enumerate() {
            fs::write(folder.join(format!("{at:04}")), text).expect("a written seed");
        }
        println!("{target}: {}", texts.len());
    }
    for target in ["graph", "answer", "contexts", "values"] {
        let folder = folder.join(target);
        fs::create_dir_all(&folder).expect("a folder for the seeds");
        for at in 0..TAPES {
            fs::write(folder.join(format!("{at:04}")), tape(at)).expect("a written seed");
        }
        println!("{target}: {TAPES}");
    }
}

/// Seeds of each target that reads its bytes as choices.
const TAPES: u64 = 200;

/// Bytes at random, of which the first tapes have few.
///
/// # Source
/// George Marsaglia, "Xorshift RNGs", 2003.
fn tape(seed: u64) -> Vec<u8> {
    let mut state = (seed + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut byte = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    let length = 32 + seed * 20;
    (0..length).map(|_| byte()).collect()
}

/// Texts by target, each once.
#[derive(Default)]
struct Seeds {
    requests: BTreeSet<String>,
    contexts: BTreeSet<String>,
    catalogs: BTreeSet<String>,
    fragments: BTreeSet<String>,
}

fn files_of(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(files_of(&path));
        } else if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            files.push(path);
        }
    }
    files.sort();
    files
}

impl Seeds {
    fn read_case(&mut self, file: &Path) {
        let text = fs::read_to_string(file).expect("a case");
        let case: toml::Table = text.parse().expect("TOML");
        for (field, texts) in [
            ("request", &mut self.requests),
            ("context", &mut self.contexts),
            ("catalog_json", &mut self.catalogs),
        ] {
            if let Some(text) = case.get(field).and_then(toml::Value::as_str) {
                texts.insert(text.trim().to_owned());
            }
        }
        let catalog = case.get("catalog_json").and_then(toml::Value::as_str);
        if let Some(catalog) = catalog.and_then(|text| serde_json::from_str(text).ok()) {
            self.read_fragments(&catalog);
            self.catalogs.insert(rows_of(&catalog).to_string());
        }
    }

    /// One small catalog for each metric, in both spellings, because a whole one is too large to vary.
    fn read_catalog(&mut self, catalog: &Value) {
        self.read_fragments(catalog);
        let metrics = list(catalog, "metrics");
        let dimensions = list(catalog, "dimensions");
        let sources = list(catalog, "data_sources");
        for (at, metric) in metrics.iter().enumerate() {
            let mut own = vec![metric.clone()];
            // What its formulas name, and what those name in turn.
            for other in metrics.iter().rev().chain(metrics) {
                let key = format!("\"{}\"", text(other, "metric_key"));
                let is_named = own.iter().any(|one| names(one).contains(&key));
                if is_named && !own.contains(other) {
                    own.push(other.clone());
                }
            }
            let mut source = sources[at % sources.len()].clone();
            source["metrics"] = json!("*");
            source["dimensions"] = json!("*");
            for field in ["columns", "relationships", "access_exempt", "primary_key"] {
                source.as_object_mut().expect("a source").remove(field);
            }
            let mut small = json!({"data_sources": [source], "metrics": own});
            if !dimensions.is_empty() {
                small["dimensions"] = json!([dimensions[at % dimensions.len()]]);
            }
            let toggles = list(catalog, "toggles").iter();
            let named = |toggle: &&Value| {
                let key = format!("\"{}\":", text(toggle, "toggle_key"));
                own.iter().any(|metric| metric.to_string().contains(&key))
            };
            small["toggles"] = toggles.filter(named).cloned().collect();
            self.catalogs.insert(small.to_string());
            self.catalogs.insert(rows_of(&small).to_string());
        }
    }

    fn read_fragments(&mut self, json: &Value) {
        const FIELDS: [&str; 7] = [
            "sql_expression",
            "filter",
            "derived_formula",
            "column_expression",
            "base_filter",
            "join_condition",
            "view_pattern",
        ];
        match json {
            Value::Object(fields) => {
                for (key, value) in fields {
                    if let (true, Some(text)) = (FIELDS.contains(&key.as_str()), value.as_str()) {
                        self.fragments.insert(text.to_owned());
                    }
                    self.read_fragments(value);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.read_fragments(item)),
            _ => {}
        }
    }
}

/// The words of a metric's formulas, each in quotes.
fn names(metric: &Value) -> BTreeSet<String> {
    let mut formulas = vec![text(metric, "derived_formula").to_owned()];
    let variants = list(metric, "variants").iter();
    formulas.extend(variants.map(|variant| text(variant, "derived_formula").to_owned()));
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let words = formulas
        .iter()
        .flat_map(|text| text.split(|letter| !is_word(letter)));
    words.map(|word| format!("\"{word}\"")).collect()
}

fn list<'v>(json: &'v Value, field: &str) -> &'v [Value] {
    json.get(field)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn text<'v>(json: &'v Value, field: &str) -> &'v str {
    json.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// A nested catalog as rows: every source offers everything.
fn rows_of(catalog: &Value) -> Value {
    let table = |name: &str, drop: &[&str]| -> Vec<Value> {
        let rows = list(catalog, name).iter().enumerate().map(|(at, row)| {
            let mut row = row.clone();
            if let Some(fields) = row.as_object_mut() {
                drop.iter().for_each(|field| drop_field(fields, field));
                fields.insert("id".to_owned(), json!(at + 1));
            }
            row
        });
        rows.collect()
    };
    let sources = table("data_sources", &["metrics", "dimensions"]);
    let metrics = table("metrics", &["variants"]);
    let dimensions = table("dimensions", &[]);
    let toggles = table("toggles", &["options"]);
    let mut offered = [Vec::new(), Vec::new()];
    for source in 1..=sources.len() {
        for metric in 1..=metrics.len() {
            offered[0].push(
                json!({"id": offered[0].len() + 1, "data_source_id": source, "metric_id": metric}),
            );
        }
        for dimension in 1..=dimensions.len() {
            offered[1].push(json!({"id": offered[1].len() + 1, "data_source_id": source, "dimension_id": dimension}));
        }
    }
    let (mut options, mut variants) = (Vec::new(), Vec::new());
    for (at, toggle) in list(catalog, "toggles").iter().enumerate() {
        for option in list(toggle, "options") {
            let mut option = option.clone();
            option["id"] = json!(options.len() + 1);
            option["toggle_id"] = json!(at + 1);
            options.push(option);
        }
    }
    for (at, metric) in list(catalog, "metrics").iter().enumerate() {
        for variant in list(metric, "variants") {
            let mut variant = variant.clone();
            variant["metric_id"] = json!(at + 1);
            variant["toggle_option_id"] = json!(1 + variants.len() % options.len().max(1));
            variants.push(variant);
        }
    }
    let [offered_metrics, offered_dimensions] = offered;
    json!({
        "data_sources": sources, "metrics": metrics, "dimensions": dimensions,
        "data_source_metrics": offered_metrics, "data_source_dimensions": offered_dimensions,
        "metric_toggles": toggles, "metric_toggle_options": options, "metric_variants": variants,
    })
}

fn drop_field(fields: &mut serde_json::Map<String, Value>, field: &str) {
    fields.remove(field);
}
