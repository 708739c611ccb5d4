//! The loop of the terminal: wait, update, draw. Nothing runs while nothing happens.

use crate::input;
use crate::paint::ink::Ink;
use crate::paint::{self, Hits, Memory};
use base64::Engine as _;
use crossterm::event::{
    self, DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
    Event, MouseButton, MouseEvent, MouseEventKind,
};
use quarterdeck_core::worker::{Worker, WorkerOptions};
use quarterdeck_view::keys::on_key;
use quarterdeck_view::msg::{Effect, Msg};
use quarterdeck_view::screen;
use quarterdeck_view::state::{Capabilities, FaceKind, State};
use quarterdeck_view::update::update;
use ratatui::Terminal;
use ratatui::backend::Backend;
use ratatui::layout::Position;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// How the terminal view is to be started.
#[derive(Debug)]
pub struct Options {
    /// Workspace, if one was found.
    pub workspace: Option<PathBuf>,
    /// Language asked for.
    pub language: Option<quarterdeck_view::i18n::Language>,
    /// How the worker works.
    pub worker: WorkerOptions,
    /// What the terminal can do.
    pub ink: Ink,
}

enum Wake {
    Terminal(Event),
    Worker(Msg),
    Closed,
}

/// Two clicks within this time on one place are a double click.
const DOUBLE_CLICK: Duration = Duration::from_millis(400);

/// Runs until the person leaves; returns the exit code.
pub fn run(options: Options) -> io::Result<i32> {
    let mut terminal = ratatui::try_init()?;
    crossterm::execute!(io::stdout(), EnableMouseCapture, EnableBracketedPaste)?;
    let result = main_loop(&mut terminal, options);
    let _ = crossterm::execute!(io::stdout(), DisableBracketedPaste, DisableMouseCapture);
    ratatui::restore();
    result
}

fn main_loop<B>(terminal: &mut Terminal<B>, options: Options) -> io::Result<i32>
where
    B: Backend,
    io::Error: From<B::Error>,
{
    let (sender, wakes) = mpsc::channel();
    let notify = sender.clone();
    let has_workspace = options.workspace.is_some();
    let worker = Worker::start(
        options.workspace,
        options.worker,
        Box::new(move |msg| {
            let _ = notify.send(Wake::Worker(msg));
        }),
    );
    std::thread::Builder::new()
        .name("keyboard".to_owned())
        .spawn(move || {
            while let Ok(event) = event::read() {
                if sender.send(Wake::Terminal(event)).is_err() {
                    return;
                }
            }
            let _ = sender.send(Wake::Closed);
        })?;

    let mut face = Face {
        state: State::new(
            FaceKind::Terminal,
            Capabilities {
                pick_files: false,
                themes: false,
                one_column: false,
            },
        ),
        ink: options.ink,
        memory: Memory::default(),
        hits: Hits::new(),
        last_click: None,
    };
    face.state.ascii = options.ink.ascii;
    if has_workspace {
        face.state.loading = true;
        face.state.screen = Some(quarterdeck_view::state::ScreenId::Overview);
    }
    if let Some(language) = options.language {
        update(&mut face.state, Msg::SetLanguage(language));
    }
    // With a workspace the first frame waits for its figures a moment: one full screen instead of two.
    let mut first = has_workspace;
    loop {
        if !first {
            face.draw(terminal)?;
        }
        let wake = if first {
            first = false;
            match wakes.recv_timeout(Duration::from_millis(250)) {
                Ok(wake) => Some(wake),
                Err(mpsc::RecvTimeoutError::Timeout) => None,
                Err(mpsc::RecvTimeoutError::Disconnected) => return Ok(0),
            }
        } else {
            match wakes.recv() {
                Ok(wake) => Some(wake),
                Err(_) => return Ok(0),
            }
        };
        // Everything that is waiting is taken before the next frame.
        let mut next = wake;
        while let Some(wake) = next {
            for effect in face.take(wake) {
                match effect {
                    Effect::Quit => return Ok(0),
                    Effect::Copy(text) => copy(&text)?,
                    other => worker.perform(other),
                }
            }
            next = wakes.try_recv().ok();
        }
    }
}

/// Puts text on the clipboard of the person's own terminal, over SSH too (OSC 52).
fn copy(text: &str) -> io::Result<()> {
    let encoded = base64::engine::general_purpose::STANDARD.encode(text);
    let mut out = io::stdout();
    write!(out, "\x1b]52;c;{encoded}\x07")?;
    out.flush()
}

struct Face {
    state: State,
    ink: Ink,
    memory: Memory,
    hits: Hits,
    last_click: Option<(Position, Instant)>,
}

impl Face {
    fn draw<B>(&mut self, terminal: &mut Terminal<B>) -> io::Result<()>
    where
        B: Backend,
        io::Error: From<B::Error>,
    {
        self.state.capabilities.one_column = terminal.size()?.width < paint::WIDE;
        let screen = screen::view(&self.state);
        let focused = screen.panels.iter().find(|panel| panel.focused);
        self.memory.scroll = focused.map_or(0, |panel| self.state.panel(panel.id).scroll);
        let Self {
            ink, memory, hits, ..
        } = self;
        terminal.draw(|frame| {
            let area = frame.area();
            *hits = paint::draw(&screen, area, frame.buffer_mut(), *ink, memory);
        })?;
        Ok(())
    }

    fn take(&mut self, wake: Wake) -> Vec<Effect> {
        match wake {
            Wake::Worker(msg) => update(&mut self.state, msg),
            Wake::Closed => vec![Effect::Quit],
            Wake::Terminal(Event::Key(event)) => match input::key(event) {
                Some(key) => match on_key(&self.state, key) {
                    Some(msg) => update(&mut self.state, msg),
                    None => Vec::new(),
                },
                None => Vec::new(),
            },
            Wake::Terminal(Event::Paste(text)) => {
                let text = input::pasted(&text);
                let msg = match &self.state.prompt {
                    // A prompt takes one line.
                    Some(prompt) => Msg::PromptText(format!(
                        "{}{}",
                        prompt.text,
                        text.lines().next().unwrap_or_default()
                    )),
                    None => Msg::Paste(text),
                };
                update(&mut self.state, msg)
            }
            Wake::Terminal(Event::Mouse(event)) => self.mouse(event),
            Wake::Terminal(_) => Vec::new(),
        }
    }

    fn mouse(&mut self, event: MouseEvent) -> Vec<Effect> {
        let place = Position::new(event.column, event.row);
        match event.kind {
            MouseEventKind::ScrollDown => update(&mut self.state, Msg::Move(3)),
            MouseEventKind::ScrollUp => update(&mut self.state, Msg::Move(-3)),
            MouseEventKind::Down(MouseButton::Left) => {
                let now = Instant::now();
                let double = self
                    .last_click
                    .is_some_and(|(before, at)| before == place && now - at < DOUBLE_CLICK);
                self.last_click = Some((place, now));
                let Some(hit) = self.hits.iter().rev().find(|hit| hit.area.contains(place)) else {
                    return Vec::new();
                };
                let msg = match (&hit.double, double) {
                    (Some(open), true) => open.clone(),
                    _ => hit.click.clone(),
                };
                update(&mut self.state, msg)
            }
            _ => Vec::new(),
        }
    }
}
