//! Paths into JSON answers (RFC 9535), parsed once a thread. The usual ones, a name after a name,
//! are followed without a search.

use crate::notice::quote;
use quarterdeck_kpi::message::Message;
use serde_json::Value;
use serde_json_path::JsonPath;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// Paths that a thread keeps: thousands of endpoints of one portal are read by the same few.
const PATHS_KEPT: usize = 32;

/// A path that was understood.
pub(crate) struct ValuePath {
    parsed: JsonPath,
    names: Option<Names>,
}

/// A path of names alone leads to one value or none.
struct Names {
    names: Vec<String>,
    /// The place it leads to, written as RFC 9535 writes it (§2.7).
    place: String,
}

impl Names {
    fn of(path: &str) -> Option<Names> {
        let is_plain = |name: &str| {
            let mut letters = name.bytes();
            let is_letter = |b: u8| b.is_ascii_alphabetic() || b == b'_';
            letters.next().is_some_and(is_letter)
                && letters.all(|b| is_letter(b) || b.is_ascii_digit())
        };
        let names: Vec<String> = path
            .strip_prefix("$.")?
            .split('.')
            .map(|name| is_plain(name).then(|| name.to_owned()))
            .collect::<Option<_>>()?;
        let place = names.iter().map(|name| format!("['{name}']"));
        Some(Names {
            place: format!("${}", place.collect::<String>()),
            names,
        })
    }

    fn follow<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        self.names
            .iter()
            .try_fold(value, |value, name| value.as_object()?.get(name))
    }
}

impl ValuePath {
    /// A path, or where it goes wrong.
    pub(crate) fn parse(path: &str) -> Result<Rc<ValuePath>, Message> {
        thread_local! {
            static KEPT: RefCell<HashMap<String, Rc<ValuePath>>> = RefCell::default();
        }
        if let Some(known) = KEPT.with_borrow(|kept| kept.get(path).map(Rc::clone)) {
            return Ok(known);
        }
        let parsed = JsonPath::parse(path).map_err(|error| {
            Message::new("source-path-invalid")
                .with("path", quote(path))
                .with("position", error.position() + 1)
        })?;
        let names = Names::of(path);
        let parsed = Rc::new(ValuePath { parsed, names });
        KEPT.with_borrow_mut(|kept| {
            if kept.len() >= PATHS_KEPT {
                kept.clear();
            }
            kept.insert(path.to_owned(), Rc::clone(&parsed));
        });
        Ok(parsed)
    }

    /// The values it leads to.
    pub(crate) fn query<'v>(&self, value: &'v Value) -> Vec<&'v Value> {
        match &self.names {
            Some(names) => names.follow(value).into_iter().collect(),
            None => self.parsed.query(value).all(),
        }
    }

    /// The values it leads to, each with its place.
    pub(crate) fn query_located<'v>(&self, value: &'v Value) -> Vec<(String, &'v Value)> {
        match &self.names {
            Some(names) => {
                let found = names.follow(value);
                found
                    .map(|found| (names.place.clone(), found))
                    .into_iter()
                    .collect()
            }
            None => {
                let found = self.parsed.query_located(value);
                let place = |node: &serde_json_path::LocatedNode<'v>| {
                    (node.location().to_string(), node.node())
                };
                found.iter().map(place).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_after_names_lead_where_the_library_leads() {
        let document = json!({
            "a": {"b": {"c_1": [1, {"d": 2}], "": 3, "資料": 4}, "b.c": 5},
            "_": null, "n": 7, "list": [{"a": 1}, {"a": 2}]
        });
        let (mut plain, mut paths) = (0, 0);
        for path in [
            "$",
            "$.a",
            "$.a.b",
            "$.a.b.c_1",
            "$.a.b.c_1.d",
            "$._",
            "$.n",
            "$.n.a",
            "$.list.a",
            "$.none",
            "$.a.none.b",
            "$.a['b.c']",
            "$.a.b.資料",
            "$.list[*].a",
            "$..a",
            "$.list[0]",
        ] {
            let ours = ValuePath::parse(path).unwrap();
            let library = JsonPath::parse(path).unwrap();
            paths += 1;
            plain += usize::from(ours.names.is_some());
            assert_eq!(
                ours.query(&document),
                library.query(&document).all(),
                "{path}"
            );
            let located = library.query_located(&document);
            let located: Vec<(String, &Value)> = located
                .iter()
                .map(|node| (node.location().to_string(), node.node()))
                .collect();
            assert_eq!(ours.query_located(&document), located, "{path}");
        }
        assert_eq!((paths, plain), (16, 10));
    }

    #[test]
    fn what_the_library_does_not_understand_is_not_followed() {
        for path in ["$.", "$.a.", "$..", "a.b", "$.1a", "$.a b", "$.a-b", ""] {
            assert!(ValuePath::parse(path).is_err(), "{path}");
        }
    }
}
