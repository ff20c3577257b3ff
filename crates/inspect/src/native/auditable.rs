//! The section `.dep-v0` that `cargo auditable` writes: JSON compressed with zlib (cargo-auditable, PARSING.md).

use crate::Limits;
use crate::facts::AuditablePackage;
use crate::problems::Problems;
use serde::Deserialize;
use std::io::Read;

#[derive(Deserialize)]
struct Document {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    #[serde(default)]
    kind: Kind,
}

#[derive(Deserialize, Default, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Kind {
    #[default]
    Runtime,
    Build,
    /// A kind that a later format brings counts as linked.
    #[serde(other)]
    Other,
}

/// The crates that are linked; build scripts and their dependencies are not.
pub(super) fn read(
    section: &[u8],
    limits: &Limits,
    problems: &mut Problems,
) -> Option<Vec<AuditablePackage>> {
    let mut json = Vec::new();
    let most = u64::try_from(limits.auditable).unwrap_or(u64::MAX);
    let unpacked =
        flate2::read::ZlibDecoder::new(section).take(most.saturating_add(1)).read_to_end(&mut json);
    if let Err(error) = unpacked {
        problems.note("cargo-auditable record", format!("cannot be unpacked: {error}"));
        return None;
    }
    if json.len() > limits.auditable {
        problems.note(
            "cargo-auditable record",
            format!("unpacks to more than {} bytes", limits.auditable),
        );
        return None;
    }
    match serde_json::from_slice::<Document>(&json) {
        Ok(document) => Some(
            document
                .packages
                .into_iter()
                .filter(|package| package.kind != Kind::Build)
                .map(|package| AuditablePackage { name: package.name, version: package.version })
                .collect(),
        ),
        Err(error) => {
            problems
                .note("cargo-auditable record", format!("is not the JSON it should be: {error}"));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use std::io::Write;

    fn pack(json: &str) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(json.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    fn read(section: &[u8], most: usize) -> (Option<Vec<AuditablePackage>>, usize) {
        let limits = Limits { auditable: most, ..Limits::default() };
        let mut problems = Problems::default();
        let packages = super::read(section, &limits, &mut problems);
        (packages, problems.into_list().len())
    }

    #[test]
    fn crates_of_build_scripts_are_not_linked() {
        let json = r#"{"packages":[{"name":"ring","version":"0.17.14","source":"crates.io"},
            {"name":"cc","version":"1.0.0","source":"crates.io","kind":"build"},
            {"name":"new","version":"1.0.0","source":"crates.io","kind":"later"}],"format":1}"#;
        let (packages, problems) = read(&pack(json), 1 << 20);
        let names: Vec<_> = packages.unwrap().into_iter().map(|package| package.name).collect();
        assert_eq!((names, problems), (vec!["ring".to_owned(), "new".to_owned()], 0));
    }

    #[test]
    fn what_is_no_record_is_a_problem_and_no_list() {
        assert_eq!(read(b"not zlib", 1 << 20), (None, 1));
        assert_eq!(read(&pack("{}"), 1 << 20), (None, 1));
        assert_eq!(read(&pack(&" ".repeat(100_000)), 1000), (None, 1), "a bomb");
    }
}
