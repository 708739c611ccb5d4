//! The starter says what the source document says, and nothing else.

use super::*;
use quarterdeck_kpi::Decimal;
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::indicator::Road;
use quarterdeck_kpi::money::AmountKind;
use quarterdeck_kpi::observation::Cause;
use std::collections::BTreeSet;
use std::fs;

#[test]
fn the_starter_has_29_rows_and_no_problem() {
    let workspace = starter();
    assert_eq!(told(&workspace), Vec::<String>::new());
    let register = &workspace.register;
    let ids: Vec<&str> = register.programmes.iter().map(|p| p.id.as_str()).collect();
    let expected: Vec<String> = (1..=29).map(|n| format!("P{n:02}")).collect();
    assert_eq!(ids, expected);
    let of = |plan: &str| {
        register
            .programmes
            .iter()
            .filter(|p| p.plan == plan)
            .count()
    };
    assert_eq!((of("dgp2"), of("dgp1")), (24, 5));
    assert_eq!(register.nodes.len(), 13);
    let named = register
        .programmes
        .iter()
        .filter(|p| p.lead_basis == "named")
        .count();
    assert_eq!(named, 13);
    let official = register
        .programmes
        .iter()
        .filter(|p| p.title_zh_basis == "official");
    let official: Vec<&str> = official.map(|p| p.id.as_str()).collect();
    assert_eq!(official, ["P04", "P19", "P26", "P29"]);
    assert!(register.origin.en.starts_with(
        "29 rows named in the source document (24 of the second plan, 5 of the first)"
    ));
    assert!(register.people.is_empty(), "nobody is invented");
    assert!(!register.demo);
}

#[test]
fn a_fresh_office_opens_without_false_exceptions() {
    use quarterdeck_kpi::assess::assess;
    use quarterdeck_kpi::calendar::Quarter;
    use quarterdeck_kpi::snapshot::Snapshot;
    let register = starter().register;
    let known = Snapshot {
        as_of: "2026-11-25T04:00:00Z".parse().unwrap(),
        observations: register.published.clone(),
        money: register.money.clone(),
        register,
        ..Snapshot::default()
    };
    let found = assess(&known, Quarter::parse("2026Q3").unwrap());
    let names: Vec<&str> = found
        .exceptions
        .iter()
        .map(|e| e.programme.as_str())
        .collect();
    // The rows fed by open portals that nobody has collected from yet; no row that merely waits.
    assert_eq!(names, ["P19", "P01", "P29"]);
    // The plan is over: the list names the quarter that still asks.
    assert_eq!(found.last_asked, Quarter::parse("2025Q4").ok());
    let last = assess(&known, Quarter::parse("2025Q4").unwrap());
    assert_eq!((last.last_asked, last.due_entries.len()), (None, 10));
    let strategies: Vec<(&str, usize)> = last
        .nodes
        .iter()
        .filter(|n| !n.tasks.is_empty())
        .map(|n| (n.id.as_str(), n.tasks.len()))
        .collect();
    assert_eq!(strategies, [("S1", 4), ("S2", 3), ("S3", 2), ("S4", 4)]);
}

#[test]
fn presumed_links_of_milestones_are_data() {
    let register = starter().register;
    let links: Vec<(String, &str, &str)> = register
        .indicators()
        .filter_map(|i| {
            let link = i.link.as_ref()?;
            Some((
                i.series.to_string(),
                link.programme.as_str(),
                link.basis.as_str(),
            ))
        })
        .collect();
    assert_eq!(
        links,
        [
            ("G1/legislation".to_owned(), "P03", "presumed"),
            (
                "G1/public-private-collaboration".to_owned(),
                "P02",
                "presumed"
            ),
            ("G2/decision-model".to_owned(), "P06", "presumed"),
        ]
    );
    let unknown = changed("register/framework.toml", |t| {
        t.replace("linked_programme = \"P03\"", "linked_programme = \"P93\"")
    });
    assert_eq!(
        told(&unknown),
        ["register/framework.toml:22 check-unknown-programme -> P03"]
    );
}

