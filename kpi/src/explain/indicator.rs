//! An indicator's figure, its target, its achievement and its status.

use super::rows::readings;
use super::{Case, Explanation, Part, Rule, term};
use crate::address::SeriesId;
use crate::assess::sentence::quantity;
use crate::assess::{Figure, IndicatorAssessment};
use crate::figures::Said;
use crate::indicator::{Combine, Indicator, Road};
use crate::message::{Arg, Message};
use crate::observation::{Observation, Qualifier, Recorded};
use crate::register::Register;

/// A part of an indicator's address: `P01/gold-share.target`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IndicatorPart {
    Target,
    Achievement,
    Status,
    Age,
    /// With what follows the word: nothing, `_low`, `_high`, `_probability`.
    Forecast(&'static str),
}

impl IndicatorPart {
    const ALL: [IndicatorPart; 8] = [
        IndicatorPart::Target,
        IndicatorPart::Achievement,
        IndicatorPart::Status,
        IndicatorPart::Age,
        IndicatorPart::Forecast(""),
        IndicatorPart::Forecast("_low"),
        IndicatorPart::Forecast("_high"),
        IndicatorPart::Forecast("_probability"),
    ];
    fn is(self, word: &str) -> bool {
        match self {
            IndicatorPart::Target => word == TARGET,
            IndicatorPart::Achievement => word == "achievement",
            IndicatorPart::Status => word == STATUS,
            IndicatorPart::Age => word == "age",
            IndicatorPart::Forecast(rest) => word.strip_prefix("forecast") == Some(rest),
        }
    }
    /// Key of its name in the language files.
    pub(crate) fn term(self) -> &'static str {
        match self {
            IndicatorPart::Target => "explain-target-of",
            IndicatorPart::Achievement => "explain-achievement-of",
            IndicatorPart::Status => "explain-status-of",
            IndicatorPart::Age => "explain-age-of",
            IndicatorPart::Forecast(rest) => {
                crate::figure_name::forecast_term(rest).unwrap_or("explain-forecast-of")
            }
        }
    }
}

pub(super) const TARGET: &str = "target";
const STATUS: &str = "status";

/// The indicator an address speaks of, and the part of it.
pub(crate) fn named<'a>(
    register: &'a Register,
    series: &SeriesId,
) -> Option<(&'a Indicator, Option<IndicatorPart>)> {
    let all = || register.indicators();
    if let Some(indicator) = all().find(|i| &i.series == series) {
        return Some((indicator, None));
    }
    let part = series.part.as_deref()?;
    let (rest, last) = match part.rsplit_once('.') {
        Some((rest, last)) => (Some(rest), last),
        None => (None, part),
    };
    let last = IndicatorPart::ALL.into_iter().find(|part| part.is(last))?;
    let indicator = all().find(|i| {
        i.series.scope == series.scope
            && i.series.name == series.name
            && i.series.part.as_deref() == rest
    })?;
    Some((indicator, Some(last)))
}

/// How an indicator stands, wherever it hangs.
pub(super) fn assessed<'a>(
    case: &'a Case<'_>,
    series: &SeriesId,
) -> Option<&'a IndicatorAssessment> {
    let of_programmes = case
        .assessment
        .programmes
        .iter()
        .flat_map(|p| &p.indicators);
    let of_nodes = case.assessment.nodes.iter().flat_map(|n| &n.indicators);
    of_programmes.chain(of_nodes).find(|i| &i.series == series)
}

/// An indicator's part address: `P01/gold-share` → `P01/gold-share.target`.
pub(super) fn part_of(series: &SeriesId, part: &str) -> SeriesId {
    let part = match &series.part {
        Some(own) => format!("{own}.{part}"),
        None => part.to_owned(),
    };
    SeriesId {
        part: Some(part.into()),
        ..series.clone()
    }
}

pub(super) fn explain(case: &Case<'_>) -> Option<Explanation> {
    let (indicator, part) = named(&case.snapshot.register, &case.figure.series)?;
    let found = assessed(case, &indicator.series)?;
    let title = Arg::Title(indicator.title.clone());
    let title = match part {
        Some(part) => about(part.term(), title),
        None => title,
    };
    if let Some(IndicatorPart::Forecast(rest)) = part {
        return Some(super::forecast::of_indicator(case, indicator, title, rest));
    }
    let mut out = Explanation::new(case.figure.clone(), title);
    out.unit.clone_from(&indicator.unit);
    let target_value = found
        .target
        .as_ref()
        .map(|t| quantity(t.value, "", &indicator.unit));
    out.value = match part {
        Some(IndicatorPart::Target) => target_value.clone(),
        Some(IndicatorPart::Achievement) => found.achievement.map(Arg::Fraction),
        Some(IndicatorPart::Status) => Some(Arg::Status(found.status)),
        Some(IndicatorPart::Age) => found.age_days.map(|days| Said::Days(days).arg()),
        _ => value(indicator, found),
    };
    out.status = Some(found.status);
    out.rule = Some(Rule {
        id: found.rule_id.clone(),
        text: found.rule.clone(),
    });
    out.achievement = found.achievement;
    out.achievement_formula = found.formula.clone();
    out.target = found.target.clone();
    if let Some(target) = &found.target {
        let day = crate::calendar::taipei_day(case.snapshot.as_of);
        out.decisions = indicator
            .targets
            .iter()
            .filter(|t| t.period == target.period && t.set_on.is_none_or(|set_on| set_on <= day))
            .cloned()
            .collect();
        out.decisions.sort_by_key(|t| t.set_on);
    }
    if part == Some(IndicatorPart::Age) {
        out.rule = Some(super::depth::age_rule());
    } else if part.is_some() {
        out.formula = found.formula.clone();
        out.parts.push(Part {
            figure: Some(case.at(indicator.series.clone())),
            label: term("explain-actual"),
            value: value(indicator, found),
            status: None,
        });
    } else {
        out.formula = found.figure.as_ref().and_then(|f| formula(indicator, f));
        own_parts(case, indicator, found, &mut out);
    }
    if !matches!(part, Some(IndicatorPart::Target | IndicatorPart::Age)) {
        out.parts.push(Part {
            figure: Some(case.at(part_of(&indicator.series, TARGET))),
            label: term("explain-target"),
            value: target_value,
            status: None,
        });
    }
    out.rows = rows(case, indicator, found);
    Some(out)
}

