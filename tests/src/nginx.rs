//! The web server nginx on the loopback address, as portals run it, ended with this value.

use crate::tools;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Where Debian puts nginx's module that packs with brotli.
const BROTLI: &str = "/usr/lib/nginx/modules/ngx_http_brotli_filter_module.so";

/// Serves a folder as it is, under `/gzip/` packed with gzip, and under `/br/` with brotli.
#[derive(Debug)]
pub struct Nginx {
    child: Child,
    port: u16,
    own: tempfile::TempDir,
    /// Whether `/br/` is there.
    pub has_brotli: bool,
}

impl Nginx {
    /// Starts it; none when nginx is missing, which is printed.
    pub fn start(folder: &Path) -> Option<Nginx> {
        let program = tools::find("the web server of portals", &["nginx"])?;
        let own = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .unwrap()
            .port();
        let has_brotli = Path::new(BROTLI).is_file();
        if !has_brotli {
            tools::skipped("packing with brotli", BROTLI);
        }
        let settings = own.path().join("nginx.conf");
        let text = settings_text(own.path(), folder, port, has_brotli);
        std::fs::write(&settings, text).unwrap();
        let child = Command::new(program)
            .arg("-p")
            .arg(own.path())
            .arg("-c")
            .arg(&settings)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let nginx = Nginx {
            child,
            port,
            own,
            has_brotli,
        };
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(began.elapsed() < Duration::from_secs(20), "{}", nginx.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(nginx)
    }

    /// Address of a file.
    pub fn url(&self, file: &str) -> String {
        format!("http://127.0.0.1:{}/{file}", self.port)
    }

    /// What was asked for: a line each of path, status and packing.
    pub fn log(&self) -> String {
        let read = |name: &str| std::fs::read_to_string(self.own.path().join(name));
        read("access.log").unwrap_or_default() + &read("error.log").unwrap_or_default()
    }
}

fn settings_text(own: &Path, folder: &Path, port: u16, has_brotli: bool) -> String {
    let at = |name: &str| own.join(name).display().to_string();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .iter()
        .map(|kind| format!("{kind}_temp_path {};\n", at(kind)))
        .collect();
    let module = match has_brotli {
        true => format!("load_module {BROTLI};\n"),
        false => String::new(),
    };
    let folder = folder
        .canonicalize()
        .unwrap_or_else(|_| PathBuf::from(folder));
    let folder = folder.display();
    let brotli = match has_brotli {
        true => format!(
            "location /br/ {{ alias {folder}/; brotli on; brotli_types *; brotli_min_length 1; }}"
        ),
        false => String::new(),
    };
    // One process: ending it ends everything.
    format!(
        "{module}daemon off;\nmaster_process off;\npid {pid};\nerror_log {error};\nevents {{}}\n\
         http {{\n{temporary}log_format short '$uri $status $sent_http_content_encoding';\n\
         access_log {access} short;\ndefault_type application/octet-stream;\n\
         types {{ text/csv csv; text/xml xml; application/json json; }}\n\
         server {{\nlisten 127.0.0.1:{port};\nroot {folder};\n\
         location /gzip/ {{ alias {folder}/; gzip on; gzip_types *; gzip_min_length 1; }}\n{brotli}\n}}\n}}\n",
        pid = at("nginx.pid"),
        error = at("error.log"),
        access = at("access.log"),
    )
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
