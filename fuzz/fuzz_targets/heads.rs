//! What stands in a request's head: see `sesame::fuzzing::heads`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sesame::fuzzing::heads(bytes));
