//! Questions about an account's contacts. Every one begins at an index of the account and goes on by keyset.

use crate::sql::{Arg, Ask};
use domain::{AccountId, ProductId};
use uuid::Uuid;

/// A contact in a list.
#[derive(Debug, Clone, crate::FromRow)]
pub struct ContactRow {
    /// Its id.
    pub id: Uuid,
    /// Folded name.
    pub sort_key: String,
    /// Microseconds since 1970, UTC.
    pub created_at: i64,
}

/// What the list is narrowed to. Absent: not narrowed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// `PERSON` or `GROUP`.
    pub kind: Option<&'static str>,
    /// `CLIENT`, `CONTACT` or `GUEST`.
    pub profile: Option<&'static str>,
    /// A membership status.
    pub status: Option<&'static str>,
    /// A registration status, or `NOT_REGISTERED`.
    pub registration: Option<&'static str>,
    /// With an e-mail, or without.
    pub has_email: Option<bool>,
    /// Having access to this product.
    pub product: Option<ProductId>,
    /// In this mode; only together with a product, else in any product.
    pub mode: Option<&'static str>,
    /// `LINKED` to a record of an ERP, `GONE` from it, or `NONE`.
    pub erp: Option<&'static str>,
    /// Labelled so by an import.
    pub label: Option<String>,
    /// Only these contacts (the answer of an exact search).
    pub ids: Option<Vec<Uuid>>,
}

/// What the list is ordered by; ids settle ties.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Folded name.
    Name,
    /// When it was recorded.
    CreatedAt,
}

/// A place in the list.
#[derive(Debug, Clone, PartialEq)]
pub enum Place {
    /// By name.
    Name(String, Uuid),
    /// By time of recording.
    CreatedAt(i64, Uuid),
}

/// From where, in which direction, how many.
#[derive(Debug, Clone, PartialEq)]
pub struct Seek {
    /// Beyond this place; none: from the end one starts at.
    pub beyond: Option<Place>,
    /// Downwards: from last to first.
    pub descending: bool,
    /// At most so many rows.
    pub limit: i64,
}

struct Text {
    sql: String,
    args: Vec<Arg>,
}

impl Text {
    fn arg(&mut self, arg: impl Into<Arg>) -> usize {
        self.args.push(arg.into());
        self.args.len()
    }

    /// Conditions of the filter. Words that partial indexes are made of stand in the text, so that the engine can use those indexes.
    fn narrow(&mut self, filter: &Filter) {
        match filter.kind {
            Some("GROUP") => self.sql.push_str(" AND c.kind = 'GROUP'"),
            Some(_) => self.sql.push_str(" AND c.kind = 'PERSON'"),
            None => {}
        }
        match filter.profile {
            Some("CLIENT") => self.sql.push_str(" AND c.profile = 'CLIENT'"),
            Some("GUEST") => self.sql.push_str(" AND c.profile = 'GUEST'"),
            Some(_) => self.sql.push_str(" AND c.profile = 'CONTACT'"),
            None => {}
        }
        match filter.status {
            Some("ACTIVE") => self.sql.push_str(" AND c.status = 'ACTIVE'"),
            Some(status) => {
                let n = self.arg(status);
                self.sql.push_str(&format!(" AND c.status <> 'ACTIVE' AND c.status = ${n}"));
            }
            None => {}
        }
        match filter.registration {
            Some("NOT_REGISTERED") => self.sql.push_str(" AND c.registration IS NULL"),
            Some(status) => {
                let n = self.arg(status);
                self.sql.push_str(&format!(" AND c.registration IS NOT NULL AND c.registration = ${n}"));
            }
            None => {}
        }
        match filter.has_email {
            Some(true) => self.sql.push_str(" AND c.email IS NOT NULL"),
            Some(false) => self.sql.push_str(" AND c.email IS NULL"),
            None => {}
        }
        let linked = |gone| format!("EXISTS (SELECT 1 FROM erp_links_1 l WHERE l.contact = c.id{gone})");
        match filter.erp {
            // The rows that the list begins at are these already.
            Some("LINKED" | "GONE") if filter.product.is_none() => {}
            Some("LINKED") => self.sql.push_str(&format!(" AND {}", linked(" AND l.gone_at IS NULL"))),
            Some("GONE") => self.sql.push_str(&format!(" AND {}", linked(" AND l.gone_at IS NOT NULL"))),
            Some(_) => self.sql.push_str(&format!(" AND NOT {}", linked(""))),
            None => {}
        }
        if let Some(ids) = &filter.ids {
            let n = self.arg(ids.clone());
            self.sql.push_str(&format!(" AND c.id IN [${n}]"));
        }
        if filter.product.is_none()
            && let Some(mode) = filter.mode
        {
            let n = self.arg(mode);
            self.sql.push_str(&format!(
                " AND EXISTS (SELECT 1 FROM accesses_1 a WHERE a.contact = c.id AND a.mode = ${n})"
            ));
        }
    }
}

