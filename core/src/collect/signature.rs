//! Requests signed with HMAC-SHA256 over the time they are sent, as the database of government
//! programmes asks for: `x-date`, and `Authorization: hmac username=..., signature=...`.

use crate::secrets;
use crate::transport::Exchange;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use quarterdeck_kpi::message::Message;
use quarterdeck_sources::config::Hmac;
use ring::hmac::{HMAC_SHA256, Key, sign};
use std::path::Path;

/// An account with its key, ready to sign. It has no `Debug`: the key is shown nowhere.
pub(super) struct Signer {
    username: String,
    secret: String,
    key: Key,
}

impl Signer {
    /// Looks up what the references of a source lead to.
    pub(super) fn new(hmac: &Hmac, workspace: &Path) -> Result<Signer, Message> {
        let username = secrets::resolve_reference(&hmac.username, workspace)?;
        let secret = secrets::resolve_reference(&hmac.secret, workspace)?;
        // Either would break out of its place in the header.
        if username.contains(['"', '\\']) || username.chars().any(char::is_control) {
            let text = Message::new("secret-unusable").with("reference", hmac.username.as_str());
            return Err(text.with("next", Message::new("secret-next")));
        }
        Ok(Signer {
            username,
            key: Key::new(HMAC_SHA256, secret.as_bytes()),
            secret,
        })
    }

    /// Signs a request that is sent now; good for five minutes at the portal. Key and signature are
    /// masked wherever a portal repeats them.
    pub(super) fn apply(&self, exchange: &mut Exchange, now: DateTime<Utc>) {
        let (headers, signature) = self.sign(now);
        exchange.headers.extend(headers);
        exchange.masked.extend([self.secret.clone(), signature]);
    }

    /// Headers of a request, and the signature in them.
    fn sign(&self, now: DateTime<Utc>) -> ([(String, String); 2], String) {
        let date = httpdate::fmt_http_date(now.into());
        let signed = sign(&self.key, format!("x-date: {date}").as_bytes());
        let signature = STANDARD.encode(signed.as_ref());
        let authorization = format!(
            "hmac username=\"{}\", algorithm=\"hmac-sha256\", headers=\"x-date\", signature=\"{signature}\"",
            self.username
        );
        let headers = [
            ("x-date".to_owned(), date),
            ("Authorization".to_owned(), authorization),
        ];
        (headers, signature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer(secret: &str) -> Result<Signer, Message> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("id"), "office-7\n").unwrap();
        std::fs::write(folder.path().join("key"), secret).unwrap();
        let hmac = Hmac {
            username: "file:id".to_owned(),
            secret: "file:key".to_owned(),
        };
        Signer::new(&hmac, folder.path())
    }

    #[test]
    fn the_signature_is_that_of_another_implementation() {
        let now = "2025-10-20T01:02:03Z".parse().unwrap();
        let ([date, authorization], signature) = signer("s3cret\n").unwrap().sign(now);
        assert!(authorization.1.contains(&signature));
        assert_eq!(date.1, "Mon, 20 Oct 2025 01:02:03 GMT");
        assert_eq!(
            authorization.1,
            "hmac username=\"office-7\", algorithm=\"hmac-sha256\", headers=\"x-date\", \
             signature=\"Q8G8k9p+Yx1xgBHb+rfMGC2QCmRtPt86SUuCyFKemog=\""
        );
    }

    #[test]
    fn a_key_that_stands_in_the_file_itself_is_not_taken() {
        let hmac = Hmac {
            username: "file:id".to_owned(),
            secret: "abc-literal".to_owned(),
        };
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("id"), "office-7").unwrap();
        let message = Signer::new(&hmac, folder.path()).err().unwrap();
        assert_eq!(message.id, "secret-literal");
        assert!(!message.to_string().contains("abc-literal"));
    }
}
