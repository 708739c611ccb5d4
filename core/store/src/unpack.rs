//! Compressed bodies whose beginning tells how long they are, unpacked at once.

/// Unpacks many bodies: to begin anew for each takes longer than the small files themselves.
#[derive(Default)]
pub(crate) struct Unpack(Option<zstd::bulk::Decompressor<'static>>);

impl Unpack {
    /// The bytes; `None` where their length is not told or is above `at_most`, and where they are damaged.
    pub(crate) fn all(&mut self, packed: &[u8], at_most: usize) -> Option<Vec<u8>> {
        let told = zstd::zstd_safe::get_frame_content_size(packed);
        let size = usize::try_from(told.ok().flatten()?).ok();
        let size = size.filter(|size| *size <= at_most)?;
        let decompressor = match &mut self.0 {
            Some(begun) => begun,
            none => none.insert(zstd::bulk::Decompressor::new().ok()?),
        };
        decompressor.decompress(packed, size).ok()
    }
}
