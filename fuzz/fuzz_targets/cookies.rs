//! The cookies of sessions: see `sesame::fuzzing::cookies`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sesame::fuzzing::cookies(bytes));
