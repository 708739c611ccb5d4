//! `qd check`: every problem of the workspace's files, offline.

use super::Context;
use crate::failure::{Exit, Failure};
use crate::json;
use crate::session::place;
use crate::workspace;
use quarterdeck_kpi::finding::Severity;
use quarterdeck_kpi::message::Message;
use serde_json::{Value, json as value};

pub(super) fn run(context: &mut Context<'_>) -> Result<Exit, Failure> {
    let root = context.root()?;
    let loaded = workspace::load_for_check(&root)
        .map_err(|message| Failure::usage(message).at(root.to_string_lossy()))?;
    let problems = workspace::check(&loaded);
    let count = |severity| problems.iter().filter(|p| p.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    if context.global.json {
        let list: Vec<Value> = problems
            .iter()
            .map(|p| {
                json::object([
                    ("severity", value!(p.severity)),
                    ("file", value!(p.file)),
                    ("line", value!(p.line)),
                    ("code", value!(p.message.id)),
                    ("message", value!(context.say(&p.message))),
                    (
                        "next",
                        value!(p.next.as_ref().map(|next| context.say(next))),
                    ),
                ])
            })
            .collect();
        context.print_json(&json::object([
            ("schema", value!("quarterdeck/check/1")),
            ("errors", value!(errors)),
            ("warnings", value!(warnings)),
            ("problems", Value::Array(list)),
        ]))?;
    } else {
        for problem in &problems {
            let severity = context.word(match problem.severity {
                Severity::Error => "cli-severity-error",
                Severity::Warning => "cli-severity-warning",
                Severity::Info => "cli-severity-info",
            });
            let mut line = format!(
                "{}: {severity}: {}",
                place(problem),
                context.say(&problem.message)
            );
            if let Some(next) = &problem.next {
                line.push(' ');
                line.push_str(&context.say(next));
            }
            context.print(&line)?;
        }
        context.note(
            &Message::new("cli-check-summary")
                .with("programmes", loaded.register.programmes.len())
                .with("sources", loaded.sources.len())
                .with("errors", errors)
                .with("warnings", warnings),
        );
    }
    Ok(if errors > 0 { Exit::Usage } else { Exit::Done })
}
