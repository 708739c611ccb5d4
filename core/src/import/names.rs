//! Programmes, plans, nodes and agencies by the names that tables use.

use chrono::NaiveDate;
use quarterdeck_kpi::agency::Agency;
use quarterdeck_kpi::indicator::Title;
use quarterdeck_kpi::message::{Arg, Message};
use quarterdeck_kpi::register::{Programme, Register};
use quarterdeck_kpi::text::{clean, fold_for_search};

/// Adds what the nearest known word is.
fn nearest(message: Message, text: &str, known: impl Iterator<Item = String>) -> Message {
    let folded = fold_for_search(text);
    let near = known
        .map(|word| {
            (
                strsim::damerau_levenshtein(&fold_for_search(&word), &folded),
                word,
            )
        })
        .min();
    let most = (folded.chars().count() / 2).max(1);
    match near {
        Some((distance, word)) if distance <= most => message.with(
            "nearest",
            Message::new("import-nearest").with("word", clean(&word)),
        ),
        _ => message.with("nearest", ""),
    }
}

fn is_titled(title: &Title, folded: &str) -> bool {
    [&title.zh_tw, &title.en]
        .into_iter()
        .any(|text| !text.is_empty() && fold_for_search(text) == folded)
}

/// A programme by its id or title.
pub(super) fn programme<'r>(register: &'r Register, text: &str) -> Result<&'r Programme, Message> {
    let folded = fold_for_search(text);
    let by_id = register
        .programmes
        .iter()
        .find(|p| fold_for_search(&p.id) == folded);
    let mut by_title = register
        .programmes
        .iter()
        .filter(|p| is_titled(&p.title, &folded));
    match (by_id, by_title.next(), by_title.next()) {
        (Some(found), ..) | (None, Some(found), None) => Ok(found),
        _ => Err(nearest(
            Message::new("import-unknown-programme").with("text", clean(text)),
            text,
            register
                .programmes
                .iter()
                .flat_map(|p| [p.id.clone(), p.title.zh_tw.clone()]),
        )),
    }
}

/// A plan by its id or title.
pub(super) fn plan(register: &Register, text: &str) -> Result<String, Message> {
    let folded = fold_for_search(text);
    let found = register
        .plans
        .iter()
        .find(|plan| fold_for_search(&plan.id) == folded || is_titled(&plan.title, &folded));
    found.map(|plan| plan.id.clone()).ok_or_else(|| {
        nearest(
            Message::new("import-unknown-plan").with("text", clean(text)),
            text,
            register.plans.iter().map(|plan| plan.id.clone()),
        )
    })
}

/// A node of a plan's framework by its id or title.
pub(super) fn node(register: &Register, plan: &str, text: &str) -> Result<String, Message> {
    let folded = fold_for_search(text);
    let of_plan = || register.nodes.iter().filter(|node| node.plan == plan);
    let found = of_plan()
        .find(|node| fold_for_search(&node.id) == folded || is_titled(&node.title, &folded));
    found.map(|node| node.id.clone()).ok_or_else(|| {
        let known: Vec<&str> = of_plan().map(|node| node.id.as_str()).collect();
        Message::new("import-unknown-node")
            .with("text", clean(text))
            .with("plan", plan)
            .with("known", known.join(", "))
    })
}

/// An agency that was found, and what to say when it bears another name on that day.
#[derive(Debug)]
pub(super) struct FoundAgency {
    pub id: String,
    pub renamed: Option<Message>,
}

/// An agency by its id, a name it has or had, or an alias.
pub(super) fn agency(
    register: &Register,
    text: &str,
    day: NaiveDate,
) -> Result<FoundAgency, Message> {
    let folded = fold_for_search(text);
    let is_own = |agency: &&Agency| {
        fold_for_search(&agency.id) == folded
            || agency.aliases.iter().any(|a| fold_for_search(a) == folded)
            || agency
                .names
                .iter()
                .any(|n| is_titled(&n.short, &folded) || is_titled(&n.full, &folded))
    };
    let found: Vec<&Agency> = register.agencies.iter().filter(is_own).collect();
    let agency = match found.as_slice() {
        [only] => *only,
        [] => {
            let known = register.agencies.iter().flat_map(|agency| {
                let names = agency.names.iter();
                names
                    .flat_map(|n| [n.short.zh_tw.clone(), n.full.zh_tw.clone()])
                    .chain([agency.id.clone()])
                    .collect::<Vec<_>>()
            });
            let message = Message::new("import-unknown-agency").with("text", clean(text));
            return Err(nearest(message, text, known));
        }
        several => {
            let ids: Vec<&str> = several.iter().map(|agency| agency.id.as_str()).collect();
            return Err(Message::new("import-agency-ambiguous")
                .with("text", clean(text))
                .with("known", ids.join(", ")));
        }
    };
    let in_force = agency.name_on(day);
    let used = agency
        .names
        .iter()
        .find(|n| is_titled(&n.short, &folded) || is_titled(&n.full, &folded));
    // A name that is not the one of that day is taken, and said.
    let renamed = match (used, in_force) {
        (Some(used), Some(now)) if used != now => Some(
            Message::new("import-agency-renamed")
                .with("text", clean(text))
                .with("day", day)
                .with("now", Arg::Title(now.full.clone()))
                .with("id", agency.id.as_str()),
        ),
        _ => None,
    };
    Ok(FoundAgency {
        id: agency.id.clone(),
        renamed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::{embedded, load_from_files};
    use chrono::DateTime;

    fn register() -> Register {
        let files: Vec<_> = embedded()
            .map(|(path, bytes)| (path.to_owned(), bytes.to_vec()))
            .collect();
        load_from_files(&files, DateTime::UNIX_EPOCH).0
    }

    #[test]
    fn an_agency_is_found_by_any_name_it_had_and_an_old_one_is_said() {
        let register = register();
        let day = |text: &str| text.parse().unwrap();
        let then = agency(&register, "環保署", day("2020-12-31")).unwrap();
        assert_eq!((then.id.as_str(), then.renamed), ("EPA", None));
        let now = agency(&register, "行政院環境保護署", day("2025-09-30")).unwrap();
        assert_eq!(now.id, "EPA");
        assert_eq!(now.renamed.unwrap().id, "import-agency-renamed");
        let refused = agency(&register, "國法會", day("2025-09-30")).unwrap_err();
        assert_eq!(refused.id, "import-unknown-agency");
        assert!(refused.to_string().contains("國發會"), "{refused}");
    }

    #[test]
    fn programmes_are_found_by_id_and_title() {
        let register = register();
        assert_eq!(programme(&register, "p13").unwrap().id, "P13");
        let title = programme(&register, "健保資料結合AI加值應用").unwrap();
        assert_eq!(title.id, "P13");
        assert!(programme(&register, "P99").is_err());
        assert_eq!(node(&register, "dgp2", "S4").unwrap(), "S4");
        assert!(node(&register, "dgp1", "S4").is_err());
    }
}
