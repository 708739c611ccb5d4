//! Bodies as they were sent to bodies as they were meant, with both sizes capped.
//!
//! A packed body comes out in small blocks, one at a time: a few bytes of brotli or zstd may stand
//! for megabytes, and what nobody has taken yet would stand in memory.

use super::Trouble;
use brotli_decompressor::{
    BrotliDecoderParameter, BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc,
};
use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use std::io::Write;
use zstd::stream::raw::{DParameter, Decoder, InBuffer, Operation, OutBuffer};

/// Compressed bytes of gzip unpacked between two looks at the caps: at most 4 MiB can come of them.
const STEP: usize = 4 * 1024;

/// Largest block that brotli and zstd are unpacked to at once.
const ROOM: usize = 64 * 1024;

/// Window of zstd in powers of two: the 8 MiB that RFC 9659 allows in HTTP. Brotli has 16 MiB at most.
const ZSTD_WINDOW: u32 = 23;

/// A body may unpack to this many times its size; small ones to more.
const RATIO: u64 = 200;
const SMALL: u64 = 1024 * 1024;

/// The packings that are asked for and understood.
pub(super) const UNDERSTOOD: &str = "gzip, br, zstd";

/// A body on its way out of its packing.
pub(super) struct Inflater {
    packing: Packing,
    /// What was sent and is not unpacked yet.
    piece: Bytes,
    /// More may come out although everything sent was taken in.
    holds_back: bool,
    /// The packed body has come to its end.
    ended: bool,
}

/// How the body was packed.
enum Packing {
    Plain,
    Gzip(Box<MultiGzDecoder<Vec<u8>>>),
    Brotli(Box<BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>>),
    Zstd(Decoder<'static>),
}

/// Sizes so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sizes {
    pub(super) sent: u64,
    pub(super) unpacked: u64,
}

fn unpack_failed(detail: &str) -> Trouble {
    Trouble::Unpack {
        detail: detail.to_owned(),
    }
}

impl Inflater {
    /// By `Content-Encoding`; only what was asked for is understood.
    pub(super) fn new(encoding: Option<&str>) -> Result<Inflater, Trouble> {
        let name = encoding.unwrap_or_default().trim().to_ascii_lowercase();
        let packing = match name.as_str() {
            "" | "identity" => Packing::Plain,
            "gzip" | "x-gzip" => Packing::Gzip(Box::new(MultiGzDecoder::new(Vec::new()))),
            "br" => {
                let mut state = BrotliState::new(
                    StandardAlloc::default(),
                    StandardAlloc::default(),
                    StandardAlloc::default(),
                );
                // HTTP has no windows beyond 16 MiB.
                state.set_parameter(BrotliDecoderParameter::BROTLI_DECODER_PARAM_LARGE_WINDOW, 0);
                Packing::Brotli(Box::new(state))
            }
            "zstd" => {
                let failed = |error: std::io::Error| unpack_failed(&error.to_string());
                let mut decoder = Decoder::new().map_err(failed)?;
                decoder
                    .set_parameter(DParameter::WindowLogMax(ZSTD_WINDOW))
                    .map_err(failed)?;
                Packing::Zstd(decoder)
            }
            _ => return Err(Trouble::Encoding { name }),
        };
        Ok(Inflater {
            packing,
            piece: Bytes::new(),
            holds_back: false,
            ended: false,
        })
    }

    /// Takes a piece as it was sent; what it unpacks to is asked for with [`Inflater::next`] until
    /// nothing more comes.
    pub(super) fn give(&mut self, piece: Bytes) {
        self.piece = piece;
    }

    /// The next block of what was given.
    pub(super) fn next(
        &mut self,
        max_bytes: u64,
        sizes: &mut Sizes,
    ) -> Result<Option<Bytes>, Trouble> {
        while !self.piece.is_empty() || self.holds_back {
            let (taken, block) = match &mut self.packing {
                Packing::Plain => (self.piece.len(), self.piece.clone()),
                Packing::Gzip(decoder) => {
                    let taken = self.piece.len().min(STEP);
                    decoder
                        .write_all(&self.piece[..taken])
                        .map_err(|error| unpack_failed(&error.to_string()))?;
                    (taken, std::mem::take(decoder.get_mut()).into())
                }
                Packing::Brotli(_) | Packing::Zstd(_) => self.unpacked()?,
            };
            drop(self.piece.split_to(taken));
            sizes.count(taken, block.len(), max_bytes)?;
            if !block.is_empty() {
                return Ok(Some(block));
            }
            if taken == 0 && !self.holds_back && !self.piece.is_empty() {
                return Err(unpack_failed(""));
            }
        }
        Ok(None)
    }

