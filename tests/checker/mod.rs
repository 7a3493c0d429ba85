//! A second reader of emitted statements, which shares nothing with the library's own.
//!
//! It reads the text with PostgreSQL's own grammar, in process, and knows nothing but the text, the
//! parameters, the request, the context and the definitions of the catalog. What it does not know, it
//! refuses. To read the code: [`check`], then `shape.rs`, then `guard.rs`.

mod bucket;
mod combined;
mod conditions;
mod detail;
mod exact;
mod form;
mod fragment;
mod frames;
mod functions;
mod gaps;
mod guard;
mod held;
mod lexical;
mod lower;
mod lower_expression;
mod meaning;
mod members;
mod metrics;
mod normal;
mod of_columns;
mod outside;
mod overlapping;
mod parameters;
mod parts;
mod paths;
mod picked;
mod pivot;
mod raise;
mod reach;
mod reached;
mod rules;
mod running;
mod search;
mod shape;
mod shift;
mod sqlite;
mod standing;
mod summed;
mod top;
mod totals;
mod tree;
mod values;
mod windows;

use measurand::catalog::spec::CatalogSpec;
use measurand::{
    Bundle, Catalog, CompiledBundle, CompiledQuery, Compiler, Context, DataType, Dialect, Errors,
    Param, Request, RequestKind,
};

use frames::Frame;
use lower::Lowered;
use meaning::Known;
use metrics::Metrics;
use raise::Meets;
use totals::Levels;
use tree::{Select, Tree};

/// A statement as it would be run, and what it says of itself: the sources that answer and the names
/// of the result's columns, both of which are checked.
#[derive(Clone, Copy)]
pub struct Emitted<'a> {
    pub sql: &'a str,
    pub params: &'a [Param],
    pub dialect: Dialect,
    pub sources: &'a [&'a str],
    pub aliases: &'a [&'a str],
}

/// The one door through which tests compile: what comes out is checked.
pub trait Checked {
    /// Compiles, and checks the statement.
    ///
    /// # Panics
    /// If the checker refuses the statement.
    fn checked(&self, request: &Request, context: &Context) -> Result<CompiledQuery, Errors>;

    /// The same for all parts of a bundle, each against its own request.
    fn checked_bundle(&self, bundle: &Bundle, context: &Context) -> CompiledBundle;
}

impl Checked for Compiler {
    fn checked(&self, request: &Request, context: &Context) -> Result<CompiledQuery, Errors> {
        let query = self.compile(request, context)?;
        let checked = on_a_large_stack(|| check(&query, self.catalog(), request, context));
        if let Err(faults) = checked {
            let faults = faults.join("\n  ");
            panic!(
                "the checker refuses a statement:\n  {faults}\n{}\nfrom {:?}\n{request:?}",
                query.sql(),
                query.sources()
            );
        }
        Ok(query)
    }

    fn checked_bundle(&self, bundle: &Bundle, context: &Context) -> CompiledBundle {
        let compiled = self.compile_bundle(bundle, context);
        for part in compiled.parts() {
            let Ok(position) = part.result() else {
                continue;
            };
            let query = &compiled.queries()[position];
            let checked =
                on_a_large_stack(|| check(query, self.catalog(), part.request(), context));
            if let Err(faults) = checked {
                panic!("the checker refuses a part: {faults:?}\n{}", query.sql());
            }
        }
        compiled
    }
}

/// What a statement nests, the grammar and this reader walk by recursion; a test may well compile on a
/// stack that is too small for that.
fn on_a_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(256 << 20);
        let thread = thread.spawn_scoped(scope, work).expect("a thread");
        thread
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Checks a compiled statement.
///
/// # Errors
/// Everything that is wrong with it.
pub fn check(
    query: &CompiledQuery,
    catalog: &Catalog,
    request: &Request,
    context: &Context,
) -> Result<(), Vec<String>> {
    let sources: Vec<&str> = query.sources().iter().map(|name| name.as_str()).collect();
    let aliases: Vec<&str> = query
        .columns()
        .iter()
        .map(|column| column.alias())
        .collect();
    let emitted = Emitted {
        sql: query.sql(),
        params: query.params(),
        dialect: query.dialect(),
        sources: &sources,
        aliases: &aliases,
    };
    check_emitted(emitted, catalog, request, context)
}

