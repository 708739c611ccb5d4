//! Everything a panel can hold besides tables and charts.

use super::ink::Ink;
use super::text::{Styled, fit, line, put, put_spans, put_styled, safe, spans_width, width, wrap, wrap_spans};
use super::{Hit, Hits};
use quarterdeck_view::panel::{
    Action, Count, Fact, Field, Line, Measure, MoneyBar, QueueItem, Span, Status, Tone, Trend,
};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

/// Labels and values, one line each; long values wrap under themselves.
pub fn facts_height(facts: &[Fact], cells: u16, ink: Ink) -> u16 {
    facts.iter().map(|fact| fact_height(fact, cells, ink)).sum()
}

fn to_u16(n: usize) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}

fn label_width(cells: u16) -> u16 {
    (cells / 3).clamp(8, 18)
}

/// A fact laid out: its label's lines, its value's lines, and where the value stands.
struct FactLayout {
    labels: Vec<String>,
    values: Vec<Styled>,
    /// Column of the value.
    x: u16,
    /// The value stands below the label, not beside it.
    below: bool,
}

fn lay_fact(fact: &Fact, cells: u16, ink: Ink) -> FactLayout {
    let extra = fact.extra.as_ref().map_or(0, |e| spans_width(e, ink) + 1);
    let label = width(&safe(&fact.label));
    let column = if fact.label.is_empty() { 0 } else { label_width(cells).max((label + 1).min(cells * 2 / 5)) };
    let below = label >= column && label > 0;
    let x = if below { 2 } else { column };
    let values = wrap_spans(&fact.value, cells.saturating_sub(x + extra).max(6), ink);
    // A short value stands at the right of its label's last line even when the label is long.
    let labels = if below { wrap(&safe(&fact.label), cells) } else { vec![fact.label.clone()] };
    FactLayout { labels, values, x, below }
}

fn fact_height(fact: &Fact, cells: u16, ink: Ink) -> u16 {
    let layout = lay_fact(fact, cells, ink);
    let values = to_u16(layout.values.len().max(1));
    if layout.below { to_u16(layout.labels.len()) + values } else { values }
}

/// Draws facts.
pub fn facts(facts: &[Fact], area: Rect, buffer: &mut Buffer, ink: Ink) {
    let mut y = area.y;
    for fact in facts {
        let layout = lay_fact(fact, area.width, ink);
        for (n, text) in layout.labels.iter().enumerate() {
            put(buffer, area.x, y + to_u16(n), area.width, text, ink.tone(Tone::Label));
        }
        if layout.below {
            y += to_u16(layout.labels.len());
        }
        for (n, line) in layout.values.iter().enumerate() {
            put_styled(buffer, area.x + layout.x, y + to_u16(n), area.width.saturating_sub(layout.x), line);
        }
        if let Some(spans) = &fact.extra {
            let extra = spans_width(spans, ink);
            put_spans(buffer, area.right().saturating_sub(extra), y, extra, spans, ink);
        }
        y += to_u16(layout.values.len().max(1));
    }
}

/// Height of running text.
pub fn lines_height(lines: &[Line], cells: u16, ink: Ink) -> u16 {
    lines.iter().map(|spans| to_u16(wrap_spans(spans, cells, ink).len().max(1))).sum()
}

/// Draws running text.
pub fn lines(lines: &[Line], area: Rect, buffer: &mut Buffer, ink: Ink) {
    let mut y = area.y;
    for spans in lines {
        for line in wrap_spans(spans, area.width, ink) {
            put_styled(buffer, area.x, y, area.width, &line);
            y += 1;
        }
    }
}

/// Column in which the quarters of a trend begin.
fn trend_label(trend: &Trend) -> u16 {
    trend.series.iter().map(|(_, word, _)| width(word) + 2).max().unwrap_or(0).max(8) + 1
}

/// Whether the quarters fit beside a heading of this width.
pub fn trend_beside(trend: &Trend, heading: u16, cells: u16) -> bool {
    trend_label(trend).max(heading + 1) + to_u16(trend.quarters.len()) * 2 <= cells + 1
}

