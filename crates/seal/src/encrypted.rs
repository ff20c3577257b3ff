//! Private keys at rest: PKCS#8 `EncryptedPrivateKeyInfo` (RFC 5958 section 3) with PBES2 (RFC 8018 section 6.2), from
//! approved parts only: PBKDF2 with HMAC-SHA-256 (SP 800-132) and AES-256-CBC. `openssl` opens what is written here.

use crate::Passphrase;
use crypto::at_rest::{Key, random};
use crypto::rsa;
use pkcs8::der::SecretDocument;
use pkcs8::pkcs5::{EncryptionScheme, pbes2};
use pkcs8::{EncryptedPrivateKeyInfo, LineEnding, PrivateKeyInfo};
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

/// Why a key could not be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unwritten {
    #[error(transparent)]
    Module(#[from] crypto::at_rest::Failed),
    #[error(transparent)]
    Form(#[from] pkcs8::Error),
}

/// Encrypts a key, in PEM.
pub(crate) fn write(
    key: &rsa::PrivateKey,
    passphrase: &Passphrase,
) -> Result<Zeroizing<String>, Unwritten> {
    let (mut salt, mut iv) = ([0; SALT_BYTES], [0; 16]);
    random(&mut salt)?;
    random(&mut iv)?;
    let opener = Key::derive(passphrase.as_bytes(), &salt, ITERATIONS)?;
    let encrypted_data = opener.encrypt(&iv, &key.to_pkcs8()?)?;
    let kdf = pbes2::Pbkdf2Params {
        salt: &salt,
        iteration_count: ITERATIONS,
        key_length: None,
        prf: pbes2::Pbkdf2Prf::HmacWithSha256,
    };
    let encryption = pbes2::EncryptionScheme::Aes256Cbc { iv: &iv };
    let parameters = pbes2::Parameters { kdf: kdf.into(), encryption };
    let encrypted = EncryptedPrivateKeyInfo {
        encryption_algorithm: parameters.into(),
        encrypted_data: &encrypted_data,
    };
    let document = SecretDocument::try_from(encrypted)?;
    Ok(document.to_pem(ENCRYPTED, LineEnding::LF).map_err(pkcs8::Error::from)?)
}

/// Opens an encrypted key.
pub(crate) fn read(pem: &str, passphrase: &Passphrase) -> Result<rsa::PrivateKey, Refused> {
    let (label, document) = SecretDocument::from_pem(pem.trim()).map_err(|_| Refused::NotPkcs8)?;
    match label {
        ENCRYPTED => {}
        "PRIVATE KEY" | "RSA PRIVATE KEY" => return Err(Refused::NotEncrypted),
        _ => return Err(Refused::NotPkcs8),
    }
    let encrypted = EncryptedPrivateKeyInfo::try_from(document.as_bytes())
        .map_err(|_| Refused::Weak { what: "an algorithm that is not known here" })?;
    let (kdf, iv) = strong(&encrypted.encryption_algorithm)?;
    let plain = Key::derive(passphrase.as_bytes(), kdf.salt, kdf.iteration_count)
        .and_then(|key| key.decrypt(iv, encrypted.encrypted_data))
        .map_err(|_| Refused::WrongPassphrase)?;
    // One wrong passphrase in 256 leaves valid padding, but no PKCS#8 behind it.
    PrivateKeyInfo::try_from(plain.as_slice()).map_err(|_| Refused::WrongPassphrase)?;
    rsa::PrivateKey::from_pkcs8(&plain).map_err(|_| Refused::NotRsa)
}

/// The parameters of an encryption that is strong enough.
fn strong<'a>(
    scheme: &'a EncryptionScheme<'a>,
) -> Result<(&'a pbes2::Pbkdf2Params<'a>, &'a [u8; 16]), Refused> {
    let weak = |what| Err(Refused::Weak { what });
    let EncryptionScheme::Pbes2(pbes2) = scheme else { return weak("PBES1") };
    let pbes2::Kdf::Pbkdf2(kdf) = &pbes2.kdf else { return weak("scrypt") };
    match kdf.prf {
        pbes2::Pbkdf2Prf::HmacWithSha1 => return weak("PBKDF2 over HMAC-SHA-1"),
        pbes2::Pbkdf2Prf::HmacWithSha256 => {}
        _ => return weak("PBKDF2 over another HMAC than HMAC-SHA-256"),
    }
    let pbes2::EncryptionScheme::Aes256Cbc { iv } = pbes2.encryption else {
        return weak("another cipher than AES-256-CBC");
    };
    // RFC 8018 appendix A.2: the key's length may be written down, and is then that of the cipher.
    if kdf.key_length.is_some_and(|length| length != 32) {
        return weak("a key of another length than AES-256 takes");
    }
    if kdf.salt.len() < SALT_BYTES {
        return Err(Refused::Salt { found: kdf.salt.len() });
    }
    if !(ITERATIONS..=MOST_ITERATIONS).contains(&kdf.iteration_count) {
        return Err(Refused::Iterations { found: kdf.iteration_count });
    }
    Ok((kdf, iv))
}
