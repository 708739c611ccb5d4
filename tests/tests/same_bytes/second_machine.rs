//! A quarter published on this machine and on a second one, which has another kernel, another processor, another clock
//! and nothing but the program and the office: the same bytes.
use quarterdeck_core::platform;
use quarterdeck_store::sha256_hex;
use quarterdeck_tests::folder::files;
use quarterdeck_tests::office::copy;
use quarterdeck_tests::program::{Answer, binary, command};
use quarterdeck_tests::small::Small;
use quarterdeck_tests::tools::{find, say, skipped};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const WHAT: &str = "publishing on a second machine";
/// Names a Linux kernel for this processor's kind, as `.ci/run` unpacks one.
const KERNEL: &str = "QUARTERDECK_TEST_KERNEL";
/// Its processor is older than any that `qd` has quick ways for.
const PROCESSOR: &str = "Nehalem";
const CLOCK: &str = "2031-05-05T03:00:00";
const MEMORY_MIB: &str = "1536";
/// It takes twenty.
const SECONDS: &str = "900";
/// What the second machine runs instead of a system.
const FIRST_PROGRAM: &str = r#"#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t devtmpfs dev /dev
mount -t tmpfs tmp /tmp
hostname second
cd /office
echo "MACHINE $(uname -r), $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1), $(date -u +%F)"
qd publish "$(cat /quarter)" --quiet
echo "CODE $?"
cd reports
find . -type f -exec sha256sum {} +
echo END
poweroff -f
"#;

/// What it is made of.
struct Parts {
    emulator: PathBuf,
    tools: PathBuf,
    libraries: PathBuf,
    kernel: PathBuf,
}

impl Parts {
    fn found() -> Option<Parts> {
        if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
            skipped(WHAT, "Linux on x86-64");
            return None;
        }
        let named = std::env::var_os(KERNEL).map(PathBuf::from);
        let kernel = named.filter(|kernel| std::fs::File::open(kernel).is_ok());
        if kernel.is_none() {
            skipped(WHAT, KERNEL);
        }
        Some(Parts {
            kernel: kernel?,
            emulator: find(WHAT, &["qemu-system-x86_64"])?,
            tools: find(WHAT, &["busybox"])?,
            libraries: find(WHAT, &["ldd"])?,
        })
    }

    /// Everything the second machine has, as one file that its kernel unpacks into memory.
    fn image(&self, folder: &Path, office: &Path, quarter: &str) -> PathBuf {
        let root = folder.join("root");
        for name in ["bin", "proc", "dev", "tmp", "etc"] {
            std::fs::create_dir_all(root.join(name)).unwrap();
        }
        std::fs::copy(&self.tools, root.join("bin/busybox")).unwrap();
        let program = root.join("bin/qd");
        std::fs::copy(binary(), &program).unwrap();
        // Names and lines for a debugger are most of it.
        let _ = Command::new("strip").arg(&program).status();
        let of_tools = self.libraries(&self.tools);
        for library in self.libraries(binary()).into_iter().chain(of_tools) {
            let beside = root.join(library.strip_prefix("/").unwrap());
            std::fs::create_dir_all(beside.parent().unwrap()).unwrap();
            std::fs::copy(&library, beside).unwrap();
        }
        copy(office, &root.join("office"));
        std::fs::write(root.join("quarter"), quarter).unwrap();
        let account = format!("{}:x:0:0::/:/bin/sh\n", platform::account_name());
        std::fs::write(root.join("etc/passwd"), account).unwrap();
        let first = root.join("init");
        std::fs::write(&first, FIRST_PROGRAM).unwrap();
        executable(&first);
        let image = folder.join("image");
        let pack = Command::new(&self.tools)
            .args([
                "sh",
                "-c",
                "\"$0\" find . | \"$0\" cpio -o -H newc > \"$1\"",
            ])
            .args([&self.tools, &image])
            .current_dir(&root)
            .stderr(Stdio::null())
            .status();
        assert!(pack.unwrap().success());
        image
    }

    /// The libraries that a program is linked to; none when it has all in itself.
    fn libraries(&self, program: &Path) -> Vec<PathBuf> {
        let listed = Command::new(&self.libraries).arg(program).output().unwrap();
        let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
        let words = listed.split_whitespace();
        words
            .filter(|word| word.starts_with('/'))
            .map(PathBuf::from)
            .collect()
    }

    /// Starts the second machine and gives what it says until it switches itself off.
    fn run(&self, image: &Path) -> String {
        let kernel: [&OsStr; 4] = [
            OsStr::new("-kernel"),
            self.kernel.as_os_str(),
            OsStr::new("-initrd"),
            image.as_os_str(),
        ];
        let ended = Command::new(&self.tools)
            .args(["timeout", SECONDS])
            .arg(&self.emulator)
            .args(["-accel", "tcg", "-cpu", PROCESSOR, "-m", MEMORY_MIB])
            .args(["-rtc", &format!("base={CLOCK}")])
            .args(["-nic", "none", "-nographic", "-no-reboot"])
            .args(["-append", "console=ttyS0 loglevel=0 panic=-1"])
            .args(kernel)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = [ended.stdout, ended.stderr].concat();
        String::from_utf8_lossy(&said).into_owned()
    }
}

#[cfg(unix)]
fn executable(file: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(not(unix))]
fn executable(_file: &Path) {}

#[test]
fn a_quarter_is_published_with_the_same_bytes_on_a_second_machine() {
    let Some(parts) = Parts::found() else {
        return;
    };
    let small = Small::tiny();
    let quarter = small.quarter.to_string();
    let here = small.office.copy();
    let mut publish = command(&here.root(), &["publish", &quarter, "--quiet"]);
    Answer::from(publish.output().unwrap()).expect(0);
    let expected: BTreeMap<String, String> = files(&here.root().join("reports"))
        .into_iter()
        .map(|(name, bytes)| (name.to_string_lossy().into_owned(), sha256_hex(&bytes)))
        .collect();
    assert!(expected.len() > 40, "{}", expected.len());

    let folder = tempfile::tempdir().unwrap();
    let image = parts.image(folder.path(), &small.office.root(), &quarter);
    let said = parts.run(&image);
    let lines = || said.lines().map(str::trim_end);
    assert!(lines().any(|line| line == "CODE 0"), "{said}");
    assert!(lines().any(|line| line == "END"), "{said}");
    let found: BTreeMap<String, String> = lines()
        .filter_map(|line| line.split_once("  ./"))
        .map(|(hash, name)| (name.to_owned(), hash.to_owned()))
        .collect();
    assert_eq!(found, expected);
    let machine = lines().find_map(|line| line.split_once("MACHINE "));
    let (_, machine) = machine.unwrap();
    assert!(machine.contains("2031-05-05"), "{machine}");
    say(&format!(
        "published with the same bytes on a second machine ({machine}), {} files",
        found.len()
    ));
}
