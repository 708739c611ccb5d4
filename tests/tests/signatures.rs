//! Signed acts and signed quarters: by whom, checked by other programs, and forged in every way.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use quarterdeck_core::signature::SigningKey;
use quarterdeck_store::{Head, OpenMode, Store, chained};
use quarterdeck_tests::office::Office;
use quarterdeck_tests::program::{Answer, valid};
use quarterdeck_tests::tools;
use rusqlite::{Connection, params};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

const NOW: &str = "2026-01-20T01:00:00Z";
const QUARTER: &str = "2025Q4";
/// Private keys as `openssl genpkey -algorithm ed25519` writes them: test keys of RFC 8032, 7.1.
const KEYS: [(&str, &str, &str); 3] = [
    (
        "lin",
        "prepare",
        "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g",
    ),
    (
        "wang",
        "review",
        "MC4CAQAwBQYDK2VwBCIEIEzNCJsox/+W2nC2w0bsEU4PW4oxnzWrpiTajPbt9Pub",
    ),
    (
        "huang",
        "approve",
        "MC4CAQAwBQYDK2VwBCIEIMWqjfQ/n4N77bdELzHct7Fm04U1B28JS4XOOi4LRFj3",
    ),
];

fn public(office: &Office, person: &str) -> String {
    let reference = format!("file:../{person}.pem");
    let key = SigningKey::read(&reference, &office.root(), person).unwrap();
    key.public_text()
}

/// An office whose three signers have keys on file; the private ones lie beside it.
fn office() -> Office {
    let office = Office::new();
    for (id, role, key) in KEYS {
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{key}\n-----END PRIVATE KEY-----\n");
        std::fs::write(office.beside().join(format!("{id}.pem")), pem).unwrap();
        let line = format!("public_key = \"{}\"\n", public(&office, id));
        office.signer(id, role, &line);
    }
    office
}

fn step(office: &Office, person: &str, step: &str) -> Answer {
    let key = format!("file:../{person}.pem");
    // Which items stand open can only be asked by somebody who may sign.
    let asked = [step, QUARTER, "--dry-run", "--json", "--sign-with", &key];
    let accept = office.accepting(&office.qd_as(person, NOW, &asked));
    let mut args = vec![step, QUARTER, "--json", "--sign-with", &key];
    args.extend(accept.iter().map(String::as_str));
    office.qd_as(person, NOW, &args)
}

/// The office whose quarter was published, made once; tests that change it take a copy.
fn published() -> &'static Office {
    static OFFICE: OnceLock<Office> = OnceLock::new();
    OFFICE.get_or_init(publish)
}

fn copy() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("office");
    let mut files = Vec::new();
    walk(&published().root(), &mut files);
    for file in files {
        let to = root.join(file.strip_prefix(published().root()).unwrap());
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(&file, to).unwrap();
    }
    (folder, root)
}

fn publish() -> Office {
    let office = office();
    for (person, role, _) in KEYS {
        let name = if role == "approve" { "publish" } else { role };
        let done = step(&office, person, name).expect(0).json();
        valid("signoff", &done);
    }
    office
}

fn code(answer: &Answer) -> String {
    let document = answer.json();
    valid("error", &document);
    document["error"]["code"].as_str().unwrap().to_owned()
}

fn verify(office: &Office, path: &Path, more: &[&str]) -> Answer {
    let path = path.to_string_lossy().into_owned();
    let mut args = vec!["verify", path.as_str(), "--json"];
    args.extend(more);
    let answer = office.qd_as("anybody", NOW, &args);
    valid("verify", &answer.json());
    answer
}

fn faults(answer: &Answer) -> Vec<String> {
    let document = answer.json();
    let faults = document["faults"].as_array().unwrap().iter();
    faults
        .map(|f| f["code"].as_str().unwrap().to_owned())
        .collect()
}

fn bag(office: &Office) -> PathBuf {
    office.root().join("reports").join(QUARTER)
}

