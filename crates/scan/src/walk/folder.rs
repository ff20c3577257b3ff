//! Folders: each is a root whose top is `/`, with whatever image layouts lie in it.

use super::intake::{self, Keep, Load};
use super::outcome::Found;
use super::site::{Site, Taken};
use super::{Place, ScanError, Walk, open, real};
use crate::Scanner;
use crate::root::{Root, is_kept};
use crate::surroundings::{Neighbour, Surroundings as _};
use camino::{Utf8Path, Utf8PathBuf};
use files::Thing;
use inspect::BinaryFacts;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use unpack::{Blob, Gauge, Problem};
use vocab::{Sha256, Verdict};

/// What lies below a folder.
#[derive(Default)]
struct Survey {
    /// Files with all their paths, sorted, and where to open them.
    files: Vec<File>,
    symlinks: Vec<(String, String)>,
    unreadable: Vec<(String, String)>,
    /// Folders that are image layouts.
    layouts: Vec<(String, PathBuf)>,
    /// SHA-256 over the paths and sizes of the files, and their sum.
    identity: Option<(Sha256, u64)>,
}

struct File {
    paths: Vec<String>,
    open: PathBuf,
    size: u64,
}

impl Survey {
    /// The blobs of image layouts are left out; the folder itself may be one.
    fn of(folder: &Path, is_layout: bool) -> Self {
        let mut places = files::survey(folder);
        let mut survey = Self { layouts: layouts(&places), ..Self::default() };
        let mut blobs: Vec<String> =
            survey.layouts.iter().map(|(layout, _)| format!("{layout}/blobs")).collect();
        blobs.extend(is_layout.then(|| "blobs".to_owned()));
        let outside = |name: &str| !blobs.iter().any(|blobs| is_below(name, blobs));
        places.retain(|place| outside(&place.name));
        let mut by_inode: BTreeMap<(u64, u64), usize> = BTreeMap::new();
        let (mut listing, mut sum) = (String::new(), 0_u64);
        for place in places {
            match place.thing {
                Thing::File { size, identity } => {
                    let _ = writeln!(listing, "{}\0{size}", place.name);
                    sum = sum.saturating_add(size);
                    let next = survey.files.len();
                    let at = *by_inode.entry(identity).or_insert(next);
                    match survey.files.get_mut(at) {
                        Some(file) => file.paths.push(place.name),
                        None => survey.files.push(File {
                            paths: vec![place.name],
                            open: place.path,
                            size,
                        }),
                    }
                }
                Thing::Symlink(target) => survey.symlinks.push((place.name, target)),
                Thing::Unreadable(why) => survey.unreadable.push((place.name, why)),
                Thing::Other => {}
            }
        }
        survey.identity = Some((Sha256::of(listing.as_bytes()), sum));
        survey
    }

    /// The names that symlinks with a wanted name lead to are wanted too.
    fn follow(&self, wanted: &mut BTreeSet<String>) {
        loop {
            let links = self.symlinks.iter().filter(|(path, _)| wanted.contains(base(path)));
            let targets: Vec<String> = links.map(|(_, target)| base(target).to_owned()).collect();
            let before = wanted.len();
            wanted.extend(targets);
            if wanted.len() == before {
                return;
            }
        }
    }

    fn root(&self) -> Root {
        let mut root = Root::default();
        self.symlinks.iter().for_each(|(path, target)| root.link(path, target));
        root
    }
}

/// Folders that hold an `oci-layout` and an `index.json`. The folder itself is asked before.
fn layouts(places: &[files::Place]) -> Vec<(String, PathBuf)> {
    let is_file = |name: &str| {
        let at = places.binary_search_by(|place| place.name.as_str().cmp(name));
        at.ok()
            .and_then(|at| places.get(at))
            .is_some_and(|place| matches!(place.thing, Thing::File { .. }))
    };
    let folder = |place: &files::Place| {
        let folder = place.name.strip_suffix("/oci-layout")?;
        let path = place.path.parent()?.to_owned();
        is_file(&format!("{folder}/index.json")).then(|| (folder.to_owned(), path))
    };
    places.iter().filter_map(folder).collect()
}

