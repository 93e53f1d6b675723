//! Why a command is refused: a stable code, the field, and what the message needs to say more.
//!
//! A refusal is told to the person who asked; it is no error and changes nothing. Its French and English text is made
//! at the edge from [`Code::as_str`] and [`Refusal::params`]. One list for all rooms, because callers see one list.

use crate::remedy::{DateFault, Remedy};
use std::borrow::Cow;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal),* $(,)?) => {
        /// The stable codes of refusals and warnings (`domain.md`, Refusals).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* $name),* }
        impl Code {
            /// Every code.
            pub const ALL: &'static [Code] = &[$(Code::$name),*];
            /// The code as callers see it.
            pub fn as_str(self) -> &'static str { match self { $(Code::$name => $text),* } }
        }
    };
}

codes! {
    /// A mandatory field is missing or empty.
    Required = "REQUIRED",
    /// Longer than allowed; `max` says how long it may be.
    TooLong = "TOO_LONG",
    /// Not a value of the expected form.
    Invalid = "INVALID",
    /// Right in itself, but not in the present state.
    NotAllowedNow = "NOT_ALLOWED_NOW",
    /// The contact already has this product.
    AlreadyGranted = "ALREADY_GRANTED",
    /// The contact does not have this product.
    NotGranted = "NOT_GRANTED",
    /// The product was archived.
    ProductArchived = "PRODUCT_ARCHIVED",
    /// The contact was deleted.
    ContactDeleted = "CONTACT_DELETED",
    /// The person's data were erased.
    ContactErased = "CONTACT_ERASED",
    /// Another contact of the account has this e-mail.
    EmailTaken = "EMAIL_TAKEN",
    /// The same e-mail twice in one submission; `first` says at which place it stands first.
    EmailRepeated = "EMAIL_REPEATED",
    /// An e-mail is needed for this.
    EmailRequired = "EMAIL_REQUIRED",
    /// Not an e-mail address.
    EmailInvalid = "EMAIL_INVALID",
    /// The e-mail was not verified.
    EmailNotVerified = "EMAIL_NOT_VERIFIED",
    /// The delivery address lacks fields; `missing` names them.
    AddressIncomplete = "ADDRESS_INCOMPLETE",
    /// Neither a name nor a company.
    NameOrCompanyRequired = "NAME_OR_COMPANY_REQUIRED",
    /// A delivered product needs a subscriber with a complete address; `missing` names the fields.
    SubscriberRequired = "SUBSCRIBER_REQUIRED",
    /// A subscription of this contact still runs.
    HasLiveSubscription = "HAS_LIVE_SUBSCRIPTION",
    /// The ERP owns this.
    ManagedByErp = "MANAGED_BY_ERP",
    /// Only support deletes; ask for it.
    DeletionNeedsSupport = "DELETION_NEEDS_SUPPORT",
    /// Belongs to the account already.
    AlreadyMember = "ALREADY_MEMBER",
    /// Was invited already, and has not answered.
    AlreadyInvited = "ALREADY_INVITED",
    /// The invitation ran out, or a newer one was sent.
    InvitationExpired = "INVITATION_EXPIRED",
    /// The invitation was taken back.
    InvitationRevoked = "INVITATION_REVOKED",
    /// Somebody else was invited; the invitation stays.
    NotTheInvitedUser = "NOT_THE_INVITED_USER",
    /// A password of fewer characters than `min`.
    PasswordTooShort = "PASSWORD_TOO_SHORT",
    /// A password that is guessed in a few tries.
    PasswordTooEasy = "PASSWORD_TOO_EASY",
    /// Not the present password.
    PasswordWrong = "PASSWORD_WRONG",
    /// Not a code of the app, or one that was used.
    CodeWrong = "CODE_WRONG",
    /// It would leave the account without an owner.
    LastOwner = "LAST_OWNER",
    /// Nobody gives, or takes, a right they do not hold.
    PermissionNotHeld = "PERMISSION_NOT_HELD",
    /// An advance outside 1..3650 days, 1..120 months, 1..10 years.
    AdvanceOutOfRange = "ADVANCE_OUT_OF_RANGE",
    /// A date that cannot be meant.
    DateInvalid = "DATE_INVALID",
    /// Somebody changed it since the version that was given.
    VersionConflict = "VERSION_CONFLICT",
    /// Asked for too often: again after `seconds`.
    RateLimited = "RATE_LIMITED",
    /// The idempotency key was used with another input.
    IdempotencyMismatch = "IDEMPOTENCY_MISMATCH",
    /// Unknown, or not yours: the answer is the same.
    NotFound = "NOT_FOUND",
    /// Known, but not allowed.
    Forbidden = "FORBIDDEN",
    /// Allowed, but it is too long ago that they showed who they are.
    ReauthenticationRequired = "REAUTHENTICATION_REQUIRED",
    /// Warning: the product has no order e-mail.
    OrderEmailNotConfigured = "ORDER_EMAIL_NOT_CONFIGURED",
    /// Warning: the order e-mail of an access that cannot be opened yet.
    AccessNotOpen = "ACCESS_NOT_OPEN",
    /// Warning: an advance took the place of an opening that had been chosen.
    OpeningReplaced = "OPENING_REPLACED",
    /// Warning: registrations in the app go on waiting for validation.
    RegistrationsPending = "REGISTRATIONS_PENDING",
    /// Warning: an e-mail was to be sent and the contact has no address.
    EmailMissing = "EMAIL_MISSING",
}

