//! Python packages as installers record them: `*.dist-info/METADATA` (Core metadata specification, PEP 566).
//!
//! A package with compiled code shows its cryptography in its shared libraries, which are read on their own. A package
//! that is nothing but Python shows it by its name.

use crate::facts::PythonPackage;

/// What the file begins with, in every version of the format.
const FIRST: &[u8] = b"Metadata-Version:";
/// The headers end at the first empty line; a longer head is none.
const HEAD: usize = 64 << 10;

/// Packages that implement cryptography in Python itself, by their normalised name (PEP 503).
const IMPLEMENTATIONS: &[(&str, &str)] = &[
    ("chacha20poly1305", "ChaCha20-Poly1305"),
    ("ecdsa", "ECDSA, EdDSA and ECDH"),
    ("ecpy", "elliptic curves"),
    ("ed25519", "Ed25519"),
    ("passlib", "password hashes"),
    ("pure25519", "Curve25519"),
    ("pyaes", "AES"),
    ("pyblake2", "BLAKE2"),
    ("pyscrypt", "scrypt"),
    ("rsa", "RSA"),
    ("salsa20", "Salsa20"),
    ("starkbank-ecdsa", "ECDSA"),
    ("tlslite-ng", "TLS and all it needs"),
    ("twofish", "Twofish"),
    ("x25519", "X25519"),
];

/// The package, when the bytes are its metadata and it implements cryptography in Python.
pub(crate) fn read(bytes: &[u8]) -> Option<PythonPackage> {
    if !bytes.starts_with(FIRST) {
        return None;
    }
    let head = String::from_utf8_lossy(bytes.get(..HEAD).unwrap_or(bytes));
    let header = |key: &str| {
        head.lines()
            .take_while(|line| !line.trim().is_empty())
            .find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))
            .map(|value| value.trim().chars().take(200).collect::<String>())
    };
    let name = normalised(&header("Name")?);
    let (_, implements) = IMPLEMENTATIONS.iter().find(|(known, _)| *known == name)?;
    Some(PythonPackage { name, version: header("Version").unwrap_or_default(), implements })
}

/// PEP 503: lower case, and every run of `-`, `_` and `.` is one `-`.
fn normalised(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for character in name.chars() {
        match character {
            '-' | '_' | '.' if out.ends_with('-') => {}
            '-' | '_' | '.' => out.push('-'),
            other => out.extend(other.to_lowercase()),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_that_implements_cryptography_in_python_is_known_by_its_normalised_name() {
        let metadata = b"Metadata-Version: 2.1\nName: TLSLite_ng\nVersion: 0.8.2\n\nName: ecdsa\n";
        let package = read(metadata).unwrap();
        assert_eq!((package.name.as_str(), package.version.as_str()), ("tlslite-ng", "0.8.2"));
    }

    #[test]
    fn other_packages_and_other_texts_are_not() {
        for text in [
            "Metadata-Version: 2.1\nName: requests\nVersion: 2\n",
            "Name: rsa\nVersion: 4\n",
            "Metadata-Version: 2.1\n\nName: rsa\n",
            "Metadata-Version: 2.1\nSummary: Name: rsa\n",
            "",
        ] {
            assert_eq!(read(text.as_bytes()), None, "{text:?}");
        }
    }
}
