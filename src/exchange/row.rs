//! One row of a client file, judged: what it says about a contact in the domain's form, or every reason why it cannot be taken.
//!
//! Pure, and the same whatever the account holds. White space that breaks a line inside a name becomes one space; an address is read from one
//! cell or put together from its columns. Next: `matching`, where a row meets the contacts there are.

use super::{countries::country_code, report::Fault};
use crate::files::{ClientField, ClientRow, Columns};
use domain::{
    AccountId, Code, Private,
    address::Address,
    contact::{AddContact, AddedPrivate, ContactEvent, ContactInput},
    text::fold,
    values::ContactKind,
};
use projections::contacts::identity;
use std::borrow::Cow;
use uuid::Uuid;

/// What a file's columns can say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    /// Some column for a name. Without one, rows can only change contacts that are there.
    names: bool,
    /// Columns for parts of the address beside the address itself. Without them the address cell is the whole address.
    address_parts: bool,
}

impl Shape {
    pub fn of(columns: &Columns) -> Shape {
        let has = |fields: &[ClientField]| fields.iter().any(|field| columns.column_of(*field).is_some());
        Shape {
            names: has(&[ClientField::CompanyName, ClientField::LastName, ClientField::FirstName]),
            address_parts: has(&[ClientField::PostalCode, ClientField::City, ClientField::Country]),
        }
    }
}

/// What a row says. Absent: nothing, for want of a column or of a value in it; that keeps what is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// A person or a group.
    pub kind: Option<ContactKind>,
    /// Everything else, cleaned; the address as a new contact's would be.
    pub values: AddedPrivate,
    /// Which parts of the address it says.
    pub parts: Parts,
    /// Folded names and address, hashed.
    pub identity: i64,
}

/// The parts of an address that a row says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Parts {
    /// The address as a whole: what it does not have is gone.
    pub whole: bool,
    /// Its street lines.
    pub lines: bool,
    /// Its postal code.
    pub postal_code: bool,
    /// Its town.
    pub city: bool,
    /// Its country.
    pub country: bool,
}

impl Said {
    /// Whether there is neither a name nor a company in it.
    pub fn is_nameless(&self) -> bool {
        let v = &self.values;
        v.first_name.is_none() && v.last_name.is_none() && v.company_name.is_none()
    }

    /// The address that results where `now` stands; none when the row says nothing of it.
    pub fn address_over(&self, now: Option<&Address>) -> Option<Address> {
        let said = self.values.address.as_ref()?;
        if self.parts.whole {
            return Some(said.clone());
        }
        let mut address = now.cloned().unwrap_or_default();
        if self.parts.lines {
            (address.line1, address.line2, address.line3) =
                (said.line1.clone(), said.line2.clone(), said.line3.clone());
        }
        for (said_so, value, place) in [
            (self.parts.postal_code, &said.postal_code, &mut address.postal_code),
            (self.parts.city, &said.city, &mut address.city),
            (self.parts.country, &said.country, &mut address.country),
        ] {
            if said_so {
                place.clone_from(value);
            }
        }
        Some(address)
    }
}

/// Judges a row; every field that cannot be taken is named.
pub(super) fn judge(row: &ClientRow<'_>, shape: Shape) -> Result<Said, Vec<Fault>> {
    if let Some(problem) = row.problem {
        return Err(vec![Fault { field: None, code: problem.code(), params: problem.parameters() }]);
    }
    let mut faults = Vec::new();
    let kind = kind(row.kind).unwrap_or_else(|fault| {
        faults.push(fault);
        None
    });
    let (address, parts) = address(row, shape).unwrap_or_else(|fault| {
        faults.push(fault);
        Default::default()
    });
    let cell = |value: Option<&str>| value.filter(|v| !v.is_empty()).map(|v| one_line(v).into_owned());
    let mut input = ContactInput {
        first_name: cell(row.first_name),
        last_name: cell(row.last_name),
        company_name: cell(row.company_name),
        email: cell(row.email),
        phone: cell(row.phone),
        fax: cell(row.fax),
        address: Some(address),
        external_id: cell(row.id),
    };
    // The rule asks for a name; a file without such columns leaves the names there are, so the rule is asked with one.
    let borrowed = !shape.names;
    if borrowed {
        input.last_name = Some("?".into());
    }
    let rule = AddContact { account: AccountId(Uuid::nil()), kind: kind.unwrap_or(ContactKind::Person), input };
    let mut values = match rule.decide() {
        Err(refusals) => {
            faults.extend(Fault::of(refusals));
            return Err(faults);
        }
        Ok(events) => added(events),
    };
    if !faults.is_empty() {
        return Err(faults);
    }
    if borrowed {
        values.last_name = None;
    }
    let identity = identity(
        values.first_name.as_deref(),
        values.last_name.as_deref(),
        values.company_name.as_deref(),
        values.address.as_ref(),
    );
    Ok(Said { kind, values, parts, identity })
}

/// Judges a row, and leaves out values that cannot be taken as long as the rest can; what was left out, and why, comes second. An ID is never left out: it says
/// whom the row means.
pub(super) fn judge_leniently(row: &ClientRow<'_>, shape: Shape) -> (Result<Said, Vec<Fault>>, Vec<Fault>) {
    let (mut row, mut left_out) = (*row, Vec::new());
    loop {
        match judge(&row, shape) {
            Err(faults) if row.problem.is_none() => {
                let mut without = row;
                if !faults.iter().all(|fault| fault.field.is_some_and(|field| leave_out(&mut without, field))) {
                    return (Err(faults), Vec::new());
                }
                row = without;
                left_out.extend(faults);
            }
            end => return (end, left_out),
        }
    }
}

