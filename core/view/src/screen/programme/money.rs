//! Money as one bar, and the lagging rule with its inputs.

use super::super::parts::*;
use crate::format;
use crate::panel::{Body, Fact, MoneyBar, Panel, Place, Tone};
use crate::state::State;
use quarterdeck_kpi::assess::{MoneyAssessment, ProgrammeAssessment};
use quarterdeck_kpi::message::{Arg, Message};
use quarterdeck_kpi::money::Ratio;
use quarterdeck_kpi::status::Status;
use rust_decimal::Decimal;

pub(crate) fn money(state: &State, money: &MoneyAssessment) -> Panel {
    let amounts = &money.amounts;
    let whole = amounts
        .available_ntd
        .or(amounts.budget_ntd)
        .or_else(|| planned(money));
    let (Some(whole), Some(executed)) = (whole, money.executed_ntd) else {
        let lines = match amounts.budget_ntd {
            Some(budget) => vec![vec![span(
                state.say(&Message::new("money-budget-only").with("budget", Arg::Ntd(budget))),
            )]],
            None => vec![vec![toned(state.word("money-unknown"), Tone::Label)]],
        };
        return panel(
            "money",
            Place::Side,
            state.word("programme-money"),
            Body::Lines(lines),
        );
    };
    let base = planned(money);
    let share = |amount: i64| {
        base.and_then(|base| Ratio::of(amount, base))
            .map_or(format::NONE.to_owned(), |r| format::rate(r.fraction()))
    };
    let mut parts = Vec::new();
    let mut part = |id: &'static str, label: &str, amount: Option<i64>| {
        if let Some(amount) = amount {
            parts.push((
                id,
                state.word(label),
                format::money_thousands(amount),
                share(amount),
                geometry(Decimal::from(amount.max(0))),
            ));
        }
    };
    part("paid", "money-paid", amounts.paid_ntd);
    part("payable", "money-payable", amounts.payable_ntd);
    part("saved", "money-saved", amounts.saved_ntd);
    part("unspent", "money-unspent", unexecuted(money));
    let drawn = base.unwrap_or(executed).max(executed);
    part(
        "open",
        "money-open",
        whole.checked_sub(drawn).filter(|open| *open > 0),
    );
    let planned_word = if money.planned_is_planned_spend == Some(true) {
        "money-planned-spend"
    } else {
        "money-allotted"
    };
    let bar = MoneyBar {
        message: state.say(
            &Message::new("money-message")
                .with("executed", Arg::Ntd(executed))
                .with("whole", Arg::Ntd(whole))
                .with("rate", share(executed)),
        ),
        parts,
        tick: base.map(|base| {
            (
                state.word(planned_word),
                format::money_thousands(base),
                geometry(Decimal::from(base)),
            )
        }),
        whole: geometry(Decimal::from(whole.max(drawn))),
        total: Some((
            state.word("money-executed"),
            format::money_thousands(executed),
            share(executed),
        )),
    };
    let mut panel = panel(
        "money",
        Place::Side,
        state.word("programme-money"),
        Body::Money(bar),
    );
    panel.subtitle = state.word("money-unit");
    if let Some(period) = money.period {
        panel.aside.push(toned(
            state.say(&Message::new("money-until").with("date", period.end)),
            Tone::Hint,
        ));
    }
    if money.provisional {
        panel
            .aside
            .push(toned(state.word("money-provisional"), Tone::Hint));
    }
    panel
}

pub(crate) fn lagging(state: &State, assessed: &ProgrammeAssessment) -> Panel {
    let lagging = &assessed.lagging;
    let mut facts = vec![fact(
        state.word("lagging-status-rule"),
        vec![span(state.say(&assessed.rule))],
    )];
    facts.extend(lagging.conditions.iter().map(|condition| {
        let (word, tone) = match condition.holds {
            Some(true) => ("lagging-holds", Tone::Status(Status::Behind)),
            Some(false) => ("lagging-holds-not", Tone::Label),
            None => ("lagging-unknown", Tone::Status(Status::Unknown)),
        };
        Fact {
            label: state.say(&condition.text),
            value: vec![match condition.value {
                // Rates come as fractions, the variance in percentage points.
                Some(value) if condition.text.id.contains("variance") => {
                    span(format::points(value))
                }
                Some(value) => span(format::rate(value)),
                None => toned(format::NONE, Tone::Hint),
            }],
            extra: Some(vec![toned(state.word(word), tone)]),
        }
    }));
    let (word, tone) = match lagging.lagging {
        Some(true) => ("lagging-yes", Tone::Status(Status::Behind)),
        Some(false) => ("lagging-no", Tone::Label),
        None => ("lagging-undecided", Tone::Hint),
    };
    let mut panel = panel(
        "lagging",
        Place::Side,
        state.word("programme-lagging"),
        Body::Facts(facts),
    );
    panel.subtitle = lagging.rule_id.clone();
    panel.aside = vec![toned(state.word(word), tone)];
    panel
}
