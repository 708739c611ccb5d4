//! A figure of the report in words: what it is called and what it says.

use crate::format;
use crate::i18n::{Language, has, say, word};
use quarterdeck_kpi::address::{FigureAddress, SeriesId};
use quarterdeck_kpi::assess::Risk;
use quarterdeck_kpi::figures::Said;
use quarterdeck_kpi::indicator::Title;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::money::AmountKind;
use quarterdeck_kpi::register::Register;

/// What a figure says; a dash for one that is unknown.
pub fn said(language: Language, said: Option<&Said>) -> String {
    match said {
        None => "—".to_owned(),
        Some(Said::Number(value)) => format::number(*value),
        Some(Said::Ntd(amount)) => format::count(*amount),
        Some(Said::Fraction(value)) => format::rate(*value),
        Some(Said::Points(value)) => format::points(*value),
        Some(Said::Status(status)) => format::status(language, *status),
        Some(Said::Risk(risk)) => word(
            language,
            match risk {
                Risk::Low => "risk-low",
                Risk::Medium => "risk-medium",
                Risk::High => "risk-high",
            },
        ),
    }
}

/// What a figure is called: whose it is, and which of its figures.
pub fn name(language: Language, register: &Register, address: &str) -> String {
    let Ok(parsed) = FigureAddress::parse(address) else {
        return address.to_owned();
    };
    let series = parsed.series;
    let whole = SeriesId {
        part: None,
        ..series.clone()
    };
    let title = |title: &Title| match language {
        Language::En if !title.en.is_empty() => title.en.clone(),
        Language::ZhTw | Language::En => title.zh_tw.clone(),
    };
    let part = part_word(language, &series);
    if let Some(indicator) = register.indicators().find(|i| i.series == whole) {
        return joined(language, &title(&indicator.title), &part);
    }
    let owner = match register.programme(&series.scope) {
        Some(programme) => title(&programme.title),
        None => match series.scope.strip_prefix("agency:") {
            Some(id) => id.to_owned(),
            None if series.scope == "portfolio" => word(language, "figure-portfolio"),
            None => series.scope.clone(),
        },
    };
    joined(language, &owner, &part)
}

fn joined(language: Language, owner: &str, part: &str) -> String {
    match part.is_empty() {
        true => owner.to_owned(),
        false => say(
            language,
            &Message::new("figure-of")
                .with("owner", owner)
                .with("part", part),
        ),
    }
}

fn part_word(language: Language, series: &SeriesId) -> String {
    let part = series.part.as_deref().unwrap_or_default();
    if let (true, Some(kind)) = (series.name == "budget", AmountKind::from_id(part)) {
        return word(language, kind.term());
    }
    let key = match (series.name.as_str(), part) {
        ("budget", "executed") => "amount-executed".to_owned(),
        ("budget", rate) => format!("ratio-{}", rate.replace('_', "-")),
        ("count", status) => format!("status-{}", status.replace('_', "-")),
        ("status" | "risk", "") => format!("figure-{}", series.name),
        ("progress", "variance") => "figure-variance".to_owned(),
        (_, "target" | "achievement" | "status") => format!("figure-{part}"),
        _ => return part.to_owned(),
    };
    match has(language, &key) {
        true => word(language, &key),
        false => part.to_owned(),
    }
}
