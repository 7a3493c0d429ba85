//! Binds what a request for values searches for.

use crate::catalog::dimension::{Dimension, SourceDimension};
use crate::error::{Error, Help, Kind, ResolveError};
use crate::request::RequestKind;
use crate::value::DataType;

use super::{
    Anchor, AskedDimension, Check, Condition, REQUEST, ResolvedLeg, Resolver, Subject, Test,
};

impl<'c> Resolver<'c, '_> {
    /// A request for values has one dimension, and a text that its members are searched for.
    ///
    /// Labels are searched in the lookup, which is small; values in the groups, of which there are fewer than
    /// rows.
    pub(super) fn bind_search(
        &mut self,
        asked: &[AskedDimension<'c>],
        legs: &mut [ResolvedLeg<'c>],
        groups: &mut Vec<Condition<'c>>,
    ) {
        let RequestKind::Values { search } = &self.request.kind else {
            return;
        };
        if self.request.dimensions.len() != 1 {
            let subject = format!("values of {} dimensions", self.request.dimensions.len());
            let error = Error::new(
                REQUEST.key("dimensions").path(),
                ResolveError::WrongValue { subject },
            );
            let help = Help::advice("name one dimension; the kind `aggregate` takes several");
            self.findings.push(error.with_help(help));
            return;
        }
        let (Some(text), Some(asked)) = (search.as_deref(), asked.first()) else {
            return;
        };
        if text.is_empty() {
            return;
        }
        let condition = |subject| {
            let check = Check::Like {
                text: text.into(),
                anchor: Anchor::Anywhere,
                case_sensitive: false,
                negated: false,
            };
            Condition::Test(Test { subject, check })
        };
        let Some(dimension) = self.catalog.dimension_by_id(asked.key.id) else {
            return;
        };
        let on_source = |leg: &ResolvedLeg<'c>| leg.source.express(asked.key).one();
        if !self.check_searched(dimension, legs.first().and_then(on_source)) {
            return;
        }
        let labelled = |leg: &ResolvedLeg<'c>| on_source(leg).is_some_and(|on| on.lookup.is_some());
        if !legs.iter().all(labelled) {
            groups.push(condition(Subject::Bucket(0)));
            return;
        }
        for leg in legs {
            if let Some(on_source) = on_source(leg) {
                leg.row_conditions
                    .push(condition(Subject::Label(on_source)));
            }
        }
    }

    /// Whether the dimension may be filtered, and shows text.
    fn check_searched(
        &mut self,
        dimension: &'c Dimension,
        on_source: Option<&SourceDimension>,
    ) -> bool {
        let path = || REQUEST.key("search").path();
        let name = dimension.key.to_string();
        if !dimension.is_filterable {
            self.report(path(), ResolveError::NotFilterable { name });
            return false;
        }
        let data_type = match on_source {
            Some(on_source) if on_source.lookup.is_some() => Some(dimension.info.data_type),
            Some(on_source) => on_source.value_type,
            None => None,
        };
        if let Some(data_type) = data_type.filter(|data_type| *data_type != DataType::Text) {
            let error = ResolveError::OperatorType {
                op: "search",
                kind: Kind::Dimension,
                name,
                data_type: data_type.as_str(),
            };
            self.report(path(), error);
            return false;
        }
        true
    }
}
