//! DSSE 1.0.2 (secure-systems-lab/dsse): what exactly is signed, and the envelope around it.
//!
//! The signature covers the payload's very bytes and its type, so no canonical form is needed and `openssl` can check it.
//! Our envelope has one exact spelling: one signature, its keyid, sorted keys. Anything else is refused, so that no byte
//! of the file is free to change.

use crate::json::{self, Numbers};
use crate::key::{KeyId, PublicKey, SignatureBytes};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

/// The first bytes of everything the seal key signs. The signer of files refuses files that begin with them.
pub const PAE_PREFIX: &[u8] = b"DSSEv1 ";

/// The payload type of an in-toto Statement (in-toto/attestation, spec/v1/envelope.md).
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// The largest envelope that is read, in bytes.
pub const LARGEST_ENVELOPE: u64 = 64 * 1024 * 1024;

/// The pre-authentication encoding (DSSE 1.0.2 protocol.md, "Signature Definition"):
/// `"DSSEv1" SP LEN(type) SP type SP LEN(body) SP body`.
pub fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut bytes =
        format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len()).into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RawEnvelope {
    payload: String,
    payload_type: String,
    signatures: Vec<RawSignature>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSignature {
    keyid: KeyId,
    sig: SignatureBytes,
}

/// A payload with one signature. That it was read says nothing about the signature: see [`Envelope::open`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    payload: Vec<u8>,
    keyid: KeyId,
    signature: SignatureBytes,
}

/// Why an envelope is refused.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
    /// Not the JSON of an envelope.
    #[error("the envelope is not DSSE")]
    NotDsse(#[source] serde_json::Error),
    /// The payload is not base64.
    #[error("the envelope's payload is not base64")]
    NotBase64(#[source] base64::DecodeError),
    /// Another kind of payload, perhaps validly signed.
    #[error("the envelope holds `{found}`, not `{PAYLOAD_TYPE}`")]
    PayloadType {
        /// What it claims to hold.
        found: String,
    },
    /// No signature, or several.
    #[error("the envelope holds {count} signatures, and a sealed manifest has exactly one")]
    SignatureCount {
        /// How many there are.
        count: usize,
    },
    /// Signed by someone else.
    #[error("the envelope names the key `{found}`, and the trusted seal key is `{trusted}`")]
    OtherKey {
        /// The keyid of the envelope.
        found: KeyId,
        /// The keyid of the trusted key.
        trusted: KeyId,
    },
    /// The signature is wrong.
    #[error("the seal is broken")]
    Seal(#[source] crate::key::BadSignature),
    /// The same content in other bytes than ours.
    #[error("the envelope is not in its one exact spelling")]
    Spelling,
}

impl Envelope {
    /// An envelope around a payload that was signed elsewhere.
    pub fn new(payload: Vec<u8>, keyid: KeyId, signature: SignatureBytes) -> Self {
        Self { payload, keyid, signature }
    }

    /// Reads an envelope and believes nothing of it yet.
    pub fn read(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        let raw: RawEnvelope =
            json::read(bytes, Numbers::Integers).map_err(EnvelopeError::NotDsse)?;
        if raw.payload_type != PAYLOAD_TYPE {
            return Err(EnvelopeError::PayloadType {
                found: raw.payload_type.chars().take(120).collect(),
            });
        }
        let payload = STANDARD.decode(&raw.payload).map_err(EnvelopeError::NotBase64)?;
        let count = raw.signatures.len();
        let Ok([RawSignature { keyid, sig }]) = <[RawSignature; 1]>::try_from(raw.signatures)
        else {
            return Err(EnvelopeError::SignatureCount { count });
        };
        let envelope = Self { payload, keyid, signature: sig };
        if envelope.write() == bytes { Ok(envelope) } else { Err(EnvelopeError::Spelling) }
    }

    /// The envelope's exact bytes.
    pub fn write(&self) -> Vec<u8> {
        let signatures =
            vec![RawSignature { keyid: self.keyid.clone(), sig: self.signature.clone() }];
        let payload = STANDARD.encode(&self.payload);
        // Strings in a struct always become JSON.
        json::write(&RawEnvelope { payload, payload_type: PAYLOAD_TYPE.to_owned(), signatures })
            .unwrap_or_default()
    }

    /// What the signature covers: the bytes of `manifest.pae`.
    pub fn pae(&self) -> Vec<u8> {
        pae(PAYLOAD_TYPE, &self.payload)
    }
    /// The signature: the bytes of `manifest.seal.sig`.
    pub fn signature(&self) -> &SignatureBytes {
        &self.signature
    }

    /// The payload, if the trusted key signed it. The scheme is the key's; the keyid is compared but decides nothing.
    pub fn open(&self, seal: &PublicKey) -> Result<&[u8], EnvelopeError> {
        if self.keyid != *seal.id() {
            return Err(EnvelopeError::OtherKey {
                found: self.keyid.clone(),
                trusted: seal.id().clone(),
            });
        }
        seal.verify(&self.pae(), self.signature.as_bytes()).map_err(EnvelopeError::Seal)?;
        Ok(&self.payload)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vector_of_the_dsse_protocol() {
        assert_eq!(
            pae("http://example.com/HelloWorld", b"hello world"),
            b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
        );
    }

    fn envelope() -> Envelope {
        let keyid = format!("SHA256:{}", "A".repeat(43)).parse().unwrap();
        Envelope::new(b"{}\n".to_vec(), keyid, SignatureBytes::new(vec![7; 512]))
    }

    #[test]
    fn an_envelope_has_one_spelling() {
        let bytes = envelope().write();
        assert_eq!(Envelope::read(&bytes).unwrap(), envelope());
        let text = String::from_utf8(bytes).unwrap();
        for (what, other) in [
            ("white space", text.replace(',', ", ")),
            ("no line feed", text.trim_end().to_owned()),
            ("an unknown field", text.replacen('{', "{\"a\":1,", 1)),
            ("a duplicate key", text.replacen('{', "{\"payload\":\"e30K\",", 1)),
            ("another payload type", text.replace("in-toto", "in-tutu")),
            ("no signature", {
                let (start, end) = (text.find('[').unwrap(), text.find(']').unwrap());
                format!("{}[{}", &text[..start], &text[end..])
            }),
            ("a keyid of another form", text.replace("SHA256:", "sha256:")),
            ("half of it", text[..text.len() / 2].to_owned()),
        ] {
            assert!(Envelope::read(other.as_bytes()).is_err(), "{what}: {other}");
        }
        assert!(Envelope::read(b"").is_err());
    }
}
