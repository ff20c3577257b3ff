//! What a provider does beside hashing: the contract that both keep, whichever is compiled in.

/// A provider.
pub(crate) trait Contract {
    /// Whether it may work: a validated one must be in FIPS mode. The error says why it is not.
    fn approved_mode() -> Result<(), &'static str>;
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 section 8.2.2), from the hash on. `n` and `e` are big-endian.
    fn verify(n: &[u8], e: &[u8], digest: &[u8; 32], signature: &[u8]) -> bool;
}

/// A private RSA key of a provider. Nothing is said of why it refused: a reason could tell of the key.
#[cfg(feature = "private-keys")]
pub(crate) trait PrivateKey: Sized {
    /// A new key.
    fn generate(bits: usize) -> Option<Self>;
    /// From PKCS #8 (RFC 5958) in DER.
    fn from_pkcs8(der: &[u8]) -> Option<Self>;
    /// To PKCS #8 in DER.
    fn to_pkcs8(&self) -> Option<zeroize::Zeroizing<Vec<u8>>>;
    /// Modulus and exponent, big-endian.
    fn public(&self) -> Option<(Vec<u8>, Vec<u8>)>;
    /// RSASSA-PKCS1-v1_5 with SHA-256 of a whole message.
    fn sign(&self, message: &[u8]) -> Option<Vec<u8>>;
}

/// What protects a private key at rest.
#[cfg(feature = "private-keys")]
pub(crate) trait AtRest {
    /// Fills `bytes` with random numbers; false when there are none.
    fn random(bytes: &mut [u8]) -> bool;
    /// PBKDF2 with HMAC-SHA-256; false when the provider refuses.
    fn pbkdf2(passphrase: &[u8], salt: &[u8], iterations: u32, key: &mut [u8; 32]) -> bool;
    /// AES-256-CBC with the padding of RFC 5652 section 6.3.
    fn encrypt(key: &[u8; 32], iv: &[u8; 16], plain: &[u8]) -> Option<Vec<u8>>;
    /// The opposite; `None` when the padding is none.
    fn decrypt(
        key: &[u8; 32],
        iv: &[u8; 16],
        encrypted: &[u8],
    ) -> Option<zeroize::Zeroizing<Vec<u8>>>;
}
