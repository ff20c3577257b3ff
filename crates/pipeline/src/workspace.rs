//! The desk a verb works at: the catalogue, the chosen profile, the places of things, and the date.

use crate::edge::Stop;
use crate::flags::Selection;
use build::Workspace;
use camino::{Utf8Path, Utf8PathBuf};
use catalog::{Catalog, Policy, Profile, Recipe};
use std::env;
use vocab::{ComponentName, Date, ProfileName};

/// Everything that was read before the first thing is done.
pub(crate) struct Desk {
    pub(crate) root: Utf8PathBuf,
    pub(crate) catalog: Catalog,
    pub(crate) profile: Profile,
    pub(crate) space: Workspace,
}

impl Desk {
    /// Reads `manifests/`; every problem in it is reported at once.
    pub(crate) fn open(selection: &Selection) -> anyhow::Result<Self> {
        let root = selection.root.clone();
        let manifests = root.join("manifests");
        let catalog = Catalog::load(&manifests)
            .map_err(|problems| Stop::unusable(problems.to_string(), None))?;
        let profile = catalog
            .profiles
            .get(&selection.profile)
            .ok_or_else(|| unknown(&selection.profile, &catalog))?
            .clone();
        let state = selection.state.clone().unwrap_or_else(|| root.join("target/fipsmith"));
        let mut space = Workspace::new(&manifests, &state)?;
        for (component, clone) in &selection.source {
            let clone = clone.canonicalize_utf8().map_err(|error| {
                let hint = "--source names the folder of a git clone".to_owned();
                Stop::unusable(format!("`{clone}`: {error}"), Some(hint))
            })?;
            space = space.with_local_source(component.clone(), clone);
        }
        Ok(Self { root, catalog, profile, space })
    }

    /// The plan for a part of the profile.
    pub(crate) fn plan(&self, part: &build::Selection) -> anyhow::Result<build::Plan> {
        let plan = build::plan(&self.catalog, &self.profile, part, &self.space)
            .map_err(|problems| Stop::unusable(problems.to_string(), None))?;
        build::check_local_sources(&plan, &self.space)
            .map_err(|error| Stop::unusable(error.to_string(), error.hint()))?;
        Ok(plan)
    }

    /// The recipe of a component. The plan has checked that it exists.
    pub(crate) fn recipe(&self, name: &ComponentName) -> anyhow::Result<&Recipe> {
        let gone = || anyhow::anyhow!("the recipe of `{name}` is gone");
        self.catalog.recipes.get(name).ok_or_else(gone)
    }

    /// The profile's policy. The catalogue has checked that it exists.
    pub(crate) fn policy(&self) -> anyhow::Result<&Policy> {
        let name = &self.profile.policy;
        self.catalog
            .policies
            .get(name)
            .ok_or_else(|| Stop::unusable(format!("there is no policy `{name}`"), None).into())
    }

    /// The name of the release, which is the name of its folder.
    pub(crate) fn release_name(&self) -> String {
        self.profile.release_name()
    }
}

fn unknown(name: &ProfileName, catalog: &Catalog) -> Stop {
    let names: Vec<&str> = catalog.profiles.keys().map(ProfileName::as_str).collect();
    Stop::unusable(
        format!("there is no profile `{name}`"),
        Some(format!("the profiles are {}", names.join(", "))),
    )
}

/// The dates of a release. They are inputs: without `SOURCE_DATE_EPOCH` and `--as-of` today is taken, and written down.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dates {
    pub(crate) as_of: Date,
    pub(crate) created: jiff::Timestamp,
}

impl Dates {
    /// reproducible-builds.org, `SOURCE_DATE_EPOCH` specification 1.1: seconds since 1970-01-01 UTC, in ASCII.
    pub(crate) fn of(as_of: Option<Date>) -> anyhow::Result<Self> {
        let utc = jiff::tz::TimeZone::UTC;
        let epoch = match env::var("SOURCE_DATE_EPOCH") {
            Err(_) => None,
            Ok(text) => Some(
                text.parse()
                    .ok()
                    .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok())
                    .ok_or_else(|| {
                        Stop::unusable(
                            format!("SOURCE_DATE_EPOCH is `{text}`, which is no time in seconds"),
                            None,
                        )
                    })?,
            ),
        };
        let day = |time: jiff::Timestamp| utc.to_datetime(time).date();
        let as_of = as_of.unwrap_or_else(|| day(epoch.unwrap_or_else(jiff::Timestamp::now)));
        let midnight = utc.to_timestamp(as_of.at(0, 0, 0, 0))?;
        Ok(Self { as_of, created: epoch.unwrap_or(midnight) })
    }
}

/// A path as people see it: relative to where they stand, when it is below.
pub(crate) fn shown(path: &Utf8Path) -> &Utf8Path {
    let here = env::current_dir().ok().and_then(|here| files::utf8(here).ok());
    here.and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path)
}
