//! Everything that was ever recorded, in one SQLite file that only grows.
//!
//! Rows are never changed or deleted: a correction or a withdrawal is a new row with its reason,
//! so that "as of T" is simply what had been recorded by then. Every row carries a checksum over
//! all it says, what it shares with its load included; see [`Store::rows_as_of`].
#![deny(clippy::float_arithmetic)]

mod acts;
mod ahead;
mod alike;
mod amounts;
mod asking;
mod blocks;
mod bodies;
mod captures;
mod connect;
mod dictionary;
mod error;
mod foreign;
mod known;
mod lock;
mod model;
mod moment;
mod packer;
mod platform;
mod prune;
mod queries;
mod read;
mod read_only;
mod ready;
mod registers;
mod repeated;
pub mod schema;
mod seal;
mod standing;
mod store;
mod sum;
mod unpack;
mod verify;
mod witness;
mod write;

pub use acts::{chained, compare_with, first_break, sealed};
pub use ahead::{Ahead, Amounts};
pub use alike::Alike;
pub use asking::{Allowance, CallLimit, Holds, NewCall, Pulse, Revisit};
pub use captures::{CaptureFile, sha256_hex};
pub use error::{ErrorKind, StoreError};
pub use foreign::{ForeignQuery, ForeignValue, read_foreign};
pub use known::Wanted;
pub use lock::{Holder, LockError, WorkspaceLock};
pub use model::*;
pub use moment::STANDS_STILL;
pub use packer::Packer;
pub use platform::Core;
pub use prune::Unneeded;
pub use ready::PackedCapture;
pub use registers::{FileHistory, FileSince};
pub use seal::{ActSeal, ActSigner, SIGNED, seal_of};
pub use store::{Expected, Journal, OpenMode, Store};
pub use verify::StoreCheck;
