//! Whatever the bytes, `inspect` returns; and what it returns stays within the file.

use crate::elf::{AMD64, ARM64, Format, PPC};
use crate::inspect;
use crate::native_program::Native;
use crate::program::Program;
use inspect::BinaryFacts;
use inspect::facts::GodebugDefault;
use inspect::integrity;
use inspect::openssl_conf::{ConfLimits, OpenSslConf};
use proptest::prelude::*;

fn format() -> impl Strategy<Value = Format> {
    prop_oneof![Just(AMD64), Just(ARM64), Just(PPC)]
}

fn offsets(facts: &BinaryFacts) -> Vec<u64> {
    let mut all: Vec<u64> = facts.constants.iter().map(|c| c.offset).collect();
    let Some(go) = &facts.go else { return all };
    all.extend(go.build_info.iter().map(|b| b.offset));
    all.extend(go.packages.values().map(|p| p.offset));
    all.extend(go.signatures.iter().map(|s| s.offset));
    all.extend(go.fips_info.iter().map(|f| f.offset));
    all.extend(
        go.boring
            .iter()
            .flat_map(|b| [b.offset, b.offset + b.length - 1, b.hmac_offset.unwrap_or(0)]),
    );
    if let GodebugDefault::Value { offset, .. } = go.godebug_default {
        all.push(offset);
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    /// Without it, a crafted file could stop a scan of a whole image.
    #[test]
    fn changed_bytes_and_cut_files_never_panic(
        format in format(),
        pie: bool,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..24),
        keep in any::<prop::sample::Index>(),
        cut: bool,
    ) {
        let mut bytes = Program { pie: pie && format.wide, ..Program::new(format) }.bytes();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if cut {
            bytes.truncate(keep.index(bytes.len()));
        }
        let length = bytes.len() as u64;
        let facts = inspect(&bytes);
        prop_assert!(offsets(&facts).iter().all(|&offset| offset < length));
    }

    /// Without it, an address near the end of the address space could overflow a sum.
    #[test]
    fn extreme_words_in_headers_and_tables_never_panic(
        format in format(),
        words in proptest::collection::vec((0_usize..0x8a000, prop_oneof![Just(u64::MAX), Just(1 << 63), Just(0), any::<u64>()]), 1..8),
    ) {
        let mut bytes = Program { pie: format.wide, ..Program::new(format) }.bytes();
        for (at, value) in words {
            let at = (at % (bytes.len() - 8)) & !7;
            bytes[at..at + 8].copy_from_slice(&value.to_le_bytes());
        }
        inspect(&bytes);
    }

    /// Without it, a crafted symbol table, text or record could stop a scan of native programs.
    #[test]
    fn changed_native_programs_never_panic(
        format in format(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..24),
        noise in proptest::collection::vec(any::<u8>(), 0..512),
        table in prop_oneof![Just(2_u32), Just(11)],
    ) {
        let said = b"FIPS integrity test\0AWS-LC FIPS 3\0libcrypto.so.3\0/x/ring-0.17/src/a\0OpenSSL 3.1.2 1 Aug 2023";
        let symbols = [("BORINGSSL_bcm_text_start", true), ("OSSL_provider_init", true), ("_ZN3aes1a17h0123456789abcdefE", true)];
        let constants = [&said[..], &noise].concat();
        let mut bytes = Native { format, table, constants, ..Native::with(&symbols) }.bytes();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        inspect(&bytes);
    }

    /// Without it, a configuration or an integrity file of a hostile image could.
    #[test]
    fn configurations_and_integrity_files_never_panic(text in ".{0,300}", bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let conf = OpenSslConf::read(text.as_bytes(), &ConfLimits::default(), &|_| vec![bytes.clone()]);
        prop_assert!(conf.problems.len() <= ConfLimits::default().files);
        integrity::nss::check(&[&b"\xf1\xc5\x02\x01\0\0\0\x0c"[..], &bytes].concat(), &bytes);
        integrity::hmac_file::entries(&text);
        integrity::openssl::stated_mac(&text);
    }

    /// Without it, noise behind a good header could do what a mutated program cannot.
    #[test]
    fn noise_behind_an_elf_header_never_panics(format in format(), noise in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let header = Program::new(format).bytes();
        inspect(&[&header[..64], &noise].concat());
    }
}
