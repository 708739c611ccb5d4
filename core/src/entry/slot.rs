//! Where a typed figure belongs: which indicator, task, risk, progress or amount, in which unit.

use chrono::{Datelike, NaiveDate};
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::calendar::{Period, Quarter, parse_day};
use quarterdeck_kpi::indicator::{Frequency, Indicator, Kind, REPORTED_PROGRESS, Road};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::money::{AmountKind, MoneyKey, Span};
use quarterdeck_kpi::number::parse_printed;
use quarterdeck_kpi::observation::Qualifier;
use quarterdeck_kpi::register::{NarrativePart, Programme, Register};
use quarterdeck_kpi::text::{clean, fold_width};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// Longest text of a reason or a measure, in characters.
const LONGEST_TEXT: usize = 2000;

/// The place of a figure.
pub(super) struct Slot {
    /// The series its row is kept under.
    pub series: SeriesId,
    pub unit: String,
    pub definition_version: u32,
    sort: Sort,
}

enum Sort {
    Indicator {
        kind: Kind,
        road: Road,
        frequency: Frequency,
        valid: (Option<NaiveDate>, Option<NaiveDate>),
    },
    Task,
    Risk,
    Progress,
    /// The day a milestone was done.
    Day,
    /// Reason, measure, responsible unit: the text stands as received, the value says that it is there.
    Text,
    Money {
        plan: String,
        programme: String,
        span: Span,
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
    /// It was done on this day.
    Day(NaiveDate),
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
                frequency: found.frequency,
                valid: (found.valid_from, found.valid_to),
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
            ("milestone", Some(id), Some(programme))
                if programme.milestones.iter().any(|m| m.id == id) =>
            {
                Ok(slot("done", 1, Sort::Task))
            }
            ("milestone", Some(part), Some(programme)) => {
                milestone_part(programme, part).ok_or_else(|| unknown(register, series))
            }
            ("confirm", Some("execution_rate"), Some(_)) => Ok(slot("done", 1, Sort::Task)),
            ("narrative", Some(part), Some(_)) if NarrativePart::from_id(part).is_some() => {
                Ok(slot("text", 1, Sort::Text))
            }
            ("risk", None, Some(_)) => Ok(slot("risk", 1, Sort::Risk)),
            ("progress", Some("planned" | "actual"), Some(_)) => {
                Ok(slot("percent", 1, Sort::Progress))
            }
            ("budget" | "budget-total", Some(part), Some(programme))
                if AmountKind::from_id(part).is_some() =>
            {
                let kind = AmountKind::from_id(part).unwrap_or(AmountKind::Budget);
                let sort = Sort::Money {
                    plan: programme.plan.clone(),
                    programme: programme.id.clone(),
                    span: [Span::YearToDate, Span::SinceBeginning]
                        .into_iter()
                        .find(|span| span.series_name() == series.name)
                        .unwrap_or(Span::YearToDate),
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

    /// Refuses a period that the figure is not asked for: of another length, or outside its validity. What happens
    /// once may happen in any period.
    pub fn takes(&self, period: Period) -> Result<(), Message> {
        let Sort::Indicator {
            frequency, valid, ..
        } = &self.sort
        else {
            return Ok(());
        };
        if *frequency == Frequency::Once {
            return Ok(());
        }
        let refused = |id: &'static str, expected: Period| {
            Err(Message::new(id)
                .with("figure", self.series.to_string())
                .with("period", period)
                .with("expected", expected))
        };
        let own = around(*frequency, period.end);
        let (from, to) = *valid;
        let outside = match (from, to) {
            (_, Some(to)) if own.start > to => Some(to),
            (Some(from), _) if own.end < from => Some(from),
            _ => None,
        };
        match outside {
            Some(day) => refused("entry-period-outside", around(*frequency, day)),
            None if (own.start, own.end) != (period.start, period.end) => {
                refused("entry-period-frequency", own)
            }
            None => Ok(()),
        }
    }

    /// Progress since the beginning of a plan, in percent of the whole.
    fn is_progress(&self) -> bool {
        matches!(self.sort, Sort::Progress)
            || (self.series.name == REPORTED_PROGRESS && self.unit == "percent")
    }

    /// Understands what was typed.
    pub fn read(&self, text: &str, period: Period) -> Result<Value, Message> {
        let typed = text.trim();
        if typed.is_empty() {
            return Err(Message::new("entry-empty"));
        }
        if matches!(self.sort, Sort::Text) {
            let text: String = clean(typed).chars().take(LONGEST_TEXT).collect();
            return Ok(Value::Reading {
                value: Decimal::ONE,
                qualifier: Qualifier::Exact,
                printed: Some(text),
            });
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
            Sort::Indicator { .. }
            | Sort::Progress
            | Sort::Day
            | Sort::Text
            | Sort::Money { .. } => None,
        };
        if let Some((value, refusal)) = of_words {
            let value = value.ok_or_else(|| Message::new(refusal).with("text", clean(typed)))?;
            return Ok(Value::Reading {
                value,
                qualifier: Qualifier::Exact,
                printed: None,
            });
        }
        if matches!(self.sort, Sort::Day) {
            let day = parse_day(typed)
                .map_err(|_| Message::new("entry-not-a-day").with("text", clean(typed)))?;
            if !(period.start..=period.end).contains(&day) {
                return Err(Message::new("entry-day-outside")
                    .with("day", day)
                    .with("period", period));
            }
            return Ok(Value::Day(day));
        }
        let read = parse_printed(typed).map_err(Message::from)?;
        if read.percent && self.unit != "percent" {
            return Err(Message::new("entry-percent-unexpected")
                .with("text", clean(typed))
                .with("unit", self.unit_word()));
        }
        if self.is_progress() && !(Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(&read.value) {
            return Err(Message::new("entry-progress-range").with("text", clean(typed)));
        }
        let printed = (read.value.to_string() != typed).then(|| clean(typed));
        match &self.sort {
            Sort::Money {
                plan,
                programme,
                span,
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
                    plan: plan.as_str().into(),
                    programme: Some(programme.as_str().into()),
                    agency: None,
                    fiscal_year: period.end.year(),
                    span: *span,
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
            Sort::Indicator { .. }
            | Sort::Task
            | Sort::Risk
            | Sort::Progress
            | Sort::Day
            | Sort::Text => Ok(Value::Reading {
                value: read.value,
                qualifier: read.qualifier,
                printed,
            }),
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

/// `ID.actual`, the day a milestone was done, and `ID.partial`, how much of it is completed.
fn milestone_part(programme: &Programme, part: &str) -> Option<Slot> {
    let (id, word) = part.rsplit_once('.')?;
    programme.milestones.iter().find(|m| m.id == id)?;
    let series = SeriesId::new(programme.id.as_str(), "milestone");
    let slot = |part: &str, unit: &str, sort| Slot {
        series: series.part(part),
        unit: unit.to_owned(),
        definition_version: 1,
        sort,
    };
    match word {
        "actual" => Some(slot(id, "done", Sort::Day)),
        "partial" => Some(slot(part, "percent", Sort::Progress)),
        _ => None,
    }
}

/// The period of a frequency that a day lies in.
fn around(frequency: Frequency, day: NaiveDate) -> Period {
    let quarter = Quarter::containing(day);
    let found = match frequency {
        Frequency::Month => Period::month(day.year(), day.month()),
        Frequency::Quarter | Frequency::Once => None,
        Frequency::Half => Period::half(day.year(), quarter.number.div_ceil(2)),
        Frequency::Year => Some(Period::year(day.year())),
    };
    found.unwrap_or_else(|| quarter.period())
}

/// The last period of the figure's own frequency that ended and is asked for.
pub(super) fn default_period(register: &Register, series: &SeriesId, today: NaiveDate) -> Period {
    // A milestone is done on a day.
    if series.name == "milestone" {
        let part = series.part.as_deref().unwrap_or_default();
        return match part.rsplit_once('.') {
            Some((_, "actual" | "partial")) => Quarter::last_ended(today).period(),
            _ => Period::day(today),
        };
    }
    let found = indicator(register, series);
    let frequency = found.map_or(Frequency::Quarter, |i| i.frequency);
    // A plan that is over asks for nothing after its end.
    let today = found
        .and_then(|i| i.valid_to)
        .map_or(today, |last| today.min(around(frequency, last).end));
    let quarter = Quarter::last_ended(today);
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

/// The indicator most like a series that is not known, if one may be meant.
pub(crate) fn nearest(register: &Register, series: &SeriesId) -> Option<String> {
    let asked = series.to_string();
    let known = register.indicators().map(|i| i.series.to_string());
    let measured = known.map(|known| (strsim::damerau_levenshtein(&known, &asked), known));
    let near = measured
        .min()
        .filter(|(distance, _)| *distance <= 6 && *distance < asked.len() / 2);
    near.map(|(_, known)| known)
}

fn unknown(register: &Register, series: &SeriesId) -> Message {
    let asked = clean(&series.to_string());
    match nearest(register, series) {
        Some(known) => Message::new("entry-unknown-figure-nearest")
            .with("figure", asked)
            .with("nearest", known),
        None => Message::new("entry-unknown-figure").with("figure", asked),
    }
}
