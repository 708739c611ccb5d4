//! An answer that is no page of anybody's: rows of a query, the record of a probe. Its bytes are
//! made here, and stored and decoded like any other.

use super::Shared;
use super::miss::Miss;
use super::page::{Circumstances, Page, Situation, Stored, Tell, completed, read_body};
use chrono::{DateTime, Utc};
use quarterdeck_sources::SourceConfig;
use quarterdeck_store::{NewCapture, Packer, sha256_hex};

/// What is known of the bytes.
pub(super) struct Made<'a> {
    /// Where they are from, without secrets.
    pub(super) url: String,
    /// How they were got: `SQL`, `PROBE`.
    pub(super) method: &'static str,
    /// What explains them, by name.
    pub(super) headers: Vec<(String, String)>,
    pub(super) remote_addr: Option<String>,
    pub(super) http_status: u16,
    pub(super) content_type: &'a str,
    pub(super) fetched_at: DateTime<Utc>,
}

/// Decodes the bytes, with the capture that will hold them.
pub(super) fn read_made(
    shared: &Shared<'_>,
    source: &SourceConfig,
    made: &Made<'_>,
    bytes: &[u8],
    tell: Tell<'_>,
) -> Result<Page, Miss> {
    let circumstances = Circumstances {
        fetched_at: made.fetched_at,
        http_status: 200,
        content_type: Some(made.content_type),
        masked: &[],
    };
    let situation = Situation::only();
    let mut body = bytes;
    let read = read_body(
        shared,
        source,
        &circumstances,
        &situation,
        true,
        &mut body,
        tell,
    )?;
    let sha256 = sha256_hex(bytes);
    let capture = |stored: Option<Stored>, recipe: Option<String>| {
        stored.map(|(stored_sha256, body)| NewCapture {
            sha256: sha256.clone(),
            stored_sha256,
            recipe,
            url: made.url.clone(),
            method: made.method.to_owned(),
            http_status: made.http_status,
            headers: made.headers.clone(),
            remote_addr: made.remote_addr.clone(),
            fetched_at: made.fetched_at,
            bytes: bytes.len() as u64,
            body,
            source: source.id.clone(),
            run: None,
        })
    };
    completed(
        read,
        (shared, source),
        &sha256,
        200,
        &mut Packer::new(),
        capture,
    )
}
