//! Rows of a file that cannot be taken, mended where they are seen: what is wrong of each becomes a field.

use crate::{
    Cx,
    parts::{Form, Listed},
};
use askama::Template;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use std::borrow::Borrow;

/// The question behind [`Mend`].
pub const MEND: &str = include_str!("questions/import_mend.graphql");

/// The answer to [`MEND`].
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Answer {
    pub import: Option<Import>,
}

/// A file that was planned, with rows of it that cannot be taken.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Import {
    pub id: String,
    pub status: String,
    pub planned_at: DateTime<Utc>,
    pub columns: Vec<String>,
    pub rows: Listed<Row>,
}

/// One of them.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Row {
    pub row: i64,
    pub line: i64,
    pub cells: Vec<String>,
    pub errors: Vec<Wrong>,
}

/// What is wrong with it.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Wrong {
    pub message: String,
    pub column: Option<String>,
}

/// A cell, as it is shown.
#[derive(Debug, PartialEq, Eq)]
pub struct Cell<'a> {
    /// As sent.
    pub value: &'a str,
    /// Whether it may be mended.
    pub open: bool,
    /// What is wrong with it.
    pub wrong: Vec<&'a str>,
}

/// The name of the field of a cell.
pub fn field(row: impl Borrow<i64>, place: impl Borrow<usize>) -> String {
    format!("cell.{}.{}", row.borrow(), place.borrow())
}

impl Row {
    /// Its cells, one for each column. Where something is wrong that no column is named for, any of them may mend it.
    pub fn cells<'a>(&'a self, columns: &[String]) -> Vec<Cell<'a>> {
        let all = self.whole(columns).next().is_some();
        let cell = |(place, title): (usize, &String)| {
            let of = |wrong: &&'a Wrong| wrong.column.as_ref() == Some(title);
            let wrong: Vec<_> = self.errors.iter().filter(of).map(|wrong| wrong.message.as_str()).collect();
            let value = self.cells.get(place).map(String::as_str).unwrap_or_default();
            Cell { value, open: all || !wrong.is_empty(), wrong }
        };
        columns.iter().enumerate().map(cell).collect()
    }

    /// What is wrong with it and with none of these columns.
    pub fn whole<'a>(&'a self, columns: &[String]) -> impl Iterator<Item = &'a Wrong> {
        self.errors.iter().filter(move |wrong| !wrong.column.as_ref().is_some_and(|column| columns.contains(column)))
    }
}

/// « Corriger ici ».
#[derive(Template, Debug)]
#[template(path = "import_mend.html")]
pub struct Mend {
    /// What every page shows.
    pub cx: Cx,
    /// Which.
    pub import: Import,
    /// What is wrong with the file as a whole.
    pub form: Form,
}

impl Mend {
    fn at(&self, what: &str) -> String {
        self.cx.at(&format!("imports/{}{what}", self.import.id))
    }

    /// Rows that are not on this page.
    fn beyond(&self) -> i64 {
        self.import.rows.total_count - i64::try_from(self.import.rows.edges.len()).unwrap_or_default()
    }

    /// Whether nothing of the file was done yet, so that it is looked at anew as a whole.
    fn is_plan(&self) -> bool {
        self.import.status == "PLANNED"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b5_what_is_wrong_with_a_column_opens_its_cell_and_what_is_wrong_with_none_opens_all() {
        let columns = ["Nom".to_owned(), "E-mail".to_owned(), "Fax".to_owned()];
        let wrong = |column: Option<&str>| Wrong { message: "m".into(), column: column.map(str::to_owned) };
        let row = |errors| Row { row: 2, line: 2, cells: vec!["Roux".into(), "x@".into()], errors };
        let open = |row: &Row| row.cells(&columns).iter().map(|cell| cell.open).collect::<Vec<_>>();
        let of_one = row(vec![wrong(Some("E-mail"))]);
        assert_eq!(open(&of_one), [false, true, false]);
        assert_eq!(of_one.cells(&columns)[1], Cell { value: "x@", open: true, wrong: vec!["m"] });
        assert_eq!(of_one.cells(&columns)[2].value, "", "a row may end before the last column");
        let of_none = row(vec![wrong(Some("E-mail")), wrong(Some("Prénom")), wrong(None)]);
        assert_eq!(open(&of_none), [true, true, true]);
        assert_eq!(of_none.whole(&columns).count(), 2, "a column that the file does not have is about the row");
    }
}
