//! What `init` and `update` work with. The catalogue as a whole is not read: it is not whole while a wrapper is missing.

use crate::edge::Stop;
use crate::flags::Place;
use crate::reporter::Reporter;
use build::{GoCommand, Workspace, Wrap, WrapError};
use camino::{Utf8Path, Utf8PathBuf};
use catalog::{FILE_LIMIT, Recipe, Toolchains};
use vocab::ComponentName;

/// The files of a component.
pub(in crate::verbs) struct Paths {
    manifests: Utf8PathBuf,
}

impl Paths {
    pub(in crate::verbs) fn recipe(&self, name: &ComponentName) -> Utf8PathBuf {
        self.manifests.join("components").join(format!("{name}.toml"))
    }
    pub(in crate::verbs) fn wrapper(&self, name: &ComponentName, file: &str) -> Utf8PathBuf {
        self.manifests.join("wrappers").join(name.as_str()).join(file)
    }
    /// A wrapper's file as it is committed; nothing when there is none.
    pub(in crate::verbs) fn committed(
        &self,
        name: &ComponentName,
        file: &str,
    ) -> anyhow::Result<Option<String>> {
        let path = self.wrapper(name, file);
        Ok(if path.exists() { Some(files::read_text(&path, FILE_LIMIT)?) } else { None })
    }
}

/// Manifests, state and a reporter.
pub(in crate::verbs) struct Desk {
    pub(in crate::verbs) paths: Paths,
    pub(in crate::verbs) space: Workspace,
    pub(in crate::verbs) reporter: Reporter,
    toolchains: Toolchains,
}

impl Desk {
    pub(in crate::verbs) fn open(place: &Place) -> anyhow::Result<Self> {
        let manifests = place.root.join("manifests");
        let pins = manifests.join("toolchains.toml");
        let text = files::read_text(&pins, FILE_LIMIT).map_err(|error| {
            let hint = "--root names the folder that holds `manifests/`".to_owned();
            Stop::unusable(error.to_string(), Some(hint))
        })?;
        let toolchains = Toolchains::parse(&text, pins.as_str()).map_err(unusable)?;
        let state = place.state.clone().unwrap_or_else(|| place.root.join("target/fipsmith"));
        let space = Workspace::new(&manifests, &state)?;
        Ok(Self { paths: Paths { manifests }, space, reporter: Reporter::new(), toolchains })
    }

    /// The pinned Go command.
    pub(in crate::verbs) fn go(&self) -> anyhow::Result<GoCommand<'_>> {
        Ok(GoCommand::open(&self.space, &self.toolchains, &self.reporter).map_err(failed)?)
    }

    /// A recipe on its own; `None` when there is no such file.
    pub(in crate::verbs) fn recipe(&self, name: &ComponentName) -> anyhow::Result<Option<Recipe>> {
        let path = self.paths.recipe(name);
        if !path.exists() {
            return Ok(None);
        }
        let text = files::read_text(&path, FILE_LIMIT)?;
        Ok(Some(Recipe::parse(&text, path.as_str()).map_err(unusable)?))
    }

    /// The names of all recipes, sorted.
    pub(in crate::verbs) fn names(&self) -> anyhow::Result<Vec<ComponentName>> {
        let entries = files::walk(&self.paths.manifests.join("components"))?;
        let name = |path: &Utf8Path| path.as_str().strip_suffix(".toml")?.parse().ok();
        Ok(entries.iter().filter_map(|entry| name(&entry.path)).collect())
    }

    /// The error for a name that no recipe has.
    pub(in crate::verbs) fn no_recipe(&self, name: &ComponentName) -> Stop {
        let names = self.names().unwrap_or_default();
        let near = catalog::did_you_mean(name.as_str(), names.iter().map(ComponentName::as_str));
        let hint = near.unwrap_or_else(|| {
            "a new component begins with `cargo xtask init MODULE@VERSION`".to_owned()
        });
        Stop::unusable(format!("there is no recipe `{name}`"), Some(hint))
    }

    /// Writes what was made. A recipe that is there is never touched.
    pub(in crate::verbs) fn write(
        &self,
        name: &ComponentName,
        wrap: &Wrap,
        recipe: Option<&str>,
    ) -> anyhow::Result<()> {
        for (file, text) in [("go.sum", &wrap.go_sum), ("go.mod", &wrap.go_mod)] {
            files::write(&self.paths.wrapper(name, file), text.as_bytes(), files::Mode::Plain)?;
        }
        if let Some(text) = recipe {
            files::write(&self.paths.recipe(name), text.as_bytes(), files::Mode::Plain)?;
        }
        Ok(())
    }
}

fn unusable(problems: catalog::Problems) -> Stop {
    Stop::unusable(problems.to_string(), None)
}

/// The error with its causes and its remedy.
pub(in crate::verbs) fn failed(error: WrapError) -> Stop {
    let causes = std::iter::successors(std::error::Error::source(&error), |cause| cause.source());
    let text = causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"));
    let hint = error.hint();
    match error {
        WrapError::Build(_)
        | WrapError::Drift { .. }
        | WrapError::SumsDiffer { .. }
        | WrapError::Unreadable { .. } => Stop::failed(text, hint),
        _ => Stop::unusable(text, hint),
    }
}
