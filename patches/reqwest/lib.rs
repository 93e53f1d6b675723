//! reqwest 0.13 under the number of 0.12.
//!
//! The client of KurrentDB (1.2) names reqwest 0.12 with features that bring `ring`, a second library of cryptography beside aws-lc-rs, into everything that
//! is built with it; features of a dependency cannot be taken away. What it uses of reqwest, for persistent subscriptions of old servers, is the same in 0.13.
//! To be taken out when the client asks for that itself.

pub use reqwest_now::*;
