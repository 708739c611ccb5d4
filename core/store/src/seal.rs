//! Signatures of acts: what is signed, and where the signature stands. Keys are somebody else's.
//!
//! A signature is the last member of an act's detail: `"signature":{"algorithm":"ed25519","key":…,
//! "value":…}`. It is over the text `quarterdeck-act-1 ` and the hash (hex) that the act would have in
//! the chain without that member; so it covers the act, its number and every act before it.

use crate::acts::link;
use crate::model::{HumanAct, RecordedAct};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Identity of a person whose acts are signed.
pub const SIGNED: &str = "signed";
/// What a signed text begins with: no signature is good for anything else.
const PURPOSE: &str = "quarterdeck-act-1 ";
/// How a signature begins in an act's detail. A quotation mark inside of a text stands escaped, so
/// nothing that people write reads like it.
const MEMBER: &str = "\"signature\":{\"algorithm\":\"ed25519\",";

/// Signs what one person does.
pub trait ActSigner: fmt::Debug + Send + Sync {
    /// Id of the person.
    fn person(&self) -> &str;
    /// Signs bytes.
    fn sign(&self, bytes: &[u8]) -> ActSeal;
}

/// A signature with the key it was made by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActSeal {
    /// Public key, base64 of its 32 bytes.
    pub key: String,
    /// Signature, base64 of its 64 bytes.
    pub value: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole {
    signature: Written,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    algorithm: String,
    key: String,
    value: String,
}

/// The detail without its signature, and the signature.
pub(crate) fn split(detail: &str) -> Option<(String, ActSeal)> {
    let at = detail.rfind(MEMBER)?;
    let (before, member) = detail.split_at(at);
    let whole: Whole = serde_json::from_str(&format!("{{{member}")).ok()?;
    let rest = match before {
        "{" => before,
        longer => longer.strip_suffix(',')?,
    };
    let Written { key, value, .. } = whole.signature;
    Some((format!("{rest}}}"), ActSeal { key, value }))
}

/// The bytes that are signed.
fn signed_bytes(previous: &str, number: i64, unsigned: &HumanAct) -> Vec<u8> {
    format!("{PURPOSE}{}", link(previous, number, unsigned)).into_bytes()
}

/// The act with its signature. A detail that is no JSON object is one from then on.
pub(crate) fn sealed(
    previous: &str,
    number: i64,
    mut act: HumanAct,
    signer: &dyn ActSigner,
) -> HumanAct {
    if !(act.detail_json.starts_with('{') && act.detail_json.ends_with('}')) {
        act.detail_json = "{}".to_owned();
    }
    let ActSeal { key, value } = signer.sign(&signed_bytes(previous, number, &act));
    let mut detail = std::mem::take(&mut act.detail_json);
    detail.pop();
    if detail.len() > 1 {
        detail.push(',');
    }
    // Base64 needs no escaping.
    detail.push_str(&format!(
        "{MEMBER}\"key\":\"{key}\",\"value\":\"{value}\"}}}}"
    ));
    act.detail_json = detail;
    act
}

/// The signature of an act, and the bytes it must be over; `None` when there is none.
pub fn seal_of(recorded: &RecordedAct) -> Option<(ActSeal, Vec<u8>)> {
    let (detail_json, seal) = split(&recorded.act.detail_json)?;
    let unsigned = HumanAct {
        detail_json,
        ..recorded.act.clone()
    };
    let bytes = signed_bytes(&recorded.previous, recorded.number, &unsigned);
    Some((seal, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Pen;
    impl ActSigner for Pen {
        fn person(&self) -> &str {
            "lin"
        }
        fn sign(&self, bytes: &[u8]) -> ActSeal {
            ActSeal {
                key: "KEY=".into(),
                value: crate::sha256_hex(bytes),
            }
        }
    }

    fn act(detail: &str) -> HumanAct {
        HumanAct {
            at: chrono::DateTime::UNIX_EPOCH,
            actor: "lin".into(),
            identity: SIGNED.into(),
            kind: "prepare".into(),
            subject: "2025Q3".into(),
            detail_json: detail.into(),
        }
    }

    #[test]
    fn a_signature_is_taken_off_again_whatever_the_detail_says() {
        let hostile = r#"{"reason":"x\",\"signature\":{\"algorithm\":\"ed25519\",\"key\":\"a\"}"}"#;
        for detail in ["{}", r#"{"a":1}"#, hostile, "not json"] {
            let signed = crate::sealed(None, act(detail), &Pen);
            serde_json::from_str::<serde_json::Value>(&signed.detail_json).unwrap();
            let recorded = crate::chained(None, signed);
            let (seal, bytes) = seal_of(&recorded).unwrap();
            assert_eq!(seal.value, crate::sha256_hex(&bytes));
            let (rest, _) = split(&recorded.act.detail_json).unwrap();
            let kept = if detail.starts_with('{') {
                detail
            } else {
                "{}"
            };
            assert_eq!(rest, kept);
        }
        assert_eq!(seal_of(&crate::chained(None, act(hostile))), None);
    }

    #[test]
    fn a_signature_inside_of_something_else_is_none() {
        let inner = r#"{"a":{"signature":{"algorithm":"ed25519","key":"k","value":"v"}}}"#;
        assert!(split(inner).is_none());
        let after = r#"{"signature":{"algorithm":"ed25519","key":"k","value":"v"},"a":1}"#;
        assert!(split(after).is_none());
    }

    #[test]
    fn an_act_that_says_it_is_signed_needs_a_signer_of_its_person() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("quarterdeck.db");
        let mut store = crate::Store::open(&file, crate::OpenMode::Create).unwrap();
        let refused = store.append_act(&act("{}")).unwrap_err();
        assert_eq!(refused.message().id, "store-act-unsigned");
        store.set_signer(Some(std::sync::Arc::new(Pen)));
        store.append_act(&act("{}")).unwrap();
        let mut other = act("{}");
        other.actor = "wang".into();
        assert!(store.append_act(&other).is_err());
        let acts = store.acts().unwrap();
        assert_eq!(acts.len(), 1);
        assert_eq!(crate::first_break(&acts), None);
        assert!(seal_of(&acts[0]).is_some());
    }
}
