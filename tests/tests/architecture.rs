//! The table of packages in ARCHITECTURE.md, held against what cargo says.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};
use quarterdeck_tests::repository;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// Package, folder, and the packages of ours that it may import.
const MAY_IMPORT: [(&str, &str, &[&str]); 8] = [
    ("kpi", "kpi", &[]),
    ("view", "core/view", &["kpi"]),
    ("sources", "core/sources", &["kpi"]),
    ("store", "core/store", &["kpi"]),
    ("report", "core/report", &["kpi", "view"]),
    (
        "core",
        "core",
        &["kpi", "view", "sources", "store", "report"],
    ),
    ("gui", "gui", &["core", "view"]),
    ("tui", "tui", &["core", "view"]),
];

/// Packages that the customer fixed, and who uses each.
const FIXED: [(&str, &str); 10] = [
    ("egui", "gui"),
    ("eframe", "gui"),
    ("ratatui", "tui"),
    ("crossterm", "tui"),
    ("rusqlite", "store"),
    ("serde", "kpi"),
    ("toml", "core"),
    ("chrono", "kpi"),
    ("reqwest", "core"),
    ("plotters", "report"),
];

/// Packages that one of ours has to itself.
const ALONE: [(&str, &str); 13] = [
    ("reqwest", "core"),
    ("rustls", "core"),
    ("hyper", "core"),
    ("tokio", "core"),
    ("typst", "report"),
    ("typst-pdf", "report"),
    ("plotters", "report"),
    ("rusqlite", "store"),
    ("egui", "gui"),
    ("eframe", "gui"),
    ("ratatui", "tui"),
    ("crossterm", "tui"),
    ("simd-csv", "sources"),
];

fn metadata() -> &'static Metadata {
    static METADATA: OnceLock<Metadata> = OnceLock::new();
    METADATA.get_or_init(|| {
        MetadataCommand::new()
            .manifest_path(repository::root().join("Cargo.toml"))
            .other_options(["--locked".to_owned()])
            .exec()
            .unwrap()
    })
}

fn package(short: &str) -> &'static Package {
    let name = format!("quarterdeck-{short}");
    metadata()
        .workspace_packages()
        .into_iter()
        .find(|package| package.name.as_str() == name)
        .unwrap_or_else(|| panic!("there is no package {name}"))
}

/// Names that a package asks for outside of its tests.
fn normal(package: &Package) -> BTreeSet<&str> {
    package
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind == DependencyKind::Normal)
        .map(|dependency| dependency.name.as_str())
        .collect()
}

#[test]
fn packages_import_what_the_table_allows_and_nothing_else() {
    let known: BTreeSet<String> = MAY_IMPORT
        .iter()
        .map(|(short, ..)| format!("quarterdeck-{short}"))
        .chain(["quarterdeck-tests".to_owned()])
        .collect();
    let found: BTreeSet<String> = metadata()
        .workspace_packages()
        .iter()
        .map(|package| package.name.to_string())
        .collect();
    assert_eq!(found, known, "the packages of the workspace");
    for (short, folder, allowed) in MAY_IMPORT {
        let package = package(short);
        let home = repository::root().join(folder);
        assert_eq!(package.manifest_path.parent().unwrap(), home, "{short}");
        let ours: BTreeSet<&str> = normal(package)
            .into_iter()
            .filter_map(|name| name.strip_prefix("quarterdeck-"))
            .collect();
        let allowed: BTreeSet<&str> = allowed.iter().copied().collect();
        assert!(
            ours.is_subset(&allowed),
            "quarterdeck-{short} imports {:?}, which the table of ARCHITECTURE.md does not allow",
            ours.difference(&allowed).collect::<Vec<_>>()
        );
    }
}

#[test]
fn architecture_md_prints_the_same_table() {
    let text = std::fs::read_to_string(repository::root().join("ARCHITECTURE.md")).unwrap();
    let rows: BTreeMap<&str, &str> = text
        .lines()
        .filter(|line| line.starts_with("| `quarterdeck-"))
        .flat_map(|line| {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let (names, allowed) = (cells[1], cells[2]);
            names
                .split('`')
                .filter_map(|word| word.strip_prefix("quarterdeck-"))
                .map(move |name| (name, allowed))
        })
        .collect();
    for (short, folder, allowed) in MAY_IMPORT {
        let expected = match (short, allowed) {
            (_, []) => "nothing".to_owned(),
            ("core", _) => "all above".to_owned(),
            _ => allowed.join(", "),
        };
        assert_eq!(rows.get(short), Some(&expected.as_str()), "{short}");
        assert!(text.contains(&format!("(`{folder}/`)")), "{folder}");
    }
    assert!(rows.contains_key("tests"));
}

