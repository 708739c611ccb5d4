//! Review (複核): what stands open in a quarter, who accepted what, who signed, what changed since.

use super::parts::*;
use crate::figure_text;
use crate::format;
use crate::msg::Msg;
use crate::panel::{Body, Cell, Fact, Line, Panel, Place, Row, Span, Tone};
use crate::signing::Signing;
use crate::state::{Loaded, State};
use quarterdeck_kpi::address::FigureAddress;
use quarterdeck_kpi::calendar::taipei_day;
use quarterdeck_kpi::figures::{Change, Said};
use quarterdeck_kpi::finding::Severity;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::signoff::{CHANGED, Item, Proof, Signature, Step};
use quarterdeck_kpi::status::Status;
use quarterdeck_kpi::text::clean;

/// Acts shown of the log.
const ACTS_SHOWN: usize = 8;

pub(crate) fn panels(state: &State, loaded: &Loaded) -> Vec<Panel> {
    let Some(signing) = &loaded.signing else {
        let text = vec![vec![span(state.word("review-none"))]];
        return vec![panel(
            "review-steps",
            Place::Main,
            String::new(),
            Body::Lines(text),
        )];
    };
    let mut panels = vec![steps(state, loaded, signing)];
    let mut chosen = None;
    if signing.state.published.is_none() {
        let table = items(state, loaded, signing);
        if let Body::Table(table) = &table.body {
            chosen = table
                .selected
                .and_then(|at| table.rows.get(at))
                .map(|row| row.key.clone());
        }
        panels.push(table);
    }
    if !signing.state.changed.is_empty() {
        panels.push(changed(state, loaded, signing));
    }
    if signing.state.published.is_some() {
        panels.push(restated(state, loaded, signing));
    }
    let item = signing
        .state
        .items
        .iter()
        .find(|item| chosen.as_deref() == Some(item.finding.id.as_str()));
    if let Some(item) = item {
        panels.push(handling(state, loaded, signing, item));
    }
    panels.push(log(state, loaded, signing));
    panels
}

/// Name of a person of the register; an id stands for itself.
pub(crate) fn person(state: &State, loaded: &Loaded, id: &str) -> String {
    let people = &loaded.snapshot.register.people;
    people.iter().find(|person| person.id == id).map_or_else(
        || clean(id),
        |person| title_of(state.language, &person.name),
    )
}

fn step_word(step: Step) -> &'static str {
    match step {
        Step::Prepare => "signoff-step-prepare",
        Step::Review => "signoff-step-review",
        Step::Publish => "signoff-step-publish",
    }
}

/// 承辦, 複核, 核定: by whom and when, which is next, and how many items stand open.
fn steps(state: &State, loaded: &Loaded, signing: &Signing) -> Panel {
    let standing = &signing.state;
    let signed = |signature: &Signature| {
        // The day is enough here: the log beside it has the time.
        let name = person(state, loaded, &signature.person);
        let day = format::date(state.language, taipei_day(signature.at));
        format!("{name}  {day}")
    };
    let published = standing.published.as_ref().map(|p| &p.signature);
    let signatures = [
        standing.prepared.as_ref(),
        standing.reviewed.as_ref(),
        published,
    ];
    // Where nobody has a key it is said once, below.
    let given = || signatures.iter().flatten();
    let unsigned = given().all(|signature| signature.proof == Proof::Unsigned);
    // One step after the other, as the paper goes.
    let mut way: Line = Vec::new();
    for (step, signature) in Step::ALL.into_iter().zip(signatures) {
        let word = state.word(step_word(step));
        let is_next = standing.next() == Some(step);
        let mut line = match signature {
            Some(_) => vec![signed_span(Status::Met, word)],
            None if is_next => vec![signed_span(Status::AtRisk, word)],
            None => vec![signed_span(Status::NotDue, word)],
        };
        let (text, tone) = match signature {
            Some(signature) => (signed(signature), Tone::Label),
            None if is_next => (state.word("signoff-step-next"), Tone::Text),
            None => (state.word("signoff-step-later"), Tone::Hint),
        };
        line.push(toned(format!("  {text}"), tone));
        if let Some(signature) = signature.filter(|_| !unsigned) {
            line.push(proof(state, &signature.proof));
        }
        if !way.is_empty() {
            way.push(toned("  ›  ", Tone::Hint));
        }
        way.append(&mut line);
    }
    let mut lines: Vec<Line> = vec![way];
    let open = standing.open().count();
    let mut counts = vec![toned(
        state.say(&Message::new("review-open").with("count", open)),
        if open > 0 {
            Tone::Status(Status::Behind)
        } else {
            Tone::Label
        },
    )];
    let accepted = standing.items.len() - open;
    for (id, count) in [
        ("review-accepted", accepted),
        ("review-changed", standing.changed.len()),
    ] {
        let text = state.say(&Message::new(id).with("count", count));
        counts.push(toned(format!("   {text}"), Tone::Label));
    }
    if standing.published.is_some() {
        let count = standing.restated.len();
        let text = state.say(&Message::new("review-restated").with("count", count));
        counts = vec![toned(text, Tone::Label)];
    }
    if unsigned && given().next().is_some() {
        let text = state.word("review-unsigned");
        counts.push(toned(format!("   {text}"), Tone::Hint));
    }
    lines.push(counts);
    let mut panel = panel(
        "review-steps",
        Place::Head,
        String::new(),
        Body::Lines(lines),
    );
    panel.actions = match standing.next() {
        Some(step) => {
            let mut sign = super::command_action(state, "sign");
            sign.label = state.word(match step {
                Step::Prepare => "review-do-prepare",
                Step::Review => "review-do-review",
                Step::Publish if state.publishing == Some(standing.quarter) => {
                    "review-do-publish-again"
                }
                Step::Publish => "review-do-publish",
            });
            sign.primary = true;
            sign.disabled = signing.refusal.as_ref().map(|m| state.say(m));
            vec![sign]
        }
        None => vec![super::command_action(state, "report")],
    };
    panel
}

