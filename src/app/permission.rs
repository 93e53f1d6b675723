//! Who may do and ask what: one table. What has no row is refused to everyone.
//!
//! A row names those who may, each within the accounts they reach ([`Caller::reaches`]); above accounts there are only operators and staff. The
//! table is read by `App::execute` (before a command is planned, and again for the account of each thing it loads, `draft.rs`) and by the
//! questions (`graphql`). `docs/permissions.md` shows it; a test keeps the two equal.

use super::{Caller, Door, Place};
use Permission::{Billing, Deployment, Other, Security, Support, SystemConfiguration};
use Who::{Administrator, Holds, Link, Myself, Operator, Owner, Program, Staff, User};
use domain::{
    AccountId, ActorKind, Code, Event, Refusal,
    account::token::Scope,
    contact::{ContactEvent, ContactState},
    remedy::Remedy,
    values::{Permission, PortalRole, Profile},
};

/// Someone who may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Runs the instance; above accounts.
    Operator,
    /// Support; above accounts, and for an account.
    Staff,
    /// The account's owner, and the account's programs.
    Owner,
    /// A member who holds this permission.
    Holds(Permission),
    /// An administrator of the portal, about the account's subscribers.
    Administrator,
    /// Any member, about their own contact and what is attached to it.
    Myself,
    /// Whoever followed a mailed link, for the one thing it was mailed for.
    Link,
    /// Any user, also of an account they do not reach (yet): the rule itself looks at who it is.
    User,
    /// A program whose token has this scope, which no member's permission is like.
    Program(Scope),
}

/// What may be asked of an account, apart from commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// Its name, number and policies.
    Account,
    /// The list of contacts, and the search in it.
    Contacts,
    /// A contact sheet.
    Contact,
    /// Contacts with a delivery address; the export.
    Subscribers,
    /// Products and their schedules.
    Products,
    /// What was bought.
    Subscriptions,
    /// Whether a contact may open a product, and why.
    AccessDecision,
    /// The list of complaints.
    Claims,
    /// What happened.
    AuditTrail,
    /// Who belongs to the account, with which rights.
    Members,
    /// What left the account or is about to; trying it again, and acknowledging it.
    Deliveries,
    /// Whether a file may be imported: what it does is then allowed, whatever the rows of its commands say.
    Import,
    /// Everything that is kept about one contact.
    PersonalData,
}

impl Question {
    /// Every question.
    pub const ALL: [Question; 13] = [
        Question::Account,
        Question::Contacts,
        Question::Contact,
        Question::Subscribers,
        Question::Products,
        Question::Subscriptions,
        Question::AccessDecision,
        Question::Claims,
        Question::AuditTrail,
        Question::Members,
        Question::Deliveries,
        Question::Import,
        Question::PersonalData,
    ];

    /// As the table has it.
    pub fn name(self) -> &'static str {
        match self {
            Question::Account => "account",
            Question::Contacts => "contacts",
            Question::Contact => "contact",
            Question::Subscribers => "subscribers",
            Question::Products => "products",
            Question::Subscriptions => "subscriptions",
            Question::AccessDecision => "accessDecision",
            Question::Claims => "claims",
            Question::AuditTrail => "auditTrail",
            Question::Members => "members",
            Question::Deliveries => "deliveries",
            Question::Import => "import",
            Question::PersonalData => "personalData",
        }
    }
}

/// Making a token: no command, for it leaves no event.
pub(super) const CREATE_TOKEN: &str = "CreateToken";

/// A line of the table: a command or a question, and who may.
pub type Row = (&'static str, &'static [Who]);

const ABOVE: &[Who] = &[Operator];
const SETTINGS: &[Who] = &[Staff, Owner, Holds(SystemConfiguration)];
const CONTACTS: &[Who] = &[Staff, Owner, Holds(Support)];
const ACCESSES: &[Who] = &[Staff, Owner, Holds(Deployment)];
const PURCHASES: &[Who] = &[Staff, Owner, Holds(Billing)];
const MEMBERS: &[Who] = &[Staff, Owner, Holds(Security)];
const RECORDS: &[Who] = &[Staff, Owner, Holds(Support), Program(Scope::Erp)];

