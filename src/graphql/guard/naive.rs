//! What the guard computes with a memo, computed without one: by opening every spread where it stands. And small random
//! documents to compare the two on.

use async_graphql::{
    Value,
    parser::types::{DocumentOperations, ExecutableDocument, Selection, SelectionSet},
};

use super::values::{of_directive, of_field};

/// Sums and maxima by expansion: fields, aliases, directives, values, uses of variables, root fields, depth, levels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Expanded {
    pub(super) fields: u64,
    pub(super) aliases: u64,
    pub(super) directives: u64,
    pub(super) values: u64,
    pub(super) root_fields: u64,
    pub(super) depth: u64,
    pub(super) levels: u64,
}

pub(super) fn expand(document: &ExecutableDocument, set: &SelectionSet, level: u64, depth: u64, seen: &mut Expanded) {
    if set.items.is_empty() {
        return;
    }
    seen.levels = seen.levels.max(level + 1);
    for selection in &set.items {
        seen.fields += 1;
        seen.directives += selection.node.directives().len() as u64;
        for directive in selection.node.directives() {
            seen.values += of_directive(&directive.node).map(|value| values(&value)).sum::<u64>();
        }
        match &selection.node {
            Selection::Field(field) => {
                seen.depth = seen.depth.max(depth + 1);
                seen.root_fields += u64::from(depth == 0);
                seen.aliases += u64::from(field.node.alias.is_some());
                seen.values += of_field(&field.node).map(|(_, value)| values(&value)).sum::<u64>();
                expand(document, &field.node.selection_set.node, level + 1, depth + 1, seen);
            }
            Selection::InlineFragment(inline) => {
                expand(document, &inline.node.selection_set.node, level + 1, depth, seen);
            }
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                    expand(document, &fragment.node.selection_set.node, level + 1, depth, seen);
                }
            }
        }
    }
}

fn values(value: &Value) -> u64 {
    1 + match value {
        Value::List(items) => items.iter().map(values).sum(),
        Value::Object(fields) => fields.values().map(values).sum(),
        _ => 0,
    }
}

/// The set of the only operation.
pub(super) fn only(document: &ExecutableDocument) -> &SelectionSet {
    match &document.operations {
        DocumentOperations::Single(operation) => &operation.node.selection_set.node,
        DocumentOperations::Multiple(named) => &named["Q"].node.selection_set.node,
    }
}

/// (cost, nodes, answer fields) by walking every row of every page, one by one.
pub(super) fn serve(document: &ExecutableDocument, set: &SelectionSet, seen: &mut (u64, u64, u64)) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => {
                let name = field.node.name.node.as_str();
                let set = &field.node.selection_set.node;
                let page = match of_field(&field.node).find(|(name, _)| *name == "first") {
                    Some((_, Value::Number(number))) => number.as_u64(),
                    Some(_) => Some(20),
                    None => (name == "listed").then_some(20),
                };
                seen.2 += 1;
                seen.0 += u64::from(page.is_some() || (!set.items.is_empty() && name != "edges" && name != "pageInfo"));
                seen.1 += page.unwrap_or(0);
                for _ in 0..page.unwrap_or(1) {
                    serve(document, set, seen);
                }
            }
            Selection::InlineFragment(inline) => serve(document, &inline.node.selection_set.node, seen),
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                    serve(document, &fragment.node.selection_set.node, seen);
                }
            }
        }
    }
}

/// A small document out of random bytes: one operation and four fragments, each spreading only later ones.
pub(super) fn document(choices: &[u8]) -> String {
    let mut choices = choices.iter().copied();
    let mut text = String::from("query Q($n: Int = 3) ");
    set(&mut text, &mut choices, 0, 0);
    for fragment in 1..=4 {
        text += &format!(" fragment F{fragment} on T @d ");
        set(&mut text, &mut choices, fragment, 0);
    }
    text
}

fn set(text: &mut String, choices: &mut impl Iterator<Item = u8>, fragment: usize, nesting: usize) {
    *text += "{ x";
    for _ in 0..choices.next().unwrap_or(0) % 4 {
        let choice = choices.next().unwrap_or(0);
        *text += match choice % 8 {
            0 => " plain(a: 1, b: [1, {c: $n}])",
            1 => " al: plain @include(if: true)",
            2 => " object",
            3 => " edges",
            4 => " paged(first: 3)",
            5 => " listed",
            6 => " ... on T @skip(if: false)",
            _ => " ...F",
        };
        match choice % 8 {
            0 | 1 => {}
            7 => *text += &format!("{}", fragment + 1 + usize::from(choice) / 8 % 2),
            _ if nesting < 3 => set(text, choices, fragment, nesting + 1),
            _ => *text += " { y }",
        }
    }
    *text += " }";
}
