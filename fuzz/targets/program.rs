//! Fuzzes everything behind an honest ELF header: integrity record, GODEBUG variable, module text.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    fuzz::inspect(&fuzz::program(input));
});
