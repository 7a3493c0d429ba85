//! Malformed documents: every field of a full document with every wrong type, twice, misspelt, and every
//! beginning of the text. Each is a typed error near its place, and never an accepted surprise.

use measurand::report::{Dashboard, FilterPreset, Layer, Layers, Layout, ReportBuilder, SavedView};
use measurand::{Catalog, Compiler, Context, Dialect, Errors, Limits, Request};
use measurand_tests::checker::Checked as _;
use measurand_tests::support::reports::check;
use serde_json::Value;

use super::corpus::compiler;

/// A JSON document whose members keep their order and may stand twice.
#[derive(Clone)]
enum Tree {
    /// Anything, as it is written.
    Leaf(String),
    List(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

#[derive(Clone)]
enum Step {
    Key(String),
    Index(usize),
}

impl Tree {
    fn of(value: &Value) -> Self {
        match value {
            Value::Array(items) => Tree::List(items.iter().map(Tree::of).collect()),
            Value::Object(members) => Tree::Object(
                members
                    .iter()
                    .map(|(key, value)| (key.clone(), Tree::of(value)))
                    .collect(),
            ),
            leaf => Tree::Leaf(leaf.to_string()),
        }
    }

    fn text(&self) -> String {
        match self {
            Tree::Leaf(text) => text.clone(),
            Tree::List(items) => format!(
                "[{}]",
                items.iter().map(Tree::text).collect::<Vec<_>>().join(",")
            ),
            Tree::Object(members) => {
                let member = |(key, value): &(String, Tree)| {
                    format!("{}:{}", Value::from(key.as_str()), value.text())
                };
                format!(
                    "{{{}}}",
                    members.iter().map(member).collect::<Vec<_>>().join(",")
                )
            }
        }
    }

    /// The places of all values, the document itself first.
    fn places(&self, here: &mut Vec<Step>, out: &mut Vec<Vec<Step>>) {
        out.push(here.clone());
        match self {
            Tree::Leaf(_) => {}
            Tree::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    here.push(Step::Index(index));
                    item.places(here, out);
                    here.pop();
                }
            }
            Tree::Object(members) => {
                for (key, value) in members {
                    here.push(Step::Key(key.clone()));
                    value.places(here, out);
                    here.pop();
                }
            }
        }
    }

    fn at(&mut self, place: &[Step]) -> &mut Tree {
        let Some((step, rest)) = place.split_first() else {
            return self;
        };
        let inner = match (self, step) {
            (Tree::List(items), Step::Index(index)) => items.get_mut(*index),
            (Tree::Object(members), Step::Key(key)) => members
                .iter_mut()
                .find(|(name, _)| name == key)
                .map(|(_, value)| value),
            _ => None,
        };
        inner.expect("a place of the document").at(rest)
    }

    /// The type, by its first character.
    fn kind(&self) -> char {
        match self.text().chars().next() {
            Some('t' | 'f') => 't',
            Some('-' | '0'..='9') => '0',
            first => first.unwrap_or(' '),
        }
    }

    fn changed(&self, place: &[Step], change: impl FnOnce(&mut Tree)) -> String {
        let mut changed = self.clone();
        change(changed.at(place));
        changed.text()
    }
}

/// A document of one of the kinds, and how it is read and used.
struct Document {
    name: &'static str,
    text: &'static str,
    /// Reads the document, and compiles with it where it takes part in that.
    read: fn(&str) -> Result<(), Errors>,
    /// Members and elements that are of several types, with what they may be besides.
    also: &'static [(&'static str, &'static str)],
}

const REQUEST: &str = r#"{"source": "things", "metrics": ["things"]}"#;
const CONTEXT: &str = r#"{"client_id": 1, "access": []}"#;

fn run(request: &str, context: &str) -> Result<(), Errors> {
    let limits = Limits::default();
    let request = Request::from_json(request, &limits)?;
    let context = Context::from_json(context, &limits)?;
    thread_local!(static COMPILER: Compiler = compiler(Dialect::Postgres));
    COMPILER.with(|compiler| compiler.checked(&request, &context).map(|_| ()))
}

/// Reads a dashboard and compiles its one widget.
fn dashboard(text: &str) -> Result<(), Errors> {
    thread_local!(static REPORTS: ReportBuilder = {
        ReportBuilder::new(compiler(Dialect::Postgres)).expect("no templates")
    });
    let limits = Limits::default();
    let Some(dashboard) = Dashboard::from_json(text, &limits)? else {
        return Ok(());
    };
    let context = r#"{"client_id": 1, "user_id": "u", "access": []}"#;
    let context = Context::from_json(context, &limits)?;
    REPORTS.with(|reports| {
        let report = reports.compile_dashboard(&dashboard, &Layers::default(), &context)?;
        check(reports, &report, &context);
        for widget in report.widgets() {
            report.query(widget)?;
        }
        report.errors().cloned().map_or(Ok(()), Err)
    })
}

