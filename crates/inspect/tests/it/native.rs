//! Native programs, made by hand: symbols, texts, appended bytes, and modules without Go around them.

use crate::elf::{AMD64, ARM64, PPC};
use crate::inspect;
use crate::native_program::{DATA, Native, TEXT};
use crypto::{HmacSha256, Mac as _};
use inspect::facts::{CryptoLibrary, NativeFacts};

impl Native {
    fn saying(text: &[u8]) -> Self {
        Self { constants: [b"\0", text, b"\0"].concat(), ..Self::new(AMD64) }
    }

    fn facts(&self) -> NativeFacts {
        inspect(&self.bytes()).native.unwrap()
    }
}

#[test]
fn defined_and_imported_functions_of_a_library_are_told_apart() {
    let symbols =
        [("EVP_sha256", true), ("EVP_DigestInit_ex", false), ("main", true), ("SSL_read", true)];
    for format in [AMD64, ARM64, PPC] {
        let facts = Native { format, ..Native::with(&symbols) }.facts();
        let trace = &facts.libraries[&CryptoLibrary::OpenSsl];
        assert_eq!(
            (trace.defined.count, trace.imported.count),
            (1, 1),
            "TLS alone is no cryptography"
        );
        assert_eq!(trace.defined.example, "EVP_sha256");
        assert_eq!((facts.symbols, facts.libraries.len()), (4, 1));
    }
}

#[test]
fn a_symbol_table_that_lies_outside_the_file_is_a_problem() {
    let mut file = Native::with(&[("EVP_sha256", true)]).bytes();
    let table = usize::try_from(u64::from_le_bytes(file[40..48].try_into().unwrap())).unwrap();
    file[table + 64 + 24..table + 64 + 32].copy_from_slice(&u64::MAX.to_le_bytes());
    let facts = inspect(&file);
    assert!(facts.problems.iter().any(|problem| problem.what == "symbols"), "{:?}", facts.problems);
}

#[test]
fn crates_are_read_from_symbols_and_from_the_places_of_panics() {
    let symbols = Native::with(&[("_ZN3aes4soft7encrypt17h0123456789abcdefE", true)]).facts();
    assert_eq!(symbols.crates["aes"].defined.count, 1);
    let path =
        b"/home/u/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/ring-0.17.14/src/digest.rs";
    let text = Native::saying(path).facts();
    let ring = &text.crates["ring"];
    assert_eq!(ring.version.as_deref(), Some("0.17.14"));
    assert_eq!(ring.path.as_ref().unwrap().text.as_bytes(), path);
}

#[test]
fn code_and_banners_and_file_names_mean_different_things() {
    let library = |text: &[u8], library| Native::saying(text).facts().libraries.remove(&library);
    let code = library(b"../crypto/evp/digest.c", CryptoLibrary::OpenSsl).unwrap();
    // What a reader of disk images carries, in a program of Go that calls it.
    assert!(
        library(b"libcaes_crypt_cbc", CryptoLibrary::Libcaes).is_some_and(|it| it.code.len() == 1)
    );
    assert_eq!((code.code.len(), code.banners.len()), (1, 0));
    let banner = library(b"OpenSSL 3.6.3 9 Jun 2026", CryptoLibrary::OpenSsl).unwrap();
    assert_eq!((banner.code.len(), banner.banners.len()), (0, 1));
    assert_eq!(banner.version.as_deref(), Some("3.6.3"));
    assert_eq!(library(b"needs OpenSSL 3.0 or later, see below", CryptoLibrary::OpenSsl), None);
    let gcrypt =
        library(b"This is Libgcrypt 1.10.1 - The GNU Crypto Library", CryptoLibrary::Libgcrypt);
    assert_eq!(gcrypt.unwrap().version.as_deref(), Some("1.10.1"));
    let aws = library(b"aws_lc_0_47_0_OPENSSL_free", CryptoLibrary::AwsLc).unwrap();
    assert_eq!((aws.code.len(), aws.version.as_deref()), (1, Some("0.47.0")));
    let named = Native::saying(b"libcrypto.so.3").facts();
    assert_eq!(named.named_libraries[0].text, "libcrypto.so.3");
    assert!(Native::saying(b"libcrypto is a library").facts().named_libraries.is_empty());
}

