//! Data quality as a controller would check it: what is asked about, what is not, and what a rule refuses.

use crate::assess::{Assessment, assess};
use crate::finding::Severity;
use crate::indicator::{Combine, Frequency, Indicator, Kind};
use crate::money::AmountKind;
use crate::observation::{Parts, Qualifier, Reading};
use crate::rules::Refusing;
use crate::snapshot::Snapshot;
use crate::status::Status;
use crate::testing::{dec, indicator, line, programme, quarter, row, snapshot, target};
use crate::validation::{Expression, Missing, Operator, ValidationRule};

fn known(indicator: Indicator, values: &[(&str, &str)]) -> Snapshot {
    let rows = (1..)
        .zip(values)
        .map(|(sequence, (at, value))| {
            let mut row = row(sequence, &indicator.series.to_string(), at, dec(value));
            row.item.unit = indicator.unit.as_str().into();
            row
        })
        .collect();
    snapshot("2026-03-31", vec![programme("P01", vec![indicator])], rows)
}

/// Rule names of the findings, in their order.
fn rules(found: &Assessment) -> Vec<&str> {
    found.findings.iter().map(|f| f.rule.as_str()).collect()
}

/// Quarters one after the other, the last one 2025Q4, with these values.
fn quarters<'a>(values: &[&'a str]) -> Vec<(String, &'a str)> {
    let first = quarter("2025Q4").plus(1 - i32::try_from(values.len()).unwrap());
    (0..)
        .zip(values)
        .map(|(at, value)| (first.plus(at).to_string(), *value))
        .collect()
}

fn asked(indicator: Indicator, values: &[&str]) -> Vec<String> {
    let quarters = quarters(values);
    let values: Vec<_> = quarters.iter().map(|(at, v)| (at.as_str(), *v)).collect();
    let found = assess(&known(indicator, &values), quarter("2025Q4"));
    rules(&found).into_iter().map(str::to_owned).collect()
}

fn count() -> Indicator {
    indicator("P01/x")
}

fn percent() -> Indicator {
    let mut i = indicator("P01/x");
    (i.kind, i.unit) = (Kind::Ratio, "percent".into());
    i
}

#[test]
fn thousands_taken_for_units_are_one_finding() {
    assert_eq!(asked(count(), &["28132", "28900000"]), ["unit-factor@1"]);
    assert_eq!(asked(count(), &["28900000", "28132"]), ["unit-factor@1"]);
    // Ten times is a jump, and not a unit of a thousand.
    assert_eq!(asked(count(), &["28132", "289000"]), ["value-jump@1"]);
    assert_eq!(asked(count(), &["28132", "30000"]), [""; 0]);
    // The last known value counts, however old.
    let found = assess(
        &known(count(), &[("2025Q1", "50"), ("2025Q4", "50000")]),
        quarter("2025Q4"),
    );
    assert_eq!(rules(&found), ["unit-factor@1"]);
    // Another definition may count otherwise.
    let mut other = known(count(), &[("2025Q3", "50"), ("2025Q4", "50000")]);
    other.observations[1].item.definition_version = 2;
    assert_eq!(rules(&assess(&other, quarter("2025Q4"))), [""; 0]);
}

#[test]
fn amounts_are_looked_at_too() {
    let money = |q3: i64, q4: i64| {
        let mut known = known(count(), &[]);
        known.money = vec![
            line(1, "P01", AmountKind::Paid, "2025Q3", q3),
            line(2, "P01", AmountKind::Paid, "2025Q4", q4),
        ];
        let found = assess(&known, quarter("2025Q4"));
        let ids: Vec<String> = found.findings.iter().map(|f| f.id.clone()).collect();
        ids.into_iter()
            .filter(|id| !id.starts_with("partial-sum"))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        money(28_132_000, 29_500),
        ["unit-factor@1:P01/budget.paid@2025Q4"]
    );
    assert_eq!(
        money(28_132_000, 28_131_999),
        ["cumulative-falls@1:P01/budget.paid@2025Q4"]
    );
    assert_eq!(
        money(28_132_000, -5),
        [
            "negative@1:P01/budget.paid@2025Q4",
            "cumulative-falls@1:P01/budget.paid@2025Q4"
        ]
    );
    assert_eq!(money(28_132_000, 30_000_000), [""; 0]);
}

