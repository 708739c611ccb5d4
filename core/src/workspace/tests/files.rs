//! Loading, checking and making workspaces.

use super::*;
use quarterdeck_kpi::observation::Qualifier;
use std::collections::BTreeSet;
use std::fs;

#[test]
fn an_unknown_key_gives_file_line_and_the_nearest_key() {
    let workspace = changed("register/programmes/P04.toml", |t| {
        t.replace("road = ", "raod = ")
            .replace("lead_basis", "lead_bases")
    });
    let told: BTreeSet<String> = told(&workspace).into_iter().collect();
    assert!(
        told.contains("register/programmes/P04.toml:8 check-unknown-key -> lead_basis"),
        "{told:?}"
    );
    assert!(
        told.contains("register/programmes/P04.toml:18 check-unknown-key -> road"),
        "{told:?}"
    );
    assert_eq!(workspace.register.programmes.len(), 28);
}

#[test]
fn a_broken_programme_leaves_the_other_28() {
    let workspace = changed("register/programmes/P13.toml", |t| format!("{t}\n[[task\n"));
    assert_eq!(workspace.register.programmes.len(), 28);
    assert!(workspace.register.programme("P13").is_none());
    assert_eq!(workspace.problems.len(), 1, "{:?}", workspace.problems);
    assert_eq!(workspace.problems[0].file, "register/programmes/P13.toml");
    assert!(workspace.problems[0].line.is_some());
}

#[test]
fn ids_that_nothing_has_are_named_with_the_nearest() {
    let workspace = changed("register/programmes/P13.toml", |t| {
        t.replace("\"MOHW\"", "\"MOWH\"")
            .replace("node = \"S4\"", "node = \"S9\"")
            .replace("dgp2", "dpg2")
    });
    assert_eq!(
        told(&workspace),
        [
            "register/programmes/P13.toml:3 check-unknown-plan -> dgp2",
            "register/programmes/P13.toml:4 check-unknown-node -> S1",
            "register/programmes/P13.toml:7 check-unknown-agency -> MOHW",
        ]
    );
}

#[test]
fn duplicates_units_and_numbers_are_problems() {
    let twice = changed("register/programmes/P02.toml", |t| {
        t.replace("id = \"P02\"", "id = \"P01\"")
    });
    assert!(
        told(&twice).contains(&"register/programmes/P02.toml:2 check-duplicate".to_owned()),
        "{:?}",
        told(&twice)
    );
    let unit = changed("register/programmes/P04.toml", |t| {
        t.replace("unit = \"count\"", "unit = \"cuont\"")
    });
    // A unit of the office's own stands for itself; a slip of the pen is still told.
    let told_of_unit = told(&unit);
    assert!(
        told_of_unit
            .iter()
            .any(|p| p.ends_with("check-unknown-unit -> count")),
        "{told_of_unit:?}"
    );
    assert!(!has_errors(&check(&unit)));
    let number = changed("register/programmes/P04.toml", |t| {
        t.replace("value = 104", "value = \"1O4\"")
    });
    assert_eq!(number.problems[0].message.id, "check-bad-number");
    let word = changed("register/programmes/P04.toml", |t| {
        t.replace("\"higher\"", "\"hihger\"")
    });
    assert!(
        told(&word)[0].ends_with("check-unknown-word -> higher"),
        "{:?}",
        told(&word)
    );
}

#[test]
fn a_source_must_feed_an_indicator_and_an_indicator_needs_its_source() {
    let workspace = changed("sources/join-idea.toml", |t| {
        t.replace("P29/suggestions", "P29/sugestions")
    });
    let told = told(&workspace);
    let line = |end: &str| told.iter().find(|p| p.ends_with(end)).cloned();
    let unknown = line("check-unknown-series -> P29/suggestions").unwrap();
    assert!(unknown.starts_with("sources/join-idea.toml:"), "{unknown}");
    let unfed = line("check-not-fed").unwrap();
    assert!(
        unfed.starts_with("register/programmes/P29.toml:"),
        "{unfed}"
    );
    assert_eq!(told.len(), 2, "{told:?}");
}

#[test]
fn a_number_is_taken_as_it_is_written() {
    for (written, exact) in [
        (
            "0.1234567890123456789012345678",
            "0.1234567890123456789012345678",
        ),
        ("75.30", "75.30"),
        ("\"75.3\"", "75.3"),
        ("75", "75"),
        ("12345678901234567890.1", "12345678901234567890.1"),
    ] {
        let workspace = changed("register/programmes/P04.toml", |t| {
            t.replace("value = 104", &format!("value = {written}"))
        });
        let row = workspace
            .register
            .published
            .iter()
            .find(|r| r.item.series.scope == "P04")
            .unwrap();
        assert_eq!(row.item.value().unwrap().to_string(), exact, "{written}");
        assert_eq!(row.item.qualifier, Qualifier::Exact);
    }
    for refused in ["inf", "nan", "0.12345678901234567890123456789"] {
        let workspace = changed("register/programmes/P04.toml", |t| {
            t.replace("value = 104", &format!("value = {refused}"))
        });
        assert_eq!(
            workspace.problems[0].message.id, "check-bad-number",
            "{refused}"
        );
    }
}

