//! The two private keys, as two types: one signs files, the other signs the manifest, and neither can do the other's work.

use crate::program::ScannedProgram;
use manifest::{BadKey, Envelope, PAE_PREFIX, PublicKey, SignatureBytes};
use std::fmt;

/// The cryptographic module that signs, as it is named in every manifest, and its CMVP certificate or `none`.
pub const SIGNER: crypto::Provider = crypto::PROVIDER;

/// Why nothing was signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// A file that would, once signed, be a valid seal over whatever stands in it.
    #[error("the file begins with `DSSEv1 `: its signature could pass for the seal of a manifest")]
    PaeAsFile,
    /// The program was changed after it was scanned.
    #[error("the bytes to be signed are not those that were scanned")]
    OtherBytes,
    /// The program could not be read once more.
    #[error("it could not be read")]
    Read(#[source] std::io::Error),
    /// The key did not sign.
    #[error("the key could not sign")]
    Rsa(#[source] crypto::at_rest::Failed),
}

/// A private key with its public half.
pub(crate) struct PrivateKey {
    key: crypto::rsa::PrivateKey,
    public: PublicKey,
}

impl PrivateKey {
    pub(crate) fn new(key: crypto::rsa::PrivateKey) -> Result<Self, BadKey> {
        let public = PublicKey::new(key.public().clone())?;
        Ok(Self { key, public })
    }
    pub(crate) fn public(&self) -> &PublicKey {
        &self.public
    }
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    fn sign(&self, message: &[u8]) -> Result<SignatureBytes, SignError> {
        self.key.sign(message).map(SignatureBytes::new).map_err(SignError::Rsa)
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
        self.0.sign(bytes)
    }
    /// Signs the raw bytes of a program that was scanned. That they are those that were scanned is asked of the signature,
    /// which must hold over the scanned digest: dearer by one public operation, and no second hash.
    pub(crate) fn sign_scanned(
        &self,
        program: &ScannedProgram,
        bytes: &[u8],
    ) -> Result<SignatureBytes, SignError> {
        let signature = self.sign_file(bytes)?;
        match self.public().verify_digest(program.digests().sha256, signature.as_bytes()) {
            Ok(()) => Ok(signature),
            Err(_) => Err(SignError::OtherBytes),
        }
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
        let signature = self.0.sign(&manifest::pae(manifest::PAYLOAD_TYPE, &payload))?;
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
