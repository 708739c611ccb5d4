//! Where a typed figure belongs: which indicator, task, risk, progress or amount, in which unit.

use chrono::{Datelike, NaiveDate};
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::calendar::{Period, Quarter};
use quarterdeck_kpi::indicator::{Frequency, Indicator, Kind, Road};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::money::{AmountKind, MoneyKey, Span};
use quarterdeck_kpi::number::parse_printed;
use quarterdeck_kpi::observation::Qualifier;
use quarterdeck_kpi::register::Register;
use quarterdeck_kpi::text::{clean, fold_width};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// The place of a figure.
pub(super) struct Slot {
    series: SeriesId,
    pub unit: String,
    pub definition_version: u32,
    sort: Sort,
}

enum Sort {
    Indicator {
        kind: Kind,
        road: Road,
    },
    Task,
    Risk,
    Progress,
    Money {
        plan: String,
        programme: String,
        kind: AmountKind,
    },
}

/// A typed value that was understood.
pub(super) enum Value {
    Reading {
        value: Decimal,
        qualifier: Qualifier,
        printed: Option<String>,
    },
    Money {
        key: MoneyKey,
        amount_ntd: i64,
        printed: Option<String>,
    },
}

fn indicator<'a>(register: &'a Register, series: &SeriesId) -> Option<&'a Indicator> {
    register.indicators().find(|i| i.series == *series)
}

impl Slot {
    /// The place of a series, or the nearest known one.
    pub fn of(register: &Register, series: &SeriesId) -> Result<Slot, Message> {
        let slot = |unit: &str, definition_version, sort| Slot {
            series: series.clone(),
            unit: unit.to_owned(),
            definition_version,
            sort,
        };
        if let Some(found) = indicator(register, series) {
            let sort = Sort::Indicator {
                kind: found.kind,
                road: found.road,
            };
            return Ok(slot(&found.unit, found.definition_version, sort));
        }
        let programme = register.programme(&series.scope);
        let tasks = programme
            .map(|p| &p.tasks)
            .or_else(|| register.node(&series.scope).map(|n| &n.tasks));
        match (series.name.as_str(), series.part.as_deref(), programme) {
            ("task", Some(id), _) if tasks.is_some_and(|t| t.iter().any(|t| t.id == id)) => {
                Ok(slot("done", 1, Sort::Task))
            }
            ("risk", None, Some(_)) => Ok(slot("risk", 1, Sort::Risk)),
            ("progress", Some("planned" | "actual"), Some(_)) => {
                Ok(slot("percent", 1, Sort::Progress))
            }
            ("budget", Some(part), Some(programme)) if AmountKind::from_id(part).is_some() => {
                let kind = AmountKind::from_id(part).unwrap_or(AmountKind::Budget);
                let sort = Sort::Money {
                    plan: programme.plan.clone(),
                    programme: programme.id.clone(),
                    kind,
                };
                Ok(slot("ntd", 1, sort))
            }
            _ => Err(unknown(register, series)),
        }
    }

    /// A figure that a source feeds or that is computed is not typed in.
    pub fn open_to_people(&self) -> Result<(), Message> {
        let Sort::Indicator { road, .. } = &self.sort else {
            return Ok(());
        };
        let id = match road {
            Road::Entry => return Ok(()),
            Road::Source => "entry-road-source",
            Road::Document => "entry-road-document",
            Road::Computed => "entry-road-computed",
        };
        Err(Message::new(id).with("figure", self.series.to_string()))
    }

