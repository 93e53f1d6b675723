//! The way in to the sample: its owner chooses a password by the link that is mailed to her, as anybody would, and the demo says which.

use crate::{
    identity::{Denied, Visitor},
    outbox::mail::mailbox::Mailbox,
    service::Service,
};
use domain::UserId;
use std::time::Duration;

/// What she chooses. No secret: the demo prints it, and answers on this machine alone.
pub const PASSWORD: &str = "le phare ouvre ses portes";

/// How often, and how far apart, a mail that is on its way is looked for: half a minute in all.
const PATIENCE: u32 = 600;
const PAUSE: Duration = Duration::from_millis(50);

/// Gives the owner of the sample a password, unless she has one. With what she signs in as; none: nothing was mailed to her, or she has no address.
///
/// # Errors
/// The service's, and that the password is none that may be chosen.
pub async fn login(service: &Service, owner: UserId, mailbox: &Mailbox) -> Result<Option<String>, Denied> {
    let identity = service.identity();
    let Some(email) = identity.email_of(owner).await? else { return Ok(None) };
    if service.vault().password(owner.0).await?.is_some() {
        return Ok(Some(email));
    }
    let visitor = Visitor::default();
    identity.ask_reset(&email, &visitor).await?;
    identity.attend().await?;
    let Some(link) = mailed(mailbox, &email).await else { return Ok(None) };
    identity.choose_password(&link, PASSWORD, &visitor).await?;
    // The link is used, and nothing to be looked at.
    mailbox.forget(owner.0);
    Ok(Some(email))
}

/// The link that was mailed to her last. The service attends to who asks beside us: whichever of the two took her request, its mail is waited for.
async fn mailed(mailbox: &Mailbox, email: &str) -> Option<String> {
    for _ in 0..PATIENCE {
        let mails = mailbox.mails();
        let mail = mails.iter().rev().find(|captured| captured.mail.to == email);
        let link =
            mail.and_then(|captured| captured.mail.text.split_whitespace().find(|word| word.contains("/links/")));
        if let Some(link) = link {
            return Some(link.to_owned());
        }
        tokio::time::sleep(PAUSE).await;
    }
    None
}
