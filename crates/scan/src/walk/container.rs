//! Archives, packages and images: those with paths are roots, and are scanned as such.

use super::intake::{self, Load};
use super::outcome::Found;
use super::site::Site;
use super::{Place, Walk};
use crate::Scanner;
use crate::surroundings::Alone;
use inspect::facts::FileKind;
use std::collections::BTreeMap;
use unpack::{Blob, Gauge, Image, Opened};
use vocab::Sha256;

impl Walk<'_> {
    /// Anything that may be an archive.
    pub(super) fn container(&self, path: &str, blob: &Blob, gauge: &Gauge, place: Place) -> Found {
        // What the inspector reads as a whole is an artifact beside its members.
        let whole = self.whole(path, blob);
        let opened = match unpack::open(blob, gauge) {
            Ok(opened) => opened,
            Err(problem) => return whole.join(self.refused(path, Some(blob), &problem)),
        };
        let identity = || (blob.sha256().unwrap_or_else(|_| Sha256::of(b"")), blob.len());
        let kind = if matches!(opened, Some(Opened::Images(_))) { "image" } else { "archive" };
        let inside = match opened {
            Some(Opened::Tree(tree)) => {
                let said = self.own(path, kind, Some(blob), tree.problems());
                // An archive is told when nothing is in it only if it was asked for.
                let site = Site {
                    path,
                    separator: "!",
                    kind: "image",
                    identity: &identity,
                    environment: &[],
                    place,
                    classes_judged: whole.artifacts.iter().any(|whole| whole.kind == "jar"),
                };
                said.join(self.tree(&tree, gauge, &site))
            }
            Some(Opened::Images(images)) => {
                let said = self.own(path, kind, Some(blob), &images.problems);
                self.images(path, &images.images, gauge, place).join(said)
            }
            Some(Opened::Library(members, problem)) => {
                let said = self.own(path, kind, Some(blob), problem.as_slice());
                self.library(path, &members, gauge).join(said)
            }
            Some(Opened::Packed) => self.packed(path, blob, gauge),
            None if whole.artifacts.is_empty() => match blob.read(self.limits.file) {
                Ok(bytes) => self.loose(path, &bytes),
                Err(problem) => self.refused(path, Some(blob), &problem),
            },
            None => Found::default(),
        };
        whole.join(inside)
    }

    /// A zip archive that the inspector knows as more than an archive.
    fn whole(&self, path: &str, blob: &Blob) -> Found {
        if blob.head(2).is_ok_and(|head| head != b"PK") {
            return Found::default();
        }
        let Ok(bytes) = blob.read(self.limits.file) else { return Found::default() };
        let seen = Scanner::see(&bytes, &self.parser);
        if seen.facts.kind == FileKind::Archive {
            return Found::default();
        }
        Found::artifact(self.scanner.judge(&seen.at(path, path), &Alone, self.allow))
    }

    /// Each image is a root. One that stands alone has no name of its own.
    pub(super) fn images(
        &self,
        path: &str,
        images: &[Image],
        gauge: &Gauge,
        place: Place,
    ) -> Found {
        let scanned = images.iter().map(|image| {
            let path = if image.name.is_empty() {
                path.to_owned()
            } else {
                format!("{path}!{}", image.name)
            };
            let mut found = Found::default();
            if !image.tree.problems().is_empty() {
                let mut said = self.own(&path, "image", None, image.tree.problems());
                for entry in &mut said.artifacts {
                    entry.sha256 = image.digest;
                }
                found = said;
            }
            let identity = || (image.digest, 0);
            let (path, environment) = (path.as_str(), &image.environment[..]);
            let site = Site {
                path,
                separator: "!",
                kind: "image",
                identity: &identity,
                environment,
                place,
                classes_judged: false,
            };
            found.join(self.tree(&image.tree, gauge, &site))
        });
        scanned.fold(Found::default(), Found::join)
    }

    /// The members of a static library are linked into programs one by one, and have no root.
    fn library(&self, path: &str, members: &[(String, Blob)], gauge: &Gauge) -> Found {
        let mut times: BTreeMap<&str, usize> = BTreeMap::new();
        let mut found = Found::default();
        for (name, blob) in members {
            let time = times.entry(name).or_default();
            *time += 1;
            let path =
                if *time == 1 { format!("{path}!{name}") } else { format!("{path}!{name}#{time}") };
            let load =
                intake::load(&mut blob.reader(), name, blob.len(), self.limits.file, gauge, None);
            found = found.join(self.member(&path, load, gauge));
        }
        found
    }

    /// What one compressed file holds: its name without the ending.
    fn packed(&self, path: &str, blob: &Blob, gauge: &Gauge) -> Found {
        let base = path.rsplit(['/', '!']).next().unwrap_or(path);
        let name = base.rsplit_once('.').map_or("content", |(stem, _)| stem);
        let inner = match (gauge.deeper(), unpack::unpacked(blob, gauge)) {
            (Ok(gauge), Ok(mut content)) => {
                intake::load(&mut content, name, 0, self.limits.file, &gauge, None)
            }
            (Err(problem), _) | (_, Err(problem)) => Load::Failed(problem),
        };
        match inner {
            Load::Failed(problem) => self.refused(path, Some(blob), &problem),
            load => self.member(&format!("{path}!{name}"), load, gauge),
        }
    }

    /// A member without a root.
    fn member(&self, path: &str, load: Load, gauge: &Gauge) -> Found {
        match load {
            Load::Program { bytes, .. } => self.loose(path, &bytes),
            Load::Archive(blob) => self.nested(path, &blob, gauge),
            Load::Failed(problem) => self.refused(path, None, &problem),
            Load::Script => Found { skipped: 1, scripts: 1, ..Found::default() },
            Load::Data | Load::Kept(_) | Load::Database(_) => {
                Found { skipped: 1, ..Found::default() }
            }
        }
    }

    /// An archive inside something.
    pub(super) fn nested(&self, path: &str, blob: &Blob, gauge: &Gauge) -> Found {
        match gauge.deeper() {
            Ok(gauge) => self.container(path, blob, &gauge, Place::Inside),
            Err(problem) => self.refused(path, Some(blob), &problem),
        }
    }
}