    /// Understands what was typed.
    pub fn read(&self, text: &str, period: Period) -> Result<Value, Message> {
        let typed = text.trim();
        if typed.is_empty() {
            return Err(Message::new("entry-empty"));
        }
        if typed.len() > 200 {
            return Err(Message::new("entry-too-long"));
        }
        let word = fold_width(typed).trim().to_lowercase();
        let of_words = match &self.sort {
            Sort::Task => Some((done(&word), "entry-not-done-word")),
            Sort::Risk => Some((risk(&word), "entry-not-risk-word")),
            Sort::Indicator { .. } if self.unit == "done" => {
                Some((done(&word), "entry-not-done-word"))
            }
            Sort::Indicator { .. } | Sort::Progress | Sort::Money { .. } => None,
        };
        if let Some((value, refusal)) = of_words {
            let value = value.ok_or_else(|| Message::new(refusal).with("text", clean(typed)))?;
            return Ok(Value::Reading {
                value,
                qualifier: Qualifier::Exact,
                printed: None,
            });
        }
        let read = parse_printed(typed).map_err(Message::from)?;
        if read.percent && self.unit != "percent" {
            return Err(Message::new("entry-percent-unexpected")
                .with("text", clean(typed))
                .with("unit", self.unit_word()));
        }
        let printed = (read.value.to_string() != typed).then(|| clean(typed));
        match &self.sort {
            Sort::Money {
                plan,
                programme,
                kind,
            } => {
                let whole = read.value.fract().is_zero() && read.qualifier == Qualifier::Exact;
                let amount_ntd = whole
                    .then(|| read.value.to_i64())
                    .flatten()
                    .ok_or_else(|| {
                        Message::new("entry-not-whole-ntd").with("text", clean(typed))
                    })?;
                let key = MoneyKey {
                    plan: plan.clone(),
                    programme: Some(programme.clone()),
                    agency: None,
                    fiscal_year: period.end.year(),
                    span: Span::YearToDate,
                    kind: *kind,
                };
                Ok(Value::Money {
                    key,
                    amount_ntd,
                    printed,
                })
            }
            Sort::Indicator {
                kind: Kind::Count | Kind::Rank,
                ..
            } if !read.value.fract().is_zero() => {
                Err(Message::new("entry-not-whole").with("text", clean(typed)))
            }
            Sort::Indicator { .. } | Sort::Task | Sort::Risk | Sort::Progress => {
                Ok(Value::Reading {
                    value: read.value,
                    qualifier: read.qualifier,
                    printed,
                })
            }
        }
    }

    /// The key of the unit's word; an office's own unit stands for itself.
    fn unit_word(&self) -> quarterdeck_kpi::message::Arg {
        let key = format!("unit-{}", self.unit);
        if quarterdeck_view::i18n::has(quarterdeck_view::i18n::Language::En, &key) {
            quarterdeck_kpi::message::Arg::Term(key.into())
        } else {
            clean(&self.unit).into()
        }
    }
}

/// The last period of the figure's own frequency that ended.
pub(super) fn default_period(register: &Register, series: &SeriesId, today: NaiveDate) -> Period {
    let quarter = Quarter::last_ended(today);
    let frequency = indicator(register, series).map_or(Frequency::Quarter, |i| i.frequency);
    let ended = |period: Period| period.end <= today;
    let found = match frequency {
        Frequency::Quarter | Frequency::Once => None,
        Frequency::Month => {
            let (mut year, mut month) = (today.year(), today.month());
            loop {
                match Period::month(year, month) {
                    Some(period) if ended(period) => break Some(period),
                    None => break None,
                    Some(_) => {}
                }
                (year, month) = if month == 1 {
                    (year - 1, 12)
                } else {
                    (year, month - 1)
                };
            }
        }
        Frequency::Half => [(today.year(), 2), (today.year(), 1), (today.year() - 1, 2)]
            .into_iter()
            .filter_map(|(year, half)| Period::half(year, half))
            .find(|p| ended(*p)),
        Frequency::Year => [today.year(), today.year() - 1]
            .into_iter()
            .map(Period::year)
            .find(|p| ended(*p)),
    };
    found.unwrap_or_else(|| quarter.period())
}

fn done(word: &str) -> Option<Decimal> {
    match word {
        "1" | "done" | "yes" | "y" | "true" | "v" | "✓" | "完成" | "已完成" | "是" => {
            Some(Decimal::ONE)
        }
        "0" | "open" | "no" | "n" | "false" | "未完成" | "否" => Some(Decimal::ZERO),
        _ => None,
    }
}

fn risk(word: &str) -> Option<Decimal> {
    match word {
        "3" | "high" | "高" => Some(Decimal::from(3)),
        "2" | "medium" | "中" => Some(Decimal::from(2)),
        "1" | "low" | "低" => Some(Decimal::ONE),
        _ => None,
    }
}

fn unknown(register: &Register, series: &SeriesId) -> Message {
    let asked = series.to_string();
    let nearest = register
        .indicators()
        .map(|i| i.series.to_string())
        .map(|known| (strsim::damerau_levenshtein(&known, &asked), known))
        .min();
    match nearest {
        Some((distance, known)) if distance <= 6 => Message::new("entry-unknown-figure-nearest")
            .with("figure", clean(&asked))
            .with("nearest", known),
        _ => Message::new("entry-unknown-figure").with("figure", clean(&asked)),
    }
}
