//! What the instance itself writes to whoever asks for a login or a new password. No account stands behind it, and no row of the outbox: the row that
//! was written when they asked is attended to by `identity::knock`.

use super::{
    Mail, one_line,
    render::{composed, in_both},
    templates::words_of,
};
use crate::{i18n::lang::Lang, outbox::Outside};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// As whom it comes.
const FROM: &str = "Sésame";

/// What is to be written, and to whom.
#[derive(Clone)]
pub struct Letter<'a> {
    /// The same at every attempt.
    pub id: Uuid,
    /// Which words.
    pub template: &'static str,
    /// From which address.
    pub outside: &'a Outside,
    /// Its reader's address. Nothing else that somebody typed stands in it: whoever asks for a login with another's address writes nothing to them.
    pub to: &'a str,
    /// Where its link leads.
    pub link: &'a str,
    /// In which language; none: in both, without a link.
    pub lang: Option<Lang>,
    /// When it is sent.
    pub at: DateTime<Utc>,
}

/// The mail; none where there are no such words.
pub fn letter(letter: Letter<'_>) -> Option<Mail> {
    let values = vec![("email", one_line(letter.to))];
    let (subject, text, html) = match letter.lang {
        Some(lang) => composed(&words_of(letter.template, lang)?, &values, Some(letter.link), lang)?,
        None => in_both(|lang| words_of(letter.template, lang), &values)?,
    };
    Some(Mail {
        id: letter.id,
        subject_id: None,
        template: letter.template.to_owned(),
        from_name: FROM.to_owned(),
        from: letter.outside.mail_from.clone(),
        to_name: String::new(),
        to: letter.to.to_owned(),
        subject,
        text,
        html,
        lang: letter.lang.unwrap_or(Lang::Fr).tag(),
        at: letter.at,
    })
}
