//! The labels of a release or a scan as a table.

use crate::{escape, style, table};
use vocab::Label;

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The component or file.
    pub name: String,
    /// The version it ships under.
    pub version: String,
    /// Operating system and architecture.
    pub target: String,
    /// Its label.
    pub label: Label,
    /// The verdict's word.
    pub verdict: String,
    /// Module and certificate, or why there is none.
    pub module: String,
}

/// A label's word in its colour.
pub fn word(label: Label) -> String {
    style::label(label, 0)
}

/// The table, header first.
pub fn labels(lines: &[Line]) -> String {
    let header =
        ["NAME", "VERSION", "TARGET", "LABEL", "VERDICT", "MODULE"].map(str::to_owned).to_vec();
    let rows: Vec<Vec<String>> = std::iter::once(header).chain(lines.iter().map(cells)).collect();
    table::table(&rows, |row, column, cell| {
        match row.checked_sub(1).and_then(|index| lines.get(index)) {
            Some(line) if column == 3 => style::label(line.label, cell.len()),
            _ => cell.to_owned(),
        }
    })
}

fn cells(line: &Line) -> Vec<String> {
    let text = [&line.name, &line.version, &line.target].map(|cell| escape(cell));
    let [name, version, target] = text;
    vec![name, version, target, line.label.to_string(), line.verdict.clone(), escape(&line.module)]
}
