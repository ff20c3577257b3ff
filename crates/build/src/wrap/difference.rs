//! What two wrappers of one component link: what an update brings in, moves and drops.

use super::{Desk, GoCommand, Request, WrapError, go::lines_of};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use vocab::Arch;

/// What the programs of a wrapper link, over all architectures.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Side {
    modules: BTreeMap<String, String>,
    packages: BTreeSet<String>,
}

/// A linked module whose version is another one, or that came or went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Moved {
    /// The module path.
    pub path: String,
    /// The version before; none when it is new.
    pub from: Option<String>,
    /// The version now; none when it is gone.
    pub to: Option<String>,
}

/// What differs between two sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// Modules, by path.
    pub modules: Vec<Moved>,
    /// Packages that are linked now and were not.
    pub packages_added: Vec<String>,
    /// Packages that were linked and are not now.
    pub packages_removed: Vec<String>,
    /// Packages that stay linked and whose module has another version, each with the module's path.
    pub packages_moved: Vec<String>,
}

impl Side {
    /// Lists what a wrapper's `tool` packages link. The wrapper's text is used as it is, and never changed.
    pub fn of(
        go_mod: &str,
        go_sum: &str,
        request: &Request,
        go: &GoCommand<'_>,
    ) -> Result<Self, WrapError> {
        const FIELDS: &str = "{{.ImportPath}}\t{{with .Module}}{{.Path}}\t{{with .Replace}}{{.Version}}{{else}}{{.Version}}{{end}}{{end}}";
        let desk = Desk::new(go.workspace(), &request.name)?;
        let go = go.trusting(&request.trust_first_use);
        for (name, text) in [("go.mod", go_mod), ("go.sum", go_sum)] {
            files::write(&desk.folder.join(name), text.as_bytes(), files::Mode::Plain)?;
        }
        let tags = format!("-tags={}", request.tags.join(","));
        let what = format!("listing what {} links", request.name);
        let mut side = Self::default();
        for arch in [Arch::Amd64, Arch::Arm64] {
            let list = ["list", "-mod=readonly", "-deps", tags.as_str(), "-f", FIELDS, "tool"];
            let outcome = go
                .network(&desk.folder, list)?
                .with("GOARCH", arch.as_str())
                .with("CGO_ENABLED", if request.cgo { "1" } else { "0" })
                .check_as(&what, request.name.as_str())?;
            for line in lines_of(&outcome.stdout) {
                side.take(&line);
            }
        }
        desk.close()?;
        Ok(side)
    }

    fn take(&mut self, line: &str) {
        let mut fields = line.split('\t');
        if let Some(package) = fields.next() {
            self.packages.insert(package.to_owned());
        }
        if let (Some(module), Some(version)) = (fields.next(), fields.next()) {
            self.modules.insert(module.to_owned(), version.to_owned());
        }
    }

    /// The module a package lies in: the longest path before it.
    fn module_of(&self, package: &str) -> Option<(&String, &String)> {
        let holds = |path: &str| {
            package.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.modules.iter().filter(|(path, _)| holds(path)).max_by_key(|(path, _)| path.len())
    }

    /// What changes from this side to another.
    pub fn to(&self, other: &Self) -> Difference {
        let paths: BTreeSet<&String> = self.modules.keys().chain(other.modules.keys()).collect();
        let moved = |path: &String| Moved {
            path: path.clone(),
            from: self.modules.get(path).cloned(),
            to: other.modules.get(path).cloned(),
        };
        let missing_in = |from: &BTreeSet<String>, what: &BTreeSet<String>| {
            what.difference(from).cloned().collect::<Vec<_>>()
        };
        let stays_and_moves =
            |package: &&String| self.module_of(package) != other.module_of(package);
        Difference {
            modules: paths.into_iter().map(moved).filter(|moved| moved.from != moved.to).collect(),
            packages_added: missing_in(&self.packages, &other.packages),
            packages_removed: missing_in(&other.packages, &self.packages),
            packages_moved: self
                .packages
                .intersection(&other.packages)
                .filter(stays_and_moves)
                .cloned()
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side(lines: &[&str]) -> Side {
        let mut side = Side::default();
        for line in lines {
            side.take(line);
        }
        side
    }

    #[test]
    fn modules_and_packages_that_come_go_and_move_are_told_apart() {
        let old =
            side(&["e.org/a/x\te.org/a\tv1.0.0", "e.org/b\te.org/b\tv1.0.0", "crypto/sha1\t"]);
        let new = side(&[
            "e.org/a/x\te.org/a\tv1.1.0",
            "e.org/c\te.org/c\tv0.1.0",
            "crypto/sha1\t",
            "crypto/sha3\t",
        ]);
        let difference = old.to(&new);
        let moved: Vec<(&str, Option<&str>, Option<&str>)> = difference
            .modules
            .iter()
            .map(|m| (m.path.as_str(), m.from.as_deref(), m.to.as_deref()))
            .collect();
        assert_eq!(
            moved,
            [
                ("e.org/a", Some("v1.0.0"), Some("v1.1.0")),
                ("e.org/b", Some("v1.0.0"), None),
                ("e.org/c", None, Some("v0.1.0"))
            ]
        );
        assert_eq!(difference.packages_added, ["crypto/sha3", "e.org/c"]);
        assert_eq!(difference.packages_removed, ["e.org/b"]);
        assert_eq!(difference.packages_moved, ["e.org/a/x"]);
        assert_eq!(
            old.to(&old),
            Difference {
                modules: vec![],
                packages_added: vec![],
                packages_removed: vec![],
                packages_moved: vec![]
            }
        );
    }
}
