//! Money of programmes, agencies and the portfolio, and the lagging rules.

use crate::agency::Agency;
use crate::assess::{Assessment, assess};
use crate::indicator::Title;
use crate::money::{AmountKind, MoneyLine, Span};
use crate::observation::{Act, Recorded};
use crate::register::Plan;
use crate::rules::RuleSet;
use crate::snapshot::Snapshot;
use crate::testing::{dec, line, programme, quarter, row, snapshot};

const ALL_FOUR: [(AmountKind, i64); 4] = [
    (AmountKind::PlannedSpend, 1000),
    (AmountKind::Paid, 800),
    (AmountKind::Payable, 50),
    (AmountKind::Saved, 10),
];

/// Amounts of a programme at a period; sequence numbers go on from `first`.
pub(super) fn lines(
    first: i64,
    id: &str,
    at: &str,
    amounts: &[(AmountKind, i64)],
) -> Vec<Recorded<MoneyLine>> {
    amounts
        .iter()
        .zip(first..)
        .map(|((kind, amount), sequence)| line(sequence, id, *kind, at, *amount))
        .collect()
}

pub(super) fn with(programmes: &[&str], money: Vec<Recorded<MoneyLine>>) -> Snapshot {
    let mut known = snapshot(
        "2025-10-20",
        programmes
            .iter()
            .map(|id| programme(id, Vec::new()))
            .collect(),
        Vec::new(),
    );
    known.money = money;
    known.register.plans = vec![Plan {
        id: "dgp2".into(),
        title: Title::default(),
        years: (2021, 2025),
        years_basis: "printed".into(),
        document: None,
    }];
    known.register.agencies = vec![Agency {
        id: "NDC".into(),
        names: Vec::new(),
        aliases: Vec::new(),
    }];
    known
}

pub(super) fn at(known: &Snapshot, q: &str) -> Assessment {
    assess(known, quarter(q))
}

#[test]
fn the_latest_rows_at_the_cut_off_count() {
    let mut money = lines(
        1,
        "P12",
        "2025Q2",
        &[(AmountKind::Paid, 1), (AmountKind::PlannedSpend, 2)],
    );
    money.extend(lines(
        11,
        "P12",
        "2025-08",
        &[(AmountKind::Paid, 5), (AmountKind::Payable, 7)],
    ));
    money.extend(lines(21, "P12", "2025Q3", &ALL_FOUR));
    let mut corrected = line(31, "P12", AmountKind::Paid, "2025Q3", 900);
    corrected.act = Act::Correct(22);
    money.push(corrected);
    let found = at(&with(&["P12"], money), "2025Q3")
        .programmes
        .remove(0)
        .money;
    assert_eq!(found.amounts.paid_ntd, Some(900));
    assert_eq!(found.executed_ntd, Some(960));
    assert_eq!(
        found.execution_rate.unwrap().fraction6().to_string(),
        "0.960000"
    );
    assert_eq!(found.span, Some(Span::YearToDate));
    assert_eq!(found.period.unwrap().to_string(), "2025Q3");
}

#[test]
fn amounts_of_different_cut_offs_are_not_mixed() {
    let mut money = lines(1, "P12", "2025-08", &ALL_FOUR);
    money.extend(lines(11, "P12", "2025-09", &[(AmountKind::Paid, 900)]));
    let found = at(&with(&["P12"], money), "2025Q3")
        .programmes
        .remove(0)
        .money;
    assert_eq!(
        (found.amounts.paid_ntd, found.amounts.planned_spend_ntd),
        (Some(900), None)
    );
    assert_eq!(found.execution_rate, None);
}

#[test]
fn the_years_budget_holds_for_all_its_quarters() {
    for budget_at in ["2025Q1", "2025"] {
        let mut money = lines(1, "P12", "2025Q3", &ALL_FOUR);
        money.push(line(9, "P12", AmountKind::Budget, budget_at, 2000));
        let known = with(&["P12"], money);
        for (q, paid) in [("2025Q2", None), ("2025Q3", Some(800)), ("2025Q4", None)] {
            let found = at(&known, q).programmes.remove(0).money;
            assert_eq!(
                (found.amounts.budget_ntd, found.amounts.paid_ntd),
                (Some(2000), paid),
                "{q}"
            );
        }
        assert_eq!(
            at(&known, "2026Q1")
                .programmes
                .remove(0)
                .money
                .amounts
                .budget_ntd,
            None
        );
        let rate = at(&known, "2025Q3")
            .programmes
            .remove(0)
            .money
            .attainment
            .unwrap();
        assert_eq!(rate.fraction6().to_string(), "0.430000");
    }
}

