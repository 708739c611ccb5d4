//! What the columns of an office's tables are, and the words by which their headers are known.
//!
//! The words stand in the language files (`import-head-…`, parted by `|`, the first is the one that
//! templates print); both languages are known whatever the language of the reader is.

use quarterdeck_kpi::money::AmountKind;
use quarterdeck_kpi::text::fold_for_search;
use quarterdeck_view::i18n::{Language, word};

/// What a table is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The register of programmes (計畫清冊).
    Register,
    /// Figures of indicators, tasks, risk and progress.
    Figures,
    /// Amounts of programmes and agencies.
    Budget,
    /// Planned and actual progress, and milestones (查核點).
    Plan,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 4] = [Kind::Register, Kind::Figures, Kind::Budget, Kind::Plan];
    /// The word of the command line.
    pub fn id(self) -> &'static str {
        match self {
            Kind::Register => "register",
            Kind::Figures => "figures",
            Kind::Budget => "budget",
            Kind::Plan => "plan",
        }
    }
    /// The kind behind a word.
    pub fn from_id(id: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.id() == id)
    }
    /// The columns it may have, in the order of its template.
    pub fn heads(self) -> Vec<Head> {
        let amounts = AmountKind::ALL.into_iter().map(Head::Amount);
        match self {
            Kind::Register => vec![
                Head::Programme,
                Head::Title,
                Head::TitleEn,
                Head::Plan,
                Head::Node,
                Head::Agency,
                Head::CoAgencies,
                Head::Level,
                Head::Note,
            ],
            Kind::Figures => vec![
                Head::Figure,
                Head::Programme,
                Head::Title,
                Head::Indicator,
                Head::Period,
                Head::Unit,
                Head::Value,
                Head::Reason,
            ],
            Kind::Budget => [
                Head::Programme,
                Head::Title,
                Head::Agency,
                Head::Plan,
                Head::FiscalYear,
                Head::Span,
                Head::Period,
                Head::SubPlans,
            ]
            .into_iter()
            .chain(amounts)
            .chain([Head::Reason])
            .collect(),
            Kind::Plan => vec![
                Head::Programme,
                Head::Title,
                Head::Period,
                Head::Planned,
                Head::Actual,
                Head::Milestone,
                Head::MilestoneTitle,
                Head::Weight,
                Head::PlannedOn,
                Head::Reason,
            ],
        }
    }
    /// The sheets of its template: key of the name, and columns. Progress and milestones are taken
    /// from sheets of their own.
    pub fn sheets(self) -> Vec<(&'static str, Vec<Head>)> {
        let without = |left_out: &[Head]| {
            let heads = self.heads().into_iter();
            heads.filter(|head| !left_out.contains(head)).collect()
        };
        match self {
            Kind::Register => vec![("register", self.heads())],
            Kind::Figures => vec![("figures", self.heads())],
            Kind::Budget => vec![("budget", self.heads())],
            Kind::Plan => vec![
                (
                    "plan",
                    without(&[
                        Head::Milestone,
                        Head::MilestoneTitle,
                        Head::Weight,
                        Head::PlannedOn,
                    ]),
                ),
                (
                    "milestones",
                    without(&[Head::Period, Head::Planned, Head::Actual]),
                ),
            ],
        }
    }
    /// The columns without which nothing can be told; one of each group is enough.
    pub fn needed(self) -> Vec<Vec<Head>> {
        match self {
            Kind::Register => vec![
                vec![Head::Programme],
                vec![Head::Title],
                vec![Head::Plan],
                vec![Head::Node],
                vec![Head::Agency],
            ],
            Kind::Figures => vec![vec![Head::Figure, Head::Indicator], vec![Head::Value]],
            Kind::Budget => vec![
                vec![Head::Programme, Head::Agency],
                vec![Head::Period],
                AmountKind::ALL.into_iter().map(Head::Amount).collect(),
            ],
            Kind::Plan => vec![
                vec![Head::Programme],
                vec![Head::Planned, Head::Actual, Head::MilestoneTitle],
            ],
        }
    }
    /// Whether a column carries what is imported, so that a row without any is passed over.
    pub fn is_value(self, head: Head) -> bool {
        match self {
            Kind::Register => matches!(head, Head::Title | Head::Agency),
            Kind::Figures => head == Head::Value,
            Kind::Budget => matches!(head, Head::Amount(_)),
            Kind::Plan => matches!(head, Head::Planned | Head::Actual | Head::MilestoneTitle),
        }
    }
}

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Head {
    /// Address of a figure.
    Figure,
    /// Id of a programme.
    Programme,
    /// Chinese title.
    Title,
    /// English title.
    TitleEn,
    /// Plan of several years.
    Plan,
    /// Goal, strategy or area.
    Node,
    /// Lead agency.
    Agency,
    /// Co-agencies, parted by 、 or commas.
    CoAgencies,
    /// Control level.
    Level,
    /// Note.
    Note,
    /// Name of an indicator.
    Indicator,
    /// Period or cut-off.
    Period,
    /// Unit of a value.
    Unit,
    /// Value.
    Value,
    /// Fiscal year.
    FiscalYear,
    /// 年累計 or 總累計
    Span,
    /// Number of sub-plans, held against the total only.
    SubPlans,
    /// An amount.
    Amount(AmountKind),
    /// Planned cumulative progress.
    Planned,
    /// Actual cumulative progress.
    Actual,
    /// Id of a milestone.
    Milestone,
    /// Title of a milestone.
    MilestoneTitle,
    /// Weight of a milestone in percent.
    Weight,
    /// Planned day of a milestone.
    PlannedOn,
    /// Why a value that is there changes.
    Reason,
}

