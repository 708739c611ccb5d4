//! Making a new workspace from the embedded starter.

use super::folder::{SETTINGS, shown};
use quarterdeck_kpi::message::Message;
use std::fs;
use std::io;
use std::path::Path;

/// Paths of the starter with their embedded bytes.
macro_rules! starter {
    ($folder:literal: $($path:literal),* $(,)?) => {
        &[$(($path, include_bytes!(concat!("../../../assets/", $folder, $path)))),*]
    };
}

/// Files of `assets/workspace`, in order of path.
static WORKSPACE: &[(&str, &[u8])] = starter! {
    "workspace/":
    "quarterdeck.toml",
    "register/agencies.toml",
    "register/budget.toml",
    "register/context.toml",
    "register/framework.toml",
    "register/people.toml",
    "register/plans.toml",
    "register/portfolio.toml",
    "register/programmes/P01.toml",
    "register/programmes/P02.toml",
    "register/programmes/P03.toml",
    "register/programmes/P04.toml",
    "register/programmes/P05.toml",
    "register/programmes/P06.toml",
    "register/programmes/P07.toml",
    "register/programmes/P08.toml",
    "register/programmes/P09.toml",
    "register/programmes/P10.toml",
    "register/programmes/P11.toml",
    "register/programmes/P12.toml",
    "register/programmes/P13.toml",
    "register/programmes/P14.toml",
    "register/programmes/P15.toml",
    "register/programmes/P16.toml",
    "register/programmes/P17.toml",
    "register/programmes/P18.toml",
    "register/programmes/P19.toml",
    "register/programmes/P20.toml",
    "register/programmes/P21.toml",
    "register/programmes/P22.toml",
    "register/programmes/P23.toml",
    "register/programmes/P24.toml",
    "register/programmes/P25.toml",
    "register/programmes/P26.toml",
    "register/programmes/P27.toml",
    "register/programmes/P28.toml",
    "register/programmes/P29.toml",
    "register/rules.toml",
    "register/validation.toml",
};

/// Presets of real sources: files of `assets/sources`, in order of path.
static SOURCES: &[(&str, &[u8])] = starter! {
    "":
    "sources/agency-inbox.toml",
    "sources/agency-sheet.toml",
    "sources/ckan-example.toml",
    "sources/datagovtw-catalogue.toml",
    "sources/datagovtw-statistics.toml",
    "sources/dgbas-statistics.toml",
    "sources/file-drop.toml",
    "sources/gdb-programmes.toml",
    "sources/gpmnet-execution.toml",
    "sources/gpmnet-plans.toml",
    "sources/health-example.toml",
    "sources/join-idea.toml",
    "sources/mydata-resources.toml",
    "sources/mydata-services.toml",
    "sources/odata-example.toml",
    "sources/openmetrics-example.toml",
    "sources/prometheus-example.toml",
    "sources/sql-postgres-example.toml",
    "sources/sql-sqlite-example.toml",
    "sources/pcc-awards.toml",
    "sources/targets-example.toml",
};

/// The starter workspace: paths with `/`, and bytes, in order of path.
pub fn embedded() -> impl Iterator<Item = (&'static str, &'static [u8])> {
    WORKSPACE.iter().chain(SOURCES).copied()
}

/// Makes a workspace in a folder that is empty or not there yet, and says which files it wrote.
/// On an error nothing is left behind.
pub fn init(root: &Path) -> Result<Vec<String>, Message> {
    let fail = |error: io::Error| {
        Message::new("workspace-not-made")
            .with("folder", shown(root))
            .with("reason", crate::platform::file_trouble(&error))
    };
    let existed = match fs::read_dir(root) {
        Ok(mut entries) => {
            if entries.next().is_some() {
                return Err(Message::new("workspace-folder-not-empty").with("folder", shown(root)));
            }
            true
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return Err(fail(error)),
    };
    let made = write_all(root);
    if made.is_err() {
        // Only what this call could have made is taken away: the folder was empty before.
        let _ = fs::remove_file(root.join(SETTINGS));
        let _ = fs::remove_dir_all(root.join("register"));
        let _ = fs::remove_dir_all(root.join("sources"));
        if !existed {
            let _ = fs::remove_dir(root);
        }
    }
    made.map_err(fail)
}

fn write_all(root: &Path) -> io::Result<Vec<String>> {
    fs::create_dir_all(root.join("register").join("programmes"))?;
    fs::create_dir_all(root.join("sources"))?;
    let mut written = Vec::new();
    // The settings file makes a folder a workspace, so it comes last.
    let (last, others): (Vec<_>, Vec<_>) = embedded().partition(|(path, _)| *path == SETTINGS);
    for (path, bytes) in others.into_iter().chain(last) {
        let place = path
            .split('/')
            .fold(root.to_owned(), |place, part| place.join(part));
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(place)?;
        io::Write::write_all(&mut file, bytes)?;
        file.sync_all()?;
        written.push(path.to_owned());
    }
    written.sort();
    Ok(written)
}
