//! Budget and spending, in whole NT$, under the field's own names; and the ratios made of them.

use crate::calendar::Period;
use chrono::NaiveDate;
use ecow::EcoString;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The amounts controllers keep per plan and period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AmountKind {
    /// 法定預算數
    Budget,
    /// 可支用預算數 (this year's budget + carried over)
    Available,
    /// 累計預定支用數
    PlannedSpend,
    /// 累計分配數
    Allotted,
    /// A 實支數 / 實現數
    Paid,
    /// U 應付未付數
    Payable,
    /// S 節餘數
    Saved,
    /// 保留數
    CarriedOver,
    /// 決算數
    Settled,
}

impl AmountKind {
    /// Every amount, in the order tables print them.
    pub const ALL: [AmountKind; 9] = [
        AmountKind::Budget,
        AmountKind::Available,
        AmountKind::PlannedSpend,
        AmountKind::Allotted,
        AmountKind::Paid,
        AmountKind::Payable,
        AmountKind::Saved,
        AmountKind::CarriedOver,
        AmountKind::Settled,
    ];
    /// The word in addresses and files: `P12/budget.paid`. The budget itself is `.amount`.
    pub fn id(self) -> &'static str {
        match self {
            AmountKind::Budget => "amount",
            AmountKind::Available => "available",
            AmountKind::PlannedSpend => "planned_spend",
            AmountKind::Allotted => "allotted",
            AmountKind::Paid => "paid",
            AmountKind::Payable => "payable",
            AmountKind::Saved => "saved",
            AmountKind::CarriedOver => "carried_over",
            AmountKind::Settled => "settled",
        }
    }
    /// It says what was spent: it counts as executed by default.
    pub fn is_spent(self) -> bool {
        matches!(
            self,
            AmountKind::Paid | AmountKind::Payable | AmountKind::Saved
        )
    }
    /// Key of its name in the language files.
    pub fn term(self) -> &'static str {
        match self {
            AmountKind::Budget => "amount-budget",
            AmountKind::Available => "amount-available",
            AmountKind::PlannedSpend => "amount-planned-spend",
            AmountKind::Allotted => "amount-allotted",
            AmountKind::Paid => "amount-paid",
            AmountKind::Payable => "amount-payable",
            AmountKind::Saved => "amount-saved",
            AmountKind::CarriedOver => "amount-carried-over",
            AmountKind::Settled => "amount-settled",
        }
    }
    /// The amount behind a word.
    pub fn from_id(id: &str) -> Option<AmountKind> {
        AmountKind::ALL.into_iter().find(|kind| kind.id() == id)
    }
}

/// What an amount adds up over.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// 年累計: year to date
    #[default]
    YearToDate,
    /// 總累計: since the plan began
    SinceBeginning,
}

impl Span {
    /// Word for files.
    pub fn id(self) -> &'static str {
        match self {
            Span::YearToDate => "year_to_date",
            Span::SinceBeginning => "since_beginning",
        }
    }
    /// Key of its name in the language files.
    pub fn term(self) -> &'static str {
        match self {
            Span::YearToDate => "span-year-to-date",
            Span::SinceBeginning => "span-since-beginning",
        }
    }
    /// The word before an amount's in addresses: `P12/budget.paid`, `P12/budget-total.paid`.
    pub fn series_name(self) -> &'static str {
        match self {
            Span::YearToDate => "budget",
            Span::SinceBeginning => "budget-total",
        }
    }
    /// The span behind a word.
    pub fn from_id(id: &str) -> Option<Span> {
        [Span::YearToDate, Span::SinceBeginning]
            .into_iter()
            .find(|s| s.id() == id)
    }
}

/// Which amount a line is: lines may carry a programme, an agency, or both.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MoneyKey {
    /// Plan id, for example `dgp1`.
    pub plan: EcoString,
    /// Programme id, or none for an agency line.
    pub programme: Option<EcoString>,
    /// Agency id.
    pub agency: Option<EcoString>,
    /// Gregorian fiscal year (= calendar year).
    pub fiscal_year: i32,
    /// 年累計 or 總累計
    pub span: Span,
    /// Which amount.
    pub kind: AmountKind,
}

/// An amount standing at the end of a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoneyLine {
    /// Which amount.
    pub key: MoneyKey,
    /// The period whose end it stands at (the cut-off).
    pub period: Period,
    /// Whole NT$.
    pub amount_ntd: i64,
    /// The text as received, where it differs from the canonical form.
    pub printed: Option<String>,
}

/// A dated change of budgets (經費異動): a transfer between programmes (流用), a supplementary budget (追加) or a cut
/// (追減). It never overwrites a line: it is added to lines that stood before its day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BudgetChange {
    /// Id in its file.
    pub id: String,
    /// The day it was decided.
    pub on: NaiveDate,
    /// Gregorian fiscal year whose budget it changes.
    pub fiscal_year: i32,
    /// Programme that gives; none for a supplementary budget.
    pub from: Option<String>,
    /// Programme that receives; none for a cut.
    pub to: Option<String>,
    /// Whole NT$, above zero.
    pub amount_ntd: i64,
    /// The document it was decided by.
    pub document: String,
    /// Where in it.
    pub place: Option<String>,
    /// Why, as the document says.
    pub note: Option<String>,
}

