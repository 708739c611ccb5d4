//! The real program: `qd` as cargo builds it, run as a process.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

/// The built `qd`. Cargo brings it up to date once per test program.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(build)
}

fn build() -> PathBuf {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(crate::repository::root())
        // All packages at once and one test with them: asked for alone, `qd` and everything below
        // it would be built once more, with other features than `cargo test --workspace` asks for.
        .args(["build", "--workspace", "--bin", "qd", "--test", "tidy"])
        .arg("--message-format=json");
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    // What cargo tells a test of its own package would count as a change for build scripts that
    // look at it, and half of the tree would be built again, here and at the next `cargo test`.
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(name.as_ref());
        }
    }
    let output = cargo.stderr(Stdio::inherit()).output().expect("cargo runs");
    assert!(output.status.success(), "qd was not built");
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find_map(|message| {
            (message["target"]["name"] == "qd")
                .then(|| message["executable"].as_str().map(PathBuf::from))?
        })
        .expect("cargo names the program it built")
}

/// What a run of `qd` said.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// stdout
    pub out: String,
    /// stderr
    pub err: String,
}

impl Answer {
    /// stdout as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|error| panic!("{error}: {} {}", self.out, self.err))
    }
    /// Ends the test unless the exit code is this.
    #[track_caller]
    pub fn expect(self, code: i32) -> Answer {
        assert_eq!(self.code, Some(code), "{}\n{}", self.out, self.err);
        self
    }
}

impl From<Output> for Answer {
    fn from(output: Output) -> Answer {
        Answer {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).expect("stdout is UTF-8"),
            err: String::from_utf8(output.stderr).expect("stderr is UTF-8"),
        }
    }
}

/// Variables that would let the machine's own settings into a test.
const OUTSIDE: [&str; 10] = [
    "QD_WORKSPACE",
    "QD_LANG",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
];

/// A run of `qd` in a folder, in English.
pub fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(binary());
    for variable in OUTSIDE {
        command.env_remove(variable);
    }
    command
        .current_dir(folder)
        .args(args)
        .env("QD_LANG", "en")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs `qd` in a folder, in English, to its end.
pub fn qd(folder: &Path, args: &[&str]) -> Answer {
    command(folder, args).output().expect("qd runs").into()
}

/// Ends the test unless the document follows its JSON schema in `assets/schema/`.
#[track_caller]
pub fn valid(schema: &str, document: &Value) {
    let path = crate::repository::root().join(format!("assets/schema/{schema}.json"));
    let schema: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .take(5)
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}
