//! A few records of a long JSON list, without the others: an excerpt shows two of ten thousand.

use crate::document::Strict;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::fmt;

/// The records of a list that are kept, by their places, and how many there are.
pub(super) struct Few {
    pub kept: Vec<Value>,
    pub count: usize,
}

/// The records that `keep` wants, for a plain path to a list (`$[*]`, `$.result.records[*]`); `None` for any other path,
/// and where the answer is not what the path says: whoever asks reads all of it then.
pub(super) fn few_rows(
    text: &str,
    path: &str,
    keep: impl Fn(usize) -> bool,
    room: u64,
) -> Option<Few> {
    let steps = steps(path)?;
    let (room, problem) = (Cell::new(room), RefCell::new(None));
    let walk = Walk {
        steps: &steps,
        keep: &keep,
        record: Strict::within(&room, &problem),
    };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let found = walk.deserialize(&mut deserializer).ok().flatten();
    deserializer.end().ok()?;
    found
}

/// The members on the way to the list.
fn steps(path: &str) -> Option<Vec<&str>> {
    let mut rest = path.trim().strip_prefix('$')?.strip_suffix("[*]")?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        let (step, after) = if let Some(quoted) = rest.strip_prefix("['") {
            quoted.split_once("']")?
        } else {
            let name = rest.strip_prefix('.')?;
            name.split_at(name.find(['.', '[']).unwrap_or(name.len()))
        };
        let is_plain = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
        if step.is_empty() || !step.chars().all(is_plain) {
            return None;
        }
        steps.push(step);
        rest = after;
    }
    Some(steps)
}

struct Walk<'a, K> {
    steps: &'a [&'a str],
    keep: &'a K,
    /// Reads a record that is kept.
    record: Strict<'a>,
}

impl<'de, K: Fn(usize) -> bool> DeserializeSeed<'de> for Walk<'_, K> {
    type Value = Option<Few>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, K: Fn(usize) -> bool> Visitor<'de> for Walk<'_, K> {
    type Value = Option<Few>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let Some((step, rest)) = self.steps.split_first() else {
            while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(None);
        };
        let (mut found, mut times) = (None, 0);
        while let Some(key) = entries.next_key::<std::borrow::Cow<'de, str>>()? {
            if key != *step {
                entries.next_value::<IgnoredAny>()?;
                continue;
            }
            times += 1;
            found = entries.next_value_seed(Walk {
                steps: rest,
                keep: self.keep,
                record: self.record.again(),
            })?;
        }
        // Which of two members of one name is meant, nobody can say.
        Ok(found.filter(|_| times == 1))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let (mut kept, mut count) = (Vec::new(), 0);
        loop {
            let more = match self.steps.is_empty() && (self.keep)(count) {
                true => {
                    let record = items.next_element_seed(self.record.again())?;
                    record.map(|record| kept.push(record))
                }
                false => items.next_element::<IgnoredAny>()?.map(|_| ()),
            };
            if more.is_none() {
                return Ok(self.steps.is_empty().then_some(Few { kept, count }));
            }
            count += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn first_and_third(text: &str, path: &str) -> Option<(Vec<String>, usize)> {
        let few = few_rows(text, path, |at| at == 0 || at == 2, 1 << 20)?;
        Some((few.kept.iter().map(Value::to_string).collect(), few.count))
    }

    #[test]
    fn only_what_is_wanted_is_read_and_all_is_counted() {
        let list = r#"[{"a":1.50},2,[3],"x"]"#;
        let found = (vec![r#"{"a":1.50}"#.to_owned(), "[3]".to_owned()], 4);
        assert_eq!(first_and_third(list, "$[*]"), Some(found.clone()));
        let inside = format!(r#"{{"success":true,"result":{{"n":4,"資料":{list}}}}}"#);
        for path in ["$.result.資料[*]", "$['result']['資料'][*]"] {
            assert_eq!(
                first_and_third(&inside, path),
                Some(found.clone()),
                "{path}"
            );
        }
        assert_eq!(first_and_third("[]", "$[*]"), Some((vec![], 0)));
    }

    #[test]
    fn what_is_not_plain_is_left_to_who_reads_everything() {
        for (text, path) in [
            (r#"{"a":[1]}"#, "$..a[*]"),
            (r#"{"a":[1]}"#, "$.a[0]"),
            (r#"{"a":[1]}"#, "$.b[*]"),
            (r#"{"a":[1]}"#, "$[*]"),
            (r#"{"a":[1],"a":[2]}"#, "$.a[*]"),
            (r#"{"a":5}"#, "$.a[*]"),
            ("[1,2", "$[*]"),
            ("[1] 2", "$[*]"),
            ("[{\"a\":1,\"a\":2}]", "$[*]"),
            ("", "$[*]"),
        ] {
            assert_eq!(first_and_third(text, path), None, "{text} {path}");
        }
    }
}
