//! The address of the page after this one, where an answer names it.

use crate::answer::Request;
use crate::notice::quote;
use quarterdeck_kpi::message::Message;
use url::Url;

/// The next page named in an answer, absolute or relative to the address it came from. It must lie
/// at the same origin, or headers with keys would go elsewhere.
///
/// `current` may hold references to secrets, and keeps the account before its host; braces that the
/// answer writes are encoded, so that a portal cannot ask for a secret by naming one.
pub fn next_page(link: &str, current: Option<&str>, page: u32) -> Result<Request, Message> {
    let broken = || Message::new("source-next-unreadable").with("link", quote(link));
    let (account, bare) = without_account(current.ok_or_else(broken)?);
    let current = Url::parse(&bare).map_err(|_| broken())?;
    let next = current.join(link.trim()).map_err(|_| broken())?;
    if next.origin() != current.origin() || !next.username().is_empty() || next.password().is_some()
    {
        return Err(Message::new("source-next-elsewhere")
            .with("link", quote(next.host_str().unwrap_or_default()))
            .with("host", quote(current.host_str().unwrap_or_default())));
    }
    if next == current {
        return Err(Message::new("source-next-same"));
    }
    let encoded = String::from(next).replace('{', "%7B").replace('}', "%7D");
    Ok(Request {
        url: encoded.replacen("://", &format!("://{account}"), 1),
        page: page.saturating_add(1),
    })
}

/// The account of an address with its `@`, and the address without it.
fn without_account(address: &str) -> (&str, String) {
    let Some((scheme, rest)) = address.split_once("://") else {
        return ("", address.to_owned());
    };
    let host_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    match rest[..host_end].rfind('@') {
        Some(at) => (&rest[..=at], format!("{scheme}://{}", &rest[at + 1..])),
        None => ("", address.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_followed_at_the_same_origin_only() {
        let from = Some("https://example.gov.tw/odata/Cases?$top=2");
        let follow = |link: &str| next_page(link, from, 0).map(|request| request.url);
        assert_eq!(
            follow("Cases?$skiptoken=2").unwrap(),
            "https://example.gov.tw/odata/Cases?$skiptoken=2"
        );
        assert_eq!(
            follow("https://EXAMPLE.gov.tw:443/odata/Cases?$skip=2").unwrap(),
            "https://example.gov.tw/odata/Cases?$skip=2"
        );
        for elsewhere in [
            "http://example.gov.tw/odata/Cases",
            "https://example.gov.tw:8443/x",
            "//evil.example/x",
            "file:///etc/passwd",
            "https://user@example.gov.tw/odata",
        ] {
            let error = follow(elsewhere).unwrap_err();
            assert_eq!(error.id, "source-next-elsewhere", "{elsewhere}");
        }
        assert_eq!(follow("Cases?$top=2").unwrap_err().id, "source-next-same");
        assert_eq!(
            follow("https://[").unwrap_err().id,
            "source-next-unreadable"
        );
    }

    #[test]
    fn secrets_stay_references_and_an_answer_names_none() {
        let from = Some("https://{env:NAME}:{env:PASS}@example.gov.tw/odata/Cases?key={env:KEY}");
        let next = next_page("Cases?skip=2&x={env:HOME}&y={file:/etc/passwd}", from, 0);
        assert_eq!(
            next.unwrap().url,
            "https://{env:NAME}:{env:PASS}@example.gov.tw/odata/Cases?skip=2&x=%7Benv:HOME%7D&y=%7Bfile:/etc/passwd%7D"
        );
    }
}
