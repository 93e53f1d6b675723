//! A record as a row of a CSV file, by the columns of an import. An empty cell says nothing.

use super::sync::Unreadable;
use crate::{
    exchange::country_code,
    files::{ClientRow, RowProblem},
};
use domain::{Code, Refusal, address::Address, contact::erp::SentRecord};

/// What a row says; `problem`: what is wrong with the row as a row.
pub(super) fn read_row(row: &ClientRow<'_>) -> Result<SentRecord, Unreadable> {
    let external_id = cell(row.id);
    if let Some(problem) = row.problem {
        return Err(broken(external_id, problem));
    }
    let said = |value: Option<&str>| cell(value).map(Some);
    let address = address(row).map_err(|refusal| Unreadable {
        external_id: external_id.clone(),
        code: refusal.code.as_str(),
        field: Some("address"),
        params: refusal.params,
    })?;
    Ok(SentRecord {
        external_id: external_id.unwrap_or_default(),
        first_name: said(row.first_name),
        last_name: said(row.last_name),
        company_name: said(row.company_name),
        email: said(row.email),
        phone: said(row.phone),
        fax: said(row.fax),
        address: address.map(Some),
        ..SentRecord::default()
    })
}

/// A row that is none: where cells are missing, nobody knows which of them is the id.
fn broken(external_id: Option<String>, problem: RowProblem) -> Unreadable {
    let whole = |id: &String| problem == RowProblem::Undecodable && !id.contains(char::REPLACEMENT_CHARACTER);
    Unreadable {
        external_id: external_id.filter(whole),
        code: problem.code(),
        field: None,
        params: problem.parameters(),
    }
}

fn cell(value: Option<&str>) -> Option<String> {
    value.filter(|value| !value.is_empty()).map(str::to_owned)
}

/// The address of one cell, or put together from its columns.
fn address(row: &ClientRow<'_>) -> Result<Option<Address>, Refusal> {
    let parts = [row.postal_code, row.city, row.country].map(cell);
    let text = cell(row.address);
    Ok(match (&text, parts.iter().any(Option::is_some)) {
        (None, false) => None,
        (Some(text), false) => Some(Address::parse(text)?),
        (text, true) => {
            let [postal_code, city, country] = parts;
            let country = match country {
                Some(name) => {
                    let code = country_code(&name).ok_or_else(|| Refusal::at(Code::Invalid, "address.country"))?;
                    Some(code.to_owned())
                }
                None => None,
            };
            let mut lines = text.iter().flat_map(|text| text.lines()).map(|line| line.trim().to_owned());
            Some(Address { line1: lines.next(), line2: lines.next(), line3: lines.next(), postal_code, city, country })
        }
    })
}
