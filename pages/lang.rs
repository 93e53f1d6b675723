//! The languages that Sésame speaks.

/// A language that Sésame speaks. French is the default: it is the language of the trade's users.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// French, the default.
    #[default]
    Fr,
    /// English.
    En,
}

impl Lang {
    /// Both.
    pub const ALL: [Lang; 2] = [Lang::Fr, Lang::En];

    /// The language of an account's locale; French unless it says English.
    #[must_use]
    pub fn of(locale: &str) -> Self {
        if locale == "en" { Self::En } else { Self::Fr }
    }

    /// The BCP 47 tag, for `<html lang>` and `Content-Language`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
        }
    }
}
