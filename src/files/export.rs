//! The lists that are handed out: their columns, and one line of the subscribers. Written by `csv_out` and `xlsx_out`.
//!
//! What a subscriber or a contact is, and how an address becomes one text, is known elsewhere: here come texts.

/// The headers, exactly these and in this order, in every language: the file is a fixed form.
pub const HEADER: [&str; 8] = ["ID", "Raison sociale", "Nom", "Prénom", "E-mail", "Téléphone", "Fax", "Adresse"];

/// A list as a file has it.
#[derive(Debug)]
pub struct Form {
    /// The name of its sheet; the following ones have a number behind it.
    pub sheet: &'static str,
    /// Its headers.
    pub header: &'static [&'static str],
    /// Widths of its columns in characters.
    pub widths: &'static [f64],
}

/// The subscribers: in every language.
pub const SUBSCRIBERS: Form =
    Form { sheet: "Abonnés", header: &HEADER, widths: &[14.0, 28.0, 20.0, 18.0, 32.0, 20.0, 20.0, 44.0] };

const CONTACTS: &[f64] = &[14.0, 28.0, 20.0, 18.0, 32.0, 20.0, 20.0, 44.0, 12.0, 12.0, 20.0, 14.0];

/// The contacts, in French. What an import knows of it has the titles that it reads.
pub const CONTACTS_FR: Form = Form {
    sheet: "Contacts",
    header: &[
        "ID",
        "Raison sociale",
        "Nom",
        "Prénom",
        "E-mail",
        "Téléphone",
        "Fax",
        "Adresse",
        "Type",
        "Profil",
        "Statut",
        "Enregistré le",
    ],
    widths: CONTACTS,
};

/// The contacts, in English.
pub const CONTACTS_EN: Form = Form {
    sheet: "Contacts",
    header: &[
        "ID",
        "Company",
        "Last name",
        "First name",
        "E-mail",
        "Phone",
        "Fax",
        "Address",
        "Type",
        "Profile",
        "Status",
        "Recorded on",
    ],
    widths: CONTACTS,
};

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
