//! Fuzzes a native program behind honest headers.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    fuzz::inspect(&fuzz::native(input));
});
