//! The window as a program: state, worker, frames.

use crate::desk::Desk;
use crate::dialogs::{self, Ask};
use crate::memory::Memory;
use crate::options::{Options, Shot};
use crate::{fonts, picture};
use eframe::{App, Frame};
use egui::{Context, Event, RawInput, Ui, ViewportCommand};
use quarterdeck_core::session::{Clock, KEY_VARIABLE};
use quarterdeck_core::worker::{Worker, WorkerOptions};
use quarterdeck_view::msg::{Effect, Msg};
use quarterdeck_view::palette::grid;
use quarterdeck_view::state::{Capabilities, FaceKind, ScreenId, State};
use quarterdeck_view::update;
use std::sync::{Arc, Mutex, mpsc};

/// Frames drawn without a change before a picture is taken.
const SETTLED: u32 = 3;

/// The window.
pub struct Window {
    desk: Desk,
    worker: Worker,
    answers: mpsc::Receiver<Msg>,
    sender: mpsc::Sender<Msg>,
    shot: Option<Shooting>,
    memory: Memory,
    outcome: Arc<Mutex<Option<String>>>,
}

/// A picture being made.
struct Shooting {
    shot: Shot,
    /// The screen that was asked for is open.
    opened: bool,
    quiet: u32,
    asked: bool,
}

impl Window {
    /// A window over a workspace, or the first page. `outcome` takes the error of a failed picture.
    pub fn new(
        context: &Context,
        options: &Options,
        memory: Memory,
        outcome: Arc<Mutex<Option<String>>>,
    ) -> Self {
        fonts::install(context);
        let mut state = State::new(
            FaceKind::Window,
            Capabilities {
                pick_files: true,
                themes: true,
                one_column: false,
            },
        );
        state.dark = options.dark.or(memory.dark).unwrap_or_default();
        state.recent.clone_from(&memory.recent);
        if let Some(language) = options.language.or(memory.language) {
            state.language = language;
            state.language_chosen = true;
        }
        state.loading = options.workspace.is_some();
        if let Some(shot) = &options.shot
            && shot.screen != ScreenId::Overview
        {
            state.screen = Some(shot.screen);
            state.programme.clone_from(&shot.programme);
        }
        let (sender, answers) = mpsc::channel();
        let notify = {
            let (sender, context) = (sender.clone(), context.clone());
            move |msg| {
                // The window may be gone already; then nobody waits for the answer.
                let _ = sender.send(msg);
                context.request_repaint();
            }
        };
        let worker = Worker::start(
            options.workspace.clone(),
            WorkerOptions {
                read_only: options.read_only,
                language: options.language,
                clock: Clock::system(),
                signing_key: std::env::var(KEY_VARIABLE).ok(),
            },
            Box::new(notify),
        );
        Self {
            desk: Desk::new(state),
            worker,
            answers,
            sender,
            shot: options.shot.clone().map(|shot| Shooting {
                shot,
                opened: false,
                quiet: 0,
                asked: false,
            }),
            memory,
            outcome,
        }
    }

    /// Notes what the next session should find as it is now.
    fn remember(&mut self, context: &Context) {
        let (inner, whole, closing) = context.input(|input| {
            let viewport = input.viewport();
            let whole = viewport.maximized == Some(true) || viewport.fullscreen == Some(true);
            (viewport.inner_rect, whole, viewport.close_requested())
        });
        if let Some(inner) = inner.filter(|_| !whole) {
            self.memory.size = Some((inner.width().round(), inner.height().round()));
        }
        let state = &self.desk.state;
        self.memory.dark = Some(state.dark);
        if state.language_chosen {
            self.memory.language = Some(state.language);
        }
        if closing {
            self.memory.save();
        }
    }

