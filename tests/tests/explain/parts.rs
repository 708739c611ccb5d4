//! What is read for one figure says the same as everything.

use super::Known;
use quarterdeck_core::explain_json;
use quarterdeck_core::session::{Access, Session};
use quarterdeck_core::trail::trail;
use quarterdeck_kpi::address::FigureAddress;
use quarterdeck_kpi::assess::{assess, assess_figures, without_year};
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::explain::{RestsOn, Totals, quarter_of, quarters_of, rests_on};
use quarterdeck_kpi::money::{MoneyLine, Span};
use quarterdeck_kpi::observation::{Act, Recorded};
use quarterdeck_kpi::register::Node;
use quarterdeck_kpi::status::Status;
use quarterdeck_tests::demo::shared;
use quarterdeck_view::i18n::Language;

/// `qd explain` reads only what a figure rests on; what it says is the same.
#[test]
fn what_is_read_for_one_figure_says_the_same_as_the_whole() {
    let mut known = Known::now();
    let clock = known.session.clock().clone();
    let reading = (shared().root(), Access::ReadOnly, "somebody".to_owned());
    let session = Session::open_to_look(2, &reading.0, reading.1, clock, reading.2).unwrap();
    let quarter = Quarter::parse("2025Q4").unwrap();
    let all = known.snapshot.observations.len() + known.snapshot.money.len();
    let register = known.snapshot.register.clone();
    // Those of one programme, node, agency; of each the first is asked for all the others.
    let mut asked: Vec<Vec<String>> = Vec::new();
    for programme in &register.programmes {
        let of = |name: &str| format!("{}/{name}@2025Q4", programme.id);
        asked.push(["status", "risk", "lagging", "tasks"].map(of).into());
        // Money rests on amounts alone, an indicator on readings.
        asked.push(
            ["budget", "budget.execution_rate", "budget-total.paid"]
                .map(of)
                .into(),
        );
        let indicators = programme.indicators.iter();
        asked.push(
            indicators
                .map(|i| format!("{}.status@2025Q4", i.series))
                .collect(),
        );
    }
    let nodes = register.nodes.iter().flat_map(|node| &node.indicators);
    for indicator in nodes.chain(&register.portfolio_indicators) {
        let parts = ["", ".status", ".target", ".achievement"];
        asked.push(
            parts
                .map(|part| format!("{}{part}@2025Q4", indicator.series))
                .into(),
        );
    }
    let agencies = assess(&known.snapshot, quarter).agencies.into_iter();
    let scopes: Vec<String> = agencies.map(|agency| agency.scope).collect();
    for scope in scopes.iter().map(String::as_str).chain(["portfolio"]) {
        let parts = [
            "budget",
            "budget.amount",
            "budget.executed",
            "budget.execution_rate",
            "budget.execution_rate_change",
            "budget.unexecuted",
        ];
        asked.push(parts.map(|part| format!("{scope}/{part}@2025Q4")).into());
        let parts = ["budget-total.paid", "budget-total.execution_rate"];
        asked.push(parts.map(|part| format!("{scope}/{part}@2025Q4")).into());
    }
    let statuses = ["programmes", "good", "not_known", "agencies"].into_iter();
    let statuses = statuses.chain(Status::ALL.map(|status| status.id()));
    let mut counts: Vec<_> = statuses
        .map(|word| format!("portfolio/count.{word}@2025Q4"))
        .collect();
    counts.extend([
        "portfolio/count@2025Q4".to_owned(),
        "portfolio/oldest@2025Q4".to_owned(),
    ]);
    asked.push(counts);
    let both = [
        "count.lagging",
        "count.lagging_without_reason",
        "count.without_rate",
        "progress.variance",
        "budget-by-status.behind",
        "budget-by-status.no_data",
        "migration.rule.high.low",
        "migration.rule.worse",
        "migration.rule.none.none",
        "migration.rule.not_improved",
        "migration.reported.unchanged",
        "migration.reported.not_improved",
        "unknown-price",
    ];
    asked.extend(both.map(|word| vec![format!("portfolio/{word}@2025Q4")]));
    let sources = known.snapshot.sources.iter();
    let states = ["state", "age", "rows", "newest"];
    asked.extend(sources.map(|source| {
        let figure = |name| format!("source:{}/{name}@2025Q4", source.id);
        states.map(figure).into()
    }));
    let claims = register.claims.iter();
    asked.extend(claims.map(|c| vec![format!("plan:{}/claim.{}@2025Q4", c.plan, c.id)]));
    let of_agencies = scopes.iter().filter(|scope| scope.starts_with("agency:"));
    asked.extend(of_agencies.map(|scope| vec![format!("{scope}/unknown-price@2025Q4")]));
    let of_node = |node: &Node| {
        let tasks = ["tasks", "tasks.done", "tasks.of"].into_iter();
        let tasks = tasks.map(|name| format!("{}/{name}@2025Q4", node.id));
        tasks.collect()
    };
    asked.extend(register.nodes.iter().map(of_node));
    // The same of an earlier quarter, for those that look at several years.
    let of_portfolio: Vec<Vec<String>> = asked
        .iter()
        .filter(|figures| figures[0].starts_with("portfolio/"))
        .cloned()
        .collect();
    for figures in of_portfolio {
        asked.push(
            figures
                .iter()
                .map(|figure| figure.replace("2025Q4", "2024Q2"))
                .collect(),
        );
    }
    let (mut compared, mut unknown) = (0, 0);
    for figures in asked {
        let first = FigureAddress::parse(&figures[0]).unwrap();
        let part = session.snapshot_behind(&first, None).unwrap();
        let read = part.observations.len() + part.money.len();
        assert!(read < all, "{first}: {read} of {all} rows");
        if let Some(RestsOn::All(rows)) = rests_on(&first) {
            assert!(rows.readings || part.observations.is_empty(), "{first}");
            let years = rows.amounts.map(|years| years.first..=years.last);
            let without = without_year(
                &part.register,
                part.money.iter(),
                quarter_of(&first, quarter),
            );
            let without: Vec<Option<&str>> = without.into_iter().map(Some).collect();
            let is_asked = |row: &Recorded<MoneyLine>| {
                let key = &row.item.key;
                let of_years = |year| years.as_ref().is_some_and(|years| years.contains(year));
                (match key.span {
                    Span::YearToDate => of_years(&key.fiscal_year),
                    Span::SinceBeginning => match rows.totals {
                        Totals::None => false,
                        Totals::All => true,
                        Totals::WhereNoYear => without.contains(&key.programme.as_deref()),
                    },
                }) || row.act != Act::Record
                    // The register carries few, and all of them.
                    || row.sequence < 0
            };
            assert!(part.money.iter().all(is_asked), "{first}");
        }
        let quarter = quarter_of(&first, quarter);
        let assessment = match rests_on(&first) {
            Some(_) => assess_figures(&part, quarter, quarters_of(&first)),
            None => assess(&part, quarter),
        };
        for figure in figures {
            let address = FigureAddress::parse(&figure).unwrap();
            let found = trail(&session, &part, &assessment, &address).unwrap();
            let found = found.map(|found| explain_json::document(&found, Language::En));
            unknown += usize::from(found.is_none());
            assert_eq!(found, known.explain(&figure), "{figure}");
            compared += 1;
        }
    }
    println!(
        "{compared} figures explained from a part of the rows as from all of them ({unknown} of them unknown)"
    );
    assert!(compared > 400 && unknown < 120, "{compared} {unknown}");
}
