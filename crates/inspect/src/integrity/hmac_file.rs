//! Integrity files of `GnuTLS` and Libgcrypt: HMAC-SHA256 over a whole library, with a key that is no secret.

use crypto::{HmacSha256, Mac as _};
use vocab::Sha256;

/// The key of `GnuTLS` (`lib/fips.c`) and of the fipscheck tools.
pub const GNUTLS_KEY: &[u8] = b"orboDeJITITejsirpADONivirpUkvarP";
/// The key of Libgcrypt before 1.10 (`src/fips.c`), and of `hmac256 --stdkey`.
pub const LIBGCRYPT_KEY: &[u8] = b"What am I, a doctor or a moonshuttle conductor?";

/// The longest integrity file that is read, in bytes.
const LONGEST: usize = 64 << 10;

/// One library of an integrity file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The library's own name; empty in a file that holds nothing but a value.
    pub soname: String,
    /// The value that is stated.
    pub stated: Sha256,
}

/// HMAC-SHA256 over a whole file.
pub fn mac(key: &[u8], file: &[u8]) -> Sha256 {
    Sha256::from_bytes(HmacSha256::of(key, file))
}

/// Reads `.libgnutls.so.30.hmac`: either 64 digits, or sections `[libgnutls.so.30]` with a line `hmac = ...` each
/// (`GnuTLS` 3.8, `lib/fipshmac.c`). Nothing is returned for a file of another form.
pub fn entries(text: &str) -> Option<Vec<Entry>> {
    if text.len() > LONGEST {
        return None;
    }
    if let Ok(stated) = text.trim().to_ascii_lowercase().parse() {
        return Some(vec![Entry { soname: String::new(), stated }]);
    }
    let mut soname = "";
    let mut entries = Vec::new();
    for line in text.lines().map(str::trim) {
        if let Some(section) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            soname = section;
        } else if let Some(("hmac", value)) =
            line.split_once('=').map(|(k, v)| (k.trim(), v.trim()))
        {
            let stated = value.to_ascii_lowercase().parse().ok()?;
            entries.push(Entry { soname: soname.to_owned(), stated });
        }
    }
    (!entries.is_empty()).then_some(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read_and_others_refused() {
        let value = mac(GNUTLS_KEY, b"library");
        let plain = entries(&format!("{value}\n")).unwrap();
        assert_eq!(plain, [Entry { soname: String::new(), stated: value }]);
        let file = format!(
            "[global]\nformat-version = 1\n[libgnutls.so.30]\npath = /usr/lib64/libgnutls.so.30\nhmac = {value}\n[libgmp.so.10]\nhmac={value}\n"
        );
        let names: Vec<_> = entries(&file).unwrap().into_iter().map(|entry| entry.soname).collect();
        assert_eq!(names, ["libgnutls.so.30", "libgmp.so.10"]);
        for broken in ["", "[libgnutls.so.30]\nhmac = 12\n", "text"] {
            assert_eq!(entries(broken), None, "{broken}");
        }
        assert_eq!(entries(&" ".repeat(LONGEST + 1)), None);
        assert_ne!(mac(GNUTLS_KEY, b"librarx"), value);
    }
}
