//! `qd verify` of a workspace: its database, the log of people's acts, what the log says of rows and figures, and the
//! published quarters beside it.

use super::Context;
use super::verify::{
    Fault, ended, faults_json, head_json, say_back_in_time, say_faults, say_head, say_signatures,
    signatures_json,
};
use crate::bag::{self, Kept, Shelf};
use crate::failure::{Exit, Failure};
use crate::json;
use crate::session::{Access, DATABASE, Session, keys_of, lost};
use crate::signature::Counted;
use crate::signoff::log;
use chrono::SecondsFormat;
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::signoff::Publication;
use quarterdeck_kpi::text::clean;
use quarterdeck_store::{
    ErrorKind, Fetch, Head, OpenMode, RecordedAct, Store, StoreCheck, first_break,
};
use serde_json::{Value, json as value};
use std::path::Path;

/// Where published quarters lie.
const REPORTS: &str = "reports";

/// A workspace: its database, and the bags of its published quarters.
pub(super) fn run(
    context: &mut Context<'_>,
    root: &Path,
    kept: Option<&Kept>,
) -> Result<Exit, Failure> {
    let mut faults: Vec<Fault> = Vec::new();
    let file = root.join(DATABASE);
    // Raw answers and published quarters without their database are no workspace that holds.
    lost(root, &file).map_err(|failure| Failure {
        exit: Exit::Verification,
        ..failure
    })?;
    let (check, acts, counted) = match read(&file) {
        Ok(read) => read,
        Err(error) if error.kind() == ErrorKind::Corrupt => {
            faults.push((DATABASE.to_owned(), error.message()));
            (StoreCheck::default(), Vec::new(), Counted::default())
        }
        Err(error) => return Err(error.into()),
    };
    store_faults(&check, &mut faults);
    if let Some((number, kind)) = first_break(&acts) {
        faults.push((act_place(number), bag::break_text(number, kind)));
    }
    for (number, key) in &counted.broken {
        faults.push((act_place(*number), bag::signature_text(*number, key)));
    }
    let anchor = kept.map(|kept| kept.compare(&acts));
    if let Some(text) = anchor.as_ref().and_then(bag::anchor_text) {
        faults.push((DATABASE.to_owned(), text));
    }
    let figures_again = figures(context, root, &acts, &mut faults);
    bags(root, &acts, &mut faults)?;
    let head = check.chain.as_ref().and_then(|chain| chain.head.as_ref());
    if context.global.json {
        let document = json::object([
            ("schema", value!("quarterdeck/verify/1")),
            ("kind", value!("workspace")),
            ("holds", value!(faults.is_empty())),
            ("faults", faults_json(context, &faults)),
            ("head", head_json(head)),
            ("anchored", value!(kept.is_some())),
            ("acts", value!(acts.len())),
            ("acts_back_in_time", value!(log::back_in_time(&acts))),
            ("quarter", Value::Null),
            ("engine", value!(bag::ENGINE)),
            ("figures_again", value!(figures_again)),
            ("files", Value::Null),
            ("bytes", value!(check.bytes)),
            ("rows", value!(check.rows)),
            ("bodies", value!(check.bodies)),
            ("manifest_sha256", Value::Null),
            ("signatures", signatures_json(&counted)),
            ("seal", Value::Null),
        ]);
        context.print_json(&document)?;
    } else {
        say_faults(context, &faults)?;
        let id = if faults.is_empty() {
            "verify-office-holds"
        } else {
            "verify-office-broken"
        };
        let text = Message::new(id)
            .with("rows", check.rows)
            .with("bodies", check.bodies)
            .with("acts", acts.len())
            .with("faults", faults.len());
        let text = context.say(&text);
        context.print(&text)?;
        say_signatures(context, &counted)?;
        say_back_in_time(context, &log::back_in_time(&acts));
        say_head(context, head, kept.is_some() && faults.is_empty())?;
    }
    Ok(ended(&faults))
}

type Found = (StoreCheck, Vec<RecordedAct>, Counted);

fn read(file: &Path) -> Result<Found, quarterdeck_store::StoreError> {
    let store = Store::open(file, OpenMode::ReadOnly)?;
    let (check, acts) = (store.check()?, store.acts()?);
    let counted = keys_of(&store, &acts)?.count(&acts);
    Ok((check, acts, counted))
}

fn act_place(number: i64) -> String {
    format!("{DATABASE}#act-{number}")
}

fn store_faults(check: &StoreCheck, faults: &mut Vec<Fault>) {
    let mut push = |text: Message| faults.push((DATABASE.to_owned(), text));
    for line in &check.file {
        push(Message::new("verify-file-damaged").with("detail", clean(line)));
    }
    for row in &check.bad_rows {
        push(Message::new("verify-row").with("row", row.to_string()));
    }
    for (first, last) in &check.missing_rows {
        push(
            Message::new("verify-rows-missing")
                .with("first", first.to_string())
                .with("last", last.to_string()),
        );
    }
    for sha256 in &check.bad_bodies {
        push(Message::new("verify-body").with("sha256", sha256.as_str()));
    }
    for version in &check.bad_registers {
        push(Message::new("verify-register").with("version", version.to_string()));
    }
    for act in &check.contradicted_acts {
        push(Message::new("verify-act-rows").with("act", act.to_string()));
    }
    for (first, last) in &check.unnamed_rows {
        push(
            Message::new("verify-rows-unnamed")
                .with("first", first.to_string())
                .with("last", last.to_string()),
        );
    }
}

