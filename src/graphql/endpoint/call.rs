//! The JSON of a GraphQL request, and what is wrong with it when it is not one.

use async_graphql::{Extensions, Variables};
use serde_json::{Map, Value};

use super::problem::{Problem, Wrong};

/// A request as the specification of GraphQL over HTTP shapes it. Other members are ignored, as it asks.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) query: String,
    pub(super) operation_name: Option<String>,
    pub(super) variables: Variables,
    pub(super) extensions: Extensions,
}

pub(super) fn parse(bytes: &[u8]) -> Result<Call, Problem> {
    let json: Value =
        serde_json::from_slice(bytes).map_err(|error| Problem::Json { at: Some((error.line(), error.column())) })?;
    of(json)
}

/// The same of JSON that was read already.
pub(super) fn of(json: Value) -> Result<Call, Problem> {
    let mut members = match json {
        Value::Object(members) => members,
        Value::Array(_) => return Err(Problem::Batch),
        _ => return Err(Problem::Shape(Wrong::NotAnObject)),
    };
    let query = match members.remove("query") {
        Some(Value::String(query)) => query,
        Some(_) => return Err(Problem::Shape(Wrong::Query)),
        None => return Err(Problem::Shape(Wrong::NoQuery)),
    };
    let operation_name = match members.remove("operationName") {
        Some(Value::String(name)) => Some(name),
        None | Some(Value::Null) => None,
        Some(_) => return Err(Problem::Shape(Wrong::OperationName)),
    };
    let variables = object(&mut members, "variables", Wrong::Variables)?;
    let extensions = object(&mut members, "extensions", Wrong::Extensions)?;
    Ok(Call {
        query,
        operation_name,
        variables: Variables::from_json(variables),
        extensions: serde_json::from_value(extensions).map_err(|_| Problem::Shape(Wrong::Extensions))?,
    })
}

/// A member that is an object; absent and `null` are an empty one.
fn object(members: &mut Map<String, Value>, name: &str, wrong: Wrong) -> Result<Value, Problem> {
    match members.remove(name) {
        Some(object @ Value::Object(_)) => Ok(object),
        None | Some(Value::Null) => Ok(Value::Object(Map::new())),
        Some(_) => Err(Problem::Shape(wrong)),
    }
}
