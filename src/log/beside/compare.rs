//! Whether the copy still says what the engine has: somebody may have changed either past this service. The chain tells whether the copy is whole in itself;
//! this, whether it is a copy.

use super::Beside;
use crate::log::{LogFailure, StoredEvent, streams::Place};

/// Events compared at a time.
const PAGE: usize = 500;

impl Beside {
    /// The first position at which the copy is not what the engine has there; none: they agree as far as the copy goes.
    pub(super) async fn first_difference(&self) -> Result<Option<u64>, LogFailure> {
        let (mut place, mut position, mut at) = (Place::default(), 0, i64::MIN);
        let until = self.store.head().await?.position;
        while position < until {
            let copied = self.store.read_all(position, PAGE).await?;
            if copied.is_empty() {
                // It ends before its head says so.
                return Ok(Some(position + 1));
            }
            let mut kept = self.streams.read_all(place, copied.len()).await?.into_iter();
            for copy in copied {
                let Some((reached, event)) = kept.next() else { return Ok(Some(position + 1)) };
                at = at.max(event.at);
                let numbered = StoredEvent { position: position + 1, hash: copy.hash, at, ..event };
                if numbered != copy {
                    return Ok(Some(position + 1));
                }
                (place, position) = (reached, copy.position);
            }
        }
        Ok(None)
    }
}
