//! An office: a starter workspace made by `qd init`, with a person mapped to this account.

use crate::program::{Answer, qd, valid};
use quarterdeck_core::commands::{self, Environment};
use quarterdeck_core::session::Clock;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A workspace in a folder that goes away with it.
#[derive(Debug)]
pub struct Office {
    folder: tempfile::TempDir,
}

impl Office {
    /// The starter workspace, without its sources: they would ask the real portals.
    pub fn new() -> Office {
        let office = Office::untouched();
        let account = quarterdeck_core::platform::account_name();
        office.append(
            "register/people.toml",
            &format!(
                "\n[[person]]\nid = \"chen\"\nname = {{ zh-TW = \"陳雅婷\", en = \"Chen Ya-ting\" }}\nroles = [\"enter\"]\naccounts = [\"{account}\"]\n"
            ),
        );
        std::fs::remove_dir_all(office.root().join("sources")).unwrap();
        std::fs::create_dir(office.root().join("sources")).unwrap();
        office
    }

    /// Exactly what `qd init` writes: nobody is mapped to this account.
    pub fn untouched() -> Office {
        let folder = tempfile::tempdir().unwrap();
        qd(folder.path(), &["init", "office"]).expect(0);
        Office { folder }
    }

    /// The same office once more, with everything that lies beside it; in memory where the machine has
    /// room there, for rounds of faults would spend their time waiting for a disk.
    pub fn copy(&self) -> Office {
        let folder = match memory() {
            Some(memory) => tempfile::tempdir_in(memory),
            None => tempfile::tempdir(),
        };
        let folder = folder.unwrap();
        copy(self.folder.path(), folder.path());
        Office { folder }
    }

