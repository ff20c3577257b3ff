//! Libraries whose integrity value lies in a file beside them: NSS (`libsoftokn3.chk`), `GnuTLS` with its helpers and
//! Libgcrypt (`.libgnutls.so.30.hmac`). Vendors have such builds validated, and no row of the registry names one yet.

use super::inventory::Inventory;
use super::linkage::Member;
use crate::judge::{Context, evidence};
use crate::rules;
use inspect::facts::CryptoLibrary::{self, GnuTls, Libgcrypt, Nettle, Nss};
use inspect::integrity::hmac_file;
use inspect::integrity::nss::{self, Check};

/// What the file beside a library says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Right,
    Wrong,
    /// There is no such file, or it is not read.
    Nothing,
}

/// Judges a library that vendors have validated; says whether that answers what its code means. Without a vendor's mark
/// or a right value the code is what it is: an implementation.
pub(super) fn judge(
    member: &Member<'_>,
    library: CryptoLibrary,
    alone: bool,
    context: &Context<'_>,
    inventory: &mut Inventory,
) -> bool {
    let state = match library {
        Nss => nss_file(member, context),
        GnuTls | Nettle | Libgcrypt => hmac(member, context),
        _ => return false,
    };
    let name = library.name();
    if state == State::Wrong {
        let message = format!(
            "{} does not match the integrity file beside it: the library was changed",
            member.name()
        );
        let seen = vec![evidence("integrity file beside", None, member.path)];
        inventory.open(rules::INTEGRITY_MISMATCH.finding(message, seen));
        return true;
    }
    let vendor = member.native.vendor.as_ref();
    let message = match (state, vendor) {
        (State::Right, _) => format!(
            "{} is {name} and matches the integrity file beside it, as vendors' FIPS builds do; no row of the registry names it",
            member.name()
        ),
        (_, Some(text)) => format!(
            "{} is {name} and names itself `{}`; no row of the registry names it",
            member.name(),
            text.text
        ),
        // Every build of NSS makes its integrity file.
        (_, None) if library == Nss && alone => format!(
            "{} is {name}, and its integrity file is not here to be compared",
            member.name()
        ),
        _ => return false,
    };
    let seen = vendor.map(|text| evidence("text", Some(text.offset), &text.text));
    inventory.open(rules::MODULE_UNKNOWN.finding(message, seen.into_iter().collect()));
    true
}

/// `libsoftokn3.so` and `libsoftokn3.chk` (NSS, `mkCheckFileName`).
fn nss_file(member: &Member<'_>, context: &Context<'_>) -> State {
    let beside = member.path.strip_suffix(".so").map(|stem| format!("{stem}.chk"));
    let chk = beside.and_then(|path| context.root.file(&path));
    let (Some(chk), Some(library)) = (chk, context.root.file(member.path)) else {
        return State::Nothing;
    };
    match nss::check(chk, library) {
        Check::Match => State::Right,
        Check::Mismatch => State::Wrong,
        Check::Unreadable => State::Nothing,
    }
}

/// `.libgnutls.so.30.hmac` in the same folder, by the name of the file or by the library's own. The file of `GnuTLS` 3.8
/// also covers Nettle, Hogweed and GMP.
fn hmac(member: &Member<'_>, context: &Context<'_>) -> State {
    let Some(computed) = member.native.integrity_hmac else { return State::Nothing };
    let (folder, file) = member.path.rsplit_once('/').unwrap_or_default();
    let soname = member.program.soname.as_deref().unwrap_or(file);
    let gnutls = inspect::names::gnutls();
    let names = [file, soname, &gnutls];
    let texts = names.iter().filter_map(|name| {
        let bytes = context.root.file(&format!("{folder}/.{name}.hmac"))?;
        Some((*name, hmac_file::entries(std::str::from_utf8(bytes).ok()?)?))
    });
    for (name, entries) in texts {
        let own = |entry: &&hmac_file::Entry| {
            entry.soname == soname || entry.soname.is_empty() && (name == soname || name == file)
        };
        if let Some(entry) = entries.iter().find(own) {
            return if entry.stated == computed { State::Right } else { State::Wrong };
        }
    }
    State::Nothing
}
