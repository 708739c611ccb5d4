//! The overview, with its 29 rows.

use super::*;

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
