//! quarterdeck-sources
