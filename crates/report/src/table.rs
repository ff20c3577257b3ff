//! Plain text tables: columns as wide as their widest cell, two spaces between them.

/// Lays out rows of cells. `styled` may decorate a padded cell; it gets the column and the padded text.
pub fn table(rows: &[Vec<String>], styled: impl Fn(usize, usize, &str) -> String) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for (line, row) in rows.iter().enumerate() {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
            let last = column + 1 == row.len();
            let padded = if last { cell.clone() } else { format!("{cell:width$}") };
            styled(line, column, &padded)
        });
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn columns_line_up_and_lines_have_no_tail() {
        let rows = [vec!["a".to_owned(), "bb".to_owned()], vec!["ccc".to_owned(), String::new()]];
        assert_eq!(super::table(&rows, |_, _, cell| cell.to_owned()), "a    bb\nccc\n");
    }
}
