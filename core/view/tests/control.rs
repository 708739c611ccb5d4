//! Budget and Milestones as a controller reads them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use quarterdeck_kpi::money::Span;
use quarterdeck_view::format::{self, MoneyUnit};
use quarterdeck_view::i18n::Language;
use quarterdeck_view::keys::{Key, on_key};
use quarterdeck_view::msg::{Effect, Msg};
use quarterdeck_view::panel::{Body, Panel, Screen, Table};
use quarterdeck_view::sample;
use quarterdeck_view::screen::view;
use quarterdeck_view::state::{FaceKind, Printed, ScreenId, State};
use quarterdeck_view::update::update;

fn on(screen: ScreenId) -> State {
    let mut state = sample::state(FaceKind::Terminal, Language::ZhTw);
    update(&mut state, Msg::Go(screen));
    state
}

fn press(state: &mut State, key: Key) {
    let msg = on_key(state, key).unwrap();
    update(state, msg);
}

fn panel<'a>(screen: &'a Screen, id: &str) -> &'a Panel {
    screen.panels.iter().find(|p| p.id == id).unwrap()
}

fn table(state: &State, id: &str) -> Table {
    match &panel(&view(state), id).body {
        Body::Table(table) => table.clone(),
        other => panic!("{other:?}"),
    }
}

fn text(table: &Table, row: usize, column: &str) -> String {
    let at = table.columns.iter().position(|c| c.id == column).unwrap();
    let spans = &table.rows[row].cells[at].spans;
    spans.iter().map(|s| s.text.as_str()).collect()
}

#[test]
fn money_is_shown_in_the_unit_chosen_and_never_rounded_up() {
    for (unit, shown) in [
        (MoneyUnit::Ntd, "28,132,500"),
        (MoneyUnit::Thousand, "28,133"),
        (MoneyUnit::TenThousand, "2,813"),
        (MoneyUnit::HundredMillion, "0.28"),
    ] {
        assert_eq!(format::money(unit, 28_132_500), shown);
    }
    assert_eq!(
        format::money_at_least(MoneyUnit::Thousand, 28_132_001),
        "28,133"
    );
    let mut state = on(ScreenId::Budget);
    assert_eq!(text(&table(&state, "budget-rows"), 0, "paid"), "62,359");
    press(&mut state, Key::Char('u'));
    assert_eq!(state.money_unit, MoneyUnit::TenThousand);
    assert_eq!(text(&table(&state, "budget-rows"), 0, "paid"), "6,236");
    update(&mut state, Msg::SetMoneyUnit(MoneyUnit::Ntd));
    assert_eq!(text(&table(&state, "budget-rows"), 0, "paid"), "62,359,000");
    // The overview follows.
    update(&mut state, Msg::Go(ScreenId::Overview));
    let overview = table(&state, "programmes");
    let at = overview
        .columns
        .iter()
        .position(|c| c.id == "unspent")
        .unwrap();
    assert_eq!(overview.columns[at].unit.as_deref(), Some("元"));
}

#[test]
fn the_budget_lists_agencies_or_programmes_in_either_accumulation() {
    let mut state = on(ScreenId::Budget);
    let rows = table(&state, "budget-rows");
    // Most not executed first, unknown last, the total at the end.
    assert_eq!(text(&rows, 0, "name"), "財政部  110-114");
    assert!(rows.rows.last().unwrap().total);
    assert_eq!(text(&rows, 0, "rate"), "71.20");
    assert_ne!(text(&rows, 0, "other-rate"), "—", "總累計 stands beside");
    press(&mut state, Key::Char('g'));
    assert_eq!(
        table(&state, "budget-rows").rows.len(),
        9,
        "8 programmes and the total"
    );
    press(&mut state, Key::Char('t'));
    assert_eq!(state.budget_span, Span::SinceBeginning);
    let title: String = view(&state)
        .panels
        .iter()
        .map(|p| p.subtitle.clone())
        .collect();
    assert!(title.contains("總累計"), "{title}");
    press(&mut state, Key::Char('g'));
    // The old plan's agency lines are there, named by their plan.
    let rows = table(&state, "budget-rows");
    let old = (0..rows.rows.len()).find(|at| text(&rows, *at, "name").contains("dgp1"));
    assert!(old.is_some());
}

#[test]
fn a_lagging_plan_shows_its_rule_its_inputs_and_the_way_out() {
    let state = on(ScreenId::Budget);
    let screen = view(&state);
    let Body::Queue(items) = &panel(&screen, "budget-lagging").body else {
        panic!("no list");
    };
    assert_eq!(items.len(), 1);
    assert_eq!(
        (items[0].key.as_str(), items[0].money.as_str()),
        ("P12", "28,132")
    );
    assert!(items[0].what.contains("71.20 %") && items[0].what.contains("−18.40"));
    assert!(
        items[0].why.contains("18,364") && items[0].why.contains("114.12.31"),
        "{}",
        items[0].why
    );
    let texts = screen.texts().join("\n");
    for said in [
        "NDC 110Q2",
        "國家發展委員會110年第2季",
        "18,364,000",
        "脫離落後",
    ] {
        assert!(texts.contains(said), "{said}");
    }
    // Changes of budgets, latest first, with their signs.
    let Body::Facts(changes) = &panel(&screen, "budget-changes").body else {
        panic!("no changes");
    };
    assert_eq!(changes.len(), 2);
    assert!(
        changes[0].value[0].text.contains("P25至P01"),
        "{:?}",
        changes[0]
    );
}

