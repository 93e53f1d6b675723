//! What mailed links lead to: choosing a password, showing that an address is one's own, answering an invitation; and what is told where there is no page.
//!
//! The address of these pages is a secret, so nothing on them goes out with it: no script, no switch of the language, no link that carries it but the forms.

use crate::{Cx, parts::Form};
use askama::Template;
use chrono::{DateTime, NaiveDate, Utc};

/// Choosing a password.
#[derive(Template, Debug)]
#[template(path = "link_password.html")]
pub struct Password {
    /// What every page shows.
    pub cx: Cx,
    /// Whose it is.
    pub email: String,
    /// What for: `LOGIN`, `PASSWORD` or `PORTAL`.
    pub purpose: &'static str,
    /// Where the form goes: the link.
    pub action: String,
    /// What is wrong.
    pub form: Form,
}

/// Signing in, where that is what follows.
#[derive(Template, Debug)]
#[template(path = "link_sign_in.html")]
pub struct SignIn {
    /// What every page shows.
    pub cx: Cx,
    /// With which address.
    pub email: String,
    /// Whether a password was chosen just now.
    pub chosen: bool,
}

impl SignIn {
    fn form(&self) -> Form {
        Form::of([("email", self.email.clone())])
    }
}

/// Showing that an address is one's own.
#[derive(Template, Debug)]
#[template(path = "link_verify.html")]
pub struct Verify {
    /// What every page shows.
    pub cx: Cx,
    /// The account that asks.
    pub company: String,
    /// Where the form goes: the link; none: it was done.
    pub action: Option<String>,
}

/// Who looks at an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reader {
    /// Nobody is signed in.
    Nobody,
    /// Whoever was invited.
    Invited,
    /// Somebody else, with this address.
    Other(String),
}

/// An invitation to an account.
#[derive(Template, Debug)]
#[template(path = "link_invitation.html")]
pub struct Invitation {
    /// What every page shows.
    pub cx: Cx,
    /// Who invites.
    pub company: String,
    /// Its customer number.
    pub number: String,
    /// What may be done there.
    pub rights: Vec<String>,
    /// The last day of it.
    pub until: Option<NaiveDate>,
    /// When the invitation runs out.
    pub expires_at: DateTime<Utc>,
    /// Where the form goes: the link.
    pub action: String,
    /// Who looks.
    pub reader: Reader,
}

impl Invitation {
    fn is_for_reader(&self) -> bool {
        self.reader == Reader::Invited
    }

    fn form(&self) -> Form {
        Form::default()
    }
}

/// An invitation that was answered.
#[derive(Template, Debug)]
#[template(path = "link_answered.html")]
pub struct Answered {
    /// What every page shows.
    pub cx: Cx,
    /// Who invited.
    pub company: String,
    /// Their account.
    pub account: String,
    /// Whether the answer was yes.
    pub accepted: bool,
}

/// An invitation to an account's app.
#[derive(Template, Debug)]
#[template(path = "link_app.html")]
pub struct App {
    /// What every page shows.
    pub cx: Cx,
    /// Whose app.
    pub company: String,
}

/// What is told where there is no page, or of a form that was not done.
#[derive(Template, Debug)]
#[template(path = "told.html")]
pub struct Told {
    /// What every page shows.
    pub cx: Cx,
    /// What it is about: `KEEP`, `MAIL`, `NOT_DONE`, `NOTHING_HERE`, `NOT_YOURS`, `SIGN_IN`, `BUSY`, `FAILED` or `SPENT`.
    pub about: &'static str,
    /// Sentences.
    pub texts: Vec<String>,
    /// What to keep, each on a line.
    pub codes: Vec<String>,
    /// By which the operator finds the request.
    pub reference: Option<String>,
}

impl Told {
    fn is(&self, about: &str) -> bool {
        self.about == about
    }

    /// By the status of the answer.
    pub fn about(status: u16) -> &'static str {
        match status {
            200..=299 => "KEEP",
            401 => "SIGN_IN",
            403 => "NOT_YOURS",
            404 => "NOTHING_HERE",
            503 => "BUSY",
            500..=599 => "FAILED",
            _ => "NOT_DONE",
        }
    }
}

/// A mail of the demo.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Its language.
    pub lang: String,
    /// Its subject.
    pub subject: String,
    /// To whom.
    pub to: String,
    /// Which it is.
    pub template: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Its text, with its links.
    pub text: String,
}

impl Mail {
    /// The text in pieces: what is a link of ours, and what is not.
    pub fn pieces(&self) -> Vec<(bool, &str)> {
        let mut pieces = Vec::new();
        let mut rest = self.text.as_str();
        while let Some(begins) = rest.find("http") {
            let (before, from) = rest.split_at(begins);
            let ends = from.find(char::is_whitespace).unwrap_or(from.len());
            let (link, after) = from.split_at(ends);
            pieces.push((false, before));
            // The path alone: the demo is looked at under whatever name it has.
            pieces.push((link.contains("/links/"), link));
            rest = after;
        }
        pieces.push((false, rest));
        pieces
    }
}

/// The path of an address of ours.
fn path_of(link: &str) -> &str {
    link.find("/links/").and_then(|at| link.get(at..)).unwrap_or_default()
}

/// What the demo would mail.
#[derive(Template, Debug)]
#[template(path = "mailbox.html")]
pub struct Mailbox {
    /// What every page shows.
    pub cx: Cx,
    /// The mails, the newest first.
    pub mails: Vec<Mail>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_of_a_mail_is_followed_and_the_words_around_it_stay() {
        let mail = Mail {
            lang: "fr".into(),
            subject: String::new(),
            to: String::new(),
            template: String::new(),
            at: DateTime::default(),
            text: "Bonjour,\nhttps://sesame.exemple.fr/links/abc\net http://exemple.fr".into(),
        };
        let link = "https://sesame.exemple.fr/links/abc";
        let pieces = [(false, "Bonjour,\n"), (true, link), (false, "\net "), (false, "http://exemple.fr"), (false, "")];
        assert_eq!(mail.pieces(), pieces);
        assert_eq!(path_of(link), "/links/abc");
    }

    #[test]
    fn what_is_told_is_named_by_the_status() {
        let named = [200, 401, 403, 404, 422, 500, 503].map(Told::about);
        assert_eq!(named, ["KEEP", "SIGN_IN", "NOT_YOURS", "NOTHING_HERE", "NOT_DONE", "FAILED", "BUSY"]);
    }
}