/// The table. Commands first, by subject; then questions.
#[rustfmt::skip] // A row a line.
pub const TABLE: &[Row] = &[
    // Account and products.
    ("OpenAccount", ABOVE),
    ("RenameAccount", SETTINGS),
    ("SetPolicies", SETTINGS),
    ("CreateProduct", SETTINGS),
    ("RenameProduct", SETTINGS),
    ("SetModules", SETTINGS),
    ("SetOrderEmail", SETTINGS),
    ("ArchiveProduct", SETTINGS),
    ("RestoreProduct", SETTINGS),
    ("ConnectCustomerService", SETTINGS),
    ("DisconnectCustomerService", SETTINGS),
    ("ConnectWebhook", SETTINGS),
    ("DisconnectWebhook", SETTINGS),
    // Whoever sets it comes in as whom they like, in this account: nobody but its owner.
    ("SetSignInProvider", &[Owner]),
    ("RemoveSignInProvider", &[Owner]),
    // Contacts.
    ("AddContact", CONTACTS),
    ("EditContact", CONTACTS),
    ("SetDeliveryAddress", CONTACTS),
    ("DeleteContact", CONTACTS),
    ("EraseContact", MEMBERS),
    ("RequestVerification", CONTACTS),
    ("VerifyEmail", &[Link]),
    ("RecordBounce", CONTACTS),
    ("RequestDeletion", CONTACTS),
    ("ApproveDeletion", &[Staff]),
    ("RejectDeletion", &[Staff]),
    // Logins to the portal, in a form of their own or in the contact's: only the account's owner gives them.
    ("AddContactWithLogin", &[Owner]),
    ("EditContactWithLogin", &[Owner]),
    ("OpenPortalAccount", &[Owner]),
    ("ResendPortalLink", &[Owner]),
    ("ClosePortalAccount", &[Owner]),
    // Complaints.
    ("OpenClaim", &[Staff, Owner, Holds(Support), Administrator, Myself]),
    ("AnswerClaim", CONTACTS),
    ("CloseClaim", &[Staff, Owner, Holds(Support), Administrator, Myself]),
    ("ReopenClaim", &[Staff, Owner, Holds(Support), Administrator, Myself]),
    // Accesses.
    ("GrantAccess", ACCESSES),
    ("EditAccess", ACCESSES),
    ("SetAccessMode", ACCESSES),
    ("SetOpening", ACCESSES),
    ("AdvanceAccess", ACCESSES),
    ("RemoveAccess", ACCESSES),
    // Subscriptions.
    ("StartSubscription", PURCHASES),
    ("RenewSubscription", PURCHASES),
    ("PauseSubscription", PURCHASES),
    ("ResumeSubscription", PURCHASES),
    ("CancelSubscription", PURCHASES),
    ("RecordPayment", PURCHASES),
    ("AttachContact", PURCHASES),
    ("DetachContact", PURCHASES),
    // Contacts staged in a form and attached to subscriptions.
    ("SubmitContacts", CONTACTS),
    ("SubmitSubscribers", PURCHASES),
    // The ERP: its connection, and what its records say.
    ("ConnectErp", SETTINGS),
    ("SetErpOwnership", SETTINGS),
    ("DisconnectErp", SETTINGS),
    ("SyncErpRecord", RECORDS),
    ("FlagGone", RECORDS),
    ("TakeErpEmail", CONTACTS),
    ("KeepOurEmail", CONTACTS),
    ("LinkErpRecord", CONTACTS),
    ("DeclineErpMatch", CONTACTS),
    // Files that are planned, applied, taken back.
    ("PlanImport", ACCESSES),
    ("ApplyImport", ACCESSES),
    ("CancelImport", ACCESSES),
    ("UndoImport", ACCESSES),
    // What is handed out as a whole; who may ask for it is told by its question.
    ("RecordExport", &[Staff, Owner, Holds(Billing), Holds(Support), Holds(Deployment), Holds(Other), Administrator]),
    // Nobody asks for it: it is recorded of whoever is shown that much of a list, which these may.
    ("RecordListRead", &[Staff, Owner, Holds(Billing), Holds(Support), Holds(Deployment), Holds(Security), Holds(Other), Administrator]),
    ("RecordDataExport", &[Staff, Owner, Holds(Security), Myself]),
    // Registrations in the app.
    ("RegisterInApp", CONTACTS),
    ("VerifyRegistrationEmail", CONTACTS),
    ("ChangeRegistrationEmail", CONTACTS),
    ("LinkRegistration", CONTACTS),
    ("TurnRegistrationAway", CONTACTS),
    ("EraseRegistration", MEMBERS),
    ("ValidateRegistration", CONTACTS),
    ("RefuseRegistration", CONTACTS),
    ("RecordDevice", CONTACTS),
    ("InviteToApp", CONTACTS),
    ("ResendAppInvitation", CONTACTS),
    ("ValidatePendingRegistrations", CONTACTS),
    ("ValidatePageOfRegistrations", &[]),
    // Memberships.
    ("AddMember", MEMBERS),
    ("InviteGuest", MEMBERS),
    ("ResendInvitation", MEMBERS),
    ("RevokeInvitation", MEMBERS),
    ("AcceptInvitation", &[User]),
    ("DeclineInvitation", &[User]),
    ("SetPermissions", MEMBERS),
    ("DeactivateMember", MEMBERS),
    ("ReactivateMember", MEMBERS),
    ("SetMembershipExpiry", MEMBERS),
    ("TransferOwnership", &[Staff, Owner]),
    ("LeaveAccount", &[User]),
    // Follow from a verified e-mail, and from its end; nobody asks for them.
    ("LinkUser", &[]),
    ("UnlinkUser", &[]),
    ("TellFactorReset", &[]),
    // Users.
    ("RegisterUser", &[Operator, Staff]),
    ("VerifyUserEmail", &[Operator, Staff]),
    ("ChangeSignIn", &[User]),
    // For somebody who lost app and codes, once it is clear who they are: nothing of it goes by mail alone.
    ("ResetSecondFactor", &[Operator, Staff]),
    ("EraseUser", &[Operator, Staff, User]),
    (CREATE_TOKEN, &[Operator, Owner]),
    ("RevokeToken", &[Operator, Owner]),
    // Questions.
    ("account", &[Staff, Owner, Holds(Billing), Holds(Support), Holds(Deployment), Holds(SystemConfiguration), Holds(Security), Holds(Other), Administrator, Myself]),
    ("contacts", &[Staff, Owner, Holds(Billing), Holds(Support), Holds(Deployment), Holds(Security), Holds(Other)]),
    ("contact", &[Staff, Owner, Holds(Billing), Holds(Support), Holds(Deployment), Holds(Security), Holds(Other), Administrator, Myself]),
    ("subscribers", &[Staff, Owner, Holds(Billing), Holds(Support), Holds(Deployment), Holds(Other), Administrator]),
    ("products", &[Staff, Owner, Holds(Billing), Holds(Support), Holds(Deployment), Holds(SystemConfiguration), Holds(Other), Administrator, Myself]),
    ("subscriptions", &[Staff, Owner, Holds(Billing), Holds(Support), Holds(Other), Administrator, Myself]),
    ("accessDecision", &[Staff, Owner, Holds(Support), Holds(Deployment), Holds(Other), Myself, Program(Scope::AccessCheck)]),
    ("claims", &[Staff, Owner, Holds(Support), Administrator, Myself]),
    ("auditTrail", &[Staff, Owner, Holds(Security)]),
    ("members", &[Staff, Owner, Holds(Security)]),
    ("deliveries", &[Staff, Owner, Holds(Support), Holds(SystemConfiguration)]),
    ("import", ACCESSES),
    ("personalData", &[Staff, Owner, Holds(Security), Myself]),
];

