//! A room: where the places of an action are on this machine, for one run. In the sandbox they have fixed names; without
//! it they are the host's paths. The bytes that come out must not depend on which.

use crate::{
    BuildError, Isolation, Workspace,
    action::PLACES,
    kind::{Place, Site},
    process::Invocation,
    sandbox::{Mount, Spec, has_entry},
    workspace::short,
};
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeMap;

/// The places of one run of one step.
#[derive(Debug)]
pub(crate) struct Room {
    places: BTreeMap<String, Place>,
    isolation: Isolation,
    turn: Turn,
    /// Where the places stand inside the sandbox.
    inside: Utf8PathBuf,
    mount_point: Utf8PathBuf,
    scratch: Utf8PathBuf,
}

/// Removes the rooms of runs that were killed.
pub(crate) fn sweep(workspace: &Workspace) -> Result<(), BuildError> {
    let scratch = workspace.scratch("");
    files::create_dir_all(&scratch)?;
    for item in scratch.read_dir_utf8()? {
        let item = item?;
        let owner = item.file_name().rsplit('-').next().and_then(|pid| pid.parse::<u32>().ok());
        if owner.is_none_or(|pid| !Utf8Path::new("/proc").join(pid.to_string()).exists()) {
            files::remove_tree(item.path())?;
        }
    }
    Ok(())
}

/// Which of the two builds of a step a room is for. The second shares no folder with the first but its inputs, and has
/// its places elsewhere, so that nothing of the first can leak into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    First,
    Again,
}

impl Room {
    /// A fresh room: `out`, `tmp` and `overlay` are empty but for generated files.
    pub(crate) fn new(
        site: Site<'_>,
        isolation: &Isolation,
        turn: Turn,
    ) -> Result<Self, BuildError> {
        // The process id at the end lets another run see whether somebody still works here.
        let name = format!("{}-{turn:?}-{}", short(site.step.digest()), std::process::id());
        let scratch = site.workspace.scratch(&name.to_lowercase());
        files::remove_tree(&scratch)?;
        let language = site.step.language();
        let mut places = language.places(site, turn, &scratch)?;
        places.push(Place::input("overlay", scratch.join("overlay")));
        places.extend(["out", "tmp"].map(|name| Place::output(name, scratch.join(name))));
        for place in &places {
            files::create_dir_all(&place.host)?;
        }
        let room = Self {
            places: places.into_iter().map(|place| (place.name.clone(), place)).collect(),
            isolation: isolation.clone(),
            turn,
            inside: match turn {
                Turn::First => "/fipsmith".into(),
                Turn::Again => "/second/build".into(),
            },
            mount_point: scratch.join("root"),
            scratch,
        };
        for (name, text) in language.overlay() {
            let path = room.place("overlay")?.host.join(name);
            files::write_staged(&path, room.fill(text)?.as_bytes(), files::Mode::Plain)?;
        }
        Ok(room)
    }

    fn place(&self, name: &str) -> Result<&Place, BuildError> {
        let missing = || {
            std::io::Error::other(format!("an action names `{{{name}}}`, which this step has not"))
        };
        Ok(self.places.get(name).ok_or_else(missing)?)
    }

    /// Which build it is for.
    pub(crate) fn turn(&self) -> Turn {
        self.turn
    }

    /// The folder of outputs, on the host.
    pub(crate) fn out(&self) -> Result<&Utf8Path, BuildError> {
        Ok(&self.place("out")?.host)
    }

    /// A logical text with its places filled in, as the tool sees them.
    fn fill(&self, text: &str) -> Result<String, BuildError> {
        fill(text, &|name| self.seen(name))
    }

    /// Where the tool sees a place.
    fn seen(&self, name: &str) -> Result<Utf8PathBuf, BuildError> {
        match self.isolation {
            Isolation::Namespaces => Ok(self.inside.join(name)),
            Isolation::None { .. } => Ok(self.place(name)?.host.clone()),
        }
    }

    /// A logical command, ready to run here.
    pub(crate) fn invocation(
        &self,
        arguments: &[String],
        environment: &BTreeMap<String, String>,
    ) -> Result<Invocation, BuildError> {
        let mut direct = filled(arguments, environment, &|name| self.seen(name))?;
        direct.folder = Some(self.seen("src")?);
        let isolate = self.isolation == Isolation::Namespaces;
        // Without the entry there is no death signal; the terminal's Ctrl-C still reaches the whole process group.
        if !isolate && !has_entry() {
            return Ok(direct);
        }
        // What a person pastes has the host's paths and no sandbox.
        let mut outside =
            filled(arguments, environment, &|name| Ok(self.place(name)?.host.clone()))?;
        outside.folder = Some(self.place("src")?.host.clone());
        let mut through = self.through_entry(direct, isolate)?;
        through.shown = Some(outside.pasteable());
        Ok(through)
    }

    fn through_entry(&self, direct: Invocation, isolate: bool) -> Result<Invocation, BuildError> {
        files::create_dir_all(&self.mount_point)?;
        // Joining an absolute path gives that path: a place in the sandbox's root itself.
        let mount = |place: &Place| Mount {
            host: place.host.clone(),
            inside: self.inside.join(&place.name),
            writable: place.writable,
        };
        let spec = Spec {
            isolate,
            parent: std::process::id().cast_signed(),
            root: self.mount_point.clone(),
            mounts: self.places.values().map(mount).collect(),
            environment: direct.environment,
            folder: direct.folder.unwrap_or_else(|| "/".into()),
            program: direct.program.into(),
            arguments: direct.arguments,
        };
        spec.invocation()
    }

    /// Removes the room.
    pub(crate) fn close(self) -> Result<(), BuildError> {
        Ok(files::remove_tree(&self.scratch)?)
    }
}

type Where<'a> = &'a dyn Fn(&str) -> Result<Utf8PathBuf, BuildError>;

fn filled(
    arguments: &[String],
    environment: &BTreeMap<String, String>,
    at: Where<'_>,
) -> Result<Invocation, BuildError> {
    let mut words =
        arguments.iter().map(|word| fill(word, at)).collect::<Result<Vec<_>, _>>()?.into_iter();
    let mut invocation = Invocation::new(words.next().unwrap_or_default(), words);
    invocation.environment = environment
        .iter()
        .map(|(k, v)| Ok((k.clone(), fill(v, at)?)))
        .collect::<Result<_, BuildError>>()?;
    Ok(invocation)
}

fn fill(text: &str, at: Where<'_>) -> Result<String, BuildError> {
    let mut filled = text.to_owned();
    for name in PLACES {
        let hole = format!("{{{name}}}");
        if filled.contains(&hole) {
            filled = filled.replace(&hole, at(name)?.as_str());
        }
    }
    Ok(filled)
}
