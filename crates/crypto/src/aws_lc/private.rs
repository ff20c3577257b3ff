//! Private keys inside the validated module.

use crate::contract::{AtRest, PrivateKey};
use crate::rsa::PublicKey;
use aws_lc_rs::cipher::{
    AES_256, DecryptionContext, EncryptionContext, PaddedBlockDecryptingKey,
    PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use aws_lc_rs::{pbkdf2 as derive, rand};
use std::num::NonZeroU32;
use zeroize::Zeroizing;

/// An RSA key.
pub(crate) struct Key(KeyPair);

impl PrivateKey for Key {
    fn generate(bits: usize) -> Option<Self> {
        let sizes = [KeySize::Rsa2048, KeySize::Rsa3072, KeySize::Rsa4096];
        let size = sizes.into_iter().find(|size| size.len() * 8 == bits)?;
        KeyPair::generate(size).ok().map(Self)
    }
    fn from_pkcs8(der: &[u8]) -> Option<Self> {
        KeyPair::from_pkcs8(der).ok().map(Self)
    }
    fn to_pkcs8(&self) -> Option<Zeroizing<Vec<u8>>> {
        let der: Pkcs8V1Der<'_> = self.0.as_der().ok()?;
        Some(Zeroizing::new(der.as_ref().to_vec()))
    }
    fn public(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        let der: PublicKeyX509Der<'_> = self.0.public_key().as_der().ok()?;
        let public = PublicKey::from_der(der.as_ref()).ok()?;
        Some((public.modulus().to_vec(), public.exponent().to_vec()))
    }
    /// RSASSA-PKCS1-v1_5 with SHA-256, hash included: the service that the module counts as approved.
    fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).ok()?;
        Some(signature)
    }
}

impl AtRest for super::Module {
    fn random(bytes: &mut [u8]) -> bool {
        rand::fill(bytes).is_ok()
    }
    fn pbkdf2(passphrase: &[u8], salt: &[u8], iterations: u32, key: &mut [u8; 32]) -> bool {
        let Some(iterations) = NonZeroU32::new(iterations) else { return false };
        derive::derive(derive::PBKDF2_HMAC_SHA256, iterations, salt, passphrase, key);
        true
    }
    fn encrypt(key: &[u8; 32], iv: &[u8; 16], plain: &[u8]) -> Option<Vec<u8>> {
        let key =
            PaddedBlockEncryptingKey::cbc_pkcs7(UnboundCipherKey::new(&AES_256, key).ok()?).ok()?;
        let mut bytes = plain.to_vec();
        let context = EncryptionContext::Iv128(FixedLength::from(*iv));
        key.less_safe_encrypt(&mut bytes, context).ok()?;
        Some(bytes)
    }
    fn decrypt(key: &[u8; 32], iv: &[u8; 16], encrypted: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let key =
            PaddedBlockDecryptingKey::cbc_pkcs7(UnboundCipherKey::new(&AES_256, key).ok()?).ok()?;
        let mut bytes = Zeroizing::new(encrypted.to_vec());
        let context = DecryptionContext::Iv128(FixedLength::from(*iv));
        let length = key.decrypt(bytes.as_mut_slice(), context).ok()?.len();
        bytes.truncate(length);
        Some(bytes)
    }
}
