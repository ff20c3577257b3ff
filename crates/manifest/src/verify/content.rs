//! The content of a release: documents by digest, archives member by member, binaries by signature and label.

use super::Context;
use super::check::{Check, CheckKind, Reason, chain};
use crate::entry::{Archive, Binary, Digests, Document, Fips, Member};
use crate::key::Role;
use crate::tarball::{Header, TarError, Tarball};
use scan::{ArtifactReport, FileTree, Scanned};
use std::collections::BTreeMap;
use vocab::{Sha256, Sha512};

/// What was examined in one archive.
#[derive(Default)]
pub(crate) struct Examined {
    pub(crate) checks: Vec<Check>,
    /// The fresh report of each binary that could be read, by id.
    pub(crate) reports: BTreeMap<String, ArtifactReport>,
}

/// A document: size first, then both digests.
pub(crate) fn document(context: &Context<'_>, document: &Document) -> Check {
    match context.tree.read_sized(document.path.as_str(), document.size) {
        Err(check) => check,
        Ok(bytes) => {
            digests(CheckKind::File, document.path.as_str(), document.digest, Digests::of(&bytes))
        }
    }
}

pub(super) fn digests(kind: CheckKind, path: &str, sealed: Digests, found: Digests) -> Check {
    if sealed.sha256 == found.sha256 {
        Check::equal(kind, path, Reason::Digest, "SHA-512", (sealed.sha512, found.sha512))
    } else {
        Check::equal(kind, path, Reason::Digest, "SHA-256", (sealed.sha256, found.sha256))
    }
}

/// An archive and every binary in it. The archive is read in memory and never unpacked; when its digest is wrong its
/// members are still compared, so that the report says which binary was changed.
pub(crate) fn archive(context: &Context<'_>, archive: &Archive) -> Examined {
    let mut examined = Examined::default();
    match context.tree.read_sized(archive.path.as_str(), archive.size) {
        Err(check) => examined.checks.push(check),
        Ok(bytes) => {
            let found = Digests::of(&bytes);
            examined.checks.push(digests(
                CheckKind::File,
                archive.path.as_str(),
                archive.digest,
                found,
            ));
            let tree = tree(context, archive, &bytes);
            let content = members(context, archive, (&bytes, tree.as_ref()), &mut examined);
            examined.checks.push(match content {
                Ok(()) => Check::pass(
                    CheckKind::Archive,
                    &archive.path,
                    "holds exactly the sealed members",
                ),
                Err(error) => Check::fail(
                    CheckKind::Archive,
                    &archive.path,
                    Reason::ArchiveContent,
                    chain(&error),
                ),
            });
        }
    }
    let unread = context
        .binaries_of(archive)
        .filter(|binary| !examined.reports.contains_key(binary.id.as_str()));
    let unread: Vec<Check> = unread
        .map(|b| {
            Check::error(
                CheckKind::Signature,
                &b.id,
                Reason::NotExamined,
                "its archive could not be read that far",
            )
        })
        .collect();
    examined.checks.extend(unread);
    examined
}

/// An archive that holds more than programs is a root: what its programs load and read decides with them. What is not the
/// sealed member is no part of it; that it is not is found where the members are compared.
fn tree(context: &Context<'_>, archive: &Archive, packed: &[u8]) -> Option<FileTree> {
    let programs: Vec<_> = context.binaries_of(archive).map(|binary| &binary.member).collect();
    if archive.members.iter().all(|member| programs.contains(&&member.path)) {
        return None;
    }
    let mut tarball = Tarball::new(packed);
    let mut files = Vec::new();
    for sealed in &archive.members {
        let (Ok(Some(_)), Ok(bytes)) = (tarball.next(), tarball.content(sealed.size)) else {
            break;
        };
        if Sha256::of(&bytes) == sealed.sha256 {
            files.push((sealed.path.as_str(), bytes));
        }
    }
    let files: Vec<(&str, &[u8])> = files.iter().map(|(path, bytes)| (*path, &bytes[..])).collect();
    Some(context.scanner.read_tree(&files))
}

/// Every member in order; memory is taken only for sizes that are under the seal.
fn members(
    context: &Context<'_>,
    archive: &Archive,
    (packed, tree): (&[u8], Option<&FileTree>),
    examined: &mut Examined,
) -> Result<(), TarError> {
    let mut tarball = Tarball::new(packed);
    for sealed in &archive.members {
        let found = tarball.next()?;
        if found != Some(Header { path: sealed.path.clone(), mode: sealed.mode, size: sealed.size })
        {
            return Err(TarError::Unexpected(unlike(sealed, found.as_ref())));
        }
        let bytes = tarball.content(sealed.size)?;
        match context.binaries_of(archive).find(|binary| binary.member == sealed.path) {
            Some(binary) => self::binary(context, (binary, tree), &bytes, examined),
            None => examined.checks.extend(other_member(archive, sealed, &bytes)),
        }
    }
    match tarball.next()? {
        None => Ok(()),
        Some(extra) => {
            Err(TarError::Unexpected(format!("it holds `{}`, which is not sealed", extra.path)))
        }
    }
}

