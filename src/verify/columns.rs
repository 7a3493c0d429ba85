//! Reads columns where an expression names them: as they are, cut out of a document, in the place of
//! another, or moved from the earlier period.

use crate::catalog::columns::ColumnId;
use crate::catalog::source::JsonPath;
use crate::dialect::Dialect;
use crate::expr::lex::{Operator, TokenKind};
use crate::expr::render::Rendered;
use crate::plan::{Join, Scan};
use crate::value::DataType;

use super::reader::{Read, Reader, failure};
use super::{BELOW, ROWS, TABLE};

/// The rows that an expression is about.
#[derive(Clone, Copy)]
pub(super) struct Rows<'s> {
    /// The alias in front of their columns.
    pub(super) alias: &'s str,
    /// The scan that gives them; none for those of lookups and of groups.
    pub(super) scan: Option<&'s Scan<'s>>,
    /// Whether they are those of the relation itself, in which typed paths are still to be found.
    pub(super) is_relation: bool,
    /// Whether the column of a date-basis option stands for the source's own.
    pub(super) follows_option: bool,
    /// Whether dates are to be moved to where they are shown.
    pub(super) is_moved: bool,
    /// The join that gives them, under names of their own.
    pub(super) join: Option<&'s Join<'s>>,
}

impl<'s> Rows<'s> {
    /// Groups.
    pub(super) const BELOW: Rows<'static> = Rows::plain(BELOW);
    /// Those of a lookup, and those above the relation's fence: columns as they are.
    pub(super) const IN_GUARD: Rows<'static> = Rows::plain(TABLE);

    const fn plain(alias: &'s str) -> Self {
        Rows {
            alias,
            scan: None,
            is_relation: false,
            follows_option: false,
            is_moved: false,
            join: None,
        }
    }

    /// Those that a guard hands out.
    pub(super) fn outside(scan: &'s Scan<'s>) -> Self {
        Rows {
            scan: Some(scan),
            ..Rows::plain(ROWS)
        }
    }

    /// The same for what groups are by: dates are moved to where they are shown.
    pub(super) fn of_keys(scan: &'s Scan<'s>) -> Self {
        Rows {
            is_moved: scan.moved.is_some(),
            ..Rows::outside(scan).of_dimension()
        }
    }

    /// Those of the relation, beside the tenant's equality.
    pub(super) fn of_relation(scan: &'s Scan<'s>) -> Self {
        Rows {
            scan: Some(scan),
            is_relation: true,
            ..Rows::plain(TABLE)
        }
    }

    /// Those of another source, joined to these: neither an option nor a comparison touches their dates.
    pub(super) fn joined(join: &'s Join<'s>) -> Self {
        Rows {
            scan: Some(&join.scan),
            join: Some(join),
            ..Rows::plain(ROWS)
        }
    }

    /// The same for what a request asks for; access rules do not follow options.
    pub(super) fn of_dimension(self) -> Self {
        Rows {
            follows_option: true,
            ..self
        }
    }

    /// The source's date column, and the one that an option brings instead.
    pub(super) fn option(&self) -> Option<(&'s Scan<'s>, ColumnId, ColumnId)> {
        let scan = self.scan.filter(|_| self.follows_option)?;
        scan.date_switch.map(|(own, brought)| (scan, own, brought))
    }

    /// Where the column lies in a document.
    fn path(&self, column: ColumnId) -> Option<(&'s JsonPath, DataType)> {
        let scan = self.scan.filter(|_| self.is_relation)?;
        scan.source.json_path(column)
    }
}

impl<'a> Reader<'a> {
    /// An expression of the catalog. With `converts`, what an option brings has the type of what it
    /// stands for.
    pub(super) fn rendered(&mut self, text: &Rendered, rows: Rows<'_>, converts: bool) -> Read<()> {
        for (piece, column) in text.pieces() {
            self.words(piece)?;
            if let Some(column) = column {
                self.column_of(ColumnId(column), rows, converts)?;
            }
        }
        Ok(())
    }

    fn column_of(&mut self, column: ColumnId, rows: Rows<'_>, converts: bool) -> Read<()> {
        let Some((scan, own, brought)) = rows.option().filter(|(_, own, _)| *own == column) else {
            return self.stored(column, rows);
        };
        let types = [own, brought].map(|column| scan.source.date_type(column));
        if !converts || types[0] == types[1] {
            return self.stored(brought, rows);
        }
        self.converted(types, |reader| reader.stored(brought, rows))
    }

