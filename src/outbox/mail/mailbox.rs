//! Captures mails instead of sending them: for the demo, whose page shows what would be sent, and for tests. In memory only.

use super::{Mail, Mailer, NotSent};
use futures::{FutureExt, future::BoxFuture};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};
use uuid::Uuid;

/// Mails kept; the oldest go first.
const KEPT: usize = 500;

/// A mail, and the message as a server would get it.
#[derive(Debug, Clone)]
pub struct Captured {
    /// The mail.
    pub mail: Mail,
    /// Headers and bodies.
    pub message: String,
}

/// Mails that would have been sent. Cheap to clone: the clones share them.
#[derive(Debug, Clone, Default)]
pub struct Mailbox {
    mails: Arc<Mutex<VecDeque<Captured>>>,
}

impl Mailbox {
    /// All of them, oldest first.
    pub fn mails(&self) -> Vec<Captured> {
        self.mails.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// Forgets what concerned someone.
    pub fn forget(&self, subject: Uuid) {
        let mut mails = self.mails.lock().unwrap_or_else(PoisonError::into_inner);
        mails.retain(|captured| captured.mail.subject_id != Some(subject));
    }
}

impl Mailer for Mailbox {
    fn send(&self, mail: Mail) -> BoxFuture<'_, Result<(), NotSent>> {
        async move {
            let message = String::from_utf8_lossy(&mail.message()?.formatted()).into_owned();
            let mut mails = self.mails.lock().unwrap_or_else(PoisonError::into_inner);
            if mails.len() == KEPT {
                mails.pop_front();
            }
            mails.push_back(Captured { mail, message });
            Ok(())
        }
        .boxed()
    }
}
