//! `qd demo`: the whole way with invented figures, and what to try next.

use super::report::{Formats, ReportRequest, write_report};
use super::{Context, status};
use crate::demo;
use crate::failure::{Exit, Failure};
use crate::json;
use crate::session::{Access, Session};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::text::clean;
use serde_json::json as value;
use std::path::PathBuf;

pub(super) fn run(
    context: &mut Context<'_>,
    dir: PathBuf,
    serve: Option<u16>,
) -> Result<Exit, Failure> {
    let root = context.environment.folder.join(dir);
    let shown = clean(&root.to_string_lossy());
    if context.global.read_only {
        return Err(Failure::usage(Message::new("session-read-only-asked")).at(shown));
    }
    let interrupt = context.environment.interrupt.clone();
    let mut progress = |step: demo::Step| {
        let text = context.say(
            &Message::new("cli-demo-step")
                .with("quarter", step.quarter)
                .with("done", step.done)
                .with("of", step.of),
        );
        context.progress(&text);
    };
    let summary = demo::make(&root, &mut progress, &interrupt)?;
    if summary.interrupted {
        context.note(&Message::new("cli-demo-interrupted").with("folder", shown));
        return Ok(Exit::Interrupted);
    }
    let session = Session::open_as(
        &root,
        Access::ReadWrite,
        context.environment.clock.clone(),
        context.environment.account.clone(),
    )?;
    let quarter = demo::QUARTERS.1;
    let making = context.say(&Message::new("cli-report-making").with("quarter", quarter));
    context.progress(&making);
    let request = ReportRequest {
        quarter,
        as_of: None,
        language: context.language,
        formats: Formats::default(),
    };
    let out = root.join("reports").join(quarter.to_string());
    let written = write_report(&session, &request, &out)?;
    if context.global.json {
        let files: Vec<String> = written
            .iter()
            .map(|p| clean(&p.to_string_lossy()))
            .collect();
        context.print_json(&json::object([
            ("schema", value!("quarterdeck/demo/1")),
            ("workspace", value!(shown)),
            ("readings", value!(summary.readings)),
            ("report", value!(files)),
        ]))?;
    } else {
        status::show(context, &session, quarter)?;
        let next = context.say(
            &Message::new("cli-demo-next")
                .with("folder", shown)
                .with("report", clean(&out.to_string_lossy()))
                .with("readings", summary.readings),
        );
        context.print(&format!("\n{next}"))?;
    }
    if let Some(port) = serve {
        let portals = demo::start_portals(port).map_err(Failure::nothing)?;
        context.note(&Message::new("cli-demo-serving").with("origin", portals.origin()));
        let interrupted = || interrupt.load(std::sync::atomic::Ordering::Relaxed);
        portals.wait_until(&interrupted);
    }
    Ok(Exit::Done)
}
