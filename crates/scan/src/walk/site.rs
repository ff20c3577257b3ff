//! A root scanned in two stages: every file read and inspected, then every program judged with the others around it.

use super::intake::{self, Keep, Load};
use super::outcome::Found;
use super::{Place, Walk};
use crate::Scanner;
use crate::os::{OperatingSystem, RootReport};
use crate::report::ArtifactReport;
use crate::root::Root;
use crate::rules;
use crate::scanner::{Seen, Subject};
use crate::surroundings::Neighbour;
use inspect::BinaryFacts;
use inspect::facts::{FileKind, JavaFacts};
use rayon::prelude::*;
use std::sync::mpsc::sync_channel;
use unpack::{Blob, Gauge, Node, Problem, Tree};
use vocab::{Sha256, Verdict};

/// What stage one made of one file of a root.
pub(super) struct Taken {
    /// Its paths in the root, without `/` at their beginning; the first names it.
    pub(super) paths: Vec<String>,
    pub(super) seen: Option<Seen>,
    pub(super) kept: Option<Vec<u8>>,
    pub(super) database: Option<Blob>,
    /// What was found inside it, when it is an archive.
    pub(super) inside: Found,
}

/// A root while it is put together.
pub(super) struct Site<'s> {
    /// How the report calls it.
    pub(super) path: &'s str,
    /// What stands between that and a path inside.
    pub(super) separator: &'s str,
    /// What the entry of the root itself says it is.
    pub(super) kind: &'s str,
    /// Its digest and size, for that entry.
    pub(super) identity: &'s (dyn Fn() -> (Sha256, u64) + Sync),
    pub(super) environment: &'s [String],
    pub(super) place: Place,
    /// Whether its classes were judged with it, as those of a Java archive are.
    pub(super) classes_judged: bool,
}

impl Site<'_> {
    /// How the report calls something inside.
    fn inside(&self, path: &str) -> String {
        format!("{}{}{path}", self.path, self.separator)
    }
}

