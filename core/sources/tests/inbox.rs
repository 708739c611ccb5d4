//! Packages of agencies: taken whole, or refused with the reason.

#![allow(clippy::unwrap_used)] // tests may; clippy sees helpers as other code

mod common;
use base64::Engine;
use common::workbook::zip;
use common::*;
use proptest::prelude::*;
use quarterdeck_sources::SourceConfig;
use quarterdeck_sources::inbox::{Package, Part, Taken, read, unpack};
use ring::signature::{Ed25519KeyPair, KeyPair};
use sha2::{Digest, Sha256};

const KPI: &str = "計畫編號,季別,滿意度,填報人\nP12,114Q3,75.3,王小明\nP13,114Q3,0,李大華\n";

fn base64(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn key() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap()
}

fn config(inbox: &str, more: &str) -> SourceConfig {
    source(
        "inbox",
        &format!(
            "{more}\n[inbox]\nagency = \"MOI\"\n{inbox}\n[[map]]\nseries = \"{{計畫編號}}/satisfaction\"\ncolumn = \"滿意度\"\nperiod_column = \"季別\"\n"
        ),
    )
}

fn signed_config() -> SourceConfig {
    let key = base64(key().public_key().as_ref());
    config(&format!("keys = {{ moi-2025 = \"{key}\" }}"), "")
}

fn unsigned_config() -> SourceConfig {
    config("require_signature = false", "")
}

fn part(path: &str, bytes: impl AsRef<[u8]>) -> Part {
    Part {
        path: path.to_owned(),
        bytes: bytes.as_ref().to_vec(),
    }
}

fn named(files: &[Part]) -> String {
    files
        .iter()
        .map(|file| {
            let hash: String = Sha256::digest(&file.bytes)
                .iter()
                .map(|b| format!("{b:02x}"))
                .collect();
            format!(
                "{{\"path\":\"{}\",\"sha256\":\"{hash}\",\"bytes\":{}}}",
                file.path,
                file.bytes.len()
            )
        })
        .collect::<Vec<_>>()
        .join(",")
}

fn manifest(id: &str, created: &str, files: &[Part]) -> String {
    format!(
        "{{\"format\":1,\"agency\":\"MOI\",\"package\":\"{id}\",\"created\":\"{created}\",\"files\":[{}]}}",
        named(files)
    )
}

fn signature(manifest: &str) -> String {
    format!(
        "moi-2025\n{}\n",
        base64(key().sign(manifest.as_bytes()).as_ref())
    )
}

/// A sound package, signed.
fn sound() -> Vec<Part> {
    let files = vec![part("kpi.csv", KPI)];
    let manifest = manifest("MOI-2025Q3-1", "2025-10-05T09:00:00+08:00", &files);
    let mut out = vec![
        part("manifest.sig", signature(&manifest)),
        part("manifest.json", manifest),
    ];
    out.extend(files);
    out
}

fn said(config: &SourceConfig, parts: Vec<Part>) -> String {
    match Package::open(config, parts, fetched_at()) {
        Ok(package) => format!("taken {}", package.id),
        Err(message) => message.to_string(),
    }
}

#[test]
fn the_trail_names_package_file_key_and_row() {
    let parts = sound();
    let packed: Vec<(&str, &[u8])> = parts
        .iter()
        .map(|p| (p.path.as_str(), p.bytes.as_slice()))
        .collect();
    let (outcome, stored) = run_in(&signed_config(), &context(), &zip(&packed));
    let decoded = outcome.unwrap();
    assert_eq!(stored, zip(&packed));
    assert_eq!(decoded.rows, 2);
    assert_eq!(figure(&decoded, "P13/satisfaction"), "0");
    assert_eq!(
        located(&decoded, "P12/satisfaction").at,
        "package=MOI-2025Q3-1; file=kpi.csv; signed by moi-2025; row=1; column=滿意度"
    );
    // A folder around all of it, as file managers make it.
    let around: Vec<(String, &[u8])> = parts
        .iter()
        .map(|p| (format!("MOI/{}", p.path), p.bytes.as_slice()))
        .collect();
    let around: Vec<(&str, &[u8])> = around.iter().map(|(n, b)| (n.as_str(), *b)).collect();
    assert!(run(&signed_config(), zip(&around)).is_ok());
    let unsigned: Vec<Part> = parts
        .into_iter()
        .filter(|p| p.path != "manifest.sig")
        .collect();
    let package = Package::open(&unsigned_config(), unsigned, fetched_at()).unwrap();
    let contents = read(&unsigned_config(), &context(), package).unwrap();
    assert_eq!(
        contents.files[0].readings[0].at,
        "package=MOI-2025Q3-1; file=kpi.csv; not signed; row=1; column=滿意度"
    );
    assert_eq!(contents.files.last().unwrap().path, "manifest.json");
}

