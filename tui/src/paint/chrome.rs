//! What stands around the panels: title, list of screens, notices, last lines, prompt.

use super::ink::Ink;
use super::text::{self, put, put_spans, safe, spans_width, width, wrap};
use super::{Hit, Hits, parts};
use quarterdeck_view::panel::{Banner, Chrome, KeyHint, Prompt, Span, Status, Tone};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

pub(super) fn title_row(chrome: &Chrome, area: Rect, buffer: &mut Buffer, ink: Ink) {
    let bold = Style::default().add_modifier(Modifier::BOLD);
    let demo = chrome.demo.as_deref().map(safe).unwrap_or_default();
    let room = if demo.is_empty() {
        area.right()
    } else {
        area.right().saturating_sub(width(&demo) + 3)
    };
    let (label, text) = (safe(&chrome.as_of.0), safe(&chrome.as_of.1));
    let whole = if text.is_empty() {
        String::new()
    } else {
        format!("{label} {text}")
    };
    let running = chrome.running.as_deref().map(safe).unwrap_or_default();
    let fixed = width(&chrome.product)
        + width(&chrome.quarter.0)
        + width(&chrome.quarter.1)
        + width(&running)
        + 3;
    // Spaces go first, then the label; a date is never cut inside.
    let gap = if fixed + 6 + width(&whole) <= room {
        3
    } else {
        2
    };
    let mut x = area.x + 1;
    x += put(buffer, x, area.y, area.width, &chrome.product, bold) + gap;
    x += put(
        buffer,
        x,
        area.y,
        area.right().saturating_sub(x),
        &chrome.quarter.0,
        bold,
    ) + 1;
    x += put(
        buffer,
        x,
        area.y,
        area.right().saturating_sub(x),
        &chrome.quarter.1,
        ink.tone(Tone::Hint),
    );
    if !running.is_empty() {
        x += 1 + put(
            buffer,
            x + 1,
            area.y,
            area.right().saturating_sub(x + 1),
            &running,
            ink.tone(Tone::Status(Status::NotDue)),
        );
    }
    x += gap;
    let cells = room.saturating_sub(x);
    let words = |text: &str| -> String {
        let mut text = text.to_owned();
        while width(&text) > cells {
            match text.rfind(' ') {
                Some(at) => text.truncate(at),
                None => text.clear(),
            }
        }
        text
    };
    let mut shown = words(&whole);
    if shown.len() <= label.len() || (chrome.as_of_past && shown != whole) {
        shown = words(&text);
    }
    let tone = if chrome.as_of_past {
        Tone::Accent
    } else {
        Tone::Label
    };
    put(buffer, x, area.y, cells, &shown, ink.tone(tone));
    if !demo.is_empty() {
        let x = area.right().saturating_sub(width(&demo) + 1);
        put(buffer, x, area.y, width(&demo), &demo, ink.tone(Tone::Demo));
    }
}

pub(super) fn nav_row(
    chrome: &Chrome,
    x: u16,
    y: u16,
    area: Rect,
    buffer: &mut Buffer,
    ink: Ink,
    hits: &mut Hits,
) {
    let mut x = x;
    // Where they do not fit with wide gaps, the screens stand closer; in the last resort only their keys are left.
    let room = area.right().saturating_sub(x);
    let screens = u16::try_from(chrome.nav.len()).unwrap_or(0);
    let all = |inside: &str, gap: u16| {
        let words = chrome.nav.iter();
        let words = words.map(|item| width(&safe(&format!("{}{inside}{}", item.key, item.label))));
        words.sum::<u16>() + gap * screens.saturating_sub(1)
    };
    let fits = [(" ", 3), (" ", 2), (" ", 1), ("", 1)].into_iter();
    let (inside, gap, whole) = fits
        .map(|(inside, gap)| (inside, gap, true))
        .find(|(inside, gap, _)| all(inside, *gap) <= room)
        .unwrap_or((" ", 1, false));
    for item in &chrome.nav {
        let shown = match whole || item.current {
            true => format!("{}{inside}{}", item.key, item.label),
            false => item.key.clone(),
        };
        let style = if item.current {
            ink.heading()
        } else {
            ink.tone(Tone::Label)
        };
        let used = put(buffer, x, y, area.right().saturating_sub(x), &shown, style);
        hits.push(Hit {
            area: Rect {
                x,
                y,
                width: used,
                height: 1,
            },
            click: item.msg.clone(),
            double: None,
        });
        x += used + gap;
    }
    for spans in &chrome.rail_foot {
        let w = spans_width(spans, ink);
        if x + w >= area.right() {
            break;
        }
        x += put_spans(buffer, x, y, w, spans, ink) + 2;
    }
}

pub(super) fn banner_rows(
    banner: &Banner,
    area: Rect,
    buffer: &mut Buffer,
    ink: Ink,
    hits: &mut Hits,
) -> u16 {
    let tone = if banner.error {
        Tone::Status(Status::Behind)
    } else {
        Tone::Accent
    };
    let mut text = safe(&banner.text);
    if let Some(next) = &banner.next {
        text = format!("{text}  {}", safe(next));
    }
    let lines = wrap(&text, area.width.saturating_sub(2));
    let mut rows = 0;
    for line in lines.iter().take(3) {
        put(
            buffer,
            area.x,
            area.y + rows,
            1,
            if banner.error { "!" } else { ">" },
            ink.tone(tone),
        );
        put(
            buffer,
            area.x + 2,
            area.y + rows,
            area.width.saturating_sub(2),
            line,
            ink.tone(tone),
        );
        rows += 1;
    }
    if let Some(action) = &banner.action {
        // Beside a short sentence, else below.
        let used = width(lines.last().map_or("", String::as_str)) + 5;
        let wanted = width(&safe(&action.label)) + 8;
        let beside = rows > 0 && lines.len() <= 3 && used + wanted <= area.width;
        let x = area.x + if beside { used } else { 2 };
        let y = area.y + rows - u16::from(beside);
        let place = Rect {
            x,
            y,
            width: area.right().saturating_sub(x),
            ..area
        };
        let used = parts::actions(std::slice::from_ref(action), place, buffer, ink, hits);
        rows += if beside { 0 } else { used };
    }
    rows
}

