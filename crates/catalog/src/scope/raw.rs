//! `manifests/scopes/NAME.toml` as it was written, and what must hold within it.

use super::{Cluster, Feature, FipsSetting, Permission, Scope, ScopeKind};
use crate::raw::{At, RawFile, Sink, Text, unique};
use schemars::JsonSchema;
use serde::Deserialize;
use vocab::{ProfileName, ScopeName};

/// A tenant, a project or a cluster, and whether FIPS is required there (manifests/scopes/NAME.toml).
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(title = "fipsmith scope")]
pub(crate) struct RawScope {
    /// The scope's name, which is the file's name without `.toml`.
    pub(crate) name: At<ScopeName>,
    /// What it is.
    pub(crate) kind: At<ScopeKind>,
    /// What it is for, in one line.
    summary: At<Text>,
    /// The scope it lies in: the tenant of a project, the tenant or project of a cluster.
    pub(crate) parent: Option<At<ScopeName>>,
    /// Whether FIPS is required; what is required above cannot be lifted below. A tenant must say it.
    pub(crate) fips: Option<At<FipsSetting>>,
    /// What a tenant lets its users do although it is not FIPS.
    #[serde(default)]
    allow: Vec<At<Permission>>,
    /// The profile that a cluster is made from.
    pub(crate) profile: Option<At<ProfileName>>,
    /// Whether a cluster was made by somebody else and only imported: its label is `unknown`.
    #[serde(default)]
    imported: bool,
    /// What a cluster uses of the platform that is not FIPS.
    #[serde(default)]
    features: Vec<At<Feature>>,
}

impl RawFile for RawScope {
    const SCHEMA: &'static str = "scope";
}

impl RawScope {
    /// The scope, with a problem in the sink for each contradiction within the file.
    pub(crate) fn check(&self, sink: &mut Sink) -> Scope {
        unique(self.allow.iter().map(|at| (at.value.as_str(), &at.span)), "permission", sink);
        unique(self.features.iter().map(|at| (at.value.as_str(), &at.span)), "feature", sink);
        self.check_kind(sink);
        let own = self.fips.as_ref();
        Scope {
            name: self.name.value.clone(),
            kind: self.kind.value,
            summary: self.summary.value.0.clone(),
            parent: self.parent.as_ref().map(|parent| parent.value.clone()),
            fips: own.map(|fips| fips.value),
            allow: self.allow.iter().map(|permission| permission.value).collect(),
            cluster: (self.kind.value == ScopeKind::Cluster).then(|| self.cluster(sink)),
            place: sink.place(&self.name.span),
            fips_place: sink.place(own.map_or(&self.name.span, |fips| &fips.span)),
        }
    }

    fn cluster(&self, sink: &Sink) -> Cluster {
        Cluster {
            profile: self.profile.as_ref().map(|profile| profile.value.clone()),
            features: self.features.iter().map(|feature| feature.value).collect(),
            place: sink.place(self.profile.as_ref().map_or(&self.name.span, |at| &at.span)),
        }
    }

    /// What each kind must have, and what it cannot have.
    fn check_kind(&self, sink: &mut Sink) {
        let kind = self.kind.value;
        let here = &self.kind.span;
        if kind == ScopeKind::Tenant && self.fips.is_none() {
            let hint = "write `fips = \"required\"` or `fips = \"not-required\"`".to_owned();
            sink.push_missing(here, "a tenant says whether FIPS is required", Some(hint));
        }
        match (&self.parent, kind) {
            (Some(parent), ScopeKind::Tenant) => {
                sink.push(&parent.span, "a tenant lies in no other scope", None);
            }
            (None, ScopeKind::Project | ScopeKind::Cluster) => {
                let message = format!("a {kind} lies in another scope, and this one names none");
                sink.push_missing(here, message, Some("name its `parent`".to_owned()));
            }
            _ => {}
        }
        if let Some(permission) = self.allow.first().filter(|_| kind != ScopeKind::Tenant) {
            let message = format!("a {kind} cannot allow what is not FIPS: its tenant does");
            let hint = "move `allow` to the file of the tenant".to_owned();
            sink.push(&permission.span, message, Some(hint));
        }
        if kind == ScopeKind::Cluster {
            self.check_cluster(sink);
            return;
        }
        let misplaced = [
            self.profile.as_ref().map(|at| ("profile", &at.span)),
            self.imported.then_some(("imported", here)),
            self.features.first().map(|at| ("features", &at.span)),
        ];
        for (key, span) in misplaced.into_iter().flatten() {
            sink.push(span, format!("`{key}` is said of a cluster, not of a {kind}"), None);
        }
    }

    fn check_cluster(&self, sink: &mut Sink) {
        match (&self.profile, self.imported) {
            (Some(profile), true) => {
                let message = "a cluster is made from a profile or imported, not both";
                sink.push(&profile.span, message, None);
            }
            (None, false) => {
                let hint = "name its `profile`, or write `imported = true`".to_owned();
                let message = "nothing says what the cluster consists of";
                sink.push_missing(&self.kind.span, message, Some(hint));
            }
            _ => {}
        }
    }
}
