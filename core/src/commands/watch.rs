//! `qd collect --watch`: collects by schedule until it is told to stop, and writes the log.

use super::Context;
use super::collect::{level_of, report_line};
use super::log::Level;
use crate::demo;
use crate::failure::{Exit, Failure};
use crate::watch::{Order, Told, watch};
use quarterdeck_kpi::message::Message;
use std::sync::Arc;

pub(super) fn run(context: &mut Context<'_>, sources: Vec<String>) -> Result<Exit, Failure> {
    let session = context.open()?;
    session.writable()?;
    if demo::is_demo(session.workspace()) {
        return Err(Failure::usage(Message::new("cli-watch-demo"))
            .next(Message::new("cli-watch-demo-next")));
    }
    let unknown = |id: &&String| !session.workspace().sources.iter().any(|s| s.id == **id);
    if let Some(id) = sources.iter().find(unknown) {
        return Err(super::collect::unknown_source(id));
    }
    let mut order = Order::new(Arc::clone(&context.environment.interrupt));
    order.only = (!sources.is_empty()).then_some(sources);
    watch(session, order, &mut |told| tell(context, &told))?;
    Ok(Exit::Interrupted)
}

fn tell(context: &mut Context<'_>, told: &Told) {
    let (level, run, source, message) = match told {
        Told::Said {
            level,
            run,
            source,
            message,
        } => (*level, *run, source.as_str(), message.clone()),
        Told::Finished(run, report) => (
            level_of(report),
            *run,
            report.source.as_str(),
            report_line(report),
        ),
    };
    let least = match (context.global.verbose, context.global.quiet) {
        (true, _) => Level::Debug,
        (false, true) => Level::Warn,
        (false, false) => Level::Info,
    };
    if level >= least {
        let text = context.say(&message);
        context.log_line(level, run, source, &text);
    }
}