pub(super) fn foot(chrome: &Chrome, area: Rect, buffer: &mut Buffer, ink: Ink) {
    let rule = if ink.ascii { "-" } else { "╌" };
    put(
        buffer,
        area.x,
        area.y,
        area.width,
        &rule.repeat(usize::from(area.width)),
        ink.tone(Tone::Hint),
    );
    if let Some(progress) = &chrome.progress {
        let count = if progress.of > 0 {
            format!("{}/{}", progress.done, progress.of)
        } else {
            progress.done.to_string()
        };
        let text = format!("{}  {count}", safe(&progress.label));
        let used = put(
            buffer,
            area.x + 1,
            area.y + 1,
            area.width,
            &text,
            ink.tone(Tone::Accent),
        );
        let room = area.width.saturating_sub(used + 4).min(40);
        let share = u64::from(room) * progress.done.min(progress.of);
        if let Some(filled) = share.checked_div(progress.of) {
            let filled = u16::try_from(filled).unwrap_or(room);
            let glyph = if ink.ascii { "=" } else { "⣿" };
            put(
                buffer,
                area.x + used + 3,
                area.y + 1,
                room,
                &glyph.repeat(usize::from(filled)),
                ink.tone(Tone::Accent),
            );
        }
    } else {
        let room = area.width.saturating_sub(2);
        let why = spans_width(&chrome.why, ink);
        put_spans(buffer, area.x + 1, area.y + 1, room, &chrome.why, ink);
        // Of the footer as much as there is room for; its parts stand in their order of weight.
        let mut footer = safe(&chrome.footer);
        while !footer.is_empty() && (if why > 0 { why + 3 } else { 0 }) + width(&footer) > room {
            match footer.rfind("  ") {
                Some(at) => footer.truncate(at),
                None => footer.clear(),
            }
        }
        let w = width(&footer);
        put(
            buffer,
            area.right().saturating_sub(w + 1),
            area.y + 1,
            w,
            &footer,
            ink.tone(Tone::Hint),
        );
    }
    keys(
        &chrome.keys,
        Rect {
            y: area.y + 2,
            height: 1,
            ..area
        },
        buffer,
        ink,
    );
}

/// Live keys; the last one, leaving, always has its place.
fn keys(hints: &[KeyHint], area: Rect, buffer: &mut Buffer, ink: Ink) {
    let spans = |hint: &KeyHint| {
        vec![
            Span {
                text: hint.key.clone(),
                bold: true,
                mono: true,
                ..Span::default()
            },
            Span {
                text: format!(" {}", hint.label),
                tone: Tone::Label,
                ..Span::default()
            },
        ]
    };
    let last = hints
        .last()
        .map_or(0, |hint| spans_width(&spans(hint), ink));
    let mut x = area.x + 1;
    for (n, hint) in hints.iter().enumerate() {
        let spans = spans(hint);
        let w = spans_width(&spans, ink);
        let kept = if n + 1 == hints.len() { 0 } else { last + 2 };
        if x + w + kept > area.right() {
            continue;
        }
        x += put_spans(buffer, x, area.y, w, &spans, ink) + 2;
    }
}

/// The prompt takes the last line; its suggestions stand above it.
pub(super) fn draw_prompt(prompt: &Prompt, area: Rect, buffer: &mut Buffer, ink: Ink) {
    let y = area.bottom() - 1;
    let blank = |buffer: &mut Buffer, y: u16| {
        for x in area.x..area.right() {
            if let Some(cell) = buffer.cell_mut((x, y)) {
                cell.reset();
            }
        }
    };
    let mut top = y;
    if let Some(error) = &prompt.error {
        top -= 1;
        blank(buffer, top);
        put(
            buffer,
            area.x + 1,
            top,
            area.width,
            error,
            ink.tone(Tone::Status(Status::Behind)),
        );
    }
    for (text, key, chosen) in prompt.suggestions.iter().take(8).rev() {
        if top <= area.y + 1 {
            break;
        }
        top -= 1;
        blank(buffer, top);
        if *chosen {
            buffer.set_style(
                Rect {
                    y: top,
                    height: 1,
                    ..area
                },
                ink.selection(),
            );
            put(
                buffer,
                area.x,
                top,
                1,
                ink.pointer(),
                ink.tone(Tone::Accent),
            );
        }
        put(buffer, area.x + 2, top, area.width, text, Style::default());
        let w = width(&safe(key));
        put(
            buffer,
            area.right().saturating_sub(w + 1),
            top,
            w,
            key,
            ink.tone(Tone::Hint),
        );
    }
    blank(buffer, y);
    let mut x = area.x + 1;
    x += put(
        buffer,
        x,
        y,
        area.width,
        &format!("{} ", prompt.label),
        ink.tone(Tone::Accent).add_modifier(Modifier::BOLD),
    );
    let room = area.right().saturating_sub(x + 1);
    x += put(
        buffer,
        x,
        y,
        room,
        &text::fit_end(&safe(&prompt.text), room),
        Style::default(),
    );
    put(
        buffer,
        x,
        y,
        1,
        " ",
        Style::default().add_modifier(Modifier::REVERSED),
    );
}
