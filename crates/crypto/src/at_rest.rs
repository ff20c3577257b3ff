//! What protects a private key at rest: PBKDF2 with HMAC-SHA-256 (SP 800-132) and AES-256 in CBC mode with the padding of
//! RFC 5652 section 6.3 (SP 800-38A), as RFC 8018 puts them together.

use crate::contract::AtRest as _;
use crate::provider::Module;
use zeroize::Zeroizing;

/// The provider did not do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cryptographic module refused")]
pub struct Failed;

/// Fills `bytes` with random numbers.
pub fn random(bytes: &mut [u8]) -> Result<(), Failed> {
    if Module::random(bytes) { Ok(()) } else { Err(Failed) }
}

/// A key from a passphrase.
#[derive(Clone)]
pub struct Key(Zeroizing<[u8; 32]>);

impl Key {
    /// PBKDF2 with HMAC-SHA-256.
    pub fn derive(passphrase: &[u8], salt: &[u8], iterations: u32) -> Result<Self, Failed> {
        let mut key = Zeroizing::new([0; 32]);
        if Module::pbkdf2(passphrase, salt, iterations, &mut key) {
            Ok(Self(key))
        } else {
            Err(Failed)
        }
    }
    /// AES-256-CBC.
    pub fn encrypt(&self, iv: &[u8; 16], plain: &[u8]) -> Result<Vec<u8>, Failed> {
        Module::encrypt(&self.0, iv, plain).ok_or(Failed)
    }
    /// AES-256-CBC; a wrong key shows as padding that is none, or as nonsense.
    pub fn decrypt(&self, iv: &[u8; 16], bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, Failed> {
        Module::decrypt(&self.0, iv, bytes).ok_or(Failed)
    }
}
