//! The provider in pure Rust: `sha2`, `hmac`, `rsa`. Not validated.

#[cfg(feature = "private-keys")]
pub(crate) mod private;

use crate::contract::Contract;
use crate::{Hash, Mac, Provider};
use hmac::digest::core_api::BlockSizeUser;
use hmac::digest::{Digest, Key, KeyInit};
use hmac::{Mac as _, SimpleHmac};
use rsa::{BigUint, Pkcs1v15Sign, RsaPublicKey};

/// What it is called.
pub const PROVIDER: Provider = Provider { module: "rustcrypto", certificate: "none" };

/// The provider.
pub(crate) struct Module;

macro_rules! sha2 {
    ($hash:ident, $mac:ident, $bits:literal, $length:literal) => {
        #[doc = concat!("SHA-", $bits, ".")]
        #[derive(Clone)]
        pub struct $hash(sha2::$hash);

        impl Hash for $hash {
            type Output = [u8; $length];
            fn new() -> Self {
                Self(Digest::new())
            }
            fn update(&mut self, bytes: &[u8]) {
                Digest::update(&mut self.0, bytes);
            }
            fn finish(self) -> Self::Output {
                self.0.finalize().into()
            }
        }

        #[doc = concat!("HMAC with SHA-", $bits, ".")]
        pub struct $mac(SimpleHmac<sha2::$hash>);

        impl Mac for $mac {
            type Output = [u8; $length];
            fn new(key: &[u8]) -> Self {
                Self(keyed(key))
            }
            fn update(&mut self, bytes: &[u8]) {
                self.0.update(bytes);
            }
            fn finish(self) -> Self::Output {
                self.0.finalize().into_bytes().into()
            }
        }
    };
}

sha2!(Sha224, HmacSha224, "224", 28);
sha2!(Sha256, HmacSha256, "256", 32);
sha2!(Sha384, HmacSha384, "384", 48);
sha2!(Sha512, HmacSha512, "512", 64);

/// FIPS 198-1 section 4, steps 1 to 3: a key longer than a block is hashed, a shorter one is followed by zeros.
fn keyed<D: Digest + BlockSizeUser>(key: &[u8]) -> SimpleHmac<D> {
    let mut block = Key::<SimpleHmac<D>>::default();
    if key.len() > block.len() {
        block.iter_mut().zip(D::digest(key)).for_each(|(to, from)| *to = from);
    } else {
        block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    }
    <SimpleHmac<D> as KeyInit>::new(&block)
}

impl Contract for Module {
    /// There is no such mode, and nothing to refuse.
    fn approved_mode() -> Result<(), &'static str> {
        Ok(())
    }
    fn verify(n: &[u8], e: &[u8], digest: &[u8; 32], signature: &[u8]) -> bool {
        let (n, e) = (BigUint::from_bytes_be(n), BigUint::from_bytes_be(e));
        let scheme = Pkcs1v15Sign::new::<sha2::Sha256>();
        RsaPublicKey::new(n, e).is_ok_and(|key| key.verify(scheme, digest, signature).is_ok())
    }
}
