//! BoringSSL-derived modules in native code: proved by their own integrity value, named by the version inside it.

use super::inventory::Inventory;
use super::linkage::Member;
use crate::judge::{Case, Context, evidence, module};
use crate::report::Evidence;
use crate::rules;
use catalog::Linkage;
use inspect::facts::{BoringLibrary, BoringText, Machine};
use vocab::Sha256;

/// Enters the module of a file; says whether there is one.
pub(super) fn judge(member: &Member<'_>, context: &Context<'_>, inventory: &mut Inventory) -> bool {
    if let Some(library) = &member.native.boring_library {
        dynamic(member, library, context, inventory);
        return true;
    }
    let Some(text) = &member.native.boring else { return false };
    in_program(member, text, context, inventory)
}

/// A module that was linked into the file.
fn in_program(
    member: &Member<'_>,
    text: &BoringText,
    context: &Context<'_>,
    inventory: &mut Inventory,
) -> bool {
    let proof = Proof {
        offset: text.offset,
        length: text.length,
        value: text.hmac,
        found: text.hmac_offset,
        version: text.version_string.as_deref(),
        linkage: Linkage::Static,
    };
    let measured = member.program.machine == Machine::Amd64 && text.version_string.is_some();
    if text.hmac_offset.is_none() && !measured {
        // Two addresses that stand close together are no module yet: its version has to lie between them, and how real
        // builds lay out a changed module was seen on amd64 only.
        let message = format!(
            "{} carries the texts of a BoringSSL module, and the module was not found",
            member.name()
        );
        inventory.open(rules::INTEGRITY_UNREADABLE.finding(message, vec![]));
        return false;
    }
    let run = text.fingerprints.iter().find_map(|run| context.registry.boring_run(&run.sha256));
    let mut case = Case::default();
    match run {
        Some(module) if text.hmac_offset.is_some() => {
            module::admit(&mut case, module, true, context.as_of, proof.seen(member));
        }
        _ => proof.judge(member, context, &mut case),
    }
    inventory.module(case);
    true
}

/// A module that is a shared library.
fn dynamic(
    member: &Member<'_>,
    library: &BoringLibrary,
    context: &Context<'_>,
    inventory: &mut Inventory,
) {
    let proof = Proof {
        offset: library.text_offset,
        length: library.text_length.saturating_add(library.rodata_length),
        value: library.hmac,
        found: library.hmac_offset,
        version: library.version_string.as_deref(),
        linkage: Linkage::Dynamic,
    };
    let mut case = Case::default();
    proof.judge(member, context, &mut case);
    inventory.module(case);
}

/// What a module's bytes show.
struct Proof<'a> {
    offset: u64,
    length: u64,
    value: Sha256,
    found: Option<u64>,
    version: Option<&'a str>,
    linkage: Linkage,
}

impl Proof<'_> {
    fn seen(&self, member: &Member<'_>) -> Vec<Evidence> {
        let mut seen = vec![evidence(
            format!("module text in {}", member.name()),
            Some(self.offset),
            format!("{} bytes", self.length),
        )];
        seen.extend(self.found.map(|offset| {
            let what = "the module's HMAC-SHA256, recomputed and found";
            evidence(what, Some(offset), self.value.to_string())
        }));
        seen.extend(
            self.version.map(|text| evidence("version inside the hashed text", None, text)),
        );
        seen
    }

    fn judge(&self, member: &Member<'_>, context: &Context<'_>, case: &mut Case) {
        let mut seen = self.seen(member);
        if self.found.is_none() {
            let message = format!(
                "the {} bytes of the module in {} do not match any integrity value in the file: the module was changed",
                self.length,
                member.name()
            );
            seen.push(evidence(
                "computed HMAC-SHA256, found nowhere",
                None,
                self.value.to_string(),
            ));
            case.findings.push(rules::INTEGRITY_MISMATCH.finding(message, seen));
            return;
        }
        let Some(version) = self.version else {
            let message = format!(
                "the integrity value of a BoringSSL module in {} is right, and neither its text nor a version is in the registry",
                member.name()
            );
            case.findings.push(rules::MODULE_UNKNOWN.finding(message, seen));
            return;
        };
        match context.registry.version_string(version, self.linkage) {
            Some(row) => module::admit(case, row, true, context.as_of, seen),
            None => {
                let message = format!("the version `{version}` is in no row of the registry");
                case.findings.push(rules::MODULE_UNKNOWN.finding(message, seen));
            }
        }
    }
}
