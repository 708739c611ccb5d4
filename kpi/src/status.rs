//! How an indicator or a programme stands. Unknown is a status, never averaged to green.

use serde::{Deserialize, Serialize};

/// Every status of `contract.md`; [`Status::Unknown`] belongs to programmes only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// 達標: the target is reached, by comparing actual with target.
    Met,
    /// 符合進度: at least the on-track band.
    OnTrack,
    /// 預警: under the on-track band, at least the at-risk band.
    AtRisk,
    /// 落後: under the at-risk band.
    Behind,
    /// 未屆期: the period has not ended or its due day has not passed.
    NotDue,
    /// 尚無資料: nothing was received and nobody is late.
    NoData,
    /// 逾期未報: the due day passed without a figure.
    Late,
    /// 資料過舊: the figure is older than its maximum age.
    Stale,
    /// 退回: what was received did not pass a check.
    Rejected,
    /// 無目標值: a value without a target is shown, not rated.
    NoTarget,
    /// 未知: too little of a programme is known to say.
    Unknown,
}

impl Status {
    /// Every status, in the order lists show them.
    pub const ALL: [Status; 11] = [
        Status::Met,
        Status::OnTrack,
        Status::AtRisk,
        Status::Behind,
        Status::NotDue,
        Status::NoData,
        Status::Late,
        Status::Stale,
        Status::Rejected,
        Status::NoTarget,
        Status::Unknown,
    ];

    /// The word scripts use, for example `on_track`.
    pub fn id(self) -> &'static str {
        match self {
            Status::Met => "met",
            Status::OnTrack => "on_track",
            Status::AtRisk => "at_risk",
            Status::Behind => "behind",
            Status::NotDue => "not_due",
            Status::NoData => "no_data",
            Status::Late => "late",
            Status::Stale => "stale",
            Status::Rejected => "rejected",
            Status::NoTarget => "no_target",
            Status::Unknown => "unknown",
        }
    }

    /// The status behind a script's word.
    pub fn from_id(id: &str) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.id() == id)
    }

    /// Rated against a target: met, on track, at risk or behind.
    pub fn is_known(self) -> bool {
        matches!(
            self,
            Status::Met | Status::OnTrack | Status::AtRisk | Status::Behind
        )
    }

    /// One of the five unknowns of an indicator, or an unknown programme.
    pub fn is_unknown(self) -> bool {
        matches!(
            self,
            Status::NotDue
                | Status::NoData
                | Status::Late
                | Status::Stale
                | Status::Rejected
                | Status::Unknown
        )
    }
}