/// What a session is asked again for: whoever is signed in has to have shown who they are a short while ago (`SESAME_SESSION_CONFIRM_MINUTES`), for a
/// browser that was left open is nobody's word. Tokens are not asked. Changing how one signs in asks for the password each time, and is not here.
pub const ASKED_AGAIN: &[&str] = &[
    "EraseContact",
    "EraseRegistration",
    "EraseUser",
    "TransferOwnership",
    "RecordExport",
    CREATE_TOKEN,
    "SetSignInProvider",
    "RemoveSignInProvider",
];

/// Who may; nobody, where there is no row.
fn who_may(what: &str) -> &'static [Who] {
    TABLE.iter().find(|(name, _)| *name == what).map_or(&[], |(_, who)| who)
}

/// The table as `docs/permissions.md` shows it: a line a command or question, a column a permission, and in the last one who else may;
/// † where a session is asked again.
pub fn reference() -> String {
    let mut text = String::from("| Command or question | Owner |");
    Permission::ALL.iter().for_each(|p| text.push_str(&format!(" {p} |")));
    text.push_str(" Others |\n|---|---|---|---|---|---|---|---|---|\n");
    for (name, who) in TABLE {
        let mark = |yes| if yes { " ✓ |" } else { " |" };
        let again = if ASKED_AGAIN.contains(name) { " †" } else { "" };
        text.push_str(&format!("| `{name}`{again} |{}", mark(who.contains(&Owner))));
        Permission::ALL.iter().for_each(|p| text.push_str(mark(who.contains(&Holds(*p)))));
        let others = who.iter().filter_map(|who| match who {
            Operator => Some("operator"),
            Staff => Some("support"),
            Administrator => Some("portal administrator, of subscribers"),
            Myself => Some("anyone, of themselves"),
            Link => Some("whoever has the mailed link"),
            User => Some("the user it concerns"),
            Program(Scope::Erp) => Some("a program of scope `ERP`"),
            Program(_) => Some("a program of scope `ACCESS_CHECK`"),
            Owner | Holds(_) => None,
        });
        text.push_str(&format!(" {} |\n", others.collect::<Vec<_>>().join(", ")));
    }
    text
}

