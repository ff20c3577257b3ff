//! Java archives (JAR File Specification): whose cryptography is in them, by the names of their classes; what their code
//! asks of the platform; and the integrity value of Bouncy Castle's FIPS module, recomputed.
//!
//! An archive that was relocated ("shaded") keeps the end of a class's path, so the end is what is looked for.

mod bouncy_castle;
mod classes;

use crate::Limits;
use crate::facts::{JavaFacts, JavaImplementation, PlatformUse};
use crate::problems::Problems;
use std::borrow::Cow;
use std::io::{Cursor, Read as _};
use zip::ZipArchive;

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// Where the manifest stands (JAR File Specification, "JAR Manifest").
const MANIFEST: &str = "META-INF/MANIFEST.MF";

/// Whether a zip file is a Java archive: it has a manifest, or a class.
pub(crate) fn is_jar(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK")
        && ZipArchive::new(Cursor::new(bytes)).is_ok_and(|archive| {
            archive.index_for_name(MANIFEST).is_some()
                || archive.file_names().flatten().any(|name| name.ends_with(".class"))
        })
}

/// Whether a file is a class: it begins with the same four bytes as a Mach-O file for several machines, whose count of
/// machines stands where a class has its version, and no class file has a version below 45 (JVM Specification, 4.1).
pub(crate) fn is_class(bytes: &[u8]) -> bool {
    let version = bytes.get(4..8).and_then(|b| b.first_chunk()).map(|b| u32::from_be_bytes(*b));
    bytes.starts_with(b"\xca\xfe\xba\xbe") && version.is_some_and(|v| v & 0xffff >= 45)
}

/// Reads a single class.
pub(crate) fn class(bytes: &[u8]) -> JavaFacts {
    let mut facts = JavaFacts { classes: 1, ..JavaFacts::default() };
    classes::Searcher::new().class("class", 0, bytes, &mut facts);
    facts
}

/// Reads a Java archive; nothing when the bytes are some other zip file.
pub(crate) fn read(bytes: &[u8], limits: &Limits, problems: &mut Problems) -> Option<JavaFacts> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    if archive.len() > limits.jar_entries {
        problems.note("java archive", format!("more than {} entries", limits.jar_entries));
        return archive.index_for_name(MANIFEST).map(|_| JavaFacts::default());
    }
    let names: Vec<String> = archive.file_names().flatten().map(Cow::into_owned).collect();
    if names.len() < archive.len() {
        problems.note("java archive", "the name of an entry cannot be read");
    }
    let classes = names.iter().filter(|name| name.ends_with(".class")).count();
    if classes == 0 && archive.index_for_name(MANIFEST).is_none() {
        return None;
    }
    let mut facts = JavaFacts { classes, ..JavaFacts::default() };
    (facts.name, facts.version) = manifest(&mut archive, limits);
    facts.implementations = names.iter().filter_map(|name| implementation(name)).collect();
    facts.implementations.sort_by(|a, b| (a.name, &a.class).cmp(&(b.name, &b.class)));
    facts.bouncy_castle = bouncy_castle::read(&mut archive, &names, limits, problems);
    classes::read(&mut archive, limits, &mut facts, problems);
    Some(facts)
}

/// A class that only one implementation of cryptography has, by the end of its path; and what comes before it in the
/// original.
const MARKS: &[(&str, &str, &str)] = &[
    ("BC-FJA", "org/bouncycastle/", "jcajce/provider/BouncyCastleFipsProvider.class"),
    ("Bouncy Castle", "org/bouncycastle/", "jce/provider/BouncyCastleProvider.class"),
    ("Spongy Castle", "org/spongycastle/", "jce/provider/BouncyCastleProvider.class"),
    ("Conscrypt", "org/conscrypt/", "conscrypt/OpenSSLProvider.class"),
    ("wolfCrypt JNI", "com/wolfssl/", "wolfssl/provider/jce/WolfCryptProvider.class"),
    (
        "Amazon Corretto Crypto Provider",
        "com/amazon/",
        "corretto/crypto/provider/AmazonCorrettoCryptoProvider.class",
    ),
    ("netty-tcnative", "io/netty/", "netty/internal/tcnative/SSLContext.class"),
    ("EdDSA-Java", "net/i2p/", "i2p/crypto/eddsa/EdDSAEngine.class"),
    ("curve25519-java", "org/whispersystems/", "whispersystems/curve25519/Curve25519.class"),
    ("jBCrypt", "org/mindrot/", "mindrot/jbcrypt/BCrypt.class"),
    ("bcrypt (favre)", "at/favre/", "favre/lib/crypto/bcrypt/BCrypt.class"),
    ("Spring Security bcrypt", "org/springframework/", "security/crypto/bcrypt/BCrypt.class"),
    ("scrypt", "com/lambdaworks/", "lambdaworks/crypto/SCrypt.class"),
    ("Tink", "com/google/", "google/crypto/tink/subtle/XChaCha20Poly1305.class"),
    ("Apache Commons Codec", "org/apache/commons/", "codec/digest/Blake3.class"),
    ("lazysodium", "com/goterl/", "goterl/lazysodium/LazySodium.class"),
    ("Apache MINA SSHD (EdDSA)", "net/i2p/", "i2p/crypto/eddsa/EdDSASecurityProvider.class"),
];

fn implementation(entry: &str) -> Option<JavaImplementation> {
    let (name, home, _) = MARKS.iter().find(|(_, _, end)| {
        entry.strip_suffix(end).is_some_and(|front| front.is_empty() || front.ends_with('/'))
    })?;
    // A multi-release archive repeats classes below this folder (JEP 238).
    if entry.starts_with("META-INF/versions/") {
        return None;
    }
    Some(JavaImplementation {
        name,
        class: entry.to_owned(),
        relocated: !entry.starts_with(home) && !entry.contains(&format!("/classes/{home}")),
    })
}

/// The archive's name and version, as its manifest has them: the headers of OSGI bundles, then the older ones.
fn manifest(archive: &mut Archive<'_>, limits: &Limits) -> (Option<String>, Option<String>) {
    let Some(text) = content(archive, MANIFEST, limits.jar_entry.min(1 << 20)) else {
        return (None, None);
    };
    // A line of 72 bytes goes on in the next one, which begins with a space ("Line length").
    let text = String::from_utf8_lossy(&text).replace("\r\n", "\n").replace("\n ", "");
    let header = |key: &str| {
        let value = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
        let value = value.split(';').next().unwrap_or(value).trim();
        (!value.is_empty()).then(|| value.chars().take(200).collect::<String>())
    };
    (
        header("Bundle-SymbolicName").or_else(|| header("Implementation-Title")),
        header("Implementation-Version").or_else(|| header("Bundle-Version")),
    )
}

/// The bytes of one entry, when it is there and no longer than `most`.
fn content(archive: &mut Archive<'_>, name: &str, most: u64) -> Option<Vec<u8>> {
    let entry = archive.by_name(name).ok()?;
    let mut bytes = Vec::new();
    // The size in the directory is a claim; the reader stops at the limit whatever it says.
    entry.take(most.saturating_add(1)).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= most).then_some(bytes)
}

impl PlatformUse {
    fn new(class: &str, what: &str) -> Self {
        Self { class: class.to_owned(), what: what.to_owned(), classes: 0 }
    }
}

#[cfg(test)]
mod tests;
