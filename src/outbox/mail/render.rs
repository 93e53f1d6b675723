//! Makes a mail of a template and the states as they are now; or says why it is no longer current, and then nothing is sent.

use super::{About, Mail, named, one_line};
use crate::{
    i18n::{lang::Lang, typography},
    outbox::{
        mail::templates::{Part, Values, Words, fill, set, words_of},
        store::Due,
    },
    vault::link::Purpose,
};
use chrono::{DateTime, Utc};
use domain::{
    ContactId, Folded, ProductId, SubscriptionId,
    access::{Facts as AccessFacts, decide_access},
    account::AccountState,
    contact::{ContactState, pseudonym},
    values::{ClaimStatus, MembershipStatus, PortalRole},
};
use std::{collections::BTreeMap, sync::Arc};
use uuid::Uuid;

/// What a mail may speak of.
pub(super) struct Facts {
    pub account: Arc<Folded>,
    pub owner: Option<(ContactId, Arc<Folded>)>,
    pub contact: Arc<Folded>,
    pub product: Option<Arc<Folded>>,
    pub subscriptions: Vec<(SubscriptionId, Arc<Folded>)>,
    pub now: DateTime<Utc>,
    pub public_url: String,
    pub mail_from: String,
    pub support: Option<String>,
    /// The text of a one-time link.
    pub link: Box<dyn Fn(Purpose, Uuid, Uuid) -> String + Send + Sync>,
}

/// Why nothing is sent.
type Dropped = &'static str;
const CONTACT_GONE: Dropped = "CONTACT_GONE";
const NO_ADDRESS: Dropped = "NO_ADDRESS";
const NOT_CURRENT: Dropped = "NOT_CURRENT";
const UNKNOWN: Dropped = "UNKNOWN";

/// What a mail says, and to whom.
pub(super) struct Said {
    /// Whose address it is; none: nobody's of the account.
    pub reader: Option<ContactId>,
    to: String,
    to_name: String,
    subject: String,
    text: String,
    html: String,
    lang: Lang,
}

impl Said {
    pub fn mail(self, row: &Due, facts: &Facts) -> Mail {
        Mail {
            id: row.id,
            subject_id: row.subject,
            template: row.template.clone(),
            from_name: facts.account.state.account().map(|a| a.company_name.clone()).unwrap_or_default(),
            from: facts.mail_from.clone(),
            to_name: self.to_name,
            to: self.to,
            subject: self.subject,
            text: self.text,
            html: self.html,
            lang: self.lang.tag(),
            at: facts.now,
        }
    }
}

/// Whether a mail goes to the account's owner.
pub(super) fn is_for_owner(template: &str) -> bool {
    matches!(template, "portal_owner" | "deletion_decided")
}

struct Scene<'a> {
    facts: &'a Facts,
    account: &'a AccountState,
    id: Uuid,
    contact: &'a ContactState,
    lang: Lang,
}

