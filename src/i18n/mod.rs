//! French and English: which of them to answer in.

pub mod lang;
