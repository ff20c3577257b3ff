//! ring. Expected: not-validated.

fn main() {
    let digest = ring::digest::digest(&ring::digest::SHA256, std::env::args().next().unwrap().as_bytes());
    let key = ring::aead::LessSafeKey::new(ring::aead::UnboundKey::new(&ring::aead::AES_256_GCM, digest.as_ref()).unwrap());
    let mut text = b"abc".to_vec();
    key.seal_in_place_append_tag(ring::aead::Nonce::assume_unique_for_key([0; 12]), ring::aead::Aad::empty(), &mut text).unwrap();
    println!("{digest:?} {text:?}");
}
