//! `qd report --draft`: the paragraphs that rules wrote, as a file to edit.

use super::Context;
use super::report::{ReportRequest, with_input};
use crate::failure::{Exit, Failure};
use crate::json;
use crate::platform;
use crate::session::Session;
use quarterdeck_kpi::message::Message;
use quarterdeck_report::prose;
use quarterdeck_view::i18n::word;
use serde_json::json as value;
use std::fmt::Write;
use std::io;

/// Writes `register/texts/QUARTER-LANGUAGE.toml`; never over a file that is there.
pub(super) fn run(
    context: &mut Context<'_>,
    session: &Session,
    request: &ReportRequest,
) -> Result<Exit, Failure> {
    session.may_enter()?;
    let language = request.language;
    let file = format!("register/texts/{}-{}.toml", request.quarter, language.id());
    let paragraphs = with_input(session, request, |input| Ok(prose::written(input)))?;
    let mut text = String::new();
    for line in word(language, "report-draft-remark").split('|') {
        let _ = writeln!(text, "# {}", line.trim());
    }
    let _ = writeln!(text, "\nquarter = \"{}\"", request.quarter);
    let _ = writeln!(text, "language = \"{}\"", language.id());
    for paragraph in paragraphs {
        let written = toml_edit::Value::from(paragraph.text);
        let _ = write!(
            text,
            "\n[[paragraph]]\nid = \"{}\"\ntext = {written}\n",
            paragraph.id
        );
    }
    let target = file
        .split('/')
        .fold(session.root().to_owned(), |place, part| place.join(part));
    let refused =
        |error: &io::Error| Failure::nothing(platform::refused(&target, error)).at(file.as_str());
    if let Some(folder) = target.parent() {
        std::fs::create_dir_all(folder).map_err(|error| refused(&error))?;
    }
    match platform::create_file(&target, text.as_bytes()) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(Failure::usage(Message::new("report-draft-exists")).at(file));
        }
        Err(error) => return Err(refused(&error)),
    }
    if context.global.json {
        context.print_json(&json::object([
            ("schema", value!("quarterdeck/report/1")),
            ("quarter", value!(request.quarter.to_string())),
            ("language", value!(language.id())),
            ("files", value!([file])),
        ]))?;
    } else {
        context.print(&file)?;
        context.note(&Message::new("report-draft-done").with("quarter", request.quarter));
    }
    Ok(Exit::Done)
}
