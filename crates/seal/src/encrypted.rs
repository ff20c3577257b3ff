//! Private keys at rest: PKCS#8 `EncryptedPrivateKeyInfo` (RFC 5958 section 3) with PBES2 (RFC 8018 section 6.2), from
//! approved parts only: PBKDF2 with HMAC-SHA-256 (SP 800-132) and AES-256-CBC. `openssl` opens what is written here.

use crate::Passphrase;
use pkcs8::der::SecretDocument;
use pkcs8::pkcs5::{EncryptionScheme, pbes2};
use pkcs8::{EncryptedPrivateKeyInfo, LineEnding, PrivateKeyInfo};
use rand::RngCore as _;
use rand::rngs::OsRng;
use rsa::RsaPrivateKey;
use rsa::pkcs8::EncodePrivateKey as _;
use zeroize::Zeroizing;

/// PBKDF2 iterations of the keys we write, and the fewest we read.
pub const ITERATIONS: u32 = 600_000;

/// The most iterations we read: more is a file that wants to keep us busy.
const MOST_ITERATIONS: u32 = 20_000_000;

/// SP 800-132 section 5.1: the salt has at least 128 bits.
const SALT_BYTES: usize = 16;

const ENCRYPTED: &str = "ENCRYPTED PRIVATE KEY";

/// Why a private key's file is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not a PEM file of a private key.
    #[error("it is not an encrypted PKCS#8 key in PEM (`-----BEGIN {ENCRYPTED}-----`)")]
    NotPkcs8,
    /// A key that anyone who can read the file can use.
    #[error("the key is not encrypted")]
    NotEncrypted,
    /// Encryption other than ours.
    #[error(
        "the key is encrypted with {what}, and fipsmith takes PBES2 with PBKDF2, HMAC-SHA-256 and AES-256-CBC"
    )]
    Weak {
        /// What it is encrypted with.
        what: &'static str,
    },
    /// Too few iterations.
    #[error(
        "the key is protected by {found} iterations of PBKDF2, and fipsmith takes {ITERATIONS} to {MOST_ITERATIONS}"
    )]
    Iterations {
        /// How many there are.
        found: u32,
    },
    /// A short salt.
    #[error("the key's salt has {found} bytes, and SP 800-132 wants at least {SALT_BYTES}")]
    Salt {
        /// How many there are.
        found: usize,
    },
    /// The passphrase does not open it.
    #[error("the passphrase is wrong, or the key is damaged")]
    WrongPassphrase,
    /// Something else than an RSA key.
    #[error("it holds no valid RSA private key")]
    NotRsa,
}

/// Encrypts a key, in PEM.
pub(crate) fn write(
    key: &RsaPrivateKey,
    passphrase: &Passphrase,
) -> Result<Zeroizing<String>, pkcs8::Error> {
    let (mut salt, mut iv) = ([0; SALT_BYTES], [0; 16]);
    OsRng.fill_bytes(&mut salt);
    OsRng.fill_bytes(&mut iv);
    // `PrivateKeyInfo::encrypt` of this crate would take scrypt, which is not approved.
    let parameters = pbes2::Parameters::pbkdf2_sha256_aes256cbc(ITERATIONS, &salt, &iv)
        .map_err(pkcs8::Error::EncryptedPrivateKey)?;
    let plain = key.to_pkcs8_der()?;
    let encrypted = PrivateKeyInfo::try_from(plain.as_bytes())?
        .encrypt_with_params(parameters, passphrase.as_bytes())?;
    Ok(encrypted.to_pem(ENCRYPTED, LineEnding::LF)?)
}

/// Opens an encrypted key.
pub(crate) fn read(pem: &str, passphrase: &Passphrase) -> Result<RsaPrivateKey, Refused> {
    let (label, document) = SecretDocument::from_pem(pem.trim()).map_err(|_| Refused::NotPkcs8)?;
    match label {
        ENCRYPTED => {}
        "PRIVATE KEY" | "RSA PRIVATE KEY" => return Err(Refused::NotEncrypted),
        _ => return Err(Refused::NotPkcs8),
    }
    let encrypted = EncryptedPrivateKeyInfo::try_from(document.as_bytes())
        .map_err(|_| Refused::Weak { what: "an algorithm that is not known here" })?;
    strong(&encrypted.encryption_algorithm)?;
    let plain = encrypted.decrypt(passphrase.as_bytes()).map_err(|_| Refused::WrongPassphrase)?;
    // One wrong passphrase in 256 leaves valid padding, but no PKCS#8 behind it.
    let info = PrivateKeyInfo::try_from(plain.as_bytes()).map_err(|_| Refused::WrongPassphrase)?;
    RsaPrivateKey::try_from(info).map_err(|_| Refused::NotRsa)
}

fn strong(scheme: &EncryptionScheme<'_>) -> Result<(), Refused> {
    let weak = |what| Err(Refused::Weak { what });
    let EncryptionScheme::Pbes2(pbes2) = scheme else { return weak("PBES1") };
    let pbes2::Kdf::Pbkdf2(kdf) = &pbes2.kdf else { return weak("scrypt") };
    match kdf.prf {
        pbes2::Pbkdf2Prf::HmacWithSha1 => return weak("PBKDF2 over HMAC-SHA-1"),
        pbes2::Pbkdf2Prf::HmacWithSha256 => {}
        _ => return weak("PBKDF2 over another HMAC than HMAC-SHA-256"),
    }
    if !matches!(pbes2.encryption, pbes2::EncryptionScheme::Aes256Cbc { .. }) {
        return weak("another cipher than AES-256-CBC");
    }
    if kdf.salt.len() < SALT_BYTES {
        return Err(Refused::Salt { found: kdf.salt.len() });
    }
    if !(ITERATIONS..=MOST_ITERATIONS).contains(&kdf.iteration_count) {
        return Err(Refused::Iterations { found: kdf.iteration_count });
    }
    Ok(())
}
