//! How every mutation goes and answers: its input becomes a command, the command's outcome becomes a payload.
//!
//! A payload carries the things it concerns as they are now (also after a refusal: the access there is already, the version there is
//! by now), `userErrors`, `warnings`, the `position` to hand on as `minPosition`, and the caller's `clientMutationId`.

use super::{
    access::Access,
    account::Account,
    asker::Asker,
    claim::Claim,
    contact::Contact,
    erp::Erp,
    errors::{UserError, user_errors, warning},
    imports::Import,
    journey::SubmittedContact,
    product::Product,
    registration::Registration,
    scalars::{Instant, Position},
    snapshot::{Snapshot, wants_decision, wants_family},
    subscription::Subscription,
    user::User,
};
use crate::app::{Caller, Command, Done, IdempotencyKey, Members, NotDone, Request};
use async_graphql::{Context, MaybeUndefined, Result, Value};
use axum::http::header;
use domain::{Code, Refusals, contact::Change};
use std::sync::Arc;

/// What any input may carry besides its own fields.
pub struct Carried {
    /// Handed back as it is.
    pub client_mutation_id: Option<String>,
    /// A retry with the same key and input gets the first answer.
    pub idempotency_key: Option<String>,
    /// The version the caller saw.
    pub expected_version: Option<i64>,
}

