//! `qd`: the commands, and without one the terminal view.

use quarterdeck_core::commands::{self, Colour, Environment, Parsed};
use quarterdeck_core::session::KEY_VARIABLE;
use quarterdeck_core::worker::WorkerOptions;
use quarterdeck_tui::app;
use quarterdeck_tui::paint::ink::{Depth, Ink};
use std::io;

fn main() {
    let mut environment = Environment::of_process();
    if environment.stdout_terminal {
        environment.columns = crossterm::terminal::size().ok().map(|(columns, _)| columns);
    }
    let args: Vec<String> = std::env::args_os()
        .skip(1)
        .map(|arg| arg.to_string_lossy().into_owned())
        .collect();
    let code = match commands::parse(&args, &environment) {
        Parsed::Terminal(asked) => {
            let variable = |name: &str| environment.variable(name);
            // Plain signs where the terminal says it cannot show others.
            let plain = variable("QD_GLYPHS").as_deref() == Some("ascii");
            let mut ink = Ink::from_environment(&variable, plain);
            match asked.colour {
                Colour::Never => ink.depth = Depth::None,
                Colour::Always if ink.depth == Depth::None => ink.depth = Depth::Sixteen,
                Colour::Always | Colour::Auto => {}
            }
            let options = app::Options {
                workspace: Some(asked.root),
                language: asked.language,
                worker: WorkerOptions {
                    read_only: asked.read_only,
                    language: asked.language,
                    clock: environment.clock.clone(),
                    signing_key: environment.variable(KEY_VARIABLE),
                },
                ink,
            };
            match app::run(options) {
                Ok(code) => code,
                Err(error) => {
                    let _ = io::Write::write_fmt(&mut io::stderr(), format_args!("qd: {error}\n"));
                    3
                }
            }
        }
        Parsed::Command(line) => {
            environment.watch_interrupt();
            line.run(
                &mut io::stdin(),
                &mut io::stdout(),
                &mut io::stderr(),
                &environment,
            )
        }
    };
    std::process::exit(code);
}
