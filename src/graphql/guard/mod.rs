//! The guard: how much work a GraphQL document asks for, counted before anything of async-graphql walks it.
//!
//! The library expands every fragment spread without a memo, in its checks as well as in its rules, and compares its
//! limits afterwards: 6 KB of fragments that spread each other keep it busy for ever. So [`read`] bounds the text, lets
//! the parser parse it, weighs each fragment once and refuses what is too heavy; [`Document::price`] then prices the
//! operation asked for with its variables. Both take time in proportion to the text, and recurse no deeper than it nests.
//!
//! Pure. Knows documents, not schemas: a field is a connection if it takes `first` or `last`, or if
//! [`Limits::connections`] names it. Unknown names, missing operation names and types are left to async-graphql.
//!
//! Next: `scan.rs` (text), `shape.rs` (what variables cannot change), `price.rs` (what they can), `refusal.rs` (words).

mod price;
mod refusal;
mod scan;
mod shape;
mod values;

#[cfg(test)]
mod naive;
#[cfg(test)]
mod tests;

use async_graphql::{
    Name, Variables,
    parser::{
        Error as ParserError,
        types::{ExecutableDocument, OperationType},
    },
};

pub use price::Cost;
pub use refusal::{Bound, GuardRefusal};
pub use shape::Shape;

/// The most that one request may ask for. [`Limits::default`] is what production runs.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of the document.
    pub document_bytes: u64,
    /// Brackets of any kind inside one another. It bounds the recursion of the parser, so no document goes deeper.
    pub nesting: u64,
    /// Operations of one document: each is validated, though one runs.
    pub operations: u64,
    /// Variables defined in one document.
    pub variables: u64,
    /// Fields, inline fragments and fragment spreads, with fragments expanded, in all operations together.
    pub fields: u64,
    /// Selection sets inside one another with fragments expanded. async-graphql refuses more than 32 by itself.
    pub levels: u64,
    /// Fields inside one another with fragments expanded. GraphiQL's introspection is 15 deep.
    pub depth: u64,
    /// Aliases, with fragments expanded.
    pub aliases: u64,
    /// Directives, with fragments expanded.
    pub directives: u64,
    /// Argument values, each item of a list and each field of an input object counted, with fragments expanded.
    pub values: u64,
    /// Fields at the root of one operation, with fragments expanded.
    pub root_fields: u64,
    /// The same for a mutation: each is a command.
    pub mutations: u64,
    /// The same for a subscription: each is a stream of its own.
    pub streams: u64,
    /// Items of one input list, in the document or in the variables.
    pub list_items: u64,
    /// The highest `first` or `last`; the lowest is 1.
    pub page: u64,
    /// What a connection is priced at when neither `first` nor `last` is given. The resolvers must use the same.
    pub default_page: u64,
    /// Rows of all connections, each multiplied by the pages around it.
    pub nodes: u64,
    /// Objects of the answer, each multiplied by the pages around it.
    pub cost: u64,
    /// Fields of the answer, each multiplied by the pages around it; lists of the introspection at a guessed length.
    pub answer_fields: u64,
    /// Bytes of variables that execution copies: the largest variable times the places that use one.
    pub variable_copies: u64,
    /// Fields of [`Limits::once`] in one operation, with fragments expanded.
    pub mails: u64,
    /// Fields that write to people, or answer what was written to them: many at once are no form that somebody filled in.
    pub once: &'static [&'static str],
    /// Fields that are connections even when they are given neither `first` nor `last`.
    pub connections: &'static [&'static str],
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            document_bytes: 64 * 1024,
            nesting: 50,
            operations: 20,
            variables: 250,
            fields: 2_000,
            levels: 32,
            depth: 15,
            aliases: 30,
            directives: 50,
            values: 5_000,
            root_fields: 20,
            mutations: 10,
            streams: 1,
            list_items: 250,
            page: 100,
            default_page: 20,
            nodes: 10_000,
            cost: 5_000,
            answer_fields: 250_000,
            variable_copies: 16 * 1024 * 1024,
            mails: 1,
            once: &[
                "inviteGuest",
                "resendInvitation",
                "acceptInvitation",
                "declineInvitation",
                "requestVerification",
                "inviteToApp",
                "resendAppInvitation",
                "resendPortalLink",
            ],
            connections: &[],
        }
    }
}

