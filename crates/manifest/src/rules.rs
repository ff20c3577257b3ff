//! The rules a manifest keeps. The same rules hold where one is written and where one is read.

use crate::entry::{Archive, Binary, Entry};
use crate::image::{ENDING, Image};
use crate::key::Role;
use crate::path::ReleasePath;
use crate::release::{self, CRITICAL, Release, SCHEMA, fixed};
use crate::rollup;
use catalog::Expected;
use std::collections::{BTreeMap, BTreeSet};
use vocab::Label;

/// A rule that a manifest breaks, in words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Broken(pub(crate) String);

/// Every rule this release breaks, not only the first.
pub(crate) fn broken(release: &Release) -> Vec<Broken> {
    let mut sink = Sink::default();
    header(release, &mut sink);
    keys(release, &mut sink);
    names(release, &mut sink);
    paths(release, &mut sink);
    release.archives().for_each(|archive| members(archive, release, &mut sink));
    release.binaries().for_each(|binary| self::binary(binary, release, &mut sink));
    release.images().for_each(|image| self::image(image, release, &mut sink));
    imported(release, &mut sink);
    sums(release, &mut sink);
    sink.0
}

#[derive(Default)]
struct Sink(Vec<Broken>);

impl Sink {
    fn need(&mut self, holds: bool, otherwise: impl FnOnce() -> String) {
        if !holds {
            self.0.push(Broken(otherwise()));
        }
    }
}

/// A number that `jq` and browsers still read exactly.
const LARGEST_EXACT_DOUBLE: u64 = 1 << 53;

fn header(release: &Release, sink: &mut Sink) {
    sink.need(release.schema == SCHEMA, || {
        format!("the schema is {}, and this program knows {SCHEMA}", release.schema)
    });
    sink.need(release.epoch < LARGEST_EXACT_DOUBLE, || {
        format!("the epoch {} is not below 2^53", release.epoch)
    });
    for name in CRITICAL {
        sink.need(release.critical.iter().any(|c| c == name), || {
            format!("`critical` does not name `{name}`")
        });
    }
    sink.need(release.binaries().next().is_some(), || {
        "it lists no binary: there is nothing to verify".to_owned()
    });
}

fn keys(release: &Release, sink: &mut Sink) {
    for role in Role::ALL {
        let count = release.keys.iter().filter(|note| note.role == role).count();
        sink.need(count == 1, || format!("it names {count} {role} keys, and a release has one"));
    }
    let distinct: BTreeSet<_> = release.keys.iter().map(|note| &note.keyid).collect();
    sink.need(distinct.len() == release.keys.len(), || "one key stands in two roles".to_owned());
}

/// Names are compared without case: on some file systems `Kubelet` and `kubelet` are one file.
fn names(release: &Release, sink: &mut Sink) {
    let mut seen = BTreeSet::new();
    for entry in &release.entries {
        sink.need(seen.insert(entry.id().folded()), || {
            format!("`{}` stands twice, case ignored", entry.id())
        });
        let Entry::Image(image) = entry else { continue };
        let name = image.manifest_name();
        sink.need(name.is_ok_and(|name| seen.insert(name.folded())), || {
            format!("the manifest of `{}` has the name of something else", image.path)
        });
    }
}

/// Every file of the release folder that is not fixed.
pub(crate) fn files_of(release: &Release) -> impl Iterator<Item = &ReleasePath> {
    release.entries.iter().map(|entry| match entry {
        Entry::Binary(binary) => &binary.sig.path,
        Entry::Archive(archive) => &archive.path,
        Entry::Image(image) => &image.path,
        Entry::Document(document) => &document.path,
    })
}

fn paths(release: &Release, sink: &mut Sink) {
    let mut seen: BTreeSet<String> = fixed::ALL.iter().map(|path| (*path).to_owned()).collect();
    for path in files_of(release) {
        sink.need(seen.insert(path.folded()), || {
            format!("the file `{path}` stands twice, case ignored")
        });
    }
    for path in files_of(release) {
        let folded = path.folded();
        let parent = folded
            .match_indices('/')
            .map(|(at, _)| &folded[..at])
            .find(|parent| seen.contains(*parent));
        sink.need(parent.is_none(), || format!("`{path}` lies below a path that is a file"));
    }
}

fn members(archive: &Archive, release: &Release, sink: &mut Sink) {
    let programs: BTreeSet<&ReleasePath> = release
        .binaries()
        .filter(|binary| binary.archive == archive.path)
        .map(|binary| &binary.member)
        .collect();
    let mut seen = BTreeSet::new();
    for member in &archive.members {
        let name = || format!("`{}` in `{}`", member.path, archive.path);
        sink.need(seen.insert(member.path.folded()), || {
            format!("{} stands twice, case ignored", name())
        });
        // A program that is not listed as a binary would ship without signature and label.
        let unlisted = member.mode.is_executable() && !programs.contains(&member.path);
        sink.need(!unlisted, || format!("{} is executable, and no binary of the release", name()));
    }
    sink.need(archive.path.as_str().ends_with(".tar.gz"), || {
        format!("`{}` is not named `.tar.gz`", archive.path)
    });
}

