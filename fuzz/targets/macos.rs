//! Fuzzes honest bodies behind fuzzed headers of macOS programs, and files for several machines.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let file = fuzz::macos(input);
    fuzz::inspect(&file);
    for (_, program) in inspect::fat_members(&file).into_iter().flatten() {
        fuzz::inspect(program);
    }
});
