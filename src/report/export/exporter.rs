//! The exporter: a catalog, a definition and the tags of an organisation, checked once.
//!
//! In: these three. Out: [`Exporter`]. Guaranteed afterwards: every slot and every field is there once, every
//! pattern is one of its type, every group has a relationship that leads to it, and the whole export compiles
//! for those who have every module. Next to read: `lower.rs`.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use super::cell::{CellFormat, CellType};
use super::definition::{ExportDefinition, ExportEntity, FileColumn};
use super::request::ExportRequest;
use super::statement::ExportStatement;
use super::tag::FieldTag;
use super::{MAX_CHILDREN, TAG_SLOTS};
use crate::catalog::Catalog;
use crate::catalog::spec::{Cardinality, CatalogSpec, ColumnSpec, SourceSpec};
use crate::compile::Compiler;
use crate::context::{Context, Tenant};
use crate::dialect::{Dialect, MAX_IDENTIFIER_BYTES};
use crate::error::{
    Error, ErrorCode, Errors, Findings, Help, Kind, ReadError, ReportError, ResolveError,
};
use crate::path::{At, Path, echo};
use crate::value::{ColumnType, DataType, Uuid};

/// The most bytes of a column's name.
const MAX_COLUMN_NAME: usize = 50;

/// The most characters of a label and of a path.
const MAX_TEXT: usize = 100;

/// Compiles the exports of an organisation.
///
/// It is made once from the catalog, the definition that all organisations share and the tags of one, and
/// serves any number of threads. When the tags change, a service makes a new one.
///
/// ```
/// use measurand::report::{ExportDefinition, ExportRequest, Exporter, FieldTag};
/// use measurand::{Catalog, Context, Dialect, Limits};
///
/// let catalog = Catalog::from_json(r#"{"metrics": [], "dimensions": [
///     {"dimension_key": "status", "column_expression": "status"}],
///   "data_sources": [
///     {"source_key": "cases", "view_pattern": "app.cases", "primary_key": ["id"], "date_column": null, "metrics": [], "dimensions": "*",
///      "columns": [{"name": "client_id", "data_type": "integer"}, {"name": "id", "data_type": "integer"},
///        {"name": "status", "data_type": "text"}, {"name": "custom_fields", "data_type": "jsonb"}],
///      "relationships": [{"name": "investigations", "to": "investigations", "on": [["id", "case_id"]],
///        "cardinality": "one_to_many"}]},
///     {"source_key": "investigations", "view_pattern": "app.investigations", "primary_key": ["id"],
///      "date_column": null, "metrics": [], "dimensions": [],
///      "columns": [{"name": "client_id", "data_type": "integer"}, {"name": "id", "data_type": "integer"},
///        {"name": "case_id", "data_type": "integer"}, {"name": "outcome", "data_type": "text"}]}]}"#)?;
/// let limits = Limits::default();
/// let definition = ExportDefinition::from_json(r#"{"source": "cases", "columns": ["id", "status"],
///   "entity": {"name": "CASE", "documents": {"customFields": "custom_fields"}},
///   "children": [{"prefix": "inv", "relationship": "investigations", "columns": ["outcome"], "shown": 2}],
///   "filters": {"statuses": "status"}}"#, &limits)?;
/// let tags = FieldTag::list_from_json(r#"[{"source_entity_type": "CASE", "tag_slot": 1,
///   "source_field_path": "customFields.amount", "column_name": "amount", "display_label": "Amount",
///   "data_type": "CURRENCY"}]"#, &limits)?;
/// let exporter = Exporter::new(&catalog, definition, tags, Dialect::Postgres)?;
///
/// let context = Context::from_json(r#"{"client_id": 1, "access": []}"#, &limits)?;
/// let request = ExportRequest::from_json(r#"{"filters": {"statuses": ["open"]}}"#, &limits)?;
/// let export = exporter.compile_export(&request, &context)?;
/// assert_eq!(export.header(), ["id", "status", "inv_1_outcome", "inv_2_outcome", "amount"]);
/// assert_eq!(export.certificate().to_string(), "app.cases: tenant t.client_id = $1\n\
///   app.investigations: tenant t.client_id = $3");
/// # Ok::<(), measurand::Errors>(())
/// ```
pub struct Exporter {
    pub(super) compiler: Arc<Compiler>,
    pub(super) definition: ExportDefinition,
    /// In the order of the definition's groups.
    pub(super) groups: Vec<Group>,
    /// What tells the rows apart, but for the tenant.
    pub(super) key: Vec<String>,
    /// In the order of their slots.
    pub(super) tags: Vec<PlacedTag>,
    organization: Option<Tenant>,
}

