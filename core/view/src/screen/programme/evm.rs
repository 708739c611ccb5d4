//! Earned value, second to the measures of control: each amount with its formula and parts.

use super::super::parts::*;
use crate::format;
use crate::panel::{Body, Fact, Panel, Place, Tone};
use crate::state::State;
use quarterdeck_kpi::assess::ProgrammeAssessment;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::money::Ratio;
use rust_decimal::Decimal;

pub(crate) fn evm(state: &State, assessed: &ProgrammeAssessment) -> Panel {
    let evm = &assessed.evm;
    let money =
        |amount: Option<i64>| amount.map_or(format::NONE.to_owned(), format::money_thousands);
    let percent = |value: Option<Decimal>| {
        value.map_or(format::NONE.to_owned(), |value| {
            format!("{} %", format::decimal(value, 2))
        })
    };
    let product = |part: Option<Decimal>| {
        state.say(
            &Message::new("evm-product")
                .with("part", percent(part))
                .with("bac", money(evm.bac_ntd)),
        )
    };
    let row = |word: &str, value: String, formula: String| Fact {
        label: state.word(word),
        value: vec![span(value)],
        extra: Some(vec![toned(formula, Tone::Hint)]),
    };
    let amount =
        |word: &str, amount: Option<i64>, formula: String| row(word, money(amount), formula);
    let ratio =
        |word: &str, ratio: Option<Ratio>, formula: &str, over: Option<i64>, under: Option<i64>| {
            let value = ratio.map_or(format::NONE.to_owned(), |r| {
                format::decimal(r.fraction(), 2)
            });
            row(
                word,
                value,
                format!("{formula} = {} / {}", money(over), money(under)),
            )
        };
    let less = |a: Option<i64>, b: Option<i64>| a.zip(b).and_then(|(a, b)| a.checked_sub(b));
    let facts = if evm.bac_ntd.is_none() && evm.ac_ntd.is_none() && evm.planned_percent.is_none() {
        vec![fact(
            String::new(),
            vec![toned(state.word("evm-none"), Tone::Label)],
        )]
    } else {
        vec![
            amount("evm-pv", evm.pv_ntd, product(evm.planned_percent)),
            amount("evm-ev", evm.ev_ntd, product(evm.actual_percent)),
            amount("evm-ac", evm.ac_ntd, state.word("evm-ac-formula")),
            amount("evm-sv", evm.sv_ntd, format!("EV {} PV", format::MINUS)),
            amount("evm-cv", evm.cv_ntd, format!("EV {} AC", format::MINUS)),
            ratio("evm-spi", evm.spi, "EV / PV", evm.ev_ntd, evm.pv_ntd),
            ratio("evm-cpi", evm.cpi, "EV / AC", evm.ev_ntd, evm.ac_ntd),
            amount("evm-eac", evm.eac_ntd, "BAC / CPI".to_owned()),
            amount("evm-vac", evm.vac_ntd, format!("BAC {} EAC", format::MINUS)),
            ratio(
                "evm-tcpi",
                evm.tcpi,
                &format!("(BAC {0} EV) / (BAC {0} AC)", format::MINUS),
                less(evm.bac_ntd, evm.ev_ntd),
                less(evm.bac_ntd, evm.ac_ntd),
            ),
        ]
    };
    let mut panel = panel(
        "evm",
        Place::Side,
        state.word("programme-evm"),
        Body::Facts(facts),
    );
    panel.subtitle = state.word("evm-subtitle");
    panel
}
