//! Who signed up in the account's app: who waits to be let in, who matches nobody, who is there and did not register (rows A2, A3, A9, A15 to A19, B9).

use crate::{
    Cx,
    erp::{Account, Contact},
    parts::{Edge, Form, Listed, PageInfo},
};
use askama::Template;
use chrono::{DateTime, Utc};
use serde::Deserialize;

/// The question behind [`Registrations`].
pub const REGISTRATIONS: &str = include_str!("questions/registrations.graphql");
/// The question behind those who did not register.
pub const NOT_REGISTERED: &str = include_str!("questions/uninvited.graphql");
/// Letting somebody in.
pub const VALIDATE: &str = include_str!("questions/registration_validate.graphql");
/// Turning somebody away.
pub const REFUSE: &str = include_str!("questions/registration_refuse.graphql");
/// Saying who a sign-up is.
pub const LINK: &str = include_str!("questions/registration_link.graphql");
/// Inviting somebody.
pub const INVITE: &str = include_str!("questions/registration_invite.graphql");
/// Inviting them again.
pub const RESEND: &str = include_str!("questions/registration_resend.graphql");
/// Letting everybody in who waits.
pub const VALIDATE_ALL: &str = include_str!("questions/registration_validate_all.graphql");

/// What is told once something was done (`told-…`).
pub const DONE: [&str; 6] =
    ["app-validated", "app-refused", "app-linked", "app-invited", "app-invited-again", "app-all-validated"];

/// The lists, as their tabs stand. The last one is of contacts without a sign-up.
pub const STATES: [&str; 5] = ["PENDING_VALIDATION", "WAITING", "REGISTERED", "NOT_REGISTERED", "REFUSED"];

/// The answer to [`REGISTRATIONS`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Answer {
    pub account: Option<Account>,
    pub registrations: Listed<Entry>,
    #[serde(default)]
    pub email_mismatches: Option<Mismatches>,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Mismatches {
    pub edges: Vec<Edge<Mismatch>>,
}

/// The answer to [`NOT_REGISTERED`].
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct NotRegistered {
    pub account: Option<Account>,
    pub contacts: Listed<Uninvited>,
}

/// A row of a list.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Entry {
    pub since: DateTime<Utc>,
    pub contact: Option<Registered>,
    pub registration: Option<SignUp>,
}

/// A contact with a sign-up.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Registered {
    pub id: String,
    pub display_name: String,
    pub email: Option<String>,
    pub registration: Devices,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Devices {
    pub devices: Vec<Device>,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Device {
    pub model: String,
}

/// A sign-up that is nobody's yet.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct SignUp {
    pub id: String,
    pub email: Option<String>,
    pub email_verified: bool,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub phone: Option<String>,
    pub devices: Vec<Device>,
}

impl SignUp {
    /// What they call themselves, else their e-mail.
    pub fn name(&self) -> String {
        let names = [&self.first_name, &self.last_name].into_iter().flatten().map(String::as_str);
        let name = names.collect::<Vec<_>>().join(" ");
        if name.is_empty() { self.email.clone().unwrap_or_default() } else { name }
    }
}

/// A sign-up beside whom it might be.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Mismatch {
    pub registration: SignUp,
    pub suggestions: Vec<Suggestion>,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Suggestion {
    pub score: i64,
    pub reasons: Vec<String>,
    pub contact: Contact,
}

/// A contact without a sign-up.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Uninvited {
    pub id: String,
    pub display_name: String,
    pub email: Option<String>,
    pub registration: Invited,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Invited {
    pub invited_at: Option<DateTime<Utc>>,
    pub invitation_expires_at: Option<DateTime<Utc>>,
}

/// What a list shows.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each is named after what it shows")]
pub enum Rows {
    SignUps { list: Listed<Entry>, doctor: Vec<Mismatch> },
    Uninvited(Listed<Uninvited>),
}

impl Rows {
    /// Whether it is there, and from where on more.
    pub fn page_info(&self) -> &PageInfo {
        match self {
            Rows::SignUps { list, .. } => &list.page_info,
            Rows::Uninvited(list) => &list.page_info,
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Rows::SignUps { list, .. } => list.edges.is_empty(),
            Rows::Uninvited(list) => list.edges.is_empty(),
        }
    }
}

/// « Inscriptions sur l'app ».
#[derive(Template, Debug)]
#[template(path = "registrations.html")]
pub struct Registrations {
    /// What every page shows.
    pub cx: Cx,
    /// Of the account.
    pub account: Account,
    /// Which list.
    pub state: String,
    /// Its rows.
    pub rows: Rows,
}

impl Registrations {
    /// The list's address, without its page.
    fn here(&self) -> String {
        format!("{}?state={}", self.cx.at("erp/app"), self.state)
    }

    /// Whether a sign-up stands among the pairs above already.
    fn is_paired(&self, entry: &Entry) -> bool {
        let Rows::SignUps { doctor, .. } = &self.rows else { return false };
        let id = entry.registration.as_ref().map(|registration| registration.id.as_str());
        doctor.iter().any(|pair| Some(pair.registration.id.as_str()) == id)
    }
}

/// Letting everybody in who waits: how many, before it is done.
#[derive(Template, Debug)]
#[template(path = "validate_all.html", blocks = ["dialog"])]
pub struct ValidateAll {
    /// What every page shows.
    pub cx: Cx,
    /// Of the account.
    pub account: Account,
    /// What is wrong.
    pub form: Form,
}
