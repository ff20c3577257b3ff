//! What must hold between scopes, whatever any label is: parents, inherited settings, profiles.

use super::raw::RawScope;
use super::record::RawRecord;
use super::{FipsSetting, RECORD_FILE, Scope, ScopeKind, Scopes};
use crate::cross::{check_name, each};
use crate::load::{file, folder, parse};
use crate::nearest::{did_you_mean, list, quoted};
use crate::{Problem, Profile};
use camino::Utf8Path;
use std::collections::BTreeMap;
use vocab::{ProfileName, ScopeName};

/// Reads the scopes and the record of clusters. Both may be missing: not every repository deploys.
pub(crate) fn load(
    manifests: &Utf8Path,
    profiles: &BTreeMap<ProfileName, Profile>,
    problems: &mut Vec<Problem>,
) -> Scopes {
    let mut scopes = Scopes::default();
    let before = problems.len();
    if manifests.join("scopes").exists() {
        let files = folder(manifests, "scopes", problems);
        let mut profiles_at = Vec::new();
        each::<RawScope>(&files, problems, |file, raw, sink| {
            check_name(&raw.name, &file.stem, sink);
            if let Some(profile) = &raw.profile
                && !profiles.contains_key(&profile.value)
                // A profile that could not be read has problems of its own.
                && !manifests.join(format!("profiles/{}.toml", profile.value)).exists()
            {
                profiles_at.push((sink.place(&profile.span), profile.value.clone()));
            }
            let scope = raw.check(sink);
            scopes.all.insert(scope.name.clone(), scope);
        });
        let names = || profiles.keys().map(ProfileName::as_str);
        problems.extend(profiles_at.into_iter().map(|(place, name)| {
            let message =
                format!("unknown profile {}; there is {}", quoted(name.as_str()), list(names()));
            place.problem(message, did_you_mean(name.as_str(), names()))
        }));
    }
    if problems.len() == before {
        // Between files that are themselves wrong nothing useful can be said.
        problems.extend(scopes.all.values().filter_map(|scope| scopes.misplaced(scope)));
        if problems.len() == before {
            problems.extend(scopes.all.values().filter_map(|scope| scopes.loosened(scope)));
        }
    }
    scopes.recorded = recorded(manifests, problems);
    scopes
}

fn recorded(
    manifests: &Utf8Path,
    problems: &mut Vec<Problem>,
) -> BTreeMap<ScopeName, super::Recorded> {
    let path = manifests.join(RECORD_FILE);
    if !path.exists() {
        return BTreeMap::new();
    }
    let Some(file) = file(&path, problems) else { return BTreeMap::new() };
    parse(&file.name, &file.text, RawRecord::check)
        .map_err(|found| problems.extend(found))
        .unwrap_or_default()
}

impl Scopes {
    /// A parent that is not there, or cannot hold this kind of scope.
    fn misplaced(&self, scope: &Scope) -> Option<Problem> {
        let name = scope.parent.as_ref()?;
        let holds = |parent: &Scope| {
            matches!(
                (parent.kind, scope.kind),
                (ScopeKind::Tenant, ScopeKind::Project | ScopeKind::Cluster)
                    | (ScopeKind::Project, ScopeKind::Cluster)
            )
        };
        let names = || self.all.values().filter(|one| holds(one)).map(|one| one.name.as_str());
        match self.all.get(name) {
            Some(parent) if holds(parent) => None,
            Some(parent) => {
                let message =
                    format!("a {} cannot lie in the {} `{name}`", scope.kind, parent.kind);
                Some(scope.place.problem(message, None))
            }
            None => {
                let message = format!(
                    "unknown scope {}; a {} can lie in {}",
                    quoted(name.as_str()),
                    scope.kind,
                    list(names())
                );
                Some(scope.place.problem(message, did_you_mean(name.as_str(), names())))
            }
        }
    }

    /// A setting that lifts what is required above.
    fn loosened(&self, scope: &Scope) -> Option<Problem> {
        if scope.fips != Some(FipsSetting::NotRequired) {
            return None;
        }
        let requirement = self.requirement(scope)?;
        let Scope { kind, name, .. } = scope;
        let message = format!(
            "the {kind} `{name}` does not require FIPS, but {requirement}, for all below it"
        );
        let hint = format!("leave `fips` out: a {kind} takes the setting of what it lies in");
        Some(scope.fips_place.problem(message, Some(hint)))
    }
}

impl super::Place {
    /// A problem at this place.
    pub(super) fn problem(&self, message: impl Into<String>, hint: Option<String>) -> Problem {
        let Self { file, line, column } = self.clone();
        Problem { file, line, column, message: message.into(), hint }
    }
}