fn binary(binary: &Binary, release: &Release, sink: &mut Sink) {
    let id = &binary.id;
    let member = release
        .archives()
        .find(|archive| archive.path == binary.archive)
        .and_then(|archive| archive.members.iter().find(|member| member.path == binary.member));
    sink.need(
        member.is_some_and(|m| m.size == binary.size && m.sha256 == binary.digest.sha256),
        || format!("`{id}` is not the file `{}` of `{}`", binary.member, binary.archive),
    );
    sink.need(release::binary_id(&binary.archive, &binary.member).as_ref() == Ok(id), || {
        format!("`{id}` is not named after its archive and its file")
    });
    let same_program =
        |other: &&Binary| other.archive == binary.archive && other.member == binary.member;
    sink.need(release.binaries().filter(same_program).count() == 1, || {
        format!("`{id}` is listed under two names")
    });
    let signer = release.key(Role::Artifact).map(|note| &note.keyid);
    sink.need(signer == Some(&binary.sig.keyid), || {
        format!("`{id}` is not signed with the release's artifact key")
    });
    sink.need(release::signature_path(id).as_ref() == Ok(&binary.sig.path), || {
        format!("the signature of `{id}` is not at `signatures/{id}.sig`")
    });
    let label = binary.fips.verdict.label();
    sink.need(binary.fips.label == label, || {
        format!(
            "`{id}` is labelled `{}`, but its verdict `{}` gives `{label}`",
            binary.fips.label, binary.fips.verdict
        )
    });
    if let Some(expected) = &binary.expected {
        self::expected(id, expected, label, sink);
    }
}

/// What is expected is what was found, and somebody said why.
fn expected(name: &ReleasePath, expected: &Expected, label: Label, sink: &mut Sink) {
    sink.need(expected.label == label, || {
        format!("`{name}` is expected to be `{}`, and is `{label}`", expected.label)
    });
    sink.need(!expected.reason.trim().is_empty(), || {
        format!("`{name}` is expected to be `{}`, and no reason is given", expected.label)
    });
}

fn image(image: &Image, release: &Release, sink: &mut Sink) {
    let path = &image.path;
    sink.need(path.as_str().ends_with(ENDING), || format!("`{path}` is not named `{ENDING}`"));
    sink.need(!image.programs.is_empty(), || format!("`{path}` holds no program"));
    sink.need(!image.entrypoint.is_empty(), || format!("`{path}` starts nothing"));
    let mut seen = BTreeSet::new();
    for program in &image.programs {
        let name = || format!("`{}` in `{path}`", program.path);
        sink.need(seen.insert(&program.path), || format!("{} stands twice", name()));
        let Some(id) = &program.binary else { continue };
        let binary = release.binaries().find(|binary| binary.id == *id);
        let same = binary.is_some_and(|binary| {
            binary.digest.sha256 == program.sha256
                && binary.fips.verdict == program.verdict
                && (binary.target, &binary.component) == (image.target, &image.component)
        });
        sink.need(same, || {
            format!("{} is not the binary `{id}` with the same digest, verdict and target", name())
        });
        sink.need(program.allow.is_empty(), || {
            format!("{} has answers of its own beside those of `{id}`", name())
        });
    }
    let label = Label::of_verdicts(image.programs.iter().map(|program| program.verdict));
    sink.need(image.label == label, || {
        format!("`{path}` is labelled `{}`, but rolls up to `{label}`", image.label)
    });
    let Some(expected) = &image.expected else { return };
    self::expected(path, expected, image.label, sink);
    sink.need(image.own_programs().next().is_some(), || {
        format!("`{path}` is expected to be `{}`, and has no program of its own", expected.label)
    });
}

fn sums(release: &Release, sink: &mut Sink) {
    let digest =
        rollup::release_digest(release.binaries().map(|b| (b.digest.sha256, b.id.as_str())));
    sink.need(release.release_digest == digest, || {
        format!("the release digest is {digest}, not the one it names")
    });
    let (components, label) = rollup::labels(release.verdicts());
    sink.need(release.label == label, || {
        format!("the release is labelled `{}`, but rolls up to `{label}`", release.label)
    });
    let named: BTreeMap<_, _> =
        release.components.iter().map(|c| (&c.component, c.label)).collect();
    for computed in &components {
        let found = named.get(&computed.component);
        sink.need(found == Some(&computed.label), || {
            format!("the component `{}` rolls up to `{}`", computed.component, computed.label)
        });
    }
    sink.need(release.components.len() == components.len(), || {
        "its components are not those of its binaries and imported parts".to_owned()
    });
}

/// What is imported is neither built nor named twice, and says why.
fn imported(release: &Release, sink: &mut Sink) {
    let built: BTreeSet<_> = release.binaries().map(|binary| &binary.component).collect();
    let mut seen = BTreeSet::new();
    for part in &release.imported {
        let name = &part.component;
        sink.need(!built.contains(name), || {
            format!("`{name}` is imported, and the release has binaries of it")
        });
        sink.need(seen.insert(name), || format!("`{name}` is imported twice"));
        sink.need(!part.reason.trim().is_empty(), || {
            format!("`{name}` is imported, and no reason is given")
        });
    }
    sink.need(release.imported.is_sorted(), || "what is imported is not sorted".to_owned());
}