impl Walk<'_> {
    /// Both stages over a root that was unpacked.
    pub(super) fn tree(&self, tree: &Tree, gauge: &Gauge, site: &Site<'_>) -> Found {
        let keep = Keep::default();
        let (taken, problems) = if site.place == Place::Named {
            self.take_with_all_cores(tree, gauge, site, &keep)
        } else {
            let mut taken = Vec::new();
            let problems = tree.files(gauge, &mut |file| {
                let path = file.paths.first().map_or("", String::as_str);
                let load = intake::load(
                    file.content,
                    path,
                    file.size,
                    self.limits.file,
                    gauge,
                    Some(&keep),
                );
                taken.push(self.look(site, file.paths.to_vec(), load, gauge));
            });
            (taken, problems)
        };
        let mut root = Root::default();
        for (path, node) in tree.nodes() {
            if let Node::Symlink(target) = node {
                root.link(path, target);
            }
        }
        let mut said = self.own(site.path, site.kind, None, &problems);
        for entry in &mut said.artifacts {
            (entry.sha256, entry.size) = (site.identity)();
        }
        said.join(self.finish(root, taken, site))
    }

    /// One thread reads, because a compressed archive has only one beginning; every core inspects. What was read and not
    /// yet inspected is one file.
    fn take_with_all_cores(
        &self,
        tree: &Tree,
        gauge: &Gauge,
        site: &Site<'_>,
        keep: &Keep,
    ) -> (Vec<Taken>, Vec<Problem>) {
        let (sender, receiver) = sync_channel(0);
        std::thread::scope(|scope| {
            let reader = scope.spawn(move || {
                tree.files(gauge, &mut |file| {
                    let path = file.paths.first().map_or("", String::as_str);
                    let limit = self.limits.file;
                    let load =
                        intake::load(file.content, path, file.size, limit, gauge, Some(keep));
                    // Nobody hangs up before the end.
                    let _ = sender.send((file.paths.to_vec(), load));
                })
            });
            let look = |(paths, load)| self.look(site, paths, load, gauge);
            let taken = receiver.into_iter().par_bridge().map(look).collect();
            let failed = |_| vec![Problem::Damaged("the reader failed".to_owned())];
            (taken, reader.join().unwrap_or_else(failed))
        })
    }

    /// Inspects one file of a root. An archive inside it is scanned to its end.
    pub(super) fn look(
        &self,
        site: &Site<'_>,
        paths: Vec<String>,
        load: Load,
        gauge: &Gauge,
    ) -> Taken {
        let path = site.inside(paths.first().map_or("", String::as_str));
        let (seen, kept, database) = (None, None, None);
        let mut taken = Taken { paths, seen, kept, database, inside: Found::default() };
        match load {
            Load::Program { bytes, kept, zip } => {
                match inspect::fat_members(&bytes) {
                    Some(programs) => taken.inside = self.fat(&path, &programs),
                    None => taken.seen = Some(Scanner::see(&bytes, &self.parser)),
                }
                if taken.seen.as_ref().is_some_and(|seen| is_idle_class(&seen.facts, site)) {
                    (taken.seen, taken.inside.skipped) = (None, 1);
                }
                taken.kept = Some(bytes).filter(|_| kept);
                if let Some(blob) = zip {
                    taken.inside =
                        std::mem::take(&mut taken.inside).join(self.nested(&path, &blob, gauge));
                }
            }
            Load::Archive(blob) => {
                taken.inside = self.nested(&path, &blob, gauge);
                // An archive without artifacts is data.
                taken.inside.skipped +=
                    u64::from(taken.inside.artifacts.is_empty() && taken.inside.skipped == 0);
            }
            Load::Kept(bytes) => {
                taken.kept = Some(bytes);
                taken.inside.skipped = 1;
            }
            Load::Database(blob) => (taken.database, taken.inside.skipped) = (Some(blob), 1),
            Load::Script => (taken.inside.skipped, taken.inside.scripts) = (1, 1),
            Load::Data => taken.inside.skipped = 1,
            Load::Failed(problem) => taken.inside = self.refused(&path, None, &problem),
        }
        taken
    }

    /// Stage two: every program judged with the root around it.
    pub(super) fn finish(&self, mut root: Root, taken: Vec<Taken>, site: &Site<'_>) -> Found {
        let files = taken.len();
        let mut found = Found::default();
        let mut sizes = Vec::new();
        for Taken { paths, seen, kept, database, inside } in taken {
            found = found.join(inside);
            let neighbour = seen.map(|Seen { sha256, size, facts }| {
                sizes.push(size);
                let path = format!("/{}", paths.first().map_or("", String::as_str));
                Neighbour { path, sha256, facts }
            });
            match database {
                Some(database) => root.put_database(&paths, database),
                None => root.put(&paths, neighbour, kept),
            }
        }
        root.settle(site.environment);
        if let Some(os) = OperatingSystem::of(&root, site.environment, self.scanner) {
            found.roots.push(RootReport { path: site.path.to_owned(), os });
        }
        let judge = |(program, size): (&Neighbour, &u64)| {
            let path = site.inside(program.path.trim_start_matches('/'));
            self.judge_in(&root, &path, program, *size)
        };
        let programs = root.programs();
        let reports: Vec<ArtifactReport> = match site.place {
            Place::Named => programs.par_iter().zip(&sizes).map(judge).collect(),
            Place::Inside => programs.iter().zip(&sizes).map(judge).collect(),
        };
        found.artifacts.extend(reports);
        if site.place == Place::Named && found.artifacts.is_empty() && files > 0 {
            found.artifacts.push(self.without_programs(site, files, found.scripts));
        }
        found
    }

    /// A program judged with its root around it.
    pub(super) fn judge_in(
        &self,
        root: &Root,
        path: &str,
        program: &Neighbour,
        size: u64,
    ) -> ArtifactReport {
        let Neighbour { path: place, sha256, facts } = program;
        let subject = Subject { path, place, sha256: *sha256, size, facts };
        self.scanner.judge(&subject, root, self.answers_to(*sha256))
    }

    fn without_programs(&self, site: &Site<'_>, files: usize, scripts: u64) -> ArtifactReport {
        let identity = (site.identity)();
        if scripts == 0 {
            let mut report = self.entry(site.path, site.kind, identity, Verdict::NoCrypto, vec![]);
            report.reasons = vec![format!("{files} files, none of them a program")];
            return report;
        }
        let message =
            format!("{files} files, {scripts} of them scripts, and no program that runs them");
        let finding = rules::UNSUPPORTED_KIND.finding(message, vec![]);
        self.entry(site.path, site.kind, identity, Verdict::Undetermined, vec![finding])
    }
}

/// A class that shows nothing, or that was judged with its archive: thousands of such entries would hide the others.
fn is_idle_class(facts: &BinaryFacts, site: &Site<'_>) -> bool {
    let shows = |java: &JavaFacts| java.platform.is_some() || !java.constants.is_empty();
    facts.kind == FileKind::JavaClass
        && (site.classes_judged || !facts.java.as_ref().is_some_and(shows))
}
