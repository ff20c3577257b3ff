//! "Did you mean": the valid word nearest to one that was typed.

/// The remedy for a mistyped word: the nearest valid one, when there is one near enough to be meant.
pub fn did_you_mean<'a>(typed: &str, valid: impl IntoIterator<Item = &'a str>) -> Option<String> {
    valid
        .into_iter()
        .map(|word| (distance(typed, word), word))
        .filter(|(distance, word)| *distance <= 1 + word.chars().count() / 4)
        .min()
        .map(|(_, word)| format!("did you mean `{word}`?"))
}

/// The Levenshtein distance: insertions, deletions and replacements of one character. The typed word is cut, because
/// the work grows with both lengths.
fn distance(typed: &str, word: &str) -> usize {
    let word: Vec<char> = word.chars().collect();
    let mut row: Vec<usize> = (0..=word.len()).collect();
    for (i, a) in typed.chars().take(64).enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, b) in row.iter_mut().skip(1).zip(&word) {
            let best = (diagonal + usize::from(a != *b)).min(left + 1).min(*cell + 1);
            diagonal = std::mem::replace(cell, best);
            left = best;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

/// Words in a sentence: `a`, `b` and `c` as "`a`, `b`, `c`"; "none" of none.
pub(crate) fn list<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

/// Text from a file in a message: short, in backticks, control characters escaped so that it cannot play with a terminal.
pub(crate) fn quoted(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .take(80)
        .flat_map(|c| if c.is_control() { c.escape_default().collect::<Vec<_>>() } else { vec![c] })
        .collect();
    if text.chars().nth(80).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    // Without it a typing slip would be answered by a list only, or nonsense by a guess.
    #[test]
    fn a_slip_is_understood_and_nonsense_is_not() {
        let backends = ["go-native", "go-boringcrypto", "none"];
        assert_eq!(
            did_you_mean("go-natvie", backends).as_deref(),
            Some("did you mean `go-native`?")
        );
        assert_eq!(
            did_you_mean("go_boringcrypto", backends).as_deref(),
            Some("did you mean `go-boringcrypto`?")
        );
        assert_eq!(did_you_mean("rust-aws-lc-fips", backends), None);
        assert_eq!(did_you_mean("", backends), None);
    }

    #[test]
    fn the_distance_counts_single_changes() {
        for (a, b, expected) in
            [("", "", 0), ("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("ab", "ba", 2)]
        {
            assert_eq!(distance(a, b), expected, "{a} {b}");
        }
    }

    #[test]
    fn quoted_text_cannot_reach_the_terminal() {
        assert_eq!(quoted("a\u{1b}[31mb"), "`a\\u{1b}[31mb`");
        assert_eq!(quoted(&"x".repeat(100)), format!("`{}…`", "x".repeat(80)));
    }
}
