//! Both accumulations, transfers, rule sets, the way out, milestones.

use super::milestones::milestone;
use super::money::{at, lines, with};
use crate::address::FigureAddress;
use crate::agency::Agency;
use crate::assess::Assumption;
use crate::explain::{RowState, explain};
use crate::indicator::Title;
use crate::money::{AmountKind, BudgetChange, Span};
use crate::money_rates::ratio;
use crate::observation::Recorded;
use crate::register::Narrative;
use crate::rules::{Comparison, Condition, Measure, RuleSet};
use crate::snapshot::Snapshot;
use crate::testing::{dec, line, period, quarter, row};
use AmountKind::{Allotted, Available, Budget, Paid, Payable, PlannedSpend, Saved};
use proptest::prelude::*;
use rust_decimal::Decimal;

pub(super) fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

fn agency(id: &str) -> Agency {
    Agency {
        id: id.into(),
        names: Vec::new(),
        aliases: Vec::new(),
    }
}

fn year(
    first: i64,
    id: &str,
    at: &str,
    planned: i64,
    paid: i64,
) -> Vec<Recorded<crate::money::MoneyLine>> {
    let amounts = [
        (PlannedSpend, planned),
        (Paid, paid),
        (Payable, 0),
        (Saved, 0),
    ];
    lines(first, id, at, &amounts)
}

#[test]
fn both_accumulations_stand_side_by_side_for_programmes_agencies_and_all() {
    let mut money = year(1, "P01", "2025Q3", 1000, 800);
    money.extend(year(11, "P01", "2024Q3", 1000, 900));
    let mut since = year(21, "P01", "2025Q3", 5000, 4600);
    for line in &mut since {
        line.item.key.span = Span::SinceBeginning;
    }
    money.extend(since);
    let found = at(&with(&["P01"], money), "2025Q3");
    for accounts in [
        &found.programmes[0].accounts,
        &found.agencies[0].accounts,
        &found.portfolio.accounts,
    ] {
        let both = [&accounts.year_to_date, &accounts.since_beginning];
        assert_eq!(both.map(|m| m.amounts.paid_ntd), [Some(800), Some(4600)]);
        assert_eq!(
            both.map(|m| m.span),
            [Some(Span::YearToDate), Some(Span::SinceBeginning)]
        );
        assert_eq!(
            accounts.change_points(|m| m.execution_rate),
            Some(dec("-10.0"))
        );
    }
    let points: Vec<_> = found
        .portfolio
        .money_history
        .iter()
        .filter_map(|p| Some((p.quarter.to_string(), p.planned_ntd?, p.executed_ntd?)))
        .collect();
    assert_eq!(
        points,
        [("2024Q3".into(), 1000, 900), ("2025Q3".into(), 1000, 800)]
    );
}

#[test]
fn the_plan_of_months_to_come_is_no_cut_off() {
    let mut money = lines(1, "P12", "2025-10", &[(Paid, 5), (PlannedSpend, 10)]);
    money.extend(lines(11, "P12", "2025-11", &[(PlannedSpend, 20)]));
    money.extend(lines(21, "P12", "2025-12", &[(PlannedSpend, 30)]));
    let found = at(&with(&["P12"], money), "2025Q4")
        .programmes
        .remove(0)
        .money;
    assert_eq!(found.period.unwrap(), period("2025-10"));
    assert_eq!(
        (found.amounts.paid_ntd, found.amounts.planned_spend_ntd),
        (Some(5), Some(10))
    );
}

