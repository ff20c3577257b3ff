//! The files that the loader maps: a program, the libraries that it needs, and theirs.

use super::inventory::Inventory;
use crate::judge::{Context, evidence};
use crate::packages;
use crate::rules;
use crate::surroundings::{Library, Neighbour};
use inspect::BinaryFacts;
use inspect::facts::{NativeFacts, ProgramFacts};
use std::collections::BTreeSet;
use vocab::Sha256;

/// How many files one program may map.
const MOST: usize = 1024;

/// One file that is mapped.
#[derive(Debug, Clone, Copy)]
pub(super) struct Member<'a> {
    /// Where it lies in its root.
    pub(super) path: &'a str,
    /// The digest of a library; the program's own is known to who asks.
    pub(super) sha256: Option<Sha256>,
    pub(super) facts: &'a BinaryFacts,
    pub(super) program: &'a ProgramFacts,
    pub(super) native: &'a NativeFacts,
}

impl<'a> Member<'a> {
    /// A library of the root; nothing when it could not be read as one.
    fn of(neighbour: &'a Neighbour) -> Option<Self> {
        let facts = &neighbour.facts;
        Some(Self {
            path: &neighbour.path,
            sha256: Some(neighbour.sha256),
            facts,
            program: facts.program.as_ref()?,
            native: facts.native.as_ref()?,
        })
    }

    /// How messages call it.
    pub(super) fn name(&self) -> String {
        self.sha256.map_or("the file".to_owned(), |_| format!("`{}`", self.path))
    }
}

/// Libraries of the C and C++ run time, which offer no cryptography: glibc, musl, GCC, LLVM. `crypt` of musl's libc is
/// told by the function that a program imports.
const RUN_TIME: &[&str] = &[
    "ld-linux",
    "ld-musl",
    "ld64",
    "ld",
    "libc",
    "libm",
    "libmvec",
    "libpthread",
    "libdl",
    "librt",
    "libresolv",
    "libutil",
    "libnsl",
    "libanl",
    "libgcc_s",
    "libstdc++",
    "libc++",
    "libc++abi",
    "libunwind",
    "libatomic",
    "libgomp",
    "libquadmath",
    "libgfortran",
    "libasan",
    "libubsan",
    "libBrokenLocale",
    "linux-vdso",
];

/// Whether a library of that name belongs to the run time.
pub(super) fn is_run_time(name: &str) -> bool {
    let end = name.find(".so").unwrap_or(name.len());
    let stem = name.get(..end).unwrap_or(name);
    let stem = stem.split(".musl").next().unwrap_or(stem);
    let plain = stem.split_once("-x86").map_or(stem, |(stem, _)| stem);
    let plain = plain.split_once("-aarch64").map_or(plain, |(stem, _)| stem);
    // Before glibc 2.34 the files themselves were called `libc-2.31.so`.
    let numbered =
        plain.rsplit_once('-').filter(|(_, v)| v.starts_with(|c: char| c.is_ascii_digit()));
    let plain = numbered.map_or(plain, |(stem, _)| stem);
    RUN_TIME.contains(&plain)
}

/// The program and every library that is found, each once. What is not found becomes a finding.
pub(super) fn closure<'a>(
    program: Member<'a>,
    context: &Context<'a>,
    inventory: &mut Inventory,
) -> Vec<Member<'a>> {
    let mut seen = BTreeSet::new();
    let mut members = vec![program];
    let mut next = 0;
    while let Some(member) = members.get(next).copied() {
        next += 1;
        for (name, how) in wanted(&member) {
            if how == How::Needed && is_run_time(name) || !seen.insert((member.path, name)) {
                continue;
            }
            let found = context.root.library(member.path, member.program, name);
            if let Library::Found(neighbour) = found {
                match Member::of(neighbour) {
                    Some(library) if members.iter().any(|known| known.path == library.path) => {}
                    Some(library) if members.len() < MOST => members.push(library),
                    Some(_) => {
                        let message = format!("the program maps more than {MOST} libraries");
                        inventory.open(rules::UNREADABLE.finding(message, vec![]));
                    }
                    None => inventory.open(rules::UNREADABLE.finding(
                        format!(
                            "`{}` is loaded and is no library that can be read",
                            neighbour.path
                        ),
                        vec![],
                    )),
                }
            } else {
                unfound(&member, name, how, matches!(found, Library::NoRoot), inventory);
            }
        }
    }
    members
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    Needed,
    Named(u64),
}

