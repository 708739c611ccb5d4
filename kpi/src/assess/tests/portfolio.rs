//! Programmes, portfolio, exceptions, due entries and findings together.

use crate::assess::{Risk, assess};
use crate::finding::{Finding, Severity};
use crate::indicator::{Combine, Frequency, Indicator, Road, Title};
use crate::message::Message;
use crate::money::AmountKind;
use crate::observation::Parts;
use crate::register::{Narrative, Node, Task};
use crate::snapshot::Snapshot;
use crate::status::Status;
use crate::testing::{dec, indicator, line, programme, quarter, row, series, snapshot, target};
use std::time::Instant;

fn rated(id: &str) -> Indicator {
    let mut i = indicator(id);
    i.targets = vec![target("2021", "100")];
    i
}

/// Programmes with one indicator each at these values.
fn board(values: &[(&str, Option<i64>)]) -> Snapshot {
    let programmes = values
        .iter()
        .map(|(id, _)| programme(id, vec![rated(&format!("{id}/x"))]))
        .collect();
    let rows = values
        .iter()
        .zip(1..)
        .filter_map(|((id, value), sequence)| {
            Some(row(sequence, &format!("{id}/x"), "2025Q3", (*value)?))
        })
        .collect();
    snapshot("2025-10-20", programmes, rows)
}

#[test]
fn counts_hold_every_status_and_add_up_to_the_programmes() {
    let known = board(&[
        ("P01", Some(100)),
        ("P02", Some(95)),
        ("P03", Some(10)),
        ("P04", None),
    ]);
    let found = assess(&known, quarter("2025Q3"));
    let counts = &found.portfolio.counts;
    assert_eq!(counts.len(), Status::ALL.len());
    assert_eq!(counts.values().sum::<usize>(), 4);
    for status in [
        Status::Met,
        Status::OnTrack,
        Status::Behind,
        Status::Unknown,
    ] {
        assert_eq!(counts[&status], 1, "{status:?}");
    }
    assert_eq!(found.programmes[3].unknown_cause, Some(Status::Late));
    assert_eq!(found.programmes[0].good, (1, 1));
    assert_eq!(found.portfolio.trend.len(), 12);
    let (last, now) = &found.portfolio.trend[11];
    assert_eq!((*last, now), (quarter("2025Q3"), counts));
}

#[test]
fn exceptions_are_ordered_by_money_points_and_age() {
    let mut known = board(&[
        ("P01", Some(50)),
        ("P02", Some(50)),
        ("P03", Some(10)),
        ("P04", None),
        ("P05", Some(100)),
    ]);
    known.observations.push(row(90, "P02/x", "2025Q2", 50));
    known.money = ["P01", "P02"]
        .iter()
        .zip([1, 11])
        .flat_map(|(id, first)| {
            [
                line(first, id, AmountKind::PlannedSpend, "2025Q3", 100),
                line(first + 1, id, AmountKind::Paid, "2025Q3", 60),
                line(first + 2, id, AmountKind::Payable, "2025Q3", 0),
                line(first + 3, id, AmountKind::Saved, "2025Q3", 0),
            ]
        })
        .collect();
    known.register.programmes[1].narratives = vec![Narrative {
        quarter: quarter("2025Q3"),
        reason: Some("委外採購二度流標".into()),
        measure: None,
        responsible: None,
        reported_on: None,
    }];
    let list = assess(&known, quarter("2025Q3")).exceptions;
    let order: Vec<_> = list
        .iter()
        .map(|e| (e.programme.as_str(), e.score))
        .collect();
    // P04 has been late in all twelve quarters: 40 x 100 x 12; P02 twice behind; P03 at the median of 40.
    assert_eq!(
        order,
        [
            ("P04", dec("48000")),
            ("P02", dec("4000")),
            ("P03", dec("3600")),
            ("P01", dec("2000"))
        ]
    );
    assert!(list[0].at_stake_is_median && !list[1].at_stake_is_median);
    assert_eq!(list[1].at_stake_ntd, Some(40));
    assert_eq!(list[1].reason.as_deref(), Some("委外採購二度流標"));
    assert_eq!(list[1].quarters_old, 1);
    assert_eq!(list[0].what.id, "exception-what-unknown");
    assert_eq!(list[1].why.id, "exception-why-indicator");
}

#[test]
fn equal_scores_are_ordered_by_id_and_nobodys_money_still_orders_by_points() {
    let known = board(&[("P02", Some(50)), ("P01", Some(50)), ("P03", Some(10))]);
    let list = assess(&known, quarter("2025Q3")).exceptions;
    let order: Vec<_> = list.iter().map(|e| e.programme.as_str()).collect();
    assert_eq!(order, ["P03", "P01", "P02"]);
    assert_eq!(list[0].at_stake_ntd, None);
}