#[test]
fn signs_are_asked_about_where_they_cannot_be() {
    assert_eq!(asked(count(), &["5", "-5"]), ["negative@1"]);
    // A growth rate may well turn.
    assert_eq!(asked(percent(), &["1.5", "-1.5"]), [""; 0]);
    let mut amount = count();
    amount.kind = Kind::Amount;
    assert_eq!(asked(amount, &["500", "-480"]), ["sign-change@1"]);
}

#[test]
fn execution_above_100_percent_is_real_and_a_share_is_not() {
    assert_eq!(asked(percent(), &["104.2"]), [""; 0]);
    let mut share = percent();
    share.share = Some(true);
    assert_eq!(asked(share.clone(), &["104.2"]), ["share-range@1"]);
    assert_eq!(asked(share.clone(), &["100"]), [""; 0]);
    assert_eq!(asked(share, &["-0.1"]), ["share-range@1"]);
    let with_parts = |indicator: Indicator| {
        let mut known = known(indicator, &[("2025Q4", "104")]);
        known.observations[0].item.parts = Some(Parts {
            numerator: dec("104"),
            denominator: dec("100"),
        });
        let found = assess(&known, quarter("2025Q4"));
        rules(&found).contains(&"share-range@1")
    };
    assert!(with_parts(percent()));
    // The office says that it may exceed 100 %, or its target does.
    let mut may = percent();
    may.share = Some(false);
    assert!(!with_parts(may));
    let mut aimed = percent();
    aimed.targets = vec![target("2025", "110")];
    assert!(!with_parts(aimed));
}

#[test]
fn a_value_that_stands_still_is_named_from_the_fourth_quarter_on() {
    assert_eq!(asked(count(), &["5", "7", "7", "7"]), [""; 0]);
    assert_eq!(asked(count(), &["7", "7", "7", "7.0"]), ["unchanged@1"]);
    // Nothing and everything are ends at which a figure stays; so is its target.
    assert_eq!(asked(count(), &["0", "0", "0", "0"]), [""; 0]);
    assert_eq!(asked(percent(), &["100", "100", "100", "100"]), [""; 0]);
    let mut done = count();
    done.targets = vec![target("2025Q4", "7")];
    assert_eq!(asked(done, &["7", "7", "7", "7"]), [""; 0]);
    // Neither milestones nor ranks, nor what is reported once a year.
    for kind in [Kind::Milestone, Kind::Rank] {
        let mut i = count();
        i.kind = kind;
        assert_eq!(asked(i, &["7", "7", "7", "7"]), [""; 0], "{kind:?}");
    }
    let mut yearly = count();
    yearly.frequency = Frequency::Year;
    let values = [("2022", "7"), ("2023", "7"), ("2024", "7"), ("2025", "7")];
    assert_eq!(
        rules(&assess(&known(yearly, &values), quarter("2025Q4"))),
        [""; 0]
    );
}

#[test]
fn an_outlier_needs_a_history_of_eight() {
    let steady = ["52", "49", "51", "50", "48", "50", "51", "49"];
    let with = |last: &'static str| [&steady[..], &[last]].concat();
    assert_eq!(asked(count(), &with("60")), ["z-score@1"]);
    assert_eq!(asked(count(), &with("53")), [""; 0]);
    assert_eq!(asked(count(), &with("60")[1..]), [""; 0]);
    // A series that only grows is always at its edge.
    let growing = ["1", "2", "3", "4", "5", "6", "7", "8", "30"];
    assert_eq!(asked(count(), &growing), [""; 0]);
}

