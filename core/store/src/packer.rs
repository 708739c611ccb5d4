//! Bodies of answers, hashed and compressed for the store on whatever thread read them.

use crate::captures::{CaptureFile, INLINE_BELOW, sha256_hex};
use crate::error::StoreError;
use crate::model::CaptureBody;
use std::io::{self, Write};
use std::path::Path;

/// The fastest level that codes letters by how frequent they are. For a tiny body that takes longer
/// than everything else and saves little.
const LEVEL: i32 = 1;
const LEVEL_OF_TINY: i32 = -1;
const TINY: usize = 1024;

/// Hashes and compresses bodies one after the other, on any thread: setting a compressor up costs
/// more than a small body does.
pub struct Packer {
    compressor: Option<zstd::bulk::Compressor<'static>>,
    level: i32,
}

impl Packer {
    /// A packer; its memory is taken with the first body.
    #[allow(clippy::new_without_default, reason = "nothing has a usual packer")]
    pub fn new() -> Packer {
        Packer {
            compressor: None,
            level: LEVEL,
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
        let packed = compressor.compress(bytes).map_err(failed)?;
        if packed.len() < INLINE_BELOW {
            return Ok((sha256, CaptureBody::Packed(packed)));
        }
        let mut file = CaptureFile::create(folder)?;
        file.write_all(bytes).map_err(failed)?;
        let relative_path = file.finish(&sha256)?;
        Ok((sha256, CaptureBody::File { relative_path }))
    }
}

impl std::fmt::Debug for Packer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Packer").finish_non_exhaustive()
    }
}
