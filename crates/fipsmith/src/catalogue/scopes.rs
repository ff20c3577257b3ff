//! Scopes with the labels of their clusters, and every setting that is broken.

use super::Listed;
use catalog::{Catalog, ProfileLabels, Scope};
use report::catalogue::{ScopeEntry, ScopeList};
use vocab::{Label, ProfileName};

/// The scopes, held against the labels of today and against the record of clusters.
pub(crate) fn scopes(catalog: &Catalog, listed: &[Listed]) -> ScopeList {
    let labels = |name: &ProfileName| -> Option<ProfileLabels> {
        let profile = listed.iter().find(|listed| listed.entry.profile == *name)?;
        Some(profile.labels.clone())
    };
    let scopes = &catalog.scopes;
    let mut problems = scopes.against_labels(labels);
    problems.extend(scopes.against_record());
    problems.sort();
    let entry = |(depth, scope): (usize, &Scope)| {
        let by = scopes.requirement(scope).map(|requirement| requirement.by);
        let profile = scope.cluster.as_ref().and_then(|cluster| cluster.profile.as_ref());
        ScopeEntry {
            depth,
            name: scope.name.clone(),
            kind: scope.kind,
            fips: scopes.setting(scope),
            inherited_from: by.filter(|by| by.name != scope.name).map(|by| by.name.clone()),
            label: scope
                .cluster
                .as_ref()
                .map(|_| profile.and_then(labels).map_or(Label::Unknown, |labels| labels.label)),
            note: note(scope, profile),
        }
    };
    ScopeList { scopes: scopes.tree().into_iter().map(entry).collect(), problems }
}

/// What a cluster is made from and uses, or what a tenant allows.
fn note(scope: &Scope, profile: Option<&ProfileName>) -> String {
    let Some(cluster) = &scope.cluster else {
        let allowed: Vec<&str> = scope.allow.iter().map(|permission| permission.as_str()).collect();
        return match allowed.is_empty() {
            true => String::new(),
            false => format!("allows {}", allowed.join(", ")),
        };
    };
    let made = profile.map_or("imported".to_owned(), |name| format!("profile {name}"));
    let features: Vec<&str> = cluster.features.iter().map(|feature| feature.as_str()).collect();
    match features.is_empty() {
        true => made,
        false => format!("{made}, uses {}", features.join(", ")),
    }
}
