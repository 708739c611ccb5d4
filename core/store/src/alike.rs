//! Fetches that are like an earlier one: of thousands of answers of one source nearly every header is the
//! same, and so is what was asked. Written is what differs.

use crate::model::Taken;
use crate::ready::written;
use serde::{Deserialize, Serialize, Serializer};
use std::sync::{Arc, OnceLock};

/// What the answers of one source are compared with: the first of them that was made ready.
#[derive(Debug, Default)]
pub struct Alike(OnceLock<Arc<First>>);

/// The answer that others are like.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct First {
    sent: Vec<(String, String)>,
    asked: String,
    by: String,
}

/// How the column `headers` is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Said {
    /// Whole.
    Whole,
    /// Whole, and others are like it.
    First(Arc<First>),
    /// As what differs from another.
    Like(Arc<First>),
}

/// The column `headers` of a fetch that is like another.
#[derive(Serialize)]
struct Differs<'a> {
    sent: Values<'a>,
    taken: TakenHere<'a>,
}

#[derive(Serialize)]
struct TakenHere<'a> {
    rows: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<&'a str>,
}

/// The values of headers; 0 where the other's is the same.
struct Values<'a> {
    sent: &'a [(String, String)],
    first: &'a First,
}

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let pairs = self.sent.iter().zip(&self.first.sent);
        serializer.collect_seq(pairs.map(|((_, value), (_, there))| Value::of(value, there)))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Value<T> {
    Same(u8),
    Other(T),
}

impl<'a> Value<&'a str> {
    fn of(value: &'a str, there: &str) -> Self {
        match value == there {
            true => Value::Same(0),
            false => Value::Other(value),
        }
    }
}

impl Alike {
    /// The column `headers` of an answer, and how it is written.
    pub(crate) fn write(
        &self,
        sent: &[(String, String)],
        taken: &Taken,
    ) -> serde_json::Result<(String, Said)> {
        let mut is_first = false;
        let first = self.0.get_or_init(|| {
            is_first = true;
            Arc::new(First {
                sent: sent.to_vec(),
                asked: taken.asked.clone(),
                by: taken.by.clone(),
            })
        });
        if is_first {
            return Ok((written(sent, Some(taken))?, Said::First(Arc::clone(first))));
        }
        if !first.is_like(sent, taken) {
            return Ok((written(sent, Some(taken))?, Said::Whole));
        }
        let differs = Differs {
            sent: Values { sent, first },
            taken: TakenHere {
                rows: taken.rows,
                target: taken.target.as_deref(),
            },
        };
        Ok((
            serde_json::to_string(&differs)?,
            Said::Like(Arc::clone(first)),
        ))
    }
}

impl First {
    /// The same headers in the same order, and the same question.
    fn is_like(&self, sent: &[(String, String)], taken: &Taken) -> bool {
        let mut pairs = self.sent.iter().zip(sent);
        self.sent.len() == sent.len()
            && pairs.all(|(there, here)| there.0 == here.0)
            && (&self.asked, &self.by) == (&taken.asked, &taken.by)
    }

    /// The whole column of an answer that is like this one.
    pub(crate) fn whole(&self, differs: &str) -> serde_json::Result<String> {
        let asked = Taken {
            asked: self.asked.clone(),
            by: self.by.clone(),
            rows: 0,
            target: None,
        };
        let (sent, taken) = serde_json::from_str::<Differing>(differs)?.put_into(&self.sent, asked);
        written(&sent, Some(&taken))
    }
}

/// What differs, as it is read.
#[derive(Deserialize)]
pub(crate) struct Differing {
    sent: Vec<Value<String>>,
    taken: TakenThere,
}

#[derive(Deserialize)]
struct TakenThere {
    rows: u64,
    #[serde(default)]
    target: Option<String>,
}

impl Differing {
    /// Headers, and what was taken, of an answer that is like another with these.
    pub(crate) fn put_into(
        self,
        sent: &[(String, String)],
        taken: Taken,
    ) -> (Vec<(String, String)>, Taken) {
        let pairs = sent.iter().zip(self.sent);
        let sent = pairs.map(|((name, there), value)| {
            let value = match value {
                Value::Same(_) => there.clone(),
                Value::Other(value) => value,
            };
            (name.clone(), value)
        });
        let taken = Taken {
            rows: self.taken.rows,
            target: self.taken.target,
            ..taken
        };
        (sent.collect(), taken)
    }
}