#[test]
fn only_where_there_is_no_year_to_date_the_whole_time_counts() {
    let mut money = lines(
        1,
        "P12",
        "2020Q4",
        &[(AmountKind::Budget, 100), (AmountKind::Settled, 98)],
    );
    for line in &mut money {
        line.item.key.span = Span::SinceBeginning;
    }
    let known = with(&["P12"], money.clone());
    let found = at(&known, "2025Q3").programmes.remove(0).money;
    assert_eq!(
        (found.span, found.amounts.settled_ntd),
        (Some(Span::SinceBeginning), Some(98))
    );
    assert_eq!(found.period.unwrap().to_string(), "2020Q4");
    assert!(!found.provisional, "settled");
    assert_eq!(
        at(&known, "2020Q3").programmes.remove(0).money.span,
        None,
        "not before it stood"
    );
    money.extend(lines(11, "P12", "2025Q3", &ALL_FOUR));
    let found = at(&with(&["P12"], money), "2025Q3")
        .programmes
        .remove(0)
        .money;
    assert_eq!(
        (found.span, found.amounts.settled_ntd),
        (Some(Span::YearToDate), None)
    );
}

#[test]
fn year_end_money_is_provisional_until_settled() {
    let open = lines(1, "P12", "2024Q4", &ALL_FOUR);
    assert!(
        at(&with(&["P12"], open.clone()), "2024Q4")
            .programmes
            .remove(0)
            .money
            .provisional
    );
    let mut settled = open;
    settled.push(line(9, "P12", AmountKind::Settled, "2024", 990));
    let found = at(&with(&["P12"], settled), "2024Q4")
        .programmes
        .remove(0)
        .money;
    assert!(!found.provisional);
}

#[test]
fn a_broken_row_is_no_amount() {
    let mut money = lines(1, "P12", "2025Q3", &ALL_FOUR);
    money[1].intact = false;
    let found = at(&with(&["P12"], money), "2025Q3");
    assert_eq!(found.programmes[0].money.amounts.paid_ntd, None);
    assert_eq!(found.programmes[0].money.execution_rate, None);
}

#[test]
fn a_broken_withdrawal_leaves_the_amount_in_doubt() {
    let mut money = lines(1, "P12", "2025Q3", &ALL_FOUR);
    let mut damaged = line(9, "P13", AmountKind::Paid, "2025Q3", 0);
    (damaged.act, damaged.intact) = (Act::Withdraw(2), false);
    money.push(damaged);
    let found = at(&with(&["P12"], money), "2025Q3");
    let amounts = &found.programmes[0].money.amounts;
    assert_eq!((amounts.paid_ntd, amounts.payable_ntd), (None, Some(50)));
}

#[test]
fn totals_never_count_an_unknown_as_zero() {
    let mut money = lines(1, "P01", "2025Q3", &ALL_FOUR);
    money.extend(lines(
        11,
        "P02",
        "2025Q3",
        &[(AmountKind::PlannedSpend, 1000), (AmountKind::Paid, 100)],
    ));
    money.extend(lines(21, "P03", "2025Q3", &[(AmountKind::Paid, 7)]));
    let found = at(&with(&["P01", "P02", "P03", "P04"], money), "2025Q3");
    let total = &found.portfolio.money;
    assert_eq!(total.amounts.paid_ntd, Some(907));
    assert_eq!(total.amounts.planned_spend_ntd, Some(2000));
    assert_eq!(total.amounts.settled_ntd, None);
    // Execution: P01 alone knows both parts; disbursement: P01 and P02.
    assert_eq!(
        total.execution_rate.unwrap().fraction6().to_string(),
        "0.860000"
    );
    assert_eq!(
        total.disbursement_ratio.unwrap().fraction6().to_string(),
        "0.450000"
    );
    let finding = found
        .findings
        .iter()
        .find(|f| f.rule == "partial-sum@1")
        .unwrap();
    assert_eq!(
        finding.text.to_string(),
        "finding-partial-sum known=1 all=4"
    );
}

#[test]
fn last_years_rate_stands_beside_this_years() {
    let mut money = lines(1, "P01", "2025Q3", &ALL_FOUR);
    money.extend(lines(
        11,
        "P01",
        "2024Q3",
        &[
            (AmountKind::PlannedSpend, 1000),
            (AmountKind::Paid, 900),
            (AmountKind::Payable, 0),
            (AmountKind::Saved, 0),
        ],
    ));
    let found = at(&with(&["P01"], money), "2025Q3").portfolio;
    assert_eq!(found.execution_rate_last_year, Some(dec("0.9")));
    assert_eq!(found.disbursement_ratio_last_year, Some(dec("0.9")));
}

