//! Bodies as they were sent to bodies as they were meant, with both sizes capped.

use super::Trouble;
use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use std::io::Write;

/// Compressed bytes unpacked between two looks at the caps: at most 4 MiB can come of them.
const STEP: usize = 4 * 1024;

/// A body may unpack to this many times its size; small ones to more.
const RATIO: u64 = 200;
const SMALL: u64 = 1024 * 1024;

/// How the body was packed.
#[derive(Debug)]
pub(super) enum Inflater {
    Plain,
    Gzip(Box<MultiGzDecoder<Vec<u8>>>),
}

/// Sizes so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sizes {
    pub(super) sent: u64,
    pub(super) unpacked: u64,
}

impl Inflater {
    /// By `Content-Encoding`; only what was asked for is understood.
    pub(super) fn new(encoding: Option<&str>) -> Result<Inflater, Trouble> {
        let name = encoding.unwrap_or_default().trim().to_ascii_lowercase();
        match name.as_str() {
            "" | "identity" => Ok(Inflater::Plain),
            "gzip" | "x-gzip" => Ok(Inflater::Gzip(Box::new(MultiGzDecoder::new(Vec::new())))),
            _ => Err(Trouble::Encoding { name }),
        }
    }

    /// Takes a piece as it was sent; what it unpacks to goes to `out`.
    pub(super) fn push(
        &mut self,
        piece: Bytes,
        max_bytes: u64,
        sizes: &mut Sizes,
        out: &mut Vec<Bytes>,
    ) -> Result<(), Trouble> {
        match self {
            Inflater::Plain => {
                sizes.count(piece.len(), piece.len(), max_bytes)?;
                out.push(piece);
            }
            Inflater::Gzip(decoder) => {
                for step in piece.chunks(STEP) {
                    decoder.write_all(step).map_err(|e| Trouble::Unpack {
                        detail: e.to_string(),
                    })?;
                    let unpacked = std::mem::take(decoder.get_mut());
                    sizes.count(step.len(), unpacked.len(), max_bytes)?;
                    if !unpacked.is_empty() {
                        out.push(unpacked.into());
                    }
                }
            }
        }
        Ok(())
    }

    /// The body has ended: so must what was packed in it.
    pub(super) fn end(
        self,
        max_bytes: u64,
        sizes: &mut Sizes,
        out: &mut Vec<Bytes>,
    ) -> Result<(), Trouble> {
        if let Inflater::Gzip(mut decoder) = self {
            let ended = decoder.try_finish();
            let rest = std::mem::take(decoder.get_mut());
            sizes.count(0, rest.len(), max_bytes)?;
            if !rest.is_empty() {
                out.push(rest.into());
            }
            // An empty body is an empty packed body for some servers.
            if ended.is_err() && sizes.sent > 0 {
                return Err(Trouble::Truncated {
                    expected: None,
                    bytes: sizes.sent,
                });
            }
        }
        Ok(())
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

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn unpack(body: &[u8], max_bytes: u64) -> Result<Vec<u8>, Trouble> {
        let mut inflater = Inflater::new(Some("gzip"))?;
        let (mut sizes, mut out) = (Sizes::default(), Vec::new());
        for piece in body.chunks(1000) {
            inflater.push(
                Bytes::copy_from_slice(piece),
                max_bytes,
                &mut sizes,
                &mut out,
            )?;
        }
        inflater.end(max_bytes, &mut sizes, &mut out)?;
        Ok(out.concat())
    }

    #[test]
    fn a_packed_body_comes_out_as_it_was() {
        let text: Vec<u8> = (0..60_000u32).flat_map(|n| (n * 7).to_le_bytes()).collect();
        assert_eq!(unpack(&packed(&text), 10_000_000), Ok(text.clone()));
        let mut two = packed(b"one ");
        two.extend(packed(b"two"));
        assert_eq!(unpack(&two, 100), Ok(b"one two".to_vec()));
        assert_eq!(unpack(b"", 100), Ok(Vec::new()));
    }

    #[test]
    fn a_bomb_a_stump_and_rubbish_are_refused() {
        let bomb = packed(&vec![0; 4_000_000]);
        assert!(matches!(unpack(&bomb, u64::MAX), Err(Trouble::Bomb { .. })));
        assert!(matches!(
            unpack(&packed(&[7; 5000]), 4000),
            Err(Trouble::TooLarge { limit: 4000 })
        ));
        let whole = packed(b"a body that is cut");
        let stump = whole.get(..whole.len() - 9).unwrap();
        assert!(matches!(
            unpack(stump, 1000),
            Err(Trouble::Truncated { .. })
        ));
        assert!(matches!(
            unpack(b"not gzip at all, sorry", 1000),
            Err(Trouble::Unpack { .. })
        ));
        assert!(matches!(
            Inflater::new(Some("br")),
            Err(Trouble::Encoding { .. })
        ));
    }
}
