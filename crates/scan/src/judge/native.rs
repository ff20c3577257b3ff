//! A program or library of C, C++ or Rust: what it and everything that it loads contain, judged together.
//!
//! First the files are collected that the loader would map, then each gives what it shows to one inventory, and the
//! inventory becomes findings: cryptography beside a validated module weighs differently from cryptography without one.

mod class;
mod deployment;
mod integrity;
mod inventory;
mod linkage;
mod member;
mod modules;
mod openssl;
#[cfg(test)]
mod tests;

use super::{Case, Context};
use inspect::BinaryFacts;
use inspect::facts::{FileKind, NativeFacts, ProgramFacts};
use inventory::Inventory;
use linkage::Member;

/// Judges an ELF file that is no Go program.
pub(super) fn judge(
    case: &mut Case,
    facts: &BinaryFacts,
    program: &ProgramFacts,
    native: &NativeFacts,
    context: &Context<'_>,
) {
    let mut inventory = Inventory::default();
    let own = Member { path: context.path, sha256: None, facts, program, native };
    let members = linkage::closure(own, context, &mut inventory);
    for member in &members {
        member::judge(member, context, &mut inventory);
    }
    inventory.conclude(case, members.len(), context);
}

/// Judges what C and Rust code a Go program links beside its Go code. The libraries that it needs are judged with the
/// Go program.
pub(super) fn beside_go(case: &mut Case, facts: &BinaryFacts, context: &Context<'_>) {
    let (Some(program), Some(native), Some(go)) = (&facts.program, &facts.native, &facts.go) else {
        return;
    };
    debug_assert_eq!(facts.kind, FileKind::Elf);
    let mut inventory = Inventory::default();
    let own = Member { path: context.path, sha256: None, facts, program, native };
    member::implementations(&own, go.boring.is_some(), context, &mut inventory);
    inventory.add_findings(case);
}
