//! A whole screen: where everything stands.

use crate::chrome::{banners, footer, prompt, rail, topbar};
use crate::draw::panel::{self, Wish};
use crate::pen::{Pen, span, strong};
use crate::theme::Theme;
use egui::{Align, Id, Rect, ScrollArea, Ui, accesskit::Role as Part, pos2, vec2};
use quarterdeck_view::i18n::Language;
use quarterdeck_view::msg::Msg;
use quarterdeck_view::palette::{Role, grid};
use quarterdeck_view::panel::{Body, Panel, Place, Screen, Tone};
use quarterdeck_view::state::ScreenId;

/// Width under which even the overview has no room for a right column.
const NO_SIDE: f32 = 900.0;
const TABS: f32 = 32.0;
/// Between the names of a tab's panels.
const TAB_BETWEEN: &str = " / ";
/// Width of the trail of a figure beside another screen.
const TRAIL_SIDE: f32 = 444.0;

/// Part of a wide window's further room that the right column takes, and the most of it.
const SIDE_SHARE: f32 = 0.25;
const SIDE_MORE: f32 = 140.0;
/// What the first list of a column keeps above the least of others.
const FIRST_LIST_MORE: f32 = 8.0 * grid::ROW;

/// Draws a screen and returns what the user asked for by mouse or in text fields.
pub fn show(ui: &mut Ui, screen: &Screen, theme: Theme, language: Language) -> Vec<Msg> {
    let mut out = Vec::new();
    let window = ui.max_rect();
    let mut pen = Pen {
        ui,
        theme,
        language,
        out: &mut out,
    };
    pen.fill(window, theme.role(Role::Content));
    let narrow = window.width() <= grid::NARROW_BELOW;
    let top = Rect::from_min_size(window.min, vec2(window.width(), grid::TOP_BAR));
    let bottom = Rect::from_min_max(
        pos2(window.left(), window.bottom() - grid::FOOTER),
        window.max,
    );
    topbar::topbar(&mut pen, &screen.chrome, top, narrow);
    let rail_width = match (screen.chrome.nav.is_empty(), narrow) {
        (true, _) => 0.0,
        (false, true) => grid::RAIL_NARROW,
        (false, false) => grid::RAIL,
    };
    let between = Rect::from_min_max(top.left_bottom(), bottom.right_top());
    if rail_width > 0.0 {
        let side = between.with_max_x(between.left() + rail_width);
        rail::rail(&mut pen, &screen.chrome, side, narrow);
    }
    let mut content = between.with_min_x(between.left() + rail_width);
    let height = banners::height(&screen.chrome.banners);
    banners::banners(
        &mut pen,
        &screen.chrome.banners,
        content.with_max_y(content.top() + height),
    );
    content.min.y += height;
    columns(&mut pen, screen, content, narrow);
    footer::footer(&mut pen, &screen.chrome, bottom);
    footer::progress(&pen, &screen.chrome, top);
    prompt::prompt(&mut pen, &screen.chrome, window);
    out
}

/// Width of the right column; in a wide window it takes its part of what there is more.
fn side_width(screen: ScreenId, narrow: bool, whole: f32) -> f32 {
    let more =
        ((whole - grid::OVERVIEW_MAIN - grid::OVERVIEW_SIDE) * SIDE_SHARE).clamp(0.0, SIDE_MORE);
    let least = match (screen, narrow) {
        (_, true) => grid::OVERVIEW_SIDE_NARROW,
        (ScreenId::Programme, _) => 444.0,
        (ScreenId::Indicator, _) => 504.0,
        (ScreenId::Sources, _) => 316.0,
        _ => grid::OVERVIEW_SIDE,
    };
    least + more
}

