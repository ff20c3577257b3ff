//! RSA keys and their one signature scheme, RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 section 8.2; approved for signatures
//! by FIPS 186-5 section 5.4).

use crate::contract::Contract as _;
use crate::provider::Module;
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// `SEQUENCE { OBJECT IDENTIFIER rsaEncryption, NULL }` (RFC 3279 section 2.3.1).
const RSA_ENCRYPTION: [u8; 15] =
    [0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0];
const BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
const END: &str = "-----END PUBLIC KEY-----";
/// RFC 7468 section 2: lines of exactly 64 letters but for the last.
const LINE: usize = 64;

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 2;
const BIT_STRING: u8 = 3;

/// It is no public key that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is not the one strict encoding of an RSA public key")]
pub struct NotRsa;

/// A public key: two numbers, most significant byte first, without zeros in front.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    n: Vec<u8>,
    e: Vec<u8>,
}

impl PublicKey {
    /// Reads a `SubjectPublicKeyInfo` (RFC 5280 section 4.1) in PEM (RFC 7468 section 13): the one strict encoding, and no
    /// text around it.
    pub fn from_pem(text: &str) -> Result<Self, NotRsa> {
        let body = text.strip_prefix(BEGIN).and_then(|rest| rest.trim_end().strip_suffix(END));
        let base64: String = body.ok_or(NotRsa)?.lines().collect();
        let key = Self::from_der(&STANDARD.decode(base64).map_err(|_| NotRsa)?)?;
        if key.to_pem().lines().eq(text.lines()) { Ok(key) } else { Err(NotRsa) }
    }

    /// Reads a `SubjectPublicKeyInfo` in DER.
    pub fn from_der(der: &[u8]) -> Result<Self, NotRsa> {
        let key = read(der).ok_or(NotRsa)?;
        let odd = |number: &[u8]| number.last().is_some_and(|last| last & 1 == 1);
        // Written again, it must be the same bytes: DER has one encoding for one value. An even number is part of no RSA key.
        if key.to_der() == der && odd(&key.n) && odd(&key.e) { Ok(key) } else { Err(NotRsa) }
    }

    /// The `SubjectPublicKeyInfo` in DER.
    pub fn to_der(&self) -> Vec<u8> {
        let numbers = [integer(&self.n), integer(&self.e)].concat();
        let bits = [vec![0], tlv(SEQUENCE, &numbers)].concat();
        tlv(SEQUENCE, &[RSA_ENCRYPTION.to_vec(), tlv(BIT_STRING, &bits)].concat())
    }

    /// The `SubjectPublicKeyInfo` in PEM.
    pub fn to_pem(&self) -> String {
        let base64 = STANDARD.encode(self.to_der());
        let mut rest = base64.as_str();
        let mut pem = format!("{BEGIN}\n");
        while let Some((line, after)) = rest.split_at_checked(LINE) {
            pem.push_str(line);
            pem.push('\n');
            rest = after;
        }
        if !rest.is_empty() {
            pem.push_str(rest);
            pem.push('\n');
        }
        pem + END + "\n"
    }

    /// The modulus.
    pub fn modulus(&self) -> &[u8] {
        &self.n
    }
    /// The modulus' size in bits.
    pub fn bits(&self) -> usize {
        let zeros = self.n.first().map_or(0, |first| first.leading_zeros() as usize);
        (self.n.len() * 8).saturating_sub(zeros)
    }
    /// The public exponent.
    pub fn exponent(&self) -> &[u8] {
        &self.e
    }
    /// Whether `signature` was made with this key's private half over a message with this SHA-256 digest. It must be as
    /// long as the modulus and below it (RFC 8017 sections 8.2.2 and 5.2.2, step 1); both providers leave this to us or
    /// not, so it is asked here.
    pub fn verify(&self, digest: &[u8; 32], signature: &[u8]) -> bool {
        self.in_range(signature) && Module::verify(&self.n, &self.e, digest, signature)
    }
    /// Whether a signature has the modulus' length and lies below it.
    pub fn in_range(&self, signature: &[u8]) -> bool {
        signature.len() == self.n.len() && signature < self.n.as_slice()
    }
}

