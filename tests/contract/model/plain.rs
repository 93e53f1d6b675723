//! The model: plain data, and what each command does to it, written down once more without events, streams or a database.

use domain::{
    Code, ContactId, RegistrationId, contact::ContactState, registration::RegistrationState, values::RegistrationStatus,
};
use uuid::Uuid;

/// What may be asked, with numbers for things: the how many-th contact, address, user.
#[derive(Debug, Clone)]
pub enum Op {
    Add { email: Option<usize>, group: bool },
    Email { contact: usize, email: Option<usize> },
    Delete { contact: usize },
    Erase { contact: usize },
    Policy { manual: bool },
    SignUp { email: usize, verified: bool, user: Option<usize>, device: usize },
    Verify { registration: usize },
    Change { registration: usize, email: usize, verified: bool },
    Link { registration: usize, contact: usize },
    TurnAway { registration: usize },
    EraseSignUp { registration: usize },
    Validate { contact: usize },
    Refuse { contact: usize },
    Device { contact: usize, device: usize },
}

/// How it is answered.
#[derive(Debug, PartialEq)]
pub enum Said {
    Done { changed: bool },
    Refused(Code),
}

type Answer = Result<bool, Code>;

#[derive(Debug, Clone)]
struct Registered {
    status: RegistrationStatus,
    user: Option<usize>,
    devices: Vec<usize>,
    sign_up: Option<usize>,
}

#[derive(Debug)]
struct Contact {
    account: usize,
    email: Option<usize>,
    group: bool,
    deleted: bool,
    erased: bool,
    registered: Option<Registered>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Standing {
    Waiting,
    Matched(usize),
    Away,
}

#[derive(Debug)]
struct SignUp {
    account: usize,
    email: usize,
    verified: bool,
    user: Option<usize>,
    devices: Vec<usize>,
    standing: Standing,
    erased: bool,
}

impl SignUp {
    fn waits(&self) -> bool {
        self.standing == Standing::Waiting && !self.erased
    }
}

#[derive(Debug, Default)]
pub struct Model {
    manual: [bool; 2],
    contacts: Vec<Contact>,
    sign_ups: Vec<SignUp>,
}

fn same_user(a: Option<usize>, b: Option<usize>) -> bool {
    a.is_none() || b.is_none() || a == b
}

fn add(devices: &mut Vec<usize>, device: usize) -> bool {
    let new = !devices.contains(&device);
    if new {
        devices.push(device);
    }
    new
}

impl Model {
    pub fn take(&mut self, by: usize, op: &Op) -> Said {
        match self.answer(by, op) {
            Ok(changed) => Said::Done { changed },
            Err(code) => Said::Refused(code),
        }
    }

    pub fn counts(&self) -> (usize, usize) {
        (self.contacts.len(), self.sign_ups.len())
    }

    fn answer(&mut self, by: usize, op: &Op) -> Answer {
        // What is another account's is not there.
        let own = |account: usize| if account == by { Ok(()) } else { Err(Code::NotFound) };
        match *op {
            Op::Add { email, group } => self.add(by, email, group),
            Op::Email { contact, email } => {
                own(self.contacts[contact].account).and_then(|()| self.email(contact, email))
            }
            Op::Delete { contact } => {
                own(self.contacts[contact].account)?;
                Ok(!std::mem::replace(&mut self.contacts[contact].deleted, true))
            }
            Op::Erase { contact } => own(self.contacts[contact].account).map(|()| self.erase(contact)),
            Op::Policy { manual } => Ok(std::mem::replace(&mut self.manual[by], manual) != manual),
            Op::SignUp { email, verified, user, device } => self.sign_up(by, email, verified, user, device),
            Op::Verify { registration } => {
                own(self.sign_ups[registration].account)?;
                self.verify(registration)
            }
            Op::Change { registration, email, verified } => {
                own(self.sign_ups[registration].account)?;
                self.change(registration, email, verified)
            }
            Op::Link { registration, contact } => {
                own(self.sign_ups[registration].account)?;
                own(self.contacts[contact].account)?;
                self.link_by_hand(registration, contact)
            }
            Op::TurnAway { registration } => {
                let sign_up = &mut self.sign_ups[registration];
                own(sign_up.account)?;
                match sign_up.standing {
                    _ if sign_up.waits() => {
                        sign_up.standing = Standing::Away;
                        Ok(true)
                    }
                    Standing::Away if !sign_up.erased => Ok(false),
                    _ => Err(Code::NotAllowedNow),
                }
            }
            Op::EraseSignUp { registration } => {
                own(self.sign_ups[registration].account)?;
                Ok(!std::mem::replace(&mut self.sign_ups[registration].erased, true))
            }
            Op::Validate { contact } => self.decide(by, contact, RegistrationStatus::Registered),
            Op::Refuse { contact } => self.decide(by, contact, RegistrationStatus::Refused),
            Op::Device { contact, device } => {
                own(self.contacts[contact].account)?;
                self.there(contact)?;
                let registered = self.contacts[contact].registered.as_mut().ok_or(Code::NotAllowedNow)?;
                Ok(add(&mut registered.devices, device))
            }
        }
    }

