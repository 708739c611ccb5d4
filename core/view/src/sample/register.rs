//! The invented register, its readings and its sources.

use super::{QUARTER, now};
use chrono::{DateTime, Duration, Utc};
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::agency::{Agency, AgencyName};
use quarterdeck_kpi::calendar::Period;
use quarterdeck_kpi::indicator::{Combine, Direction, Frequency, Indicator, Kind, Road, Title};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::money::BudgetChange;
use quarterdeck_kpi::observation::{Act, Cause, Observation, Qualifier, Reading, Recorded, Stage};
use quarterdeck_kpi::register::{
    Claim, ContextNote, Milestone, MilestonePlan, Narrative, Node, Plan, Programme, Register, Task,
};
use quarterdeck_kpi::snapshot::Snapshot;
use quarterdeck_kpi::source::{Attempt, Outcome, SourceState};
use quarterdeck_kpi::target::Trajectory;
use rust_decimal::Decimal;

pub(super) fn title(zh_tw: &str, en: &str) -> Title {
    Title {
        zh_tw: zh_tw.to_owned(),
        en: en.to_owned(),
    }
}

/// A sentence of the sample alone: it stands for itself in both languages.
pub(super) fn plain(text: &str) -> Message {
    Message {
        id: text.to_owned().into(),
        args: Vec::new(),
    }
}

fn agency(id: &str, short: (&str, &str), full: &str, alias: &str) -> Agency {
    Agency {
        id: id.to_owned(),
        names: vec![AgencyName {
            short: title(short.0, short.1),
            full: title(full, id),
            from: None,
            to: None,
            basis: None,
        }],
        aliases: vec![alias.to_owned()],
    }
}

fn node(id: &str, names: (&str, &str), short: (&str, &str)) -> Node {
    Node {
        id: id.to_owned(),
        plan: "dgp2".to_owned(),
        parent: None,
        title: title(names.0, names.1),
        short: Some(title(short.0, short.1)),
        title_zh_basis: "official".to_owned(),
        place: None,
        indicators: Vec::new(),
        tasks: Vec::new(),
    }
}

pub(super) fn indicator(series: &str, names: (&str, &str), unit: &str, road: Road) -> Indicator {
    Indicator {
        series: SeriesId::parse(series).unwrap_or_else(|_| SeriesId::new("P00", "figure")),
        title: title(names.0, names.1),
        unit: unit.to_owned(),
        kind: Kind::Count,
        direction: Direction::Higher,
        baseline: None,
        targets: Vec::new(),
        trajectory: Trajectory::Step,
        combine: Combine::Last,
        weight: Decimal::ONE,
        responsible: None,
        verification: None,
        frequency: Frequency::Quarter,
        due_days: Some(10),
        max_age_days: Some(120),
        road,
        computed_from: None,
        definition_version: 1,
        valid_from: None,
        valid_to: None,
        note: None,
        remark: None,
        link: None,
        place: None,
        share: None,
        never_falls: false,
        invented: true,
    }
}

fn programme(
    id: &str,
    node: &str,
    names: (&str, &str),
    lead: (&str, bool),
    indicators: Vec<Indicator>,
) -> Programme {
    Programme {
        id: id.to_owned(),
        plan: "dgp2".to_owned(),
        node: node.to_owned(),
        title: title(names.0, names.1),
        title_zh_basis: "translated".to_owned(),
        lead: lead.0.to_owned(),
        lead_basis: if lead.1 { "named" } else { "presumed" }.to_owned(),
        co_agencies: Vec::new(),
        control_level: Some("ministry".to_owned()),
        place: None,
        indicators,
        tasks: Vec::new(),
        milestones: Vec::new(),
        narratives: Vec::new(),
        note: None,
        invented: true,
    }
}

/// A milestone planned so many days from the quarter's end; later plans replace earlier ones.
fn milestone(id: &str, names: (&str, &str), weight: i64, days: &[i64]) -> Milestone {
    let plan = |(at, days): (usize, &i64)| MilestonePlan {
        planned: QUARTER.end() + Duration::days(*days),
        set_on: (at > 0).then(|| QUARTER.start() - Duration::days(30)),
        by: Some("示範機關".to_owned()),
        document: (at > 0).then(|| "示範函".to_owned()),
    };
    Milestone {
        id: id.to_owned(),
        title: title(names.0, names.1),
        weight: Decimal::from(weight),
        plans: days.iter().enumerate().map(plan).collect(),
        evidence: None,
        place: None,
    }
}

