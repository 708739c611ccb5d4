//! A programme with every kind of panel.

use super::*;

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
                    begins: Vec::new(),
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
            restarts: Vec::new(),
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
