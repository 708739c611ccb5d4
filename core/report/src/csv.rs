//! The CSV files: one figure a row where it can be, its address first, units in the header.
//!
//! UTF-8 with byte order mark and CRLF, as Excel expects. Text that a spreadsheet would take for
//! a formula gets a leading apostrophe; negative numbers and numbers with leading zeros stay as
//! they are.

use crate::ReportInput;
use quarterdeck_kpi::Decimal;
use quarterdeck_kpi::assess::{Accounts, IndicatorAssessment, MoneyAssessment};
use quarterdeck_kpi::calendar::taipei_day;
use quarterdeck_kpi::indicator::Indicator;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::money::{AmountKind, Ratio, Span};
use quarterdeck_kpi::money_rates::bases;
use quarterdeck_view::format;

/// All files of a report, name and bytes.
pub fn files(input: &ReportInput<'_>) -> Vec<(String, Vec<u8>)> {
    tables(input)
        .into_iter()
        .map(|(name, rows)| (format!("{name}.csv"), write(&rows)))
        .collect()
}

/// Rows of a table, its header first.
pub type Rows = Vec<Vec<String>>;

/// The tables of a report by name, their headers in words.
pub(crate) fn tables(input: &ReportInput<'_>) -> [(&'static str, Rows); 4] {
    plain_tables(input).map(|(name, mut rows)| {
        if let Some(header) = rows.first_mut() {
            for column in header {
                *column = input.word(&format!("csv-{column}"));
            }
        }
        (name, rows)
    })
}

/// The same with the ids of the columns as headers; their words are `csv-ID`.
pub fn plain_tables(input: &ReportInput<'_>) -> [(&'static str, Rows); 4] {
    [
        ("programmes", programmes(input)),
        ("indicators", indicators(input)),
        ("budget", budget(input)),
        ("findings", findings(input)),
    ]
}

pub fn write(rows: &Rows) -> Vec<u8> {
    let mut bytes = "\u{FEFF}".as_bytes().to_vec();
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(&mut bytes);
    for row in rows {
        // Writing into memory cannot fail; a row of another length would be ours to mend, not to lose.
        let _ = writer.write_record(row.iter().map(|cell| guard(cell)));
    }
    drop(writer);
    bytes
}