#[test]
fn what_only_grows_does_not_fall() {
    let mut since = count();
    since.never_falls = true;
    assert_eq!(
        asked(since.clone(), &["120", "119"]),
        ["cumulative-falls@1"]
    );
    assert_eq!(asked(since, &["120", "120"]), [""; 0]);
    assert_eq!(asked(count(), &["120", "119"]), [""; 0]);
    // From January on: a flow below zero makes the sum fall; a new year begins anew.
    let mut year = count();
    year.combine = Combine::Cumulative;
    year.kind = Kind::Amount;
    let of = |at: &str, values: &[(&str, &str)]| {
        let found = assess(&known(year.clone(), values), quarter(at));
        found
            .findings
            .iter()
            .any(|f| f.rule == "cumulative-falls@1")
    };
    assert!(of("2025Q2", &[("2025Q1", "50"), ("2025Q2", "-10")]));
    assert!(!of("2025Q1", &[("2024Q4", "50"), ("2025Q1", "10")]));
    // Of a ratio the numerator is compared.
    let mut ratio = percent();
    ratio.never_falls = true;
    let mut rows = known(ratio, &[("2025Q3", "50"), ("2025Q4", "60")]);
    for (row, (over, under)) in rows.observations.iter_mut().zip([(50, 100), (48, 80)]) {
        row.item.parts = Some(Parts {
            numerator: over.into(),
            denominator: under.into(),
        });
    }
    // ... and the ratio rose although less was counted, which is a finding of its own.
    assert_eq!(
        rules(&assess(&rows, quarter("2025Q4"))),
        ["ratio-by-denominator@1", "cumulative-falls@1"]
    );
}

fn rule(left: &str, operator: Operator, right: &str) -> ValidationRule {
    ValidationRule {
        id: "r".into(),
        left: Expression::parse(left).unwrap(),
        operator,
        right: Expression::parse(right).unwrap(),
        importance: Severity::Warning,
        say: crate::indicator::Title::default(),
        missing: Missing::Skip,
        each_programme: false,
        reject: false,
    }
}

fn with_rule(mut known: Snapshot, rule: ValidationRule) -> Snapshot {
    known.register.validation = vec![rule];
    known
}

#[test]
fn a_rule_speaks_of_every_programme_that_has_its_figures() {
    let mut money = known(count(), &[]);
    money.register.programmes = ["P01", "P02", "P03"]
        .map(|id| programme(id, Vec::new()))
        .into();
    money.money = vec![
        line(1, "P01", AmountKind::Available, "2025Q4", 1_000),
        line(2, "P01", AmountKind::Paid, "2025Q4", 1_001),
        line(3, "P02", AmountKind::Available, "2025Q4", 1_000),
        line(4, "P02", AmountKind::Paid, "2025Q4", 1_000),
        line(5, "P03", AmountKind::Paid, "2025Q4", 5),
    ];
    let mut each = rule(
        "{programme}/budget.paid",
        Operator::AtMost,
        "{programme}/budget.available",
    );
    each.each_programme = true;
    let ids = |known: &Snapshot| -> Vec<String> {
        let found = assess(known, quarter("2025Q4"));
        let own = found.findings.iter().filter(|f| f.rule == "validation/r");
        own.map(|f| f.id.clone()).collect()
    };
    let known = with_rule(money, each);
    assert_eq!(ids(&known), ["validation/r:P01/budget.paid@2025Q4"]);
    let mut named = known.clone();
    named.register.validation[0].missing = Missing::Finding;
    assert_eq!(
        ids(&named),
        [
            "validation/r:P01/budget.paid@2025Q4",
            "validation/r:P03/budget.paid@2025Q4"
        ]
    );
    // Before the figures are due nobody can call them missing.
    named.as_of = crate::calendar::parse_as_of("2026-01-10").unwrap();
    assert_eq!(ids(&named), ["validation/r:P01/budget.paid@2025Q4"]);
}

