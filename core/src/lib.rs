//! quarterdeck-core