/// Counts per quarter as rows of numbers under the quarters, which stand beside the heading where they fit.
pub fn trend(trend: &Trend, heading: u16, area: Rect, buffer: &mut Buffer, ink: Ink) {
    let beside = trend_beside(trend, heading, area.width);
    let label = if beside { trend_label(trend).max(heading + 1) } else { trend_label(trend) };
    let top = if beside { area.y.saturating_sub(1) } else { area.y };
    let room = usize::from((area.width + 1).saturating_sub(label) / 2);
    let skip = trend.quarters.len().saturating_sub(room);
    let below = top + 1 + to_u16(trend.series.len());
    for (n, (digit, year)) in trend.quarters.iter().enumerate().skip(skip) {
        let x = area.x + label + to_u16(n - skip) * 2;
        put(buffer, x, top, 1, digit, ink.tone(Tone::Label));
        if let Some(year) = year {
            put(buffer, x, below, area.right().saturating_sub(x), year, ink.tone(Tone::Hint));
        }
    }
    for (row, (status, word, counts)) in trend.series.iter().enumerate() {
        let y = top + 1 + to_u16(row);
        let span = Span { text: word.clone(), tone: Tone::Status(*status), sign: Some(*status), ..Span::default() };
        put_spans(buffer, area.x, y, label, &[span], ink);
        for (n, count) in counts.iter().enumerate().skip(skip) {
            let x = area.x + label + to_u16(n - skip) * 2;
            let tone = match (*count, n + 1 == counts.len()) {
                (0, _) => Tone::Hint,
                (_, true) => Tone::Status(*status),
                (_, false) => Tone::Text,
            };
            // Two digits reach to the left, so that units stand under units.
            let text = count.to_string();
            let start = (x + 1).saturating_sub(width(&text));
            put(buffer, start, y, width(&text), &text, ink.tone(tone));
        }
    }
    if ink.roomy {
        for (n, text) in wrap(&safe(&trend.message), area.width).iter().enumerate() {
            put(buffer, area.x, below + 1 + to_u16(n), area.width, text, ink.tone(Tone::Hint));
        }
    }
}

/// Height of the trend below its heading.
pub fn trend_height(trend: &Trend, heading: u16, cells: u16, ink: Ink) -> u16 {
    let message = if ink.roomy { to_u16(wrap(&safe(&trend.message), cells).len()) } else { 0 };
    to_u16(trend.series.len()) + 2 + message - u16::from(trend_beside(trend, heading, cells))
}

/// How much of each exception is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Everything.
    Whole,
    /// The cause on one line, but all of it for the one that is chosen.
    Short,
}

/// Height of the exceptions list.
pub fn queue_height(items: &[QueueItem], focused: bool, depth: Depth, cells: u16) -> u16 {
    items.iter().map(|item| queue_item(item, focused, depth, cells).len()).map(|n| to_u16(n) + 1).sum()
}

/// Lines of an exception below its name.
fn queue_item(item: &QueueItem, focused: bool, depth: Depth, cells: u16) -> Vec<(String, Tone)> {
    let cells = cells.saturating_sub(2);
    let mut lines: Vec<(String, Tone)> = Vec::new();
    if !item.what.is_empty() {
        lines.extend(wrap(&safe(&item.what), cells).into_iter().map(|text| (text, Tone::Text)));
    }
    if !item.why.is_empty() {
        let why = safe(&item.why);
        if depth == Depth::Whole || (focused && item.selected) {
            lines.extend(wrap(&why, cells).into_iter().map(|text| (text, Tone::Hint)));
        } else {
            lines.push((fit(&why, cells), Tone::Hint));
        }
    }
    lines
}

