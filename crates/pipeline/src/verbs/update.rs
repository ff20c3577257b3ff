//! `update`: a component moved to another version, with what that changes.

mod change;
mod edit;

use super::init::{Desk, failed};
use crate::edge::{self, Stop};
use crate::flags::Update;
use build::{Request, Side, Wrap};
use catalog::{FILE_LIMIT, Recipe};
use change::Change;
use std::process::ExitCode;

impl Update {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let desk = Desk::open(&self.place)?;
        let recipe = desk.recipe(&self.name)?.ok_or_else(|| desk.no_recipe(&self.name))?;
        if recipe.modules.is_empty() || recipe.source.is_some() {
            let message = format!(
                "`{}` comes from no module proxy, so there is no list of its versions",
                self.name
            );
            let hint =
                "change `version`, and the `commit` of its `[source]`, in its recipe".to_owned();
            return Err(Stop::unusable(message, Some(hint)).into());
        }
        let go = desk.go()?;
        let mut change = Change::of(&recipe);
        let version = match &self.version {
            Some(version) => version.clone(),
            None => {
                edge::say(&format!(
                    "looking for a version of {} above {}",
                    self.name, recipe.version
                ));
                let newest = build::newest(&self.name, &recipe.modules, &recipe.version, &go)
                    .map_err(failed)?;
                change.refused = newest.refused;
                match newest.version {
                    Some(version) => version,
                    None => return self.already(&change),
                }
            }
        };
        if version == recipe.version.as_str() {
            return self.already(&change);
        }
        let old = Request::from(&recipe);
        let new = Request {
            modules: recipe.modules.iter().map(|module| format!("{module}@{version}")).collect(),
            ..old.clone()
        };
        let wrap = build::wrap(&new, &go, &desk.reporter).map_err(failed)?;
        let made = wrap.upstream.first().map(|module| module.version.clone()).unwrap_or_default();
        // A query such as a commit stands for a version only once it is resolved.
        if made == recipe.version.as_str() {
            return self.already(&change);
        }
        let path = desk.paths.recipe(&self.name);
        let commit = self.commit.clone().or_else(|| commit_of(&wrap));
        let text =
            edit::moved(&files::read_text(&path, FILE_LIMIT)?, &recipe, &made, commit.as_deref())?;
        let committed = |file| {
            Ok::<_, anyhow::Error>(desk.paths.committed(&self.name, file)?.unwrap_or_default())
        };
        edge::say("listing what both versions link");
        let before =
            Side::of(&committed("go.mod")?, &committed("go.sum")?, &old, &go).map_err(failed)?;
        let after = Side::of(&wrap.go_mod, &wrap.go_sum, &new, &go).map_err(failed)?;
        let mut wrap = wrap;
        if !recipe.wrapper.map.is_empty() {
            let note = "the modules of `map` in `[wrapper]` stay at their versions: move them by hand where that is wrong";
            wrap.notes.push(note.to_owned());
        }
        change.set(&recipe, &wrap, commit, before.to(&after), self.dry_run);
        super::print(self.output.format, &change.text(), &change)?;
        if !self.dry_run {
            desk.write(&self.name, &wrap, Some(&text))?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn already(&self, change: &Change) -> anyhow::Result<ExitCode> {
        super::print(self.output.format, &change.text(), change)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The commit, if all modules of the component come from the same one.
fn commit_of(wrap: &Wrap) -> Option<String> {
    let first = wrap.upstream.first()?.commit.as_ref()?;
    wrap.upstream.iter().all(|module| module.commit.as_ref() == Some(first)).then(|| first.clone())
}

/// A recipe as the error messages call it.
fn file_of(recipe: &Recipe) -> String {
    format!("manifests/components/{}.toml", recipe.name)
}
