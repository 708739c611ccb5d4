//! The register (計畫清冊): plans, frameworks, programmes, agencies, people and claims, with their citations.

use crate::agency::Agency;
use crate::indicator::{Indicator, Title};
use crate::money::{BudgetChange, MoneyLine};
use crate::observation::{Observation, Recorded};
use crate::rules::Rules;
use crate::validation::ValidationRule;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A plan of several years (推動計畫).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// `dgp1`, `dgp2`.
    pub id: String,
    /// Names.
    pub title: Title,
    /// First fiscal year (Gregorian) and last.
    pub years: (i32, i32),
    /// `printed` or `inferred`.
    pub years_basis: String,
    /// What the document says about it, with lines.
    pub document: Option<String>,
}

/// Goal, strategy, fundamental or area of a plan's framework.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// `G1`, `S1`, `B1`, `K1`.
    pub id: String,
    /// Plan id.
    pub plan: String,
    /// Parent node (strategy → goal), if any.
    pub parent: Option<String>,
    /// Names.
    pub title: Title,
    /// Short names for narrow columns.
    pub short: Option<Title>,
    /// `official` or `translated`.
    pub title_zh_basis: String,
    /// Lines of the document.
    pub place: Option<String>,
    /// Indicators that hang on it.
    pub indicators: Vec<Indicator>,
    /// Printed tasks.
    pub tasks: Vec<Task>,
}

/// A printed task (重點工作): a checklist line; done when `SCOPE/task.ID` has a value of 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Short id inside its programme, for example `1`.
    pub id: String,
    /// Names.
    pub title: Title,
    /// Lines of the document.
    pub place: Option<String>,
}

/// A milestone (查核點) with its weight and its dates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Milestone {
    /// Short id inside its programme, for example `1`; done when `SCOPE/milestone.ID` has a value of 1.
    pub id: String,
    /// Names.
    pub title: Title,
    /// Weight in percent; those of a programme add up to 100.
    pub weight: Decimal,
    /// Planned dates: the first plan, then every re-plan.
    pub plans: Vec<MilestonePlan>,
    /// What proves it (佐證資料), as asked for.
    pub evidence: Option<String>,
    /// Lines of the document.
    pub place: Option<String>,
}

/// A planned date of a milestone, and who set it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MilestonePlan {
    /// The day it is planned for.
    pub planned: NaiveDate,
    /// The day this was decided; none: from the beginning.
    pub set_on: Option<NaiveDate>,
    /// Who decided it.
    pub by: Option<String>,
    /// In which document.
    pub document: Option<String>,
}

/// Reason and measure of a lagging plan (落後原因、改善措施), as the agency reported them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Narrative {
    /// Quarter it speaks of.
    pub quarter: crate::calendar::Quarter,
    /// 落後原因
    pub reason: Option<String>,
    /// 改善措施
    pub measure: Option<String>,
    /// Who answers for it.
    pub responsible: Option<String>,
    /// When it was reported.
    pub reported_on: Option<NaiveDate>,
}

/// A part of a [`Narrative`]; people enter it as `P12/narrative.reason@2025Q4`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NarrativePart {
    /// 落後原因
    Reason,
    /// Who answers for it.
    Responsible,
    /// 改善措施
    Measure,
}

impl NarrativePart {
    /// Every part, in the order they are asked for.
    pub const ALL: [NarrativePart; 3] = [
        NarrativePart::Reason,
        NarrativePart::Responsible,
        NarrativePart::Measure,
    ];
    /// Word in addresses and files.
    pub fn id(self) -> &'static str {
        match self {
            NarrativePart::Reason => "reason",
            NarrativePart::Responsible => "responsible",
            NarrativePart::Measure => "measure",
        }
    }
    /// Key of its name in the language files.
    pub fn term(self) -> &'static str {
        match self {
            NarrativePart::Reason => "narrative-reason",
            NarrativePart::Responsible => "narrative-responsible",
            NarrativePart::Measure => "narrative-measure",
        }
    }
    /// The part behind a word.
    pub fn from_id(id: &str) -> Option<NarrativePart> {
        NarrativePart::ALL.into_iter().find(|part| part.id() == id)
    }
    /// The text of a narrative, if it says anything.
    pub fn of(self, narrative: &Narrative) -> Option<&String> {
        match self {
            NarrativePart::Reason => narrative.reason.as_ref(),
            NarrativePart::Responsible => narrative.responsible.as_ref(),
            NarrativePart::Measure => narrative.measure.as_ref(),
        }
        .filter(|text| !text.trim().is_empty())
    }
    pub(crate) fn of_mut(self, narrative: &mut Narrative) -> &mut Option<String> {
        match self {
            NarrativePart::Reason => &mut narrative.reason,
            NarrativePart::Responsible => &mut narrative.responsible,
            NarrativePart::Measure => &mut narrative.measure,
        }
    }
}

