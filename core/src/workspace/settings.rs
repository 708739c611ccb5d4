//! Settings of `quarterdeck.toml`: flag before environment before file before default.

use super::Problem;
use super::folder;
use super::parse::Parsed;
use super::raw_control;
use super::toml_text::{Exact, Moment, Reference, Word, nearest_hint};
use chrono::{DateTime, Utc};
use quarterdeck_kpi::indicator::Title;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::money::AmountKind;
use quarterdeck_kpi::rules::{Asking, Bands, Quality, Refusing, RiskLimits, RuleSet, Rules};
pub use quarterdeck_store::Journal;
use quarterdeck_view::i18n::Language;
use serde::Deserialize;
use std::path::PathBuf;
use toml::Spanned;

/// Format of workspaces that this program reads and writes.
pub const FORMAT: u32 = 1;

/// Settings of a workspace, complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Format of the files.
    pub format: u32,
    /// Language of screens and reports.
    pub language: Language,
    /// How years are shown.
    pub calendar: YearCalendar,
    /// Name of the office.
    pub office: Title,
    /// Bands, lagging rule, due days.
    pub rules: Rules,
    /// Network policy.
    pub network: Network,
    /// Options of the store.
    pub store: StoreSettings,
    /// Where the private key of whoever works here is found: a reference, never the key.
    pub signing_key: Option<String>,
    /// Everything is invented.
    pub demo: Option<DemoSettings>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            format: FORMAT,
            language: Language::default(),
            calendar: YearCalendar::default(),
            office: Title::default(),
            rules: Rules::default(),
            network: Network::default(),
            store: StoreSettings::default(),
            signing_key: None,
            demo: None,
        }
    }
}

/// How years are shown in Chinese.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum YearCalendar {
    /// 114年
    #[default]
    Roc,
    /// 2025年
    Gregorian,
}

/// Network policy of all sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    /// Certificates of the office's own authorities, beside the system's; relative to the workspace.
    pub ca_files: Vec<PathBuf>,
    /// Proxy; `None`: the system's settings.
    pub proxy: Option<String>,
    /// Hosts reachable behind a proxy; without a proxy an empty list means every public host.
    pub allow_hosts: Vec<String>,
    /// Exchanges at once, over all hosts.
    pub at_once: usize,
    /// Exchanges at once with one host.
    pub per_host: usize,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            ca_files: Vec::new(),
            proxy: None,
            allow_hosts: Vec::new(),
            at_once: 16,
            per_host: 2,
        }
    }
}

/// Most exchanges at once that can be asked for.
pub(super) const MOST_AT_ONCE: u32 = 256;

/// Options of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StoreSettings {
    /// Journal of the database.
    pub journal: Journal,
}

/// The demo's own settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemoSettings {
    /// Its clock stands still here.
    pub clock: DateTime<Utc>,
}

/// What a command line says about settings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `--lang`
    pub language: Option<String>,
}

