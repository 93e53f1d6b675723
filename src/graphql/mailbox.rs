//! Whether an e-mail is the contact's own: where that stands, and what can be done about it (rows S2, S3, A14).

use super::{
    asker::Asker,
    contact::Contact,
    ids,
    mutate::{inputs, payloads, perform, perform_as},
    scalars::Instant,
    words::EmailStatus,
};
use crate::app::{Command, Subscriber};
use crate::vault::link::Purpose;
use async_graphql::{Context, ID, Object, Result, SimpleObject};
use domain::{Code, ContactId, Refusal, Refusals, contact::ContactState};

/// Where the verification of the present e-mail stands.
#[derive(SimpleObject)]
pub struct EmailVerification {
    status: EmailStatus,
    /// When the newest mail with a link was asked for.
    requested_at: Option<Instant>,
    /// From then on that link opens nothing.
    link_expires_at: Option<Instant>,
    /// From then on another mail may be asked for.
    again_from: Option<Instant>,
    verified_at: Option<Instant>,
    /// When a mail last came back.
    bounced_at: Option<Instant>,
}

impl EmailVerification {
    /// Of a contact's e-mail; none without one.
    pub fn of(contact: &ContactState) -> Option<EmailVerification> {
        contact.details.email.as_ref()?;
        let state = &contact.verification;
        Some(EmailVerification {
            status: state.status().into(),
            requested_at: state.link.as_ref().map(|(_, asked, _)| Instant(asked.at)),
            link_expires_at: state.link.as_ref().map(|(.., until)| Instant(*until)),
            again_from: state.again_from().map(Instant),
            verified_at: state.verified.map(|fact| Instant(fact.at)),
            bounced_at: state.bounced.map(|fact| Instant(fact.at)),
        })
    }
}

inputs! {
    /// Mails a verification link, or mails another one: earlier links open nothing any more.
    change RequestVerificationInput { contact_id: ID }
    /// Says that the mailed link was followed.
    new VerifyEmailInput {
        /// The link's text, as the mail carried it.
        link: String,
    }
    /// Says that a mail to a contact came back.
    new RecordBounceInput {
        contact_id: ID,
        /// The address that the mail was sent to.
        email: String,
    }
}

payloads! {
    RequestVerificationPayload { contact: Contact }
    VerifyEmailPayload { contact: Contact }
    RecordBouncePayload { contact: Contact }
}

/// Verifications.
#[derive(Default)]
pub struct MailboxMutation;

#[Object]
impl MailboxMutation {
    /// Mails a verification link (« renvoyer »). `NOT_ALLOWED_NOW` within a minute of the last one, and for groups.
    async fn request_verification(
        &self,
        ctx: &Context<'_>,
        input: RequestVerificationInput,
    ) -> Result<RequestVerificationPayload> {
        let (carried, contact) = (input.carried(), ids::contact(&input.contact_id));
        perform(ctx, carried, Ok(Command::Subscriber(Subscriber::RequestVerification(contact)))).await
    }

    /// Verifies an e-mail by the link that was mailed to it. The link is the whole authority: whoever is signed in may post it, and `contact` is null
    /// in the answer to those who do not reach it otherwise. `INVALID`: not a link of ours; `NOT_ALLOWED_NOW`: used, replaced or too old.
    async fn verify_email(&self, ctx: &Context<'_>, input: VerifyEmailInput) -> Result<VerifyEmailPayload> {
        let (asker, carried) = (Asker::of(ctx)?, input.carried());
        let holder = asker.app.link_holder(&input.link, Purpose::VerifyEmail).await.map_err(|e| asker.failed(e))?;
        match holder {
            Some((holder, link)) => {
                let command = Subscriber::VerifyEmail(ContactId(link.subject), link.occasion);
                perform_as(ctx, holder, carried, Ok(Command::Subscriber(command))).await
            }
            None => perform(ctx, carried, Err(Refusals::from(Refusal::at(Code::Invalid, "link")))).await,
        }
    }

    /// Records that a mail came back. Nothing happens when the contact has another address by now.
    async fn record_bounce(&self, ctx: &Context<'_>, input: RecordBounceInput) -> Result<RecordBouncePayload> {
        let (carried, contact) = (input.carried(), ids::contact(&input.contact_id));
        perform(ctx, carried, Ok(Command::Subscriber(Subscriber::RecordBounce(contact, input.email)))).await
    }
}
