//! What systemd is told: ready, alive, reading again, stopping. Without systemd nobody listens.

use std::time::{Duration, Instant};

/// The service manager's end of the line.
pub(super) struct Service {
    every: Option<Duration>,
    told: Instant,
}

impl Service {
    pub(super) fn new() -> Service {
        Service {
            every: system::watchdog().map(|limit| limit / 2),
            told: Instant::now(),
        }
    }
    /// How often a sign of life is wanted.
    pub(super) fn every(&self) -> Option<Duration> {
        self.every
    }
    pub(super) fn ready(&self) {
        system::ready();
    }
    pub(super) fn reloading(&self) {
        system::reloading();
    }
    pub(super) fn stopping(&self) {
        system::stopping();
    }
    /// Gives the sign of life, when it is time for one.
    pub(super) fn alive(&mut self) {
        if self
            .every
            .is_some_and(|every| self.told.elapsed() >= every / 2)
        {
            self.told = Instant::now();
            system::alive();
        }
    }
}

#[cfg(unix)]
mod system {
    use sd_notify::NotifyState;
    use std::time::Duration;

    /// A manager that cannot be reached changes nothing about the work.
    fn tell(states: &[NotifyState<'_>]) {
        let _ = sd_notify::notify(states);
    }
    pub(super) fn watchdog() -> Option<Duration> {
        sd_notify::watchdog_enabled()
    }
    pub(super) fn ready() {
        tell(&[NotifyState::Ready]);
    }
    pub(super) fn reloading() {
        // The manager takes only a reload that says when it began.
        if let Ok(now) = NotifyState::monotonic_usec_now() {
            tell(&[NotifyState::Reloading, now]);
        }
    }
    pub(super) fn stopping() {
        tell(&[NotifyState::Stopping]);
    }
    pub(super) fn alive() {
        tell(&[NotifyState::Watchdog]);
    }
}

#[cfg(not(unix))]
mod system {
    use std::time::Duration;

    pub(super) fn watchdog() -> Option<Duration> {
        None
    }
    pub(super) fn ready() {}
    pub(super) fn reloading() {}
    pub(super) fn stopping() {}
    pub(super) fn alive() {}
}