#[test]
fn a_programme_of_two_agencies_is_their_sum_and_each_has_its_share() {
    let of = |first, agency: &str, kind, amount| {
        let mut line = line(first, "P12", kind, "2025Q3", amount);
        line.item.key.agency = Some(agency.into());
        line
    };
    let mut known = with(
        &["P12"],
        vec![
            of(1, "MOF", Paid, 70),
            of(2, "MOI", Paid, 30),
            of(3, "MOF", PlannedSpend, 100),
        ],
    );
    known.register.agencies = vec![agency("MOF"), agency("MOI")];
    let found = at(&known, "2025Q3");
    let amounts = found.programmes[0].money.amounts;
    assert_eq!(amounts.paid_ntd, Some(100));
    assert_eq!(amounts.planned_spend_ntd, None, "one share is not known");
    let shares: Vec<_> = found
        .agencies
        .iter()
        .map(|a| (a.id.as_str(), a.money.amounts.paid_ntd))
        .collect();
    assert_eq!(shares, [("MOF", Some(70)), ("MOI", Some(30))]);
}

proptest! {
    #[test]
    fn where_every_line_names_programme_and_agency_both_sums_agree(
        amounts in proptest::collection::vec((0_usize..4, 0_usize..3, 0_usize..4, any::<i32>()), 1..40)
    ) {
        let programmes = ["P01", "P02", "P03", "P04"];
        let agencies = ["MOF", "MOI", "NDC"];
        let kinds = [Paid, Payable, Saved, PlannedSpend];
        // Every agency of a programme reports the same kinds, so that none is unknown.
        let mut money = Vec::new();
        for (p, a, _, amount) in &amounts {
            for (at, kind) in kinds.into_iter().enumerate() {
                let number = i64::try_from(money.len()).unwrap() + 1;
                let mut line = line(number, programmes[*p], kind, "2025Q3", i64::from(*amount) + i64::try_from(at).unwrap());
                line.item.key.agency = Some(agencies[*a].into());
                money.push(line);
            }
        }
        let mut known = with(&programmes, money);
        known.register.agencies = agencies.map(agency).into();
        let found = at(&known, "2025Q3");
        for kind in kinds {
            let by_programme: i64 = found.programmes.iter().filter_map(|p| p.money.amounts.get(kind)).sum();
            let by_agency: i64 = found.agencies.iter().filter_map(|a| a.money.amounts.get(kind)).sum();
            prop_assert_eq!(by_programme, by_agency);
            prop_assert_eq!(found.portfolio.money.amounts.get(kind), Some(by_programme));
        }
    }
}

fn change(
    id: &str,
    on: &str,
    from: Option<&str>,
    to: Option<&str>,
    amount_ntd: i64,
) -> BudgetChange {
    BudgetChange {
        id: id.into(),
        on: day(on),
        fiscal_year: day(on).to_string()[..4].parse().unwrap(),
        from: from.map(str::to_owned),
        to: to.map(str::to_owned),
        amount_ntd,
        document: "letter".into(),
        place: None,
        note: None,
    }
}

#[test]
fn transfers_and_supplements_are_added_to_lines_that_stood_before_them() {
    let mut money = lines(1, "P13", "2025", &[(Budget, 1000), (Available, 1100)]);
    money.extend(lines(11, "P17", "2025", &[(Budget, 500), (Available, 500)]));
    money.extend(lines(21, "P13", "2025Q3", &[(Paid, 1)]));
    let mut known = with(&["P13", "P17"], money);
    known.register.budget_changes = vec![
        change("t1", "2025-09-12", Some("P13"), Some("P17"), 120),
        change("s1", "2025-08-20", None, Some("P17"), 60),
        change("later", "2025-11-01", Some("P13"), None, 7),
        change("other-year", "2024-09-12", Some("P13"), None, 9),
    ];
    let of = |q: &str| {
        let found = at(&known, q);
        let money = |at: usize| {
            let m = &found.programmes[at].money;
            (m.amounts.budget_ntd, m.amounts.available_ntd, m.changed_ntd)
        };
        (
            money(0),
            money(1),
            found.findings.iter().any(|f| f.rule == "budget-change@1"),
        )
    };
    assert_eq!(
        of("2025Q2"),
        (
            (Some(1000), Some(1100), 0),
            (Some(500), Some(500), 0),
            false
        )
    );
    assert_eq!(
        of("2025Q3"),
        (
            (Some(880), Some(980), -120),
            (Some(680), Some(680), 180),
            false
        )
    );
    assert_eq!(
        of("2025Q4"),
        (
            (Some(873), Some(973), -127),
            (Some(680), Some(680), 180),
            false
        )
    );
}

