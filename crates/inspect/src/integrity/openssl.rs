//! The integrity value of OpenSSL's FIPS provider.

use crypto::{HmacSha256, Mac as _};
use vocab::Sha256;

/// The key that every build uses unless it is configured with another one (OpenSSL 3, `util/mk-fipskey.h` and INSTALL.md,
/// `--fips-key`).
const KEY: [u8; 32] = [
    0xf4, 0x55, 0x66, 0x50, 0xac, 0x31, 0xd3, 0x54, 0x61, 0x61, 0x0b, 0xac, 0x4e, 0xd8, 0x1b, 0x1a,
    0x18, 0x1b, 0x2d, 0x8a, 0x43, 0xea, 0x28, 0x54, 0xcb, 0xae, 0x22, 0xca, 0x74, 0x56, 0x08, 0x13,
];

/// HMAC-SHA256 over the whole file: what `fipsmodule.cnf` states as `module-mac` (openssl-fipsinstall(1)).
pub fn module_mac(file: &[u8]) -> Sha256 {
    Sha256::from_bytes(HmacSha256::of(&KEY, file))
}

/// `42:AF:88:...` or the same without colons.
pub fn stated_mac(text: &str) -> Option<Sha256> {
    text.trim().replace(':', "").to_ascii_lowercase().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mac_is_read_with_and_without_colons() {
        // Computed with `openssl dgst -sha256 -mac HMAC -macopt hexkey:f4556650...`.
        let mac = module_mac(b"abc");
        let plain = mac.to_string();
        let pairs: Vec<_> =
            plain.as_bytes().chunks(2).map(|p| String::from_utf8_lossy(p)).collect();
        assert_eq!(stated_mac(&pairs.join(":").to_uppercase()), Some(mac));
        assert_eq!(stated_mac(&plain), Some(mac));
        assert_eq!(stated_mac("42:AF"), None);
        assert_ne!(module_mac(b"abd"), mac);
    }
}