/// A period for which nothing was read yet: how the indicator stands at its end, without a value. What stands on from
/// an earlier period is not the value of this one.
pub(super) fn unread(case: &Case<'_>) -> Option<Explanation> {
    named(&case.snapshot.register, &case.figure.series).filter(|(_, part)| part.is_none())?;
    let mut out = explain(case)?;
    (out.value, out.formula) = (None, None);
    out.rows.clear();
    Some(out)
}

pub(super) fn about(id: &'static str, what: Arg) -> Arg {
    Message::new(id).with("what", what).into()
}

/// The value in words of its unit, or the text that was refused.
pub(super) fn value(indicator: &Indicator, found: &IndicatorAssessment) -> Option<Arg> {
    found.figure.as_ref().map(|figure| {
        let sign = match figure.qualifier {
            Qualifier::Exact => "",
            other => other.sign(),
        };
        quantity(figure.value, sign, &indicator.unit)
    })
}

fn formula(indicator: &Indicator, figure: &Figure) -> Option<Message> {
    if let Some(parts) = figure.parts {
        let id = if indicator.unit == "percent" {
            "explain-formula-percent"
        } else {
            "explain-formula-ratio"
        };
        return Some(
            Message::new(id)
                .with("numerator", parts.numerator)
                .with("denominator", parts.denominator)
                .with("value", quantity(figure.value, "", &indicator.unit)),
        );
    }
    if figure.rows.len() < 2 {
        return None;
    }
    let id = match indicator.combine {
        Combine::Last => "explain-combine-last",
        Combine::Sum => "explain-combine-sum",
        Combine::Mean => "explain-combine-mean",
        Combine::Max => "explain-combine-max",
        Combine::Cumulative => "explain-combine-cumulative",
    };
    Some(Message::new(id).with("rows", figure.rows.len()))
}

/// Numerator and denominator: figures of their own where it is computed, numbers of the row otherwise.
fn own_parts(
    case: &Case<'_>,
    indicator: &Indicator,
    found: &IndicatorAssessment,
    out: &mut Explanation,
) {
    let parts = found.figure.as_ref().and_then(|f| f.parts);
    if let (Road::Computed, Some((over, under))) = (indicator.road, &indicator.computed_from) {
        for (series, word, number) in [
            (over, "explain-numerator", parts.map(|p| p.numerator)),
            (under, "explain-denominator", parts.map(|p| p.denominator)),
        ] {
            let title = case
                .snapshot
                .register
                .indicators()
                .find(|i| &i.series == series)
                .map_or(term(word), |i| {
                    about(
                        if word == "explain-numerator" {
                            "explain-numerator-of"
                        } else {
                            "explain-denominator-of"
                        },
                        Arg::Title(i.title.clone()),
                    )
                });
            out.parts.push(Part {
                figure: Some(case.at(series.clone())),
                label: title,
                value: number.map(Arg::Number),
                status: None,
            });
        }
    } else if let Some(parts) = parts {
        out.ratio_parts(parts);
    }
}

/// The rows the figure rests on, those of the same periods that no longer count, and what came in the quarter.
fn rows(case: &Case<'_>, indicator: &Indicator, found: &IndicatorAssessment) -> Vec<super::Row> {
    let used = found.figure.as_ref().map_or(&[][..], |f| &f.rows);
    let mut series: Vec<&SeriesId> = vec![&indicator.series];
    if let Some((over, under)) = &indicator.computed_from {
        series.extend([over, under]);
    }
    let own = |row: &Recorded<Observation>| series.contains(&&row.item.series);
    let periods: Vec<_> = case
        .readings()
        .filter(|row| used.contains(&row.sequence))
        .map(|row| row.item.period)
        .collect();
    let quarter = case.assessment.quarter.period();
    readings(case.readings(), used, |row| {
        let period = row.item.period;
        own(row)
            && (periods.contains(&period)
                || quarter.start <= period.end && period.end <= quarter.end)
    })
}
