//! The register of programmes: the office's own list, written into its files with remarks kept.

use super::head::{Head, is_word};
use super::names;
use super::table::{Row as Line, Table};
use super::{Change, Effect, Outcome, Refused, Request};
use crate::failure::Failure;
use crate::session::{Session, place};
use crate::workspace::{check_files, programme_text, set_value};
use quarterdeck_kpi::calendar::taipei_day;
use quarterdeck_kpi::finding::Severity;
use quarterdeck_kpi::indicator::Title;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::register::Programme;
use quarterdeck_kpi::text::clean;
use quarterdeck_view::i18n::{Language, say};
use std::collections::{BTreeMap, BTreeSet};
use toml_edit::{DocumentMut, InlineTable, Item};

/// Longest id of a programme: it is a file's name too.
const LONGEST_ID: usize = 40;
/// Folder of the programmes' files.
const FOLDER: &str = "register/programmes/";

/// Files to write, and those to take away.
pub(super) type Files = BTreeMap<String, Option<Vec<u8>>>;

/// Reads the table and holds it against the register.
pub(super) fn read(
    session: &Session,
    table: &Table<'_>,
    request: &Request<'_>,
    outcome: &mut Outcome,
) -> Result<Files, Failure> {
    let register = &session.workspace().register;
    let mut files = Files::new();
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for line in &table.rows {
        if table.is_total(line) {
            continue;
        }
        match row(session, table, line, &mut seen, outcome) {
            Ok(Some((path, text))) => {
                files.insert(path, Some(text.into_bytes()));
            }
            Ok(None) => {}
            Err(refused) => outcome.refused.push(refused),
        }
    }
    if !outcome.refused.is_empty() {
        return Ok(files);
    }
    let listed: BTreeSet<&str> = seen.keys().map(String::as_str).collect();
    let absent = register.programmes.iter();
    let absent: Vec<&Programme> = absent.filter(|p| !listed.contains(p.id.as_str())).collect();
    if request.replace {
        if let Err(text) = take_out(session, request, &absent, outcome, &mut files) {
            let place = outcome.sheet.clone();
            outcome.refused.push(Refused { place, text });
        }
    } else if !absent.is_empty() {
        outcome.notices.push(
            Message::new("import-others-stay")
                .with("programmes", absent.len())
                .with("first", absent[0].id.as_str()),
        );
    }
    refuse_new_problems(session, &files, outcome);
    Ok(files)
}

/// The workspace's files as they would be.
pub(super) fn after(session: &Session, files: &Files) -> Vec<(String, Vec<u8>)> {
    let mut all: BTreeMap<String, Vec<u8>> = session.workspace().files.iter().cloned().collect();
    for (path, bytes) in files {
        match bytes {
            Some(bytes) => all.insert(path.clone(), bytes.clone()),
            None => all.remove(path),
        };
    }
    all.into_iter().collect()
}

/// What `qd check` would call an error afterwards, and does not now, refuses the import.
pub(super) fn refuse_new_problems(session: &Session, files: &Files, outcome: &mut Outcome) {
    let workspace = session.workspace();
    let errors = |files: &[(String, Vec<u8>)]| {
        let found = check_files(&workspace.root, files).into_iter();
        found.filter(|problem| problem.severity == Severity::Error)
    };
    let before: Vec<_> = errors(&workspace.files)
        .map(|problem| (problem.file, problem.message))
        .collect();
    for problem in errors(&after(session, files)) {
        let place = place(&problem);
        if !before.contains(&(problem.file, problem.message.clone())) {
            outcome.refused.push(Refused {
                place,
                text: problem.message,
            });
        }
    }
}

/// Where a programme's file lies, whatever its name is.
pub(super) fn path_of(session: &Session, id: &str) -> String {
    let usual = format!("{FOLDER}{id}.toml");
    let files = &session.workspace().files;
    if files.iter().any(|(path, _)| *path == usual) {
        return usual;
    }
    let is_its = |bytes: &[u8]| {
        let text = std::str::from_utf8(bytes).ok();
        text.and_then(|text| text.parse::<toml::Table>().ok())
            .is_some_and(|table| table.get("id").and_then(toml::Value::as_str) == Some(id))
    };
    let found = files
        .iter()
        .find(|(path, bytes)| path.starts_with(FOLDER) && is_its(bytes));
    found.map_or(usual, |(path, _)| path.clone())
}

