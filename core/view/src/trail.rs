//! The trail behind a figure (資料來源歷程), in the reader's words: the same facts in both faces and
//! on the command line.

use crate::format;
use crate::i18n::{Language, argument, say, word};
use crate::panel::{Fact, Line, Span, Tone};
use crate::screen::parts::{bold, fact, mono, signed, span, toned};
use chrono::{DateTime, SecondsFormat, Utc};
use quarterdeck_kpi::address::FigureAddress;
use quarterdeck_kpi::calendar::{Quarter, taipei_day};
use quarterdeck_kpi::explain::{Capture, Explanation, Row, RowState};
use quarterdeck_kpi::indicator::Title;
use quarterdeck_kpi::message::{Arg, Message};
use quarterdeck_kpi::observation::{Act, Cause, Qualifier};
use quarterdeck_kpi::signoff::Proof;
use quarterdeck_kpi::status::Status;
use rust_decimal::Decimal;

/// Lines of one excerpt.
const EXCERPT_LINES: usize = 14;

/// The register version that was in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterSeen {
    /// 1, 2, 3, ...
    pub version: i64,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// Id of the person who loaded it.
    pub actor: String,
}

/// Everything that is known of where a figure comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trail {
    /// The quarter it was assessed in.
    pub quarter: Quarter,
    /// As known at.
    pub as_of: DateTime<Utc>,
    /// Everything is invented.
    pub demo: bool,
    /// Down to the rows.
    pub explanation: Explanation,
    /// The raw answers behind the rows, those that count first.
    pub captures: Vec<Capture>,
    /// Raw answers that are not listed.
    pub captures_left_out: usize,
    /// The register version in force.
    pub register: Option<RegisterSeen>,
    /// Names of the people among the rows, by id.
    pub people: Vec<(String, Title)>,
    /// What vouches for the rows that people recorded and signed, by the row's number.
    pub proofs: Vec<(i64, Proof)>,
}

impl Trail {
    /// The figure.
    pub fn figure(&self) -> &FigureAddress {
        &self.explanation.figure
    }
    /// What it is, in words.
    pub fn title(&self, language: Language) -> String {
        argument(language, &self.explanation.title)
    }
    /// Its value in words, or the sign for none.
    pub fn value(&self, language: Language) -> String {
        text_of(language, self.explanation.value.as_ref())
    }
    /// What vouches for a row; `None` where nothing was signed.
    pub fn proof(&self, row: &Row) -> Option<&Proof> {
        let mut found = self.proofs.iter();
        found
            .find(|(number, _)| *number == row.sequence)
            .map(|(_, proof)| proof)
    }
    /// Name of the person or program behind an id.
    pub fn actor(&self, language: Language, id: &str) -> String {
        if matches!(id, "system" | "register") {
            return word(language, &format!("actor-{id}"));
        }
        let known = self.people.iter().find(|(person, _)| person == id);
        known.map_or(id.to_owned(), |(_, name)| {
            argument(language, &Arg::Title(name.clone()))
        })
    }
}

/// An argument as text; `—` for none. Money in whole NT$: what is explained is not rounded.
pub fn text_of(language: Language, arg: Option<&Arg>) -> String {
    match arg {
        None => format::NONE.to_owned(),
        Some(Arg::Ntd(amount)) => {
            let amount = Decimal::from(*amount);
            format::value_with_unit(language, amount, "ntd", Qualifier::Exact)
        }
        Some(arg) => argument(language, arg),
    }
}

/// The value of a row, as it is printed beside others.
pub fn row_value(language: Language, row: &Row) -> String {
    match (row.value, &row.refused) {
        (Some(value), _) => format::value_with_unit(language, value, &row.unit, row.qualifier),
        (None, Some(reason)) => {
            let printed = row.printed.clone().unwrap_or_default();
            format!("{printed} ({})", say(language, reason))
        }
        (None, None) => format::NONE.to_owned(),
    }
}

/// What a row is to the figure, in words.
pub fn row_state(language: Language, row: &Row) -> String {
    let id = match row.state {
        RowState::Counts if matches!(row.act, Act::Correct(_)) => "trail-row-corrects",
        RowState::Counts => "trail-row-counts",
        RowState::Replaced(_) => "trail-row-replaced",
        RowState::Withdrawn(_) => "trail-row-withdrawn",
        RowState::Withdrawal => "trail-row-withdrawal",
        RowState::Refused => "trail-row-refused",
        RowState::Damaged => "trail-row-damaged",
        RowState::Unused => "trail-row-unused",
    };
    word(language, id)
}

/// Where a row came from, in a few words.
pub fn row_cause(language: Language, row: &Row) -> String {
    match &row.cause {
        Cause::Capture { source, .. } => source.to_string(),
        Cause::Entry {
            evidence: Some((_, name)),
        } => format!("{} ({name})", word(language, "source-entry")),
        Cause::Entry { evidence: None } => word(language, "source-entry"),
        Cause::Document { title, place } => {
            format!("{title} {}", format::document_place(language, place))
        }
    }
}

