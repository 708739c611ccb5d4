//! Risk and its migration, the exceptions, the price of not knowing (with 肆); earned value and forecasts (with 附表).

use super::{Making, thousands};
use crate::document::{Block, Cell, Column, Row, Table};
use quarterdeck_kpi::Decimal;
use quarterdeck_kpi::assess::{Forecast, Risk};
use quarterdeck_kpi::calendar::taipei_day;
use quarterdeck_kpi::forecast::{LEVEL_PERCENT, METHOD};
use quarterdeck_kpi::message::{Arg, Message};
use quarterdeck_kpi::money::Ratio;
use quarterdeck_kpi::risk::{RISK_DEFAULT, RiskBasis, migration, not_improved};
use quarterdeck_kpi::unknown_price::UNKNOWN_PRICE;
use quarterdeck_view::format;

/// 肆 with what follows from it.
pub(super) fn lagging(making: &mut Making<'_>) -> Vec<Block> {
    let mut blocks = super::lagging::blocks(making);
    blocks.extend(exceptions(making));
    blocks.extend(risk(making));
    blocks.extend(price(making));
    blocks
}

/// 附表 with earned value and forecasts.
pub(super) fn appendix(making: &mut Making<'_>) -> Vec<Block> {
    let mut blocks = super::appendix::blocks(making);
    blocks.extend(evm(making));
    blocks.extend(forecasts(making));
    blocks
}

fn column(making: &Making<'_>, id: &str) -> String {
    making.input.word(&format!("report-col-{id}"))
}

fn heading(making: &Making<'_>, id: &str) -> Block {
    Block::Heading {
        text: making.input.word(id),
    }
}

/// Every exception in its order, with the rule that raised it and whether it was dealt with.
fn exceptions(making: &mut Making<'_>) -> Vec<Block> {
    let input = making.input;
    let list = &input.assessment.exceptions;
    let mut blocks = vec![heading(making, "report-exceptions")];
    if list.is_empty() {
        blocks.push(Block::Paragraph {
            text: input.word("report-nothing"),
        });
        return blocks;
    }
    let rows = list
        .iter()
        .map(|e| {
            let handled = e.handled.as_ref().map_or_else(
                || input.word("report-open"),
                |h| {
                    let who = input.snapshot.register.people.iter();
                    let who = who.into_iter().find(|p| p.id == h.actor);
                    input.say(
                        &Message::new("report-handled")
                            .with(
                                "who",
                                who.map_or(h.actor.as_str(), |p| input.title(&p.name)),
                            )
                            .with("day", format::date(input.language, taipei_day(h.at)))
                            .with("reason", h.reason.as_str()),
                    )
                },
            );
            let stake = match e.at_stake_is_median {
                true => format!("{} ?", thousands(e.at_stake_ntd)),
                false => thousands(e.at_stake_ntd),
            };
            Row::of(vec![
                Cell::text(format!(
                    "{} {}",
                    e.programme,
                    super::name(input, &e.programme)
                )),
                super::status_cell(input, e.status),
                Cell::text(stake),
                Cell::text(input.say(&e.what)),
                Cell::mono(e.rule.as_str()),
                Cell::text(handled),
            ])
        })
        .collect();
    let caption = making.table("report-table-exceptions");
    blocks.push(Block::Table(Table {
        caption,
        columns: vec![
            Column::wide(column(making, "programme"), 5),
            Column::left(column(making, "status")),
            Column::number(column(making, "at-stake")),
            Column::wide(column(making, "what"), 5),
            Column::left(column(making, "raised-by")),
            Column::wide(column(making, "handled"), 3),
        ],
        rows,
        note: input.word("report-note-exceptions"),
    }));
    blocks
}

