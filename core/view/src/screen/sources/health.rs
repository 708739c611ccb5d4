//! How a source is doing.

use crate::panel::Tone;
use crate::state::Loaded;
use quarterdeck_kpi::calendar::taipei_day;
use quarterdeck_kpi::source::{CERTIFICATE_SOON_DAYS, Outcome, SourceState, days_until};
use quarterdeck_kpi::status::Status;

/// How a source is doing: the sign it is shown with, and its word; worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Health {
    Failed,
    Rejected,
    Late,
    Partial,
    Never,
    Good,
    Off,
}

impl Health {
    pub(crate) const ALL: [Health; 7] = [
        Health::Good,
        Health::Partial,
        Health::Late,
        Health::Rejected,
        Health::Failed,
        Health::Never,
        Health::Off,
    ];
    pub(crate) fn status(self) -> Status {
        match self {
            Health::Failed => Status::Behind,
            Health::Rejected => Status::Rejected,
            Health::Late => Status::Late,
            Health::Partial => Status::AtRisk,
            Health::Never => Status::NoData,
            Health::Good => Status::OnTrack,
            Health::Off => Status::NotDue,
        }
    }
    pub(crate) fn word(self) -> &'static str {
        match self {
            Health::Failed => "health-failed",
            Health::Rejected => "health-rejected",
            Health::Late => "health-late",
            Health::Partial => "health-partial",
            Health::Never => "health-never",
            Health::Good => "health-good",
            Health::Off => "health-off",
        }
    }
}

/// Days since the source's newest data were true.
pub(crate) fn age_days(loaded: &Loaded, source: &SourceState) -> Option<i64> {
    let today = taipei_day(loaded.as_of.unwrap_or(loaded.now));
    source
        .newest_data
        .map(|at| (today - taipei_day(at)).num_days())
}

/// Days until the certificate of its server ends, where it is known.
pub(super) fn certificate_days(loaded: &Loaded, source: &SourceState) -> Option<i64> {
    let now = loaded.as_of.unwrap_or(loaded.now);
    let not_after = source.certificate_not_after()?;
    Some(days_until(not_after, now))
}

/// A certificate that ends soon is a warning; one that ended, a fault.
pub(super) fn certificate_tone(days: i64) -> Tone {
    match days {
        ..0 => Tone::Status(Status::Behind),
        0..CERTIFICATE_SOON_DAYS => Tone::Status(Status::AtRisk),
        _ => Tone::Text,
    }
}

/// How a source is doing, by its last attempt and the age of its data.
pub(crate) fn health(loaded: &Loaded, source: &SourceState) -> Health {
    if source.disabled.is_some() {
        return Health::Off;
    }
    let Some(latest) = source.attempts.first() else {
        return Health::Never;
    };
    let late = match (age_days(loaded, source), source.max_age_days) {
        (Some(age), Some(limit)) => age > i64::from(limit),
        _ => false,
    };
    match latest.outcome {
        Outcome::Failed => Health::Failed,
        Outcome::Rejected => Health::Rejected,
        _ if late => Health::Late,
        Outcome::Partial => Health::Partial,
        Outcome::Good => Health::Good,
    }
}
