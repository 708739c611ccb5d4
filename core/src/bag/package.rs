//! `datapackage.json`: the tables described as a Frictionless data package, each column with its
//! type, its unit and its words in both languages.

use super::contents::Contents;
use super::tables::Table;
use quarterdeck_kpi::message::Message;
use quarterdeck_store::sha256_hex;
use quarterdeck_view::i18n::{Language, say, word};
use serde_json::{Value, json};

/// The description of all tables.
pub(super) fn description(contents: &Contents, tables: &[Table]) -> Value {
    let publication = &contents.publication;
    let resources: Vec<Value> = tables.iter().map(resource).collect();
    let licences: std::collections::BTreeSet<(&str, &str)> = contents
        .snapshot
        .sources
        .iter()
        .filter_map(|source| Some((source.licence.as_deref()?, source.attribution.as_deref()?)))
        .collect();
    let sources: Vec<Value> = licences
        .iter()
        .map(|(licence, attribution)| json!({"title": attribution, "licence": licence}))
        .collect();
    let title = |language| {
        say(
            language,
            &Message::new("bag-title").with("quarter", publication.quarter),
        )
    };
    let mut package = json!({
        "profile": "tabular-data-package",
        "name": format!("quarterdeck-{}", publication.quarter).to_ascii_lowercase(),
        "title": title(Language::ZhTw),
        "titles": {"zh-TW": title(Language::ZhTw), "en": title(Language::En)},
        "version": publication.mark.as_of.format("%Y.%-m.%-d").to_string(),
        "created": publication.mark.as_of.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        "demo": publication.demo,
        "resources": resources,
    });
    if let (Some(package), false) = (package.as_object_mut(), sources.is_empty()) {
        package.insert("sources".to_owned(), Value::Array(sources));
    }
    package
}

fn resource(table: &Table) -> Value {
    let fields: Vec<Value> = table
        .columns
        .iter()
        .map(|column| {
            let key = format!("{}-{}", table.words, column.id);
            let mut field = json!({
                "name": column.id,
                "type": column.kind,
                "title": word(Language::ZhTw, &key),
                "titles": {"zh-TW": word(Language::ZhTw, &key), "en": word(Language::En, &key)},
            });
            if let Some(field) = field.as_object_mut() {
                if !column.unit.is_empty() {
                    field.insert("unit".to_owned(), json!(column.unit));
                }
                if table.key == Some(column.id.as_str()) {
                    field.insert(
                        "constraints".to_owned(),
                        json!({"required": true, "unique": true}),
                    );
                }
            }
            field
        })
        .collect();
    let mut schema = json!({"fields": fields, "missingValues": [""]});
    if let (Some(schema), Some(key)) = (schema.as_object_mut(), table.key) {
        schema.insert("primaryKey".to_owned(), json!(key));
    }
    let title = |language| word(language, &format!("bag-table-{}", table.name));
    json!({
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": format!("{}.csv", table.name),
        "title": title(Language::ZhTw),
        "titles": {"zh-TW": title(Language::ZhTw), "en": title(Language::En)},
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "doubleQuote": true, "header": true},
        "bytes": table.bytes.len(),
        "hash": format!("sha256:{}", sha256_hex(&table.bytes)),
        "schema": schema,
    })
}
