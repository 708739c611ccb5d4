//! The files of the project.

use std::path::{Path, PathBuf};

/// The folder of the whole project.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests are one of the project's folders")
        .to_owned()
}

/// Folders of the project that hold Rust.
const ROOMS: [&str; 5] = ["core", "gui", "kpi", "tests", "tui"];

/// A Rust file of the project.
#[derive(Debug, Clone)]
pub struct RustFile {
    /// Path inside the project, with `/`.
    pub name: String,
    /// Its text.
    pub text: String,
    /// A module that is compiled for tests only.
    pub for_tests: bool,
}

impl RustFile {
    /// Whether the file only holds tests, examples, or what tests are made of.
    pub fn is_test(&self) -> bool {
        let parts: Vec<&str> = self.name.split('/').collect();
        let folder = |name| parts.contains(&name);
        self.for_tests
            || folder("tests")
            || folder("examples")
            || folder("benches")
            || self.name.ends_with("/tests.rs")
    }
}

/// All Rust files, in order.
pub fn rust_files() -> Vec<RustFile> {
    let root = root();
    let mut files = Vec::new();
    for room in ROOMS {
        walk(&root.join(room), "rs", &mut files);
    }
    files.sort();
    let texts: Vec<String> = files
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    let for_tests: Vec<PathBuf> = files
        .iter()
        .zip(&texts)
        .flat_map(|(path, text)| test_modules(path, text))
        .collect();
    files
        .iter()
        .zip(texts)
        .map(|(path, text)| RustFile {
            name: relative(&root, path),
            text,
            for_tests: for_tests.contains(path),
        })
        .collect()
}

/// Files of the modules that a file declares for tests only.
fn test_modules(path: &Path, text: &str) -> Vec<PathBuf> {
    let folder = path.parent().unwrap_or(path);
    text.split("#[cfg(test)]\n")
        .skip(1)
        .filter_map(|after| after.split_once(';')?.0.trim().strip_prefix("mod "))
        .map(|name| folder.join(format!("{name}.rs")))
        .collect()
}

/// All files below a folder with an ending.
pub fn walk(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "target") {
                walk(&path, ending, found);
            }
        } else if path.extension().is_some_and(|e| e == ending) {
            found.push(path);
        }
    }
}

fn relative(root: &Path, path: &Path) -> String {
    path.strip_prefix(root)
        .unwrap_or(path)
        .to_string_lossy()
        .replace('\\', "/")
}