fn read(der: &[u8]) -> Option<PublicKey> {
    let mut outer = der;
    let mut info = take(&mut outer, SEQUENCE)?.strip_prefix(&RSA_ENCRYPTION)?;
    let mut bits = take(&mut info, BIT_STRING)?.strip_prefix(&[0])?;
    let mut numbers = take(&mut bits, SEQUENCE)?;
    let mut number = || {
        let bytes = take(&mut numbers, INTEGER)?;
        Some(bytes.strip_prefix(&[0]).unwrap_or(bytes).to_vec())
    };
    Some(PublicKey { n: number()?, e: number()? })
}

/// The value of the first element, which has this tag (X.690 section 8.1); lengths up to 65535.
fn take<'a>(bytes: &mut &'a [u8], tag: u8) -> Option<&'a [u8]> {
    let rest = bytes.strip_prefix(&[tag])?;
    let (length, rest) = match rest {
        [0x82, high, low, rest @ ..] => (usize::from(u16::from_be_bytes([*high, *low])), rest),
        [0x81, length, rest @ ..] | [length @ 0..=0x7f, rest @ ..] => (usize::from(*length), rest),
        _ => return None,
    };
    let (value, rest) = rest.split_at_checked(length)?;
    *bytes = rest;
    Some(value)
}

fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = value.len().to_be_bytes();
    let mut der = vec![tag];
    match (value.len(), length) {
        (0..=0x7f, [.., low]) => der.push(low),
        (0x80..=0xff, [.., low]) => der.extend([0x81, low]),
        // A key of 65536 bits would be longer than this: `take` reads none of them.
        (_, [.., high, low]) => der.extend([0x82, high, low]),
    }
    der.extend_from_slice(value);
    der
}

/// A positive number: one whose highest bit is set gets a zero byte in front (X.690 section 8.3).
fn integer(number: &[u8]) -> Vec<u8> {
    let zero: &[u8] =
        if number.first().is_some_and(|first| first & 0x80 != 0) { &[0] } else { &[] };
    tlv(INTEGER, &[zero, number].concat())
}

#[cfg(feature = "private-keys")]
mod private {
    //! Keys that sign.

    use super::PublicKey;
    use crate::at_rest::Failed;
    use crate::contract::PrivateKey as _;
    use crate::provider::private::Key;
    use zeroize::Zeroizing;

    /// A private key.
    pub struct PrivateKey {
        key: Key,
        public: PublicKey,
    }

    impl PrivateKey {
        /// A new key with a modulus of this size. Takes seconds.
        pub fn generate(bits: usize) -> Result<Self, Failed> {
            Self::new(Key::generate(bits).ok_or(Failed)?)
        }
        /// Reads a `PrivateKeyInfo` (RFC 5208 section 5) of an RSA key in DER.
        pub fn from_pkcs8(der: &[u8]) -> Result<Self, Failed> {
            Self::new(Key::from_pkcs8(der).ok_or(Failed)?)
        }
        fn new(key: Key) -> Result<Self, Failed> {
            let (n, e) = key.public().ok_or(Failed)?;
            Ok(Self { key, public: PublicKey { n, e } })
        }
        /// The `PrivateKeyInfo` in DER.
        pub fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, Failed> {
            self.key.to_pkcs8().ok_or(Failed)
        }
        /// The public half.
        pub fn public(&self) -> &PublicKey {
            &self.public
        }
        /// Signs a message, which is hashed with SHA-256.
        pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Failed> {
            self.key.sign(message).ok_or(Failed)
        }
    }
}
#[cfg(feature = "private-keys")]
pub use private::PrivateKey;