/// Declares inputs, each with the fields that every input has; `change` inputs also take the version that the caller saw.
macro_rules! inputs {
    ($($(#[$doc:meta])* $form:ident $name:ident { $($(#[$fdoc:meta])* $field:ident: $type:ty),* $(,)? })*) => {
        $( $crate::graphql::mutate::input!($form $(#[$doc])* $name { $($(#[$fdoc])* $field: $type),* }); )*
    };
}
pub(super) use inputs;

macro_rules! input {
    (new $(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $type:ty),* }) => {
        $(#[$doc])*
        #[derive(async_graphql::InputObject)]
        pub struct $name {
            $($(#[$fdoc])* $field: $type,)*
            /// A retry with the same key and the same input gets the first answer. 1 to 200 characters, kept for 7 days.
            idempotency_key: Option<String>,
            /// Handed back in the payload.
            client_mutation_id: Option<String>,
        }
        impl $name {
            fn carried(&self) -> $crate::graphql::mutate::Carried {
                $crate::graphql::mutate::Carried {
                    client_mutation_id: self.client_mutation_id.clone(),
                    idempotency_key: self.idempotency_key.clone(),
                    expected_version: None,
                }
            }
        }
    };
    (change $(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $type:ty),* }) => {
        $(#[$doc])*
        #[derive(async_graphql::InputObject)]
        pub struct $name {
            $($(#[$fdoc])* $field: $type,)*
            /// The version that was seen; `VERSION_CONFLICT` when it is another by now.
            expected_version: Option<i64>,
            /// A retry with the same key and the same input gets the first answer. 1 to 200 characters, kept for 7 days.
            idempotency_key: Option<String>,
            /// Handed back in the payload.
            client_mutation_id: Option<String>,
        }
        impl $name {
            fn carried(&self) -> $crate::graphql::mutate::Carried {
                $crate::graphql::mutate::Carried {
                    client_mutation_id: self.client_mutation_id.clone(),
                    idempotency_key: self.idempotency_key.clone(),
                    expected_version: self.expected_version,
                }
            }
        }
    };
}
pub(super) use input;

/// Declares payloads: the things each carries, and what every payload has.
macro_rules! payloads {
    ($($(#[$doc:meta])* $name:ident { $($thing:ident: $type:ty),* $(,)? })*) => { $(
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject)]
        pub struct $name {
            $(
                /// As it is now; null when there is none that the caller reaches.
                $thing: Option<$type>,
            )*
            /// Why it was not done. Empty: it was.
            user_errors: Vec<$crate::graphql::errors::UserError>,
            /// What to know about what was done.
            warnings: Vec<$crate::graphql::errors::UserError>,
            /// Where in the log it was done, or refused: hand it on as `minPosition` to read it anywhere.
            position: $crate::graphql::scalars::Position,
            /// As it came in the input.
            client_mutation_id: Option<String>,
        }
        impl From<$crate::graphql::mutate::Outcome> for $name {
            fn from(outcome: $crate::graphql::mutate::Outcome) -> Self {
                $name {
                    $($thing: outcome.$thing(),)*
                    user_errors: outcome.user_errors,
                    warnings: outcome.warnings,
                    position: outcome.position,
                    client_mutation_id: outcome.client_mutation_id,
                }
            }
        }
    )* };
}
pub(super) use payloads;

/// How a command ended, with the things it concerns.
pub struct Outcome {
    snapshot: Arc<Snapshot>,
    about: Done,
    user: Option<User>,
    pub user_errors: Vec<UserError>,
    pub warnings: Vec<UserError>,
    pub position: Position,
    pub client_mutation_id: Option<String>,
}

impl Outcome {
    pub fn account(&self) -> Option<Account> {
        Account::found(&self.snapshot, self.about.account?)
    }

    pub fn contact(&self) -> Option<Contact> {
        Contact::found(&self.snapshot, self.about.contact?)
    }

    pub fn erp(&self) -> Option<Erp> {
        Erp::found(&self.snapshot, self.about.account?)
    }

    pub fn product(&self) -> Option<Product> {
        Product::found(&self.snapshot, self.about.product?)
    }

    pub fn subscription(&self) -> Option<Subscription> {
        Subscription::found(&self.snapshot, self.about.subscription?)
    }

    /// The contacts of a journey, in the order of its form.
    pub fn contacts(&self) -> Option<Vec<SubmittedContact>> {
        let of = |(id, created): &(domain::ContactId, bool)| {
            let contact = Contact::found(&self.snapshot, *id)?;
            let added = self.snapshot.known(id.0)?.state.contact()?.added.at;
            Some(SubmittedContact::new(contact, *created, Instant(added)))
        };
        let all: Vec<_> = self.about.placed.iter().filter_map(of).collect();
        (!all.is_empty()).then_some(all)
    }

    pub fn user(&self) -> Option<User> {
        self.user.clone()
    }

    pub fn import(&self) -> Option<Import> {
        Import::found(&self.snapshot, self.about.import?)
    }

    pub fn registration(&self) -> Option<Registration> {
        Registration::found(&self.snapshot, self.about.registration?)
    }

    /// The connection, of a command that made one or found it there.
    pub fn connection(&self) -> Option<uuid::Uuid> {
        self.about.connection.filter(|_| self.user_errors.is_empty())
    }

    pub fn signing_secret(&self) -> Option<String> {
        Some(self.snapshot.vault().signing_secret(self.connection()?).reveal().to_owned())
    }

    pub fn claim(&self) -> Option<Claim> {
        Claim::found(&self.snapshot, self.about.contact?, self.about.claim?)
    }

    pub fn access(&self) -> Option<Access> {
        Access::found(&self.snapshot, self.about.contact?, self.about.product?)
    }
}

/// Carries a command out and makes the payload. A refusal that the input itself earned comes in as `Err`.
pub async fn perform<P: From<Outcome>>(
    ctx: &Context<'_>,
    carried: Carried,
    command: Result<Command, Refusals>,
) -> Result<P> {
    perform_as(ctx, Asker::of(ctx)?.caller.clone(), carried, command).await
}

/// The same, done by whom a mailed link speaks for. What is shown is still only what the asker reaches.
pub async fn perform_as<P: From<Outcome>>(
    ctx: &Context<'_>,
    caller: Caller,
    carried: Carried,
    command: Result<Command, Refusals>,
) -> Result<P> {
    let asker = Asker::of(ctx)?;
    let Carried { client_mutation_id, idempotency_key, expected_version } = carried;
    let idempotency = match idempotency_key {
        Some(key) => Some(IdempotencyKey { key, input: input_bytes(ctx)? }),
        None => None,
    };
    let opens_account = matches!(command, Ok(Command::OpenAccount(_) | Command::Members(Members::Accept(_))));
    let result = match command {
        Ok(command) => asker.app.execute(&caller, requested(asker, command, expected_version, idempotency)).await,
        Err(refusals) => Err(refused(asker, refusals).await?),
    };
    payload(ctx, result, opens_account, client_mutation_id).await
}

/// What a command would come to, in the form of its payload: nothing is written.
pub async fn preview<P: From<Outcome>>(
    ctx: &Context<'_>,
    carried: Carried,
    command: Result<Command, Refusals>,
) -> Result<P> {
    let asker = Asker::of(ctx)?;
    let result = match command {
        Ok(command) => {
            let request = requested(asker, command, carried.expected_version, None);
            asker.app.preview(&asker.caller, request).await
        }
        Err(refusals) => Err(refused(asker, refusals).await?),
    };
    payload(ctx, result, false, carried.client_mutation_id).await
}

fn requested(
    asker: &Asker,
    command: Command,
    expected_version: Option<i64>,
    idempotency: Option<IdempotencyKey>,
) -> Request {
    Request {
        command,
        // A negative version is none that anything ever had: a conflict like any other.
        expected_version: expected_version.map(|v| u64::try_from(v).unwrap_or(u64::MAX)),
        idempotency,
        correlation: Some(asker.correlation),
        came_from: asker.came_from.clone(),
    }
}

/// What the input itself earned.
async fn refused(asker: &Asker, refusals: Refusals) -> Result<NotDone> {
    let position = asker.app.reader().newest_position().await.map_err(|e| asker.failed(e))?;
    Ok(NotDone::Refused(Box::new(crate::app::Refused { refusals, about: Done::default(), position })))
}

async fn payload<P: From<Outcome>>(
    ctx: &Context<'_>,
    result: Result<Done, NotDone>,
    opens_account: bool,
    client_mutation_id: Option<String>,
) -> Result<P> {
    let asker = Asker::of(ctx)?;
    let (about, position, errors) = match result {
        Ok(done) => (done.clone(), done.position, Vec::new()),
        Err(NotDone::Refused(refused)) => {
            if let Some(seconds) = wait(&refused.refusals) {
                ctx.insert_http_header(header::RETRY_AFTER, seconds);
            }
            (refused.about, refused.position, user_errors(refused.refusals, asker.lang))
        }
        Err(NotDone::Failure(failure)) => return Err(asker.failed(failure)),
    };
    let opened = about.account.filter(|_| opens_account && errors.is_empty());
    // What was written is shown as the append left it, and not read again.
    let snapshot = things(ctx, Snapshot::now(asker).reaching(opened).knowing(&about.after), &about).await?;
    // A login is of no account: who may do something to one may see it.
    let user = match about.user.filter(|_| errors.is_empty() && ctx.look_ahead().field("user").exists()) {
        Some(id) => User::read(asker, id).await?,
        None => None,
    };
    Ok(P::from(Outcome {
        snapshot,
        user,
        warnings: about.warnings.iter().map(|code| warning(code, asker.lang)).collect(),
        about,
        user_errors: errors,
        position: asker.app.reader().token(position).into(),
        client_mutation_id,
    }))
}

/// After how many seconds it may be asked again, of what was asked too often.
fn wait(refusals: &Refusals) -> Option<&str> {
    let refusal = refusals.0.iter().find(|refusal| refusal.code == Code::RateLimited)?;
    refusal.params.iter().find(|(name, _)| *name == "seconds").map(|(_, seconds)| seconds.as_str())
}

/// Reads the things that the payload will show, as far as it was asked for.
async fn things(ctx: &Context<'_>, snapshot: Snapshot, about: &Done) -> Result<Arc<Snapshot>> {
    let payload = ctx.look_ahead();
    let asked = |thing: &str| payload.field(thing).exists();
    let ids = [
        about.account.map(|a| a.0).filter(|_| asked("account") || asked("erp")),
        about.contact.map(|c| c.0).filter(|_| asked("contact") || asked("access") || asked("claim")),
        about.product.map(|p| p.0).filter(|_| asked("product") || payload.field("access").field("product").exists()),
        about.subscription.map(|s| s.0).filter(|_| asked("subscription")),
        about.import.map(|i| i.0).filter(|_| asked("import")),
        about.registration.map(|r| r.0).filter(|_| asked("registration")),
    ];
    let placed = about.placed.iter().map(|(id, _)| id.0).filter(|_| asked("contacts"));
    let families = wants_decision(&payload.field("access"))
        || payload.field("claim").field("subscription").exists()
        || wants_family(&payload.field("contact"))
        || wants_family(&payload.field("contacts").field("contact"));
    snapshot.read(ids.into_iter().flatten().chain(placed).collect(), families).await
}

/// The whole input in one stable form: keys in order, variables put in, without what a retry may change.
pub(super) fn input_bytes(ctx: &Context<'_>) -> Result<Vec<u8>> {
    let arguments = ctx.field().arguments()?;
    let mut input = arguments.into_iter().find(|(name, _)| name == "input").map(|(_, value)| value).unwrap_or_default();
    if let Value::Object(fields) = &mut input {
        fields.retain(|name, _| name != "idempotencyKey" && name != "clientMutationId");
    }
    // `serde_json::Value` keeps the keys of its objects in order.
    let json: serde_json::Value = input.into_json()?;
    Ok(serde_json::to_vec(&json)?)
}

/// An absent field keeps, null clears.
pub(super) fn change<T, U>(field: MaybeUndefined<T>, map: impl FnOnce(T) -> U) -> Change<U> {
    match field {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(map(value))),
    }
}
