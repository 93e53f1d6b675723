//! Stored events: see `sesame::fuzzing::events`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sesame::fuzzing::events(bytes));
