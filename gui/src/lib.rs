//! quarterdeck-gui