pub(super) fn present<'s>(session: &'s Session, path: &str) -> Option<&'s str> {
    let files = session.workspace().files.iter();
    let mut files = files.filter(|(name, _)| name == path);
    let text = std::str::from_utf8(&files.next()?.1).ok()?;
    Some(text.strip_prefix('\u{FEFF}').unwrap_or(text))
}

/// One row: the path and new text of its file, or nothing when nothing changes.
fn row(
    session: &Session,
    table: &Table<'_>,
    line: &Line,
    seen: &mut BTreeMap<String, String>,
    outcome: &mut Outcome,
) -> Result<Option<(String, String)>, Refused> {
    let register = &session.workspace().register;
    let at = |head: Head| {
        move |text: Message| Refused {
            place: table.place(line, head),
            text,
        }
    };
    let id = table.text(line, Head::Programme)?;
    let id = id.ok_or_else(|| at(Head::Programme)(Message::new("import-empty")))?;
    let known = register.programme(&id);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if known.is_none() && (id.len() > LONGEST_ID || !id.chars().all(is_plain)) {
        return Err(at(Head::Programme)(
            Message::new("import-bad-id").with("text", clean(&id)),
        ));
    }
    if let Some(first) = seen.get(&id) {
        return Err(at(Head::Programme)(
            Message::new("import-twice").with("first", first.as_str()),
        ));
    }
    seen.insert(id.clone(), table.place(line, Head::Programme));
    let mut programme = known.cloned().unwrap_or_else(|| empty(&id));
    let mut changes = Vec::new();
    let mut note = |head: Head, old: String, new: &str| {
        let effect = match (&known, old == new) {
            (_, true) => Effect::Unchanged,
            (None, false) => Effect::New,
            (Some(_), false) => Effect::Changed,
        };
        changes.push(Change {
            subject: format!("{id} {}", head.id()),
            place: table.place(line, head),
            effect,
            old: Some(old).filter(|old| !old.is_empty()),
            new: Some(new.to_owned()),
            reason: None,
        });
        effect != Effect::Unchanged
    };
    if let Some(title) = table.text(line, Head::Title)?
        && note(Head::Title, programme.title.zh_tw.clone(), &title)
    {
        programme.title.zh_tw = title;
        programme.title_zh_basis = "official".to_owned();
    }
    if let Some(title) = table.text(line, Head::TitleEn)? {
        note(Head::TitleEn, programme.title.en.clone(), &title);
        programme.title.en = title;
    }
    if let Some(plan) = table.text(line, Head::Plan)? {
        let plan = names::plan(register, &plan).map_err(at(Head::Plan))?;
        note(Head::Plan, programme.plan.clone(), &plan);
        programme.plan = plan;
    }
    if let Some(node) = table.text(line, Head::Node)? {
        let node = names::node(register, &programme.plan, &node).map_err(at(Head::Node))?;
        note(Head::Node, programme.node.clone(), &node);
        programme.node = node;
    }
    let today = taipei_day(session.now());
    if let Some(lead) = table.text(line, Head::Agency)? {
        let found = names::agency(register, &lead, today).map_err(at(Head::Agency))?;
        let cell = table.place(line, Head::Agency);
        let renamed = found.renamed.map(|text| text.with("cell", cell));
        outcome.notices.extend(renamed);
        if note(Head::Agency, programme.lead.clone(), &found.id) {
            programme.lead = found.id;
            programme.lead_basis = "named".to_owned();
        }
    }
    if let Some(text) = table.text(line, Head::CoAgencies)? {
        let parted = text.split(['\u{3001}', ',', '\u{ff0c}', ';', '\u{ff1b}']);
        let names = parted.map(str::trim).filter(|name| !name.is_empty());
        // Others than the register's agencies stay as they are printed.
        let known = |name: &str| names::agency(register, name, today).map(|found| found.id);
        let co: Vec<String> = names
            .map(|name| known(name).unwrap_or_else(|_| name.to_owned()))
            .collect();
        note(
            Head::CoAgencies,
            programme.co_agencies.join(", "),
            &co.join(", "),
        );
        programme.co_agencies = co;
    }
    if let Some(text) = table.text(line, Head::Level)? {
        let level = ["ey", "ministry", "self"]
            .into_iter()
            .find(|level| *level == text || is_word(&format!("import-level-{level}"), &text))
            .ok_or_else(|| {
                at(Head::Level)(Message::new("check-unknown-level").with("id", clean(&text)))
            })?;
        note(
            Head::Level,
            programme.control_level.clone().unwrap_or_default(),
            level,
        );
        programme.control_level = Some(level.to_owned());
    }
    if let Some(text) = table.text(line, Head::Note)? {
        let old = programme.note.clone().unwrap_or_default();
        if note(Head::Note, old.zh_tw, &text) {
            programme.note = Some(Title {
                zh_tw: text,
                en: old.en,
            });
        }
    }
    for (head, value) in [
        (Head::Title, &programme.title.zh_tw),
        (Head::Plan, &programme.plan),
        (Head::Node, &programme.node),
        (Head::Agency, &programme.lead),
    ] {
        if value.is_empty() {
            return Err(at(head)(Message::new("import-empty")));
        }
    }
    let changed = changes.iter().any(|c| c.effect != Effect::Unchanged);
    outcome.changes.extend(changes);
    if !changed {
        return Ok(None);
    }
    let path = path_of(session, &id);
    let text = programme_text(&programme, present(session, &path)).map_err(at(Head::Programme))?;
    Ok(Some((path, text)))
}

