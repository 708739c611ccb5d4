//! Public keys of signatures (Ed25519, RFC 8032), whatever program wrote them, and the check of a
//! signature. Private keys are nobody's business here.

use crate::inbox::base64_bytes;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, UnparsedPublicKey};

/// A public key: 32 bytes.
pub type PublicKey = [u8; 32];

/// What stands before a key where a program writes it out with its kind (RFC 8410).
const KEY_PREFIX: &[u8] = &[
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];
/// Longest text that is looked at.
const LONGEST: usize = 4096;

/// Reads a public key: base64 of its 32 bytes, or of these with their kind in front, with or without
/// the lines that PEM puts around. `None` for anything else, a private key too.
pub fn public_key(text: &str) -> Option<PublicKey> {
    if text.len() > LONGEST {
        return None;
    }
    let lines = text.lines().filter(|line| !line.starts_with("-----"));
    let bytes = base64_bytes(&lines.collect::<String>())?;
    let key = bytes.strip_prefix(KEY_PREFIX).unwrap_or(&bytes);
    key.try_into().ok()
}

/// A public key as PEM, as other programs read it.
pub fn public_pem(key: &PublicKey) -> String {
    let whole = [KEY_PREFIX, key].concat();
    format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        STANDARD.encode(whole)
    )
}

/// Whether a signature over these bytes was made with the private half of a key.
pub fn holds(key: &PublicKey, bytes: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&ED25519, key)
        .verify(bytes, signature)
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_in_every_form_and_a_private_one_in_none() {
        // The first key of RFC 8032, 7.1.
        let raw = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
        let key = public_key(raw).unwrap();
        let pem = public_pem(&key);
        assert_eq!(public_key(&pem), Some(key));
        assert_eq!(public_key(&format!(" {raw}\n")), Some(key));
        assert!(holds(
            &key,
            b"",
            &base64_bytes(
                "5VZDAMNgrHKQhuLMgG6CioSHfx645dl02HPgZSJJAVVfuIIVkKM7rMYeOXAc+bRr0lv18FlbviRlUUFDjnoQCw=="
            )
            .unwrap()
        ));
        let private = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";
        assert_eq!(public_key(private), None);
        assert_eq!(public_key(""), None);
        assert_eq!(public_key(&"A".repeat(5000)), None);
    }
}
