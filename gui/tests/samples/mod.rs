//! Hand-made screens with every kind of panel; the figures are invented.
#![allow(dead_code, clippy::too_many_lines)]

mod overview;
mod programme;

pub use overview::overview;
pub use programme::programme;

use quarterdeck_view::msg::Msg;
use quarterdeck_view::panel::*;
use quarterdeck_view::state::ScreenId;

fn span(text: &str, tone: Tone) -> Span {
    Span {
        text: text.to_owned(),
        tone,
        ..Span::default()
    }
}
fn bold(text: &str, tone: Tone) -> Span {
    Span {
        bold: true,
        ..span(text, tone)
    }
}
fn signed(status: Status, text: &str) -> Span {
    let on = matches!(status, Status::OnTrack | Status::Met);
    Span {
        sign: Some(status),
        bold: !on,
        ..span(
            text,
            if on {
                Tone::Label
            } else {
                Tone::Status(status)
            },
        )
    }
}
fn cell(text: &str, tone: Tone) -> Cell {
    Cell {
        spans: vec![span(text, tone)],
        ..Cell::default()
    }
}

/// id, group, name, lead, status, good, tiles, variance, rate, unspent, risk, age
fn status(word: &str) -> (Status, &'static str) {
    match word {
        "risk" | "r" => (Status::AtRisk, "預警"),
        "behind" | "b" => (Status::Behind, "落後"),
        "late" | "l" => (Status::Late, "逾期未報"),
        "nodata" | "d" => (Status::NoData, "尚無資料"),
        "rejected" | "x" => (Status::Rejected, "退回"),
        "n" => (Status::NotDue, "未屆期"),
        _ => (Status::OnTrack, "符合進度"),
    }
}

fn column(
    id: &'static str,
    title: &str,
    unit: Option<&str>,
    points: u16,
    right: bool,
    drop: u8,
) -> Column {
    Column {
        id,
        title: title.to_owned(),
        short: None,
        unit: unit.map(str::to_owned),
        align: if right { Align::Right } else { Align::Left },
        points,
        cells: 4,
        grows: id == "name",
        drop,
        sortable: !matches!(id, "tiles" | "bullet" | "group"),
    }
}

fn measure(
    label: &str,
    value: &str,
    unit: &str,
    below: &str,
    tone: Tone,
    percent: Option<f64>,
) -> Measure {
    Measure {
        label: label.to_owned(),
        value: value.to_owned(),
        unit: unit.to_owned(),
        below: below.to_owned(),
        tone,
        bullet: percent.map(|percent| Drawing::Bullet {
            percent,
            limit: 90.0,
            tone: Tone::Status(Status::AtRisk),
        }),
        figure: None,
    }
}

fn quarters(count: usize) -> Vec<(String, Option<String>)> {
    (0..count)
        .map(|index| {
            let number = (index + 12 * 4 - count) % 4 + 1;
            let number = if count.is_multiple_of(4) {
                index % 4 + 1
            } else {
                number
            };
            let year = (number == 1).then(|| format!("{}年 {}", 111 + index / 4, 2022 + index / 4));
            (number.to_string(), year)
        })
        .collect()
}

fn panel(id: &'static str, place: Place, title: &str, body: Body) -> Panel {
    Panel {
        id,
        place,
        title: title.to_owned(),
        subtitle: String::new(),
        aside: Vec::new(),
        body,
        actions: Vec::new(),
        focused: false,
        figure: None,
    }
}

pub fn chrome() -> Chrome {
    let nav = ["總覽", "計畫", "填報", "資料來源", "說明"]
        .iter()
        .enumerate()
        .map(|(index, word)| NavItem {
            label: (*word).to_owned(),
            short: word.chars().take(2).collect(),
            key: (index + 1).to_string(),
            current: index == 0,
            msg: Msg::Go(ScreenId::RAIL[index]),
        })
        .collect();
    let key = |key: &str, label: &str| KeyHint {
        key: key.to_owned(),
        label: label.to_owned(),
    };
    let action = |label: &str, key: &str, msg: Msg| Action {
        label: label.to_owned(),
        key: Some(key.to_owned()),
        msg,
        disabled: None,
        primary: false,
    };
    Chrome {
        product: "數位政府計畫績效監測".to_owned(),
        quarter: ("114年第3季".to_owned(), "2025Q3".to_owned()),
        running: None,
        as_of: ("資料時點".to_owned(), "現在　114.10.20 09:12".to_owned()),
        as_of_past: false,
        demo: Some("示範資料 Demo data, invented".to_owned()),
        headline: vec![span("符合進度17　預警5　落後4　未知3", Tone::Text)],
        nav,
        rail_foot: vec![
            vec![span("資料來源 21", Tone::Label)],
            vec![span("17 正常", Tone::Label)],
            vec![Span {
                bold: false,
                ..signed(Status::AtRisk, "2 部分")
            }],
            vec![Span {
                bold: false,
                ..signed(Status::Late, "1 逾期")
            }],
            vec![Span {
                bold: false,
                ..signed(Status::Rejected, "1 退回")
            }],
            vec![span("最舊資料92天", Tone::Hint)],
        ],
        why: vec![
            signed(Status::Behind, "P12 落後"),
            span("　NDC 110Q2 三項皆符", Tone::Label),
        ],
        keys: vec![
            key("Enter", "開啟"),
            key("e", "出處"),
            key("/", "篩選"),
            key("[ ]", "季別"),
            key("a", "時點"),
            key("r", "報告"),
            key("?", "按鍵"),
        ],
        footer: "示範資料，數字皆為虛構".to_owned(),
        prompt: None,
        filter: String::new(),
        search_hint: "搜尋或輸入指令".to_owned(),
        progress: None,
        banners: Vec::new(),
        menus: vec![
            (
                "畫面".to_owned(),
                vec![
                    action("總覽頁", "Ctrl+1", Msg::Go(ScreenId::Overview)),
                    action("說明頁", "F1", Msg::Go(ScreenId::Help)),
                ],
            ),
            (
                "時間".to_owned(),
                vec![action("前一季", "F6", Msg::PreviousQuarter)],
            ),
        ],
        languages: vec![
            ("中文".to_owned(), true, Msg::ToggleLanguage),
            ("EN".to_owned(), false, Msg::ToggleLanguage),
        ],
        themes: vec![
            ("亮".to_owned(), true, Msg::SetDark(false)),
            ("暗".to_owned(), false, Msg::SetDark(true)),
        ],
    }
}
