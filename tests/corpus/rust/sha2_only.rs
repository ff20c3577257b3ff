//! A hash of RustCrypto and nothing else. Expected: undetermined, never not-validated.

use sha2::Digest;
fn main() {
    println!("{:?}", sha2::Sha256::digest(std::env::args().next().unwrap()));
}
