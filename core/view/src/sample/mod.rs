//! A small invented register with its assessment, for tests of this package and of both faces.
//!
//! Everything in it is made up and marked as demo; it shows every group of status, an execution
//! rate above 100 %, a replaced target, a refused and a late figure, and one faulty source of each kind.

mod control;
mod figures;
mod register;
mod signing;
mod source;
mod trail;

pub use source::{tried, written_out};
pub use trail::{changed, explained};

use crate::i18n::Language;
use crate::msg::Msg;
use crate::state::{Capabilities, FaceKind, Loaded, State};
use chrono::{DateTime, TimeZone, Utc};
use quarterdeck_kpi::calendar::Quarter;
use std::path::PathBuf;
use std::sync::Arc;

/// The quarter the sample shows: 114年第3季.
pub const QUARTER: Quarter = Quarter {
    year: 2025,
    number: 3,
};

/// The sample's now: 114.10.20 09:12 in Taipei.
pub fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2025, 10, 20, 1, 12, 0)
        .single()
        .unwrap_or_default()
}

/// A loaded workspace of the sample.
pub fn loaded() -> Loaded {
    let snapshot = register::snapshot();
    let assessment = figures::assessment(&snapshot);
    Loaded {
        root: PathBuf::from("sample-office"),
        snapshot: Arc::new(snapshot),
        assessment: Arc::new(assessment),
        as_of: None,
        moments: moments(),
        last_recorded: Some(now()),
        now: now(),
        demo: true,
        person: Some(("lin".to_owned(), "林示範".to_owned())),
        read_only: None,
        problems: Vec::new(),
        quarters: (QUARTER.plus(-11), QUARTER.plus(1)),
        language: Language::ZhTw,
        signing: Some(Arc::new(signing::signing())),
        presets: source::presets(),
        cannot_configure: None,
        outlooks: crate::outlooks::Outlooks::default(),
    }
}

/// Three moments at which something was recorded.
fn moments() -> Arc<[DateTime<Utc>]> {
    [30, 10, 0]
        .map(|days| now() - chrono::Duration::days(days))
        .into()
}

/// A state that shows the sample.
pub fn state(face: FaceKind, language: Language) -> State {
    let window = face == FaceKind::Window;
    let mut state = State::new(
        face,
        Capabilities {
            pick_files: window,
            themes: window,
            one_column: false,
        },
    );
    crate::update::update(&mut state, Msg::SetLanguage(language));
    crate::update::update(&mut state, Msg::Loaded(Box::new(loaded())));
    state
}
