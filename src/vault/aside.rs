//! What stands beside the log, sealed under a key that the master key makes: who does not have the master key reads none of it.

/// What is sealed so. Each is bound to its own kind and row: moved elsewhere it does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aside {
    /// From where people came who changed something.
    Whence,
    /// The secret of an authenticator app.
    Totp,
    /// The secret that an account's provider knows us by.
    ProviderSecret,
    /// What a browser is held against that was sent to a provider.
    ProviderStart,
    /// Who asked for a login or a password.
    Knock,
    /// The token of whoever is at the support desk: their browser has it.
    SupportDesk,
}

impl Aside {
    /// Every one.
    pub const ALL: [Aside; 6] =
        [Aside::Whence, Aside::Totp, Aside::ProviderSecret, Aside::ProviderStart, Aside::Knock, Aside::SupportDesk];

    /// What it is bound to, besides its row. Never changed: what is sealed could not be opened any more.
    pub(super) fn name(self) -> &'static str {
        match self {
            Aside::Whence => "whence",
            Aside::Totp => "totp",
            Aside::ProviderSecret => "provider_secret",
            Aside::ProviderStart => "provider_start",
            Aside::Knock => "knock",
            Aside::SupportDesk => "support_desk",
        }
    }

    /// Its table, with a column `sealed`, and the column of the row that it is bound to. None: it is in no table, and what cannot be opened any more is asked
    /// for again.
    pub(super) fn place(self) -> Option<(&'static str, &'static str)> {
        match self {
            Aside::Whence => Some(("whence", "correlation")),
            Aside::Totp => Some(("totp", "user_id")),
            Aside::ProviderSecret => Some(("provider_secret", "account")),
            Aside::ProviderStart => Some(("provider_start", "id")),
            Aside::Knock => Some(("knock", "id")),
            Aside::SupportDesk => None,
        }
    }
}
