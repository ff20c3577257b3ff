//! The seal first: nothing of the manifest is read before the trusted key is known to have signed its very bytes.

use super::check::{Check, CheckKind, Reason, chain};
use super::{Options, tree::Tree};
use crate::dsse::{Envelope, EnvelopeError, LARGEST_ENVELOPE};
use crate::key::Role;
use crate::manifest::Manifest;
use crate::release::fixed;
use crate::trust::{self, Trust};

/// Opens the sealed manifest, adding what was examined to `checks`. Nothing is given back unless all of it held.
pub(crate) fn open(
    tree: &Tree<'_>,
    trust: &Trust,
    options: &Options<'_>,
    checks: &mut Vec<Check>,
) -> Option<Manifest> {
    checks.extend(example_keys(trust, options));
    match read(tree, trust) {
        Ok((envelope, manifest)) => {
            checks.push(Check::pass(CheckKind::Seal, fixed::ENVELOPE, "sealed by the trusted key"));
            checks.push(tree.copy(fixed::PAE, &envelope.pae()));
            checks.push(tree.copy(fixed::SEAL, envelope.signature().as_bytes()));
            checks.extend(keys(tree, trust, &manifest));
            Some(manifest)
        }
        Err(check) => {
            checks.push(*check);
            None
        }
    }
}

fn read(tree: &Tree<'_>, trust: &Trust) -> Result<(Envelope, Manifest), Box<Check>> {
    let bytes = tree
        .read(fixed::ENVELOPE, LARGEST_ENVELOPE)
        .map_err(|check| Check { kind: CheckKind::Seal, ..check })?;
    let envelope = Envelope::read(&bytes).map_err(|error| refused(&error))?;
    let payload = envelope.open(trust.key(Role::Seal)).map_err(|error| refused(&error))?;
    // DSSE 1.0.2 protocol.md: parse only the very bytes that were verified.
    let manifest = Manifest::parse(payload).map_err(|error| {
        Check::fail(CheckKind::Seal, fixed::ENVELOPE, Reason::Manifest, chain(&error))
    })?;
    Ok((envelope, manifest))
}

fn refused(error: &EnvelopeError) -> Check {
    let fail = |reason, message| Check::fail(CheckKind::Seal, fixed::ENVELOPE, reason, message);
    match error {
        EnvelopeError::OtherKey { found, trusted } if trust::is_example_id(found) => fail(
            Reason::ExampleKeys,
            "the release is signed with the example keys, which everybody has: it proves nothing"
                .to_owned(),
        )
        .values(trusted, found),
        EnvelopeError::OtherKey { found, trusted } => {
            fail(Reason::OtherKey, error.to_string()).values(trusted, found)
        }
        EnvelopeError::Seal(_) => fail(Reason::SealInvalid, chain(error)),
        _ => fail(Reason::Envelope, chain(error)),
    }
}

/// Whoever has fipsmith can sign with the example keys, so trusting them is refused unless the caller insists.
fn example_keys(trust: &Trust, options: &Options<'_>) -> Option<Check> {
    if !trust.has_example_key() {
        return None;
    }
    let message = "the example keys are public: whoever has fipsmith can sign with them";
    Some(if options.allow_example_keys {
        Check::warn(CheckKind::Keys, "trust", Reason::ExampleKeys, message)
    } else {
        Check::fail(CheckKind::Keys, "trust", Reason::ExampleKeys, message)
    })
}

/// The keys that the manifest names must be the trusted ones; the copies in `trust/` must be those.
fn keys(tree: &Tree<'_>, trust: &Trust, manifest: &Manifest) -> Vec<Check> {
    let mut checks = Vec::new();
    for (role, file) in [(Role::Artifact, fixed::ARTIFACT_KEY), (Role::Seal, fixed::SEAL_KEY)] {
        let trusted = trust.key(role);
        let named = manifest.release().key(role);
        if named.is_none_or(|note| note.keyid != *trusted.id() || note.pem != trusted.pem()) {
            let found = named.map_or("none", |note| note.keyid.as_str());
            let message = format!("the {role} key of the release is not the trusted one");
            checks.push(
                Check::fail(CheckKind::Keys, file, Reason::OtherKey, message)
                    .values(trusted.id(), found),
            );
        }
        checks.push(tree.copy(file, trusted.pem().as_bytes()));
    }
    let (claimed, real) = (manifest.release().example_keys, trust.has_example_key());
    if claimed != real {
        let message = "the manifest does not say truly whether example keys were used";
        checks.push(
            Check::fail(CheckKind::Keys, "trust", Reason::ExampleKeys, message)
                .values(real, claimed),
        );
    }
    checks
}
