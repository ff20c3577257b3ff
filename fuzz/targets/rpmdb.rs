//! Fuzzes the package databases of rpm: the first byte says in which form, and where in it.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    fuzz::rpmdb(input);
});