#[test]
fn fixed_packages_are_used_where_they_belong() {
    for (name, user) in FIXED {
        assert!(
            normal(package(user)).contains(name),
            "quarterdeck-{user} does not use {name}"
        );
    }
    for (name, owner) in ALONE {
        for (short, ..) in MAY_IMPORT {
            if short != owner {
                assert!(
                    !normal(package(short)).contains(name),
                    "quarterdeck-{short} uses {name}, which is quarterdeck-{owner}'s"
                );
            }
        }
    }
}

/// Everything that is built for a package, outside of tests.
fn tree(short: &str) -> BTreeSet<String> {
    let resolve = metadata().resolve.as_ref().unwrap();
    let nodes: BTreeMap<_, _> = resolve.nodes.iter().map(|node| (&node.id, node)).collect();
    let names: BTreeMap<_, _> = metadata()
        .packages
        .iter()
        .map(|package| (&package.id, package.name.to_string()))
        .collect();
    let mut open = vec![&package(short).id];
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        if seen.insert(id) {
            let wanted = nodes[id].deps.iter().filter(|dependency| {
                dependency
                    .dep_kinds
                    .iter()
                    .any(|kind| kind.kind != DependencyKind::Development)
            });
            open.extend(wanted.map(|dependency| &dependency.pkg));
        }
    }
    seen.into_iter().map(|id| names[id].clone()).collect()
}

#[test]
fn the_terminal_program_carries_no_window_and_the_pure_packages_no_outside_world() {
    let windows = [
        "egui",
        "eframe",
        "wgpu",
        "winit",
        "glow",
        "glutin",
        "egui_extras",
        "rfd",
    ];
    let outside = [
        "reqwest",
        "hyper",
        "tokio",
        "rusqlite",
        "typst",
        "ureq",
        "libsqlite3-sys",
    ];
    let qd = tree("tui");
    for name in windows {
        assert!(!qd.contains(name), "qd carries {name}");
    }
    assert!(
        qd.contains("ratatui") && qd.contains("reqwest"),
        "the tree is read"
    );
    for pure in ["kpi", "view", "sources"] {
        let carried = tree(pure);
        for name in outside.iter().chain(&windows) {
            assert!(
                !carried.contains(*name),
                "quarterdeck-{pure} carries {name}"
            );
        }
    }
    assert!(
        !tree("report").contains("reqwest"),
        "a report asks no network"
    );
}

#[test]
fn only_one_folder_speaks_to_the_network_and_one_package_to_typst() {
    for file in repository::rust_files() {
        if file.is_test() {
            continue;
        }
        let text = quarterdeck_tests::rust_text::without_tests(&file.text);
        let code = quarterdeck_tests::rust_text::parts(text).code;
        let names = |word: &str| {
            code.split(|c: char| !(c.is_alphanumeric() || c == '_'))
                .any(|w| w == word)
        };
        for (word, home) in [
            ("reqwest", "core/src/transport/"),
            ("rustls", "core/src/transport/"),
            ("typst", "core/report/src/"),
            ("typst_pdf", "core/report/src/"),
            ("plotters", "core/report/src/"),
            ("rusqlite", "core/store/"),
            ("hyper", "core/src/"),
            ("eframe", "gui/"),
            ("crossterm", "tui/"),
        ] {
            assert!(
                !names(word) || file.name.starts_with(home),
                "{} uses {word}, which belongs to {home}",
                file.name
            );
        }
        // A face knows neither figures nor SQL nor HTTP.
        if file.name.starts_with("gui/") || file.name.starts_with("tui/") {
            for word in [
                "quarterdeck_kpi",
                "quarterdeck_store",
                "quarterdeck_sources",
            ] {
                assert!(!names(word), "{} imports {word}", file.name);
            }
        }
    }
}

#[test]
fn manifests_ask_the_workspace_for_every_package_and_name_no_registry() {
    let root = repository::root();
    let mut manifests = vec![root.join("Cargo.toml")];
    for (_, folder, _) in MAY_IMPORT {
        manifests.push(root.join(folder).join("Cargo.toml"));
    }
    manifests.push(root.join("tests/Cargo.toml"));
    for manifest in &manifests {
        let text = std::fs::read_to_string(manifest).unwrap();
        for word in ["registry", "://", "git ="] {
            assert!(!text.contains(word), "{} names {word}", manifest.display());
        }
    }
    for package in metadata().workspace_packages() {
        let text = std::fs::read_to_string(&package.manifest_path).unwrap();
        let tables = text.split("\n[").filter(|table| {
            table.starts_with("dependencies]") || table.starts_with("dev-dependencies]")
        });
        for line in tables.flat_map(|table| table.lines().skip(1)) {
            let line = line.trim();
            assert!(
                line.is_empty() || line.starts_with('#') || line.contains("workspace = true"),
                "{}: {line}",
                package.name
            );
        }
        assert!(
            text.contains("[lints]\nworkspace = true"),
            "{}",
            package.name
        );
    }
    for config in [".cargo/config.toml", ".cargo/config"] {
        assert!(
            !root.join(config).exists(),
            "{config} would bind the project to a machine"
        );
    }
}
