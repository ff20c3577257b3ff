//! Fuzzes honest bodies behind fuzzed headers of Windows programs.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    fuzz::inspect(&fuzz::windows(input));
});
