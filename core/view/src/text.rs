//! Folding and reading of typed text, where the domain's own functions are called.

use quarterdeck_kpi::calendar::parse_day;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::number::parse_printed;
use quarterdeck_kpi::text::clean;
pub(crate) use quarterdeck_kpi::text::fold_for_search;
use rust_decimal::Decimal;

/// Reads a typed figure as the store will; the reason when it is none.
pub(crate) fn check_figure(text: &str, unit: &str) -> Result<Decimal, Message> {
    if unit == "text" {
        return Ok(Decimal::ONE);
    }
    if unit == "date" {
        return match parse_day(text) {
            Ok(_) => Ok(Decimal::ONE),
            Err(_) => Err(Message::new("entry-not-a-day").with("text", clean(text.trim()))),
        };
    }
    let value = parse_printed(text)?.value;
    if unit == "done" && value != Decimal::ZERO && value != Decimal::ONE {
        return Err(Message::new("error-done-or-not").with("text", text));
    }
    Ok(value)
}
