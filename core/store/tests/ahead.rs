//! What is read ahead on another thread is what would have been read without it.
#![allow(missing_docs, clippy::unwrap_used)]
mod common;
use common::*;
use quarterdeck_kpi::money::Span;
use quarterdeck_kpi::observation::{Act, Cause};
use quarterdeck_store::*;

/// Enough to make a database of more than a mebibyte.
const LINES: i64 = 9_000;
const READINGS: i64 = 700;
const ALL: Option<Amounts> = Some(Amounts::ALL);

fn load(first: i64, count: i64) -> Batch {
    let rows = (first..first + count).map(|number| {
        let mut item = line(number);
        item.key.programme = Some(format!("P{number}").into());
        item.key.fiscal_year = i32::try_from(number % 900).unwrap();
        if number % 7 == 0 {
            item.key.span = Span::SinceBeginning;
        }
        let cause = Cause::Capture {
            sha256: sha256_hex(b"answer").into(),
            source: "portal".into(),
            at: format!("$.rows[{number}].amount").into(),
        };
        row(item, cause, Act::Record)
    });
    money(day(1), rows.collect())
}

fn figures(count: i64) -> Batch {
    let rows = (0..count).map(|number| {
        let item = reading(&format!("P{number}/count"), &number.to_string());
        row(item, captured(), Act::Record)
    });
    readings(day(2), rows.collect())
}

/// Amounts, readings between them, and amounts again.
fn filled() -> Folder {
    let folder = Folder::new();
    let mut store = folder.store();
    store.record(&load(1, LINES / 2)).unwrap();
    store.record(&figures(READINGS)).unwrap();
    store.record(&load(LINES / 2 + 1, LINES / 2)).unwrap();
    folder
}

fn all(store: &Store) -> Rows {
    store.rows_as_of(day(20)).unwrap()
}

fn assert_same(read: &Rows, again: &Rows) {
    assert_eq!(read.observations, again.observations);
    assert_eq!(read.money, again.money);
    assert_eq!(read.findings, again.findings);
}

#[test]
fn the_same_rows_with_and_without() {
    let folder = filled();
    // The second thread reads all of it, or only the beginning.
    for wait in [200, 0, 0, 5] {
        let ahead = Ahead::begin(&folder.file(), true, ALL);
        assert!(ahead.is_some(), "the database is large enough");
        let mut store = folder.store();
        std::thread::sleep(std::time::Duration::from_millis(wait));
        store.expect(ahead);
        let read = all(&store);
        assert_eq!(i64::try_from(read.money.len()).unwrap(), LINES);
        assert_eq!(i64::try_from(read.observations.len()).unwrap(), READINGS);
        assert_eq!(read.findings, []);
        // Without: what was read ahead serves once.
        assert_same(&read, &all(&store));
    }
}

#[test]
fn of_one_kind_alone_the_same_rows() {
    let folder = filled();
    let of_years = |totals| {
        Some(Amounts {
            first: 100,
            last: 300,
            totals,
        })
    };
    let asked = [(true, None), (false, ALL), (true, ALL)];
    for (of_readings, of_amounts) in asked
        .into_iter()
        .chain([(false, of_years(true)), (true, of_years(false))])
    {
        let mut store = folder.store();
        let whole = all(&store);
        store.expect(Ahead::begin(&folder.file(), of_readings, of_amounts));
        let read = store
            .rows_of_kinds(day(20), of_readings, of_amounts)
            .unwrap();
        assert_eq!(
            read.observations,
            if of_readings {
                whole.observations
            } else {
                vec![]
            }
        );
        let mut amounts = whole.money;
        amounts.retain(|row| {
            let key = &row.item.key;
            of_amounts.is_some_and(|asked| match key.span {
                Span::YearToDate => (asked.first..=asked.last).contains(&key.fiscal_year),
                Span::SinceBeginning => asked.totals,
            })
        });
        assert_eq!(read.money, amounts);
        // What was read ahead for one question does not serve another.
        store.expect(Ahead::begin(&folder.file(), of_readings, of_amounts));
        assert_same(&all(&store), &all(&folder.store()));
    }
}

#[test]
fn what_was_recorded_since_is_not_missed() {
    let folder = filled();
    let ahead = Ahead::begin(&folder.file(), true, ALL);
    let mut store = folder.store();
    // Before or after it was read ahead: both are the same to who asks.
    store.record(&load(LINES + 1, 30)).unwrap();
    store.expect(ahead);
    let read = all(&store);
    assert_eq!(i64::try_from(read.money.len()).unwrap(), LINES + 30);
    assert_same(&read, &all(&store));
}

