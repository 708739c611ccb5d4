//! Help: live keys, words, formulas, and what the register is and is not.

use super::filter::Matcher;
use super::parts::*;
use crate::format;
use crate::keys::{COMMANDS, Group};
use crate::palette;
use crate::panel::{Body, Fact, Line, Panel, Place, Row, Tone};
use crate::state::{FaceKind, Loaded, State};
use quarterdeck_kpi::status::Status;

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
                value: vec![signed(status, state.word(&format!("{}-text", look.word)))],
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

fn lines(state: &State, lines: Vec<Line>, matcher: &Matcher) -> Body {
    let lines: Vec<Line> = lines
        .into_iter()
        .filter(|line| {
            let text: String = line.iter().map(|s| s.text.as_str()).collect();
            matcher.takes(&text)
        })
        .collect();
    if lines.is_empty() {
        Body::Lines(vec![vec![toned(state.word("help-no-match"), Tone::Hint)]])
    } else {
        Body::Lines(lines)
    }
}

/// Indicators of goals, strategies, areas and the portfolio.
fn framework(state: &State, loaded: &Loaded, matcher: &Matcher) -> Panel {
    let register = &loaded.snapshot.register;
    let rows = loaded
        .assessment
        .nodes
        .iter()
        .flat_map(|node| node.indicators.iter().map(move |i| (node, i)))
        .map(|(node, indicator)| {
            let mut row = super::programme::indicator_row(state, loaded, indicator);
            row.row.open = None;
            let name = register.node(&node.id).map_or(node.id.clone(), |n| {
                format!("{} {}", n.id, title_of(state.language, &n.title))
            });
            if let Some(cell) = row.row.cells.first_mut() {
                cell.spans
                    .insert(0, toned(format!("{} ", node.id), Tone::Label));
                let tip = cell.tip.take().unwrap_or_default();
                cell.tip = Some(format!("{name}  {tip}"));
            }
            row
        })
        .filter(|row| {
            let text: String = row
                .row
                .cells
                .iter()
                .flat_map(|c| c.spans.iter().map(|s| s.text.clone()))
                .collect();
            matcher.takes(&text)
        })
        .collect();
    panel(
        "framework",
        Place::Main,
        state.word("help-framework"),
        Body::Table(table(
            state,
            "framework",
            super::programme::indicator_columns(state),
            rows,
            state.word("help-no-framework"),
        )),
    )
}

/// Claims on one topic side by side; never compared with a count of rows.
fn claims(state: &State, loaded: &Loaded, matcher: &Matcher) -> Panel {
    let mut claims: Vec<_> = loaded.snapshot.register.claims.iter().collect();
    claims.sort_by(|a, b| (&a.plan, &a.topic).cmp(&(&b.plan, &b.topic)));
    let rows = claims
        .into_iter()
        .map(|claim| {
            let key = format!("claim-{}", claim.topic);
            let topic = if crate::i18n::has(state.language, &key) {
                state.word(&key)
            } else {
                claim.topic.clone()
            };
            let text = title_of(state.language, &claim.text);
            let date = claim
                .date
                .map_or(String::new(), |d| format::date(state.language, d));
            let texts = [
                claim.plan.clone(),
                topic,
                claim.value.clone(),
                text,
                claim.source.clone(),
                date,
            ];
            Sortable {
                row: Row {
                    key: claim.id.clone(),
                    cells: texts
                        .iter()
                        .map(|t| {
                            let mut cell = if t.is_empty() {
                                none_cell()
                            } else {
                                cell(t.clone())
                            };
                            cell.tip = Some(t.clone());
                            cell
                        })
                        .collect(),
                    ..Row::default()
                },
                keys: texts.into_iter().map(SortKey::Text).collect(),
            }
        })
        .filter(|row| {
            let text: String = row
                .row
                .cells
                .iter()
                .flat_map(|c| c.spans.iter().map(|s| s.text.clone()))
                .collect();
            matcher.takes(&text)
        })
        .collect();
    let columns = vec![
        column(state, "plan", "column-plan", 52, 5),
        column(state, "topic", "column-topic", 80, 9),
        column(state, "value", "column-claimed", 90, 10),
        column(state, "text", "column-claim", 220, 24).grows(),
        column(state, "source", "column-where", 180, 18),
        column(state, "date", "column-date", 76, 10).drop(1),
    ];
    let mut panel = panel(
        "claims",
        Place::Main,
        state.word("help-claims"),
        Body::Table(table(
            state,
            "claims",
            columns,
            rows,
            state.word("help-no-claims"),
        )),
    );
    panel.subtitle = state.word("help-claims-note");
    panel
}