#[test]
fn waiting_for_a_due_day_is_no_exception() {
    let known = board(&[("P01", None)]);
    let mut known = Snapshot {
        as_of: crate::calendar::parse_as_of("2025-10-05").unwrap(),
        ..known
    };
    let found = assess(&known, quarter("2025Q3"));
    assert_eq!(found.programmes[0].unknown_cause, Some(Status::NotDue));
    assert!(found.exceptions.is_empty());
    known.as_of = crate::calendar::parse_as_of("2025-10-20").unwrap();
    assert_eq!(assess(&known, quarter("2025Q3")).exceptions.len(), 1);
}

#[test]
fn risk_progress_and_tasks_come_from_their_series() {
    let mut known = board(&[("P06", Some(100))]);
    known.register.programmes[0].tasks = ["1", "2"]
        .map(|id| Task {
            id: id.into(),
            title: Title::default(),
            place: None,
        })
        .to_vec();
    known.observations.extend([
        row(11, "P06/risk", "2025Q3", 3),
        row(12, "P06/progress.planned", "2025Q3", dec("75.00")),
        row(13, "P06/progress.actual", "2025Q3", dec("60.25")),
        row(14, "P06/task.1", "2025Q1", 1),
        row(15, "P06/task.2", "2025Q4", 1),
    ]);
    let found = assess(&known, quarter("2025Q3")).programmes.remove(0);
    assert_eq!(found.risk, Some(Risk::High));
    assert_eq!(found.variance_points, Some(dec("-14.75")));
    let tasks: Vec<_> = found.tasks.iter().map(|t| (t.done, t.row)).collect();
    assert_eq!(tasks, [(true, Some(14)), (false, None)]);
    assert_eq!(found.tasks[0].done_on.unwrap().to_string(), "2025-03-31");
    // Screened again each quarter: last quarter's level does not stand on.
    assert_eq!(assess(&known, quarter("2025Q4")).programmes[0].risk, None);
}

#[test]
fn nodes_carry_their_indicators_and_the_portfolio_comes_last() {
    let mut known = board(&[]);
    known.register.nodes = vec![Node {
        id: "S4".into(),
        plan: "dgp2".into(),
        parent: None,
        title: Title::default(),
        short: None,
        title_zh_basis: "official".into(),
        place: None,
        indicators: vec![rated("S4/smart-service-usage")],
        tasks: Vec::new(),
    }];
    known.register.portfolio_indicators = vec![indicator("portfolio/imd-rank")];
    known.observations = vec![row(1, "S4/smart-service-usage", "2025Q3", 100)];
    let found = assess(&known, quarter("2025Q3")).nodes;
    assert_eq!(
        found.iter().map(|n| n.id.as_str()).collect::<Vec<_>>(),
        ["S4", "portfolio"]
    );
    assert_eq!(found[0].indicators[0].status, Status::Met);
}

#[test]
fn people_are_asked_for_what_is_due_in_the_quarter() {
    let mut month = rated("P01/month");
    month.frequency = Frequency::Month;
    let mut half = rated("P01/half");
    half.frequency = Frequency::Half;
    let mut year = rated("P01/year");
    year.frequency = Frequency::Year;
    year.responsible = Some("MOI".into());
    let mut fed = rated("P01/fed");
    fed.road = Road::Source;
    let known = snapshot(
        "2025-10-20",
        vec![programme(
            "P01",
            vec![rated("P01/x"), month, half, year, fed],
        )],
        vec![row(1, "P01/x", "2025Q3", 5), row(2, "P01/x", "2025Q2", 4)],
    );
    let due = |q: &str| -> Vec<String> {
        assess(&known, quarter(q))
            .due_entries
            .iter()
            .map(|d| format!("{}@{}", d.series, d.period))
            .collect()
    };
    assert_eq!(
        due("2025Q3"),
        [
            "P01/x@2025Q3",
            "P01/month@2025-07",
            "P01/month@2025-08",
            "P01/month@2025-09"
        ]
    );
    assert_eq!(due("2025Q2").last().unwrap(), "P01/half@2025H1");
    assert_eq!(due("2025Q4").last().unwrap(), "P01/year@2025");
    let entry = assess(&known, quarter("2025Q3")).due_entries.remove(0);
    assert_eq!(
        (entry.agency.as_str(), entry.filled, entry.row),
        ("NDC", true, Some(1))
    );
    assert_eq!(entry.due_on.unwrap().to_string(), "2025-10-10");
    assert_eq!(
        entry.last.map(|(p, v)| (p.to_string(), v)),
        Some(("2025Q2".into(), dec("4")))
    );
    let last = assess(&known, quarter("2025Q4")).due_entries.pop().unwrap();
    assert_eq!((last.agency.as_str(), last.filled), ("MOI", false));
}