impl Head {
    /// Word for field maps: `planned_spend`.
    pub fn id(self) -> String {
        self.key().replace('-', "_")
    }
    fn key(self) -> &'static str {
        match self {
            Head::Figure => "figure",
            Head::Programme => "programme",
            Head::Title => "title",
            Head::TitleEn => "title-en",
            Head::Plan => "plan",
            Head::Node => "node",
            Head::Agency => "agency",
            Head::CoAgencies => "co-agencies",
            Head::Level => "level",
            Head::Note => "note",
            Head::Indicator => "indicator",
            Head::Period => "period",
            Head::Unit => "unit",
            Head::Value => "value",
            Head::FiscalYear => "fiscal-year",
            Head::Span => "span",
            Head::SubPlans => "sub-plans",
            Head::Amount(kind) => kind.term().trim_start_matches("amount-"),
            Head::Planned => "planned",
            Head::Actual => "actual",
            Head::Milestone => "milestone",
            Head::MilestoneTitle => "milestone-title",
            Head::Weight => "weight",
            Head::PlannedOn => "planned-on",
            Head::Reason => "reason",
        }
    }
    /// The words of its header in a language, the printed one first.
    pub fn words(self, language: Language) -> Vec<String> {
        parts(&word(language, &format!("import-head-{}", self.key())))
    }
    /// The word that templates and messages print.
    pub fn shown(self, language: Language) -> String {
        self.words(language).into_iter().next().unwrap_or_default()
    }
    /// Whether a folded text is one of its words, in either language.
    fn is_called(self, folded: &str) -> bool {
        Language::ALL
            .into_iter()
            .flat_map(|language| self.words(language))
            .any(|word| fold_for_search(&word) == folded)
    }
}

/// Words of a list in the language files.
pub(super) fn parts(list: &str) -> Vec<String> {
    list.split('|').map(|word| word.trim().to_owned()).collect()
}

/// Whether a text is one of the words under a key, in either language.
pub(super) fn is_word(key: &str, text: &str) -> bool {
    let folded = fold_for_search(text);
    Language::ALL
        .into_iter()
        .flat_map(|language| parts(&word(language, key)))
        .any(|known| fold_for_search(&known) == folded)
}

/// The power of ten of a unit of money: 3 for 千元. `None` for other texts.
pub(super) fn unit_power(text: &str) -> Option<u32> {
    let folded = fold_for_search(text);
    let bare = folded
        .trim_matches(|c: char| matches!(c, '(' | ')' | '[' | ']' | '_' | ':'))
        .to_owned();
    let of = |power: u32| {
        Language::ALL
            .into_iter()
            .flat_map(move |language| parts(&word(language, &format!("import-unit-{power}"))))
            .map(|known| fold_for_search(&known))
    };
    [3, 4, 6, 8, 0]
        .into_iter()
        .find(|power| of(*power).any(|known| known == bare))
}

/// A header without its unit, folded, and the power of ten of the unit.
pub(super) fn without_unit(header: &str) -> (String, Option<u32>) {
    let folded = fold_for_search(header);
    for sign in ['(', '[', '_', ':', ','] {
        if let Some((base, unit)) = folded.split_once(sign)
            && let Some(power) = unit_power(unit)
        {
            return (base.to_owned(), Some(power));
        }
    }
    (folded, None)
}

/// The column a header names among those of a kind.
pub(super) fn head_of(kind: Kind, header: &str) -> Option<(Head, Option<u32>)> {
    let heads = kind.heads();
    let whole = fold_for_search(header);
    let found = |text: &str| heads.iter().copied().find(|head| head.is_called(text));
    if let Some(head) = found(&whole) {
        return Some((head, None));
    }
    if let Some(head) = whole.strip_suffix("(%)").and_then(&found) {
        return Some((head, None));
    }
    let (base, power) = without_unit(header);
    power.and_then(|power| Some((found(&base)?, Some(power))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_known_in_both_languages_with_their_units() {
        let budget = |text: &str| head_of(Kind::Budget, text);
        let amount = |kind, power| Some((Head::Amount(kind), power));
        for (text, kind, power) in [
            ("預算數_千元", AmountKind::Budget, Some(3)),
            ("法定預算數（元）", AmountKind::Budget, Some(0)),
            ("累計分配數(億元)", AmountKind::Allotted, Some(8)),
            ("實支數（新臺幣千元）", AmountKind::Paid, Some(3)),
            ("實現數（新台幣萬元）", AmountKind::Paid, Some(4)),
            ("Settled (NT$ thousand)", AmountKind::Settled, Some(3)),
            ("Budget (NT$)", AmountKind::Budget, Some(0)),
            ("決算數", AmountKind::Settled, None),
        ] {
            assert_eq!(budget(text), amount(kind, power), "{text}");
        }
        assert_eq!(budget("部會別"), Some((Head::Agency, None)));
        assert_eq!(budget("計劃編號"), Some((Head::Programme, None)));
        assert_eq!(budget("預算數（公斤）"), None);
        let weight = head_of(Kind::Plan, "權重（％）");
        assert_eq!(weight, Some((Head::Weight, None)));
    }

    #[test]
    fn no_word_means_two_columns_of_one_kind() {
        for kind in Kind::ALL {
            for head in kind.heads() {
                for language in Language::ALL {
                    for text in head.words(language) {
                        assert_eq!(head_of(kind, &text), Some((head, None)), "{text}");
                    }
                }
            }
        }
    }
}
