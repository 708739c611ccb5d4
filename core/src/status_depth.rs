//! What `qd status --json` says of risk, earned value, forecasts, exceptions and the price of not knowing: optional
//! fields of the schema `quarterdeck/status/1`.

use crate::json::{decimal, fraction, instant, integer, object};
use quarterdeck_kpi::assess::{Assessment, Forecast, Outlook, ProgrammeAssessment, Risk};
use quarterdeck_kpi::evm::Evm;
use quarterdeck_kpi::exceptions::Exception;
use quarterdeck_kpi::forecast::{LEVEL_PERCENT, METHOD};
use quarterdeck_kpi::money::Ratio;
use quarterdeck_kpi::risk::{RISK_DEFAULT, RiskBasis, migration, not_improved};
use quarterdeck_kpi::unknown_price::{UNKNOWN_PRICE, UnknownPrice};
use quarterdeck_view::i18n::{Language, say};
use serde_json::{Value, json};

fn level(level: Option<Risk>) -> Value {
    json!(level.map(Risk::id))
}

/// Risk by the rule and as reported, with who and why, and the last quarters of both.
pub(crate) fn risk(programme: &ProgrammeAssessment, language: Language) -> Value {
    let rule = &programme.risk_by_rule;
    let reported = programme.risk_reported.as_ref().map_or(Value::Null, |r| {
        object([
            ("level", json!(r.level.id())),
            ("actor", json!(r.actor)),
            ("source", json!(r.source)),
            ("reason", json!(r.reason)),
            ("recorded_at", instant(r.recorded_at)),
            ("row", json!(r.row)),
        ])
    });
    let reasons: Vec<String> = rule.reasons.iter().map(|r| say(language, r)).collect();
    object([
        (
            "by_rule",
            object([
                ("level", level(rule.level)),
                ("rule", json!(RISK_DEFAULT)),
                ("reasons", json!(reasons)),
            ]),
        ),
        ("reported", reported),
        (
            "history",
            programme
                .risk_history
                .iter()
                .map(|point| {
                    object([
                        ("quarter", json!(point.quarter.to_string())),
                        ("by_rule", level(point.by_rule)),
                        ("reported", level(point.reported)),
                    ])
                })
                .collect(),
        ),
    ])
}

/// Earned value; null where nothing of it is known.
pub(crate) fn evm(evm: &Evm) -> Value {
    if *evm == Evm::default() {
        return Value::Null;
    }
    let ratio = |r: Option<Ratio>| fraction(r.map(Ratio::fraction));
    object([
        ("bac_ntd", integer(evm.bac_ntd)),
        ("planned_percent", decimal(evm.planned_percent)),
        ("actual_percent", decimal(evm.actual_percent)),
        ("pv_ntd", integer(evm.pv_ntd)),
        ("ev_ntd", integer(evm.ev_ntd)),
        ("ac_ntd", integer(evm.ac_ntd)),
        ("sv_ntd", integer(evm.sv_ntd)),
        ("cv_ntd", integer(evm.cv_ntd)),
        ("spi", ratio(evm.spi)),
        ("cpi", ratio(evm.cpi)),
        ("eac_ntd", integer(evm.eac_ntd)),
        ("vac_ntd", integer(evm.vac_ntd)),
        ("tcpi", ratio(evm.tcpi)),
    ])
}

/// A forecast; null until there is one.
pub(crate) fn forecast(outlook: Option<&Outlook>) -> Value {
    let Some(Ok(found)) = outlook else {
        return Value::Null;
    };
    let last = found.points.last().map(|(_, ahead)| ahead);
    object([
        ("method", json!(METHOD)),
        ("trend", json!(found.has_trend)),
        ("readings", json!(found.readings)),
        ("last_known", json!(found.last.to_string())),
        ("target", decimal(Some(found.target))),
        ("target_period", json!(found.target_period.to_string())),
        ("value", decimal(last.map(|a| a.value))),
        ("low", decimal(last.map(|a| a.low))),
        ("high", decimal(last.map(|a| a.high))),
        ("level_percent", json!(LEVEL_PERCENT)),
        ("probability", decimal(Some(found.probability))),
        ("points", points(found)),
        (
            "backtest",
            found.backtest.as_ref().map_or(Value::Null, |b| {
                object([
                    ("tries", json!(b.tries)),
                    ("mean_error", decimal(Some(b.mean_error))),
                    ("naive_error", decimal(Some(b.naive_error))),
                    ("inside", json!(b.inside)),
                ])
            }),
        ),
    ])
}

