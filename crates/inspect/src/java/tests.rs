//! Archives made by hand; the real ones of Bouncy Castle are in the corpus.

use super::*;
use crate::facts::JarHmac;
use crypto::{HmacSha256, Mac as _};
use std::io::Write as _;
use vocab::Sha256;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn jar(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn facts(bytes: &[u8]) -> JavaFacts {
    read(bytes, &Limits::default(), &mut Problems::default()).unwrap()
}

const PROVIDER: &str = "org/bouncycastle/jcajce/provider/BouncyCastleFipsProvider.class";

fn stated(entries: &[(&str, &[u8])]) -> String {
    let mut mac = HmacSha256::new(b"Legion of the Bouncy Castle Inc.");
    for (name, bytes) in entries {
        mac.update(
            &[b"[", name.as_bytes(), &(bytes.len() as u64).to_be_bytes(), b"]", bytes].concat(),
        );
    }
    mac.update(b"[END]");
    Sha256::from_bytes(mac.finish()).to_string()
}

#[test]
fn the_modules_value_covers_its_entries_in_order_and_not_its_metadata() {
    let covered: [(&str, &[u8]); 3] =
        [("META-INF/versions/9/a.class", b"1"), ("a.class", b"22"), (PROVIDER, b"333")];
    let value = stated(&covered);
    let upper = value.to_ascii_uppercase() + "\r\n";
    // The order of an archive is another than the order of names.
    let all: [(&str, &[u8]); 7] = [
        covered[2],
        (
            "META-INF/MANIFEST.MF",
            b"Bundle-SymbolicName: bcfips;x\r\nImplementation-Version: 2.1\r\n .1\r\n",
        ),
        ("META-INF/HMAC.SHA256", upper.as_bytes()),
        covered[1],
        covered[0],
        ("META-INF/versions/9/OSGI-INF/MANIFEST.MF", b"x"),
        ("org/module-info.class", b"x"),
    ];
    let honest = facts(&jar(&all));
    let value = value.parse().ok();
    assert_eq!(honest.bouncy_castle, Some(JarHmac { stated: value, computed: value }));
    assert_eq!(
        (honest.name.as_deref(), honest.version.as_deref()),
        (Some("bcfips"), Some("2.1.1"))
    );
    let mut added = all.to_vec();
    added.push(("b.class", b""));
    let hmac = facts(&jar(&added)).bouncy_castle.unwrap();
    assert!(hmac.stated == value && hmac.computed.is_some() && hmac.computed != value);
    let mut broken = all;
    broken[2].1 = b"not hex";
    assert_eq!(facts(&jar(&broken)).bouncy_castle.unwrap().stated, None);
}

#[test]
fn implementations_are_found_by_their_classes_wherever_they_were_moved() {
    let found = |name: &str| facts(&jar(&[(name, b""), (MANIFEST, b"")])).implementations;
    let original = found("org/bouncycastle/jce/provider/BouncyCastleProvider.class");
    assert_eq!((original[0].name, original[0].relocated), ("Bouncy Castle", false));
    let shaded = found("com/acme/shaded/jce/provider/BouncyCastleProvider.class");
    assert_eq!((shaded[0].name, shaded[0].relocated), ("Bouncy Castle", true));
    let boot = found("BOOT-INF/classes/org/bouncycastle/jce/provider/BouncyCastleProvider.class");
    assert!(!boot[0].relocated);
    assert!(found("xjce/provider/BouncyCastleProvider.class").is_empty());
    assert!(found("jce/provider/BouncyCastleProvider.class.txt").is_empty());
}

#[test]
fn classes_show_what_they_ask_of_the_platform_and_tables_that_they_hold() {
    let asks = facts(&jar(&[("A.class", b"..\x01\0\x13javax/crypto/Cipher.."), ("B.class", b"")]));
    let platform = asks.platform.unwrap();
    assert_eq!((platform.class.as_str(), platform.classes), ("A.class", 1));
    let harmless =
        facts(&jar(&[("A.class", b"java/security/AccessController"), ("t", b"javax/crypto/")]));
    assert_eq!(harmless.platform, None);
    let table = facts(&jar(&[("A.class", b"\x03\x42\x8a\x2f\x98\x03\x71\x37\x44\x91")]));
    assert_eq!(table.constants[0].algorithm, "SHA-256 K");
}

#[test]
fn a_zip_file_without_manifest_and_classes_is_no_java_archive() {
    assert!(!is_jar(&jar(&[("a.txt", b"")])));
    assert!(is_jar(&jar(&[(MANIFEST, b"")])) && is_jar(&jar(&[("a.class", b"")])));
    assert!(!is_jar(b"PK\x03\x04 and nothing more"));
}

#[test]
fn entries_over_the_limits_are_problems() {
    let bytes = jar(&[("A.class", &[0; 100]), (PROVIDER, b"x"), ("META-INF/HMAC.SHA256", b"00")]);
    let small = Limits { jar_entry: 50, ..Limits::default() };
    let mut problems = Problems::default();
    let facts = read(&bytes, &small, &mut problems).unwrap();
    assert_eq!(facts.bouncy_castle.unwrap().computed, None);
    assert_eq!(problems.into_list().len(), 2);
    let few = Limits { jar_entries: 2, ..Limits::default() };
    let mut problems = Problems::default();
    let _ = read(&bytes, &few, &mut problems);
    assert_eq!(problems.into_list().len(), 1);
    // A directory that promises less than there is.
    let bomb = Limits { jar_unpacked: 99, ..Limits::default() };
    let mut problems = Problems::default();
    let _ = read(&bytes, &bomb, &mut problems);
    assert!(!problems.into_list().is_empty());
}

#[test]
fn a_class_is_told_from_a_mach_o_file_for_several_machines() {
    let class = b"\xca\xfe\xba\xbe\0\0\0\x41..javax/crypto/Cipher";
    assert!(is_class(class) && !is_class(b"\xca\xfe\xba\xbe\0\0\0\x02") && !is_class(&class[..7]));
    assert_eq!(super::class(class).platform.unwrap().what, "javax/crypto/");
}