/// What a file loads: what it needs, and the cryptographic libraries that it names, when it can load by name. A program
/// without a dynamic table can too, by a `dlopen` that was linked into it and whose name was stripped.
fn wanted<'a>(member: &Member<'a>) -> Vec<(&'a str, How)> {
    let loads = member.native.loads_libraries || member.program.needed.is_empty();
    let named = member.native.named_libraries.iter().filter(|_| loads);
    let needed = member.program.needed.iter().map(|name| (name.as_str(), How::Needed));
    needed.chain(named.map(|text| (text.text.as_str(), How::Named(text.offset)))).collect()
}

fn unfound(member: &Member<'_>, name: &str, how: How, alone: bool, inventory: &mut Inventory) {
    let from = member.name();
    let known = packages::is_crypto_library(name.rsplit('/').next().unwrap_or(name));
    let (rule, message) = match (how, alone, known) {
        (How::Needed, true, true) if is_libcrypt(name) => {
            return password_hashing(member, name, inventory);
        }
        (How::Needed, true, true) => (rules::CRYPTO_LIBRARY, format!("{from} needs `{name}`")),
        (How::Needed, true, false) => (
            rules::LIBRARY_UNSEEN,
            format!("{from} needs `{name}`, which is not there to be looked at"),
        ),
        (How::Needed, false, _) => {
            (rules::LIBRARY_MISSING, format!("{from} needs `{name}`, which is not in the root"))
        }
        (How::Named(_), true, _) => {
            (rules::CRYPTO_LIBRARY, format!("{from} can load `{name}` by its name"))
        }
        // A library that is not there cannot be loaded.
        (How::Named(_), false, _) => return,
    };
    let (what, offset) = match how {
        How::Needed => ("DT_NEEDED", None),
        How::Named(offset) => ("text, and `dlopen`", Some(offset)),
    };
    let mut finding = rule.finding(message, vec![evidence(what, offset, name)]);
    finding.subject = Some(name.to_owned());
    inventory.open(finding);
}

fn is_libcrypt(name: &str) -> bool {
    name.starts_with("libcrypt.so")
}

/// libcrypt hashes passwords and does nothing else, so a program that imports none of it does not use it.
fn password_hashing(member: &Member<'_>, name: &str, inventory: &mut Inventory) {
    use inspect::facts::CryptoLibrary;
    let trace = member.native.libraries.get(&CryptoLibrary::Libcrypt);
    let rule = match trace.is_some_and(|trace| trace.imported.count > 0) {
        true => rules::CRYPTO_LIBRARY,
        false => rules::PASSWORD_HASHING,
    };
    let message = format!("{} needs `{name}`", member.name());
    let mut finding = rule.finding(message, vec![evidence("DT_NEEDED", None, name)]);
    finding.subject = Some(name.to_owned());
    inventory.open(finding);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_run_time_is_known_by_name_and_nothing_else_is() {
        for (name, expected) in [
            ("libc.so.6", true),
            ("libc.musl-x86_64.so.1", true),
            ("ld-linux-x86-64.so.2", true),
            ("ld-linux-aarch64.so.1", true),
            ("ld-musl-x86_64.so.1", true),
            ("ld64.so.2", true),
            ("libstdc++.so.6", true),
            ("libc-2.31.so", true),
            ("libcap.so.2", false),
            ("libz.so.1", false),
            ("libcrypt.so.1", false),
            ("libmount.so.1", false),
            ("", false),
        ] {
            assert_eq!(is_run_time(name), expected, "{name}");
        }
    }
}
