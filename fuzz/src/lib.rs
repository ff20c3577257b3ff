//! Files around fuzzed bytes: the fuzzer should spend its time behind the ELF header, not before it.

#[path = "../../crates/inspect/tests/it/containers.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod containers;
#[path = "../../crates/unpack/tests/it/databases.rs"]
mod databases;
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

/// Takes apart, reads everything, and opens what is inside, with limits low enough to be reached.
pub fn unpack(bytes: &[u8]) {
    let limits = unpack::Limits { unpacked: 1 << 20, entries: 200, ratio: 50, ratio_from: 1 << 16, depth: 3 };
    open(&unpack::Blob::memory(bytes.to_vec()), &unpack::Gauge::new(limits));
}

fn open(blob: &unpack::Blob, gauge: &unpack::Gauge) {
    let mut inside = Vec::new();
    let mut read = |tree: &unpack::Tree| {
        tree.files(gauge, &mut |file| inside.extend(file.content.blob(gauge)));
    };
    match unpack::open(blob, gauge) {
        Ok(Some(unpack::Opened::Tree(tree))) => read(&tree),
        Ok(Some(unpack::Opened::Images(images))) => images.images.iter().for_each(|image| read(&image.tree)),
        Ok(Some(unpack::Opened::Library(members, _))) => inside.extend(members.into_iter().map(|(_, blob)| blob)),
        Ok(Some(unpack::Opened::Packed)) => {
            let packed = unpack::unpacked(blob, gauge);
            inside.extend(packed.and_then(|mut packed| unpack::Content::blob(&mut packed, gauge)));
        }
        Ok(None) | Err(_) => {}
    }
    if let Ok(deeper) = gauge.deeper() {
        inside.iter().for_each(|blob| open(blob, &deeper));
    }
}

/// What an archive begins with, by the first byte, before the fuzzed rest.
pub fn archive(input: &[u8]) -> Vec<u8> {
    let (selector, input) = input.split_first().unwrap_or((&0, &[]));
    let rpm = [&b"\xed\xab\xee\xdb"[..], &[0; 92], b"\x8e\xad\xe8\x01\0\0\0\0\0\0\0\0\0\0\0\0"].concat();
    let begins: [&[u8]; 7] =
        [b"", b"!<arch>\n", b"!<arch>\ndebian-binary   ", b"070701", b"PK\x03\x04", &rpm, b""];
    let which = usize::from(*selector) % begins.len();
    let mut file = [begins[which], input].concat();
    if which == begins.len() - 1 {
        file.resize(file.len().max(512).next_multiple_of(512), 0);
        file.chunks_mut(512).take(8).for_each(as_tar_header);
    }
    file
}