    fn there(&self, contact: usize) -> Result<(), Code> {
        let contact = &self.contacts[contact];
        if contact.erased {
            return Err(Code::ContactErased);
        }
        if contact.deleted { Err(Code::ContactDeleted) } else { Ok(()) }
    }

    /// Who has an address.
    fn holder(&self, account: usize, email: usize) -> Option<usize> {
        let has = |c: &Contact| c.account == account && c.email == Some(email) && !c.deleted && !c.erased;
        self.contacts.iter().position(has)
    }

    fn waiting(&self, account: usize, email: usize) -> Option<usize> {
        self.sign_ups.iter().position(|s| s.account == account && s.email == email && s.waits())
    }

    fn link(&mut self, contact: usize, sign_up: Option<usize>, user: Option<usize>, devices: Vec<usize>) {
        let pending = self.manual[self.contacts[contact].account];
        let status = if pending { RegistrationStatus::PendingValidation } else { RegistrationStatus::Registered };
        self.contacts[contact].registered = Some(Registered { status, user, devices, sign_up });
        if let Some(sign_up) = sign_up {
            self.sign_ups[sign_up].standing = Standing::Matched(contact);
        }
    }

    fn link_sign_up(&mut self, sign_up: usize, contact: usize) {
        let (user, devices) = (self.sign_ups[sign_up].user, self.sign_ups[sign_up].devices.clone());
        self.link(contact, Some(sign_up), user, devices);
    }

    /// Links who waits under the address of a contact that has just taken it.
    fn meet(&mut self, contact: usize) {
        let Contact { account, email, group, .. } = self.contacts[contact];
        let free = !group && self.contacts[contact].registered.is_none();
        if let Some(sign_up) = email.and_then(|email| self.waiting(account, email))
            && free
            && self.sign_ups[sign_up].verified
        {
            self.link_sign_up(sign_up, contact);
        }
    }

    fn add(&mut self, account: usize, email: Option<usize>, group: bool) -> Answer {
        if email.is_some_and(|email| self.holder(account, email).is_some()) {
            return Err(Code::EmailTaken);
        }
        self.contacts.push(Contact { account, email, group, deleted: false, erased: false, registered: None });
        self.meet(self.contacts.len() - 1);
        Ok(true)
    }

    fn email(&mut self, contact: usize, email: Option<usize>) -> Answer {
        self.there(contact)?;
        if self.contacts[contact].email == email {
            return Ok(false);
        }
        if email.is_some_and(|email| self.holder(self.contacts[contact].account, email).is_some()) {
            return Err(Code::EmailTaken);
        }
        self.contacts[contact].email = email;
        self.meet(contact);
        Ok(true)
    }

    fn erase(&mut self, contact: usize) -> bool {
        let contact = &mut self.contacts[contact];
        if std::mem::replace(&mut contact.erased, true) {
            return false;
        }
        contact.email = None;
        if let Some(registered) = &mut contact.registered {
            registered.devices.clear();
            registered.sign_up.into_iter().for_each(|sign_up| self.sign_ups[sign_up].erased = true);
        }
        true
    }

    fn decide(&mut self, by: usize, contact: usize, status: RegistrationStatus) -> Answer {
        if self.contacts[contact].account != by {
            return Err(Code::NotFound);
        }
        self.there(contact)?;
        let registered = self.contacts[contact].registered.as_mut().ok_or(Code::NotAllowedNow)?;
        Ok(std::mem::replace(&mut registered.status, status) != status)
    }

    fn sign_up(&mut self, account: usize, email: usize, verified: bool, user: Option<usize>, device: usize) -> Answer {
        let waiting = self.waiting(account, email);
        let holder = self.holder(account, email).filter(|c| verified && !self.contacts[*c].group);
        if let Some(contact) = holder {
            match &mut self.contacts[contact].registered {
                Some(registered) if same_user(registered.user, user) => {
                    return Ok(add(&mut registered.devices, device));
                }
                Some(_) => {}
                None => {
                    match waiting {
                        Some(waiting) if self.is_same(waiting, verified, user) => {
                            add(&mut self.sign_ups[waiting].devices, device);
                            self.sign_ups[waiting].verified = true;
                            self.link_sign_up(waiting, contact);
                        }
                        other => {
                            other.into_iter().for_each(|n| self.sign_ups[n].standing = Standing::Away);
                            self.link(contact, None, user, vec![device]);
                        }
                    }
                    return Ok(true);
                }
            }
        }
        if let Some(n) = waiting {
            let there = &mut self.sign_ups[n];
            if there.verified && !verified && (user.is_none() || there.user != user) {
                return Err(Code::EmailNotVerified);
            }
            if self.is_same(n, verified, user) {
                let there = &mut self.sign_ups[n];
                let shown = !there.verified && verified;
                there.verified |= verified;
                return Ok(add(&mut there.devices, device) | shown);
            }
            self.sign_ups[n].standing = Standing::Away;
        }
        let (standing, devices) = (Standing::Waiting, vec![device]);
        self.sign_ups.push(SignUp { account, email, verified, user, devices, standing, erased: false });
        Ok(true)
    }

