//! What a document weighs whatever its variables: one weight a fragment, computed once, after those it spreads.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned, Value,
    parser::types::{
        Directive, ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
    },
};

use super::{
    Bound, GuardRefusal, Limits,
    values::{self, Held},
};

/// The measures of a document that its variables cannot change. Sums saturate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// Fields, inline fragments and spreads, with fragments expanded, or as written if that is more.
    pub fields: u64,
    /// Fields inside one another, with fragments expanded.
    pub depth: u64,
    /// Aliases, as [`Shape::fields`].
    pub aliases: u64,
    /// Directives, as [`Shape::fields`].
    pub directives: u64,
    /// Argument values, as [`Shape::fields`].
    pub values: u64,
    /// Uses of variables as written: validation reads each once, also in fragments that the operation leaves alone.
    pub variable_uses: u64,
    /// Bytes, about, of the largest default value of a variable.
    pub largest_default: u64,
}

/// What a selection set weighs. Sums unless said otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Weight {
    pub(super) fields: u64,
    pub(super) aliases: u64,
    pub(super) directives: u64,
    pub(super) values: u64,
    pub(super) variable_uses: u64,
    /// Fields of the set itself, and of the fragments in it.
    pub(super) root_fields: u64,
    /// Fields that write to people.
    pub(super) mails: u64,
    /// The most.
    pub(super) depth: u64,
    /// The most.
    pub(super) levels: u64,
    /// The longest list literal.
    pub(super) longest_list: u64,
}

impl Weight {
    fn add(&mut self, other: &Self) {
        self.fields = self.fields.saturating_add(other.fields);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.directives = self.directives.saturating_add(other.directives);
        self.values = self.values.saturating_add(other.values);
        self.variable_uses = self.variable_uses.saturating_add(other.variable_uses);
        self.root_fields = self.root_fields.saturating_add(other.root_fields);
        self.mails = self.mails.saturating_add(other.mails);
        self.depth = self.depth.max(other.depth);
        self.levels = self.levels.max(other.levels);
        self.longest_list = self.longest_list.max(other.longest_list);
    }
}

/// Measures and checks. `steps` counts the selections and values visited, so that a test can tell that it is linear.
///
/// # Errors
/// The first limit that is exceeded, in the order of [`Bound`].
pub(super) fn measure(
    document: &ExecutableDocument,
    limits: &Limits,
    steps: &mut u64,
) -> Result<(Shape, Vec<Name>), GuardRefusal> {
    let operations: Vec<_> = document.operations.iter().map(|(_, operation)| &operation.node).collect();
    GuardRefusal::unless(Bound::Operations, operations.len() as u64, limits.operations)?;
    let definitions = operations.iter().flat_map(|operation| &operation.variable_definitions);
    GuardRefusal::unless(Bound::Variables, definitions.clone().count() as u64, limits.variables)?;

    // As written: every definition once, spreads left closed.
    let mut walk =
        Walk { weights: HashMap::new(), spreads: Vec::new(), deepest: limits.nesting, once: limits.once, steps };
    let mut written = Weight::default();
    for operation in &operations {
        written.add(&walk.operation(operation)?);
    }
    walk.spreads.clear();
    let mut links = Vec::with_capacity(document.fragments.len());
    for (name, fragment) in &document.fragments {
        written.add(&walk.directives(&fragment.node.directives));
        written.add(&walk.set(&fragment.node.selection_set.node, 0)?);
        links.push((name, std::mem::take(&mut walk.spreads)));
    }
    let largest_default = check(
        &written,
        limits,
        definitions.filter_map(|variable| variable.node.default_value.as_ref().map(|value| &value.node)),
    )?;
    let order = in_order(&links).map_err(|caught| GuardRefusal::of(Bound::FragmentCycle, caught, 0))?;

    // As executed: spreads opened, each fragment weighed after those that it spreads.
    let mut expanded = Weight::default();
    for name in &order {
        if let Some(fragment) = document.fragments.get(name) {
            let weight = walk.set(&fragment.node.selection_set.node, 0)?;
            // A fragment that nothing spreads is still walked by the rules.
            expanded.levels = expanded.levels.max(weight.levels);
            expanded.depth = expanded.depth.max(weight.depth);
            walk.weights.insert(name.as_str(), weight);
        }
    }
    let (mut roots, mut mails) = ([0, 0, 0], 0);
    for operation in &operations {
        let weight = walk.operation(operation)?;
        let root = &mut roots[match operation.ty {
            OperationType::Query => 0,
            OperationType::Mutation => 1,
            OperationType::Subscription => 2,
        }];
        *root = weight.root_fields.max(*root);
        mails = weight.mails.max(mails);
        expanded.add(&weight);
    }
    check(&expanded, limits, std::iter::empty())?;
    GuardRefusal::unless(Bound::RootFields, roots[0], limits.root_fields)?;
    GuardRefusal::unless(Bound::Mutations, roots[1], limits.mutations)?;
    GuardRefusal::unless(Bound::Mails, mails, limits.mails)?;
    GuardRefusal::unless(Bound::Streams, roots[2], limits.streams)?;
    let shape = Shape {
        fields: expanded.fields.max(written.fields),
        depth: expanded.depth.max(written.depth),
        aliases: expanded.aliases.max(written.aliases),
        directives: expanded.directives.max(written.directives),
        values: expanded.values.max(written.values),
        variable_uses: written.variable_uses,
        largest_default,
    };
    Ok((shape, order))
}

