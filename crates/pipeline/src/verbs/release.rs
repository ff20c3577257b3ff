//! `release`: the chain. Plan, fetch, build, pack, scan, gate, describe, sign, seal, verify, one rename.

use crate::describe::{self, Subject};
use crate::edge;
use crate::flags::{Format, Release};
use crate::identity::{self, Receipt};
use crate::keys::Keys;
use crate::reporter::Reporter;
use crate::workspace::{Dates, Desk, shown};
use crate::{gate, packing, scanning, seal_stage};
use build::Plan;
use camino::{Utf8Path, Utf8PathBuf};
use catalog::{Imported, LayerLabel, Profile, ProfileLabels};
use manifest::{Trust, Verified};
use scan::Scanner;
use seal::KeyRing;
use serde::Serialize;
use std::process::ExitCode;
use vocab::{ArtifactName, ComponentName, Label, Sha256, Target, Verdict};

/// `cargo xtask release --format json`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'a> {
    schema: &'static str,
    release: &'a Utf8Path,
    result: &'static str,
    label: Label,
    unchanged: bool,
    example_keys: bool,
    as_of: vocab::Date,
    /// The label of each layer, from the machine up.
    layers: Vec<LayerLabel>,
    components: Vec<Program<'a>>,
    imported: Vec<Part<'a>>,
}

/// Something that belongs to the release and was not built.
#[derive(Debug, Serialize)]
struct Part<'a> {
    label: Label,
    #[serde(flatten)]
    part: &'a Imported,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Program<'a> {
    component: &'a ComponentName,
    artifact: ArtifactName,
    version: String,
    target: Target,
    verdict: Verdict,
    label: Label,
    certificates: Vec<vocab::CertificateNumber>,
    sha256: Sha256,
    size: u64,
}

impl Release {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let desk = Desk::open(&self.selection)?;
        let dates = Dates::of(self.as_of)?;
        let plan = desk.plan(&build::Selection::default())?;
        let keys = Keys::at(&desk.root, self.keys.as_deref(), &self.passphrase);
        let trust = keys.public()?;
        let target =
            self.dist.clone().unwrap_or_else(|| desk.root.join("dist")).join(desk.release_name());
        let identity = identity::of(&desk, &plan, &trust)?;
        if !self.force
            && let Some(verified) = unchanged(&desk, dates, &trust, &target, identity)?
        {
            return self.show(&verified, &target, (dates, &desk.profile), true);
        }
        if self.dry_run {
            return self.preview(&plan, &target);
        }
        super::doctor::require(&desk, &plan)?;
        let ring = keys.open()?;
        let verified = self.make(&desk, dates, &plan, &ring, &target)?;
        Receipt::keep(&desk, &target, identity)?;
        self.show(&verified, &target, (dates, &desk.profile), false)
    }

    fn make(
        &self,
        desk: &Desk,
        dates: Dates,
        plan: &Plan,
        keys: &KeyRing,
        target: &Utf8Path,
    ) -> anyhow::Result<Verified> {
        let reporter = Reporter::new();
        let built = super::build::built(desk, plan, &self.building, &reporter)?;
        reporter.say("packing");
        let packed = packing::pack(built, desk.profile.fips)?;
        reporter.say("scanning");
        let scanner = Scanner {
            registry: &desk.catalog.registry,
            policy: desk.policy()?,
            as_of: dates.as_of,
        };
        let programs = scanning::scan(desk, &scanner, &packed)?;
        gate::gate(&programs, &scanner)?;
        let subject = Subject {
            desk,
            plan,
            dates,
            example_keys: keys.trust().has_example_key(),
            packed: &packed,
            programs: &programs,
        };
        let documents = describe::describe(&subject, &scanner)?;
        reporter.say("signing, sealing and verifying");
        seal_stage::seal(desk, dates, keys, target, &documents, (programs, &packed))
    }

    fn preview(&self, plan: &Plan, target: &Utf8Path) -> anyhow::Result<ExitCode> {
        let text = format!(
            "{plan}\nthen pack, scan, sign, seal and verify, and put the release at {}\n",
            shown(target)
        );
        super::print(self.output.format, &text, plan)?;
        Ok(ExitCode::SUCCESS)
    }

    fn show(
        &self,
        verified: &Verified,
        target: &Utf8Path,
        (dates, profile): (Dates, &Profile),
        unchanged: bool,
    ) -> anyhow::Result<ExitCode> {
        match self.output.format {
            Format::Text => edge::out(&text(verified, target, unchanged)),
            Format::Json => edge::out(
                &(serde_json::to_string_pretty(&outcome(
                    verified,
                    target,
                    (dates, profile),
                    unchanged,
                ))? + "\n"),
            ),
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The release that is there, if these inputs made it and it verifies today.
fn unchanged(
    desk: &Desk,
    dates: Dates,
    trust: &Trust,
    target: &Utf8Path,
    identity: Sha256,
) -> anyhow::Result<Option<Verified>> {
    if !Receipt::holds(desk, target, identity)? {
        return Ok(None);
    }
    match seal_stage::verify(desk, dates, trust, target) {
        Ok(verified) => Ok(Some(verified)),
        // Somebody changed the folder, or a certificate lapsed since: the chain runs again and says which.
        Err(error) => {
            edge::say(&format!("note: {error}; releasing again"));
            Ok(None)
        }
    }
}

fn text(verified: &Verified, target: &Utf8Path, unchanged: bool) -> String {
    let release = verified.manifest().release();
    let table = report::labels::labels(&report::verify::lines(release, |id| verified.report(id)));
    let warning = if release.example_keys {
        "\nSIGNED WITH EXAMPLE KEYS: everybody has them. Make your own: cargo xtask keys new my-keys\n"
    } else {
        ""
    };
    let state = if unchanged { "unchanged and verified" } else { "sealed and verified" };
    format!(
        "{table}\n{} {state}: {}\n{warning}",
        report::labels::word(release.label),
        shown(target)
    )
}

fn outcome<'a>(
    verified: &'a Verified,
    target: &'a Utf8Path,
    (dates, profile): (Dates, &Profile),
    unchanged: bool,
) -> Outcome<'a> {
    let release = verified.manifest().release();
    let program = |binary: &'a manifest::Binary| {
        let artifact = Utf8PathBuf::from(binary.member.as_str())
            .file_name()
            .and_then(|name| name.parse().ok())?;
        Some(Program {
            component: &binary.component,
            artifact,
            version: binary.version.to_string(),
            target: binary.target,
            verdict: binary.fips.verdict,
            label: binary.fips.label,
            certificates: binary
                .fips
                .modules
                .iter()
                .filter_map(|module| module.certificate)
                .collect(),
            sha256: binary.digest.sha256,
            size: binary.size,
        })
    };
    let built = release.binaries().map(|binary| (&binary.component, binary.fips.verdict));
    Outcome {
        schema: "fipsmith-release/1",
        release: target,
        result: "pass",
        label: release.label,
        unchanged,
        example_keys: release.example_keys,
        as_of: dates.as_of,
        layers: ProfileLabels::of(profile, &release.imported, built).layers,
        components: release.binaries().filter_map(program).collect(),
        imported: release
            .imported
            .iter()
            .map(|part| Part { label: Label::Unknown, part })
            .collect(),
    }
}
