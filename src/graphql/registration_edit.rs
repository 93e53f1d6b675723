//! Signing up in the app, finding whose a sign-up is, letting in and turning away, devices and invitations.

use super::{
    account::Account,
    contact::Contact,
    ids,
    mutate::{inputs, payloads, perform},
    registration::Registration,
};
use crate::app::{AppCommand, Command};
use async_graphql::{Context, ID, Object, Result};
use domain::{
    Code, Refusal, Refusals, UserId,
    contact::app::RecordDevice,
    registration::{ChangeRegistrationEmail, SignUp},
};

inputs! {
    /// A sign-up, as the account's app sends it. Repeated ones are one; another device is noted.
    new RegisterInAppInput {
        account_id: ID,
        email: String,
        /// Whether the app saw that the e-mail is theirs; default no. Nothing is linked before it is.
        email_verified: Option<bool>,
        /// The device's model, up to 100 characters.
        device: String,
        /// Up to 200 characters.
        first_name: Option<String>,
        /// Up to 200 characters.
        last_name: Option<String>,
        /// Up to 50 characters, kept as typed.
        phone: Option<String>,
        /// The user who signed up, where they have one.
        user_id: Option<ID>,
    }
    /// The e-mail of a sign-up that waits was shown to be theirs.
    change VerifyRegistrationEmailInput { registration_id: ID }
    /// A sign-up that waits has another e-mail.
    change ChangeRegistrationEmailInput {
        registration_id: ID,
        email: String,
        /// Whether it was shown to be theirs; default no.
        email_verified: Option<bool>,
    }
    /// Whose a sign-up is, as a person says.
    change LinkRegistrationInput { registration_id: ID, contact_id: ID }
    /// The registration of a contact.
    change ValidateRegistrationInput { contact_id: ID }
    /// The registration of a contact, or a sign-up that waits: one of them.
    change RefuseRegistrationInput { contact_id: Option<ID>, registration_id: Option<ID> }
    /// Whose waiting registrations are all let in.
    change ValidatePendingRegistrationsInput { account_id: ID }
    /// A sign-up whose personal values are erased.
    change EraseRegistrationInput { registration_id: ID }
    /// A device that a contact's app runs on.
    change RecordDeviceInput {
        contact_id: ID,
        /// The model, up to 100 characters.
        device: String,
    }
    /// Whom to invite.
    change InviteToAppInput { contact_id: ID }
    /// Whom to invite again.
    change ResendAppInvitationInput { contact_id: ID }
}

payloads! {
    RegisterInAppPayload { contact: Contact, registration: Registration }
    VerifyRegistrationEmailPayload { contact: Contact, registration: Registration }
    ChangeRegistrationEmailPayload { contact: Contact, registration: Registration }
    LinkRegistrationPayload { contact: Contact, registration: Registration }
    ValidateRegistrationPayload { contact: Contact }
    RefuseRegistrationPayload { contact: Contact, registration: Registration }
    ValidatePendingRegistrationsPayload { account: Account }
    EraseRegistrationPayload { registration: Registration }
    RecordDevicePayload { contact: Contact }
    InviteToAppPayload { contact: Contact }
    ResendAppInvitationPayload { contact: Contact }
}

/// Registrations.
#[derive(Default)]
pub struct RegistrationMutation;

fn app(command: AppCommand) -> std::result::Result<Command, Refusals> {
    Ok(Command::App(command))
}

#[Object]
impl RegistrationMutation {
    /// Someone signed up in the app. With a verified e-mail that a contact has, it is that contact's registration, pending where the account validates
    /// each; else it waits for its contact, and finds it by itself when the e-mail of either changes or is verified.
    async fn register_in_app(&self, ctx: &Context<'_>, input: RegisterInAppInput) -> Result<RegisterInAppPayload> {
        let (carried, account) = (input.carried(), ids::account(&input.account_id));
        let RegisterInAppInput { email, email_verified, device, first_name, last_name, phone, user_id, .. } = input;
        let user = match user_id.map(|id| id.parse::<UserId>()).transpose() {
            Ok(user) => user,
            Err(_) => return perform(ctx, carried, Err(Refusal::at(Code::NotFound, "userId").into())).await,
        };
        let email_verified = email_verified.unwrap_or(false);
        let sign_up = SignUp { email, email_verified, device, first_name, last_name, phone, user };
        perform(ctx, carried, app(AppCommand::Register(account, sign_up))).await
    }

