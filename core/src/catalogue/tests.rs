//! A source that is put together: chosen, tried over a loopback server, saved, and never half.

use super::*;
use crate::session::{Access, Clock};
use crate::transport::scripted::{Server, answer, ok};
use crate::workspace;
use std::path::Path;

const BODY: &str =
    "機關,季別,件數,承辦人電話\r\n國發會,114Q3,\"1,234\",02-1234\r\n內政部,114Q3,7,02-5678\r\n";

const TITLED: &str = "114年第3季案件統計\r\n資料更新時間：114.10.3\r\n機關,季別,件數\r\n國發會,114Q3,12\r\n內政部,114Q3,7\r\n";

const PEOPLE: &str = "機關,季別,件數,承辦人,填報人,聯絡人,姓名,地址,電話,E-mail,Contact person,name\r\n國發會,114Q3,12,王大明,李小華,陳美麗,林志強,臺北市寶慶路3號,02-1234,a@example.tw,Wang Daming,Wang\r\n";

fn office(folder: &Path, roles: &str) -> Session {
    workspace::init(folder).unwrap();
    let people = folder.join("register/people.toml");
    let account = crate::platform::account_name();
    let text = std::fs::read_to_string(&people).unwrap()
        + &format!(
            "\n[[person]]\nid = \"chen\"\nname = {{ zh-TW = \"陳\", en = \"Chen\" }}\nroles = [{roles}]\naccounts = [\"{account}\"]\n"
        );
    std::fs::write(people, text).unwrap();
    open(folder)
}

fn open(folder: &Path) -> Session {
    let clock = Clock::fixed("2025-10-20T01:00:00Z".parse().unwrap());
    Session::open(folder, Access::ReadWrite, clock).unwrap()
}

fn portal() -> Server {
    const HTML: &str = "Content-Type: text/html\r\n";
    Server::start(|path, _| match path {
        "/cases.csv" => answer("200 OK", HTML, BODY.as_bytes()),
        "/people.csv" => answer("200 OK", HTML, PEOPLE.as_bytes()),
        "/titled.csv" => answer("200 OK", HTML, TITLED.as_bytes()),
        "/page" => answer("200 OK", HTML, b"<!DOCTYPE html><title>Sign in</title>"),
        _ => answer("404 Not Found", HTML, b"no"),
    })
}

fn pasted(server: &Server, path: &str) -> SourceDraft {
    SourceDraft {
        values: [
            (DraftField::Address, server.url(path)),
            (DraftField::AllowPrivate, "true".to_owned()),
        ]
        .into(),
        ..SourceDraft::default()
    }
}

fn attempt(session: &mut Session, draft: &SourceDraft) -> (SourceDraft, Trial) {
    try_source(session, draft, &mut |_| {}, &AtomicBool::new(false)).unwrap()
}

#[test]
fn titles_above_a_pasted_table_are_passed_over_and_the_file_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = office(folder.path(), "\"admin\"");
    let server = portal();
    let (draft, trial) = attempt(&mut session, &pasted(&server, "/titled.csv"));
    assert!(trial.is_good, "{}", trial.outcome);
    assert_eq!(trial.columns[2].name, "件數");
    assert_eq!(trial.readings.len(), 2);
    let (_, file) = write_out(&session, &draft, None);
    assert!(
        file.lines.contains(&"header_row = 3".to_owned()),
        "{file:?}"
    );
    assert!(file.problems.is_empty(), "{file:?}");
    // A kind that somebody chose changes nothing about what was seen.
    let mut chosen = pasted(&server, "/titled.csv");
    chosen.values.insert(DraftField::Kind, "csv".to_owned());
    let (_, trial) = attempt(&mut session, &chosen);
    assert!(trial.is_good, "{}", trial.outcome);
}

