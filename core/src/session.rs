//! A workspace that is open: its files, its database, its clock and the person who works in it.

mod behind;
mod clock;
pub(crate) mod dropped;
mod keys;
mod lost;
mod published;
mod signing;
mod snapshot;
mod versions;

pub use behind::read_ahead;
pub use keys::{KEY_VARIABLE, keys_of, keys_on_file};
pub(crate) use lost::lost;
pub use signing::{Signer, figures_sha256};

use crate::failure::Failure;
use crate::platform;
use crate::signature::SigningKey;
use crate::workspace::{self, Workspace};
use chrono::{DateTime, Utc};
use quarterdeck_kpi::message::{Arg, Message};
use quarterdeck_kpi::register::{Person, Role};
use quarterdeck_store::{
    ActSigner, Ahead, ErrorKind, Head, Holder, OpenMode, Store, WorkspaceLock,
};
use quarterdeck_view::i18n::Language;
use std::cell::{OnceCell, RefCell};
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Name of the database in a workspace.
pub const DATABASE: &str = "quarterdeck.db";
/// Name of the lock file in a workspace.
pub const LOCK: &str = "quarterdeck.lock";
/// How long a person's act waits for another writer.
pub const HUMAN_WAIT: Duration = Duration::from_secs(5);

/// Whether a session may write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Read and write.
    ReadWrite,
    /// Read, and write nothing at all.
    ReadOnly,
}

/// What time it is.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Clock {
    /// Asks this function.
    pub fn new(now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }
    /// Stands still.
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self::new(move || at)
    }
    /// The machine's.
    pub fn system() -> Self {
        Self::new(platform::now)
    }
    /// Now.
    pub fn now(&self) -> DateTime<Utc> {
        (self.0)()
    }
}

impl platform::Clock for Clock {
    fn now(&self) -> DateTime<Utc> {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// Who acts, as the trail writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Id of the person.
    pub id: String,
    /// How sure the identity is: `os-account`, `signed` or `demo`.
    pub identity: String,
}

/// An open workspace.
#[derive(Debug)]
pub struct Session {
    workspace: Workspace,
    store: Option<Store>,
    access: Access,
    clock: Clock,
    account: String,
    /// Why nothing can be written, although it was asked for.
    refused: Option<Failure>,
    /// Number of the first act that does not follow from the one before, once the log was followed.
    chain: OnceCell<Option<i64>>,
    /// The rows that the files carry have the time since which they were known.
    is_dated: bool,
    versions: versions::Versions,
    /// Where the private key is, when it was said for this run, and the key once it was read.
    key_reference: Option<String>,
    /// The machine's own clock, which may be wrong.
    machine: Clock,
    key: RefCell<Option<Arc<SigningKey>>>,
}

impl Session {
    /// Opens the workspace in a folder, as the account of the operating system.
    pub fn open(root: &Path, access: Access, clock: Clock) -> Result<Session, Failure> {
        Self::open_as(root, access, clock, platform::account_name())
    }

    /// Opens the workspace in a folder, as this account.
    ///
    /// With the right to write, files that changed become a register version; when somebody else
    /// holds the lock, the next opening records them.
    pub fn open_as(
        root: &Path,
        access: Access,
        clock: Clock,
        account: String,
    ) -> Result<Session, Failure> {
        let mut session = Self::begin(1, root, access, clock, account)?;
        if session.access == Access::ReadWrite {
            session.check_chain()?;
            session.record_register()?;
        }
        session.date_published()?;
        Ok(session)
    }

    /// Opens the workspace to look something up: what is not asked about is not read. The log of
    /// people's acts is not followed, and what the files carry is dated when it is needed. The files are read on
    /// so many threads, where the machine has the cores.
    pub fn open_to_look(
        threads: usize,
        root: &Path,
        access: Access,
        clock: Clock,
        account: String,
    ) -> Result<Session, Failure> {
        let mut session = Self::begin(threads, root, access, clock, account)?;
        if session.access == Access::ReadWrite {
            session.record_register()?;
        }
        let now = session.now();
        session.workspace.set_recorded_at(now);
        Ok(session)
    }

    fn begin(
        threads: usize,
        root: &Path,
        access: Access,
        clock: Clock,
        account: String,
    ) -> Result<Session, Failure> {
        if access == Access::ReadWrite {
            crate::import::finish_interrupted(root);
        }
        let workspace = workspace::load_on(threads, root).map_err(|message| {
            Failure::usage(message)
                .at(root.to_string_lossy())
                .next(Message::new("session-run-check"))
        })?;
        let clock = match workspace.settings.demo {
            Some(demo) => Clock::fixed(demo.clock),
            None => clock,
        };
        let mut session = Self::open_loaded(workspace, access, clock, account)?;
        session.hold_clock();
        Ok(session)
    }

