//! A cipher and a hash of RustCrypto. Expected: not-validated.

use aes_gcm::{aead::{Aead, KeyInit}, Aes256Gcm, Nonce};
use sha2::Digest;
fn main() {
    let digest = sha2::Sha256::digest(std::env::args().next().unwrap());
    let cipher = Aes256Gcm::new(&digest);
    println!("{:?}", cipher.encrypt(Nonce::from_slice(&[0; 12]), b"abc".as_ref()));
}
