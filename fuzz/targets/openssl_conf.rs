//! Fuzzes the reader of OpenSSL's configuration.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    fuzz::openssl_conf(input);
});