    /// How many bytes brotli or zstd took, and the block they became.
    fn unpacked(&mut self) -> Result<(usize, Bytes), Trouble> {
        let mut room = vec![0; ROOM];
        let (taken, made) = match &mut self.packing {
            Packing::Plain | Packing::Gzip(_) => (0, 0),
            Packing::Brotli(state) => {
                if self.ended {
                    // Brotli has one stream; what follows it belongs to nothing.
                    return Err(unpack_failed("trailing bytes"));
                }
                let (mut left, mut taken, mut free, mut made, mut total) =
                    (self.piece.len(), 0, room.len(), 0, 0);
                let result = BrotliDecompressStream(
                    &mut left,
                    &mut taken,
                    &self.piece,
                    &mut free,
                    &mut made,
                    &mut room,
                    &mut total,
                    state,
                );
                self.holds_back = matches!(result, BrotliResult::NeedsMoreOutput);
                match result {
                    BrotliResult::ResultSuccess => self.ended = true,
                    BrotliResult::ResultFailure => return Err(unpack_failed("brotli")),
                    BrotliResult::NeedsMoreInput | BrotliResult::NeedsMoreOutput => {}
                }
                (taken, made)
            }
            Packing::Zstd(decoder) => {
                let mut input = InBuffer::around(&self.piece);
                let mut output = OutBuffer::around(room.as_mut_slice());
                let left = decoder
                    .run(&mut input, &mut output)
                    .map_err(|error| unpack_failed(&error.to_string()))?;
                let (taken, made) = (input.pos(), output.pos());
                // At the end of a frame nothing is left; another frame may follow.
                self.ended = left == 0;
                self.holds_back = !self.ended && made == ROOM;
                (taken, made)
            }
        };
        room.truncate(made);
        Ok((taken, room.into()))
    }

    /// The body has ended: so must what was packed in it. Gives what was still inside.
    pub(super) fn end(self, max_bytes: u64, sizes: &mut Sizes) -> Result<Bytes, Trouble> {
        let (ended, rest) = match self.packing {
            Packing::Plain => (true, Vec::new()),
            Packing::Gzip(mut decoder) => {
                let ended = decoder.try_finish().is_ok();
                (ended, std::mem::take(decoder.get_mut()))
            }
            Packing::Brotli(_) | Packing::Zstd(_) => (self.ended, Vec::new()),
        };
        sizes.count(0, rest.len(), max_bytes)?;
        // An empty body is an empty packed body for some servers.
        if !ended && sizes.sent > 0 {
            return Err(Trouble::Truncated {
                expected: None,
                bytes: sizes.sent,
            });
        }
        Ok(rest.into())
    }
}

