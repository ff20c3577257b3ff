//! What a release is made of, as one digest: when it is the same and the folder still verifies, there is nothing to do.

use crate::workspace::Desk;
use anyhow::Context as _;
use build::Plan;
use camino::{Utf8Path, Utf8PathBuf};
use manifest::{Role, Trust};
use serde::{Deserialize, Serialize};
use vocab::Sha256;

/// Largest own program and largest state file that are read, in bytes.
const PROGRAM: u64 = 1 << 30;
const STATE: u64 = 1 << 20;

/// What was released last from the same inputs.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Receipt {
    identity: Sha256,
    manifest: Sha256,
}

/// The digest of everything that decides what a release contains, except the dates: labels are computed again anyway.
pub(crate) fn of(desk: &Desk, plan: &Plan, trust: &Trust) -> anyhow::Result<Sha256> {
    let program = std::env::current_exe().context("failed to find the own program")?;
    let program = files::read(&files::utf8(program)?, PROGRAM)?;
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
        "program": Sha256::of(&program),
    });
    Ok(Sha256::of(inputs.to_string().as_bytes()))
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

    /// Whether the folder at `target` is what these inputs made.
    pub(crate) fn holds(desk: &Desk, target: &Utf8Path, identity: Sha256) -> anyhow::Result<bool> {
        let Ok(text) = files::read(&Self::path(desk, target)?, STATE) else { return Ok(false) };
        let Ok(receipt) = serde_json::from_slice::<Self>(&text) else { return Ok(false) };
        Ok(receipt.identity == identity
            && manifest_digest(target).is_some_and(|digest| digest == receipt.manifest))
    }

    /// Remembers what was released.
    pub(crate) fn keep(desk: &Desk, target: &Utf8Path, identity: Sha256) -> anyhow::Result<()> {
        let manifest =
            manifest_digest(target).context("the manifest of the new release cannot be read")?;
        let text = serde_json::to_vec(&Self { identity, manifest })?;
        Ok(files::write(&Self::path(desk, target)?, &text, files::Mode::Plain)?)
    }
}

fn manifest_digest(target: &Utf8Path) -> Option<Sha256> {
    files::read(&target.join("manifest.dsse.json"), manifest::LARGEST_ENVELOPE)
        .ok()
        .map(|bytes| Sha256::of(&bytes))
}
