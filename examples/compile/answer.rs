//! One line, and its answer.

use std::fmt;

use measurand::{CompiledQuery, Context, Error, ErrorCode, Errors, Request};
use serde::Serialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::catalogs::{Catalogs, Loaded, Spelling};

/// The answer to a line.
#[derive(Serialize)]
pub(crate) struct Answer<'l> {
    /// As written; null where the line has none that can be read.
    id: Option<&'l RawValue>,
    #[serde(flatten)]
    outcome: Outcome,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Ok(Box<CompiledQuery>),
    Errors(Vec<Finding>),
}

/// Something wrong with a line.
#[derive(Clone, Serialize)]
#[serde(untagged)]
pub(crate) enum Finding {
    /// As the library reports it.
    Reported(Error),
    /// What is wrong before the library sees anything.
    Own {
        code: &'static str,
        path: String,
        message: String,
        help: Option<String>,
    },
}

impl Finding {
    pub(crate) fn own(code: &'static str, path: &str, message: &str) -> Self {
        Finding::Own {
            code,
            path: path.to_owned(),
            message: message.to_owned(),
            help: None,
        }
    }

    fn with_help(mut self, advice: &str) -> Self {
        if let Finding::Own { help, .. } = &mut self {
            *help = Some(advice.to_owned());
        }
        self
    }
}

impl<'l> Answer<'l> {
    /// The answer to a line that was not even kept.
    pub(crate) fn too_long(bound: usize) -> Self {
        let message = format!("the line is longer than {bound} bytes");
        let code = ErrorCode::LimitExceeded.as_str();
        Self::errors(None, vec![Finding::own(code, "line", &message)])
    }

    /// The answer to the bytes of a line.
    pub(crate) fn to(bytes: &'l [u8], catalogs: &mut Catalogs) -> Self {
        match Fields::read(bytes) {
            Ok(fields) => {
                let id = fields.id;
                match fields.compile(catalogs) {
                    Ok(query) => Self {
                        id,
                        outcome: Outcome::Ok(Box::new(query)),
                    },
                    Err(findings) => Self::errors(id, findings),
                }
            }
            Err(finding) => Self::errors(None, vec![finding]),
        }
    }

    fn errors(id: Option<&'l RawValue>, findings: Vec<Finding>) -> Self {
        Self {
            id,
            outcome: Outcome::Errors(findings),
        }
    }
}

/// The fields of a line, in the text they were written in, so that every number keeps its digits.
#[derive(Default)]
struct Fields<'l> {
    id: Option<&'l RawValue>,
    request: Option<&'l RawValue>,
    context: Option<&'l RawValue>,
    catalog: Option<&'l RawValue>,
    catalog_rows: Option<&'l RawValue>,
    findings: Vec<Finding>,
}

const NAMES: &str = "one of `id`, `request`, `context`, `catalog`, `catalog_rows`";

impl<'l> Fields<'l> {
    fn read(bytes: &'l [u8]) -> Result<Self, Finding> {
        let syntax = |message: &str| Finding::own(ErrorCode::JsonSyntax.as_str(), "line", message);
        let text = std::str::from_utf8(bytes).map_err(|_| syntax("the line is not UTF-8"))?;
        let mut reader = serde_json::Deserializer::from_str(text);
        let fields = reader.deserialize_any(FieldsVisitor).and_then(|fields| {
            reader.end()?;
            Ok(fields)
        });
        fields.map_err(|error| match error.is_data() {
            true => Finding::own(
                ErrorCode::WrongType.as_str(),
                "line",
                "the line is not an object",
            ),
            // The column tells where; the text itself is not repeated.
            false => syntax(&format!("the line is no JSON at column {}", error.column())),
        })
    }

    fn put(&mut self, name: &str, value: &'l RawValue) {
        let slot = match name {
            "id" => &mut self.id,
            "request" => &mut self.request,
            "context" => &mut self.context,
            "catalog" => &mut self.catalog,
            _ => &mut self.catalog_rows,
        };
        if slot.is_some() {
            let code = ErrorCode::DuplicateField.as_str();
            let message = format!("field `{name}` is given twice");
            self.findings
                .push(Finding::own(code, &format!("line.{name}"), &message));
        } else {
            *slot = Some(value);
        }
    }

    fn compile(mut self, catalogs: &mut Catalogs) -> Result<CompiledQuery, Vec<Finding>> {
        let mut findings = std::mem::take(&mut self.findings);
        let compiler = match self.loaded(catalogs) {
            Ok(Ok(compiler)) => Some(compiler),
            Ok(Err(errors)) => {
                findings.extend(errors.iter().cloned());
                None
            }
            Err(finding) => {
                findings.push(finding);
                None
            }
        };
        let limits = catalogs.limits();
        let request = read("request", self.request, &mut findings, |text| {
            Request::from_json(text, limits)
        });
        let context = read("context", self.context, &mut findings, |text| {
            Context::from_json(text, limits)
        });
        match (compiler, request, context) {
            (Some(compiler), Some(request), Some(context)) if findings.is_empty() => compiler
                .compile(&request, &context)
                .map_err(|errors| errors.into_iter().map(Finding::Reported).collect()),
            _ => Err(findings),
        }
    }

    /// The compiler of the line's own catalog, else of the file's.
    fn loaded(&self, catalogs: &mut Catalogs) -> Result<Loaded, Finding> {
        match (present(self.catalog), present(self.catalog_rows)) {
            (Some(text), None) => Ok(catalogs.of_line(Spelling::Nested, text)),
            (None, Some(text)) => Ok(catalogs.of_line(Spelling::Rows, text)),
            (None, None) => catalogs.of_file().ok_or_else(|| {
                let advice = "name a catalog on the command line, or put one in `catalog`";
                missing("catalog").with_help(advice)
            }),
            (Some(_), Some(_)) => {
                let code = ErrorCode::WrongValue.as_str();
                let message = "both `catalog` and `catalog_rows` are given";
                Err(Finding::own(code, "line.catalog_rows", message))
            }
        }
    }
}

/// The text of a field; null counts as absent.
fn present(value: Option<&RawValue>) -> Option<&str> {
    value.map(RawValue::get).filter(|text| *text != "null")
}

fn missing(name: &str) -> Finding {
    let message = format!("field `{name}` is missing");
    let path = format!("line.{name}");
    Finding::own(ErrorCode::MissingField.as_str(), &path, &message)
}

/// Reads a field that has to be there, or adds what is wrong.
fn read<T>(
    name: &str,
    value: Option<&RawValue>,
    findings: &mut Vec<Finding>,
    from_json: impl FnOnce(&str) -> Result<T, Errors>,
) -> Option<T> {
    let Some(text) = present(value) else {
        findings.push(missing(name));
        return None;
    };
    match from_json(text) {
        Ok(read) => Some(read),
        Err(errors) => {
            findings.extend(errors.into_iter().map(Finding::Reported));
            None
        }
    }
}

struct FieldsVisitor;

impl<'l> Visitor<'l> for FieldsVisitor {
    type Value = Fields<'l>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'l>>(self, mut map: A) -> Result<Fields<'l>, A::Error> {
        let mut fields = Fields::default();
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "id" | "request" | "context" | "catalog" | "catalog_rows" => {
                    fields.put(&name, map.next_value()?);
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    let code = ErrorCode::UnknownField.as_str();
                    let finding = Finding::own(code, "line", "the line has an unknown field");
                    fields.findings.push(finding.with_help(NAMES));
                }
            }
        }
        Ok(fields)
    }
}
