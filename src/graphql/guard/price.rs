//! What running one operation costs with its variables: fields multiplied by the pages around them.
//!
//! An object costs 1 and so does a connection; a plain value costs nothing, since it comes with its object; `edges` and
//! `pageInfo` are parts of their connection. What is inside a page counts as often as the page is long. Directives that
//! skip a field are not believed: the whole is priced.

use std::collections::HashMap;

use async_graphql::{
    Number, Positioned, Value, Variables,
    parser::types::{DocumentOperations, Field, OperationDefinition, Selection, SelectionSet, VariableDefinition},
};

use super::{
    Bound, Document, GuardRefusal, Limits,
    values::{self, Held, variable_name},
};

/// What an accepted operation costs, for `extensions.cost` and for whoever keeps accounts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Objects of the answer at most, pages full.
    pub requested: u64,
    /// Rows of all connections at most, pages full.
    pub nodes: u64,
    /// Fields of the answer at most, pages full.
    pub answer_fields: u64,
}

/// A price before it is compared. Sums and products saturate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Price {
    cost: u64,
    nodes: u64,
    answer_fields: u64,
    variable_uses: u64,
}

impl Price {
    fn add(&mut self, other: &Self) {
        self.cost = self.cost.saturating_add(other.cost);
        self.nodes = self.nodes.saturating_add(other.nodes);
        self.answer_fields = self.answer_fields.saturating_add(other.answer_fields);
        self.variable_uses = self.variable_uses.saturating_add(other.variable_uses);
    }

    const fn times(self, page: u64) -> Self {
        Self {
            cost: self.cost.saturating_mul(page),
            nodes: self.nodes.saturating_mul(page),
            answer_fields: self.answer_fields.saturating_mul(page),
            variable_uses: self.variable_uses.saturating_mul(page),
        }
    }
}

pub(super) fn price(
    document: &Document,
    operation: Option<&str>,
    variables: &Variables,
    limits: &Limits,
) -> Result<Cost, GuardRefusal> {
    let mut largest = document.shape.largest_default;
    for value in variables.values() {
        let held = Held::by([value]);
        GuardRefusal::unless(Bound::ListItems, held.longest_list, limits.list_items)?;
        largest = held.bytes.max(largest);
    }
    let copies =
        |uses: u64| GuardRefusal::unless(Bound::VariableCopies, uses.saturating_mul(largest), limits.variable_copies);
    copies(document.shape.variable_uses)?;
    let Some(operation) = chosen(&document.parsed.operations, operation) else {
        return Ok(Cost::default());
    };
    let mut till = Till { fragments: HashMap::new(), definitions: &operation.variable_definitions, variables, limits };
    for name in &document.order {
        if let Some(fragment) = document.parsed.fragments.get(name) {
            let set = &fragment.node.selection_set.node;
            let prices = [till.set(set, false), till.set(set, true)];
            till.fragments.insert(name.as_str(), prices);
        }
    }
    let price = till.set(&operation.selection_set.node, false)?;
    GuardRefusal::unless(Bound::Nodes, price.nodes, limits.nodes)?;
    GuardRefusal::unless(Bound::Cost, price.cost, limits.cost)?;
    GuardRefusal::unless(Bound::AnswerFields, price.answer_fields, limits.answer_fields)?;
    copies(price.variable_uses)?;
    Ok(Cost { requested: price.cost, nodes: price.nodes, answer_fields: price.answer_fields })
}

/// The operation that async-graphql will run, if any.
pub(super) fn chosen<'a>(operations: &'a DocumentOperations, name: Option<&str>) -> Option<&'a OperationDefinition> {
    match (operations, name) {
        (DocumentOperations::Single(operation), None) => Some(&operation.node),
        (DocumentOperations::Multiple(named), Some(name)) => named.get(name).map(|operation| &operation.node),
        (DocumentOperations::Multiple(named), None) if named.len() == 1 => {
            named.values().next().map(|operation| &operation.node)
        }
        _ => None,
    }
}

