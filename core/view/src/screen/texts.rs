//! Every visible text of a screen, for the parity tests of both faces and for golden files.

use crate::panel::{Action, Body, Cell, Drawing, Fact, Line, Measure, Panel, Screen, Table};

/// Collects texts that are not empty.
#[derive(Default)]
struct Texts(Vec<String>);

impl Texts {
    fn push(&mut self, text: &str) {
        let text = text.trim();
        if !text.is_empty() {
            self.0.push(text.to_owned());
        }
    }
    fn line(&mut self, line: &Line) {
        for span in line {
            self.push(&span.text);
        }
    }
    fn action(&mut self, action: &Action) {
        self.push(&action.label);
    }
    fn measure(&mut self, measure: &Measure) {
        for text in [
            &measure.label,
            &measure.value,
            &measure.unit,
            &measure.below,
        ] {
            self.push(text);
        }
    }
    fn cell(&mut self, cell: &Cell) {
        match &cell.edit {
            Some(edit) => self.push(&edit.text),
            None => self.line(&cell.spans),
        }
    }
    fn table(&mut self, table: &Table) {
        for column in &table.columns {
            self.push(&column.title);
            if let Some(unit) = &column.unit {
                self.push(unit);
            }
        }
        for cell in table.rows.iter().flat_map(|r| &r.cells) {
            self.cell(cell);
        }
        if table.rows.is_empty()
            && let Some(empty) = &table.empty
        {
            self.push(empty);
        }
    }
    fn fact(&mut self, fact: &Fact) {
        self.push(&fact.label);
        self.line(&fact.value);
        if let Some(extra) = &fact.extra {
            self.line(extra);
        }
    }
    fn panel(&mut self, panel: &Panel) {
        self.push(&panel.title);
        self.push(&panel.subtitle);
        self.line(&panel.aside);
        self.body(&panel.body);
        for action in &panel.actions {
            self.action(action);
        }
    }
    fn body(&mut self, body: &Body) {
        match body {
            Body::Table(table) => self.table(table),
            Body::Facts(facts) => facts.iter().for_each(|f| self.fact(f)),
            Body::Lines(lines) => lines.iter().for_each(|l| self.line(l)),
            Body::Chart(chart) => {
                self.push(&chart.message);
                self.push(&chart.actual_label);
                let expected = chart.forecast.as_ref().map(|f| &f.label);
                for label in [
                    chart.target_label.as_ref(),
                    chart.former_label.as_ref(),
                    expected,
                ]
                .into_iter()
                .flatten()
                {
                    self.push(label);
                }
            }
            Body::Trend(trend) => {
                self.push(&trend.message);
                for (_, word, _) in &trend.series {
                    self.push(word);
                }
            }
            Body::Queue(items) => {
                for item in items {
                    for text in [&item.key, &item.name, &item.money, &item.what, &item.why] {
                        self.push(text);
                    }
                }
            }
            Body::Matrix(matrix) => {
                self.push(&matrix.message);
                self.push(&matrix.rows_title);
                self.push(&matrix.columns_title);
                self.push(&matrix.total);
                for row in &matrix.rows {
                    self.push(&row.label);
                    for cell in &row.cells {
                        self.push(&cell.count.to_string());
                    }
                    self.push(&row.total);
                }
                matrix
                    .columns
                    .iter()
                    .chain(&matrix.totals)
                    .for_each(|t| self.push(t));
            }
            Body::Money(bar) => {
                self.push(&bar.message);
                for (_, label, value, share, _) in &bar.parts {
                    for text in [label, value, share] {
                        self.push(text);
                    }
                }
                if let Some((label, value, _)) = &bar.tick {
                    self.push(label);
                    self.push(value);
                }
                if let Some((label, value, share)) = &bar.total {
                    for text in [label, value, share] {
                        self.push(text);
                    }
                }
            }
            Body::Headline { counts, measures } => {
                for count in counts {
                    self.push(&count.word);
                    self.push(&count.number.to_string());
                    self.push(&count.below);
                }
                measures.iter().for_each(|m| self.measure(m));
            }
            Body::Title {
                breadcrumbs,
                title,
                status,
                facts,
                measures,
            } => {
                self.push(breadcrumbs);
                self.push(title);
                if let Some((_, word)) = status {
                    self.push(word);
                }
                self.line(facts);
                measures.iter().for_each(|m| self.measure(m));
            }
            Body::Form(fields) => {
                for field in fields {
                    self.push(&field.label);
                    self.push(&field.text);
                    if let Some(error) = &field.error {
                        self.push(error);
                    }
                }
            }
        }
    }
}