#[test]
fn a_database_put_in_its_place_is_read_anew() {
    let (folder, other) = (filled(), Folder::new());
    let mut store = other.store();
    store.record(&load(5, LINES)).unwrap();
    store.record(&figures(READINGS)).unwrap();
    let ahead = Ahead::begin(&other.file(), true, ALL);
    let mut store = folder.store();
    store.expect(ahead);
    assert_same(&all(&store), &all(&folder.store()));
}

#[test]
fn a_small_or_missing_database_is_not_read_ahead() {
    let folder = Folder::new();
    assert!(Ahead::begin(&folder.file(), true, ALL).is_none());
    folder.store().record(&load(1, 3)).unwrap();
    assert!(Ahead::begin(&folder.file(), true, ALL).is_none());
}

/// Of 300 programmes every tenth has lines of one agency, which has some without a programme as well.
fn of_agencies(first: i64, count: i64) -> Batch {
    let rows = (first..first + count).map(|number| {
        let mut item = line(number);
        let programme = number % 300;
        item.key.programme = (number % 50 != 7).then(|| format!("P{programme}").into());
        item.key.agency = match (programme % 10, &item.key.programme) {
            // Not each line of such a programme says whose it is.
            (0, Some(_)) if number % 7 == 0 => Some("NDC".into()),
            (_, None) if number % 100 == 7 => Some("NDC".into()),
            (_, None) => Some("MOI".into()),
            _ => None,
        };
        let at = format!("$.rows[{number}].amount");
        let cause = Cause::Capture {
            sha256: sha256_hex(b"answer").into(),
            source: "portal".into(),
            at: at.into(),
        };
        row(item, cause, Act::Record)
    });
    money(day(1), rows.collect())
}

#[test]
fn of_one_agency_the_same_rows() {
    let folder = Folder::new();
    folder.store().record(&of_agencies(1, LINES)).unwrap();
    // Programmes that it leads: one that a line names with it, and one that none does.
    for led in [vec![], vec!["P10".to_owned(), "P11".to_owned()]] {
        let of = |store: &Store| store.amounts_of_agency(day(20), "NDC", &led).unwrap().money;
        let expected = of(&folder.store());
        let known: Vec<_> = all(&folder.store())
            .money
            .into_iter()
            .filter(|row| {
                let (programme, agency) = (&row.item.key.programme, &row.item.key.agency);
                let tenth = |id: &str| id[1..].parse::<i64>().unwrap() % 10 == 0;
                agency.as_deref() == Some("NDC")
                    || programme
                        .as_deref()
                        .is_some_and(|id| tenth(id) || led.iter().any(|led| led == id))
            })
            .collect();
        assert!(expected == known, "{} {}", expected.len(), known.len());
        assert!(expected.len() > 900, "{}", expected.len());
        for wait in [200, 0, 0, 5] {
            let ahead = Ahead::begin_agency(&folder.file(), "NDC");
            assert!(ahead.is_some(), "the database is large enough");
            let mut store = folder.store();
            std::thread::sleep(std::time::Duration::from_millis(wait));
            store.expect(ahead);
            assert!(of(&store) == expected, "{wait}");
            // What was read ahead serves once.
            assert!(of(&store) == expected);
        }
        // Another agency's, or everybody's, are no answer.
        let mut store = folder.store();
        store.expect(Ahead::begin_agency(&folder.file(), "MOI"));
        assert!(of(&store) == expected);
        store.expect(Ahead::begin(&folder.file(), false, ALL));
        assert!(of(&store) == expected);
    }
    // A line that comes meanwhile may name a programme with all its lines.
    let ahead = Ahead::begin_agency(&folder.file(), "NDC");
    let mut store = folder.store();
    let mut later = line(1);
    later.key.programme = Some("P13".into());
    later.key.agency = Some("NDC".into());
    let row = row(later, captured(), Act::Record);
    store.record(&money(day(2), vec![row])).unwrap();
    store.expect(ahead);
    let read = store.amounts_of_agency(day(20), "NDC", &[]).unwrap().money;
    let again = folder.store();
    let again = again.amounts_of_agency(day(20), "NDC", &[]).unwrap().money;
    assert!(read == again);
    let of_p13 = |row: &&quarterdeck_kpi::observation::Recorded<
        quarterdeck_kpi::money::MoneyLine,
    >| { row.item.key.programme.as_deref() == Some("P13") };
    assert_eq!(read.iter().filter(of_p13).count(), 31);
}
