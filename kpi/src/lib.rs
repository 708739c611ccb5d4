//! The domain of programme control (管考), as a programme controller would explain it.
//!
//! Everything here is pure: no clock, no input or output, no language and no colour. Figures are
//! exact decimals and money is whole NT$. What is unknown stays unknown: it is a status of its own
//! and never becomes a zero or a green light.
//!
//! The way of a figure through this package: [`number`] reads what was printed, [`observation`]
//! keeps it with its cause, [`snapshot`] is everything that was known on a day, and [`assess`]
//! says how each programme stands.
#![deny(clippy::float_arithmetic)]

pub mod address;
pub mod agency;
pub mod assess;
pub mod calendar;
pub mod change;
pub mod effective;
pub mod evm;
mod exact;
pub mod exceptions;
pub mod explain;
pub mod figure_name;
pub mod figures;
pub mod find;
pub mod finding;
pub mod forecast;
pub mod indicator;
pub mod message;
pub mod money;
pub mod money_rates;
pub mod number;
pub mod observation;
pub mod programme;
pub mod published;
pub mod rating;
pub mod register;
pub mod restate;
pub mod risk;
pub mod rules;
pub mod signoff;
pub mod snapshot;
pub mod source;
pub mod status;
pub mod target;
pub mod text;
pub mod unknown_price;
pub mod validation;

#[cfg(test)]
mod testing;

pub use rust_decimal::Decimal;
