//! `qd template`: a blank table for people to fill.

use super::Context;
use crate::failure::{Exit, Failure};
use crate::import::{Kind, template};
use crate::platform;
use crate::session::{Access, Session};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::text::clean;
use std::io;
use std::path::Path;

pub(super) fn run(context: &mut Context<'_>, kind: Kind, out: &Path) -> Result<Exit, Failure> {
    // Outside of a workspace the table is blank; a broken workspace is said.
    let session = match context.root() {
        Ok(root) => Some(Session::open_as(
            &root,
            Access::ReadOnly,
            context.environment.clock.clone(),
            context.environment.account.clone(),
        )?),
        Err(_) if context.global.workspace.is_none() => None,
        Err(failure) => return Err(failure),
    };
    let book = template(kind, context.language, session.as_ref());
    let failed = |place: &str, error: &io::Error| {
        Failure::nothing(
            Message::new("import-template-failed").with("reason", clean(&error.to_string())),
        )
        .at(place)
    };
    let bytes = book.ods().map_err(|error| failed("--out", &error))?;
    if out == Path::new("-") {
        context.bytes(&bytes)?;
        return Ok(Exit::Done);
    }
    let shown = clean(&out.to_string_lossy());
    if !out
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("ods"))
    {
        return Err(Failure::usage(Message::new("import-template-ods")).at(shown));
    }
    let target = context.environment.folder.join(out);
    crate::out::may_write(&target)?;
    match platform::create_file(&target, &bytes) {
        Ok(()) => {
            context.print(&shown)?;
            Ok(Exit::Done)
        }
        // It may have been filled since.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(Failure::usage(Message::new("import-template-exists")).at(shown))
        }
        Err(error) => Err(Failure::nothing(platform::refused(&target, &error)).at(shown)),
    }
}
