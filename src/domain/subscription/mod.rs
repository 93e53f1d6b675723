//! What was bought: its periods, pauses and payments, and when it entitles.

mod commands;
mod events;
mod state;
#[cfg(test)]
mod tests;

pub use commands::{
    CancelSubscription, PauseSubscription, RecordPayment, RenewSubscription, ResumeSubscription, StartSubscription,
};
pub use events::{Cancelled, Paused, PaymentRecorded, Renewed, Resumed, Started, SubscriptionEvent};
pub use state::{Former, Pause, Payment, Period, Standing, SubscriptionState};