/// What vouches for an act; one that does not hold stands out.
fn proof(state: &State, proof: &Proof) -> Span {
    let tone = match proof {
        Proof::Unsigned | Proof::Holds(_) => Tone::Hint,
        Proof::UnknownKey(_) => Tone::Status(Status::AtRisk),
        Proof::Broken(_) => Tone::Status(Status::Rejected),
    };
    toned(format!("  {}", state.say(&proof.text())), tone)
}

fn signed_span(status: Status, text: String) -> Span {
    let mut span = signed(status, text);
    span.bold = true;
    span
}

fn severity(item: &Item) -> Status {
    match (&item.accepted, item.finding.severity) {
        (Some(_), _) => Status::NotDue,
        (None, Severity::Error) => Status::Rejected,
        (None, _) => Status::Behind,
    }
}

/// Open items first, then what was accepted, with the person and the reason.
fn items(state: &State, loaded: &Loaded, signing: &Signing) -> Panel {
    let matcher = super::filter::Matcher::new(&state.filter);
    let mut listed: Vec<&Item> = signing
        .state
        .items
        .iter()
        .filter(|item| {
            let finding = &item.finding;
            matcher.takes(&format!("{} {}", finding.id, state.say(&finding.text)))
        })
        .collect();
    listed.sort_by_key(|item| item.accepted.is_some());
    let rows: Vec<Sortable> = listed
        .iter()
        .map(|item| item_row(state, loaded, item))
        .collect();
    let mut columns = vec![
        column(state, "state", "column-handling", 92, 10),
        column(state, "about", "column-subject", 240, 24),
        column(state, "says", "column-says", 300, 34).grows(),
    ];
    // Nobody accepted anything yet: what is said has the room.
    if listed.iter().any(|item| item.accepted.is_some()) {
        columns.push(column(state, "by", "column-handled-by", 120, 12).drop(2));
        columns.push(column(state, "reason", "column-reason", 200, 20).drop(1));
    }
    let empty = state.word("review-nothing");
    let body = Body::Table(table(state, "review-items", columns, rows, empty));
    let mut panel = panel(
        "review-items",
        Place::Main,
        state.word("review-checks"),
        body,
    );
    panel.subtitle =
        state.say(&Message::new("review-count").with("count", signing.state.items.len()));
    panel
}

