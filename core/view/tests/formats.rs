//! How figures are written.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use chrono::NaiveDate;
use quarterdeck_kpi::Decimal;
use quarterdeck_kpi::calendar::{Period, Quarter};
use quarterdeck_kpi::observation::Qualifier;
use quarterdeck_view::format;
use quarterdeck_view::i18n::Language::{En, ZhTw};

fn number(text: &str) -> Decimal {
    text.parse().unwrap()
}

#[test]
fn rates_have_two_decimals_rounded_half_away_from_zero() {
    assert_eq!(format::rate(number("0.4102")), "41.02 %");
    assert_eq!(format::rate(number("0.939065")), "93.91 %");
    assert_eq!(format::rate(number("-0.00005")), "−0.01 %");
    assert_eq!(format::rate(number("1.019")), "101.90 %");
    assert_eq!(format::rate(Decimal::ZERO), "0.00 %");
}

#[test]
fn points_show_their_direction() {
    assert_eq!(format::points(number("-18.4")), "−18.40");
    assert_eq!(format::points(number("1.2")), "+1.20");
    assert_eq!(format::points(number("0.001")), "0.00");
    assert_eq!(format::points(number("-0.001")), "0.00");
}

#[test]
fn money_is_in_thousands_in_tables_and_in_hundred_millions_in_prose() {
    assert_eq!(format::money_thousands(28_132_000), "28,132");
    assert_eq!(format::money_thousands(-164_000), "−164");
    assert_eq!(format::money_prose(ZhTw, 6_240_000_000), "62.40億元");
    assert_eq!(format::money_prose(En, 6_240_000_000), "NT$6.24 bn");
    assert_eq!(format::money_prose(En, 62_400_000), "NT$62.40 m");
    assert_eq!(format::money_prose(ZhTw, -164_000), "−164千元");
    assert_eq!(format::money_prose(ZhTw, 0), "0.00億元");
    assert_eq!(format::money_prose(En, i64::MIN), "−NT$9,223,372,036.85 bn");
}

#[test]
fn days_and_quarters_follow_the_readers_calendar() {
    let day = NaiveDate::from_ymd_opt(2025, 10, 20).unwrap();
    assert_eq!(format::date(ZhTw, day), "114.10.20");
    assert_eq!(format::date(En, day), "2025-10-20");
    let quarter = Quarter::new(2025, 3).unwrap();
    assert_eq!(format::quarter(ZhTw, quarter), "114年第3季");
    assert_eq!(format::quarter_other(ZhTw, quarter), "2025Q3");
    assert_eq!(
        format::period(ZhTw, Period::month(2025, 9).unwrap()),
        "114年9月"
    );
    assert_eq!(
        format::period(ZhTw, Period::half(2025, 2).unwrap()),
        "114年下半年"
    );
    assert_eq!(format::period(En, Period::year(2025)), "2025");
    let instant = "2025-10-20T01:12:00Z".parse().unwrap();
    assert_eq!(format::instant(ZhTw, instant), "114.10.20 09:12");
}

#[test]
fn a_bound_is_not_shown_as_a_value() {
    assert_eq!(
        format::value_with_unit(En, number("43000"), "dataset", Qualifier::MoreThan),
        "> 43,000 data sets"
    );
    assert_eq!(
        format::value_with_unit(ZhTw, number("75.3"), "percent", Qualifier::Exact),
        "75.30 %"
    );
}

#[test]
fn terminals_get_signs_of_sure_width() {
    assert_eq!(format::narrow("— ≥ 3 ≈ 4 × 5"), "- >= 3 ~ 4 x 5");
}