/// A document that stays within its limits whatever the variables, ready to be priced and run.
#[derive(Debug)]
pub struct Document {
    parsed: ExecutableDocument,
    /// Every fragment, after those that it spreads.
    order: Vec<Name>,
    shape: Shape,
}

impl Document {
    /// What to hand to [`async_graphql::Request::set_parsed_query`], so that the text is parsed once.
    #[must_use]
    pub const fn parsed(&self) -> &ExecutableDocument {
        &self.parsed
    }

    /// Whether the operation that will be run is a subscription.
    #[must_use]
    pub fn is_subscription(&self, operation: Option<&str>) -> bool {
        price::chosen(&self.parsed.operations, operation).is_some_and(|chosen| chosen.ty == OperationType::Subscription)
    }

    /// What the document weighs, whatever the variables.
    #[must_use]
    pub const fn shape(&self) -> Shape {
        self.shape
    }

    /// The price of running one operation with these variables. When async-graphql would not know which operation to
    /// run, it runs none and says so, and the price is that of nothing.
    ///
    /// # Errors
    /// The first limit that the operation exceeds.
    pub fn price(&self, operation: Option<&str>, variables: &Variables, limits: &Limits) -> Result<Cost, GuardRefusal> {
        price::price(self, operation, variables, limits)
    }
}

/// Why a text did not become a [`Document`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It asks for too much.
    Refused(GuardRefusal),
    /// It is not GraphQL.
    Broken(Syntax),
}

/// Where and why a text is not GraphQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Syntax {
    /// Line and column, from 1, of the most important place; none where the whole document is at fault.
    pub at: Option<(usize, usize)>,
    /// The parser's reason, in English, without the excerpt of the text that it prints.
    pub reason: String,
}

/// Reads a text: bounds it, parses it, measures it.
///
/// # Errors
/// [`Unreadable::Refused`] when it exceeds a limit, [`Unreadable::Broken`] when it is not GraphQL.
pub fn read(text: &str, limits: &Limits) -> Result<Document, Unreadable> {
    let refused = |refusal| Unreadable::Refused(refusal);
    GuardRefusal::unless(Bound::DocumentBytes, text.len() as u64, limits.document_bytes).map_err(refused)?;
    let nesting = scan::nesting(text).map_err(|at| {
        Unreadable::Broken(Syntax { at: Some(scan::line_and_column(text, at)), reason: "unterminated string".into() })
    })?;
    GuardRefusal::unless(Bound::Nesting, nesting, limits.nesting).map_err(refused)?;
    match async_graphql::parser::parse_query(text) {
        Ok(parsed) => measure(parsed, limits).map_err(refused),
        Err(ParserError::RecursionLimitExceeded) => {
            Err(Unreadable::Refused(GuardRefusal::of(Bound::Nesting, nesting, limits.nesting)))
        }
        Err(error) => Err(Unreadable::Broken(Syntax {
            at: error.positions().next().map(|at| (at.line, at.column)),
            reason: reason(&error),
        })),
    }
}

/// Measures a parsed document. [`read`] is the usual way in: it also bounds the text that is parsed.
///
/// # Errors
/// The first limit that the document exceeds, in the order of [`Bound`].
pub fn measure(parsed: ExecutableDocument, limits: &Limits) -> Result<Document, GuardRefusal> {
    let mut steps = 0;
    let (shape, order) = shape::measure(&parsed, limits, &mut steps)?;
    Ok(Document { parsed, order, shape })
}

/// The parser prints an excerpt with a caret and, last, `= expected …`; only that last part is kept.
fn reason(error: &ParserError) -> String {
    let said = error.to_string();
    let last = said.lines().last().unwrap_or_default().trim();
    let short: String = last.trim_start_matches("= ").chars().take(200).collect();
    short
}