fn item_row(state: &State, loaded: &Loaded, item: &Item) -> Sortable {
    let register = &loaded.snapshot.register;
    let finding = &item.finding;
    let is_open = item.accepted.is_none();
    let word = state.word(if is_open {
        "review-is-open"
    } else {
        "review-is-accepted"
    });
    let about = about(item);
    let says = state.say(&finding.text);
    let (by, reason) = match &item.accepted {
        Some(accepted) => (
            person(state, loaded, &accepted.person),
            accepted.reason.clone(),
        ),
        None => (String::new(), String::new()),
    };
    let mut state_cell = Cell {
        spans: vec![signed(severity(item), word.clone())],
        ..Cell::default()
    };
    state_cell.solid = is_open;
    let text = |text: &str, tone: Tone| {
        let mut cell = cell_of(toned(text.to_owned(), tone));
        cell.tip = (!text.is_empty()).then(|| text.to_owned());
        cell
    };
    let tone = if is_open { Tone::Text } else { Tone::Label };
    let said = |words: &str| match words.is_empty() {
        true => none_cell(),
        false => text(words, Tone::Label),
    };
    // A figure by its name; its address is in the tip and beside the table.
    let subject = match &finding.figure {
        Some(figure) => {
            let name = figure_text::name(state.language, register, &about);
            let mut cell = cell_of(toned(name.clone(), tone));
            cell.tip = Some(format!("{name}  {figure}"));
            cell.figure = Some(figure.clone());
            cell
        }
        None if finding.rule == CHANGED => cell_of(toned(state.word("review-changed-title"), tone)),
        None => cell_of(mono(about.clone())),
    };
    let cells = vec![
        state_cell,
        subject,
        text(&says, tone),
        said(&by),
        said(&reason),
    ];
    let keys = [word, about, says, by, reason].map(SortKey::Text).to_vec();
    Sortable {
        row: Row {
            key: finding.id.clone(),
            bar: is_open.then_some(Status::Behind),
            cells,
            open: is_open.then_some(Msg::AcceptItem),
            ..Row::default()
        },
        keys,
    }
}

/// The figure or source an item speaks of.
fn about(item: &Item) -> String {
    let finding = &item.finding;
    let figure = finding.figure.as_ref().map(ToString::to_string);
    figure
        .or_else(|| finding.source.clone())
        .unwrap_or_else(|| finding.rule.clone())
}

/// The chosen item in full, and what can be done about it.
fn handling(state: &State, loaded: &Loaded, signing: &Signing, item: &Item) -> Panel {
    let finding = &item.finding;
    let mut facts: Vec<Fact> = vec![
        fact(
            state.word("review-says"),
            vec![span(state.say(&finding.text))],
        ),
        fact(state.word("review-rule"), vec![mono(finding.rule.clone())]),
    ];
    let about = about(item);
    if about != finding.rule {
        facts.insert(1, fact(state.word("review-about"), vec![mono(about)]));
    }
    if let Some(figure) = &finding.figure {
        let register = &loaded.snapshot.register;
        let name = figure_text::name(state.language, register, &figure.to_string());
        facts.insert(1, fact(state.word("review-figure"), vec![span(name)]));
    }
    if let Some(accepted) = &item.accepted {
        let who = person(state, loaded, &accepted.person);
        let when = format::instant(state.language, accepted.at);
        facts.push(fact(
            state.word("review-accepted-by"),
            vec![span(format!("{who}  {when}"))],
        ));
        facts.push(fact(
            state.word("review-reason"),
            vec![span(accepted.reason.clone())],
        ));
    }
    let mut panel = panel(
        "review-item",
        Place::Side,
        state.word("review-handling"),
        Body::Facts(facts),
    );
    if item.accepted.is_none() {
        let mut accept = super::command_action(state, "accept");
        accept.primary = true;
        accept.disabled = signing.cannot_accept.as_ref().map(|m| state.say(m));
        panel.actions.push(accept);
    }
    let programme = finding
        .figure
        .as_ref()
        .map(|figure| figure.series.scope.clone());
    if let Some(id) = programme.filter(|id| loaded.snapshot.register.programme(id).is_some()) {
        let label = state.say(&Message::new("review-to-programme").with("programme", id.as_str()));
        panel
            .actions
            .push(super::action(label, Msg::OpenProgramme(id.into())));
    }
    panel
}