fn is_below(name: &str, folder: &str) -> bool {
    name.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Providers that OpenSSL loads by configuration, so that no file names them.
const ALWAYS: &[&str] = &["fips.so", "legacy.so"];

/// The last part of a path.
fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The names of libraries that a program needs or may load by name.
fn loads(facts: &BinaryFacts) -> Vec<String> {
    let needed = facts.program.iter().flat_map(|program| &program.needed).cloned();
    let named = facts.native.iter().flat_map(|native| &native.named_libraries);
    needed.chain(named.map(|named| named.text.clone())).collect()
}

impl Walk<'_> {
    /// A folder that the command line names: an image layout, or a root.
    pub(super) fn folder(&self, path: &Utf8Path, real: &Path) -> Found {
        let gauge = Gauge::new(self.limits.archive);
        let images = unpack::open_folder(real, &gauge);
        // What lies beside the blobs of a layout is not part of its images, and is scanned all the same.
        let place = if images.is_some() { Place::Inside } else { Place::Named };
        let images = images.map_or_else(Found::default, |images| {
            let said = self.own(path.as_str(), "image", None, &images.problems);
            self.images(path.as_str(), &images.images, &gauge, Place::Named).join(said)
        });
        let survey = Survey::of(real, place == Place::Inside);
        let identity = || survey.identity.unwrap_or_else(|| (Sha256::of(b""), 0));
        let separator = if path.as_str().ends_with('/') { "" } else { "/" };
        let path = path.as_str();
        let site = Site {
            path,
            separator,
            kind: "image",
            identity: &identity,
            environment: &[],
            place,
            classes_judged: false,
        };
        let mut found = images;
        for (name, why) in &survey.unreadable {
            let problem = Problem::Damaged(why.clone());
            found = found.join(self.refused(&format!("{path}{separator}{name}"), None, &problem));
        }
        for (name, folder) in &survey.layouts {
            let gauge = Gauge::new(self.limits.archive);
            let images = unpack::open_folder(folder, &gauge).unwrap_or_default();
            let path = format!("{path}{separator}{name}");
            found = found.join(self.own(&path, "image", None, &images.problems));
            found = found.join(self.images(&path, &images.images, &gauge, Place::Inside));
        }
        let keep = Keep::default();
        let take = |file: &File| {
            // Each archive has limits of its own, as if it had been named.
            let gauge = Gauge::new(self.limits.archive);
            self.look(&site, file.paths.clone(), self.load(file, &gauge, &keep), &gauge)
        };
        let taken: Vec<Taken> = survey.files.par_iter().map(take).collect();
        let mut inside = self.finish(survey.root(), taken, &site);
        // What could not be read may have been a program.
        if !found.artifacts.is_empty() {
            inside.artifacts.retain(|it| it.path != path || it.verdict != Verdict::NoCrypto);
        }
        found.join(inside)
    }

    fn load(&self, file: &File, gauge: &Gauge, keep: &Keep) -> Load {
        if file.size == 0 {
            return Load::Data;
        }
        let path = file.paths.first().map_or("", String::as_str);
        match files::open(&file.open).and_then(Blob::file) {
            Ok(blob) => {
                let limit = self.limits.file;
                intake::load(&mut blob.reader(), path, blob.len(), limit, gauge, Some(keep))
            }
            Err(error) => Load::Failed(Problem::from(error)),
        }
    }

    /// Files that are judged as programs of a root, without a scan of all of it.
    pub(super) fn in_root(
        &self,
        root: &Utf8Path,
        paths: &[Utf8PathBuf],
    ) -> Result<Found, ScanError> {
        let folder = real(root)?;
        let inside = paths.iter().filter_map(|path| {
            let real = real(path).unwrap_or_else(|_| folder.join(path.as_str().trim_matches('/')));
            Some(real.strip_prefix(&folder).ok()?.to_str()?.to_owned())
        });
        let mut inside: Vec<String> = inside.collect();
        inside.sort();
        // What a program from elsewhere loads is looked for as well.
        let mut wanted = BTreeSet::new();
        for path in paths {
            let Ok(real) = real(path) else { continue };
            if !real.starts_with(&folder) && real.is_file() {
                let bytes = open(path, &real)?.read(self.limits.file).unwrap_or_default();
                wanted.extend(loads(&Scanner::see(&bytes, &self.parser).facts));
            }
        }
        let around = self.around(&folder, &inside, wanted);
        let found = paths.iter().map(|path| self.one_in_root(path, &folder, &around));
        Ok(found.collect::<Result<Vec<_>, _>>()?.into_iter().fold(Found::default(), Found::join))
    }

    /// What lies around programs: the settings of a folder, and of its libraries those that may be loaded. The folder may be a
    /// whole machine, so no other file of it is read.
    pub(super) fn around(
        &self,
        folder: &Path,
        programs: &[String],
        mut wanted: BTreeSet<String>,
    ) -> Root {
        let survey = Survey::of(folder, false);
        let (keep, gauge) = (Keep::default(), Gauge::new(self.limits.archive));
        wanted.extend(ALWAYS.iter().map(|&name| name.to_owned()));
        let mut left: Vec<&File> = survey.files.iter().collect();
        let mut root = survey.root();
        // A library brings the names of others: until none is new.
        loop {
            survey.follow(&mut wanted);
            let (now, later): (Vec<&File>, Vec<&File>) = left.into_iter().partition(|file| {
                file.paths.iter().any(|path| {
                    programs.contains(path)
                        || wanted.contains(base(path))
                        || is_kept(path, file.size)
                })
            });
            if now.is_empty() {
                break;
            }
            let see = |file: &&File| self.see_in_root(file, &gauge, &keep);
            let seen: Vec<_> = now.par_iter().map(see).collect();
            for (file, (neighbour, kept)) in now.into_iter().zip(seen) {
                wanted.extend(neighbour.iter().flat_map(|it| loads(&it.facts)));
                root.put(&file.paths, neighbour, kept);
            }
            left = later;
        }
        root.settle(&[]);
        root
    }

    fn see_in_root(
        &self,
        file: &File,
        gauge: &Gauge,
        keep: &Keep,
    ) -> (Option<Neighbour>, Option<Vec<u8>>) {
        match self.load(file, gauge, keep) {
            Load::Program { bytes, kept, .. } => {
                let seen = Scanner::see(&bytes, &self.parser);
                let path = format!("/{}", file.paths.first().map_or("", String::as_str));
                let neighbour = Neighbour { path, sha256: seen.sha256, facts: seen.facts };
                (Some(neighbour), Some(bytes).filter(|_| kept))
            }
            Load::Kept(bytes) => (None, Some(bytes)),
            _ => (None, None),
        }
    }

    fn one_in_root(&self, path: &Utf8Path, folder: &Path, root: &Root) -> Result<Found, ScanError> {
        let here = real(path);
        let inside = match &here {
            Ok(real) => real.strip_prefix(folder).ok().and_then(Path::to_str).map(str::to_owned),
            Err(_) => None,
        };
        let place = inside.as_ref().map_or_else(|| path.to_string(), |inside| format!("/{inside}"));
        if let Some(program) = root.neighbour(&place) {
            let size = folder
                .join(program.path.trim_start_matches('/'))
                .metadata()
                .map_or(0, |it| it.len());
            return Ok(Found::artifact(self.judge_in(root, path.as_str(), program, size)));
        }
        let real = here?;
        if inside.is_some() || real.is_dir() {
            return self.named(path);
        }
        // A program from elsewhere, as if it stood at the top of the root.
        let blob = open(path, &real)?;
        let bytes = match blob.read(self.limits.file) {
            Ok(bytes) => bytes,
            Err(problem) => return Ok(self.refused(path.as_str(), Some(&blob), &problem)),
        };
        let seen = Scanner::see(&bytes, &self.parser);
        let place = format!("/{}", path.file_name().unwrap_or_default());
        Ok(Found::artifact(self.scanner.judge(&seen.at(path.as_str(), &place), root, self.allow)))
    }
}
