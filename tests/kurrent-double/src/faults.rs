//! What goes wrong when it is asked to.

use std::time::Duration;

/// The faults in force. None at first.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    /// How long every call waits before it is answered.
    pub slow: Duration,
    /// Nobody is there: connections are closed as they come.
    pub away: bool,
    /// Another node leads, at this address: calls that need the leader are sent there.
    pub leader: Option<(String, u16)>,
    /// So many appends from now on are carried out, and their connection is cut instead of an answer.
    pub lost_answers: u32,
    /// So many appends from now on are carried out; later ones are neither, nor answered.
    pub held_after: Option<u32>,
    /// So many calls from now on are told that the server is not ready.
    pub unavailable: u32,
    /// Every so many calls the connection is cut, by turns before and after the call is carried out; 0: never.
    pub cut_every: u32,
    /// Appends that are held.
    pub(crate) holding: u32,
    calls: u32,
}

/// When a call's connection is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Breaks {
    Before,
    After,
}

/// The faults of one call.
pub(crate) struct OfCall {
    pub slow: Duration,
    pub leader: Option<(String, u16)>,
    pub unavailable: bool,
    pub held: bool,
    pub breaks: Option<Breaks>,
}

impl Faults {
    /// What goes wrong with the next call; `appends`: whether it writes.
    pub(crate) fn of_next_call(&mut self, appends: bool) -> OfCall {
        self.calls = self.calls.wrapping_add(1);
        let turn = self.cut_every > 0 && self.calls.is_multiple_of(self.cut_every);
        let breaks = if appends && self.lost_answers > 0 {
            self.lost_answers -= 1;
            Some(Breaks::After)
        } else if turn && (self.calls / self.cut_every.max(1)).is_multiple_of(2) {
            Some(Breaks::After)
        } else if turn {
            Some(Breaks::Before)
        } else {
            None
        };
        let held = appends && self.held_after == Some(0);
        if appends {
            self.holding += u32::from(held);
            self.held_after = self.held_after.map(|left| left.saturating_sub(1));
        }
        let unavailable = self.unavailable > 0;
        self.unavailable = self.unavailable.saturating_sub(1);
        OfCall { slow: self.slow, leader: self.leader.clone(), unavailable, held, breaks }
    }
}
