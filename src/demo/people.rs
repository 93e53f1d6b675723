//! Who works with the sample account: its owner, members and guests in every status, and the club next door, whose clients come from an ERP and
//! whose app lets nobody in unseen. The owner of the first account is a guest of the second.

use super::{DemoError, Lane, names::FIRST};
use crate::{
    app::{
        AppCommand, Caller, Command, Door, ErpCommand, Failure, Invited, Members, NewGuest, NewMember, OpenAccount,
        Subscriber, Users,
    },
    erp,
};
use chrono::Duration;
use domain::{
    AccountId, Actor, ActorKind, ContactId, UserId,
    account::{ConnectErp, SetPolicies},
    address::Address,
    contact::{Change, ContactInput, erp::SentRecord},
    registration::SignUp,
    text::fold,
    user::RegisterUser,
    values::{ContactKind, DeletionPolicy, Permission, PortalRole, RegistrationPolicy},
};

/// The address that owns the sample account.
pub(super) const OWNER: &str = "marine.kerouedan@atelier-du-large.example";
/// Contacts of the ERP of the club.
const CLIENTS: usize = 40;

/// Members that the account adds with their rights; the last never gets a login.
const MEMBERS: &[(&str, &str, &[Permission])] = &[
    ("Yann", "Tessier", &[Permission::Billing]),
    ("Nadia", "Moreau", &[Permission::Support, Permission::Deployment]),
    ("Pascal", "Urvoy", &[Permission::SystemConfiguration, Permission::Security]),
];

/// What becomes of an invitation.
#[derive(Clone, Copy)]
enum Answer {
    None,
    Accepted,
    Declined,
    Revoked,
    AcceptedThenOff,
}

const GUESTS: &[(&str, Answer, Option<i64>)] = &[
    ("cabinet.comptable@chiffres-et-cie.example", Answer::Accepted, None),
    ("stagiaire@lycee-maritime.example", Answer::AcceptedThenOff, Some(90)),
    ("consultante@vent-debout.example", Answer::Accepted, Some(700)),
    ("ancien.associe@lointain.example", Answer::Declined, None),
    ("mauvaise.adresse@lointain.example", Answer::Revoked, None),
    ("imprimerie@saint-roch.example", Answer::None, None),
];

fn mail_of(first: &str, last: &str) -> String {
    format!("{}.{}@atelier-du-large.example", fold(first), fold(last)).replace(' ', "-")
}

/// Opens the owner's login, in two commands.
pub(super) async fn owner(lane: &Lane) -> Result<UserId, DemoError> {
    lane.login(OWNER, "Marine Kerouédan").await
}

/// Gives the account its members and its guests. How many commands that was.
pub(super) async fn gather(lane: &Lane, caller: &Caller, account: AccountId) -> Result<u64, DemoError> {
    let mut count = 0;
    for (number, (first, last, permissions)) in MEMBERS.iter().enumerate() {
        let email = mail_of(first, last);
        if number + 1 < MEMBERS.len() {
            lane.login(&email, &format!("{first} {last}")).await?;
            count += 2;
        }
        let input = ContactInput {
            first_name: Some((*first).into()),
            last_name: Some((*last).into()),
            email: Some(email),
            ..ContactInput::default()
        };
        let member = NewMember { input, permissions: permissions.to_vec(), until: None };
        lane.run(caller, Command::Members(Members::Add(account, Box::new(member)))).await?;
        count += 1;
    }
    let today = lane.today();
    for (email, answer, days) in GUESTS {
        let user = match answer {
            Answer::None | Answer::Revoked => None,
            _ => Some(lane.login(email, email.split('@').next().unwrap_or_default()).await?),
        };
        let until = days.map(|days| today + Duration::days(days));
        let guest = NewGuest { email: (*email).into(), permissions: vec![Permission::Other], until };
        let invited = lane.run(caller, Command::Members(Members::Invite(account, guest))).await?;
        count += 1;
        if let Some(contact) = invited.contact {
            count += lane.answer(caller, user, contact, *answer).await?;
        }
    }
    Ok(count)
}

