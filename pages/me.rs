//! What is a person's own, whichever account they work in: where they may come in, how they sign in, and where they are signed in.

use crate::{
    Cx,
    parts::{Edge, Form, PageInfo},
};
use askama::Template;
use chrono::{DateTime, Utc};
use qrcode::{Color, QrCode};
use serde::Deserialize;
use std::fmt::Write;

/// The question behind [`Me`].
pub const ME: &str = include_str!("questions/me.graphql");
/// Saying yes to an invitation.
pub const ACCEPT: &str = include_str!("questions/accept_invitation.graphql");
/// Saying no.
pub const DECLINE: &str = include_str!("questions/decline_invitation.graphql");

/// How many squares around a drawn code stay light, so that phones see where it begins.
const QUIET: usize = 4;

/// What is told once something was done (`told-…`).
pub const DONE: [&str; 6] =
    ["me-password", "me-codes-off", "me-session-ended", "me-others-ended", "me-accepted", "me-declined"];

/// The answer to [`ME`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Answer {
    pub viewer: Viewer,
    pub access_list: Accounts,
    pub invitations: Vec<Invitation>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Viewer {
    pub user: Option<User>,
    pub totp_enabled: Option<bool>,
}

/// The login.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct User {
    pub id: String,
    pub name: Option<String>,
    pub email: Option<String>,
    pub registered_at: DateTime<Utc>,
}

/// « Liste d'accès ».
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Accounts {
    pub edges: Vec<Edge<Reached>>,
    pub page_info: PageInfo,
}

/// An account that can be entered.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Reached {
    pub account_id: String,
    pub number: String,
    pub company_name: String,
    pub contact_id: String,
    pub profile: String,
    pub status: String,
    pub since: DateTime<Utc>,
    pub last_used: Option<DateTime<Utc>>,
}

impl Reached {
    /// Whether it can be entered now.
    pub fn opens(&self) -> bool {
        self.status == "ACTIVE"
    }

    /// Whether one can leave it oneself.
    pub fn can_be_left(&self) -> bool {
        self.profile == "GUEST" && self.opens()
    }
}

/// An invitation that waits for an answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Invitation {
    pub contact_id: String,
    pub account_id: String,
    pub number: String,
    pub company_name: String,
    pub permissions: Vec<String>,
    pub sent_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// A place where one is signed in.
#[derive(Debug, Clone)]
pub struct Session {
    /// Its id.
    pub id: String,
    /// Whether it is this one.
    pub current: bool,
    /// The browser, as it names itself.
    pub agent: Option<String>,
    /// From where.
    pub address: Option<String>,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// When it was last used.
    pub seen_at: DateTime<Utc>,
}

/// The browser and the system that a browser says it is; else what it says, cut.
pub fn browser(agent: &str) -> String {
    let has = |word: &str| agent.contains(word);
    let browser =
        [("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")];
    let system = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ];
    let named = |all: &[(&str, &'static str)]| all.iter().find(|(word, _)| has(word)).map(|(_, name)| *name);
    match (named(&browser), named(&system)) {
        (Some(browser), Some(system)) => format!("{browser} · {system}"),
        _ => agent.chars().take(60).collect(),
    }
}

/// A sign-in that was tried.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// When.
    pub at: DateTime<Utc>,
    /// `SIGNED_IN`, `PROVIDER`, `SECOND_FACTOR`, `WRONG_PASSWORD`, `WRONG_CODE`.
    pub result: String,
    /// The browser, as it names itself.
    pub agent: Option<String>,
    /// From where.
    pub address: Option<String>,
}

/// The page of it all.
#[derive(Template, Debug)]
#[template(path = "me.html")]
pub struct Me {
    /// What every page shows.
    pub cx: Cx,
    /// The login.
    pub user: Option<User>,
    /// Whether the account's provider opened this session: then what is the person's own stays closed.
    pub by_provider: bool,
    /// Whether a code is asked for.
    pub codes: bool,
    /// Recovery codes that are left.
    pub recovery: i64,
    /// Where they may come in.
    pub accounts: Accounts,
    /// Who invites them.
    pub invitations: Vec<Invitation>,
    /// Where they are signed in.
    pub sessions: Vec<Session>,
    /// The newest sign-ins.
    pub sign_ins: Vec<SignIn>,
    /// The new password: nothing but what is wrong with it.
    pub password: Form,
    /// The form about the app's codes that something is wrong with, and its name: `enrol`, `off` or `recovery`.
    pub wrong: Option<(&'static str, Form)>,
}

impl Me {
    /// What is wrong with one of the forms about codes.
    fn form(&self, name: &str) -> Form {
        self.wrong.as_ref().filter(|(wrong, _)| *wrong == name).map(|(_, form)| form.clone()).unwrap_or_default()
    }