fn unlike(sealed: &Member, found: Option<&Header>) -> String {
    let found = found.map_or("its end".to_owned(), |h| {
        format!("`{}` (mode {}, {} bytes)", h.path, h.mode, h.size)
    });
    format!(
        "it holds {found} where `{}` (mode {}, {} bytes) was sealed",
        sealed.path, sealed.mode, sealed.size
    )
}

fn other_member(archive: &Archive, sealed: &Member, bytes: &[u8]) -> Option<Check> {
    let found = Sha256::of(bytes);
    let path = format!("{}!{}", archive.path, sealed.path);
    (found != sealed.sha256).then(|| {
        Check::equal(CheckKind::Archive, path, Reason::Digest, "SHA-256", (sealed.sha256, found))
    })
}

fn binary(
    context: &Context<'_>,
    (binary, tree): (&Binary, Option<&FileTree>),
    bytes: &[u8],
    examined: &mut Examined,
) {
    let path = format!("{}!{}", binary.archive, binary.member);
    // The scan hashes what it scans: SHA-256 is not computed again.
    let scanned = match tree {
        None => context.scanner.scan(&path, bytes, &binary.allow),
        Some(tree) => {
            let place = binary.member.as_str();
            context.scanner.scan_in(tree, (&path, place), bytes, &binary.allow)
        }
    };
    examined.checks.push(signature(context, binary, &scanned, Sha512::of(bytes)));
    examined.checks.push(context.tree.copy(binary.sig.path.as_str(), binary.sig.value.as_bytes()));
    examined.checks.push(label(context, binary, scanned.report()));
    examined.checks.extend(policy(context, binary, scanned.report()));
    examined.reports.insert(binary.id.to_string(), scanned.report().clone());
}

/// Digest and signature of the raw bytes, with the trusted key and the trusted key's scheme.
fn signature(context: &Context<'_>, binary: &Binary, scanned: &Scanned, sha512: Sha512) -> Check {
    let found = Digests { sha256: scanned.sha256(), sha512 };
    let key = context.trust.key(Role::Artifact);
    let fail =
        |message| Check::fail(CheckKind::Signature, &binary.id, Reason::SignatureInvalid, message);
    if found != binary.digest {
        return digests(CheckKind::Signature, binary.id.as_str(), binary.digest, found);
    }
    if binary.sig.scheme != key.scheme() {
        return fail("it is signed in another scheme than the trusted key's".to_owned());
    }
    match key.verify_digest(found.sha256, binary.sig.value.as_bytes()) {
        Ok(()) => {
            Check::pass(CheckKind::Signature, &binary.id, "signed by the trusted artifact key")
        }
        Err(error) => fail(error.to_string()),
    }
}

/// The label is computed again, today: the same bytes can be judged differently after a certificate has ended.
fn label(context: &Context<'_>, binary: &Binary, report: &ArtifactReport) -> Check {
    let differences = binary.fips.differences(&Fips::of(report));
    let as_of = context.scanner.as_of;
    let check = if differences.is_empty() {
        Check::pass(CheckKind::Label, &binary.id, format!("still `{}` as of {as_of}", report.label))
    } else {
        let sealed_on = context.release.as_of;
        let why = report.reasons.join("; ");
        let message = format!(
            "judged differently as of {as_of} than as of {sealed_on}: {}: {why}",
            differences.join("; ")
        );
        Check::fail(CheckKind::Label, &binary.id, Reason::LabelChanged, message)
    };
    check.values(binary.fips.verdict, report.verdict)
}

fn policy(context: &Context<'_>, binary: &Binary, report: &ArtifactReport) -> Option<Check> {
    let policy = context.policy?;
    let check = if context.scanner.accepts(report) {
        Check::pass(
            CheckKind::Policy,
            &binary.id,
            format!("accepted by the policy `{}`", policy.name),
        )
    } else if let Some(expected) = &binary.expected {
        let message = format!(
            "not what the policy `{}` asks for, and sealed as that: {}",
            policy.name, expected.reason
        );
        Check::pass(CheckKind::Policy, &binary.id, message)
    } else {
        let message = format!("the policy `{}` does not accept `{}`", policy.name, report.verdict);
        Check::fail(CheckKind::Policy, &binary.id, Reason::PolicyRefused, message)
    };
    Some(check.values(list(policy), report.verdict))
}

fn list(policy: &catalog::Policy) -> String {
    policy.accept.iter().map(|verdict| verdict.as_str()).collect::<Vec<_>>().join(", ")
}
