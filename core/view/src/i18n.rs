//! The two languages, and every sentence a user reads in them.
//!
//! A [`Message`] is a key with typed arguments; [`say`] formats the arguments by the reader's
//! conventions (see [`crate::format`]) and puts them into the sentence of the language files.

mod files;

use crate::format;
pub use files::FILES;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentMessage, FluentResource};
use foldhash::fast::RandomState;
use quarterdeck_kpi::message::{Arg, Message};
use std::collections::HashMap;
use std::sync::{LazyLock, PoisonError, RwLock};

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

/// The sentences of a language. There are thousands, and a screen needs few hundred of them: each is
/// parsed when it is first said.
struct Sentences {
    /// Where each stands in its file.
    sources: HashMap<&'static str, &'static str, RandomState>,
    parsed: RwLock<FluentBundle<FluentResource>>,
}

/// Sentences of a language, roughly.
const ABOUT: usize = 3_000;

static CHINESE: LazyLock<Sentences> = LazyLock::new(|| Sentences::of(Language::ZhTw));
static ENGLISH: LazyLock<Sentences> = LazyLock::new(|| Sentences::of(Language::En));

impl Sentences {
    fn of(language: Language) -> Self {
        let id = match language {
            Language::ZhTw => unic_langid::langid!("zh-TW"),
            Language::En => unic_langid::langid!("en"),
        };
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        bundle.set_use_isolating(false);
        let texts = FILES.iter().map(|file| match language {
            Language::ZhTw => file.zh_tw,
            Language::En => file.en,
        });
        // A table that grows is built anew each time.
        let mut found = HashMap::with_capacity_and_hasher(ABOUT, RandomState::default());
        found.extend(texts.flat_map(sources));
        Sentences {
            sources: found,
            parsed: RwLock::new(bundle),
        }
    }

    /// What `take` makes of a sentence that is there.
    fn with<T>(
        &self,
        id: &str,
        take: impl Fn(&FluentBundle<FluentResource>, &FluentMessage<'_>) -> Option<T>,
    ) -> Option<T> {
        let source = self.sources.get(id)?;
        let of = |bundle: &FluentBundle<FluentResource>| take(bundle, &bundle.get_message(id)?);
        // Whoever held the lock and fell has changed nothing that matters here.
        let found = of(&self.parsed.read().unwrap_or_else(PoisonError::into_inner));
        found.or_else(|| {
            // A sentence with an error stands for itself; a test names its line.
            let resource = FluentResource::try_new((*source).to_owned()).ok()?;
            let mut bundle = self.parsed.write().unwrap_or_else(PoisonError::into_inner);
            bundle.add_resource_overriding(resource);
            of(&bundle)
        })
    }
}

/// Each sentence of a file with its key: from a line that begins with one to the next such line.
fn sources(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let begins = |line: &str| line.starts_with(|c: char| c.is_ascii_alphabetic());
    let mut starts = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if begins(line) {
            starts.push(at);
        }
        at += line.len();
    }
    let ends: Vec<usize> = starts.iter().skip(1).copied().chain([at]).collect();
    starts.into_iter().zip(ends).filter_map(move |(from, to)| {
        let source = text.get(from..to)?;
        let key = source.split([' ', '=']).next()?;
        Some((key, source))
    })
}

fn sentences(language: Language) -> &'static Sentences {
    match language {
        Language::ZhTw => &CHINESE,
        Language::En => &ENGLISH,
    }
}

fn sentence(language: Language, id: &str, args: Option<&FluentArgs<'_>>) -> String {
    let said = sentences(language).with(id, |bundle, message| {
        let mut errors = Vec::new();
        let text = bundle.format_pattern(message.value()?, args, &mut errors);
        Some(text.into_owned())
    });
    said.unwrap_or_else(|| id.to_owned())
}

/// The message as a sentence of this language; an unknown key stands for itself.
pub fn say(language: Language, message: &Message) -> String {
    let mut args = FluentArgs::new();
    let unit = message.unit();
    for (name, arg) in &message.args {
        let text = match (arg, unit) {
            (Arg::Number(value), Some(unit)) => format::exact(*value, unit),
            _ => argument(language, arg),
        };
        args.set(name.clone(), text);
    }
    sentence(language, &message.id, Some(&args))
}

/// A sentence or word without arguments; an unknown key stands for itself.
pub fn word(language: Language, id: &str) -> String {
    sentence(language, id, None)
}

/// Whether the language files have this key, in this language.
pub fn has(language: Language, id: &str) -> bool {
    sentences(language)
        .with(id, |_, message| message.value().map(|_| ()))
        .is_some()
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