/// Takes a value out of a row; false where there is none, or it may not be left out.
fn leave_out(row: &mut ClientRow<'_>, field: ClientField) -> bool {
    let taken = |cell: &mut Option<&str>| cell.take().is_some_and(|value| !value.is_empty());
    match field {
        ClientField::Id => false,
        ClientField::CompanyName => taken(&mut row.company_name),
        ClientField::LastName => taken(&mut row.last_name),
        ClientField::FirstName => taken(&mut row.first_name),
        ClientField::Email => taken(&mut row.email),
        ClientField::Phone => taken(&mut row.phone),
        ClientField::Fax => taken(&mut row.fax),
        ClientField::Kind => taken(&mut row.kind),
        // What is wrong with a part of an address may stand in the address itself.
        ClientField::PostalCode => taken(&mut row.postal_code) || taken(&mut row.address),
        ClientField::City => taken(&mut row.city) || taken(&mut row.address),
        ClientField::Country => taken(&mut row.country) || taken(&mut row.address),
        ClientField::Address => taken(&mut row.address),
    }
}

fn added(events: Vec<ContactEvent>) -> AddedPrivate {
    let known = events.into_iter().find_map(|event| match event {
        ContactEvent::Added(added) => match added.private {
            Private::Known(private) => Some(private),
            _ => None,
        },
        _ => None,
    });
    known.unwrap_or_default()
}

/// White space that breaks a line becomes one space, with the spaces around it; all else stays as typed.
fn one_line(text: &str) -> Cow<'_, str> {
    let breaks = |c: char| c.is_whitespace() && (c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'));
    if !text.contains(breaks) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(char::is_whitespace) {
        let length = rest[start..].find(|c: char| !c.is_whitespace()).unwrap_or(rest.len() - start);
        let space = &rest[start..start + length];
        out.push_str(&rest[..start]);
        out.push_str(if space.contains(breaks) { " " } else { space });
        rest = &rest[start + length..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn kind(cell: Option<&str>) -> Result<Option<ContactKind>, Fault> {
    let word = fold(cell.unwrap_or_default());
    match word.as_str() {
        "" => Ok(None),
        "person" | "personne" | "personne physique" | "particulier" | "individu" | "individual" => {
            Ok(Some(ContactKind::Person))
        }
        "group" | "groupe" | "boite partagee" | "shared mailbox" => Ok(Some(ContactKind::Group)),
        _ => {
            Err(Fault::at(Code::Invalid.as_str(), ClientField::Kind)
                .with("expected", "Personne, Groupe, Person, Group"))
        }
    }
}

/// The address a row says, and which parts of it.
fn address(row: &ClientRow<'_>, shape: Shape) -> Result<(Address, Parts), Fault> {
    let text = normal_breaks(row.address.unwrap_or_default());
    let parse = |text: &str| Address::parse(text).map_err(Fault::from);
    if !shape.address_parts {
        let address = parse(&text)?;
        return Ok((address, Parts { whole: !text.is_empty(), ..Parts::default() }));
    }
    let country = match row.country.unwrap_or_default() {
        "" => None,
        name => {
            Some(country_code(name).ok_or_else(|| Fault::at(Code::Invalid.as_str(), ClientField::Country))?.to_owned())
        }
    };
    let cell = |value: Option<&str>| value.filter(|v| !v.is_empty()).map(|v| one_line(v).into_owned());
    let (mut postal_code, mut city) = (cell(row.postal_code), cell(row.city));
    // Some write `67000 Strasbourg` as the city.
    if postal_code.is_none()
        && let Some(town) = &city
    {
        let town = parse(town)?;
        if town.postal_code.is_some() {
            (postal_code, city) = (town.postal_code, town.city);
        }
    }
    let mut address = match (&postal_code, &city) {
        (None, None) => parse(&text)?,
        (postal_code, city) => street(&text, [postal_code.as_deref(), city.as_deref()]),
    };
    address.postal_code = postal_code.or(address.postal_code);
    address.city = city.or(address.city);
    address.country = country.or(address.country);
    let parts = Parts {
        whole: false,
        lines: address.line1.is_some(),
        postal_code: address.postal_code.is_some(),
        city: address.city.is_some(),
        country: address.country.is_some(),
    };
    Ok((address, parts))
}

/// Street lines alone: a town that is repeated below them is left out, what is over three lines joins the third.
fn street(text: &str, town: [Option<&str>; 2]) -> Address {
    let mut lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let town = fold(&town.into_iter().flatten().collect::<Vec<_>>().join(" "));
    if lines.len() > 1 && lines.last().is_some_and(|last| fold(last) == town) {
        lines.pop();
    }
    let line = |n: usize| lines.get(n).map(|line| (*line).to_owned());
    let line3 = lines.get(2..).filter(|rest| !rest.is_empty()).map(|rest| rest.join(", "));
    Address { line1: line(0), line2: line(1), line3, ..Address::default() }
}

/// Line breaks as LF, tabs as spaces.
fn normal_breaks(text: &str) -> Cow<'_, str> {
    if !text.contains(|c: char| c.is_control() && c != '\n' || matches!(c, '\u{2028}' | '\u{2029}')) {
        return Cow::Borrowed(text);
    }
    let lines = text.replace("\r\n", "\n");
    let normal = |c| match c {
        '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
        '\t' => ' ',
        other => other,
    };
    Cow::Owned(lines.chars().map(normal).collect())
}

#[cfg(test)]
mod tests;