fn columns(pen: &mut Pen<'_>, screen: &Screen, mut area: Rect, narrow: bool) {
    let of = |place: Place| -> Vec<&Panel> {
        screen
            .panels
            .iter()
            .filter(|panel| panel.place == place)
            .collect()
    };
    for head in of(Place::Head) {
        let height = panel::wish(pen, head, area.width(), narrow)
            .natural
            .min(area.height());
        panel::panel(
            pen,
            head,
            Rect::from_min_size(area.min, vec2(area.width(), height)),
            narrow,
        );
        area.min.y += height;
    }
    let (mut main, side) = (of(Place::Main), of(Place::Side));
    if screen.id == ScreenId::Start {
        // The first page has little to say: a column of readable width.
        let width = area.width().min(720.0);
        area = Rect::from_min_size(
            area.min + vec2(((area.width() - width) / 2.0).max(0.0), 48.0),
            vec2(width, (area.height() - 48.0).max(0.0)),
        );
    }
    if side.is_empty() || main.is_empty() {
        main.extend(side);
        column(pen, screen, "main", &main, area, narrow);
        return;
    }
    let beside = area.width() >= NO_SIDE && (!narrow || screen.id == ScreenId::Overview);
    if beside {
        let has_trail = side.iter().any(|panel| panel.id == "trail");
        let width = if has_trail && screen.id != ScreenId::Indicator && !narrow {
            TRAIL_SIDE.max(side_width(screen.id, narrow, area.width()))
        } else {
            side_width(screen.id, narrow, area.width())
        };
        let split = area.right() - width;
        column(pen, screen, "main", &main, area.with_max_x(split), narrow);
        column(pen, screen, "side", &side, area.with_min_x(split), narrow);
        pen.vline(split, area.y_range(), pen.theme.strong_rule());
    } else {
        let tabs = area.with_max_y(area.top() + TABS);
        let chosen = tab_strip(pen, &main, &side, tabs);
        area.min.y += TABS;
        let shown = if chosen { &side } else { &main };
        column(
            pen,
            screen,
            if chosen { "side" } else { "main" },
            shown,
            area,
            narrow,
        );
    }
}

/// The right column as a tab; true when it is the one shown.
fn tab_strip(pen: &mut Pen<'_>, main: &[&Panel], side: &[&Panel], strip: Rect) -> bool {
    let chosen = side.iter().any(|panel| panel.focused);
    pen.fill(strip, pen.theme.role(Role::Band));
    pen.hline(
        strip.x_range(),
        strip.bottom() - 1.0,
        pen.theme.strong_rule(),
    );
    let mut left = strip.left() + grid::PADDING;
    for (index, (panels, current)) in [(main, !chosen), (side, chosen)].into_iter().enumerate() {
        let names: Vec<&str> = panels
            .iter()
            .map(|panel| panel.title.as_str())
            .filter(|name| !name.is_empty())
            .collect();
        let name = if names.is_empty() {
            pen.word("gui-tab-list")
        } else {
            names.join(TAB_BETWEEN)
        };
        let tone = if current { Tone::Text } else { Tone::Label };
        let words = |text: &str| {
            [if current {
                strong(text, tone)
            } else {
                span(text, tone)
            }]
        };
        let room = (strip.right() - left - 8.0)
            .max(20.0)
            .min(strip.width() * 0.55);
        let shown = whole_names(&names, |text| {
            pen.lay(&words(text), grid::BODY, f32::INFINITY, 1).width() <= room
        });
        let shown = if names.is_empty() { &name } else { &shown };
        let laid = pen.lay(&words(shown), grid::BODY, room, 1);
        let tab = Rect::from_min_size(
            pos2(left, strip.top()),
            vec2(laid.width(), strip.height() - 1.0),
        );
        let response = pen.control(Id::unique(("tab", index)), tab, Part::Tab, &name, current);
        let at = pen.place(&laid, tab, Align::Min);
        pen.paint_silent(&laid, at);
        if current {
            pen.fill(
                tab.with_min_y(tab.bottom() - 2.0),
                pen.theme.role(Role::Accent),
            );
        }
        if response.has_focus() {
            pen.focus_ring(tab.expand2(vec2(4.0, 0.0)), 4);
        }
        if response.clicked()
            && let Some(first) = panels.first()
        {
            pen.out.push(Msg::FocusPanel(first.id));
        }
        if shown != &name {
            response.on_hover_text(&name);
        }
        left = tab.right() + 24.0;
    }
    chosen
}

/// As many names as fit, none of them cut, and how many more there are.
fn whole_names(names: &[&str], fits: impl Fn(&str) -> bool) -> String {
    for kept in (1..=names.len()).rev() {
        let mut text = names[..kept].join(TAB_BETWEEN);
        if kept < names.len() {
            text.push_str(&format!("  +{}", names.len() - kept));
        }
        if kept == 1 || fits(&text) {
            return text;
        }
    }
    String::new()
}

