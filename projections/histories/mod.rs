//! Which contacts ever had a product or were attached to a subscription, also where that was taken away since, and of contacts that are gone:
//! who may have to be looked at when a question is about the past. What was then is for the log to say.

mod ask;
mod project;
mod table;
#[cfg(test)]
mod tests;

pub use ask::contacts_of;
pub use table::READ_MODEL;
