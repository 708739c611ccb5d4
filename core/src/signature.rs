//! Signatures of people (Ed25519, RFC 8032): the private key of whoever acts, the public keys that
//! were on file, and what an act's signature is worth.
//!
//! A private key is PKCS#8 in PEM, as `openssl genpkey -algorithm ed25519` writes it. It is found by a
//! reference (`env:NAME`, `file:PATH`), and shown, logged and stored nowhere.

use crate::secrets;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDate, Utc};
use quarterdeck_kpi::calendar::taipei_day;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::register::Person;
use quarterdeck_kpi::signoff::Proof;
use quarterdeck_sources::ed25519::{self, PublicKey};
use quarterdeck_store::{ActSeal, ActSigner, RecordedAct, SIGNED, seal_of, sha256_hex};
use ring::signature::{Ed25519KeyPair, KeyPair};
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

/// A private key and whose it is.
pub struct SigningKey {
    person: String,
    pair: Ed25519KeyPair,
    public: PublicKey,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, {})", self.person, name(&self.public))
    }
}

impl SigningKey {
    /// Reads the private key behind a reference, for a person.
    pub fn read(reference: &str, workspace: &Path, person: &str) -> Result<SigningKey, Message> {
        let text = secrets::resolve_reference(reference, workspace)?;
        let wrong = || {
            Message::new("signing-key-unreadable")
                .with("reference", secrets::shown(reference))
                .with("next", Message::new("signing-key-unreadable-next"))
        };
        let lines = text.lines().filter(|line| !line.starts_with("-----"));
        let bare: String = lines.flat_map(str::split_whitespace).collect();
        let bytes = STANDARD.decode(bare).map_err(|_| wrong())?;
        // OpenSSL leaves the public half out.
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&bytes).map_err(|_| wrong())?;
        let public = PublicKey::try_from(pair.public_key().as_ref()).map_err(|_| wrong())?;
        Ok(SigningKey {
            person: person.to_owned(),
            pair,
            public,
        })
    }

    /// The public half.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The public half as it stands in `people.toml`.
    pub fn public_text(&self) -> String {
        STANDARD.encode(self.public)
    }

    /// The signature over bytes.
    pub fn signature(&self, bytes: &[u8]) -> Vec<u8> {
        self.pair.sign(bytes).as_ref().to_vec()
    }
}

impl ActSigner for SigningKey {
    fn person(&self) -> &str {
        &self.person
    }
    fn sign(&self, bytes: &[u8]) -> ActSeal {
        ActSeal {
            key: self.public_text(),
            value: STANDARD.encode(self.signature(bytes)),
        }
    }
}

/// Hex digits of a key's short name.
pub const KEY_NAME: usize = 16;

/// Short name of a key: the first 16 hex digits of the SHA-256 of its 32 bytes.
pub fn name(key: &PublicKey) -> String {
    sha256_hex(key).chars().take(KEY_NAME).collect()
}

/// A key of a person, and how long it was good.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Known {
    key: PublicKey,
    /// The last day it was good on, as the file says.
    until: Option<NaiveDate>,
    /// When it was taken out of the file.
    removed: Option<DateTime<Utc>>,
}

/// The public keys on file, by person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keys(BTreeMap<String, Vec<Known>>);

impl Keys {
    /// Those of a register as it stands.
    pub fn of_people(people: &[Person]) -> Keys {
        let mut keys = Keys::default();
        keys.add(people);
        keys
    }

    /// Those of every `people.toml` there was, oldest first. A key that was taken out of the file
    /// was good until then.
    pub fn of_history(history: &[(DateTime<Utc>, Option<Vec<u8>>)]) -> Keys {
        let mut keys = Keys::default();
        for (at, bytes) in history {
            let file = (
                "register/people.toml".to_owned(),
                bytes.clone().unwrap_or_default(),
            );
            let (register, ..) = crate::workspace::load_from_files(&[file], *at);
            for known in keys.0.values_mut().flatten() {
                known.removed = known.removed.or(Some(*at));
            }
            keys.add(&register.people);
        }
        keys
    }