/// What a list begins at: an index that has the contacts it is narrowed to, in order.
enum Basis<'a> {
    Product(ProductId),
    Erp(&'static str),
    Label(&'a str),
    Contacts,
}

fn basis(filter: &Filter) -> Basis<'_> {
    match (filter.product, filter.erp, &filter.label) {
        (Some(product), ..) => Basis::Product(product),
        (None, Some("LINKED"), _) => Basis::Erp("NULL"),
        (None, Some("GONE"), _) => Basis::Erp("NOT NULL"),
        (None, _, Some(label)) => Basis::Label(label),
        _ => Basis::Contacts,
    }
}

fn from(account: AccountId, filter: &Filter, columns: &str) -> Text {
    let mut text = Text { sql: String::new(), args: Vec::new() };
    let account = text.arg(account.0);
    let basis = basis(filter);
    match basis {
        // The access rows carry the contact's sort key: one index walk gives the product's contacts in order.
        Basis::Product(product) => {
            let product = text.arg(product.0);
            text.sql = format!(
                "SELECT {columns} FROM accesses_1 x JOIN contacts_1 c ON c.id = x.contact WHERE x.product = ${product} AND x.account = ${account}"
            );
            if let Some(mode) = filter.mode {
                let mode = text.arg(mode);
                text.sql.push_str(&format!(" AND x.mode = ${mode}"));
            }
        }
        // And so do the rows of links and of labels.
        Basis::Erp(there) => {
            text.sql = format!(
                "SELECT {columns} FROM erp_links_1 x JOIN contacts_1 c ON c.id = x.contact WHERE x.account = ${account} AND x.gone_at IS {there}"
            );
        }
        Basis::Label(label) => {
            let label = text.arg(label);
            text.sql = format!(
                "SELECT {columns} FROM labels_1 x JOIN contacts_1 c ON c.id = x.contact WHERE x.account = ${account} AND x.label = ${label}"
            );
        }
        Basis::Contacts => text.sql = format!("SELECT {columns} FROM contacts_1 c WHERE c.account = ${account}"),
    }
    if let (Some(label), false) = (&filter.label, matches!(basis, Basis::Label(_))) {
        let label = text.arg(label.as_str());
        text.sql.push_str(&format!(
            " AND EXISTS (SELECT 1 FROM labels_1 w WHERE w.account = ${account} AND w.label = ${label} AND w.contact = c.id)"
        ));
    }
    text.narrow(filter);
    text
}

