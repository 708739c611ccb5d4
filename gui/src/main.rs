//! `quarterdeck`: the window.
#![cfg_attr(windows, windows_subsystem = "windows")]

use eframe::NativeOptions;
use egui::ViewportBuilder;
use quarterdeck_gui::app::Window;
use quarterdeck_gui::memory::Memory;
use quarterdeck_gui::options::{Options, Parsed, parse};
use quarterdeck_view::i18n::{Language, word};
use std::io::Write;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

/// Wrong command line.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let language = system_language();
    match parse(std::env::args_os().skip(1)) {
        Parsed::Run(options) => run(&options),
        Parsed::Help => say(&word(language, "gui-usage")),
        Parsed::Version => say(concat!("quarterdeck ", env!("CARGO_PKG_VERSION"))),
        Parsed::Wrong(argument) => {
            let lines = format!(
                "{}: {argument}\n\n{}",
                word(language, "gui-wrong-argument"),
                word(language, "gui-usage")
            );
            complain(&lines);
            ExitCode::from(USAGE)
        }
    }
}

/// Language of the few lines before a workspace is known.
fn system_language() -> Language {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    match set {
        Some(locale) if !locale.starts_with("zh") => Language::En,
        _ => Language::ZhTw,
    }
}

fn say(text: &str) -> ExitCode {
    match writeln!(std::io::stdout(), "{text}") {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn complain(text: &str) {
    // Nowhere else to say it.
    let _ = writeln!(std::io::stderr(), "{text}");
}

fn run(options: &Options) -> ExitCode {
    let language = options.language.unwrap_or_else(system_language);
    // A picture shows what it is told to, whoever makes it.
    let memory = match (&options.shot, options.read_only) {
        (Some(_), _) => Memory::default(),
        (None, true) => Memory::of_person().unwritten(),
        (None, false) => Memory::of_person(),
    };
    let (width, height) = options.size.or(memory.size).unwrap_or((1440.0, 900.0));
    let mut viewport = ViewportBuilder::default()
        .with_title("Quarterdeck")
        .with_app_id("quarterdeck")
        .with_inner_size([width, height])
        .with_icon(egui::IconData::default());
    if options.shot.is_some() {
        viewport = viewport.with_decorations(false).with_position([0.0, 0.0]);
    } else {
        viewport = viewport.with_min_inner_size([760.0, 480.0]);
    }
    let native = NativeOptions {
        viewport,
        system_font_fallback: false,
        ..NativeOptions::default()
    };
    let outcome = Arc::new(Mutex::new(None));
    let failed = Arc::clone(&outcome);
    let ran = eframe::run_native(
        "quarterdeck",
        native,
        Box::new(move |creation| {
            Ok(Box::new(Window::new(
                &creation.egui_ctx,
                options,
                memory,
                failed,
            )))
        }),
    );
    if let Err(error) = ran {
        complain(&format!("{}\n{error}", word(language, "gui-no-display")));
        return ExitCode::FAILURE;
    }
    match outcome.lock().ok().and_then(|mut failure| failure.take()) {
        Some(error) => {
            complain(&format!(
                "{}: {error}",
                word(language, "gui-picture-not-written")
            ));
            ExitCode::FAILURE
        }
        None => ExitCode::SUCCESS,
    }
}
