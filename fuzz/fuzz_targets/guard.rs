//! GraphQL documents: see `sesame::fuzzing::guarded`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sesame::fuzzing::guarded(bytes));
