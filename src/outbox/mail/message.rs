//! A mail as values, and the message made of it. Whatever stands in a value, it is a part of that value's header or of the body, and of nothing else.

use super::{Hope, NotSent};
use chrono::{DateTime, Utc};
use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart,
        header::{Header, HeaderName, HeaderValue},
    },
};
use std::error::Error;
use uuid::Uuid;

/// Longest text of a name or a subject, in characters.
const LINE_MAX: usize = 200;

/// A mail, ready to be handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The delivery: the same at every attempt, and so is the message's id.
    pub id: Uuid,
    /// Whom it concerns, so that it goes with them.
    pub subject_id: Option<Uuid>,
    /// Which mail.
    pub template: String,
    /// As whom it comes: the account's name.
    pub from_name: String,
    /// From which address.
    pub from: String,
    /// Its reader's name; empty: none.
    pub to_name: String,
    /// Its reader's address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// As text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// `fr` or `en`.
    pub lang: &'static str,
    /// When it is sent.
    pub at: DateTime<Utc>,
}

/// Tells other machines that no answer is wanted (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
        Ok(AutoSubmitted)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// In which language it is.
#[derive(Clone)]
struct ContentLanguage(&'static str);

impl Header for ContentLanguage {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Language")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
        Ok(ContentLanguage(if text == "fr" { "fr" } else { "en" }))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.to_owned())
    }
}

/// A value on one line of bounded length: what breaks lines, moves the cursor or turns the direction of writing becomes a space.
pub fn one_line(text: &str) -> String {
    let steers = |c: char| {
        c.is_control()
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let spaced: String = text.chars().map(|c| if steers(c) { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LINE_MAX).collect()
}

/// A name that somebody gave, on one line, and so that no mail program makes a link of it: whoever is named after an address leads nobody there. What is put in
/// is not seen (a space without width, U+200B).
pub fn named(text: &str) -> String {
    let line = one_line(text);
    let mut name = String::with_capacity(line.len());
    let mut letters = line.chars().peekable();
    while let Some(c) = letters.next() {
        name.push(c);
        let goes_on = letters.peek().is_some_and(|next| next.is_alphanumeric() || *next == '/');
        if goes_on && matches!(c, '.' | ':' | '/' | '@') {
            name.push('\u{200b}');
        }
    }
    name
}

impl Mail {
    /// The message: headers encoded, text and HTML side by side.
    pub fn message(&self) -> Result<Message, NotSent> {
        let unusable = || NotSent { reason: "ADDRESS".into(), hope: Hope::Never };
        let mailbox = |name: &str, address: &str| {
            let name = one_line(name);
            Some(Mailbox::new(Some(name).filter(|name| !name.is_empty()), address.parse::<Address>().ok()?))
        };
        let from = mailbox(&self.from_name, &self.from).ok_or_else(unusable)?;
        let to = mailbox(&self.to_name, &self.to).ok_or_else(unusable)?;
        let domain = from.email.domain().to_owned();
        Message::builder()
            .date(self.at.into())
            .message_id(Some(format!("<{}@{domain}>", self.id.simple())))
            .from(from)
            .to(to)
            .subject(one_line(&self.subject))
            .header(AutoSubmitted)
            .header(ContentLanguage(self.lang))
            .multipart(MultiPart::alternative_plain_html(self.text.clone(), self.html.clone()))
            .map_err(|_| unusable())
    }
}