#[test]
fn a_line_that_stands_after_a_change_contains_it_and_an_unexplained_one_is_a_finding() {
    let mut money = lines(1, "P21", "2025Q2", &[(Budget, 194)]);
    money.extend(lines(11, "P21", "2025Q3", &[(Budget, 200)]));
    let mut known = with(&["P21"], money);
    let unexplained = |known: &Snapshot| {
        let found = at(known, "2025Q3");
        assert_eq!(found.programmes[0].money.amounts.budget_ntd, Some(200));
        found.findings.iter().any(|f| f.rule == "budget-change@1")
    };
    assert!(unexplained(&known));
    known.register.budget_changes = vec![change("s1", "2025-08-20", None, Some("P21"), 6)];
    assert!(!unexplained(&known));
}

/// A plan of the year to 2025Q3 that NDC's rule names, with what is planned for the year's end.
fn named(planned: i64, executed: i64, at_year_end: Option<i64>) -> Snapshot {
    let mut money = year(1, "P12", "2025Q3", planned, executed);
    if let Some(amount) = at_year_end {
        money.push(line(9, "P12", PlannedSpend, "2025-12", amount));
    }
    let mut known = with(&["P12"], money);
    known.observations = vec![
        row(1, "P12/progress.planned", "2025Q3", dec("60")),
        row(2, "P12/progress.actual", "2025Q3", dec("41.6")),
    ];
    known
}

#[test]
fn the_way_out_names_money_progress_and_what_it_rests_on() {
    let mut known = named(1000, 700, Some(2001));
    let way =
        |known: &Snapshot, q: &str| at(known, q).programmes.remove(0).lagging.way_out.unwrap();
    let found = way(&known, "2025Q3");
    assert_eq!(found.by.to_string(), "2025Q4");
    // 90 % of 2,001 is 1,800.9: a whole NT$ more, less the 700 executed.
    assert_eq!(
        (found.execute_ntd, found.base_ntd, found.base_assumed),
        (Some(1101), Some(2001), None)
    );
    assert_eq!(
        (
            found.progress_percent,
            found.progress_points,
            found.progress_assumed
        ),
        (
            Some(dec("60")),
            Some(dec("18.4")),
            Some(Assumption::PresentBase)
        )
    );
    known
        .observations
        .push(row(3, "P12/progress.planned", "2025Q4", dec("100")));
    let found = way(&known, "2025Q3");
    assert_eq!(
        (found.progress_points, found.progress_assumed),
        (Some(dec("58.4")), None)
    );
    // Without a plan of the year's end it counts on today's, and says so.
    let found = way(&named(1000, 700, None), "2025Q3");
    assert_eq!(
        (found.execute_ntd, found.base_assumed),
        (Some(200), Some(Assumption::PresentBase))
    );
}

#[test]
fn after_the_fourth_quarter_the_year_begins_anew() {
    let mut known = with(&["P12"], year(1, "P12", "2025Q4", 1000, 700));
    known
        .money
        .extend(lines(11, "P12", "2025Q2", &[(PlannedSpend, 400)]));
    known.observations = vec![
        row(1, "P12/progress.planned", "2025Q4", dec("100")),
        row(2, "P12/progress.actual", "2025Q4", dec("81.6")),
        row(3, "P12/progress.planned", "2025Q2", dec("45")),
    ];
    let found = at(&known, "2025Q4")
        .programmes
        .remove(0)
        .lagging
        .way_out
        .unwrap();
    assert_eq!(
        (found.by.to_string(), found.new_year),
        ("2026Q2".into(), true)
    );
    assert_eq!(
        (found.execute_ntd, found.base_assumed),
        (Some(360), Some(Assumption::LastYear))
    );
    assert_eq!(
        (found.progress_percent, found.progress_points),
        (Some(dec("45")), None)
    );
}

