//! Shows a hand-made screen, for looking at drawings: `pictures NAME light|dark WIDTHxHEIGHT FILE`.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "../tests/samples/mod.rs"]
mod samples;

use quarterdeck_gui::{fonts, picture, show, theme::Theme};
use quarterdeck_view::i18n::Language;
use quarterdeck_view::msg::Msg;
use quarterdeck_view::sample;
use quarterdeck_view::state::{FaceKind, ScreenId};
use quarterdeck_view::update::update;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let mut screen = match arguments[1].as_str() {
        "programme" => samples::programme(),
        _ => samples::overview(),
    };
    if arguments[1] == "prompt" {
        screen.chrome.prompt = Some(quarterdeck_view::panel::Prompt {
            label: ":".into(),
            text: "report".into(),
            suggestions: vec![
                ("report".into(), "Ctrl+R".into(), true),
                ("reload".into(), "F5".into(), false),
            ],
            error: Some("沒有這個指令".into()),
        });
    }
    if let Some(name) = arguments[1].strip_prefix("real-") {
        let (name, language) = name.split_once('-').unwrap();
        let language = Language::from_id(language).unwrap();
        let mut state = sample::state(FaceKind::Window, language);
        state.dark = arguments[2] == "dark";
        let id = ScreenId::ALL
            .into_iter()
            .find(|id| id.id() == name)
            .unwrap();
        update(&mut state, Msg::Go(id));
        screen = quarterdeck_view::screen::view(&state);
    }
    let theme = Theme {
        dark: arguments[2] == "dark",
    };
    let (width, height) = arguments[3].split_once('x').unwrap();
    let file = std::path::PathBuf::from(&arguments[4]);
    let options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_inner_size([width.parse().unwrap(), height.parse().unwrap()])
            .with_decorations(false)
            .with_position([0.0, 0.0]),
        system_font_fallback: false,
        ..Default::default()
    };
    let mut frames = 0;
    eframe::run_ui_native("pictures", options, move |ui, _| {
        frames += 1;
        if frames == 1 {
            fonts::install(ui);
            theme.apply(ui);
            ui.request_repaint();
            return;
        }
        show::show(ui, &screen, theme, Language::ZhTw);
        ui.request_repaint();
        if frames == 6 {
            let (file, context) = (file.clone(), ui.ctx().clone());
            ui.request_screenshot(move |taken| {
                picture::write(&file, &taken).unwrap();
                context.send_viewport_cmd(egui::ViewportCommand::Close);
            });
        }
    })
    .unwrap();
}