#[test]
fn a_file_that_carries_more_than_its_headers_say_is_known() {
    let mut file = Native::new(AMD64).bytes();
    let end = file.len() as u64;
    assert_eq!(inspect(&file).native.unwrap().appended, None);
    file.extend([b'x'; 5000]);
    let appended = inspect(&file).native.unwrap().appended.unwrap();
    assert_eq!((appended.offset, appended.size), (end, 5000));
}

#[test]
fn imported_names_are_no_text_of_the_librarys_code() {
    let imported = [("_ZN8CryptoPP6SHA256C1Ev", false), ("aws_lc_fips_0_13_11_EVP_sha256", false)];
    let program = Native { table: 11, ..Native::with(&imported) };
    let facts = program.facts();
    for library in [CryptoLibrary::CryptoPp, CryptoLibrary::AwsLcFips] {
        let trace = &facts.libraries[&library];
        assert_eq!((trace.imported.count, trace.code.len()), (1, 0), "{library:?}");
    }
    let constants = b"\0N8CryptoPP6SHA256E\0".to_vec();
    let holds = Native { constants, ..program }.facts();
    assert_eq!(holds.libraries[&CryptoLibrary::CryptoPp].code.len(), 1, "beside the names");
}

/// A module of 400 kB whose own code names its beginning, `behind` a page's beginning, and its end.
fn module(behind: usize) -> (Vec<u8>, Vec<u8>) {
    const LENGTH: usize = 400_000;
    const TEST: usize = 0x8000;
    let mut text: Vec<u8> =
        (0..LENGTH).map(|i| u8::try_from(i * i % 251).unwrap() & 0x7f).collect();
    let lea = |at: usize, target: usize| {
        let distance = i32::try_from(target.cast_signed() - at.cast_signed() - 7).unwrap();
        [&[0x48, 0x8d, 0x05][..], &distance.to_le_bytes()].concat()
    };
    let code = [lea(TEST, 0), lea(TEST + 7, LENGTH)].concat();
    text[TEST..TEST + code.len()].copy_from_slice(&code);
    text[1000..1018].copy_from_slice(b"AWS-LC FIPS 3.1.0\0");
    let value = HmacSha256::of(&[0; 32], &text).to_vec();
    // Version 4 stores the value before the text, version 3 somewhere behind it.
    let padding = vec![0; 100];
    let code = match behind {
        0 => [text.as_slice(), &padding, &value].concat(),
        _ => [value.as_slice(), &text, &padding].concat(),
    };
    (code, value)
}

#[test]
fn a_static_module_is_found_in_any_program_in_either_layout() {
    let said = [b"FIPS integrity test failed\0".as_slice()].concat();
    for behind in [0, 32] {
        let (code, value) = module(behind);
        let program = Native { code, constants: said.clone(), ..Native::new(AMD64) };
        let boring = program.facts().boring.unwrap();
        assert_eq!(boring.offset % 4096, behind as u64);
        assert_eq!(boring.hmac.as_bytes().as_slice(), value);
        assert!(boring.hmac_offset.is_some());
        assert_eq!(boring.version_string.as_deref(), Some("AWS-LC FIPS 3.1.0"));
    }
}

