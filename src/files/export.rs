//! The subscribers' list: its columns and one line of it. Written by `csv_out` and `xlsx_out`.
//!
//! What a subscriber is, and how an address becomes one text, is known elsewhere: here come texts.

/// The headers, exactly these and in this order, in every language: the file is a fixed form.
pub const HEADER: [&str; 8] = ["ID", "Raison sociale", "Nom", "Prénom", "E-mail", "Téléphone", "Fax", "Adresse"];

/// One subscriber; an empty text is an empty cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SubscriberLine<'a> {
    /// The account's own number for the subscriber, else ours.
    pub id: &'a str,
    /// Company name.
    pub company_name: &'a str,
    /// Last name.
    pub last_name: &'a str,
    /// First name.
    pub first_name: &'a str,
    /// E-mail address.
    pub email: &'a str,
    /// Telephone number.
    pub phone: &'a str,
    /// Fax number.
    pub fax: &'a str,
    /// The address on its lines.
    pub address: &'a str,
}

impl<'a> SubscriberLine<'a> {
    /// The values in the order of [`HEADER`].
    #[must_use]
    pub fn cells(&self) -> [&'a str; HEADER.len()] {
        [self.id, self.company_name, self.last_name, self.first_name, self.email, self.phone, self.fax, self.address]
    }
}
