//! « Importer »: a file in five steps on one page, each a line once it is done; and the imports so far (rows A10 to A13, B5).

use crate::{
    Cx,
    parts::{Form, Listed},
};
use askama::Template;
use chrono::{DateTime, Utc};
use serde::Deserialize;

/// The question behind [`Imports`].
pub const IMPORTS: &str = include_str!("questions/imports.graphql");
/// The question behind [`ImportPage`].
pub const IMPORT: &str = include_str!("questions/import.graphql");
/// Doing what was planned.
pub const APPLY: &str = include_str!("questions/import_apply.graphql");
/// Stopping, or dropping what was planned.
pub const CANCEL: &str = include_str!("questions/import_cancel.graphql");
/// Taking it back.
pub const UNDO: &str = include_str!("questions/import_undo.graphql");

/// What is told once something was done (`told-…`).
pub const DONE: [&str; 5] =
    ["import-dropped", "import-stopped", "import-planned", "import-mended", "import-mended-partly"];

/// What may become of refused rows.
pub const POLICIES: [&str; 3] = ["REJECT_FAILED_ROWS", "REJECT_EVERYTHING", "IGNORE_FAILED"];

/// What a row may come to.
pub const OUTCOMES: [&str; 7] = ["CREATED", "UPDATED", "UNCHANGED", "DUPLICATE", "REJECTED", "LEFT_OUT", "KEPT"];

/// The columns of a row, as the template of files has them: a field, and its word.
const COLUMNS: [(&str, &str); 9] = [
    ("externalId", "ID"),
    ("companyName", "COMPANY"),
    ("lastName", "LAST_NAME"),
    ("firstName", "FIRST_NAME"),
    ("email", "EMAIL"),
    ("phone", "PHONE"),
    ("fax", "FAX"),
    ("address", "ADDRESS"),
    ("kind", "KIND"),
];

/// The answer to [`IMPORTS`].
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Answer {
    pub imports: Listed<Past>,
}

/// An import of the list.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Past {
    pub id: String,
    pub status: String,
    pub planned_at: DateTime<Utc>,
    pub planned_by: By,
    pub label: Option<String>,
    pub counts: Counts,
    pub done: Counts,
}

/// Who.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct By {
    pub label: String,
}

/// How many rows come to what.
#[derive(Debug, Clone, Default, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Counts {
    pub created: i64,
    pub updated: i64,
    pub unchanged: i64,
    pub duplicates: i64,
    pub rejected: i64,
    pub blank: i64,
}

impl Counts {
    /// How many come to this.
    pub fn of(&self, outcome: &str) -> i64 {
        match outcome {
            "CREATED" => self.created,
            "UPDATED" => self.updated,
            "UNCHANGED" => self.unchanged,
            "DUPLICATE" => self.duplicates,
            "REJECTED" => self.rejected,
            _ => 0,
        }
    }

    /// Rows with something to do.
    pub fn to_do(&self) -> i64 {
        self.created + self.updated
    }

    /// Rows that are not blank.
    pub fn rows(&self) -> i64 {
        self.to_do() + self.unchanged + self.duplicates + self.rejected
    }
}

/// The imports so far, and the first step of another one.
#[derive(Template, Debug)]
#[template(path = "imports.html")]
pub struct Imports {
    /// What every page shows.
    pub cx: Cx,
    /// The newest first.
    pub list: Listed<Past>,
    /// What was chosen besides the file.
    pub form: Form,
}

impl Imports {
    fn here(&self) -> String {
        self.cx.at("imports")
    }
}

/// The answer to [`IMPORT`].
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct ImportAnswer {
    pub import: Option<Import>,
}

/// A file that was planned.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Import {
    pub id: String,
    pub version: i64,
    pub status: String,
    pub policy: String,
    pub label: Option<String>,
    pub planned_at: DateTime<Utc>,
    pub planned_by: By,
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub counts: Counts,
    pub done: Counts,
    pub left_out: i64,
    pub may_be_applied: bool,
    pub apply_until: DateTime<Utc>,
    pub undo_until: Option<DateTime<Utc>>,
    pub errors_file: Option<String>,
    pub progress: Progress,
    pub undo: Option<Undo>,
    pub same_file_as: Vec<Same>,
    pub rows: Listed<Row>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Progress {
    pub total: i64,
    pub done: i64,
    pub rows_per_second: Option<f64>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Undo {
    pub ended_at: Option<DateTime<Utc>>,
    pub removed: i64,
    pub restored: i64,
    pub kept: i64,
}

/// Another import of the same file.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Same {
    pub id: String,
    pub planned_at: DateTime<Utc>,
}

