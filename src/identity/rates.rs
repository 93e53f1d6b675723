//! How often what may be tried, counted by the database for all nodes. Keys are made of what a route declares and of the peer's address, never of
//! what else stands in a request.

use crate::limits::Rule;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// Signing in, by address and peer: three at once, then three a minute. Told, for it says nothing of the address.
pub const SIGN_IN: Rule = Rule::new("sign_in", 3, Duration::from_secs(20));
/// Signing in by one address from anywhere: 1,800 an hour, so that nobody locks somebody else out from a few places. Who is over it is answered like a wrong
/// password, so that nobody learns what was tried on whom.
pub const SIGN_IN_ADDRESS: Rule = Rule::new("sign_in_address", 60, Duration::from_secs(2));
/// Signing in from one peer by whatever addresses.
pub const SIGN_IN_PEER: Rule = Rule::new("sign_in_peer", 60, Duration::from_secs(5));
/// Asking for a login or a password, from one peer: three an hour.
pub const ASKING_PEER: Rule = Rule::new("asking_peer", 3, Duration::from_secs(20 * 60));
/// Asking for a login with one address, from anywhere: more is dropped, and answered the same. Three at once, for a mail can be lost, and who asked for a
/// password before there was a login asks again.
pub const SIGN_UP_ADDRESS: Rule = Rule::new("sign_up_address", 3, Duration::from_secs(20 * 60));
/// Asking for a password with one address, likewise.
pub const RESET_ADDRESS: Rule = Rule::new("reset_address", 3, Duration::from_secs(20 * 60));
/// Codes of one user: ten, then one a minute.
pub const CODE: Rule = Rule::new("code", 10, MINUTE);
/// The present password, said again by whoever is signed in: ten, then one a minute.
pub const PASSWORD: Rule = Rule::new("password", 10, MINUTE);
/// Coming to the support desk with a token, from one peer: ten, then one in six seconds.
pub const DESK_PEER: Rule = Rule::new("desk_peer", 10, Duration::from_secs(6));
/// Following links that lead to a password, from one peer.
pub const LINK: Rule = Rule::new("link", 20, MINUTE);
/// Being sent to an account's provider, and coming back, from one peer.
pub const PROVIDER_PEER: Rule = Rule::new("provider_peer", 20, Duration::from_secs(10));
/// Being sent to the provider of one account, from anywhere: it is asked what it says of itself.
pub const PROVIDER: Rule = Rule::new("provider", 120, Duration::from_secs(1));
/// Looking through one's accounts, by whoever is signed in: sixty at once, as one types, then one a second.
pub const CHOICES: Rule = Rule::new("choices", 60, Duration::from_secs(1));
