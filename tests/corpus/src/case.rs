//! The cases, as the files beside the sources state them.

use crate::flags::Corpus;
use anyhow::{Context as _, bail};
use camino::Utf8Path;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::Deref;
use toml::{Table, Value};
use vocab::Verdict;

/// A program (or package) and what must be said of it.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    /// The file it stands in: `go`, `native`, `packages`.
    pub(crate) group: String,
    /// How it is made.
    pub(crate) make: Make,
    /// What must be said of it.
    pub(crate) expected: Expected,
}

/// What every case states, however it is made.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expected {
    /// Its name.
    pub(crate) id: String,
    /// Changes to the finished file, in order.
    #[serde(default)]
    pub(crate) after: Vec<crate::change::Change>,
    /// The verdict of the one file, or the worst one of several.
    pub(crate) verdict: Verdict,
    /// Finding codes that must be among the findings.
    #[serde(default)]
    pub(crate) codes: Vec<String>,
    /// Verdicts of files inside, by the end of their path.
    #[serde(default)]
    pub(crate) members: BTreeMap<String, Verdict>,
    /// Why, where it is not plain.
    #[serde(default)]
    pub(crate) why: String,
}

impl Deref for Case {
    type Target = Expected;
    fn deref(&self) -> &Expected {
        &self.expected
    }
}

/// How a case is made.
#[derive(Debug, Clone)]
pub(crate) enum Make {
    /// By the Go command.
    Go(crate::golang::Go),
    /// By a compiler.
    Native(crate::native::Native),
    /// By nobody: a registry serves it.
    Served(crate::served::Served),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Table>,
}

/// The keys of [`Expected`]; all others say how the case is made.
const EXPECTED: &[&str] = &["id", "after", "verdict", "codes", "members", "why"];

impl Case {
    fn read(group: &str, table: Table) -> anyhow::Result<Self> {
        let (expected, make): (Table, Table) =
            table.into_iter().partition(|(key, _)| EXPECTED.contains(&key.as_str()));
        let what =
            format!("the case {}", expected.get("id").map_or(String::new(), Value::to_string));
        let make = match () {
            () if make.contains_key("go") => make.try_into().map(Make::Go),
            () if make.contains_key("language") => make.try_into().map(Make::Native),
            () => make.try_into().map(Make::Served),
        };
        let expected = expected.try_into().with_context(|| what.clone())?;
        Ok(Self { group: group.to_owned(), make: make.context(what)?, expected })
    }
}

/// The cases that the command line asks for.
pub(crate) fn load(sources: &Utf8Path, flags: &Corpus) -> anyhow::Result<Vec<Case>> {
    let mut cases = Vec::new();
    let mut files: Vec<_> = sources.read_dir_utf8()?.collect::<Result<_, _>>()?;
    files.sort_by(|a, b| a.file_name().cmp(b.file_name()));
    for file in files {
        let name = file.file_name().to_owned();
        let Some(group) = name.strip_prefix("cases-").and_then(|n| n.strip_suffix(".toml")) else {
            continue;
        };
        let text = files::read_text(file.path(), 4 << 20)?;
        let read: File = toml::from_str(&text).with_context(|| format!("cannot read `{name}`"))?;
        for table in read.case {
            cases.push(Case::read(group, table).with_context(|| format!("cannot read `{name}`"))?);
        }
    }
    cases.sort_by(|a, b| (&a.group, &a.id).cmp(&(&b.group, &b.id)));
    if let Some(twice) = cases.windows(2).find(|pair| matches!(pair, [a, b] if a.id == b.id)) {
        bail!("two cases are called `{}`", twice.first().map_or("", |case| &case.id));
    }
    let wanted = |case: &Case| {
        (flags.only.is_empty() || flags.only.iter().any(|o| *o == case.id || *o == case.group))
            && (!flags.quick || case.make.is_quick())
    };
    Ok(cases.into_iter().filter(wanted).collect())
}

impl Make {
    /// Whether the pinned toolchains are enough.
    fn is_quick(&self) -> bool {
        match self {
            Self::Go(go) => go.is_quick(),
            Self::Native(native) => native.needs.is_empty() && native.crates.is_empty(),
            Self::Served(_) => false,
        }
    }
}