/// A group, and the rows that its relationship leads to.
#[derive(Default)]
pub(super) struct Group {
    pub(super) source: String,
    pub(super) on: Vec<(String, String)>,
    /// What tells them apart, but for the tenant.
    pub(super) key: Vec<String>,
}

/// A tag, and what it is read from.
pub(super) struct PlacedTag {
    pub(super) tag: FieldTag,
    /// Where it stands in the list.
    pub(super) index: usize,
    /// The column that the source declares for it.
    pub(super) column: String,
    /// The group of its entity; none where it is of the rows themselves.
    pub(super) group: Option<usize>,
    /// The column that says under which template a row is, where it is limited to one.
    pub(super) template: Option<(String, String)>,
    pub(super) format: CellFormat,
}

impl Exporter {
    /// Checks a definition and the tags of an organisation against a catalog.
    ///
    /// # Errors
    /// Everything that is wrong with them, at once: `duplicate-slot`, `duplicate-tag`, `tag-entity`,
    /// `tag-path`, `tag-template`, `format-pattern`, `child-relationship`, `export-key`, `unknown-source`,
    /// `no-primary-key`, `duplicate-column`, `wrong-value`, `foreign-row`; and where all that is right, what
    /// compiling a request can find.
    pub fn new(
        catalog: &Catalog,
        definition: ExportDefinition,
        tags: Vec<FieldTag>,
        dialect: Dialect,
    ) -> Result<Self, Errors> {
        let spec = catalog.definitions().clone();
        let mut checker = Checker {
            spec,
            findings: Findings::default(),
        };
        let groups = checker.groups(&definition);
        let key = checker.key(
            &definition.source,
            At::root("definition").key("source").path(),
        );
        checker.columns(&definition, &tags);
        let organization = checker.organization(&tags);
        let placed = checker.tags(&definition, &groups, tags);
        let Checker { spec, findings } = checker;
        findings.finish(())?;
        let modules = all_modules(&spec);
        let catalog = Catalog::check(&spec, catalog.limits().clone())?;
        let exporter = Self {
            compiler: Arc::new(Compiler::new(catalog, dialect)),
            definition,
            groups,
            key,
            tags: placed,
            organization,
        };
        exporter.check(modules)?;
        Ok(exporter)
    }

    /// The definition.
    pub fn definition(&self) -> &ExportDefinition {
        &self.definition
    }

    /// The tags, in the order of their slots.
    pub fn tags(&self) -> impl Iterator<Item = &FieldTag> {
        self.tags.iter().map(|placed| &placed.tag)
    }

    /// The compiler of what exports are composed of, whose catalog has a column for every tag.
    pub fn compiler(&self) -> &Arc<Compiler> {
        &self.compiler
    }

    /// The statement that gives what a request asks for, in one context.
    ///
    /// # Errors
    /// `foreign-row` where the tags are of another tenant, `unknown-key` and `unknown-column` where the
    /// request names what the definition does not have, `wrong-value`, `limit-exceeded`; what compiling a
    /// request can find, at the place in the definition, the tags or the request that it is about.
    pub fn compile_export(
        &self,
        request: &ExportRequest,
        context: &Context,
    ) -> Result<ExportStatement, Errors> {
        // Where tenants are no UUIDs, the service has its own number or word for an organisation that is one.
        let is_mapped = |organization: &Tenant| {
            organization.as_uuid().is_some() && context.tenant.as_uuid().is_none()
        };
        let is_foreign = |own: &Tenant| *own != context.tenant && !is_mapped(own);
        if self.organization.as_ref().is_some_and(is_foreign) {
            let error = ReportError::ForeignRow { whose: "tenant" };
            return Err(Error::new(At::root("tags").path(), error).into());
        }
        super::assemble::compile(self, request, context)
    }

