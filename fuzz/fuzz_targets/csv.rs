//! Client files: see `sesame::fuzzing::csv`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sesame::fuzzing::csv(bytes));
