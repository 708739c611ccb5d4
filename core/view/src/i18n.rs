//! The two languages, and every sentence a user reads in them.
//!
//! A [`Message`] is a key with typed arguments; [`say`] formats the arguments by the reader's
//! conventions (see [`crate::format`]) and puts them into the sentence of the language files.

mod files;

use crate::format;
pub use files::FILES;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use quarterdeck_kpi::message::{Arg, Message};
use std::sync::LazyLock;

/// A language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// Taiwan's Chinese.
    #[default]
    ZhTw,
    /// English.
    En,
}

impl Language {
    /// Both.
    pub const ALL: [Language; 2] = [Language::ZhTw, Language::En];
    /// `zh-TW` or `en`.
    pub fn id(self) -> &'static str {
        match self {
            Language::ZhTw => "zh-TW",
            Language::En => "en",
        }
    }
    /// The language behind an id.
    pub fn from_id(id: &str) -> Option<Language> {
        Language::ALL
            .into_iter()
            .find(|language| language.id().eq_ignore_ascii_case(id))
    }
    /// The other one.
    #[must_use]
    pub fn other(self) -> Language {
        match self {
            Language::ZhTw => Language::En,
            Language::En => Language::ZhTw,
        }
    }
}

static CHINESE: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| bundle(Language::ZhTw));
static ENGLISH: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| bundle(Language::En));

fn bundle(language: Language) -> FluentBundle<FluentResource> {
    let id = match language {
        Language::ZhTw => unic_langid::langid!("zh-TW"),
        Language::En => unic_langid::langid!("en"),
    };
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    bundle.set_use_isolating(false);
    for file in &FILES {
        let text = match language {
            Language::ZhTw => file.zh_tw,
            Language::En => file.en,
        };
        // A file with a bad line still gives its other sentences; a test names the line.
        let resource = match FluentResource::try_new(text.to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        bundle.add_resource_overriding(resource);
    }
    bundle
}

fn bundle_of(language: Language) -> &'static FluentBundle<FluentResource> {
    match language {
        Language::ZhTw => &CHINESE,
        Language::En => &ENGLISH,
    }
}

fn sentence(language: Language, id: &str, args: Option<&FluentArgs<'_>>) -> String {
    let bundle = bundle_of(language);
    let Some(pattern) = bundle.get_message(id).and_then(|m| m.value()) else {
        return id.to_owned();
    };
    let mut errors = Vec::new();
    bundle
        .format_pattern(pattern, args, &mut errors)
        .into_owned()
}

/// The message as a sentence of this language; an unknown key stands for itself.
pub fn say(language: Language, message: &Message) -> String {
    let mut args = FluentArgs::new();
    for (name, arg) in &message.args {
        args.set(name.clone(), argument(language, arg));
    }
    sentence(language, &message.id, Some(&args))
}

/// A sentence or word without arguments; an unknown key stands for itself.
pub fn word(language: Language, id: &str) -> String {
    sentence(language, id, None)
}

/// Whether the language files have this key, in this language.
pub fn has(language: Language, id: &str) -> bool {
    bundle_of(language).has_message(id)
}

/// Every key with this beginning, in order.
pub fn keys(beginning: &str) -> Vec<&'static str> {
    let mut keys: Vec<&str> = FILES
        .iter()
        .flat_map(|file| file.en.lines())
        .filter_map(|line| Some(line.split_once(" = ")?.0))
        .filter(|key| key.starts_with(beginning))
        .collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// An argument as text, by the reader's conventions.
pub fn argument(language: Language, arg: &Arg) -> String {
    match arg {
        Arg::Text(text) => text.clone(),
        Arg::Count(count) => format::count(*count),
        Arg::Number(value) => format::number(*value),
        Arg::Fraction(fraction) => format::rate(*fraction),
        Arg::Title(title) => match language {
            Language::ZhTw => title.zh_tw.clone(),
            Language::En => title.en.clone(),
        },
        Arg::Points(points) => format::points(*points),
        Arg::Ntd(amount) => format::money_prose(language, *amount),
        Arg::Date(day) => format::date(language, *day),
        Arg::Instant(instant) => format::instant(language, *instant),
        Arg::Quarter(quarter) => format::quarter(language, *quarter),
        Arg::Period(period) => format::period(language, *period),
        Arg::Status(status) => format::status(language, *status),
        Arg::Term(id) => word(language, id),
        Arg::Sentence(inner) => say(language, inner),
    }
}