/// A programme (計畫).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Programme {
    /// `P01` or the office's own id.
    pub id: String,
    /// Plan id.
    pub plan: String,
    /// Framework node id.
    pub node: String,
    /// Names; `en` is the document's own words.
    pub title: Title,
    /// `official` or `translated` or `inferred`.
    pub title_zh_basis: String,
    /// Lead agency id.
    pub lead: String,
    /// `named` (★ in the document) or `presumed` (°).
    pub lead_basis: String,
    /// Co-agencies: ids or names as printed.
    pub co_agencies: Vec<String>,
    /// 管制級別: `ey` 行政院管制, `ministry` 部會管制, `self` 自行管制.
    pub control_level: Option<String>,
    /// Lines of the document.
    pub place: Option<String>,
    /// Indicators.
    pub indicators: Vec<Indicator>,
    /// Printed tasks.
    pub tasks: Vec<Task>,
    /// Milestones with dates.
    pub milestones: Vec<Milestone>,
    /// Reasons and measures.
    pub narratives: Vec<Narrative>,
    /// Anything the reader must know (for example "predecessor").
    pub note: Option<Title>,
    /// Invented for the demo.
    pub invented: bool,
}

/// A claim (文獻所載數): what a document says about a plan, shown beside other claims, never
/// compared with a count of rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// For example `dgp1-programmes-deck`.
    pub id: String,
    /// Plan id.
    pub plan: String,
    /// What it is about: `programmes`, `agencies`, `budget`, `settled` (claims on one topic stand side by side).
    pub topic: String,
    /// The sentence, in both languages.
    pub text: Title,
    /// The number as printed.
    pub value: String,
    /// Where, with lines.
    pub source: String,
    /// When it was said.
    pub date: Option<NaiveDate>,
}

/// A person who acts in the workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Id in the trail.
    pub id: String,
    /// Names.
    pub name: Title,
    /// Unit.
    pub unit: Option<String>,
    /// Position.
    pub title: Option<String>,
    /// enter, prepare, review, approve, admin.
    pub roles: Vec<Role>,
    /// Accounts of the operating system that are this person.
    pub accounts: Vec<String>,
    /// Ed25519 public key, if acts are signed.
    pub public_key: Option<String>,
    /// Keys that were in use before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier_keys: Vec<EarlierKey>,
}

/// A public key that a person signed with once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierKey {
    /// Ed25519 public key.
    pub key: String,
    /// The last day in Taipei on which it was good.
    pub until: NaiveDate,
}

/// What a person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Role {
    Enter,
    Prepare,
    Review,
    Approve,
    Admin,
}

/// A page of context: plans and policies around the programmes, with lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContextNote {
    /// Heading.
    pub title: Title,
    /// Text.
    pub text: Title,
    /// Lines of the document.
    pub place: Option<String>,
}

/// A paragraph of a quarter's report as a person edited it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportText {
    /// Quarter of the report.
    pub quarter: crate::calendar::Quarter,
    /// `zh-TW` or `en`.
    pub language: String,
    /// Which paragraph.
    pub paragraph: String,
    /// Text; a number stands as a link to its figure: `[92.14 %](portfolio/budget.execution_rate@2025Q3)`.
    pub text: String,
}

/// Everything an office's files say, as loaded at one moment (one register version).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Register {
    /// Name of the office, printed on reports.
    pub office: Title,
    /// Everything here is invented (demo).
    pub demo: bool,
    /// Plans.
    pub plans: Vec<Plan>,
    /// Framework nodes in the order they are shown.
    pub nodes: Vec<Node>,
    /// Agencies.
    pub agencies: Vec<Agency>,
    /// People.
    pub people: Vec<Person>,
    /// Programmes in the order they are shown.
    pub programmes: Vec<Programme>,
    /// Indicators of the portfolio and of plans.
    pub portfolio_indicators: Vec<Indicator>,
    /// Claims.
    pub claims: Vec<Claim>,
    /// Context page.
    pub context: Vec<ContextNote>,
    /// What the register page and the report's method section say about its origin.
    pub origin: Title,
    /// Bands, rule sets and settings.
    pub rules: Rules,
    /// Validation rules of the office.
    #[serde(default)]
    pub validation: Vec<ValidationRule>,
    /// Edited paragraphs of reports.
    #[serde(default)]
    pub texts: Vec<ReportText>,
    /// Published figures the register carries (cause `Document`); they join the store's rows.
    pub published: Vec<Recorded<Observation>>,
    /// Budget lines the register carries.
    pub money: Vec<Recorded<MoneyLine>>,
    /// Dated changes of budgets, in order of their days.
    #[serde(default)]
    pub budget_changes: Vec<BudgetChange>,
}

impl Register {
    /// The programme with this id.
    pub fn programme(&self, id: &str) -> Option<&Programme> {
        self.programmes.iter().find(|p| p.id == id)
    }
    /// The node with this id.
    pub fn node(&self, id: &str) -> Option<&Node> {
        self.nodes.iter().find(|n| n.id == id)
    }
    /// The agency with this id.
    pub fn agency(&self, id: &str) -> Option<&Agency> {
        self.agencies.iter().find(|a| a.id == id)
    }
    /// Whether a rule of the office or a check of its settings may refuse a reading.
    pub fn may_refuse(&self) -> bool {
        !self.rules.quality.reject.is_none() || self.validation.iter().any(|rule| rule.reject)
    }
    /// Every indicator: portfolio, nodes, programmes.
    pub fn indicators(&self) -> impl Iterator<Item = &Indicator> {
        self.portfolio_indicators
            .iter()
            .chain(self.nodes.iter().flat_map(|n| &n.indicators))
            .chain(self.programmes.iter().flat_map(|p| &p.indicators))
    }
}
