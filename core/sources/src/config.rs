//! One source file (`sources/*.toml`) as it is written by an office.
//!
//! Every key that a source may carry is a field here; unknown keys are refused by serde, and what
//! serde cannot see (a map without a column, an unknown placeholder) is found by
//! [`SourceConfig::problems`](crate::check).

pub use crate::ckan::{Ckan, CkanRows};
use crate::health::Health;
use crate::inbox::InboxConfig;
pub use crate::map::{Aggregate, Calendar, Filter, GroupMatch, MAP_KEYS, Map, Op, Widen};
use crate::procurement::Procurement;
use crate::sdmx::Sdmx;
use crate::sheet::SheetConfig;
use crate::sql::Sql;
use quarterdeck_kpi::message::Message;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What kind of answer a source gives: the one register of source kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Any JSON answer over HTTP, read by JSONPath (RFC 9535).
    Json,
    /// CSV over HTTP, read as a stream.
    Csv,
    /// The common government datastore: JSON pages with `limit`, `offset` and `total`.
    Datastore,
    /// CSV files put into a folder.
    File,
    /// The Action API of a CKAN 3 portal.
    Ckan,
    /// Queries to a Prometheus server, one per map.
    Prometheus,
    /// A service's own `/metrics`: OpenMetrics 1.0 or the Prometheus text format 0.0.4.
    Openmetrics,
    /// A sheet of an ODS or XLSX file, over HTTP or from a folder.
    Sheet,
    /// Packages of an agency in a folder: CSV or sheets with a manifest of hashes.
    Inbox,
    /// The rows of one query to a SQLite file or a PostgreSQL server.
    Sql,
    /// A service asked for at each collection: up or not, how fast, certificate.
    Health,
    /// Statistics in SDMX: JSON, XML or CSV, told apart by what came.
    Sdmx,
    /// Rows of XML, as the awards of government procurement come in half-month files.
    Procurement,
    /// JSON whose requests are signed, as the database of government programmes asks for.
    Gdb,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 14] = [
        Kind::Json,
        Kind::Csv,
        Kind::Datastore,
        Kind::File,
        Kind::Ckan,
        Kind::Prometheus,
        Kind::Openmetrics,
        Kind::Sheet,
        Kind::Inbox,
        Kind::Sql,
        Kind::Health,
        Kind::Sdmx,
        Kind::Procurement,
        Kind::Gdb,
    ];
    /// The word in source files.
    pub fn id(self) -> &'static str {
        match self {
            Kind::Json => "json",
            Kind::Csv => "csv",
            Kind::Datastore => "datastore",
            Kind::File => "file",
            Kind::Ckan => "ckan",
            Kind::Prometheus => "prometheus",
            Kind::Openmetrics => "openmetrics",
            Kind::Sheet => "sheet",
            Kind::Inbox => "inbox",
            Kind::Sql => "sql",
            Kind::Health => "health",
            Kind::Sdmx => "sdmx",
            Kind::Procurement => "procurement",
            Kind::Gdb => "gdb",
        }
    }
    /// Answers are JSON that maps read by path.
    pub fn is_json(self) -> bool {
        matches!(self, Kind::Json | Kind::Gdb)
    }
    /// The kind behind a word.
    pub fn from_id(id: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.id() == id)
    }
}

