//! The go.mod of a wrapper before `go mod tidy`: what upstream's own go.mod says, said where it counts.

use super::{Request, Upstream, WrapError, replaces};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The parts of a go.mod that come from upstream.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Draft {
    name: String,
    go: String,
    godebug: BTreeMap<String, String>,
    require: Vec<(String, String)>,
    replace: replaces::Replaces,
    exclude: BTreeSet<(String, String)>,
}

impl Draft {
    /// Joins what the component's modules say.
    pub(super) fn of(
        request: &Request,
        upstream: &[Upstream],
        ask: replaces::Ask<'_>,
        notes: &mut Vec<String>,
    ) -> Result<Self, WrapError> {
        let lines = upstream.iter().map(|module| module.go_mod.go.as_str());
        // A go.mod without a go line means 1.16 (Go Modules Reference, "go directive").
        let go = lines
            .max_by_key(|line| numbers(line))
            .filter(|line| !line.is_empty())
            .unwrap_or("1.16");
        let pair =
            |line: &super::upstream::ModuleVersion| (line.path.clone(), line.version.clone());
        Ok(Self {
            name: request.name.to_string(),
            go: go.to_owned(),
            godebug: godebug(upstream)?,
            require: upstream.iter().map(|m| (m.path.clone(), m.version.clone())).collect(),
            replace: replaces::of(request, upstream, ask, notes)?,
            exclude: upstream.iter().flat_map(|m| m.go_mod.exclude.iter().map(pair)).collect(),
        })
    }

    /// The text. `tool` lines name the main packages, so that `go mod tidy` keeps what they need and nothing more.
    pub(super) fn text(&self, packages: &[&str]) -> String {
        let mut text = format!("module wrap/{}\n\ngo {}\n", self.name, self.go);
        let mut line = |line: std::fmt::Arguments<'_>| {
            let _ = text.write_fmt(line);
        };
        for (key, value) in &self.godebug {
            line(format_args!("\ngodebug {key}={value}\n"));
        }
        let sorted: BTreeSet<&str> = packages.iter().copied().collect();
        if !sorted.is_empty() {
            let tools: String = sorted.iter().flat_map(|package| ["\t", package, "\n"]).collect();
            line(format_args!("\ntool (\n{tools})\n"));
        }
        for (path, version) in &self.require {
            line(format_args!("\nrequire {path} {version}\n"));
        }
        for ((path, left), (to, version)) in &self.replace {
            let left = if left.is_empty() { String::new() } else { format!(" {left}") };
            line(format_args!("\nreplace {path}{left} => {to} {version}\n"));
        }
        for (path, version) in &self.exclude {
            line(format_args!("\nexclude {path} {version}\n"));
        }
        text
    }
}

/// `godebug` lines count in the main module only, so a wrapper must repeat them.
fn godebug(upstream: &[Upstream]) -> Result<BTreeMap<String, String>, WrapError> {
    let mut all = BTreeMap::new();
    for line in upstream.iter().flat_map(|module| &module.go_mod.godebug) {
        if let Some(other) = all.insert(line.key.clone(), line.value.clone())
            && other != line.value
        {
            return Err(WrapError::GodebugDiffers {
                key: line.key.clone(),
                one: other,
                two: line.value.clone(),
            });
        }
    }
    Ok(all)
}

/// `1.26.0` as numbers, for comparing.
fn numbers(go: &str) -> Vec<u32> {
    go.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect()
}
