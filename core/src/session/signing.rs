//! Who may sign, and what was known when somebody signed.

use super::{Actor, Session, keys};
use crate::failure::Failure;
use quarterdeck_kpi::assess::{Assessment, assess};
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::figures::{canonical, figures};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::register::Person;
use quarterdeck_kpi::restate::until_row;
use quarterdeck_kpi::signoff::{Mark, Step};
use quarterdeck_kpi::snapshot::Snapshot;
use quarterdeck_store::{SIGNED, sha256_hex};

/// A person who signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// Id, and how sure it is.
    pub actor: Actor,
    /// Account of the operating system that the act is kept with.
    pub account: String,
}

impl Session {
    /// The person who may take a step of the sign-off, or why nobody may. In the demo whoever sits
    /// at the keyboard acts as the demo's person of that role.
    pub fn may_sign(&self, step: Step) -> Result<Signer, Failure> {
        self.writable()?;
        let role = step.role();
        let has = |person: &&Person| person.roles.contains(&role);
        let mapped = self.person();
        if self.demo() {
            let people = self.workspace.register.people.iter();
            let person = mapped
                .map(|(person, _)| person)
                .filter(has)
                .or_else(|| people.clone().find(has));
            if let Some(person) = person {
                return Ok(signer(person, "demo", self.account()));
            }
        }
        match self.person() {
            // Who may not even enter figures hears why not.
            None => self.may_enter().and_then(|_| Err(self.no_role(step, ""))),
            Some((person, actor)) if person.roles.contains(&role) => {
                let actor = self.acting(person, actor)?;
                // Whoever has a key on file signs a quarter with it, or not at all.
                if person.public_key.is_some() && actor.identity != SIGNED {
                    return Err(keys::missing(person));
                }
                Ok(signer(person, &actor.identity, self.account()))
            }
            Some((person, _)) => Err(self.no_role(step, &person.id)),
        }
    }

    fn no_role(&self, step: Step, person: &str) -> Failure {
        let role = match step {
            Step::Prepare => "prepare",
            Step::Review => "review",
            Step::Publish => "approve",
        };
        Failure::usage(
            Message::new("session-role-missing")
                .with("person", person)
                .with("role", role),
        )
        .at("register/people.toml")
        .next(Message::new("session-role-missing-next"))
    }

    /// How much is known now, with the hash of the figures of an assessment made of it.
    pub fn mark(&self, snapshot: &Snapshot, assessment: &Assessment) -> Result<Mark, Failure> {
        let (row, register) = match &self.store {
            Some(store) => {
                let version = store.register_as_of(snapshot.as_of)?;
                (
                    store.last_row()?,
                    version.map_or(0, |version| version.version),
                )
            }
            None => (0, 0),
        };
        Ok(Mark {
            as_of: snapshot.as_of,
            row,
            register,
            figures_sha256: figures_sha256(assessment),
        })
    }

    /// What was known at a mark, its register included.
    pub fn snapshot_at(&self, mark: &Mark) -> Result<Snapshot, Failure> {
        let known = until_row(self.snapshot(Some(mark.as_of))?, mark.row);
        self.with_register_of(mark, known)
    }

    /// The same for who assesses it, see [`Session::standing`].
    pub fn standing_at(&self, mark: &Mark) -> Result<Snapshot, Failure> {
        let known = self.standing_up_to(Some(mark.as_of), mark.row)?;
        self.with_register_of(mark, known)
    }

    fn with_register_of(&self, mark: &Mark, mut snapshot: Snapshot) -> Result<Snapshot, Failure> {
        // A later version may bear the same time: a clock can stand still.
        if let Some(version) = self.version(mark.register)?
            && version.register != snapshot.register
        {
            let register = version.register.clone();
            snapshot.observations.retain(|row| row.sequence > 0);
            snapshot.money.retain(|row| row.sequence > 0);
            let observations = register.published.iter().cloned();
            snapshot.observations.splice(0..0, observations);
            snapshot.money.splice(0..0, register.money.iter().cloned());
            snapshot.register = register;
        }
        Ok(snapshot)
    }

    /// Whether the figures of a quarter that somebody signed can be made again from the database.
    pub fn makes_again(&self, mark: &Mark, quarter: Quarter) -> Result<bool, Failure> {
        let then = self.assessment_at(mark, quarter)?;
        Ok(figures_sha256(&then) == mark.figures_sha256)
    }

    /// The figures of a quarter as they were at a mark.
    pub fn assessment_at(&self, mark: &Mark, quarter: Quarter) -> Result<Assessment, Failure> {
        Ok(assess(&self.standing_at(mark)?, quarter))
    }
}

/// SHA-256 (hex) over the list of figures of an assessment.
pub fn figures_sha256(assessment: &Assessment) -> String {
    sha256_hex(canonical(&figures(assessment)).as_bytes())
}

fn signer(person: &Person, identity: &str, account: &str) -> Signer {
    let account = match identity {
        // The demo's people have accounts of their own, which are invented too.
        "demo" => person.accounts.first().map_or(account, String::as_str),
        _ => account,
    };
    Signer {
        actor: Actor {
            id: person.id.clone(),
            identity: identity.to_owned(),
        },
        account: account.to_owned(),
    }
}