/// Compares a weight, and the default values of variables, with the limits. Gives the size of the largest default.
fn check<'a>(weight: &Weight, limits: &Limits, defaults: impl Iterator<Item = &'a Value>) -> Result<u64, GuardRefusal> {
    GuardRefusal::unless(Bound::Levels, weight.levels, limits.levels)?;
    GuardRefusal::unless(Bound::Depth, weight.depth, limits.depth)?;
    GuardRefusal::unless(Bound::Fields, weight.fields, limits.fields)?;
    GuardRefusal::unless(Bound::Aliases, weight.aliases, limits.aliases)?;
    GuardRefusal::unless(Bound::Directives, weight.directives, limits.directives)?;
    GuardRefusal::unless(Bound::Values, weight.values, limits.values)?;
    GuardRefusal::unless(Bound::ListItems, weight.longest_list, limits.list_items)?;
    let mut largest = 0;
    for default in defaults {
        let held = Held::by([default]);
        GuardRefusal::unless(Bound::ListItems, held.longest_list, limits.list_items)?;
        largest = held.bytes.max(largest);
    }
    Ok(largest)
}

/// A fragment's name and those that it spreads, with repetitions.
type Links<'a> = [(&'a Name, Vec<&'a str>)];

/// Every fragment after those that it spreads (Kahn's algorithm).
///
/// # Errors
/// How many fragments are in a cycle, or lead into one.
fn in_order(links: &Links<'_>) -> Result<Vec<Name>, u64> {
    let index: HashMap<&str, usize> = links.iter().enumerate().map(|(i, (name, _))| (name.as_str(), i)).collect();
    let mut waiting = vec![0_usize; links.len()];
    let mut spread_by: Vec<Vec<usize>> = vec![Vec::new(); links.len()];
    for (i, (_, spreads)) in links.iter().enumerate() {
        for target in spreads.iter().filter_map(|name| index.get(name)) {
            waiting[i] += 1;
            spread_by[*target].push(i);
        }
    }
    let mut ready: Vec<usize> = (0..links.len()).filter(|i| waiting[*i] == 0).collect();
    let mut order = Vec::with_capacity(links.len());
    while let Some(i) = ready.pop() {
        order.push(links[i].0.clone());
        for dependent in &spread_by[i] {
            waiting[*dependent] -= 1;
            if waiting[*dependent] == 0 {
                ready.push(*dependent);
            }
        }
    }
    if order.len() == links.len() { Ok(order) } else { Err((links.len() - order.len()) as u64) }
}