/// One source: where figures come from, and which figures its answer holds.
///
/// What one kind alone needs is boxed: an office may have thousands of sources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceConfig {
    /// Name of the source, the same as its file's.
    pub id: String,
    /// Kind of answer.
    pub kind: Kind,
    /// Nothing is collected while true; `disabled_reason` says why.
    #[serde(default)]
    pub disabled: bool,
    /// Why it is disabled, shown as it is.
    #[serde(default)]
    pub disabled_reason: Option<String>,
    /// Address, with `{year} {roc_year} {quarter} {quarter_number} {quarter_start} {quarter_end}
    /// {origin}`; needed by every kind that reads no folder. A secret in it is a reference,
    /// `{env:NAME}` or `{file:PATH}`, which is filled in when the request is sent. For `sql`:
    /// `sqlite:FILE` or `postgres://HOST:PORT/DATABASE`.
    #[serde(default)]
    pub url: Option<String>,
    /// What the address has one of each for (`json`, `csv`, `openmetrics`): each stands in turn for
    /// `{target}` in `url` and in the series. After loading, also those of `targets_file`.
    #[serde(
        default,
        deserialize_with = "shared",
        serialize_with = "list",
        skip_serializing_if = "no_list"
    )]
    pub targets: Arc<Vec<String>>,
    /// File beside this one (`.csv`, `.txt`) with one target a line; instead of `targets`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub targets_file: Option<String>,
    /// Heading of the column of that file with the targets; without it the first cell of every line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub targets_column: Option<String>,
    /// The targets are those of the file.
    #[serde(skip)]
    pub targets_found: bool,
    /// Why the file of targets could not be used.
    #[serde(skip)]
    pub targets_problem: Option<Box<Message>>,
    /// Folder whose files are read, relative to the workspace; instead of `url`.
    #[serde(default)]
    pub folder: Option<String>,
    /// Names of the files in the folder, for example `*.csv`.
    #[serde(default)]
    pub pattern: Option<String>,
    /// `hourly`, `daily`, `weekly`, `monthly`, `quarterly`, `manual`, `cron: M H D M W` (Taipei), or
    /// `quarter+20d`: from 20 days after a quarter's end, daily until its data came.
    pub schedule: String,
    /// Calls the portal allows in any 24 hours; every page and every further try is one.
    #[serde(default)]
    pub calls_per_day: Option<u32>,
    /// Seconds the portal wants between two calls, at most 3,600.
    #[serde(default)]
    pub seconds_between_calls: Option<u32>,
    /// The source is stale when its data are older than this.
    #[serde(default)]
    pub max_age_days: Option<u32>,
    /// Licence of the data, printed in the report.
    #[serde(default)]
    pub licence: Option<String>,
    /// Whom the report names.
    #[serde(default)]
    pub attribution: Option<String>,
    /// Columns or JSON keys that are blanked before anything is stored.
    #[serde(default)]
    pub personal_fields: Vec<String>,
    /// Keep the unblanked original in a local file that leaves the office in no export.
    #[serde(default)]
    pub keep_original: bool,
    /// HTTP status codes whose body is decoded; default 200 only.
    #[serde(default = "default_accept_status")]
    pub accept_status: Vec<u16>,
    /// A loopback or private address is allowed.
    #[serde(default)]
    pub allow_private: bool,
    /// The certificate of this source is not checked, for this reason.
    #[serde(default)]
    pub insecure_certificate: Option<String>,
    /// Encoding the source claims: `utf-8`, `big5`, `utf-16le`, `utf-16be`. It is measured in any case.
    #[serde(default)]
    pub encoding: Option<String>,
    /// Separator of CSV columns, one ASCII character; default a comma.
    #[serde(default)]
    pub delimiter: Option<String>,
    /// CSV: line of the header, counted from 1 as an editor does; default the first with content.
    /// What stands above it is no data.
    #[serde(default)]
    pub header_row: Option<u32>,
    /// Rows asked for per page of a datastore; default 1,000.
    #[serde(default)]
    pub page_size: Option<u32>,
    /// Largest body in bytes, before and after decompression.
    #[serde(default)]
    pub max_bytes: Option<u64>,
    /// Seconds for the whole exchange.
    #[serde(default)]
    pub timeout_seconds: Option<u32>,
    /// Headers of the request; values may be references such as `env:NAME`.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Percent of the rows of the last good answer below which figures are refused; default 90.
    #[serde(default)]
    pub min_rows_percent: Option<u32>,
    /// An answer without rows is a good one (a count of 0), not an error.
    #[serde(default)]
    pub allow_empty: bool,
    /// JSON only: path of the rows for every map that names columns, for example `$.result[*]`.
    #[serde(default)]
    pub rows: Option<String>,
    /// JSON only: path of the address of the next page, for example `$['@odata.nextLink']`. Rows of
    /// all pages count together; an address of another origin is refused.
    #[serde(default)]
    pub next_at: Option<String>,
    /// CKAN only: which rows of the answer the maps look at.
    #[serde(default)]
    pub ckan: Option<Ckan>,
    /// Column whose latest day is the day of the data (rows only).
    #[serde(default)]
    pub data_day_column: Option<String>,
    /// Path of the day of the data (JSON only).
    #[serde(default)]
    pub data_day_at: Option<String>,
    /// Kind `sheet`, and sheets in an `inbox`: where in the file the table stands.
    #[serde(default)]
    pub sheet: Option<Box<SheetConfig>>,
    /// Kind `inbox` only: whose packages are taken.
    #[serde(default)]
    pub inbox: Option<Box<InboxConfig>>,
    /// The query of kind `sql`.
    #[serde(default)]
    pub sql: Option<Box<Sql>>,
    /// What a service of kind `health` is expected to answer.
    #[serde(default)]
    pub health: Option<Box<Health>>,
    /// Kind `sdmx` only: what was asked for.
    #[serde(default)]
    pub sdmx: Option<Box<Sdmx>>,
    /// Kind `procurement` only: which files and which element.
    #[serde(default)]
    pub procurement: Option<Box<Procurement>>,
    /// Kind `gdb` only: whose key signs the requests.
    #[serde(default)]
    pub hmac: Option<Box<Hmac>>,
    /// The figures in the answer.
    #[serde(default, rename = "map")]
    pub maps: Vec<Map>,
}

