//! Debian's machine-readable copyright files (copyright-format 1.0): which licences a package names, as SPDX writes them.

use std::collections::BTreeSet;

/// Short names of the format ("License specification", "Short name") whose meaning is the one of an SPDX identifier.
const KNOWN: &[(&str, &str)] = &[
    ("Apache-2.0", "Apache-2.0"),
    ("Artistic-2.0", "Artistic-2.0"),
    ("BSD-2-clause", "BSD-2-Clause"),
    ("BSD-3-clause", "BSD-3-Clause"),
    ("BSD-4-clause", "BSD-4-Clause"),
    ("BSL-1", "BSL-1.0"),
    ("CC0-1.0", "CC0-1.0"),
    ("Expat", "MIT"),
    ("GFDL-1.3+", "GFDL-1.3-or-later"),
    ("GPL-1+", "GPL-1.0-or-later"),
    ("GPL-2", "GPL-2.0-only"),
    ("GPL-2+", "GPL-2.0-or-later"),
    ("GPL-3", "GPL-3.0-only"),
    ("GPL-3+", "GPL-3.0-or-later"),
    ("ISC", "ISC"),
    ("LGPL-2", "LGPL-2.0-only"),
    ("LGPL-2+", "LGPL-2.0-or-later"),
    ("LGPL-2.1", "LGPL-2.1-only"),
    ("LGPL-2.1+", "LGPL-2.1-or-later"),
    ("LGPL-3", "LGPL-3.0-only"),
    ("LGPL-3+", "LGPL-3.0-or-later"),
    ("MPL-2.0", "MPL-2.0"),
    ("Python-2.0", "Python-2.0"),
    ("Zlib", "Zlib"),
];

/// The licences of all files of a package, sorted. Nothing when one is named in a way that SPDX does not know: a list with a
/// gap would be read as the whole.
pub(super) fn licences(text: &str) -> Vec<String> {
    let mut paragraphs = text.split("\n\n");
    let is_format =
        |line: &str| line.starts_with("Format:") && line.contains("copyright-format/1.0");
    if !paragraphs.next().is_some_and(|first| first.lines().any(is_format)) {
        return vec![];
    }
    let mut found = BTreeSet::new();
    for paragraph in paragraphs.filter(|text| text.lines().any(|line| line.starts_with("Files:"))) {
        let line = paragraph.lines().find_map(|line| line.strip_prefix("License:"));
        match line.map(expression) {
            Some(Some(licence)) => _ = found.insert(licence),
            _ => return vec![],
        }
    }
    found.into_iter().collect()
}

/// `GPL-2+ or Expat` as `GPL-2.0-or-later OR MIT`. A comma is the format's bracket, and is left to people.
fn expression(text: &str) -> Option<String> {
    let word = |word: &str| match word {
        "or" => Some("OR"),
        "and" => Some("AND"),
        _ => KNOWN.iter().find_map(|(name, spdx)| (*name == word).then_some(*spdx)),
    };
    let words: Option<Vec<&str>> = text.split_whitespace().map(word).collect();
    let words = words.filter(|words| !words.is_empty())?;
    // With both, the order would matter.
    (!(words.contains(&"OR") && words.contains(&"AND"))).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str =
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nSource: x\n\n";

    #[test]
    fn licences_are_named_when_every_one_of_them_is_known() {
        let text = |second: &str| {
            format!("{HEAD}Files: *\nLicense: Expat\n Text.\n\nFiles: a/*\nLicense: {second}\n")
        };
        assert_eq!(licences(&text("GPL-2+ or ISC")), ["GPL-2.0-or-later OR ISC", "MIT"]);
        for other in ["curl", "GPL-2+ with OpenSSL exception", "ISC or Zlib and Expat", "a, b", ""]
        {
            assert!(licences(&text(other)).is_empty(), "{other}");
        }
        assert!(licences("This package was debianized by somebody.\n").is_empty());
        assert!(licences(&format!("{HEAD}License: Expat\n")).is_empty());
    }
}
