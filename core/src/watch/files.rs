//! Whether the office's files changed: names, lengths and times, looked at now and then.

use quarterdeck_sources::targets::is_list_name;
use std::path::Path;
use std::time::SystemTime;

/// What can be seen of the files without reading them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fingerprint(Vec<(String, u64, Option<SystemTime>)>);

impl Fingerprint {
    /// Of `quarterdeck.toml`, the `.toml` files of `register/`, `register/programmes/` and
    /// `sources/`, and what may be files of targets there.
    pub(super) fn of(root: &Path) -> Fingerprint {
        let mut seen = Vec::new();
        for folder in ["", "register", "register/programmes", "sources"] {
            let entries = std::fs::read_dir(root.join(folder));
            for entry in entries.into_iter().flatten().flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                let is_list = folder == "sources" && is_list_name(&name);
                if !(name.ends_with(".toml") || is_list) || name.starts_with('.') {
                    continue;
                }
                // Follows a link, as reading does.
                if let Ok(data) = std::fs::metadata(entry.path()) {
                    let name = format!("{folder}/{name}");
                    seen.push((name, data.len(), data.modified().ok()));
                }
            }
        }
        seen.sort();
        Fingerprint(seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_a_changed_and_a_removed_file_are_seen() {
        let folder = tempfile::tempdir().unwrap();
        let sources = folder.path().join("sources");
        std::fs::create_dir(&sources).unwrap();
        let empty = Fingerprint::of(folder.path());
        std::fs::write(sources.join("a.toml"), "1").unwrap();
        let one = Fingerprint::of(folder.path());
        assert_ne!(empty, one);
        assert_eq!(one, Fingerprint::of(folder.path()));
        std::fs::write(sources.join("a.toml"), "22").unwrap();
        assert_ne!(one, Fingerprint::of(folder.path()));
        std::fs::write(sources.join(".a.toml.swp"), "3").unwrap();
        std::fs::remove_file(sources.join("a.toml")).unwrap();
        assert_eq!(empty, Fingerprint::of(folder.path()));
    }
}
