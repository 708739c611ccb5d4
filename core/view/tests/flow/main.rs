//! What keys and messages do to the screen.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod entry;
mod new_source;
mod time;

use quarterdeck_kpi::risk::RiskBasis;
use quarterdeck_kpi::status::Status;
use quarterdeck_view::i18n::Language;
use quarterdeck_view::keys::{COMMANDS, Key, on_key};
use quarterdeck_view::msg::{Effect, Msg};
use quarterdeck_view::panel::{Body, Drawing, Panel, Screen, Table};
use quarterdeck_view::sample;
use quarterdeck_view::screen::view;
use quarterdeck_view::state::{Capabilities, FaceKind, ScreenId, State};
use quarterdeck_view::update::update;

fn terminal() -> State {
    sample::state(FaceKind::Terminal, Language::ZhTw)
}

fn press(state: &mut State, key: Key) -> Vec<Effect> {
    match on_key(state, key) {
        Some(msg) => update(state, msg),
        None => Vec::new(),
    }
}
fn typed(state: &mut State, text: &str) {
    for c in text.chars() {
        press(state, Key::Char(c));
    }
}
fn panel<'a>(screen: &'a Screen, id: &str) -> &'a Panel {
    screen.panels.iter().find(|p| p.id == id).unwrap()
}
fn rows(state: &State, id: &str) -> Vec<String> {
    match &panel(&view(state), id).body {
        Body::Table(table) => table.rows.iter().map(|r| r.key.clone()).collect(),
        other => panic!("{id} is no table: {other:?}"),
    }
}
fn table(state: &State, id: &str) -> Table {
    match panel(&view(state), id).body.clone() {
        Body::Table(table) => table,
        other => panic!("{id} is no table: {other:?}"),
    }
}

#[test]
fn the_overview_is_as_written_down() {
    for (language, golden, file) in [
        (
            Language::ZhTw,
            include_str!("../golden/overview-zh-TW.txt"),
            "overview-zh-TW.txt",
        ),
        (
            Language::En,
            include_str!("../golden/overview-en.txt"),
            "overview-en.txt",
        ),
    ] {
        let mut state = sample::state(FaceKind::Terminal, language);
        update(
            &mut state,
            Msg::Select {
                panel: "programmes",
                key: "P12".into(),
            },
        );
        let found = view(&state).to_plain();
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            let path = format!("{}/tests/golden/{file}", env!("CARGO_MANIFEST_DIR"));
            std::fs::write(path, &found).unwrap();
        } else {
            assert_eq!(found, golden, "{file}; UPDATE_GOLDEN=1 writes it anew");
        }
    }
}

#[test]
fn every_screen_shows_the_demo_mark_and_no_bare_key() {
    for language in Language::ALL {
        for screen in ScreenId::RAIL {
            let mut state = sample::state(FaceKind::Window, language);
            update(&mut state, Msg::Go(screen));
            let shown = view(&state);
            assert_eq!(
                shown.chrome.demo.as_deref(),
                Some("示範資料 Demo data, invented")
            );
            assert_eq!(shown.id, screen);
            for text in shown.texts() {
                let key_like =
                    text.contains('-') && text.chars().all(|c| c.is_ascii_lowercase() || c == '-');
                let of_data = ["gsn-drop", "join-idea", "sample-office"].contains(&text.as_str());
                assert!(!key_like || of_data || text == "-", "{screen:?}: {text}");
            }
        }
    }
}

#[test]
fn moving_and_opening_leads_to_the_programme_and_back() {
    let mut state = terminal();
    press(&mut state, Key::Down);
    press(&mut state, Key::Char('j'));
    press(&mut state, Key::Enter);
    assert_eq!(state.screen(), ScreenId::Programme);
    assert_eq!(state.programme.as_deref(), Some("P12"));
    let texts = view(&state).texts().join("\n");
    for text in [
        "P12 地方稅智慧線上服務",
        "委外採購二度流標。",
        "（主辦機關尚未填報）",
        "71.20",
        "−18.40",
        "完成1項，共2項",
    ] {
        assert!(texts.contains(text), "{text} in {texts}");
    }
    press(&mut state, Key::Esc);
    assert_eq!(state.screen(), ScreenId::Overview);
    assert_eq!(table(&state, "programmes").selected, Some(2));
}

