//! The demo's folder under runs that are cut off, repeated, or in each other's way.

use super::*;
use crate::failure::Exit;
use crate::platform;
use crate::session::LOCK;
use quarterdeck_store::{Holder, WorkspaceLock};

fn all(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with(LOCK) {
                let name = path.strip_prefix(folder).unwrap().to_owned();
                found.push((name, std::fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_folder_that_is_not_a_demo_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("letter.txt"), "keep me").unwrap();
    let error = make(folder.path(), &mut |_| {}, &AtomicBool::new(false)).unwrap_err();
    assert_eq!(
        (error.code.as_str(), error.exit),
        ("demo-folder-not-demo", Exit::Usage)
    );
    assert_eq!(all(folder.path()).len(), 1, "nothing was changed");
}

#[test]
fn a_demo_somebody_writes_to_is_busy_and_stays() {
    let folder = tempfile::tempdir().unwrap();
    let stopped = AtomicBool::new(true);
    make(folder.path(), &mut |_| {}, &stopped).unwrap();
    let before = all(folder.path());
    let holder = Holder {
        pid: 4242,
        host: "desk-7".to_owned(),
        since: platform::now(),
        command: "qd collect".to_owned(),
    };
    let lock = WorkspaceLock::acquire(
        &folder.path().join(LOCK),
        &holder,
        std::time::Duration::ZERO,
    )
    .unwrap();
    let error = make(folder.path(), &mut |_| {}, &stopped).unwrap_err();
    assert_eq!(error.exit, Exit::Busy);
    assert!(error.what.to_string().contains("desk-7"), "{}", error.what);
    assert!(all(folder.path()) == before, "nothing was touched");
    drop(lock);
}

#[test]
fn whatever_cut_a_run_off_the_next_one_makes_the_same_bytes() {
    let (torn, fresh) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let run = AtomicBool::new(false);
    // Cut off before the settings were there.
    std::fs::write(torn.path().join(LOCK), "").unwrap();
    std::fs::write(torn.path().join(".quarterdeck.toml.77-0.new"), "format").unwrap();
    // Stopped after two quarters.
    let mut stop_after_two = |step: Step| run.store(step.done == 2, Ordering::SeqCst);
    let stopped = make(torn.path(), &mut stop_after_two, &run).unwrap();
    assert!(stopped.interrupted && !is_whole(torn.path()));
    std::fs::remove_file(torn.path().join(".quarterdeck.toml.77-0.new")).unwrap();
    // Killed in the middle of its files and its database.
    std::fs::remove_dir_all(torn.path().join("register")).unwrap();
    std::fs::write(torn.path().join("quarterdeck.db"), "half").unwrap();
    let report = torn.path().join("reports/2024Q4/mine.pdf");
    std::fs::create_dir_all(report.parent().unwrap()).unwrap();
    std::fs::write(&report, "mine").unwrap();

    run.store(false, Ordering::SeqCst);
    std::thread::scope(|scope| {
        for folder in [torn.path(), fresh.path()] {
            let run = &run;
            scope.spawn(move || assert!(!make(folder, &mut |_| {}, run).unwrap().interrupted));
        }
    });
    assert!(is_whole(torn.path()) && is_whole(fresh.path()));
    assert_eq!(
        std::fs::read(&report).unwrap(),
        b"mine",
        "a report of another quarter stays"
    );
    std::fs::remove_dir_all(torn.path().join("reports/2024Q4")).unwrap();
    let (torn, fresh) = (all(torn.path()), all(fresh.path()));
    let names =
        |files: &[(PathBuf, Vec<u8>)]| files.iter().map(|(n, _)| n.clone()).collect::<Vec<_>>();
    assert_eq!(names(&torn), names(&fresh));
    for ((name, one), (_, other)) in torn.iter().zip(&fresh) {
        assert!(one == other, "{} differs", name.display());
    }
}
