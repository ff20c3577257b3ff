//! `init`: a recipe and its wrapper from a module's name, or a wrapper made again from its recipe.

mod check;
mod desk;
mod skeleton;
mod told;

use desk::Paths;
pub(super) use desk::{Desk, failed};
use told::Told;

use crate::edge::Stop;
use crate::flags::Init;
use build::{Request, Wrap};
use catalog::Recipe;
use std::process::ExitCode;
use vocab::ComponentName;

impl Init {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let desk = Desk::open(&self.place)?;
        if self.check {
            return check::run(&desk, &self);
        }
        let what = self.what.as_deref().unwrap_or_default();
        let name = self.name_of(what)?;
        let recipe = desk.recipe(&name)?;
        let request = match &recipe {
            Some(recipe) if recipe.source.is_some() => {
                let message =
                    format!("`{name}` is built from git: its own go.mod and go.sum pin it");
                return Err(Stop::unusable(
                    message,
                    Some("there is no wrapper to make".to_owned()),
                )
                .into());
            }
            Some(recipe) => self.again(recipe, what)?,
            None if what.contains('@') => self.anew(name.clone(), what),
            None => return Err(desk.no_recipe(&name).into()),
        };
        let go = desk.go()?;
        let mut wrap = build::wrap(&request, &go, &desk.reporter).map_err(failed)?;
        if let Some(recipe) = &recipe {
            same_version(recipe, &wrap)?;
            let notes = &recipe.wrapper;
            if notes.map != request.map || notes.trust_first_use != request.trust_first_use {
                wrap.notes.push(format!(
                    "write what --map and --trust-first-use said into `[wrapper]` of `{}`, or the next `init` will not know it",
                    desk.paths.recipe(&name)
                ));
            }
        }
        let skeleton = recipe.is_none().then(|| skeleton::text(&request, &wrap)).transpose()?;
        let told = Told::of(&desk.paths, &request, &wrap, skeleton.as_deref())?;
        super::print(self.output.format, &told.text(self.dry_run), &told)?;
        if !self.dry_run {
            desk.write(&request.name, &wrap, skeleton.as_deref())?;
        }
        Ok(ExitCode::SUCCESS)
    }

    /// The component that is meant: said, or named by the last word of the module's path.
    fn name_of(&self, what: &str) -> anyhow::Result<ComponentName> {
        if let Some(name) = &self.name {
            return Ok(name.clone());
        }
        let path = what.split('@').next().unwrap_or_default();
        let word = if what.contains('@') { skeleton::last_word(path) } else { path };
        word.to_lowercase().parse().map_err(|error| {
            Stop::unusable(format!("{error}"), Some("name the component with --name".to_owned()))
                .into()
        })
    }

    /// A component without a recipe.
    fn anew(&self, name: ComponentName, what: &str) -> Request {
        Request {
            name,
            modules: std::iter::once(what.to_owned()).chain(self.module.iter().cloned()).collect(),
            packages: self.packages.clone(),
            map: self.map.iter().cloned().collect(),
            trust_first_use: self.trust_first_use.clone(),
            tags: Vec::new(),
            cgo: false,
        }
    }

    /// A component whose recipe is there: what is said again must be what the recipe says.
    fn again(&self, recipe: &Recipe, what: &str) -> anyhow::Result<Request> {
        let file = format!("manifests/components/{}.toml", recipe.name);
        let asked = std::iter::once(what).chain(self.module.iter().map(String::as_str));
        for module in asked.filter_map(|query| query.split_once('@')).map(|(path, _)| path) {
            if !recipe.modules.iter().any(|own| own == module) {
                let message =
                    format!("`{file}` is there already, and it is not built from `{module}`");
                let hint =
                    "choose another name with --name, or name the module in the recipe".to_owned();
                return Err(Stop::unusable(message, Some(hint)).into());
            }
        }
        let mut request = Request::from(recipe);
        // A recipe has one version, so the one that is asked for is asked of all its modules.
        if let Some((_, version)) = what.split_once('@') {
            request.modules =
                recipe.modules.iter().map(|module| format!("{module}@{version}")).collect();
        }
        let known: Vec<&str> =
            recipe.packages.iter().map(|package| package.import.as_str()).collect();
        let main = recipe.modules.first().map(String::as_str).unwrap_or_default();
        for package in &self.packages {
            let import = package
                .strip_prefix("./")
                .map_or_else(|| package.clone(), |rest| format!("{main}/{rest}"));
            let import = if package == "." { main } else { import.as_str() };
            if !known.contains(&import) {
                let message = format!(
                    "`{file}` is there already, and it does not name the package `{import}`"
                );
                return Err(Stop::unusable(
                    message,
                    Some("add it to `[[packages]]` of the recipe".to_owned()),
                )
                .into());
            }
        }
        request.map.extend(self.map.iter().cloned());
        request.trust_first_use.extend(self.trust_first_use.iter().cloned());
        Ok(request)
    }
}

/// A recipe's wrapper is made at the recipe's version; another one is a decision that `update` shows.
fn same_version(recipe: &Recipe, wrap: &Wrap) -> anyhow::Result<()> {
    let made = wrap.upstream.first().map(|module| module.version.as_str()).unwrap_or_default();
    if made == recipe.version.as_str() {
        return Ok(());
    }
    let message = format!(
        "the recipe of `{}` is at {}, and {made} was asked for",
        recipe.name, recipe.version
    );
    let hint =
        format!("`cargo xtask update {} {made}` moves it and shows what changes", recipe.name);
    Err(Stop::unusable(message, Some(hint)).into())
}