#[test]
fn search_folds_chinese_width_and_agency_names() {
    let mut state = terminal();
    for (text, expected) in [
        ("地方稅", vec!["P12"]),
        ("財政", vec!["P12"]),
        ("ＴＲｏａｄ", vec![]),
        ("ｔ－ｒｏａｄ", vec!["P20"]),
        ("發展會 退回", vec![]),
        ("退回", vec!["P27"]),
        ("lawyers", vec!["P14"]),
        ("！國發會", vec!["P08", "P14", "P27"]),
    ] {
        press(&mut state, Key::Char('／'));
        press(&mut state, Key::Ctrl('u'));
        typed(&mut state, text);
        press(&mut state, Key::Enter);
        assert_eq!(rows(&state, "programmes"), expected, "{text}");
    }
    press(&mut state, Key::Esc);
    assert_eq!(rows(&state, "programmes").len(), 8);
}

#[test]
fn a_count_filters_by_its_group() {
    let mut state = terminal();
    update(&mut state, Msg::FilterStatus(Some(Status::Unknown)));
    assert_eq!(rows(&state, "programmes"), ["P20", "P23", "P27"]);
    update(&mut state, Msg::FilterStatus(None));
    assert_eq!(rows(&state, "programmes").len(), 8);
}

#[test]
fn sorting_puts_unknown_last_in_both_directions() {
    let mut state = terminal();
    let sort = Msg::Sort {
        panel: "programmes",
        column: "execution",
    };
    update(&mut state, sort.clone());
    let up = rows(&state, "programmes");
    assert_eq!(&up[..2], ["P12", "P08"]);
    assert_eq!(&up[6..], ["P20", "P23"]);
    update(&mut state, sort.clone());
    let down = rows(&state, "programmes");
    assert_eq!(down[0], "P25");
    assert_eq!(&down[6..], ["P20", "P23"]);
    update(&mut state, sort);
    assert_eq!(rows(&state, "programmes")[0], "P01");
    press(&mut state, Key::Char('>'));
    assert_eq!(table(&state, "programmes").sort, Some(("id", false)));
}

#[test]
fn unknown_programmes_show_their_cause_and_a_hatched_track() {
    let state = terminal();
    let table = table(&state, "programmes");
    let at = |id: &str| table.columns.iter().position(|c| c.id == id).unwrap();
    let row = table.rows.iter().find(|r| r.key == "P20").unwrap();
    assert_eq!(row.cells[at("status")].spans[0].text, "逾期未報");
    assert_eq!(row.cells[at("status")].spans[0].sign, Some(Status::Late));
    assert_eq!(row.cells[at("bullet")].drawing, Some(Drawing::Hatched));
    assert_eq!(row.cells[at("execution")].spans[0].text, "—");
    assert_eq!(row.cells[at("kpi")].spans[0].text, "—/1");
    let over = table.rows.iter().find(|r| r.key == "P25").unwrap();
    assert_eq!(over.cells[at("execution")].spans[0].text, "101.90");
    assert_eq!(over.cells[at("unspent")].spans[0].text, "−163");
    for row in &table.rows {
        assert_eq!(row.cells.len(), table.columns.len());
        assert!(row.cells[at("status")].solid == (row.key == "P12"));
    }
}

#[test]
fn language_switches_everything_at_once() {
    let mut state = terminal();
    press(&mut state, Key::Char('Ｌ'));
    let screen = view(&state);
    assert_eq!(
        screen.chrome.quarter,
        ("2025Q3".to_owned(), "114年第3季".to_owned())
    );
    assert!(screen.texts().iter().any(|t| t == "Behind"));
    assert!(!screen.texts().iter().any(|t| t == "落後"));
}

#[test]
fn the_command_line_takes_words_and_offers_the_nearest() {
    let mut state = terminal();
    let run = |state: &mut State, text: &str| {
        press(state, Key::Char('：'));
        typed(state, text);
        press(state, Key::Enter)
    };
    assert_eq!(
        run(&mut state, "quarter 114Q2"),
        [Effect::Load {
            quarter: Some(sample::QUARTER.previous()),
            as_of: None
        }]
    );
    state.quarter = None;
    state.loading = false;
    run(&mut state, "P27");
    assert_eq!(state.programme.as_deref(), Some("P27"));
    run(&mut state, "lang en");
    assert_eq!(state.language, Language::En);
    assert!(matches!(
        run(&mut state, "asof 2025-09-30").as_slice(),
        [Effect::Load { as_of: Some(_), .. }]
    ));
    run(&mut state, "sorces");
    let prompt = view(&state).chrome.prompt.unwrap();
    assert!(prompt.error.unwrap().contains("\"sources\""));
    press(&mut state, Key::Esc);
    run(&mut state, "資料來源");
    assert_eq!(state.screen(), ScreenId::Sources);
    press(&mut state, Key::Char(':'));
    assert_eq!(
        view(&state).chrome.prompt.unwrap().suggestions[0].0,
        "資料來源"
    );
}