#[test]
fn personal_fields_of_a_package_are_never_kept() {
    let config = config(
        "require_signature = false",
        "personal_fields = [\"填報人\"]",
    );
    let mut config = config;
    config.maps[0].file = Some("kpi.csv".into());
    let files = vec![
        part("kpi.csv", KPI),
        part("letter.txt", "王小明 0912-345-678"),
    ];
    let manifest = manifest("A", "2025-10-05T09:00:00+08:00", &files);
    let mut parts = vec![part("manifest.json", manifest)];
    parts.extend(files);
    let package = Package::open(&config, parts, fetched_at()).unwrap();
    let contents = read(&config, &context(), package).unwrap();
    let paths: Vec<&str> = contents.files.iter().map(|f| f.path.as_str()).collect();
    assert_eq!(
        paths,
        ["kpi.csv", "manifest.json"],
        "nobody looked into the letter"
    );
    for file in &contents.files {
        assert!(!String::from_utf8_lossy(&file.stored).contains("王小明"));
    }
    assert_eq!(contents.files[0].recipe.as_deref(), Some("csv-blank@1"));
}

#[test]
fn every_refusal_has_its_reason() {
    let change = |path: &str, change: &dyn Fn(&mut Vec<u8>)| {
        let mut parts = sound();
        change(&mut parts.iter_mut().find(|p| p.path == path).unwrap().bytes);
        parts
    };
    let with = |more: Part| {
        let mut parts = sound();
        parts.push(more);
        parts
    };
    let without = |path: &str| {
        sound()
            .into_iter()
            .filter(|p| p.path != path)
            .collect::<Vec<_>>()
    };
    let signed = signed_config();
    assert_eq!(said(&signed, sound()), "taken MOI-2025Q3-1");
    for (expected, parts) in [
        (
            "source-inbox-size file=\"kpi.csv\"",
            change("kpi.csv", &|b| b.push(b'\n')),
        ),
        (
            "source-inbox-hash file=\"kpi.csv\"",
            change("kpi.csv", &|b| b[40] ^= 1),
        ),
        (
            "source-inbox-signature-wrong key=\"moi-2025\"",
            change("manifest.json", &|b| b.push(b' ')),
        ),
        (
            "source-inbox-key-unknown key=\"moi-2024\" known=\"moi-2025\"",
            change("manifest.sig", &|b| b[7] = b'4'),
        ),
        (
            "source-inbox-signature-unreadable",
            change("manifest.sig", &|b| b.truncate(5)),
        ),
        (
            "source-inbox-signature-unreadable",
            change("manifest.sig", &|b| b[12] = b'!'),
        ),
        ("source-inbox-unsigned", without("manifest.sig")),
        ("source-inbox-no-manifest", without("manifest.json")),
        ("source-inbox-lacking file=\"kpi.csv\"", without("kpi.csv")),
        (
            "source-inbox-extra file=\"virus.exe\"",
            with(part("virus.exe", "x")),
        ),
        (
            "source-inbox-twice file=\"KPI.csv\"",
            with(part("KPI.csv", KPI)),
        ),
        (
            "source-inbox-nested file=\"a.zip\"",
            with(part("a.zip", "PK")),
        ),
        (
            "source-zip-name name=\"../kpi.csv\"",
            with(part("../kpi.csv", "x")),
        ),
        (
            "source-inbox-manifest-too-large",
            change("manifest.json", &|b| b.resize(2 << 20, b' ')),
        ),
    ] {
        let said = said(&signed, parts);
        assert!(said.starts_with(expected), "{expected}: {said}");
    }
    let unsigned = unsigned_config();
    let files = [part("kpi.csv", KPI)];
    let good = manifest("A", "2025-10-05T09:00:00+08:00", &files);
    assert_eq!(
        said(
            &unsigned,
            vec![part("manifest.json", &good), files[0].clone()]
        ),
        "taken A"
    );
    for (expected, old, new) in [
        (
            "source-inbox-agency agency=\"MOTC\" expected=\"MOI\"",
            "\"MOI\"",
            "\"MOTC\"",
        ),
        (
            "source-inbox-format format=\"2\"",
            "\"format\":1",
            "\"format\":2",
        ),
        (
            "source-inbox-future created=",
            "10-05T09:00:00",
            "10-20T09:30:00",
        ),
        (
            "source-inbox-created text=\"昨天\"",
            "2025-10-05T09:00:00+08:00",
            "昨天",
        ),
        ("source-inbox-package-id", "\"A\"", "\"\""),
        ("source-inbox-package-id", "\"A\"", "\"a\\u001b[2J\""),
        ("source-inbox-manifest-shape", "\"agency\":\"MOI\",", ""),
        (
            "source-inbox-manifest-broken",
            "\"files\":[",
            "\"files\":[[",
        ),
        (
            "source-inbox-manifest-broken",
            "\"agency\":\"MOI\",",
            "\"agency\":\"MOI\",\"agency\":\"MOI\",",
        ),
        (
            "source-zip-name name=\"/etc/passwd\"",
            "\"kpi.csv\"",
            "\"/etc/passwd\"",
        ),
        ("source-zip-name", "\"kpi.csv\"", "\"C:\\\\kpi.csv\""),
    ] {
        let changed = good.replace(old, new);
        assert_ne!(changed, good, "{expected}");
        let said = said(
            &unsigned,
            vec![part("manifest.json", changed), files[0].clone()],
        );
        assert!(said.starts_with(expected), "{expected}: {said}");
    }
    let empty = manifest("A", "2025-10-05T09:00:00+08:00", &[]);
    assert_eq!(
        said(&unsigned, vec![part("manifest.json", empty)]),
        "source-inbox-no-files"
    );
}

