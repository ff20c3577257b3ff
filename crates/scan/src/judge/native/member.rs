//! One file of a program: which modules and implementations it shows.

use super::class::{self, Class};
use super::inventory::{Implementation, Inventory};
use super::linkage::Member;
use super::{deployment, integrity, modules};
use crate::judge::{Context, evidence};
use crate::report::Evidence;
use crate::rules;
use inspect::facts::CryptoLibrary::{
    self, AwsLc, AwsLcFips, BoringSsl, Botan, CryptoPp, Cryptogams, GnuTls, Libcrypt, LibreSsl,
    Nss, OpenSsl, WolfSsl,
};
use inspect::facts::{CrateTrace, LibraryTrace, Text};

pub(super) fn judge(member: &Member<'_>, context: &Context<'_>, inventory: &mut Inventory) {
    if member.sha256.is_some() {
        for problem in &member.facts.problems {
            let message = format!("{}: {}: {}", member.name(), problem.what, problem.why);
            inventory.open(rules::UNREADABLE.finding(message, vec![]));
        }
    }
    hidden(member, inventory);
    if deployment::provider(member, context, inventory) {
        return;
    }
    let module = modules::judge(member, context, inventory);
    if deployment::libcrypto(member, context, inventory) {
        return;
    }
    let explained = implementations(member, module, context, inventory);
    if !explained {
        traces(member, inventory);
        constants(member, inventory);
    }
}

/// What cannot be looked into.
fn hidden(member: &Member<'_>, inventory: &mut Inventory) {
    // Of the program itself that is said already.
    if let Some(packed) = member.facts.packed.as_ref().filter(|_| member.sha256.is_some()) {
        let by = packed.by.unwrap_or("a packer that does not say its name");
        let message = format!("the code of {} is packed by {by}", member.name());
        let seen = vec![evidence("packed code", Some(packed.offset), by)];
        inventory.open(rules::PACKED.finding(message, seen));
    }
    if let Some(appended) = &member.native.appended {
        let message = format!(
            "{} bytes follow what the headers of {} describe",
            appended.size,
            member.name()
        );
        let seen =
            vec![evidence("appended data", Some(appended.offset), appended.size.to_string())];
        inventory.open(rules::APPENDED_DATA.finding(message, seen));
    }
}

/// Enters what a file implements; says whether anything, module or implementation, explains tables of constants in it.
pub(super) fn implementations(
    member: &Member<'_>,
    module: bool,
    context: &Context<'_>,
    inventory: &mut Inventory,
) -> bool {
    let mut explained = module;
    let alone = !deployment::has_root(member, context);
    let proven: Vec<CryptoLibrary> = member
        .native
        .libraries
        .iter()
        .filter(|(library, trace)| is_proven(member, **library, trace))
        .map(|(library, _)| *library)
        .collect();
    let crates = member.native.crates.iter().filter(|(_, trace)| is_linked(trace));
    let crates: Vec<_> = crates.map(|(name, trace)| (name, trace, class::of(name))).collect();
    if !module && of_fips_branch(member, &proven) {
        let message = format!(
            "{} holds AWS-LC of a FIPS branch, whose module could not be located and checked",
            member.name()
        );
        inventory.open(rules::INTEGRITY_UNREADABLE.finding(message, vec![]));
        explained = true;
    }
    let module = explained;
    for library in &proven {
        let by_crate = *library == Cryptogams && crates.iter().any(|(name, ..)| *name == "ring");
        let Some(trace) = member.native.libraries.get(library) else { continue };
        // A text that only OpenSSL's own code carries is no borrowed name.
        let borrowed = *library != OpenSsl || trace.code.is_empty();
        if by_crate || borrowed && is_part(*library, &proven, module) {
            continue;
        }
        explained = true;
        if !integrity::judge(member, *library, alone, context, inventory) {
            inventory.implementation(implementation(member, *library, trace));
        }
    }
    for (name, trace, class) in crates {
        match class {
            Class::Cryptography => {
                explained = true;
                inventory.implementation(of_crate(member, name, trace));
            }
            Class::Hash => {
                let found = of_crate(member, name, trace);
                let message =
                    format!("{} implements hash functions in {}", found.name, found.place);
                let mut finding = rules::HASH_IMPLEMENTATION.finding(message, found.seen);
                finding.subject = Some(found.subject);
                inventory.open(finding);
                explained = true;
            }
            Class::Binding | Class::Support => {}
        }
    }
    explained
}

/// One or two symbols could be anybody's; three of one interface, or a text that only the library's code carries, are
/// the library. Where the interface itself is as small as that, the constants of its algorithms have to be there too:
/// sanitizers define `crypt` to watch it, and libfreebl3 passes its one function on. A program that loads a library of C++
/// defines the inline functions of its headers too.
fn is_proven(member: &Member<'_>, library: CryptoLibrary, trace: &LibraryTrace) -> bool {
    let small = matches!(library, Libcrypt | Nss);
    let loads = |stems: &[&str]| {
        member.program.needed.iter().any(|name| stems.iter().any(|stem| name.starts_with(stem)))
    };
    let inline = match library {
        Botan => loads(&["libbotan"]),
        CryptoPp => loads(&["libcrypto++", "libcryptopp"]),
        _ => false,
    };
    let defined = match small {
        true => trace.defined.count > 0 && !member.facts.constants.is_empty(),
        false => trace.defined.count >= 3 && !inline,
    };
    defined || !trace.code.is_empty()
}

/// Whether AWS-LC was seen, and a name or version of its FIPS branches with it.
fn of_fips_branch(member: &Member<'_>, proven: &[CryptoLibrary]) -> bool {
    let branch = member.native.libraries.get(&AwsLcFips);
    let named = branch.is_some_and(|trace| !trace.banners.is_empty());
    proven.contains(&AwsLcFips) || named && proven.contains(&AwsLc)
}