#[test]
fn a_pasted_address_is_asked_once_understood_and_saved() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = office(folder.path(), "\"admin\"");
    let server = portal();
    let (mut draft, trial) = attempt(&mut session, &pasted(&server, "/cases.csv"));
    assert!(trial.is_good, "{}", trial.outcome);
    assert_eq!(server.requests().len(), 1, "asked once");
    assert_eq!(
        (trial.kind.as_str(), trial.encoding.as_str()),
        ("csv", "utf-8")
    );
    let columns: Vec<(&str, &str)> = trial
        .columns
        .iter()
        .map(|c| (c.name.as_str(), c.guess))
        .collect();
    assert_eq!(columns[1], ("季別", "source-preview-quarter"));
    assert!(trial.columns[3].is_personal);
    assert_eq!(trial.sample[0][3], "");
    assert_eq!(trial.readings.len(), 2);
    assert_eq!(trial.readings[0].figure, "agency:NDC/value-1@2025Q3");
    assert_eq!(trial.readings[0].value, Ok("1234".to_owned()));
    assert_eq!(draft.value(DraftField::Period(0)), "季別");

    // A changed line is tried by its own words, and nothing of either try is stored.
    draft
        .values
        .insert(DraftField::Value(0), "件數量".to_owned());
    let (_, trial) = attempt(&mut session, &draft);
    assert!(!trial.is_good);
    assert_eq!(
        trial.columns.len(),
        4,
        "what is there is shown all the same"
    );
    draft.values.insert(DraftField::Value(0), "件數".to_owned());
    draft.values.insert(DraftField::Id, "cases".to_owned());
    let (_, trial) = attempt(&mut session, &draft);
    assert!(trial.is_good, "{}", trial.outcome);
    let rows = session.store().unwrap().rows_as_of(session.now()).unwrap();
    assert!(rows.observations.is_empty() && rows.findings.is_empty());
    assert!(rows.attempts.is_empty(), "a try is no attempt");

    assert_eq!(save_source(&mut session, &draft).unwrap(), "cases");
    let text = std::fs::read_to_string(folder.path().join("sources/cases.toml")).unwrap();
    assert!(
        text.contains("personal_fields = [\"承辦人電話\"]"),
        "{text}"
    );
    assert!(text.starts_with("# "), "{text}");
    let session = open(folder.path());
    let saved = session.workspace().sources.iter().find(|s| s.id == "cases");
    assert_eq!(saved.unwrap().maps.len(), 1);
    assert!(!workspace::has_errors(&workspace::check(
        session.workspace()
    )));
}

#[test]
fn what_cannot_be_tried_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = office(folder.path(), "\"admin\"");
    let server = portal();
    let (_, trial) = attempt(&mut session, &pasted(&server, "/page"));
    assert_eq!(
        (trial.is_good, &*trial.outcome.id),
        (false, "source-preview-html")
    );
    let (_, trial) = attempt(&mut session, &pasted(&server, "/nothing"));
    assert!(
        trial.outcome.to_string().contains("404"),
        "{}",
        trial.outcome
    );
    let mut private = pasted(&server, "/cases.csv");
    private.values.remove(&DraftField::AllowPrivate);
    let before = server.requests().len();
    let (_, trial) = attempt(&mut session, &private);
    assert!(
        quarterdeck_view::i18n::say(quarterdeck_view::i18n::Language::En, &trial.outcome)
            .contains("allow_private"),
        "{}",
        trial.outcome
    );
    assert_eq!(server.requests().len(), before, "it was not asked");
    let stopped = AtomicBool::new(true);
    let outcome = try_source(
        &mut session,
        &pasted(&server, "/cases.csv"),
        &mut |_| {},
        &stopped,
    );
    assert!(outcome.is_ok());
}

#[test]
fn saving_needs_a_role_a_free_id_and_a_file_without_errors() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = office(folder.path(), "\"enter\"");
    let presets = presets(session.workspace());
    let preset = presets.iter().find(|p| p.id == "join-idea").unwrap();
    let mut draft = preset.draft.clone();
    assert_eq!(
        draft.value(DraftField::Id),
        "join-idea-2",
        "init wrote the first"
    );
    let code = |failure: Failure| failure.code;
    let refused = save_source(&mut session, &draft).map_err(code);
    assert_eq!(refused, Err("session-role-missing".to_owned()));
    let folder = tempfile::tempdir().unwrap();
    let mut session = office(folder.path(), "\"admin\"");
    for (id, expected) in [
        ("join-idea", "catalogue-exists"),
        ("../out", "catalogue-bad-id"),
        ("", "catalogue-bad-id"),
    ] {
        draft.values.insert(DraftField::Id, id.to_owned());
        let refused = save_source(&mut session, &draft).map_err(code);
        assert_eq!(refused, Err(expected.to_owned()), "{id}");
    }
    draft.values.insert(DraftField::Id, "ideas".to_owned());
    draft
        .values
        .insert(DraftField::Schedule, "sometimes".to_owned());
    let refused = save_source(&mut session, &draft).map_err(code);
    assert_eq!(refused, Err("catalogue-line-wrong".to_owned()));
    assert!(!folder.path().join("sources/ideas.toml").exists());
    draft
        .values
        .insert(DraftField::Schedule, "weekly".to_owned());
    assert_eq!(save_source(&mut session, &draft).unwrap(), "ideas");
    let text = std::fs::read_to_string(folder.path().join("sources/ideas.toml")).unwrap();
    for kept in [
        "# join.gov.tw",
        "value_column = \"附議門檻\"",
        "schedule = \"weekly\"",
    ] {
        assert!(text.contains(kept), "{kept}: {text}");
    }
}