#[test]
fn a_bound_and_a_growing_sum_decide_nothing() {
    let limit = rule("P01/x", Operator::AtMost, "100");
    let mut bound = known(count(), &[("2025Q4", "101")]);
    assert_eq!(
        rules(&assess(
            &with_rule(bound.clone(), limit.clone()),
            quarter("2025Q4")
        )),
        ["validation/r"]
    );
    bound.observations[0].item.qualifier = Qualifier::MoreThan;
    assert_eq!(
        rules(&assess(&with_rule(bound, limit), quarter("2025Q4"))),
        [""; 0]
    );
    let mut sum = count();
    (sum.combine, sum.frequency) = (Combine::Sum, Frequency::Month);
    let mut running = known(sum, &[("2025-10", "5")]);
    let least = rule("P01/x", Operator::AtLeast, "10");
    assert_eq!(
        rules(&assess(
            &with_rule(running.clone(), least.clone()),
            quarter("2025Q4")
        )),
        [""; 0],
        "two months are missing: the sum is a bound"
    );
    running.as_of = crate::calendar::parse_as_of("2025-11-15").unwrap();
    assert_eq!(
        rules(&assess(&with_rule(running, least), quarter("2025Q4"))),
        [""; 0]
    );
}

fn refusing(limit: &str) -> ValidationRule {
    ValidationRule {
        importance: Severity::Error,
        reject: true,
        ..rule("P01/x", Operator::AtMost, limit)
    }
}

#[test]
fn a_refused_reading_keeps_what_was_received_and_its_reason() {
    let mut i = count();
    i.targets = vec![target("2025Q4", "90")];
    let mut board = known(i, &[("2025Q3", "95"), ("2025Q4", "100")]);
    board.observations[1].item.reading = Reading::Value(dec("101"));
    board.observations[1].item.printed = Some("１０１".into());
    let found = assess(
        &with_rule(board.clone(), refusing("100")),
        quarter("2025Q4"),
    );
    let x = &found.programmes[0].indicators[0];
    assert_eq!((x.status, x.figure.as_ref()), (Status::Rejected, None));
    assert_eq!(x.rule_id, "rejected@1");
    let (text, reason) = x.rejected.as_ref().unwrap();
    assert_eq!(
        (text.as_str(), reason.id.as_ref()),
        ("１０１", "rule-validation-broken")
    );
    assert_eq!(found.findings[0].id, "validation/r:P01/x@2025Q4");
    assert_eq!(found.findings[0].severity, Severity::Error);
    assert_eq!(found.findings[0].text.id, "finding-validation-refused");
    assert_eq!(found.findings.len(), 1);
    // The quarter before stands, and the chart has a gap where the refused reading was.
    let values: Vec<_> = x.history.iter().rev().take(2).map(|p| p.value).collect();
    assert_eq!(values, [None, Some(dec("95"))]);
    // Without the permission to refuse it is an error that changes nothing.
    let mut told = refusing("100");
    told.reject = false;
    let found = assess(&with_rule(board, told), quarter("2025Q4"));
    let x = &found.programmes[0].indicators[0];
    assert_eq!((x.status, x.rejected.as_ref()), (Status::Met, None));
    assert_eq!(rules(&found), ["validation/r"]);
}

#[test]
fn an_earlier_reading_of_the_period_stands_again_unless_it_breaks_the_rule_too() {
    let of = |values: &[&str]| {
        let values: Vec<_> = values.iter().map(|v| ("2025Q4", *v)).collect();
        let found = assess(
            &with_rule(known(count(), &values), refusing("100")),
            quarter("2025Q4"),
        );
        let x = found.programmes[0].indicators[0].clone();
        (x.figure.map(|f| f.value), x.rejected.map(|(text, _)| text))
    };
    assert_eq!(of(&["80", "200"]), (Some(dec("80")), Some("200".into())));
    assert_eq!(of(&["300", "200"]), (None, Some("200".into())));
    assert_eq!(of(&["300", "70"]), (Some(dec("70")), None));
}