    /// Makes sure that all of it compiles, for somebody who has every module.
    fn check(&self, modules: Vec<String>) -> Result<(), Errors> {
        let request = ExportRequest {
            has_overflow: true,
            ..ExportRequest::default()
        };
        // A tenant is a number or a word; which one fits, the columns of the sources say.
        let own = self.organization.clone();
        let is_sure = own.as_ref().is_some_and(|own| own.as_uuid().is_none());
        let others = [Tenant::number(1), Tenant::word("tenant")];
        let tenants = (!is_sure).then_some(others).into_iter().flatten();
        let mut last = None;
        for tenant in own.into_iter().chain(tenants.flatten()) {
            let mut context = Context::new(tenant, Vec::new());
            context.modules.clone_from(&modules);
            match self.compile_export(&request, &context) {
                Ok(_) => return Ok(()),
                Err(errors) if errors.has(ErrorCode::TenantType) => last = Some(errors),
                Err(errors) => return Err(errors),
            }
        }
        last.map_or(Ok(()), Err)
    }
}

impl fmt::Debug for Exporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exporter")
            .field("source", &self.definition.source)
            .field("tags", &self.tags.len())
            .finish_non_exhaustive()
    }
}

fn all_modules(spec: &CatalogSpec) -> Vec<String> {
    let metrics = spec.metrics.iter().map(|metric| &metric.module);
    let dimensions = spec.dimensions.iter().map(|dimension| &dimension.module);
    let all: BTreeSet<&String> = metrics.chain(dimensions).flatten().collect();
    all.into_iter().cloned().collect()
}

struct Checker {
    /// The definitions of the catalog, and a column for every tag.
    spec: CatalogSpec,
    findings: Findings,
}

impl Checker {
    fn source(&self, key: &str) -> Option<&SourceSpec> {
        let mut sources = self.spec.data_sources.iter();
        sources.find(|source| source.source_key == key)
    }

    fn report(&mut self, path: Path, error: impl Into<crate::error::ErrorKind>) {
        self.findings.push(Error::new(path, error));
    }

    /// What tells the rows of a source apart, but for the tenant.
    fn key(&mut self, key: &str, path: Path) -> Vec<String> {
        let Some(source) = self.source(key) else {
            let sources = self.spec.data_sources.iter();
            let help = Help::nearest(key, sources.map(|source| &*source.source_key));
            let (kind, name) = (Kind::Source, echo(key));
            let error = Error::new(path, ResolveError::Unknown { kind, name }).with_help(help);
            self.findings.push(error);
            return Vec::new();
        };
        let tenant = source.client_id_column.as_deref();
        let columns = source.primary_key.iter();
        let columns = columns.filter(|column| tenant != Some(column)).cloned();
        let columns: Vec<String> = columns.collect();
        if source.primary_key.is_empty() {
            let source_key = key.to_owned();
            self.report(path, ResolveError::NoPrimaryKey { source_key });
            return columns;
        }
        for column in &columns {
            self.plain(column, path.clone());
        }
        columns
    }

    /// A column that rows meet by: a dimension of its name comes before it, and so has to be it.
    fn plain(&mut self, column: &str, path: Path) {
        let mut dimensions = self.spec.dimensions.iter();
        let named = dimensions.find(|dimension| dimension.dimension_key == column);
        let is_other = named.is_some_and(|dimension| {
            let is_dated = dimension.data_type.as_deref() == Some("date");
            dimension.column_expression.trim() != column || is_dated
        });
        if is_other {
            let column = column.to_owned();
            self.report(path, ReportError::ExportKey { column });
        }
    }

    fn groups(&mut self, definition: &ExportDefinition) -> Vec<Group> {
        let root = At::root("definition");
        let list = root.key("children");
        let mut prefixes: Vec<&str> = Vec::new();
        let mut groups = Vec::with_capacity(definition.children.len());
        for (index, group) in definition.children.iter().enumerate() {
            let item = list.index(index);
            let at = item.key("prefix");
            self.check_name(&group.prefix, at.path());
            if prefixes.contains(&&*group.prefix) {
                let (kind, name) = (Kind::Column, echo(&group.prefix));
                self.report(at.path(), ResolveError::Duplicate { kind, name });
            }
            prefixes.push(&group.prefix);
            if group.shown > MAX_CHILDREN {
                let path = item.key("shown").path();
                self.findings.push(too_many_children(path));
            }
            let at = item.key("relationship");
            groups.push(self.group(definition, &group.relationship, at.path()));
        }
        groups
    }

