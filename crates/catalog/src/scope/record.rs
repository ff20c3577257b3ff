//! The record of clusters: whether each was made as a FIPS cluster. A file in version control beside the scopes, so that a
//! setting that was changed later is seen against what the cluster was made with.

use super::{FipsSetting, Place, ScopeKind, Scopes};
use crate::raw::{At, RawFile, Sink, unique};
use crate::{Problem, Problems};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use vocab::ScopeName;

/// The record's place in `manifests/`.
pub const RECORD_FILE: &str = "clusters.toml";

/// What is recorded of a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recorded {
    /// The setting it was made with.
    pub fips: FipsSetting,
    /// Where that is written.
    #[serde(skip)]
    pub place: Place,
}

/// How each cluster was made; `cargo xtask scopes record` writes it (manifests/clusters.toml).
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(title = "fipsmith record of clusters")]
pub(crate) struct RawRecord {
    /// The clusters that exist.
    #[serde(default)]
    clusters: Vec<RawRecorded>,
}

/// A cluster that exists.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct RawRecorded {
    /// Its name: a scope of the kind `cluster`.
    name: At<ScopeName>,
    /// Whether it was made as a FIPS cluster. It cannot be changed afterwards.
    fips: At<FipsSetting>,
}

impl RawFile for RawRecord {
    const SCHEMA: &'static str = "clusters";
}

impl RawRecord {
    pub(crate) fn check(&self, sink: &mut Sink) -> BTreeMap<ScopeName, Recorded> {
        let names = self.clusters.iter().map(|one| (one.name.value.as_str(), &one.name.span));
        unique(names, "cluster", sink);
        self.clusters
            .iter()
            .map(|one| {
                let recorded = Recorded { fips: one.fips.value, place: sink.place(&one.fips.span) };
                (one.name.value.clone(), recorded)
            })
            .collect()
    }
}

impl Scopes {
    /// What the settings of today say against the record: a cluster whose mode was changed, one that is gone, one that nobody
    /// recorded.
    pub fn against_record(&self) -> Vec<Problem> {
        let changed = self.changed();
        let gone = self.recorded.iter().filter(|(name, _)| !self.is_cluster(name)).map(|(name, old)| {
            let message = format!("the cluster `{name}` is recorded, and no scope describes it");
            let hint = format!("restore manifests/scopes/{name}.toml; when the cluster was taken down: cargo xtask scopes record --removed {name}");
            old.place.problem(message, Some(hint))
        });
        let new = self.clusters().filter(|scope| !self.recorded.contains_key(&scope.name)).map(|scope| {
            let message = format!("the cluster `{}` is not recorded, so a change of its FIPS mode would not be seen", scope.name);
            scope.place.problem(message, Some("cargo xtask scopes record".to_owned()))
        });
        let mut problems: Vec<Problem> = changed.into_iter().chain(gone).chain(new).collect();
        problems.sort();
        problems
    }

    /// Clusters whose mode is another than the one that they were made with.
    fn changed(&self) -> Vec<Problem> {
        let change = |scope: &super::Scope| {
            let old = self.recorded.get(&scope.name)?;
            let (name, now) = (&scope.name, self.setting(scope));
            let message = match (old.fips, now) {
                (FipsSetting::Required, FipsSetting::NotRequired) => format!(
                    "the cluster `{name}` was made as a FIPS cluster ({}), and nothing requires FIPS of it any more: FIPS cannot be turned off on an existing cluster",
                    old.place
                ),
                (FipsSetting::NotRequired, FipsSetting::Required) => format!(
                    "the cluster `{name}` was not made as a FIPS cluster ({}), and {}: FIPS cannot be turned on for an existing cluster",
                    old.place,
                    self.requirement(scope).map_or(String::new(), |by| by.to_string())
                ),
                _ => return None,
            };
            let hint = match now {
                FipsSetting::NotRequired => format!(
                    "write `fips = \"required\"` for `{name}`, or make a new cluster of another name"
                ),
                FipsSetting::Required => {
                    "make a new cluster of another name, and move the workloads".to_owned()
                }
            };
            Some(scope.fips_place.problem(message, Some(hint)))
        };
        self.clusters().filter_map(change).collect()
    }

    /// The record with every cluster of today. Refused when one of them changed its mode, or one is gone that `removed` does not
    /// name.
    pub fn record(&self, removed: &[ScopeName]) -> Result<String, Problems> {
        let gone = |(name, old): (&ScopeName, &Recorded)| {
            (!self.is_cluster(name) && !removed.contains(name)).then(|| {
                let hint = format!(
                    "when the cluster was taken down: cargo xtask scopes record --removed {name}"
                );
                old.place.problem(
                    format!("the cluster `{name}` is recorded, and no scope describes it"),
                    Some(hint),
                )
            })
        };
        let not_gone =
            |name: &&ScopeName| self.is_cluster(name) || !self.recorded.contains_key(name);
        let wrong = removed.iter().filter(not_gone).map(|name| {
            let message = format!("`{name}` is not a recorded cluster without a scope");
            Problem::of_file(
                RECORD_FILE,
                message,
                Some("only what is gone can be removed".to_owned()),
            )
        });
        let problems =
            self.changed().into_iter().chain(self.recorded.iter().filter_map(gone)).chain(wrong);
        Problems::check(problems.collect())?;
        let mut text = "#:schema schemas/clusters.schema.json\n# How each cluster was made. `cargo xtask scopes record` writes this file; `fipsmith catalog --scopes` holds the scopes against it.\n".to_owned();
        for scope in self.clusters() {
            let _ = write!(
                text,
                "\n[[clusters]]\nname = \"{}\"\nfips = \"{}\"\n",
                scope.name,
                self.setting(scope)
            );
        }
        Ok(text)
    }

    /// The clusters, by name.
    pub fn clusters(&self) -> impl Iterator<Item = &super::Scope> {
        self.all.values().filter(|scope| scope.kind == ScopeKind::Cluster)
    }

    fn is_cluster(&self, name: &ScopeName) -> bool {
        self.all.get(name).is_some_and(|scope| scope.kind == ScopeKind::Cluster)
    }
}
