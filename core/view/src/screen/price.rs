//! The price of not knowing: budget that rests on figures nobody has, in total and by agency.

use super::parts::*;
use crate::format;
use crate::panel::{Body, Fact, Panel, Place, Tone};
use crate::state::{Loaded, State};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::money::Ratio;
use quarterdeck_kpi::status::Status;
use quarterdeck_kpi::unknown_price::UNKNOWN_PRICE;

/// Agencies shown.
const AGENCIES: usize = 6;

/// The total alone; the agencies stand on the budget's screen.
pub(crate) fn total(state: &State, loaded: &Loaded) -> Panel {
    let mut panel = panel(
        "price",
        Place::Side,
        state.word("price-title"),
        Body::Facts(vec![total_fact(state, loaded)]),
    );
    panel.aside = vec![toned(state.word("price-by-agency"), Tone::Hint)];
    panel
}

fn total_fact(state: &State, loaded: &Loaded) -> Fact {
    let price = &loaded.assessment.portfolio.unknown_price;
    let Some(total) = price.total_ntd else {
        return fact(
            state.word("price-total"),
            vec![toned(state.word("price-no-budget"), Tone::Hint)],
        );
    };
    let share = price.budget_ntd.and_then(|budget| Ratio::of(total, budget));
    let amount = format::money_prose(state.language, total);
    Fact {
        label: state.word("price-total"),
        value: vec![if total > 0 {
            signed(Status::NoData, amount)
        } else {
            bold(amount)
        }],
        extra: share.map(|share| vec![span(format::rate(share.fraction()))]),
    }
}

/// The total and every agency's part: the budget's.
pub(crate) fn price(state: &State, loaded: &Loaded) -> Panel {
    let language = state.language;
    let price = &loaded.assessment.portfolio.unknown_price;
    let day = loaded.assessment.quarter.end();
    let mut facts = vec![total_fact(state, loaded)];
    for agency in price.agencies.iter().take(AGENCIES) {
        facts.push(Fact {
            label: agency_short(language, &loaded.snapshot.register, &agency.agency, day),
            value: vec![span(format::money_prose(language, agency.price_ntd))],
            extra: Some(vec![toned(
                state.say(&Message::new("price-programmes").with("count", agency.programmes)),
                Tone::Hint,
            )]),
        });
    }
    let rest: i64 = price
        .agencies
        .iter()
        .skip(AGENCIES)
        .map(|a| a.price_ntd)
        .sum();
    if rest > 0 {
        let more = price.agencies.len().saturating_sub(AGENCIES);
        facts.push(fact(
            state.say(&Message::new("price-rest").with("count", more)),
            vec![span(format::money_prose(language, rest))],
        ));
    }
    if price.without_budget > 0 {
        facts.push(fact(
            state.word("price-without-budget"),
            vec![toned(
                state.say(&Message::new("price-programmes").with("count", price.without_budget)),
                Tone::Text,
            )],
        ));
    }
    let mut panel = panel(
        "price",
        Place::Side,
        state.word("price-title"),
        Body::Facts(facts),
    );
    panel.aside = vec![mono(UNKNOWN_PRICE)];
    panel
}
