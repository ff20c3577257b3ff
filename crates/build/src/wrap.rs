//! Making a component's wrapper: the small Go module that pins a component and everything it links.
//!
//! Go ignores the `replace` and `exclude` lines of a dependency, and `go install` refuses a module that has some. A wrapper
//! repeats them, so that a build links exactly what upstream's own build links. That it does is not believed but checked:
//! the versions of all linked modules against upstream's go.mod (`drift`), every sum that upstream's go.sum has too, and the
//! module cache against both.
//!
//! What is absent: the recipe's text. What is made here is handed back as bytes, and the caller decides where they go.

mod ask;
mod checks;
mod difference;
mod error;
mod go;
mod packages;
mod probe;
mod render;
mod replaces;
mod upstream;
mod version;

pub use ask::ask;
pub use difference::{Difference, Moved, Side};
pub use error::WrapError;
pub use go::GoCommand;
pub use packages::MainProgram;
pub use upstream::Upstream;
pub use version::{Newest, compare, newest};

use crate::{Event, Events, Workspace};
use camino::{Utf8Path, Utf8PathBuf};
use catalog::Recipe;
use render::Draft;
use std::collections::BTreeMap;
use vocab::ComponentName;

/// What a wrapper is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The component; the wrapper's module is `wrap/NAME`.
    pub name: ComponentName,
    /// Modules as the Go command takes them: `path@version`, where a version may be a query. All get one version.
    pub modules: Vec<String>,
    /// Main packages: import paths, or `./cmd/x` below the first module. Empty: the only one there is.
    pub packages: Vec<String>,
    /// What stands for a local `replace` of upstream: path to `path@version`.
    pub map: BTreeMap<String, String>,
    /// Modules the checksum database does not know; their sums are trusted when they are first seen.
    pub trust_first_use: Vec<String>,
    /// Build tags.
    pub tags: Vec<String>,
    /// Whether the component needs cgo.
    pub cgo: bool,
}

/// What the wrapper of a recipe is made from, with what a person decided about it.
impl From<&Recipe> for Request {
    fn from(recipe: &Recipe) -> Self {
        Self {
            name: recipe.name.clone(),
            modules: recipe
                .modules
                .iter()
                .map(|module| format!("{module}@{}", recipe.version))
                .collect(),
            packages: recipe.packages.iter().map(|package| package.import.clone()).collect(),
            map: recipe.wrapper.map.clone(),
            trust_first_use: recipe.wrapper.trust_first_use.clone(),
            tags: recipe.tags.clone(),
            cgo: recipe.cgo,
        }
    }
}

/// A wrapper that passed every check.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Wrap {
    /// The text of go.mod.
    pub go_mod: String,
    /// The text of go.sum.
    pub go_sum: String,
    /// The modules that were asked for.
    pub upstream: Vec<Upstream>,
    /// The main packages.
    pub packages: Vec<MainProgram>,
    /// True when the packages can only be built with cgo.
    pub cgo: bool,
    /// How many modules the programs link.
    pub linked: usize,
    /// Lines of go.sum that upstream's does not have: for these the checksum database, or the first use, vouches.
    pub vouched: Vec<String>,
    /// What a person should know of the decisions taken.
    pub notes: Vec<String>,
}

/// Makes a wrapper. The network is used; nothing outside the state folder is written.
pub fn wrap(request: &Request, go: &GoCommand<'_>, events: &dyn Events) -> Result<Wrap, WrapError> {
    let desk = Desk::new(go.workspace(), &request.name)?;
    let go = go.trusting(&request.trust_first_use);
    let made = desk.make(request, &go, events);
    desk.close()?;
    made
}

/// The folder a wrapper is made in; it goes when the work ends.
struct Desk {
    folder: Utf8PathBuf,
}

impl Desk {
    fn new(workspace: &Workspace, name: &ComponentName) -> Result<Self, WrapError> {
        let folder = workspace.scratch(&format!("wrap-{name}-{}", std::process::id()));
        files::remove_tree(&folder)?;
        files::create_dir_all(&folder)?;
        Ok(Self { folder })
    }

    fn close(&self) -> Result<(), WrapError> {
        Ok(files::remove_tree(&self.folder)?)
    }

    fn make(
        &self,
        request: &Request,
        go: &GoCommand<'_>,
        events: &dyn Events,
    ) -> Result<Wrap, WrapError> {
        let say = |what: String| events.event(Event::Note(what));
        let upstream = upstream::fetch(request, go, &self.empty_module()?, events)?;
        let mut notes = Vec::new();
        let draft = Draft::of(request, &upstream, &self.ask(go), &mut notes)?;
        let packages = packages::resolve(
            request,
            &upstream,
            go,
            &self.write("packages", &draft.text(&[]), &upstream)?,
        )?;
        let imports: Vec<&str> = packages.iter().map(|package| package.import.as_str()).collect();
        let folder = self.write("wrapper", &draft.text(&imports), &upstream)?;
        say(format!("resolving the modules of {}", request.name));
        go.network(&folder, ["mod", "tidy"])?.check_as(
            &format!("resolving the modules of {}", request.name),
            request.name.as_str(),
        )?;
        let made = Made::read(&folder)?;
        say(format!("checking {} against upstream's own versions and sums", request.name));
        let links = checks::linked(go, &folder, request)?;
        checks::mapped(&links.modules, &request.map, &upstream)?;
        checks::drift(&links.modules, &upstream, &mut notes)?;
        let vouched = checks::sums(&made.go_sum, &upstream)?;
        checks::verify(go, &folder, &request.name)?;
        Ok(Wrap {
            go_mod: made.go_mod,
            go_sum: made.go_sum,
            upstream,
            packages,
            cgo: links.cgo,
            linked: links.modules.len(),
            vouched,
            notes,
        })
    }

    /// A module that requires nothing: `go mod download` wants to stand in one.
    fn empty_module(&self) -> Result<Utf8PathBuf, WrapError> {
        let folder = self.folder.join("empty");
        files::write(&folder.join("go.mod"), b"module wrap/empty\n", files::Mode::Plain)?;
        Ok(folder)
    }

    /// Asks the proxy for a version: `Ok(None)` when it has none.
    fn ask<'a>(
        &'a self,
        go: &'a GoCommand<'_>,
    ) -> impl Fn(&str) -> Result<Option<String>, WrapError> + 'a {
        move |query| {
            Ok(probe::probe(go, &self.empty_module()?, query)?.ok().map(|found| found.version))
        }
    }

    /// Writes go.mod, and upstream's own sums for a start: they were verified with the archive they lie in, and modules that
    /// the checksum database does not know can then be resolved.
    fn write(
        &self,
        name: &str,
        go_mod: &str,
        upstream: &[Upstream],
    ) -> Result<Utf8PathBuf, WrapError> {
        let folder = self.folder.join(name);
        files::write(&folder.join("go.mod"), go_mod.as_bytes(), files::Mode::Plain)?;
        let sums = checks::joined_sums(upstream);
        files::write(&folder.join("go.sum"), sums.as_bytes(), files::Mode::Plain)?;
        Ok(folder)
    }
}

/// What `go mod tidy` left.
struct Made {
    go_mod: String,
    go_sum: String,
}

impl Made {
    fn read(folder: &Utf8Path) -> Result<Self, WrapError> {
        let read = |name: &str| files::read_text(&folder.join(name), 4 << 20);
        Ok(Self { go_mod: read("go.mod")?, go_sum: read("go.sum")? })
    }
}