#[test]
fn a_check_of_its_own_history_refuses_where_the_office_says_so() {
    let of = |indicator: Indicator, values: &[(&str, &str)], reject: Refusing, at: &str| {
        let mut board = known(indicator, values);
        board.register.rules.quality.reject = reject;
        let found = assess(&board, quarter(at));
        let x = found.programmes[0].indicators[0].clone();
        let refused = x
            .rejected
            .map(|(text, reason)| (text, reason.id.into_owned()));
        let said = found
            .findings
            .iter()
            .map(|f| (f.rule.clone(), f.text.id.to_string()));
        (
            x.status == Status::Rejected,
            refused,
            said.collect::<Vec<_>>(),
        )
    };
    let units = Refusing {
        unit_factor: true,
        ..Refusing::default()
    };
    let values = [("2025Q2", "281"), ("2025Q3", "290000"), ("2025Q4", "300")];
    let (rejected, refused, said) = of(count(), &values, units, "2025Q3");
    assert!(rejected);
    assert_eq!(
        refused.unwrap(),
        ("290000".to_owned(), "finding-unit-factor".to_owned())
    );
    assert_eq!(
        said,
        [(
            "unit-factor@1".to_owned(),
            "finding-quality-refused".to_owned()
        )]
    );
    // The next one is held against the last figure that stands, not against the refused one.
    let (rejected, refused, said) = of(count(), &values, units, "2025Q4");
    assert_eq!((rejected, refused, said.len()), (false, None, 0));
    // Without the permission it stays a question.
    let (rejected, _, said) = of(count(), &values, Refusing::default(), "2025Q3");
    assert_eq!(
        (rejected, said[0].1.as_str()),
        (false, "finding-unit-factor")
    );
    let all = Refusing {
        unit_factor: true,
        signs: true,
        shares: true,
        falls: true,
    };
    assert_eq!(
        of(count(), &[("2025Q4", "-3")], all, "2025Q4").1.unwrap().1,
        "finding-negative"
    );
    let mut share = percent();
    share.share = Some(true);
    assert_eq!(
        of(share, &[("2025Q4", "101")], all, "2025Q4").1.unwrap().1,
        "finding-share-range"
    );
    let mut grows = count();
    grows.never_falls = true;
    assert_eq!(
        of(grows, &[("2025Q3", "10"), ("2025Q4", "9")], all, "2025Q4")
            .1
            .unwrap()
            .1,
        "finding-cumulative-falls"
    );
}

#[test]
fn numbers_too_large_to_compare_are_told_and_not_guessed() {
    let product = rule("P01/x * P01/x * P01/x", Operator::Equal, "1");
    let board = known(count(), &[("2025Q4", "123456789012345678")]);
    let found = assess(&with_rule(board, product), quarter("2025Q4"));
    assert_eq!(found.findings[0].text.id, "finding-validation-too-large");
}

#[test]
fn the_sentence_has_both_sides_with_their_values() {
    let board = known(count(), &[("2025Q4", "101")]);
    let found = assess(
        &with_rule(board, rule("P01/x + 1", Operator::AtMost, "2 * 50")),
        quarter("2025Q4"),
    );
    let text = found.findings[0].text.to_string();
    for part in ["P01/x + 1", "Number(102)", "≤", "Number(100)"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn the_trail_of_a_refused_reading_says_that_it_is_refused_and_why() {
    use crate::explain::{RowState, explain};
    let mut known = known(count(), &[("2025Q3", "50"), ("2025Q4", "50000")]);
    known.register.rules.quality.reject.unit_factor = true;
    let assessed = assess(&known, quarter("2025Q4"));
    let figure = crate::testing::series("P01/x").at(quarter("2025Q4").period());
    let told = explain(&known, &assessed, &figure).unwrap();
    let row = told.rows.iter().find(|row| row.sequence == 2).unwrap();
    assert_eq!((row.state, row.value), (RowState::Refused, None));
    assert_eq!(row.printed.as_deref(), Some("50000"));
    assert!(row.refused.is_some());
}