    /// Whether it is the one that something is wrong with, and so stands open.
    fn is_open(&self, name: &str) -> bool {
        self.wrong.as_ref().is_some_and(|(wrong, _)| *wrong == name)
    }

    fn is_alone(&self) -> bool {
        self.sessions.len() < 2
    }
}

/// Setting an app up: its secret, and its first code.
#[derive(Template, Debug)]
#[template(path = "me_codes.html")]
pub struct Codes {
    /// What every page shows.
    pub cx: Cx,
    /// For typing it in.
    pub secret: String,
    /// For an app on this device.
    pub uri: String,
    /// What was typed.
    pub form: Form,
}

impl Codes {
    /// The secret in groups of four.
    fn groups(&self) -> Vec<&str> {
        let at = |n: usize| self.secret.get(n..(n + 4).min(self.secret.len()));
        (0..self.secret.len()).step_by(4).filter_map(at).collect()
    }

    /// What a phone reads; none where it is too long for that.
    fn drawn(&self) -> Option<Drawn> {
        let code = QrCode::new(&self.uri).ok()?;
        let across = code.width();
        let dark = code.to_colors().into_iter().enumerate().filter(|(_, color)| *color == Color::Dark);
        let mut path = String::new();
        for (n, _) in dark {
            // Writing into a text does not fail.
            let _ = write!(path, "M{} {}h1v1h-1z", n % across + QUIET, n / across + QUIET);
        }
        Some(Drawn { side: across + 2 * QUIET, path })
    }
}

/// A drawn code: its sides, and its dark squares.
struct Drawn {
    side: usize,
    path: String,
}

/// Codes to keep, shown once.
#[derive(Template, Debug)]
#[template(path = "me_recovery.html")]
pub struct Recovery {
    /// What every page shows.
    pub cx: Cx,
    /// They.
    pub codes: Vec<String>,
}

/// What is asked before an account is left.
#[derive(Template, Debug)]
#[template(path = "me_leave.html", blocks = ["dialog"])]
pub struct Leave {
    /// What every page shows.
    pub cx: Cx,
    /// Which.
    pub account: Reached,
    /// What is wrong.
    pub form: Form,
}

#[cfg(test)]
mod tests {
    use super::{Codes, browser};
    use crate::{Cx, parts::Form};
    use qrcode::QrCode;

    #[test]
    fn a_code_is_drawn_square_by_square_with_a_light_border() {
        let uri = "otpauth://totp/S%C3%A9same:camille@exemple.fr?secret=GEZDGNBVGY3TQOJQ&issuer=S%C3%A9same";
        let cx = Cx::default();
        let codes = |uri: String| Codes { cx: cx.clone(), secret: String::new(), uri, form: Form::default() };
        let (drawn, whole) = (codes(uri.into()).drawn(), QrCode::new(uri).ok());
        assert_eq!(drawn.as_ref().map(|it| it.side), whole.as_ref().map(|it| it.width() + 8));
        let dark = |code: QrCode| code.to_colors().iter().filter(|color| **color == qrcode::Color::Dark).count();
        assert_eq!(drawn.as_ref().map(|it| it.path.matches('M').count()), whole.map(dark));
        assert!(drawn.is_some_and(|it| it.path.starts_with("M4 4h1v1h-1z")), "its corner is dark");
        assert!(codes("x".repeat(5_000)).drawn().is_none(), "what does not fit is not drawn");
    }

    #[test]
    fn a_browser_is_named_as_people_name_it() {
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
        assert_eq!(browser(firefox), "Firefox · Linux");
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1";
        assert_eq!(browser(phone), "Safari · iPhone");
        assert_eq!(browser("curl/8.5.0"), "curl/8.5.0");
    }
}