#[test]
fn every_preset_is_offered_and_reads_back_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let session = office(folder.path(), "\"admin\"");
    let presets = presets(session.workspace());
    let files = workspace::embedded().filter(|(path, _)| path.starts_with("sources/"));
    assert_eq!(presets.len(), files.count());
    for preset in presets.iter() {
        let config = text::config_of(&preset.draft).unwrap();
        let original = session
            .workspace()
            .sources
            .iter()
            .find(|s| s.id == preset.id)
            .unwrap();
        let mut expected = original.clone();
        expected.id.clone_from(&config.id);
        expected.disabled = false;
        expected.disabled_reason = None;
        assert_eq!(config, expected, "{}", preset.id);
        for about in [&preset.about.zh_tw, &preset.about.en] {
            assert!(about.chars().count() > 8, "{}: {about}", preset.id);
        }
    }
}

#[test]
fn the_file_is_shown_as_it_will_be_written_and_every_line_can_be_changed() {
    let folder = tempfile::tempdir().unwrap();
    let session = office(folder.path(), "\"admin\"");
    let presets = presets(session.workspace());
    let preset = presets.iter().find(|p| p.id == "join-idea").unwrap();
    let mut draft = preset.draft.clone();
    for (field, text) in [
        (
            DraftField::Filter(0),
            "\u{9644}\u{8b70}\u{6578}\u{91cf} >= 5000; status in a|b",
        ),
        (DraftField::Headers, "Authorization: Bearer env:TOKEN"),
        (DraftField::PersonalFields, "name, phone"),
        (DraftField::AcceptStatus, "200, 503"),
        (DraftField::Calendar(0), "roc"),
        (DraftField::Id, "ideas"),
    ] {
        draft.values.insert(field, text.to_owned());
    }
    let (same, file) = write_out(&session, &draft, None);
    assert_eq!(same, draft);
    let text = file.lines.join("\n");
    for line in [
        "op = \">=\", value = \"5000\"",
        "values = [\"a\", \"b\"]",
        "Authorization = \"Bearer env:TOKEN\"",
        "personal_fields = [\"name\", \"phone\"]",
        "accept_status = [200, 503]",
        "calendar = \"roc\"",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    let errors = |file: &quarterdeck_view::catalogue::DraftFile| {
        let errors = file.problems.iter().filter(|p| p.is_error);
        errors
            .map(|p| (p.line, p.text.id.to_string()))
            .collect::<Vec<_>>()
    };
    assert_eq!(errors(&file), [], "{text}");
    // A key that has no field, by its line, and back as it is.
    let at = file
        .lines
        .iter()
        .position(|l| l.starts_with("schedule"))
        .unwrap();
    let (next, file) = write_out(
        &session,
        &draft,
        Some(&file.with_line(at, true, "max_bytes = 1000")),
    );
    assert!(file.lines.contains(&"max_bytes = 1000".to_owned()));
    assert_eq!(next.value(DraftField::PersonalFields), "name, phone");
    assert_eq!(errors(&file), []);
    // A wrong key has its line; what cannot be read stays as it was typed.
    let (next, file) = write_out(
        &session,
        &next,
        Some(&file.with_line(at, false, "max_byte = 1")),
    );
    assert_eq!(
        errors(&file),
        [(Some(at + 1), "check-unknown-key".to_owned())]
    );
    // ... and beside it another line is taken all the same.
    let (next, file) = write_out(
        &session,
        &next,
        Some(&file.with_line(at, true, "delimiter = \";\"")),
    );
    assert_eq!(
        file.lines.get(at).map(String::as_str),
        Some("delimiter = \";\"")
    );
    let (next, file) = write_out(&session, &next, Some(&file.with_line(at, false, "")));
    let (next, file) = write_out(
        &session,
        &next,
        Some(&file.with_line(at, false, "max_bytes = ")),
    );
    assert_eq!(file.lines.get(at).map(String::as_str), Some("max_bytes ="));
    assert_eq!(errors(&file), [(Some(at + 1), "check-syntax".to_owned())]);
    assert!(save_source(&mut open(folder.path()), &next).is_err());
    let (next, file) = write_out(&session, &next, Some(&file.with_line(at, false, "")));
    assert_eq!(errors(&file), []);
    assert_eq!(
        save_source(&mut open(folder.path()), &next).unwrap(),
        "ideas"
    );
    // A key in the file itself is refused, and a line of a field that means nothing is named.
    draft
        .values
        .insert(DraftField::Headers, "Authorization: Bearer abc".to_owned());
    let (_, file) = write_out(&session, &draft, None);
    assert!(
        errors(&file)
            .iter()
            .any(|(_, id)| id == "source-literal-secret"),
        "{file:?}"
    );
    draft
        .values
        .insert(DraftField::Filter(0), "nothing".to_owned());
    let (_, file) = write_out(&session, &draft, None);
    assert_eq!(errors(&file).last().unwrap().1, "catalogue-bad-filter");
}

#[test]
fn a_source_of_many_addresses_is_checked_by_line_tried_for_a_few_and_saved() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = office(folder.path(), "\"admin\"");
    let server = Server::start(|path, _| match path {
        "/usage/63000002" => answer("404 Not Found", "", b""),
        _ => ok("{\"count\": 12}"),
    });
    let url = server.url("/usage/{target}");
    let text = format!(
        "id = \"usage\"\nkind = \"json\"\nurl = \"{url}\"\ntargets_file = \"towns.csv\"\nschedule = \"daily\"\n\
         allow_private = true\n\n[[map]]\nseries = \"P12/usage.{{target}}\"\nat = \"$.count\"\nunit = \"count\"\n"
    );
    let said = |session: &Session| {
        let (draft, file) = write_out(session, &SourceDraft::default(), Some(&text));
        let errors = file.problems.iter().filter(|problem| problem.is_error);
        let errors: Vec<_> = errors.map(|p| (p.line, p.text.id.to_string())).collect();
        (draft, errors)
    };
    let missing = "source-targets-file-missing".to_owned();
    assert_eq!(said(&session).1, [(Some(4), missing)]);
    let list = session.root().join("sources").join("towns.csv");
    std::fs::write(&list, "63000001\n63000002\n63000001\n").unwrap();
    assert_eq!(
        said(&session).1,
        [(Some(4), "source-target-twice".to_owned())]
    );
    let towns: String = (1..=40).map(|n| format!("630000{n:02}\n")).collect();
    std::fs::write(&list, towns).unwrap();
    let (mut draft, errors) = said(&session);
    assert_eq!(errors, []);
    let (_, trial) = attempt(&mut session, &draft);
    assert_eq!(server.requests().len(), 5, "a try asks for a few");
    assert_eq!(trial.readings.len(), 4, "{}", trial.outcome);
    assert_eq!(
        trial.readings[0].figure.split('@').next(),
        Some("P12/usage.63000001")
    );
    let findings: Vec<String> = trial.findings.iter().map(ToString::to_string).collect();
    assert!(
        findings.iter().any(|text| text.contains("63000002")),
        "{findings:?}"
    );
    draft
        .values
        .insert(DraftField::Attribution, "MOI".to_owned());
    assert_eq!(save_source(&mut session, &draft).unwrap(), "usage");
    let saved = open(folder.path());
    let source = saved
        .workspace()
        .sources
        .iter()
        .find(|s| s.id == "usage")
        .unwrap();
    assert_eq!(source.targets.len(), 40);
}

