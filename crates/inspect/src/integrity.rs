//! Integrity values of modules that are files of their own: recomputed from the file, compared by others.

pub mod hmac_file;
pub mod nss;
pub mod openssl;
