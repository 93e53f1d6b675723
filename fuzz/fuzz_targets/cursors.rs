//! Cursors, positions and ids: see `sesame::fuzzing::cursors`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sesame::fuzzing::cursors(bytes));