/// What the mail says now.
pub(super) fn render(template: &str, about: &About, facts: &Facts) -> Result<Said, Dropped> {
    let account = facts.account.state.account().ok_or(UNKNOWN)?;
    let contact = facts.contact.state.contact().ok_or(CONTACT_GONE)?;
    if contact.account.0 != account.id.0 {
        return Err(UNKNOWN);
    }
    let lang = Lang::of(&account.locale);
    let scene = Scene { facts, account, id: about.contact, contact, lang };
    // Whom it is about may be deleted where that is what it tells; erased nobody is spoken of.
    if contact.erased.is_some() || contact.deleted.is_some() && template != "deletion_decided" {
        return Err(CONTACT_GONE);
    }
    match template {
        "order_email" => scene.order_email(about.product.ok_or(UNKNOWN)?),
        "verify_email" => {
            let (occasion, _, until) = contact.verification.link.as_ref().ok_or(NOT_CURRENT)?;
            let link = scene.link(Purpose::VerifyEmail, about, *occasion, *until)?;
            scene.to_contact(template, scene.until(*until), Some(link))
        }
        "invitation" => {
            let invitation = contact.membership.invitation.as_ref().ok_or(NOT_CURRENT)?;
            if contact.membership.status_at(facts.now) != MembershipStatus::Invited {
                return Err(NOT_CURRENT);
            }
            let link = scene.link(Purpose::Invitation, about, invitation.id, invitation.expires_at)?;
            scene.to_contact(template, scene.until(invitation.expires_at), Some(link))
        }
        "portal_subscriber" => {
            let portal = contact.portal.as_ref().ok_or(NOT_CURRENT)?;
            let (occasion, until) = portal.link;
            let link = scene.link(Purpose::Portal, about, occasion, until)?;
            let mut values = scene.until(until);
            values.push(("role", scene.role(portal.role)));
            scene.to_contact(template, values, Some(link))
        }
        "app_invitation" => {
            let invitation = contact.app_invitation.as_ref().ok_or(NOT_CURRENT)?;
            if contact.registration.is_some() {
                return Err(NOT_CURRENT);
            }
            let link = scene.link(Purpose::App, about, invitation.id, invitation.expires_at)?;
            scene.to_contact(template, scene.until(invitation.expires_at), Some(link))
        }
        "portal_owner" => {
            let portal = contact.portal.as_ref().ok_or(NOT_CURRENT)?;
            let values = vec![("role", scene.role(portal.role)), ("contact", scene.name())];
            scene.to_owner(template, values)
        }
        "deletion_requested" => {
            contact.deletion.as_ref().filter(|d| d.rejected.is_none() && d.approved.is_none()).ok_or(NOT_CURRENT)?;
            let to = facts.support.clone().ok_or("NO_SUPPORT_ADDRESS")?;
            let values = vec![("number", account.number.clone()), ("contactId", ContactId(scene.id).to_string())];
            let link = scene.page("deletions", &ContactId(scene.id).to_string());
            scene.say(template, (None, to), String::new(), values, Some(link))
        }
        "deletion_decided" => {
            let request = contact.deletion.as_ref().ok_or(NOT_CURRENT)?;
            let mut values = vec![("contact", scene.name())];
            values.extend(request.rejection.clone().map(|reason| ("reason", reason)));
            match (about.approved, request.approved, request.rejected) {
                (true, Some(_), _) => scene.to_owner("deletion_approved", values),
                (false, _, Some(_)) => scene.to_owner("deletion_rejected", values),
                _ => Err(NOT_CURRENT),
            }
        }
        "claim_answered" => {
            let id = about.claim.ok_or(UNKNOWN)?;
            let claim = contact.claims.iter().find(|c| c.id.0 == id).ok_or(NOT_CURRENT)?;
            let answered = claim.steps.iter().rev().find(|s| s.status == ClaimStatus::Answered);
            let answer = answered.and_then(|step| step.text.clone()).ok_or(NOT_CURRENT)?;
            let link = scene.page("claims", &claim.id.to_string());
            scene.to_contact(template, vec![("answer", answer)], Some(link))
        }
        _ => Err(UNKNOWN),
    }
}