fn changes() -> Vec<BudgetChange> {
    let change = |id: &str, days: i64, from: Option<&str>, to: &str, amount_ntd| BudgetChange {
        id: id.to_owned(),
        on: QUARTER.end() - Duration::days(days),
        fiscal_year: QUARTER.year,
        from: from.map(str::to_owned),
        to: Some(to.to_owned()),
        amount_ntd,
        document: "示範函".to_owned(),
        place: None,
        note: None,
    };
    vec![
        change("s1", 41, None, "P27", 6_000_000),
        change("t1", 18, Some("P25"), "P01", 1_200_000),
    ]
}

fn programmes() -> Vec<Programme> {
    let mut taxes = programme(
        "P12",
        "S4",
        (
            "地方稅智慧線上服務",
            "Smart online services for local taxes",
        ),
        ("MOF", true),
        vec![
            indicator(
                "P12/online-share",
                ("線上申辦占比", "Share filed online"),
                "percent",
                Road::Source,
            ),
            indicator(
                "P12/trial-runs",
                ("智慧試算完成件數", "Trial calculations done"),
                "count",
                Road::Entry,
            ),
            indicator(
                "P12/satisfaction",
                ("使用者滿意度", "Satisfaction"),
                "percent",
                Road::Entry,
            ),
        ],
    );
    taxes.co_agencies = vec!["NDC".to_owned()];
    taxes.tasks = vec![
        Task {
            id: "1".to_owned(),
            title: title("線上查稅", "Online tax check"),
            place: Some("1000-1010".to_owned()),
        },
        Task {
            id: "2".to_owned(),
            title: title("二十四小時服務", "24-hour service"),
            place: None,
        },
    ];
    taxes.milestones = vec![
        milestone("1", ("需求訪談完成", "Interviews done"), 10, &[-20 - 20]),
        milestone("2", ("試算引擎決標", "Engine awarded"), 30, &[-45]),
        milestone("3", ("四縣市轉檔", "Four counties moved"), 20, &[-100, -42]),
        milestone("4", ("全國上線", "Live nationwide"), 40, &[92]),
    ];
    taxes.narratives = vec![Narrative {
        quarter: QUARTER,
        reason: Some("委外採購二度流標。".to_owned()),
        measure: None,
        responsible: Some("賦稅署".to_owned()),
        reported_on: None,
    }];
    let one =
        |series: &str, zh: &str, en: &str, road| vec![indicator(series, (zh, en), "count", road)];
    vec![
        programme(
            "P01",
            "S1",
            ("擴大資料開放", "Expand the opening up of data"),
            ("NDC", false),
            one(
                "P01/open-datasets",
                "開放資料集",
                "Open data sets",
                Road::Source,
            ),
        ),
        programme(
            "P08",
            "S3",
            ("高齡環境變遷分析", "Elderly environmental changes analysis"),
            ("MOI", true),
            one("P08/models", "完成模式", "Models done", Road::Entry),
        ),
        taxes,
        programme(
            "P14",
            "S4",
            ("律師資格區塊鏈驗證", "Blockchain verification for lawyers"),
            ("MOJ", true),
            one("P14/checks", "驗證次數", "Checks", Road::Source),
        ),
        programme(
            "P20",
            "B1",
            ("高安全傳輸：T-Road", "High security: T-Road"),
            ("NDC", false),
            one("P20/volume", "交換量", "Exchanges", Road::Source),
        ),
        programme(
            "P23",
            "B2",
            ("跨域合作", "Interdisciplinary cooperation"),
            ("NDC", false),
            one("P23/projects", "合作案", "Joint projects", Road::Entry),
        ),
        programme(
            "P25",
            "B2",
            ("就業金卡線上申辦", "Employment card online"),
            ("NDC", false),
            one(
                "P25/processing-days",
                "處理天數",
                "Processing days",
                Road::Entry,
            ),
        ),
        programme(
            "P27",
            "B2",
            ("AI 醫療影像", "AI medical imaging"),
            ("MOHW", false),
            one("P27/hours", "判讀時數", "Reading hours", Road::Source),
        ),
    ]
}

pub(super) fn recorded(
    sequence: i64,
    series: &str,
    period: Period,
    value: i64,
    at: DateTime<Utc>,
) -> Recorded<Observation> {
    Recorded {
        sequence,
        recorded_at: at,
        run: None,
        actor: "lin".into(),
        identity: "demo".into(),
        reason: None,
        cause: Cause::Entry { evidence: None },
        act: Act::Record,
        intact: true,
        item: Observation {
            series: SeriesId::parse(series).unwrap_or_else(|_| SeriesId::new("P00", "figure")),
            period,
            reading: Reading::Value(Decimal::from(value)),
            printed: None,
            qualifier: Qualifier::Exact,
            stage: Stage::Final,
            unit: "count".into(),
            parts: None,
            observed_at: at,
            definition_version: 1,
        },
    }
}