/// Panels below each other; where they do not all fit, lists shrink first, then the column scrolls.
fn column(
    pen: &mut Pen<'_>,
    screen: &Screen,
    name: &str,
    panels: &[&Panel],
    area: Rect,
    narrow: bool,
) {
    let mut wishes: Vec<Wish> = panels
        .iter()
        .map(|one| panel::wish(pen, one, area.width(), narrow))
        .collect();
    // The first list is what the page is about: it keeps more of its rows than those below it.
    let is_table = |one: &&Panel| matches!(one.body, Body::Table(_));
    let first = panels.iter().copied().position(|one| is_table(&one));
    if let Some(wish) = first.and_then(|at| wishes.get_mut(at)) {
        wish.least = wish.natural.min(wish.least + FIRST_LIST_MORE);
    }
    let heights = heights(&wishes, area.height());
    let total: f32 = heights.iter().sum();
    if total <= area.height() + 0.5 {
        stack(pen, panels, &heights, area, narrow);
        return;
    }
    pen.inside(area, |pen| {
        let (theme, language) = (pen.theme, pen.language);
        let out = &mut *pen.out;
        ScrollArea::vertical()
            .id_salt((name, screen.id.id()))
            .auto_shrink(false)
            .show(pen.ui, |ui| {
                let top = ui.max_rect().top();
                ui.set_height(total);
                let mut pen = Pen {
                    ui,
                    theme,
                    language,
                    out,
                };
                let whole = Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), total));
                stack(&mut pen, panels, &heights, whole, narrow);
            });
    });
}

fn stack(pen: &mut Pen<'_>, panels: &[&Panel], heights: &[f32], area: Rect, narrow: bool) {
    let mut top = area.top();
    for (one, height) in panels.iter().zip(heights) {
        let rect = Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), *height));
        panel::panel(pen, one, rect, narrow);
        top += height;
    }
    if top < area.bottom() && !panels.is_empty() {
        pen.hline(area.x_range(), top, pen.theme.rule());
    }
}

/// Heights for a column: natural ones where they fit, else lists give up what is above their least.
fn heights(wishes: &[Wish], there: f32) -> Vec<f32> {
    let natural: f32 = wishes.iter().map(|wish| wish.natural).sum();
    if natural <= there {
        let spare = there - natural;
        let growing = wishes.iter().filter(|wish| wish.grows).count();
        return wishes
            .iter()
            .map(|wish| {
                if wish.grows {
                    wish.natural + (spare / growing as f32).min(140.0)
                } else {
                    wish.natural
                }
            })
            .collect();
    }
    let over = natural - there;
    let give: f32 = wishes.iter().map(|wish| wish.natural - wish.least).sum();
    let share = if give > 0.0 {
        (over / give).min(1.0)
    } else {
        0.0
    };
    wishes
        .iter()
        .map(|wish| {
            let kept = (wish.natural - wish.least) * (1.0 - share);
            // Rows of several lines are shown whole or not at all.
            let whole = if wish.row > 0.0 {
                (kept / wish.row).floor() * wish.row
            } else {
                kept
            };
            wish.least + whole
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_shrink_before_a_column_scrolls() {
        let fixed = Wish {
            natural: 100.0,
            least: 100.0,
            grows: false,
            row: 0.0,
        };
        let list = Wish {
            natural: 500.0,
            least: 100.0,
            grows: false,
            row: 0.0,
        };
        assert_eq!(heights(&[fixed, list], 400.0), vec![100.0, 300.0]);
        assert_eq!(heights(&[fixed, list], 100.0), vec![100.0, 100.0]);
        assert_eq!(heights(&[fixed, list], 700.0), vec![100.0, 500.0]);
    }

    #[test]
    fn a_tab_names_whole_panels() {
        let names = ["Money", "Ratios", "Way out"];
        assert_eq!(whole_names(&names, |_| true), "Money / Ratios / Way out");
        let narrow = |text: &str| text.chars().count() <= 20;
        assert_eq!(whole_names(&names, narrow), "Money / Ratios  +1");
        assert_eq!(whole_names(&names, |_| false), "Money  +2");
    }

    #[test]
    fn rows_of_several_lines_are_not_cut() {
        let queue = Wish {
            natural: 500.0,
            least: 150.0,
            grows: false,
            row: 50.0,
        };
        assert_eq!(heights(&[queue], 320.0), vec![300.0]);
        assert_eq!(heights(&[queue], 600.0), vec![500.0]);
    }
}