/// Both risks' migration from the quarter before, and who did not improve for four quarters.
fn risk(making: &mut Making<'_>) -> Vec<Block> {
    let input = making.input;
    let programmes = &input.assessment.programmes;
    let quarter = input.assessment.quarter;
    let mut blocks = vec![heading(making, "report-risk")];
    for basis in [RiskBasis::Reported, RiskBasis::Rule] {
        let rated = programmes.iter().any(|p| match basis {
            RiskBasis::Reported => p.risk.is_some(),
            RiskBasis::Rule => p.risk_by_rule.level.is_some(),
        });
        let name = match basis {
            RiskBasis::Reported => input.word("report-risk-reported"),
            RiskBasis::Rule => {
                input.say(&Message::new("report-risk-rule").with("rule", RISK_DEFAULT))
            }
        };
        if !rated {
            let text = input.say(&Message::new("report-risk-nobody").with("basis", name.as_str()));
            blocks.push(Block::Paragraph { text });
            continue;
        }
        let moved = migration(programmes, quarter.previous(), quarter, basis);
        let stuck = not_improved(programmes, quarter, basis);
        let names: Vec<String> = stuck
            .iter()
            .map(|s| format!("{} {}", s.programme, super::name(input, &s.programme)))
            .collect();
        let text = input.say(
            &Message::new("report-risk-sentence")
                .with("basis", name.as_str())
                .with("from", moved.from)
                .with("to", moved.to)
                .with("better", moved.better())
                .with("worse", moved.worse())
                .with("unchanged", moved.unchanged())
                .with("stuck", stuck.len())
                .with(
                    "names",
                    if names.is_empty() {
                        input.word("report-nothing")
                    } else {
                        names.join(&input.word("report-list-separator"))
                    },
                ),
        );
        blocks.push(Block::Paragraph { text });
        blocks.push(Block::Table(matrix(making, &name, &moved.cells)));
    }
    blocks
}

fn matrix(making: &mut Making<'_>, basis: &str, cells: &[[Vec<String>; 4]; 4]) -> Table {
    let input = making.input;
    let [high, medium, low] = Risk::GRAVEST_FIRST.map(|level| super::risk(input, level));
    let words = [high, medium, low, input.word("risk-none")];
    let rows = cells
        .iter()
        .zip(&words)
        .map(|(row, word)| {
            let counts = row.iter().map(|ids| Cell::text(ids.len().to_string()));
            Row::of(
                std::iter::once(Cell::text(word.as_str()))
                    .chain(counts)
                    .collect(),
            )
        })
        .collect();
    let caption = making.table("report-table-migration");
    let mut columns = vec![Column::wide(column(making, "risk-before"), 1)];
    columns.extend(words.iter().map(|word| Column::number(word.as_str())));
    Table {
        caption,
        columns,
        rows,
        note: input.say(&Message::new("report-note-migration").with("basis", basis)),
    }
}

/// Budget that rests on figures nobody has, in total and by agency.
fn price(making: &mut Making<'_>) -> Vec<Block> {
    let input = making.input;
    let price = &input.assessment.portfolio.unknown_price;
    let mut blocks = vec![heading(making, "report-price")];
    let Some(total) = price.total_ntd else {
        blocks.push(Block::Paragraph {
            text: input.word("report-price-no-budget"),
        });
        return blocks;
    };
    let share = price.budget_ntd.and_then(|budget| Ratio::of(total, budget));
    let text = input.say(
        &Message::new("report-price-sentence")
            .with("total", Arg::Ntd(total))
            .with(
                "share",
                match share {
                    Some(share) => Arg::Fraction(share.fraction()),
                    None => Arg::Text(format::NONE.to_owned()),
                },
            )
            .with("programmes", price.programmes.len())
            .with("without", price.without_budget),
    );
    blocks.push(Block::Paragraph { text });
    if price.agencies.is_empty() {
        return blocks;
    }
    let rows = price
        .agencies
        .iter()
        .map(|a| {
            Row::of(vec![
                Cell::text(super::agency(input, &a.agency)),
                Cell::text(a.programmes.to_string()),
                Cell::text(thousands(Some(a.price_ntd))),
            ])
        })
        .collect();
    let caption = making.table("report-table-price");
    blocks.push(Block::Table(Table {
        caption,
        columns: vec![
            Column::wide(column(making, "lead"), 1),
            Column::number(column(making, "programmes")),
            Column::number(column(making, "price")),
        ],
        rows,
        note: input.say(&Message::new("report-note-price").with("rule", UNKNOWN_PRICE)),
    }));
    blocks
}

