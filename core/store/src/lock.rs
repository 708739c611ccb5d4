//! One writer at a time: `quarterdeck.lock` is locked by the operating system and says by whom.

use crate::platform;
use chrono::{DateTime, Utc};
use quarterdeck_kpi::message::Message;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Who holds the lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Process id.
    pub pid: u32,
    /// Name of the machine.
    pub host: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Its command line, without secrets.
    pub command: String,
}

/// Why the lock could not be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
pub enum LockError {
    /// Somebody else writes.
    Busy {
        /// The lock file.
        file: String,
        /// Who, if it could be read.
        holder: Option<Holder>,
    },
    /// The lock file cannot be made or written.
    Unwritable {
        /// The lock file.
        file: String,
        /// What the operating system said.
        detail: String,
    },
}

impl LockError {
    /// What and where; what to do is [`LockError::next`], also there as argument `next`.
    pub fn message(&self) -> Message {
        let next = self.next();
        match self {
            LockError::Busy {
                file,
                holder: Some(holder),
            } => Message::new("store-lock-busy")
                .with("pid", holder.pid.to_string())
                .with("host", safe(&holder.host))
                .with("since", holder.since)
                .with("command", safe(&holder.command))
                .with("file", safe(file))
                .with("next", next),
            LockError::Busy { file, holder: None } => Message::new("store-lock-busy-unnamed")
                .with("file", safe(file))
                .with("next", next),
            LockError::Unwritable { file, detail } => Message::new("store-lock-unwritable")
                .with("file", safe(file))
                .with("detail", safe(detail))
                .with("next", next),
        }
    }
    /// What to do about it, alone.
    pub fn next(&self) -> Message {
        Message::new(match self {
            LockError::Busy { .. } => "store-lock-busy-next",
            LockError::Unwritable { .. } => "store-lock-unwritable-next",
        })
    }
}

fn safe(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(300).collect()
}

/// The right to write to a workspace, given back when dropped and by the end of the process.
#[derive(Debug)]
pub struct WorkspaceLock {
    file: File,
    named_in: PathBuf,
}

impl WorkspaceLock {
    /// Takes the lock, waiting up to `wait` for another process to give it back.
    pub fn acquire(
        path: &Path,
        holder: &Holder,
        wait: Duration,
    ) -> Result<WorkspaceLock, LockError> {
        let unwritable = |error: io::Error| LockError::Unwritable {
            file: path.to_string_lossy().into_owned(),
            detail: error.to_string(),
        };
        // Never truncated here: until the lock is ours, the content names another holder.
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(unwritable)?;
        let began = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if began.elapsed() < wait => {
                    let left = wait.saturating_sub(began.elapsed());
                    std::thread::sleep(left.min(Duration::from_millis(25)));
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(LockError::Busy {
                        file: path.to_string_lossy().into_owned(),
                        holder: read_holder(path),
                    });
                }
                Err(TryLockError::Error(error)) => return Err(unwritable(error)),
            }
        }
        let mut lock = WorkspaceLock {
            file,
            named_in: platform::holder_file(path),
        };
        let text = serde_json::to_string(holder).map_err(|e| unwritable(e.into()))?;
        let written = if lock.named_in == path {
            lock.file
                .set_len(0)
                .and_then(|()| lock.file.seek(SeekFrom::Start(0)))
                .and_then(|_| lock.file.write_all(text.as_bytes()))
        } else {
            std::fs::write(&lock.named_in, text.as_bytes())
        };
        written.map_err(unwritable)?;
        Ok(lock)
    }
}

impl Drop for WorkspaceLock {
    fn drop(&mut self) {
        // The name goes before the lock does; failing leaves a stale name, which nobody reads
        // while the file is free.
        let _ = self.file.set_len(0);
        let _ = self.file.unlock();
    }
}

/// A holder is written right after its lock is taken: a reader in between looks again.
fn read_holder(lock: &Path) -> Option<Holder> {
    let path = platform::holder_file(lock);
    for _ in 0..5 {
        let mut text = String::new();
        let read =
            File::open(&path).and_then(|file| file.take(64 * 1024).read_to_string(&mut text));
        if read.is_ok()
            && let Ok(holder) = serde_json::from_str(&text)
        {
            return Some(holder);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    None
}
