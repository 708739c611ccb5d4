//! What both faces do with a text that is wider than its place: where a line may break, and where a text is cut.

use crate::panel::Span;
use std::borrow::Cow;

/// Stands where text was left out.
pub const CUT: char = '⋯';

/// Whether a line may begin with it (避頭點): closing signs belong to what they close.
pub fn may_begin_line(c: char) -> bool {
    !matches!(
        c,
        '，' | '。'
            | '、'
            | '；'
            | '：'
            | '！'
            | '？'
            | '）'
            | '」'
            | '』'
            | '》'
            | '〉'
            | '】'
            | '〕'
            | '”'
            | '’'
            | '…'
            | '％'
            | '%'
            | ','
            | '.'
            | ')'
            | '⋯'
            | ';'
            | ':'
            | '!'
            | '?'
    )
}

/// Whether a line may end with it (避尾點): opening signs belong to what they open, and 第 to its number.
pub fn may_end_line(c: char) -> bool {
    !matches!(
        c,
        '（' | '「' | '『' | '《' | '〈' | '【' | '〔' | '“' | '‘' | '(' | '第'
    )
}

/// The spans with the one that shows both its ends cut in its middle, so that they fit: of a path its first folder stays
/// where there is room, of anything else a third of what is kept is its beginning, and the rest its end.
///
/// ```
/// use quarterdeck_view::fitting::cut;
/// use quarterdeck_view::panel::Span;
/// let name = Span {
///     text: "2025Q3/data/tables/observations.csv".to_owned(),
///     both_ends: true,
///     ..Span::default()
/// };
/// let line = [name];
/// let short = cut(&line, |line| line[0].text.chars().count() <= 22);
/// assert_eq!(short[0].text, "2025Q3/⋯servations.csv");
/// let shorter = cut(&line, |line| line[0].text.chars().count() <= 18);
/// assert_eq!(shorter[0].text, "2025Q3/⋯ations.csv");
/// assert_eq!(cut(&line, |_| true)[0].text, line[0].text);
/// ```
pub fn cut(spans: &[Span], fits: impl Fn(&[Span]) -> bool) -> Cow<'_, [Span]> {
    let Some(at) = spans.iter().position(|span| span.both_ends) else {
        return Cow::Borrowed(spans);
    };
    if fits(spans) {
        return Cow::Borrowed(spans);
    }
    let mut short = spans.to_vec();
    let Some(span) = short.get_mut(at) else {
        return Cow::Borrowed(spans);
    };
    let whole: Vec<char> = std::mem::take(&mut span.text).chars().collect();
    let folder = whole.iter().position(|c| *c == '/').map(|at| at + 1);
    for kept in (2..whole.len()).rev() {
        let head = folder.filter(|end| end * 2 <= kept).unwrap_or(kept / 3);
        let tail = whole.iter().skip(whole.len() - (kept - head));
        let text = whole.iter().take(head).chain([&CUT]).chain(tail).collect();
        if let Some(span) = short.get_mut(at) {
            span.text = text;
        }
        if fits(&short) {
            break;
        }
    }
    Cow::Owned(short)
}
