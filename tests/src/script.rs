//! Servers written in Python, each a small script beside the tests, ended with this value.

use crate::tools;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A running script that said `port NUMBER` in its first line.
#[derive(Debug)]
pub struct Script {
    child: Child,
    port: u16,
}

impl Script {
    /// Starts a script of `fixtures/servers`; none when no Python here has the modules it needs,
    /// which is printed.
    pub fn start(what: &str, name: &str, modules: &[&str], args: &[&str]) -> Option<Script> {
        let python = python_with(what, modules)?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("fixtures/servers")
            .join(name);
        let mut child = Command::new(python)
            .arg("-u")
            .arg(script)
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut said = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut said).unwrap();
        let port = said.trim().strip_prefix("port ").map(str::parse);
        let Some(Ok(port)) = port else {
            let _ = child.kill();
            let _ = child.wait();
            panic!("{name} said {said:?} instead of its port");
        };
        std::thread::spawn(move || out.read_to_end(&mut Vec::new()));
        Some(Script { child, port })
    }

    /// Address of a path that begins with `/`.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A Python that has these modules: that of the tests' environment, else the system's.
fn python_with(what: &str, modules: &[&str]) -> Option<PathBuf> {
    let environment = std::env::var_os(tools::PYTHON_ENVIRONMENT);
    let own = environment.map(|folder| PathBuf::from(folder).join("bin").join("python"));
    let import = match modules {
        [] => "pass".to_owned(),
        _ => format!("import {}", modules.join(", ")),
    };
    let has_them = |python: &PathBuf| {
        let check = Command::new(python)
            .args(["-c", &import])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        check.is_ok_and(|status| status.success())
    };
    let found = own
        .into_iter()
        .filter(|python| python.is_file())
        .chain(tools::find(what, &["python3", "python"]))
        .find(has_them);
    if found.is_none() {
        tools::skipped(what, &format!("Python with {}", modules.join(", ")));
    }
    found
}
