//! The validated provider: AWS-LC FIPS 3.1.0, linked statically. `aws-lc-fips-sys` is pinned to the one version that
//! carries it, and the module checks its own bytes before `main`: a changed one aborts the program.

#[cfg(feature = "private-keys")]
pub(crate) mod private;

use crate::contract::Contract;
use crate::{Hash, Mac, Provider};
use aws_lc_fips_sys as _;
use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::RSA_PKCS1_2048_8192_SHA256;
use aws_lc_rs::{digest, hmac};

/// What it is called in `manifests/modules.toml`.
pub const PROVIDER: Provider = Provider { module: "aws-lc-fips-3.1.0-static", certificate: "5314" };

/// The provider.
pub(crate) struct Module;

macro_rules! sha2 {
    ($hash:ident, $algorithm:ident, $mac:ident, $hmac:ident, $bits:literal, $length:literal) => {
        #[doc = concat!("SHA-", $bits, ".")]
        #[derive(Clone)]
        pub struct $hash(digest::Context);

        impl Hash for $hash {
            type Output = [u8; $length];
            fn new() -> Self {
                Self(digest::Context::new(&digest::$algorithm))
            }
            fn update(&mut self, bytes: &[u8]) {
                self.0.update(bytes);
            }
            fn finish(self) -> Self::Output {
                array(self.0.finish().as_ref())
            }
        }

        #[doc = concat!("HMAC with SHA-", $bits, ".")]
        pub struct $mac(hmac::Context);

        impl Mac for $mac {
            type Output = [u8; $length];
            fn new(key: &[u8]) -> Self {
                Self(hmac::Context::with_key(&hmac::Key::new(hmac::$hmac, key)))
            }
            fn update(&mut self, bytes: &[u8]) {
                self.0.update(bytes);
            }
            fn finish(self) -> Self::Output {
                array(self.0.sign().as_ref())
            }
        }
    };
}

sha2!(Sha224, SHA224, HmacSha224, HMAC_SHA224, "224", 28);
sha2!(Sha256, SHA256, HmacSha256, HMAC_SHA256, "256", 32);
sha2!(Sha384, SHA384, HmacSha384, HMAC_SHA384, "384", 48);
sha2!(Sha512, SHA512, HmacSha512, HMAC_SHA512, "512", 64);

/// A digest whose length the algorithm fixes.
fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(bytes);
    array
}

impl Contract for Module {
    /// Whether FIPS mode is on.
    fn approved_mode() -> Result<(), &'static str> {
        aws_lc_rs::try_fips_mode()
    }
    fn verify(n: &[u8], e: &[u8], digest: &[u8; 32], signature: &[u8]) -> bool {
        let key = PublicKeyComponents { n, e }.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256);
        let digest = digest::Digest::import_less_safe(digest, &digest::SHA256);
        match (key, digest) {
            (Ok(key), Ok(digest)) => key.verify_digest_sig(&digest, signature).is_ok(),
            _ => false,
        }
    }
}
