//! Far sources that random worlds lead to: who bought and who sold, where they are, who is in charge there,
//! and the batches that rows came in, of which a batch says that it has many.

use crate::generate::world::{CAMPAIGN, DIMENSIONS, QTY, SELLER, nullable, small, tenant, value};
use crate::reference::expression::Expr;
use crate::reference::model::{Dimension, Lookup, Row, Type};
use crate::reference::reach::{Far, Hop, ID, Path, Reach};
use crate::reference::value::Value;
use crate::support::random::Random;

/// The columns of every far source, in their order, and their types. The names of some are those of other
/// columns of the facts.
pub const FAR_COLUMNS: [(&str, Type); 8] = [
    ("client_id", "integer"),
    ("id", "integer"),
    ("kind", "text"),
    ("rank", "integer"),
    ("amount", "decimal"),
    ("next_id", "integer"),
    ("day", "date"),
    ("is_live", "boolean"),
];
const KIND: usize = 2;
pub const RANK: usize = 3;
const AMOUNT: usize = 4;
const NEXT: usize = 5;
const DAY: usize = 6;
const IS_LIVE: usize = 7;

/// The far sources by their position.
pub const FAR_SOURCES: [&str; 3] = ["people", "areas", "batches"];
const PEOPLE: usize = 0;
const AREAS: usize = 1;
const BATCHES: usize = 2;

