//! Collects the problems of one file and knows where in its text each stands.

use crate::nearest::quoted;
use crate::{Place, Problem};
use std::collections::BTreeSet;
use std::ops::Range;

/// How many problems of one file are told. A file of garbage would otherwise bury the others.
const MOST: usize = 50;

/// The problems of one file.
#[derive(Debug)]
pub(crate) struct Sink<'t> {
    file: String,
    text: &'t str,
    problems: Vec<Problem>,
    untold: usize,
    pruned: bool,
}

impl<'t> Sink<'t> {
    pub(crate) fn new(file: &str, text: &'t str) -> Self {
        Self { file: file.to_owned(), text, problems: Vec::new(), untold: 0, pruned: false }
    }

    /// A problem at a range of bytes of the text.
    pub(crate) fn push(
        &mut self,
        span: &Range<usize>,
        message: impl Into<String>,
        hint: Option<String>,
    ) {
        if self.problems.len() == MOST {
            self.untold += 1;
            return;
        }
        let (line, column) = position(self.text, span.start);
        self.problems.push(Problem {
            file: self.file.clone(),
            line,
            column,
            message: message.into(),
            hint,
        });
    }

    /// Notes that what was read lacks the parts that problems were found in.
    pub(crate) fn prune(&mut self) {
        self.pruned = !self.problems.is_empty();
    }

    /// A problem that something is not there. Nothing is said when parts of the file were removed: the thing may have been
    /// among them, and the complaint would send people to the wrong place.
    pub(crate) fn push_missing(
        &mut self,
        span: &Range<usize>,
        message: impl Into<String>,
        hint: Option<String>,
    ) {
        if !self.pruned {
            self.push(span, message, hint);
        }
    }

    /// A place of the text, for what is judged when the file is closed.
    pub(crate) fn place(&self, span: &Range<usize>) -> Place {
        let (line, column) = position(self.text, span.start);
        Place { file: self.file.clone(), line, column }
    }

    /// Whether the file was read whole.
    pub(crate) fn whole(&self) -> bool {
        !self.pruned
    }

    pub(crate) fn finish(mut self) -> Vec<Problem> {
        if self.untold > 0 {
            let message = format!("{} more problems in this file are not listed", self.untold);
            // At the last line, so that it sorts behind the listed ones and still names a place to look at.
            let line = self.text.lines().count().max(1);
            self.problems.push(Problem { line, ..Problem::of_file(&self.file, message, None) });
        }
        self.problems
    }
}

/// Line and column, both from 1, the column in characters.
fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
    (before.matches('\n').count() + 1, column)
}

/// A problem for each value that stands twice.
pub(crate) fn unique<'a>(
    values: impl Iterator<Item = (&'a str, &'a Range<usize>)>,
    what: &str,
    sink: &mut Sink,
) {
    let mut seen = BTreeSet::new();
    for (value, span) in values {
        if !seen.insert(value) {
            sink.push(
                span,
                format!("the {what} {} is named twice", quoted(value)),
                Some("remove one of them".to_owned()),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_an_offset_past_the_end_is_the_end() {
        assert_eq!(position("a\nböse x", 8), (2, 6));
        assert_eq!(position("", 0), (1, 1));
        assert_eq!(position("ab", 99), (1, 3));
    }
}
