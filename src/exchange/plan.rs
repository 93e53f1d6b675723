//! What each row of a file asks for: rows come by the hundred, so that a few statements look up what they need.
//!
//! A row means the contact that holds its ID, or whose own id that is; else the one that holds its e-mail; else the one of the same names and
//! address, where none of the two speaks against it. Next: `matching` for the comparisons, `import` for carrying it out.

use super::{
    matching::{Difference, Seen, difference, may_be, shown_id},
    report::Fault,
    row::Said,
};
use crate::{
    app::{Caller, Failure, Reader},
    files::{ClientField, KeptRow},
};
use chrono::NaiveDate;
use domain::{
    AccountId, Code, ContactId, Folded,
    contact::{ContactInput, ContactPatch, ContactState},
    values::{ContactKind, Email},
};
use projections::contacts;
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};
use uuid::Uuid;

/// A row that was read and judged.
pub(super) struct Judged {
    /// As sent.
    pub row: KeptRow,
    /// What it says, or why it cannot be taken.
    pub said: Result<Box<Said>, Vec<Fault>>,
    /// Values that were left out so that it can be taken.
    pub left_out: Vec<Fault>,
}

/// What a row asks for.
#[derive(Debug)]
pub(super) enum Step {
    /// A new contact.
    Add(ContactKind, Box<ContactInput>),
    /// Changes of one that is there.
    Edit(ContactId, Box<ContactPatch>),
    /// Nothing: the contact is so already.
    Nothing(ContactId),
    /// Nothing: a row above means the same contact.
    Duplicate(Fault),
    /// It cannot be taken.
    Reject(Vec<Fault>),
}

/// A row with what it asks for.
pub(super) struct Planned {
    /// As sent.
    pub row: KeptRow,
    /// What it asks for.
    pub step: Step,
    /// It takes an e-mail that a row above gives free, so it comes after all of them.
    pub after_all: bool,
    /// The contact it changes or confirms, as it was found.
    pub contact: Option<(ContactId, Arc<Folded>)>,
    /// Values that were left out so that it can be taken.
    pub left_out: Vec<Fault>,
}

/// Plans the rows of one file, in their order.
pub(super) struct Planner<'a> {
    reader: &'a Reader,
    /// Whose file it is.
    caller: &'a Caller,
    account: AccountId,
    today: NaiveDate,
    /// The account had no contact before: there is nobody to look up. Who comes in by another door meanwhile is met when rows are carried out.
    empty: bool,
    /// Values that cannot be taken are left out, and the row is taken.
    lenient: bool,
    seen: Seen,
}

/// Under what a row's ID and e-mail are held.
#[derive(Debug, Default, Clone, Copy)]
struct Keys {
    id: Option<[u8; 32]>,
    email: Option<[u8; 32]>,
}

/// What was looked up for some rows.
#[derive(Default)]
struct Found {
    holders: HashMap<[u8; 32], Uuid>,
    states: HashMap<Uuid, Arc<Folded>>,
    /// Contacts by the identities that were asked for.
    alike: BTreeMap<i64, Vec<Uuid>>,
}

impl Found {
    fn contact(&self, id: Uuid) -> Option<&ContactState> {
        self.states.get(&id).and_then(|folded| folded.state.contact())
    }
}

/// A row's contact, and whether the row names it by its own id.
struct Target {
    id: ContactId,
    by_own_id: bool,
}

