//! The function table, and the marker functions in the code.

use crate::elf::{AMD64, ARM64, Format, PPC};
use crate::program::{Program, TABLE, TEXT};
use crate::{inspect, reported};
use inspect::Limits;
use inspect::facts::SignatureKind;

/// Where the fields of the table's header are, for 64 bits.
const COUNT: u64 = 8;
const NAMES: u64 = 32;
const UNITS: u64 = 40;
const FUNCTIONS: u64 = 64;

/// The program with 64 bits of its function table changed.
fn changed(field: u64, value: u64) -> Vec<u8> {
    let program = Program::new(AMD64);
    let at = usize::try_from(program.elf().offset(TABLE + field)).unwrap();
    let mut bytes = program.bytes();
    bytes[at..at + 8].copy_from_slice(&value.to_le_bytes());
    bytes
}

#[test]
fn packages_are_counted_in_every_class_and_byte_order_with_and_without_sections() {
    for format in [AMD64, ARM64, PPC] {
        for sections in [true, false] {
            let facts = inspect(&Program { sections, ..Program::new(format) }.bytes());
            let go = facts.go.unwrap();
            assert!(go.functions_complete, "{:?}", facts.problems);
            assert_eq!(go.function_count, 5);
            assert_eq!(
                go.packages.keys().collect::<Vec<_>>(),
                ["crypto/sha256", "main", "runtime"]
            );
            assert_eq!(
                (go.packages["runtime"].functions, go.packages["runtime"].example.as_str()),
                (2, "runtime.godebugNotify")
            );
        }
    }
}

#[test]
fn a_package_says_where_its_first_name_stands() {
    let bytes = Program::new(AMD64).bytes();
    let offset = inspect(&bytes).go.unwrap().packages["crypto/sha256"].offset;
    let at = usize::try_from(offset).unwrap();
    assert!(bytes[at..].starts_with(b"crypto/sha256.New\0"));
}

#[test]
fn a_table_whose_header_lies_is_no_table() {
    for (field, value) in [
        (0, 0x0801_0000_1234_5678),
        (0, 0x0401_0000_ffff_fff1),
        (0, 0x0803_0000_ffff_fff1),
        (COUNT, 0),
        (COUNT, u64::MAX),
        (COUNT, 1 << 40),
        (NAMES, 8),
        (NAMES, u64::MAX),
        (UNITS, 1 << 40),
        (FUNCTIONS, u64::MAX),
        (FUNCTIONS, 1 << 40),
    ] {
        let facts = inspect(&changed(field, value));
        let go = facts.go.as_ref().unwrap();
        assert!(!go.functions_complete && go.packages.is_empty(), "field {field} = {value:#x}");
        assert!(reported(&facts, "function table", ""), "field {field} = {value:#x}");
    }
}

#[test]
fn functions_whose_names_were_cut_off_the_table_are_missed() {
    let honest = Program::new(AMD64);
    let first_names = 8 + 8 * 8 + "go:buildid".len() as u64 + 1 + "main.main".len() as u64 + 1;
    let facts = inspect(&changed(UNITS, first_names));
    assert!(
        reported(&facts, "function table", "3 of 5 functions have no readable name"),
        "{:?}",
        facts.problems
    );
    assert!(!facts.go.unwrap().functions_complete);
    assert!(inspect(&honest.bytes()).go.unwrap().functions_complete);
}

#[test]
fn more_functions_or_packages_than_the_limits_are_not_read_and_the_table_is_not_called_complete() {
    let bytes = Program::new(AMD64).bytes();
    for limits in
        [Limits { functions: 2, ..Limits::default() }, Limits { packages: 1, ..Limits::default() }]
    {
        let facts = inspect::inspect(&bytes, &limits);
        assert!(reported(&facts, "function table", "limits"));
        assert!(!facts.go.unwrap().functions_complete);
    }
}

#[test]
fn a_go_program_without_a_table_is_not_passed_over_in_silence() {
    let mut elf = Program::new(AMD64).elf();
    elf.sections.remove(0);
    elf.segments[1].bytes.fill(0);
    let facts = inspect(&elf.build());
    assert!(reported(&facts, "function table", "without a readable pclntab"));
    assert!(!facts.go.unwrap().functions_complete);
}

#[test]
fn a_file_without_a_trace_of_go_has_no_go_facts() {
    let mut elf = Program::new(AMD64).elf();
    elf.sections.clear();
    elf.segments.iter_mut().for_each(|s| s.bytes.fill(0));
    let facts = inspect(&elf.build());
    assert!(facts.go.is_none() && facts.problems.is_empty());
}

const OLD_NAMES: [&str; 3] = ["main.main", "crypto/sha256.New", "crypto/sha256.Sum256"];

