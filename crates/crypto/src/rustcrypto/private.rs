//! Private keys in pure Rust.

use crate::contract::{AtRest, PrivateKey};
use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockDecryptMut as _, BlockEncryptMut as _, KeyIvInit as _};
use rand::RngCore as _;
use rand::rngs::OsRng;
use rsa::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _};
use rsa::traits::PublicKeyParts as _;
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use zeroize::Zeroizing;

/// An RSA key.
pub(crate) struct Key(RsaPrivateKey);

impl PrivateKey for Key {
    fn generate(bits: usize) -> Option<Self> {
        RsaPrivateKey::new(&mut OsRng, bits).ok().map(Self)
    }
    fn from_pkcs8(der: &[u8]) -> Option<Self> {
        RsaPrivateKey::from_pkcs8_der(der).ok().map(Self)
    }
    fn to_pkcs8(&self) -> Option<Zeroizing<Vec<u8>>> {
        self.0.to_pkcs8_der().ok().map(|document| Zeroizing::new(document.as_bytes().to_vec()))
    }
    fn public(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        Some((self.0.n().to_bytes_be(), self.0.e().to_bytes_be()))
    }
    /// RSASSA-PKCS1-v1_5 with SHA-256. The signature is deterministic; the random numbers only blind the private
    /// operation, so that its time tells nothing (RUSTSEC-2023-0071).
    fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let scheme = Pkcs1v15Sign::new::<sha2::Sha256>();
        let digest = <crate::Sha256 as crate::Hash>::of(message);
        self.0.sign_with_rng(&mut OsRng, scheme, &digest).ok()
    }
}

impl AtRest for super::Module {
    fn random(bytes: &mut [u8]) -> bool {
        OsRng.try_fill_bytes(bytes).is_ok()
    }
    fn pbkdf2(passphrase: &[u8], salt: &[u8], iterations: u32, key: &mut [u8; 32]) -> bool {
        pbkdf2::pbkdf2_hmac::<sha2::Sha256>(passphrase, salt, iterations, key);
        true
    }
    fn encrypt(key: &[u8; 32], iv: &[u8; 16], plain: &[u8]) -> Option<Vec<u8>> {
        let cipher = cbc::Encryptor::<aes::Aes256>::new(key.into(), iv.into());
        Some(cipher.encrypt_padded_vec_mut::<Pkcs7>(plain))
    }
    fn decrypt(key: &[u8; 32], iv: &[u8; 16], encrypted: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let cipher = cbc::Decryptor::<aes::Aes256>::new(key.into(), iv.into());
        cipher.decrypt_padded_vec_mut::<Pkcs7>(encrypted).ok().map(Zeroizing::new)
    }
}
