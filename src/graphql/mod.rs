//! The one door for questions and commands from outside: GraphQL over HTTP.
//!
//! Thin: an input becomes a command or a question, an answer becomes a payload. The rules are in `domain`, the way of a command and
//! of a question in [`crate::app`]; nothing here names the log, a database, or decides anything.
//!
//! A file a subject (`account`, `product`, `contact`, `access`, `subscription`, `imports`, `audit`): its type, its inputs, its mutations. Around
//! them `asker` (who asks), `snapshot` (states of one moment, read once a request), `mutate` (how every mutation answers),
//! `connection` (pages), `errors`, `scalars`, `words`. `schema.graphql` at the root of the repository is [`sdl()`].
//! Next: `endpoint` (HTTP), `guard` (how much a document may ask for).

mod access;
mod access_edit;
mod account;
mod agenda;
mod asker;
mod audit;
pub mod audit_changes;
pub mod budget;
mod claim;
mod connection;
mod contact;
mod contact_edit;
mod contacts;
mod decision;
mod deletion;
mod delivery;
pub mod endpoint;
mod erp;
mod erp_edit;
mod errors;
mod finding;
mod form;
pub mod guard;
mod ids;
mod impact;
mod import_edit;
mod import_row;
mod imports;
mod journey;
mod live;
mod mailbox;
mod members;
mod mutate;
mod past;
mod personal;
mod portal;
mod product;
mod provider;
mod query;
mod registration;
mod registration_edit;
mod scalars;
mod search;
mod snapshot;
mod subscription;
mod token;
mod user;
mod webhook;
mod words;

pub use asker::Asker;
#[cfg(any(test, fuzzing))]
pub(crate) use connection::fuzzed::{cursor_opens, signed_cursor};
pub use live::{LastSeen, Live};

use async_graphql::{MergedObject, Schema};

/// Everything that can be asked.
#[derive(MergedObject, Default)]
pub struct Query(
    query::SheetQuery,
    finding::FindingQuery,
    past::PastQuery,
    agenda::AgendaQuery,
    access_edit::AccessPreview,
    delivery::DeliveryQuery,
    erp::ErpQuery,
    imports::ImportQuery,
    registration::RegistrationQuery,
    members::MemberQuery,
    claim::ClaimQuery,
    deletion::DeletionQuery,
    portal::PortalQuery,
    impact::ImpactQuery,
    personal::PersonalQuery,
    token::TokenQuery,
);

/// Everything that can be done.
#[derive(MergedObject, Default)]
pub struct Mutation(
    account::AccountMutation,
    product::ProductMutation,
    contact_edit::ContactMutation,
    access_edit::AccessMutation,
    subscription::SubscriptionMutation,
    journey::JourneyMutation,
    delivery::DeliveryMutation,
    user::UserMutation,
    token::TokenMutation,
    erp_edit::ErpMutation,
    import_edit::ImportMutation,
    registration_edit::RegistrationMutation,
    webhook::WebhookMutation,
    provider::ProviderMutation,
    members::MemberMutation,
    mailbox::MailboxMutation,
    deletion::DeletionMutation,
    portal::PortalMutation,
    claim::ClaimMutation,
);

/// The schema; one for the process.
pub type Door = Schema<Query, Mutation, Live>;

/// Fields that are connections even when they are given neither `first` nor `last`; the guard prices them as pages.
pub const CONNECTIONS: &[&str] = &[
    "contacts",
    "members",
    "accessList",
    "products",
    "subscribers",
    "auditTrail",
    "accountSubscriptions",
    "whoCouldOpen",
    "openingCalendar",
    "deliveries",
    "erpDrift",
    "imports",
    "rows",
    "registrations",
    "emailMismatches",
    "claims",
    "deletionRequests",
];

/// Builds the schema. What a document may ask for is bounded before it comes here, by `guard`; the depth below is only a second wall.
pub fn schema() -> Door {
    Schema::build(Query::default(), Mutation::default(), Live)
        .disable_suggestions()
        .limit_depth(20)
        .limit_directives(10)
        .finish()
}

/// The schema in GraphQL's own language, as committed in `schema.graphql`.
pub fn sdl() -> String {
    let options = async_graphql::SDLExportOptions::new().prefer_single_line_descriptions().use_space_ident();
    let text = schema().sdl_with_options(options);
    let mut lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    while lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    lines.join("\n") + "\n"
}
