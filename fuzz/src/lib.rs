//! Files around fuzzed bytes: the fuzzer should spend its time behind the ELF header, not before it.

#[path = "../../crates/inspect/tests/it/elf.rs"]
mod elf;
#[path = "../../crates/inspect/tests/it/native_program.rs"]
mod native_program;
#[path = "../../crates/inspect/tests/it/program.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod program;

use elf::{AMD64, ARM64, Format, PPC};
use inspect::integrity::{hmac_file, nss, openssl};
use inspect::openssl_conf::{ConfLimits, OpenSslConf};
use inspect::{BinaryFacts, Limits};
use native_program::Native;
use program::{DATA, Program, TABLE};

/// Where a file's bytes begin behind its headers.
const BODY: usize = 0x1000;

/// Inspects, with limits low enough to be reached.
pub fn inspect(bytes: &[u8]) -> BinaryFacts {
    inspect::inspect(bytes, &Limits { functions: 10_000, packages: 1000, build_info: 1 << 16, ..Limits::default() })
}

fn format(selector: u8) -> Format {
    match selector % 3 {
        0 => AMD64,
        1 => ARM64,
        _ => PPC,
    }
}

fn honest(selector: u8) -> Program {
    let format = format(selector);
    let mut program = Program { pie: format.wide && selector & 0x40 != 0, ..Program::new(format) };
    program.sections = selector & 0x80 != 0;
    program.names.push("crypto/internal/boring._Cfunc__goboringcrypto_SHA256_Init".to_owned());
    program
}

/// Fuzzed headers before an honest body.
pub fn headers(input: &[u8]) -> Vec<u8> {
    let (selector, input) = input.split_first().unwrap_or((&0, &[]));
    let mut file = honest(*selector).bytes();
    file.splice(..input.len().min(BODY), input.iter().copied());
    file
}

/// Honest headers before a fuzzed body.
pub fn program(input: &[u8]) -> Vec<u8> {
    let (selector, input) = input.split_first().unwrap_or((&0, &[]));
    let mut file = honest(*selector).bytes();
    file.truncate(BODY);
    file.extend_from_slice(input);
    file
}

/// A program whose build information record, from its first length on, is fuzzed.
pub fn build_info(input: &[u8]) -> Vec<u8> {
    let program = honest(0);
    let at = usize::try_from(program.elf().offset(DATA)).unwrap_or(0) + 32;
    with(program.bytes(), at, input)
}

/// A program whose function table is fuzzed.
pub fn function_table(input: &[u8]) -> Vec<u8> {
    let (selector, input) = input.split_first().unwrap_or((&0, &[]));
    let program = Program { sections: false, ..honest(*selector) };
    let at = usize::try_from(program.elf().offset(TABLE)).unwrap_or(0);
    with(program.bytes(), at, input)
}

/// A native program whose code, symbols and constants are fuzzed.
pub fn native(input: &[u8]) -> Vec<u8> {
    let (selector, input) = input.split_first().unwrap_or((&0, &[]));
    with(native_seed(*selector).bytes(), BODY, input)
}

fn native_seed(selector: u8) -> Native {
    let symbols = [("EVP_sha256", true), ("dlopen", false), ("_ZN3aes4soft7encrypt17h0123456789abcdefE", true)];
    let said = b"FIPS integrity test\0AWS-LC FIPS 3.1.0\0libcrypto.so.3\0/x/ring-0.17.14/src/a.rs\0OpenSSL 3.1.2 1 Aug 2023";
    let table = if selector & 0x80 != 0 { 11 } else { 2 };
    Native { format: format(selector), table, constants: said.to_vec(), ..Native::with(&symbols) }
}

/// Reads a configuration of OpenSSL, which may include itself.
pub fn openssl_conf(input: &[u8]) {
    let limits = ConfLimits { bytes: 1 << 14, ..ConfLimits::default() };
    let conf = OpenSslConf::read(input, &limits, &|path| match path {
        "a" => vec![input.to_vec()],
        _ => Vec::new(),
    });
    assert!(conf.problems.len() <= limits.files);
}

/// Reads integrity files of every kind.
pub fn integrity(input: &[u8]) {
    nss::check(input, b"library");
    if let Ok(text) = std::str::from_utf8(input) {
        hmac_file::entries(text);
        openssl::stated_mac(text);
    }
}

fn with(mut file: Vec<u8>, at: usize, input: &[u8]) -> Vec<u8> {
    let end = file.len().min(at + input.len());
    file.splice(at..end, input.iter().copied());
    file
}

/// Target, and inputs to begin with.
pub fn seeds() -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let selectors = [0, 1, 2, 0x40, 0x41, 0x80, 0x81, 0x82, 0xc0, 0xc1];
    let each = |seed: &dyn Fn(u8) -> Vec<u8>| selectors.iter().map(|&s| [&[s][..], &seed(s)].concat()).collect();
    let text = "path\tcmd\nmod\ta\tv1\th1:x\ndep\tb\tv2\n=>\tc\tv3\nbuild\t\"k\"=\"v\\x41\\u00e9\"\nbuild\tGOFIPS140=latest\n";
    vec![
        ("whole", selectors.iter().map(|&s| honest(s).bytes()).collect()),
        ("headers", each(&|s| honest(s).bytes()[..0x200].to_vec())),
        ("build_info", vec![program::build_info("go1.27.4", text).split_off(32)]),
        ("function_table", each(&|s| honest(s).table())),
        ("native", each(&|s| native_seed(s).bytes()[BODY..].to_vec())),
        ("openssl_conf", vec![b"openssl_conf = s\n.include a\n[s]\nx = \"$y\" \\\n# c\n".to_vec()]),
        ("integrity", vec![b"\xf1\xc5\x02\x01\0\0\0\x0c\x80\0\0\x04\0\0\0\x01k\0\0\0\x01v".to_vec(), b"[global]\nhmac = 00\n".to_vec()]),
        ("program", each(&|s| honest(s).bytes()[BODY..].to_vec())),
    ]
}