const DOCUMENTS: [Document; 8] = [
    Document {
        name: "layout",
        text: include_str!("documents/layout.json"),
        read: |text| Layout::from_json(text, &Limits::default()).map(|_| ()),
        also: &[("dimensions[]", "\"{")],
    },
    Document {
        name: "layer",
        text: include_str!("documents/layer.json"),
        read: |text| Layer::from_json(text, &Limits::default()).map(|_| ()),
        also: &[
            ("filters", "["),
            ("and[]", "["),
            ("values[]", "nt0\""),
            ("date_range", "\""),
        ],
    },
    Document {
        name: "view",
        text: include_str!("documents/view.json"),
        read: |text| SavedView::from_json(text, &Limits::default()).map(|_| ()),
        also: &[
            ("id", "nt0\"[{"),
            ("created_at", "nt0\"[{"),
            ("updated_at", "nt0\"[{"),
            ("filters", "[{"),
            ("filters[]", "["),
            ("client_id", "\""),
            ("user_id", "0"),
            ("date_range", "\""),
        ],
    },
    Document {
        name: "preset",
        text: include_str!("documents/preset.json"),
        read: |text| FilterPreset::from_json(text, &Limits::default()).map(|_| ()),
        also: &[
            ("id", "nt0\"[{"),
            ("created_at", "nt0\"[{"),
            ("updated_at", "nt0\"[{"),
            ("filters", "["),
            ("client_id", "\""),
            ("user_id", "0"),
            ("dateRange", "{"),
            ("values[]", "nt0\""),
        ],
    },
    Document {
        name: "dashboard",
        text: include_str!("documents/dashboard.json"),
        read: dashboard,
        also: &[
            ("created_at", "nt0\"[{"),
            ("updated_at", "nt0\"[{"),
            ("source_template_id", "nt0\"[{"),
            ("client_id", "\""),
            ("user_id", "0"),
            ("moved", "nt0\"[{"),
            ("static", "nt0\"[{"),
        ],
    },
    Document {
        name: "request",
        text: include_str!("documents/request.json"),
        read: |text| run(text, CONTEXT),
        also: &[
            // A list of conditions is a condition.
            ("filters", "["),
            ("metric_filters", "{"),
            ("and[]", "["),
            ("or[]", "["),
            ("not", "["),
            ("metric_filters[]", "["),
            ("values[]", "n"),
            ("totals", "["),
        ],
    },
    Document {
        name: "context",
        text: include_str!("documents/context.json"),
        read: |text| run(REQUEST, text),
        // A tenant may be a word and a user a number; the rows in the document are then another's.
        also: &[
            ("allowed_values[]", "n"),
            ("client_id", "\""),
            ("user_id", "0"),
            ("modules[]", "\""),
        ],
    },
    Document {
        name: "catalog",
        text: include_str!("documents/catalog.json"),
        read: |text| Catalog::from_json(text).map(|_| ()),
        also: &[
            // Whatever a template holds is passed on.
            ("layout", "t0[{"),
            ("default_filters", "t0[{"),
            ("sections", "t0\"{"),
            ("a", "t\"[{"),
            // Nothing of this name, which is said on purpose.
            ("date_column", "n"),
            ("client_id_column", "n"),
            ("functions[]", "\""),
        ],
    },
];

/// The objects whose keys are names of the catalog's.
const NAMED: [&str; 3] = ["positions", "toggles", "when"];

/// What a place is called: its key, or that of its list and brackets.
fn called(place: &[Step]) -> String {
    match place {
        [.., Step::Key(key), Step::Index(_)] => format!("{key}[]"),
        [.., Step::Key(key)] => key.clone(),
        _ => String::new(),
    }
}

fn written(name: &str, place: &[Step]) -> String {
    place.iter().fold(name.to_owned(), |path, step| match step {
        Step::Key(key) => format!("{path}.{key}"),
        Step::Index(index) => format!("{path}[{index}]"),
    })
}

/// Whether one of the findings is about the place, something in it, or what it is in.
fn is_near(errors: &Errors, place: &str) -> bool {
    errors.iter().any(|error| {
        let path = error.path().as_str();
        path.starts_with(place) || place.starts_with(path)
    })
}

#[test]
fn full_documents_are_fine() {
    for document in DOCUMENTS {
        if let Err(errors) = (document.read)(document.text) {
            panic!("{}\n{errors}", document.name);
        }
    }
}

