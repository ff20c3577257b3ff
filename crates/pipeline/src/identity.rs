//! What a release is made of, as one digest, and the receipt of the release that was made of it.
//!
//! With the same inputs, on the same day, and with every file of the release just as it was left (by what the file system
//! says: size, times, inode), a release is reported as unchanged since it was verified, and not one byte of it is read.
//! Anything else verifies all of it again. The receipt lies in `target/fipsmith`: whoever can write there can write to the
//! release as well, and to the toolchains that build the next one, so it gives nobody anything. A receiver has no receipt
//! and always verifies in full; so does `--force`, and `fipsmith verify`.

use crate::summary::Summary;
use crate::workspace::{Dates, Desk};
use anyhow::Context as _;
use build::Plan;
use camino::{Utf8Path, Utf8PathBuf};
use files::Stamp;
use manifest::{Role, Trust};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use vocab::{Date, Sha256};

/// Largest own program and largest state file that are read, in bytes.
const PROGRAM: u64 = 1 << 30;
const STATE: u64 = 64 << 20;

/// How long a file must have been left alone before its stamp is believed. File systems tell time in steps of some
/// milliseconds: a second write within the same step would not show.
const SETTLED: i128 = 100_000_000;

/// The release that was made, and how it was left.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Receipt {
    identity: Sha256,
    /// The digest of the sealed manifest.
    manifest: Sha256,
    as_of: Date,
    /// When it was verified.
    verified: jiff::Timestamp,
    files: BTreeMap<String, Stamp>,
    summary: Summary,
}

/// The digest of everything that decides what a release contains, except the dates: labels are computed again anyway.
pub(crate) fn of(desk: &Desk, plan: &Plan, trust: &Trust) -> anyhow::Result<Sha256> {
    let recipes: Vec<_> =
        plan.steps().iter().filter_map(|step| desk.catalog.recipes.get(step.component())).collect();
    let inputs = serde_json::json!({
        "plan": plan,
        "profile": desk.profile,
        "recipes": recipes,
        "policy": desk.policy()?,
        "registry": desk.catalog.registry,
        "keys": Role::ALL.map(|role| trust.key(role).id().to_string()),
        // The rules of the scan are code: another program may judge differently.
        "program": own_digest(desk)?,
    });
    Ok(Sha256::of(inputs.to_string().as_bytes()))
}

/// The digest of this program, and the stamp it had when it was hashed.
#[derive(Debug, Serialize, Deserialize)]
struct OwnDigest {
    program: Utf8PathBuf,
    stamp: Stamp,
    sha256: Sha256,
}

fn own_digest(desk: &Desk) -> anyhow::Result<Sha256> {
    let program = std::env::current_exe().context("failed to find the own program")?;
    let program = files::utf8(program)?;
    let kept = desk.space.state().join("releases/program.json");
    let stamp = files::stamp(&program)?;
    let known: Option<OwnDigest> =
        files::read(&kept, STATE).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    if let Some(known) = known.filter(|own| (&own.program, own.stamp) == (&program, stamp)) {
        return Ok(known.sha256);
    }
    let sha256 = Sha256::of(&files::read(&program, PROGRAM)?);
    let own = OwnDigest { program, stamp, sha256 };
    files::write(&kept, &serde_json::to_vec(&own)?, files::Mode::Plain)?;
    Ok(sha256)
}

impl Receipt {
    fn path(desk: &Desk, target: &Utf8Path) -> anyhow::Result<Utf8PathBuf> {
        let place = files::utf8(std::path::absolute(target)?)?;
        Ok(desk
            .space
            .state()
            .join("releases")
            .join(format!("{}.json", Sha256::of(place.as_str().as_bytes()))))
    }

    /// The receipt of the folder at `target`, if these inputs made it.
    pub(crate) fn of_inputs(
        desk: &Desk,
        target: &Utf8Path,
        identity: Sha256,
    ) -> anyhow::Result<Option<Self>> {
        let Ok(text) = files::read(&Self::path(desk, target)?, STATE) else { return Ok(None) };
        let receipt = serde_json::from_slice::<Self>(&text).ok();
        Ok(receipt.filter(|receipt| receipt.identity == identity && target.is_dir()))
    }

    /// Whether nothing has to be read: the same day, and every file as it was left.
    pub(crate) fn holds(&self, target: &Utf8Path, dates: Dates) -> bool {
        self.as_of == dates.as_of && files::stamps(target).is_ok_and(|stamps| stamps == self.files)
    }

    /// Whether the sealed manifest is the one that was made: only then is it worth the while to verify the rest.
    pub(crate) fn names(&self, target: &Utf8Path) -> bool {
        manifest_digest(target).is_some_and(|digest| digest == self.manifest)
    }

    /// What was found when it was verified, and when that was.
    pub(crate) fn into_summary(self) -> (Summary, jiff::Timestamp) {
        (self.summary, self.verified)
    }

    /// Remembers a release whose files had these stamps before they were verified. The stamps are not remembered when
    /// somebody wrote to the files meanwhile, or may have: then the next run verifies once more.
    pub(crate) fn keep(
        desk: &Desk,
        target: &Utf8Path,
        dates: Dates,
        (identity, before): (Sha256, &BTreeMap<String, Stamp>),
        summary: Summary,
    ) -> anyhow::Result<()> {
        let verified = jiff::Timestamp::now();
        let files = files::stamps(target)?;
        let newest = files.values().map(Stamp::changed).max().unwrap_or(i128::MAX);
        let settled = newest.saturating_add(SETTLED) < verified.as_nanosecond();
        let files = if files == *before && settled { files } else { BTreeMap::new() };
        let manifest =
            manifest_digest(target).context("the manifest of the new release cannot be read")?;
        let receipt = Self { identity, manifest, as_of: dates.as_of, verified, files, summary };
        let text = serde_json::to_vec(&receipt)?;
        Ok(files::write(&Self::path(desk, target)?, &text, files::Mode::Plain)?)
    }
}

fn manifest_digest(target: &Utf8Path) -> Option<Sha256> {
    files::read(&target.join("manifest.dsse.json"), manifest::LARGEST_ENVELOPE)
        .ok()
        .map(|bytes| Sha256::of(&bytes))
}
