//! Scopes held against labels: what FIPS requires of a cluster, and what it really consists of.

use super::{Cluster, Permission, Requirement, Scope, Scopes};
use crate::{Problem, ProfileLabels};
use vocab::{Label, Layer, ProfileName};

impl Scopes {
    /// Every cluster that breaks a setting. `labels` gives the labels of a profile as they are today.
    pub fn against_labels(
        &self,
        labels: impl Fn(&ProfileName) -> Option<ProfileLabels>,
    ) -> Vec<Problem> {
        let mut problems: Vec<Problem> = self
            .clusters()
            .filter_map(|scope| Some((scope, scope.cluster.as_ref()?, self.requirement(scope)?)))
            .flat_map(|(scope, cluster, requirement)| {
                let judged = Judged { scope, cluster, requirement, tenant: self.tenant(scope) };
                judged.problems(cluster.profile.as_ref().map(|name| (name, labels(name))))
            })
            .collect();
        problems.sort();
        problems
    }
}

/// A cluster of which FIPS is required.
struct Judged<'a> {
    scope: &'a Scope,
    cluster: &'a Cluster,
    requirement: Requirement<'a>,
    tenant: &'a Scope,
}

impl Judged<'_> {
    fn problems(&self, profile: Option<(&ProfileName, Option<ProfileLabels>)>) -> Vec<Problem> {
        let mut problems = Vec::new();
        match profile {
            None => problems.extend(self.imported()),
            Some((name, labels)) => self.profile(name, labels.as_ref(), &mut problems),
        }
        problems.extend(self.features());
        problems
    }

    /// Infrastructure must be full; an add-on may be less where the tenant allows it.
    fn profile(
        &self,
        profile: &ProfileName,
        labels: Option<&ProfileLabels>,
        problems: &mut Vec<Problem>,
    ) {
        let name = &self.scope.name;
        for layer in Layer::ALL.iter().filter(|layer| layer.is_infrastructure()) {
            let label = labels.map_or(Label::Unknown, |labels| labels.layer(*layer));
            if label != Label::Full {
                let what = format!(
                    "the cluster `{name}`: its layer `{layer}` is `{label}` in the profile `{profile}`"
                );
                problems.push(self.broken(&what, "infrastructure must be `full`", None));
            }
        }
        for pack in labels.into_iter().flat_map(|labels| &labels.packs) {
            match pack.layer {
                // Said of its layer already.
                Some(layer) if layer.is_infrastructure() => {}
                _ if pack.label == Label::Full => {}
                None => {
                    let what = format!(
                        "the cluster `{name}`: its pack `{}` stands in no layer and is `{}`",
                        pack.pack, pack.label
                    );
                    let hint = format!("give it a `layer` in manifests/profiles/{profile}.toml");
                    problems.push(self.broken(
                        &what,
                        "what stands in no layer counts as infrastructure",
                        Some(hint),
                    ));
                }
                Some(_) => {
                    let what = format!(
                        "the cluster `{name}`: its add-on pack `{}` is `{}`",
                        pack.pack, pack.label
                    );
                    problems.extend(self.forbidden(&what, Permission::AddOnPacks));
                }
            }
        }
    }

    fn imported(&self) -> Option<Problem> {
        let what =
            format!("the cluster `{}` is imported, and its label `unknown`", self.scope.name);
        self.forbidden(&what, Permission::ClusterImport)
    }

    fn features(&self) -> Option<Problem> {
        let features: Vec<&str> =
            self.cluster.features.iter().map(|feature| feature.as_str()).collect();
        let what = format!("the cluster `{}` uses {}", self.scope.name, features.join(", "));
        (!features.is_empty()).then(|| self.forbidden(&what, Permission::Features)).flatten()
    }

    /// A problem unless the tenant allows it.
    fn forbidden(&self, what: &str, permission: Permission) -> Option<Problem> {
        let Scope { name, place, allow, .. } = self.tenant;
        let why = format!("the tenant `{name}` does not allow it ({place})");
        let hint = format!(
            "write `allow = [\"{permission}\"]` in the tenant's file, or change the cluster"
        );
        (!allow.contains(&permission)).then(|| self.broken(what, &why, Some(hint)))
    }

    fn broken(&self, what: &str, why: &str, hint: Option<String>) -> Problem {
        let message = format!("{what}, but {}; {why}", self.requirement);
        self.cluster.place.problem(message, hint)
    }
}
