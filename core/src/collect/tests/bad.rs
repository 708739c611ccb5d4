//! Bad answers over HTTP, one after the other: each is told with its reason, and yesterday's figure
//! stays.
//!
//! | bad input | held elsewhere by |
//! |---|---|
//! | status 503 with a valid body | `an_accepted_503_is_decoded_before_any_retry` |
//! | body over the cap, lying length, bomb | `a_body_that_is_not_what_it_says_is_an_error` (transport) |
//! | slow body | `slow_portals_are_given_up` (transport) |
//! | fewer rows than last time | `fewer_rows_than_last_time_are_noticed_and_far_fewer_refused` (sources) |
//! | "１２３", "1,234", "75.3%", 萬, 億 | `printed_forms_are_read_and_kept` (sources) |
//! | blank labels | `blank_labels_stay_in_the_denominator` (sources) |
//! | Big5 labelled UTF-8 | `encodings_are_measured`, `bytes_decide_not_labels` (sources) |
//! | unknown key in a file | `an_unknown_key_gives_file_line_and_the_nearest_key` (workspace) |
//! | broken programme file | `a_broken_programme_file_leaves_the_other_28` (commands) |
//! | somebody who is not in people.toml | `nobody_mapped_can_read_but_not_change` (commands) |
//! | second collector | `a_busy_workspace_names_the_holder` (commands) |
//! | database locked, corrupt, newer, full, read-only | `tests/opening.rs`, `tests/damage.rs` (store) |

use super::*;
use crate::transport::scripted::redirect;
use flate2::Compression;
use flate2::write::GzEncoder;
use quarterdeck_view::i18n::{Language, say};
use std::io::Write;

fn packed_stump(body: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(body).unwrap();
    let mut bytes = packer.finish().unwrap();
    bytes.truncate(bytes.len() - 6);
    bytes
}

fn longer_than_sent(body: &str) -> Vec<Step> {
    let length = body.len() + 40;
    vec![Step::Send(
        format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}").into_bytes(),
    )]
}

