//! The model's contexts as the library reads them.

use serde_json::{Value as Json, json};

use crate::generate::question::Asked;
use crate::generate::said::date_text;
use crate::reference::model::World;

use super::{MODULE, written};

/// A context's text.
pub fn context(world: &World, question: &Asked, is_explicit: bool) -> Json {
    let rules = question.rules.iter().map(|rule| {
        let values: Vec<Json> = rule.values.iter().map(written).collect();
        let mut json = json!({"dimension": world.dimensions[rule.dimension].key,
            "access_type": if rule.is_include { "include" } else { "exclude" },
            "allowed_values": values});
        if rule.nulls_visible {
            json["nulls"] = json!("visible");
        } else if is_explicit {
            json["nulls"] = json!("hidden");
        }
        json
    });
    let (day, second) = (
        question.clock.now.div_euclid(86_400),
        question.clock.now.rem_euclid(86_400),
    );
    let (hour, minute) = (second / 3_600, second / 60 % 60);
    let now = format!(
        "{}T{hour:02}:{minute:02}:{:02}Z",
        date_text(day),
        second % 60
    );
    let mut json = json!({"client_id": question.tenant, "access": rules.collect::<Vec<_>>(),
        "now": now});
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    const DAYS: [&str; 7] = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let week_start = usize::try_from(question.periods.week).expect("a day of the week");
    if is_explicit || week_start > 0 {
        json["week_start"] = json!(DAYS[week_start]);
    }
    let fiscal_year = usize::try_from(question.periods.fiscal_year).expect("a month");
    if is_explicit || fiscal_year > 0 {
        json["fiscal_year_start"] = json!(MONTHS[fiscal_year]);
    }
    if is_explicit || question.clock.zone.name != "UTC" {
        json["timezone"] = json!(question.clock.zone.name);
    }
    if question.has_module {
        json["modules"] = json!([MODULE]);
    } else if is_explicit {
        json["modules"] = json!([]);
    }
    json
}
