//! Opening an account, with its number and, where someone is named, its owner.

use super::super::draft::{ACCOUNT_NUMBER, Draft, Stop};
use domain::{
    AccountId, ContactId, Refusal, account,
    contact::{self, ContactEvent},
    values::Email,
};
use uuid::Uuid;

/// An account as asked for.
#[derive(Debug, Clone)]
pub struct OpenAccount {
    /// Company name.
    pub company_name: String,
    /// `fr` or `en`.
    pub locale: Option<String>,
    /// IANA name.
    pub time_zone: Option<String>,
    /// Whose it is; none: nobody's until ownership is given.
    pub owner_email: Option<String>,
}

pub(super) async fn open_account(draft: &mut Draft<'_>, new: OpenAccount) -> Result<(), Stop> {
    let id = AccountId(draft.id());
    // Nine digits that people can read out; a number that is taken is drawn again with the next id.
    let number = (100_000_000 + id.0.as_u128() % 900_000_000).to_string();
    let OpenAccount { company_name, locale, time_zone, owner_email } = new;
    let rule = account::OpenAccount { account: id, number: number.clone(), company_name, locale, time_zone };
    let email = owner_email.filter(|typed| !typed.trim().is_empty()).map(|typed| Email::parse(&typed)).transpose();
    let email = email.map_err(|refusal| Refusal { field: vec!["ownerEmail".into()], ..refusal })?;
    let events = rule.decide()?;
    draft.claim(ACCOUNT_NUMBER, Uuid::nil(), &number, id.0);
    draft.about_mut().account = Some(id);
    draft.create(id, events);
    if let Some(email) = email {
        let owner = ContactId(draft.id());
        let private = domain::Private::Known(contact::AddedPrivate { email: Some(email), ..Default::default() });
        let (kind, profile) = (domain::values::ContactKind::Person, domain::values::Profile::Client);
        draft.create(owner, vec![ContactEvent::from(contact::Added { account: id, kind, profile, private })]);
        draft.about_mut().contact = Some(owner);
    }
    Ok(())
}
