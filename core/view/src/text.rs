//! Folding and reading of typed text, where the domain's own functions are called.

/// Text folded for comparing: width, case, 臺 and 台, 計畫 and its mainland spelling.
pub(crate) fn fold_for_search(text: &str) -> String {
    quarterdeck_kpi::text::fold_width(text)
        .to_lowercase()
        .replace('台', "臺")
        .replace("計\u{5283}", "計畫")
}