/// Draws the exceptions list; returns the top of the selected item.
pub fn queue(items: &[QueueItem], focused: bool, depth: Depth, area: Rect, buffer: &mut Buffer, ink: Ink, hits: &mut Hits) -> Option<u16> {
    let (mut y, mut chosen) = (area.y, None);
    for item in items {
        let lines = queue_item(item, focused, depth, area.width);
        let place = Rect { x: area.x, y, width: area.width, height: to_u16(lines.len()) + 1 };
        if item.selected && focused {
            buffer.set_style(place, ink.selection());
            chosen = Some(y);
        }
        let tone = Tone::Status(item.status);
        let solid = item.status == Status::Behind;
        put(buffer, area.x, y, 1, &ink.sign(item.status).to_string(), if solid { ink.solid(tone) } else { ink.tone(tone) });
        let money = width(&safe(&item.money));
        let right = area.right().saturating_sub(money);
        let mut x = area.x + 2;
        x += put(buffer, x, y, right.saturating_sub(x + 1), &item.key, ink.tone(Tone::Label)) + 1;
        let bold = Style::default().add_modifier(Modifier::BOLD);
        put(buffer, x, y, right.saturating_sub(x + 1), &item.name, bold);
        put(buffer, right, y, money, &item.money, ink.tone(Tone::Text));
        for (n, (text, tone)) in lines.iter().enumerate() {
            put(buffer, area.x + 2, y + 1 + to_u16(n), area.width.saturating_sub(2), text, ink.tone(*tone));
        }
        hits.push(Hit { area: place, click: item.open.clone(), double: None });
        y += place.height;
    }
    chosen
}

/// Height of the money panel.
pub fn money_height(money: &MoneyBar, cells: u16, ink: Ink) -> u16 {
    let message = if ink.roomy { to_u16(wrap(&safe(&money.message), cells).len()) } else { 0 };
    1 + message + to_u16(money.parts.len()) + u16::from(money.tick.is_some()) + u16::from(money.total.is_some())
}

/// Draws money as one bar and a legend with the printed values.
pub fn money(money: &MoneyBar, area: Rect, buffer: &mut Buffer, ink: Ink) {
    let look = |id: &str| match (id, ink.ascii) {
        ("paid", false) => ("⣿", Tone::Accent),
        ("payable", false) => ("⣶", Tone::Accent),
        ("saved", false) => ("⣤", Tone::Accent),
        ("unspent", false) => ("⡪", Tone::Status(Status::Behind)),
        ("open", false) => ("⣀", Tone::Hint),
        ("paid", true) => ("#", Tone::Accent),
        ("payable", true) => ("+", Tone::Accent),
        ("saved", true) => ("=", Tone::Accent),
        ("unspent", true) => ("/", Tone::Status(Status::Behind)),
        ("open", true) => ("_", Tone::Hint),
        _ => ("?", Tone::Status(Status::NoData)),
    };
    let mut x = area.x;
    for (id, _, _, _, amount) in &money.parts {
        let share = if money.whole > 0.0 { (amount / money.whole).clamp(0.0, 1.0) } else { 0.0 };
        let wanted = (share * f64::from(area.width)).round();
        let cells = (0..=area.width).find(|&n| f64::from(n) >= wanted).unwrap_or(0).min(area.right().saturating_sub(x));
        let (glyph, tone) = look(id);
        put(buffer, x, area.y, cells, &glyph.repeat(usize::from(cells)), ink.tone(tone));
        x += cells;
    }
    let mut y = area.y + 1;
    let mut row = |label: &str, value: &str, share: &str, lead: Option<(&str, Tone)>, style: Style| {
        let mut x = area.x;
        if let Some((glyph, tone)) = lead {
            put(buffer, x, y, 1, glyph, ink.tone(tone));
        }
        x += 2;
        let share_cells = 9.max(width(&safe(share)));
        let value_cells = width(&safe(value));
        let share_x = area.right().saturating_sub(width(&safe(share)));
        let value_x = area.right().saturating_sub(share_cells + 1 + value_cells);
        put(buffer, x, y, value_x.saturating_sub(x), label, style);
        put(buffer, value_x, y, value_cells, value, style);
        put(buffer, share_x, y, share_cells, share, style);
        y += 1;
    };
    for (id, label, value, share, _) in &money.parts {
        row(label, value, share, Some(look(id)), Style::default());
    }
    if let Some((label, value, _)) = &money.tick {
        row(label, value, "", None, ink.tone(Tone::Label));
    }
    if let Some((label, value, share)) = &money.total {
        row(label, value, share, None, Style::default().add_modifier(Modifier::BOLD));
    }
    if ink.roomy {
        for text in wrap(&safe(&money.message), area.width) {
            put(buffer, area.x, y, area.width, &text, ink.tone(Tone::Hint));
            y += 1;
        }
    }
}

