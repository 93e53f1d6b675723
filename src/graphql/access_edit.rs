//! Giving, changing and taking away access.

use super::{
    access::Access,
    contact::Contact,
    ids,
    mutate::{Carried, change, inputs, payloads, perform, preview},
    scalars::Day,
    words::{AccessMode, PeriodUnit},
};
use crate::app::Command;
use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, OneofObject, Result};
use domain::{Code, Refusal, Refusals, contact as rules, contact::OpeningChoice};

/// How far an access is brought forward: 1 to 3650 days, 120 months or 10 years.
#[derive(InputObject)]
pub struct AdvanceInput {
    by: i64,
    unit: PeriodUnit,
}

/// How the content opens: one of these.
#[derive(OneofObject)]
pub enum OpeningInput {
    /// At the order date; modules by their delays. Say `true`.
    FromOrderDate(bool),
    /// Everything at once, from the moment it is set. Say `true`.
    Full(bool),
    /// Earlier than planned.
    Advanced(AdvanceInput),
    /// On a day, from 00:00 in the account's time zone.
    FromDate(Day),
}

/// What was chosen; `false` chooses nothing.
fn chosen(opening: OpeningInput) -> Result<OpeningChoice, Refusal> {
    let no =
        |field| Err(Refusal::at(Code::Invalid, field).with("value", "false").with("expected", "true").under("opening"));
    Ok(match opening {
        OpeningInput::FromOrderDate(true) => OpeningChoice::FromOrderDate,
        OpeningInput::Full(true) => OpeningChoice::Full,
        OpeningInput::FromOrderDate(false) => return no("fromOrderDate"),
        OpeningInput::Full(false) => return no("full"),
        OpeningInput::Advanced(AdvanceInput { by, unit }) => OpeningChoice::Advanced { by, unit: unit.into() },
        OpeningInput::FromDate(Day(date)) => OpeningChoice::FromDate(date),
    })
}

inputs! {
    /// Gives a contact access to a product.
    new GrantAccessInput {
        contact_id: ID,
        product_id: ID,
        /// Default `ACTIVATED`: a person who grants means it.
        mode: Option<AccessMode>,
        /// Default from the order date.
        opening: Option<OpeningInput>,
        /// Default: the subscription's first day, else the grant.
        ordered_on: Option<Day>,
        /// Whether to send the product's order e-mail; default no.
        send_order_email: Option<bool>,
    }
    /// Changes an access in one go; what is absent stays.
    change EditAccessInput {
        contact_id: ID,
        product_id: ID,
        mode: Option<AccessMode>,
        opening: Option<OpeningInput>,
        /// Null: as the subscription or the grant says.
        ordered_on: MaybeUndefined<Day>,
    }
    /// Sets what decides whether an access is in force; its opening stays.
    change SetAccessModeInput {
        contact_id: ID,
        product_id: ID,
        mode: AccessMode,
    }
    /// Sets how the content opens.
    change SetOpeningInput {
        contact_id: ID,
        product_id: ID,
        opening: OpeningInput,
    }
    /// Opens the content earlier than planned; replaces an advance there was.
    change AdvanceAccessInput {
        contact_id: ID,
        product_id: ID,
        /// 1 to 3650 days, 120 months or 10 years.
        by: i64,
        unit: PeriodUnit,
    }
    /// Takes an access away at once. It may be granted again; the history stays.
    change RemoveAccessInput {
        contact_id: ID,
        product_id: ID,
    }
}

impl EditAccessInput {
    fn command(self) -> (Carried, Result<Command, Refusals>) {
        let (carried, contact) = (self.carried(), ids::contact(&self.contact_id));
        let command = self.opening.map(chosen).transpose().map(|opening| {
            Command::EditAccess(
                contact,
                rules::EditAccess {
                    product: ids::product(&self.product_id),
                    mode: self.mode.map(Into::into),
                    opening,
                    ordered_on: change(self.ordered_on, |day| day.0),
                },
            )
        });
        (carried, command.map_err(Into::into))
    }
}