/// A row of the file.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Row {
    pub row: i64,
    pub line: i64,
    pub outcome: String,
    pub done: bool,
    pub same_as: Option<i64>,
    pub contact: Option<Contact>,
    pub differences: Vec<Difference>,
    pub errors: Vec<Wrong>,
    pub warnings: Vec<Wrong>,
    pub kept: Option<Kept>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Contact {
    pub id: String,
    pub display_name: String,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Difference {
    pub field: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// What is wrong with a value.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Wrong {
    pub message: String,
    pub column: Option<String>,
    pub value: Option<String>,
    /// The field that the column's title means, as the reader of files understands it; none: it is about the whole row.
    #[serde(default)]
    pub field: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Kept {
    pub message: String,
}

/// A cell of the file as it would be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named after what it says")]
pub enum Cell<'r> {
    Same,
    Put { before: Option<&'r str>, after: Option<&'r str> },
    Refused { value: &'r str, message: &'r str },
    LeftOut { value: &'r str, message: &'r str },
}

impl Row {
    /// What stands in a column.
    pub fn cell(&self, column: &str) -> Cell<'_> {
        let of = |wrong: &&Wrong| wrong.field.as_deref() == Some(column);
        if let Some(wrong) = self.errors.iter().find(of) {
            return Cell::Refused { value: wrong.value.as_deref().unwrap_or_default(), message: &wrong.message };
        }
        if let Some(wrong) = self.warnings.iter().find(of) {
            return Cell::LeftOut { value: wrong.value.as_deref().unwrap_or_default(), message: &wrong.message };
        }
        match self.differences.iter().find(|difference| difference.field == column) {
            Some(it) => Cell::Put { before: it.before.as_deref(), after: it.after.as_deref() },
            None => Cell::Same,
        }
    }

    /// What is wrong with the whole of it.
    pub fn whole(&self) -> impl Iterator<Item = &Wrong> {
        let known = |wrong: &&Wrong| {
            wrong.field.as_deref().is_some_and(|field| COLUMNS.iter().any(|(known, _)| *known == field))
        };
        self.errors.iter().chain(&self.warnings).filter(move |wrong| !known(wrong))
    }
}

/// What was seen of the file when it was read: told on its way to the page, kept nowhere.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// The encoding.
    pub encoding: String,
    /// How many columns mean nothing to us.
    pub ignored: i64,
}

/// One import, in its steps.
#[derive(Template, Debug)]
#[template(path = "import.html")]
pub struct ImportPage {
    /// What every page shows.
    pub cx: Cx,
    /// Which.
    pub import: Import,
    /// What its rows are narrowed to; empty: all.
    pub outcome: String,
    /// What was seen of the file.
    pub seen: Seen,
}

impl ImportPage {
    /// Its address, or that of what is done with it.
    fn at(&self, what: &str) -> String {
        self.cx.at(&format!("imports/{}{}{what}", self.import.id, if what.is_empty() { "" } else { "/" }))
    }

    /// The address of its rows, without their page.
    fn here(&self) -> String {
        format!("{}{}", self.at(""), crate::query(&[("outcome", &self.outcome)]))
    }

    /// The columns in which something is said on this page of rows.
    fn columns(&self) -> Vec<(&'static str, &'static str)> {
        let said =
            |(column, _): &(&str, &str)| self.import.rows.edges.iter().any(|edge| edge.node.cell(column) != Cell::Same);
        COLUMNS.into_iter().filter(said).collect()
    }

    fn is(&self, statuses: &[&str]) -> bool {
        statuses.contains(&self.import.status.as_str())
    }

    /// Whether it goes on by itself, so that the page is looked at again.
    fn goes_on(&self) -> bool {
        self.is(&["APPLYING", "UNDOING"])
    }

    /// Whether it may still be done, or gone on with.
    fn may_apply(&self) -> bool {
        let open = self.is(&["PLANNED", "CANCELLED"]) && self.import.apply_until > self.cx.now;
        open && self.import.may_be_applied && self.import.counts.to_do() > 0 && self.cx.may("ApplyImport")
    }

    /// Whether rows of it may be mended here: their cells are kept as long as the errors file is.
    fn may_mend(&self) -> bool {
        self.import.errors_file.is_some() && self.import.counts.rejected > 0 && self.cx.may("PlanImport")
    }

    /// Whether it may still be taken back.
    fn may_undo(&self) -> bool {
        let in_time = self.import.undo_until.is_some_and(|until| until > self.cx.now);
        self.is(&["APPLIED", "CANCELLED"]) && in_time && self.import.done.to_do() > 0 && self.cx.may("UndoImport")
    }

    /// The outcomes that some row has, with how many.
    fn outcomes(&self) -> Vec<(&'static str, i64)> {
        let kept = self.import.undo.as_ref().map_or(0, |undo| undo.kept);
        let count = |outcome: &'static str| match outcome {
            "LEFT_OUT" => (outcome, self.import.left_out),
            "KEPT" => (outcome, kept),
            _ => (outcome, self.import.counts.of(outcome)),
        };
        OUTCOMES.into_iter().map(count).filter(|(_, n)| *n > 0).collect()
    }
}

/// « Annuler cet import »: what that comes to, before it is done.
#[derive(Template, Debug)]
#[template(path = "import_undo.html", blocks = ["dialog"])]
pub struct UndoForm {
    /// What every page shows.
    pub cx: Cx,
    /// Which.
    pub import: Import,
    /// What is wrong.
    pub form: Form,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(field: Option<&str>) -> Wrong {
        let text = |text: &str| Some(text.to_owned());
        Wrong { message: "m".into(), column: text("E-mail"), value: text("v"), field: field.map(str::to_owned) }
    }

    #[test]
    fn b5_a_cell_says_what_would_be_put_or_what_is_wrong_with_it() {
        let put = Difference { field: "phone".into(), before: Some("01".into()), after: Some("02".into()) };
        let row = Row {
            row: 2,
            line: 2,
            outcome: "REJECTED".into(),
            done: false,
            same_as: None,
            contact: None,
            differences: vec![put],
            errors: vec![wrong(Some("email")), wrong(None)],
            warnings: vec![wrong(Some("fax"))],
            kept: None,
        };
        assert_eq!(row.cell("phone"), Cell::Put { before: Some("01"), after: Some("02") });
        assert_eq!(row.cell("email"), Cell::Refused { value: "v", message: "m" });
        assert_eq!(row.cell("fax"), Cell::LeftOut { value: "v", message: "m" });
        assert_eq!(row.cell("lastName"), Cell::Same);
        assert_eq!(row.whole().count(), 1, "what is about no column is about the row");
    }
}
