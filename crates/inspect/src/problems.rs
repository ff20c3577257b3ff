//! The sink for what could not be read.

use crate::facts::Problem;

/// More problems than this help nobody; the rest are counted.
const MOST: usize = 200;

/// Problems as they are found.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    list: Vec<Problem>,
    dropped: usize,
}

impl Problems {
    /// Notes that `what` could not be read (or not to its end), and why.
    pub(crate) fn note(&mut self, what: &'static str, why: impl Into<String>) {
        if self.list.len() < MOST {
            self.list.push(Problem { what, why: why.into() });
        } else {
            self.dropped += 1;
        }
    }

    /// Everything that was noted.
    pub(crate) fn into_list(mut self) -> Vec<Problem> {
        if self.dropped > 0 {
            self.list.push(Problem {
                what: "file",
                why: format!("{} more problems are not listed", self.dropped),
            });
        }
        self.list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_full_of_problems_gives_a_short_list_that_says_so() {
        let mut problems = Problems::default();
        for i in 0..MOST + 7 {
            problems.note("test", i.to_string());
        }
        let list = problems.into_list();
        assert_eq!(list.len(), MOST + 1);
        assert_eq!(list.last().unwrap().why, "7 more problems are not listed");
    }
}
