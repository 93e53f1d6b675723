//! The way in to the sample: its owner chooses a password by the link that is mailed to her, as anybody would, and the demo says which.

use crate::{
    identity::{Denied, Visitor},
    outbox::mail::mailbox::Mailbox,
    service::Service,
};
use domain::UserId;

/// What she chooses. No secret: the demo prints it, and answers on this machine alone.
pub const PASSWORD: &str = "le phare ouvre ses portes";

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
    let mails = mailbox.mails();
    let mail = mails.iter().rev().find(|captured| captured.mail.to == email);
    let Some(link) =
        mail.and_then(|captured| captured.mail.text.split_whitespace().find(|word| word.contains("/links/")))
    else {
        return Ok(None);
    };
    identity.choose_password(link, PASSWORD, &visitor).await?;
    // The link is used, and nothing to be looked at.
    mailbox.forget(owner.0);
    Ok(Some(email))
}
