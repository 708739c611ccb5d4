//! A PostgreSQL server of our own on the loopback address, ended with this value.

use crate::tools;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The server, with a database `postgres` and whatever `sql` made in it.
#[derive(Debug)]
pub struct Postgres {
    folder: tempfile::TempDir,
    programs: PathBuf,
    port: u16,
}

/// Where the server's own programs lie; Debian keeps them apart from the client's.
fn programs(what: &str) -> Option<PathBuf> {
    let debian = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .filter(|folder| folder.join("initdb").is_file())
        .max();
    debian.or_else(|| {
        let initdb = tools::find(what, &["initdb"])?;
        initdb.parent().map(Path::to_owned)
    })
}

fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout == b"0\n")
}

impl Postgres {
    /// Starts it with a certificate of its own (PEM: certificate, key). None when it is missing, or
    /// when nobody but root is here to run it, which is printed.
    ///
    /// The owner is `owner` with password `owner-word`; `sql` runs before, one statement a line.
    pub fn start(what: &str, certificate: Option<(&str, &str)>, sql: &[&str]) -> Option<Postgres> {
        let programs = programs(what)?;
        if is_root() && (tools::find(what, &["setpriv"]).is_none() || !has_account()) {
            tools::skipped(what, "an account postgres");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .unwrap()
            .port();
        let server = Postgres {
            folder,
            programs,
            port,
        };
        server.give_away(server.folder.path());
        let word = server.file("word", "owner-word");
        let data = server.data();
        let made = server.run(
            "initdb",
            &[
                "-D",
                &data,
                "-U",
                "owner",
                "-A",
                "scram-sha-256",
                "-E",
                "UTF8",
                "--locale=C",
                "-N",
                "--pwfile",
                &word,
            ],
            None,
        );
        assert!(made.status.success(), "initdb: {}", said(&made));
        let script = server.file("start.sql", &(sql.join("\n") + "\n"));
        let single = server.run(
            "postgres",
            &["--single", "-D", &data, "postgres"],
            Some(&script),
        );
        assert!(
            single.status.success() && !said(&single).contains("ERROR"),
            "{}",
            said(&single)
        );
        let mut options = format!(
            "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        );
        if let Some((certificate, key)) = certificate {
            let certificate = server.file("server.crt", certificate);
            let key = server.file("server.key", key);
            options.push_str(&format!(
                " -c ssl=on -c ssl_cert_file={certificate} -c ssl_key_file={key}"
            ));
        }
        let log = format!("{}/log", server.folder.path().display());
        let started = server.run(
            "pg_ctl",
            &[
                "-D", &data, "-w", "-t", "90", "-l", &log, "-o", &options, "start",
            ],
            None,
        );
        let told = std::fs::read_to_string(&log).unwrap_or_default();
        assert!(started.status.success(), "pg_ctl: {}{told}", said(&started));
        Some(server)
    }

    /// Address of a database of this server.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://127.0.0.1:{}/{database}", self.port)
    }

    fn data(&self) -> String {
        format!("{}/data", self.folder.path().display())
    }

    /// A file that only the server may read.
    fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        self.give_away(&path);
        path.display().to_string()
    }

    fn give_away(&self, path: &Path) {
        if is_root() {
            let given = Command::new("chown").arg("postgres").arg(path).status();
            assert!(given.unwrap().success());
        }
    }

    /// Runs one of the server's programs, as somebody who is not root.
    fn run(&self, program: &str, args: &[&str], input: Option<&str>) -> Output {
        let program = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.args([
                "--reuid=postgres",
                "--regid=postgres",
                "--clear-groups",
                "--",
            ]);
            command.arg(program);
            command
        } else {
            Command::new(program)
        };
        // What pg_ctl leaves running would hold a pipe open.
        let out = tempfile::tempfile().unwrap();
        let mut seen = out.try_clone().unwrap();
        let input = input.map_or_else(Stdio::null, |file| {
            std::fs::File::open(file).unwrap().into()
        });
        let status = command
            .args(args)
            .current_dir(self.folder.path())
            .env("LC_ALL", "C")
            .stdin(input)
            .stdout(out.try_clone().unwrap())
            .stderr(out)
            .status()
            .unwrap();
        let mut text = Vec::new();
        std::io::Seek::rewind(&mut seen).unwrap();
        std::io::Read::read_to_end(&mut seen, &mut text).unwrap();
        Output {
            status,
            stdout: text,
            stderr: Vec::new(),
        }
    }
}

fn has_account() -> bool {
    Command::new("id")
        .arg("postgres")
        .output()
        .is_ok_and(|output| output.status.success())
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = self.run(
            "pg_ctl",
            &["-D", &self.data(), "-m", "immediate", "-w", "stop"],
            None,
        );
    }
}
