//! How often people are written to because a caller asks for it: invitations, links sent again, verifications, order e-mails. A stolen token must not become a way to
//! fill mailboxes, nor one person's mailbox be filled by pressing a button (A7, D12).
//!
//! Looked at once a command is decided and about to be appended, so that what is refused anyway costs no try. What follows from other acts (the
//! verification of a new contact's address) is not asked for by itself and is not counted.

use super::{App, Caller, Command, Members, NotDone, command};
use crate::limits::Rule;
use command::{AppCommand, Subscriber};
use domain::{ActorKind, Code, Refusal, values::Email};
use std::time::Duration;

/// Mails that one caller, or all programs of an account, ask for: a thousand at once, then one in two seconds.
const BY_CALLER: Rule = Rule::new("mailing_caller", 1_000, Duration::from_secs(2));
/// Mails to one person, whatever the acts: ten, then one in ten minutes. Each act has a pause of its own besides, which is a rule of the domain.
const TO_PERSON: Rule = Rule::new("mailing_person", 10, Duration::from_secs(600));

/// Whom a command writes to, as a key of their bucket; none where it writes to nobody.
fn written_to(command: &Command) -> Option<String> {
    let contact = match command {
        Command::Members(Members::Invite(account, guest)) => {
            // One that is no address is refused by its rule.
            let email = Email::parse(&guest.email).ok()?;
            return Some(format!("{account}:{email}", email = email.as_str()));
        }
        Command::Members(Members::Resend(contact))
        | Command::Subscriber(
            Subscriber::RequestVerification(contact)
            | Subscriber::ResendPortalLink(contact)
            | Subscriber::OpenPortalAccount(contact, _),
        )
        | Command::App(AppCommand::Invite { contact, .. }) => contact,
        Command::GrantAccess(contact, rule) if rule.send_order_email => contact,
        _ => return None,
    };
    Some(contact.to_string())
}

impl App {
    /// Refuses a command that writes to somebody, where that was asked for too often. The operator is trusted.
    pub(super) async fn brake(&self, caller: &Caller, command: &Command) -> Result<(), NotDone> {
        let Some(person) = written_to(command).filter(|_| caller.actor.kind != ActorKind::Operator) else {
            return Ok(());
        };
        let now = self.inner.clock.now();
        // Programs of an account together: whoever stole a token that makes tokens has no more for it.
        let together = caller.keyring().to_string();
        for (rule, value) in [(TO_PERSON, &person), (BY_CALLER, &together)] {
            if let Err(wait) = self.inner.limits.take(&rule, value, now).await.map_err(super::Failure::from)? {
                let refusal = Refusal::new(Code::RateLimited).with("seconds", wait.seconds());
                return Err(self.refused_now(refusal));
            }
        }
        Ok(())
    }
}