    fn group(&mut self, definition: &ExportDefinition, relationship: &str, path: Path) -> Group {
        // That there is no such source is said once, where it is named.
        let Some(source) = self.source(&definition.source) else {
            return Group::default();
        };
        let known = source.relationships.iter();
        let Some(found) = known.clone().find(|known| known.name == relationship) else {
            let help = Help::nearest(relationship, known.map(|known| &*known.name));
            let reason = "the source of the export has no such relationship";
            let error = Error::new(path, ReportError::ChildRelationship { reason });
            self.findings.push(error.with_help(help));
            return Group::default();
        };
        if found.cardinality == Cardinality::ManyToOne {
            let reason = "the relationship leads to one row, which is no row beside others";
            let help = Help::advice("name what it leads to among the columns");
            let error = Error::new(path, ReportError::ChildRelationship { reason });
            self.findings.push(error.with_help(help));
            return Group::default();
        }
        let (to, on) = (found.to.clone(), found.on.clone());
        for (here, there) in &on {
            self.plain(here, path.clone());
            self.plain(there, path.clone());
        }
        Group {
            key: self.key(&to, path),
            source: to,
            on,
        }
    }

    /// That the names of the file are names, each there once.
    fn columns(&mut self, definition: &ExportDefinition, tags: &[FieldTag]) {
        let root = At::root("definition");
        let mut names: Vec<String> = Vec::new();
        let list = root.key("columns");
        for (index, column) in definition.columns.iter().enumerate() {
            let item = list.index(index);
            self.column(column, &item);
            self.once(&mut names, column.name.clone(), item.key("name").path());
        }
        let groups = root.key("children");
        for (index, group) in definition.children.iter().enumerate() {
            let item = groups.index(index);
            let list = item.key("columns");
            for (index, column) in group.columns.iter().enumerate() {
                let item = list.index(index);
                self.column(column, &item);
                let longest = format!("{}_{MAX_CHILDREN}_{}", group.prefix, column.name);
                if longest.len() > MAX_IDENTIFIER_BYTES {
                    let subject = "a name that is too long behind its prefix".to_owned();
                    let path = item.key("name").path();
                    self.report(path, ReadError::WrongValue { subject });
                }
                for number in 1..=MAX_CHILDREN {
                    let name = format!("{}_{number}_{}", group.prefix, column.name);
                    self.once(&mut names, name, item.key("name").path());
                }
            }
            if let Some(count) = &group.count {
                let path = item.key("count").path();
                self.check_name(count, path.clone());
                self.once(&mut names, count.clone(), path);
            }
        }
        let root = At::root("tags");
        for (index, tag) in tags.iter().enumerate() {
            let item = root.index(index);
            let path = item.key("column_name").path();
            self.check_name(&tag.name, path.clone());
            self.once(&mut names, tag.name.clone(), path);
            for (field, text) in [
                ("display_label", &tag.label),
                ("source_field_path", &tag.path),
            ] {
                if text.chars().count() > MAX_TEXT {
                    let path = item.key(field).path();
                    let subject = "a text of more than 100 characters".to_owned();
                    self.report(path, ReadError::WrongValue { subject });
                }
            }
        }
    }

    fn once(&mut self, names: &mut Vec<String>, name: String, path: Path) {
        if names.contains(&name) {
            let (kind, name) = (Kind::Column, echo(&name));
            // A column beside may collide ten times over, and is said once.
            self.report(path, ResolveError::Duplicate { kind, name });
        } else {
            names.push(name);
        }
    }

    fn column(&mut self, column: &FileColumn, item: &At<'_>) {
        self.check_name(&column.name, item.key("name").path());
        match (column.cell, &column.pattern) {
            (Some(cell), pattern) => {
                self.format(cell, pattern.as_deref(), || item.key("format").path());
            }
            (None, Some(_)) => {
                let subject = "a format of no type".to_owned();
                self.report(item.key("format").path(), ReadError::WrongValue { subject });
            }
            (None, None) => {}
        }
    }

