//! Who may open what.