/// The lists of the introspection system and how long to think them. Its fields cost no rows, so only the length of
/// the answer is counted; this is what stops `fields { type { fields { type … } } }`.
const INTROSPECTION_LISTS: [(&str, u64); 8] = [
    ("types", 100),
    ("fields", 10),
    ("inputFields", 10),
    ("enumValues", 10),
    ("args", 3),
    ("interfaces", 2),
    ("possibleTypes", 10),
    ("directives", 5),
];

struct Till<'a> {
    /// Price of each fragment known so far: in the data, and inside the introspection.
    fragments: HashMap<&'a str, [Result<Price, GuardRefusal>; 2]>,
    definitions: &'a [Positioned<VariableDefinition>],
    variables: &'a Variables,
    limits: &'a Limits,
}

impl<'a> Till<'a> {
    fn set(&self, set: &'a SelectionSet, introspection: bool) -> Result<Price, GuardRefusal> {
        let mut price = Price::default();
        for selection in &set.items {
            price.add(&match &selection.node {
                Selection::Field(field) => self.field(&field.node, introspection)?,
                Selection::InlineFragment(inline) => self.set(&inline.node.selection_set.node, introspection)?,
                Selection::FragmentSpread(spread) => self
                    .fragments
                    .get(spread.node.fragment_name.node.as_str())
                    .map_or(Ok(Price::default()), |prices| prices[usize::from(introspection)])?,
            });
        }
        Ok(price)
    }

    fn field(&self, field: &'a Field, introspection: bool) -> Result<Price, GuardRefusal> {
        let name = field.name.node.as_str();
        let introspection = introspection || matches!(name, "__schema" | "__type");
        let set = &field.selection_set.node;
        let inside = self.set(set, introspection)?;
        let uses = Held::by_field(field).variable_uses;
        if introspection {
            let length = INTROSPECTION_LISTS.iter().find(|(list, _)| *list == name).map_or(1, |(_, length)| *length);
            let mut price = inside.times(length);
            price.add(&Price { answer_fields: 1, variable_uses: uses, ..Price::default() });
            return Ok(price);
        }
        let page = self.page(field)?;
        let mut price = inside.times(page.unwrap_or(1));
        let is_object = page.is_some() || (!set.items.is_empty() && !matches!(name, "edges" | "pageInfo"));
        price.add(&Price {
            cost: u64::from(is_object),
            nodes: page.unwrap_or(0),
            answer_fields: 1,
            variable_uses: uses,
        });
        Ok(price)
    }

    /// How many rows a field may bring; none for a field that is no connection. With both `first` and `last` the larger.
    fn page(&self, field: &Field) -> Result<Option<u64>, GuardRefusal> {
        let mut page = None;
        let mut connection = self.limits.connections.contains(&field.name.node.as_str());
        for (name, value) in values::of_field(field) {
            if !matches!(name, "first" | "last") {
                continue;
            }
            connection = true;
            if let Some(number) = self.number(&value) {
                if !(1..=self.limits.page.cast_signed()).contains(&number) {
                    let actual = number;
                    return Err(GuardRefusal { bound: Bound::Page, limit: self.limits.page, actual });
                }
                page = page.max(u64::try_from(number).ok());
            }
        }
        Ok(connection.then(|| page.unwrap_or(self.limits.default_page)))
    }

    /// The whole number that an argument gives, itself or through a variable. None for `null` and for what is no
    /// number, which the schema's types refuse.
    fn number(&self, value: &Value) -> Option<i64> {
        let given = match variable_name(value) {
            None => value,
            Some(name) => {
                let definition = self.definitions.iter().find(|definition| definition.node.name.node == *name)?;
                self.variables.get(name).or_else(|| definition.node.default_value())?
            }
        };
        match given {
            Value::Number(number) => whole(number),
            _ => None,
        }
    }
}

fn whole(number: &Number) -> Option<i64> {
    number.as_i64().or_else(|| number.as_u64().map(|_| i64::MAX))
}