impl Scene<'_> {
    /// The one-time link of an occasion, where that is still the one that counts.
    fn link(&self, purpose: Purpose, about: &About, occasion: Uuid, until: DateTime<Utc>) -> Result<String, Dropped> {
        if about.occasion != Some(occasion) || until <= self.facts.now {
            return Err(NOT_CURRENT);
        }
        Ok(self.page("links", &(self.facts.link)(purpose, self.id, occasion)))
    }

    /// An address of ours. No other is ever linked to.
    fn page(&self, kind: &str, id: &str) -> String {
        format!("{}/{kind}/{id}", self.facts.public_url)
    }

    fn until(&self, at: DateTime<Utc>) -> Values {
        let there = at.with_timezone(&self.account.time_zone);
        let day = typography::date(&there.date_naive().to_string(), self.lang).unwrap_or_default();
        let text = match self.lang {
            Lang::Fr => format!("{day} à {}", there.format("%H:%M")),
            Lang::En => format!("{day}, {}", there.format("%H:%M")),
        };
        vec![("until", text)]
    }

    fn role(&self, role: PortalRole) -> String {
        let word = match (role, self.lang) {
            (PortalRole::Subscriber, Lang::Fr) => "abonné",
            (PortalRole::Administrator, Lang::Fr) => "administrateur",
            (PortalRole::Subscriber, Lang::En) => "subscriber",
            (PortalRole::Administrator, Lang::En) => "administrator",
        };
        word.to_owned()
    }

    fn name(&self) -> String {
        let name = self.contact.person_name().or_else(|| self.contact.details.company_name.clone());
        named(&name.unwrap_or_else(|| pseudonym(self.id)))
    }

    fn to_contact(&self, template: &str, mut values: Values, link: Option<String>) -> Result<Said, Dropped> {
        let email = self.contact.details.email.as_ref().ok_or(NO_ADDRESS)?.as_str().to_owned();
        values.push(("email", email.clone()));
        // An invitation tells its reader nothing of what the account wrote about them.
        let name =
            if template == "invitation" { String::new() } else { self.contact.person_name().unwrap_or_default() };
        self.say(template, (Some(ContactId(self.id)), email), name, values, link)
    }

    fn to_owner(&self, template: &str, values: Values) -> Result<Said, Dropped> {
        let (id, owner) = self.facts.owner.as_ref().ok_or("NO_OWNER")?;
        let owner = owner.state.contact().ok_or("NO_OWNER")?;
        let email = owner.details.email.as_ref().ok_or("NO_OWNER")?.as_str().to_owned();
        self.say(template, (Some(*id), email), owner.person_name().unwrap_or_default(), values, None)
    }

    fn say(
        &self,
        template: &str,
        (reader, to): (Option<ContactId>, String),
        to_name: String,
        mut values: Values,
        link: Option<String>,
    ) -> Result<Said, Dropped> {
        let words = words_of(template, self.lang).ok_or(UNKNOWN)?;
        let first = self.contact.details.first_name.as_deref().map(named).filter(|name| !name.is_empty());
        values.push((
            "greeting",
            match (first, self.lang) {
                (Some(name), Lang::Fr) => format!("Bonjour {name},"),
                (None, Lang::Fr) => "Bonjour,".to_owned(),
                (Some(name), Lang::En) => format!("Hello {name},"),
                (None, Lang::En) => "Hello,".to_owned(),
            },
        ));
        values.push(("account", named(&self.account.company_name)));
        let (subject, text, html) = composed(&words, &values, link.as_deref(), self.lang).ok_or(UNKNOWN)?;
        Ok(Said { reader, to, to_name, subject, text, html, lang: self.lang })
    }

    /// What stands in the place of a day where none is known: « ouvre le … ».
    fn no_day(&self) -> String {
        let words = match self.lang {
            Lang::Fr => "jour de son activation",
            Lang::En => "the day of its activation",
        };
        words.to_owned()
    }

    /// The product's own words, with what they may name.
    fn order_email(&self, product: Uuid) -> Result<Said, Dropped> {
        let folded = self.facts.product.as_ref().ok_or(UNKNOWN)?;
        let state = folded.state.product().filter(|p| p.account == self.contact.account).ok_or(UNKNOWN)?;
        let id = ProductId(product);
        self.contact.access(id).ok_or(NOT_CURRENT)?;
        let mail = state.order_email.as_ref().ok_or("NO_ORDER_EMAIL")?;
        let subscriptions: BTreeMap<_, _> =
            self.facts.subscriptions.iter().filter_map(|(id, s)| Some((*id, s.state.subscription()?))).collect();
        let facts = AccessFacts {
            contact: Some(self.contact),
            account: self.account,
            product_id: id,
            product: Some(state),
            subscriptions: &subscriptions,
        };
        let decision = decide_access(&facts, self.facts.now);
        let opens = decision.accessible_since.filter(|_| decision.open).or(decision.opens_at);
        let day = |at: DateTime<Utc>| at.with_timezone(&self.account.time_zone).date_naive().to_string();
        let name = |name: &Option<String>| named(name.as_deref().unwrap_or_default());
        let url = self.page("products", &id.to_string());
        let values = vec![
            ("firstName", name(&self.contact.details.first_name)),
            ("lastName", name(&self.contact.details.last_name)),
            ("product", one_line(&state.name)),
            ("opensOn", opens.and_then(|at| typography::date(&day(at), self.lang)).unwrap_or_else(|| self.no_day())),
            ("accessUrl", url.clone()),
            ("account", named(&self.account.company_name)),
        ];
        // A variable that is not known was refused when the words were saved.
        let subject = one_line(&fill(&mail.subject, &values).ok_or(UNKNOWN)?);
        let text = fill(&mail.body, &values).ok_or(UNKNOWN)?;
        let html: String = text
            .split("\n\n")
            .map(|paragraph| {
                let link = escaped(&url);
                let lines = lines_of(paragraph).replace(&link, &format!("<a href=\"{link}\">{link}</a>"));
                format!("<p>{lines}</p>\n")
            })
            .collect();
        let email = self.contact.details.email.as_ref().ok_or(NO_ADDRESS)?.as_str().to_owned();
        let to_name = self.contact.person_name().unwrap_or_default();
        let html = page(self.lang, &subject, &html);
        Ok(Said { reader: Some(ContactId(self.id)), to: email, to_name, subject, text, html, lang: self.lang })
    }
}