    /// The e-mail of a sign-up was shown to be theirs: it is linked at once where a contact has it.
    async fn verify_registration_email(
        &self,
        ctx: &Context<'_>,
        input: VerifyRegistrationEmailInput,
    ) -> Result<VerifyRegistrationEmailPayload> {
        let (carried, id) = (input.carried(), ids::registration(&input.registration_id));
        perform(ctx, carried, app(AppCommand::VerifyEmail(id))).await
    }

    /// Gives a sign-up another e-mail: it is linked at once where that is verified and a contact has it.
    async fn change_registration_email(
        &self,
        ctx: &Context<'_>,
        input: ChangeRegistrationEmailInput,
    ) -> Result<ChangeRegistrationEmailPayload> {
        let (carried, id) = (input.carried(), ids::registration(&input.registration_id));
        let email_verified = input.email_verified.unwrap_or(false);
        let rule = ChangeRegistrationEmail { email: input.email, email_verified };
        perform(ctx, carried, app(AppCommand::ChangeEmail(id, rule))).await
    }

    /// Links a sign-up to the contact it is, whatever their e-mails. The sign-up's must have been verified: nothing links to one that was not.
    async fn link_registration(
        &self,
        ctx: &Context<'_>,
        input: LinkRegistrationInput,
    ) -> Result<LinkRegistrationPayload> {
        let (carried, id) = (input.carried(), ids::registration(&input.registration_id));
        perform(ctx, carried, app(AppCommand::Link(id, ids::contact(&input.contact_id)))).await
    }

    /// Lets a contact's registration in, also one that was turned away before.
    async fn validate_registration(
        &self,
        ctx: &Context<'_>,
        input: ValidateRegistrationInput,
    ) -> Result<ValidateRegistrationPayload> {
        let (carried, id) = (input.carried(), ids::contact(&input.contact_id));
        perform(ctx, carried, app(AppCommand::Validate(id))).await
    }

    /// Turns a contact's registration away, also one that was let in before: from then on it opens nothing. Or a sign-up that waits for its contact.
    async fn refuse_registration(
        &self,
        ctx: &Context<'_>,
        input: RefuseRegistrationInput,
    ) -> Result<RefuseRegistrationPayload> {
        let carried = input.carried();
        let command = match (&input.contact_id, &input.registration_id) {
            (Some(contact), None) => app(AppCommand::Refuse(ids::contact(contact))),
            (None, Some(registration)) => app(AppCommand::TurnAway(ids::registration(registration))),
            (None, None) => Err(Refusal::at(Code::Required, "contactId").into()),
            (Some(_), Some(_)) => Err(Refusal::at(Code::Invalid, "registrationId").into()),
        };
        perform(ctx, carried, command).await
    }

    /// Lets everybody in who waits for validation, some at a time: `pendingRegistrations` of the account says how many still wait.
    async fn validate_pending_registrations(
        &self,
        ctx: &Context<'_>,
        input: ValidatePendingRegistrationsInput,
    ) -> Result<ValidatePendingRegistrationsPayload> {
        let (carried, id) = (input.carried(), ids::account(&input.account_id));
        perform(ctx, carried, app(AppCommand::ValidatePending(id))).await
    }

    /// Makes a sign-up's personal values unreadable for ever. Those of a contact's registration go with the contact.
    async fn erase_registration(
        &self,
        ctx: &Context<'_>,
        input: EraseRegistrationInput,
    ) -> Result<EraseRegistrationPayload> {
        let (carried, id) = (input.carried(), ids::registration(&input.registration_id));
        perform(ctx, carried, app(AppCommand::Erase(id))).await
    }

    /// The app of a registered contact runs on this device: a new one is recorded, and when it was seen is noted, at most once a minute.
    async fn record_device(&self, ctx: &Context<'_>, input: RecordDeviceInput) -> Result<RecordDevicePayload> {
        let (carried, id) = (input.carried(), ids::contact(&input.contact_id));
        perform(ctx, carried, app(AppCommand::RecordDevice(id, RecordDevice { device: input.device }))).await
    }

    /// Invites a contact that is not registered to the app, by mail.
    async fn invite_to_app(&self, ctx: &Context<'_>, input: InviteToAppInput) -> Result<InviteToAppPayload> {
        let (carried, contact) = (input.carried(), ids::contact(&input.contact_id));
        perform(ctx, carried, app(AppCommand::Invite { contact, again: false })).await
    }

    /// Sends the invitation again, with a new link; the one before opens nothing any more. Not more than once in five minutes.
    async fn resend_app_invitation(
        &self,
        ctx: &Context<'_>,
        input: ResendAppInvitationInput,
    ) -> Result<ResendAppInvitationPayload> {
        let (carried, contact) = (input.carried(), ids::contact(&input.contact_id));
        perform(ctx, carried, app(AppCommand::Invite { contact, again: true })).await
    }
}
