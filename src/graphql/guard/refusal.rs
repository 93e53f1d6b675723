//! What the guard says when a document asks for too much: which bound, the limit, and what was asked.

use crate::i18n::lang::Lang;

/// What is bounded. The order is that in which a document is checked, so that one document is always refused alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bound {
    /// [`Limits::document_bytes`](super::Limits::document_bytes).
    DocumentBytes,
    /// [`Limits::nesting`](super::Limits::nesting).
    Nesting,
    /// [`Limits::operations`](super::Limits::operations).
    Operations,
    /// [`Limits::variables`](super::Limits::variables).
    Variables,
    /// A fragment that spreads itself, directly or through others.
    FragmentCycle,
    /// [`Limits::levels`](super::Limits::levels).
    Levels,
    /// [`Limits::depth`](super::Limits::depth).
    Depth,
    /// [`Limits::fields`](super::Limits::fields).
    Fields,
    /// [`Limits::aliases`](super::Limits::aliases).
    Aliases,
    /// [`Limits::directives`](super::Limits::directives).
    Directives,
    /// [`Limits::values`](super::Limits::values).
    Values,
    /// [`Limits::list_items`](super::Limits::list_items).
    ListItems,
    /// [`Limits::root_fields`](super::Limits::root_fields).
    RootFields,
    /// [`Limits::mutations`](super::Limits::mutations).
    Mutations,
    /// [`Limits::mails`](super::Limits::mails).
    Mails,
    /// [`Limits::streams`](super::Limits::streams).
    Streams,
    /// [`Limits::page`](super::Limits::page).
    Page,
    /// [`Limits::nodes`](super::Limits::nodes).
    Nodes,
    /// [`Limits::cost`](super::Limits::cost).
    Cost,
    /// [`Limits::answer_fields`](super::Limits::answer_fields).
    AnswerFields,
    /// [`Limits::variable_copies`](super::Limits::variable_copies).
    VariableCopies,
}

impl Bound {
    /// The stable name for programs, in `extensions.bound`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.words().0
    }

    /// Name, French, English.
    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::DocumentBytes => ("DOCUMENT_BYTES", "taille du document en octets", "bytes of the document"),
            Self::Nesting => ("NESTING", "parenthèses et accolades imbriquées", "brackets inside one another"),
            Self::Operations => ("OPERATIONS", "opérations dans le document", "operations in the document"),
            Self::Variables => ("VARIABLES", "variables déclarées", "variables defined"),
            Self::FragmentCycle => ("FRAGMENT_CYCLE", "fragments qui se contiennent eux-mêmes", "fragments in a cycle"),
            Self::Levels => ("LEVELS", "sélections imbriquées", "selections inside one another"),
            Self::Depth => ("DEPTH", "champs imbriqués", "fields inside one another"),
            Self::Fields => ("FIELDS", "champs, fragments développés", "fields, fragments expanded"),
            Self::Aliases => ("ALIASES", "alias", "aliases"),
            Self::Directives => ("DIRECTIVES", "directives", "directives"),
            Self::Values => ("VALUES", "valeurs d’arguments", "argument values"),
            Self::ListItems => ("LIST_ITEMS", "éléments d’une liste", "items of one list"),
            Self::RootFields => ("ROOT_FIELDS", "champs à la racine", "fields at the root"),
            Self::Mutations => ("MUTATIONS", "mutations dans une opération", "mutations in one operation"),
            Self::Mails => {
                ("MAILS", "invitations et envois dans une opération", "invitations and mailings in one operation")
            }
            Self::Streams => ("STREAMS", "champs d’un abonnement", "fields of one subscription"),
            Self::Page => ("PAGE", "« first » ou « last », à partir de 1", "`first` or `last`, from 1"),
            Self::Nodes => ("NODES", "lignes demandées", "rows asked for"),
            Self::Cost => ("COST", "coût", "cost"),
            Self::AnswerFields => ("ANSWER_FIELDS", "champs dans la réponse", "fields in the answer"),
            Self::VariableCopies => ("VARIABLE_COPIES", "variables recopiées, en octets", "bytes of variables copied"),
        }
    }
}

/// A document, or one operation with its variables, that asks for more than a limit allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GuardRefusal {
    /// Which limit.
    pub bound: Bound,
    /// The most that is allowed.
    pub limit: u64,
    /// What was asked; the highest number when it is more than can be counted.
    pub actual: i64,
}

impl GuardRefusal {
    /// The one code of these refusals, in `extensions.code`.
    pub const CODE: &'static str = "QUERY_TOO_COMPLEX";

    pub(super) const fn unless(bound: Bound, actual: u64, limit: u64) -> Result<(), Self> {
        if actual <= limit { Ok(()) } else { Err(Self::of(bound, actual, limit)) }
    }

    pub(super) const fn of(bound: Bound, actual: u64, limit: u64) -> Self {
        let most = i64::MAX.cast_unsigned();
        let actual = if actual > most { most } else { actual };
        Self { bound, limit, actual: actual.cast_signed() }
    }

    /// One sentence for the person who wrote the document.
    #[must_use]
    pub fn message(&self, lang: Lang) -> String {
        let Self { bound, limit, actual } = *self;
        let (_, french, english) = bound.words();
        match lang {
            Lang::Fr => format!("Requête trop complexe\u{202f}: {french} ({actual}\u{202f}; au plus {limit})."),
            Lang::En => format!("Query too complex: {english} ({actual}; at most {limit})."),
        }
    }
}
