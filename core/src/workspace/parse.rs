//! Every file to its struct; what cannot be read is a problem and the others go on.

use super::raw::RawBudget;
use super::raw_control::RawRuleSets;
use super::raw_register::{
    RawAgencies, RawContext, RawFramework, RawPeople, RawPlans, RawPortfolio, RawProgramme,
};
use super::raw_validation::RawValidation;
use super::settings::RawSettings;
use super::texts::{self, RawTexts};
use super::toml_text::{File, nearest_hint, read};
use super::{Problem, folder, parallel};
use quarterdeck_kpi::message::Message;
use quarterdeck_sources::config::SourceConfig;

/// Where each programme has a file.
const PROGRAMMES: &str = "register/programmes/";
/// Files of `register/` that have a meaning.
const KNOWN: [&str; 9] = [
    "agencies.toml",
    "budget.toml",
    "context.toml",
    "framework.toml",
    "people.toml",
    "plans.toml",
    "portfolio.toml",
    "rules.toml",
    "validation.toml",
];

/// The files that could be read.
#[derive(Debug, Default)]
pub(super) struct Parsed {
    pub settings: Option<File<RawSettings>>,
    pub plans: Option<File<RawPlans>>,
    pub agencies: Option<File<RawAgencies>>,
    pub framework: Option<File<RawFramework>>,
    pub people: Option<File<RawPeople>>,
    pub context: Option<File<RawContext>>,
    pub portfolio: Option<File<RawPortfolio>>,
    pub budget: Option<File<RawBudget>>,
    pub rule_sets: Option<File<RawRuleSets>>,
    pub validation: Option<File<RawValidation>>,
    pub programmes: Vec<File<RawProgramme>>,
    pub texts: Vec<File<RawTexts>>,
    pub sources: Vec<File<SourceConfig>>,
    pub problems: Vec<Problem>,
}

/// Reads all files; those of programmes on so many threads.
pub(super) fn parse(files: &[(String, Vec<u8>)], threads: usize) -> Parsed {
    let mut parsed = Parsed::default();
    let problems = &mut parsed.problems;
    let in_sources = |file: &&(String, Vec<u8>)| file.0.starts_with("sources/");
    let (sources, others): (Vec<_>, Vec<_>) = files.iter().partition(in_sources);
    // Beside the sources lie the files of targets that they name.
    let (sources, lists): (Vec<_>, Vec<_>) = sources
        .into_iter()
        .partition(|(name, _)| name.ends_with(".toml"));
    let sources = parallel::each(&sources, |(name, bytes)| {
        let mut problems = Vec::new();
        let mut source: Option<File<SourceConfig>> = read(name, bytes, &mut problems);
        if let Some(source) = &mut source {
            source.content.shrink();
        }
        // Boxed: a list of thousands is moved twice.
        (source.map(Box::new), problems)
    });
    let of_programme = |name: &str| name.starts_with(PROGRAMMES);
    let of_programmes: Vec<_> = others.iter().filter(|file| of_programme(&file.0)).collect();
    let programmes = parallel::each_on(threads, &of_programmes, |(name, bytes)| {
        let mut problems = Vec::new();
        let programme: Option<File<RawProgramme>> = read(name, bytes, &mut problems);
        (programme, problems)
    });
    parsed.programmes.reserve_exact(programmes.len());
    let mut programmes = programmes.into_iter();
    for (name, bytes) in others {
        if name == folder::SETTINGS {
            parsed.settings = read(name, bytes, problems);
        } else if of_programme(name) {
            if let Some((programme, found)) = programmes.next() {
                problems.extend(found);
                parsed.programmes.extend(programme);
            }
        } else if name.starts_with(texts::FOLDER) {
            parsed.texts.extend(read(name, bytes, problems));
        } else {
            match name.strip_prefix("register/") {
                Some("plans.toml") => parsed.plans = read(name, bytes, problems),
                Some("agencies.toml") => parsed.agencies = read(name, bytes, problems),
                Some("framework.toml") => parsed.framework = read(name, bytes, problems),
                Some("people.toml") => parsed.people = read(name, bytes, problems),
                Some("context.toml") => parsed.context = read(name, bytes, problems),
                Some("portfolio.toml") => parsed.portfolio = read(name, bytes, problems),
                Some("budget.toml") => parsed.budget = read(name, bytes, problems),
                Some("rules.toml") => parsed.rule_sets = read(name, bytes, problems),
                Some("validation.toml") => parsed.validation = read(name, bytes, problems),
                other => {
                    let word = other.unwrap_or(name);
                    problems.push(
                        Problem::warning(name, None, Message::new("check-unknown-file"))
                            .next(nearest_hint(word, KNOWN.into_iter())),
                    );
                }
            }
        }
    }
    parsed.sources.reserve_exact(sources.len());
    for (source, found) in sources {
        problems.extend(found);
        parsed.sources.extend(source.map(|mut source| {
            source.content.take_targets(|name| {
                let mut found = lists.iter();
                let list = found.find(|(path, _)| path.strip_prefix("sources/") == Some(name));
                list.map(|(_, bytes)| bytes.clone())
            });
            *source
        }));
    }
    parsed
}