proptest! {
    /// The money way out, once executed, leaves the list, and one NT$ less does not; the same for progress.
    #[test]
    fn the_way_out_once_done_leaves_the_list(
        planned in 1_i64..10_000_000_000, share in 0_i64..9_000, at_year_end in 1_i64..20_000_000_000,
        planned_progress in 1_i64..10_000, behind in 1_i64..10_000, known_plan in any::<bool>(),
        limit in 1_i64..=100, at_most in any::<bool>(),
    ) {
        let executed = planned / 10_000 * share;
        // A cumulative plan does not fall within its year; what was executed of a tiny one would be refused.
        let at_year_end = at_year_end.max(planned);
        let mut known = named(planned, executed, known_plan.then_some(at_year_end));
        let percent = |hundredths: i64| Decimal::new(hundredths, 2);
        known.observations = vec![
            row(1, "P12/progress.planned", "2025Q3", percent(planned_progress)),
            row(2, "P12/progress.actual", "2025Q3", percent(planned_progress - behind)),
        ];
        // An office's own rule with any limit.
        let comparison = if at_most { Comparison::AtMost } else { Comparison::Under };
        let under = |measure, limit| Condition { measure, comparison, limit };
        known.register.rules.lagging = RuleSet {
            conditions: vec![
                under(Measure::DisbursementRatio, Decimal::new(limit, 2)),
                under(Measure::ExecutionRate, Decimal::new(limit, 2)),
                under(Measure::Variance, Decimal::ZERO),
            ],
            ..RuleSet::ndc_110q2()
        };
        let Some(way) = at(&known, "2025Q3").programmes.remove(0).lagging.way_out else {
            return Ok(()); // not named to begin with
        };
        let (execute, base) = (way.execute_ntd.unwrap(), way.base_ntd.unwrap());
        prop_assert_eq!(way.base_assumed.is_none(), known_plan);
        let then = |more: i64, actual: Decimal| {
            let mut later = known.clone();
            later.money = year(101, "P12", "2025Q4", base, executed + more);
            later.observations = vec![
                row(1, "P12/progress.planned", "2025Q4", percent(planned_progress)),
                row(2, "P12/progress.actual", "2025Q4", actual),
            ];
            at(&later, "2025Q4").programmes.remove(0).lagging.lagging
        };
        let behind_plan = percent(planned_progress - behind);
        prop_assert_eq!(then(execute, behind_plan), Some(false));
        if execute > 0 {
            prop_assert_eq!(then(execute - 1, behind_plan), Some(true));
        }
        // By progress alone, executing nothing more.
        if execute > 0 {
            let reach = way.progress_percent.unwrap();
            prop_assert_eq!(then(0, reach), Some(false));
            prop_assert_eq!(then(0, reach - Decimal::new(1, 2)), Some(true));
        }
    }

    #[test]
    fn nothing_of_control_panics(amounts in proptest::collection::vec(any::<i64>(), 9), progress in any::<i64>()) {
        let pairs: Vec<_> = AmountKind::ALL.into_iter().zip(amounts).collect();
        let mut known = with(&["P12"], lines(1, "P12", "2025Q3", &pairs));
        known.money.extend(lines(11, "P12", "2025Q2", &pairs));
        known.observations = vec![
            row(1, "P12/progress.planned", "2025Q3", Decimal::from(progress)),
            row(2, "P12/progress.actual", "2025Q3", Decimal::from(progress.wrapping_neg())),
        ];
        known.register.budget_changes = vec![change("t", "2025-08-01", Some("P12"), None, i64::MAX)];
        for rule in RuleSet::built_in() {
            known.register.rules.lagging = rule;
            let found = at(&known, "2025Q3");
            prop_assert_eq!(found.programmes.len(), 1);
        }
    }
}