fn points(found: &Forecast) -> Value {
    found
        .points
        .iter()
        .map(|(quarter, ahead)| {
            object([
                ("quarter", json!(quarter.to_string())),
                ("value", decimal(Some(ahead.value))),
                ("low", decimal(Some(ahead.low))),
                ("high", decimal(Some(ahead.high))),
            ])
        })
        .collect()
}

/// The exceptions in their order, with the rule that raised each and a person's word that it was dealt with.
pub(crate) fn exceptions<'a>(
    list: impl Iterator<Item = &'a Exception>,
    language: Language,
) -> Value {
    list.map(|e| {
        let handled = e.handled.as_ref().map_or(Value::Null, |h| {
            object([
                ("actor", json!(h.actor)),
                ("at", instant(h.at)),
                ("reason", json!(h.reason)),
            ])
        });
        object([
            ("programme", json!(e.programme)),
            ("status", json!(e.status.id())),
            ("rule", json!(e.rule)),
            ("at_stake_ntd", integer(e.at_stake_ntd)),
            ("at_stake_is_median", json!(e.at_stake_is_median)),
            ("points_off", decimal(Some(e.points_off))),
            ("quarters_old", json!(e.quarters_old)),
            ("score", decimal(Some(e.score))),
            ("what", json!(say(language, &e.what))),
            ("why", json!(say(language, &e.why))),
            ("handled", handled),
        ])
    })
    .collect()
}

/// The price of not knowing, in total and by agency.
pub(crate) fn price(price: &UnknownPrice) -> Value {
    object([
        ("rule", json!(UNKNOWN_PRICE)),
        ("total_ntd", integer(price.total_ntd)),
        ("budget_ntd", integer(price.budget_ntd)),
        ("without_budget", json!(price.without_budget)),
        (
            "agencies",
            price
                .agencies
                .iter()
                .map(|a| {
                    object([
                        ("id", json!(a.agency)),
                        ("price_ntd", json!(a.price_ntd)),
                        ("programmes", json!(a.programmes)),
                    ])
                })
                .collect(),
        ),
        (
            "programmes",
            price
                .programmes
                .iter()
                .map(|p| {
                    object([
                        ("id", json!(p.programme)),
                        ("price_ntd", json!(p.price_ntd)),
                        ("budget_ntd", json!(p.budget_ntd)),
                        ("unusable_weight", decimal(Some(p.unusable.0))),
                        ("weight", decimal(Some(p.unusable.1))),
                    ])
                })
                .collect(),
        ),
    ])
}

/// Migration from the quarter before, and who did not improve for four; by the rule and as reported.
pub(crate) fn risk_moves(assessment: &Assessment, programmes: &[ProgrammeAssessment]) -> Value {
    let quarter = assessment.quarter;
    [RiskBasis::Reported, RiskBasis::Rule]
        .into_iter()
        .map(|basis| {
            let moved = migration(programmes, quarter.previous(), quarter, basis);
            let levels = ["high", "medium", "low", "none"];
            let cells = levels.into_iter().zip(&moved.cells).map(|(from, row)| {
                let row = levels
                    .into_iter()
                    .zip(row)
                    .map(|(to, ids)| (to, json!(ids)));
                (from, object(row))
            });
            let stuck: Vec<String> = not_improved(programmes, quarter, basis)
                .into_iter()
                .map(|stuck| stuck.programme)
                .collect();
            object([
                ("basis", json!(basis.id())),
                ("from", json!(moved.from.to_string())),
                ("to", json!(moved.to.to_string())),
                ("better", json!(moved.better())),
                ("worse", json!(moved.worse())),
                ("cells", object(cells)),
                ("not_improved", json!(stuck)),
            ])
        })
        .collect()
}
