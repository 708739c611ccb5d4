//! How many programmes: by status, and by what the paragraphs of the report count together.

use super::indicator::about;
use super::programme::{count_rule, programme_part};
use super::{Case, Explanation, term, whole};
use crate::assess::ProgrammeAssessment;
use crate::message::Arg;
use crate::status::Status;
use std::collections::BTreeSet;

/// Whether a programme is counted.
type Counts = fn(&ProgrammeAssessment) -> bool;

/// What a word of `portfolio/count.WORD` counts beside the statuses, and its name in the language files.
fn group(word: &str) -> Option<(&'static str, Counts)> {
    Some(match word {
        "programmes" => ("explain-count-all", |_| true),
        "good" => ("explain-count-good", |p| {
            matches!(p.status, Status::Met | Status::OnTrack)
        }),
        "not_known" => ("explain-count-not-known", |p| {
            !matches!(
                p.status,
                Status::Met | Status::OnTrack | Status::AtRisk | Status::Behind
            )
        }),
        "lagging" => ("explain-count-lagging", |p| p.lagging.lagging == Some(true)),
        "lagging_without_reason" => ("explain-count-unexplained", |p| {
            let told = p.narrative.as_ref();
            p.lagging.lagging == Some(true)
                && !told.is_some_and(|told| told.reason.is_some() && told.measure.is_some())
        }),
        "without_rate" => ("explain-count-without-rate", |p| {
            p.money.execution_rate.is_none()
        }),
        _ => return None,
    })
}

/// Key of the name of what a word counts; `None` for a status.
pub(crate) fn term_of(word: &str) -> Option<&'static str> {
    match word {
        "agencies" => Some("explain-count-agencies"),
        _ => group(word).map(|(term, _)| term),
    }
}

/// Whether a count asks for nothing but statuses, which rest on readings.
pub(super) fn counts_readings(word: Option<&str>) -> bool {
    match word {
        None | Some("programmes" | "good" | "not_known" | "agencies") => true,
        Some(word) => Status::from_id(word).is_some(),
    }
}

/// A count of programmes, each named with its status.
pub(super) fn count(case: &Case<'_>, word: &str) -> Option<Explanation> {
    let programmes = &case.assessment.programmes;
    if word == "agencies" {
        let register = &case.snapshot.register;
        let leads: BTreeSet<&str> = register
            .programmes
            .iter()
            .map(|p| p.lead.as_str())
            .collect();
        let title = about("explain-count-of", term("explain-count-agencies"));
        let mut out = Explanation::new(case.figure.clone(), title);
        out.value = Some(whole(leads.len()));
        out.rule = Some(count_rule());
        return Some(out);
    }
    let (what, counted): (Arg, Vec<&ProgrammeAssessment>) = match group(word) {
        Some((name, counts)) => (
            term(name),
            programmes.iter().filter(|p| counts(p)).collect(),
        ),
        None => {
            let status = Status::from_id(word)?;
            let of_status = programmes.iter().filter(|p| p.status == status);
            (Arg::Status(status), of_status.collect())
        }
    };
    let mut out = Explanation::new(case.figure.clone(), about("explain-count-of", what));
    out.value = Some(whole(counted.len()));
    out.rule = Some(count_rule());
    out.parts = counted
        .into_iter()
        .map(|p| programme_part(case, p, "status", Some(Arg::Status(p.status))))
        .collect();
    Some(out)
}
