//! Fuzzes the function table.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    fuzz::inspect(&fuzz::function_table(input));
});
