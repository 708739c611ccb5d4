//! What stands around every screen: top bar, rail, footer, menu, command line, banners.

pub mod banners;
pub mod footer;
pub mod menu;
pub mod prompt;
pub mod rail;
pub mod topbar;
