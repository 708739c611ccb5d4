//! quarterdeck-store