/// A dimension of a far source: its key, value and type, and the lookup of its labels.
type Candidate = (&'static str, Expr, Type, Option<usize>);

/// What far sources may have: dimensions of their own, and some that the facts have as well.
fn candidates(source: usize) -> Vec<Candidate> {
    let column = |key, column: usize| (key, Expr::Reference(column), FAR_COLUMNS[column].1, None);
    let constant = |number| Box::new(Expr::Constant(Value::integer(number)));
    let rank = || Box::new(Expr::Reference(RANK));
    let heft = Expr::Call("COALESCE", vec![Expr::Reference(AMOUNT), *constant(0)]);
    let twice = Expr::Arithmetic('*', rank(), constant(2));
    let is_high = Expr::Compare(">", rank(), constant(1));
    match source {
        PEOPLE => vec![
            column("tier", RANK),
            column("title", KIND),
            column("since", DAY),
            ("agency", Expr::Reference(ID), "integer", Some(1)),
            ("is_high", is_high, "boolean", None),
            ("campaign", Expr::Reference(ID), "integer", Some(0)),
            column("kind", KIND),
            column("day", DAY),
        ],
        AREAS => vec![
            ("heft", heft, "decimal", None),
            column("title", KIND),
            ("zone", twice, "integer", None),
            column("quantity", RANK),
        ],
        _ => vec![
            column("lot", ID),
            column("kind", KIND),
            column("packed", DAY),
        ],
    }
}

/// What a world leads to, and the dimensions that it has there.
pub fn reach(
    catalog: &mut Random,
    rows: &mut Random,
    own: &[Dimension],
) -> (Reach, Vec<Dimension>) {
    let mut reach = Reach::default();
    if !catalog.once_in(2) {
        return (reach, Vec::new());
    }
    let hop = |name, column, to| Hop {
        name,
        column,
        to,
        is_turned: to == BATCHES,
    };
    let near = [
        hop("buyer", CAMPAIGN, PEOPLE),
        hop("agent", SELLER, PEOPLE),
        hop("batches", QTY, BATCHES),
    ];
    reach.hops = chosen(catalog, near, 2);
    let mut made: Vec<Candidate> = Vec::new();
    for (source, name) in FAR_SOURCES.into_iter().enumerate() {
        let hops = match source {
            PEOPLE => vec![hop("home", NEXT, AREAS)],
            AREAS => vec![hop("chief", NEXT, PEOPLE)],
            _ => Vec::new(),
        };
        let mut offers: Vec<(&'static str, Expr)> = Vec::new();
        let mut exempt = Vec::new();
        for candidate in candidates(source) {
            let (key, value, value_type, table) = candidate;
            // What the facts have in the catalog is the same dimension here.
            let is_of_facts = DIMENSIONS.contains(&key);
            let known = own.iter().find(|own| own.key == key);
            if is_of_facts && known.is_none() || !catalog.once_in(2) {
                continue;
            }
            if catalog.once_in(8) {
                exempt.push(key);
            }
            offers.push((key, value.clone()));
            made.push((key, value, value_type, table));
        }
        let base_filter = catalog.once_in(3).then(|| match catalog.below(2) {
            0 => Expr::Reference(IS_LIVE),
            _ => {
                let low = Box::new(Expr::Constant(Value::integer(1)));
                Expr::Compare("<>", Box::new(Expr::Reference(RANK)), low)
            }
        });
        let is_shared = catalog.once_in(4);
        reach.sources.push(Far {
            name,
            base_filter,
            is_shared,
            hops: chosen(catalog, hops, 2),
            offers,
            exempt,
            rows: far_rows(rows, source, is_shared),
        });
    }
    let dimensions = dimensions(catalog, &reach, own, &made);
    (reach, dimensions)
}

/// Some of them: one more than half, on average.
fn chosen(random: &mut Random, hops: impl IntoIterator<Item = Hop>, times: usize) -> Vec<Hop> {
    let hops = hops.into_iter();
    hops.filter(|_| !random.once_in(times + 1)).collect()
}

/// Some of the dimensions that paths lead to, each asked for by the whole path or by an end of it that no other
/// path has.
fn dimensions(
    random: &mut Random,
    reach: &Reach,
    own: &[Dimension],
    made: &[Candidate],
) -> Vec<Dimension> {
    let mut reached: Vec<(Path, &'static str, Expr)> = Vec::new();
    for (path, source) in reach.paths() {
        for (key, value) in &reach.sources[source].offers {
            reached.push((path.clone(), key, value.clone()));
        }
    }
    let ends_with = |(path, key): (&Path, &str), end: &str| {
        let whole = format!("{}.{key}", path.join("."));
        whole == end || whole.ends_with(&format!(".{end}"))
    };
    // What a key of the catalog says holds wherever it is had.
    let mut said: Vec<(&'static str, bool, bool)> = Vec::new();
    for (key, ..) in made {
        if !said.iter().any(|(known, ..)| known == key) {
            said.push((key, random.once_in(10), random.once_in(16)));
        }
    }
    let mut found = Vec::new();
    for (path, key, value) in &reached {
        if random.once_in(3) {
            continue;
        }
        let names: Vec<&str> = path.iter().copied().chain([*key]).collect();
        let mut ends = (0..names.len()).map(|from| names[from..].join("."));
        let is_sure = |end: &String| {
            let all = reached.iter();
            let same = all.filter(|(path, key, _)| ends_with((path, key), end));
            let is_own = own.iter().any(|own| own.key == *end);
            same.count() == 1 && !is_own
        };
        let whole = ends.next().expect("a path has a key");
        let ends: Vec<String> = ends.filter(is_sure).collect();
        let written = match !ends.is_empty() && random.once_in(3) {
            true => random.pick(&ends).clone(),
            false => whole,
        };
        let (_, _, value_type, table) = made.iter().find(|made| made.0 == *key).expect("made");
        let same = own.iter().find(|own| own.key == *key);
        let known = said.iter().find(|(known, ..)| known == key).expect("said");
        found.push(Dimension {
            key,
            path: path.clone(),
            written,
            value: value.clone(),
            value_type: same.map_or(*value_type, |same| same.value_type),
            lookup: match same {
                Some(same) => same.lookup,
                None => table.map(|table| Lookup {
                    table,
                    only_live: false,
                    is_unique: false,
                }),
            },
            is_gated: same.map_or(known.2, |same| same.is_gated),
            is_offered: true,
            is_exempt: same.map_or(known.1, |same| same.is_exempt),
            otherwise: None,
        });
    }
    found
}

/// Rows of a far source: some that facts point at are missing, some nobody points at, and tenants have the same
/// numbers.
fn far_rows(random: &mut Random, source: usize, is_shared: bool) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    while rows.len() < 14 && random.one_more(9) {
        let tenant = tenant(random, 4);
        let id = Value::integer(match source {
            AREAS => 1 + small(random, 4),
            BATCHES => *random.pick(&[1, 2, 0, 3, -1, 5]),
            _ => 101 + small(random, 6),
        });
        let mut row = vec![tenant, id];
        for (at, (_, of)) in FAR_COLUMNS.iter().enumerate().skip(2) {
            row.push(nullable(random, |random| match (at, source) {
                (NEXT, AREAS) => Value::integer(101 + small(random, 6)),
                (NEXT, _) => Value::integer(1 + small(random, 4)),
                _ => value(random, of),
            }));
        }
        let is_same = |other: &Row| other[ID] == row[ID] && (is_shared || other[0] == row[0]);
        if !rows.iter().any(is_same) {
            rows.push(row);
        }
    }
    rows
}
