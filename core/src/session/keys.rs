//! The private key of the person at the keyboard, and the public keys that were ever on file.

use super::{Actor, Session};
use crate::failure::Failure;
use crate::signature::{Keys, SigningKey};
use chrono::{DateTime, Utc};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::register::Person;
use quarterdeck_store::{
    ActSigner, Head, HumanAct, RecordedAct, SIGNED, Store, StoreError, seal_of, sealed,
};
use std::sync::Arc;

/// The environment variable that says where the private key is: a reference.
pub const KEY_VARIABLE: &str = "QD_SIGNING_KEY";

impl Session {
    /// Says where the private key is: a reference, before that of the settings.
    pub fn set_key_reference(&mut self, reference: Option<String>) {
        self.key_reference = reference.filter(|text| !text.trim().is_empty());
    }

    /// The actor of what a person does now: signed when a key is at hand and on file. A key that was
    /// asked for and cannot be used is an error, never an act without its signature.
    pub(super) fn acting(&self, person: &Person, actor: Actor) -> Result<Actor, Failure> {
        let key = self.signing_key(person)?;
        let identity = match &key {
            Some(_) => SIGNED.to_owned(),
            None => actor.identity,
        };
        self.key.replace(key);
        Ok(Actor {
            id: actor.id,
            identity,
        })
    }

    fn signing_key(&self, person: &Person) -> Result<Option<Arc<SigningKey>>, Failure> {
        // The demo's people are invented, and so would their keys be.
        if self.demo() {
            return Ok(None);
        }
        let settings = self.workspace.settings.signing_key.as_ref();
        // What stands in the settings is for those who have a key on file; whoever names a key on
        // the command line wants it used.
        let of_settings = settings.filter(|_| person.public_key.is_some());
        let Some(reference) = self.key_reference.as_ref().or(of_settings) else {
            return Ok(None);
        };
        let key = SigningKey::read(reference, self.root(), &person.id)
            .map_err(|message| Failure::usage(message).at(crate::secrets::shown(reference)))?;
        let on_file = person.public_key.as_deref();
        if on_file.and_then(quarterdeck_sources::ed25519::public_key) == Some(*key.public()) {
            return Ok(Some(Arc::new(key)));
        }
        let id = match on_file {
            Some(_) => "signing-key-other",
            None => "signing-key-not-on-file",
        };
        let next = Message::new("signing-key-on-file-next")
            .with("person", person.id.as_str())
            .with("key", key.public_text());
        Err(
            Failure::usage(Message::new(id).with("person", person.id.as_str()))
                .at("register/people.toml")
                .next(next),
        )
    }

    /// The key that acts are signed with now, once somebody was found to act.
    pub(crate) fn key(&self) -> Option<Arc<SigningKey>> {
        self.key.borrow().clone()
    }

    /// An act with its signature at its place after a head, when its person signs.
    pub(crate) fn sealed(&self, before: Option<&Head>, act: HumanAct) -> HumanAct {
        match self.key() {
            Some(key) if act.identity == SIGNED && key.person() == act.actor => {
                sealed(before, act, key.as_ref())
            }
            _ => act,
        }
    }

    /// The public keys that were on file, as far as these acts need them; [`keys_on_file`].
    pub fn keys_of(
        &self,
        acts: &[RecordedAct],
        as_of: Option<DateTime<Utc>>,
    ) -> Result<Keys, Failure> {
        match &self.store {
            Some(store) => Ok(keys_on_file(store, acts, as_of)?),
            None => Ok(Keys::default()),
        }
    }
}

/// The public keys that were ever on file; [`keys_on_file`].
pub fn keys_of(store: &Store, acts: &[RecordedAct]) -> Result<Keys, StoreError> {
    keys_on_file(store, acts, None)
}

/// The public keys that were on file, read only when an act is signed. As of a moment: a key that came
/// later vouches for nothing, and one that was taken out later was still good.
pub fn keys_on_file(
    store: &Store,
    acts: &[RecordedAct],
    as_of: Option<DateTime<Utc>>,
) -> Result<Keys, StoreError> {
    if acts.iter().any(|act| seal_of(act).is_some()) {
        let mut files = store.register_file_history("register/people.toml")?;
        files.retain(|(at, _)| as_of.is_none_or(|as_of| *at <= as_of));
        return Ok(Keys::of_history(&files));
    }
    Ok(Keys::default())
}

/// A person with a key on file has no private key at hand.
pub(super) fn missing(person: &Person) -> Failure {
    Failure::usage(Message::new("signing-key-missing").with("person", person.id.as_str()))
        .at("register/people.toml")
        .next(Message::new("signing-key-missing-next"))
}