impl<'a> Planner<'a> {
    pub async fn new(
        reader: &'a Reader,
        caller: &'a Caller,
        account: AccountId,
        today: NaiveDate,
        lenient: bool,
    ) -> Result<Planner<'a>, Failure> {
        let some = reader.db().fetch(contacts::count(account, &contacts::Filter::default(), 1)).await?;
        let empty = some.iter().all(|(count,)| *count == 0);
        Ok(Planner { reader, caller, account, today, empty, lenient, seen: Seen::default() })
    }

    /// Plans rows that follow those planned before.
    pub async fn plan(&mut self, rows: Vec<Judged>) -> Result<Vec<Planned>, Failure> {
        let keys: Vec<Keys> = rows.iter().map(|row| self.keys(row)).collect();
        let mut found = self.look_up(&rows, &keys).await?;
        let mut planned = Vec::with_capacity(rows.len());
        for (Judged { row, said, mut left_out }, mut keys) in rows.into_iter().zip(keys) {
            let number = row.as_row().number;
            let (step, after_all) = match said {
                Err(faults) => (Step::Reject(faults), false),
                Ok(mut said) => {
                    let mut end = self.one(&said, keys, number, &mut found).await?;
                    if self.lenient
                        && let Some(faults) = of_the_email(&end.0)
                    {
                        // Who else has the e-mail is no reason to leave the rest of the row out.
                        left_out.extend(faults);
                        (said.values.email, keys.email) = (None, None);
                        end = self.one(&said, keys, number, &mut found).await?;
                    }
                    end
                }
            };
            let contact = match &step {
                Step::Edit(id, _) | Step::Nothing(id) => found.states.get(&id.0).map(|folded| (*id, folded.clone())),
                _ => None,
            };
            planned.push(Planned { row, step, after_all, contact, left_out });
        }
        Ok(planned)
    }

    fn keys(&self, row: &Judged) -> Keys {
        let Ok(said) = &row.said else { return Keys::default() };
        Keys {
            id: said.values.external_id.as_deref().map(|id| self.reader.external_id_key(self.account, id)),
            email: said.values.email.as_ref().map(|email| self.email_key(email)),
        }
    }

    fn email_key(&self, email: &Email) -> [u8; 32] {
        self.reader.email_key(self.account, email)
    }

    async fn look_up(&self, rows: &[Judged], keys: &[Keys]) -> Result<Found, Failure> {
        let asked =
            keys.iter().filter(|_| !self.empty).flat_map(|keys| keys.id.into_iter().chain(keys.email)).collect();
        let holders = self.reader.holders(asked).await?;
        let said = || rows.iter().zip(keys).filter_map(|(row, keys)| row.said.as_ref().ok().map(|said| (said, keys)));
        let held = |keys: &Keys| keys.id.into_iter().chain(keys.email).any(|key| holders.contains_key(&key));
        let own_ids = said().filter_map(|(said, _)| own_id(said)).map(|id| id.0);
        let mut ids: Vec<Uuid> = holders.values().copied().chain(own_ids).collect();
        let identities =
            said().filter(|(said, keys)| !held(keys) && by_identity(said)).map(|(said, _)| said.identity).collect();
        let alike = self.alike(identities).await?;
        ids.extend(alike.values().flatten());
        ids.sort_unstable();
        ids.dedup();
        let states = self.reader.states(ids).await?;
        Ok(Found { holders, states, alike })
    }

    /// The contacts of these identities; one that nobody has is there, with nobody.
    async fn alike(&self, mut identities: Vec<i64>) -> Result<BTreeMap<i64, Vec<Uuid>>, Failure> {
        identities.sort_unstable();
        identities.dedup();
        let mut alike: BTreeMap<i64, Vec<Uuid>> = identities.iter().map(|identity| (*identity, Vec::new())).collect();
        if self.empty || identities.is_empty() {
            return Ok(alike);
        }
        let known = self.reader.db().fetch(contacts::count_by_identity(self.account, identities)).await?;
        let known: Vec<i64> =
            known.into_iter().filter(|(_, contacts)| *contacts > 0).map(|(identity, _)| identity).collect();
        if !known.is_empty() {
            for (identity, id) in self.reader.db().fetch(contacts::by_identity(self.account, known)).await? {
                alike.entry(identity).or_default().push(id);
            }
        }
        Ok(alike)
    }

    async fn one(&mut self, said: &Said, keys: Keys, row: u64, found: &mut Found) -> Result<(Step, bool), Failure> {
        for (key, field) in [(keys.id, ClientField::Id), (keys.email, ClientField::Email)] {
            if let Some(first) = key.and_then(|key| self.seen.holder(&key)) {
                return Ok((duplicate(first, field), false));
            }
        }
        let target = match self.target(said, keys, found) {
            Ok(target) => target,
            Err(fault) => return Ok((Step::Reject(vec![fault]), false)),
        };
        let target = match target {
            Some(target) => Some(target),
            None if said.is_nameless() => {
                let fault = Fault::at(Code::NameOrCompanyRequired.as_str(), ClientField::LastName);
                return Ok((Step::Reject(vec![fault]), false));
            }
            None => match self.alike_to(said, found).await? {
                Ok(target) => target,
                Err(step) => return Ok((step, false)),
            },
        };
        Ok(match target {
            None => self.add(said, keys, row),
            Some(target) => self.edit(said, keys, row, &target, found)?,
        })
    }

    /// The contact that the row's ID or e-mail means.
    fn target(&self, said: &Said, keys: Keys, found: &Found) -> Result<Option<Target>, Fault> {
        let taken = || Fault::at(Code::EmailTaken.as_str(), ClientField::Email);
        let held = |key: Option<[u8; 32]>| {
            key.filter(|key| !self.seen.is_released(key)).and_then(|key| found.holders.get(&key)).copied()
        };
        let mut by_id = held(keys.id).map(|id| Target { id: ContactId(id), by_own_id: false });
        if by_id.is_none()
            && let Some(id) = own_id(said)
            && let Some(contact) = found.contact(id.0).filter(|contact| contact.account == self.account)
        {
            if contact.erased.is_some() {
                return Err(Fault::at(Code::ContactErased.as_str(), ClientField::Id));
            }
            if contact.deleted.is_some() {
                return Err(Fault::at(Code::ContactDeleted.as_str(), ClientField::Id));
            }
            by_id = Some(Target { id, by_own_id: true });
        }
        match (by_id, held(keys.email)) {
            (Some(by_id), Some(by_email)) if by_id.id.0 != by_email => Err(taken()),
            (Some(by_id), _) => Ok(Some(by_id)),
            (None, Some(by_email)) => {
                // Another ID than the one it has: another contact, with an e-mail that is taken.
                let other = said.values.external_id.is_some()
                    && found.contact(by_email).is_some_and(|c| c.details.external_id.is_some());
                if other { Err(taken()) } else { Ok(Some(Target { id: ContactId(by_email), by_own_id: false })) }
            }
            (None, None) => Ok(None),
        }
    }

    /// The contact of the same names and address, or what the row ends as instead.
    async fn alike_to(&self, said: &Said, found: &mut Found) -> Result<Result<Option<Target>, Step>, Failure> {
        let keyless = said.values.external_id.is_none() && said.values.email.is_none();
        if let Some(first) = self.seen.same_identity(said.identity) {
            // With an ID or e-mail of its own it is someone else of that name.
            return Ok(if keyless { Err(duplicate(first, ClientField::LastName)) } else { Ok(None) });
        }
        if !by_identity(said) {
            return Ok(Ok(None));
        }
        if !found.alike.contains_key(&said.identity) {
            // Its e-mail's holder has another since a row above.
            let alike = self.alike(vec![said.identity]).await?;
            found.states.extend(self.reader.states(alike.values().flatten().copied().collect()).await?);
            found.alike.extend(alike);
        }
        let mut fits: Vec<(ContactId, &ContactState)> = Vec::new();
        for id in found.alike.get(&said.identity).into_iter().flatten() {
            if let Some(contact) = found.contact(*id)
                && may_be(said, contact)
                && self.seen.holder(&self.shown_key(ContactId(*id), contact)).is_none()
            {
                fits.push((ContactId(*id), contact));
            }
        }
        // The one that least is known of comes first, then the oldest.
        fits.sort_by_key(|(id, c)| (c.details.external_id.is_some(), c.details.email.is_some(), *id));
        let same = fits.iter().find(|(_, contact)| !difference(said, contact, false, self.today).any);
        let id = match (same, fits.as_slice()) {
            (Some((id, _)), _) | (None, [(id, _)]) => *id,
            (None, []) => return Ok(Ok(None)),
            (None, _) => return Ok(Err(Step::Reject(vec![Fault::at(Code::Required.as_str(), ClientField::Id)]))),
        };
        Ok(Ok(Some(Target { id, by_own_id: false })))
    }

    fn shown_key(&self, id: ContactId, contact: &ContactState) -> [u8; 32] {
        self.reader.external_id_key(self.account, &shown_id(id, contact))
    }

    fn add(&mut self, said: &Said, keys: Keys, row: u64) -> (Step, bool) {
        for key in keys.id.into_iter().chain(keys.email) {
            self.seen.hold(&key, row);
        }
        self.seen.identified(said.identity, row);
        let after_all = keys.email.is_some_and(|key| self.seen.is_released(&key));
        let v = said.values.clone();
        let input = ContactInput {
            first_name: v.first_name,
            last_name: v.last_name,
            company_name: v.company_name,
            email: v.email.map(|email| email.as_str().to_owned()),
            phone: v.phone,
            fax: v.fax,
            address: v.address,
            external_id: v.external_id,
        };
        (Step::Add(said.kind.unwrap_or(ContactKind::Person), Box::new(input)), after_all)
    }

    fn edit(
        &mut self,
        said: &Said,
        keys: Keys,
        row: u64,
        target: &Target,
        found: &Found,
    ) -> Result<(Step, bool), Failure> {
        let Some(contact) = found.contact(target.id.0) else {
            // Who holds a key is there; its state is not yet.
            return Err(Failure::ReadModelBehind(0));
        };
        let shown = self.shown_key(target.id, contact);
        if let Some(first) = self.seen.holder(&shown) {
            let field = if keys.email.is_some() { ClientField::Email } else { ClientField::Id };
            return Ok((duplicate(first, field), false));
        }
        let Difference { patch, any, gives_free, identity } = difference(said, contact, target.by_own_id, self.today);
        if let Some(fault) = self.over_their_head(&patch, contact) {
            return Ok((Step::Reject(vec![fault]), false));
        }
        let email_after = keys.email.or_else(|| contact.details.email.as_ref().map(|email| self.email_key(email)));
        for key in [Some(shown), keys.id, email_after].into_iter().flatten() {
            self.seen.hold(&key, row);
        }
        self.seen.identified(identity, row);
        let after_all = patch.email.is_some() && keys.email.is_some_and(|key| self.seen.is_released(&key));
        if let Some(email) = gives_free {
            let key = self.email_key(&email);
            self.seen.release(&key);
        }
        Ok(match any {
            false => (Step::Nothing(target.id), false),
            true => (Step::Edit(target.id, Box::new(patch)), after_all),
        })
    }

    /// What of a change would change who is behind a member with rights that the sender does not hold. It is refused again when it is done.
    fn over_their_head(&self, patch: &ContactPatch, contact: &ContactState) -> Option<Fault> {
        let field = match (&patch.email, patch.kind) {
            (Some(_), _) => ClientField::Email,
            (None, Some(_)) => ClientField::Kind,
            (None, None) => return None,
        };
        let refusal = self.caller.outranks(self.caller.place(self.account), contact).err()?;
        Some(Fault::at(refusal.code.as_str(), field))
    }
}

/// The row's ID as one of ours.
fn own_id(said: &Said) -> Option<ContactId> {
    said.values.external_id.as_deref().and_then(|id| id.parse().ok())
}

/// Whether names and address may tell who a row means. With an ID or an e-mail a name alone does not.
fn by_identity(said: &Said) -> bool {
    let v = &said.values;
    !said.is_nameless() && (v.address.is_some() || (v.external_id.is_none() && v.email.is_none()))
}

/// What is wrong with the e-mail of a row, where nothing else is.
fn of_the_email(step: &Step) -> Option<Vec<Fault>> {
    match step {
        Step::Reject(faults) if faults.iter().all(|f| f.field == Some(ClientField::Email)) => Some(faults.clone()),
        _ => None,
    }
}

fn duplicate(first: u64, field: ClientField) -> Step {
    Step::Duplicate(Fault::at("DUPLICATE_IN_FILE", field).with("line", first))
}