/// Checks a statement, wherever it comes from.
///
/// # Errors
/// Everything that is wrong with it.
pub fn check_emitted(
    emitted: Emitted<'_>,
    catalog: &Catalog,
    request: &Request,
    context: &Context,
) -> Result<(), Vec<String>> {
    let spec = catalog.definitions();
    let is_sqlite = emitted.dialect == Dialect::Sqlite;
    let mut faults = Vec::new();
    let mark = if is_sqlite { '?' } else { '$' };
    let placeholders = lexical::read(emitted.sql, mark)
        .and_then(|numbers| lexical::check_numbers(&numbers, emitted.params.len()));
    faults.extend(placeholders.err());
    let options = meaning::options(spec, request);
    let reaches = reach::reaches(spec);
    let unpivoted = pivot::unpivoted(request);
    let request = unpivoted.as_ref().map_or(request, |(inner, _)| inner);
    let pivot = unpivoted.as_ref().and_then(|(_, pivot)| pivot.as_ref());
    let ranking = top::ranking(request);
    let requests = (request, ranking.as_ref(), pivot);
    let legs = match legs(&emitted, catalog, requests, context, (&options, &reaches)) {
        Ok(legs) => legs,
        Err(fault) => return Err(vec![fault]),
    };
    let text = match is_sqlite {
        true => sqlite::as_postgres(emitted.sql),
        false => emitted.sql.to_owned(),
    };
    match lower::statement(&text) {
        Ok(statement) => faults.extend(check_tree(&legs, &emitted, statement)),
        Err(fault) => faults.push(fault),
    }
    match faults.is_empty() {
        true => Ok(()),
        false => Err(faults),
    }
}

/// What is known of each leg: every source that answers, and again in the period that is compared with.
fn legs<'a>(
    emitted: &Emitted<'_>,
    catalog: &'a Catalog,
    (request, ranking, pivot): (&'a Request, Option<&'a Request>, Option<&'a pivot::Pivot>),
    context: &'a Context,
    (options, reaches): (&'a meaning::Options<'a>, &'a reach::Reaches<'a>),
) -> Lowered<Vec<Known<'a>>> {
    let spec = catalog.definitions();
    let mut legs: Vec<Known<'a>> = Vec::new();
    for key in emitted.sources {
        let mut all = spec.data_sources.iter();
        let source = all.find(|source| source.source_key == *key);
        legs.push(Known {
            options,
            reaches,
            spec,
            source: source.ok_or("a source that the catalog does not have")?,
            leg: legs.len(),
            frame: Frame::default(),
            request,
            whole: request,
            ranking,
            pivot,
            context,
            is_sqlite: emitted.dialect == Dialect::Sqlite,
            max_limit: catalog.limits().max_limit,
        });
    }
    let mut keys = emitted.sources.to_vec();
    keys.sort_unstable();
    keys.dedup();
    if keys.len() != legs.len() || legs.is_empty() {
        return Err("other sources than the request's answer".to_owned());
    }
    let far = legs.split_off(answering(&legs)?);
    check_named(request, spec, &legs)?;
    let mut led_to = Vec::new();
    // The lookup alone is read without a row of a source, whichever path leads to its dimension.
    let reading = legs.iter().filter(|leg| !leg.reads_lookup_alone());
    for leg in reading {
        let needed = leg.needed()?;
        let ends = needed.iter().filter_map(|path| path.last());
        led_to.extend(ends.map(|hop| hop.to.source_key.as_str()));
        led_to.extend(leg.restricting()?.sources());
    }
    led_to.retain(|key| legs.iter().all(|leg| leg.source.source_key != *key));
    led_to.sort_unstable();
    led_to.dedup();
    let mut far: Vec<&str> = far
        .iter()
        .map(|leg| leg.source.source_key.as_str())
        .collect();
    far.sort_unstable();
    if far != led_to {
        return Err("other sources are read than those that are led to".to_owned());
    }
    let first = legs.first().ok_or("no source")?;
    if detail::is_detail(first) {
        return Ok(legs);
    }
    let frames = Metrics::new(&legs)?.frames(first.shift()?)?;
    let mut all = Vec::with_capacity(legs.len() * frames.len());
    for frame in frames {
        for known in &legs {
            all.push(Known {
                leg: all.len(),
                frame,
                ..*known
            });
        }
    }
    Ok(all)
}

