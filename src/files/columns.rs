//! The header: which column means what, in French or English, however people write it.
//!
//! Titles are compared without case, accents, punctuation and remarks in brackets. Of several columns with one meaning
//! the plainest title serves («Téléphone» before «Portable») and the others are listed as ignored; two equally plain ones
//! are an error, since the sender must say which counts. Our own `Erreur` column is passed over, so that a corrected
//! errors file comes in again.
//!
//! Values are trimmed, not judged: what makes an e-mail valid is the domain's business. Before: `csv_in`. The words
//! themselves stand in `synonyms`.

mod synonyms;

use std::fmt;

use super::error::{FileError, RowProblem};
use super::rows::Row;
use synonyms::Title;

/// What a column can mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientField {
    /// The sender's own number for this client.
    Id,
    /// Company name.
    CompanyName,
    /// Last name.
    LastName,
    /// First name.
    FirstName,
    /// E-mail address.
    Email,
    /// Telephone number.
    Phone,
    /// Fax number.
    Fax,
    /// The address: whole on several lines, or its street lines where postal code and city have columns of their own.
    Address,
    /// Postal code.
    PostalCode,
    /// City.
    City,
    /// Country.
    Country,
    /// Person or group.
    Kind,
}

impl ClientField {
    /// All fields, in the order of the template.
    pub const ALL: [Self; 12] = [
        Self::Id,
        Self::CompanyName,
        Self::LastName,
        Self::FirstName,
        Self::Email,
        Self::Phone,
        Self::Fax,
        Self::Address,
        Self::PostalCode,
        Self::City,
        Self::Country,
        Self::Kind,
    ];

    /// The stable code, the same in every language and version.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::CompanyName => "companyName",
            Self::LastName => "lastName",
            Self::FirstName => "firstName",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Fax => "fax",
            Self::Address => "address",
            Self::PostalCode => "postalCode",
            Self::City => "city",
            Self::Country => "country",
            Self::Kind => "kind",
        }
    }
}

impl fmt::Display for ClientField {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.code())
    }
}

/// A column whose values are not taken: to be shown as a warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IgnoredColumn {
    /// Its place in the file, from 1.
    pub column: usize,
    /// Its title as sent.
    pub title: String,
    /// Why.
    pub why: WhyIgnored,
}

/// Why a column is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyIgnored {
    /// Its title means nothing to us.
    Unknown,
    /// Another column has a plainer title for the same field.
    AnotherServes(ClientField),
}

/// The header of a client file, understood.
#[derive(Clone, Debug)]
pub struct Columns {
    titles: Vec<String>,
    /// For each field, in the order of [`ClientField::ALL`], the index of its column.
    places: [Option<usize>; ClientField::ALL.len()],
    ignored: Vec<IgnoredColumn>,
    errors: Vec<usize>,
}

impl Columns {
    /// Understands a header.
    ///
    /// # Errors
    /// [`FileError::DuplicateColumn`]; [`FileError::NoUsableColumn`] where nobody could be recognised by this file, which
    /// is also what a file without a header gives.
    pub fn recognise(header: &Row<'_>) -> Result<Self, FileError> {
        let titles: Vec<String> = header.cells().map(str::to_owned).collect();
        let meanings: Vec<Title> = titles.iter().map(|title| synonyms::meaning(title)).collect();
        let mut columns =
            Self { titles, places: [None; ClientField::ALL.len()], ignored: Vec::new(), errors: Vec::new() };
        for field in ClientField::ALL {
            columns.places[field as usize] = plainest(field, &meanings)?;
        }
        let last_titled = columns.titles.iter().rposition(|title| !title.trim().is_empty());
        for (index, meaning) in meanings.iter().enumerate().take(last_titled.map_or(0, |last| last + 1)) {
            match meaning {
                Title::Field { field, .. } if columns.places[*field as usize] == Some(index) => {}
                Title::Field { field, .. } => columns.ignore(index, WhyIgnored::AnotherServes(*field)),
                Title::OurError => columns.errors.push(index),
                Title::OurReport => {}
                Title::Unknown => columns.ignore(index, WhyIgnored::Unknown),
            }
        }
        let identifying = [ClientField::CompanyName, ClientField::LastName, ClientField::FirstName, ClientField::Email];
        if identifying.iter().all(|field| columns.places[*field as usize].is_none()) {
            return Err(FileError::NoUsableColumn { found: columns.titles });
        }
        Ok(columns)
    }

    fn ignore(&mut self, index: usize, why: WhyIgnored) {
        let title = self.titles.get(index).cloned().unwrap_or_default();
        self.ignored.push(IgnoredColumn { column: index + 1, title, why });
    }