/// The four counts with their money, then the measures, on one line; what is below a count goes first when short.
pub fn headline(counts: &[Count], measures: &[Measure], area: Rect, buffer: &mut Buffer, ink: Ink, hits: &mut Hits) {
    let count_spans = |count: &Count, below: bool| -> Line {
        let mut spans = vec![Span {
            text: format!("{} {}", count.word, count.number),
            tone: Tone::Status(count.status),
            bold: true,
            sign: Some(count.status),
            ..Span::default()
        }];
        if below && !count.below.is_empty() {
            spans.push(Span { text: format!(" {}", count.below), tone: Tone::Label, ..Span::default() });
        }
        spans
    };
    let measure_spans = |measure: &Measure| -> Line {
        vec![
            Span { text: format!("{} ", measure.label), tone: Tone::Label, ..Span::default() },
            Span { text: format!("{} {}", measure.value, measure.unit).trim_end().to_owned(), tone: measure.tone, bold: true, ..Span::default() },
        ]
    };
    const GAP: u16 = 3;
    let measure_spans = |measure: &Measure| -> Line {
        let mut spans = measure_spans(measure);
        if ink.roomy && !measure.below.is_empty() {
            spans.push(Span { text: format!(" {}", measure.below), tone: Tone::Hint, ..Span::default() });
        }
        spans
    };
    let mut with_below = counts.len();
    let mut shown_measures = measures.len();
    let wanted = |with_below: usize, shown: usize| -> u16 {
        counts.iter().enumerate().map(|(i, c)| spans_width(&count_spans(c, i < with_below), ink) + GAP).sum::<u16>()
            + measures.iter().take(shown).map(|m| spans_width(&measure_spans(m), ink) + GAP).sum::<u16>()
    };
    while wanted(with_below, shown_measures) > area.width + GAP {
        if shown_measures > 1 {
            shown_measures -= 1;
        } else if with_below > 0 {
            with_below -= 1;
        } else if shown_measures > 0 {
            shown_measures -= 1;
        } else {
            break;
        }
    }
    let mut x = area.x;
    for (i, count) in counts.iter().enumerate() {
        let spans = count_spans(count, i < with_below);
        let used = put_spans(buffer, x, area.y, area.right().saturating_sub(x), &spans, ink);
        if let Some(open) = &count.open {
            hits.push(Hit { area: Rect { x, y: area.y, width: used, height: 1 }, click: open.clone(), double: None });
        }
        x += used + GAP;
    }
    let shown = measures.get(..shown_measures).unwrap_or_default();
    let width_of_measures: u16 = shown.iter().map(|m| spans_width(&measure_spans(m), ink) + GAP).sum();
    x = x.max((area.right() + GAP).saturating_sub(width_of_measures));
    for measure in shown {
        x += put_spans(buffer, x, area.y, area.right().saturating_sub(x), &measure_spans(measure), ink) + GAP;
    }
    portfolio_bar(counts, Rect { y: area.y + 1, height: 1, ..area }, buffer, ink);
}

/// The portfolio as one bar: behind, at risk, unknown, on track, as wide as their budgets.
fn portfolio_bar(counts: &[Count], area: Rect, buffer: &mut Buffer, ink: Ink) {
    let total: f64 = counts.iter().flat_map(|c| &c.segments).map(|s| s.1).sum();
    if total <= 0.0 {
        return;
    }
    let gaps = to_u16(counts.iter().filter(|c| !c.segments.is_empty()).count().saturating_sub(1));
    let room = f64::from(area.width.saturating_sub(gaps));
    let mut x = area.x;
    for count in counts.iter().filter(|c| !c.segments.is_empty()) {
        let share: f64 = count.segments.iter().map(|s| s.1).sum::<f64>() / total;
        let wanted = (share * room).round().max(1.0);
        let cells = (1..=area.width).find(|&n| f64::from(n) >= wanted).unwrap_or(1).min(area.right().saturating_sub(x));
        let glyph = match (count.status, ink.ascii) {
            (Status::Behind, false) => "⣿",
            (Status::AtRisk, false) => "⡇",
            (Status::Met | Status::OnTrack, false) => "⣀",
            (_, false) => "⠕",
            (Status::Behind, true) => "#",
            (Status::AtRisk, true) => "!",
            (Status::Met | Status::OnTrack, true) => "_",
            (_, true) => "?",
        };
        put(buffer, x, area.y, cells, &glyph.repeat(usize::from(cells)), ink.tone(Tone::Status(count.status)));
        x += cells + 1;
    }
}