/// The source that the request names answers, and where it does not offer all metrics, sources that its rows
/// lead to.
fn check_named(request: &Request, spec: &CatalogSpec, legs: &[Known<'_>]) -> Lowered<()> {
    let (Some(named), Some(first)) = (&request.source, legs.first()) else {
        return Ok(());
    };
    let mut all = spec.data_sources.iter();
    let source = all.find(|source| source.source_key == *named);
    let source = source.ok_or("a source that the catalog does not have")?;
    let named = Known { source, ..*first };
    let has_all = detail::is_detail(&named)
        || !named.has_relationships()
        || Metrics::new(&[named])?.are_answered(true);
    let is_named = |leg: &Known<'_>| leg.source.source_key == source.source_key;
    let are_meant = match has_all {
        true => legs.iter().all(is_named),
        false => legs
            .iter()
            .all(|leg| is_named(leg) || named.leads_to(&leg.source.source_key)),
    };
    match are_meant {
        true => Ok(()),
        false => Err("other sources than the request's answer".to_owned()),
    }
}

/// How many of the sources answer metrics; those behind them are led to.
fn answering(legs: &[Known<'_>]) -> Lowered<usize> {
    let known = legs.first().ok_or("no source")?;
    if !known.has_relationships() {
        return Ok(legs.len());
    }
    if detail::is_detail(known) {
        return Ok(1);
    }
    // Constants are of a source that offers them, where one of these does.
    for constants_rest in [true, false] {
        for count in 1..=legs.len() {
            if Metrics::new(&legs[..count])?.are_answered(constants_rest) {
                return Ok(count);
            }
        }
    }
    // The one row of a count without dimensions may rest on no metric.
    match known.request.kind {
        RequestKind::Count => Ok(1),
        _ => Ok(legs.len()),
    }
}

/// What is wrong with a statement that the grammar has read.
fn check_tree(legs: &[Known<'_>], emitted: &Emitted<'_>, statement: Select) -> Vec<String> {
    let Some(known) = legs.first() else {
        return Vec::new();
    };
    let mut faults = Vec::new();
    faults.extend(parameters::check(&statement, emitted.params, known.is_sqlite).err());
    // What the sources declare in different ways is looked at once more, leg by leg.
    let types = |name: &str| {
        let mut all = legs.iter().map(|leg| leg.column_type(name));
        let first = all.next().flatten();
        first.filter(|_| all.all(|of| of == first))
    };
    // Half of a level is the one whole number that is meant to be divided: without a rest.
    let pivoted = statement.steps.iter().find(|(name, _)| name == "pivoted");
    let targets = pivoted.iter().flat_map(|(_, step)| &step.targets);
    let halves: Vec<&Tree> = targets
        .map(|(_, tree)| tree)
        .filter(|tree| pivot::half(tree).is_some())
        .collect();
    statement.visit(&mut |tree| {
        let fault = functions::check_node(tree, &known.spec.functions, known.is_sqlite);
        faults.extend(fault.err());
        if !known.is_sqlite && !halves.iter().any(|half| std::ptr::eq(*half, tree)) {
            faults.extend(exact::check_node(tree, &types).err());
        }
    });
    let mut statement = statement;
    windows::bind(&mut statement, emitted.params);
    let bound = parameters::bind(statement, emitted.params, known.is_sqlite);
    let checked = summed::unsummed(bound, known.is_sqlite).and_then(running::unrun);
    let checked = checked.and_then(picked::unpicked);
    let checked = checked.and_then(|bound| check_meaning(legs, emitted.aliases, &bound));
    faults.extend(checked.err());
    faults
}

/// Every part of the statement is what the catalog, the request and the context mean, and nothing else
/// is there.
fn check_meaning<'a>(legs: &[Known<'a>], aliases: &[&str], statement: &Select) -> Lowered<()> {
    let metrics = Metrics::new(legs)?;
    let known = legs.first().ok_or("no source")?;
    let statement = &reached::taken_apart(statement, known.is_sqlite)?;
    if detail::is_detail(known) {
        return detail::check(known, &metrics, aliases, statement);
    }
    if known.reads_lookup_alone() {
        return members::check(known, &metrics, aliases, statement);
    }
    metrics.prepare()?;
    let asked = known.asked()?;
    let parts = parts::parts(statement)?;
    let mut levels = known.levels(&asked, &metrics)?;
    if parts.tested.is_some() != levels.of_passing
        || parts.ranked.is_some() != known.has_top()
        || parts.is_paged != known.pages_apart(&levels, &asked)
    {
        return Err("totals of other groups than the ones that are meant".to_owned());
    }
    if let Some(tested) = &parts.tested {
        let layout = shape::layout(tested, known.is_sqlite)?;
        let columns = check_steps((legs, legs), &layout, &metrics, &Levels::tested())?;
        levels.passing = known.passing(&layout, &columns, &asked, &metrics)?;
    }
    if let Some(ranked) = &parts.ranked {
        let layout = shape::layout(ranked, known.is_sqlite)?;
        let own: Vec<Known<'a>> = legs.iter().map(Known::ranked).collect::<Lowered<_>>()?;
        let columns = check_steps((&own, legs), &layout, &metrics, &levels.of_rows())?;
        levels.top = Some(known.top(&layout, &columns, (&metrics, &levels))?);
    }
    let (rest, pivoted) = match known.pivot {
        None => (parts.rest, None),
        Some(_) => {
            let (rest, step) = pivot::taken_apart(parts.rest)?;
            (rest, Some(step))
        }
    };
    let layout = shape::layout(&rest, known.is_sqlite)?;
    let needed: Vec<&Known<'_>> = legs.iter().filter(|leg| metrics.needs(leg)).collect();
    levels.read(&layout, &needed)?;
    if standing::windows(statement) != layout.placed.map_or(0, standing::windows) {
        return Err("a window where none has to be".to_owned());
    }
    let mut columns = check_steps((legs, legs), &layout, &metrics, &levels)?;
    let mut asked = asked;
    if let Some(step) = &pivoted {
        columns = known.pivoted(step, &columns, (&asked, &levels))?;
        asked.pop();
        levels = levels.turned(asked.len())?;
    }
    known.joined(&layout, &columns, &asked, legs)?;
    known.result(&layout, &columns, &asked, (&metrics, &levels), aliases)
}

/// The steps up to the last, and what that has: of legs, whose rows meet the groups that pass by what is known
/// of the whole request.
fn check_steps<'a>(
    (legs, whole): (&[Known<'a>], &[Known<'a>]),
    layout: &shape::Layout<'_>,
    metrics: &Metrics<'_, 'a>,
    levels: &Levels,
) -> Lowered<outside::Columns> {
    let known = legs.first().ok_or("no source")?;
    let asked = known.asked()?;
    let mut keys: Vec<u64> = asked.iter().map(|asked| asked.form).collect();
    let needed = legs.iter().zip(whole).filter(|(leg, _)| metrics.needs(leg));
    let needed: Vec<(&Known<'a>, &Known<'a>)> = needed.collect();
    if layout.legs.len() != needed.len() {
        return Err(format!("{} legs of {}", layout.legs.len(), needed.len()));
    }
    let are_several = sources(legs).len() > 1;
    let mut groups = Vec::with_capacity(needed.len());
    for ((known, whole), leg) in needed.into_iter().zip(&layout.legs) {
        let mut columns = None;
        for pass in &leg.passes {
            whole.meets_passing(pass, levels, are_several)?;
            let of_top = levels.top.as_ref();
            let is_by_it = known.is_by_top(pass, levels)?;
            known.meets_top(pass, of_top, is_by_it, are_several)?;
            let found = check_pass((known, whole), pass, &keys, metrics, levels)?;
            if columns.is_some_and(|columns| columns != found) {
                return Err("levels with other columns than each other".to_owned());
            }
            columns = Some(found);
        }
        groups.push((leg.name, columns.ok_or("no pass")?));
    }
    if levels.tells_others() {
        keys.push(*top::KEPT);
    }
    if levels.are_there() {
        keys.push(*totals::LEVEL);
    }
    let mut columns = match layout.combined {
        Some(step) => combined::combined(step, &groups, &keys)?,
        None => groups.pop().map(|(_, columns)| columns).unwrap_or_default(),
    };
    columns = match layout.filled {
        Some((step, below)) => {
            let of = (&*sources(legs), levels);
            gaps::filled(step, (below, &columns), &keys, of)?
        }
        None => columns,
    };
    if layout.placed.is_some() != (known.has_standings().0 && !levels.is_before) {
        return Err("shares and ranks that nobody asked for, or none that were".to_owned());
    }
    // What is computed from aggregates may be something where there is no row.
    let fills = match known.pivot {
        Some(_) => !layout.levels.is_empty(),
        None => known.request.fill_gaps,
    };
    if layout.filled.is_some() != fills {
        return Err("gaps are filled where that is not asked for, or not where it is".to_owned());
    }
    for level in &layout.levels {
        columns = known.level(level, &columns, metrics)?;
    }
    if let Some(step) = layout.placed {
        columns = known.placed(step, &columns, metrics, levels)?;
    }
    Ok(columns)
}

