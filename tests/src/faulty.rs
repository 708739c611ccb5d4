//! A disk that fails at the k-th write, and a process that dies in the middle of it: a small library
//! that is loaded before the C library (`faulty_disk.c`). The program under test is the real one.

use crate::{program, tools};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const SOURCE: &str = include_str!("faulty_disk.c");

/// What happens at a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// No room is left, from this write on.
    Full,
    /// SIGKILL, with half of it written.
    Kill,
}

/// The library.
#[derive(Debug)]
pub struct Disk {
    folder: tempfile::TempDir,
    library: PathBuf,
}

impl Disk {
    /// Makes the library; `None`, which is printed, where that cannot be done.
    pub fn find(what: &str) -> Option<Disk> {
        if !cfg!(target_os = "linux") {
            tools::skipped(what, "Linux");
            return None;
        }
        let compiler = tools::find(what, &["cc", "gcc", "clang"])?;
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("faulty_disk.c");
        let library = folder.path().join("faulty_disk.so");
        std::fs::write(&source, SOURCE).unwrap();
        let made = Command::new(compiler)
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .arg(&library)
            .arg(&source)
            .arg("-ldl")
            .stderr(Stdio::null())
            .status();
        if made.is_ok_and(|status| status.success()) {
            return Some(Disk { folder, library });
        }
        tools::skipped(what, "a C compiler with its headers");
        None
    }

    /// A run of `qd` whose write of this number below a folder goes wrong; from 1, 0: none does.
    pub fn command(
        &self,
        root: &Path,
        below: &Path,
        args: &[&str],
        at: u64,
        fault: Fault,
    ) -> Command {
        let _ = std::fs::remove_file(self.count_file());
        let mut command = program::command(root, args);
        command
            .env("LD_PRELOAD", &self.library)
            .env("QD_FAULT_FOLDER", below)
            .env("QD_FAULT_AT", at.to_string())
            .env(
                "QD_FAULT_KILL",
                if fault == Fault::Kill { "1" } else { "0" },
            )
            .env("QD_FAULT_COUNT", self.count_file());
        command
    }

    fn count_file(&self) -> PathBuf {
        self.folder.path().join("count")
    }

    /// Writes of the last run that came to its end.
    pub fn writes(&self) -> u64 {
        let text = std::fs::read_to_string(self.count_file()).unwrap_or_default();
        text.parse().unwrap_or_default()
    }
}

/// A process whose own writes can be made to fail: a test that runs once more, by [`Disk::inside`].
#[derive(Debug)]
pub struct Inside {
    control: PathBuf,
    count: PathBuf,
    share: (u64, u64),
}

impl Inside {
    /// This process, if it is one.
    pub fn find() -> Option<Inside> {
        let control = std::env::var_os("QD_FAULT_CONTROL")?.into();
        let count = std::env::var_os("QD_FAULT_COUNT")?.into();
        let share = std::env::var("QD_FAULT_SHARE").ok()?;
        let (number, of) = share.split_once('/')?;
        Some(Inside {
            control,
            count,
            share: (number.parse().ok()?, of.parse().ok()?),
        })
    }
    /// The rounds of these that are this process's.
    pub fn own(&self, rounds: impl Iterator<Item = u64>) -> Vec<u64> {
        let (number, of) = self.share;
        rounds.filter(|round| round % of == number).collect()
    }
    /// Does something while no room is left below a folder from the write of this number on; from 1,
    /// 0: none fails. Gives what came of it, and how often it wrote.
    pub fn full<T>(&self, below: &Path, at: u64, act: impl FnOnce() -> T) -> (T, u64) {
        let say = |text: String| std::fs::write(&self.control, text).unwrap();
        say(format!("{at} {}", below.display()));
        let done = act();
        say("0 ".to_owned());
        let count = std::fs::read_to_string(&self.count).unwrap_or_default();
        (done, count.parse().unwrap())
    }
}

impl Disk {
    /// Runs a test of this program once more, in so many processes at once; gives what each printed.
    pub fn inside(&self, test: &str, processes: u64) -> Vec<String> {
        let begin = |number: u64| {
            let file = |name: &str| self.folder.path().join(format!("{name}-{number}"));
            std::fs::write(file("control"), "").unwrap();
            Command::new(std::env::current_exe().unwrap())
                .args([test, "--exact", "--nocapture"])
                .env("LD_PRELOAD", &self.library)
                .env("QD_FAULT_CONTROL", file("control"))
                .env("QD_FAULT_COUNT", file("count"))
                .env("QD_FAULT_SHARE", format!("{number}/{processes}"))
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        };
        let begun: Vec<Child> = (0..processes).map(begin).collect();
        let ended = begun.into_iter().map(|child| {
            let output = child.wait_with_output().unwrap();
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let (out, err) = (text(&output.stdout), text(&output.stderr));
            assert!(output.status.success(), "{out}\n{err}");
            out
        });
        ended.collect()
    }
}

/// Numbers that look random and are the same on every machine.
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    /// Begins with the seed that `QUARTERDECK_SEED` asks for.
    pub fn new() -> Dice {
        Dice(seed())
    }
    /// A number below this one.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit.max(1)
    }
}

impl Default for Dice {
    fn default() -> Self {
        Self::new()
    }
}

/// The seed of [`Dice`].
pub fn seed() -> u64 {
    let asked = std::env::var("QUARTERDECK_SEED").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(0x5eed)
}

/// How many rounds: the whole number with `QUARTERDECK_FAULTS`, else so many as a minute allows.
pub fn rounds(whole: u64, usual: u64) -> u64 {
    match asked_for_all() {
        true => whole,
        false => whole.min(usual),
    }
}

/// `QUARTERDECK_FAULTS` asks for all rounds.
pub fn asked_for_all() -> bool {
    std::env::var_os("QUARTERDECK_FAULTS").is_some()
}