#[test]
fn a_cumulative_indicator_with_a_step_to_an_annual_target_is_warned_of() {
    let text = |trajectory: &str| {
        changed("register/programmes/P04.toml", |t| {
            t.replacen(
                "combine = \"sum\"",
                &format!("combine = \"cumulative\"\ntrajectory = \"{trajectory}\""),
                1,
            )
            .replacen("frequency = \"year\"", "frequency = \"quarter\"", 1)
            .replacen(
                "[[published]]",
                "[[indicator.target]]\nperiod = \"2024\"\nvalue = 150\n\n[[published]]",
                1,
            )
        })
    };
    let warned = |w: &Workspace| told(w).iter().any(|p| p.contains("check-cumulative-step"));
    let step = text("step");
    assert!(warned(&step), "{:?}", told(&step));
    assert!(!has_errors(&check(&step)));
    assert!(!warned(&text("linear")));
}

#[test]
fn every_row_works() {
    let register = starter().register;
    for programme in &register.programmes {
        let printed = register
            .published
            .iter()
            .any(|r| r.item.series.scope == programme.id);
        let fed = programme
            .indicators
            .iter()
            .any(|i| matches!(i.road, Road::Source | Road::Entry));
        assert!(
            printed || fed || !programme.tasks.is_empty(),
            "{}",
            programme.id
        );
        assert!(
            programme
                .place
                .as_deref()
                .is_some_and(|p| p.starts_with("lines "))
        );
        assert!(programme.tasks.iter().all(|t| t.place.is_some()));
    }
    for id in [
        "P07", "P08", "P09", "P10", "P11", "P20", "P22", "P23", "P24",
    ] {
        let programme = register.programme(id).unwrap();
        let entry: Vec<_> = programme
            .indicators
            .iter()
            .filter(|i| i.road == Road::Entry)
            .collect();
        assert_eq!(entry.len(), 1, "{id} has an entry form");
        assert_eq!(entry[0].due_days, Some(10), "{id} has a due day");
        assert!(entry[0].targets.is_empty());
    }
}

#[test]
fn every_published_figure_stands_with_its_lines() {
    let register = starter().register;
    let expected = [
        ("P01/open-datasets", "2019", ">", "43000", "line 29"),
        ("P01/gold-share", "2019", "=", "73", "lines 29-30"),
        (
            "P01/data-service-output",
            "2019",
            ">",
            "93600000000",
            "lines 30-31, 46-48",
        ),
        ("P01/downloads", "2019", ">", "13840000", "lines 78-81"),
        ("P04/proposals", "2018", "=", "104", "lines 697-698"),
        ("P04/proposals", "2019", "=", "132", "lines 700-701"),
        ("P05/guided-examples", "2019", "=", "4", "lines 715-723"),
        ("K1/service-demonstrations", "2019", "=", "8", "lines 64-66"),
        ("K1/satisfaction", "2019", "=", "75.3", "lines 67-70"),
        ("K2/satisfaction", "2019", "=", "77", "lines 72-76"),
        ("K4/satisfaction", "2019", "=", "85.9", "lines 83-87"),
        ("P25/processing-days", "2019", "=", "23", "lines 8-10"),
        ("P26/counter-visits", "2019", "=", "1", "line 13"),
        ("P27/processing-hours", "2019", "=", "10", "lines 16-17"),
        ("P28/people-served", "2019", "=", "400000", "lines 21-24"),
        ("P29/suggestions", "2019", "=", "7619", "line 40"),
        ("P29/cases", "2019", "=", "183", "lines 40-42"),
        ("P29/success-rate-printed", "2019", "=", "4.7", "line 42"),
        ("portfolio/imd-rank", "2020", "=", "11", "lines 235-240"),
    ];
    for (series, period, sign, value, lines) in expected {
        let row = register
            .published
            .iter()
            .find(|r| r.item.series.to_string() == series && r.item.period.to_string() == period)
            .unwrap_or_else(|| panic!("{series} is missing"));
        assert_eq!(row.item.value().unwrap().to_string(), value, "{series}");
        assert_eq!(row.item.qualifier.sign(), sign, "{series}");
        let Cause::Document { title, place } = &row.cause else {
            panic!("{series}")
        };
        assert_eq!(
            (title.as_str(), place.as_str()),
            ("Digital Government Program of Taiwan", lines)
        );
        assert!(row.item.printed.is_some(), "{series} as printed");
    }
    assert_eq!(register.published.len(), expected.len());
    let from_to = |id: &str| {
        let baseline = register.programme(id).unwrap().indicators[0]
            .baseline
            .clone();
        baseline.map(|b| b.value)
    };
    assert_eq!(from_to("P25"), Some(Decimal::from(45)));
    assert_eq!(from_to("P26"), Some(Decimal::from(3)));
    assert_eq!(from_to("P27"), None, "13 months are not converted to hours");
}

