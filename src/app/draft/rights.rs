//! Whether the caller may: looked at for everything that a draft loads, with a user's rights as their contact's own stream has them.

use super::{Draft, Stop};
use crate::app::{Place, permission::Who};
use domain::{
    AccountId, Category, Code, ContactId, Event, Refusal, StreamId, UserId, calendar,
    contact::ContactState,
    user::UserState,
    values::{Permission, Profile},
};

impl Draft<'_> {
    /// Whether the caller may do this to something of an account. A user's rights are read from their contact's own stream, which the append then
    /// guards: whoever loses a right meanwhile is asked again, and refused.
    pub(super) async fn admit(
        &mut self,
        account: AccountId,
        stream: StreamId,
        field: &'static str,
    ) -> Result<(), Stop> {
        if let Some(user) = self.caller.user()
            && self.place.as_ref().is_none_or(|place| place.account != account)
        {
            self.place = match self.caller.place(account).map(|place| place.contact) {
                None => None,
                Some(contact) => self.look_up(account, contact, user).await?,
            };
        }
        let any_user = self.who.contains(&Who::User) && self.caller.user().is_some();
        let reached = if self.caller.user().is_some() { self.place.is_some() } else { self.caller.reaches(account) };
        // Unknown and another account's answer the same.
        if !reached && !any_user {
            return Err(Refusal::at(Code::NotFound, field).into());
        }
        let place = self.place.as_ref();
        let own = stream.category != Category::Contact || place.is_some_and(|place| place.contact.0 == stream.id);
        Ok(self.caller.may_touch(self.who, place, own, field)?)
    }

    async fn look_up(&mut self, account: AccountId, contact: ContactId, user: UserId) -> Result<Option<Place>, Stop> {
        let person = self.read(contact.into()).await?;
        let Some(member) = person.state.contact() else { return Ok(None) };
        let login = self.read(user.into()).await?;
        let zone = match member.membership.until {
            Some(_) => self.read(account.into()).await?.state.account().map(|a| a.time_zone),
            None => None,
        };
        let (email, now) = (login.state.user().and_then(UserState::verified_email), self.meta.now);
        let today = || calendar::day(now, zone.unwrap_or(chrono_tz::Tz::UTC));
        Ok(Place::of(contact, member, user, email, today))
    }

    /// Whether the caller may change who is behind a member, or what they may: nobody takes over rights they do not hold.
    pub fn outranks(&self, contact: &ContactState) -> Result<(), Refusal> {
        let owner = self.caller.user().is_none() || self.place.as_ref().is_some_and(|p| p.profile == Profile::Client);
        let membership = &contact.membership;
        let outranked = owner || (membership.profile != Profile::Client && self.holds(&membership.permissions));
        if outranked { Ok(()) } else { Err(Refusal::new(Code::PermissionNotHeld)) }
    }

    /// Refuses what would take over, or end, rights that the caller does not hold: whoever changes an e-mail changes who signs in with it. Looked at
    /// for every command, whatever room it is of.
    pub fn check_ranks(&self) -> Result<(), Refusal> {
        use domain::contact::ContactEvent::{Deleted, EmailChanged, Erased, KindConverted};
        let takes =
            |e: &Event| matches!(e, Event::Contact(EmailChanged(_) | KindConverted(_) | Deleted(_) | Erased(_)));
        self.writes
            .iter()
            .filter(|(_, _, events)| events.iter().any(takes))
            .filter_map(|(_, before, _)| before.state.contact())
            .try_for_each(|contact| self.outranks(contact))
    }

    /// Whether the caller reaches an account.
    pub fn reaches(&self, account: AccountId) -> bool {
        self.caller.reaches(account)
    }

    /// Whether the caller holds these rights in the account: nobody grants what they do not hold. Only after something of the account was loaded.
    pub fn holds(&self, permissions: &[Permission]) -> bool {
        permissions.iter().all(|permission| self.caller.holds(self.place.as_ref(), *permission))
    }
}