    fn perform(&self, context: &Context, effect: Effect) {
        if self.shot.is_some()
            && let Some(refused) = effect.refused_in_a_picture()
        {
            // Nobody waits for the answer of a window that is gone.
            let _ = self.sender.send(refused);
            context.request_repaint();
            return;
        }
        let ask = |kind, title: &'static str| {
            let (sender, context) = (self.sender.clone(), context.clone());
            dialogs::ask(kind, self.desk.state.word(title), move |msg| {
                let _ = sender.send(msg);
                context.request_repaint();
            });
        };
        match effect {
            Effect::Copy(text) => context.copy_text(text),
            Effect::PickWorkspace { create: false } => ask(Ask::Open, "gui-choose-workspace"),
            Effect::PickWorkspace { create: true } => ask(Ask::Create, "gui-choose-new-workspace"),
            Effect::PickEvidence => ask(Ask::Evidence, "gui-choose-evidence"),
            Effect::Quit => context.send_viewport_cmd(ViewportCommand::Close),
            other => self.worker.perform(other),
        }
    }

    /// One frame.
    pub fn frame(&mut self, ui: &mut Ui) {
        // The overview keeps its right column in a narrow window, too.
        let is_narrow = ui.max_rect().width() <= grid::NARROW_BELOW;
        let state = &mut self.desk.state;
        state.capabilities.one_column = is_narrow && state.screen() != ScreenId::Overview;
        let context = ui.ctx().clone();
        let mut changed = false;
        while let Ok(msg) = self.answers.try_recv() {
            changed = true;
            let loaded = matches!(msg, Msg::Loaded(_));
            for effect in update::update(&mut self.desk.state, msg) {
                self.perform(&context, effect);
            }
            let opened = self.desk.state.loaded.as_ref().filter(|_| loaded);
            if let Some(root) = opened.map(|loaded| loaded.root.clone())
                && self.memory.recent.first() != Some(&root)
            {
                self.memory.opened(&root);
                self.memory.save();
            }
            // A workspace opens on its overview; a picture is of the screen that was asked for.
            if loaded && let Some(shooting) = self.shot.as_mut().filter(|shot| !shot.opened) {
                shooting.opened = true;
                self.desk.state.screen = Some(shooting.shot.screen);
                self.desk
                    .state
                    .programme
                    .clone_from(&shooting.shot.programme);
            }
        }
        for effect in self.desk.frame(ui) {
            self.perform(&context, effect);
        }
        self.take_picture(&context, changed);
        self.remember(&context);
    }

    fn take_picture(&mut self, context: &Context, changed: bool) {
        let Some(shooting) = &mut self.shot else {
            return;
        };
        let state = &self.desk.state;
        let opening = state.trail.as_ref();
        let looking = opening.is_some_and(|open| open.shown.is_none() && !open.is_unknown)
            || state
                .found
                .as_ref()
                .is_some_and(|found| found.printed.is_none());
        let busy = changed || looking || state.loading || state.job.is_some();
        shooting.quiet = if busy { 0 } else { shooting.quiet + 1 };
        if busy {
            return;
        }
        if shooting.quiet < SETTLED {
            context.request_repaint();
            return;
        }
        if !shooting.shot.commands.is_empty() {
            // What the command before asked for is there: this one sees it.
            let typed = shooting.shot.commands.remove(0);
            shooting.quiet = 0;
            let messages = [Msg::Command, Msg::PromptText(typed), Msg::PromptAccept];
            let effects = messages.map(|msg| update::update(&mut self.desk.state, msg));
            for effect in effects.into_iter().flatten() {
                self.perform(context, effect);
            }
            context.request_repaint();
            return;
        }
        if !shooting.asked {
            shooting.asked = true;
            let file = shooting.shot.file.clone();
            let outcome = Arc::clone(&self.outcome);
            let context_again = context.clone();
            context.request_screenshot(move |taken| {
                if let Err(error) = picture::write(&file, &taken)
                    && let Ok(mut outcome) = outcome.lock()
                {
                    *outcome = Some(error);
                }
                context_again.send_viewport_cmd(ViewportCommand::Close);
            });
        }
    }
}

impl App for Window {
    fn ui(&mut self, ui: &mut Ui, _frame: &mut Frame) {
        self.frame(ui);
    }

    fn raw_input_hook(&mut self, _context: &Context, input: &mut RawInput) {
        // A picture is the same wherever the mouse stands.
        if self.shot.is_some() {
            let mouse = |event: &Event| matches!(event, Event::PointerMoved(_));
            input.events.retain(|event| !mouse(event));
        }
    }
}
