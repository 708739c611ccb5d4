//! What differs between machines and operating systems: the clock, who is at the keyboard, the
//! name of the machine, and how a file is replaced. The only file that asks the system for these.

use chrono::{DateTime, SubsecRound, Utc};
use quarterdeck_kpi::message::Message;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Tells the time. Everything that needs it takes it as an argument.
pub trait Clock: Send + Sync {
    /// The instant, UTC, whole microseconds: what the store keeps.
    fn now(&self) -> DateTime<Utc>;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        now()
    }
}

/// A clock that stands still: the demo's, and the one of tests.
#[derive(Debug, Clone, Copy)]
pub struct FixedClock(pub DateTime<Utc>);

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        self.0
    }
}

/// The instant by the machine's clock, in whole microseconds.
pub fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}

/// Process id.
pub fn process_id() -> u32 {
    std::process::id()
}

/// Whether a process of this machine may be running; where that cannot be seen, any may.
pub(crate) fn may_be_running(process: u32) -> bool {
    let processes = Path::new("/proc");
    !processes.join("self").exists() || processes.join(process.to_string()).exists()
}

/// How long ago something was, by the machine's clock; `None` for what lies ahead.
pub(crate) fn age(then: std::time::SystemTime) -> Option<std::time::Duration> {
    std::time::SystemTime::now().duration_since(then).ok()
}

/// Account of the operating system this process runs under, for example `chen.ya-ting`. It is the
/// system's word, not the environment's: `USER=somebody-else` does not change it.
pub fn account_name() -> String {
    system_account()
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "unknown".to_owned())
}

/// The account of the process in `/etc/passwd`, or as the system's own name service tells it.
#[cfg(unix)]
fn system_account() -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    // The folder of a process belongs to the account it runs under.
    let user = std::fs::metadata("/proc/self").ok()?.uid();
    let listed = std::fs::read_to_string("/etc/passwd")
        .ok()
        .and_then(|accounts| {
            accounts.lines().find_map(|line| {
                let mut fields = line.split(':');
                let name = fields.next()?;
                (fields.nth(1)?.parse() == Ok(user)).then(|| name.to_owned())
            })
        });
    listed
        .or_else(|| spoken("/usr/bin/id", &["-un"]))
        .or_else(|| Some(format!("uid-{user}")))
}

/// `DOMAIN\account` without its domain.
#[cfg(not(unix))]
fn system_account() -> Option<String> {
    let root = std::env::var_os("SystemRoot")?;
    let whoami = PathBuf::from(root).join("System32").join("whoami.exe");
    let full = spoken(&whoami.to_string_lossy(), &[])?;
    Some(full.rsplit('\\').next().unwrap_or(&full).to_owned())
}

/// What a program of the system says, one line.
fn spoken(program: &str, arguments: &[&str]) -> Option<String> {
    let output = std::process::Command::new(program)
        .args(arguments)
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let line = text.lines().next()?.trim().to_owned();
    (output.status.success() && !line.is_empty()).then_some(line)
}

/// Name of the machine, or `unknown`.
pub fn host_name() -> String {
    #[cfg(unix)]
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname")
        .or_else(|_| std::fs::read_to_string("/etc/hostname"))
        .ok();
    #[cfg(not(unix))]
    let name = std::env::var("COMPUTERNAME").ok();
    name.map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "unknown".to_owned())
}

/// Where programs keep what they remember for a person: `%APPDATA%`, `$XDG_CONFIG_HOME`, `~/.config`.
pub fn settings_folder() -> Option<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from);
    #[cfg(windows)]
    let folder = variable("APPDATA");
    #[cfg(not(windows))]
    let folder = variable("XDG_CONFIG_HOME")
        .filter(|folder| folder.is_absolute())
        .or_else(|| variable("HOME").map(|home| home.join(".config")));
    folder.filter(|folder| folder.is_absolute())
}

/// Replaces a file at once: readers see the old bytes or the new ones, never half of them. The
/// new bytes are on the disk before the name moves.
pub fn replace_file(target: &Path, bytes: &[u8]) -> Result<(), Message> {
    let folder = target
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let (temporary, mut file) =
        temporary_beside(folder, target).map_err(|e| refused(target, &e))?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    drop(file);
    let moved = written.and_then(|()| rename_over(&temporary, target));
    match moved {
        Ok(()) => {
            // The rename is done; that its folder could not be flushed takes nothing back.
            let _ = sync_folder(folder);
            Ok(())
        }
        Err(error) => {
            let _ = std::fs::remove_file(&temporary);
            Err(refused(target, &error))
        }
    }
}