    fn add(&mut self, people: &[Person]) {
        for person in people {
            let now = person.public_key.iter().map(|key| (key, None));
            let earlier = person.earlier_keys.iter();
            let earlier = earlier.map(|earlier| (&earlier.key, Some(earlier.until)));
            for (text, until) in now.chain(earlier) {
                let Some(key) = ed25519::public_key(text) else {
                    continue;
                };
                let of_person = self.0.entry(person.id.clone()).or_default();
                of_person.retain(|known| known.key != key);
                of_person.push(Known {
                    key,
                    until,
                    removed: None,
                });
            }
        }
    }

    /// Whether a key was on file for a person at a moment.
    pub fn know(&self, person: &str, key: &PublicKey, at: DateTime<Utc>) -> bool {
        let of_person = self.0.get(person).into_iter().flatten();
        of_person.filter(|known| known.key == *key).any(|known| {
            known.removed.is_none_or(|removed| at <= removed)
                && known.until.is_none_or(|until| taipei_day(at) <= until)
        })
    }

    /// What the signature of an act is worth.
    pub fn proof(&self, recorded: &RecordedAct) -> Proof {
        let act = &recorded.act;
        let Some((seal, bytes)) = seal_of(recorded) else {
            return match act.identity == SIGNED {
                true => Proof::Broken(String::new()),
                false => Proof::Unsigned,
            };
        };
        let key = ed25519::public_key(&seal.key);
        let Some((key, value)) = key.zip(STANDARD.decode(&seal.value).ok()) else {
            return Proof::Broken(String::new());
        };
        match (
            ed25519::holds(&key, &bytes, &value),
            self.know(&act.actor, &key, act.at),
        ) {
            (false, _) => Proof::Broken(name(&key)),
            (true, true) => Proof::Holds(name(&key)),
            (true, false) => Proof::UnknownKey(name(&key)),
        }
    }

    /// How many acts are signed, and how.
    pub fn count(&self, acts: &[RecordedAct]) -> Counted {
        let mut counted = Counted::default();
        for act in acts {
            match self.proof(act) {
                Proof::Unsigned => counted.unsigned += 1,
                Proof::Holds(_) => counted.hold += 1,
                Proof::UnknownKey(_) => counted.unknown_key += 1,
                Proof::Broken(key) => counted.broken.push((act.number, key)),
            }
        }
        counted
    }
}