    /// A date or time of the second type as one of the first.
    fn converted(
        &mut self,
        types: [DataType; 2],
        value: impl FnOnce(&mut Self) -> Read<()>,
    ) -> Read<()> {
        use DataType::{Date, Timestamp, Timestamptz};
        let dialect = self.plan().dialect;
        let (before, behind, is_zoned, end) = match (dialect, types) {
            (Dialect::Postgres, [Date, Timestamptz]) => ("(", "AT TIME ZONE", true, ")::date"),
            (Dialect::Postgres, [Timestamptz, Date]) => {
                ("(", "::timestamp AT TIME ZONE", true, ")")
            }
            (Dialect::Postgres, [Timestamp, Timestamptz] | [Timestamptz, Timestamp]) => {
                ("(", "AT TIME ZONE", true, ")")
            }
            (Dialect::Postgres, [Date, Timestamp]) => ("", "::date", false, ""),
            (Dialect::Postgres, [Timestamp, Date]) => ("", "::timestamp", false, ""),
            (Dialect::Sqlite, [Date, Timestamp]) => ("date(", ")", false, ""),
            (Dialect::Sqlite, [Timestamp, Date]) => ("datetime(", ")", false, ""),
            _ => ("", "", false, ""),
        };
        self.words(before)?;
        value(self)?;
        self.words(behind)?;
        if is_zoned {
            self.zone()?;
        }
        self.words(end)
    }

    /// A column of the relation or of what is read from it.
    pub(super) fn stored(&mut self, column: ColumnId, rows: Rows<'_>) -> Read<()> {
        let rolled_up = rows.scan.filter(|_| rows.is_relation);
        if let Some(fragment) = rolled_up.and_then(|scan| scan.source.rolled_up(column)) {
            return match fragment.printed.get(self.plan().dialect) {
                Ok(text) => self.rendered(text, rows, false),
                Err(_) => failure("rows are added up by what the dialect cannot say"),
            };
        }
        if let Some((path, data_type)) = rows.path(column) {
            return self.typed_path(path, data_type, rows.alias);
        }
        if let Some(join) = rows.join {
            let name = shown_name(join, column)?.to_owned();
            return self.exact_column(rows.alias, &name);
        }
        let name = self.plan().names.sql(column);
        let moved = rows
            .scan
            .filter(|scan| scan.date_column == Some(column) && rows.is_moved);
        let Some((scan, (months, days))) = moved.and_then(|scan| Some((scan, scan.moved?))) else {
            return self.exact_column(rows.alias, name);
        };
        let data_type = scan.source.date_type(column);
        let is_moment = data_type == DataType::Timestamptz;
        self.words(if is_moment { "((" } else { "(" })?;
        self.exact_column(rows.alias, name)?;
        if is_moment {
            self.words("AT TIME ZONE")?;
            self.zone()?;
        }
        for (count, unit) in [
            (months, "* interval '1 month'"),
            (days, "* interval '1 day'"),
        ] {
            self.words("+")?;
            self.value(count, DataType::Integer)?;
            self.words(unit)?;
        }
        match data_type {
            DataType::Timestamptz => {
                self.words(") AT TIME ZONE")?;
                self.zone()?;
                self.close()
            }
            DataType::Timestamp => self.close(),
            _ => self.words(")::date"),
        }
    }

    pub(super) fn zone(&mut self) -> Read<()> {
        self.value(self.plan().zone, DataType::Text)
    }

