//! What a try showed, as the faces and the command line say it.

use crate::collect::Understood;
use crate::transport::mask;
use quarterdeck_kpi::finding::{Finding, Severity};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::observation::Reading;
use quarterdeck_kpi::register::Register;
use quarterdeck_kpi::text::{clean, fold_for_search};
use quarterdeck_sources::preview::{Guessed, Preview, guess};
use quarterdeck_sources::{Kind, Located, SourceConfig};
use quarterdeck_view::catalogue::{Trial, TrialColumn, TrialReading};

/// How a try went, beside what was understood.
#[derive(Debug)]
pub struct Understanding<'a> {
    /// The answer was taken.
    pub is_good: bool,
    /// How it went.
    pub outcome: Message,
    /// Kind of source.
    pub kind: Kind,
    /// What was noticed.
    pub findings: &'a [Finding],
    /// Secrets that were sent: a portal may repeat them.
    pub masked: &'a [String],
}

impl Understanding<'_> {
    /// The try as it is shown.
    pub fn trial(self, understood: &Understood) -> Trial {
        let preview = &understood.preview;
        let shown = |text: &String| mask(text, self.masked);
        Trial {
            is_good: self.is_good,
            outcome: self.outcome,
            kind: self.kind.id().to_owned(),
            encoding: understood.encoding.to_owned(),
            columns: preview
                .columns
                .iter()
                .map(|column| TrialColumn {
                    name: shown(&column.name),
                    guess: column.guess.word(),
                    blank_percent: column.blank_percent,
                    is_personal: column.is_personal,
                })
                .collect(),
            sample: preview
                .sample
                .iter()
                .map(|row| row.iter().map(shown).collect())
                .collect(),
            paths: preview
                .paths
                .iter()
                .map(|path| {
                    let sample = match path.rows {
                        Some(rows) => format!("[{rows}] {}", path.sample),
                        None => path.sample.clone(),
                    };
                    (shown(&path.path), shown(&sample))
                })
                .collect(),
            readings: understood.readings.iter().map(reading).collect(),
            findings: self
                .findings
                .iter()
                .filter(|finding| finding.severity > Severity::Info)
                .map(|finding| finding.text.clone())
                .collect(),
        }
    }
}

fn reading(located: &Located) -> TrialReading {
    let observation = &located.observation;
    TrialReading {
        figure: format!("{}@{}", observation.series, observation.period),
        value: match &observation.reading {
            Reading::Value(value) => Ok(value.to_string()),
            Reading::Rejected(reason) => Err(reason.clone()),
        },
    }
}

/// The sentence of a try that went well.
pub(super) fn good(rows: u64, readings: usize) -> Message {
    match readings {
        0 => Message::new("trial-no-figure"),
        _ => Message::new("trial-good")
            .with("rows", rows)
            .with("readings", readings),
    }
}

/// A try that came to nothing.
pub(super) fn failed(outcome: Message) -> Trial {
    Trial {
        is_good: false,
        outcome,
        kind: String::new(),
        encoding: String::new(),
        columns: Vec::new(),
        sample: Vec::new(),
        paths: Vec::new(),
        readings: Vec::new(),
        findings: Vec::new(),
    }
}

/// The id of the agency that a label names: by id, by any of its names, by an alias.
pub fn agency_of(register: &Register, label: &str) -> Option<String> {
    let wanted = fold_for_search(label.trim());
    if wanted.is_empty() {
        return None;
    }
    let is_named = |text: &str| !text.is_empty() && fold_for_search(text) == wanted;
    let found = register.agencies.iter().find(|agency| {
        is_named(&agency.id)
            || agency.aliases.iter().any(|alias| is_named(alias))
            || agency.names.iter().any(|name| {
                [&name.short, &name.full]
                    .iter()
                    .any(|title| is_named(&title.zh_tw) || is_named(&title.en))
            })
    });
    found.map(|agency| agency.id.clone())
}

/// The lines of a source file that may fit an answer.
pub fn guessed_map(register: &Register, preview: &Preview, source: &SourceConfig) -> Guessed {
    let url = source.url.as_deref().unwrap_or_default();
    let agency = |label: &str| agency_of(register, label);
    let mut guessed = guess(preview, source.kind, url, &agency);
    for field in &mut guessed.personal_fields {
        *field = clean(field);
    }
    guessed
}
