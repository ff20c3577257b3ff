//! Public keys: RSA-4096, their one signature scheme, their ids.

use base64::{
    Engine as _, engine::general_purpose::STANDARD, engine::general_purpose::STANDARD_NO_PAD,
};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use vocab::Sha256;

/// The modulus size of every key, in bits.
pub const KEY_BITS: usize = 4096;

/// The public exponents that are taken. FIPS 186-5 section 5.4 (e) has 2^16 < e < 2^256; the providers of cryptography
/// refuse what takes more than 33 bits, because it keeps a verifier busy.
const EXPONENTS: std::ops::RangeInclusive<u64> = 65_537..=(1 << 33) - 1;

/// What a key may sign. A key has exactly one role: the bytes that the seal covers, signed "as a file", would be a valid
/// seal, so the two must never be the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Signs each binary's raw bytes.
    Artifact,
    /// Signs the sealed manifest.
    Seal,
}

impl Role {
    /// Both roles.
    pub const ALL: [Self; 2] = [Self::Artifact, Self::Seal];
    /// The role as it is written in files and file names.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Artifact => "artifact",
            Self::Seal => "seal",
        }
    }
    /// The name of the public key's file: `seal.pub`.
    pub fn public_file(self) -> &'static str {
        match self {
            Self::Artifact => "artifact.pub",
            Self::Seal => "seal.pub",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How a signature was made. It comes from the trusted key, never from the file that is checked (DSSE 1.0.2,
/// protocol.md: an unauthenticated hint must not decide).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scheme {
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 section 8.2; approved for signatures by FIPS 186-5 section 5.4).
    #[serde(rename = "rsassa-pkcs1-v1_5-sha256")]
    Pkcs1v15Sha256,
}

/// Why a public key cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    /// Not a PEM `SubjectPublicKeyInfo` of an RSA key.
    #[error("it is not an RSA public key in PEM (`-----BEGIN PUBLIC KEY-----`)")]
    NotRsaPem,
    /// A modulus of the wrong size.
    #[error("its modulus has {bits} bits, and fipsmith takes exactly {KEY_BITS}")]
    WrongSize {
        /// The size in bits.
        bits: usize,
    },
    /// An exponent that is too small, or too large.
    #[error("its public exponent is not between {} and {}", EXPONENTS.start(), EXPONENTS.end())]
    Exponent,
}

/// Why a signature is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSignature {
    /// Not as long as the modulus, or not below it (RFC 8017 section 8.2.2, step 1, and 5.2.2, step 1).
    #[error("the signature is not {} bytes below the modulus", KEY_BITS / 8)]
    OutOfRange,
    /// Not made by this key over these bytes.
    #[error("the signature does not belong to these bytes and this key")]
    Mismatch,
}

/// The id of a key: its OpenSSH fingerprint, `SHA256:` and unpadded base64. It is the one form that all DSSE clients
/// accept as a `keyid`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeyId(String);

impl KeyId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A text that is not a key id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("it is not a key id: `SHA256:` and 43 letters of base64")]
pub struct BadKeyId;

impl FromStr for KeyId {
    type Err = BadKeyId;
    fn from_str(text: &str) -> Result<Self, BadKeyId> {
        let digest = text
            .strip_prefix("SHA256:")
            .and_then(|b| STANDARD_NO_PAD.decode(b).ok())
            .ok_or(BadKeyId)?;
        if digest.len() == 32 { Ok(Self(text.to_owned())) } else { Err(BadKeyId) }
    }
}
impl TryFrom<String> for KeyId {
    type Error = BadKeyId;
    fn try_from(text: String) -> Result<Self, BadKeyId> {
        text.parse()
    }
}
impl From<KeyId> for String {
    fn from(id: KeyId) -> Self {
        id.0
    }
}

/// The bytes of a signature, in base64 where they are written.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SignatureBytes(Vec<u8>);

impl SignatureBytes {
    /// A signature that was made elsewhere.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
    /// The raw bytes, as `openssl dgst -signature` takes them.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}
impl fmt::Debug for SignatureBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(&self.0))
    }
}
impl TryFrom<String> for SignatureBytes {
    type Error = base64::DecodeError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Ok(Self(STANDARD.decode(text)?))
    }
}
impl From<SignatureBytes> for String {
    fn from(signature: SignatureBytes) -> Self {
        STANDARD.encode(signature.0)
    }
}

/// An RSA-4096 public key with its one scheme, PKCS#1 v1.5 with SHA-256.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    key: crypto::rsa::PublicKey,
    pem: String,
    id: KeyId,
}

impl PublicKey {
    /// A key from its PEM text (`SubjectPublicKeyInfo`, RFC 5280 section 4.1).
    pub fn from_pem(text: &str) -> Result<Self, BadKey> {
        Self::new(crypto::rsa::PublicKey::from_pem(text.trim()).map_err(|_| BadKey::NotRsaPem)?)
    }

    /// A key that was made or loaded elsewhere.
    pub fn new(key: crypto::rsa::PublicKey) -> Result<Self, BadKey> {
        let bits = key.bits();
        if bits != KEY_BITS {
            return Err(BadKey::WrongSize { bits });
        }
        if !exponent(&key).is_some_and(|exponent| EXPONENTS.contains(&exponent)) {
            return Err(BadKey::Exponent);
        }
        let (pem, id) = (key.to_pem(), fingerprint(&key));
        Ok(Self { key, pem, id })
    }

    /// The key as PEM, the exact bytes of a `.pub` file.
    pub fn pem(&self) -> &str {
        &self.pem
    }
    /// The key's OpenSSH fingerprint.
    pub fn id(&self) -> &KeyId {
        &self.id
    }
    /// The key's scheme.
    pub fn scheme(&self) -> Scheme {
        Scheme::Pkcs1v15Sha256
    }

    /// Checks a signature over bytes with this SHA-256 digest.
    pub fn verify_digest(&self, digest: Sha256, signature: &[u8]) -> Result<(), BadSignature> {
        match self.key.in_range(signature) {
            false => Err(BadSignature::OutOfRange),
            true if self.key.verify(digest.as_bytes(), signature) => Ok(()),
            true => Err(BadSignature::Mismatch),
        }
    }

    /// Checks a signature over `message`.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        self.verify_digest(Sha256::of(message), signature)
    }
}

/// RFC 4253 section 6.6: the wire form of an RSA key is `string "ssh-rsa"`, `mpint e`, `mpint n`.
fn fingerprint(key: &crypto::rsa::PublicKey) -> KeyId {
    let mut wire = Vec::with_capacity(540);
    push_string(&mut wire, b"ssh-rsa");
    push_string(&mut wire, &mpint(key.exponent()));
    push_string(&mut wire, &mpint(key.modulus()));
    KeyId(format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256::of(&wire).as_bytes())))
}

/// RFC 4251 section 5: a positive number whose highest bit is set gets a zero byte in front.
fn mpint(number: &[u8]) -> Vec<u8> {
    let zero: &[u8] =
        if number.first().is_some_and(|first| first & 0x80 != 0) { &[0] } else { &[] };
    [zero, number].concat()
}

/// The exponent, unless it is beyond 64 bits.
fn exponent(key: &crypto::rsa::PublicKey) -> Option<u64> {
    let bytes = key.exponent();
    (bytes.len() <= 8).then(|| bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

fn push_string(wire: &mut Vec<u8>, bytes: &[u8]) {
    // A key of 4096 bits has 513 bytes: the length always fits.
    wire.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
    wire.extend_from_slice(bytes);
}