    /// The columns not taken, left to right.
    #[must_use]
    pub fn ignored(&self) -> &[IgnoredColumn] {
        &self.ignored
    }

    /// Where the field stands in the file, from 1, and its title as sent.
    #[must_use]
    pub fn column_of(&self, field: ClientField) -> Option<(usize, &str)> {
        let index = self.places[field as usize]?;
        self.titles.get(index).map(|title| (index + 1, title.trim()))
    }

    /// Indexes of the `Erreur` columns an errors file of ours has.
    pub(super) fn error_columns(&self) -> &[usize] {
        &self.errors
    }

    /// The row by meaning. Borrowed: no value is copied.
    #[must_use]
    pub fn client_row<'r>(&self, row: &Row<'r>) -> ClientRow<'r> {
        let value = |field: ClientField| self.places[field as usize].map(|index| row.cell(index).map_or("", str::trim));
        ClientRow {
            number: row.number,
            line: row.line,
            problem: row.problem,
            id: value(ClientField::Id),
            company_name: value(ClientField::CompanyName),
            last_name: value(ClientField::LastName),
            first_name: value(ClientField::FirstName),
            email: value(ClientField::Email),
            phone: value(ClientField::Phone),
            fax: value(ClientField::Fax),
            address: value(ClientField::Address),
            postal_code: value(ClientField::PostalCode),
            city: value(ClientField::City),
            country: value(ClientField::Country),
            kind: value(ClientField::Kind),
        }
    }
}

/// What a title means by itself; none where it means nothing to us.
#[must_use]
pub fn meant_by(title: &str) -> Option<ClientField> {
    match synonyms::meaning(title) {
        Title::Field { field, .. } => Some(field),
        _ => None,
    }
}

/// The one column with the plainest title for a field.
fn plainest(field: ClientField, meanings: &[Title]) -> Result<Option<usize>, FileError> {
    let rank_at = |index: usize| match meanings.get(index) {
        Some(Title::Field { field: meant, rank }) if *meant == field => Some(*rank),
        _ => None,
    };
    let Some(best) = (0..meanings.len()).filter_map(rank_at).min() else { return Ok(None) };
    let mut places = (0..meanings.len()).filter(|index| rank_at(*index) == Some(best));
    let (first, second) = (places.next(), places.next());
    match (first, second) {
        (Some(first), Some(second)) => Err(FileError::DuplicateColumn { field, first: first + 1, second: second + 1 }),
        _ => Ok(first),
    }
}

/// One row by meaning. `None`: the file has no such column. `Some("")`: an empty cell, which keeps what is there.
///
/// Values are trimmed of white space, no-break spaces included; line breaks inside are as sent (LF, CRLF or CR).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientRow<'r> {
    /// The row as Excel counts them, the header being 1.
    pub number: u64,
    /// The physical line, from 1.
    pub line: u64,
    /// Set where the row cannot be taken as it stands; its values may then stand under wrong columns.
    pub problem: Option<RowProblem>,
    /// The sender's own number for this client.
    pub id: Option<&'r str>,
    /// Company name.
    pub company_name: Option<&'r str>,
    /// Last name.
    pub last_name: Option<&'r str>,
    /// First name.
    pub first_name: Option<&'r str>,
    /// E-mail address.
    pub email: Option<&'r str>,
    /// Telephone number.
    pub phone: Option<&'r str>,
    /// Fax number.
    pub fax: Option<&'r str>,
    /// The address, whole or its street lines.
    pub address: Option<&'r str>,
    /// Postal code.
    pub postal_code: Option<&'r str>,
    /// City; some senders write the postal code before it.
    pub city: Option<&'r str>,
    /// Country.
    pub country: Option<&'r str>,
    /// Person or group, in the sender's words.
    pub kind: Option<&'r str>,
}

impl<'r> ClientRow<'r> {
    /// The value of a field.
    #[must_use]
    pub fn value(&self, field: ClientField) -> Option<&'r str> {
        match field {
            ClientField::Id => self.id,
            ClientField::CompanyName => self.company_name,
            ClientField::LastName => self.last_name,
            ClientField::FirstName => self.first_name,
            ClientField::Email => self.email,
            ClientField::Phone => self.phone,
            ClientField::Fax => self.fax,
            ClientField::Address => self.address,
            ClientField::PostalCode => self.postal_code,
            ClientField::City => self.city,
            ClientField::Country => self.country,
            ClientField::Kind => self.kind,
        }
    }
}