struct Walk<'a, 's> {
    /// Weights of the fragments known so far; a spread of any other weighs 1.
    weights: HashMap<&'a str, Weight>,
    /// The fragments spread by what was walked.
    spreads: Vec<&'a str>,
    /// How deep a set may nest as written: the text was bounded before, a document made by hand is bounded here.
    deepest: u64,
    /// The fields that write to people.
    once: &'static [&'static str],
    steps: &'s mut u64,
}

impl<'a> Walk<'a, '_> {
    fn operation(&mut self, operation: &'a OperationDefinition) -> Result<Weight, GuardRefusal> {
        let mut weight = self.directives(&operation.directives);
        for variable in &operation.variable_definitions {
            weight.add(&self.directives(&variable.node.directives));
        }
        weight.add(&self.set(&operation.selection_set.node, 0)?);
        Ok(weight)
    }

    fn set(&mut self, set: &'a SelectionSet, nesting: u64) -> Result<Weight, GuardRefusal> {
        if set.items.is_empty() {
            return Ok(Weight::default());
        }
        GuardRefusal::unless(Bound::Nesting, nesting, self.deepest)?;
        let mut weight = Weight::default();
        for selection in &set.items {
            *self.steps += 1;
            weight.add(&match &selection.node {
                Selection::Field(field) => self.field(&field.node, nesting)?,
                Selection::InlineFragment(inline) => {
                    let mut weight = self.set(&inline.node.selection_set.node, nesting + 1)?;
                    weight.fields = weight.fields.saturating_add(1);
                    weight.add(&self.directives(&inline.node.directives));
                    weight
                }
                Selection::FragmentSpread(spread) => {
                    let name = spread.node.fragment_name.node.as_str();
                    self.spreads.push(name);
                    let mut weight = self.weights.get(name).copied().unwrap_or_default();
                    weight.fields = weight.fields.saturating_add(1);
                    weight.add(&self.directives(&spread.node.directives));
                    weight
                }
            });
        }
        weight.levels += 1;
        Ok(weight)
    }

    fn field(&mut self, field: &'a Field, nesting: u64) -> Result<Weight, GuardRefusal> {
        let mut weight = self.set(&field.selection_set.node, nesting + 1)?;
        weight.fields = weight.fields.saturating_add(1);
        weight.aliases = weight.aliases.saturating_add(u64::from(field.alias.is_some()));
        weight.depth += 1;
        weight.root_fields = 1;
        weight.mails = weight.mails.saturating_add(u64::from(self.once.contains(&field.name.node.as_str())));
        weight.add(&self.values(values::of_field(field).map(|(_, value)| value)));
        weight.add(&self.directives(&field.directives));
        Ok(weight)
    }

    fn directives(&mut self, directives: &[Positioned<Directive>]) -> Weight {
        let mut weight = self.values(directives.iter().flat_map(|directive| values::of_directive(&directive.node)));
        weight.directives = directives.len() as u64;
        weight
    }

    fn values(&mut self, values: impl Iterator<Item = Value>) -> Weight {
        let values: Vec<Value> = values.collect();
        let Held { values, variable_uses, longest_list, .. } = Held::by(&values);
        *self.steps += values;
        Weight { values, variable_uses, longest_list, ..Weight::default() }
    }
}

/// The weight of the first operation alone, without its own directives.
#[cfg(test)]
pub(super) fn weight_of_first(document: &super::Document) -> Weight {
    let mut steps = 0;
    let mut walk =
        Walk { weights: HashMap::new(), spreads: Vec::new(), deepest: u64::MAX, once: &[], steps: &mut steps };
    for name in &document.order {
        let weight = walk.set(&document.parsed.fragments[name].node.selection_set.node, 0).unwrap_or_default();
        walk.weights.insert(name.as_str(), weight);
    }
    let operation = document.parsed.operations.iter().next();
    operation.and_then(|(_, operation)| walk.set(&operation.node.selection_set.node, 0).ok()).unwrap_or_default()
}
