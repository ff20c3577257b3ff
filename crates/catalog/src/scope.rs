//! Scopes: where FIPS is required (tenant, project, cluster), as Palette VerteX has them, and which clusters stand there.

mod against;
mod raw;
mod record;
mod structure;
mod words;

pub(crate) use raw::RawScope;
pub(crate) use record::RawRecord;
pub use record::{RECORD_FILE, Recorded};
pub(crate) use structure::load;
pub use words::{Feature, FipsSetting, Permission, ScopeKind};

use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use vocab::{ProfileName, ScopeName};

/// Every scope, consistent with each other, and what is recorded of the clusters. Made by [`crate::Catalog::load`] only.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scopes {
    /// By name.
    pub all: BTreeMap<ScopeName, Scope>,
    /// What the record says, by name.
    pub recorded: BTreeMap<ScopeName, Recorded>,
}

/// A tenant, a project or a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Scope {
    /// Its name; also the name of its file.
    pub name: ScopeName,
    /// What it is.
    pub kind: ScopeKind,
    /// What it is for, in one line.
    pub summary: String,
    /// The scope it lies in; none for a tenant.
    pub parent: Option<ScopeName>,
    /// Its own setting; without one it takes its parent's.
    pub fips: Option<FipsSetting>,
    /// What its users may do that is not FIPS; a tenant's setting.
    pub allow: BTreeSet<Permission>,
    /// What is deployed, for a cluster.
    pub cluster: Option<Cluster>,
    /// Where it stands.
    #[serde(skip)]
    pub place: Place,
    /// Where its own setting stands.
    #[serde(skip)]
    pub fips_place: Place,
}

/// What a cluster consists of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cluster {
    /// The profile it was made from; none for an imported cluster, of which nothing is known.
    pub profile: Option<ProfileName>,
    /// What it uses of the platform that is not FIPS.
    pub features: Vec<Feature>,
    /// Where it is said what is deployed.
    #[serde(skip)]
    pub place: Place,
}

/// A place in a file of `manifests/`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// The file, as it was named to the reader.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// That FIPS is required of a scope, and by which setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Requirement<'a> {
    /// The outermost scope that requires it.
    pub by: &'a Scope,
}

impl fmt::Display for Requirement<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Scope { kind, name, fips_place, .. } = self.by;
        write!(f, "the {kind} `{name}` requires FIPS ({fips_place}: fips = \"required\")")
    }
}

impl Scopes {
    /// The scope and all it lies in, outermost first.
    fn line<'a>(&'a self, scope: &'a Scope) -> Vec<&'a Scope> {
        let up = |scope: &&'a Scope| scope.parent.as_ref().and_then(|name| self.all.get(name));
        let mut line: Vec<&Scope> = std::iter::successors(Some(scope), up).take(3).collect();
        line.reverse();
        line
    }

    /// What requires FIPS of a scope, itself included; nothing where it is not required. A setting holds for all that lies below.
    pub fn requirement<'a>(&'a self, scope: &'a Scope) -> Option<Requirement<'a>> {
        let required = |scope: &&Scope| scope.fips == Some(FipsSetting::Required);
        self.line(scope).into_iter().find(required).map(|by| Requirement { by })
    }

    /// The setting that holds for a scope.
    pub fn setting(&self, scope: &Scope) -> FipsSetting {
        match self.requirement(scope) {
            Some(_) => FipsSetting::Required,
            None => FipsSetting::NotRequired,
        }
    }

    /// The tenant of a scope.
    pub fn tenant<'a>(&'a self, scope: &'a Scope) -> &'a Scope {
        self.line(scope).first().copied().unwrap_or(scope)
    }

    /// Every scope below what it lies in: a tenant, its clusters, its projects, each with its clusters. With its depth.
    pub fn tree(&self) -> Vec<(usize, &Scope)> {
        let mut tree = Vec::new();
        self.below(None, 0, &mut tree);
        tree
    }

    fn below<'a>(
        &'a self,
        parent: Option<&ScopeName>,
        depth: usize,
        tree: &mut Vec<(usize, &'a Scope)>,
    ) {
        // Parents are tenants and projects, which have parents of a greater kind: it ends.
        for scope in self.all.values().filter(|scope| scope.parent.as_ref() == parent) {
            tree.push((depth, scope));
            if scope.kind != ScopeKind::Cluster {
                self.below(Some(&scope.name), depth + 1, tree);
            }
        }
    }
}