impl Sizes {
    fn count(&mut self, sent: usize, unpacked: usize, max_bytes: u64) -> Result<(), Trouble> {
        self.sent = self
            .sent
            .saturating_add(u64::try_from(sent).unwrap_or(u64::MAX));
        self.unpacked = self
            .unpacked
            .saturating_add(u64::try_from(unpacked).unwrap_or(u64::MAX));
        if self.unpacked > SMALL && self.unpacked > self.sent.saturating_mul(RATIO) {
            return Err(Trouble::Bomb {
                sent: self.sent,
                unpacked: self.unpacked,
            });
        }
        if self.sent > max_bytes || self.unpacked > max_bytes {
            return Err(Trouble::TooLarge { limit: max_bytes });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};

    /// Made with a web server's brotli: 4,000,000 zeros, and a short text.
    const BROTLI_ZEROS: &str = "a5ffff074002201e0b24f7fe41ffff0f8004401c1680eefd83feff1f000980382c00ddfb87fa4768001200715800ba000d";
    const BROTLI_TEXT: &str = "213000046f6e652074776f20746872656503";

    fn bytes_of(hex: &str) -> Vec<u8> {
        (0..hex.len() / 2)
            .map(|at| u8::from_str_radix(&hex[at * 2..at * 2 + 2], 16).unwrap())
            .collect()
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        zstd::encode_all(bytes, 19).unwrap()
    }

    /// Unpacks a body that arrives in small pieces; also how large the largest block was.
    fn unpack(name: &str, body: &[u8], max_bytes: u64) -> Result<(Vec<u8>, usize), Trouble> {
        let mut inflater = Inflater::new(Some(name))?;
        let (mut sizes, mut out, mut largest) = (Sizes::default(), Vec::new(), 0);
        for piece in body.chunks(1000) {
            inflater.give(Bytes::copy_from_slice(piece));
            while let Some(block) = inflater.next(max_bytes, &mut sizes)? {
                largest = largest.max(block.len());
                out.extend_from_slice(&block);
            }
        }
        out.extend_from_slice(&inflater.end(max_bytes, &mut sizes)?);
        assert_eq!(
            (sizes.sent, sizes.unpacked),
            (body.len() as u64, out.len() as u64)
        );
        Ok((out, largest))
    }

    #[test]
    fn a_packed_body_comes_out_as_it_was() {
        let text: Vec<u8> = (0..60_000u32).flat_map(|n| (n * 7).to_le_bytes()).collect();
        for (name, body) in [
            ("gzip", gzip(&text)),
            ("zstd", zstd(&text)),
            ("", text.clone()),
        ] {
            assert!(unpack(name, &body, 10_000_000).unwrap().0 == text, "{name}");
            if !name.is_empty() {
                assert_eq!(unpack(name, b"", 100).unwrap().0, b"", "{name}");
            }
        }
        for (name, pack) in [("gzip", gzip as fn(&[u8]) -> Vec<u8>), ("zstd", zstd)] {
            let mut two = pack(b"one ");
            two.extend(pack(b"two"));
            assert_eq!(unpack(name, &two, 100).unwrap().0, b"one two", "{name}");
        }
        let short = unpack("br", &bytes_of(BROTLI_TEXT), 100).unwrap().0;
        assert_eq!(short, b"one two three");
        assert_eq!(unpack("br", b"", 100).unwrap().0, b"");
    }

    #[test]
    fn a_bomb_is_refused_before_it_stands_in_memory() {
        let bombs = [
            ("gzip", gzip(&vec![0; 4_000_000])),
            ("br", bytes_of(BROTLI_ZEROS)),
            ("zstd", zstd(&vec![0; 4_000_000])),
        ];
        for (name, bomb) in &bombs {
            let refused = unpack(name, bomb, u64::MAX);
            let Err(Trouble::Bomb { unpacked, .. }) = refused else {
                panic!("{name}: {refused:?}");
            };
            assert!(unpacked <= SMALL + 4 * SMALL, "{name}: {unpacked}");
        }
        // A byte under the ratio's floor is no bomb, and comes in small blocks all the same.
        for name in ["br", "zstd"] {
            let body = match name {
                "br" => bombs[1].1.clone(),
                _ => zstd(&vec![0; 1_000_000]),
            };
            let mut inflater = Inflater::new(Some(name)).unwrap();
            inflater.give(body.into());
            let block = inflater.next(u64::MAX, &mut Sizes::default()).unwrap();
            assert!(block.unwrap().len() <= ROOM, "{name}");
        }
        eprintln!("bombs refused: {}", bombs.len());
    }

    #[test]
    fn a_window_larger_than_http_allows_is_refused() {
        let mut encoder = ::zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
        encoder.window_log(27).unwrap();
        encoder.write_all(&vec![7; 100_000]).unwrap();
        let wide = encoder.finish().unwrap();
        assert!(matches!(
            unpack("zstd", &wide, u64::MAX),
            Err(Trouble::Unpack { .. })
        ));
        // The mark of brotli's large windows, one of 2^30.
        let wide = [0x11, 30, 0x0b, 0x02, 0x80, 0x61, 0x03];
        assert!(matches!(
            unpack("br", &wide, u64::MAX),
            Err(Trouble::Unpack { .. })
        ));
    }

    #[test]
    fn a_stump_rubbish_and_too_much_are_refused() {
        let brotli = bytes_of(BROTLI_TEXT);
        let text = b"a body that is cut, and what is left of it";
        for (name, whole) in [
            ("gzip", gzip(text)),
            ("br", brotli.clone()),
            ("zstd", zstd(text)),
        ] {
            let stump = &whole[..whole.len() - 5];
            let refused = unpack(name, stump, 1000);
            assert!(
                matches!(refused, Err(Trouble::Truncated { .. })),
                "{name}: {refused:?}"
            );
            let refused = unpack(name, b"not packed at all, sorry", 1000);
            assert!(
                matches!(refused, Err(Trouble::Unpack { .. })),
                "{name}: {refused:?}"
            );
        }
        for (name, body) in [("gzip", gzip(&[7; 5000])), ("zstd", zstd(&[7; 5000]))] {
            assert_eq!(
                unpack(name, &body, 4000),
                Err(Trouble::TooLarge { limit: 4000 })
            );
        }
        assert_eq!(
            unpack("br", &brotli, 10),
            Err(Trouble::TooLarge { limit: 10 })
        );
        let mut more = brotli;
        more.extend(b"more");
        assert!(matches!(
            unpack("br", &more, 1000),
            Err(Trouble::Unpack { .. })
        ));
        let unknown = unpack("compress", b"", 1000);
        assert!(matches!(unknown, Err(Trouble::Encoding { .. })));
    }
}
