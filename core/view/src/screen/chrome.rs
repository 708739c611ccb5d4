//! What stands on every screen.

use crate::panel::Chrome;
use crate::state::State;

pub(crate) fn chrome(state: &State) -> Chrome {
    Chrome {
        product: state.word("product"),
        quarter: (String::new(), String::new()),
        running: None,
        as_of: (String::new(), String::new()),
        as_of_past: false,
        demo: None,
        headline: Vec::new(),
        nav: Vec::new(),
        rail_foot: Vec::new(),
        why: Vec::new(),
        keys: Vec::new(),
        footer: String::new(),
        prompt: None,
        filter: String::new(),
        search_hint: String::new(),
        progress: None,
        banners: Vec::new(),
        menus: Vec::new(),
        languages: Vec::new(),
        themes: Vec::new(),
    }
}
