//! Programs of other makers. One that is missing is named, and its test passes.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Names the folder of a Python environment that has programs tests look for.
pub(crate) const PYTHON_ENVIRONMENT: &str = "QUARTERDECK_TEST_VENV";

/// The first of these programs that is installed; prints what is skipped when there is none.
pub fn find(what: &str, names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    if let Some(environment) = std::env::var_os(PYTHON_ENVIRONMENT) {
        folders.push(PathBuf::from(environment).join("bin"));
    }
    // Servers lie where an ordinary account does not look.
    folders.push(PathBuf::from("/usr/sbin"));
    let endings: &[&str] = if cfg!(windows) {
        &[".exe", ".cmd"]
    } else {
        &[""]
    };
    for name in names {
        for folder in &folders {
            for ending in endings {
                let file = folder.join(format!("{name}{ending}"));
                if file.is_file() {
                    return Some(file);
                }
            }
        }
    }
    skipped(what, names.first().copied().unwrap_or_default());
    None
}

/// Says that a test, or a part of one, was skipped; also where a test that passes prints nothing.
pub fn skipped(what: &str, needs: &str) {
    say(&format!("skipped: {what} needs {needs}"));
}

/// Says something also where a test that passes prints nothing: what is printed with a macro is kept
/// back by the test program.
pub fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// What a program printed; ends the test when it failed.
#[track_caller]
pub fn output(program: &Path, args: &[&OsStr]) -> String {
    let output = Command::new(program).args(args).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{} {args:?}: {text}{}",
        program.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    text
}

/// LibreOffice without a window, with a profile of its own: it allows one process per profile.
#[derive(Debug)]
pub struct Spreadsheet {
    program: PathBuf,
    profile: tempfile::TempDir,
}

impl Spreadsheet {
    /// None when it is missing, which is printed.
    pub fn find(what: &str) -> Option<Spreadsheet> {
        let program = find(what, &["soffice", "libreoffice"])?;
        let profile = tempfile::tempdir().unwrap();
        Some(Spreadsheet { program, profile })
    }

    /// Converts a file into as many files as its filter makes.
    pub fn convert_all(&self, file: &Path, filter: &str, out: &Path) {
        let said = self.run(file, None, filter, out);
        let made = std::fs::read_dir(out).unwrap().count();
        assert!(
            made > 0,
            "LibreOffice made nothing of {}: {said}",
            file.display()
        );
    }

    /// Converts a file into a folder; `filter` as `--convert-to` takes it, `reading` as `--infilter`.
    pub fn convert(&self, file: &Path, reading: Option<&str>, filter: &str, out: &Path) -> PathBuf {
        let said = self.run(file, reading, filter, out);
        let ending = filter.split(':').next().unwrap_or_default();
        let made = out.join(file.file_name().unwrap()).with_extension(ending);
        assert!(
            made.is_file(),
            "LibreOffice made nothing of {}: {said}",
            file.display()
        );
        made
    }

    /// Runs the program; what it said.
    fn run(&self, file: &Path, reading: Option<&str>, filter: &str, out: &Path) -> String {
        let mut command = Command::new(&self.program);
        // A file address has three slashes on every system.
        let profile = self.profile.path().to_string_lossy().replace('\\', "/");
        let profile = profile.trim_start_matches('/');
        command.arg(format!("-env:UserInstallation=file:///{profile}"));
        command.args(["--headless", "--norestore"]);
        if let Some(reading) = reading {
            command.arg(format!("--infilter={reading}"));
        }
        let output = command
            .args(["--convert-to", filter, "--outdir"])
            .arg(out)
            .arg(file)
            .output()
            .unwrap();
        format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )
    }
}