/// 4.7 % beside 183 / 7,619, once with the parts kept beside it and once through the computed sibling.
#[test]
fn a_printed_rate_its_own_parts_do_not_give_is_a_finding() {
    for kept in [true, false] {
        let mut printed = indicator("P29/success-rate-printed");
        (printed.road, printed.unit) = (Road::Document, "percent".into());
        let mut computed = indicator("P29/success-rate-computed");
        (computed.road, computed.unit, computed.due_days) =
            (Road::Computed, "percent".into(), None);
        computed.computed_from = Some((series("P29/cases"), series("P29/suggestions")));
        let mut rows = vec![
            row(1, "P29/cases", "2019", 183),
            row(2, "P29/suggestions", "2019", 7619),
            row(3, "P29/success-rate-printed", "2019", dec("4.7")),
        ];
        rows[2].item.unit = "percent".into();
        if kept {
            rows[2].item.parts = Some(Parts {
                numerator: dec("183"),
                denominator: dec("7619"),
            });
        }
        let known = snapshot(
            "2025-10-20",
            vec![programme("P29", vec![printed, computed])],
            rows,
        );
        let findings = assess(&known, quarter("2025Q3")).findings;
        let [finding] = findings.as_slice() else {
            panic!("{findings:?}")
        };
        assert_eq!(finding.id, "printed-ratio@1:P29/success-rate-printed@2019");
        let text = finding.text.to_string();
        for part in ["0.047", "183", "7619", "0.024019", "3853", "3935"] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
}

#[test]
fn a_ratio_that_its_parts_give_is_no_finding() {
    let mut share = row(1, "P01/x", "2025Q3", dec("74.03"));
    share.item.unit = "percent".into();
    share.item.parts = Some(Parts {
        numerator: dec("36803"),
        denominator: dec("49714"),
    });
    let known = snapshot(
        "2025-10-20",
        vec![programme("P01", vec![rated("P01/x")])],
        vec![share],
    );
    assert!(assess(&known, quarter("2025Q3")).findings.is_empty());
}

#[test]
fn an_ended_plan_names_the_last_quarter_that_asks() {
    let mut known = board(&[("P01", None)]);
    known.register.programmes[0].indicators[0].valid_to = Some(quarter("2025Q2").end());
    let at = |q: &str| assess(&known, quarter(q));
    assert_eq!(at("2025Q2").last_asked, None, "it asks itself");
    assert_eq!(at("2026Q3").last_asked, Some(quarter("2025Q2")));
    assert!(at("2026Q3").due_entries.is_empty());
}

#[test]
fn a_row_without_indicators_waits_and_is_no_exception() {
    let known = snapshot("2025-10-20", vec![programme("P01", Vec::new())], Vec::new());
    let found = assess(&known, quarter("2025Q3"));
    assert_eq!(found.programmes[0].status, Status::Unknown);
    assert!(found.exceptions.is_empty(), "{:?}", found.exceptions);
}

#[test]
fn tasks_of_a_strategy_stand_like_those_of_a_programme() {
    use crate::register::{Node, Task};
    let mut known = board(&[]);
    known.register.nodes = vec![Node {
        id: "S1".into(),
        plan: "dgp2".into(),
        parent: None,
        title: Default::default(),
        short: None,
        title_zh_basis: "translated".into(),
        place: None,
        indicators: Vec::new(),
        tasks: ["1", "2"]
            .map(|id| Task {
                id: id.into(),
                title: Default::default(),
                place: None,
            })
            .into(),
    }];
    known.observations = vec![row(1, "S1/task.2", "2025Q3", 1)];
    let found = assess(&known, quarter("2025Q3"));
    let tasks: Vec<_> = found.nodes[0].tasks.iter().map(|t| t.done).collect();
    assert_eq!(tasks, [false, true]);
}

#[test]
fn a_printed_ratio_is_checked_with_the_decimals_that_were_printed() {
    // 183 / 7,700 = 2.377 %: printed as 2.4 it holds, printed as 2.40 it does not.
    for (printed, findings) in [("2.4", 0), ("2.40", 1)] {
        let mut ratio = row(1, "P01/x", "2025Q3", dec(printed));
        ratio.item.unit = "percent".into();
        ratio.item.parts = Some(Parts {
            numerator: dec("183"),
            denominator: dec("7700"),
        });
        let known = snapshot(
            "2025-10-20",
            vec![programme("P01", vec![rated("P01/x")])],
            vec![ratio],
        );
        let found = assess(&known, quarter("2025Q3")).findings;
        let found = found.iter().filter(|f| f.rule == "printed-ratio@1").count();
        assert_eq!(found, findings, "{printed}");
    }
}

#[test]
fn recorded_findings_pass_through_and_are_not_raised_twice() {
    let mut known = board(&[("P01", Some(100))]);
    let mut changed = target("2021", "90");
    changed.set_on = Some(crate::calendar::parse_date("2024-12-20").unwrap());
    known.register.programmes[0].indicators[0]
        .targets
        .push(changed);
    let recorded = Finding::new(
        "row-count-drop@1",
        Severity::Warning,
        None,
        Some("cat"),
        Message::new("x"),
    );
    known.findings = vec![recorded.clone()];
    let once = assess(&known, quarter("2025Q3")).findings;
    assert_eq!((once.len(), &once[0]), (2, &recorded));
    assert_eq!(once[1].id, "target-changed@1:P01/x.target@2025Q3");
    known.findings = once.clone();
    assert_eq!(assess(&known, quarter("2025Q3")).findings, once);
}

#[test]
fn a_changed_target_and_a_jump_are_noticed() {
    let mut known = board(&[("P01", Some(100))]);
    let mut changed = target("2021", "90");
    changed.set_on = Some(crate::calendar::parse_date("2024-12-20").unwrap());
    known.register.programmes[0].indicators[0]
        .targets
        .push(changed);
    known.observations.push(row(9, "P01/x", "2025Q2", 7));
    let rules: Vec<_> = assess(&known, quarter("2025Q3"))
        .findings
        .into_iter()
        .map(|f| f.id)
        .collect();
    assert_eq!(
        rules,
        [
            "target-changed@1:P01/x.target@2025Q3",
            "value-jump@1:P01/x@2025Q3"
        ]
    );
}

#[test]
fn nothing_known_is_assessed_too() {
    let found = assess(&Snapshot::default(), quarter("2025Q3"));
    assert_eq!(found.programmes.len(), 0);
    assert_eq!(found.nodes.len(), 1);
    assert_eq!(found.portfolio.counts.values().sum::<usize>(), 0);
    assert!(found.exceptions.is_empty() && found.findings.is_empty());
}

/// 29 programmes with three indicators, 20 quarters of readings by month and of money. The figure asked for is
/// 10 ms in release; the limit here is that of a debug build on a busy machine.
#[test]
fn a_full_board_is_assessed_at_once() {
    let ids: Vec<String> = (1..=29).map(|n| format!("P{n:02}")).collect();
    let programmes = ids
        .iter()
        .map(|id| {
            let indicators = ["a", "b", "c"].map(|name| {
                let mut i = rated(&format!("{id}/{name}"));
                if name == "c" {
                    (i.frequency, i.combine) = (Frequency::Month, Combine::Sum);
                }
                i
            });
            programme(id, indicators.to_vec())
        })
        .collect();
    let mut rows = Vec::new();
    let mut money = Vec::new();
    let mut sequence = 0;
    let mut next = || {
        sequence += 1;
        sequence
    };
    for id in &ids {
        for at in 0..20 {
            let q = quarter("2020Q4").plus(at);
            for name in ["a", "b", "progress.planned", "progress.actual", "risk"] {
                rows.push(row(next(), &format!("{id}/{name}"), &q.to_string(), 2));
            }
            for month in 0..3 {
                let month = format!("{}-{:02}", q.year, u32::from(q.number) * 3 - month);
                rows.push(row(next(), &format!("{id}/c"), &month, 40));
            }
            for kind in AmountKind::ALL {
                money.push(line(next(), id, kind, &q.to_string(), 1000));
            }
        }
    }
    let mut known = snapshot("2025-10-20", programmes, rows);
    known.money = money;
    assert!(known.observations.len() + known.money.len() > 6_000);
    let took = (0..5)
        .map(|_| {
            let started = Instant::now();
            let found = assess(&known, quarter("2025Q3"));
            assert_eq!(found.programmes.len(), 29);
            started.elapsed()
        })
        .min()
        .unwrap();
    println!("assessed in {took:?}");
    assert!(took.as_millis() < 2_000, "{took:?}");
}