#[test]
fn a_sign_off_is_signed_by_the_key_on_file_and_every_way_says_so() {
    let office = published();
    let log = office
        .qd_as("anybody", NOW, &["log", "--json"])
        .expect(0)
        .json();
    valid("log", &log);
    let acts = log["acts"].as_array().unwrap();
    let signed = acts
        .iter()
        .filter(|act| act["signature"]["state"] == "holds")
        .count();
    assert_eq!(signed, acts.len(), "{log}");
    assert!(acts.iter().all(|act| act["identity"] == "signed"));
    let keys: std::collections::BTreeSet<&str> = acts
        .iter()
        .map(|act| act["signature"]["key"].as_str().unwrap())
        .collect();
    assert_eq!(keys.len(), 3);
    let text = office.qd_as("anybody", NOW, &["log"]).out;
    assert!(
        text.contains("signed, key ") && !text.contains("not signed"),
        "{text}"
    );
    let whole = verify(office, &office.root(), &[]).expect(0).json();
    assert_eq!(whole["signatures"]["hold"], acts.len());
    let inside = verify(office, &bag(office), &[]).expect(0).json();
    assert_eq!(inside["signatures"]["hold"], acts.len());
    assert_eq!(inside["seal"]["state"], "holds");
    assert_eq!(
        verify(office, &bag(office).with_extension("zip"), &[]).json()["seal"],
        inside["seal"]
    );
    let state = office
        .qd_as("huang", NOW, &["publish", QUARTER, "--dry-run", "--json"])
        .json();
    for name in ["prepared", "reviewed", "published"] {
        assert_eq!(state[name]["signature"]["state"], "holds", "{name}");
    }
    println!("acts signed and holding: {signed} of {}", acts.len());
}

#[test]
fn without_a_key_nothing_is_signed_and_with_one_on_file_nobody_signs_without_it() {
    let office = office();
    // A key on file, and none at hand.
    let refused = office.qd_as("lin", NOW, &["prepare", QUARTER, "--json"]);
    assert_eq!(
        (refused.code, code(&refused).as_str()),
        (Some(2), "signing-key-missing")
    );
    // Somebody else's.
    let other = [
        "prepare",
        QUARTER,
        "--json",
        "--sign-with",
        "file:../wang.pem",
    ];
    assert_eq!(code(&office.qd_as("lin", NOW, &other)), "signing-key-other");
    let nothing = [
        "prepare",
        QUARTER,
        "--json",
        "--sign-with",
        "file:../nobody.pem",
    ];
    assert_eq!(
        code(&office.qd_as("lin", NOW, &nothing)),
        "secret-file-unreadable"
    );
    // The key itself where its reference belongs: not repeated.
    let secret = format!("-----BEGIN PRIVATE KEY-----\n{}", KEYS[0].2);
    let literal = office.qd_as(
        "lin",
        NOW,
        &["prepare", QUARTER, "--json", "--sign-with", &secret],
    );
    assert_eq!(code(&literal), "secret-literal");
    assert!(!literal.out.contains("MC4CAQ") && !literal.err.contains("MC4CAQ"));
    // A key without its public half on file.
    let plain = Office::new();
    std::fs::copy(
        office.beside().join("lin.pem"),
        plain.beside().join("lin.pem"),
    )
    .unwrap();
    plain.signer("lin", "prepare", "");
    let unknown = [
        "prepare",
        QUARTER,
        "--json",
        "--sign-with",
        "file:../lin.pem",
    ];
    let unknown = plain.qd_as("lin", NOW, &unknown);
    assert_eq!(code(&unknown), "signing-key-not-on-file");
    assert!(
        unknown.out.contains(&public(&office, "lin")),
        "{}",
        unknown.out
    );
    // Nobody has one: as ever, and said.
    plain.sign("lin", NOW, "prepare", QUARTER, &[]).expect(0);
    let log = plain.qd_as("lin", NOW, &["log"]).out;
    assert!(log.contains("not signed"), "{log}");
    let whole = verify(&plain, &plain.root(), &[]).expect(0).json();
    assert_eq!(whole["signatures"]["hold"], 0);
}