#[test]
fn quarters_outside_the_workspace_are_refused_in_words() {
    let mut state = terminal();
    assert_eq!(press(&mut state, Key::Char('[')).len(), 1);
    assert!(view(&state).chrome.progress.is_some());
    update(&mut state, Msg::SetQuarter(sample::QUARTER.plus(9)));
    assert!(
        view(&state)
            .chrome
            .banners
            .iter()
            .any(|b| b.text.contains("116年第4季"))
    );
}

#[test]
fn faulty_sources_come_first_and_end_in_what_to_do() {
    let mut state = terminal();
    press(&mut state, Key::Char('6'));
    assert_eq!(
        rows(&state, "sources"),
        ["imaging", "gsn-drop", "join-idea", "catalogue"]
    );
    let screen = view(&state);
    assert_eq!(screen.panels.last().unwrap().id, "source-todo");
    assert!(screen.texts().iter().any(|t| t.contains("imaging.toml")));
    press(&mut state, Key::Down);
    assert!(
        view(&state)
            .texts()
            .iter()
            .any(|t| t.contains("gsn-drop 的檔案"))
    );
    press(&mut state, Key::Enter);
    assert_eq!(
        press(&mut state, Key::Enter),
        [Effect::Collect(Some("gsn-drop".to_owned()))]
    );
}

#[test]
fn help_lists_live_keys_and_can_be_filtered() {
    let mut state = terminal();
    press(&mut state, Key::Char('？'));
    assert_eq!(state.screen(), ScreenId::Help);
    let all = rows(&state, "keys").len();
    assert!(all >= COMMANDS.len());
    update(&mut state, Msg::SetFilter("季報".into()));
    assert_eq!(rows(&state, "keys"), ["report"]);
    update(&mut state, Msg::SetFilter(String::new()));
    let texts = view(&state).texts().join("\n");
    for text in [
        "示範清冊，非官方計畫清單。",
        "29",
        "30",
        "示範背景說明。",
        "文獻所載數",
    ] {
        assert!(texts.contains(text), "{text}");
    }
}

#[test]
fn every_command_has_its_own_keys_in_both_faces() {
    for face in [FaceKind::Window, FaceKind::Terminal] {
        for screen in ScreenId::RAIL {
            let mut state = sample::state(face, Language::En);
            state.screen = Some(screen);
            let mut seen = std::collections::BTreeMap::new();
            for command in quarterdeck_view::keys::commands_for(&state) {
                for key in [command.plain, command.control_key(face)]
                    .into_iter()
                    .flatten()
                {
                    let before = seen.insert(key.to_string(), command.id);
                    assert_eq!(before, None, "{key} is also {}", command.id);
                }
                assert!(
                    matches!(command.control, Key::Ctrl(_) | Key::F(_)),
                    "{} needs a key that an input method lets through",
                    command.id
                );
            }
        }
    }
    let window = sample::state(FaceKind::Window, Language::En);
    assert_eq!(on_key(&window, Key::Ctrl('c')), Some(Msg::Copy));
    let terminal = sample::state(FaceKind::Terminal, Language::En);
    assert_eq!(on_key(&terminal, Key::Ctrl('c')), Some(Msg::Interrupt));
}

#[test]
fn without_a_workspace_there_is_a_first_page() {
    let mut state = State::new(FaceKind::Terminal, Capabilities::default());
    let screen = view(&state);
    assert_eq!(screen.id, ScreenId::Start);
    assert_eq!(screen.panels[0].actions.len(), 3);
    assert!(screen.texts().iter().any(|t| t == "qd demo"));
    assert!(
        screen.panels[0]
            .actions
            .iter()
            .all(|a| a.disabled.is_none())
    );
    update(&mut state, Msg::Go(ScreenId::Overview));
    assert_eq!(state.screen(), ScreenId::Start);
    assert_eq!(update(&mut state, Msg::ShowDemo), [Effect::ShowDemo]);
    update(&mut state, Msg::Loaded(Box::new(sample::loaded())));
    assert_eq!(state.screen(), ScreenId::Overview);
}

#[test]
fn tab_goes_through_the_panels_and_the_queue_opens_its_programme() {
    let mut state = terminal();
    press(&mut state, Key::Tab);
    press(&mut state, Key::Tab);
    assert_eq!(state.focused(), Some("exceptions"));
    press(&mut state, Key::Down);
    press(&mut state, Key::Enter);
    assert_eq!(state.programme.as_deref(), Some("P08"));
}