impl BudgetChange {
    /// What it does to a programme's budget, whole NT$.
    pub fn effect_on(&self, programme: &str) -> i64 {
        let gives = self.from.as_deref() == Some(programme);
        let receives = self.to.as_deref() == Some(programme);
        match (gives, receives) {
            (true, false) => self.amount_ntd.saturating_neg(),
            (false, true) => self.amount_ntd,
            _ => 0,
        }
    }
    /// `transfer`, `supplement` or `cut`.
    pub fn kind(&self) -> &'static str {
        match (&self.from, &self.to) {
            (Some(_), Some(_)) => "transfer",
            (None, _) => "supplement",
            (Some(_), None) => "cut",
        }
    }
    /// Key of its kind's word.
    pub fn term(&self) -> &'static str {
        match (&self.from, &self.to) {
            (Some(_), Some(_)) => "budget-change-transfer",
            (None, _) => "budget-change-supplement",
            (Some(_), None) => "budget-change-cut",
        }
    }
}

/// The amounts of one programme, agency or portfolio at one cut-off; `None` is unknown, never zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Amounts {
    /// 法定預算數
    pub budget_ntd: Option<i64>,
    /// 可支用預算數
    pub available_ntd: Option<i64>,
    /// 累計預定支用數
    pub planned_spend_ntd: Option<i64>,
    /// 累計分配數
    pub allotted_ntd: Option<i64>,
    /// 實支數
    pub paid_ntd: Option<i64>,
    /// 應付未付數
    pub payable_ntd: Option<i64>,
    /// 節餘數
    pub saved_ntd: Option<i64>,
    /// 保留數
    pub carried_over_ntd: Option<i64>,
    /// 決算數
    pub settled_ntd: Option<i64>,
}

/// A ratio with the parts it was made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ratio {
    /// Whole NT$ (or any exact numerator).
    pub numerator: Decimal,
    /// Never zero.
    pub denominator: Decimal,
}

impl Ratio {
    /// `None` when the denominator is zero: shown as "—", never NaN and never 0 %.
    pub fn of(numerator: impl Into<Decimal>, denominator: impl Into<Decimal>) -> Option<Ratio> {
        let denominator = denominator.into();
        (!denominator.is_zero()).then(|| Ratio {
            numerator: numerator.into(),
            denominator,
        })
    }
    /// The fraction, exact to the decimal's 28 digits. Not clamped.
    pub fn fraction(self) -> Decimal {
        self.numerator
            .checked_div(self.denominator)
            .unwrap_or_default()
    }
    /// The fraction rounded to 6 decimals, as JSON prints it (0.939073).
    ///
    /// ```
    /// use quarterdeck_kpi::money::Ratio;
    /// assert_eq!(Ratio::of(1233, 1313).unwrap().fraction6().to_string(), "0.939071");
    /// ```
    pub fn fraction6(self) -> Decimal {
        let mut rounded = self
            .fraction()
            .round_dp_with_strategy(6, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
        rounded.rescale(6);
        rounded
    }
}

impl Amounts {
    /// The amount of a kind.
    pub fn get(&self, kind: AmountKind) -> Option<i64> {
        match kind {
            AmountKind::Budget => self.budget_ntd,
            AmountKind::Available => self.available_ntd,
            AmountKind::PlannedSpend => self.planned_spend_ntd,
            AmountKind::Allotted => self.allotted_ntd,
            AmountKind::Paid => self.paid_ntd,
            AmountKind::Payable => self.payable_ntd,
            AmountKind::Saved => self.saved_ntd,
            AmountKind::CarriedOver => self.carried_over_ntd,
            AmountKind::Settled => self.settled_ntd,
        }
    }
    /// Sets the amount of a kind.
    pub fn set(&mut self, kind: AmountKind, amount_ntd: Option<i64>) {
        *match kind {
            AmountKind::Budget => &mut self.budget_ntd,
            AmountKind::Available => &mut self.available_ntd,
            AmountKind::PlannedSpend => &mut self.planned_spend_ntd,
            AmountKind::Allotted => &mut self.allotted_ntd,
            AmountKind::Paid => &mut self.paid_ntd,
            AmountKind::Payable => &mut self.payable_ntd,
            AmountKind::Saved => &mut self.saved_ntd,
            AmountKind::CarriedOver => &mut self.carried_over_ntd,
            AmountKind::Settled => &mut self.settled_ntd,
        } = amount_ntd;
    }
    /// Nothing is known.
    pub fn is_empty(&self) -> bool {
        AmountKind::ALL.iter().all(|kind| self.get(*kind).is_none())
    }
}
