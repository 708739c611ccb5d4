//! The rules that write the paragraphs: sentences of the language files, filled with linked figures.

use super::figures::{account, shown, value};
use crate::ReportInput;
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::assess::ProgrammeAssessment;
use quarterdeck_kpi::message::Message;
use quarterdeck_view::i18n::Language;

/// The text of a paragraph; empty where there is nothing to say.
pub(super) fn paragraph(input: &ReportInput<'_>, id: &str) -> String {
    match id {
        "overall-money" => overall_money(input),
        "overall-status" => overall_status(input),
        "budget-execution" => budget(input),
        "lagging-plans" => lagging_plans(input),
        _ => String::new(),
    }
}

/// A figure as a link to itself, or the words for what is not known.
fn link(input: &ReportInput<'_>, scope: &str, name: &str, part: &str) -> String {
    let series = SeriesId::new(scope, name).part(part);
    match value(input, &series) {
        Some(value) => {
            let address = series.at(input.assessment.quarter.period());
            format!("[{}]({address})", shown(input, value))
        }
        None => input.word("report-not-known"),
    }
}

/// A link to an amount or ratio: 年累計, or 總累計 where only that is known.
fn money_link(input: &ReportInput<'_>, scope: &str, part: &str) -> String {
    link(input, scope, account(input, scope), part)
}

fn is_known(input: &ReportInput<'_>, scope: &str, part: &str) -> bool {
    let series = SeriesId::new(scope, account(input, scope)).part(part);
    value(input, &series).is_some()
}

/// 114年9月底 / the end of September 2025
fn cut_off(input: &ReportInput<'_>) -> String {
    let quarter = input.assessment.quarter;
    let year = match input.language {
        Language::ZhTw => quarter.roc_year(),
        Language::En => quarter.year,
    };
    let id = match quarter.number {
        1 => "report-end-of-q1",
        2 => "report-end-of-q2",
        3 => "report-end-of-q3",
        _ => "report-end-of-q4",
    };
    input.say(&Message::new(id).with("year", year.to_string()))
}

fn overall_money(input: &ReportInput<'_>) -> String {
    let count = |part: &str| link(input, "portfolio", "count", part);
    let money = |part: &str| money_link(input, "portfolio", part);
    let mut text = input.say(
        &Message::new("report-money-sentence")
            .with("programmes", count("programmes"))
            .with("agencies", count("agencies"))
            .with("budget", money("amount"))
            .with("cutoff", cut_off(input))
            .with("allotted", money("allotted"))
            .with("executed", money("executed"))
            .with("rate", money("execution_rate")),
    );
    if is_known(input, "portfolio", "execution_rate_change") {
        let points = money("execution_rate_change");
        text.push_str(&input.say(&Message::new("report-money-change").with("points", points)));
    }
    let without = input.assessment.programmes.iter();
    if without.filter(|p| p.money.execution_rate.is_none()).count() > 0 {
        let programmes = count("without_rate");
        let sentence = Message::new("report-money-without").with("programmes", programmes);
        text.push_str(&input.say(&sentence));
    }
    text
}

fn overall_status(input: &ReportInput<'_>) -> String {
    let count = |part: &str| link(input, "portfolio", "count", part);
    input.say(
        &Message::new("report-status-sentence")
            .with("behind", count("behind"))
            .with("risk", count("at_risk"))
            .with("unknown", count("not_known"))
            .with("track", count("good")),
    )
}

fn budget(input: &ReportInput<'_>) -> String {
    if !is_known(input, "portfolio", "executed") {
        return String::new();
    }
    let money = |part: &str| money_link(input, "portfolio", part);
    let mut text = input.say(
        &Message::new("report-budget-sentence")
            .with("cutoff", cut_off(input))
            .with("paid", money("paid"))
            .with("payable", money("payable"))
            .with("saved", money("saved"))
            .with("executed", money("executed"))
            .with("rate", money("execution_rate"))
            .with("disbursement", money("disbursement_ratio"))
            .with("attainment", money("attainment")),
    );
    // The two ends among the programmes, so that a reader knows where to look.
    let rated = input.assessment.programmes.iter();
    let mut rated: Vec<(&ProgrammeAssessment, _)> = rated
        .filter_map(|p| Some((p, p.money.execution_rate?.fraction())))
        .collect();
    rated.sort_by(|(a, one), (b, other)| other.cmp(one).then_with(|| a.id.cmp(&b.id)));
    if let [(first, high), .., (last, low)] = rated.as_slice()
        && high != low
    {
        let rate = |p: &ProgrammeAssessment| money_link(input, &p.id, "execution_rate");
        let name = |p: &ProgrammeAssessment| crate::sections::name(input, &p.id).to_owned();
        text.push_str(
            &input.say(
                &Message::new("report-budget-ends")
                    .with("first", name(first))
                    .with("high", rate(first))
                    .with("last", name(last))
                    .with("low", rate(last)),
            ),
        );
    }
    text
}

/// The programmes that the rule in force names.
pub(super) fn lagging<'a>(
    input: &ReportInput<'a>,
) -> impl Iterator<Item = &'a ProgrammeAssessment> + use<'a> {
    let programmes = input.assessment.programmes.iter();
    programmes.filter(|p| p.lagging.lagging == Some(true))
}

/// Whether reason and measure were reported for the quarter.
pub(super) fn is_explained(programme: &ProgrammeAssessment) -> bool {
    let told = programme.narrative.as_ref();
    told.is_some_and(|told| told.reason.is_some() && told.measure.is_some())
}

fn lagging_plans(input: &ReportInput<'_>) -> String {
    let named: Vec<&ProgrammeAssessment> = lagging(input).collect();
    if named.is_empty() {
        return input.say(
            &Message::new("report-lagging-none")
                .with("cutoff", cut_off(input))
                .with("count", link(input, "portfolio", "count", "lagging")),
        );
    }
    let plans: Vec<String> = named
        .iter()
        .map(|p| {
            input.say(
                &Message::new("report-lagging-plan")
                    .with("name", crate::sections::name(input, &p.id))
                    .with("paid", money_link(input, &p.id, "disbursement_ratio"))
                    .with("executed", money_link(input, &p.id, "execution_rate"))
                    .with("variance", link(input, &p.id, "progress", "variance")),
            )
        })
        .collect();
    let mut text = input.say(
        &Message::new("report-lagging-plans")
            .with("cutoff", cut_off(input))
            .with("count", link(input, "portfolio", "count", "lagging"))
            .with("plans", plans.join(&input.word("report-list-separator"))),
    );
    if named.iter().any(|p| !is_explained(p)) {
        let count = link(input, "portfolio", "count", "lagging_without_reason");
        text.push_str(&input.say(&Message::new("report-lagging-unexplained").with("count", count)));
    }
    text
}
