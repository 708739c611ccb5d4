//! Lays `qd` out for a small and quick start, in release builds for Linux.
//!
//! What runs until the first full screen is a tenth of the program. Side by side it takes 3 MB of
//! memory; strewn over the whole file, as a linker leaves it, 10 MB, because the system reads in
//! blocks around every function. `start-order.txt` lists those functions (`tests/bench/start_order.py`
//! writes it); a name that is not there any more is passed over and costs nothing but its place.

use std::env;
use std::path::Path;

const ORDER: &str = "start-order.txt";

fn main() {
    println!("cargo:rerun-if-changed={ORDER}");
    println!("cargo:rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    // Only the linker that comes with the compiler is known to understand it.
    let own_linker = env::vars().any(|(name, value)| {
        (name.starts_with("CARGO_TARGET_") && name.ends_with("_LINKER"))
            || (name == "CARGO_ENCODED_RUSTFLAGS" && value.contains("link"))
    });
    if own_linker || !is("PROFILE", "release") || !is("TARGET", "x86_64-unknown-linux-gnu") {
        return;
    }
    let Ok(folder) = env::var("CARGO_MANIFEST_DIR") else {
        return;
    };
    let order = Path::new(&folder).join(ORDER);
    let order = order.display();
    for argument in [
        format!("--symbol-ordering-file={order}"),
        "--no-warn-symbol-ordering".to_owned(),
    ] {
        println!("cargo:rustc-link-arg-bin=qd=-Wl,{argument}");
    }
    if knows_short_relocations() {
        println!("cargo:rustc-link-arg-bin=qd=-Wl,-z,pack-relative-relocs");
    }
}

/// The C library reads relocations in their short form from version 2.36 on: 2.7 MB less to read
/// at every start.
fn knows_short_relocations() -> bool {
    let version = std::process::Command::new("getconf")
        .arg("GNU_LIBC_VERSION")
        .output();
    let text = version.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let parts = text.unwrap_or_default();
    let mut parts = parts.trim().trim_start_matches("glibc ").split('.');
    let mut number = || parts.next()?.parse::<u32>().ok();
    matches!((number(), number()), (Some(major), Some(minor)) if (major, minor) >= (2, 36))
}