/// Whether the figures that people signed can be made again from the database: of a published quarter those of the
/// publication, else those of the last preparation and review. Nothing where nobody signed, or another version did.
fn figures(
    context: &mut Context<'_>,
    root: &Path,
    acts: &[RecordedAct],
    faults: &mut Vec<Fault>,
) -> Option<bool> {
    let mut signed = Vec::new();
    for quarter in log::quarters(acts) {
        let told = log::told(acts, quarter);
        match &told.published {
            Some(published) if published.engine == bag::ENGINE => {
                signed.push((quarter, published.signature.clone()));
            }
            Some(published) => context.note(
                &Message::new("verify-figures-engine")
                    .with("quarter", quarter)
                    .with("engine", published.engine.as_str()),
            ),
            None => {
                let both = told.prepared.into_iter().chain(told.reviewed);
                signed.extend(both.map(|signature| (quarter, signature)));
            }
        }
    }
    if signed.is_empty() {
        return None;
    }
    let environment = context.environment;
    let (clock, account) = (environment.clock.clone(), environment.account.clone());
    let session = Session::open_to_look(1, root, Access::ReadOnly, clock, account);
    let mut hold = true;
    for (quarter, signature) in signed {
        let again = session
            .as_ref()
            .ok()
            .map(|session| session.makes_again(&signature.mark, quarter));
        if !matches!(again, Some(Ok(true))) {
            hold = false;
            let text = Message::new("verify-act-figures").with("quarter", quarter);
            faults.push((act_place(signature.act), text));
        }
    }
    Some(hold)
}

/// The published quarters, as folder and as one file, against the log.
fn bags(root: &Path, acts: &[RecordedAct], faults: &mut Vec<Fault>) -> Result<(), Failure> {
    let known = log::published(acts);
    for quarter in &known {
        let Some(publication) = log::told(acts, *quarter).published else {
            continue;
        };
        let folder = bag::folder_of(*quarter);
        let zip = format!("{folder}.zip");
        if !root.join(&folder).exists() {
            let gone = Message::new("verify-bag-gone").with("quarter", *quarter);
            faults.push((folder.clone(), gone));
        }
        for place in [folder, zip] {
            if root.join(&place).exists() {
                against_log(root, &place, (*quarter, &publication), acts, faults)?;
            }
        }
    }
    // A bag that the log knows nothing of stands beside a log that was cut, or another one.
    let Ok(listed) = std::fs::read_dir(root.join(REPORTS)) else {
        return Ok(());
    };
    for entry in listed.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let quarter = Quarter::parse(name.strip_suffix(".zip").unwrap_or(&name));
        let is_bag = name.ends_with(".zip") || entry.path().join("bagit.txt").is_file();
        if let (Ok(quarter), true) = (quarter, is_bag)
            && !known.contains(&quarter)
        {
            let text = Message::new("verify-bag-unknown").with("quarter", quarter);
            faults.push((clean(&format!("{REPORTS}/{name}")), text));
        }
    }
    Ok(())
}

fn against_log(
    root: &Path,
    place: &str,
    (quarter, publication): (Quarter, &Publication),
    acts: &[RecordedAct],
    faults: &mut Vec<Fault>,
) -> Result<(), Failure> {
    let shelf = match Shelf::open(&root.join(place)) {
        Ok(shelf) => shelf,
        Err(failure) => {
            faults.push((place.to_owned(), *failure.what));
            return Ok(());
        }
    };
    let found = bag::check(&shelf, None, None)?;
    for fault in &found.faults {
        faults.push((format!("{place}/{}", fault.place), fault.text.clone()));
    }
    if found.manifest_sha256 != publication.manifest_sha256 {
        let text = Message::new("verify-bag-other").with("quarter", quarter);
        faults.push((place.to_owned(), text));
    }
    let in_log = |head: &Head| {
        let mut links = acts.iter();
        links.any(|act| act.number == head.number && act.hash == head.hash)
    };
    if !found.head.as_ref().is_some_and(in_log) {
        let text = Message::new("verify-bag-head").with("quarter", quarter);
        faults.push((place.to_owned(), text));
    }
    if found.holds() {
        fetched(root, &shelf, place, faults);
    }
    Ok(())
}

/// Where and when the answers behind a published quarter came from, against the database.
fn fetched(root: &Path, shelf: &Shelf, place: &str, faults: &mut Vec<Fault>) {
    let (Ok(table), Ok(store)) = (
        shelf.read(bag::CAPTURE_TABLE),
        Store::open(&root.join(DATABASE), OpenMode::ReadOnly),
    ) else {
        return;
    };
    let mut table = csv::Reader::from_reader(table.as_slice());
    let columns = table.headers().cloned().unwrap_or_default();
    for row in table.records().flatten() {
        let cell = |name: &str| {
            let at = columns.iter().position(|column| column == name);
            at.and_then(|at| row.get(at)).unwrap_or_default()
        };
        let sha256 = cell("sha256");
        let is_same = |fetch: &Fetch| {
            let at = fetch
                .fetched_at
                .to_rfc3339_opts(SecondsFormat::AutoSi, true);
            (fetch.source.as_str(), fetch.method.as_str(), at.as_str())
                == (cell("source"), cell("method"), cell("fetched-at"))
                && quarterdeck_report::cell(&fetch.url) == cell("url")
        };
        let known = store.fetches(sha256);
        if !known.is_ok_and(|known| known.iter().any(is_same)) {
            let text = Message::new("verify-bag-fetch")
                .with("sha256", clean(sha256))
                .with("url", clean(cell("url")));
            faults.push((place.to_owned(), text));
        }
    }
}
