//! Hand-made screens with every kind of panel; the figures are invented.
#![allow(dead_code, clippy::too_many_lines)]

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
const ROWS: &str = "\
P01|S1 資料開放|擴大資料開放|國發會*|on|3/3|ooro|+1.20|96.31|2,073|低|2
P02||公私協力資料合作|國發會*|on|1/1|nooo|+0.40|93.10|1,177|低|11
P03||開放資料專法|國發會*|risk|0/1|rrrr|−6.00|91.20|796|中|20
P04|S2 加值應用|總統盃黑客松|國發會*|on|2/2|oooo|+2.10|98.45|207|低|6
P05||政府資料應用輔導|國發會|on|2/2|oooo|0.00|92.77|495|低|6
P06|S3 循證決策|鏈結資料循證決策模型|國發會*|risk|1/3|oorr|+0.35|85.60|4,923|中|14
P07||圖資整合與三維國家底圖|內政部*|on|4/4|oooo|+0.85|94.88|4,489|低|3
P08||高齡者環境變遷分析|內政部|behind|0/2|rrbb|−14.75|64.35|9,602|高|9
P09||老人受暴預防|內政部|on|2/2|oooo|+0.30|91.94|1,214|低|5
P10||青壯年就業分析|勞動部|on|2/2|rooo|+1.75|95.02|998|低|8
P11||經濟決策輔助與智慧治理|經濟部|on|2/3|oooo|−0.60|92.40|1,856|低|8
P12|S4 智慧服務|地方稅智慧線上服務|財政部|behind|1/3|orbb|−18.40|71.20|28,132|高|4
P13||健保資料 AI 加值應用|衛福部|on|3/3|oooo|+3.05|97.36|2,134|低|1
P14||律師資格區塊鏈驗證|法務部|on|2/2|oooo|+4.20|99.12|99|低|2
P15||經濟數位履歷區塊鏈|經濟部|on|3/3|oroo|+0.15|93.75|2,581|低|7
P16||僑外投資全程線上申辦|經濟部|behind|0/2|oorb|−11.30|76.48|7,025|高|12
P17||輔具線上申請|衛福部|on|2/2|oooo|+0.95|94.60|894|低|3
P18||廢車回收獎勵金線上申領|環境部|risk|1/2|bbrr|+0.60|88.41|3,010|中|10
P19||個人化數位服務 MyData|國發會|on|3/3|oooo|+1.40|95.87|2,730|低|1
P20|B1 基礎建設|高安全傳輸 T-Road、GSN|國發會*|late|—/3|oool|—|—|—|中|47
P21||高效能雲端及 T-Road 入口|國發會*|on|2/2|oooo|−0.90|93.28|6,841|低|2
P22|B2 環境調適|法規調適|國發會*|risk|0/1|ooor|−3.80|93.41|421|中|13
P23||跨域合作|國發會*|nodata|—/1|oodd|—|—|—|—|92
P24||數位人才培訓|國發會*|on|2/2|oooo|+0.20|92.15|2,661|低|6
P25|一站式|就業金卡線上申辦|國發會*|on|2/2|oooo|+5.60|101.90|−164|低|4
P26||不動產線上整合|內政部*|behind|0/2|bbbb|−9.85|78.92|4,313|高|16
P27||AI 醫療影像|衛福部*|rejected|—/1|oorx|—|91.02|3,339|中|3
P28||社福申請全程管道|衛福部*|on|1/1|oooo|−0.35|92.66|3,215|低|5
P29|公共參與|公共政策網路參與平臺|國發會*|risk|2/3|ooor|−2.70|92.12|2,642|中|1";

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

