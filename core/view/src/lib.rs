//! quarterdeck-view
