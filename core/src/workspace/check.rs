//! Every problem of a workspace's files, offline, each with its file, line and nearest known word.

use super::check_control;
use super::check_register::{self, Names};
use super::check_sources;
use super::check_validation;
use super::parse::{self, Parsed};
use super::settings::MOST_AT_ONCE;
use super::texts;
use super::toml_text::{File, Word, nearest_hint};
use super::{Problem, Workspace, folder};
use chrono::{DateTime, Utc};
use quarterdeck_kpi::Decimal;
use quarterdeck_kpi::finding::Severity;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::money::AmountKind;
use quarterdeck_sources::ed25519;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;
use toml::Spanned;

/// Everything that is wrong: errors, then warnings, each in order of file and line.
pub fn check(workspace: &Workspace) -> Vec<Problem> {
    let parsed = parse::parse(&workspace.files, 1);
    let mut problems = workspace.problems.clone();
    let mut found = Vec::new();
    let names = Names::of(&parsed);
    check_settings(workspace, &parsed, &mut found);
    check_people(&parsed, &mut found);
    check_register::check(&parsed, &names, &mut found);
    check_control::check(&parsed, &names, &workspace.settings, &mut found);
    check_validation::check(&parsed, &names, &mut found);
    texts::check(&parsed.texts, &mut found);
    check_sources::check(&parsed, &names, &mut found);
    problems.extend(found);
    // What has to be corrected comes before what should be looked at.
    let place = |p: &Problem| (std::cmp::Reverse(p.severity), p.file.clone(), p.line);
    problems.sort_by_cached_key(place);
    problems.dedup();
    problems
}

/// Everything that would be wrong with these files in a workspace's folder.
pub fn check_files(root: &Path, files: &[(String, Vec<u8>)]) -> Vec<Problem> {
    let (register, settings, sources, problems) =
        super::load_from_files(files, DateTime::<Utc>::UNIX_EPOCH);
    check(&Workspace {
        root: root.to_owned(),
        settings,
        register,
        sources,
        files: files.to_vec(),
        problems,
    })
}

/// Collects the problems of one file.
pub(super) struct Notes<'a, T> {
    pub file: &'a File<T>,
    pub out: &'a mut Vec<Problem>,
}

impl<T> Notes<'_, T> {
    /// Adds an error at a place.
    pub fn error(&mut self, place: Range<usize>, message: Message, next: Option<Message>) {
        let line = self.file.line(place);
        self.out
            .push(Problem::error(&self.file.name, line, message).next(next));
    }
    /// Adds a warning at a place.
    pub fn warning(&mut self, place: Range<usize>, message: Message, next: Option<Message>) {
        let line = self.file.line(place);
        self.out
            .push(Problem::warning(&self.file.name, line, message).next(next));
    }
    /// An id that must be one of the known ones; nothing is said while none are known, because
    /// then their file is the problem.
    pub fn known(&mut self, word: &Word, known: &BTreeSet<String>, id: &'static str) {
        if !known.is_empty() && !known.contains(word.get_ref()) {
            let message = Message::new(id).with("id", folder::safe(word.get_ref()));
            let next = nearest_hint(word.get_ref(), known.iter().map(String::as_str));
            self.error(word.span(), message, next);
        }
    }
    /// An id that nothing else has.
    pub fn unique(&mut self, word: &Word, seen: &mut BTreeMap<String, String>) {
        let place = format!(
            "{}:{}",
            self.file.name,
            self.file.line(word.span()).unwrap_or_default()
        );
        match seen.get(word.get_ref()) {
            Some(first) => {
                let message = Message::new("check-duplicate")
                    .with("id", folder::safe(word.get_ref()))
                    .with("first", first.as_str());
                self.error(word.span(), message, None);
            }
            None => {
                seen.insert(word.get_ref().clone(), place);
            }
        }
    }
}

