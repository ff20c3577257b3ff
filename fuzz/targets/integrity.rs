//! Fuzzes the readers of integrity files.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    fuzz::integrity(input);
});
