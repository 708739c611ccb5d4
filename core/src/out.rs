//! Where files may be written: never into what was published, nor among the stored answers.

use crate::bag::is_declared;
use crate::failure::Failure;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::text::clean;
use std::path::{Component, Path, PathBuf};

/// Refuses a place, there already or not, that is or lies in a published quarter (a bag), or in the folder of a
/// workspace's raw answers.
pub(crate) fn may_write(place: &Path) -> Result<(), Failure> {
    let real = real(place);
    for folder in real.ancestors() {
        let refused = |id: &'static str| {
            let text = Message::new(id).with("folder", clean(&folder.to_string_lossy()));
            let failure = Failure::usage(text).at(clean(&place.to_string_lossy()));
            Err(failure.next(Message::new("out-elsewhere-next")))
        };
        if is_declared(folder) {
            return refused("out-in-published");
        }
        let is_workspace = |root: &Path| root.join("quarterdeck.toml").is_file();
        if folder.file_name().is_some_and(|name| name == "captures")
            && folder.parent().is_some_and(is_workspace)
        {
            return refused("out-in-captures");
        }
    }
    Ok(())
}

/// Where a path leads: links of what is there are followed, step by step; what is not there yet stands as written.
fn real(place: &Path) -> PathBuf {
    let mut real = PathBuf::new();
    for part in place.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                real.pop();
            }
            other => {
                real.push(other);
                if let Ok(found) = real.canonicalize() {
                    real = found;
                }
            }
        }
    }
    match real.is_relative() {
        true => std::env::current_dir().map_or(real.clone(), |here| here.join(&real)),
        false => real,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_a_bag_is_refused_by_whatever_way_it_is_reached() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let bag = root.join("reports/2025Q3");
        std::fs::create_dir_all(bag.join("data/report")).unwrap();
        std::fs::create_dir_all(root.join("captures")).unwrap();
        std::fs::create_dir_all(root.join("free/captures")).unwrap();
        std::fs::write(bag.join("bagit.txt"), "").unwrap();
        std::fs::write(root.join("quarterdeck.toml"), "").unwrap();
        for place in [
            "reports/2025Q3",
            "reports/2025Q3/data/report",
            "reports/2025Q3/new/deep",
            "free/../reports/2025Q3/x",
            "free/nothing/../../reports/2025Q3/x",
            "captures",
            "captures/ab/x",
        ] {
            let refused = may_write(&root.join(place)).unwrap_err();
            let code = refused.code.as_str();
            assert_eq!(
                code == "out-in-captures",
                place.starts_with("captures"),
                "{place}"
            );
        }
        for place in [
            "reports/2025Q4",
            "reports",
            "free/captures/x",
            "out",
            "reports/2025Q3x",
        ] {
            assert!(may_write(&root.join(place)).is_ok(), "{place}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_into_a_bag_is_followed() {
        let folder = tempfile::tempdir().unwrap();
        let bag = folder.path().join("bag");
        std::fs::create_dir_all(bag.join("data")).unwrap();
        std::fs::write(bag.join("bagit.txt"), "").unwrap();
        std::os::unix::fs::symlink(bag.join("data"), folder.path().join("link")).unwrap();
        assert!(may_write(&folder.path().join("link/x")).is_err());
    }
}