#[test]
fn an_offices_own_rule_names_by_its_own_conditions_and_levels() {
    let mut known = named(1000, 700, None);
    known.register.rules.lagging = RuleSet {
        id: "own".into(),
        title: Some(Title::default()),
        source: Some("Letter 123".into()),
        from_quarter: 1,
        levels: Some(vec!["self".into()]),
        conditions: vec![Condition {
            measure: Measure::ExecutionRate,
            comparison: Comparison::AtMost,
            limit: dec("0.7"),
        }],
    };
    let of = |known: &Snapshot| at(known, "2025Q3").programmes.remove(0).lagging;
    assert_eq!(of(&known).lagging, Some(true));
    let way = of(&known).way_out.unwrap();
    assert_eq!((way.execute_ntd, way.progress_percent), (Some(1), None));
    known.register.programmes[0].control_level = Some("ey".into());
    let found = of(&known);
    assert_eq!(found.lagging, None);
    assert_eq!(found.not_looked_at.unwrap().id, "rule-not-this-level");
}

#[test]
fn a_low_rate_asks_for_its_cause_and_a_high_one_to_be_confirmed() {
    let rules = |known: &Snapshot| -> Vec<String> {
        let found = at(known, "2025Q3");
        found.findings.iter().map(|f| f.rule.clone()).collect()
    };
    let mut known = with(&["P12"], year(1, "P12", "2025Q3", 1000, 799));
    assert!(rules(&known).contains(&"cause-missing@1".to_owned()));
    known.register.programmes[0].narratives = vec![Narrative {
        quarter: quarter("2025Q3"),
        reason: Some("r".into()),
        measure: Some("m".into()),
        responsible: None,
        reported_on: None,
    }];
    let found = at(&known, "2025Q3");
    let asked = found
        .findings
        .iter()
        .find(|f| f.rule == "cause-missing@1")
        .unwrap();
    assert!(
        asked.text.to_string().contains("narrative-responsible"),
        "{}",
        asked.text
    );
    known.register.programmes[0].narratives[0].responsible = Some("unit".into());
    assert!(!rules(&known).contains(&"cause-missing@1".to_owned()));

    let mut known = with(&["P25"], year(1, "P25", "2025Q3", 1000, 1019));
    assert!(rules(&known).contains(&"above-plan@1".to_owned()));
    known.observations = vec![row(1, "P25/confirm.execution_rate", "2025Q3", 1)];
    assert!(!rules(&known).contains(&"above-plan@1".to_owned()));
    let known = with(&["P25"], year(1, "P25", "2025Q3", 1000, 10_000));
    assert!(rules(&known).contains(&"implausible-rate@1".to_owned()));
    // What was received is kept and does not count: no rate, no sum, and the finding names it.
    let found = at(&known, "2025Q3");
    let money = &found.programmes[0].money;
    assert_eq!((money.execution_rate, money.amounts.paid_ntd), (None, None));
    assert!(money.amounts.planned_spend_ntd.is_some());
    let refused = money.refused.as_ref().unwrap();
    assert!(refused.rate > refused.limit && !refused.amounts.is_empty());
    assert_eq!(found.portfolio.money.amounts.paid_ntd, None, "not zero");
    let figure = FigureAddress::parse("P25/budget.paid@2025Q3").unwrap();
    let told = explain(&known, &found, &figure).unwrap();
    assert_eq!(told.value, None);
    assert!(
        told.rows
            .iter()
            .any(|row| row.state == RowState::Refused && row.value.is_some())
    );
}