/// Text that begins like a formula gets an apostrophe; numbers never.
pub fn guard(cell: &str) -> String {
    let is_number = cell.parse::<Decimal>().is_ok();
    let dangerous = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    if dangerous && !is_number {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

fn header(columns: &[&str]) -> Vec<String> {
    columns.iter().map(|id| (*id).to_owned()).collect()
}

fn demo(input: &ReportInput<'_>) -> String {
    input.word(if input.is_demo() {
        "csv-demo-yes"
    } else {
        "csv-demo-no"
    })
}

/// A fraction as percent with two decimals, a plain number.
fn percent(ratio: Option<Ratio>) -> String {
    ratio
        .map(|r| two(r.fraction() * Decimal::ONE_HUNDRED))
        .unwrap_or_default()
}

pub(crate) fn two(value: Decimal) -> String {
    let mut rounded =
        value.round_dp_with_strategy(2, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(2);
    rounded.to_string()
}

fn whole(amount: Option<i64>) -> String {
    amount.map(|a| a.to_string()).unwrap_or_default()
}

/// A plan by its name and years; an id nobody knows stands for itself.
fn plan(input: &ReportInput<'_>, id: &str) -> String {
    let register = &input.snapshot.register;
    let Some(plan) = register.plans.iter().find(|plan| plan.id == id) else {
        return id.to_owned();
    };
    let years = quarterdeck_view::format::plan_years(input.language, register, id);
    input.say(
        &Message::new("csv-plan-of")
            .with("title", input.title(&plan.title))
            .with("years", years),
    )
}

/// Whether the document names the lead agency.
fn basis(input: &ReportInput<'_>, id: &str) -> String {
    match id {
        "presumed" => input.word("csv-lead-basis-presumed"),
        "named" => input.word("csv-lead-basis-named"),
        other => other.to_owned(),
    }
}

fn programmes(input: &ReportInput<'_>) -> Rows {
    let mut rows = vec![header(&[
        "figure",
        "programme",
        "title",
        "plan",
        "node",
        "lead",
        "lead-basis",
        "status",
        "status-word",
        "good",
        "indicators",
        "variance",
        "execution-rate",
        "unexecuted",
        "risk",
        "lagging",
        "tasks-done",
        "tasks",
        "rule",
        "demo",
    ])];
    let quarter = input.assessment.quarter;
    for assessed in &input.assessment.programmes {
        let Some(programme) = input.snapshot.register.programme(&assessed.id) else {
            continue;
        };
        let money = &assessed.money;
        let lagging = match assessed.lagging.lagging {
            Some(true) => "csv-yes",
            Some(false) => "csv-no",
            None => "csv-not-decidable",
        };
        rows.push(vec![
            format!("{}/status@{quarter}", assessed.id),
            assessed.id.clone(),
            input.title(&programme.title).to_owned(),
            plan(input, &programme.plan),
            programme.node.clone(),
            crate::sections::agency(input, &programme.lead),
            basis(input, &programme.lead_basis),
            assessed.status.id().to_owned(),
            format::status(input.language, assessed.status),
            assessed.good.0.to_string(),
            assessed.good.1.to_string(),
            assessed.variance_points.map(two).unwrap_or_default(),
            percent(money.execution_rate),
            whole(money.unexecuted_ntd()),
            assessed
                .risk
                .map(|risk| crate::sections::risk(input, risk))
                .unwrap_or_default(),
            input.word(lagging),
            assessed.tasks.iter().filter(|t| t.done).count().to_string(),
            assessed.tasks.len().to_string(),
            assessed.rule_id.clone(),
            demo(input),
        ]);
    }
    rows
}

fn indicators(input: &ReportInput<'_>) -> Rows {
    let mut rows = vec![header(&[
        "figure",
        "scope",
        "title",
        "unit",
        "qualifier",
        "value",
        "printed",
        "period",
        "target",
        "target-period",
        "achievement",
        "status",
        "status-word",
        "stage",
        "observed-on",
        "source",
        "rule",
        "demo",
    ])];
    let register = &input.snapshot.register;
    let of_nodes = input.assessment.nodes.iter().flat_map(|n| &n.indicators);
    let of_programmes = input
        .assessment
        .programmes
        .iter()
        .flat_map(|p| &p.indicators);
    let known: std::collections::BTreeMap<_, &Indicator> = register
        .indicators()
        .map(|i| (i.series.clone(), i))
        .collect();
    for assessed in of_nodes.chain(of_programmes) {
        if let Some(indicator) = known.get(&assessed.series) {
            rows.push(indicator_row(input, assessed, indicator));
        }
    }
    rows
}

fn indicator_row(
    input: &ReportInput<'_>,
    assessed: &IndicatorAssessment,
    indicator: &Indicator,
) -> Vec<String> {
    let figure = assessed.figure.as_ref();
    let target = assessed.target.as_ref();
    let printed = figure
        .and_then(|f| f.printed.clone())
        .or_else(|| assessed.rejected.as_ref().map(|(text, _)| text.clone()))
        .unwrap_or_default();
    vec![
        format!("{}@{}", assessed.series, input.assessment.quarter),
        assessed.series.scope.to_string(),
        input.title(&indicator.title).to_owned(),
        format::unit(input.language, &indicator.unit),
        figure
            .map(|f| f.qualifier.sign().to_owned())
            .filter(|s| s != "=")
            .unwrap_or_default(),
        figure.map(|f| f.value.to_string()).unwrap_or_default(),
        quarterdeck_kpi::text::clean(&printed),
        figure.map(|f| f.period.to_string()).unwrap_or_default(),
        target.map(|t| t.value.to_string()).unwrap_or_default(),
        target.map(|t| t.period.to_string()).unwrap_or_default(),
        assessed
            .achievement
            .map(|a| two(a * Decimal::ONE_HUNDRED))
            .unwrap_or_default(),
        assessed.status.id().to_owned(),
        format::status(input.language, assessed.status),
        figure
            .map(|f| input.word(&format!("stage-{}", f.stage.id())))
            .unwrap_or_default(),
        figure
            .map(|f| taipei_day(f.observed_at).to_string())
            .unwrap_or_default(),
        figure.map(|f| f.source.clone()).unwrap_or_default(),
        assessed.rule_id.clone(),
        demo(input),
    ]
}

fn budget(input: &ReportInput<'_>) -> Rows {
    let mut rows = vec![header(&[
        "figure",
        "scope",
        "title",
        "span",
        "period",
        "budget",
        "available",
        "planned-spend",
        "allotted",
        "paid",
        "payable",
        "saved",
        "carried-over",
        "settled",
        "executed",
        "execution-rate",
        "disbursement-ratio",
        "attainment",
        "settlement-ratio",
        "realised",
        "planned-basis",
        "attainment-basis",
        "change-execution-rate",
        "change-disbursement-ratio",
        "changed",
        "provisional",
        "demo",
    ])];
    let register = &input.snapshot.register;
    // Both accumulations, each in a row of its own; one row where nothing is known.
    let mut push = |scope: String, title: String, accounts: &Accounts| {
        let known = |money: &MoneyAssessment| money.span.is_some();
        if known(&accounts.year_to_date) || !known(&accounts.since_beginning) {
            let money = &accounts.year_to_date;
            rows.push(budget_row(input, &scope, &title, money, Some(accounts)));
        }
        if known(&accounts.since_beginning) {
            let money = &accounts.since_beginning;
            rows.push(budget_row(input, &scope, &title, money, None));
        }
    };
    for assessed in &input.assessment.programmes {
        let title = register
            .programme(&assessed.id)
            .map(|p| input.title(&p.title).to_owned());
        push(
            assessed.id.clone(),
            title.unwrap_or_default(),
            &assessed.accounts,
        );
    }
    for agency in &input.assessment.agencies {
        let day = input.assessment.quarter.end();
        let title = register
            .agency(&agency.id)
            .and_then(|a| a.name_on(day))
            .map(|name| input.title(&name.full).to_owned());
        push(
            agency.scope.clone(),
            title.unwrap_or_default(),
            &agency.accounts,
        );
    }
    push(
        "portfolio".to_owned(),
        input.word("report-portfolio"),
        &input.assessment.portfolio.accounts,
    );
    rows
}

/// One accumulation; `changes`: the accounts whose change against last year stands beside it.
fn budget_row(
    input: &ReportInput<'_>,
    scope: &str,
    title: &str,
    money: &MoneyAssessment,
    changes: Option<&Accounts>,
) -> Vec<String> {
    let a = &money.amounts;
    let quarter = input.assessment.quarter;
    let series = money.span.unwrap_or(Span::YearToDate).series_name();
    let (planned, available) = bases(a);
    let basis = |kind: Option<AmountKind>| kind.map(|k| input.word(k.term())).unwrap_or_default();
    let change = |of: fn(&MoneyAssessment) -> Option<Ratio>| {
        let points = changes.and_then(|accounts| accounts.change_points(of));
        points.map(two).unwrap_or_default()
    };
    let mut row = vec![
        format!("{scope}/{series}@{quarter}"),
        scope.to_owned(),
        title.to_owned(),
        money
            .span
            .map(|span| input.word(span.term()))
            .unwrap_or_default(),
        money.period.map(|p| p.to_string()).unwrap_or_default(),
    ];
    row.extend(AmountKind::ALL.map(|kind| whole(a.get(kind))));
    row.push(whole(money.executed_ntd));
    row.extend(
        [
            money.execution_rate,
            money.disbursement_ratio,
            money.attainment,
            money.settlement_ratio,
            money.realised,
        ]
        .map(percent),
    );
    row.extend([
        basis(planned),
        basis(available),
        change(|m| m.execution_rate),
        change(|m| m.disbursement_ratio),
        whole(money.span.map(|_| money.changed_ntd)),
        input.word(if money.provisional {
            "csv-yes"
        } else {
            "csv-no"
        }),
        demo(input),
    ]);
    row
}

fn findings(input: &ReportInput<'_>) -> Rows {
    let mut rows = vec![header(&[
        "figure", "finding", "rule", "severity", "source", "text", "demo",
    ])];
    for finding in &input.assessment.findings {
        rows.push(vec![
            finding
                .figure
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            finding.id.clone(),
            finding.rule.clone(),
            input.word(match finding.severity {
                quarterdeck_kpi::finding::Severity::Info => "csv-severity-info",
                quarterdeck_kpi::finding::Severity::Warning => "csv-severity-warning",
                quarterdeck_kpi::finding::Severity::Error => "csv-severity-error",
            }),
            finding.source.clone().unwrap_or_default(),
            quarterdeck_kpi::text::clean(&input.say(&finding.text)),
            demo(input),
        ]);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_guarded_and_numbers_are_not() {
        for text in ["-18.40", "-5", "0912345678", "+1.5"] {
            assert_eq!(guard(text), text);
        }
        for text in ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1"] {
            assert_eq!(guard(text), format!("'{text}"));
        }
    }
}