/// A programme of which nothing is known yet.
fn empty(id: &str) -> Programme {
    Programme {
        id: id.to_owned(),
        plan: String::new(),
        node: String::new(),
        title: Title::default(),
        title_zh_basis: "official".to_owned(),
        lead: String::new(),
        lead_basis: "named".to_owned(),
        co_agencies: Vec::new(),
        control_level: None,
        place: None,
        indicators: Vec::new(),
        tasks: Vec::new(),
        milestones: Vec::new(),
        narratives: Vec::new(),
        note: None,
        invented: false,
    }
}

/// Takes programmes out of the register, and what points at them in its other files.
fn take_out(
    session: &Session,
    request: &Request<'_>,
    absent: &[&Programme],
    outcome: &mut Outcome,
    files: &mut Files,
) -> Result<(), Message> {
    if absent.is_empty() {
        return Ok(());
    }
    for programme in absent {
        outcome.changes.push(Change {
            subject: programme.id.clone(),
            place: outcome.sheet.clone(),
            effect: Effect::Removed,
            old: Some(programme.title.zh_tw.clone()),
            new: None,
            reason: None,
        });
        files.insert(path_of(session, &programme.id), None);
    }
    let gone = |id: &str| absent.iter().any(|programme| programme.id == id);
    let editable = |path: &str| -> Result<Option<DocumentMut>, Message> {
        let Some(text) = present(session, path) else {
            return Ok(None);
        };
        text.parse()
            .map(Some)
            .map_err(|_| Message::new("workspace-not-editable").with("key", path))
    };
    let framework = "register/framework.toml";
    if let Some(mut document) = editable(framework)?
        && unlink(&mut document, &gone)
    {
        files.insert(
            framework.to_owned(),
            Some(document.to_string().into_bytes()),
        );
    }
    // The register's own words about its rows speak of the former list.
    let plans = "register/plans.toml";
    if let Some(mut document) = editable(plans)? {
        let text = Message::new("import-origin")
            .with("file", clean(&request.name))
            .with("day", taipei_day(session.now()));
        let mut origin = InlineTable::new();
        origin.insert("zh-TW", say(Language::ZhTw, &text).into());
        origin.insert("en", say(Language::En, &text).into());
        set_value(document.as_table_mut(), "origin", origin);
        files.insert(plans.to_owned(), Some(document.to_string().into_bytes()));
    }
    Ok(())
}

/// Takes the links of the framework's milestones to programmes that are gone.
fn unlink(document: &mut DocumentMut, gone: &dyn Fn(&str) -> bool) -> bool {
    let mut changed = false;
    let nodes = document
        .get_mut("node")
        .and_then(Item::as_array_of_tables_mut);
    for node in nodes.into_iter().flat_map(|nodes| nodes.iter_mut()) {
        let indicators = node
            .get_mut("indicator")
            .and_then(Item::as_array_of_tables_mut);
        for indicator in indicators.into_iter().flat_map(|list| list.iter_mut()) {
            let linked = indicator.get("linked_programme").and_then(Item::as_str);
            if linked.is_some_and(gone) {
                indicator.remove("linked_programme");
                indicator.remove("linked_basis");
                changed = true;
            }
        }
    }
    changed
}
