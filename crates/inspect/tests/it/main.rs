//! `inspect` on files that are made here, byte by byte: honest, lying, broken and hostile ones.

mod boring;
mod container;
mod containers;
mod elf;
mod formats;
mod function_table;
mod godebug;
mod integrity;
mod makers;
mod native;
mod native_program;
mod program;
mod record;
mod survival;

use inspect::{BinaryFacts, Limits};

fn inspect(bytes: &[u8]) -> BinaryFacts {
    inspect::inspect(bytes, &Limits::default())
}

/// Whether a problem about `what` was reported, and its text holds `why`.
fn reported(facts: &BinaryFacts, what: &str, why: &str) -> bool {
    facts.problems.iter().any(|p| p.what == what && p.why.contains(why))
}