#[test]
fn an_agency_has_its_own_lines_or_the_sum_of_what_it_leads() {
    let led = lines(1, "P01", "2025Q3", &ALL_FOUR);
    let found = at(&with(&["P01"], led.clone()), "2025Q3");
    let agency = &found.agencies[0];
    assert_eq!(
        (agency.id.as_str(), agency.money.amounts.paid_ntd),
        ("NDC", Some(800))
    );
    assert_eq!(agency.programmes, ["P01"]);

    let mut own = line(31, "P01", AmountKind::Paid, "2025Q3", 555);
    (own.item.key.programme, own.item.key.agency) = (None, Some("NDC".into()));
    let mut both = led.clone();
    both.push(own.clone());
    assert_eq!(
        at(&with(&["P01"], both), "2025Q3").agencies[0]
            .money
            .amounts
            .paid_ntd,
        Some(555)
    );

    // An old line over the whole plan gives way to the year's programmes, and stands where there are none.
    own.item.key.span = Span::SinceBeginning;
    let mut old = led;
    old.push(own.clone());
    assert_eq!(
        at(&with(&["P01"], old), "2025Q3").agencies[0]
            .money
            .amounts
            .paid_ntd,
        Some(800)
    );
    assert_eq!(
        at(&with(&["P01"], vec![own]), "2025Q3").agencies[0]
            .money
            .amounts
            .paid_ntd,
        Some(555)
    );
    assert!(at(&with(&["P01"], vec![]), "2025Q3").agencies.is_empty());
}

fn lagging(known: &Snapshot, q: &str) -> Option<bool> {
    at(known, q).programmes.remove(0).lagging.lagging
}

#[test]
fn a_plan_lags_when_all_three_hold_and_never_in_the_first_quarter() {
    for (q, expected) in [
        ("2025Q1", None),
        ("2025Q2", Some(true)),
        ("2025Q3", Some(true)),
        ("2025Q4", Some(true)),
    ] {
        let mut known = with(&["P12"], lines(1, "P12", q, &ALL_FOUR));
        known.observations = vec![
            row(1, "P12/progress.planned", q, dec("60")),
            row(2, "P12/progress.actual", q, dec("41.6")),
        ];
        assert_eq!(lagging(&known, q), expected, "{q}");
    }
    let mut known = with(&["P12"], lines(1, "P12", "2025Q3", &ALL_FOUR));
    assert_eq!(lagging(&known, "2025Q3"), None, "progress unknown");
    known.observations = vec![
        row(1, "P12/progress.planned", "2025Q3", dec("60")),
        row(2, "P12/progress.actual", "2025Q3", dec("60")),
    ];
    assert_eq!(lagging(&known, "2025Q3"), Some(false), "not behind plan");
    let found = at(&known, "2025Q3").programmes.remove(0);
    assert_eq!(found.variance_points, Some(dec("0")));
    let conditions: Vec<_> = found
        .lagging
        .conditions
        .iter()
        .map(|c| (c.value, c.holds))
        .collect();
    assert_eq!(
        conditions,
        [
            (Some(dec("0.8")), Some(true)),
            (Some(dec("0.86")), Some(true)),
            (Some(dec("0")), Some(false))
        ]
    );
}

#[test]
fn control_levels_and_the_whole_time_are_not_looked_at() {
    let progress = vec![
        row(1, "P12/progress.planned", "2025Q3", dec("60")),
        row(2, "P12/progress.actual", "2025Q3", dec("41.6")),
    ];
    let mut known = with(&["P12"], lines(1, "P12", "2025Q3", &ALL_FOUR));
    known.observations = progress;
    known.register.programmes[0].control_level = Some("ey".into());
    assert_eq!(lagging(&known, "2025Q3"), Some(true));
    known.register.programmes[0].control_level = Some("self".into());
    assert_eq!(lagging(&known, "2025Q3"), None);
    known.register.programmes[0].control_level = None;
    for line in &mut known.money {
        line.item.key.span = Span::SinceBeginning;
    }
    assert_eq!(lagging(&known, "2025Q3"), None);
}

#[test]
fn the_legislative_yuans_rule_compares_with_the_allotment() {
    let amounts = [(AmountKind::Allotted, 1000), (AmountKind::Paid, 799)];
    let mut known = with(&["P12"], lines(1, "P12", "2025Q1", &amounts));
    known.register.rules.lagging = RuleSet::ly_80();
    assert_eq!(lagging(&known, "2025Q1"), Some(true));
    known.money[1].item.amount_ntd = 800;
    assert_eq!(lagging(&known, "2025Q1"), Some(false));
}
