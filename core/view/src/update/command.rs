//! The command line: what can be typed, what it completes to, and the nearest known word.

use crate::i18n::Language;
use crate::keys::COMMANDS;
use crate::msg::Msg;
use crate::state::{PromptKind, ScreenId, State};
use crate::text::fold_for_search;
use quarterdeck_kpi::address::{FigureAddress, SeriesId};
use quarterdeck_kpi::calendar::{Quarter, parse_as_of};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::status::Status;
use quarterdeck_kpi::text::fold_width;
use std::path::PathBuf;

/// Suggestions offered at once.
const OFFERED: usize = 10;

/// Words with an argument that are no keys: word and label.
const WITH_ARGUMENT: [(&str, &str); 12] = [
    ("quarter", "command-quarter"),
    ("explain", "command-explain"),
    ("find", "command-find"),
    ("indicator", "command-indicator"),
    ("asof", "command-as-of"),
    ("lang", "command-language"),
    ("programme", "command-programme"),
    ("collect", "command-collect-one"),
    ("filter", "command-filter"),
    ("status", "command-status"),
    ("workspace", "command-open-workspace"),
    ("create", "command-create-workspace"),
];

/// A completion of the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// What is put in.
    pub text: String,
    /// What it means; empty for history.
    pub label: String,
    /// Key that does the same.
    pub key: String,
}

/// What the prompt offers: history first, then commands and programmes that go on from the text.
pub fn suggestions(state: &State) -> Vec<Suggestion> {
    let Some(prompt) = &state.prompt else {
        return Vec::new();
    };
    if prompt.kind != PromptKind::Command {
        return Vec::new();
    }
    let typed = fold_for_search(prompt.text.trim());
    let mut found: Vec<Suggestion> = Vec::new();
    let mut push = |suggestion: Suggestion| {
        if found.len() < OFFERED && !found.iter().any(|f| f.text == suggestion.text) {
            found.push(suggestion);
        }
    };
    for text in state.commands.iter().rev() {
        if fold_for_search(text).starts_with(&typed) {
            push(Suggestion {
                text: text.clone(),
                label: String::new(),
                key: String::new(),
            });
        }
    }
    let candidates = all(state);
    let starts = |s: &&Suggestion| fold_for_search(&s.text).starts_with(&typed);
    let contains = |s: &&Suggestion| {
        !typed.is_empty() && fold_for_search(&format!("{} {}", s.text, s.label)).contains(&typed)
    };
    for suggestion in candidates.iter().filter(starts) {
        push(suggestion.clone());
    }
    for suggestion in candidates.iter().filter(contains) {
        push(suggestion.clone());
    }
    found
}

fn all(state: &State) -> Vec<Suggestion> {
    let mut all: Vec<Suggestion> = COMMANDS
        .iter()
        .filter(|c| c.works(state) && !matches!(c.id, "command" | "open"))
        .map(|c| Suggestion {
            text: c.id.to_owned(),
            label: state.word(c.label),
            key: c
                .shown_key(state.face)
                .map_or(String::new(), |k| k.to_string()),
        })
        .collect();
    for language in Language::ALL {
        all.push(Suggestion {
            text: format!("lang {}", language.id()),
            label: state.word("command-language"),
            key: String::new(),
        });
    }
    if let Some(loaded) = &state.loaded {
        let quarter = loaded.assessment.quarter;
        for q in [quarter.previous(), quarter.next(), quarter.plus(-4)] {
            all.push(Suggestion {
                text: format!("quarter {q}"),
                label: crate::format::quarter(state.language, q),
                key: String::new(),
            });
        }
        for status in [
            Status::Behind,
            Status::AtRisk,
            Status::Unknown,
            Status::OnTrack,
        ] {
            all.push(Suggestion {
                text: format!("status {}", status.id()),
                label: crate::format::status(state.language, status),
                key: String::new(),
            });
        }
        for programme in &loaded.snapshot.register.programmes {
            let title = match state.language {
                Language::ZhTw => &programme.title.zh_tw,
                Language::En => &programme.title.en,
            };
            all.push(Suggestion {
                text: format!("programme {}", programme.id),
                label: title.clone(),
                key: String::new(),
            });
        }
        for source in &loaded.snapshot.sources {
            all.push(Suggestion {
                text: format!("collect {}", source.id),
                label: state.word("command-collect-one"),
                key: String::new(),
            });
        }
    }
    all
}

/// The message a typed command stands for, or why it is none.
pub(crate) fn read(state: &State, typed: &str) -> Result<Msg, Message> {
    let folded = fold_width(typed);
    let folded = folded.trim().trim_start_matches(':').trim();
    let (word, rest) = match folded.split_once(char::is_whitespace) {
        Some((word, rest)) => (word.to_lowercase(), rest.trim()),
        None => (folded.to_lowercase(), ""),
    };
    if word.is_empty() {
        return Ok(Msg::PromptCancel);
    }
    if let Some(msg) = with_argument(state, &word, rest) {
        return msg;
    }
    if let Some(command) = COMMANDS.iter().find(|c| c.id == word && rest.is_empty()) {
        if !command.works(state) {
            return Err(Message::new("error-command-not-here").with("command", word.as_str()));
        }
        return (command.msg)(state)
            .ok_or_else(|| Message::new("error-command-not-here").with("command", word.as_str()));
    }
    // A label typed in the reader's words works as well as the command's id.
    for language in Language::ALL {
        if let Some(command) = COMMANDS.iter().find(|c| {
            c.works(state)
                && fold_for_search(&crate::i18n::word(language, c.label)) == fold_for_search(folded)
        }) && let Some(msg) = (command.msg)(state)
        {
            return Ok(msg);
        }
    }
    if let Some(msg) = bare(state, folded) {
        return Ok(msg);
    }
    let nearest = COMMANDS
        .iter()
        .map(|c| c.id)
        .chain(WITH_ARGUMENT.iter().map(|(id, _)| *id))
        .min_by_key(|id| distance(id, &word))
        .unwrap_or("help");
    Err(Message::new("error-command-unknown")
        .with("command", word.as_str())
        .with("nearest", nearest))
}