    /// The typed value at a path: what is no value of the type is NULL.
    fn typed_path(&mut self, path: &JsonPath, data_type: DataType, alias: &str) -> Read<()> {
        // `@` stands for the value at the path as text, `§` as JSON.
        let form = match (self.plan().dialect, data_type) {
            (_, DataType::Json | DataType::Jsonb) => "§",
            (Dialect::Postgres, DataType::Integer) => {
                "(CASE WHEN @ ~ '^[-+]?[0-9]{1,18}$' THEN @::bigint END)"
            }
            (Dialect::Postgres, DataType::Decimal) => {
                "(CASE WHEN @ ~ '^[-+]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][-+]?[0-9]{1,3})?$' \
                 AND length(@) < 255 THEN @::numeric END)"
            }
            (Dialect::Postgres, DataType::Float) => {
                "(CASE WHEN @ ~ '^[-+]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][-+]?[0-9]{1,2})?$' \
                 AND length(@) < 200 THEN @::numeric::double precision END)"
            }
            (Dialect::Postgres, DataType::Boolean) => {
                "(CASE @ WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END)"
            }
            (Dialect::Postgres, DataType::Date) => {
                "(CASE WHEN @ ~ '^([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])-(0[1-9]|1[0-2])-\
                 (0[1-9]|[12][0-9]|3[01])$' \
                 THEN (jsonb_path_query_first(to_jsonb(@), 'strict $.datetime(\"YYYY-MM-DD\")', \
                 '{}', true) #>> '{}')::date END)"
            }
            (Dialect::Postgres, DataType::Timestamp) => {
                "(CASE WHEN @ ~ '^([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])-(0[1-9]|1[0-2])-\
                 (0[1-9]|[12][0-9]|3[01])[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?$' \
                 AND jsonb_path_query_first(to_jsonb(left(@, 10)), 'strict $.datetime(\"YYYY-MM-DD\")', '{}', true) \
                 IS NOT NULL THEN @::timestamp END)"
            }
            (Dialect::Postgres, DataType::Timestamptz) => {
                "(CASE WHEN @ ~ '^([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])-(0[1-9]|1[0-2])-\
                 (0[1-9]|[12][0-9]|3[01])[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?\
                 (Z|[-+](0[0-9]|1[0-4]):[0-5][0-9])$' \
                 AND jsonb_path_query_first(to_jsonb(left(@, 10)), 'strict $.datetime(\"YYYY-MM-DD\")', '{}', true) \
                 IS NOT NULL THEN @::timestamptz END)"
            }
            (Dialect::Postgres, DataType::Uuid) => {
                "(CASE WHEN @ ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' THEN @::uuid END)"
            }
            (Dialect::Sqlite, DataType::Integer) => {
                "(CASE WHEN § NOT IN ('true', 'false') AND @ GLOB '*[0-9]*' AND @ NOT GLOB '[-+][-+]*' \
                 AND ltrim(@, '-+') NOT GLOB '*[^0-9]*' AND length(ltrim(@, '-+')) < 19 \
                 THEN CAST(@ AS INTEGER) END)"
            }
            (Dialect::Sqlite, DataType::Decimal | DataType::Float) => {
                "(CASE WHEN § NOT IN ('true', 'false') AND @ GLOB '[-+.0-9]*' AND @ GLOB '*[0-9]*' \
                 AND @ NOT GLOB '[-+][-+eE]*' AND ltrim(@, '-+') NOT GLOB '.[eE]*' AND length(@) < 200 AND @ NOT GLOB '*[eE]*[0-9][0-9][0-9]*' \
                 AND json_valid('1' || replace(replace(replace(ltrim(ltrim(@, '-+'), '0') || ' ', '. ', '.0'), \
                 '.e', '.0e'), '.E', '.0E')) THEN CAST(@ AS NUMERIC) END)"
            }
            (Dialect::Sqlite, DataType::Boolean) => {
                "(CASE § WHEN 'true' THEN TRUE WHEN '\"true\"' THEN TRUE \
                 WHEN 'false' THEN FALSE WHEN '\"false\"' THEN FALSE END)"
            }
            (Dialect::Sqlite, DataType::Date) => {
                "(CASE WHEN date(@) = @ AND @ > '0001' THEN @ END)"
            }
            (Dialect::Sqlite, DataType::Timestamp) => {
                "(CASE WHEN datetime(@) = replace(@, 'T', ' ') AND @ > '0001' THEN datetime(@) END)"
            }
            (Dialect::Sqlite, DataType::Uuid) => {
                "(CASE WHEN length(@) = 36 AND lower(@) NOT GLOB '*[^-0-9a-f]*' THEN lower(@) END)"
            }
            (_, DataType::Text) | (Dialect::Sqlite, DataType::Timestamptz) => "@",
        };
        for (index, part) in form.split('@').enumerate() {
            if index > 0 {
                self.steps(path, Operator::ArrowText, alias)?;
            }
            for (index, part) in part.split('§').enumerate() {
                if index > 0 {
                    self.steps(path, Operator::Arrow, alias)?;
                }
                self.words(part)?;
            }
        }
        Ok(())
    }

    /// `(t.data -> 'custom' ->> 'fee')`, the last step being `last`.
    fn steps(&mut self, path: &JsonPath, last: Operator, alias: &str) -> Read<()> {
        self.open()?;
        self.exact_column(alias, self.plan().names.sql(path.column))?;
        for (index, key) in path.keys.iter().enumerate() {
            let is_last = index + 1 == path.keys.len();
            self.kind(TokenKind::Operator(if is_last {
                last
            } else {
                Operator::Arrow
            }))?;
            let is_key = self.peek().is_some_and(|token| {
                token.kind == TokenKind::Text && token.content() == key.as_str()
            });
            if !is_key {
                return failure("a typed path takes other steps");
            }
            self.at += 1;
        }
        self.close()
    }
}

/// The name under which a joined column is handed on.
pub(super) fn shown_name<'j>(join: &'j Join<'_>, column: ColumnId) -> Read<&'j str> {
    let mut shown = join.shown.iter();
    match shown.find(|(shown, _)| *shown == column) {
        Some((_, name)) => Ok(&name.sql),
        None => failure("a joined column is looked at that is not handed on"),
    }
}
