//! Help: live keys, words, formulas, and what the register is and is not.

mod register;

use super::filter::Matcher;
use super::parts::*;
use crate::format;
use crate::keys::{COMMANDS, Group};
use crate::palette;
use crate::panel::{Body, Fact, Panel, Place, Row, Span, Tone};
use crate::state::{FaceKind, Loaded, State};
use quarterdeck_kpi::status::Status;

use register::{claims, context, findings, framework, node_work, problems, register};

/// Formulas as the control handbooks write them: name and text.
const FORMULAS: [(&str, &str); 9] = [
    ("formula-executed", "formula-executed-text"),
    ("measure-execution-rate", "formula-execution-rate-text"),
    ("measure-disbursement", "formula-disbursement-text"),
    ("measure-attainment", "formula-attainment-text"),
    ("formula-settlement", "formula-settlement-text"),
    ("column-variance", "formula-variance-text"),
    ("column-achievement", "formula-achievement-text"),
    ("formula-status", "formula-status-text"),
    ("formula-exceptions", "formula-exceptions-text"),
];

/// Keys that are no commands: key text and what it does.
const PLAIN_KEYS: [(&str, &str); 6] = [
    ("keys-arrows", "keys-arrows-text"),
    ("keys-pages", "keys-pages-text"),
    ("keys-tab", "keys-tab-text"),
    ("keys-digits", "keys-digits-text"),
    ("keys-width", "keys-width-text"),
    ("keys-inverse", "keys-inverse-text"),
];

pub(crate) fn panels(state: &State, loaded: Option<&Loaded>) -> Vec<Panel> {
    let matcher = Matcher::new(&state.filter);
    let mut panels = vec![keys(state, &matcher)];
    if let Some(loaded) = loaded {
        panels.push(framework(state, loaded, &matcher));
        panels.extend(node_work(state, loaded, &matcher));
        panels.push(claims(state, loaded, &matcher));
        panels.push(register(state, loaded, &matcher));
        panels.push(context(state, loaded, &matcher));
        panels.push(findings(state, loaded, &matcher));
        if !loaded.problems.is_empty() {
            panels.push(problems(state, loaded, &matcher));
        }
    }
    panels.push(words(state, &matcher));
    panels.push(formulas(state, &matcher));
    panels
}

fn keys(state: &State, matcher: &Matcher) -> Panel {
    let mut rows = Vec::new();
    for group in Group::ALL {
        let mut first = true;
        for command in COMMANDS.iter().filter(|c| c.group == group) {
            let label = state.word(command.label);
            let plain = command.plain.map_or(String::new(), |k| k.to_string());
            let control = command
                .control_key(state.face)
                .map_or(String::new(), |k| k.to_string());
            let word = format!(":{}", command.id);
            if !matcher.takes(&format!("{label}|{plain}|{control}|{word}")) {
                continue;
            }
            let group_word = if first {
                state.word(group.word())
            } else {
                String::new()
            };
            first = false;
            rows.push(Sortable {
                row: Row {
                    key: command.id.to_owned(),
                    cells: vec![
                        cell_of(toned(group_word, Tone::Label)),
                        cell_of(mono(plain.clone())),
                        cell_of(mono(control.clone())),
                        cell(label.clone()),
                        cell_of(mono(word.clone())),
                    ],
                    ..Row::default()
                },
                keys: vec![
                    SortKey::Number(None),
                    SortKey::Text(plain),
                    SortKey::Text(control),
                    SortKey::Text(label),
                    SortKey::Text(word),
                ],
            });
        }
    }
    for (key, text) in PLAIN_KEYS {
        let (key_text, label) = (state.word(key), state.word(text));
        if !matcher.takes(&format!("{key_text}|{label}")) {
            continue;
        }
        rows.push(Sortable {
            row: Row {
                key: key.to_owned(),
                cells: vec![
                    cell(""),
                    cell_of(mono(key_text.clone())),
                    cell(""),
                    cell(label.clone()),
                    cell(""),
                ],
                ..Row::default()
            },
            keys: vec![
                SortKey::Number(None),
                SortKey::Text(key_text),
                SortKey::Text(String::new()),
                SortKey::Text(label),
                SortKey::Text(String::new()),
            ],
        });
    }
    let columns = vec![
        column(state, "group", "column-menu", 90, 10).unsorted(),
        column(state, "plain", "column-key", 96, 10),
        column(state, "control", "column-key-control", 90, 10),
        column(state, "label", "column-command", 220, 24).grows(),
        column(state, "word", "column-command-word", 120, 14).drop(1),
    ];
    let mut panel = panel(
        "keys",
        Place::Main,
        state.word("help-keys"),
        Body::Table(table(
            state,
            "keys",
            columns,
            rows,
            state.word("help-no-match"),
        )),
    );
    panel.subtitle = state.word(match state.face {
        FaceKind::Window => "help-keys-window",
        FaceKind::Terminal => "help-keys-terminal",
    });
    panel
}

fn filtered(state: &State, matcher: &Matcher, facts: Vec<Fact>) -> Body {
    let facts: Vec<Fact> = facts
        .into_iter()
        .filter(|f| {
            let value: String = f.value.iter().map(|s| s.text.as_str()).collect();
            matcher.takes(&format!("{}|{value}", f.label))
        })
        .collect();
    if facts.is_empty() {
        Body::Lines(vec![vec![toned(state.word("help-no-match"), Tone::Hint)]])
    } else {
        Body::Facts(facts)
    }
}

fn words(state: &State, matcher: &Matcher) -> Panel {
    let facts = Status::ALL
        .into_iter()
        .map(|status| {
            let look = palette::look(status);
            Fact {
                label: format::status(state.language, status),
                value: vec![Span {
                    tone: Tone::Label,
                    bold: false,
                    ..signed(status, state.word(&format!("{}-text", look.word)))
                }],
                extra: Some(vec![mono(look.ascii.to_string())]),
            }
        })
        .chain(
            [
                "word-presumed",
                "word-translated",
                "word-provisional",
                "word-unspent",
                "word-as-of",
                "word-claim",
            ]
            .into_iter()
            .map(|key| {
                fact(
                    state.word(key),
                    vec![span(state.word(&format!("{key}-text")))],
                )
            }),
        )
        .collect();
    panel(
        "words",
        Place::Side,
        state.word("help-words"),
        filtered(state, matcher, facts),
    )
}

fn formulas(state: &State, matcher: &Matcher) -> Panel {
    let facts = FORMULAS
        .into_iter()
        .map(|(name, text)| fact(state.word(name), vec![span(state.word(text))]))
        .collect();
    panel(
        "formulas",
        Place::Side,
        state.word("help-formulas"),
        filtered(state, matcher, facts),
    )
}