/// Each of two functions behind the text gives one address: `adrp x0; ldr x0, [x0, #low]; ret`, from a table that is part
/// of the constants here.
#[test]
fn on_arm64_functions_behind_the_text_give_its_ends() {
    const LENGTH: u64 = 400_008;
    /// Where the constants begin: behind an empty symbol table and its names.
    const TABLE: u64 = DATA + 24 + 1;
    let form = |at: u64, target: u64| {
        let pages = ((target & !0xfff).wrapping_sub(at & !0xfff) >> 12) & 0x1f_ffff;
        let (low, high) = ((pages & 3) << 29, (pages >> 2) << 5);
        let adrp = 0x9000_0000 | u32::try_from(low | high).unwrap();
        let load = 0xf940_0000 | u32::try_from(((target & 0xfff) / 8) << 10).unwrap();
        [adrp, load, 0xd65f_03c0, 0]
            .iter()
            .flat_map(|word: &u32| word.to_le_bytes())
            .collect::<Vec<_>>()
    };
    let table = TABLE.next_multiple_of(8);
    let mut text = vec![0x1f; usize::try_from(LENGTH).unwrap()];
    text[1000..1018].copy_from_slice(b"AWS-LC FIPS 3.1.0\0");
    let value = HmacSha256::of(&[0; 32], &text).to_vec();
    let behind = TEXT + LENGTH + 0x1000;
    let padding = vec![0; 0x1000];
    let ends = [form(behind, table), form(behind + 16, table + 8)].concat();
    let code = [text, padding, ends, value].concat();
    let pointers = [(TEXT + LENGTH).to_le_bytes(), TEXT.to_le_bytes()].concat();
    let before = vec![0; usize::try_from(table - TABLE).unwrap()];
    let constants = [before.as_slice(), &pointers, b"FIPS integrity test failed\0"].concat();
    let program = Native { constants, code, ..Native::new(ARM64) };
    let boring = program.facts().boring.unwrap();
    assert_eq!((boring.length, boring.hmac_offset.is_some()), (LENGTH, true));
}

#[test]
fn a_module_in_a_shared_library_is_measured_between_its_symbols() {
    let text = b"AWS-LC FIPS 3.1.0\0 and code";
    let rodata = b"constants of the module";
    let (lengths, parts) = ([text.len() as u64, rodata.len() as u64], [&text[..], rodata]);
    let covered: Vec<_> =
        lengths.iter().zip(parts).map(|(n, part)| [&n.to_le_bytes(), part].concat()).collect();
    let value = HmacSha256::of(&[0; 32], &covered.concat());
    let (length, rest) = (text.len() as u64, (text.len() + rodata.len()) as u64);
    let library = |code: Vec<u8>| Native {
        table: 11,
        symbols: vec![
            ("BORINGSSL_bcm_text_start", true, TEXT),
            ("BORINGSSL_bcm_text_end", true, TEXT + length),
            ("BORINGSSL_bcm_rodata_start", true, TEXT + length),
            ("BORINGSSL_bcm_rodata_end", true, TEXT + rest),
        ],
        code,
        ..Native::new(AMD64)
    };
    let found = library([&text[..], rodata, &value].concat()).facts().boring_library.unwrap();
    assert_eq!(found.hmac.as_bytes(), &value);
    assert!(found.hmac_offset.is_some());
    assert_eq!(found.version_string.as_deref(), Some("AWS-LC FIPS 3.1.0"));
    let changed = [&text[..], b"c", &rodata[1..], &value].concat();
    let mut changed = library(changed);
    changed.code[3] ^= 1;
    assert_eq!(changed.facts().boring_library.unwrap().hmac_offset, None);
    let mut backwards = library(vec![0; 64]);
    backwards.symbols.swap(0, 1);
    backwards.symbols[0].2 = TEXT + 60;
    backwards.symbols[1].2 = TEXT;
    backwards.bytes();
    assert!(backwards.facts().boring_library.is_none_or(|library| library.text_length < 64));
}

#[test]
fn a_provider_is_a_file_with_the_entry_point_and_the_name() {
    let said = b"\x00OpenSSL FIPS Provider\x003.1.2\x00".to_vec();
    let symbols = vec![("OSSL_provider_init", true, TEXT)];
    let library = Native { table: 11, symbols, constants: said.clone(), ..Native::new(AMD64) };
    let provider = library.facts().provider.unwrap();
    assert_eq!(provider.name, "OpenSSL FIPS Provider");
    assert_eq!(provider.version.as_deref(), Some("3.1.2"));
    assert_eq!(provider.mac, inspect::integrity::openssl::module_mac(&library.bytes()));
    let two = [said.as_slice(), b"3.0.9\0"].concat();
    let unsure = Native { constants: two, ..library };
    assert_eq!(unsure.facts().provider.unwrap().version, None, "two versions are none");
    assert_eq!(Native::saying(&said).facts().provider, None, "a name without the function");
}