/// A mail's subject, text and HTML in its words. None: a value of the subject is missing.
pub(super) fn composed(
    words: &Words,
    values: &Values,
    link: Option<&str>,
    lang: Lang,
) -> Option<(String, String, String)> {
    let (subject, text, html) = said(words, values, link, lang)?;
    let html = page(lang, &subject, &html);
    Some((subject, text, html))
}

/// The same in French and then in English, for somebody of whom it is not known what they read.
pub(super) fn in_both(of: impl Fn(Lang) -> Option<Words>, values: &Values) -> Option<(String, String, String)> {
    let (fr, text_fr, html_fr) = said(&of(Lang::Fr)?, values, None, Lang::Fr)?;
    let (en, text_en, html_en) = said(&of(Lang::En)?, values, None, Lang::En)?;
    let subject = format!("{fr} / {en}");
    let html = page(Lang::Fr, &subject, &format!("{html_fr}<hr>\n<div lang=\"en\">\n{html_en}</div>\n"));
    Some((subject, format!("{text_fr}– – –\n\n{text_en}"), html))
}

/// Subject, text, and what stands in the page.
fn said(words: &Words, values: &Values, link: Option<&str>, lang: Lang) -> Option<(String, String, String)> {
    let subject = set(words.subject, values, lang)?;
    let (mut text, mut html) = (String::new(), String::new());
    for part in words.parts {
        match part {
            Part::Say(line) => {
                let Some(line) = set(line, values, lang) else { continue };
                text.push_str(&format!("{line}\n\n"));
                html.push_str(&format!("<p>{}</p>\n", escaped(&line)));
            }
            Part::Quote(name) => {
                let Some((_, quoted)) = values.iter().find(|(n, _)| n == name) else { continue };
                let lines = quoted.lines().map(|line| format!("> {line}\n")).collect::<String>();
                text.push_str(&format!("{lines}\n"));
                html.push_str(&format!("<blockquote><p>{}</p></blockquote>\n", lines_of(quoted)));
            }
            Part::Link(label) => {
                let Some(link) = link else { continue };
                let label = set(label, values, lang).unwrap_or_default();
                text.push_str(&format!("{label}\n{link}\n\n"));
                html.push_str(&format!(
                    "<p><a href=\"{0}\">{1}</a></p>\n<p><small>{0}</small></p>\n",
                    escaped(link),
                    escaped(&label)
                ));
            }
        }
    }
    Some((subject, text, html))
}

/// Text as HTML: nothing in it is markup.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

fn lines_of(text: &str) -> String {
    text.lines().map(escaped).collect::<Vec<_>>().join("<br>\n")
}

/// A whole page: the language said, a title, one column, nothing fetched from anywhere.
fn page(lang: Lang, title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n</head>\n<body style=\"max-width:36em;margin:0 auto;padding:1em;font:16px/1.5 sans-serif\">\n<main>\n{body}</main>\n</body>\n</html>\n",
        lang.tag(),
        escaped(title)
    )
}

#[cfg(test)]
mod tests;
