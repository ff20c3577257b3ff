//! The integrity value of BC-FJA (Bouncy Castle FIPS Java API), recomputed from its archive.
//!
//! The module computes it at start over every entry but its metadata, sorted by name: `[`, the name, the length as eight
//! bytes, `]`, the content; at the end `[END]`. HMAC-SHA256 with a fixed key (security policy of certificate #4943,
//! section 1.1, "Confirming the Module Checksum"; class `org.bouncycastle.crypto.fips.FipsStatus`). Checked against the
//! archives 1.0.2.4 to 2.1.3.

use super::{Archive, content};
use crate::Limits;
use crate::facts::JarHmac;
use crate::problems::Problems;
use crypto::{HmacSha256, Mac as _};
use vocab::Sha256;

/// `CryptoServicesRegistrar.MODULE_HMAC_KEY`.
const KEY: &[u8] = b"Legion of the Bouncy Castle Inc.";
/// Where the archive states the value, in hex.
const STATED: &str = "META-INF/HMAC.SHA256";

/// The stated and the computed value; nothing when the archive states none.
pub(super) fn read(
    archive: &mut Archive<'_>,
    names: &[String],
    limits: &Limits,
    problems: &mut Problems,
) -> Option<JarHmac> {
    let stated = content(archive, STATED, 4096)?;
    let stated = String::from_utf8_lossy(&stated);
    let stated = stated.trim().to_ascii_lowercase().parse::<Sha256>().ok();
    let computed = computed(archive, names, limits);
    if computed.is_none() {
        problems.note(
            "java archive",
            "an entry that the module's integrity value covers cannot be read",
        );
    }
    Some(JarHmac { stated, computed })
}

fn computed(archive: &mut Archive<'_>, names: &[String], limits: &Limits) -> Option<Sha256> {
    let mut covered: Vec<&str> =
        names.iter().map(String::as_str).filter(|name| !is_metadata(name)).collect();
    covered.sort_unstable();
    let mut mac = HmacSha256::new(KEY);
    let mut left = limits.jar_unpacked;
    for name in covered {
        let bytes = content(archive, name, limits.jar_entry.min(left))?;
        left = left.checked_sub(bytes.len() as u64)?;
        mac.update(b"[");
        mac.update(name.as_bytes());
        mac.update(&(bytes.len() as u64).to_be_bytes());
        mac.update(b"]");
        mac.update(&bytes);
    }
    mac.update(b"[END]");
    Some(Sha256::from_bytes(mac.finish()))
}

/// Folders, module descriptors, and everything in `META-INF/` but the classes of a multi-release archive. (Before 2.0
/// all of `META-INF/` was left out; those archives have no `versions/`.)
fn is_metadata(name: &str) -> bool {
    name.ends_with('/')
        || name.find("module-info.class").is_some_and(|at| at > 0)
        || (name.starts_with("META-INF/")
            && (name.contains("OSGI-INF/") || !name.contains("versions/")))
}