/// A page of the account's contacts.
pub fn list(account: AccountId, filter: &Filter, order: Order, seek: &Seek) -> Ask<ContactRow> {
    let mut text = from(account, filter, "c.id, c.sort_key, c.created_at");
    let beside = !matches!(basis(filter), Basis::Contacts);
    let (sort, id) = match (order, beside) {
        (Order::Name, true) => ("x.sort_key", "x.contact"),
        (Order::Name, false) => ("c.sort_key", "c.id"),
        (Order::CreatedAt, _) => ("c.created_at", "c.id"),
    };
    let (beyond, direction) = if seek.descending { ("<", "DESC") } else { (">", "ASC") };
    match &seek.beyond {
        Some(Place::Name(key, contact)) => {
            let (a, b) = (text.arg(key.as_str()), text.arg(*contact));
            text.sql.push_str(&format!(" AND ({sort}, {id}) {beyond} (${a}, ${b})"));
        }
        Some(Place::CreatedAt(at, contact)) => {
            let (a, b) = (text.arg(*at), text.arg(*contact));
            text.sql.push_str(&format!(" AND ({sort}, {id}) {beyond} (${a}, ${b})"));
        }
        None => {}
    }
    let limit = text.arg(seek.limit);
    text.sql.push_str(&format!(" ORDER BY {sort} {direction}, {id} {direction} LIMIT ${limit}"));
    Ask::new(text.sql, text.args)
}

/// How many contacts the filter leaves, counted up to `cap`.
pub fn count(account: AccountId, filter: &Filter, cap: i64) -> Ask<(i64,)> {
    let mut text = from(account, filter, "1 AS one");
    let limit = text.arg(cap);
    Ask::new(format!("SELECT COUNT(*) FROM ({} LIMIT ${limit}) counted", text.sql), text.args)
}

/// A place among search results: the word that was met, and the contact.
#[derive(Debug, Clone, PartialEq, crate::FromRow)]
pub struct SearchPlace {
    /// The stored word.
    pub word: String,
    /// The contact.
    pub contact: Uuid,
}

/// Contacts with a word that begins with `term`, in the order of those words. A contact appears once a word; the caller keeps its first.
pub fn search(account: AccountId, term: &str, beyond: Option<&SearchPlace>, limit: i64) -> Ask<SearchPlace> {
    let end = crate::search::upper_bound(term);
    match beyond {
        None => Ask::new(
            "SELECT word, contact FROM contact_words_1 WHERE account = $1 AND word >= $2 AND word < $3 ORDER BY word, contact LIMIT $4",
            [account.0.into(), term.into(), end.into(), limit.into()],
        ),
        Some(place) => Ask::new(
            "SELECT word, contact FROM contact_words_1 WHERE account = $1 AND (word, contact) > ($2, $3) AND word < $4
             ORDER BY word, contact LIMIT $5",
            [account.0.into(), place.word.as_str().into(), place.contact.into(), end.into(), limit.into()],
        ),
    }
}

/// How many words begin with `term`, counted up to `cap`: the term that leaves least is walked, the others are checked.
pub fn search_range_size(account: AccountId, term: &str, cap: i64) -> Ask<(i64,)> {
    Ask::new(
        "SELECT COUNT(*) FROM (SELECT 1 AS one FROM contact_words_1 WHERE account = $1 AND word >= $2 AND word < $3 LIMIT $4) counted",
        [account.0.into(), term.into(), crate::search::upper_bound(term).into(), cap.into()],
    )
}

/// The contacts of these identities (see [`super::identity`]).
pub fn by_identity(account: AccountId, identities: Vec<i64>) -> Ask<(i64, Uuid)> {
    Ask::new(
        "SELECT identity, id FROM contacts_1 WHERE account = $1 AND identity IN [$2]",
        [account.0.into(), Arg::Ints(identities)],
    )
}

/// How many contacts each of these identities has. For many identities of which few are known: each is one look into the index, whatever
/// the engine believes about a table that has just grown.
pub fn count_by_identity(account: AccountId, identities: Vec<i64>) -> Ask<(i64, i64)> {
    Ask::new(
        "SELECT list.i, (SELECT COUNT(*) FROM contacts_1 c WHERE c.account = $1 AND c.identity = list.i) AS contacts FROM [$2 AS i]",
        [account.0.into(), Arg::Ints(identities)],
    )
}
