//! quarterdeck-tests
