//! What a command that was killed leaves behind: files and folders that were being written, under
//! hidden names of our own beside the place they were meant for.

use crate::platform;
use std::fs::Metadata;
use std::path::Path;
use std::time::Duration;

/// Whatever wrote it: after so long nobody is still writing it.
const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The name under which a file or folder is written until it is whole: `.NAME.PROCESS@MACHINE.new`.
/// `part` tells several of one process apart.
pub(crate) fn temporary(name: &str, part: &str) -> String {
    format!(".{name}.{}@{}{part}.new", platform::process_id(), machine())
}

/// The machine's name in letters that every file system takes.
fn machine() -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let name = platform::host_name();
    name.chars().filter(|c| plain(*c)).take(40).collect()
}

/// Whose file a name of ours says it is.
#[derive(Debug, PartialEq, Eq)]
struct Owner<'a> {
    process: u32,
    /// Not said in names of files that are written in a moment.
    machine: Option<&'a str>,
}

/// Reads a name of ours; `None` for everybody else's.
fn owner(name: &str) -> Option<Owner<'_>> {
    let bare = name.strip_prefix('.')?;
    // What SQLite keeps beside a copy it is writing.
    let ending = ["-journal", "-wal", "-shm"];
    let bare = ending
        .iter()
        .find_map(|ending| bare.strip_suffix(ending))
        .unwrap_or(bare);
    let words: Vec<&str> = bare.strip_suffix(".new")?.split('.').skip(1).collect();
    let said = words.iter().find_map(|word| {
        let (process, machine) = word.split_once('@')?;
        let process = number(process)?;
        let machine = Some(machine);
        Some(Owner { process, machine })
    });
    said.or_else(|| {
        // One of several files of a process has its number behind it.
        let last = words.last()?;
        let (process, of) = last.split_once('-').unwrap_or((last, "0"));
        number(of)?;
        Some(Owner {
            process: number(process)?,
            machine: None,
        })
    })
}

fn number(text: &str) -> Option<u32> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// Whether a name is one of a file that is still being written, or was when its process ended.
pub(crate) fn is_temporary(name: &str) -> bool {
    owner(name).is_some()
}

/// Takes away what commands that were killed left in a folder: names of ours whose process does not
/// live on this machine, and any that nothing was written to for a day. What cannot be taken away
/// stays and harms nobody.
pub(crate) fn sweep(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(owner) = name.to_str().and_then(owner) else {
            continue;
        };
        let Ok(found) = entry.metadata() else {
            continue;
        };
        if is_dead(&owner) || is_old(&found) {
            remove(&entry.path());
        }
    }
}

fn is_dead(owner: &Owner<'_>) -> bool {
    let is_here = owner
        .machine
        .is_none_or(|machine| machine == self::machine());
    is_here && !platform::may_be_running(owner.process)
}

fn is_old(found: &Metadata) -> bool {
    let age = found.modified().ok().and_then(platform::age);
    age.is_some_and(|age| age > A_DAY)
}

/// Removes a file, or a folder with all that is in it.
pub(crate) fn remove(path: &Path) {
    let is_folder = std::fs::symlink_metadata(path).is_ok_and(|found| found.is_dir());
    let _ = match is_folder {
        true => std::fs::remove_dir_all(path),
        false => std::fs::remove_file(path),
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::time::SystemTime;

    /// Above every number that a system gives to a process.
    const NOBODY: u32 = 4_100_000_000;

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap().flatten();
        let mut names: Vec<String> = entries
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn what_a_dead_process_left_goes_and_what_others_have_stays() {
        let folder = tempfile::tempdir().unwrap();
        let here = machine();
        let mine = temporary("kept.zip", ".db");
        let dead = [
            format!(".kept.zip.{NOBODY}@{here}.new"),
            format!(".kept.zip.{NOBODY}@{here}.db.new"),
            format!(".kept.zip.{NOBODY}@{here}.db.new.{NOBODY}.new"),
            format!(".kept.zip.{NOBODY}@{here}.db.new.{NOBODY}.new-journal"),
            format!(".2025Q3.{NOBODY}.zip.new.{NOBODY}.new"),
            format!(".programmes.csv.{NOBODY}-0.new"),
        ];
        let stays = [
            mine.clone(),
            format!(".kept.zip.{NOBODY}@another-machine.new"),
            format!(".kept.zip.{NOBODY}@another-machine.db.new.{NOBODY}.new"),
            format!("kept.zip.{NOBODY}.new"),
            format!(".kept.zip.{NOBODY}.new.bak"),
            format!(".{NOBODY}.new"),
            ".notes.new".to_owned(),
            ".a.b-1.new".to_owned(),
            ".git".to_owned(),
            "kept.zip".to_owned(),
        ];
        for name in dead.iter().chain(&stays) {
            std::fs::write(folder.path().join(name), "x").unwrap();
        }
        let bag = folder.path().join(format!(".2025Q3.{NOBODY}@{here}.new"));
        std::fs::create_dir_all(bag.join("data")).unwrap();
        std::fs::write(bag.join("data/README.md"), "x").unwrap();
        sweep(folder.path());
        let mut expected = stays.to_vec();
        expected.sort();
        // Where it cannot be known whether a process lives, only old files go.
        if Path::new("/proc/self").exists() {
            assert_eq!(names(folder.path()), expected);
        }
        assert!(names(folder.path()).contains(&mine));
    }

    #[test]
    fn what_nobody_wrote_to_for_a_day_goes_whoever_had_it() {
        let folder = tempfile::tempdir().unwrap();
        let aged = |name: &str, hours: u64| {
            let file = File::create(folder.path().join(name)).unwrap();
            let then = SystemTime::now() - Duration::from_secs(hours * 3600);
            file.set_modified(then).unwrap();
        };
        let mine = temporary("kept.zip", "");
        aged(&mine, 23);
        aged(&temporary("old.zip", ""), 25);
        aged(".kept.zip.5@another-machine.new", 25);
        aged(".kept.zip.new", 25);
        sweep(folder.path());
        let mut expected = vec![".kept.zip.new".to_owned(), mine];
        expected.sort();
        assert_eq!(names(folder.path()), expected);
    }
}