/// Why a command was not carried out; also the shape of a warning.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} {field:?}", code.as_str())]
pub struct Refusal {
    /// The stable code.
    pub code: Code,
    /// Path of the input field it concerns, in the API's names; empty when it concerns the whole command.
    pub field: Vec<Cow<'static, str>>,
    /// Values of the message's placeholders (`max`, `missing`, …). Never a personal value.
    pub params: Vec<(&'static str, String)>,
}

impl Refusal {
    /// A refusal of the whole command.
    pub fn new(code: Code) -> Self {
        Refusal { code, field: Vec::new(), params: Vec::new() }
    }

    /// A refusal of one field.
    pub fn at(code: Code, field: &'static str) -> Self {
        Refusal { code, field: vec![Cow::Borrowed(field)], params: Vec::new() }
    }

    /// Not in the present state; what to do instead.
    pub fn not_now(remedy: Remedy) -> Self {
        Refusal::new(Code::NotAllowedNow).instead(remedy)
    }

    /// A day that is not taken, and why.
    pub fn date(field: &'static str, fault: DateFault) -> Self {
        Refusal::at(Code::DateInvalid, field).with("why", fault)
    }

    /// The same, with what to do about it.
    pub fn instead(self, remedy: Remedy) -> Self {
        self.with("remedy", remedy)
    }

    /// The same, inside an outer field.
    pub fn under(mut self, outer: impl Into<Cow<'static, str>>) -> Self {
        self.field.insert(0, outer.into());
        self
    }

    /// The same, with a value for the message.
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.params.push((name, value.to_string()));
        self
    }
}

impl From<Code> for Refusal {
    fn from(code: Code) -> Self {
        Refusal::new(code)
    }
}

/// Every reason at once, so that a form can show each by its field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("refused: {0:?}")]
pub struct Refusals(pub Vec<Refusal>);

impl<T: Into<Refusal>> From<T> for Refusals {
    fn from(refusal: T) -> Self {
        Refusals(vec![refusal.into()])
    }
}

/// Gathers refusals of several fields and goes on, so that one answer names all.
#[derive(Debug, Default)]
pub(crate) struct Check(Vec<Refusal>);

impl Check {
    /// The value, or its refusal noted and the default in its place.
    pub fn take<T: Default>(&mut self, result: Result<T, Refusal>) -> T {
        result.unwrap_or_else(|refusal| {
            self.0.push(refusal);
            T::default()
        })
    }

    /// Notes a refusal.
    pub fn refuse(&mut self, refusal: impl Into<Refusal>) {
        self.0.push(refusal.into());
    }

    /// Whether nothing was refused so far.
    pub fn is_clean(&self) -> bool {
        self.0.is_empty()
    }

    /// All that was refused, if anything.
    pub fn finish(self) -> Result<(), Refusals> {
        if self.0.is_empty() { Ok(()) } else { Err(Refusals(self.0)) }
    }
}
