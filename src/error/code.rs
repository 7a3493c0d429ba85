//! The register of error codes. A code is stable and never reused.

use std::fmt;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $slug:literal,)*) => {
        /// The stable code of an error, such as `unknown-metric`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $($(#[$doc])* $variant,)*
        }

        impl ErrorCode {
            /// Every code.
            pub const ALL: &'static [ErrorCode] = &[$(ErrorCode::$variant,)*];

            /// The code as text.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(ErrorCode::$variant => $slug,)*
                }
            }
        }
    };
}

codes! {
    // Any document.
    /// The text is not valid JSON.
    JsonSyntax = "json-syntax",
    /// A field that the document does not have.
    UnknownField = "unknown-field",
    /// The same field twice.
    DuplicateField = "duplicate-field",
    /// A field that has to be there.
    MissingField = "missing-field",
    /// JSON of another type than the field takes.
    WrongType = "wrong-type",
    /// A word or number that the field does not take.
    WrongValue = "wrong-value",
    /// A bound of the limits was hit.
    LimitExceeded = "limit-exceeded",

    // Catalogs.
    /// A key that breaks the grammar of names.
    InvalidName = "invalid-name",
    /// The same key twice.
    DuplicateKey = "duplicate-key",
    /// A reference to a row or key that does not exist or is inactive.
    UnknownReference = "unknown-reference",
    /// A relation name that is not one or two plain names, or is too long.
    InvalidRelation = "invalid-relation",
    /// A fragment that is no expression of the accepted subset.
    FragmentSyntax = "fragment-syntax",
    /// A construct that fragments may not use.
    FragmentForbidden = "fragment-forbidden",
    /// A function that is not on the list.
    UnknownFunction = "unknown-function",
    /// A column that the source does not declare, or none for this context.
    UnknownColumn = "unknown-column",
    /// A metric whose SQL does not aggregate.
    MissingAggregate = "missing-aggregate",
    /// An aggregate where rows are meant, or inside another aggregate.
    MisplacedAggregate = "misplaced-aggregate",
    /// A metric with neither SQL nor formula.
    MissingExpression = "missing-expression",
    /// A formula that names another metric in front of its `=`.
    FormulaTarget = "formula-target",
    /// Metrics that rest on themselves, under some selection of options.
    MetricCycle = "metric-cycle",
    /// A toggle without exactly one default option.
    ToggleDefault = "toggle-default",
    /// Two variants that match one selection equally well.
    AmbiguousVariant = "ambiguous-variant",
    /// A join condition that is not a key equality with guarded conjuncts.
    JoinCondition = "join-condition",
    /// A lookup that is neither tenant-scoped nor declared global.
    LookupTenant = "lookup-tenant",
    /// A derived metric offered by a source that lacks one of its components.
    MissingComponent = "missing-component",
    /// A relationship that may meet several rows where its cardinality says one.
    RelationshipKey = "relationship-key",

    // Requests and contexts.
    /// No such source.
    UnknownSource = "unknown-source",
    /// No such metric, or none for this context.
    UnknownMetric = "unknown-metric",
    /// No such dimension, or none for this context.
    UnknownDimension = "unknown-dimension",
    /// No such toggle.
    UnknownToggle = "unknown-toggle",
    /// No such option of the toggle.
    UnknownOption = "unknown-option",
    /// No such key to order by.
    UnknownKey = "unknown-key",
    /// A key that names two things.
    AmbiguousKey = "ambiguous-key",
    /// The same metric twice.
    DuplicateMetric = "duplicate-metric",
    /// The same dimension twice.
    DuplicateDimension = "duplicate-dimension",
    /// The same column twice.
    DuplicateColumn = "duplicate-column",
    /// A request that asks for nothing.
    EmptyRequest = "empty-request",
    /// Several sources can answer, and none is preferred.
    AmbiguousSource = "ambiguous-source",
    /// No source has all that is asked for.
    NoSource = "no-source",
    /// The source does not offer the metric.
    MetricUnavailable = "metric-unavailable",
    /// The source does not offer the dimension.
    DimensionUnavailable = "dimension-unavailable",
    /// A key that several paths of relationships end with.
    AmbiguousPath = "ambiguous-path",
    /// A key that leads from one row to many.
    FanOut = "fan-out",
    /// The dimension may not be grouped by.
    NotGroupable = "not-groupable",
    /// The dimension may not be filtered by.
    NotFilterable = "not-filterable",
    /// The dimension has no such grain.
    GrainUnavailable = "grain-unavailable",
    /// The operator does not fit the type.
    OperatorType = "operator-type",
    /// The operator takes another number of values.
    OperatorArity = "operator-arity",
    /// A value that does not convert without loss.
    ValueType = "value-type",
    /// A condition that mixes metrics with dimensions that are not grouped.
    MixedFilter = "mixed-filter",
    /// A date range on a source without a date column.
    NoDateColumn = "no-date-column",
    /// A comparison with the previous period of a range that is not there or has no end.
    CompareWithoutRange = "compare-without-range",
    /// A page after a row of a source that does not say what tells rows apart.
    NoPrimaryKey = "no-primary-key",
    /// Gaps are to be filled, and not one dimension says in what periods.
    GapsWithoutDates = "gaps-without-dates",
    /// Gaps are to be filled, and no range with two ends says where.
    GapsWithoutRange = "gaps-without-range",
    /// The dimension has no lookup whose members could be read alone.
    NoLookup = "no-lookup",
    /// Something that only rows can answer, where a lookup alone is read.
    RowsNeeded = "rows-needed",
    /// A share or a rank of a metric that is not shown.
    NotSelected = "not-selected",
    /// A share of a metric whose numbers do not add up to a whole.
    NotAdditive = "not-additive",
    /// A window along periods that no range with two ends says.
    WindowWithoutRange = "window-without-range",
    /// A window, and dimensions that cut its dates in several ways.
    WindowDates = "window-dates",
    /// Members are to be ranked, and the request does not say of which dimension.
    TopDimension = "top-dimension",
    /// No such preset.
    UnknownPreset = "unknown-preset",
    /// A text that is no date.
    InvalidDate = "invalid-date",
    /// A range that ends before it starts.
    RangeOrder = "range-order",
    /// A preset needs the context's `now`.
    MissingNow = "missing-now",
    /// A metric needs the context's `currency`.
    MissingCurrency = "missing-currency",
    /// No such time zone.
    UnknownZone = "unknown-zone",
    /// A context that does not state its access rules.
    MissingAccess = "missing-access",
    /// A rule on a dimension that the source cannot express.
    AccessDimensionUnavailable = "access-dimension-unavailable",
    /// A tenant that is no whole number, no lower-case word and no UUID.
    TenantInvalid = "tenant-invalid",
    /// A tenant of another type than the source's tenant column.
    TenantType = "tenant-type",
    /// A part of a request that this version does not answer.
    NotSupported = "not-supported",
    /// The dialect has no way to say it.
    DialectUnsupported = "dialect-unsupported",

    // What a report builder keeps.
    /// A day that the frequency of a schedule does not have.
    ScheduleDay = "schedule-day",
    /// A cron pattern that is none.
    CronSyntax = "cron-syntax",
    /// Cron patterns that say something else than a schedule can.
    CronSchedule = "cron-schedule",
    /// A widget whose request has an answer that it cannot show.
    WidgetRequest = "widget-request",
    /// A widget that uses what belongs to a module without saying so.
    WidgetModule = "widget-module",
    /// Settings of a chart that contradict each other.
    ChartSetting = "chart-setting",
    /// A chart that draws what its request does not have.
    ChartKey = "chart-key",
    /// A template that needs something else than its widgets use.
    TemplateNeeds = "template-needs",
    /// No such template, or none for this context.
    UnknownTemplate = "unknown-template",
    /// No such widget, or none for this context.
    UnknownWidget = "unknown-widget",
    /// A layer with what only a context may have.
    AccessInLayer = "access-in-layer",
    /// A row of another tenant, user, template or dashboard.
    ForeignRow = "foreign-row",
    /// A part of a layer that reaches no widget.
    NoEffect = "no-effect",
    /// A text that is longer than its column.
    TextLength = "text-length",
    /// A column that callers may not write.
    ReadOnlyColumn = "read-only-column",
    /// A change without any column.
    NothingToChange = "nothing-to-change",
    /// A table whose rows callers do not write so.
    ReadOnlyTable = "read-only-table",
    /// A source that a user's table lists or reads, and that is not what it has to be.
    TableSource = "table-source",
    /// A field of a user's table that does not mean one thing in its place.
    TableField = "table-field",
    /// No such table of a user, or none that this one sees.
    UnknownTable = "unknown-table",
    /// A slug of a dynamic table or of one of its columns that is none.
    Slug = "slug",
    /// Two dynamic tables, or two columns of one, under one slug or id.
    DuplicateSlug = "duplicate-slug",
    /// A setting of a dynamic table's column that does not fit what it refers to.
    ColumnSetting = "column-setting",
    /// A formula over a record that does not compute with what it names.
    FormulaType = "formula-type",
    /// Formulas of a dynamic table that rest on one another.
    FormulaCycle = "formula-cycle",
    /// Two tags in one slot.
    DuplicateSlot = "duplicate-slot",
    /// Two tags of one field under one template.
    DuplicateTag = "duplicate-tag",
    /// A tag of an entity that the export does not have.
    TagEntity = "tag-entity",
    /// A tag whose path leads to no field.
    TagPath = "tag-path",
    /// A tag that is limited to a template where rows have none, or none that it could be.
    TagTemplate = "tag-template",
    /// A pattern that is none, or none for what it is to show.
    FormatPattern = "format-pattern",
    /// Rows beside those of an export that no relationship leads to.
    ChildRelationship = "child-relationship",
    /// A column that tells rows apart, and a dimension that has its name and another value.
    ExportKey = "export-key",

    // Verification.
    /// A statement failed its own verification.
    Unverified = "unverified",
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl serde::Serialize for ErrorCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
