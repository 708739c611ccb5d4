//! The command line of tables: what an office hands in, and the blank ones it fills.

use super::args::Command;
use super::args_line::{self, Texts};
use crate::import::Kind;
use clap::{ArgAction, ArgMatches, Command as Clap};
use std::path::PathBuf;

/// `qd import` as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportArgs {
    /// File, `-` for stdin.
    pub file: PathBuf,
    /// What it is.
    pub kind: Kind,
    /// Name of the sheet.
    pub sheet: Option<String>,
    /// Field map.
    pub map: Option<PathBuf>,
    /// Show, and change nothing.
    pub dry_run: bool,
    /// The register is this list alone.
    pub replace: bool,
}

fn kinds() -> [&'static str; 4] {
    Kind::ALL.map(Kind::id)
}

/// The subcommands; `styled` gives one its name, usage, text and the looks of all.
pub(super) fn commands(
    texts: Texts,
    styled: &dyn Fn(&'static str, &'static str, &str) -> Clap,
) -> [Clap; 2] {
    let flag = |name: &'static str, id: &str| args_line::flag(texts, name, id);
    let place = |name: &'static str, id: &str| args_line::place(texts, name, id);
    let path = || clap::value_parser!(PathBuf);
    let import = styled(
        "import",
        "qd import FILE|- --as register|figures|budget|plan [--sheet NAME] [--map FILE] [--dry-run] [--replace]",
        "cli-import",
    )
    .arg(place("file", "cli-arg-import-file").value_name("FILE").value_parser(path()))
    .arg(
        flag("as", "cli-arg-import-as")
            .value_name("KIND")
            .value_parser(kinds())
            .hide_possible_values(true)
            .required(true),
    )
    .arg(flag("sheet", "cli-arg-import-sheet").value_name("NAME"))
    .arg(flag("map", "cli-arg-import-map").value_name("FILE").value_parser(path()))
    .arg(flag("dry-run", "cli-arg-import-dry-run").action(ArgAction::SetTrue))
    .arg(flag("replace", "cli-arg-import-replace").action(ArgAction::SetTrue));
    let template = styled(
        "template",
        "qd template register|figures|budget|plan --out FILE.ods",
        "cli-template",
    )
    .arg(
        place("kind", "cli-arg-template-kind")
            .value_name("KIND")
            .value_parser(kinds())
            .hide_possible_values(true),
    )
    .arg(
        flag("out", "cli-arg-template-out")
            .value_name("FILE")
            .value_parser(path())
            .required(true),
    );
    [import, template]
}

/// Understands one of these commands.
pub(super) fn read(name: &str, own: &ArgMatches) -> Option<Command> {
    let kind = |id: &str| Kind::from_id(own.get_one::<String>(id)?);
    let path = |id: &str| own.get_one::<PathBuf>(id).cloned();
    match name {
        "import" => Some(Command::Import(Box::new(ImportArgs {
            file: path("file")?,
            kind: kind("as")?,
            sheet: own.get_one::<String>("sheet").cloned(),
            map: path("map"),
            dry_run: own.get_flag("dry-run"),
            replace: own.get_flag("replace"),
        }))),
        "template" => Some(Command::Template {
            kind: kind("kind")?,
            out: path("out")?,
        }),
        _ => None,
    }
}