impl Settings {
    /// Flag before environment (`QD_LANG`) before what the file said.
    pub fn overridden(
        mut self,
        flags: &Overrides,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Settings, Message> {
        let asked = flags
            .language
            .clone()
            .or_else(|| environment("QD_LANG").filter(|l| !l.is_empty()));
        if let Some(asked) = asked {
            self.language = Language::from_id(&asked).ok_or_else(|| {
                Message::new("workspace-unknown-language").with("language", folder::safe(&asked))
            })?;
        }
        Ok(self)
    }
}

/// Words for languages in the file.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) enum RawLanguage {
    #[serde(rename = "zh-TW")]
    ZhTw,
    #[serde(rename = "en")]
    En,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSettings {
    pub format: Spanned<u32>,
    pub language: Option<RawLanguage>,
    #[serde(default)]
    pub calendar: YearCalendar,
    #[serde(default)]
    pub office: Title,
    pub bands: Option<Spanned<RawBands>>,
    pub rules: Option<RawRules>,
    pub quality: Option<RawQuality>,
    pub risk: Option<Spanned<RawRisk>>,
    #[serde(default)]
    pub network: RawNetwork,
    #[serde(default)]
    pub store: RawStore,
    #[serde(default)]
    pub signing: RawSigning,
    pub demo: Option<RawDemo>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawBands {
    pub on_track: Option<Exact>,
    pub at_risk: Option<Exact>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRules {
    pub executed: Option<Spanned<Vec<AmountKind>>>,
    pub lagging: Option<Word>,
    pub lagging_levels: Option<Vec<Word>>,
    pub due_days: Option<Spanned<u32>>,
    pub cause_below: Option<Spanned<Exact>>,
    pub confirm_above: Option<Spanned<Exact>>,
    pub refuse_above: Option<Spanned<Exact>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawQuality {
    pub unit_factor: Option<Spanned<u32>>,
    pub z_score: Option<Spanned<Exact>>,
    pub z_score_readings: Option<Spanned<u32>>,
    pub unchanged_quarters: Option<Spanned<u32>>,
    pub signs: Option<bool>,
    pub shares: Option<bool>,
    pub falls: Option<bool>,
    pub observed_after_days: Option<Spanned<u32>>,
    #[serde(default)]
    pub reject: Vec<Refused>,
}

/// A check that refuses, by the key of its setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Refused {
    UnitFactor,
    Signs,
    Shares,
    Falls,
}

impl RawQuality {
    fn quality(&self) -> Quality {
        let usual = Quality::default();
        let count =
            |said: &Option<Spanned<u32>>, usual| said.as_ref().map_or(usual, |s| *s.get_ref());
        Quality {
            unit_factor: count(&self.unit_factor, usual.unit_factor),
            z_score: self
                .z_score
                .as_ref()
                .map_or(usual.z_score, |z| z.get_ref().0),
            z_score_readings: count(&self.z_score_readings, usual.z_score_readings),
            unchanged_quarters: count(&self.unchanged_quarters, usual.unchanged_quarters),
            signs: self.signs.unwrap_or(usual.signs),
            shares: self.shares.unwrap_or(usual.shares),
            falls: self.falls.unwrap_or(usual.falls),
            observed_after_days: count(&self.observed_after_days, usual.observed_after_days),
            reject: Refusing {
                unit_factor: self.reject.contains(&Refused::UnitFactor),
                signs: self.reject.contains(&Refused::Signs),
                shares: self.reject.contains(&Refused::Shares),
                falls: self.reject.contains(&Refused::Falls),
            },
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRisk {
    pub high_behind_points: Option<Exact>,
    pub medium_behind_points: Option<Exact>,
    pub high_execution_under: Option<Exact>,
    pub medium_execution_under: Option<Exact>,
    pub high_unusable_over: Option<Exact>,
    pub medium_unusable_over: Option<Exact>,
}

impl RawRisk {
    pub(super) fn limits(&self) -> RiskLimits {
        let usual = RiskLimits::default();
        let said = |said: Option<Exact>, usual| said.map_or(usual, |exact| exact.0);
        RiskLimits {
            high_behind_points: said(self.high_behind_points, usual.high_behind_points),
            medium_behind_points: said(self.medium_behind_points, usual.medium_behind_points),
            high_execution_under: said(self.high_execution_under, usual.high_execution_under),
            medium_execution_under: said(self.medium_execution_under, usual.medium_execution_under),
            high_unusable_over: said(self.high_unusable_over, usual.high_unusable_over),
            medium_unusable_over: said(self.medium_unusable_over, usual.medium_unusable_over),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawNetwork {
    #[serde(default)]
    pub ca_files: Vec<Word>,
    pub proxy: Option<Word>,
    #[serde(default)]
    pub allow_hosts: Vec<Word>,
    pub at_once: Option<Spanned<u32>>,
    pub per_host: Option<Spanned<u32>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawStore {
    #[serde(default)]
    pub journal: Journal,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSigning {
    pub key: Option<Reference>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDemo {
    pub clock: Moment,
}

/// Refuses a workspace of another format before any other key is looked at: a newer format may
/// have keys this program does not know.
pub(super) fn refuse_other_format(files: &[(String, Vec<u8>)]) -> Result<(), Message> {
    let text = files
        .iter()
        .find(|(name, _)| name == folder::SETTINGS)
        .and_then(|(_, bytes)| std::str::from_utf8(bytes).ok())
        .unwrap_or_default();
    let (table, _) = toml::de::DeTable::parse_recoverable(text.trim_start_matches('\u{FEFF}'));
    let format = table
        .get_ref()
        .get("format")
        .and_then(|v| v.get_ref().as_integer())
        .and_then(|n| i64::from_str_radix(n.as_str(), n.radix()).ok());
    match format {
        Some(format) if format > i64::from(FORMAT) => Err(Message::new("workspace-newer")
            .with("format", format)
            .with("known", FORMAT)),
        Some(format) if format < 1 => {
            Err(Message::new("workspace-bad-format").with("format", format))
        }
        _ => Ok(()),
    }
}

/// The rule set that the settings name, if there is one of this name.
fn named_rule_set(parsed: &Parsed) -> Option<RuleSet> {
    let wanted = parsed
        .settings
        .as_ref()?
        .content
        .rules
        .as_ref()?
        .lagging
        .as_ref()?;
    raw_control::rule_sets(parsed.rule_sets.as_ref())
        .into_iter()
        .find(|set| set.id == *wanted.get_ref())
}

/// A rule set is named that nobody has: another must not stand in for it unsaid.
pub(super) fn unknown_rule_set(parsed: &Parsed) -> Option<Problem> {
    let file = parsed.settings.as_ref()?;
    let wanted = file.content.rules.as_ref()?.lagging.as_ref()?;
    if named_rule_set(parsed).is_some() {
        return None;
    }
    let known = raw_control::rule_sets(parsed.rule_sets.as_ref());
    let near = nearest_hint(wanted.get_ref(), known.iter().map(|set| set.id.as_str()));
    let message = Message::new("check-unknown-rule-set").with("id", folder::safe(wanted.get_ref()));
    Some(Problem::error(&file.name, file.line(wanted.span()), message).next(near))
}

/// The settings, defaults where the file says nothing.
pub(super) fn settings(parsed: &Parsed) -> Settings {
    let Some(file) = &parsed.settings else {
        return Settings::default();
    };
    let raw = &file.content;
    let mut rules = Rules::default();
    if let Some(bands) = &raw.bands {
        let bands = bands.get_ref();
        let usual = Bands::default();
        rules.bands = Bands {
            on_track: bands.on_track.map_or(usual.on_track, |e| e.0),
            at_risk: bands.at_risk.map_or(usual.at_risk, |e| e.0),
        };
    }
    if let Some(said) = &raw.rules {
        if let Some(found) = named_rule_set(parsed) {
            rules.lagging = found;
        }
        let exact = |said: &Option<Spanned<Exact>>, usual| {
            said.as_ref().map_or(usual, |said| said.get_ref().0)
        };
        let usual = Asking::default();
        rules.asking = Asking {
            cause_below: exact(&said.cause_below, usual.cause_below),
            confirm_above: exact(&said.confirm_above, usual.confirm_above),
            refuse_above: exact(&said.refuse_above, usual.refuse_above),
        };
        if let Some(executed) = &said.executed {
            rules.executed.clone_from(executed.get_ref());
        }
        if let Some(levels) = &said.lagging_levels {
            rules.lagging_levels = levels.iter().map(|w| w.get_ref().clone()).collect();
        }
        if let Some(days) = &said.due_days {
            rules.due_days = *days.get_ref();
        }
    }
    if let Some(said) = &raw.quality {
        rules.quality = said.quality();
    }
    if let Some(said) = &raw.risk {
        rules.risk = said.get_ref().limits();
    }
    let text = |words: &[Word]| {
        words
            .iter()
            .map(|w| w.get_ref().clone())
            .collect::<Vec<_>>()
    };
    let usual = Network::default();
    let bounded = |said: &Option<Spanned<u32>>, usual: usize| {
        said.as_ref().map_or(usual, |said| {
            let most = (*said.get_ref()).clamp(1, MOST_AT_ONCE);
            usize::try_from(most).unwrap_or(usual)
        })
    };
    Settings {
        format: *raw.format.get_ref(),
        language: match raw.language {
            Some(RawLanguage::En) => Language::En,
            Some(RawLanguage::ZhTw) => Language::ZhTw,
            None => Language::default(),
        },
        calendar: raw.calendar,
        office: raw.office.clone(),
        rules,
        network: Network {
            ca_files: raw
                .network
                .ca_files
                .iter()
                .map(|w| PathBuf::from(w.get_ref()))
                .collect(),
            proxy: raw.network.proxy.as_ref().map(|w| w.get_ref().clone()),
            allow_hosts: text(&raw.network.allow_hosts),
            at_once: bounded(&raw.network.at_once, usual.at_once),
            per_host: bounded(&raw.network.per_host, usual.per_host),
        },
        store: StoreSettings {
            journal: raw.store.journal,
        },
        signing_key: raw.signing.key.as_ref().map(|key| key.0.clone()),
        demo: raw.demo.as_ref().map(|demo| DemoSettings {
            clock: demo.clock.0,
        }),
    }
}
