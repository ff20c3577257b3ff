//! The text of a static BoringSSL-derived module.

use crate::elf::{AMD64, ARM64, Format};
use crate::inspect;
use crate::program::Program;
use crypto::{HmacSha256, HmacSha512, Mac};
use inspect::facts::BoringText;
use inspect::{Limits, Run};
use vocab::{Arch, Sha256};

/// Length of the made-up module text; shorter ones are not believed.
const LENGTH: usize = 400_000;
/// Where the code that names both ends lies in it.
const TEST: usize = 0x8000;

/// Module text whose own code names its beginning and its end.
fn module(format: Format) -> Vec<u8> {
    let mut text: Vec<u8> =
        (0..LENGTH).map(|i| u8::try_from(i * i % 251).unwrap() & 0x7f).collect();
    let code = if format.machine == ARM64.machine { arm64_code() } else { amd64_code() };
    text[TEST..TEST + code.len()].copy_from_slice(&code);
    text
}

fn amd64_code() -> Vec<u8> {
    let lea = |at: usize, target: usize| {
        let distance = i32::try_from(target.cast_signed() - at.cast_signed() - 7).unwrap();
        [&[0x48, 0x8d, 0x05][..], &distance.to_le_bytes()].concat()
    };
    // The test asserts twice, as the real one does for each of its functions.
    [lea(TEST, 0), lea(TEST + 7, LENGTH), lea(TEST + 14, 0), lea(TEST + 21, LENGTH)].concat()
}

fn arm64_code() -> Vec<u8> {
    let adr = |at: usize, target: usize| {
        let distance =
            u32::try_from((target.cast_signed() - at.cast_signed()) & 0x1f_ffff).unwrap();
        (0x1000_0016 | (distance & 3) << 29 | (distance >> 2) << 5).to_le_bytes()
    };
    [adr(TEST, LENGTH), adr(TEST + 4, 0)].concat()
}

/// A program that begins with the module, followed by the module's value.
fn program(format: Format, text: &[u8], value: &[u8]) -> Vec<u8> {
    let mut program = Program::new(format);
    program.names.push("crypto/internal/boring._Cfunc__goboringcrypto_SHA256_Init".to_owned());
    // The rest of the page after the module holds the value, as in real builds.
    program.code = [text, &[0; 100], value].concat();
    program.bytes()
}

fn value<M: Mac>(text: &[u8]) -> Vec<u8> {
    M::of(&[0; 64], text).as_ref().to_vec()
}

fn found(bytes: &[u8]) -> Option<BoringText> {
    inspect(bytes).go.unwrap().boring
}

#[test]
fn an_intact_module_of_either_machine_and_generation_is_found_with_its_value() {
    for format in [AMD64, ARM64] {
        let text = module(format);
        for value in [value::<HmacSha256>(&text), value::<HmacSha512>(&text)] {
            let boring = found(&program(format, &text, &value)).unwrap();
            assert_eq!((boring.offset, boring.length), (0x1000, LENGTH as u64));
            assert_eq!(boring.text_sha256, Sha256::of(&text));
            assert_eq!(
                boring.hmac_offset,
                Some(0x1000 + LENGTH as u64 + 100),
                "{} bytes of value",
                value.len()
            );
            assert_eq!(boring.hmac_sha512.is_some(), value.len() == 64);
        }
    }
}

#[test]
fn a_module_with_one_changed_byte_is_still_found_and_its_value_is_not() {
    for format in [AMD64, ARM64] {
        let mut text = module(format);
        let value = value::<HmacSha256>(&text);
        for at in [0, 100, TEST - 1, TEST + 40, LENGTH - 1] {
            text[at] ^= 1;
            let boring = found(&program(format, &text, &value)).unwrap();
            assert_eq!(
                (boring.offset, boring.length, boring.hmac_offset),
                (0x1000, LENGTH as u64, None),
                "byte {at}"
            );
            text[at] ^= 1;
        }
    }
}

#[test]
fn a_change_in_the_test_itself_does_not_hide_the_module() {
    let mut text = module(AMD64);
    text[TEST + 3] ^= 1;
    let boring = found(&program(AMD64, &text, &[])).unwrap();
    assert_eq!((boring.offset, boring.length, boring.hmac_offset), (0x1000, LENGTH as u64, None));
}

#[test]
fn the_runs_that_the_caller_asks_for_are_hashed_where_they_fit() {
    let text = module(AMD64);
    let run = |arch, length| Run { arch, start: 8, length };
    let boring_runs =
        vec![run(Arch::Amd64, 300_000), run(Arch::Arm64, 300_000), run(Arch::Amd64, u64::MAX)];
    let limits = Limits { boring_runs, ..Limits::default() };
    let boring = inspect::inspect(&program(AMD64, &text, &[]), &limits).go.unwrap().boring.unwrap();
    let [run] = &boring.fingerprints[..] else { panic!("{:?}", boring.fingerprints) };
    assert_eq!(
        (run.offset, run.length, run.sha256),
        (0x1008, 300_000, Sha256::of(&text[8..300_008]))
    );
}

#[test]
fn the_version_inside_the_text_is_read_and_nothing_after_it() {
    let mut text = module(AMD64);
    text[1000..1024].copy_from_slice(b"AWS-LC FIPS 3.1.0\0junk..");
    text[2000..2012].copy_from_slice(b"AWS-LC FIPS ");
    assert_eq!(
        found(&program(AMD64, &text, &[])).unwrap().version_string.as_deref(),
        Some("AWS-LC FIPS 3.1.0")
    );
}

#[test]
fn a_program_that_names_no_such_functions_is_not_searched() {
    let program = Program { code: module(AMD64), ..Program::new(AMD64) };
    assert_eq!(found(&program.bytes()), None);
}

/// Found by fuzzing: just before a page, code names what follows it; just inside, code names the page. Taken together they
/// would be a text that ends before it begins.
#[test]
fn a_text_that_would_end_before_it_begins_is_refused() {
    const PAGE: usize = 5 * 4096;
    let lea = |distance: i32| [&[0x48, 0x8d, 0x05][..], &distance.to_le_bytes()].concat();
    let mut text = vec![0x90; LENGTH];
    text[PAGE - 16..PAGE - 9].copy_from_slice(&lea(2));
    text[PAGE + 8..PAGE + 15].copy_from_slice(&lea(-15));
    assert_eq!(found(&program(AMD64, &text, &[])), None);
}
