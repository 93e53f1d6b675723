//! What an import tells: counts, the first errors, warnings. Sentences are made here, in the reader's language; what is wrong comes as codes.

use crate::{
    app::imports::RowFault,
    files::{ClientField, Columns, IgnoredColumn, Row, WhyIgnored},
    i18n::{
        lang::Lang,
        messages::{codes, message},
    },
};
use domain::{Code, Refusal, Refusals};
use serde::Serialize;

/// How the rows of a file ended. `created + updated + unchanged + duplicates + rejected + blank = dataRows`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportCounts {
    /// New contacts.
    pub created: u64,
    /// Contacts that changed.
    pub updated: u64,
    /// Contacts that were so already.
    pub unchanged: u64,
    /// Rows that mean the contact of an earlier accepted row.
    pub duplicates: u64,
    /// Rows that cannot be taken.
    pub rejected: u64,
    /// Blank rows, skipped.
    pub blank: u64,
    /// Rows below the header.
    pub data_rows: u64,
}

/// One thing that is wrong with one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RowError {
    /// The row as a spreadsheet counts it: the header is 1.
    pub row: u64,
    /// The physical line where the row begins, as a text editor counts.
    pub line: u64,
    /// The title of the column, where it is about one.
    pub column: Option<String>,
    /// The value as sent, where it is about one.
    pub value: Option<String>,
    /// The stable code.
    pub code: &'static str,
    /// What is wrong and what to do about it.
    pub message: String,
}

/// Something to know about the file that stops nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Warning {
    /// The column it is about, from 1.
    pub column: usize,
    /// Its title as sent.
    pub title: String,
    /// The stable code.
    pub code: &'static str,
    /// What is to be known, and what to do about it.
    pub message: String,
}

/// What became of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportReport {
    /// How its rows ended.
    #[serde(flatten)]
    pub counts: ImportCounts,
    /// Whether it was only tried: nothing was written.
    pub dry_run: bool,
    /// The encoding it was read in.
    pub encoding: Option<&'static str>,
    /// Columns that were not taken.
    pub warnings: Vec<Warning>,
    /// The first errors, in the order of rows; duplicates are among them.
    pub errors: Vec<RowError>,
    /// Position of its last event, or of the log when nothing was written.
    #[serde(skip)]
    pub position: u64,
}

impl ImportCounts {
    pub(super) fn sum(&mut self) {
        let ImportCounts { created, updated, unchanged, duplicates, rejected, blank, data_rows } = self;
        *data_rows = *created + *updated + *unchanged + *duplicates + *rejected + *blank;
    }
}

/// What is wrong with a row, before it is put into words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// What it is about.
    pub field: Option<ClientField>,
    /// The stable code.
    pub code: &'static str,
    /// The sentence's values.
    pub params: Vec<(&'static str, String)>,
}

impl Fault {
    pub fn new(code: &'static str) -> Fault {
        Fault { field: None, code, params: Vec::new() }
    }

    pub fn at(code: &'static str, field: ClientField) -> Fault {
        Fault { field: Some(field), ..Fault::new(code) }
    }

    pub fn with(mut self, name: &'static str, value: impl ToString) -> Fault {
        self.params.push((name, value.to_string()));
        self
    }

    /// A value of its sentence.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// As a plan keeps it.
    pub fn kept(&self) -> RowFault {
        RowFault {
            field: self.field.map(|field| field.code().to_owned()),
            code: self.code.to_owned(),
            params: self.params.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
        }
    }

    pub fn of(refusals: Refusals) -> Vec<Fault> {
        refusals.0.into_iter().map(Fault::from).collect()
    }

    /// As a person reads it, with the row and the column it stands in. A part of an address that has no column of its own stands in the address's.
    pub fn told(&self, row: &Row<'_>, columns: &Columns, lang: Lang) -> RowError {
        let params: Vec<(&str, String)> = self.params.iter().map(|(name, value)| (*name, value.clone())).collect();
        told(self.code, self.field, params, row, columns, lang)
    }
}

/// What a plan kept, as a person reads it.
pub(super) fn told_again(fault: &RowFault, row: &Row<'_>, columns: &Columns, lang: Lang) -> RowError {
    let params = fault.params.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    // Kept by this binary or an older one: of a code that is no more nothing but that can be said.
    let code = codes().find(|known| *known == fault.code).unwrap_or(Code::Invalid.as_str());
    told(code, fault.field.as_deref().and_then(field_of), params, row, columns, lang)
}

fn told(
    code: &'static str,
    field: Option<ClientField>,
    mut params: Vec<(&str, String)>,
    row: &Row<'_>,
    columns: &Columns,
    lang: Lang,
) -> RowError {
    let place = field.and_then(|field| {
        let whole = matches!(field, ClientField::PostalCode | ClientField::City | ClientField::Country);
        columns.column_of(field).or_else(|| columns.column_of(ClientField::Address).filter(|_| whole))
    });
    let value = place.and_then(|(column, _)| row.cell(column - 1)).map(str::to_owned);
    params.extend(field.map(|field| ("field", field_name(field).to_owned())));
    params.extend(value.clone().map(|value| ("value", value)));
    RowError {
        row: row.number,
        line: row.line,
        column: place.map(|(_, title)| title.to_owned()),
        value,
        message: message(code, lang, &params),
        code,
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Fault {
        let field = refusal.field.iter().rev().find_map(|name| field_of(name));
        Fault { field, code: refusal.code.as_str(), params: refusal.params }
    }
}

/// The field's name in the API.
fn field_name(field: ClientField) -> &'static str {
    match field {
        ClientField::Id => "externalId",
        other => other.code(),
    }
}

fn field_of(name: &str) -> Option<ClientField> {
    match name {
        "externalId" => Some(ClientField::Id),
        "line1" | "line2" | "line3" => Some(ClientField::Address),
        name => ClientField::ALL.into_iter().find(|field| field.code() == name),
    }
}

/// The columns that are not taken, as warnings.
pub(super) fn warnings(columns: &Columns, lang: Lang) -> Vec<Warning> {
    let told = |ignored: &IgnoredColumn| {
        let mut params = vec![("value", ignored.title.clone())];
        let code = match ignored.why {
            WhyIgnored::Unknown => "COLUMN_UNKNOWN",
            WhyIgnored::AnotherServes(field) => {
                params.push(("field", field_name(field).to_owned()));
                "COLUMN_NOT_TAKEN"
            }
        };
        Warning { column: ignored.column, title: ignored.title.clone(), code, message: message(code, lang, &params) }
    };
    columns.ignored().iter().map(told).collect()
}
