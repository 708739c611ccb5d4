//! Secrets are references (`env:NAME`, `file:/run/credentials/...`) until the moment they are
//! sent. A value never reaches a message, a log, a file or the store.

use crate::transport::plain;
use quarterdeck_kpi::message::Message;
use quarterdeck_sources::secret::is_reference;
use std::io::Read;
use std::path::{Path, PathBuf};
use url::form_urlencoded::byte_serialize;

/// A key is shorter than this; anything longer is the wrong file.
const LONGEST: u64 = 64 * 1024;

/// Resolves a value of a source's header: the secret behind a reference, or the text itself. A
/// reference may follow a scheme word: `Bearer env:TOKEN`.
pub fn resolve(value: &str, workspace: &Path) -> Result<String, Message> {
    let trimmed = value.trim();
    if let Some(secret) = reference(trimmed, workspace)? {
        return Ok(secret);
    }
    if let Some((word, rest)) = trimmed.rsplit_once(' ')
        && let Some(secret) = reference(rest, workspace)?
    {
        return Ok(format!("{word} {secret}"));
    }
    Ok(value.to_owned())
}

/// Fills the references of an address (`{env:NAME}`, `{file:PATH}`), percent-encoded. The second
/// part is what must be masked wherever the address or a piece of it is shown.
pub fn fill(url: &str, workspace: &Path) -> Result<(String, Vec<String>), Message> {
    let (mut filled, mut masked, mut rest) = (String::with_capacity(url.len()), Vec::new(), url);
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        match after.split_once('}') {
            Some((name, tail)) if is_reference(name) => {
                if let Some(secret) = reference(name, workspace)? {
                    let encoded: String = byte_serialize(secret.as_bytes()).collect();
                    let encoded = encoded.replace('+', "%20");
                    filled.push_str(&encoded);
                    masked.extend([encoded, secret]);
                }
                rest = tail;
            }
            _ => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    Ok((filled, masked))
}

/// The secret behind a value that must be a reference; the value itself stays out of the message.
pub fn resolve_reference(value: &str, workspace: &Path) -> Result<String, Message> {
    reference(value.trim(), workspace)?
        .ok_or_else(|| Message::new("secret-literal").with("next", Message::new("secret-next")))
}

/// A reference as it may be shown; what is none may be the secret itself.
pub fn shown(reference: &str) -> String {
    match is_reference(reference.trim()) {
        true => plain(reference.trim(), 120),
        false => "?".to_owned(),
    }
}

fn reference(text: &str, workspace: &Path) -> Result<Option<String>, Message> {
    let missing = |id: &'static str, detail: &str| {
        Message::new(id)
            .with("reference", plain(text, 120))
            .with("detail", plain(detail, 200))
            .with("next", Message::new("secret-next"))
    };
    let secret = if let Some(name) = text.strip_prefix("env:") {
        std::env::var(name).map_err(|_| missing("secret-env-missing", ""))?
    } else if let Some(file) = text.strip_prefix("file:") {
        let path = if Path::new(file).is_absolute() {
            PathBuf::from(file)
        } else {
            workspace.join(file)
        };
        let unreadable = |e: std::io::Error| missing("secret-file-unreadable", &e.to_string());
        let mut content = String::new();
        let file = std::fs::File::open(path).map_err(unreadable)?;
        file.take(LONGEST)
            .read_to_string(&mut content)
            .map_err(unreadable)?;
        content
    } else if text.starts_with("keyring:") {
        return Err(missing("secret-keyring", ""));
    } else {
        return Ok(None);
    };
    let secret = secret.trim_end_matches(['\r', '\n']).to_owned();
    if secret.trim().is_empty() {
        return Err(missing("secret-empty", ""));
    }
    Ok(Some(secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_becomes_its_secret_and_plain_text_stays() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("key"), "s3cret\n").unwrap();
        assert_eq!(resolve("file:key", folder.path()).unwrap(), "s3cret");
        assert_eq!(
            resolve("Bearer file:key", folder.path()).unwrap(),
            "Bearer s3cret"
        );
        assert_eq!(
            resolve("application/json", folder.path()).unwrap(),
            "application/json"
        );
        assert_eq!(
            resolve("env:PATH", folder.path()).unwrap(),
            std::env::var("PATH").unwrap()
        );
    }

    #[test]
    fn references_in_an_address_are_filled_in_and_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("key"), "s3 cr+t/\n").unwrap();
        let (url, masked) = fill("https://x.tw/a?f={A:1}&k={file:key}&b={", folder.path()).unwrap();
        assert_eq!(url, "https://x.tw/a?f={A:1}&k=s3%20cr%2Bt%2F&b={");
        assert_eq!(masked, ["s3%20cr%2Bt%2F", "s3 cr+t/"]);
        let missing = fill("https://x.tw/?k={file:none}", folder.path()).unwrap_err();
        assert_eq!(missing.id, "secret-file-unreadable");
    }

    #[test]
    fn a_missing_secret_is_named_by_its_reference_only() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("empty"), "\n").unwrap();
        for (reference, id) in [
            ("env:QUARTERDECK_NO_SUCH_VARIABLE", "secret-env-missing"),
            ("file:no-such-file", "secret-file-unreadable"),
            ("file:empty", "secret-empty"),
            ("keyring:portal", "secret-keyring"),
        ] {
            let message = resolve(reference, folder.path()).unwrap_err();
            assert_eq!(message.id, id);
            assert!(message.to_string().contains(reference), "{message}");
        }
    }
}