#[test]
fn the_one_printed_target_is_the_only_one() {
    let register = starter().register;
    let targets: Vec<_> = register
        .indicators()
        .flat_map(|i| {
            i.targets
                .iter()
                .map(move |t| (i.series.to_string(), t.clone()))
        })
        .collect();
    assert_eq!(targets.len(), 1);
    let (series, target) = &targets[0];
    assert_eq!(series, "S4/smart-service-usage");
    assert_eq!(
        (target.value, target.period.to_string().as_str()),
        (Decimal::from(60), "2025")
    );
    assert!(
        target
            .document
            .as_deref()
            .unwrap()
            .ends_with("lines 624-626")
    );
    let milestones: Vec<_> = register.indicators().filter(|i| i.unit == "done").collect();
    assert_eq!(milestones.len(), 5);
    assert!(
        milestones
            .iter()
            .all(|m| m.due_days.is_none() && m.targets.is_empty())
    );
}

#[test]
fn the_computed_rate_names_its_parts_and_the_printed_one_keeps_them() {
    let register = starter().register;
    let p29 = register.programme("P29").unwrap();
    let computed = p29
        .indicators
        .iter()
        .find(|i| i.road == Road::Computed)
        .unwrap();
    let parts = (
        SeriesId::new("P29", "cases"),
        SeriesId::new("P29", "suggestions"),
    );
    assert_eq!(computed.computed_from, Some(parts));
    let printed = register
        .published
        .iter()
        .find(|r| r.item.series.name == "success-rate-printed");
    let parts = printed.unwrap().item.parts.unwrap();
    assert_eq!(
        (parts.numerator, parts.denominator),
        (183.into(), 7619.into())
    );
}

#[test]
fn budget_lines_add_up_to_the_printed_totals() {
    let register = starter().register;
    let sum = |kind| -> i64 {
        let lines = register.money.iter().filter(|r| r.item.key.kind == kind);
        lines.map(|r| r.item.amount_ntd).sum()
    };
    assert_eq!(sum(AmountKind::Budget), 6_261_766_000);
    assert_eq!(sum(AmountKind::Settled), 6_149_247_000);
    assert_eq!(register.money.len(), 24);
    assert!(register.money.iter().all(|r| {
        r.item.key.plan == "dgp1"
            && r.item.key.programme.is_none()
            && r.item.period.to_string() == "2020Q4"
    }));
    let wrong = changed("register/budget.toml", |t| {
        t.replace("1_751_420_000", "1_751_420_001")
    });
    assert_eq!(told(&wrong), ["register/budget.toml:12 check-total"]);
}

#[test]
fn rows_of_the_register_never_meet_the_numbers_of_the_store() {
    let register = starter().register;
    let rows = register.published.iter().map(|r| r.sequence);
    let numbers: Vec<i64> = rows
        .chain(register.money.iter().map(|r| r.sequence))
        .collect();
    assert!(numbers.iter().all(|n| *n < 0));
    assert_eq!(numbers.iter().collect::<BTreeSet<_>>().len(), numbers.len());
    assert!(
        register
            .published
            .iter()
            .all(|r| r.recorded_at == instant())
    );
}

#[test]
fn every_file_of_the_starter_is_embedded() {
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets");
    let mut there = BTreeSet::new();
    for (base, folder) in [
        ("workspace", ""),
        ("workspace", "register/"),
        ("workspace", "register/programmes/"),
        ("", "sources/"),
    ] {
        let Ok(entries) = fs::read_dir(assets.join(base).join(folder)) else {
            continue;
        };
        for entry in entries {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if name.ends_with(".toml") {
                there.insert(format!("{folder}{name}"));
            }
        }
    }
    let embedded: BTreeSet<String> = embedded().map(|(path, _)| path.to_owned()).collect();
    assert_eq!(embedded, there);
}
