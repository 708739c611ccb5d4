//! The bytes of an answer on their way to the store: small ones in memory, large ones through a
//! thread that hashes and compresses them while the decoder goes on.

use crate::failure::Failure;
use crate::platform;
use crate::transport::hex;
use quarterdeck_kpi::message::Message;
use quarterdeck_store::{CaptureBody, CaptureFile, Packer};
use sha2::{Digest, Sha256};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

/// Bodies up to this size stay in memory until they are stored.
const IN_MEMORY: usize = 256 * 1024;

/// When so many compressed bytes wait for the store, further bodies go to files at once: a portal
/// with thousands of pages must not fill the memory.
const WAITING: usize = 4 * 1024 * 1024;

/// Bytes of captures that are in memory until they are stored.
#[derive(Debug, Clone, Default)]
pub(super) struct Held(Arc<AtomicUsize>);

/// A share of them; it is given back when it is dropped.
#[derive(Debug)]
pub(super) struct Share {
    of: Held,
    bytes: usize,
}

impl Held {
    pub(super) fn take(&self, body: &CaptureBody) -> Share {
        let bytes = match body {
            CaptureBody::Inline(bytes) | CaptureBody::Packed(bytes) => bytes.len(),
            CaptureBody::File { .. } => 0,
        };
        self.0.fetch_add(bytes, Ordering::Relaxed);
        let of = self.clone();
        Share { of, bytes }
    }
    fn is_full(&self) -> bool {
        self.0.load(Ordering::Relaxed) > WAITING
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.of.0.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

const BLOCK: usize = 64 * 1024;

/// Where a decoder writes what may be stored.
pub(super) struct Kept {
    folder: Option<PathBuf>,
    in_memory: usize,
    memory: Vec<u8>,
    file: Option<FilePipe>,
}

impl Kept {
    /// Into the store's folder; with none (a dry run) the bytes are dropped.
    pub(super) fn new(folder: Option<&Path>, held: &Held) -> Kept {
        Kept {
            folder: folder.map(Path::to_owned),
            in_memory: if held.is_full() { 0 } else { IN_MEMORY },
            memory: Vec::new(),
            file: None,
        }
    }

    /// The body and its hash; none for a dry run.
    pub(super) fn finish(
        self,
        packer: &mut Packer,
    ) -> Result<Option<(String, CaptureBody)>, Failure> {
        let Some(folder) = self.folder else {
            return Ok(None);
        };
        match self.file {
            None => Ok(Some(packer.pack(&folder, &self.memory)?)),
            Some(mut pipe) => {
                let rest = self.memory;
                let sent = pipe.send(rest);
                let (sha256, relative_path) = pipe.finish()?;
                sent.map_err(|e| store_broken(&e.to_string()))?;
                Ok(Some((sha256, CaptureBody::File { relative_path })))
            }
        }
    }

    /// Whether the store's file has stopped taking bytes.
    pub(super) fn is_broken(&self) -> bool {
        self.file.as_ref().is_some_and(FilePipe::is_broken)
    }

    /// Why the store could not take the bytes, if that is what stopped the decoder.
    pub(super) fn failure(self) -> Option<Failure> {
        self.file.and_then(FilePipe::failure)
    }
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(folder) = &self.folder else {
            return Ok(bytes.len());
        };
        // A whole document comes at once: it is not to stand in memory twice.
        let bytes = bytes.get(..BLOCK).unwrap_or(bytes);
        self.memory.extend_from_slice(bytes);
        let limit = match self.file {
            Some(_) => BLOCK,
            None => self.in_memory,
        };
        if self.memory.len() > limit {
            let block = std::mem::replace(&mut self.memory, Vec::with_capacity(BLOCK));
            match &mut self.file {
                Some(pipe) => pipe.send(block)?,
                None => self
                    .file
                    .insert(FilePipe::new(folder, false)?)
                    .send(block)?,
            }
        }
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The store's folder could not be written: what, where, what to do.
pub(super) fn refused(folder: &Path, error: &io::Error) -> Failure {
    Failure::nothing(platform::refused(folder, error))
}

/// The thread that writes into the store's folder ended without a word.
pub(super) fn store_broken(detail: &str) -> Failure {
    Failure::nothing(Message::new("collect-store-broken").with("detail", detail))
}

/// A file of the store that is written by its own thread.
pub(super) struct FilePipe {
    blocks: Option<SyncSender<Block>>,
    broken: bool,
    thread: Option<JoinHandle<Result<Option<Written>, Failure>>>,
}

/// Hash of what was written, and its path relative to the store.
type Written = (String, String);

enum Block {
    Bytes(Vec<u8>),
    /// Without it the file is thrown away: its body never came to its end.
    End,
}

impl FilePipe {
    pub(super) fn new(folder: &Path, original: bool) -> io::Result<FilePipe> {
        let (to, blocks) = sync_channel(8);
        let folder = folder.to_owned();
        let thread = std::thread::Builder::new()
            .name("captures".to_owned())
            .spawn(move || write_file(&folder, original, &blocks))?;
        Ok(FilePipe {
            blocks: Some(to),
            broken: false,
            thread: Some(thread),
        })
    }

    pub(super) fn send(&mut self, bytes: Vec<u8>) -> io::Result<()> {
        let sent = self
            .blocks
            .as_ref()
            .is_some_and(|blocks| blocks.send(Block::Bytes(bytes)).is_ok());
        self.broken |= !sent;
        if sent {
            Ok(())
        } else {
            Err(io::ErrorKind::BrokenPipe.into())
        }
    }

    /// Completes the file.
    pub(super) fn finish(mut self) -> Result<Written, Failure> {
        let broken = || store_broken("");
        if let Some(blocks) = self.blocks.take() {
            // A thread that has failed says why below.
            let _ = blocks.send(Block::End);
        }
        let thread = self.thread.take().ok_or_else(broken)?;
        match thread.join() {
            Ok(Ok(Some(written))) => Ok(written),
            Ok(Err(error)) => Err(error),
            Ok(Ok(None)) | Err(_) => Err(broken()),
        }
    }

    /// Whether the thread has stopped taking bytes.
    pub(super) fn is_broken(&self) -> bool {
        self.broken
    }

    /// Ends without a file; says why the thread failed, if it did.
    pub(super) fn failure(mut self) -> Option<Failure> {
        drop(self.blocks.take());
        self.thread.take()?.join().ok()?.err()
    }
}

impl Drop for FilePipe {
    fn drop(&mut self) {
        drop(self.blocks.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn write_file(
    folder: &Path,
    original: bool,
    blocks: &Receiver<Block>,
) -> Result<Option<Written>, Failure> {
    let created = if original {
        CaptureFile::create_original(folder)
    } else {
        CaptureFile::create(folder)
    };
    let mut file = created?;
    let mut hash = Sha256::new();
    while let Ok(block) = blocks.recv() {
        match block {
            Block::Bytes(bytes) => {
                hash.update(&bytes);
                file.write_all(&bytes)
                    .map_err(|error| refused(folder, &error))?;
            }
            Block::End => {
                let sha256 = hex(&hash.finalize());
                let path = file.finish(&sha256)?;
                return Ok(Some((sha256, path)));
            }
        }
    }
    Ok(None)
}

/// Reads through, and keeps a copy of the original where the source asks for one.
pub(super) struct Copied<'a> {
    pub(super) inner: &'a mut dyn Read,
    pub(super) original: Option<FilePipe>,
    pub(super) seen: &'a mut dyn FnMut(usize),
}

impl Read for Copied<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        if let (Some(pipe), Some(bytes)) = (&mut self.original, buffer.get(..length))
            && length > 0
        {
            pipe.send(bytes.to_vec())?;
        }
        (self.seen)(length);
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn when_much_waits_for_the_store_bodies_go_to_files_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let held = Held::default();
        let kept = |held: &Held| {
            let mut kept = Kept::new(Some(folder.path()), held);
            kept.write_all(b"a small answer").unwrap();
            kept.finish(&mut Packer::new()).unwrap().unwrap().1
        };
        assert!(matches!(kept(&held), CaptureBody::Packed(_)));
        let share = held.take(&CaptureBody::Packed(vec![0; WAITING + 1]));
        let CaptureBody::File { relative_path } = kept(&held) else {
            panic!("it stayed in memory")
        };
        assert!(folder.path().join(relative_path).is_file());
        drop(share);
        assert!(matches!(kept(&held), CaptureBody::Packed(_)));
    }
}
