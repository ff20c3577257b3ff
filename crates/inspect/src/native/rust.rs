//! Names that the Rust compiler mangled, as far as the crate goes (rustc's "legacy" scheme and RFC 2603's "v0").

use super::known::CRATES;
use crate::bytes;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Crates by the name that code gives them: `-` is no letter of an identifier.
static BY_IDENTIFIER: LazyLock<HashMap<Vec<u8>, &'static str>> = LazyLock::new(|| {
    CRATES.iter().map(|name| (name.replace('-', "_").into_bytes(), *name)).collect()
});

/// The known crate that a mangled name belongs to.
pub(super) fn crate_of(symbol: &[u8]) -> Option<String> {
    if let Some(path) = symbol.strip_prefix(b"_ZN") {
        return legacy(path);
    }
    symbol.strip_prefix(b"_R").and_then(v0)
}

fn known(identifier: &[u8]) -> Option<String> {
    BY_IDENTIFIER.get(identifier).map(|name| (*name).to_owned())
}

/// `4sha2...17h0123456789abcdefE`: the first component is the crate, or the type that a trait is implemented for. Without
/// the hash at its end it is C++.
fn legacy(path: &[u8]) -> Option<String> {
    let ending = memchr::memmem::rfind(path, b"17h")?;
    let hash = path.get(ending + 3..ending + 19)?;
    if !hash.iter().all(u8::is_ascii_hexdigit) || path.get(ending + 19) != Some(&b'E') {
        return None;
    }
    let component = component(path)?;
    let Some(implemented) = component.strip_prefix(b"_").unwrap_or(component).strip_prefix(b"$LT$")
    else {
        return known(component);
    };
    let mut of = implemented;
    for reference in [&b"$RF$"[..], b"mut$u20$"] {
        of = of.strip_prefix(reference).unwrap_or(of);
    }
    known(of.get(..memchr::memmem::find(of, b"..")?)?)
}

/// A decimal length and as many bytes.
fn component(path: &[u8]) -> Option<&[u8]> {
    let digits = path.iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
    let length: usize = std::str::from_utf8(path.get(..digits)?).ok()?.parse().ok()?;
    path.get(digits..digits.checked_add(length)?)
}

/// Crate roots are `Cs`, a number in base 62, `_`, and a length with the name.
fn v0(symbol: &[u8]) -> Option<String> {
    memchr::memmem::find_iter(symbol, b"Cs").find_map(|at| {
        let rest = symbol.get(at + 2..)?;
        let number = rest.iter().take(16).take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let name = rest.get(number..)?.strip_prefix(b"_")?;
        known(component(name)?)
    })
}

/// The crate and its version in the folder that stands before `/src/`: `.../aes-0.8.4` in a registry's folder, or
/// `vendor/aes`, which tells no version.
pub(super) fn crate_path(before: &[u8]) -> Option<(&'static str, Option<String>)> {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b".-+_".contains(byte);
    let tail = before.get(before.len().saturating_sub(LONGEST)..)?;
    let length = tail.iter().rev().take_while(|byte| plain(byte)).count();
    let (parents, folder) = tail.split_at_checked(tail.len().checked_sub(length)?)?;
    let known = |name: &[u8]| CRATES.iter().copied().find(|known| known.as_bytes() == name);
    if parents.ends_with(b"vendor/")
        && let Some(name) = known(folder)
    {
        return Some((name, None));
    }
    let begins = |pair: &[u8]| matches!(pair, [b'-', next] if next.is_ascii_digit());
    let dash = folder.windows(2).rposition(begins)?;
    let (name, version) = (folder.get(..dash)?, folder.get(dash + 1..)?);
    memchr::memchr(b'.', version)?;
    Some((known(name)?, Some(bytes::text(version))))
}

/// The longest folder name that is looked at.
const LONGEST: usize = 72;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_are_read_from_both_schemes_and_cplusplus_is_left_alone() {
        for (symbol, expected) in [
            ("_ZN4ring4aead3gcm5ghash17h0123456789abcdefE", Some("ring")),
            (
                "_ZN71_$LT$sha2..core_api..Sha256VarCore$u20$as$u20$digest..core_api..B$GT$3new17h0123456789abcdefE",
                Some("sha2"),
            ),
            ("_RNvNtCs4fqI2P2rA04_4sha26sha2568compress", Some("sha2")),
            ("_RNvMs_NtCs9AbcdEf_7aes_gcmNtB4_6AesGcm3new", Some("aes-gcm")),
            ("_ZN4ring5startEv", None),
            ("_ZN4ring5start17hnothexadecimal..E", None),
            ("_ZN9999999999", None),
            ("_RCs", None),
            ("_ZN4main4main17h0123456789abcdefE", None),
        ] {
            assert_eq!(crate_of(symbol.as_bytes()).as_deref(), expected, "{symbol}");
        }
    }

    #[test]
    fn a_source_path_gives_crate_and_version() {
        let read = |text: &str| crate_path(text.as_bytes());
        let version = |text: &str| Some(text.to_owned());
        assert_eq!(
            read("/home/u/.cargo/registry/src/x/aes-0.8.4"),
            Some(("aes", version("0.8.4")))
        );
        assert_eq!(read("\0md-5-0.10.6"), Some(("md-5", version("0.10.6"))));
        assert_eq!(read("ring-0.17.0-alpha.1"), Some(("ring", version("0.17.0-alpha.1"))));
        assert_eq!(read("/x/vendor/ring"), Some(("ring", None)));
        for other in ["/x/ring", "/x/aes-256", "/x/serde-1.0.0", "", "/"] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
