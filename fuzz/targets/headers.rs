//! Fuzzes honest bodies behind fuzzed ELF headers.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    fuzz::inspect(&fuzz::headers(input));
});