#[test]
fn every_field_of_another_type_is_refused_near_its_place() {
    const OTHERS: [&str; 8] = [
        "null",
        "true",
        "7",
        "1e999",
        "\"x\"",
        "[]",
        "{}",
        "[[[[[[]]]]]]",
    ];
    let mut complaints = Vec::new();
    let mut tried = 0;
    for document in DOCUMENTS {
        let tree = Tree::of(&serde_json::from_str(document.text).expect("JSON"));
        let mut places = Vec::new();
        tree.places(&mut Vec::new(), &mut places);
        for place in &places {
            let own = tree.clone().at(place).kind();
            let path = written(document.name, place);
            for other in OTHERS {
                let other = Tree::Leaf(other.to_owned());
                let also = document
                    .also
                    .iter()
                    .filter(|(name, _)| *name == called(place));
                let is_fine = also
                    .into_iter()
                    .any(|(_, kinds)| kinds.contains(other.kind()));
                // What is missing among values may be there.
                if other.kind() == own || is_fine || own == 'n' {
                    continue;
                }
                tried += 1;
                let text = tree.changed(place, |value| *value = other.clone());
                let read = (document.read)(&text);
                // `null` is an absent field; what a toggle is called is no field.
                if let ([before @ .., Step::Key(key)], 'n') = (place.as_slice(), other.kind())
                    && !NAMED.contains(&called(before).as_str())
                {
                    let without = tree.changed(before, |value| {
                        if let Tree::Object(members) = value {
                            members.retain(|(name, _)| name != key);
                        }
                    });
                    let without = (document.read)(&without);
                    if read.is_ok() != without.is_ok() {
                        complaints.push(format!("{path} as null is not as absent: {read:?}"));
                    }
                    continue;
                }
                let other = other.text();
                match read {
                    Ok(()) => complaints.push(format!("{path} as {other} is accepted")),
                    Err(errors) if is_near(&errors, &path) => {}
                    Err(errors) => complaints.push(format!("{path} as {other}:\n{errors}")),
                }
            }
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    println!("{tried} fields of another type");
    assert!(tried > 1_500, "{tried}");
}

#[test]
fn fields_that_are_misspelt_or_written_twice_are_refused_at_their_place() {
    type Spelling = fn(&str) -> String;
    const SPELLINGS: [Spelling; 6] = [
        |key| key.to_uppercase(),
        |key| key[..1].to_uppercase() + &key[1..],
        |key| format!("{key} "),
        |key| format!("{key}\u{0}"),
        |key| format!("\u{feff}{key}"),
        |key| format!("{key}s_"),
    ];
    let mut tried = 0;
    for document in DOCUMENTS {
        let tree = Tree::of(&serde_json::from_str(document.text).expect("JSON"));
        let mut places = Vec::new();
        tree.places(&mut Vec::new(), &mut places);
        for place in &places {
            let [before @ .., Step::Key(key)] = place.as_slice() else {
                continue;
            };
            // The keys of these are names of the catalog's, or nobody's but the template's.
            let parent = called(before);
            if ["layout", "default_filters"].contains(&parent.as_str()) {
                continue;
            }
            let is_name = NAMED.contains(&parent.as_str());
            let changed = |spelling: &dyn Fn(&str) -> String, keeps: bool| {
                tree.changed(before, |value| {
                    let Tree::Object(members) = value else { return };
                    let at = members
                        .iter()
                        .position(|(name, _)| name == key)
                        .expect("the member");
                    let copy = (spelling(key), members[at].1.clone());
                    match keeps {
                        true => members.push(copy),
                        false => members[at] = copy,
                    }
                })
            };
            let check = |text: &str, code: &str, path: &str| match (document.read)(text) {
                Ok(()) => panic!("{path} is accepted: {text}"),
                Err(errors) => {
                    let is_there = errors.iter().any(|error| {
                        error.code().as_str() == code && error.path().as_str() == path
                    });
                    assert!(is_there, "{code} at {path}\n{errors}");
                }
            };
            let path = written(document.name, place);
            check(
                &changed(&|key| key.to_owned(), true),
                "duplicate-field",
                &path,
            );
            tried += 1;
            if is_name {
                continue;
            }
            for spelling in SPELLINGS {
                let other = spelling(key);
                if other == *key {
                    continue;
                }
                let shown: String = other.replace(['\u{0}', '\u{feff}'], "\u{fffd}");
                let parent = written(document.name, before);
                check(
                    &changed(&spelling, false),
                    "unknown-field",
                    &format!("{parent}.{shown}"),
                );
                check(
                    &changed(&spelling, true),
                    "unknown-field",
                    &format!("{parent}.{shown}"),
                );
                tried += 2;
            }
        }
    }
    println!("{tried} fields misspelt or written twice");
    assert!(tried > 2_000, "{tried}");
}

#[test]
fn every_beginning_of_a_document_is_refused() {
    let mut tried = 0;
    for document in DOCUMENTS {
        let text = document.text.trim_end();
        let check = |text: &str| match (document.read)(text) {
            Ok(()) => panic!("accepted: {text}"),
            Err(errors) => {
                let codes: Vec<&str> = errors.iter().map(|error| error.code().as_str()).collect();
                assert_eq!(codes, ["json-syntax"], "{text}\n{errors}");
                assert!(
                    errors
                        .iter()
                        .all(|error| error.path().as_str() == document.name),
                    "{errors}"
                );
            }
        };
        for end in 0..text.len() {
            check(&text[..end]);
        }
        for behind in [
            "}", "]", ",", " x", "{}", "\u{feff}", "\u{0}", "//", "/**/", "1", "\"\"",
        ] {
            check(&format!("{text}{behind}"));
        }
        for before in [
            "\u{feff}", "x", "{", "[", "\u{a0}", "\u{0}", "//\n", ")]}'\n",
        ] {
            check(&format!("{before}{text}"));
        }
        tried += text.len() + 19;
    }
    println!("{tried} beginnings");
    assert!(tried > 4_500, "{tried}");
}