/// Today's arrivals: a subscriber with a login to the portal, one who is to verify an address, a guest, and someone who is invited to the app. How many
/// commands that was.
pub(super) async fn arrive(lane: &Lane, caller: &Caller, account: AccountId) -> Result<u64, DemoError> {
    let person = |first: &str, last: &str| ContactInput {
        first_name: Some(first.into()),
        last_name: Some(last.into()),
        email: Some(format!("{}.{}@arrivees.example", fold(first), fold(last))),
        ..ContactInput::default()
    };
    let add = |input, portal| Command::Subscriber(Subscriber::Add(account, ContactKind::Person, input, portal));
    lane.run(caller, add(person("Solenn", "Riou"), Some(Some(PortalRole::Subscriber)))).await?;
    let app = lane.run(caller, add(person("Malo", "Cadiou"), None)).await?;
    if let Some(contact) = app.contact {
        lane.run(caller, Command::App(AppCommand::Invite { contact, again: false })).await?;
    }
    let email = "commissaire@regate-des-iles.example".into();
    let guest = NewGuest { email, permissions: vec![Permission::Support], until: None };
    lane.run(caller, Command::Members(Members::Invite(account, guest))).await?;
    Ok(4)
}

/// Opens the club next door. How many commands that was.
pub(super) async fn next_door(lane: &Lane, owner: UserId) -> Result<u64, DemoError> {
    let new = OpenAccount {
        company_name: "Club nautique des Glénan".into(),
        locale: Some("fr".into()),
        time_zone: Some("Europe/Paris".into()),
        owner_email: Some("bureau@club-des-glenan.example".into()),
    };
    let opened = lane.run(&Caller::operator(None), Command::OpenAccount(new)).await?;
    let club = opened.account.ok_or_else(|| Failure::Fault("an account was opened without an id".into()))?;
    let caller = Caller::operator(Some(club));
    let policies = SetPolicies {
        time_zone: None,
        grace_days: None,
        deletion: Some(DeletionPolicy::SupportOnly),
        registration: Some(RegistrationPolicy::Manual),
    };
    lane.run(&caller, Command::SetPolicies(club, policies)).await?;
    let erp = ConnectErp { source: "Gestion du club".into(), owned: None, every_minutes: None };
    lane.run(&caller, Command::Erp(ErpCommand::Connect(club, erp))).await?;
    // All of them, then all but one: it is flagged as gone from the ERP.
    lane.sync(&caller, club, (0..CLIENTS).map(client).collect()).await?;
    lane.sync(&caller, club, (1..CLIENTS).map(client).collect()).await?;
    let mut count = 3 + CLIENTS as u64 + 1;
    for (number, device) in ["iPhone 15", "Pixel 8", "Galaxy A54", "iPad Air"].iter().enumerate() {
        // The last one typed the address otherwise than the ERP has it: it waits for a person to say whose it is.
        let mut email = client_mail(2 * number);
        if number == 3 {
            email = email.replace(".example", ".exemple");
        }
        let record = client(2 * number);
        let sign_up = SignUp {
            email,
            email_verified: true,
            device: (*device).into(),
            first_name: record.first_name.flatten(),
            last_name: record.last_name.flatten(),
            phone: None,
            user: None,
        };
        lane.run(&caller, Command::App(AppCommand::Register(club, sign_up))).await?;
        count += 1;
    }
    let guest = NewGuest { email: OWNER.into(), permissions: vec![Permission::Support], until: None };
    let invited = lane.run(&caller, Command::Members(Members::Invite(club, guest))).await?;
    if let Some(contact) = invited.contact {
        let owner = lane.user(owner).await?;
        lane.run(&owner, Command::Members(Members::Accept(Invited::Contact(contact)))).await?;
    }
    let input = ContactInput {
        last_name: Some("Ancien moniteur".into()),
        email: Some("moniteur@club-des-glenan.example".into()),
        ..ContactInput::default()
    };
    let added = lane.run(&caller, Command::AddContact(club, domain::values::ContactKind::Person, input)).await?;
    if let Some(contact) = added.contact {
        let why = Some("Il ne travaille plus ici.".to_owned());
        lane.run(&caller, Command::Subscriber(Subscriber::RequestDeletion(contact, why))).await?;
    }
    Ok(count + 4)
}

