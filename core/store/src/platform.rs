//! The calls that differ between Unix and Windows, or between a disk and a network share.

use std::io;
use std::path::{Path, PathBuf};

/// File systems on other machines, where the shared memory of a write-ahead log does not work.
const NETWORK: [&str; 13] = [
    "9p",
    "afs",
    "afpfs",
    "ceph",
    "cifs",
    "coda",
    "fuse.glusterfs",
    "fuse.sshfs",
    "ncpfs",
    "nfs",
    "nfs4",
    "smb3",
    "smbfs",
];

/// Whether nothing more fits onto the disk of a file. Tried, because free space is counted
/// differently by quotas; what was tried is taken away again.
pub(crate) fn is_full(file: &Path) -> bool {
    const PROBE: usize = 64 * 1024;
    let mut name = file.as_os_str().to_owned();
    name.push(format!("-{}.probe", std::process::id()));
    let probe = PathBuf::from(name);
    let outcome = std::fs::write(&probe, vec![1; PROBE]);
    let _ = std::fs::remove_file(&probe);
    outcome.is_err_and(|error| {
        matches!(
            error.kind(),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
        )
    })
}

/// Whether a process of this machine is running.
#[cfg(unix)]
pub(crate) fn is_running(process: u32) -> bool {
    Path::new("/proc").join(process.to_string()).exists()
}

/// Windows does not remove a file that another process has open: nothing has to be known here.
#[cfg(not(unix))]
pub(crate) fn is_running(_process: u32) -> bool {
    false
}

/// The kind of network file system `path` lies on, if it does.
#[cfg(unix)]
pub(crate) fn network_share(path: &Path) -> Option<String> {
    let mounts = std::fs::read_to_string("/proc/mounts").ok()?;
    let full = std::path::absolute(path).ok()?;
    let real = full
        .parent()
        .and_then(|p| p.canonicalize().ok())
        .unwrap_or(full);
    network_kind(&mounts, &real)
}

/// A path that begins with two backslashes is a share; a mapped drive letter cannot be told.
#[cfg(not(unix))]
pub(crate) fn network_share(path: &Path) -> Option<String> {
    use std::path::{Component, Prefix};
    match std::path::absolute(path).ok()?.components().next()? {
        Component::Prefix(prefix) => match prefix.kind() {
            Prefix::UNC(..) | Prefix::VerbatimUNC(..) => Some("smb".to_owned()),
            _ => None,
        },
        _ => None,
    }
}

/// The network file system of the longest mount point above `real`.
fn network_kind(mounts: &str, real: &Path) -> Option<String> {
    let mut best: Option<(usize, &str)> = None;
    for line in mounts.lines() {
        let mut words = line.split_whitespace().skip(1);
        let (Some(point), Some(kind)) = (words.next(), words.next()) else {
            continue;
        };
        // Blanks in mount points are written as octal.
        let point = point.replace("\\040", " ").replace("\\011", "\t");
        let length = point.len();
        // Of two mounts on one point the later one lies on top.
        if real.starts_with(&point) && best.is_none_or(|(known, _)| length >= known) {
            best = Some((length, kind));
        }
    }
    best.map(|(_, kind)| kind)
        .filter(|kind| NETWORK.contains(kind))
        .map(str::to_owned)
}

/// Makes a rename in `folder` survive a power cut.
#[cfg(unix)]
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    std::fs::File::open(folder)?.sync_all()
}

/// Windows keeps the folder's own record; there is nothing to call.
#[cfg(not(unix))]
pub(crate) fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// Where the holder of a lock is written. On Windows a locked file cannot be read by others, so
/// the holder's name lies beside it.
pub(crate) fn holder_file(lock: &Path) -> PathBuf {
    if cfg!(windows) {
        lock.with_extension("lock-holder")
    } else {
        lock.to_owned()
    }
}

/// A processor core.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Core(#[cfg(target_os = "linux")] usize);

impl Core {
    /// The one that the calling thread runs on at the moment.
    #[cfg(target_os = "linux")]
    pub fn in_use() -> Core {
        Core(rustix::thread::sched_getcpu())
    }

