//! Bodies of answers, hashed and compressed for the store on whatever thread read them.

use crate::captures::{CaptureFile, INLINE_BELOW, sha256_hex};
use crate::error::StoreError;
use crate::model::CaptureBody;
use std::io::{self, Write};
use std::path::Path;

/// The fastest level that codes letters by how frequent they are. For a tiny body that takes longer
/// than everything else and saves little, and one that fits into a few lines is better left as it is.
const LEVEL: i32 = 1;
const LEVEL_OF_TINY: i32 = -1;
const TINY: usize = 1024;
const AS_IT_IS: usize = 512;

/// Hashes and compresses bodies one after the other, on any thread: setting a compressor up costs
/// more than a small body does.
pub struct Packer {
    compressor: Option<zstd::bulk::Compressor<'static>>,
    level: i32,
    /// Room for the next one: what is kept of it takes no more than it needs.
    room: Vec<u8>,
}

impl Packer {
    /// A packer; its memory is taken with the first body.
    #[allow(clippy::new_without_default, reason = "nothing has a usual packer")]
    pub fn new() -> Packer {
        Packer {
            compressor: None,
            level: LEVEL,
            room: Vec::new(),
        }
    }

    /// The hash of a body and the body as [`crate::Store::record_answers`] takes it: compressed, or a
    /// file below the store's folder when it is large.
    pub fn pack(
        &mut self,
        folder: &Path,
        bytes: &[u8],
    ) -> Result<(String, CaptureBody), StoreError> {
        let failed = |error: io::Error| StoreError::io(folder, &error);
        let sha256 = sha256_hex(bytes);
        if bytes.len() < AS_IT_IS {
            return Ok((sha256, CaptureBody::Packed(as_it_is(bytes))));
        }
        let compressor = match &mut self.compressor {
            Some(compressor) => compressor,
            none => none.insert(zstd::bulk::Compressor::new(self.level).map_err(failed)?),
        };
        let level = match bytes.len() {
            0..TINY => LEVEL_OF_TINY,
            _ => LEVEL,
        };
        if level != self.level {
            compressor.set_compression_level(level).map_err(failed)?;
            self.level = level;
        }
        self.room.clear();
        self.room
            .reserve(zstd::zstd_safe::compress_bound(bytes.len()));
        let length = compressor
            .compress_to_buffer(bytes, &mut self.room)
            .map_err(failed)?;
        let packed = self.room.get(..length).unwrap_or_default().to_vec();
        if self.room.capacity() > INLINE_BELOW {
            self.room = Vec::new();
        }
        if length < INLINE_BELOW {
            return Ok((sha256, CaptureBody::Packed(packed)));
        }
        let mut file = CaptureFile::create(folder)?;
        file.write_all(bytes).map_err(failed)?;
        let relative_path = file.finish(&sha256)?;
        Ok((sha256, CaptureBody::File { relative_path }))
    }
}

/// A frame of zstd (RFC 8878) with the bytes as they are in one block.
fn as_it_is(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    let mut frame = Vec::with_capacity(bytes.len() + 9);
    frame.extend([0x28, 0xb5, 0x2f, 0xfd]);
    // One segment; its length stands in one byte, or in two as what it has beyond 256.
    match length.checked_sub(256) {
        None => frame.extend([0x20, length.to_le_bytes()[0]]),
        Some(beyond) => {
            frame.push(0x60);
            frame.extend(beyond.to_le_bytes());
        }
    }
    // The last block, not compressed, and its length.
    let block = (u32::from(length) << 3) | 1;
    frame.extend(&block.to_le_bytes()[..3]);
    frame.extend(bytes);
    frame
}

impl std::fmt::Debug for Packer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Packer").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_body_is_read_back_and_tiny_ones_are_frames_like_any_other() {
        let mut packer = Packer::new();
        for length in [0, 1, 254, 255, 256, 257, 511, 512, 1023, 1024, 70_000] {
            let bytes: Vec<u8> = (0..length).map(|n: u32| (n % 251) as u8).collect();
            let (sha256, body) = packer.pack(Path::new("."), &bytes).unwrap();
            let CaptureBody::Packed(packed) = body else {
                panic!("{length} bytes became a file")
            };
            assert_eq!(sha256, sha256_hex(&bytes));
            let mut read = Vec::new();
            let decoder = zstd::stream::read::Decoder::new(packed.as_slice()).unwrap();
            io::Read::read_to_end(&mut { decoder }, &mut read).unwrap();
            assert_eq!(read, bytes);
            assert!(
                packed.len() <= bytes.len() + 10,
                "{length}: {}",
                packed.len()
            );
            assert_eq!(
                zstd::bulk::decompress(&packed, length as usize).unwrap(),
                bytes
            );
        }
    }
}
