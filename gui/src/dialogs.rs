//! The system's file dialogs, each on its own thread so that the window goes on drawing.

use quarterdeck_view::msg::Msg;
use std::path::PathBuf;

/// What a dialog asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// A workspace folder to open.
    Open,
    /// A folder to make a workspace in.
    Create,
    /// An evidence file.
    Evidence,
}

/// Opens a dialog; the answer, if any, goes to `answer`.
pub fn ask(ask: Ask, title: String, answer: impl FnOnce(Msg) + Send + 'static) {
    let run = move || {
        let dialog = rfd::FileDialog::new().set_title(title);
        let (chosen, message): (Option<PathBuf>, fn(PathBuf) -> Msg) = match ask {
            Ask::Open => (dialog.pick_folder(), Msg::OpenWorkspace),
            Ask::Create => (dialog.pick_folder(), Msg::CreateWorkspace),
            Ask::Evidence => (dialog.pick_file(), Msg::EvidenceChosen),
        };
        if let Some(path) = chosen {
            answer(message(path));
        }
    };
    // Without a thread there is no dialog; the command line still takes a path.
    let _ = std::thread::Builder::new()
        .name("dialog".to_owned())
        .spawn(run);
}
