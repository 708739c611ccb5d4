use super::*;

/// A moment in Taipei.
fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(&format!("{text}:00+08:00"))
        .unwrap()
        .to_utc()
}

fn shown(at: DateTime<Utc>) -> String {
    at.with_timezone(&TAIPEI)
        .format("%Y-%m-%dT%H:%M")
        .to_string()
}

fn asked(last: DateTime<Utc>) -> History {
    History {
        last: Some(last),
        ..History::default()
    }
}

fn next(schedule: &str, last: &str, now: &str) -> String {
    let schedule = Schedule::parse(schedule).unwrap();
    shown(
        schedule
            .next_run("portal", &asked(at(last)), at(now))
            .unwrap(),
    )
}

/// The moment of a slot for the source `portal`.
fn slot(schedule: &str, slot: &str) -> String {
    shown(at(slot) + Schedule::parse(schedule).unwrap().lateness("portal"))
}

#[test]
fn words_and_forms_are_read_and_others_are_not() {
    for good in WORDS.into_iter().chain([
        "cron: 0 6 * * 1",
        "cron:*/15 8-18 * * MON-FRI",
        "quarter+20d",
        "quarter+0d",
    ]) {
        assert!(Schedule::parse(good).is_some(), "{good}");
    }
    for bad in [
        "",
        "Daily",
        "yearly",
        "cron:",
        "cron: 0 6 * *",
        "cron: 0 0 6 * * 1",
        "cron: @daily",
        "cron: 61 * * * *",
        "cron: 0 0 30 2 *",
        "quarter+d",
        "quarter+-1d",
        "quarter+81d",
        "quarter+20",
        "quarter+99999999999d",
    ] {
        assert_eq!(Schedule::parse(bad), None, "{bad}");
    }
}

#[test]
fn every_schedule_comes_once_a_slot_also_at_the_ends_of_months_and_in_leap_years() {
    for (schedule, last, expected) in [
        ("hourly", "2026-02-28T23:59", "2026-03-01T00:00"),
        ("daily", "2024-02-28T12:00", "2024-02-29T00:00"),
        ("daily", "2024-02-29T12:00", "2024-03-01T00:00"),
        ("daily", "2025-12-31T12:00", "2026-01-01T00:00"),
        ("weekly", "2026-01-28T12:00", "2026-02-02T00:00"),
        // A Monday that was asked waits for the next one.
        ("weekly", "2026-02-02T12:00", "2026-02-09T00:00"),
        ("monthly", "2026-01-31T12:00", "2026-02-01T00:00"),
        ("monthly", "2024-02-29T12:00", "2024-03-01T00:00"),
        ("monthly", "2025-12-31T23:59", "2026-01-01T00:00"),
        ("quarterly", "2025-12-31T12:00", "2026-01-01T00:00"),
        ("quarterly", "2026-01-01T12:00", "2026-04-01T00:00"),
        ("cron: 0 6 29 2 *", "2024-03-01T00:00", "2028-02-29T06:00"),
        ("cron: 30 8 * * 1-5", "2026-01-30T08:31", "2026-02-02T08:30"),
        ("cron: 0 9 31 * *", "2026-01-31T09:01", "2026-03-31T09:00"),
    ] {
        let now = last;
        assert_eq!(
            next(schedule, last, now),
            slot(schedule, expected),
            "{schedule} after {last}"
        );
    }
    assert_eq!(
        Schedule::Manual.next_run("portal", &History::default(), at("2026-01-01T00:00")),
        None
    );
}

#[test]
fn the_time_of_day_is_taipeis_all_year() {
    // There is no daylight saving time: a January and a July day have the same hour in UTC.
    let cron = Schedule::parse("cron: 0 6 * * *").unwrap();
    for day in ["2026-01-15T12:00", "2026-07-15T12:00"] {
        let run = cron.next_run("portal", &asked(at(day)), at(day)).unwrap();
        assert_eq!(
            (run - cron.lateness("portal")).format("%H:%M").to_string(),
            "22:00"
        );
    }
}

#[test]
fn missed_slots_are_made_up_for_by_one_run() {
    let daily = Schedule::Daily;
    let woke = at("2026-03-10T09:00");
    // Asleep for nine days: due at once,
    let run = daily
        .next_run("portal", &asked(at("2026-03-01T09:00")), woke)
        .unwrap();
    assert!(run <= woke);
    // and after that one run not before the next slot.
    let run = daily.next_run("portal", &asked(woke), woke).unwrap();
    assert_eq!(shown(run), slot("daily", "2026-03-11T00:00"));
}