fn source(
    id: &str,
    kind: &str,
    feeds: &str,
    outcome: Outcome,
    age: i64,
    text: &str,
) -> SourceState {
    let attempt = |run: i64, rows: u64, outcome, message| Attempt {
        run,
        at: now() - Duration::days(if run == 2 { 1 } else { 30 }),
        outcome,
        rows,
        elapsed_ms: 240,
        message,
        certificate_not_after: (id == "imaging").then(|| now() + Duration::days(21)),
    };
    SourceState {
        id: id.to_owned(),
        kind: kind.to_owned(),
        place: format!("https://{id}.example/data"),
        feeds: vec![feeds.to_owned()],
        schedule: "monthly".to_owned(),
        next_run: Some(now() + Duration::days(11)),
        calls_left_today: (id == "imaging").then_some(94),
        disabled: None,
        max_age_days: Some(35),
        licence: Some("政府資料開放授權條款-第1版".to_owned()),
        attribution: Some("示範機關".to_owned()),
        attempts: vec![
            attempt(2, 1_814, outcome, (!text.is_empty()).then(|| plain(text))),
            attempt(1, 1_820, Outcome::Good, None),
        ],
        newest_data: Some(now() - Duration::days(age)),
    }
}

pub(super) fn snapshot() -> Snapshot {
    let register = Register {
        budget_changes: changes(),
        office: title("示範機關", "Sample office"),
        demo: true,
        plans: vec![Plan {
            id: "dgp2".to_owned(),
            title: title(
                "服務型智慧政府2.0推動計畫",
                "Digital Government Program 2.0",
            ),
            years: (2021, 2025),
            years_basis: "printed".to_owned(),
            document: None,
        }],
        nodes: vec![
            node(
                "S1",
                ("推動開放資料立法", "Open data legislation"),
                ("資料開放", "Open data"),
            ),
            node(
                "S3",
                ("循證決策模式", "Evidence-based decisions"),
                ("循證決策", "Evidence"),
            ),
            node(
                "S4",
                ("智慧服務", "Smart services"),
                ("智慧服務", "Services"),
            ),
            node(
                "B1",
                ("高安全之資通設施", "Secure facilities"),
                ("基礎建設", "Platform"),
            ),
            node(
                "B2",
                ("數位轉型配套措施", "Supporting measures"),
                ("環境調適", "Enabling"),
            ),
        ],
        agencies: vec![
            agency("NDC", ("國發會", "NDC"), "國家發展委員會", "發展會"),
            agency("MOI", ("內政部", "MOI"), "內政部", "內政"),
            agency("MOF", ("財政部", "MOF"), "財政部", "財政"),
            agency("MOJ", ("法務部", "MOJ"), "法務部", "法務"),
            agency("MOHW", ("衛福部", "MOHW"), "衛生福利部", "衛福"),
        ],
        programmes: programmes(),
        claims: [("29", "deck"), ("30", "audit")]
            .into_iter()
            .map(|(value, id)| Claim {
                id: format!("dgp1-programmes-{id}"),
                plan: "dgp1".to_owned(),
                topic: "programmes".to_owned(),
                text: title("計畫數", "programmes"),
                value: value.to_owned(),
                source: format!("{id} 58"),
                date: None,
            })
            .collect(),
        context: vec![ContextNote {
            title: title("智慧政府行動方案", "Smart Government Action Plan"),
            text: title("示範背景說明。", "Sample context."),
            place: Some("277-295".to_owned()),
        }],
        origin: title(
            "示範清冊，非官方計畫清單。",
            "A sample register, not an official list.",
        ),
        ..Register::default()
    };
    let before = QUARTER.previous().period();
    let mut withdrawn = recorded(4, "P12/trial-runs", QUARTER.period(), 310, now());
    withdrawn.act = Act::Correct(3);
    withdrawn.reason = Some("誤植".into());
    withdrawn.item.reading = Reading::Value(Decimal::from(318));
    Snapshot {
        as_of: now(),
        register,
        observations: vec![
            recorded(1, "P23/projects", before, 4, now() - Duration::days(92)),
            recorded(2, "P12/trial-runs", before, 290, now() - Duration::days(90)),
            recorded(
                3,
                "P12/trial-runs",
                QUARTER.period(),
                310,
                now() - Duration::days(4),
            ),
            withdrawn,
        ],
        left_out: false,
        money: Vec::new(),
        findings: Vec::new(),
        handled: Vec::new(),
        sources: vec![
            source(
                "catalogue",
                "csv",
                "P01/open-datasets",
                Outcome::Good,
                2,
                "",
            ),
            source("gsn-drop", "file", "P20/volume", Outcome::Good, 47, ""),
            source(
                "imaging",
                "json",
                "P27/hours",
                Outcome::Rejected,
                3,
                "單位由「月」變「時」",
            ),
            source(
                "join-idea",
                "json",
                "P29/cases",
                Outcome::Partial,
                1,
                "HTTP 503",
            ),
        ],
    }
}