/// The table of Go 1.16 and 1.17 (Go source of those, `runtime/symtab.go`): no text address, and functions by address.
fn table_1_16(f: Format) -> Vec<u8> {
    let word = f.word_size();
    let names: Vec<u8> = OLD_NAMES.iter().flat_map(|name| name.bytes().chain([0])).collect();
    let header = 8 + 7 * word;
    let functions_at = (header + names.len()).next_multiple_of(8);
    let mut table = [f.u32(0xffff_fffa), vec![0, 0, 1, u8::try_from(word).unwrap()]].concat();
    let units_at = header + names.len();
    for field in [OLD_NAMES.len(), 0, header, units_at, units_at, units_at, functions_at] {
        table.extend(f.word(field as u64));
    }
    table.extend(names);
    table.resize(functions_at, 0);
    let list = functions(f, (2 * OLD_NAMES.len() + 2) * word, 0);
    table.extend(list);
    table
}

/// The table of Go 1.2 to 1.15 (`debug/gosym`): the list follows the count, and offsets count from the table's beginning.
fn table_1_2(f: Format) -> Vec<u8> {
    let word = f.word_size();
    let mut table = [f.u32(0xffff_fffb), vec![0, 0, 1, u8::try_from(word).unwrap()]].concat();
    table.extend(f.word(OLD_NAMES.len() as u64));
    let records_at = table.len() + (2 * OLD_NAMES.len() + 2) * word;
    let names_at = records_at + OLD_NAMES.len() * (word + 4);
    table.extend(functions(f, records_at, names_at));
    table.extend(OLD_NAMES.iter().flat_map(|name| name.bytes().chain([0])));
    table
}

/// List and records; records' offsets count from `records_at`, names' from `names_at`.
fn functions(f: Format, records_at: usize, names_at: usize) -> Vec<u8> {
    let (mut list, mut records, mut name_at) = (Vec::new(), Vec::new(), names_at);
    for (index, name) in OLD_NAMES.iter().enumerate() {
        let entry = TEXT + index as u64 * 0x40;
        list.extend(f.word(entry));
        list.extend(f.word((records_at + records.len()) as u64));
        records.extend(f.word(entry));
        records.extend(f.u32(u32::try_from(name_at).unwrap()));
        name_at += name.len() + 1;
    }
    list.extend(f.word(TEXT + OLD_NAMES.len() as u64 * 0x40));
    list.extend(f.word(0));
    [list, records].concat()
}

#[test]
fn the_tables_of_older_go_are_read_in_every_class_and_byte_order() {
    for format in [AMD64, ARM64, PPC] {
        for table in [table_1_16(format), table_1_2(format)] {
            let mut elf = Program::new(format).elf();
            elf.sections.clear();
            elf.segments[1].bytes.truncate(0x1000);
            elf.segments[1].bytes.extend(table);
            let facts = inspect(&elf.build());
            let go = facts.go.unwrap();
            assert!(go.functions_complete, "{:?}", facts.problems);
            assert_eq!(go.function_count, 3);
            assert_eq!(go.packages["crypto/sha256"].functions, 2);
            assert_eq!(go.packages["crypto/sha256"].example, "crypto/sha256.New");
        }
    }
}

#[test]
fn an_older_table_whose_names_lie_outside_the_file_is_not_complete() {
    let mut table = table_1_2(AMD64);
    // The first record's name.
    let record = 16 + 8 * 8 + 8;
    table[record..record + 4].copy_from_slice(&[0xff; 4]);
    let mut elf = Program::new(AMD64).elf();
    elf.sections.clear();
    elf.segments[1].bytes.truncate(0x1000);
    elf.segments[1].bytes.extend(table);
    let facts = inspect(&elf.build());
    assert!(reported(&facts, "function table", "1 of 3 functions have no readable name"));
    assert!(!facts.go.unwrap().functions_complete);
}

/// The marker functions, as the Go assembler writes them, put together here so that this file does not hold them.
fn signature(kind: SignatureKind) -> Vec<u8> {
    let rest: &str = match kind {
        SignatureKind::BoringCrypto => "b332f52813a3b450d441cc2485f001454e92101b1d2f1950c3",
        SignatureKind::StandardCrypto => "baee4dfa9851ca56a91145e83e99c59cf911cb8e80daf12fc3",
        SignatureKind::FipsOnly => "363cb9ce9d68047d31f28d325d5ca5873f5d80caf6d6151bc3",
    };
    let digits = ["eb1df448f44bf4", rest].concat();
    (0..digits.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&digits[i..i + 2], 16).unwrap())
        .collect()
}

#[test]
fn marker_functions_count_in_code_of_amd64_and_nowhere_else() {
    for kind in
        [SignatureKind::BoringCrypto, SignatureKind::StandardCrypto, SignatureKind::FipsOnly]
    {
        let program =
            Program { code: [&[0xcc; 32][..], &signature(kind)].concat(), ..Program::new(AMD64) };
        let found = inspect(&program.bytes()).go.unwrap().signatures;
        assert_eq!(found.iter().map(|s| (s.kind, s.offset)).collect::<Vec<_>>(), [(kind, 0x1020)]);

        let mut in_data = Program::new(AMD64).elf();
        in_data.segments[2].bytes[0x4000..0x4020].copy_from_slice(&signature(kind));
        assert_eq!(
            inspect(&in_data.build()).go.unwrap().signatures,
            [],
            "a scanner's own table is no evidence"
        );

        let arm = Program { code: signature(kind), ..Program::new(ARM64) };
        assert_eq!(inspect(&arm.bytes()).go.unwrap().signatures, [], "arm64 has none");
    }
}