/// Refused, with whom to turn to: whoever may.
pub(super) fn forbidden(who: &[Who]) -> Refusal {
    let refusal = Refusal::new(Code::Forbidden);
    let owner = who.iter().any(|who| matches!(who, Owner | Holds(_)));
    match who {
        [] => refusal,
        _ if owner => refusal.instead(Remedy::AskTheOwner),
        _ if who.contains(&Staff) => refusal.instead(Remedy::AskSupport),
        _ if who.contains(&Operator) => refusal.instead(Remedy::AskTheOperator),
        _ => refusal.instead(Remedy::SignInAsThem),
    }
}

/// What something is about, for those who may only about themselves or about subscribers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct About {
    /// The caller's own contact, or what is attached to it.
    pub own: bool,
    /// A subscriber, or what is attached to one.
    pub subscriber: bool,
}

impl About {
    /// Whatever it may be.
    pub const ANY: About = About { own: true, subscriber: true };
}

/// Whether an event changes who is behind a contact, or ends what that one may: whoever changes an e-mail changes who signs in with it. Only those who
/// outrank the contact bring it about ([`Caller::outranks`]).
pub(super) fn takes_over(event: &Event) -> bool {
    use ContactEvent::{Deleted, EmailChanged, Erased, KindConverted};
    matches!(event, Event::Contact(EmailChanged(_) | KindConverted(_) | Deleted(_) | Erased(_)))
}

/// Whether a place in an account lets one.
pub(super) fn place_lets(who: &[Who], place: &Place, about: About) -> bool {
    who.iter().any(|who| match who {
        Owner => place.profile == Profile::Client,
        Holds(permission) => place.permissions.contains(permission),
        Administrator => about.subscriber && place.portal == Some(PortalRole::Administrator),
        Myself => about.own,
        User => true,
        Operator | Staff | Link | Program(_) => false,
    })
}

impl Caller {
    /// Whether this caller may, in an account they reach; a user by the place given.
    fn lets(&self, who: &[Who], place: Option<&Place>, about: About) -> bool {
        match self.actor.kind {
            // A policy follows what someone else was allowed to do.
            ActorKind::System => true,
            ActorKind::Operator => who.iter().any(|w| matches!(w, Operator | Owner)),
            ActorKind::Staff => who.contains(&Staff),
            ActorKind::Token => who.iter().any(|who| match who {
                Owner => self.scopes.has(Scope::Owner),
                Holds(permission) => self.scopes.iter().any(|scope| scope.permission() == Some(*permission)),
                Program(scope) => self.scopes.has(*scope),
                Operator | Staff | Administrator | Myself | Link | User => false,
            }),
            ActorKind::Link => who.contains(&Link),
            ActorKind::User => place.is_some_and(|place| place_lets(who, place, about)),
        }
    }