/// A row of a figure that says something else now.
fn change_row(
    state: &State,
    loaded: &Loaded,
    change: &Change,
    cause: Option<(String, String)>,
) -> Sortable {
    let register = &loaded.snapshot.register;
    let name = figure_text::name(state.language, register, &change.address);
    let unit = figure_text::unit(register, &change.series);
    let said = |said: &Option<Said>| figure_text::said(state.language, unit, said.as_ref());
    let (before, now) = (said(&change.before), said(&change.now));
    let mut name_cell = cell(name.clone());
    name_cell.tip = Some(format!("{name}  {}", change.address));
    name_cell.figure = FigureAddress::parse(&change.address).ok();
    let mut cells = vec![
        cell_of(mono(change.address.clone())),
        name_cell,
        number_cell(before.clone(), Tone::Label, before.clone()),
        number_cell(now.clone(), Tone::Text, now.clone()),
    ];
    let mut keys = [change.address.clone(), name, before, now]
        .map(SortKey::Text)
        .to_vec();
    if let Some((cause, person)) = cause {
        let mut cause_cell = cell_of(toned(cause.clone(), Tone::Label));
        cause_cell.tip = Some(cause.clone());
        cells.extend([cause_cell, cell_of(toned(person.clone(), Tone::Label))]);
        keys.extend([SortKey::Text(cause), SortKey::Text(person)]);
    }
    Sortable {
        row: Row {
            key: change.address.clone(),
            cells,
            figure: FigureAddress::parse(&change.address).ok(),
            ..Row::default()
        },
        keys,
    }
}

fn changed(state: &State, loaded: &Loaded, signing: &Signing) -> Panel {
    let changed = &signing.state.changed;
    let rows = changed
        .iter()
        .map(|change| change_row(state, loaded, change, None))
        .collect();
    let columns = vec![
        column(state, "figure", "column-figure", 240, 30),
        column(state, "name", "column-name", 240, 28).grows(),
        column(state, "before", "column-when-signed", 110, 12).right(),
        column(state, "now", "column-now", 110, 12).right(),
    ];
    let body = Body::Table(table(state, "review-changed", columns, rows, String::new()));
    let mut panel = panel(
        "review-changed",
        Place::Main,
        state.word("review-changed-title"),
        body,
    );
    panel.subtitle = state.say(&Message::new("review-changed").with("count", changed.len()));
    panel
}

/// 修正對照表
fn restated(state: &State, loaded: &Loaded, signing: &Signing) -> Panel {
    let rows = signing
        .state
        .restated
        .iter()
        .map(|one| {
            let cause = state.say(&one.cause);
            let who = one.person.as_ref().map(|id| person(state, loaded, id));
            change_row(
                state,
                loaded,
                &one.change,
                Some((cause, who.unwrap_or_default())),
            )
        })
        .collect();
    let columns = vec![
        column(state, "figure", "column-figure", 230, 28).drop(2),
        column(state, "name", "column-name", 180, 20).grows(),
        column(state, "published", "column-published", 90, 12).right(),
        column(state, "today", "column-today", 90, 12).right(),
        column(state, "cause", "column-cause", 330, 22),
        column(state, "person", "column-person", 120, 12).drop(1),
    ];
    let empty = state.word("review-nothing-restated");
    let body = Body::Table(table(state, "review-restated", columns, rows, empty));
    let mut panel = panel(
        "review-restated",
        Place::Main,
        state.word("review-restated-title"),
        body,
    );
    panel.subtitle = state.word("review-restated-note");
    panel
}

/// The last acts of people, and whether the log holds.
fn log(state: &State, loaded: &Loaded, signing: &Signing) -> Panel {
    let lines: Vec<Line> = signing
        .acts
        .iter()
        .take(ACTS_SHOWN)
        .map(|act| {
            let word = format!("act-{}", act.kind);
            let kind = match crate::i18n::has(state.language, &word) {
                true => state.word(&word),
                false => act.kind.clone(),
            };
            let who = person(state, loaded, &act.person);
            let mut line = vec![
                toned(
                    format!("{}  ", format::instant(state.language, act.at)),
                    Tone::Label,
                ),
                span(format!("{who}  {kind} ")),
            ];
            // A line is short: what is usual there is said above, at the steps.
            if !matches!(act.proof, Proof::Unsigned | Proof::Holds(_)) {
                line.push(proof(state, &act.proof));
            }
            line.push(toned(clean(&act.subject), Tone::Label));
            line
        })
        .collect();
    let (count, broken) = signing.log;
    let mut panel = panel(
        "review-log",
        Place::Side,
        state.word("review-log"),
        Body::Lines(lines),
    );
    panel.aside = vec![match broken {
        None => signed(
            Status::OnTrack,
            state.say(&Message::new("review-log-holds").with("count", count)),
        ),
        Some(act) => signed(
            Status::Rejected,
            state.say(&Message::new("review-log-broken").with("act", act.to_string())),
        ),
    }];
    panel
}