#[test]
fn an_exception_is_marked_as_handled_with_a_reason() {
    let mut state = terminal();
    press(&mut state, Key::Tab);
    press(&mut state, Key::Tab);
    press(&mut state, Key::Down);
    assert_eq!(press(&mut state, Key::Char('h')), []);
    // Without a reason nothing is marked.
    assert_eq!(press(&mut state, Key::Enter), []);
    assert!(state.prompt.as_ref().is_some_and(|p| p.error.is_some()));
    update(&mut state, Msg::PromptText("已開會檢討".to_owned()));
    let effects = press(&mut state, Key::Enter);
    assert_eq!(
        effects,
        [Effect::Handle {
            programme: "P08".to_owned(),
            quarter: sample::QUARTER,
            fingerprint: "P08-1".to_owned(),
            reason: "已開會檢討".to_owned(),
        }]
    );
    assert_eq!(state.prompt, None);
    // On a programme's page its own exception is meant; one that is on no list has none.
    update(&mut state, Msg::OpenProgramme("P12".to_owned()));
    press(&mut state, Key::Char('h'));
    assert_eq!(state.handling.as_deref(), Some("P12"));
    press(&mut state, Key::Esc);
    update(&mut state, Msg::OpenProgramme("P14".to_owned()));
    press(&mut state, Key::Char('h'));
    assert_eq!(state.prompt, None);
}

#[test]
fn the_migration_compares_with_any_of_the_last_quarters() {
    let shown = |state: &State| {
        let screen = view(state);
        let panel = screen.panels.into_iter().find(|p| p.id == "migration");
        match panel.map(|p| (p.subtitle, p.body)) {
            Some((subtitle, Body::Matrix(matrix))) => (subtitle, matrix),
            _ => panic!("no matrix"),
        }
    };
    let mut state = terminal();
    update(&mut state, Msg::Go(ScreenId::Budget));
    let (basis, matrix) = shown(&state);
    assert_eq!(
        (basis.as_str(), matrix.rows_title.as_str()),
        ("依填報", "114Q2")
    );
    // P08 was graver a quarter ago: from high to medium.
    assert_eq!(matrix.rows[0].cells[1].names, "P08");
    update(&mut state, Msg::RiskBack(4));
    assert_eq!(shown(&state).1.rows_title, "113Q3");
    update(&mut state, Msg::RiskBack(99));
    assert_eq!(
        shown(&state).1.rows_title,
        "111Q4",
        "the history ends there"
    );
    update(&mut state, Msg::SetRiskBasis(RiskBasis::Rule));
    assert_eq!(shown(&state).0, "依規則");
}

#[test]
fn interrupt_stops_a_job_before_anything_else() {
    let mut state = terminal();
    assert_eq!(press(&mut state, Key::Char('c')), [Effect::Collect(None)]);
    assert_eq!(press(&mut state, Key::Ctrl('c')), [Effect::Interrupt]);
    update(
        &mut state,
        Msg::Finished(quarterdeck_kpi::message::Message::new("sources-never")),
    );
    assert_eq!(press(&mut state, Key::Ctrl('c')), [Effect::Quit]);
}

#[test]
fn keys_of_the_terminal_never_need_ambiguous_signs() {
    for language in Language::ALL {
        for screen in ScreenId::RAIL {
            let mut state = sample::state(FaceKind::Terminal, language);
            update(&mut state, Msg::Go(screen));
            for text in view(&state).texts() {
                for c in quarterdeck_view::format::narrow(&text).chars() {
                    assert!(
                        !"●▲▼─│█·…—×±°≥≤≈–“”‘’→←↑↓".contains(c),
                        "{c} in {text} ({screen:?})"
                    );
                }
            }
        }
    }
}

#[test]
fn an_empty_register_and_a_fresh_assessment_show_every_screen() {
    let mut empty = sample::loaded();
    let bare = quarterdeck_kpi::snapshot::Snapshot::default();
    empty.assessment = quarterdeck_kpi::assess::assess(&bare, sample::QUARTER).into();
    empty.snapshot = bare.into();
    let mut assessed = sample::loaded();
    assessed.assessment =
        quarterdeck_kpi::assess::assess(&assessed.snapshot, sample::QUARTER).into();
    for loaded in [empty, assessed] {
        for screen in ScreenId::ALL {
            let mut state = sample::state(FaceKind::Window, Language::En);
            update(&mut state, Msg::Loaded(Box::new(loaded.clone())));
            update(&mut state, Msg::Go(screen));
            for key in [
                Key::Down,
                Key::End,
                Key::Tab,
                Key::Char('y'),
                Key::Char('>'),
                Key::Enter,
            ] {
                press(&mut state, key);
            }
            assert!(!view(&state).texts().is_empty());
        }
    }
}