#[test]
fn a_new_workspace_equals_the_embedded_one() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("office");
    let written = init(&root).unwrap();
    let mut workspace = load(&root).unwrap();
    assert_eq!(workspace.files, starter_files());
    assert_eq!(
        written,
        workspace
            .files
            .iter()
            .map(|f| f.0.clone())
            .collect::<Vec<_>>()
    );
    assert_eq!(told(&workspace), Vec::<String>::new());
    workspace.set_recorded_at(instant());
    assert_eq!(workspace.register, starter().register);
    let again = init(&root).unwrap_err();
    assert_eq!(again.id, "workspace-folder-not-empty");

    let place = root.join("register/programmes/P01.toml");
    let text = fs::read_to_string(&place).unwrap();
    fs::write(&place, text + "\n# a remark\n").unwrap();
    assert_ne!(
        load(&root).unwrap().files,
        starter_files(),
        "every byte is part of a version"
    );
}

#[test]
fn a_failed_init_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(init(&file.join("office")).is_err());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn the_nearest_workspace_is_found_upwards() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("office");
    init(&root).unwrap();
    let inside = root.join("register/programmes");
    assert_eq!(find(None, None, &inside).unwrap(), root);
    assert_eq!(
        find(None, Some("office".as_ref()), folder.path()).unwrap(),
        root
    );
    let empty = folder.path().join("empty");
    let error = find(Some(&empty), Some(root.as_os_str()), &inside).unwrap_err();
    assert_eq!(
        error.id, "workspace-not-here",
        "the flag goes before the environment"
    );
}

#[test]
fn a_newer_workspace_is_refused_and_broken_settings_too() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("office");
    init(&root).unwrap();
    let place = root.join("quarterdeck.toml");
    let text = fs::read_to_string(&place).unwrap();
    fs::write(
        &place,
        text.replace("format = 1", "format = 7\nfuture = true"),
    )
    .unwrap();
    let error = load(&root).unwrap_err();
    assert_eq!(error.id, "workspace-newer");
    assert!(error.args.contains(&("format".into(), Arg::Count(7))));
    fs::write(&place, text.replace("allow_hosts", "alow_hosts")).unwrap();
    assert_eq!(load(&root).unwrap_err().id, "workspace-problem-at-line");
    let lenient = load_for_check(&root).unwrap();
    assert_eq!(
        told(&lenient),
        ["quarterdeck.toml:46 check-unknown-key -> allow_hosts"]
    );
}

#[cfg(unix)]
#[test]
fn links_out_of_the_workspace_are_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("office");
    init(&root).unwrap();
    let outside = folder.path().join("secret.toml");
    fs::write(&outside, "id = \"P99\"\n").unwrap();
    std::os::unix::fs::symlink(&outside, root.join("register/programmes/P99.toml")).unwrap();
    let workspace = load(&root).unwrap();
    assert_eq!(workspace.problems.len(), 1);
    assert_eq!(workspace.problems[0].message.id, "workspace-link-outside");
    assert_eq!(workspace.register.programmes.len(), 29);
}

#[test]
fn the_flag_goes_before_the_environment_before_the_file() {
    let settings = starter().settings;
    let flag = Overrides {
        language: Some("en".to_owned()),
    };
    let environment = |_: &str| Some("zh-TW".to_owned());
    let chosen = settings.clone().overridden(&flag, environment).unwrap();
    assert_eq!(chosen.language.id(), "en");
    let unknown = Overrides {
        language: Some("fr".to_owned()),
    };
    assert!(settings.overridden(&unknown, |_| None).is_err());
}

#[test]
fn every_sentence_of_this_room_is_in_both_languages() {
    use quarterdeck_view::i18n::{Language, has};
    let sources = [
        include_str!("../check.rs"),
        include_str!("../check_register.rs"),
        include_str!("../folder.rs"),
        include_str!("../mod.rs"),
        include_str!("../parse.rs"),
        include_str!("../settings.rs"),
        include_str!("../check_validation.rs"),
        include_str!("../starter.rs"),
        include_str!("../toml_text.rs"),
        include_str!("../write.rs"),
    ];
    let mut seen = BTreeSet::new();
    for word in sources.iter().flat_map(|text| text.split('"').skip(1)) {
        if word.starts_with("workspace-") || word.starts_with("check-") {
            seen.insert(word);
        }
    }
    assert!(seen.len() > 50, "{seen:?}");
    for word in seen {
        for language in Language::ALL {
            assert!(has(language, word), "{word} in {}", language.id());
        }
    }
}

/// A starter with one source of one's own.
fn with_source(text: &str) -> Workspace {
    let mut files = starter_files();
    files.push(("sources/own.toml".to_owned(), text.as_bytes().to_vec()));
    of_files(files)
}