impl Screen {
    /// Every text a user sees, in reading order: the bar on top, the panels, the last lines.
    ///
    /// Menus, suggestions' keys and tips are left out: they are seen only when opened.
    pub fn texts(&self) -> Vec<String> {
        let mut texts = Texts::default();
        let chrome = &self.chrome;
        texts.push(&chrome.product);
        texts.push(&chrome.quarter.0);
        texts.push(&chrome.quarter.1);
        if let Some(running) = &chrome.running {
            texts.push(running);
        }
        texts.push(&chrome.as_of.0);
        texts.push(&chrome.as_of.1);
        if let Some(demo) = &chrome.demo {
            texts.push(demo);
        }
        texts.push(&chrome.filter);
        for banner in &chrome.banners {
            texts.push(&banner.text);
            if let Some(next) = &banner.next {
                texts.push(next);
            }
        }
        for panel in &self.panels {
            texts.panel(panel);
        }
        texts.line(&chrome.why);
        texts.push(&chrome.footer);
        texts.0
    }

    /// The screen as plain text, one line a row, for golden files.
    pub fn to_plain(&self) -> String {
        let mut out = String::new();
        let mut line = |text: String| {
            out.push_str(text.trim_end());
            out.push('\n');
        };
        let chrome = &self.chrome;
        line(format!(
            "{}  {} {}  {} {}  {}",
            chrome.product,
            chrome.quarter.0,
            chrome.quarter.1,
            chrome.as_of.0,
            chrome.as_of.1,
            chrome.demo.as_deref().unwrap_or("")
        ));
        line(plain_line(&chrome.headline));
        for panel in &self.panels {
            line(format!(
                "== {} {} {} | {}",
                panel.id,
                panel.title,
                panel.subtitle,
                plain_line(&panel.aside)
            ));
            match &panel.body {
                Body::Table(table) => plain_table(table, &mut line),
                other => {
                    let mut texts = Texts::default();
                    texts.body(other);
                    for text in texts.0 {
                        line(format!("   {text}"));
                    }
                }
            }
            for action in &panel.actions {
                line(format!("   [{}]", action.label));
            }
        }
        line(plain_line(&chrome.why));
        let keys: Vec<String> = chrome
            .keys
            .iter()
            .map(|k| format!("{} {}", k.key, k.label))
            .collect();
        line(keys.join("  "));
        line(chrome.footer.clone());
        out
    }
}

fn plain_line(line: &Line) -> String {
    line.iter()
        .map(|span| match span.sign {
            Some(status) => format!("{} {}", crate::palette::look(status).sign, span.text),
            None => span.text.clone(),
        })
        .collect()
}

fn plain_table(table: &Table, line: &mut impl FnMut(String)) {
    let heads: Vec<String> = table
        .columns
        .iter()
        .map(|c| match &c.unit {
            Some(unit) => format!("{} ({unit})", c.title),
            None => c.title.clone(),
        })
        .collect();
    line(format!("   {}", heads.join(" | ")));
    for (at, row) in table.rows.iter().enumerate() {
        let cells: Vec<String> = row
            .cells
            .iter()
            .map(|cell| match (&cell.drawing, &cell.edit) {
                (_, Some(edit)) => format!("[{}]", edit.text),
                (Some(Drawing::Tiles(tiles)), _) => tiles
                    .iter()
                    .map(|(status, _)| crate::palette::look(*status).sign)
                    .collect(),
                (Some(Drawing::Hatched), _) => "////".to_owned(),
                (Some(Drawing::Bullet { percent, .. }), _) => format!("{percent:.0}>"),
                _ => plain_line(&cell.spans),
            })
            .collect();
        let mark = if table.selected == Some(at) { ">" } else { " " };
        line(format!(" {mark} {}", cells.join(" | ")));
        if row.rule_after {
            line("   --".to_owned());
        }
    }
    if table.rows.is_empty()
        && let Some(empty) = &table.empty
    {
        line(format!("   {empty}"));
    }
}