fn check_settings(workspace: &Workspace, parsed: &Parsed, out: &mut Vec<Problem>) {
    let Some(file) = &parsed.settings else { return };
    let raw = &file.content;
    let mut notes = Notes { file, out };
    if let Some(bands) = &raw.bands {
        let rules = workspace.settings.rules.bands;
        let order = Decimal::ZERO < rules.at_risk
            && rules.at_risk <= rules.on_track
            && rules.on_track <= Decimal::ONE;
        if !order {
            notes.error(bands.span(), Message::new("check-bands"), None);
        }
    }
    if let Some(rules) = &raw.rules {
        if let Some(executed) = &rules.executed {
            let parts = executed.get_ref();
            let distinct: BTreeSet<AmountKind> = parts.iter().copied().collect();
            if parts.is_empty() || distinct.len() != parts.len() {
                notes.error(executed.span(), Message::new("check-executed"), None);
            }
        }
        let levels: BTreeSet<String> = ["ey", "ministry", "self"].map(str::to_owned).into();
        for level in rules.lagging_levels.iter().flatten() {
            notes.known(level, &levels, "check-unknown-level");
        }
        if let Some(days) = rules.due_days.as_ref().filter(|d| *d.get_ref() > 366) {
            notes.error(days.span(), Message::new("check-due-days"), None);
        }
    }
    if let Some(quality) = &raw.quality {
        let mut range = |value: Option<&Spanned<u32>>, key: &'static str, least: u32, most: u32| {
            let Some(value) = value else { return };
            // 0 turns a check off.
            let number = *value.get_ref();
            if number != 0 && !(least..=most).contains(&number) {
                let message = Message::new("check-quality-range")
                    .with("key", key)
                    .with("least", least)
                    .with("most", most);
                notes.error(value.span(), message, None);
            }
        };
        range(quality.unit_factor.as_ref(), "unit_factor", 4, 1_000_000);
        range(quality.z_score_readings.as_ref(), "z_score_readings", 4, 11);
        range(
            quality.unchanged_quarters.as_ref(),
            "unchanged_quarters",
            2,
            12,
        );
        range(
            quality.observed_after_days.as_ref(),
            "observed_after_days",
            1,
            366,
        );
        if let Some(limit) = quality
            .z_score
            .as_ref()
            .filter(|z| z.get_ref().0 < Decimal::ZERO)
        {
            notes.error(limit.span(), Message::new("check-z-score"), None);
        }
    }
    if let Some(risk) = &raw.risk {
        let limits = risk.get_ref().limits();
        // High asks for more than medium, and no limit lies below zero.
        let ordered = Decimal::ZERO <= limits.medium_behind_points
            && limits.medium_behind_points <= limits.high_behind_points
            && Decimal::ZERO <= limits.high_execution_under
            && limits.high_execution_under <= limits.medium_execution_under
            && Decimal::ZERO <= limits.medium_unusable_over
            && limits.medium_unusable_over <= limits.high_unusable_over
            && limits.high_unusable_over <= Decimal::ONE;
        if !ordered {
            notes.error(risk.span(), Message::new("check-risk-limits"), None);
        }
    }
    if let Some(proxy) = &raw.network.proxy {
        let address = url::Url::parse(proxy.get_ref());
        let good = address.as_ref().is_ok_and(|u| u.has_host());
        if !good {
            notes.error(proxy.span(), Message::new("check-proxy"), None);
        } else if address.is_ok_and(|u| !u.username().is_empty() || u.password().is_some()) {
            notes.error(proxy.span(), Message::new("check-secret"), None);
        }
    }
    for (key, number) in [
        ("per_host", &raw.network.per_host),
        ("at_once", &raw.network.at_once),
    ] {
        let wrong = |n: &u32| *n == 0 || *n > MOST_AT_ONCE;
        if let Some(number) = number.as_ref().filter(|n| wrong(n.get_ref())) {
            let message = Message::new("check-at-once")
                .with("key", key)
                .with("most", MOST_AT_ONCE);
            notes.error(number.span(), message, None);
        }
    }
    for host in &raw.network.allow_hosts {
        if host.get_ref().contains(['/', ':', ' ']) || host.get_ref().is_empty() {
            let message = Message::new("check-host").with("host", folder::safe(host.get_ref()));
            notes.error(host.span(), message, None);
        }
    }
    for certificate in &raw.network.ca_files {
        if !workspace.root.join(certificate.get_ref()).is_file() {
            let message =
                Message::new("check-no-ca-file").with("place", folder::safe(certificate.get_ref()));
            notes.error(certificate.span(), message, None);
        }
    }
}

fn check_people(parsed: &Parsed, out: &mut Vec<Problem>) {
    let Some(file) = &parsed.people else { return };
    let mut notes = Notes { file, out };
    let (mut ids, mut accounts) = (BTreeMap::new(), BTreeMap::new());
    for person in &file.content.people {
        let id = folder::safe(person.id.get_ref());
        notes.unique(&person.id, &mut ids);
        if person.roles.is_empty() {
            let message = Message::new("check-no-roles").with("person", id.as_str());
            notes.warning(person.id.span(), message, None);
        }
        if person.accounts.is_empty() {
            let message = Message::new("check-no-account").with("person", id.as_str());
            notes.warning(person.id.span(), message, None);
        }
        for account in &person.accounts {
            notes.unique(account, &mut accounts);
        }
        let earlier = person.earlier_keys.iter().map(|earlier| &earlier.key);
        for key in person.public_key.iter().chain(earlier) {
            if ed25519::public_key(key.get_ref()).is_none() {
                let message = Message::new("check-public-key").with("person", id.as_str());
                let next = Message::new("check-public-key-next");
                notes.error(key.span(), message, Some(next));
            }
        }
    }
}

/// Whether any problem is an error (`qd check` then ends with 2).
pub fn has_errors(problems: &[Problem]) -> bool {
    problems.iter().any(|p| p.severity == Severity::Error)
}