    fn format(
        &mut self,
        cell: CellType,
        pattern: Option<&str>,
        path: impl FnOnce() -> Path,
    ) -> Option<CellFormat> {
        match CellFormat::new(cell, pattern) {
            Ok(format) => Some(format),
            Err(wrong) => {
                let error = ReportError::FormatPattern {
                    cell: cell.as_str(),
                    reason: wrong.reason(),
                };
                let error = Error::new(path().with_span(wrong.span()), error);
                self.findings
                    .push(error.with_help(wrong.help().map(Help::advice)));
                None
            }
        }
    }

    fn check_name(&mut self, name: &str, path: Path) {
        let mut bytes = name.bytes();
        let is_name = name.len() <= MAX_COLUMN_NAME
            && bytes.next().is_some_and(|first| first.is_ascii_lowercase())
            && bytes.all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
        if !is_name {
            let subject = format!("the name `{}`", echo(name));
            let help = "write a lower-case letter, then lower-case letters, digits and underscores, 50 at most";
            let error = Error::new(path, ReadError::WrongValue { subject });
            self.findings.push(error.with_help(Help::advice(help)));
        }
    }

    /// Whose the tags are, where that can be a tenant; they are of one organisation.
    fn organization(&mut self, tags: &[FieldTag]) -> Option<Tenant> {
        let mut all = tags.iter().enumerate();
        let (_, first) = all.next()?;
        for (index, tag) in all {
            if tag.organization != first.organization {
                let root = At::root("tags");
                let path = root.index(index).key("organization_id").path();
                self.report(path, ReportError::ForeignRow { whose: "tenant" });
            }
        }
        let written = first.organization.as_deref()?;
        let number = written.parse().ok().and_then(Tenant::number);
        let number = number.filter(|number| number.as_str() == written);
        let uuid = || Uuid::parse(written).map(Tenant::uuid);
        number.or_else(uuid).or_else(|| Tenant::word(written))
    }

    /// The tags by their slots, each with a column of its own.
    fn tags(
        &mut self,
        definition: &ExportDefinition,
        groups: &[Group],
        tags: Vec<FieldTag>,
    ) -> Vec<PlacedTag> {
        let root = At::root("tags");
        let mut placed: Vec<PlacedTag> = Vec::with_capacity(tags.len());
        for (index, tag) in tags.into_iter().enumerate() {
            let item = root.index(index);
            if !(1..=TAG_SLOTS).contains(&tag.slot) {
                let subject = "a slot of this number".to_owned();
                let help = Help::advice(format!("write a number from 1 to {TAG_SLOTS}"));
                let path = item.key("tag_slot").path();
                let error = Error::new(path, ReadError::WrongValue { subject });
                self.findings.push(error.with_help(help));
            } else if let Some(other) = placed.iter().find(|other| other.tag.slot == tag.slot) {
                let slot = tag.slot;
                let path = item.key("tag_slot").path();
                let related = root.index(other.index).path();
                let error = Error::new(path, ReportError::DuplicateSlot { slot });
                self.findings.push(error.with_related(related));
            }
            let is_same = |other: &&PlacedTag| {
                let other = &other.tag;
                (&other.entity, &other.path, &other.template)
                    == (&tag.entity, &tag.path, &tag.template)
            };
            if let Some(other) = placed.iter().find(is_same) {
                let path = item.key("source_field_path").path();
                let related = root.index(other.index).path();
                let error = Error::new(path, ReportError::DuplicateTag);
                self.findings.push(error.with_related(related));
            }
            placed.extend(self.tag(definition, groups, tag, index));
        }
        placed.sort_by_key(|placed| placed.tag.slot);
        placed
    }

    fn tag(
        &mut self,
        definition: &ExportDefinition,
        groups: &[Group],
        tag: FieldTag,
        index: usize,
    ) -> Option<PlacedTag> {
        let root = At::root("tags");
        let item = root.index(index);
        let pattern = tag.pattern.as_deref();
        let format = self.format(tag.cell, pattern, || item.key("format_pattern").path());
        let is_named =
            |entity: &ExportEntity| entity.name.as_ref().is_some_and(|name| *name == tag.entity);
        let group = match is_named(&definition.entity) {
            true => None,
            false => {
                let mut all = definition.children.iter();
                let found = all.position(|group| is_named(&group.entity));
                if found.is_none() {
                    let names = definition.children.iter().map(|group| &group.entity);
                    let names = std::iter::once(&definition.entity).chain(names);
                    let names = names.filter_map(|entity| entity.name.as_deref());
                    let help = Help::nearest(&tag.entity, names);
                    let path = item.key("source_entity_type").path();
                    let name = echo(&tag.entity);
                    let error = Error::new(path, ReportError::TagEntity { name });
                    self.findings.push(error.with_help(help));
                    return None;
                }
                found
            }
        };
        let beside = group.and_then(|group| definition.children.get(group));
        let entity = beside.map_or(&definition.entity, |group| &group.entity);
        let found = group.and_then(|group| groups.get(group));
        let source = found.map_or(&definition.source, |group| &group.source);
        let column = self.field(source, entity, &tag, item.key("source_field_path").path());
        let template = match &tag.template {
            None => None,
            Some(template) => {
                let path = item.key("template_id").path();
                let column = self.template(entity, path)?;
                Some((column, template.clone()))
            }
        };
        Some(PlacedTag {
            column: column?,
            format: format?,
            tag,
            index,
            group,
            template,
        })
    }