    /// Whether one that signs up is the one that waits. Where one of the two has shown the address to be theirs and the other has not, it must be known
    /// to be the same person.
    fn is_same(&self, waiting: usize, verified: bool, user: Option<usize>) -> bool {
        let there = &self.sign_ups[waiting];
        if there.verified == verified { same_user(there.user, user) } else { user.is_some() && there.user == user }
    }

    fn verify(&mut self, sign_up: usize) -> Answer {
        if !self.sign_ups[sign_up].waits() {
            return Err(Code::NotAllowedNow);
        }
        if std::mem::replace(&mut self.sign_ups[sign_up].verified, true) {
            return Ok(false);
        }
        self.find(sign_up);
        Ok(true)
    }

    /// Links one that waits to the contact that has its address, if nobody is registered as that.
    fn find(&mut self, sign_up: usize) {
        let SignUp { account, email, .. } = self.sign_ups[sign_up];
        if let Some(contact) = self.holder(account, email)
            && !self.contacts[contact].group
            && self.contacts[contact].registered.is_none()
        {
            self.link_sign_up(sign_up, contact);
        }
    }

    fn change(&mut self, sign_up: usize, email: usize, verified: bool) -> Answer {
        if !self.sign_ups[sign_up].waits() {
            return Err(Code::NotAllowedNow);
        }
        if self.sign_ups[sign_up].email == email {
            return if verified { self.verify(sign_up) } else { Ok(false) };
        }
        if let Some(other) = self.waiting(self.sign_ups[sign_up].account, email) {
            if !verified || self.sign_ups[other].verified {
                return Err(Code::EmailTaken);
            }
            self.sign_ups[other].standing = Standing::Away;
        }
        (self.sign_ups[sign_up].email, self.sign_ups[sign_up].verified) = (email, verified);
        if verified {
            self.find(sign_up);
        }
        Ok(true)
    }

    fn link_by_hand(&mut self, sign_up: usize, contact: usize) -> Answer {
        if !self.sign_ups[sign_up].waits() {
            return Err(Code::NotAllowedNow);
        }
        if !self.sign_ups[sign_up].verified {
            return Err(Code::EmailNotVerified);
        }
        self.there(contact)?;
        if self.contacts[contact].group {
            return Err(Code::NotAllowedNow);
        }
        self.link_sign_up(sign_up, contact);
        Ok(true)
    }

    pub fn same_contact(&self, n: usize, state: &ContactState, registrations: &[RegistrationId]) {
        let model = &self.contacts[n];
        let email = |text: &str| text.strip_prefix("someone")?.split('@').next()?.parse::<usize>().ok();
        assert_eq!(state.details.email.as_ref().and_then(|e| email(e.as_str())), model.email, "{model:?}");
        assert_eq!((state.deleted.is_some(), state.erased.is_some()), (model.deleted, model.erased), "{model:?}");
        let said = state.registration.as_ref().map(|r| {
            let models: Vec<String> = r.devices.iter().map(|d| d.model.clone()).collect();
            (r.status, models, r.sign_up, r.user.is_some())
        });
        let expected = model.registered.as_ref().map(|r| {
            let models: Vec<String> = r.devices.iter().map(|d| format!("Device {d}")).collect();
            (r.status, models, r.sign_up.map(|s| registrations[s]), r.user.is_some())
        });
        assert_eq!(said, expected, "{model:?}");
    }

    pub fn same_sign_up(&self, n: usize, state: &RegistrationState, contacts: &[ContactId]) {
        let model = &self.sign_ups[n];
        assert_eq!(state.is_waiting(), model.waits(), "{model:?}");
        assert_eq!((state.email_verified, state.erased.is_some()), (model.verified, model.erased), "{model:?}");
        assert_eq!(state.turned_away.is_some(), model.standing == Standing::Away, "{model:?}");
        let matched = if let Standing::Matched(contact) = model.standing { Some(contacts[contact]) } else { None };
        assert_eq!(state.matched.map(|(contact, _)| contact), matched, "{model:?}");
        let email = (!model.erased).then(|| format!("someone{}@exemple.fr", model.email));
        assert_eq!(state.who.email.as_ref().map(|e| e.as_str().to_owned()), email, "{model:?}");
        let devices = if model.erased { 0 } else { model.devices.len() };
        assert_eq!(state.devices.len(), devices, "{model:?}");
    }

    /// Whether what this stream is about was erased.
    pub fn erased_since(&self, id: Uuid, contacts: &[ContactId], registrations: &[RegistrationId]) -> bool {
        let contact = contacts.iter().position(|c| c.0 == id).map(|n| self.contacts[n].erased);
        let sign_up = registrations.iter().position(|r| r.0 == id).map(|n| self.sign_ups[n].erased);
        contact.or(sign_up).unwrap_or(false)
    }
}
