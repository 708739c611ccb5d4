//! SDMX-JSON 1.0 and 2.0, and the shape of DGBAS: indices into the lists of the structure.

use super::{Observations, Screen, TIME, VALUE};
use crate::answer::{Context, Decoded, Refusal};
use crate::config::SourceConfig;
use crate::document::read_document;
use crate::json::cell_text;
use crate::notice::{Notices, list, quote, refuse};
use quarterdeck_kpi::message::Message;
use serde_json::Value;
use std::borrow::Cow;
use std::io::{Read, Write};

/// Decodes SDMX-JSON.
pub(super) fn decode(
    config: &SourceConfig,
    context: &Context<'_>,
    body: &mut dyn Read,
    stored: &mut dyn Write,
    screen: Screen,
) -> Result<Decoded, Refusal> {
    let mut notices = Notices::default();
    let document = read_document(config, context, body, stored, &mut notices)?;
    let refused = |message| refuse(config, message, &document.start);
    let mut observations = Observations::new(config, context, screen).map_err(refused)?;
    read(&document.value, &mut observations).map_err(refused)?;
    let base = Decoded {
        encoding: document.encoding,
        ..Decoded::default()
    };
    observations
        .finish(config, "", notices, base)
        .map_err(refused)
}

/// More components of a level, or data sets of an answer, than these are not meant.
const MAX_COMPONENTS: usize = 100;
const MAX_SETS: usize = 10_000;

/// A dimension, an attribute or a measure.
struct Component<'a> {
    id: &'a str,
    codes: Vec<Cow<'a, str>>,
    is_time: bool,
    /// Somebody looks at it; cells of others are not even made.
    is_wanted: bool,
}

/// The lists that a data set's indices point into, outermost first.
struct Structure<'a> {
    dimensions: [Vec<Component<'a>>; 3],
    attributes: [Vec<Component<'a>>; 3],
    measures: Vec<Component<'a>>,
    is_met: bool,
}

type Cell<'a> = (&'a str, Cow<'a, str>);

/// Components of a level; none where the structure does not speak of it.
fn components<'a>(
    structure: &'a Value,
    what: &str,
    level: &str,
    observations: &Observations<'_>,
) -> Result<Vec<Component<'a>>, Message> {
    let listed = structure[what][level]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    if listed.len() > MAX_COMPONENTS {
        return Err(Message::new("source-too-many-columns")
            .with("columns", listed.len())
            .with("limit", MAX_COMPONENTS));
    }
    let mut out = Vec::new();
    for component in listed {
        let id = component["id"].as_str().ok_or_else(|| shape(component))?;
        let codes = component["values"]
            .as_array()
            .map_or(&[][..], Vec::as_slice);
        let code = |value: &'a Value| match value {
            Value::Object(fields) => ["id", "value", "name"]
                .iter()
                .find_map(|key| fields.get(*key))
                .map(cell_text)
                .unwrap_or_default(),
            other => cell_text(other),
        };
        let is_role = |value: &Value| {
            value
                .as_str()
                .is_some_and(|role| role.eq_ignore_ascii_case("time") || role == TIME)
        };
        let roles = component["roles"].as_array();
        out.push(Component {
            id: id.trim(),
            is_wanted: observations.wants(id.trim()),
            codes: codes.iter().map(code).collect(),
            is_time: is_role(&component["role"])
                || roles.is_some_and(|roles| roles.iter().any(is_role)),
        });
    }
    Ok(out)
}

/// What stands where data sets were looked for.
fn shape(value: &Value) -> Message {
    let keys = match value {
        Value::Object(fields) => list(fields.keys().map(String::as_str)),
        other => quote(&other.to_string()),
    };
    Message::new("source-sdmx-shape").with("there", keys)
}

fn bad_index(key: &str) -> Message {
    Message::new("source-sdmx-index").with("key", quote(key))
}

/// The cells that a key such as `0:3` stands for.
fn coded<'a>(dimensions: &'a [Component<'a>], key: &str) -> Result<Vec<Cell<'a>>, Message> {
    if dimensions.is_empty() {
        return Ok(Vec::new());
    }
    let mut indices = key.split(':');
    let mut out = Vec::new();
    for dimension in dimensions {
        let index: usize = indices
            .next()
            .and_then(|index| index.trim().parse().ok())
            .ok_or_else(|| bad_index(key))?;
        let code = dimension.codes.get(index).ok_or_else(|| bad_index(key))?;
        if dimension.is_wanted {
            out.push((dimension.id, Cow::Borrowed(code.as_ref())));
        }
        if dimension.is_time && dimension.id != TIME {
            out.push((TIME, Cow::Borrowed(code.as_ref())));
        }
    }
    match indices.next() {
        None => Ok(out),
        Some(_) => Err(bad_index(key)),
    }
}

/// Cells of attributes or measures, given as indices or as they are.
fn valued<'a>(
    components: &'a [Component<'a>],
    values: &'a [Value],
) -> Result<Vec<Cell<'a>>, Message> {
    let mut out = Vec::new();
    for (component, value) in components.iter().zip(values) {
        let text = match value.as_u64().filter(|_| !component.codes.is_empty()) {
            _ if value.is_null() || !component.is_wanted => continue,
            None => cell_text(value),
            Some(index) => usize::try_from(index)
                .ok()
                .and_then(|index| component.codes.get(index))
                .map(|code| Cow::Borrowed(code.as_ref()))
                .ok_or_else(|| bad_index(&value.to_string()))?,
        };
        out.push((component.id, text));
    }
    Ok(out)
}