#[test]
fn a_package_is_taken_once_and_never_an_older_one() {
    let open = |id: &str, created: &str, text: &str| {
        let files = [part("kpi.csv", text)];
        let parts = vec![
            part("manifest.json", manifest(id, created, &files)),
            files[0].clone(),
        ];
        Package::open(&unsigned_config(), parts, fetched_at()).unwrap()
    };
    let first = open("Q3-1", "2025-10-05T09:00:00+08:00", KPI);
    let taken = [Taken {
        id: first.id.clone(),
        created: first.created,
        manifest_sha256: first.manifest_sha256.clone(),
        place: "inbox/a.zip".into(),
    }];
    assert_eq!(first.is_new("inbox/a.zip", &[]), Ok(true));
    assert_eq!(
        first.is_new("inbox/a.zip", &taken),
        Ok(false),
        "it still lies there"
    );
    let said = |package: &Package| {
        package
            .is_new("inbox/b.zip", &taken)
            .unwrap_err()
            .to_string()
    };
    assert!(said(&first).starts_with("source-inbox-replay package=\"Q3-1\" place=\"inbox/a.zip\""));
    let other = KPI.replace("75.3", "99.9");
    assert!(
        said(&open("Q3-1", "2025-10-06T09:00:00+08:00", &other))
            .starts_with("source-inbox-same-id")
    );
    assert!(said(&open("Q3-0", "2025-10-05T01:00:00Z", &other)).starts_with("source-inbox-old"));
    let next = open("Q3-2", "2025-10-05T01:00:01Z", &other);
    assert_eq!(next.is_new("inbox/b.zip", &taken), Ok(true));
}