    /// The workspace's folder.
    pub fn root(&self) -> PathBuf {
        self.folder.path().join("office")
    }
    /// A folder beside the workspace.
    pub fn beside(&self) -> &Path {
        self.folder.path()
    }
    /// Writes a file of the workspace.
    pub fn write(&self, file: &str, bytes: impl AsRef<[u8]>) {
        let path = self.root().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    /// Reads a text file of the workspace.
    pub fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.root().join(file)).unwrap()
    }
    /// Adds lines at a file's end.
    pub fn append(&self, file: &str, text: &str) {
        self.write(file, self.read(file) + text);
    }
    /// Changes a text that must be there.
    pub fn replace(&self, file: &str, old: &str, new: &str) {
        let text = self.read(file);
        assert!(text.contains(old), "{file} has no {old}");
        self.write(file, text.replacen(old, new, 1));
    }
    /// A source of one number from a JSON answer.
    pub fn number_source(&self, id: &str, url: &str, series: &str) {
        self.write(
            &format!("sources/{id}.toml"),
            format!(
                "id = \"{id}\"\nkind = \"json\"\nurl = \"{url}\"\nallow_private = true\nschedule = \"daily\"\n\n[[map]]\nseries = \"{series}\"\nat = \"$.count\"\nunit = \"count\"\n"
            ),
        );
    }
    /// The preset of the national catalogue, at another address.
    pub fn catalogue_source(&self, url: &str) {
        self.write(
            "sources/catalogue.toml",
            format!(
                r#"id = "catalogue"
kind = "csv"
url = "{url}"
allow_private = true
schedule = "daily"
licence = "政府資料開放授權條款-第1版"
attribution = "數位發展部 政府資料開放平臺"
personal_fields = ["提供機關聯絡人姓名", "提供機關聯絡人電話"]
min_rows_percent = 90

[[map]]
series = "P01/open-datasets"
aggregate = "count"
unit = "count"

[[map]]
series = "P01/gold-share"
aggregate = "share"
share_of = [{{ column = "品質檢測", op = "in", values = ["白金", "金"] }}]
unit = "percent"
"#
            ),
        );
    }
    /// An indicator of a programme that a source feeds every quarter.
    pub fn indicator(&self, programme: &str, name: &str) {
        self.append(
            &format!("register/programmes/{programme}.toml"),
            &format!(
                "\n[[indicator]]\nseries = \"{name}\"\ntitle = {{ zh-TW = \"測試指標\", en = \"Test indicator {name}\" }}\nunit = \"count\"\nkind = \"count\"\ndirection = \"higher\"\nroad = \"source\"\nfrequency = \"quarter\"\n"
            ),
        );
    }

    /// Runs `qd` in the workspace.
    pub fn qd(&self, args: &[&str]) -> Answer {
        qd(&self.root(), args)
    }
    /// Runs a command line inside of this process, as another account and at another time.
    pub fn qd_as(&self, account: &str, at: &str, args: &[&str]) -> Answer {
        self.qd_by(Clock::fixed(at.parse().unwrap()), account, args)
    }
    /// The same by any clock.
    pub fn qd_by(&self, clock: Clock, account: &str, args: &[&str]) -> Answer {
        let environment = Environment {
            variables: BTreeMap::from([("QD_LANG".to_owned(), "en".to_owned())]),
            folder: self.root(),
            account: account.to_owned(),
            clock,
            ..Environment::of_process()
        };
        let args: Vec<String> = args.iter().map(|a| (*a).to_owned()).collect();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut nothing: &[u8] = b"";
        let code = commands::run(&args, &mut nothing, &mut out, &mut err, &environment);
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Answer {
            code: Some(code),
            out: text(out),
            err: text(err),
        }
    }
    /// A person who signs, mapped to the account of the same name; `more` are lines of `people.toml`.
    pub fn signer(&self, id: &str, role: &str, more: &str) {
        self.append(
            "register/people.toml",
            &format!(
                "\n[[person]]\nid = \"{id}\"\nname = {{ zh-TW = \"{id}\", en = \"{id}\" }}\nroles = [\"{role}\"]\naccounts = [\"{id}\"]\n{more}"
            ),
        );
    }
    /// Takes a step of the sign-off and accepts all that stands open, as an account.
    pub fn sign(
        &self,
        account: &str,
        at: &str,
        step: &str,
        quarter: &str,
        more: &[&str],
    ) -> Answer {
        let state = self.qd_as(account, at, &[step, quarter, "--dry-run", "--json"]);
        let accept = self.accepting(&state);
        let mut args = vec![step, quarter, "--json"];
        args.extend(accept.iter().map(String::as_str));
        args.extend(more);
        self.qd_as(account, at, &args)
    }
    /// The arguments that accept all that stands open in a state of sign-off.
    pub fn accepting(&self, state: &Answer) -> Vec<String> {
        let state = state.clone().expect(0).json();
        let items = state["items"].as_array().unwrap().iter();
        items
            .filter(|item| item["accepted"].is_null())
            .map(|item| {
                format!(
                    "--accept={}=seen, see the letter",
                    item["id"].as_str().unwrap()
                )
            })
            .collect()
    }
    /// `qd collect --json`, held against its schema.
    #[track_caller]
    pub fn collect(&self, code: i32) -> Value {
        let summary = self.qd(&["collect", "--json"]).expect(code).json();
        valid("collect", &summary);
        summary
    }
    /// `qd sources --json`, held against its schema.
    #[track_caller]
    pub fn sources(&self) -> Value {
        let document = self.qd(&["sources", "--json"]).expect(0).json();
        valid("sources", &document);
        document
    }
    /// `qd status --json` with more arguments.
    pub fn status(&self, args: &[&str]) -> Value {
        let args: Vec<&str> = ["status", "--json"]
            .into_iter()
            .chain(args.iter().copied())
            .collect();
        self.qd(&args).expect(0).json()
    }
}

/// A folder in memory that holds half a gigabyte or more.
fn memory() -> Option<&'static str> {
    let mounts = std::fs::read_to_string("/proc/mounts").ok()?;
    let line = mounts
        .lines()
        .find(|line| line.starts_with("tmpfs /dev/shm "))?;
    let size = line.split("size=").nth(1)?.split('k').next()?;
    (size.parse::<u64>().ok()? >= 512 * 1024).then_some("/dev/shm")
}

/// Copies a folder with all that is below it.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

impl Default for Office {
    fn default() -> Self {
        Self::new()
    }
}

/// A programme of a status document.
#[track_caller]
pub fn programme<'a>(status: &'a Value, id: &str) -> &'a Value {
    find(&status["programmes"], id)
}

/// An indicator of a status document by its address, for example `P12/calculations`.
#[track_caller]
pub fn indicator<'a>(status: &'a Value, series: &str) -> &'a Value {
    let owner = series.split('/').next().unwrap_or_default();
    find(&programme(status, owner)["indicators"], series)
}

#[track_caller]
fn find<'a>(list: &'a Value, id: &str) -> &'a Value {
    list.as_array()
        .unwrap()
        .iter()
        .find(|item| item["id"] == id)
        .unwrap_or_else(|| panic!("there is no {id}"))
}