/// What is bad, what is sent on the second day, the outcome, and the key of the reason.
type Case = (&'static str, Vec<Step>, &'static str, &'static str);

/// Collects a good answer one day and the bad one the next.
fn holds(source: &dyn Fn(&str, &str) -> String, good: &'static str, cases: Vec<Case>) {
    let answers: Vec<Vec<Step>> = cases.iter().map(|(_, steps, ..)| steps.clone()).collect();
    let server = Server::start(move |path, earlier| {
        let case: usize = path.trim_start_matches('/').parse().unwrap();
        if earlier == 0 {
            ok(good)
        } else {
            answers[case].clone()
        }
    });
    let sources: Vec<String> = (0..cases.len())
        .map(|case| source(&format!("s{case:02}"), &server.url(&format!("/{case}"))))
        .collect();
    let mut wrong = Vec::new();
    for (case, (name, _, outcome, reason)) in cases.iter().enumerate() {
        let mut office = Office::new(&sources[case..=case]);
        let first = office.collect_on(20);
        assert_eq!(
            first.sources[0].outcome,
            Some(Outcome::Good),
            "{name}: {first:?}"
        );
        let second = office.collect_on(21);
        let report = &second.sources[0];
        // A refused figure carries its own reason.
        let mut message = message_of(&second, 0);
        for row in office.rows().observations {
            if let Reading::Rejected(reason) = row.item.reading {
                message.push_str(&format!(" figure: {reason}"));
            }
        }
        if report.outcome.map(Outcome::id) != Some(outcome) || !message.contains(reason) {
            wrong.push(format!("{name}: {:?} {message}", report.outcome));
        }
        for language in [Language::En, Language::ZhTw] {
            let text = say(language, report.message.as_ref().unwrap());
            let unsafe_sign = |c: char| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c);
            assert!(
                !text.is_empty() && !text.contains(unsafe_sign),
                "{name}: {text:?}"
            );
        }
        let rows = office.rows();
        let good: Vec<_> = rows
            .observations
            .iter()
            .filter_map(|row| row.item.value())
            .collect();
        assert_eq!(good, [5.into()], "{name}: yesterday's figure and no other");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn bad_json_over_http_is_told_and_nothing_is_lost() {
    let utf8 = "Content-Type: application/json; charset=utf-8\r\n";
    let body = |bytes: &[u8]| answer("200 OK", utf8, bytes);
    let cases = vec![
        (
            "a web page",
            body(b"<html><title>Sorry</title></html>"),
            "rejected",
            "Sorry",
        ),
        (
            "an error under 200",
            ok("{\"success\": false, \"error\": \"no such table\"}"),
            "rejected",
            "no such table",
        ),
        ("nothing", body(b""), "rejected", "source-empty"),
        (
            "a cut body",
            longer_than_sent("{\"n\": 7}"),
            "rejected",
            "net-truncated",
        ),
        (
            "a cut document",
            ok("{\"n\": 7"),
            "rejected",
            "source-json-truncated",
        ),
        (
            "cut gzip",
            answer(
                "200 OK",
                "Content-Encoding: gzip\r\n",
                &packed_stump(b"{\"n\": 7}"),
            ),
            "rejected",
            "net-",
        ),
        ("NaN", ok("{\"n\": NaN}"), "rejected", "source-json-invalid"),
        (
            "NaN as text",
            ok("{\"n\": \"NaN\"}"),
            "partial",
            "figure: number-no-value",
        ),
        (
            "1e400",
            ok("{\"n\": 1e400}"),
            "partial",
            "figure: number-digits",
        ),
        (
            "one key twice",
            ok("{\"n\": 7, \"n\": 8}"),
            "rejected",
            "source-json-duplicate-key",
        ),
        (
            "bytes that are no UTF-8",
            body(b"{\"n\": \"7\xff\"}"),
            "rejected",
            "source-text-unreadable",
        ),
        (
            "NUL",
            body(b"{\"n\": \"7\0\"}"),
            "rejected",
            "source-json-invalid",
        ),
        (
            "commands for the terminal",
            ok("{\"n\": \"\\u001b]52;c;aGk=\\u0007\\u202e12\"}"),
            "partial",
            "figure: source-",
        ),
        (
            "a renamed field",
            ok("{\"m\": 7}"),
            "partial",
            "source-path-not-found",
        ),
        (
            "a redirect to the cloud's own address",
            redirect("http://169.254.169.254/"),
            "failed",
            "net-private",
        ),
        (
            "a redirect to a file",
            redirect("file:///etc/passwd"),
            "failed",
            "net-scheme",
        ),
    ];
    holds(&|id, url| json(id, url, ""), "{\"n\": 5}", cases);
}

#[test]
fn bad_csv_over_http_is_told_and_nothing_is_lost() {
    let body = |bytes: &[u8]| answer("200 OK", "Content-Type: text/csv; charset=utf-8\r\n", bytes);
    let cases = vec![
        (
            "a cut body",
            longer_than_sent("n,day\r\n7,2025-12-01\r\n"),
            "rejected",
            "net-truncated",
        ),
        (
            "cut gzip",
            answer(
                "200 OK",
                "Content-Encoding: gzip\r\n",
                &packed_stump(b"n,day\r\n7,2025-12-01\r\n"),
            ),
            "rejected",
            "net-",
        ),
        (
            "cut in a row",
            body(b"n,day\r\n5,2025-12-01\r\n7,\"2025"),
            "rejected",
            "source-csv-truncated",
        ),
        (
            "one header twice",
            body(b"n,n\r\n7,8\r\n"),
            "rejected",
            "source-column-twice",
        ),
        (
            "a renamed column",
            body(b"m,day\r\n7,2025-12-01\r\n"),
            "rejected",
            "source-column-",
        ),
        ("no rows", body(b"n,day\r\n"), "rejected", "source-no-rows"),
        (
            "a cell that is no number",
            body(b"n,day\r\nseven,2025-12-01\r\n"),
            "partial",
            "number-unreadable",
        ),
        (
            "a web page",
            body(b"<!DOCTYPE html><html><title>Sorry</title></html>"),
            "rejected",
            "Sorry",
        ),
    ];
    let source = |id: &str, url: &str| {
        format!(
            "id = \"{id}\"\nkind = \"csv\"\nurl = \"{url}\"\nschedule = \"daily\"\nallow_private = true\n\
             [[map]]\nseries = \"P01/datasets\"\naggregate = \"sum\"\ncolumn = \"n\"\n"
        )
    };
    holds(&source, "n,day\r\n5,2025-12-01\r\n", cases);
}

#[test]
fn future_and_impossible_periods_are_no_figures() {
    for day in ["2027-03-01", "112/02/29", "2025-13-01", "soon"] {
        let server = Server::start(move |_, _| {
            let rows = format!("n,day\r\n5,2025-12-01\r\n7,{day}\r\n");
            answer("200 OK", "Content-Type: text/csv\r\n", rows.as_bytes())
        });
        let source = format!(
            "id = \"days\"\nkind = \"csv\"\nurl = \"{}\"\nschedule = \"daily\"\nallow_private = true\n\
             [[map]]\nseries = \"P01/datasets\"\naggregate = \"sum\"\ncolumn = \"n\"\nperiod_column = \"day\"\n",
            server.url("/")
        );
        let mut office = Office::new(&[source]);
        let summary = office.collect_on(20);
        assert!(
            !summary.sources[0].findings.is_empty(),
            "{day}: {summary:?}"
        );
        let rows = office.rows();
        let good: Vec<_> = rows
            .observations
            .iter()
            .filter_map(|row| row.item.value())
            .collect();
        assert!(
            !good.contains(&12.into()) && !good.contains(&7.into()),
            "{day}: {good:?}"
        );
    }
}