#[test]
fn a_zip_that_is_no_package_is_refused_before_it_is_unpacked() {
    let config = unsigned_config();
    let links = {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default();
        zip.add_symlink("kpi.csv", "/etc/passwd", options).unwrap();
        zip.finish().unwrap().into_inner()
    };
    let cases = [
        ("source-inbox-not-zip", b"hello".to_vec()),
        ("source-zip-broken", b"PK\x05\x06".to_vec()),
        ("source-zip-link name=\"kpi.csv\"", links),
        (
            "source-zip-name name=\"../manifest.json\"",
            zip(&[("../manifest.json", b"{}")]),
        ),
        ("source-zip-twice", zip(&[("a", b"1"), ("A", b"2")])),
        (
            "source-zip-bomb name=\"zeros.csv\"",
            zip(&[("zeros.csv", &vec![0; 2 << 20])]),
        ),
    ];
    let count = cases.len() + 1;
    for (expected, bytes) in cases {
        let said = unpack(&config, &bytes).unwrap_err().to_string();
        assert!(said.starts_with(expected), "{expected}: {said}");
    }
    let small = SourceConfig {
        max_bytes: Some(1000),
        ..config
    };
    let noise: Vec<u8> = (0..3000_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let said = unpack(&small, &zip(&[("a.csv", &noise)]))
        .unwrap_err()
        .to_string();
    assert!(
        said.starts_with("source-zip-too-large limit=1000"),
        "{said}"
    );
    println!("packages with links, slips and bombs: {count} of {count} refused");
}

#[test]
fn maps_say_which_file_they_read() {
    let files = [
        part("kpi.csv", KPI),
        part("more.csv", KPI),
        part("note.pdf", "x"),
    ];
    let open = |config: &SourceConfig| {
        let mut parts = vec![part(
            "manifest.json",
            manifest("A", "2025-10-05T09:00:00+08:00", &files),
        )];
        parts.extend(files.iter().cloned());
        let package = Package::open(config, parts, fetched_at()).unwrap();
        read(config, &context(), package).map_err(|r| r.message.to_string())
    };
    let mut config = unsigned_config();
    assert!(
        open(&config)
            .unwrap_err()
            .starts_with("source-inbox-which-file")
    );
    config.maps[0].file = Some("more.csv".into());
    assert_eq!(open(&config).unwrap().rows, 2);
    config.maps[0].file = Some("less.csv".into());
    assert!(
        open(&config)
            .unwrap_err()
            .starts_with("source-inbox-no-file file=\"less.csv\"")
    );
    config.maps[0].file = Some("note.pdf".into());
    assert!(
        open(&config)
            .unwrap_err()
            .starts_with("source-inbox-file-kind")
    );
    config.maps[0].file = Some("kpi.csv".into());
    config.maps[0].column = Some("滿意度調查".into());
    let said = open(&config).unwrap_err();
    assert!(
        said.starts_with("source-inbox-file-refused file=\"kpi.csv\""),
        "{said}"
    );
}

#[test]
fn the_check_finds_what_is_wrong_with_an_inbox() {
    let problem = |toml: &str| {
        let text = format!(
            "id = \"s\"\nkind = \"inbox\"\nschedule = \"daily\"\nfolder = \"inbox\"\n{toml}\n[[map]]\nseries = \"P01/x\"\naggregate = \"count\"\n"
        );
        let config: SourceConfig = toml::from_str(&text).unwrap();
        config
            .problems()
            .first()
            .map(ToString::to_string)
            .unwrap_or_default()
    };
    assert_eq!(
        problem("[inbox]\nagency = \"MOI\"\nrequire_signature = false"),
        ""
    );
    assert_eq!(problem(""), "source-inbox-missing");
    assert_eq!(problem("[inbox]\nagency = \"MOI\""), "source-inbox-no-keys");
    assert_eq!(
        problem("[inbox]\nagency = \"MOI\"\nkeys = { a = \"AAAA\" }"),
        "source-inbox-key-invalid key=\"a\""
    );
    assert!(
        problem("[inbox]\nagency = \" \"\nrequire_signature = false")
            .starts_with("source-key-value")
    );
    // A key as programs write it out, with its kind before it.
    let mut der = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00".to_vec();
    der.extend(key().public_key().as_ref());
    assert_eq!(
        problem(&format!(
            "[inbox]\nagency = \"MOI\"\nkeys = {{ a = \"{}\" }}",
            base64(&der)
        )),
        ""
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn damaged_packages_are_refused_or_the_same(
        which in 0_usize..3,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut parts = sound();
        let before = parts.clone();
        for (place, byte) in changes {
            let bytes = &mut parts[which].bytes;
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let same = parts.iter().zip(&before).all(|(a, b)| a == b || a.path == "manifest.sig");
        let outcome = Package::open(&signed_config(), parts.clone(), fetched_at());
        // Only spaces of the signature's text may differ.
        prop_assert!(outcome.is_err() || same);
        let packed: Vec<(&str, &[u8])> =
            parts.iter().map(|p| (p.path.as_str(), p.bytes.as_slice())).collect();
        let _ = run_in(&signed_config(), &context(), &zip(&packed));
    }
}
