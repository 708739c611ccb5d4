//! Notes which decoders are built in: a hash of the sources that make figures of answers.
//!
//! A portal may say that its answer is still the same. What was made of that answer only stays good
//! while the program would make the same of it today.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What decides what becomes of an answer's bytes.
const FOLDERS: [&str; 4] = ["../kpi/src", "sources/src", "src/collect", "src/transport"];

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    // FNV-1a: nobody attacks it, and a build needs no package for it.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for folder in FOLDERS {
        println!("cargo:rerun-if-changed={folder}");
        let folder = root.join(folder);
        let mut files = Vec::new();
        list(&folder, &mut files)?;
        files.sort();
        for file in files {
            let name = file.strip_prefix(&folder).unwrap_or(&file);
            let name = name.to_string_lossy().replace('\\', "/");
            for byte in name.bytes().chain(fs::read(&file)?) {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
    }
    println!("cargo:rustc-env=QUARTERDECK_DECODERS={hash:016x}");
    Ok(())
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        // What only tests decides about no answer.
        match path.file_stem().is_some_and(|stem| stem == "tests") {
            true => {}
            false if path.is_dir() => list(&path, files)?,
            false => files.push(path),
        }
    }
    Ok(())
}