/// The legs of the period that is asked for, one of each source.
fn sources<'a>(legs: &[Known<'a>]) -> Vec<Known<'a>> {
    let current = legs.iter().filter(|leg| leg.frame.is_usual());
    current.cloned().collect()
}

/// The groups of one source in one period, at one level or at all.
fn check_pass<'a>(
    (known, whole): (&Known<'a>, &Known<'a>),
    pass: &shape::Pass<'_>,
    keys: &[u64],
    metrics: &Metrics<'_, 'a>,
    levels: &Levels,
) -> Lowered<outside::Columns> {
    let asked = known.asked()?;
    let facts = known.facts(pass.facts)?;
    let from = pass.grouped.from.as_ref();
    known.check_reads(from, facts.guard.select, facts.guard.is_fenced)?;
    if !known.is_sqlite {
        // Groups that pass are met by all keys, also where fewer are grouped by.
        let met = match pass.joined {
            Some(_) => whole.asked()?,
            None => known.asked()?,
        };
        let values = met
            .iter()
            .map(|asked| known.followed(&asked.dimension, true));
        let (values, stored): (Vec<Tree>, Vec<_>) = values.unzip();
        let is_met = pass.joined.is_some() || pass.topped.is_some();
        let meets = is_met.then(|| Meets {
            cuts_moments: met.iter().zip(&stored).any(|(asked, stored)| {
                asked.grain.is_some() && *stored == Some(DataType::Timestamptz)
            }),
        });
        let aggregates = pass.grouped.targets.get(asked.len()..);
        let computed = (values.as_slice(), aggregates.unwrap_or_default());
        known.check_fences(&facts.guard, &facts.all, pass.grouped, computed, meets)?;
        let mut fault = None;
        pass.grouped.visit(&mut |tree| {
            let found = exact::check_node(tree, &|name| known.column_type(name));
            fault = fault.take().or(found.err());
        });
        fault.map_or(Ok(()), Err)?;
    }
    let wanted = known.row_conditions(metrics)?;
    known.check_conditions(facts.rest, pass.grouped, wanted)?;
    let by = known.check_levels(pass.grouped, &asked, levels)?;
    if pass.windows.is_some() && levels.are_there() && by.is_none() {
        return Err("windows of several levels in one pass".to_owned());
    }
    if pass.grouped.picked.is_some() && levels.are_there() && by.is_none() {
        return Err("picked dates of several levels in one pass".to_owned());
    }
    known.meets_windows(pass, by.as_ref())?;
    known.grouped(pass, &facts.guard, &asked, keys, (metrics, levels))
}