/// Gives a block what every header of tar has: the magic and a right checksum.
fn as_tar_header(block: &mut [u8]) {
    block[257..263].copy_from_slice(b"ustar\0");
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

/// A compressed stream behind its magic.
pub fn stream(input: &[u8]) -> Vec<u8> {
    let (selector, input) = input.split_first().unwrap_or((&0, &[]));
    let magic: &[u8] = match selector % 4 {
        0 => b"\x1f\x8b\x08",
        1 => b"\x28\xb5\x2f\xfd",
        3 => b"BZh9\x31\x41\x59\x26\x53\x59",
        // The header of a stream without checks, whose CRC is right.
        _ => b"\xfd7zXZ\0\0\0\xff\x12\xd9\x41",
    };
    [magic, input].concat()
}

fn format(selector: u8) -> Format {
    let wide = |machine, little| Format { wide: true, little, machine };
    match selector % 16 {
        0 => AMD64,
        1 => ARM64,
        2 => PPC,
        3 => Format { wide: false, little: true, machine: 3 },
        4 => Format { wide: false, little: true, machine: 40 },
        5 => wide(21, true),
        6 => wide(22, false),
        7 => wide(243, true),
        8 => wide(258, true),
        9 => Format { wide: false, little: false, machine: 8 },
        _ => AMD64,
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
    over(honest(*selector).bytes(), input)
}

/// Honest headers before a fuzzed body.
pub fn program(input: &[u8]) -> Vec<u8> {
    let (selector, input) = input.split_first().unwrap_or((&0, &[]));
    let mut file = honest(*selector).bytes();
    file.truncate(BODY);
    file.extend_from_slice(input);
    file
}

/// Fuzzed headers of a Windows program before an honest body.
pub fn windows(input: &[u8]) -> Vec<u8> {
    over(containers::pe(&Program::new(AMD64), 0x8664), input)
}

/// Fuzzed headers of a macOS program before an honest body, and the programs of a file for several machines.
pub fn macos(input: &[u8]) -> Vec<u8> {
    over(containers::macho(&Program::new(ARM64), 0x0100_000c, 0), input)
}

fn over(mut file: Vec<u8>, input: &[u8]) -> Vec<u8> {
    file.splice(..input.len().min(BODY), input.iter().copied());
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

/// A package database of rpm: as it is, or with the fuzzed bytes where no checksum and no magic keeps them out.
pub fn rpmdb(input: &[u8]) {
    let (selector, input) = input.split_first().unwrap_or((&0, &[]));
    let whole = |form: fn(&[Vec<u8>]) -> Vec<u8>, at| with(form(&packages()), at, input);
    let mut log = None;
    let database = match selector % 6 {
        0 => input.to_vec(),
        1 => databases::ndb(&[input.to_vec(), input.get(9..).unwrap_or_default().to_vec()]),
        2 => whole(databases::ndb, 32),
        3 => whole(databases::bdb, 28),
        4 => whole(databases::sqlite, 100),
        _ => {
            let mut input = input.to_vec();
            input.resize(input.len().next_multiple_of(512), 0);
            let pages: Vec<(u32, &[u8])> = (u32::from(*selector) / 6..).zip(input.chunks(512)).collect();
            log = Some(unpack::Blob::memory(databases::log(&pages, 9)));
            databases::sqlite(&packages())
        }
    };
    let listing = unpack::installed(&unpack::Blob::memory(database), log.as_ref());
    assert!(listing.packages.iter().all(|package| package.name.len() < 4096));
}

fn packages() -> Vec<Vec<u8>> {
    let package = |name, release| databases::Package { name, version: "3.0.7", release, epoch: Some(1) };
    let long = "27.el9_2.ciqfips.0.2.7.and.so.on.until.it.goes.on.upon.a.page.of.its.own.and.on.upon.another.one.and.on.and.on.and.on.\
                27.el9_2.ciqfips.0.2.7.and.so.on.until.it.goes.on.upon.a.page.of.its.own.and.on.upon.another.one.and.on.and.on.and.on.\
                27.el9_2.ciqfips.0.2.7.and.so.on.until.it.goes.on.upon.a.page.of.its.own.and.on.upon.another.one.and.on.and.on.and.on.\
                27.el9_2.ciqfips.0.2.7.and.so.on.until.it.goes.on.upon.a.page.of.its.own.and.on.upon.another.one.and.on.and.on.and.on";
    [package("openssl-libs", "27.el9"), package("gnutls", long)].iter().map(databases::header).collect()
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
    let selectors = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0x40, 0x41, 0x80, 0x81, 0x82, 0xc0, 0xc1];
    let each = |seed: &dyn Fn(u8) -> Vec<u8>| selectors.iter().map(|&s| [&[s][..], &seed(s)].concat()).collect();
    let text = "path\tcmd\nmod\ta\tv1\th1:x\ndep\tb\tv2\n=>\tc\tv3\nbuild\t\"k\"=\"v\\x41\\u00e9\"\nbuild\tGOFIPS140=latest\n";
    vec![
        ("whole", selectors.iter().map(|&s| honest(s).bytes()).collect()),
        ("headers", each(&|s| honest(s).bytes()[..0x200].to_vec())),
        ("windows", vec![windows(&[])[..0x300].to_vec()]),
        ("macos", vec![macos(&[])[..0x300].to_vec()]),
        ("build_info", vec![program::build_info("go1.27.4", text).split_off(32)]),
        ("function_table", each(&|s| honest(s).table())),
        ("archive", (0..7).map(|selector| vec![selector]).collect()),
        ("stream", (0..4).map(|selector| vec![selector]).collect()),
        ("native", each(&|s| native_seed(s).bytes()[BODY..].to_vec())),
        ("openssl_conf", vec![b"openssl_conf = s\n.include a\n[s]\nx = \"$y\" \\\n# c\n".to_vec()]),
        ("rpmdb", rpmdb_seeds()),
        ("integrity", vec![b"\xf1\xc5\x02\x01\0\0\0\x0c\x80\0\0\x04\0\0\0\x01k\0\0\0\x01v".to_vec(), b"[global]\nhmac = 00\n".to_vec()]),
        ("program", each(&|s| honest(s).bytes()[BODY..].to_vec())),
    ]
}

fn rpmdb_seeds() -> Vec<Vec<u8>> {
    let all = packages();
    let [ndb, bdb, sqlite] = [databases::ndb(&all), databases::bdb(&all), databases::sqlite(&all)];
    let parts = [(0, &ndb[..]), (0, &bdb), (0, &sqlite), (1, &all[0]), (2, &ndb[32..]), (3, &bdb[28..]), (4, &sqlite[100..]), (11, &sqlite)];
    parts.iter().map(|(selector, bytes)| [&[*selector][..], *bytes].concat()).collect()
}