fn overview_table() -> Table {
    let lines: Vec<Vec<&str>> = ROWS.lines().map(|line| line.split('|').collect()).collect();
    let rows = lines
        .iter()
        .enumerate()
        .map(|(index, part)| {
            let (state, word) = status(part[4]);
            let on = state == Status::OnTrack;
            let tone = if on { Tone::Text } else { Tone::Status(state) };
            let rate: Option<f64> = part[8].parse().ok();
            let rate_tone = match rate {
                Some(rate) if rate < 80.0 => Tone::Status(Status::Behind),
                Some(rate) if rate < 90.0 => Tone::Status(Status::AtRisk),
                _ => Tone::Text,
            };
            let tiles = part[6]
                .chars()
                .zip(["113Q4", "114Q1", "114Q2", "114Q3"])
                .map(|(c, quarter)| {
                    let (status, word) = status(&c.to_string());
                    (status, format!("{quarter} {word}"))
                })
                .collect();
            let high = part[10] == "高";
            Row {
                key: part[0].to_owned(),
                group: (!part[1].is_empty()).then(|| part[1].to_owned()),
                rule_after: lines.get(index + 1).is_some_and(|next| !next[1].is_empty()),
                bar: (!on).then_some(state),
                cells: vec![
                    cell(part[1], Tone::Label),
                    cell(part[0], Tone::Label),
                    Cell {
                        spans: vec![Span {
                            bold: state == Status::Behind,
                            ..span(part[2], Tone::Text)
                        }],
                        ..Cell::default()
                    },
                    cell(part[3], Tone::Label),
                    Cell {
                        spans: vec![signed(state, word)],
                        solid: state == Status::Behind,
                        ..Cell::default()
                    },
                    cell(part[5], Tone::Label),
                    Cell {
                        drawing: Some(Drawing::Tiles(tiles)),
                        ..Cell::default()
                    },
                    cell(
                        part[7],
                        if part[7].starts_with('−') {
                            tone
                        } else {
                            Tone::Text
                        },
                    ),
                    Cell {
                        drawing: Some(rate.map_or(Drawing::Hatched, |percent| Drawing::Bullet {
                            percent,
                            limit: 90.0,
                            tone: rate_tone,
                        })),
                        ..Cell::default()
                    },
                    cell(part[8], rate_tone),
                    cell(part[9], Tone::Text),
                    Cell {
                        spans: vec![if high {
                            bold("高", Tone::Status(Status::Behind))
                        } else {
                            span(part[10], Tone::Label)
                        }],
                        ..Cell::default()
                    },
                    cell(
                        part[11],
                        if part[11].len() > 1 && !on {
                            tone
                        } else {
                            Tone::Label
                        },
                    ),
                ],
                open: Some(Msg::OpenProgramme(part[0].to_owned())),
                total: false,
                figure: None,
            }
        })
        .collect();
    Table {
        columns: vec![
            column("group", "策略", None, 86, false, 5),
            column("id", "編號", None, 38, false, 0),
            column("name", "計畫", None, 158, false, 0),
            column("lead", "主辦", None, 60, false, 0),
            column("status", "狀態", None, 86, false, 0),
            column("kpi", "達標", Some("項"), 36, false, 2),
            column("tiles", "近4季", Some("4 1 2 3"), 84, false, 0),
            column("variance", "進度差異", Some("百分點"), 62, true, 0),
            column("bullet", "", None, 90, false, 4),
            column("execution", "執行率", Some("%"), 58, true, 0),
            column("unspent", "未執行", Some("千元"), 62, true, 3),
            column("risk", "風險", None, 36, false, 0),
            column("age", "資料", Some("天"), 34, true, 1),
        ],
        rows,
        selected: Some(11),
        sort: None,
        empty: Some("沒有符合的計畫".to_owned()),
    }
}