/// Whether what was seen belongs to another library that was seen, or to the module: the descendants of OpenSSL carry
/// its names, and all of them carry the same assembly.
fn is_part(library: CryptoLibrary, proven: &[CryptoLibrary], module: bool) -> bool {
    let any = |others: &[CryptoLibrary]| others.iter().any(|other| proven.contains(other));
    match library {
        AwsLcFips => module,
        AwsLc => module || any(&[AwsLcFips]),
        BoringSsl => module || any(&[AwsLcFips, AwsLc]),
        LibreSsl => any(&[AwsLcFips, AwsLc, BoringSsl]),
        OpenSsl => module || any(&[AwsLcFips, AwsLc, BoringSsl, LibreSsl, WolfSsl]),
        Cryptogams => {
            module || any(&[AwsLcFips, AwsLc, BoringSsl, LibreSsl, OpenSsl, GnuTls, CryptoPp])
        }
        _ => false,
    }
}

fn implementation(
    member: &Member<'_>,
    library: CryptoLibrary,
    trace: &LibraryTrace,
) -> Implementation {
    let version = trace.version.as_ref().map_or(String::new(), |version| format!(" {version}"));
    let mut seen: Vec<Evidence> = trace.code.iter().take(3).map(text).collect();
    if trace.defined.count > 0 {
        let what = format!("{} symbols that the file defines", trace.defined.count);
        seen.push(evidence(what, Some(trace.defined.offset), &trace.defined.example));
    }
    seen.extend(trace.banners.iter().take(1).map(text));
    seen.extend(digest(member));
    Implementation {
        name: format!("{}{version}", library.name()),
        subject: library.name().to_owned(),
        place: member.name(),
        seen,
    }
}

fn text(text: &Text) -> Evidence {
    evidence("text", Some(text.offset), &text.text)
}

fn digest(member: &Member<'_>) -> Option<Evidence> {
    member
        .sha256
        .map(|sha256| evidence(format!("SHA-256 of `{}`", member.path), None, sha256.to_string()))
}

fn is_linked(trace: &CrateTrace) -> bool {
    trace.path.is_some() || trace.defined.count > 0
}

fn of_crate(member: &Member<'_>, name: &str, trace: &CrateTrace) -> Implementation {
    let version = trace.version.as_ref().map_or(String::new(), |version| format!(" {version}"));
    let mut seen: Vec<Evidence> = trace.path.iter().map(text).collect();
    if trace.defined.count > 0 {
        let what = format!("{} functions of the crate", trace.defined.count);
        seen.push(evidence(what, Some(trace.defined.offset), &trace.defined.example));
    }
    seen.extend(digest(member));
    Implementation {
        name: format!("the Rust crate `{name}`{version}"),
        subject: name.to_owned(),
        place: member.name(),
        seen,
    }
}

/// What names a library without being its code. Where the library is loaded, the name is explained.
fn traces(member: &Member<'_>, inventory: &mut Inventory) {
    let loads_any = member
        .program
        .needed
        .iter()
        .any(|name| crate::packages::is_crypto_library(name) && !name.starts_with("libcrypt."));
    for (library, trace) in &member.native.libraries {
        let mut seen: Vec<Evidence> = Vec::new();
        if trace.defined.count > 0 && !loads_any {
            let what = format!("{} symbols that the file defines", trace.defined.count);
            seen.push(evidence(what, Some(trace.defined.offset), &trace.defined.example));
        }
        if !loads_any {
            seen.extend(trace.banners.iter().take(1).map(text));
        }
        if !loads_any && trace.imported.count > 0 && *library != Libcrypt {
            let what = format!("{} symbols that the file imports", trace.imported.count);
            seen.push(evidence(what, Some(trace.imported.offset), &trace.imported.example));
        }
        if *library == Libcrypt && trace.imported.count > 0 && !needs_libcrypt(member) {
            seen.push(evidence("imported", Some(trace.imported.offset), &trace.imported.example));
        }
        if !seen.is_empty() {
            let message =
                format!("{} names {} without holding its code", member.name(), library.name());
            inventory.open(rules::CRYPTO_TRACE.finding(message, seen));
        }
    }
    for package in member.native.auditable.iter().flatten() {
        if class::is_cryptographic(&package.name) {
            let message = format!(
                "{} was built with the crate `{}` {}, of which no code was recognised",
                member.name(),
                package.name,
                package.version
            );
            inventory.open(
                rules::CRYPTO_TRACE
                    .finding(message, vec![evidence(".dep-v0", None, &package.name)]),
            );
        }
    }
}

fn needs_libcrypt(member: &Member<'_>) -> bool {
    member.program.needed.iter().any(|name| name.starts_with("libcrypt.so"))
}

fn constants(member: &Member<'_>, inventory: &mut Inventory) {
    for constant in member.facts.constants.iter().chain(&member.native.constants) {
        let message = format!(
            "the constants of {} are in {} and no known implementation explains them",
            constant.algorithm,
            member.name()
        );
        let mut seen = vec![evidence(constant.algorithm, Some(constant.offset), "table")];
        seen.extend(digest(member));
        inventory.open(rules::UNATTRIBUTED_CONSTANTS.finding(message, seen));
    }
    if let Some(offset) = member.native.aes_instructions {
        let message = format!(
            "{} expands AES keys with the processor's instructions, and no known implementation explains it",
            member.name()
        );
        let seen = vec![evidence("AES instructions", Some(offset), "code")];
        inventory.open(rules::UNATTRIBUTED_CONSTANTS.finding(message, seen));
    }
}