fn register(state: &State, loaded: &Loaded, matcher: &Matcher) -> Panel {
    let register = &loaded.snapshot.register;
    let mut all: Vec<Line> = Vec::new();
    let origin = title_of(state.language, &register.origin);
    if !origin.is_empty() {
        all.push(vec![span(origin)]);
    }
    for plan in &register.plans {
        let mut line = vec![
            mono(format!("{}  ", plan.id)),
            span(title_of(state.language, &plan.title)),
            toned(
                format!(
                    "  {} {} {}",
                    format::year(state.language, plan.years.0),
                    state.word("range-to"),
                    format::year(state.language, plan.years.1)
                ),
                Tone::Label,
            ),
        ];
        if plan.years_basis == "inferred" {
            line.push(toned(
                format!("  {}", state.word("mark-inferred")),
                Tone::Hint,
            ));
        }
        if let Some(document) = &plan.document {
            line.push(toned(format!("  {document}"), Tone::Hint));
        }
        all.push(line);
    }
    let office = title_of(state.language, &register.office);
    if !office.is_empty() {
        all.push(vec![
            toned(format!("{}  ", state.word("help-office")), Tone::Label),
            span(office),
        ]);
    }
    all.push(vec![
        toned(format!("{}  ", state.word("help-folder")), Tone::Label),
        mono(loaded.root.display().to_string()),
    ]);
    panel(
        "register",
        Place::Main,
        state.word("help-register"),
        lines(state, all, matcher),
    )
}

fn context(state: &State, loaded: &Loaded, matcher: &Matcher) -> Panel {
    let mut all: Vec<Line> = Vec::new();
    for note in &loaded.snapshot.register.context {
        let mut line = vec![
            bold(format!("{}  ", title_of(state.language, &note.title))),
            span(title_of(state.language, &note.text)),
        ];
        if let Some(place) = &note.place {
            line.push(toned(format!("  {place}"), Tone::Hint));
        }
        all.push(line);
    }
    panel(
        "context",
        Place::Main,
        state.word("help-context"),
        lines(state, all, matcher),
    )
}

fn findings(state: &State, loaded: &Loaded, matcher: &Matcher) -> Panel {
    let all = loaded
        .assessment
        .findings
        .iter()
        .map(|f| super::finding_line(state, f))
        .collect();
    panel(
        "all-findings",
        Place::Main,
        state.word("programme-findings"),
        lines(state, all, matcher),
    )
}

fn problems(state: &State, loaded: &Loaded, matcher: &Matcher) -> Panel {
    let all = loaded
        .problems
        .iter()
        .map(|problem| {
            let mut line = vec![
                signed(
                    if problem.error {
                        Status::Behind
                    } else {
                        Status::AtRisk
                    },
                    state.say(&problem.text),
                ),
                mono(format!("  {}", problem.place)),
            ];
            if let Some(next) = &problem.next {
                line.push(toned(format!("  {}", state.say(next)), Tone::Label));
            }
            line
        })
        .collect();
    panel(
        "problems",
        Place::Main,
        state.word("help-problems"),
        lines(state, all, matcher),
    )
}