/// A list that is not copied with its source: it may be long.
fn shared<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<Vec<String>>, D::Error> {
    Vec::deserialize(deserializer).map(Arc::new)
}

fn list<S: Serializer>(list: &Arc<Vec<String>>, serializer: S) -> Result<S::Ok, S::Error> {
    list.serialize(serializer)
}

fn no_list(list: &Arc<Vec<String>>) -> bool {
    list.is_empty()
}

fn default_accept_status() -> Vec<u16> {
    vec![200]
}

impl SourceConfig {
    /// HTTP status codes whose body is handed to the decoder: the accepted ones, and those under
    /// which a service of this kind says in its body what is wrong. A decoder takes no figures from
    /// the latter.
    pub fn readable_status(&self) -> Vec<u16> {
        let telling: &[u16] = match self.kind {
            Kind::Ckan => &[400, 403, 404, 409, 500],
            Kind::Prometheus => &[400, 422, 503],
            _ => &[],
        };
        let mut out = self.accept_status.clone();
        out.extend(telling.iter().filter(|s| !self.accept_status.contains(s)));
        out
    }
    /// Gives back the memory that reading set aside for more than was there.
    pub fn shrink(&mut self) {
        self.maps.shrink_to_fit();
        for map in &mut self.maps {
            map.filter.shrink_to_fit();
            map.share_of.shrink_to_fit();
        }
    }
    /// Series the maps feed, templates as they are written.
    pub fn feeds(&self) -> Vec<String> {
        self.maps.iter().map(|map| map.series.clone()).collect()
    }
    /// The accepted share of the last answer's rows, in percent.
    pub fn min_rows_percent(&self) -> u32 {
        self.min_rows_percent.unwrap_or(90)
    }
    /// Rows asked for per page.
    pub fn page_size(&self) -> u32 {
        self.page_size.unwrap_or(1000).max(1)
    }
    /// The separator of CSV columns.
    pub fn delimiter(&self) -> u8 {
        self.delimiter
            .as_deref()
            .and_then(|text| text.as_bytes().first().copied())
            .unwrap_or(b',')
    }
    /// Whether files of a folder are read instead of an address.
    pub fn reads_folder(&self) -> bool {
        match self.kind {
            Kind::File | Kind::Inbox => true,
            _ => self.url.is_none() && self.folder.is_some(),
        }
    }
    /// Whether a column or key holds personal data.
    pub fn is_personal(&self, name: &str) -> bool {
        self.personal_fields
            .iter()
            .any(|field| field.trim() == name.trim())
    }
}

/// Whose key signs the requests of kind `gdb`. Both are references (`env:NAME`,
/// `file:/run/credentials/...`), so that no key stands in a file of the workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hmac {
    /// The account that was given with the key (APP ID).
    pub username: String,
    /// The key.
    pub secret: String,
}
