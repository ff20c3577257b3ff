//! Order of versions, and the newest one that can really be had.

use super::{Desk, GoCommand, WrapError, go::read_json, probe::probe, replaces::commit_of};
use serde::Deserialize;
use std::cmp::Ordering;
use vocab::{ComponentName, Version};

/// A version to move to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newest {
    /// The newest version that can be had; none when there is nothing newer.
    pub version: Option<String>,
    /// Newer versions that cannot, each with the answer.
    pub refused: Vec<String>,
}

/// Looks for the newest stable version of all `modules` above `current`. A list is only a list: each candidate is downloaded,
/// from the newest down, until one is there.
pub fn newest(
    name: &ComponentName,
    modules: &[String],
    current: &Version,
    go: &GoCommand<'_>,
) -> Result<Newest, WrapError> {
    let desk = Desk::new(go.workspace(), name)?;
    let found = look(&desk, modules, current, go);
    desk.close()?;
    found
}

/// What `go list -m -versions -json` prints.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listed {
    #[serde(default)]
    versions: Vec<String>,
}

fn look(
    desk: &Desk,
    modules: &[String],
    current: &Version,
    go: &GoCommand<'_>,
) -> Result<Newest, WrapError> {
    let folder = desk.empty_module()?;
    let Some(main) = modules.first() else { return Ok(Newest { version: None, refused: vec![] }) };
    // Of a module that never had a usable tag, only the proxy knows which commit is the newest.
    if commit_of(current.as_str()).is_some() {
        let latest = probe(go, &folder, &format!("{main}@latest"))??.version;
        let newer = compare(&latest, current.as_str()) == Ordering::Greater;
        return Ok(Newest { version: newer.then_some(latest), refused: vec![] });
    }
    let list = go.network(&folder, ["list", "-m", "-versions", "-json", main])?;
    let outcome = list.run()?;
    if !outcome.status.success() {
        let error = list.refused(&format!("the list of versions of {main}"), main, outcome);
        return Err(WrapError::NoList { module: main.clone(), error: error.to_string() });
    }
    let listed: Listed = read_json(&outcome.stdout, main)?;
    let mut newer: Vec<String> = listed
        .versions
        .into_iter()
        .filter(|version| !version.contains('-'))
        .filter(|version| compare(version, current.as_str()) == Ordering::Greater)
        .collect();
    newer.sort_by(|one, two| compare(two, one));
    let mut refused = Vec::new();
    for version in newer {
        match all_there(modules, &version, go, &folder)? {
            None => return Ok(Newest { version: Some(version), refused }),
            Some(why) => refused.push(why),
        }
    }
    Ok(Newest { version: None, refused })
}

/// The first answer that is no; nothing when every module is there.
fn all_there(
    modules: &[String],
    version: &str,
    go: &GoCommand<'_>,
    folder: &camino::Utf8Path,
) -> Result<Option<String>, WrapError> {
    for module in modules {
        if let Err(error) = probe(go, folder, &format!("{module}@{version}"))? {
            return Ok(Some(error.to_string()));
        }
    }
    Ok(None)
}

/// Precedence of Semantic Versioning 2.0.0, clause 11. What stands behind `+` does not count.
pub fn compare(one: &str, two: &str) -> Ordering {
    let split = |text: &str| {
        let text = text.trim_start_matches('v').split('+').next().unwrap_or_default().to_owned();
        match text.split_once('-') {
            Some((core, rest)) => (numbers(core), Some(rest.to_owned())),
            None => (numbers(&text), None),
        }
    };
    let ((core_one, pre_one), (core_two, pre_two)) = (split(one), split(two));
    core_one.cmp(&core_two).then_with(|| match (pre_one, pre_two) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        (Some(one), Some(two)) => identifiers(&one, &two),
    })
}

fn numbers(core: &str) -> Vec<u64> {
    core.split('.').map(|part| part.parse().unwrap_or(0)).collect()
}

/// Clause 11.4: numbers by value and below words, words by their bytes, and a longer list above its own beginning.
fn identifiers(one: &str, two: &str) -> Ordering {
    let key = |part: &str| match part.parse::<u64>() {
        Ok(number) => (0, number, String::new()),
        Err(_) => (1, 0, part.to_owned()),
    };
    one.split('.').map(key).cmp(two.split('.').map(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_as_semantic_versioning_says() {
        let ordered = [
            "v0.0.0-20240708192948-52c50467d67d",
            "v0.0.0-20250708192948-12c50467d67d",
            "v1.0.0-alpha",
            "v1.0.0-alpha.1",
            "v1.0.0-alpha.beta",
            "v1.0.0-rc.2",
            "v1.0.0-rc.11",
            "v1.0.0",
            "v1.2.9",
            "v1.2.10",
            "v28.5.2+incompatible",
        ];
        for pair in ordered.windows(2) {
            assert_eq!(compare(pair[0], pair[1]), Ordering::Less, "{pair:?}");
            assert_eq!(compare(pair[1], pair[0]), Ordering::Greater, "{pair:?}");
        }
        assert_eq!(compare("v1.0.0+a", "v1.0.0"), Ordering::Equal);
    }
}