    /// Opens a workspace whose files were read, by this clock.
    pub(crate) fn open_loaded(
        workspace: Workspace,
        access: Access,
        clock: Clock,
        account: String,
    ) -> Result<Session, Failure> {
        let mut session = Session {
            workspace,
            store: None,
            access,
            machine: clock.clone(),
            clock,
            account,
            refused: None,
            chain: OnceCell::new(),
            is_dated: false,
            versions: versions::Versions::default(),
            key_reference: None,
            key: RefCell::new(None),
        };
        session.open_store()?;
        Ok(session)
    }

    fn open_store(&mut self) -> Result<(), Failure> {
        let path = self.workspace.root.join(DATABASE);
        lost(&self.workspace.root, &path)?;
        if self.access == Access::ReadWrite {
            let journal = self.workspace.settings.store.journal;
            match Store::open_with(&path, OpenMode::Create, journal) {
                Ok(store) => {
                    self.store = Some(store);
                    return Ok(());
                }
                // A folder on a read-only medium can still be looked at.
                Err(error) if error.kind() == ErrorKind::ReadOnly => {
                    self.access = Access::ReadOnly;
                    self.refused = Some(error.into());
                }
                Err(error) => return Err(error.into()),
            }
        }
        match Store::open(&path, OpenMode::ReadOnly) {
            Ok(store) => self.store = Some(store),
            Err(error) if error.kind() == ErrorKind::Missing => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// Appends a register version if the files changed and nobody else is writing.
    fn record_register(&mut self) -> Result<(), Failure> {
        let now = self.now();
        let Some(store) = &self.store else {
            return Ok(());
        };
        if store.register_is(&self.workspace.files)? {
            return Ok(());
        }
        let Ok(lock) = self.lock("register", Duration::ZERO) else {
            return Ok(());
        };
        let (actor, name) = match self.person() {
            Some((person, actor)) => (actor, Arg::Title(person.name.clone())),
            None => {
                let id = format!("account:{}", self.account);
                let name = Arg::from(quarterdeck_kpi::text::clean(&self.account));
                let identity = "os-account".to_owned();
                (Actor { id, identity }, name)
            }
        };
        let files = self.workspace.files.clone();
        if let Some(store) = &mut self.store {
            match dropped::record_register(store, &files, &actor, name, now) {
                Ok(()) => {}
                // Nothing of the files is lost: they are recorded by the next opening that can.
                Err(error) if matches!(error.kind(), ErrorKind::ReadOnly | ErrorKind::Busy) => {}
                Err(error) => return Err(error.into()),
            }
        }
        drop(lock);
        Ok(())
    }

    /// What the register carries was known from the moment the first version with it was recorded.
    fn date_published(&mut self) -> Result<(), Failure> {
        let now = self.now();
        self.workspace.set_recorded_at(now);
        if let Some(store) = &self.store {
            let Workspace {
                register, files, ..
            } = &mut self.workspace;
            published::date(store, register, files, now)?;
        }
        self.is_dated = true;
        Ok(())
    }

    /// What is read of its database meanwhile ([`read_ahead`]) serves the first snapshot.
    pub fn expect(&mut self, ahead: Option<Ahead>) {
        if let Some(store) = &mut self.store {
            store.expect(ahead);
        }
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.workspace.root
    }
    /// Its files, as they are today.
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }
    /// Its database, if there is one.
    pub fn store(&self) -> Option<&Store> {
        self.store.as_ref()
    }
    /// Its database, to write to.
    pub fn store_mut(&mut self) -> Result<&mut Store, Failure> {
        self.writable()?;
        let signer = self.key.borrow().clone();
        let store = self.store.as_mut();
        let store = store.ok_or_else(|| Failure::nothing(Message::new("session-no-database")))?;
        store.set_signer(signer.map(|key| key as Arc<dyn ActSigner>));
        Ok(store)
    }
    /// Its files, and its database to write to.
    pub fn files_and_store(&mut self) -> Result<(&Workspace, &mut Store), Failure> {
        self.writable()?;
        match &mut self.store {
            Some(store) => Ok((&self.workspace, store)),
            None => Err(Failure::nothing(Message::new("session-no-database"))),
        }
    }
    /// Now, by the workspace's clock; the demo's stands still.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }
    /// The workspace's clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }
    /// Everything in it is invented.
    pub fn demo(&self) -> bool {
        self.workspace.settings.demo.is_some()
    }
    /// Language the workspace asks for.
    pub fn language(&self) -> Language {
        self.workspace.settings.language
    }
    /// Account of the operating system.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The person at the keyboard: mapped to the account, or in the demo the demo's own.
    pub fn person(&self) -> Option<(&Person, Actor)> {
        let people = &self.workspace.register.people;
        let mapped = people
            .iter()
            .find(|p| p.accounts.iter().any(|a| same_account(a, &self.account)));
        let actor = |person: &Person, identity: &str| Actor {
            id: person.id.clone(),
            identity: identity.to_owned(),
        };
        if self.demo() {
            let person =
                mapped.or_else(|| people.iter().find(|p| p.roles.contains(&Role::Enter)))?;
            return Some((person, actor(person, "demo")));
        }
        mapped.map(|person| (person, actor(person, "os-account")))
    }

    /// Whether anything can be written at all.
    pub fn writable(&self) -> Result<(), Failure> {
        match (&self.refused, self.access) {
            (Some(refused), _) => Err(refused.clone()),
            (None, Access::ReadOnly) => {
                Err(Failure::usage(Message::new("session-read-only-asked"))
                    .next(Message::new("session-read-only-asked-next")))
            }
            (None, Access::ReadWrite) => Ok(()),
        }
    }

    /// The person who may enter figures, or why nobody may.
    pub fn may_enter(&self) -> Result<Actor, Failure> {
        self.writable()?;
        match self.person() {
            None => Err(Failure::usage(
                Message::new("session-nobody-mapped").with("account", self.account.as_str()),
            )
            .at("register/people.toml")
            .next(
                Message::new("session-nobody-mapped-next").with("account", self.account.as_str()),
            )),
            Some((person, actor))
                if person
                    .roles
                    .iter()
                    .any(|r| matches!(r, Role::Enter | Role::Admin)) =>
            {
                self.acting(person, actor)
            }
            Some((person, _)) => Err(Failure::usage(
                Message::new("session-role-missing")
                    .with("person", person.id.as_str())
                    .with("role", "enter"),
            )
            .at("register/people.toml")
            .next(Message::new("session-role-missing-next"))),
        }
    }

    /// The person who may change the office's files, or why nobody may.
    pub fn may_configure(&self) -> Result<Actor, Failure> {
        let is_demo = self.demo();
        match self.person() {
            Some((person, actor))
                if person
                    .roles
                    .iter()
                    .any(|r| *r == Role::Admin || (is_demo && *r == Role::Enter)) =>
            {
                self.writable()?;
                self.acting(person, actor)
            }
            // Who may not even enter figures hears why not.
            None => self.may_enter(),
            Some((person, _)) => {
                self.writable()?;
                Err(Failure::usage(
                    Message::new("session-role-missing")
                        .with("person", person.id.as_str())
                        .with("role", "admin"),
                )
                .at("register/people.toml")
                .next(Message::new("session-role-missing-next")))
            }
        }
    }

    /// Takes the right to write, waiting so long for another process.
    pub fn lock(&self, command: &str, wait: Duration) -> Result<WorkspaceLock, Failure> {
        self.lock_file(LOCK, command, wait)
    }

    /// The same for another right, which has its own file in the workspace.
    pub fn lock_file(
        &self,
        file: &str,
        command: &str,
        wait: Duration,
    ) -> Result<WorkspaceLock, Failure> {
        self.writable()?;
        let holder = Holder {
            pid: platform::process_id(),
            host: platform::host_name(),
            // The demo's clock stands still: a holder is a matter of this machine.
            since: platform::now(),
            command: format!("qd {command}"),
        };
        Ok(WorkspaceLock::acquire(
            &self.root().join(file),
            &holder,
            wait,
        )?)
    }

    /// Follows the log of people's acts once; from then on a break is among the findings.
    pub fn check_chain(&self) -> Result<(), Failure> {
        if let (Some(store), None) = (&self.store, self.chain.get()) {
            let broken_at = store.verify_chain()?.broken_at;
            let _ = self.chain.set(broken_at);
        }
        Ok(())
    }

    /// The last link of the log at a moment; `None` while nobody had acted.
    pub fn chain_head(&self, at: DateTime<Utc>) -> Result<Option<Head>, Failure> {
        Ok(match &self.store {
            Some(store) => store.head_as_of(at)?,
            None => None,
        })
    }

    /// The last recorded moment, the default date of a report.
    pub fn last_recorded(&self) -> Result<Option<DateTime<Utc>>, Failure> {
        Ok(match &self.store {
            Some(store) => store.last_recorded()?,
            None => None,
        })
    }

    /// Every moment at which something was recorded, oldest first.
    pub fn moments(&self) -> Result<Vec<DateTime<Utc>>, Failure> {
        Ok(match &self.store {
            Some(store) => store.moments()?,
            None => Vec::new(),
        })
    }

    /// A number that changes when another process writes.
    pub fn data_version(&self) -> Result<i64, Failure> {
        Ok(match &self.store {
            Some(store) => store.data_version()?,
            None => 0,
        })
    }
}

/// Accounts of Windows are told apart without their case and domain.
fn same_account(listed: &str, account: &str) -> bool {
    listed == account
        || (cfg!(windows)
            && listed
                .rsplit('\\')
                .next()
                .unwrap_or(listed)
                .eq_ignore_ascii_case(account))
}

/// `register/programmes/P12.toml:14`
pub fn place(problem: &workspace::Problem) -> String {
    match problem.line {
        Some(line) => format!("{}:{line}", problem.file),
        None => problem.file.clone(),
    }
}