/// A page's head as lines: where, what, facts, measures.
pub fn title_lines(
    breadcrumbs: &str,
    title: &str,
    status: Option<&(Status, String)>,
    facts: &Line,
    measures: &[Measure],
) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut head = vec![Span { text: title.to_owned(), bold: true, ..Span::default() }];
    if let Some((status, word)) = status {
        head.push(Span { text: "  ".to_owned(), ..Span::default() });
        head.push(Span { text: word.clone(), tone: Tone::Status(*status), sign: Some(*status), bold: true, ..Span::default() });
    }
    if !breadcrumbs.is_empty() {
        head.push(Span { text: format!("   {breadcrumbs}"), tone: Tone::Hint, ..Span::default() });
    }
    lines.push(head);
    if !facts.is_empty() {
        lines.push(facts.clone());
    }
    let mut row: Line = Vec::new();
    for measure in measures {
        row.push(Span { text: format!("{} ", measure.label), tone: Tone::Label, ..Span::default() });
        row.push(Span { text: format!("{} {}", measure.value, measure.unit).trim_end().to_owned(), tone: measure.tone, bold: true, ..Span::default() });
        if !measure.below.is_empty() {
            row.push(Span { text: format!(" {}", measure.below), tone: Tone::Hint, ..Span::default() });
        }
        row.push(Span { text: "   ".to_owned(), ..Span::default() });
    }
    if !row.is_empty() {
        lines.push(row);
    }
    lines
}

/// Breaks a line of spans where it gets too long, between spans.
pub fn flow(spans: &Line, cells: u16, ink: Ink) -> Vec<Line> {
    let mut lines: Vec<Line> = vec![Vec::new()];
    let mut used = 0;
    for span in spans {
        let w = spans_width(std::slice::from_ref(span), ink);
        if used + w > cells && used > 0 && !span.text.trim().is_empty() {
            lines.push(Vec::new());
            used = 0;
        }
        if let Some(last) = lines.last_mut() {
            if used == 0 && span.text.trim().is_empty() && span.sign.is_none() {
                continue;
            }
            last.push(span.clone());
            used += w;
        }
    }
    lines
}

/// Fields of a form, label over value.
pub fn form(fields: &[Field], area: Rect, buffer: &mut Buffer, ink: Ink) {
    for (n, field) in fields.iter().enumerate() {
        let y = area.y + to_u16(n) * 2;
        put(buffer, area.x, y, area.width, &field.label, ink.tone(Tone::Label));
        let style = ink.tone(Tone::Accent).add_modifier(Modifier::UNDERLINED);
        let used = put(buffer, area.x + 2, y + 1, area.width, &field.text, style);
        if let Some(error) = &field.error {
            put(buffer, area.x + 4 + used, y + 1, area.width, error, ink.tone(Tone::Status(Status::Behind)));
        }
    }
}

/// Buttons as words with their keys; why one cannot be used stands beside it.
pub fn actions(actions: &[Action], area: Rect, buffer: &mut Buffer, ink: Ink, hits: &mut Hits) -> u16 {
    let (mut x, mut y) = (area.x, area.y);
    for action in actions {
        let mut spans: Line = Vec::new();
        if let Some(key) = &action.key {
            spans.push(Span { text: format!("{key} "), bold: true, mono: true, ..Span::default() });
        }
        let tone = if action.disabled.is_some() { Tone::Hint } else if action.primary { Tone::Accent } else { Tone::Text };
        spans.push(Span { text: action.label.clone(), tone, ..Span::default() });
        if let Some(why) = &action.disabled {
            spans.extend(line(format!(" ({why})"), Tone::Hint));
        }
        let wanted = spans_width(&spans, ink);
        if x > area.x && x + wanted > area.right() {
            x = area.x;
            y += 1;
        }
        let used = put_spans(buffer, x, y, area.right().saturating_sub(x), &spans, ink);
        if action.disabled.is_none() {
            hits.push(Hit { area: Rect { x, y, width: used, height: 1 }, click: action.msg.clone(), double: None });
        }
        x += used + 3;
    }
    y + 1 - area.y
}