/// Who recorded a row, how sure that is, and why.
pub fn row_hand(language: Language, trail: &Trail, row: &Row) -> String {
    let mut text = trail.actor(language, &row.actor);
    let identity = format!("identity-{}", row.identity);
    if let Some(proof) = trail.proof(row) {
        text = format!("{text} ({})", say(language, &proof.text()));
    } else if row.actor != "system" && crate::i18n::has(language, &identity) {
        text = format!("{text} ({})", word(language, &identity));
    }
    if let Some(reason) = row.reason.as_ref().filter(|r| !r.is_empty()) {
        text = format!("{text}  {reason}");
    }
    text
}

/// Status, achievement, target, value and formula, each with what it follows from.
pub fn facts(language: Language, trail: &Trail) -> Vec<Fact> {
    let explained = &trail.explanation;
    let label = |id: &str| word(language, id);
    let of_unit =
        |value| format::value_with_unit(language, value, &explained.unit, Qualifier::Exact);
    let mut facts = Vec::new();
    let mut value: Line = vec![bold(trail.value(language))];
    value.push(toned(
        format!("  {}", as_known(language, trail)),
        Tone::Hint,
    ));
    facts.push(fact(label("trail-value"), value));
    if explained.status.is_some() || explained.rule.is_some() {
        let mut line = Line::new();
        if let Some(status) = explained.status {
            line.push(signed(status, format::status(language, status)));
            line.push(span("  "));
        }
        if let Some(rule) = &explained.rule {
            line.push(span(say(language, &rule.text)));
            line.push(Span {
                tone: Tone::Hint,
                ..mono(format!("  {}", rule.id))
            });
        }
        let id = if explained.status.is_some() {
            "trail-status"
        } else {
            "trail-rule"
        };
        facts.push(fact(label(id), line));
    }
    if let Some(achievement) = explained.achievement {
        let mut line: Line = vec![span(format::rate(achievement))];
        if let Some(formula) = &explained.achievement_formula {
            line.push(toned(format!("  {}", say(language, formula)), Tone::Label));
        }
        facts.push(fact(label("trail-achievement"), line));
    }
    if let Some(target) = &explained.target {
        facts.push(fact(label("trail-target"), target_line(language, trail)));
        if explained.decisions.len() > 1 {
            for decision in explained.decisions.iter().rev().skip(1) {
                let line: Line = vec![
                    struck(of_unit(decision.value)),
                    toned(
                        decided(
                            language,
                            decision.set_on,
                            decision.by.as_deref(),
                            decision.document.as_deref(),
                        ),
                        Tone::Hint,
                    ),
                ];
                facts.push(fact(label("trail-target-former"), line));
            }
        } else if let Some((former, _)) = target.former {
            let line = vec![struck(of_unit(former))];
            facts.push(fact(label("trail-target-former"), line));
        }
    }
    facts.extend(observed(language, trail));
    if let Some(formula) = &explained.formula {
        facts.push(fact(
            label("trail-formula"),
            vec![span(say(language, formula))],
        ));
    }
    if let Some(register) = &trail.register {
        let text = Message::new("trail-register-version")
            .with("version", register.version)
            .with("at", register.recorded_at)
            .with("person", trail.actor(language, &register.actor));
        facts.push(fact(
            label("trail-register"),
            vec![span(say(language, &text))],
        ));
    }
    facts
}

/// The latest day that what was read from sources was true on, and that it was seen after its period.
fn observed(language: Language, trail: &Trail) -> Option<Fact> {
    let read =
        trail.explanation.rows.iter().filter(|row| {
            row.state == RowState::Counts && matches!(row.cause, Cause::Capture { .. })
        });
    let (at, row) = read
        .filter_map(|row| Some((row.observed_at?, row)))
        .max_by_key(|(at, _)| *at)?;
    let days = row.days_after_period().unwrap_or_default();
    let day = taipei_day(at);
    let text = if days > 0 {
        Message::new("trail-observed-after")
            .with("days", days)
            .with("end", row.period.end)
    } else {
        Message::new("trail-observed-day")
    };
    let line = vec![span(say(language, &text.with("day", day)))];
    Some(fact(word(language, "trail-observed"), line))
}

fn as_known(language: Language, trail: &Trail) -> String {
    say(
        language,
        &Message::new("trail-as-known").with("at", trail.as_of),
    )
}

/// The target with who decided it, when and by which document.
fn target_line(language: Language, trail: &Trail) -> Line {
    let Some(target) = &trail.explanation.target else {
        return Line::new();
    };
    let unit = &trail.explanation.unit;
    let mut text = format::value_with_unit(language, target.value, unit, Qualifier::Exact);
    if let Some(upper) = target.upper {
        let lower = format::exact(target.value, unit);
        let upper = format::value_with_unit(language, upper, unit, Qualifier::Exact);
        text = format!("{lower} - {upper}");
    }
    vec![
        span(text),
        toned(
            format!("  {}", format::period(language, target.period)),
            Tone::Label,
        ),
        toned(
            decided(
                language,
                target.set_on,
                target.by.as_deref(),
                target.document.as_deref(),
            ),
            Tone::Hint,
        ),
    ]
}

