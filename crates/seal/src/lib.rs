//! keys and signatures: the only crate that touches a private key
