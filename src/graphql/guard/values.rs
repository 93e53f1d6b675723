//! The values that a document gives to arguments, as constants in which a variable stands as [`Value::Binary`].
//!
//! async-graphql does not re-export its type of values with variables, but turns one into a constant when told what each
//! variable is. `Binary`, which no document can write, carries the variable's name.

use std::convert::Infallible;

use async_graphql::{
    Name, Value,
    parser::types::{Directive, Field},
};

/// The arguments of a field: name and value.
pub(super) fn of_field(field: &Field) -> impl Iterator<Item = (&str, Value)> {
    field.arguments.iter().map(|(name, value)| {
        let Ok(value) = value.node.clone().into_const_with(variable);
        (name.node.as_str(), value)
    })
}

/// The values of the arguments of a directive.
pub(super) fn of_directive(directive: &Directive) -> impl Iterator<Item = Value> {
    directive.arguments.iter().map(|(_, value)| {
        let Ok(value) = value.node.clone().into_const_with(variable);
        value
    })
}

fn variable(name: Name) -> Result<Value, Infallible> {
    Ok(Value::Binary(name.as_bytes().to_vec().into()))
}

/// The name of the variable that a value stands for.
pub(super) fn variable_name(value: &Value) -> Option<&str> {
    match value {
        Value::Binary(name) => std::str::from_utf8(name).ok(),
        _ => None,
    }
}

/// What some values hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Held {
    /// The values, each item of a list and each field of an object counted too.
    pub(super) values: u64,
    /// Those that are variables.
    pub(super) variable_uses: u64,
    /// Items of the longest list.
    pub(super) longest_list: u64,
    /// The bytes of names and strings, and 32 for each value, which is about what a copy takes.
    pub(super) bytes: u64,
}

impl Held {
    /// Adds up without recursion: variables nest as deep as JSON lets them.
    pub(super) fn by<'v>(values: impl IntoIterator<Item = &'v Value>) -> Self {
        let mut held = Self::default();
        let mut left: Vec<&Value> = values.into_iter().collect();
        while let Some(value) = left.pop() {
            held.values += 1;
            held.bytes += 32;
            match value {
                Value::String(text) => held.bytes += text.len() as u64,
                Value::Enum(name) => held.bytes += name.len() as u64,
                Value::Binary(_) => held.variable_uses += 1,
                Value::List(items) => {
                    held.longest_list = held.longest_list.max(items.len() as u64);
                    left.extend(items);
                }
                Value::Object(fields) => {
                    held.bytes += fields.keys().map(|name| name.len() as u64).sum::<u64>();
                    left.extend(fields.values());
                }
                Value::Null | Value::Number(_) | Value::Boolean(_) => {}
            }
        }
        held
    }

    /// What the arguments of a field and of its directives hold.
    pub(super) fn by_field(field: &Field) -> Self {
        let directives = field.directives.iter().flat_map(|directive| of_directive(&directive.node));
        let values: Vec<Value> = of_field(field).map(|(_, value)| value).chain(directives).collect();
        Self::by(&values)
    }
}
