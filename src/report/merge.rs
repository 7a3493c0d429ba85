//! Layers put into the requests of widgets.
//!
//! In: layers, lowest first, and a widget. Out: the widget with the request that it asks under them, and from
//! where each part of that request came. Guaranteed afterwards: nothing of a layer is lost: it is in the
//! request of every widget that follows it, or among [`Merged::without_effect`]. Next to read: `compiled.rs`.

use std::cell::Cell;

use super::layer::{CompareChoice, Layer};
use super::layout::{LayerPart, Widget};
use super::toggles::toggles_of;
use crate::calendar::Grain;
use crate::catalog::Catalog;
use crate::error::{Error, Help, Kind, ReportError, ResolveError};
use crate::path::{At, Path, echo};
use crate::request::{DateRangeRequest, FilterRequest, Subject};

/// What several layers say together.
#[derive(Default)]
pub(super) struct Merged<'l> {
    conditions: Vec<Placed<&'l FilterRequest>>,
    /// The range of widgets that have none of their own.
    default_range: Option<Placed<DateRangeRequest>>,
    date_range: Option<Placed<&'l DateRangeRequest>>,
    compare: Option<Placed<CompareChoice>>,
    grain: Option<Placed<Grain>>,
    toggles: Vec<Placed<&'l (String, String)>>,
}

/// A part of a layer, and where it was written.
struct Placed<T> {
    value: T,
    at: Path,
    /// Whether a widget follows it.
    has_effect: Cell<bool>,
}

impl<T> Placed<T> {
    fn new(value: T, at: Path) -> Self {
        let has_effect = Cell::new(false);
        Self {
            value,
            at,
            has_effect,
        }
    }

    fn take(&self) -> &T {
        self.has_effect.set(true);
        &self.value
    }
}

/// The documents that a layer was read from, for the places of errors.
#[derive(Clone, Copy)]
pub(super) struct Origin<'a> {
    /// Of all but toggles.
    pub(super) parts: &'a At<'a>,
    /// Of toggles.
    pub(super) toggles: &'a At<'a>,
}

impl<'l> Merged<'l> {
    /// The range of widgets that have none of their own, and for which no layer has one.
    pub(super) fn set_default_range(&mut self, range: DateRangeRequest, at: Path) {
        self.default_range = Some(Placed::new(range, at));
    }

    /// Lays the defaults of a template below everything; their range is for widgets without one.
    pub(super) fn lay_defaults(&mut self, defaults: &'l Layer, origin: Origin<'_>) {
        self.lay(defaults, origin);
        if let Some(range) = self.date_range.take() {
            self.default_range = Some(Placed::new(range.value.clone(), range.at));
        }
    }

    /// Lays a layer on top.
    pub(super) fn lay(&mut self, layer: &'l Layer, origin: Origin<'_>) {
        let at = |part: LayerPart| origin.parts.key(part.as_str()).path();
        let conjuncts = conjuncts(layer, origin.parts);
        self.conditions.retain(|below| {
            let Some(subject) = subject(below.value) else {
                return true;
            };
            let is_taken =
                |(above, _): &(&FilterRequest, Path)| self::subject(above) == Some(subject);
            let key = match subject {
                Subject::Dimension(key) | Subject::Metric(key) => key,
            };
            !layer.clear.contains(key) && !conjuncts.iter().any(is_taken)
        });
        let conjuncts = conjuncts.into_iter();
        self.conditions
            .extend(conjuncts.map(|(condition, at)| Placed::new(condition, at)));
        if let Some(range) = &layer.date_range {
            self.date_range = Some(Placed::new(range, at(LayerPart::DateRange)));
        }
        if let Some(choice) = layer.compare {
            self.compare = Some(Placed::new(choice, at(LayerPart::Compare)));
        }
        if let Some(grain) = layer.grain {
            self.grain = Some(Placed::new(grain, at(LayerPart::Grain)));
        }
        for chosen in &layer.toggles {
            let written = origin.toggles.key(LayerPart::Toggles.as_str());
            let at = written.key(&chosen.0).path();
            self.toggles.retain(|below| below.value.0 != chosen.0);
            self.toggles.push(Placed::new(chosen, at));
        }
    }