#[test]
fn a_clock_that_was_wrong_neither_silences_nor_floods() {
    let daily = Schedule::Daily;
    let right = at("2026-03-10T09:00");
    // Set back by a day, or from ten years ahead: the attempt lies ahead, and counts for nothing.
    for ahead in ["2026-03-11T09:00", "2036-03-10T09:00"] {
        let run = daily.next_run("portal", &asked(at(ahead)), right).unwrap();
        assert!(run <= right, "{ahead}: asked once");
        let run = daily.next_run("portal", &asked(right), right).unwrap();
        assert!(run > right, "{ahead}: and then as usual");
    }
    // Ten years ahead: once, not 3,652 times.
    let wrong = at("2036-03-10T09:00");
    assert!(daily.next_run("portal", &asked(right), wrong).unwrap() <= wrong);
    assert!(daily.next_run("portal", &asked(wrong), wrong).unwrap() > wrong);
    // A clock that is put right by seconds asks nobody twice.
    let run = daily
        .next_run("portal", &asked(right + TimeDelta::seconds(3)), right)
        .unwrap();
    assert!(run > right);
}

#[test]
fn sources_spread_over_their_window_and_each_keeps_its_place() {
    let daily = Schedule::Daily;
    let places: std::collections::BTreeSet<i64> = (0..300)
        .map(|n| daily.lateness(&format!("source-{n}")).num_minutes())
        .collect();
    assert!(places.len() > 150, "{}", places.len());
    assert!(places.iter().all(|minutes| (30..330).contains(minutes)));
    assert_eq!(daily.lateness("portal"), daily.lateness("portal"));
    assert!(Schedule::Hourly.lateness("portal") < TimeDelta::minutes(10));
}

#[test]
fn a_failing_source_waits_longer_each_time_but_never_longer_than_its_schedule() {
    let last = at("2026-03-10T09:00");
    let wait = |schedule: &Schedule, failures| {
        let history = History {
            failures,
            ..asked(last)
        };
        schedule.next_run("portal", &history, last).unwrap() - last
    };
    let hourly: Vec<i64> = (1..=6)
        .map(|n| wait(&Schedule::Hourly, n).num_minutes())
        .collect();
    assert!(
        hourly.windows(2).all(|pair| pair[0] <= pair[1]),
        "{hourly:?}"
    );
    assert!((5..6).contains(&hourly[0]), "{hourly:?}");
    assert_eq!(hourly[5], 60, "{hourly:?}");
    assert_eq!(wait(&Schedule::Daily, 4_000_000), TimeDelta::days(1));
    assert_eq!(wait(&Schedule::Quarterly, 40), TimeDelta::days(91));
    // One success, and it is as if nothing had been.
    assert_eq!(
        shown(last + wait(&Schedule::Daily, 0)),
        slot("daily", "2026-03-11T00:00")
    );
}

#[test]
fn data_of_a_quarter_are_asked_for_daily_until_they_came() {
    let schedule = Schedule::parse("quarter+20d").unwrap();
    let run = |last: Option<&str>, came: Option<&str>, now: &str| {
        let history = History {
            last: last.map(at),
            newest_period_end: came.map(|day| day.parse().unwrap()),
            ..History::default()
        };
        shown(schedule.next_run("portal", &history, at(now)).unwrap())
    };
    let of = |day: &str| slot("quarter+20d", day);
    let last_quarter = Some("2025-09-30");
    // Not before the twentieth day after the quarter.
    assert_eq!(
        run(Some("2025-10-25T09:00"), last_quarter, "2026-01-05T09:00"),
        of("2026-01-20T00:00")
    );
    // From then on every day,
    assert_eq!(
        run(Some("2026-01-20T09:00"), last_quarter, "2026-01-20T10:00"),
        of("2026-01-21T00:00")
    );
    // until the data of that quarter are there.
    assert_eq!(
        run(
            Some("2026-01-21T09:00"),
            Some("2025-12-31"),
            "2026-01-21T10:00"
        ),
        of("2026-04-20T00:00")
    );
    // Figures of a running quarter count for the one before.
    assert_eq!(
        run(
            Some("2026-01-21T09:00"),
            Some("2026-01-31"),
            "2026-01-21T10:00"
        ),
        of("2026-04-20T00:00")
    );
    // A source that was never asked is due for the last quarter whose day has come.
    assert_eq!(run(None, None, "2026-01-05T09:00"), of("2025-10-20T00:00"));
}

#[test]
fn nobody_is_asked_before_the_moment_a_portal_or_a_limit_names() {
    let now = at("2026-03-10T09:00");
    let until = now + TimeDelta::hours(30);
    for last in [None, Some(now - TimeDelta::days(9))] {
        let history = History {
            last,
            not_before: Some(until),
            ..History::default()
        };
        assert_eq!(
            Schedule::Hourly.next_run("portal", &history, now),
            Some(until)
        );
    }
}
