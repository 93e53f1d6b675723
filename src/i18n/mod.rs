//! French and English: which of them to answer in, and what is said in each.
//!
//! `lang.rs` reads what the caller prefers, `messages.rs` has a sentence for each code, `sentences.rs` for each event, `verdicts.rs` for what each gate says, `labels.rs` the names of fields
//! and choices, `remedies.rs` what to do about a refusal, `drafts.rs` what a form begins with, `impacts.rs` what an act would do, `typography.rs` the way texts are set. Nothing here decides anything; the rules say codes, never texts.

pub mod drafts;
pub mod impacts;
pub mod labels;
pub mod lang;
pub mod messages;
pub mod remedies;
pub mod sentences;
/// The way texts are set: shared with the pages.
pub use pages::typography;
pub mod verdicts;
