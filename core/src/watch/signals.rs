//! The bell that wakes the watcher: Ctrl-C, the request to end, and the request to read the files
//! again (SIGHUP). The first two also set the interrupt, see `Environment::watch_interrupt`.

use super::job::Note;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;

/// Rings as long as it lives.
pub(super) struct Bell {
    reload: Arc<AtomicBool>,
    #[cfg(unix)]
    hung: Vec<signal_hook::SigId>,
}

impl Bell {
    /// Whether the files shall be read again; asked once, told once.
    pub(super) fn asked_to_reload(&self) -> bool {
        self.reload.swap(false, Ordering::SeqCst)
    }

    /// Without the bell (none can be had) the watcher looks around at its usual pace.
    #[cfg(unix)]
    pub(super) fn hang(to: Sender<Note>) -> Bell {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
        use signal_hook::{flag, low_level::pipe};
        use std::io::Read;
        use std::os::unix::net::UnixStream;

        let reload = Arc::new(AtomicBool::new(false));
        let mut hung = Vec::new();
        hung.extend(flag::register(SIGHUP, Arc::clone(&reload)));
        if let Ok((mut heard, rope)) = UnixStream::pair() {
            for signal in [SIGHUP, SIGINT, SIGTERM] {
                let rope = rope.try_clone();
                hung.extend(rope.and_then(|rope| pipe::register(signal, rope)));
            }
            drop(rope);
            let listen = move || {
                let mut ring = [0];
                while matches!(heard.read(&mut ring), Ok(1)) && to.send(Note::Wake).is_ok() {}
            };
            // A thread that cannot be had leaves the usual pace.
            let _ = std::thread::Builder::new()
                .name("signals".to_owned())
                .spawn(listen);
        }
        Bell { reload, hung }
    }

    #[cfg(not(unix))]
    pub(super) fn hang(_to: Sender<Note>) -> Bell {
        Bell {
            reload: Arc::new(AtomicBool::new(false)),
        }
    }
}

#[cfg(unix)]
impl Drop for Bell {
    fn drop(&mut self) {
        for id in self.hung.drain(..) {
            signal_hook::low_level::unregister(id);
        }
    }
}