    /// Who may carry out this command through the caller's door.
    pub(super) fn who_may(&self, command: &str) -> &'static [Who] {
        who_may(if self.door == Door::Import { Question::Import.name() } else { command })
    }

    /// The commands that they may carry out in an account, if need be once they have shown who they are.
    pub fn acts(&self, account: AccountId) -> impl Iterator<Item = &'static str> {
        TABLE.iter().map(|(name, _)| *name).filter(move |name| self.may_ever(name, Some(account)).is_ok())
    }

    /// Whether the command can be carried out now: known before anything is read. Whoever may, and showed too long ago who they are, is asked again.
    pub fn may(&self, what: &str, account: Option<AccountId>) -> Result<(), Refusal> {
        self.may_ever(what, account)?;
        match self.session {
            Some(session) if !session.confirmed && ASKED_AGAIN.contains(&what) => Err(session.again()),
            _ => Ok(()),
        }
    }

    /// Whether the command can be meant, once they have shown who they are. What belongs to another account is answered like what is unknown.
    pub fn may_ever(&self, what: &str, account: Option<AccountId>) -> Result<(), Refusal> {
        let who = self.who_may(what);
        if self.actor.kind == ActorKind::System {
            return Ok(());
        }
        if who.contains(&User) && self.is_by_provider() {
            return Err(Refusal::new(Code::Forbidden).instead(Remedy::SignInYourself));
        }
        if who.contains(&Operator) && self.actor.kind == ActorKind::Operator {
            return Ok(());
        }
        if who.contains(&Staff) && self.actor.kind == ActorKind::Staff {
            return Ok(());
        }
        if who.contains(&User) && self.actor.kind == ActorKind::User {
            return Ok(());
        }
        let forbidden = || forbidden(who);
        match account {
            Some(account) if !self.reaches(account) => {
                // Who reaches no account at all is told so.
                let nowhere = self.account.is_none() && self.places.is_empty();
                Err(if nowhere { forbidden() } else { Refusal::at(Code::NotFound, "accountId") })
            }
            Some(account) if self.lets(who, self.place(account), About::ANY) => Ok(()),
            Some(_) => Err(forbidden()),
            None => {
                let anywhere = match self.actor.kind {
                    ActorKind::User => self.places.iter().any(|place| place_lets(who, place, About::ANY)),
                    _ => self.account.is_some() && self.lets(who, None, About::ANY),
                };
                if anywhere { Ok(()) } else { Err(forbidden()) }
            }
        }
    }

    /// Whether the command is allowed on something of an account that is reached; `place` is the user's, as the log has it now.
    pub(super) fn may_touch(
        &self,
        who: &[Who],
        place: Option<&Place>,
        own: bool,
        field: &'static str,
    ) -> Result<(), Refusal> {
        if who.contains(&User) || self.lets(who, place, About { own, subscriber: true }) {
            return Ok(());
        }
        // Whoever may only about themselves learns nothing of others.
        let only_own = self.lets(who, place, About::ANY);
        Err(if only_own { Refusal::at(Code::NotFound, field) } else { forbidden(who) })
    }

    /// Whether this may be asked of an account. No: it is answered as if the account did not exist.
    pub fn may_ask(&self, question: Question, account: AccountId, about: About) -> bool {
        self.reaches(account) && self.lets(who_may(question.name()), self.place(account), about)
    }

    /// Whether they may change who is behind a member, or what that one may: nobody takes over rights they do not hold. `place` is the user's own.
    pub(crate) fn outranks(&self, place: Option<&Place>, contact: &ContactState) -> Result<(), Refusal> {
        let owner = match self.actor.kind {
            ActorKind::User => place.is_some_and(|p| p.profile == Profile::Client),
            ActorKind::Token => self.scopes.has(Scope::Owner),
            _ => true,
        };
        let membership = &contact.membership;
        let held = || membership.permissions.iter().all(|permission| self.holds(place, *permission));
        if owner || (membership.profile != Profile::Client && held()) {
            Ok(())
        } else {
            Err(Refusal::new(Code::PermissionNotHeld))
        }
    }

    /// Whether they hold a right themselves: nobody grants what they do not hold.
    pub(super) fn holds(&self, place: Option<&Place>, permission: Permission) -> bool {
        match self.actor.kind {
            ActorKind::User => {
                place.is_some_and(|p| p.profile == Profile::Client || p.permissions.contains(&permission))
            }
            ActorKind::Token => {
                self.scopes.has(Scope::Owner) || self.scopes.iter().any(|scope| scope.permission() == Some(permission))
            }
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests;