/// `  113.12.20 核定 …  文號 …`, or that the document prints no date.
fn decided(
    language: Language,
    set_on: Option<chrono::NaiveDate>,
    by: Option<&str>,
    document: Option<&str>,
) -> String {
    let mut parts = Vec::new();
    match set_on {
        Some(day) => parts.push(say(
            language,
            &Message::new("trail-decided-on").with("day", day),
        )),
        None => parts.push(word(language, "trail-decided-undated")),
    }
    if let Some(by) = by {
        parts.push(by.to_owned());
    }
    if let Some(document) = document {
        parts.push(document.to_owned());
    }
    format!("  {}", parts.join("  "))
}

/// How many rows count, how many no longer do, and what else they are: together all of them.
pub fn rows_summary(language: Language, trail: &Trail) -> String {
    let rows = &trail.explanation.rows;
    let of = |state: RowState| rows.iter().filter(|r| r.state == state).count();
    let gone = rows.iter().filter(|r| r.state.is_gone()).count();
    let count = |id: &'static str, count: usize| Message::new(id).with("count", count);
    let mut parts = Message::new("trail-rows-also")
        .with("before", count("trail-rows-counts", of(RowState::Counts)))
        .with("more", count("trail-rows-gone", gone));
    for (id, state) in [
        ("trail-rows-refused", RowState::Refused),
        ("trail-rows-damaged", RowState::Damaged),
        ("trail-rows-unused", RowState::Unused),
    ] {
        if of(state) > 0 {
            parts = Message::new("trail-rows-also")
                .with("before", parts)
                .with("more", count(id, of(state)));
        }
    }
    say(
        language,
        &Message::new("trail-rows-summary")
            .with("parts", parts)
            .with("all", rows.len()),
    )
}

/// One raw answer: where, when, how long, both hashes, the place and what stands there.
pub fn capture_facts(language: Language, capture: &Capture) -> Vec<Fact> {
    let label = |id: &str| word(language, id);
    let mut facts = vec![
        fact(
            label("trail-capture-url"),
            vec![mono(format!("{} {}", capture.method, capture.url))],
        ),
        fact(
            label("trail-capture-answer"),
            vec![span(say(
                language,
                &Message::new("trail-capture-status")
                    .with("status", capture.http_status.to_string())
                    .with("bytes", capture.bytes),
            ))],
        ),
        fact(
            label("trail-capture-time"),
            vec![
                span(say(
                    language,
                    &Message::new("trail-taipei").with("at", capture.fetched_at),
                )),
                Span {
                    tone: Tone::Label,
                    ..mono(format!(
                        "  {}",
                        capture
                            .fetched_at
                            .to_rfc3339_opts(SecondsFormat::Secs, true)
                    ))
                },
            ],
        ),
        fact(
            label("trail-capture-sha256"),
            vec![mono(capture.sha256.clone())],
        ),
        fact(
            label("trail-capture-stored"),
            if capture.stored_sha256 == capture.sha256 {
                vec![toned(word(language, "trail-capture-same"), Tone::Label)]
            } else {
                let recipe = capture.recipe.clone().unwrap_or_default();
                vec![
                    mono(capture.stored_sha256.clone()),
                    toned(
                        format!(
                            "  {}",
                            say(
                                language,
                                &Message::new("trail-capture-blanked").with("recipe", recipe)
                            )
                        ),
                        Tone::Label,
                    ),
                ]
            },
        ),
    ];
    if !capture.headers.is_empty() {
        let headers: Vec<String> = capture
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        facts.push(fact(
            label("trail-capture-headers"),
            vec![mono(headers.join("; "))],
        ));
    }
    facts.push(fact(
        label("trail-capture-at"),
        vec![mono(capture.at.clone())],
    ));
    facts
}

/// The excerpt, the marked pieces in the accent colour; a sentence where there is none.
pub fn excerpt_lines(language: Language, capture: &Capture) -> Vec<Line> {
    let Some(excerpt) = &capture.excerpt else {
        return vec![vec![toned(
            word(language, "trail-excerpt-none"),
            Tone::Status(Status::Rejected),
        )]];
    };
    let mut lines: Vec<Line> = excerpt
        .lines
        .iter()
        .take(EXCERPT_LINES)
        .map(|pieces| {
            pieces
                .iter()
                .map(|(text, marked)| Span {
                    text: text.clone(),
                    tone: if *marked { Tone::Accent } else { Tone::Label },
                    bold: *marked,
                    mono: true,
                    ..Span::default()
                })
                .collect()
        })
        .collect();
    if !excerpt.found {
        lines.insert(
            0,
            vec![toned(word(language, "trail-excerpt-beginning"), Tone::Hint)],
        );
    }
    lines
}

/// Text that no longer counts: kept, and struck out.
pub fn struck(text: impl Into<String>) -> Span {
    Span {
        struck: true,
        ..toned(text, Tone::Hint)
    }
}
