//! What several screens are made of: pages of rows as GraphQL has them; and what forms keep between being sent and being shown again: what was typed, and what is
//! wrong with it.

use serde::Deserialize;
use std::collections::BTreeMap;

/// A row of a page.
#[derive(Debug, Clone, Deserialize)]
pub struct Edge<T> {
    /// The row.
    pub node: T,
}

/// Whether there is more, and from where.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct PageInfo {
    pub has_next_page: bool,
    pub has_previous_page: bool,
    pub start_cursor: Option<String>,
    pub end_cursor: Option<String>,
}

/// A page of rows, with how many there are in all.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Listed<T> {
    pub edges: Vec<Edge<T>>,
    pub page_info: PageInfo,
    pub total_count: i64,
    pub total_count_is_capped: bool,
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Listed { edges: Vec::new(), page_info: PageInfo::default(), total_count: 0, total_count_is_capped: false }
    }
}

/// What is wrong, as GraphQL's `userErrors` say it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Wrong {
    /// A stable code.
    pub code: String,
    /// Path of the field in the API's names; none: it is about the whole.
    pub field: Option<Vec<String>>,
    /// A sentence.
    pub message: String,
}

/// A form as it was sent, or about to be filled in.
#[derive(Debug, Clone, Default)]
pub struct Form {
    /// What is in the fields.
    pub values: BTreeMap<String, String>,
    /// What is wrong with it.
    pub wrong: Vec<Wrong>,
}

impl Form {
    /// A form that begins with these.
    pub fn of<const N: usize>(values: [(&str, String); N]) -> Form {
        Form { values: values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(), wrong: Vec::new() }
    }

    /// What is in a field.
    pub fn value(&self, name: &str) -> &str {
        self.values.get(name).map(String::as_str).unwrap_or_default()
    }

    /// Whether a choice is taken.
    pub fn is(&self, name: &str, value: &str) -> bool {
        self.value(name) == value
    }

    /// What is wrong with a field: the last part of its path is its name.
    pub fn error(&self, name: &str) -> Option<&str> {
        let of = |wrong: &&Wrong| wrong.field.as_ref().and_then(|path| path.last()).is_some_and(|field| field == name);
        self.wrong.iter().find(of).map(|wrong| wrong.message.as_str())
    }

    /// Whether it was refused because somebody else changed the thing meanwhile.
    pub fn is_stale(&self) -> bool {
        self.wrong.iter().any(|wrong| wrong.code == "VERSION_CONFLICT")
    }

    /// Whether a field of this form has that name; what is wrong with others is told above it only.
    pub fn fields_of(&self, wrong: &Wrong) -> Option<String> {
        wrong.field.as_ref().and_then(|path| path.last()).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_stands_by_the_field_that_its_path_ends_with() {
        let wrong = |field: Option<&str>| Wrong {
            code: "X".into(),
            field: field.map(|path| path.split('.').map(str::to_owned).collect()),
            message: format!("about {field:?}"),
        };
        let form =
            Form { wrong: vec![wrong(None), wrong(Some("opening.advanced.by"))], ..Form::of([("by", "9000".into())]) };
        assert_eq!(form.error("by"), Some("about Some(\"opening.advanced.by\")"));
        assert_eq!((form.error("unit"), form.value("by"), form.value("none")), (None, "9000", ""));
    }
}
