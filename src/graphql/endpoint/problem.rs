//! What the endpoint itself has to say against a request: status, code, and a sentence in French or English.

use axum::http::StatusCode;

use crate::graphql::guard::{GuardRefusal, Syntax};
use crate::i18n::lang::Lang;

/// Why a request was not executed.
#[derive(Clone, Debug)]
pub(super) enum Problem {
    /// Another method than POST.
    Method,
    /// `Accept` allows neither of our media types.
    NotAcceptable,
    /// The body is not announced as JSON.
    MediaType,
    /// More bytes than this.
    TooLarge(usize),
    /// The body did not arrive in time.
    TooSlow,
    /// Not JSON: line and column.
    Json { at: Option<(usize, usize)> },
    /// A list of requests.
    Batch,
    /// JSON, but no GraphQL request.
    Shape(Wrong),
    /// Not GraphQL.
    Syntax(Syntax),
    /// Not a subscription, where only those are served.
    NotLive,
    /// The caller's bucket does not hold what it costs: try again after so many seconds.
    Spent(u64),
    /// Over a limit.
    TooComplex(GuardRefusal),
}

/// Which member of the JSON object is missing or of another type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    NotAnObject,
    NoQuery,
    Query,
    OperationName,
    Variables,
    Extensions,
}

impl Problem {
    pub(super) const fn code(&self) -> &'static str {
        match self {
            Self::Method => "METHOD_NOT_ALLOWED",
            Self::NotAcceptable => "NOT_ACCEPTABLE",
            Self::MediaType => "UNSUPPORTED_MEDIA_TYPE",
            Self::TooLarge(_) => "PAYLOAD_TOO_LARGE",
            Self::TooSlow => "REQUEST_TIMEOUT",
            Self::Json { .. } | Self::Shape(_) => "BAD_REQUEST",
            Self::Batch => "BATCHING_NOT_SUPPORTED",
            Self::Syntax(_) => "GRAPHQL_PARSE_FAILED",
            Self::NotLive => "SUBSCRIPTIONS_ONLY",
            Self::Spent(_) => "RATE_LIMITED",
            Self::TooComplex(_) => GuardRefusal::CODE,
        }
    }

    /// The HTTP status. A well-formed request whose document cannot be run is told by [`Media`](super::accept::Media).
    pub(super) const fn status(&self) -> StatusCode {
        match self {
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Spent(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Json { .. }
            | Self::Shape(_)
            | Self::Batch
            | Self::Syntax(_)
            | Self::NotLive
            | Self::TooComplex(_) => StatusCode::BAD_REQUEST,
        }
    }

    pub(super) fn message(&self, lang: Lang) -> String {
        match lang {
            Lang::Fr => self.french(),
            Lang::En => self.english(),
        }
    }

    fn french(&self) -> String {
        match self {
            Self::Method => "GraphQL n’est servi qu’en POST.".into(),
            Self::NotAcceptable => {
                "La réponse est en application/json ou en application/graphql-response+json\u{202f}; l’en-tête Accept refuse les deux.".into()
            }
            Self::MediaType => "La requête doit être en application/json, en UTF-8, sans compression.".into(),
            Self::TooLarge(limit) => format!("La requête dépasse {limit} octets."),
            Self::TooSlow => "La requête n’est pas arrivée à temps.".into(),
            Self::Json { at: Some((line, column)) } => {
                format!("La requête n’est pas du JSON\u{202f}: ligne {line}, colonne {column}.")
            }
            Self::Json { at: None } => "La requête n’est pas arrivée entière.".into(),
            Self::Batch => "Une seule requête à la fois\u{202f}: les listes de requêtes ne sont pas acceptées.".into(),
            Self::Shape(wrong) => match wrong {
                Wrong::NotAnObject => "La requête doit être un objet JSON avec «\u{202f}query\u{202f}».".into(),
                Wrong::NoQuery => "Il manque «\u{202f}query\u{202f}», le document GraphQL.".into(),
                Wrong::Query => "«\u{202f}query\u{202f}» doit être un texte.".into(),
                Wrong::OperationName => "«\u{202f}operationName\u{202f}» doit être un texte ou null.".into(),
                Wrong::Variables => "«\u{202f}variables\u{202f}» doit être un objet ou null.".into(),
                Wrong::Extensions => "«\u{202f}extensions\u{202f}» doit être un objet ou null.".into(),
            },
            Self::Syntax(Syntax { at, reason }) => match at {
                Some((line, column)) => {
                    format!("Erreur de syntaxe GraphQL ligne {line}, colonne {column}\u{202f}: {reason}.")
                }
                None => format!("Erreur de syntaxe GraphQL\u{202f}: {reason}."),
            },
            Self::NotLive => "Seuls les abonnements GraphQL sont servis ici. Envoyez les requêtes et les mutations en POST à /graphql.".into(),
            Self::Spent(seconds) => {
                format!("Trop de demandes en peu de temps. Attendez {seconds}\u{a0}s, puis recommencez.")
            }
            Self::TooComplex(refusal) => refusal.message(Lang::Fr),
        }
    }

    fn english(&self) -> String {
        match self {
            Self::Method => "GraphQL is served by POST only.".into(),
            Self::NotAcceptable => {
                "The answer is application/json or application/graphql-response+json; the Accept header refuses both."
                    .into()
            }
            Self::MediaType => "The request must be application/json, in UTF-8, not compressed.".into(),
            Self::TooLarge(limit) => format!("The request is longer than {limit} bytes."),
            Self::TooSlow => "The request did not arrive in time.".into(),
            Self::Json { at: Some((line, column)) } => {
                format!("The request is not JSON: line {line}, column {column}.")
            }
            Self::Json { at: None } => "The request did not arrive whole.".into(),
            Self::Batch => "One request at a time: lists of requests are not accepted.".into(),
            Self::Shape(wrong) => match wrong {
                Wrong::NotAnObject => "The request must be a JSON object with `query`.".into(),
                Wrong::NoQuery => "`query`, the GraphQL document, is missing.".into(),
                Wrong::Query => "`query` must be a string.".into(),
                Wrong::OperationName => "`operationName` must be a string or null.".into(),
                Wrong::Variables => "`variables` must be an object or null.".into(),
                Wrong::Extensions => "`extensions` must be an object or null.".into(),
            },
            Self::Syntax(Syntax { at, reason }) => match at {
                Some((line, column)) => format!("GraphQL syntax error at line {line}, column {column}: {reason}."),
                None => format!("GraphQL syntax error: {reason}."),
            },
            Self::NotLive => {
                "Only GraphQL subscriptions are served here. Send queries and mutations to /graphql by POST.".into()
            }
            Self::Spent(seconds) => format!("Too many requests in a short time. Wait {seconds} s, then try again."),
            Self::TooComplex(refusal) => refusal.message(Lang::En),
        }
    }
}