#[test]
fn columns_of_people_are_blanked_and_proposed_whether_the_source_has_maps_or_not() {
    const PERSONAL: &str = "承辦人, 填報人, 聯絡人, 姓名, 地址, 電話, E-mail, Contact person, name";
    let folder = tempfile::tempdir().unwrap();
    let mut session = office(folder.path(), "\"admin\"");
    let server = portal();
    let (mut draft, trial) = attempt(&mut session, &pasted(&server, "/people.csv"));
    assert!(trial.is_good, "{}", trial.outcome);
    let shown = format!("{:?}", trial.sample);
    for secret in [
        "王大明",
        "李小華",
        "陳美麗",
        "林志強",
        "寶慶路",
        "02-1234",
        "example.tw",
        "Wang",
    ] {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
    assert!(shown.contains("國發會"), "{shown}");
    assert_eq!(draft.value(DraftField::PersonalFields), PERSONAL);
    // With maps of its own, and one of the fields named already: the others join it.
    draft
        .values
        .insert(DraftField::PersonalFields, "電話".to_owned());
    draft.values.insert(DraftField::Id, "people".to_owned());
    let (draft, trial) = attempt(&mut session, &draft);
    assert!(trial.is_good, "{}", trial.outcome);
    assert_eq!(
        draft.value(DraftField::PersonalFields).split(", ").count(),
        9
    );
    save_source(&mut session, &draft).unwrap();
    let text = std::fs::read_to_string(folder.path().join("sources/people.toml")).unwrap();
    for name in PERSONAL.split(", ") {
        assert!(text.contains(&format!("\"{name}\"")), "{name}: {text}");
    }
}