#[test]
fn what_people_enter_as_cause_stands_beside_the_file_and_is_asked_for_in_the_grid() {
    let mut known = with(&["P12"], year(1, "P12", "2025Q3", 1000, 700));
    known.register.programmes[0].narratives = vec![Narrative {
        quarter: quarter("2025Q3"),
        reason: Some("from the file".into()),
        measure: None,
        responsible: None,
        reported_on: None,
    }];
    let due = |known: &Snapshot| -> Vec<(String, bool)> {
        let found = at(known, "2025Q3").due_entries;
        found
            .iter()
            .map(|e| (e.series.to_string(), e.filled))
            .collect()
    };
    let named = |part: &str| format!("P12/narrative.{part}");
    assert_eq!(
        due(&known),
        [
            (named("reason"), true),
            (named("responsible"), false),
            (named("measure"), false)
        ]
    );
    let mut entered = row(1, "P12/narrative.measure", "2025Q3", 1);
    entered.item.printed = Some("two more people".into());
    known.observations = vec![entered];
    assert_eq!(due(&known)[2], (named("measure"), true));
    let told = at(&known, "2025Q3").programmes.remove(0).narrative.unwrap();
    assert_eq!(told.reason.as_deref(), Some("from the file"));
    assert_eq!(told.measure.as_deref(), Some("two more people"));
}

/// P is what was planned; realised of allotted keeps to the allotment.
#[test]
fn the_ratios_of_the_tables_are_those_of_the_amounts() {
    let found = at(
        &with(&["P12"], year(1, "P12", "2025Q3", 1313, 1007)),
        "2025Q3",
    );
    let money = &found.programmes[0].money;
    assert_eq!(money.disbursement_ratio, ratio(Some(1007), Some(1313)));
    assert_eq!(money.realised, None, "nothing was allotted");
    let mut both = lines(1, "P12", "2025Q3", &[(Allotted, 1313), (Paid, 1007)]);
    both.extend(lines(11, "P12", "2025Q3", &[(PlannedSpend, 2000)]));
    let found = at(&with(&["P12"], both), "2025Q3");
    let money = &found.programmes[0].money;
    assert_eq!(money.realised, ratio(Some(1007), Some(1313)));
    assert_eq!(money.disbursement_ratio, ratio(Some(1007), Some(2000)));
}

#[test]
fn every_new_figure_says_where_it_comes_from() {
    use crate::address::FigureAddress;
    let mut money = year(1, "P01", "2025Q3", 1000, 800);
    let mut since = year(21, "P01", "2025Q3", 5000, 4600);
    for line in &mut since {
        line.item.key.span = Span::SinceBeginning;
    }
    money.extend(since);
    money.push(line(41, "P01", Budget, "2025", 1000));
    let mut known = with(&["P01"], money);
    known.register.budget_changes = vec![change("t1", "2025-09-12", Some("P01"), None, 120)];
    known.register.programmes[0].milestones = vec![milestone("1", 100, &[("2025-08-31", None)])];
    known.observations = vec![row(50, "P01/milestone.1", "2025Q3", 1)];
    let found = at(&known, "2025Q3");
    let explained = |address: &str| {
        let figure = FigureAddress::parse(address).unwrap();
        crate::explain::explain(&known, &found, &figure).unwrap()
    };
    let paid = explained("P01/budget-total.paid@2025Q3");
    assert_eq!(paid.value, Some(crate::message::Arg::Ntd(4600)));
    let rows: Vec<i64> = paid.rows.iter().map(|row| row.sequence).collect();
    assert_eq!(rows, [22]);
    // A budget with a transfer after its line shows both.
    let budget = explained("P01/budget.amount@2025Q3");
    assert_eq!(budget.value, Some(crate::message::Arg::Ntd(880)));
    assert_eq!(budget.parts.len(), 1);
    assert!(budget.formula.unwrap().to_string().contains("-120"));
    let milestone = explained("P01/milestone.1@2025Q3");
    assert_eq!(milestone.rows.len(), 1);
    assert_eq!(milestone.parts.len(), 1);
}
