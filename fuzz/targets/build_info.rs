//! Fuzzes the build information record.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    fuzz::inspect(&fuzz::build_info(input));
});
