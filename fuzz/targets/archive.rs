//! Fuzzes archives, packages and images: the first byte says around what the rest is laid.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    fuzz::unpack(&fuzz::archive(input));
});
