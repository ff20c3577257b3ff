//! No cryptography. Expected: no-crypto.

fn main() { println!("{}", std::env::args().count()); }