fn client_mail(number: usize) -> String {
    let record = client_name(number);
    format!("{}.{number}@clients.example", fold(record)).replace(' ', "-")
}

fn client_name(number: usize) -> &'static str {
    FIRST[number * 7 % FIRST.len()]
}

/// A client of the club as its ERP has them.
fn client(number: usize) -> SentRecord {
    let given = |text: String| Change::Some(Some(text));
    SentRecord {
        external_id: format!("CLI-{:05}", number + 1),
        first_name: given(client_name(number).into()),
        last_name: given(super::names::LAST[number * 3 % super::names::LAST.len()].into()),
        email: given(client_mail(number)),
        phone: given(format!("06 12 34 {:02} {:02}", number / 100, number % 100)),
        address: Change::Some(Some(Address {
            line1: Some(format!("{} quai des Voiliers", number + 1)),
            postal_code: Some("29170".into()),
            city: Some("Fouesnant".into()),
            ..Address::default()
        })),
        ..SentRecord::default()
    }
}

impl Lane {
    /// Opens a login whose e-mail is known to be its own.
    async fn login(&self, email: &str, name: &str) -> Result<UserId, DemoError> {
        let operator = Caller::operator(None);
        let register = RegisterUser { email: email.into(), name: Some(name.into()) };
        let done = self.run(&operator, Command::Users(Users::Register(register))).await?;
        let user = done.user.ok_or_else(|| Failure::Fault("a login was opened without an id".into()))?;
        self.run(&operator, Command::Users(Users::VerifyEmail(user))).await?;
        // What follows, whoever else does it: the sample is the same each time.
        self.app.follow_through().await?;
        Ok(user)
    }

    /// That user as a caller, with the accounts they reach.
    async fn user(&self, user: UserId) -> Result<Caller, DemoError> {
        let actor = Actor { kind: ActorKind::User, id: user.0 };
        Ok(self.app.recognise(actor, None, Door::Cli).await?)
    }

    /// What a guest does with an invitation, and the account with the guest. How many commands that was.
    async fn answer(
        &self,
        caller: &Caller,
        user: Option<UserId>,
        guest: ContactId,
        answer: Answer,
    ) -> Result<u64, DemoError> {
        let Some(user) = user else {
            if let Answer::Revoked = answer {
                self.run(caller, Command::Members(Members::Revoke(guest))).await?;
                return Ok(1);
            }
            return Ok(0);
        };
        let invited = Invited::Contact(guest);
        let reply = if let Answer::Declined = answer { Members::Decline(invited) } else { Members::Accept(invited) };
        self.run(&self.user(user).await?, Command::Members(reply)).await?;
        if let Answer::AcceptedThenOff = answer {
            self.run(caller, Command::Members(Members::Deactivate(guest))).await?;
            return Ok(4);
        }
        Ok(3)
    }

    async fn sync(&self, caller: &Caller, account: AccountId, records: Vec<SentRecord>) -> Result<(), DemoError> {
        let options = erp::Options { mode: erp::Mode::Full, force: false, way: erp::Way::Api, key: None, lang: None };
        match erp::sync_all(&self.app, caller, account, options, records, b"").await {
            Ok(_) => Ok(()),
            Err(erp::SyncError::Failure(failure)) => Err(failure.into()),
            Err(erp::SyncError::Refused(refusals)) => Err(DemoError::Refused("SyncErpRecords", refusals)),
        }
    }
}
