//! quarterdeck-report