#[test]
fn figures_entered_with_a_key_say_so_in_their_trail() {
    let office = office();
    office.replace(
        "register/people.toml",
        "[\"prepare\"]",
        "[\"prepare\", \"enter\"]",
    );
    // The settings name the key of whoever has one; the others work as before.
    office.append(
        "quarterdeck.toml",
        "\n[signing]\nkey = \"file:../lin.pem\"\n",
    );
    office
        .qd_as("lin", NOW, &["enter", "P12/risk@2025Q4", "high"])
        .expect(0);
    let explained = office
        .qd_as("lin", NOW, &["explain", "P12/risk@2025Q4", "--json"])
        .expect(0)
        .json();
    valid("explain", &explained);
    let row = &explained["observations"][0];
    assert_eq!(
        (row["identity"].as_str(), row["signature"]["state"].as_str()),
        (Some("signed"), Some("holds"))
    );
    let text = office
        .qd_as("lin", NOW, &["explain", "P12/risk@2025Q4"])
        .out;
    assert!(text.contains("signed, key "), "{text}");
    let chen = quarterdeck_core::platform::account_name();
    office
        .qd_as(&chen, NOW, &["enter", "P13/risk@2025Q4", "low"])
        .expect(0);
    let log = office.qd_as("lin", NOW, &["log", "--json"]).json();
    let states: Vec<&str> = log["acts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| a["signature"]["state"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["holds", "unsigned"]);
    // A key in the settings themselves is refused before anything keeps it.
    office.replace("quarterdeck.toml", "file:../lin.pem", KEYS[0].2);
    for command in ["check", "status"] {
        let refused = office.qd_as("lin", NOW, &[command]).expect(2);
        let said = refused.out + &refused.err;
        assert!(
            said.contains("reference") && !said.contains("MC4CAQ"),
            "{said}"
        );
    }
}

#[test]
fn a_key_that_was_changed_still_vouches_for_what_it_signed_before() {
    let office = office();
    step(&office, "lin", "prepare").expect(0);
    let (old, new) = (public(&office, "lin"), public(&office, "wang"));
    // Lost and replaced: the former is kept with its last day, for whoever reads the bag alone.
    office.replace(
        "register/people.toml",
        &format!("public_key = \"{old}\""),
        "public_key = \"NEW\"\nearlier_keys = [{ key = \"OLD\", until = 2026-01-20 }]",
    );
    office.replace("register/people.toml", "NEW", &new);
    office.replace("register/people.toml", "OLD", &old);
    let log = office.qd_as("lin", NOW, &["log", "--json"]).json();
    assert_eq!(log["acts"][0]["signature"]["state"], "holds");
    step(&office, "wang", "review").expect(0);
    step(&office, "huang", "publish").expect(0);
    let inside = verify(&office, &bag(&office), &[]).expect(0).json();
    assert_eq!(inside["signatures"]["unknown_key"], 0, "{inside}");
}

#[test]
fn a_log_of_an_earlier_moment_is_judged_by_the_keys_on_file_then() {
    let office = office();
    step(&office, "lin", "prepare").expect(0);
    let old = public(&office, "lin");
    // Two days later the office finds that the key was lost before it signed.
    office.replace(
        "register/people.toml",
        &format!("public_key = \"{old}\""),
        &format!("earlier_keys = [{{ key = \"{old}\", until = 2026-01-10 }}]"),
    );
    let later = "2026-01-22T01:00:00Z";
    let state = |args: &[&str]| {
        let answer = office.qd_as("wang", later, args).expect(0).json();
        valid("log", &answer);
        answer["acts"][0]["signature"]["state"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    // The settings are read and kept by whoever opens the workspace to act.
    office.qd_as(
        "wang",
        later,
        &[
            "review",
            QUARTER,
            "--dry-run",
            "--sign-with",
            "file:../wang.pem",
        ],
    );
    assert_eq!(state(&["log", "--json"]), "unknown-key");
    assert_eq!(state(&["log", "--json", "--as-of", "2026-01-20"]), "holds");
    let text = office
        .qd_as("wang", later, &["log", "--as-of", "2026-01-20"])
        .out;
    assert!(text.contains("keys that were on file then"), "{text}");
}

/// Rewrites the whole log of a database, every hash fitting, as somebody could who has the file.
fn rewrite(root: &Path, change: impl Fn(usize, &mut quarterdeck_store::HumanAct)) {
    let file = root.join("quarterdeck.db");
    let acts = Store::open(&file, OpenMode::ReadOnly)
        .unwrap()
        .acts()
        .unwrap();
    let database = Connection::open(&file).unwrap();
    database
        .execute_batch("DROP TRIGGER act_no_update; DROP TRIGGER act_no_delete;")
        .unwrap();
    let mut head: Option<Head> = None;
    for (at, recorded) in acts.into_iter().enumerate() {
        let mut act = recorded.act;
        change(at, &mut act);
        let link = chained(head.as_ref(), act);
        let act = &link.act;
        database
            .execute(
                "UPDATE act SET actor = ?2, identity = ?3, kind = ?4, subject = ?5, detail = ?6, previous = ?7, hash = ?8 WHERE number = ?1",
                params![link.number, act.actor, act.identity, act.kind, act.subject, act.detail_json, link.previous, link.hash],
            )
            .unwrap();
        head = Some(Head {
            number: link.number,
            hash: link.hash.clone(),
        });
    }
}

#[test]
fn an_act_that_was_changed_with_every_hash_fitting_is_named_by_its_signature() {
    let office = published();
    let acts = Store::open(&office.root().join("quarterdeck.db"), OpenMode::ReadOnly)
        .unwrap()
        .acts()
        .unwrap();
    let (last, mut found) = (acts.len(), 0);
    for at in [0, last / 2, last - 1] {
        let (_folder, forged) = copy();
        rewrite(&forged, |index, act| {
            if index == at {
                act.subject.push('x');
            }
        });
        let answer = verify(office, &forged, &[]);
        assert_eq!(answer.code, Some(4));
        let document = answer.json();
        let place = format!("quarterdeck.db#act-{}", at + 1);
        let named: Vec<&serde_json::Value> = document["faults"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|f| f["code"] == "verify-act-signature")
            .collect();
        assert_eq!(named[0]["place"], place.as_str(), "{document}");
        // Every act behind it stands after another hash than the one that was signed.
        assert_eq!(named.len(), last - at);
        found += 1;
    }
    // The signature taken off, with the word left: said as well.
    let (_folder, stripped) = copy();
    rewrite(&stripped, |_, act| {
        if let Some(at) = act.detail_json.rfind(",\"signature\":") {
            act.detail_json.truncate(at);
            act.detail_json.push('}');
        }
    });
    let answer = verify(office, &stripped, &[]);
    assert!(
        faults(&answer)
            .iter()
            .filter(|code| *code == "verify-act-signature-missing")
            .count()
            == last
    );
    println!(
        "acts forged with fitting hashes, named by their signature: {found} of 3, stripped: {last} of {last}"
    );
}

#[test]
fn a_signed_quarter_is_checked_by_programs_of_other_makers_and_by_a_key_from_outside() {
    let office = published();
    let (_folder, root) = copy();
    let bag = root.join("reports").join(QUARTER);
    if let Some(bagit) = tools::find("checking a signed quarter", &["bagit.py"]) {
        tools::output(
            &bagit,
            &["--validate".as_ref(), "--quiet".as_ref(), bag.as_os_str()],
        );
    }
    if let Some(openssl) = tools::find("checking the signature of a quarter", &["openssl"]) {
        let file = |name: &str| bag.join(name);
        let said = tools::output(
            &openssl,
            &[
                "pkeyutl".as_ref(),
                "-verify".as_ref(),
                "-pubin".as_ref(),
                "-inkey".as_ref(),
                file("signing-key.pem").as_os_str(),
                "-rawin".as_ref(),
                "-in".as_ref(),
                file("tagmanifest-sha256.txt").as_os_str(),
                "-sigfile".as_ref(),
                file("tagmanifest-sha256.txt.sig").as_os_str(),
            ],
        );
        assert!(said.contains("Verified Successfully"), "{said}");
    }
    let key = public(office, "huang");
    assert_eq!(verify(office, &bag, &["--key", &key]).code, Some(0));
    let pem = bag.join("signing-key.pem");
    assert_eq!(
        verify(office, &bag, &["--key", &pem.to_string_lossy()]).code,
        Some(0)
    );
    let other = verify(office, &bag, &["--key", &public(office, "lin")]);
    assert_eq!(
        (other.code, faults(&other)),
        (Some(4), vec!["verify-seal-other".to_owned()])
    );
    let bad = office.qd_as(
        "anybody",
        NOW,
        &[
            "verify",
            &bag.to_string_lossy(),
            "--key",
            "nonsense",
            "--json",
        ],
    );
    assert_eq!((bad.code, code(&bad).as_str()), (Some(2), "verify-bad-key"));
    // One bit of the signature; the signature gone; the key with it.
    let signature = bag.join("tagmanifest-sha256.txt.sig");
    let mut bytes = std::fs::read(&signature).unwrap();
    bytes[7] ^= 1;
    std::fs::write(&signature, bytes).unwrap();
    assert_eq!(faults(&verify(office, &bag, &[])), ["verify-seal-broken"]);
    std::fs::remove_file(&signature).unwrap();
    assert_eq!(faults(&verify(office, &bag, &[])), ["verify-seal-broken"]);
    std::fs::remove_file(&pem).unwrap();
    let list = bag.join("tagmanifest-sha256.txt");
    let text = std::fs::read_to_string(&list).unwrap();
    let lines: Vec<&str> = text
        .lines()
        .filter(|l| !l.ends_with("signing-key.pem"))
        .collect();
    std::fs::write(&list, lines.join("\n") + "\n").unwrap();
    let bare = verify(office, &bag, &[]).expect(0).json();
    assert_eq!(bare["seal"]["state"], "unsigned");
    assert_eq!(
        faults(&verify(office, &bag, &["--key", &key])),
        ["verify-seal-none"]
    );
}

#[test]
fn private_keys_are_in_no_file_of_the_office_and_in_nothing_that_is_said() {
    let office = published();
    let mut looked = 0;
    let secrets: Vec<(String, &[u8])> = KEYS
        .iter()
        .map(|(_, _, key)| ((*key).to_owned(), &key.as_bytes()[22..]))
        .collect();
    let mut files = Vec::new();
    walk(&office.root(), &mut files);
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        for (_, tail) in &secrets {
            assert!(
                memchr::memmem::find(&bytes, tail).is_none(),
                "{}",
                file.display()
            );
        }
        looked += 1;
    }
    for args in [
        &["log", "--json"][..],
        &["status", "--json"],
        &["check", "-v"],
        &["verify", ".", "--json"],
    ] {
        let said = office.qd_as("lin", NOW, args);
        for (_, tail) in &secrets {
            let text = format!("{}{}", said.out, said.err);
            assert!(
                !text.contains(std::str::from_utf8(tail).unwrap()),
                "{args:?}"
            );
        }
    }
    println!("private keys looked for in {looked} files");
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => walk(&path, found),
            false => found.push(path),
        }
    }
}