fn counts() -> Vec<Count> {
    let one = |status, word: &str, below: &str, parts: &[(&str, f64)]| Count {
        status,
        word: word.to_owned(),
        number: parts.len(),
        below: below.to_owned(),
        open: Some(Msg::FilterStatus(Some(status))),
        segments: parts
            .iter()
            .map(|(id, share)| ((*id).to_owned(), *share))
            .collect(),
    };
    vec![
        one(
            Status::Behind,
            "落後",
            "經費 2.42億元，未執行 0.49億元",
            &[("P12", 132.0), ("P08", 46.0), ("P16", 40.0), ("P26", 24.0)],
        ),
        one(
            Status::AtRisk,
            "預警",
            "經費 1.49億元，未執行 0.12億元",
            &[
                ("P06", 60.0),
                ("P18", 35.0),
                ("P29", 34.0),
                ("P03", 12.0),
                ("P22", 8.0),
            ],
        ),
        one(
            Status::Unknown,
            "未知",
            "逾期 1　尚無資料 1　退回 1",
            &[("P20", 182.0), ("P27", 53.0), ("P23", 14.0)],
        ),
        one(
            Status::OnTrack,
            "符合進度",
            "經費 9.20億元，佔 59.0 %",
            &[
                ("P21", 180.0),
                ("P07", 120.0),
                ("P13", 110.0),
                ("P19", 90.0),
                ("P01", 80.0),
                ("P24", 60.0),
                ("P28", 55.0),
                ("P15", 50.0),
                ("P09", 40.0),
                ("P02", 35.0),
                ("P25", 30.0),
                ("P11", 25.0),
                ("P10", 20.0),
                ("P17", 20.0),
                ("P14", 15.0),
                ("P05", 10.0),
                ("P04", 8.0),
            ],
        ),
    ]
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

/// The overview with its 29 programmes.
pub fn overview() -> Screen {
    let mut programmes = panel("programmes", Place::Main, "", Body::Table(overview_table()));
    programmes.focused = true;
    let mut trend = panel(
        "trend",
        Place::Side,
        "近12季趨勢",
        Body::Trend(Trend {
            message: "落後由2項增為4項".to_owned(),
            quarters: quarters(12),
            series: vec![
                (
                    Status::Behind,
                    "落後".to_owned(),
                    vec![2, 2, 3, 3, 4, 3, 3, 3, 2, 2, 3, 4],
                ),
                (
                    Status::AtRisk,
                    "預警".to_owned(),
                    vec![5, 5, 4, 5, 5, 6, 5, 6, 5, 4, 5, 5],
                ),
                (
                    Status::Unknown,
                    "未知".to_owned(),
                    vec![2, 2, 1, 1, 1, 1, 2, 1, 1, 1, 2, 3],
                ),
            ],
        }),
    );
    trend.aside = vec![
        signed(Status::Behind, "落後"),
        signed(Status::AtRisk, "預警"),
        signed(Status::Unknown, "未知"),
    ];
    let item = |key: &str, status, name: &str, money: &str, what: &str, why: &str| QueueItem {
        key: key.to_owned(),
        status,
        name: name.to_owned(),
        money: money.to_owned(),
        what: what.to_owned(),
        why: why.to_owned(),
        open: Msg::OpenProgramme(key.to_owned()),
        selected: key == "P12",
        handled: key == "P27",
        figure: None,
    };
    let mut queue = panel(
        "exceptions",
        Place::Side,
        "例外清單",
        Body::Queue(vec![
            item(
                "P12",
                Status::Behind,
                "地方稅智慧線上服務",
                "未執行 0.28億元",
                "執行率 71.20 %，進度 −18.40 百分點，連2季",
                "NDC 110Q2 三項皆符。委外採購二度流標",
            ),
            item(
                "P08",
                Status::Behind,
                "高齡者環境變遷分析",
                "未執行 0.10億元",
                "執行率 64.35 %，進度 −14.75 百分點，連2季",
                "NDC 110Q2 三項皆符。跨機關資料未到位",
            ),
            item(
                "P16",
                Status::Behind,
                "僑外投資全程線上申辦",
                "未執行 0.07億元",
                "執行率 76.48 %，進度 −11.30 百分點，首次落後",
                "NDC 110Q2 三項皆符。法規配套延後",
            ),
            item(
                "P26",
                Status::Behind,
                "不動產線上整合",
                "未執行 0.04億元",
                "執行率 78.92 %，進度 −9.85 百分點，連4季",
                "四季未改善。未填改善措施",
            ),
            item(
                "P20",
                Status::Late,
                "高安全傳輸 T-Road、GSN",
                "經費 1.82億元",
                "47天無新資料（上限35天）",
                "來源 gsn-drop：檔案未送達",
            ),
            item(
                "P27",
                Status::Rejected,
                "AI 醫療影像",
                "經費 0.53億元",
                "單位由「月」變「時」，整筆退回",
                "來源 mohw-imaging：需人工確認",
            ),
            item(
                "P23",
                Status::NoData,
                "跨域合作",
                "經費 0.14億元",
                "92天無資料，兩季未填報",
                "人工填報，已催辦2次",
            ),
            item(
                "P29",
                Status::AtRisk,
                "公共政策網路參與平臺",
                "未執行 0.03億元",
                "公布 4.70 %，依其分子分母為 2.40 %",
                "比率不符：分母為「進入附議」案件",
            ),
        ]),
    );
    queue.subtitle = "依金額、偏差、天數排序".to_owned();
    queue.aside = vec![span("共12項，未處理 11", Tone::Label)];
    queue.actions = vec![Action {
        label: "其餘4項 ›".to_owned(),
        key: None,
        msg: Msg::Go(ScreenId::Help),
        disabled: None,
        primary: false,
    }];
    let head = panel(
        "headline",
        Place::Head,
        "",
        Body::Headline {
            counts: counts(),
            measures: vec![
                measure(
                    "經費執行率",
                    "89.89",
                    "%",
                    "−1.12 百分點，較去年同季",
                    Tone::Text,
                    Some(89.89),
                ),
                measure(
                    "支用比",
                    "83.68",
                    "%",
                    "−2.40 百分點，較去年同季",
                    Tone::Text,
                    Some(83.68),
                ),
                measure(
                    "加權進度差異",
                    "−2.40",
                    "百分點",
                    "26項，另3項未知不計",
                    Tone::Text,
                    None,
                ),
            ],
        },
    );
    Screen {
        id: ScreenId::Overview,
        chrome: chrome(),
        panels: vec![head, programmes, trend, queue],
    }
}

/// A programme: title, indicators, chart, money, facts, running text, a field and buttons.
pub fn programme() -> Screen {
    let behind = Tone::Status(Status::Behind);
    let head = panel(
        "title",
        Place::Head,
        "",
        Body::Title {
            breadcrumbs: "總覽 › S4 智慧服務 › P12".to_owned(),
            title: "P12 地方稅智慧線上服務".to_owned(),
            status: Some((Status::Behind, "落後".to_owned())),
            facts: vec![
                span("主辦 ", Tone::Label),
                span(
                    "財政部　協辦 地方稅稽徵機關　部會管制　季報　風險 低 › 中 › 高 › ",
                    Tone::Text,
                ),
                bold("高", behind),
            ],
            measures: vec![
                measure(
                    "經費執行率",
                    "71.20",
                    "%",
                    "較上季 −6.12 百分點",
                    behind,
                    None,
                ),
                measure("支用比", "63.84", "%", "較上季 −4.85 百分點", behind, None),
                measure(
                    "進度差異",
                    "−18.40",
                    "百分點",
                    "預定 70.00，實際 51.60",
                    behind,
                    None,
                ),
            ],
        },
    );
    let series = |values: &[f64]| values.iter().map(|value| Some(*value)).collect::<Vec<_>>();
    let row = |key: &str,
               unit: &str,
               actual: &str,
               target: &str,
               state: Status,
               word: &str,
               rate: f64| Row {
        key: key.to_owned(),
        cells: vec![
            Cell {
                spans: vec![Span {
                    bold: state == Status::Behind,
                    ..span(key, Tone::Text)
                }],
                ..Cell::default()
            },
            cell(unit, Tone::Label),
            cell(actual, Tone::Text),
            cell(target, Tone::Label),
            Cell {
                spans: vec![signed(state, word)],
                solid: state == Status::Behind,
                ..Cell::default()
            },
            Cell {
                drawing: Some(Drawing::Bullet {
                    percent: rate,
                    limit: 100.0,
                    tone: Tone::Status(state),
                }),
                ..Cell::default()
            },
            cell(&format!("{rate:.2}"), Tone::Text),
            Cell {
                drawing: Some(Drawing::Sparkline {
                    values: series(&[50.0, 52.0, 55.0, 57.0, 60.0, 61.0, 64.0, rate]),
                    targets: series(&[60.0; 8]),
                    tone: Tone::Text,
                }),
                ..Cell::default()
            },
            Cell {
                spans: vec![span(&format!("出處 {key}"), Tone::Accent)],
                open: Some(Msg::Open),
                ..Cell::default()
            },
        ],
        ..Row::default()
    };
    let mut indicators = panel(
        "indicators",
        Place::Main,
        "績效指標",
        Body::Table(Table {
            columns: vec![
                column("name", "指標", None, 160, false, 0),
                column("unit", "單位", None, 60, false, 0),
                column("actual", "實際值", None, 80, true, 0),
                column("target", "目標值", None, 70, true, 0),
                column("status", "狀態", None, 90, false, 0),
                column("bullet", "", None, 96, false, 2),
                column("rate", "達成率 %", None, 70, true, 0),
                column("line", "近8季", None, 98, false, 1),
                column("trail", "", None, 120, false, 0),
            ],
            rows: vec![
                row(
                    "線上申辦占比",
                    "%",
                    "52.40",
                    "60.00",
                    Status::AtRisk,
                    "預警",
                    87.33,
                ),
                row(
                    "智慧試算完成件數",
                    "千件",
                    "318",
                    "520",
                    Status::Behind,
                    "落後",
                    61.15,
                ),
                row(
                    "使用者滿意度",
                    "%",
                    "86.10",
                    "80.00",
                    Status::Met,
                    "達標",
                    107.63,
                ),
            ],
            selected: Some(1),
            sort: Some(("rate", true)),
            empty: None,
        }),
    );
    indicators.aside = vec![span("3項：達標 1　預警 1　落後 1", Tone::Label)];
    indicators.focused = true;
    let step = |values: [f64; 4]| {
        values
            .into_iter()
            .flat_map(|value| [Some(value); 4])
            .collect::<Vec<_>>()
    };
    let mut chart = panel(
        "chart",
        Place::Main,
        "智慧試算完成件數（千件，累計）",
        Body::Chart(Chart {
            message: "實際 318，低於目標 520".to_owned(),
            quarters: quarters(16),
            actual: vec![
                Some(62.0),
                Some(80.0),
                Some(96.0),
                Some(120.0),
                Some(150.0),
                Some(178.0),
                Some(190.0),
                Some(210.0),
                None,
                Some(240.0),
                Some(252.0),
                Some(260.0),
                Some(272.0),
                Some(290.0),
                Some(318.0),
                None,
            ],
            target: step([100.0, 180.0, 320.0, 520.0]),
            former: [vec![None; 8], vec![Some(360.0); 4], vec![Some(600.0); 4]].concat(),
            unknown: (0..16).map(|index| index == 8).collect(),
            breaks: vec![4],
            actual_label: "實際 318".to_owned(),
            target_label: Some("目標 520".to_owned()),
            former_label: Some("原目標 600".to_owned()),
            ticks: (0..=7)
                .map(|tick| (f64::from(tick) * 100.0, (tick * 100).to_string()))
                .collect(),
            cut_axis: false,
            forecast: Some(ChartForecast {
                from: 14,
                points: vec![(15, 345.0, 320.0, 372.0)],
                label: "推估 345".to_owned(),
            }),
        }),
    );
    chart.subtitle = "目標依當時核定值繪製".to_owned();
    let part = |id: &'static str, label: &str, value: &str, share: &str, amount: f64| {
        (
            id,
            label.to_owned(),
            value.to_owned(),
            share.to_owned(),
            amount,
        )
    };
    let mut money = panel(
        "money",
        Place::Side,
        "經費",
        Body::Money(MoneyBar {
            message: "累計分配 97,680千元，執行 71.20 %".to_owned(),
            parts: vec![
                part("paid", "實支數", "62,359", "63.84 %", 62_359.0),
                part("payable", "應付未付數", "5,176", "5.30 %", 5_176.0),
                part("saved", "節餘數", "2,013", "2.06 %", 2_013.0),
                part("unspent", "未執行數", "28,132", "28.80 %", 28_132.0),
                part("open", "未分配數", "34,320", "", 34_320.0),
            ],
            tick: Some(("累計分配".to_owned(), "97,680".to_owned(), 97_680.0)),
            whole: 132_000.0,
            total: Some((
                "執行數".to_owned(),
                "69,548".to_owned(),
                "71.20 %".to_owned(),
            )),
        }),
    );
    money.subtitle = "單位：新臺幣千元".to_owned();
    let fact = |label: &str, value: &str, limit: &str| Fact {
        label: label.to_owned(),
        value: vec![span(value, Tone::Text)],
        extra: Some(vec![
            span(limit, Tone::Label),
            signed(Status::Behind, "符合"),
        ]),
    };
    let rule = panel(
        "rule",
        Place::Side,
        "判定：落後計畫",
        Body::Facts(vec![
            fact("年累計支用比", "63.84 %", "< 90 %　"),
            fact("年計畫經費執行率", "71.20 %", "< 90 %　"),
            fact("年累計進度", "−18.40 百分點", "落後　"),
        ]),
    );
    let mut cause = panel(
        "cause",
        Place::Side,
        "落後原因與改善措施",
        Body::Lines(vec![
            vec![
                bold("原因　", Tone::Text),
                span(
                    "試算引擎委外採購二度流標，全國介接較預定晚三個月；四縣市舊系統欄位不一，資料清理未完成。",
                    Tone::Text,
                ),
            ],
            vec![
                bold("措施　", Tone::Text),
                span(
                    "一、改採共同供應契約，11月底前決標。二、國發會派員協助四縣市轉檔。三、每兩週檢核一次。",
                    Tone::Text,
                ),
            ],
        ]),
    );
    cause.actions = vec![
        Action {
            label: "存成已處理".to_owned(),
            key: Some("Ctrl+S".to_owned()),
            msg: Msg::EntrySave,
            disabled: None,
            primary: true,
        },
        Action {
            label: "送請核定".to_owned(),
            key: None,
            msg: Msg::Report,
            disabled: Some("尚有2項未處理".to_owned()),
            primary: false,
        },
    ];
    let form = panel(
        "form",
        Place::Side,
        "處理",
        Body::Form(vec![Field {
            key: "cause",
            label: "責任".to_owned(),
            text: "內政部地政司".to_owned(),
            error: Some("請填姓名".to_owned()),
        }]),
    );
    let mut chrome = chrome();
    chrome.banners = vec![Banner {
        error: true,
        text: "來源 gsn-drop 無法讀取".to_owned(),
        next: Some("請向主辦機關索取檔案".to_owned()),
        action: Some(Action {
            label: "顯示來源".to_owned(),
            key: None,
            msg: Msg::Go(ScreenId::Sources),
            disabled: None,
            primary: false,
        }),
    }];
    chrome.progress = Some(Progress {
        label: "收錄資料".to_owned(),
        done: 12,
        of: 21,
    });
    Screen {
        id: ScreenId::Programme,
        chrome,
        panels: vec![head, indicators, chart, money, rule, cause, form],
    }
}
