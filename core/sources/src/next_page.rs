//! The address of the page after this one, where an answer names it.

use crate::answer::Request;
use crate::notice::quote;
use quarterdeck_kpi::message::Message;
use url::Url;

/// The next page named in an answer, absolute or relative to the address it came from. It must lie
/// at the same origin, or headers with keys would go elsewhere.
pub fn next_page(link: &str, current: Option<&str>, page: u32) -> Result<Request, Message> {
    let broken = || Message::new("source-next-unreadable").with("link", quote(link));
    let current = current
        .and_then(|address| Url::parse(address).ok())
        .ok_or_else(broken)?;
    let next = current.join(link.trim()).map_err(|_| broken())?;
    if next.origin() != current.origin() || !next.username().is_empty() {
        return Err(Message::new("source-next-elsewhere")
            .with("link", quote(next.host_str().unwrap_or_default()))
            .with("host", quote(current.host_str().unwrap_or_default())));
    }
    if next == current {
        return Err(Message::new("source-next-same"));
    }
    Ok(Request {
        url: next.into(),
        page: page.saturating_add(1),
    })
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
}
