//! When a value was true: on the day the data name, in the period that was asked for, or, where nothing says it, at
//! the moment it was seen.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use common::{context, run_in};
use quarterdeck_sources::SourceConfig;

const END: &str = "2025-09-30 15:59:59.999999 UTC";
const CAME: &str = "2025-10-20 01:00:00 UTC";

fn seen(head: &str, map: &str, body: &str) -> (String, String) {
    let text = format!(
        "id = \"s\"\nschedule = \"daily\"\n{head}\n[[map]]\nseries = \"P29/cases\"\n{map}\n"
    );
    let config: SourceConfig = toml::from_str(&text).unwrap();
    assert_eq!(config.problems(), vec![], "{text}");
    let (decoded, _) = run_in(&config, &context(), body.as_bytes());
    let observation = decoded.unwrap().readings.remove(0).observation;
    (
        observation.period.to_string(),
        observation.observed_at.to_string(),
    )
}

#[test]
fn a_value_is_dated_by_what_says_its_day() {
    let json = "kind = \"json\"\nurl = \"https://x.gov.tw/n\"";
    let csv = "kind = \"csv\"\nurl = \"https://x.gov.tw/n\"";
    let at = "at = \"$.n\"";
    let answer = "{\"n\": 4, \"day\": \"2025-09-12\", \"late\": \"2025-10-15\", \"q\": \"2025Q3\"}";
    let rows = "日,數\n2025-09-12,4\n";
    let (column, sum) = ("column = \"數\"", "column = \"數\"\naggregate = \"sum\"");
    for (what, head, map, body, period, at) in [
        ("nothing", json, at.to_owned(), answer, "2025Q3", CAME),
        (
            "the quarter collected, by name",
            json,
            format!("{at}\nperiod = \"{{quarter}}\""),
            answer,
            "2025Q3",
            CAME,
        ),
        (
            "a year",
            json,
            format!("{at}\nperiod = \"{{year}}\""),
            answer,
            "2025",
            CAME,
        ),
        (
            "a period written down",
            json,
            format!("{at}\nperiod = \"2025Q3\""),
            answer,
            "2025Q3",
            END,
        ),
        (
            "a period in the answer",
            json,
            format!("{at}\nperiod_at = \"$.q\""),
            answer,
            "2025Q3",
            END,
        ),
        (
            "a day in the answer",
            "kind = \"json\"\nurl = \"https://x.gov.tw/n\"\ndata_day_at = \"$.day\"",
            at.to_owned(),
            answer,
            "2025Q3",
            "2025-09-12 15:59:59.999999 UTC",
        ),
        (
            "a day after the quarter",
            "kind = \"json\"\nurl = \"https://x.gov.tw/n\"\ndata_day_at = \"$.late\"",
            at.to_owned(),
            answer,
            "2025Q3",
            "2025-10-15 15:59:59.999999 UTC",
        ),
        (
            "the address",
            "kind = \"json\"\nurl = \"https://x.gov.tw/n?until={quarter_end}\"",
            at.to_owned(),
            answer,
            "2025Q3",
            END,
        ),
        (
            "a year in the address says nothing of a quarter",
            "kind = \"json\"\nurl = \"https://x.gov.tw/n?year={year}\"",
            at.to_owned(),
            answer,
            "2025Q3",
            CAME,
        ),
        ("rows", csv, column.to_owned(), rows, "2025Q3", CAME),
        ("a sum of rows", csv, sum.to_owned(), rows, "2025Q3", CAME),
        (
            "a filter by the quarter's end",
            csv,
            format!(
                "{sum}\nfilter = [{{ column = \"日\", op = \"<=\", value = \"{{quarter_end}}\" }}]"
            ),
            rows,
            "2025Q3",
            END,
        ),
        (
            "a column of days",
            csv,
            format!("{sum}\nperiod_column = \"日\"\nperiod_kind = \"quarter\""),
            rows,
            "2025Q3",
            END,
        ),
        (
            "a column of the newest day",
            "kind = \"csv\"\nurl = \"https://x.gov.tw/n\"\ndata_day_column = \"日\"",
            sum.to_owned(),
            rows,
            "2025Q3",
            "2025-09-12 15:59:59.999999 UTC",
        ),
    ] {
        assert_eq!(
            seen(head, &map, body),
            (period.to_owned(), at.to_owned()),
            "{what}"
        );
    }
}
