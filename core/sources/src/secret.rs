//! What may be a key or a password: names that are masked, and values that must not stand in a
//! source file.
//!
//! A file names its secrets by references: `env:NAME`, `file:PATH` or `keyring:NAME`, in an address
//! between braces (`?api_key={env:NAME}`). They are resolved when the request is sent, never here.

use crate::config::SourceConfig;
use crate::notice::quote;
use quarterdeck_kpi::message::Message;

/// Whether a parameter or header of this name may hold a key: its value is never stored or shown.
pub fn is_secret_name(name: &str) -> bool {
    let name = bare(name);
    ["appid", "code"].contains(&name.as_str()) || is_key_name(&name)
}

/// Letters and digits only, small.
fn bare(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// Names that mean a key and nothing else; `code` may be a place, `appid` is told to everybody.
fn is_key_name(bare: &str) -> bool {
    ["sig", "auth", "pwd"].contains(&bare)
        || bare.ends_with("key")
        || [
            "apikey",
            "token",
            "secret",
            "password",
            "passwd",
            "signature",
            "authoriz",
            "accesskey",
            "cookie",
            "session",
            "credential",
            "authenticat",
        ]
        .iter()
        .any(|word| bare.contains(word))
}

/// Whether a text is a reference to a secret rather than the secret.
pub fn is_reference(text: &str) -> bool {
    ["env:", "file:", "keyring:"].iter().any(|kind| {
        text.strip_prefix(kind)
            .is_some_and(|name| !name.trim().is_empty())
    })
}

/// Whether a header's value is safe in a file: a reference, perhaps after a word (`Bearer env:X`).
fn is_referred(value: &str) -> bool {
    let value = value.trim();
    let last = value.rsplit_once(' ').map_or(value, |(_, last)| last);
    value.is_empty() || is_reference(value) || is_reference(last)
}

/// Whether an address has a reference between braces in this part.
fn has_reference(part: &str) -> bool {
    part.split('{').skip(1).any(|rest| {
        rest.split_once('}')
            .is_some_and(|(name, _)| is_reference(name))
    })
}

impl SourceConfig {
    /// Secrets that stand in the file itself; the values are not repeated.
    pub fn literal_secrets(&self) -> Vec<Message> {
        let mut out = Vec::new();
        for (name, value) in &self.headers {
            let scheme = value.trim().split(' ').next().unwrap_or_default();
            let is_secret = is_key_name(&bare(name))
                || (["bearer", "basic"].contains(&bare(scheme).as_str()) && value.contains(' '));
            if is_secret && !is_referred(value) {
                let place = format!("headers.{}", quote(name));
                out.push(Message::new("source-literal-secret").with("place", place));
            }
        }
        for (place, value) in self.hmac.iter().flat_map(|hmac| {
            [
                ("hmac.username", &hmac.username),
                ("hmac.secret", &hmac.secret),
            ]
        }) {
            if !is_reference(value.trim()) {
                out.push(Message::new("source-literal-secret").with("place", place));
            }
        }
        let Some(url) = &self.url else { return out };
        let after_scheme = url.split_once("://").map_or("", |(_, rest)| rest);
        let authority = after_scheme
            .split(['/', '?', '#'])
            .next()
            .unwrap_or_default();
        if let Some((account, _)) = authority.rsplit_once('@')
            && !has_reference(account)
        {
            out.push(Message::new("source-literal-secret").with("place", "url"));
        }
        let query = url.split_once('?').map_or("", |(_, query)| query);
        for pair in query.split('#').next().unwrap_or_default().split('&') {
            if let Some((name, value)) = pair.split_once('=')
                && is_key_name(&bare(name))
                && !value.is_empty()
                && !has_reference(value)
            {
                let place = format!("url ?{}=", quote(name));
                out.push(Message::new("source-literal-secret-url").with("place", place));
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(rest: &str) -> Vec<String> {
        let text = format!("id = \"s\"\nkind = \"json\"\nschedule = \"daily\"\n{rest}");
        let config: SourceConfig = toml::from_str(&text).unwrap();
        let found = config.literal_secrets();
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn names_that_may_hold_keys_are_known() {
        for name in [
            "subscription-key",
            "api_key",
            "KEY",
            "appid",
            "code",
            "X-Auth-Token",
            "sig",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in ["year", "keyword", "q", "resource", "fields"] {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn a_secret_that_stands_in_the_file_is_named_and_not_repeated() {
        for rest in [
            "headers = { Authorization = \"Bearer s3cret\" }",
            "headers = { Authorization = \"s3cret\" }",
            "headers = { X-Api-Key = \"s3cret\" }",
            "headers = { X-Other = \"Basic s3cret\" }",
            "url = \"https://wang:s3cret@example.gov.tw/\"",
            "url = \"https://s3cret@example.gov.tw/\"",
            "url = \"https://example.gov.tw/?year={year}&api_key=s3cret\"",
            "url = \"https://example.gov.tw/?subscription-key=s3cret#x\"",
        ] {
            let messages = found(rest);
            assert_eq!(messages.len(), 1, "{rest}: {messages:?}");
            assert!(!messages[0].contains("s3cret"), "{messages:?}");
        }
        for rest in [
            "headers = { Authorization = \"Bearer env:TOKEN\", Accept = \"text/csv\" }",
            "headers = { X-Api-Key = \"file:/run/credentials/key\" }",
            "url = \"https://{env:NAME}:{env:PASS}@example.gov.tw/\"",
            "url = \"https://example.gov.tw/a@b?api_key={env:KEY}&code=A01&appid=7\"",
        ] {
            assert_eq!(found(rest), Vec::<String>::new(), "{rest}");
        }
    }
}