/// Makes a folder that is not there yet, which only this account can enter where the system has such a right.
pub(crate) fn create_own_folder(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Writes a file that is not there yet, as a whole; one that is there stays as it is, and the error
/// says [`io::ErrorKind::AlreadyExists`].
pub fn create_file(target: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = target
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let (temporary, mut file) = temporary_beside(folder, target)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    drop(file);
    // A second name fails where the name is taken, which a rename would not.
    let linked = written.and_then(|()| match std::fs::hard_link(&temporary, target) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            // A file system without second names.
            let mut file = OpenOptions::new()
                .write(true)
                .create_new(true)
                .open(target)?;
            let written = file.write_all(bytes).and_then(|()| file.sync_all());
            if written.is_err() {
                let _ = std::fs::remove_file(target);
            }
            written
        }
        other => other,
    });
    let _ = std::fs::remove_file(&temporary);
    if linked.is_ok() {
        let _ = sync_folder(folder);
    }
    linked
}

/// A new file in the folder, under a name nobody else uses.
fn temporary_beside(folder: &Path, target: &Path) -> io::Result<(PathBuf, File)> {
    let name = target
        .file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default();
    for number in 0..100u32 {
        let path = folder.join(format!(".{name}.{}-{number}.new", process_id()));
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            other => return other.map(|file| (path, file)),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

#[cfg(unix)]
fn rename_over(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::rename(from, to)
}

/// A spreadsheet or a virus scanner may hold the target for a moment: it is tried for a second.
#[cfg(not(unix))]
fn rename_over(from: &Path, to: &Path) -> io::Result<()> {
    let mut tries = 0;
    loop {
        match std::fs::rename(from, to) {
            Err(error) if tries < 20 && held_open(&error) => {
                tries += 1;
                std::thread::sleep(std::time::Duration::from_millis(50));
            }
            other => return other,
        }
    }
}

#[cfg(unix)]
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
pub(crate) fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// Whether another program holds the file: 32 and 33 are sharing and lock violations of Windows,
/// which also answers "access denied" for a file that is open.
fn held_open(error: &io::Error) -> bool {
    cfg!(windows)
        && (matches!(error.raw_os_error(), Some(32 | 33))
            || error.kind() == io::ErrorKind::PermissionDenied)
}

/// Why a file could not be written: what, where, what to do.
pub(crate) fn refused(target: &Path, error: &io::Error) -> Message {
    let (id, next) = if held_open(error) {
        ("net-file-held-open", "net-file-held-open-next")
    } else {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                ("net-file-disk-full", "net-file-disk-full-next")
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                ("net-file-read-only", "net-file-read-only-next")
            }
            _ => ("net-file-failed", "net-file-failed-next"),
        }
    };
    Message::new(id)
        .with("file", target.to_string_lossy().into_owned())
        .with("detail", file_trouble(error))
        .with("next", Message::new(next))
}

/// What the system says about a file, in the reader's language where it is one of the usual things.
pub(crate) fn file_trouble(error: &io::Error) -> Message {
    let id = match error.kind() {
        io::ErrorKind::NotFound => "io-not-found",
        io::ErrorKind::PermissionDenied => "io-not-allowed",
        io::ErrorKind::IsADirectory => "io-a-folder",
        io::ErrorKind::NotADirectory => "io-not-a-folder",
        io::ErrorKind::AlreadyExists => "io-is-there",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "io-full",
        io::ErrorKind::ReadOnlyFilesystem => "io-only-read",
        _ => {
            let detail = quarterdeck_kpi::text::clean(&error.to_string());
            return Message::new("io-other").with("detail", detail);
        }
    };
    Message::new(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("報表.csv");
        replace_file(&target, b"old").unwrap();
        replace_file(&target, b"new and longer").unwrap();
        assert_eq!(std::fs::read(&target).unwrap(), b"new and longer");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_is_there_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("sources/a.toml");
        create_file(&target, b"first").unwrap();
        let error = create_file(&target, b"second").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read(&target).unwrap(), b"first");
        let left = std::fs::read_dir(folder.path().join("sources")).unwrap();
        assert_eq!(left.count(), 1);
    }

    #[test]
    fn a_refused_target_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let message = replace_file(&folder.path().join("missing/a.csv"), b"x").unwrap_err();
        assert_eq!(message.id, "net-file-failed");
        assert!(message.to_string().contains("a.csv"), "{message}");
        let taken = folder.path().join("a-folder");
        std::fs::create_dir(&taken).unwrap();
        assert!(replace_file(&taken, b"x").is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn the_machine_says_who_and_where() {
        assert!(!account_name().is_empty());
        assert!(!host_name().is_empty());
        assert_eq!(now().timestamp_subsec_nanos() % 1000, 0);
    }
}