payloads! {
    GrantAccessPayload { contact: Contact, access: Access }
    EditAccessPayload { contact: Contact, access: Access }
    SetAccessModePayload { contact: Contact, access: Access }
    SetOpeningPayload { contact: Contact, access: Access }
    AdvanceAccessPayload { contact: Contact, access: Access }
    RemoveAccessPayload { contact: Contact, access: Access }
}

/// Accesses, before they are changed.
#[derive(Default)]
pub struct AccessPreview;

#[Object]
impl AccessPreview {
    /// What `editAccess` would come to with this input, were it done now: the access as it would be, with its decision and what opens when; or why it would
    /// be refused. Nothing is written. A verdict that rests on the change itself names position 0.
    async fn access_preview(&self, ctx: &Context<'_>, input: EditAccessInput) -> Result<EditAccessPayload> {
        let (carried, command) = input.command();
        preview(ctx, carried, command).await
    }
}

/// Accesses.
#[derive(Default)]
pub struct AccessMutation;

#[Object]
impl AccessMutation {
    /// Gives a contact access to a product. `ALREADY_GRANTED` when it has it; `access` is then the one there is.
    async fn grant_access(&self, ctx: &Context<'_>, input: GrantAccessInput) -> Result<GrantAccessPayload> {
        let (carried, contact) = (input.carried(), ids::contact(&input.contact_id));
        let command = input.opening.map(chosen).transpose().map(|opening| {
            Command::GrantAccess(
                contact,
                rules::GrantAccess {
                    product: ids::product(&input.product_id),
                    mode: input.mode.map(Into::into),
                    opening,
                    ordered_on: input.ordered_on.map(|day| day.0),
                    send_order_email: input.send_order_email.unwrap_or(false),
                },
            )
        });
        perform(ctx, carried, command.map_err(Into::into)).await
    }

    /// Changes mode, opening and order date of an access in one go.
    async fn edit_access(&self, ctx: &Context<'_>, input: EditAccessInput) -> Result<EditAccessPayload> {
        let (carried, command) = input.command();
        perform(ctx, carried, command).await
    }

    /// Sets what decides whether an access is in force.
    async fn set_access_mode(&self, ctx: &Context<'_>, input: SetAccessModeInput) -> Result<SetAccessModePayload> {
        let (carried, contact) = (input.carried(), ids::contact(&input.contact_id));
        let rule = rules::SetAccessMode { product: ids::product(&input.product_id), mode: input.mode.into() };
        perform(ctx, carried, Ok(Command::SetAccessMode(contact, rule))).await
    }

    /// Sets how the content of an access opens.
    async fn set_opening(&self, ctx: &Context<'_>, input: SetOpeningInput) -> Result<SetOpeningPayload> {
        let (carried, contact) = (input.carried(), ids::contact(&input.contact_id));
        let product = ids::product(&input.product_id);
        let command = chosen(input.opening)
            .map(|opening| Command::SetOpening(contact, rules::SetOpening { product, opening }))
            .map_err(Into::into);
        perform(ctx, carried, command).await
    }

    /// Opens the content of an access earlier than planned.
    async fn advance_access(&self, ctx: &Context<'_>, input: AdvanceAccessInput) -> Result<AdvanceAccessPayload> {
        let (carried, contact) = (input.carried(), ids::contact(&input.contact_id));
        let product = ids::product(&input.product_id);
        let rule = rules::AdvanceAccess { product, by: input.by, unit: input.unit.into() };
        perform(ctx, carried, Ok(Command::AdvanceAccess(contact, rule))).await
    }

    /// Takes an access away at once.
    async fn remove_access(&self, ctx: &Context<'_>, input: RemoveAccessInput) -> Result<RemoveAccessPayload> {
        let (carried, contact) = (input.carried(), ids::contact(&input.contact_id));
        let rule = rules::RemoveAccess { product: ids::product(&input.product_id) };
        perform(ctx, carried, Ok(Command::RemoveAccess(contact, rule))).await
    }
}