    /// The widget under the layers, and where the parts of its request are from. `at` is where it was
    /// written.
    pub(super) fn apply(&self, widget: &Widget, catalog: &Catalog, at: &str) -> Applied {
        let mut moves = Vec::new();
        let own = format!("{at}.request");
        let mut applied = widget.clone();
        if widget.follows(LayerPart::Filters) && !self.conditions.is_empty() {
            let mut all = Vec::new();
            if let Some(filters) = applied.request.filters.take() {
                moves.push(("request.filters[0]".to_owned(), format!("{own}.filters")));
                all.push(filters);
            }
            for condition in &self.conditions {
                let from = format!("request.filters[{}]", all.len());
                moves.push((from, condition.at.as_str().to_owned()));
                all.push((*condition.take()).clone());
            }
            applied.request.filters = Some(FilterRequest::List(all));
        }
        let mut moved = |field: &str, to: &Path| {
            moves.push((format!("request.{field}"), to.as_str().to_owned()));
        };
        if widget.follows(LayerPart::DateRange) {
            if let Some(range) = &self.date_range {
                applied.request.date_range = Some((*range.take()).clone());
                moved("date_range", &range.at);
            } else if let Some(range) = &self.default_range
                && applied.request.date_range.is_none()
            {
                applied.request.date_range = Some(range.take().clone());
                moved("date_range", &range.at);
            }
        }
        if let Some(choice) = &self.compare
            && widget.follows(LayerPart::Compare)
        {
            applied.request.compare = match choice.take() {
                CompareChoice::Nothing => None,
                CompareChoice::With(compare) => Some(*compare),
            };
            moved("compare", &choice.at);
        }
        if let Some(grain) = &self.grain
            && widget.follows(LayerPart::Grain)
        {
            applied.set_grain(*grain.take());
            for (list, asked) in [
                ("dimensions", &widget.request.dimensions),
                ("columns", &widget.request.columns),
            ] {
                for (index, _) in (0..).zip(asked).filter(|(_, asked)| asked.grain.is_some()) {
                    moved(&format!("{list}[{index}].grain"), &grain.at);
                }
            }
        }
        let used = match self.toggles.is_empty() {
            true => Vec::new(),
            false => toggles_of(catalog, &applied.request),
        };
        for chosen in &self.toggles {
            let (toggle, option) = chosen.value;
            let is_own = |own: &(String, String)| own.0 == *toggle;
            let is_used = used.contains(&toggle.as_str());
            if is_used && widget.follows(LayerPart::Toggles) {
                chosen.has_effect.set(true);
                if !widget.request.toggles.iter().any(is_own) {
                    let toggle = (toggle.clone(), option.clone());
                    moved(&format!("toggles.{}", toggle.0), &chosen.at);
                    applied.request.toggles.push(toggle);
                }
            }
        }
        moves.push(("request".to_owned(), own));
        Applied {
            widget: applied,
            moves,
        }
    }

    /// What of the layers no widget follows, as errors of the layers. A range that a template has for widgets
    /// without one is not missed.
    pub(super) fn without_effect(&self, catalog: &Catalog) -> Vec<Error> {
        fn missed<T>(part: LayerPart, placed: &Placed<T>) -> Option<Error> {
            let part = part.as_str();
            let error = || Error::new(placed.at.clone(), ReportError::NoEffect { part });
            (!placed.has_effect.get()).then(error)
        }
        let mut errors = Vec::new();
        let conditions = self.conditions.iter();
        errors.extend(conditions.filter_map(|placed| missed(LayerPart::Filters, placed)));
        let range = self.date_range.as_ref();
        errors.extend(range.and_then(|placed| missed(LayerPart::DateRange, placed)));
        let compare = self.compare.as_ref();
        errors.extend(compare.and_then(|placed| missed(LayerPart::Compare, placed)));
        let grain = self.grain.as_ref();
        errors.extend(grain.and_then(|placed| missed(LayerPart::Grain, placed)));
        for placed in &self.toggles {
            let Some(error) = missed(LayerPart::Toggles, placed) else {
                continue;
            };
            let key = &placed.value.0;
            if catalog.toggle(key).is_some() {
                errors.push(error);
            } else {
                let (kind, name) = (Kind::Toggle, echo(key));
                let toggles = catalog.toggles.iter().map(|toggle| toggle.key.as_str());
                let help = Help::nearest(key, toggles);
                let error = ResolveError::Unknown { kind, name };
                errors.push(Error::new(placed.at.clone(), error).with_help(help));
            }
        }
        errors
    }
}

/// A widget under layers.
pub(super) struct Applied {
    /// The widget, with the request that it asks.
    pub(super) widget: Widget,
    /// Places in the request, and what they are elsewhere; the narrow ones first.
    moves: Vec<(String, String)>,
}

impl Applied {
    /// The finding at the place where what is wrong was written; with the widget beside it, if that is
    /// elsewhere. What is wrong with a context stays where it is.
    pub(super) fn locate(&self, error: Error, at: &Path) -> Error {
        let mut moves = self.moves.iter();
        let moved = moves.find_map(|(from, to)| error.path().moved(from, to));
        let Some(moved) = moved else {
            return error.with_related(at.clone());
        };
        let is_own = moved.moved(at.as_str(), "").is_some();
        let error = error.moved(moved);
        match is_own {
            true => error,
            false => error.with_related(at.clone()),
        }
    }
}

/// The conditions of a layer, all of which hold, each with its place.
fn conjuncts<'l>(layer: &'l Layer, at: &At<'_>) -> Vec<(&'l FilterRequest, Path)> {
    let at = at.key(LayerPart::Filters.as_str());
    let each = |all: &'l [FilterRequest], at: &At<'_>| -> Vec<(&'l FilterRequest, Path)> {
        let indexed = all.iter().enumerate();
        indexed
            .map(|(index, condition)| (condition, at.index(index).path()))
            .collect()
    };
    match &layer.filters {
        None => Vec::new(),
        Some(FilterRequest::List(all)) => each(all, &at),
        Some(FilterRequest::And(all)) => each(all, &at.key("and")),
        Some(condition) => vec![(condition, at.path())],
    }
}

/// What a condition compares, if it compares one thing.
fn subject(condition: &FilterRequest) -> Option<&Subject> {
    match condition {
        FilterRequest::Compare(comparison) => Some(&comparison.subject),
        _ => None,
    }
}
