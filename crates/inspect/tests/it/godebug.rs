//! The value of `runtime.godebugDefault`.

use crate::elf::{AMD64, ARM64, PPC};
use crate::program::{OTHER_VARIABLE, Program, RODATA, SETTING, TEXT, VARIABLE};
use crate::{inspect, reported};
use inspect::facts::GodebugDefault;

fn value(program: &Program) -> GodebugDefault {
    inspect(&program.bytes()).go.unwrap().godebug_default
}

#[test]
fn the_variable_is_read_in_both_machines_with_and_without_relocations() {
    for format in [AMD64, ARM64] {
        for pie in [false, true] {
            let program = Program { pie, setting: "fips140=off", ..Program::new(format) };
            let offset = program.elf().offset(SETTING);
            let expected = GodebugDefault::Value { text: "fips140=off".to_owned(), offset };
            assert_eq!(value(&program), expected, "machine {}, pie: {pie}", format.machine);
        }
    }
}

#[test]
fn an_empty_variable_is_told_from_an_unknown_one() {
    for format in [AMD64, ARM64] {
        assert_eq!(value(&Program { setting: "", ..Program::new(format) }), GodebugDefault::Empty);
    }
}

#[test]
fn a_program_without_readers_has_no_value_and_no_problem() {
    let mut program = Program::new(AMD64);
    program.names.retain(|name| !name.contains("debug"));
    let facts = inspect(&program.bytes());
    assert_eq!(
        (facts.go.unwrap().godebug_default, facts.problems),
        (GodebugDefault::NotFound, vec![])
    );
}

#[test]
fn one_reader_that_loads_two_strings_is_not_enough_to_tell() {
    let mut program = Program::new(AMD64);
    program.names.retain(|name| name != "runtime.godebugNotify");
    let facts = inspect(&program.bytes());
    assert!(reported(&facts, "runtime.godebugDefault", "more than one string"));
    assert_eq!(facts.go.unwrap().godebug_default, GodebugDefault::NotFound);
}

/// The program with some of its bytes replaced, at an address.
fn patched(address: u64, with: &[u8]) -> Vec<u8> {
    let program = Program::new(AMD64);
    let at = usize::try_from(program.elf().offset(address)).unwrap();
    let mut bytes = program.bytes();
    bytes[at..at + with.len()].copy_from_slice(with);
    bytes
}

#[test]
fn a_variable_that_is_no_text_of_settings_is_not_found_rather_than_guessed() {
    for (address, with, why) in [
        (VARIABLE, &u64::MAX.to_le_bytes()[..], "outside the file"),
        (VARIABLE + 8, &u64::MAX.to_le_bytes(), "outside the file"),
        (VARIABLE + 8, &(1_u64 << 20).to_le_bytes(), "outside the file"),
        (SETTING, &b"no text!"[..], "not a list of settings"),
    ] {
        let facts = inspect(&patched(address, with));
        assert!(
            reported(&facts, "runtime.godebugDefault", why),
            "{address:#x}: {:?}",
            facts.problems
        );
        assert_eq!(facts.go.unwrap().godebug_default, GodebugDefault::NotFound);
    }
}

#[test]
fn other_strings_that_the_readers_load_are_not_taken_for_it() {
    // `reparsedebugvars` loads this one too; only what both functions load counts.
    let bytes = patched(OTHER_VARIABLE, &(RODATA + 0x200).to_le_bytes());
    assert!(
        matches!(inspect(&bytes).go.unwrap().godebug_default, GodebugDefault::Value { text, .. } if text == "fips140=on")
    );
}

#[test]
fn a_program_whose_module_data_is_gone_is_not_found() {
    let facts = inspect(&patched(crate::program::MODULE_DATA, &[0; 8]));
    assert!(reported(&facts, "runtime.godebugDefault", "module data"));
    let facts =
        inspect(&patched(crate::program::MODULE_DATA + 22 * 8, &(TEXT + 0x100_0000).to_le_bytes()));
    assert!(reported(&facts, "runtime.godebugDefault", "module data"), "text that is not code");
}

#[test]
fn machines_whose_code_is_not_understood_have_no_value() {
    assert_eq!(value(&Program::new(PPC)), GodebugDefault::NotFound);
}