/// Earned value of every programme that reported progress and money.
fn evm(making: &mut Making<'_>) -> Vec<Block> {
    let input = making.input;
    let index = |ratio: Option<Ratio>| {
        ratio.map_or_else(
            || format::NONE.to_owned(),
            |r| format::decimal(r.fraction(), 2),
        )
    };
    let rows: Vec<Row> = input
        .assessment
        .programmes
        .iter()
        .filter(|p| p.evm.ev_ntd.is_some() || p.evm.ac_ntd.is_some())
        .map(|p| {
            let evm = &p.evm;
            Row::of(vec![
                Cell::text(p.id.as_str()),
                Cell::text(thousands(evm.pv_ntd)),
                Cell::text(thousands(evm.ev_ntd)),
                Cell::text(thousands(evm.ac_ntd)),
                Cell::text(index(evm.spi)),
                Cell::text(index(evm.cpi)),
                Cell::text(thousands(evm.eac_ntd)),
                Cell::text(thousands(evm.vac_ntd)),
                Cell::text(index(evm.tcpi)),
            ])
        })
        .collect();
    let mut blocks = vec![heading(making, "report-evm")];
    if rows.is_empty() {
        blocks.push(Block::Paragraph {
            text: input.word("report-nothing"),
        });
        return blocks;
    }
    let caption = making.table("report-table-evm");
    let mut columns = vec![Column::left(column(making, "id"))];
    columns.extend(
        ["PV", "EV", "AC", "SPI", "CPI", "EAC", "VAC", "TCPI"]
            .into_iter()
            .map(Column::number),
    );
    blocks.push(Block::Table(Table {
        caption,
        columns,
        rows,
        note: input.word("report-note-evm"),
    }));
    blocks
}

/// Indicators whose target lies ahead, with what is expected.
fn forecasts(making: &mut Making<'_>) -> Vec<Block> {
    let input = making.input;
    let register = &input.snapshot.register;
    let rows: Vec<Row> = register
        .indicators()
        .filter_map(|i| {
            let found: &Forecast = making.forecasts.get(&i.series)?.as_ref().ok()?;
            let (_, at) = found.points.last()?;
            let places = if i.unit == "percent" {
                2
            } else {
                at.value.scale().min(2)
            };
            let shown = |value: Decimal| format::decimal(value, places);
            let error = found.backtest.as_ref().map_or_else(
                || format::NONE.to_owned(),
                |b| format!("{} ({})", shown(b.mean_error), shown(b.naive_error)),
            );
            Some(Row::of(vec![
                Cell {
                    address: Some(i.series.to_string()),
                    ..Cell::text(input.title(&i.title))
                },
                Cell::text(format!(
                    "{}\n{}",
                    format::value(found.target, &i.unit),
                    format::period(input.language, found.target_period)
                )),
                Cell::text(shown(at.value)),
                Cell::text(format!("{}\n{}", shown(at.low), shown(at.high))),
                Cell::text(format::chance(found.probability)),
                Cell::text(error),
            ]))
        })
        .collect();
    let mut blocks = vec![heading(making, "report-forecasts")];
    if rows.is_empty() {
        blocks.push(Block::Paragraph {
            text: input.word("report-no-forecasts"),
        });
        return blocks;
    }
    let caption = making.table("report-table-forecasts");
    blocks.push(Block::Table(Table {
        caption,
        columns: vec![
            Column::wide(column(making, "indicator"), 1),
            Column::number(column(making, "target")),
            Column::number(column(making, "expected")),
            Column::number(
                input.say(&Message::new("report-col-band").with("level", LEVEL_PERCENT)),
            ),
            Column::number(column(making, "chance")),
            Column::number(column(making, "backtest")),
        ],
        rows,
        note: input.say(&Message::new("report-note-forecasts").with("method", METHOD)),
    }));
    blocks
}