    fn template(&mut self, entity: &ExportEntity, path: Path) -> Option<String> {
        let Some(column) = &entity.template else {
            let reason = "rows of this entity have no template";
            self.report(path, ReportError::TagTemplate { reason });
            return None;
        };
        self.plain(column, path);
        Some(column.clone())
    }

    /// Declares the column of a tag, whose path leads into a JSON column.
    fn field(
        &mut self,
        source: &str,
        entity: &ExportEntity,
        tag: &FieldTag,
        path: Path,
    ) -> Option<String> {
        let mut parts = tag.path.split('.').map(str::to_owned);
        let document = parts.next().unwrap_or_default();
        let keys: Vec<String> = parts.collect();
        let names = entity.documents.iter();
        let found = names.clone().find(|(name, _)| *name == document);
        let wrong = match (&found, keys.is_empty() || keys.contains(&String::new())) {
            (None, _) => Some("the path begins with no document of the entity"),
            (Some(_), true) => Some("the path leads to no field of the document"),
            (Some(_), false) => None,
        };
        if let Some(reason) = wrong {
            let help = match found {
                None => Help::nearest(&document, names.map(|(name, _)| &**name)),
                Some(_) => Some(Help::advice("write keys behind it, each after a point")),
            };
            let error = Error::new(path, ReportError::TagPath { reason });
            self.findings.push(error.with_help(help));
            return None;
        }
        let (_, json) = found?;
        let mut sources = self.spec.data_sources.iter_mut();
        // That there is no such source was said before.
        let source = sources.find(|known| known.source_key == *source)?;
        let is_json = |column: &ColumnSpec| {
            let kind = column.data_type;
            let is_document = matches!(kind.element, DataType::Json | DataType::Jsonb);
            column.name == *json && is_document && !kind.is_array && column.path.is_none()
        };
        let columns = source.columns.as_mut();
        let Some(columns) = columns.filter(|columns| columns.iter().any(is_json)) else {
            let reason = "the document is no JSON column that the source declares";
            self.report(path, ReportError::TagPath { reason });
            return None;
        };
        let dimensions = &self.spec.dimensions;
        // One field of one type is one column, whoever declares it.
        let is_it = |column: &&ColumnSpec| {
            let stored =
                column.data_type.element == tag.cell.stored() && !column.data_type.is_array;
            let is_there = column.path.as_ref() == Some(&keys);
            stored && is_there && column.column.as_ref() == Some(json)
        };
        if let Some(known) = columns.iter().find(is_it)
            && !dimensions
                .iter()
                .any(|each| each.dimension_key == known.name)
        {
            return Some(known.name.clone());
        }
        let mut name = format!("tag_{}", tag.slot);
        while columns.iter().any(|column| column.name == name)
            || dimensions.iter().any(|each| each.dimension_key == name)
        {
            name.push('_');
        }
        columns.push(ColumnSpec {
            name: name.clone(),
            data_type: ColumnType {
                element: tag.cell.stored(),
                is_array: false,
            },
            path: Some(keys),
            column: Some(json.clone()),
            rollup: None,
        });
        Some(name)
    }
}

/// More rows beside than there may be.
pub(super) fn too_many_children(path: Path) -> Error {
    let subject = "a number of rows beside".to_owned();
    let help = Help::advice(format!("write a number up to {MAX_CHILDREN}"));
    Error::new(path, ReadError::WrongValue { subject }).with_help(help)
}