#[test]
fn the_report_prints_who_signed_by_which_act_and_key_and_is_made_again_from_the_bag() {
    let office = published();
    let bag = bag(office);
    let pdf = std::fs::read_dir(bag.join("data/report"))
        .unwrap()
        .flatten();
    let pdf = pdf
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|e| e == "pdf"))
        .unwrap();
    let log = office.qd(&["log", "--json"]).expect(0).json();
    let acts = log["acts"].as_array().unwrap();
    let of = |kind: &str| {
        let mut acts = acts.iter().rev();
        acts.find(|act| act["act"] == kind && act["about"] == QUARTER)
            .unwrap()
    };
    let publication = std::fs::read(bag.join("data/publication.json")).unwrap();
    let publication: serde_json::Value = serde_json::from_slice(&publication).unwrap();
    for (at, kind) in ["prepare", "review"].into_iter().enumerate() {
        let (act, said) = (of(kind), &publication["signed"][at]);
        assert_eq!(act["signature"]["state"], "holds");
        assert_eq!(said["act"], act["number"]);
        assert_eq!(said["seal"]["state"], "holds");
        assert_eq!(said["seal"]["key"], act["detail"]["signature"]["key"]);
    }
    // The act of the publication follows the report: of it nothing is said.
    assert!(publication["signed"][2].get("act").is_none());
    assert!(publication["signed"][2].get("seal").is_none());
    if let Some(program) = tools::find("reading the printed signatures", &["pdftotext"]) {
        let args = ["-layout".as_ref(), pdf.as_os_str(), "-".as_ref()];
        let text = tools::output(&program, &args).replace(char::is_whitespace, "");
        for kind in ["prepare", "review"] {
            let key = of(kind)["signature"]["key"].as_str().unwrap();
            // In the table the short name, below it the whole hash, which begins with it.
            assert!(text.matches(key).count() >= 2, "{kind} {key}");
        }
    }
    let out = tempfile::tempdir().unwrap();
    let (from, to) = (bag.to_string_lossy(), out.path().join("again"));
    let made = office.qd(&["rebuild", &from, "--out", &to.to_string_lossy(), "--json"]);
    assert_eq!(made.expect(0).json()["same"], true);
}
