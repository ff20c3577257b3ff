//! Text from binaries and servers, made safe for a terminal.

/// Replaces control characters and direction overrides, which could rewrite a terminal's line or hide a name, by their
/// code points.
pub fn escape(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            if is_hidden(c) { c.escape_unicode().to_string() } else { c.to_string() }
                .chars()
                .collect::<Vec<_>>()
        })
        .collect()
}

/// Control characters, the two characters that XML cannot hold, and the bidirectional formatting characters of UAX #9.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_clear_the_screen_or_turn_around() {
        assert_eq!(escape("a\u{1b}[2Jb\u{202e}c\n"), "a\\u{1b}[2Jb\\u{202e}c\\u{a}");
        assert_eq!(escape("crypto/tls.(*Conn).Write·1"), "crypto/tls.(*Conn).Write·1");
    }
}
