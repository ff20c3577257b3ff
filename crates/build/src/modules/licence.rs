//! Which licences a module's own texts are, by comparison with the SPDX licence list.

use camino::Utf8Path;
use spdx::detection::{Store, TextData, scan::Scanner};
use std::{
    collections::BTreeSet,
    io::{Cursor, Read as _},
    sync::LazyLock,
};

/// How alike a text must be. The detector's authors use 0.9 for whole texts.
const CONFIDENCE: f32 = 0.9;
/// A licence text is shorter than this; the longest on the SPDX list has 80 kB.
const TEXT_LIMIT: u64 = 256 << 10;

/// The SPDX list, as it comes with the detector. `None` would be a broken build of the detector, and then nothing is
/// recognised, which an SBOM says openly.
static LICENCES: LazyLock<Option<Store>> = LazyLock::new(|| Store::load_inline().ok());

/// SPDX identifiers of the licence texts at the top of a module zip, sorted. Texts that match nothing are left out.
pub(super) fn of_module(zip: &[u8], prefix: &str) -> Vec<String> {
    let Some(store) = LICENCES.as_ref() else { return vec![] };
    let scanner = Scanner::new(store).confidence_threshold(CONFIDENCE).optimize(true).max_passes(4);
    let mut found = BTreeSet::new();
    for text in texts(zip, prefix) {
        let result = scanner.scan(&TextData::new(&text));
        let whole = result.license.map(|licence| licence.name.to_owned());
        // A file that holds several licences, one after the other, matches none as a whole.
        match whole {
            Some(name) => _ = found.insert(name),
            None => {
                found
                    .extend(result.containing.into_iter().map(|part| part.license.name.to_owned()));
            }
        }
    }
    found.into_iter().collect()
}

/// The texts of files at the top of the module whose names promise a licence.
fn texts(zip: &[u8], prefix: &str) -> Vec<String> {
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(zip)) else { return vec![] };
    let names: Vec<String> = archive
        .file_names()
        .filter_map(|name| name.ok().map(|n| n.to_string()))
        .filter(|name| promises_licence(name, prefix))
        .collect();
    let mut texts = Vec::new();
    for name in names {
        let Ok(mut entry) = archive.by_name(&name) else { continue };
        let mut bytes = Vec::new();
        if entry.by_ref().take(TEXT_LIMIT).read_to_end(&mut bytes).is_ok() {
            texts.push(String::from_utf8_lossy(&bytes).into_owned());
        }
    }
    texts
}

fn promises_licence(name: &str, prefix: &str) -> bool {
    let Some(file) = name.strip_prefix(prefix) else { return false };
    let lower = file.to_ascii_lowercase();
    let named =
        ["license", "licence", "copying", "unlicense"].iter().any(|word| lower.starts_with(word));
    // `license.go` is a program's own business.
    named && !file.contains('/') && Utf8Path::new(&lower).extension() != Some("go")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_at_the_top_speak_for_the_module() {
        for (name, promises) in [
            ("m@v1/LICENSE", true),
            ("m@v1/License.md", true),
            ("m@v1/COPYING", true),
            ("m@v1/third_party/LICENSE", false),
            ("m@v1/license.go", false),
            ("other@v1/LICENSE", false),
        ] {
            assert_eq!(promises_licence(name, "m@v1/"), promises, "{name}");
        }
    }

    #[test]
    fn what_is_no_zip_has_no_licence() {
        assert_eq!(of_module(b"PK", "m@v1/"), Vec::<String>::new());
    }
}
