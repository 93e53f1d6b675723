//! The words of the trade as GraphQL's enums, each tied to the rules' own so that neither can have a value more.

use async_graphql::Enum;

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident of $remote:literal { $($(#[$vdoc:meta])* $value:ident),* $(,)? })*) => { $(
        $(#[$doc])*
        #[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
        #[graphql(remote = $remote)]
        pub enum $name { $($(#[$vdoc])* $value),* }
    )* };
}

words! {
    /// A person, or a group mailbox that cannot log in and gets no verification mail.
    ContactKind of "domain::values::ContactKind" {
        /// A human being.
        Person,
        /// A shared mailbox.
        Group,
    }
    /// How a contact came to the account.
    Profile of "domain::values::Profile" {
        /// The account's owner.
        Client,
        /// Recorded by the account.
        Contact,
        /// A user invited from elsewhere.
        Guest,
    }
    /// Where a membership stands.
    MembershipStatus of "domain::values::MembershipStatus" {
        /// Recorded, nothing sent.
        Pending,
        /// The invitation was sent.
        Invited,
        /// The guest refused.
        Declined,
        /// In force.
        Active,
        /// Switched off by the account.
        Inactive,
        /// The invitation ran out.
        Expired,
        /// The invitation was taken back.
        Revoked,
    }
    /// What a member may do for the account.
    Permission of "domain::values::Permission" {
        /// Subscriptions and payments.
        Billing,
        /// Contacts, their addresses and complaints.
        Support,
        /// Accesses and imports.
        Deployment,
        /// Products and policies.
        SystemConfiguration,
        /// Members, their rights, the trail, erasing a person.
        Security,
        /// Reading lists.
        Other,
    }
    /// What decides whether an access is in force.
    AccessMode of "domain::values::AccessMode" {
        /// The subscriptions decide.
        Automatic,
        /// In force whatever the payments.
        Activated,
        /// Closed whatever the payments.
        Suspended,
    }
    /// The unit of an advance.
    PeriodUnit of "domain::values::PeriodUnit" {
        /// Calendar days; 1 to 3650.
        Days,
        /// Calendar months, clamped to the month's last day; 1 to 120.
        Months,
        /// Calendar years; 1 to 10.
        Years,
    }
    /// How the delays of modules are counted.
    DripClock of "domain::values::DripClock" {
        /// Calendar days since the anchor.
        CalendarDays,
        /// Only days on which the contact was entitled.
        EntitledDays,
    }
    /// Whether a subscription renews.
    Billing of "domain::values::Billing" {
        /// Renews until cancelled.
        Recurring,
        /// Bought once.
        OneOff,
    }
    /// The state of a subscription's payments.
    PaymentState of "domain::values::PaymentState" {
        /// In order.
        Paid,
        /// Late: entitled within the account's grace days.
        PastDue,
        /// Not entitled.
        Failed,
    }
    /// Whether an e-mail is the contact's own.
    EmailStatus of "domain::values::EmailStatus" {
        /// Nobody has followed a mailed link yet.
        Unverified,
        /// The mailed link was followed.
        Verified,
        /// A mail came back, and the address was not verified since.
        Bounced,
    }
    /// Where a request for deletion stands.
    DeletionStatus of "domain::values::DeletionStatus" {
        /// Support has to decide.
        Requested,
        /// Support agreed: the contact was deleted.
        Approved,
        /// Support did not agree.
        Rejected,
    }
    /// As what a contact signs in to the portal.
    PortalRole of "domain::values::PortalRole" {
        /// Sees what is their own.
        Subscriber,
        /// Sees the account's subscribers.
        Administrator,
    }
    /// Where a complaint stands.
    ClaimStatus of "domain::values::ClaimStatus" {
        /// Waiting for an answer.
        Open,
        /// Answered.
        Answered,
        /// Done with.
        Closed,
    }
    /// Who may delete a contact.
    DeletionPolicy of "domain::values::DeletionPolicy" {
        /// The account itself, after confirmation.
        #[graphql(name = "SELF")]
        SelfService,
        /// Only the account's ERP.
        ErpOnly,
        /// Only support, on request.
        SupportOnly,
    }
    /// A field that an ERP may own.
    ErpField of "domain::values::ErpField" {
        /// First name.
        FirstName,
        /// Last name.
        LastName,
        /// Company.
        CompanyName,
        /// E-mail.
        Email,
        /// Phone.
        Phone,
        /// Fax.
        Fax,
        /// Delivery address.
        Address,
    }
    /// Where an account and its ERP disagree about a record.
    ErpDrift of "domain::values::ErpDrift" {
        /// The record is gone from the ERP; the contact stays.
        Gone,
        /// The record's e-mail is another contact's: it was taken without it.
        EmailTaken,
        /// The record's e-mail is that of a contact who never verified it: it waits for a person.
        UnverifiedMatch,
        /// The record is of someone whose data were erased here: it is not taken again.
        Tombstoned,
    }
    /// What happens when someone registers in the app.
    RegistrationPolicy of "domain::values::RegistrationPolicy" {
        /// Let in at once.
        Automatic,
        /// The account validates each.
        Manual,
    }
    /// What becomes of a file with rows that are refused.
    ImportPolicy of "domain::values::ImportPolicy" {
        /// One refused row, and nothing of the file is done.
        RejectEverything,
        /// The refused rows are left out, and given back to be mended.
        RejectFailedRows,
        /// Values that cannot be taken are left out, and their rows are taken.
        IgnoreFailed,
    }
    /// Where an import stands.
    ImportStatus of "domain::values::ImportStatus" {
        /// Compared with what is there; nothing done yet.
        Planned,
        /// Being done.
        Applying,
        /// Done.
        Applied,
        /// Stopped on the way.
        Cancelled,
        /// Being taken back.
        Undoing,
        /// Taken back.
        Undone,
    }
    /// Why a product is open or closed for a contact: what the first closed gate says.
    AccessReason of "domain::access::Reason" {
        /// Every gate lets through.
        Open,
        /// The contact was deleted.
        ContactDeleted,
        /// The person's data were erased.
        ContactErased,
        /// A guest who is not active, or anyone switched off or revoked.
        NotActiveMember,
        /// The registration in the app waits for the account.
        AwaitingValidation,
        /// The registration in the app was refused.
        RegistrationRefused,
        /// Nobody gave access, or it was removed.
        NotGranted,
        /// Closed whatever the payments.
        Suspended,
        /// The access is automatic and no subscription entitles.
        NoSubscription,
        /// The content opens later.
        NotYetOpen,
    }
    /// The five gates, in the order in which they are asked.
    Gate of "domain::access::Gate" {
        /// The contact is there, and may pass.
        Contact,
        /// Its registration, if it has one, was let in.
        Validation,
        /// Access was given, and its mode lets through.
        Mode,
        /// The content has opened.
        Opening,
        /// The modules have opened.
        Drip,
    }
    /// In what a contact is like a sign-up.
    Resemblance of "domain::registration::Resemblance" {
        /// The same e-mail, which the sign-up never showed to be theirs.
        SameEmail,
        /// First and last name, in either order.
        SameName,
        /// The last name alone.
        SameLastName,
        /// The same phone.
        SamePhone,
        /// An e-mail that differs by a slip of the hand, or only in its domain.
        NearEmail,
    }
    /// What delays count from.
    #[expect(clippy::enum_variant_names, reason = "the words of the API")]
    AnchorKind of "domain::access::AnchorKind" {
        /// The order date: as given, or the first day of a subscription.
        OrderDate,
        /// The grant, where there was no order.
        GrantDate,
        /// The date chosen as opening.
        ChosenDate,
    }
    /// What kind of someone acted.
    ActorKind of "domain::ActorKind" {
        /// Runs the instance.
        Operator,
        /// A program with a token of one account.
        Token,
        /// A person who signed in.
        User,
        /// Someone of support, above accounts.
        Staff,
        /// Whoever followed a mailed link; the id is that of the contact it was mailed to.
        Link,
        /// Sésame itself.
        System,
    }
    /// Through which door a command came.
    Origin of "domain::Origin" {
        /// The pages.
        Ui,
        /// GraphQL or HTTP.
        Api,
        /// A file.
        Import,
        /// An ERP.
        Erp,
        /// A policy.
        Policy,
        /// The command line.
        Cli,
    }
}

/// Where a contact's registration in the app stands.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
pub enum RegistrationStatus {
    /// Not registered.
    NotRegistered,
    /// Waiting for the account.
    PendingValidation,
    /// Let in.
    Registered,
    /// Turned away.
    Refused,
}

impl RegistrationStatus {
    /// As lists are narrowed by it.
    pub(super) fn as_str(self) -> &'static str {
        use domain::values::RegistrationStatus as Stored;
        match self {
            RegistrationStatus::NotRegistered => "NOT_REGISTERED",
            RegistrationStatus::PendingValidation => Stored::PendingValidation.as_str(),
            RegistrationStatus::Registered => Stored::Registered.as_str(),
            RegistrationStatus::Refused => Stored::Refused.as_str(),
        }
    }
}

impl From<Option<domain::values::RegistrationStatus>> for RegistrationStatus {
    fn from(status: Option<domain::values::RegistrationStatus>) -> Self {
        use domain::values::RegistrationStatus as Stored;
        match status {
            None => RegistrationStatus::NotRegistered,
            Some(Stored::PendingValidation) => RegistrationStatus::PendingValidation,
            Some(Stored::Registered) => RegistrationStatus::Registered,
            Some(Stored::Refused) => RegistrationStatus::Refused,
        }
    }
}

/// How the content opens.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
pub enum OpeningKind {
    /// From the order date.
    FromOrderDate,
    /// Everything at once.
    Full,
    /// Earlier than planned.
    Advanced,
    /// On a chosen day.
    FromDate,
}
