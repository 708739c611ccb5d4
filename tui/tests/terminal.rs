//! The built program on a real pseudo-terminal.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

const QD: &str = env!("CARGO_BIN_EXE_qd");
/// Long enough for a busy machine; a good run needs a small part of it.
const PATIENCE: Duration = Duration::from_secs(60);

/// A terminal with the program in it.
struct Terminal {
    parser: vt100::Parser,
    output: mpsc::Receiver<Vec<u8>>,
    input: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    raw: Vec<u8>,
}

impl Terminal {
    fn start(
        workspace: &Path,
        (columns, rows): (u16, u16),
        language: &str,
        environment: &[(&str, &str)],
    ) -> Terminal {
        let pair = native_pty_system()
            .openpty(PtySize {
                rows,
                cols: columns,
                pixel_width: 0,
                pixel_height: 0,
            })
            .unwrap();
        let mut command = CommandBuilder::new(QD);
        command.args(["--lang", language, "--workspace"]);
        command.arg(workspace);
        command.env("TERM", "xterm-256color");
        command.env_remove("NO_COLOR");
        for (name, value) in environment {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (sender, output) = mpsc::channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(count) = reader.read(&mut buffer) {
                if count == 0 || sender.send(buffer[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        let input = pair.master.take_writer().unwrap();
        let parser = vt100::Parser::new(rows, columns, 0);
        Terminal {
            parser,
            output,
            input,
            child,
            master: pair.master,
            raw: Vec::new(),
        }
    }

    fn contents(&self) -> String {
        self.parser.screen().contents()
    }

    /// Reads until the screen is as wanted.
    fn wait(&mut self, what: &str, wanted: impl Fn(&str) -> bool) {
        let until = Instant::now() + PATIENCE;
        while !wanted(&self.contents()) {
            let left = until.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => {
                    self.parser.process(&bytes);
                    self.raw.extend(bytes);
                }
                Err(_) => panic!("{what} did not come; the screen is:\n{}", self.contents()),
            }
        }
    }

    fn type_text(&mut self, text: &str) {
        self.input.write_all(text.as_bytes()).unwrap();
        self.input.flush().unwrap();
    }

    /// Waits for the end of the program; gives its exit code and everything it wrote.
    fn end(mut self) -> (u32, Vec<u8>) {
        let until = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(
                Instant::now() < until,
                "it does not end; the screen is:\n{}",
                self.contents()
            );
            std::thread::sleep(Duration::from_millis(20));
        };
        while let Ok(bytes) = self.output.recv_timeout(Duration::from_millis(300)) {
            self.parser.process(&bytes);
            self.raw.extend(bytes);
        }
        (status.exit_code(), self.raw)
    }
}

/// A starter workspace.
fn workspace(folder: &Path) -> std::path::PathBuf {
    let root = folder.join("office");
    let made = Command::new(QD)
        .arg("init")
        .arg(&root)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    root
}

fn has(raw: &[u8], sequence: &str) -> bool {
    raw.windows(sequence.len())
        .any(|window| window == sequence.as_bytes())
}

#[test]
fn a_session_from_the_first_screen_to_the_last() {
    let folder = tempfile::tempdir().unwrap();
    let root = workspace(folder.path());
    let mut terminal = Terminal::start(&root, (120, 36), "zh-TW", &[]);
    terminal.wait("the overview", |text| {
        text.contains("P29") && text.contains("q 離開")
    });
    assert!(terminal.contents().contains("數位政府計畫績效監測"));

    // A filter in Chinese, as an input method sends it: whole characters, then Enter.
    terminal.type_text("/");
    terminal.wait("the filter", |text| {
        text.lines()
            .last()
            .is_some_and(|line| line.trim_start().starts_with('/'))
    });
    terminal.type_text("健保\r");
    terminal.wait("P13 alone", |text| {
        text.contains("P13") && !text.contains("P02") && text.contains("q 離開")
    });

    // The full-width question mark is a question mark.
    terminal.type_text("？");
    terminal.wait("the help", |text| {
        text.contains("按鍵與指令") && text.contains("Ctrl+F")
    });
    terminal.type_text("L");
    terminal.wait("English", |text| {
        text.contains("Quarterdeck") && text.contains("q quit")
    });
    terminal.type_text("1");
    terminal.wait("the overview in English", |text| {
        text.contains("P13") && text.contains("Exec %")
    });

    // Another size, at once.
    terminal
        .master
        .resize(PtySize {
            rows: 24,
            cols: 80,
            pixel_width: 0,
            pixel_height: 0,
        })
        .unwrap();
    terminal.parser.screen_mut().set_size(24, 80);
    terminal.wait("the small screen", |text| {
        text.lines().count() == 24
            && text
                .lines()
                .last()
                .is_some_and(|line| line.contains("q quit"))
    });

    terminal.type_text("q");
    let (code, raw) = terminal.end();
    assert_eq!(code, 0);
    for (on, off) in [
        ("\x1b[?1049h", "\x1b[?1049l"),
        ("\x1b[?1000h", "\x1b[?1000l"),
        ("\x1b[?2004h", "\x1b[?2004l"),
        ("\x1b[?25l", "\x1b[?25h"),
    ] {
        assert!(has(&raw, on), "{on:?}");
        assert!(has(&raw, off), "the terminal is not restored: {off:?}");
    }
}

#[test]
fn a_mouse_click_chooses_and_a_second_one_opens() {
    let folder = tempfile::tempdir().unwrap();
    let root = workspace(folder.path());
    let mut terminal = Terminal::start(&root, (120, 36), "en", &[]);
    terminal.wait("the overview", |text| {
        text.contains("P29") && text.contains("q quit")
    });
    let row = terminal
        .contents()
        .lines()
        .position(|line| line.trim_start().starts_with("P12"))
        .unwrap()
        + 1;
    terminal.type_text(&format!("\x1b[<0;20;{row}M\x1b[<0;20;{row}m"));
    terminal.wait("the mark", |text| text.contains("›P12"));
    terminal.type_text(&format!(
        "\x1b[<0;20;{row}M\x1b[<0;20;{row}m\x1b[<0;20;{row}M\x1b[<0;20;{row}m"
    ));
    terminal.wait("the programme", |text| text.contains("Overview ›"));
    // Ctrl-C ends it as q does when nothing runs.
    terminal.type_text("\x03");
    let (code, _) = terminal.end();
    assert_eq!(code, 0);
}

#[test]
fn without_colours_there_are_none() {
    let folder = tempfile::tempdir().unwrap();
    let root = workspace(folder.path());
    let mut terminal = Terminal::start(
        &root,
        (80, 24),
        "zh-TW",
        &[("NO_COLOR", "1"), ("QD_GLYPHS", "ascii")],
    );
    terminal.wait("the overview", |text| {
        text.contains("P01") && text.contains("q 離開")
    });
    terminal.type_text("q");
    let (code, raw) = terminal.end();
    assert_eq!(code, 0);
    for number in (30..38).chain(40..48).chain(90..98) {
        assert!(!has(&raw, &format!("\x1b[{number}m")), "{number}");
    }
    assert!(!has(&raw, "\x1b[38;") && !has(&raw, "\x1b[48;"));
}

#[test]
fn without_a_terminal_it_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let root = workspace(folder.path());
    let output = Command::new(QD)
        .args(["--lang", "en", "--workspace"])
        .arg(&root)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.contains("qd status"), "{text}");
}