#[test]
fn milestones_are_listed_late_first_with_their_former_plans() {
    let mut state = on(ScreenId::Overview);
    press(&mut state, Key::Char('4'));
    assert_eq!(state.screen(), ScreenId::Milestones);
    let rows = table(&state, "milestone-rows");
    assert_eq!(rows.rows.len(), 4);
    assert_eq!(text(&rows, 0, "late"), "+45");
    assert_eq!(text(&rows, 0, "state"), "逾期");
    assert_eq!(text(&rows, 1, "late"), "—", "open with its day to come");
    let replanned = (0..4).find(|at| text(&rows, *at, "former") != "—").unwrap();
    assert_ne!(
        text(&rows, replanned, "former"),
        text(&rows, replanned, "planned")
    );
    update(
        &mut state,
        Msg::Select {
            panel: "milestone-rows",
            key: rows.rows[replanned].key.clone(),
        },
    );
    let texts = view(&state).texts().join("\n");
    for said in ["現行預定", "示範函", "minutes.pdf", "加權進度"] {
        assert!(texts.contains(said), "{said}: {texts}");
    }
}

#[test]
fn the_narrow_rail_shows_the_key_that_opens_the_screen() {
    let state = sample::state(FaceKind::Window, Language::En);
    for item in view(&state).chrome.nav {
        assert_eq!(item.short, item.key, "{}", item.label);
    }
}

#[test]
fn a_search_lists_where_the_reports_print_it() {
    let mut state = on(ScreenId::Overview);
    let effects = update(&mut state, Msg::Find("28,132,500".to_owned()));
    assert_eq!(effects, [Effect::FindPrinted("28,132,500".to_owned())]);
    let place = Printed {
        file: "reports/2025Q3/data/report/budget.csv".to_owned(),
        figure: "P12/budget@2025Q3".to_owned(),
        column: "實支數".to_owned(),
        text: "28132500".to_owned(),
    };
    let found = Msg::FoundPrinted {
        text: "28,132,500".to_owned(),
        places: vec![place],
    };
    update(&mut state, found);
    let places = table(&state, "found-printed");
    assert_eq!(places.rows.len(), 1);
    assert_eq!(text(&places, 0, "value"), "28132500");
    assert!(text(&places, 0, "file").ends_with("budget.csv"));
    assert!(places.rows[0].figure.is_some(), "its trail opens");
    // A search that nothing prints and nobody knows is said to be so only then.
    let mut state = on(ScreenId::Overview);
    update(&mut state, Msg::Find("987654321987".to_owned()));
    assert!(state.notices.is_empty());
    let nothing = Msg::FoundPrinted {
        text: "987654321987".to_owned(),
        places: Vec::new(),
    };
    update(&mut state, nothing);
    assert_eq!(state.notices.len(), 1);
}

#[test]
fn a_note_goes_with_the_typed_figure() {
    let mut state = on(ScreenId::Entry);
    press(&mut state, Key::Char('m'));
    update(&mut state, Msg::PromptText("決標公告已附".to_owned()));
    update(&mut state, Msg::PromptAccept);
    let key = table(&state, "entry").rows[0].key.clone();
    update(
        &mut state,
        Msg::EditText {
            key: key.clone(),
            text: "1".to_owned(),
        },
    );
    let effects = update(&mut state, Msg::EntrySave);
    let Some(Effect::Enter(requests)) = effects.first() else {
        panic!("{effects:?} {:?}", state.notices);
    };
    assert_eq!(requests[0].key, key);
    assert_eq!(requests[0].note.as_deref(), Some("決標公告已附"));
}

#[test]
fn publishing_is_asked_twice() {
    use quarterdeck_kpi::signoff::Step;
    let mut state = on(ScreenId::Review);
    let mut loaded = (**state.loaded.as_ref().unwrap()).clone();
    let mut signing = (**loaded.signing.as_ref().unwrap()).clone();
    signing.refusal = None;
    signing.state.reviewed = signing.state.prepared.clone();
    assert_eq!(signing.state.next(), Some(Step::Publish));
    loaded.signing = Some(std::sync::Arc::new(signing));
    state.loaded = Some(std::sync::Arc::new(loaded));
    assert!(update(&mut state, Msg::Sign).is_empty());
    let said = |state: &State| panel(&view(state), "review-steps").actions[0].label.clone();
    assert_eq!(said(&state), "確定發布");
    // Whoever looks elsewhere is asked anew.
    update(&mut state, Msg::Go(ScreenId::Overview));
    update(&mut state, Msg::Go(ScreenId::Review));
    assert_eq!(said(&state), "核定並發布");
    assert!(update(&mut state, Msg::Sign).is_empty());
    let effects = update(&mut state, Msg::Sign);
    let is_publish =
        |effect: &Effect| matches!(effect, Effect::Sign { step, .. } if *step == Step::Publish);
    assert!(effects.iter().any(is_publish), "{effects:?}");
}

#[test]
fn where_there_is_one_column_a_trail_is_seen_at_once() {
    for (one_column, focus) in [(false, None), (true, Some("trail"))] {
        let mut state = on(ScreenId::Programme);
        state.capabilities.one_column = one_column;
        let before = view(&state).panels.iter().find(|p| p.focused).map(|p| p.id);
        press(&mut state, Key::Char('e'));
        let screen = view(&state);
        let focused = screen.panels.iter().find(|p| p.focused).map(|p| p.id);
        assert_eq!(focused, focus.or(before));
        assert!(screen.panels.iter().any(|p| p.id == "trail"));
        press(&mut state, Key::Esc);
        let screen = view(&state);
        assert!(screen.panels.iter().all(|p| p.id != "trail"));
        assert_eq!(
            screen.panels.iter().find(|p| p.focused).map(|p| p.id),
            before
        );
    }
}
