//! Presets and a try at a source, invented like the rest.

use crate::catalogue::{
    DraftField, DraftFile, LineProblem, Preset, SourceDraft, Trial, TrialColumn, TrialReading,
};
use crate::msg::Msg;
use quarterdeck_kpi::indicator::Title;
use quarterdeck_kpi::message::Message;
use std::sync::Arc;

fn title(zh_tw: &str, en: &str) -> Title {
    Title {
        zh_tw: zh_tw.to_owned(),
        en: en.to_owned(),
    }
}

fn draft(values: &[(DraftField, &str)]) -> SourceDraft {
    SourceDraft {
        values: values
            .iter()
            .map(|(field, text)| (*field, (*text).to_owned()))
            .collect(),
        ..SourceDraft::default()
    }
}

pub(super) fn presets() -> Arc<[Preset]> {
    let preset = |id: &str, kind: &str, about: Title| Preset {
        id: id.to_owned(),
        kind: kind.to_owned(),
        about,
        draft: draft(&[
            (DraftField::Address, "https://example.gov.tw/open.json"),
            (DraftField::Kind, kind),
            (DraftField::Series(0), "P05/guided-examples"),
            (DraftField::Value(0), "$.count"),
            (DraftField::Period(0), "{quarter}"),
            (DraftField::Unit(0), "count"),
            (DraftField::Id, id),
            (DraftField::Schedule, "daily"),
        ]),
    };
    Arc::new([
        preset(
            "join-idea",
            "json",
            title("提點子之提議數。", "Suggestions on the platform."),
        ),
        preset("file-drop", "file", title("資料夾投遞。", "A drop folder.")),
    ])
}

/// Its file as it would be written, one line of it wrong: what the worker would send after
/// [`tried`].
pub fn written_out() -> Msg {
    let text = "id = \"cases\"\nkind = \"csv\"\nurl = \"https://example.gov.tw/cases.csv\"\nschedul = \"daily\"\n\n[[map]]\nseries = \"portfolio/value-1\"\ncolumn = \"件數\"\nperiod_column = \"季別\"\nunit = \"count\"\n";
    let problem = LineProblem {
        line: Some(4),
        is_error: true,
        text: Message::new("check-unknown-key").with("key", "schedul"),
        next: Some(Message::new("check-nearest").with("word", "schedule")),
    };
    Msg::WrittenOut {
        asked: Box::default(),
        draft: Box::default(),
        file: Box::new(DraftFile {
            lines: text.lines().map(str::to_owned).collect(),
            problems: vec![problem],
        }),
    }
}

/// An address was pasted and tried: what the worker would send.
pub fn tried() -> Vec<Msg> {
    let address = "https://example.gov.tw/cases.csv";
    let asked = SourceDraft {
        is_changed: true,
        ..draft(&[(DraftField::Address, address)])
    };
    let guessed = SourceDraft {
        is_changed: true,
        ..draft(&[
            (DraftField::Address, address),
            (DraftField::Kind, "csv"),
            (DraftField::Series(0), "portfolio/value-1"),
            (DraftField::Value(0), "件數"),
            (DraftField::Period(0), "季別"),
            (DraftField::Unit(0), "count"),
            (DraftField::Id, "cases"),
            (DraftField::Schedule, "daily"),
        ])
    };
    let column = |name: &str, guess, is_personal| TrialColumn {
        name: name.to_owned(),
        guess,
        blank_percent: 0,
        is_personal,
    };
    let reading = |figure: &str, value| TrialReading {
        figure: figure.to_owned(),
        value,
    };
    let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
    let trial = Trial {
        is_good: true,
        outcome: Message::new("trial-good")
            .with("rows", 2_u64)
            .with("readings", 2_u64),
        kind: "csv".to_owned(),
        encoding: "big5".to_owned(),
        columns: vec![
            column("季別", "source-preview-quarter", false),
            column("件數", "source-preview-number", false),
            column("聯絡人姓名", "source-preview-text", true),
        ],
        sample: vec![row(["114Q2", "1,234", ""]), row(["114Q3", "1,300", ""])],
        paths: Vec::new(),
        readings: vec![
            reading("portfolio/value-1@2025Q2", Ok("1234".to_owned())),
            reading("portfolio/value-1@2025Q3", Ok("1300".to_owned())),
        ],
        findings: vec![
            Message::new("source-rows-fewer")
                .with("rows", 2_u64)
                .with("before", 3_u64)
                .with("percent", 90_u64),
        ],
    };
    vec![
        Msg::NewSource,
        Msg::SetField {
            field: DraftField::Address,
            text: address.to_owned(),
        },
        Msg::Tried {
            asked: Box::new(asked),
            draft: Box::new(guessed),
            trial: Box::new(trial),
        },
    ]
}