fn read(message: &Value, observations: &mut Observations<'_>) -> Result<(), Message> {
    let root = match &message["data"] {
        Value::Object(_) => &message["data"],
        _ => message,
    };
    let Some(sets) = root["dataSets"].as_array() else {
        let error = message["errors"]
            .as_array()
            .and_then(|errors| errors.first());
        return Err(match error {
            Some(error) => {
                let said = ["title", "detail"]
                    .iter()
                    .find_map(|key| error[*key].as_str());
                Message::new("source-error-answer")
                    .with("code", quote(&cell_text(&error["code"])))
                    .with("said", quote(said.unwrap_or_default()))
            }
            None => shape(root),
        });
    };
    if sets.len() > MAX_SETS {
        return Err(shape(&Value::from(format!("dataSets: {}", sets.len()))));
    }
    let alone = match root["structure"].is_object() {
        true => &root["structure"],
        false => &message["structure"],
    };
    let written = match root["structures"].as_array() {
        Some(structures) => structures.as_slice(),
        None => std::slice::from_ref(alone),
    };
    let mut structures: Vec<Structure<'_>> = Vec::new();
    for structure in written {
        structures.push(Structure::read(structure, observations)?);
    }
    for set in sets {
        let index = set["structure"].as_u64().unwrap_or(0);
        let structure = usize::try_from(index)
            .ok()
            .and_then(|index| structures.get_mut(index))
            .ok_or_else(|| bad_index(&index.to_string()))?;
        structure.meet(observations)?;
        if set["action"].as_str() != Some("Delete") {
            read_set(set, structure, observations)?;
        }
    }
    Ok(())
}

impl<'a> Structure<'a> {
    fn read(structure: &'a Value, observations: &Observations<'_>) -> Result<Self, Message> {
        if !structure["dimensions"].is_object() {
            return Err(shape(structure));
        }
        let level = |what, level| components(structure, what, level, observations);
        let mut dimensions = [
            level("dimensions", "dataSet")?,
            level("dimensions", "series")?,
            level("dimensions", "observation")?,
        ];
        let mut all = dimensions.iter().flatten();
        if all.all(|dimension| dimension.id != TIME && !dimension.is_time)
            && let [only] = dimensions[2].as_mut_slice()
        {
            // The one dimension along which observations are listed is time.
            only.is_time = true;
        }
        Ok(Structure {
            dimensions,
            attributes: [
                level("attributes", "dataSet")?,
                level("attributes", "series")?,
                level("attributes", "observation")?,
            ],
            measures: level("measures", "observation")?,
            is_met: false,
        })
    }

    /// Tells which columns there are, once.
    fn meet(&mut self, observations: &mut Observations<'_>) -> Result<(), Message> {
        if self.is_met {
            return Ok(());
        }
        self.is_met = true;
        let described = self.attributes.iter().flatten().chain(&self.measures);
        for component in self.dimensions.iter().flatten().chain(described) {
            observations.meet(component.id)?;
            if component.is_time {
                observations.meet(TIME)?;
            }
        }
        Ok(())
    }
}

fn read_set(
    set: &Value,
    structure: &Structure<'_>,
    observations: &mut Observations<'_>,
) -> Result<(), Message> {
    let [set_level, series_level, observation_level] = &structure.dimensions;
    let [of_set, of_series, of_observation] = &structure.attributes;
    // A dimension of the whole set has one value.
    let first = vec!["0"; set_level.len()].join(":");
    let mut outer = coded(set_level, &first)?;
    outer.extend(valued(of_set, described(set))?);
    let reader = SetReader {
        dimensions: observation_level,
        measures: &structure.measures,
        attributes: of_observation,
    };
    if let Some(flat) = set.get("observations").filter(|flat| !flat.is_null()) {
        reader.read(flat, &outer, observations)?;
    }
    let Some(series) = set.get("series").filter(|series| !series.is_null()) else {
        return Ok(());
    };
    for (key, one) in series.as_object().ok_or_else(|| shape(series))? {
        let mut cells = outer.clone();
        cells.extend(coded(series_level, key)?);
        cells.extend(valued(of_series, described(one))?);
        match one.get("observations") {
            None | Some(Value::Null) => {}
            Some(listed) => reader.read(listed, &cells, observations)?,
        }
    }
    Ok(())
}

/// Values of the attributes of a data set or series.
fn described(value: &Value) -> &[Value] {
    value["attributes"].as_array().map_or(&[], Vec::as_slice)
}

/// Reads the observations of a set.
struct SetReader<'a> {
    dimensions: &'a [Component<'a>],
    measures: &'a [Component<'a>],
    attributes: &'a [Component<'a>],
}

impl SetReader<'_> {
    fn read(
        &self,
        listed: &Value,
        outer: &[Cell<'_>],
        observations: &mut Observations<'_>,
    ) -> Result<(), Message> {
        for (key, observation) in listed.as_object().ok_or_else(|| shape(listed))? {
            let values = match observation {
                Value::Array(values) => values.as_slice(),
                Value::Null => &[],
                other => std::slice::from_ref(other),
            };
            let (measured, described) =
                values.split_at(values.len().min(self.measures.len().max(1)));
            let mut cells: Vec<Cell<'_>> = outer.to_vec();
            cells.extend(coded(self.dimensions, key)?);
            cells.extend(valued(self.measures, measured)?);
            if !cells.iter().any(|(id, _)| *id == VALUE) {
                let value = measured.first().map(cell_text).unwrap_or_default();
                cells.push((VALUE, value));
            }
            cells.extend(valued(self.attributes, described)?);
            observations.offer(cells.iter().map(|(id, text)| (*id, text.as_ref())))?;
        }
        Ok(())
    }
}
