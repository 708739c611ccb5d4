//! Quarters, periods and days in both calendars.

use super::*;
use proptest::prelude::*;

#[test]
fn the_default_quarter_is_the_last_one_that_ended() {
    let on = |text: &str| Quarter::last_ended(parse_date(text).unwrap()).to_string();
    assert_eq!(on("2025-10-20"), "2025Q3");
    assert_eq!(on("2025-09-30"), "2025Q3");
    assert_eq!(on("2025-09-29"), "2025Q2");
    assert_eq!(on("2026-01-20"), "2025Q4");
}

#[test]
fn periods_are_read_in_both_calendars() {
    for (text, expected) in [
        ("114Q3", "2025Q3"),
        ("114年第3季", "2025Q3"),
        ("2025", "2025"),
        ("114年", "2025"),
        ("１１４年", "2025"),
        ("11409", "2025-09"),
        ("114年9月", "2025-09"),
        ("2025-09", "2025-09"),
        ("2025H1", "2025H1"),
        ("114H2", "2025H2"),
        ("2025-M09", "2025-09"),
        ("2025-M3", "2025-03"),
        ("2025-S1", "2025H1"),
        ("2025-A1", "2025"),
        ("113.9.24", "2024-09-24"),
        ("2019-01-01/2020-05-31", "2019-01-01/2020-05-31"),
    ] {
        assert_eq!(Period::parse(text).unwrap().to_string(), expected, "{text}");
    }
    for text in [
        "",
        "2025Q5",
        "114Q0",
        "2025-13",
        "2025H3",
        "無",
        "112/02/29",
        "2025-13-01",
        "99999",
    ] {
        assert!(Period::parse(text).is_err(), "{text}");
    }
}

#[test]
fn a_day_of_taipei_ends_at_sixteen_hours_utc() {
    let day = parse_date("2025-09-30").unwrap();
    assert_eq!(
        end_of_day(day).to_rfc3339(),
        "2025-09-30T15:59:59.999999+00:00"
    );
    assert_eq!(taipei_day(end_of_day(day)), day);
    assert_eq!(taipei_day(start_of_day(day)), day);
    assert_eq!(parse_as_of("114/09/30").unwrap(), end_of_day(day));
}

#[test]
fn an_as_of_means_what_follows_its_date_or_is_refused() {
    for text in [
        "2025-12-15T00:00:00Z",
        "2025-12-15T08:00:00+08:00",
        "2025-12-15T08:00:00",
        "2025-12-15T08:00",
        "2025-12-15 08:00",
        "2025-12-15 8:00",
        "2025-12-15 08:00:00.0",
        "２０２５-12-15 08：00",
        "114/12/15 08:00",
        "114.12.15 08:00:00",
        "1141215 08:00",
        "114年12月15日 08:00",
        "114年12月15日08:00:00",
        "114 年 12 月 15 日 08:00",
    ] {
        let read = parse_as_of(text).map(|at| at.to_rfc3339());
        assert_eq!(read.as_deref(), Ok("2025-12-15T00:00:00+00:00"), "{text}");
    }
    let day = parse_date("2025-12-15").unwrap();
    for text in [
        "2025-12-15",
        " 2025-12-15 ",
        "114.12.15",
        "1141215",
        "114年12月15日",
        "114 年 12 月 15 日",
    ] {
        assert_eq!(parse_as_of(text), Ok(end_of_day(day)), "{text}");
        assert_eq!(parse_day(text), Ok(day), "{text}");
    }
    for text in [
        "2025-12-15 garbage",
        "2025-12-15 08",
        "2025-12-15 0800",
        "2025-12-15T",
        "2025-12-15 24:00",
        "2025-12-15 23:59:60",
        "2025-12-15 8:00 pm",
        "2025-12-15 上午8:00",
        "2025-12-15 08:00 CST",
        "2025-12-15 12:61",
        "114年12月15日 morning",
        "114年12月",
        "2025-12-15/2025-12-16",
    ] {
        assert!(parse_as_of(text).is_err(), "{text}");
        assert!(parse_day(text).is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn quarters_count_up_and_down(year in 1950_i32..2150, number in 1_u8..=4, steps in -100_i32..100) {
        let quarter = Quarter::new(year, number).unwrap();
        prop_assert_eq!(quarter.plus(steps).plus(-steps), quarter);
        prop_assert_eq!(quarter.plus(steps).ordinal() - quarter.ordinal(), steps);
        prop_assert_eq!(quarter.next().previous(), quarter);
        prop_assert_eq!(quarter.end().succ_opt().unwrap(), quarter.next().start());
        prop_assert_eq!(Quarter::containing(quarter.start()), quarter);
        prop_assert_eq!(Quarter::containing(quarter.end()), quarter);
        prop_assert!((90..=92).contains(&quarter.days()));
        prop_assert_eq!(quarter.period().days(), quarter.days());
        prop_assert_eq!(Quarter::parse(&quarter.to_string()).unwrap(), quarter);
        let roc = format!("{}年第{}季", quarter.roc_year(), quarter.number);
        prop_assert_eq!(Quarter::parse(&roc).unwrap(), quarter);
    }
    #[test]
    fn the_four_quarters_and_two_halves_fill_the_year(year in 1950_i32..2150) {
        let all: i64 = (1..=4).map(|n| Quarter::new(year, n).unwrap().days()).sum();
        let halves: i64 = (1..=2).map(|n| Period::half(year, n).unwrap().days()).sum();
        prop_assert_eq!(all, Period::year(year).days());
        prop_assert_eq!(halves, all);
    }
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,24}") {
        let _ = Period::parse(&text);
        let _ = parse_as_of(&text);
    }
    #[test]
    fn date_like_text_is_read_or_refused(text in "[0-9年月日/.QHMSAqh季第 -]{0,14}") {
        let _ = Period::parse(&text);
        let _ = parse_as_of(&text);
    }
    #[test]
    fn periods_come_back_from_their_machine_form(year in 1950_i32..2150, month in 1_u32..=12, half in 1_u8..=2) {
        for period in [Period::year(year), Period::month(year, month).unwrap(), Period::half(year, half).unwrap()] {
            prop_assert_eq!(Period::parse(&period.to_string()).unwrap(), period);
        }
    }
}

#[test]
fn every_quarter_from_1912_to_2100_has_one_form_in_each_calendar() {
    let mut seen = std::collections::BTreeSet::new();
    for year in 1912..=2100 {
        for number in 1..=4 {
            let quarter = Quarter::new(year, number).unwrap();
            let roc = format!("{}年第{number}季", quarter.roc_year());
            assert_eq!(Quarter::parse(&roc), Ok(quarter), "{roc}");
            assert_eq!(Quarter::parse(&quarter.to_string()), Ok(quarter));
            assert!(seen.insert(roc), "{quarter} has a form of another quarter");
        }
    }
    assert_eq!(seen.len(), 189 * 4);
}