/// Signatures of a log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counted {
    /// Acts whose signature holds by a key on file.
    pub hold: usize,
    /// Acts that are not signed.
    pub unsigned: usize,
    /// Acts signed by a key that was not on file for their person.
    pub unknown_key: usize,
    /// Acts whose signature does not hold: number, and short name of the key.
    pub broken: Vec<(i64, String)>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use quarterdeck_store::{HumanAct, chained, sealed};

    /// Keys of RFC 8032, 7.1, as OpenSSL writes them.
    const PEM: [&str; 2] = [
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7\n-----END PRIVATE KEY-----\n",
    ];

    fn key(number: usize) -> SigningKey {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("key"), PEM[number]).unwrap();
        SigningKey::read("file:key", folder.path(), "lin").unwrap()
    }

    fn at(day: u32) -> DateTime<Utc> {
        format!("2026-01-{day:02}T04:00:00Z").parse().unwrap()
    }

    fn act(day: u32) -> HumanAct {
        HumanAct {
            at: at(day),
            actor: "lin".into(),
            identity: SIGNED.into(),
            kind: "prepare".into(),
            subject: "2025Q4".into(),
            detail_json: r#"{"account":"lin"}"#.into(),
        }
    }

    fn people(lines: &str) -> Option<Vec<u8>> {
        let text = format!(
            "[[person]]\nid = \"lin\"\nname = {{ zh-TW = \"林\", en = \"Lin\" }}\nroles = [\"prepare\"]\naccounts = [\"lin\"]\n{lines}\n"
        );
        Some(text.into_bytes())
    }

    #[test]
    fn the_key_of_the_standard_is_read_and_signs_as_the_standard_says() {
        let key = key(0);
        assert_eq!(
            key.public_text(),
            "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
        );
        assert!(sha256_hex(&key.signature(b"")).len() == 64);
        assert!(ed25519::holds(key.public(), b"", &key.signature(b"")));
        assert!(!format!("{key:?}").contains("nWGxne"));
    }

    #[test]
    fn what_is_no_key_is_refused_without_a_word_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let rsa = "-----BEGIN PRIVATE KEY-----\nU0VDUkVUU0VDUkVU\n-----END PRIVATE KEY-----\n";
        for text in [rsa, "SECRETSECRET", "\u{1}"] {
            std::fs::write(folder.path().join("key"), text).unwrap();
            let message = SigningKey::read("file:key", folder.path(), "lin").unwrap_err();
            assert_eq!(message.id, "signing-key-unreadable");
            assert!(!message.to_string().contains("SECRET"), "{message}");
        }
        let literal = SigningKey::read(PEM[0], folder.path(), "lin").unwrap_err();
        assert_eq!(literal.id, "secret-literal");
        assert!(!literal.to_string().contains("MC4C"), "{literal}");
    }

    #[test]
    fn a_signature_holds_only_for_its_act_its_place_and_a_key_on_file() {
        let (own, other) = (key(0), key(1));
        let line = |key: &SigningKey| format!("public_key = \"{}\"", key.public_text());
        let keys = Keys::of_history(&[(at(1), people(&line(&own)))]);
        let first = chained(None, act(2));
        let head = quarterdeck_store::Head {
            number: 1,
            hash: first.hash.clone(),
        };
        let signed = chained(Some(&head), sealed(Some(&head), act(3), &own));
        assert_eq!(keys.proof(&signed), Proof::Holds(name(own.public())));
        // Another key, no key, another place, another word.
        let forged = chained(Some(&head), sealed(Some(&head), act(3), &other));
        assert_eq!(keys.proof(&forged), Proof::UnknownKey(name(other.public())));
        assert_eq!(keys.proof(&first), Proof::Broken(String::new()));
        let moved = chained(None, signed.act.clone());
        assert_eq!(keys.proof(&moved), Proof::Broken(name(own.public())));
        let mut changed = signed.act.clone();
        changed.detail_json = changed.detail_json.replace("\"lin\"", "\"Lin\"");
        let changed = chained(Some(&head), changed);
        assert_eq!(keys.proof(&changed), Proof::Broken(name(own.public())));
        let mut plain = act(4);
        plain.identity = "os-account".into();
        assert_eq!(keys.proof(&chained(None, plain)), Proof::Unsigned);
    }

    #[test]
    fn a_key_is_good_until_it_was_taken_out_or_its_last_day() {
        let (own, other) = (key(0), key(1));
        let with = |text: &str| people(text);
        let first = format!("public_key = \"{}\"", own.public_text());
        let second = format!("public_key = \"{}\"", other.public_text());
        let moved = format!(
            "{second}\nearlier_keys = [{{ key = \"{}\", until = 2026-01-10 }}]",
            own.public_text()
        );
        let keys = Keys::of_history(&[(at(1), with(&first)), (at(8), with(&second))]);
        assert!(keys.know("lin", own.public(), at(7)) && !keys.know("lin", own.public(), at(9)));
        assert!(keys.know("lin", other.public(), at(9)));
        assert!(!keys.know("wang", other.public(), at(9)));
        let keys = Keys::of_history(&[(at(1), with(&first)), (at(8), with(&moved))]);
        assert!(keys.know("lin", own.public(), at(9)) && !keys.know("lin", own.public(), at(11)));
        assert!(!Keys::of_history(&[(at(1), None)]).know("lin", own.public(), at(2)));
    }
}
