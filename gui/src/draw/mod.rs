//! One file per kind of panel.

pub mod button;
pub mod cells;
pub mod chart;
pub mod chip;
pub mod facts;
pub mod form;
pub mod headline;
pub mod matrix;
pub mod money;
pub mod panel;
pub mod queue;
pub mod signs;
pub mod table;
pub mod title;
pub mod trend;
