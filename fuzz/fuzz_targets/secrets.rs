//! Tokens and the links of mails: see `sesame::fuzzing::secrets`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sesame::fuzzing::secrets(bytes));
