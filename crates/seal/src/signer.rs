//! The two private keys, as two types: one signs files, the other signs the manifest, and neither can do the other's work.

use crate::program::ScannedProgram;
use manifest::{BadKey, Envelope, PAE_PREFIX, PublicKey, SignatureBytes};
use rand::rngs::OsRng;
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use std::fmt;
use vocab::Sha256;

/// The cryptographic module that signs, as it is named in every manifest.
pub const SIGNER_MODULE: &str = "rustcrypto";

/// Its CMVP certificate: there is none.
pub const SIGNER_CERTIFICATE: &str = "none";

/// Why nothing was signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// A file that would, once signed, be a valid seal over whatever stands in it.
    #[error("the file begins with `DSSEv1 `: its signature could pass for the seal of a manifest")]
    PaeAsFile,
    /// The key did not sign.
    #[error("the key could not sign")]
    Rsa(#[source] rsa::Error),
}

/// A private key with its public half.
pub(crate) struct PrivateKey {
    key: RsaPrivateKey,
    public: PublicKey,
}

impl PrivateKey {
    pub(crate) fn new(key: RsaPrivateKey) -> Result<Self, BadKey> {
        let public = PublicKey::new(key.to_public_key())?;
        Ok(Self { key, public })
    }
    pub(crate) fn public(&self) -> &PublicKey {
        &self.public
    }
    /// RSASSA-PKCS1-v1_5 with SHA-256. The signature is deterministic; the random numbers only blind the private
    /// operation, so that its time tells nothing (RUSTSEC-2023-0071).
    fn sign(&self, digest: Sha256) -> Result<SignatureBytes, SignError> {
        let scheme = Pkcs1v15Sign::new::<sha2::Sha256>();
        let signature = self
            .key
            .sign_with_rng(&mut OsRng, scheme, digest.as_bytes())
            .map_err(SignError::Rsa)?;
        Ok(SignatureBytes::new(signature))
    }
}

/// The key that signs binaries.
pub struct ArtifactKey(pub(crate) PrivateKey);

impl ArtifactKey {
    /// Signs a file's raw bytes, so that `openssl dgst -sha256 -verify` checks it.
    pub fn sign_file(&self, bytes: &[u8]) -> Result<SignatureBytes, SignError> {
        if bytes.starts_with(PAE_PREFIX) {
            return Err(SignError::PaeAsFile);
        }
        self.0.sign(Sha256::of(bytes))
    }
    /// Signs the raw bytes of a program that was scanned: the same signature as [`Self::sign_file`] makes.
    pub(crate) fn sign_scanned(
        &self,
        program: &ScannedProgram,
    ) -> Result<SignatureBytes, SignError> {
        self.0.sign(program.digests().sha256)
    }
    /// The public half.
    pub fn public(&self) -> &PublicKey {
        self.0.public()
    }
}

/// The key that signs manifests.
pub struct SealKey(pub(crate) PrivateKey);

impl SealKey {
    /// Seals a payload.
    pub fn seal(&self, payload: Vec<u8>) -> Result<Envelope, SignError> {
        let signature =
            self.0.sign(Sha256::of(&manifest::pae(manifest::PAYLOAD_TYPE, &payload)))?;
        Ok(Envelope::new(payload, self.public().id().clone(), signature))
    }
    /// The public half.
    pub fn public(&self) -> &PublicKey {
        self.0.public()
    }
}

impl fmt::Debug for ArtifactKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ArtifactKey({})", self.public().id())
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealKey({})", self.public().id())
    }
}
