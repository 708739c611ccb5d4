//! The demo, made once per test program by the real `qd`.

use crate::program::{Answer, command, valid};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// A finished demo.
#[derive(Debug)]
pub struct Demo {
    folder: tempfile::TempDir,
    /// What `qd demo` printed.
    pub said: Answer,
}

impl Demo {
    /// The workspace.
    pub fn root(&self) -> PathBuf {
        self.folder.path().join("demo")
    }
    /// The folder of the report that `qd demo` wrote.
    pub fn report(&self) -> PathBuf {
        self.root().join("reports/2025Q4")
    }
    /// Runs `qd` in the workspace.
    pub fn qd(&self, args: &[&str]) -> Answer {
        crate::program::qd(&self.root(), args)
    }
}

/// Makes a demo on a machine that is set up as these variables say.
pub fn make(name: &str, variables: &[(&str, &str)]) -> Demo {
    let folder = tempfile::Builder::new().prefix(name).tempdir().unwrap();
    let mut command = command(folder.path(), &["demo", "--dir", "demo"]);
    command
        .env_remove("QD_LANG")
        .envs(variables.iter().copied());
    let said = Answer::from(command.output().unwrap()).expect(0);
    Demo { folder, said }
}

/// The demo of this test program.
pub fn shared() -> &'static Demo {
    static DEMO: OnceLock<Demo> = OnceLock::new();
    DEMO.get_or_init(|| make("qd-demo-", &[]))
}

/// A demo's files as pairs of name and bytes, for one folder.
pub fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_file())
        .map(|entry| {
            (
                entry.file_name().to_string_lossy().into_owned(),
                std::fs::read(entry.path()).unwrap(),
            )
        })
        .collect();
    files.sort();
    files
}

/// `status --json` of a demo, held against its schema.
pub fn status_of(demo: &Demo, args: &[&str]) -> Value {
    let args: Vec<&str> = ["status", "--json"]
        .into_iter()
        .chain(args.iter().copied())
        .collect();
    let status = demo.qd(&args).expect(0).json();
    valid("status", &status);
    status
}

/// The last quarter, as known at the demo's end.
pub fn last() -> &'static Value {
    static LAST: OnceLock<Value> = OnceLock::new();
    LAST.get_or_init(|| status_of(shared(), &["--quarter", "2025Q4"]))
}
