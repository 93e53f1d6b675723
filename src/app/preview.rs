//! What a command would leave, were it carried out now: decided like any other, by the same rules, and not appended.

use super::{App, Caller, Done, Failure, NotDone, Request, execute::Decided};
use crate::log::AppendRequest;
use domain::{Fact, Folded, StreamId};
use std::sync::Arc;

impl App {
    /// Decides a command and says what it would leave, or why it would be refused. Nothing is written, and nothing is counted.
    ///
    /// What the events would be the first facts of has position 0: the log has no place for them.
    pub async fn preview(&self, caller: &Caller, request: Request) -> Result<Done, NotDone> {
        match self.decide_once(caller, &request).await? {
            Decided::Done(done) => Ok(done),
            // Somebody else was writing there: it would be tried again.
            Decided::Again => Err(Failure::Busy.into()),
            Decided::Append { about, append, .. } => {
                let position = self.log().watch().borrow().position;
                Ok(Done { position, after: after(&append)?, ..about })
            }
        }
    }
}

/// The states that its writes would leave.
fn after(append: &AppendRequest) -> Result<Vec<(StreamId, Arc<Folded>)>, Failure> {
    let of = |write: &crate::log::Write| {
        let mut folded = Folded::clone(&write.before);
        for new in &write.events {
            let version = folded.version + 1;
            let fact = Fact { position: 0, version, at: append.meta.now, actor: append.meta.actor };
            folded = folded.evolve(&new.event, fact).map_err(|e| Failure::Fault(format!("{}: {e}", write.stream)))?;
        }
        Ok((write.stream, Arc::new(folded)))
    };
    append.writes.iter().map(of).collect()
}
