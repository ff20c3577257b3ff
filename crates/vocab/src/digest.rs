//! SHA-2 digests (FIPS 180-4) as values, written as lower-case hex.

use crypto::Hash as _;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Why a text is not a digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a {algorithm} digest: it takes {hex_digits} lower-case hex digits")]
pub struct BadDigest {
    algorithm: &'static str,
    hex_digits: usize,
    text: String,
}

macro_rules! digest {
    ($(#[$doc:meta])* $name:ident, $hasher:ty, $label:literal, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name([u8; $len]);

        impl $name {
            /// The digest of `bytes`.
            pub fn of(bytes: &[u8]) -> Self {
                Self(<$hasher>::of(bytes))
            }
            /// A digest that was computed elsewhere.
            pub fn from_bytes(bytes: [u8; $len]) -> Self {
                Self(bytes)
            }
            /// The raw bytes.
            pub fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}:{self}", $label)
            }
        }
        impl FromStr for $name {
            type Err = BadDigest;
            fn from_str(text: &str) -> Result<Self, BadDigest> {
                let bad = || BadDigest { algorithm: $label, hex_digits: 2 * $len, text: text.chars().take(160).collect() };
                if text.bytes().any(|b| b.is_ascii_uppercase()) {
                    return Err(bad());
                }
                let mut bytes = [0; $len];
                hex::decode_to_slice(text, &mut bytes).map_err(|_| bad())?;
                Ok(Self(bytes))
            }
        }
        impl TryFrom<String> for $name {
            type Error = BadDigest;
            fn try_from(text: String) -> Result<Self, BadDigest> {
                text.parse()
            }
        }
        impl From<$name> for String {
            fn from(digest: $name) -> Self {
                digest.to_string()
            }
        }
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "pattern": concat!("^([0-9a-f]{", stringify!($len), "}){2}$") })
            }
        }
    };
}

digest!(
    /// A SHA-256 digest.
    Sha256, crypto::Sha256, "sha256", 32
);
digest!(
    /// A SHA-512 digest.
    Sha512, crypto::Sha512, "sha512", 64
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_survives_its_own_spelling() {
        let digest = Sha256::of(b"abc");
        // FIPS 180-4 example: SHA-256("abc").
        assert_eq!(
            digest.to_string(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(digest.to_string().parse(), Ok(digest));
    }

    #[test]
    fn wrong_length_upper_case_and_foreign_letters_are_refused() {
        for text in ["", "ba78", &"A".repeat(64), &"g".repeat(64), &"a".repeat(63), &"a".repeat(65)]
        {
            assert!(text.parse::<Sha256>().is_err(), "{text}");
        }
        assert!("a".repeat(128).parse::<Sha512>().is_ok());
    }
}