    /// Leaves it to others, where the calling thread may run elsewhere. Some systems, virtual ones above all, start a
    /// thread beside the one that started it and move it only after the milliseconds it was there for.
    #[cfg(target_os = "linux")]
    pub fn leave(self) {
        use rustix::thread::{sched_getaffinity, sched_setaffinity};
        // What cannot be set makes nothing wrong, only slower.
        if let Ok(mut cores) = sched_getaffinity(None)
            && cores.count() > 1
            && self.is_known()
        {
            cores.unset(self.0);
            let _ = sched_setaffinity(None, &cores);
        }
    }

    /// The calling thread stays on it while another does part of its work, where there are two cores. Whoever is woken
    /// by that other one is put beside it otherwise, and both share a core while this one is idle.
    #[cfg(target_os = "linux")]
    pub fn keep(self) -> Kept {
        use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
        // The other thread begins on this core: it may leave it at once.
        std::thread::yield_now();
        let cores = sched_getaffinity(None).ok();
        let before = cores.filter(|set| set.count() == 2 && self.is_known());
        if before.is_some() {
            let mut only = CpuSet::new();
            only.set(self.0);
            let _ = sched_setaffinity(None, &only);
        }
        Kept {
            before: before.map(|before| (std::thread::current().id(), before)),
        }
    }

    /// Some sandboxes do not say which it is.
    #[cfg(target_os = "linux")]
    fn is_known(self) -> bool {
        self.0 < rustix::thread::CpuSet::MAX_CPU
    }

    /// Other systems find a free one by themselves.
    #[cfg(not(target_os = "linux"))]
    pub fn keep(self) -> Kept {
        Kept {}
    }

    /// Other systems find a free one by themselves.
    #[cfg(not(target_os = "linux"))]
    pub fn in_use() -> Core {
        Core()
    }

    /// Other systems find a free one by themselves.
    #[cfg(not(target_os = "linux"))]
    pub fn leave(self) {}
}

/// That a thread stays on a core, until it is dropped by that thread.
#[derive(Debug)]
#[must_use]
pub struct Kept {
    /// Who stays, and the cores it may run on afterwards.
    #[cfg(target_os = "linux")]
    before: Option<(std::thread::ThreadId, rustix::thread::CpuSet)>,
}

impl Drop for Kept {
    fn drop(&mut self) {
        #[cfg(target_os = "linux")]
        if let Some((thread, before)) = &self.before
            && *thread == std::thread::current().id()
        {
            let _ = rustix::thread::sched_setaffinity(None, before);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn a_thread_leaves_the_core_of_another_if_there_is_one_left() {
        use rustix::thread::sched_getaffinity;
        let before = sched_getaffinity(None).unwrap();
        let core = Core::in_use();
        let after = std::thread::spawn(move || {
            core.leave();
            sched_getaffinity(None).unwrap()
        });
        let after = after.join().unwrap();
        if before.count() > 1 {
            assert!(!after.is_set(core.0));
            assert_eq!(after.count(), before.count() - 1);
        } else {
            println!("skipped: one core");
            assert_eq!(after, before);
        }
        assert_eq!(sched_getaffinity(None).unwrap(), before);
        // The other one stays there until its work is done.
        let kept = Core::in_use().keep();
        let expected = if before.count() == 2 {
            1
        } else {
            before.count()
        };
        assert_eq!(sched_getaffinity(None).unwrap().count(), expected);
        drop(kept);
        assert_eq!(sched_getaffinity(None).unwrap(), before);
    }

    #[test]
    fn a_share_is_told_from_a_disk() {
        let mounts = "/dev/sda1 / ext4 rw 0 0\nserver:/x /home/office nfs4 rw 0 0\n//nas/q /mnt/our\\040share cifs rw 0 0\n/dev/sdb1 /home/office/local ext4 rw 0 0\n";
        let kind = |path: &str| network_kind(mounts, Path::new(path));
        assert_eq!(kind("/var/lib"), None);
        assert_eq!(kind("/home/office/q").as_deref(), Some("nfs4"));
        assert_eq!(kind("/home/office/local/q"), None);
        assert_eq!(kind("/home/officer"), None);
        assert_eq!(kind("/mnt/our share/q").as_deref(), Some("cifs"));
    }
}