fn with_argument(state: &State, word: &str, rest: &str) -> Option<Result<Msg, Message>> {
    if rest.is_empty() {
        return match word {
            "quarter" => Some(Err(Message::new("error-quarter").with("text", rest))),
            "asof" => Some(Ok(Msg::AskAsOf)),
            _ => None,
        };
    }
    let result = match word {
        "quarter" | "季別" => Quarter::parse(rest)
            .map(Msg::SetQuarter)
            .map_err(|_| Message::new("error-quarter").with("text", rest)),
        "explain" | "歷程" => FigureAddress::parse(rest)
            .map(Msg::Explain)
            .map_err(|_| Message::new("error-figure").with("text", rest)),
        "indicator" | "指標" => SeriesId::parse(rest)
            .map(Msg::OpenIndicator)
            .map_err(|_| Message::new("error-figure").with("text", rest)),
        "find" | "查詢" => Ok(Msg::Find(rest.to_owned())),
        "asof" | "時點" => {
            if rest.eq_ignore_ascii_case("now") {
                Ok(Msg::SetAsOf(None))
            } else {
                parse_as_of(rest)
                    .map(|instant| Msg::SetAsOf(Some(instant)))
                    .map_err(|_| Message::new("error-as-of").with("text", rest))
            }
        }
        "lang" | "語言" => match rest.to_lowercase().as_str() {
            "zh" | "zh-tw" | "中文" => Ok(Msg::SetLanguage(Language::ZhTw)),
            "en" | "english" => Ok(Msg::SetLanguage(Language::En)),
            _ => Err(Message::new("error-language").with("text", rest)),
        },
        "programme" | "program" | "p" | "計畫" => programme(state, rest)
            .map(Msg::OpenProgramme)
            .ok_or_else(|| unknown_programme(state, rest)),
        "collect" | "介接" => Ok(Msg::Collect(Some(rest.to_owned()))),
        "filter" | "篩選" => Ok(Msg::SetFilter(rest.to_owned())),
        "status" | "狀態" => status(rest)
            .map(|s| Msg::FilterStatus(Some(s)))
            .ok_or_else(|| Message::new("error-status").with("text", rest)),
        "workspace" => Ok(Msg::OpenWorkspace(PathBuf::from(rest))),
        "create" => Ok(Msg::CreateWorkspace(PathBuf::from(rest))),
        _ => return None,
    };
    Some(result)
}

/// A programme id, a quarter or a screen's number typed alone.
fn bare(state: &State, text: &str) -> Option<Msg> {
    if let Some(id) = programme(state, text) {
        return Some(Msg::OpenProgramme(id));
    }
    if let Ok(quarter) = Quarter::parse(text) {
        return Some(Msg::SetQuarter(quarter));
    }
    let at: usize = text.parse().ok()?;
    ScreenId::RAIL.get(at.checked_sub(1)?).copied().map(Msg::Go)
}

fn programme(state: &State, text: &str) -> Option<String> {
    let loaded = state.loaded.as_ref()?;
    let programmes = &loaded.snapshot.register.programmes;
    let wanted = fold_for_search(text);
    programmes
        .iter()
        .find(|p| fold_for_search(&p.id) == wanted)
        .or_else(|| {
            programmes.iter().find(|p| {
                fold_for_search(&p.title.zh_tw) == wanted || fold_for_search(&p.title.en) == wanted
            })
        })
        .map(|p| p.id.clone())
}

fn unknown_programme(state: &State, text: &str) -> Message {
    let nearest = state
        .loaded
        .as_ref()
        .and_then(|l| {
            l.snapshot
                .register
                .programmes
                .iter()
                .map(|p| p.id.as_str())
                .min_by_key(|id| distance(&id.to_lowercase(), &text.to_lowercase()))
                .map(str::to_owned)
        })
        .unwrap_or_default();
    Message::new("error-programme-unknown")
        .with("text", text)
        .with("nearest", nearest)
}

/// The status group of a word in any language.
fn status(text: &str) -> Option<Status> {
    let wanted = fold_for_search(text);
    Status::ALL
        .into_iter()
        .find(|s| {
            s.id() == wanted.replace([' ', '-'], "_")
                || Language::ALL
                    .into_iter()
                    .any(|l| fold_for_search(&crate::format::status(l, *s)) == wanted)
        })
        .map(crate::screen::status_group)
}

/// Edits from one word to the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut before = i;
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
        for (j, cb) in b.iter().enumerate() {
            let cost = before + usize::from(ca != *cb);
            before = row[j + 1];
            row[j + 1] = cost.min(row[j] + 1).min(before + 1);
        }
    }
    row.last().copied().unwrap_or(0)
}