const OWN: &str = "id = \"own\"\nkind = \"csv\"\nurl = \"https://example.gov.tw/x\"\nschedule = \"daily\"\n[[map]]\nseries = \"P05/guided-examples\"\naggregate = \"count\"\n";

fn told_of(workspace: &Workspace, file: &str) -> Vec<String> {
    let all = told(workspace).into_iter();
    all.filter(|told| told.starts_with(file)).collect()
}

#[test]
fn a_figure_that_two_maps_lead_to_is_a_warning_that_names_both_places() {
    let once = with_source(OWN);
    let before = told_of(&once, "sources/own.toml");
    assert!(
        !before.iter().any(|told| told.contains("check-fed-twice")),
        "{before:?}"
    );
    let twice = with_source(&format!(
        "{OWN}[[map]]\nseries = \"P05/guided-examples\"\ncolumn = \"n\"\n"
    ));
    let problems = check(&twice);
    let found = problems
        .iter()
        .find(|p| p.message.id == "check-fed-twice")
        .unwrap();
    assert_eq!(
        (found.file.as_str(), found.line),
        ("sources/own.toml", Some(9))
    );
    let text = quarterdeck_view::i18n::say(quarterdeck_view::i18n::Language::En, &found.message);
    assert!(text.contains("sources/own.toml:6"), "{text}");
    assert!(!has_errors(&problems), "{problems:?}");
    // Each with a period of its own: they do not meet.
    let apart = OWN.to_owned()
        + "period = \"2025Q3\"\n[[map]]\nseries = \"P05/guided-examples\"\naggregate = \"count\"\nperiod = \"2025Q4\"\n";
    let apart = told_of(&with_source(&apart), "sources/own.toml");
    assert!(
        !apart.iter().any(|told| told.contains("check-fed-twice")),
        "{apart:?}"
    );
}

#[test]
fn problems_of_a_source_stand_on_their_lines() {
    let slip = OWN.to_owned() + "unit = \"cuont\"\n";
    let found = told_of(&with_source(&slip), "sources/own.toml");
    assert_eq!(found, ["sources/own.toml:8 check-unknown-unit -> count"]);
    for (from, to, wanted) in [
        (
            "https://example.gov.tw/x",
            "ftp://example.gov.tw/x",
            "sources/own.toml:3 source-url-scheme",
        ),
        (
            "/x\"",
            "/x?token=abc\"",
            "sources/own.toml:3 source-literal-secret-url",
        ),
        (
            "\"daily\"",
            "\"sometimes\"",
            "sources/own.toml:4 source-schedule-unknown",
        ),
        (
            "schedule = \"daily\"\n",
            "schedule = \"daily\"\ncolumn = \"n\"\n",
            "sources/own.toml:5 check-unknown-key",
        ),
    ] {
        let found = told_of(&with_source(&OWN.replace(from, to)), "sources/own.toml");
        assert!(
            found.iter().any(|told| told.starts_with(wanted)),
            "{wanted}: {found:?}"
        );
    }
    let astray = with_source(&OWN.replace("[[map]]", "column = \"n\"\n[[map]]"));
    let next = astray.problems.iter().find_map(|p| p.next.clone());
    assert_eq!(
        next.map(|next| next.id.into_owned()).as_deref(),
        Some("check-key-of-map")
    );
}

#[test]
fn every_key_that_a_file_lacks_is_named_at_once() {
    let lacking = changed("register/programmes/P04.toml", |t| {
        let mut text = String::new();
        for line in t.lines() {
            let gone = ["unit =", "kind =", "direction ="];
            if !gone.iter().any(|key| line.starts_with(key)) {
                text.push_str(line);
                text.push('\n');
            }
        }
        text
    });
    let problems = lacking.problems.iter().map(|p| p.message.to_string());
    let problems: Vec<String> = problems.collect();
    for key in ["unit", "kind", "direction"] {
        let wanted = format!("check-missing-key key={key:?}");
        assert!(problems.contains(&wanted), "{key}: {problems:?}");
    }
    let bare = told_of(
        &with_source("url = \"https://example.gov.tw\"\n"),
        "sources/own.toml",
    );
    assert_eq!(bare.len(), 3, "{bare:?}");
}

#[test]
fn a_code_behind_a_hyphen_is_an_indicator_and_behind_a_dot_a_part() {
    let own = |series: &str| {
        let add = format!(
            "\n[[indicator]]\nseries = \"{series}\"\ntitle = {{ zh-TW = \"用量\", en = \"Usage\" }}\nunit = \"count\"\nkind = \"count\"\ndirection = \"higher\"\nroad = \"entry\"\n"
        );
        let workspace = changed("register/programmes/P12.toml", |t| format!("{t}{add}"));
        told_of(&workspace, "register/programmes/P12.toml")
    };
    assert!(
        own("usage-63000010").is_empty(),
        "{:?}",
        own("usage-63000010")
    );
    let dotted = own("usage.63000010");
    assert!(dotted[0].ends_with("check-series-part"), "{dotted:?}");
}
