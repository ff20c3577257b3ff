//! Fuzzes compressed streams.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    fuzz::unpack(&fuzz::stream(input));
});
