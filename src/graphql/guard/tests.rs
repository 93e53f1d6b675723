//! The bombs of reliability rows A1, A6 and A7, each refused by counting; the real introspection query, accepted; and
//! the counts compared with a naive expansion.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use async_graphql::{Variables, parser::parse_query};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::i18n::lang::Lang;

/// A document with so many of something.
type Sized = Box<dyn Fn(usize) -> String>;

fn refusal(text: &str) -> GuardRefusal {
    refusal_within(text, &Limits::default())
}

fn refusal_within(text: &str, limits: &Limits) -> GuardRefusal {
    match read(text, limits) {
        Err(Unreadable::Refused(refusal)) => refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

fn price(text: &str, variables: serde_json::Value) -> Result<Cost, GuardRefusal> {
    let limits = Limits { connections: &["listed"], ..Limits::default() };
    read(text, &limits).unwrap().price(None, &Variables::from_json(variables), &limits)
}

fn roomy() -> Limits {
    let most = u64::MAX;
    Limits {
        document_bytes: most,
        operations: most,
        fields: most,
        levels: most,
        depth: most,
        aliases: most,
        directives: most,
        values: most,
        root_fields: most,
        nodes: most,
        cost: most,
        answer_fields: most,
        variable_copies: most,
        connections: &["listed"],
        ..Limits::default()
    }
}

/// `depth` fragments, each spreading the next `width` times.
fn fragment_bomb(depth: usize, width: usize, leaf: &str) -> String {
    let mut text = String::from("{ ...F0 }");
    for i in 0..depth {
        let body = if i + 1 == depth { leaf.to_owned() } else { format!("...F{} ", i + 1).repeat(width) };
        text += &format!(" fragment F{i} on Query {{ {body} }}");
    }
    text
}

#[test]
fn a1_a_fragment_bomb_of_6_kb_is_refused_after_one_visit_of_each_selection() {
    for (text, actual) in [
        (fragment_bomb(9, 100, "__typename"), 101 * 10_i64.pow(14)),
        (fragment_bomb(20, 100, "__typename"), i64::MAX),
        (fragment_bomb(31, 2, "__typename"), 1 << 31),
        // Nothing but spreads: no field anywhere, and as many visits.
        (fragment_bomb(9, 100, "...Missing"), 101 * 10_i64.pow(14)),
        (fragment_bomb(9, 100, "... on Query { a }").replace("fragment F3", "fragment F3x"), 1_010_101),
    ] {
        let mut steps = 0;
        let parsed = parse_query(&text).unwrap();
        let GuardRefusal { bound, limit, actual: counted } =
            shape::measure(&parsed, &Limits::default(), &mut steps).unwrap_err();
        assert_eq!((bound, limit), (Bound::Fields, 2_000));
        assert!(counted >= actual, "{counted} of at least {actual}");
        assert!(steps <= 2 * text.matches("...").count() as u64 + 10, "{steps} steps");
        assert_eq!(refusal(&text).bound, Bound::Fields);
    }
}

#[test]
fn a1_a_32_level_binary_bomb_is_refused() {
    let refused = refusal(&fragment_bomb(32, 2, "__typename"));
    assert_eq!(refused.bound, Bound::Levels);
    let wide = Limits { levels: u64::MAX, ..Limits::default() };
    let refused = refusal_within(&fragment_bomb(32, 2, "__typename"), &wide);
    assert_eq!(refused.bound, Bound::Fields);
    assert!(refused.actual > 1 << 31);
}

#[test]
fn a1_ten_thousand_unused_fragments_are_refused_in_linear_time() {
    let unused: String = (0..10_000).map(|i| format!("fragment F{i} on Query{{a}}")).collect();
    let text = format!("{{a}}{unused}");
    assert_eq!(refusal(&text).bound, Bound::DocumentBytes, "too long to be parsed");
    let parsed = parse_query(&text).unwrap();
    let mut steps = 0;
    let refused = shape::measure(&parsed, &Limits::default(), &mut steps).unwrap_err();
    assert_eq!((refused.bound, refused.actual), (Bound::Fields, 10_001));
    assert_eq!(steps, 10_001);
}

#[test]
fn a1_a_chain_of_fragments_is_refused_without_recursion() {
    let chain: String = (0..5_000).map(|i| format!("fragment F{i} on Q{{...F{}}}", i + 1)).collect();
    let limits = Limits { document_bytes: u64::MAX, fields: u64::MAX, ..Limits::default() };
    for text in [format!("{{...F0}}{chain}"), format!("{{a}}{chain}")] {
        let refused = refusal_within(&text, &limits);
        assert_eq!(refused.bound, Bound::Levels);
        assert!(refused.actual >= 5_000);
    }
}

#[test]
fn a1_fragments_in_a_cycle_are_refused_used_or_not() {
    for (text, caught) in [
        ("{ ...A } fragment A on Q { ...A ...A }", 1),
        ("{ ...A } fragment A on Q { b { ...B } } fragment B on Q { ... on Q { ...A } }", 2),
        ("{ a } fragment A on Q { ...B } fragment B on Q { ...A }", 2),
        ("{ ...A } fragment A on Q { ...B } fragment B on Q { ...B } fragment C on Q { c }", 2),
    ] {
        let refused = refusal(text);
        assert_eq!((refused.bound, refused.actual), (Bound::FragmentCycle, caught), "{text}");
    }
}

#[test]
fn deep_nesting_is_refused_before_the_parser_recurses() {
    for open in ["{a", "{a(b:[", "{a(b:{c:", "[", "query($a:[", "{a(b:[[[[[[", "{...{"] {
        for closing in ["", "}"] {
            let text = open.repeat(5_000) + &closing.repeat(5_000);
            let refused = refusal(&text[..text.len().min(64 * 1024)]);
            assert!(refused.bound == Bound::Nesting && refused.actual >= 5_000, "{open}: {refused:?}");
        }
    }
    let limits = Limits { document_bytes: u64::MAX, ..Limits::default() };
    assert_eq!(refusal_within(&"{a".repeat(1_000_000), &limits).actual, 1_000_000);
    assert_eq!(refusal(&format!("{}x{}", "{a".repeat(50), "}".repeat(50))).bound, Bound::Levels, "50 may be parsed");
}

#[test]
fn brackets_in_strings_and_comments_do_not_nest() {
    let many = "{[(".repeat(100);
    for text in [
        format!(r#"{{ a(b: "{many}") }}"#),
        format!(r#"{{ a(b: "\"{many}\\") }}"#),
        format!(r#"{{ a(b: """{many} \""" {many} " "" {many}""") }}"#),
        format!("{{ a # {many} \" \"\"\" \n }}"),
        format!("{{ a # {many} \r b }}"),
        format!(r#"{{ a(b: "", c: """""", d: "{many}") }}"#),
    ] {
        read(&text, &Limits::default()).unwrap_or_else(|error| panic!("{text}: {error:?}"));
    }
}

#[test]
fn a_quote_cannot_hide_brackets_from_the_scan() {
    let many = "{a".repeat(200);
    for text in [
        format!("{{ a # \" \n {many}"),
        format!("{{ a(b: \"\\\\\") {many}"),
        format!("{{ a(b: \"\") {many}"),
        format!("{{ a(b: \"\"\"\\\"\"\"\"\"\") {many}"),
    ] {
        assert_eq!(refusal(&text).bound, Bound::Nesting, "{text:.30}");
    }
    for text in ["{ a(b: \"x\n\")}", "{ a(b: \"\"\" \" {{{{", "{ a(b: \"x", "{ a(b: \"\\", "{ a(b: \"\"\" \\\"\"\""] {
        match read(text, &Limits::default()) {
            Err(Unreadable::Broken(Syntax { at: Some((1, 8)), .. })) => {}
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn the_place_of_a_syntax_error_is_told_without_the_text() {
    let secret = "{ contacts {\n  é \"secret\"\n} }";
    match read(secret, &Limits::default()) {
        Err(Unreadable::Broken(Syntax { at: Some((2, 3)), reason })) => assert!(!reason.contains("secret"), "{reason}"),
        other => panic!("{other:?}"),
    }
    for (text, reason) in
        [("", "expected"), ("query A {a} query A {b}", "defined twice"), ("fragment A on B {a}", "operation")]
    {
        match read(text, &Limits::default()) {
            Err(Unreadable::Broken(syntax)) => assert!(syntax.reason.contains(reason), "{syntax:?}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn a6_a7_each_limit_accepts_its_last_and_refuses_the_next() {
    let list = |n: usize| format!("{{a(b:[{}])}}", "1,".repeat(n));
    let at_root = |n: usize, word: &str| format!("{word}{{{}}}", "a ".repeat(n));
    let nested = |n: usize| format!("{}b{}", "{a".repeat(n - 1) + "{", "}".repeat(n));
    let operations = |n: usize| (0..n).map(|i| format!("query Q{i}{{a}}")).collect::<String>();
    let object = |n: usize| format!("{{a{{{}}}}}", "b ".repeat(n - 1));
    let aliases = |n: usize| format!("{{a{{{}}}}}", "c:b ".repeat(n));
    let directives = |n: usize| format!("{{a{{b{}}}}}", " @d".repeat(n));
    let split = |n: usize| format!("query @x {{...F ...F}} fragment F on Q @y {{a @d{}}}", " @d".repeat((n - 3) / 2));
    let variables = |n: usize| format!("query({}){{a}}", (0..n).map(|i| format!("$v{i}:Int ")).collect::<String>());
    let values = |n: usize| {
        format!(
            "{{a{{{}}}}}",
            "b(c:[1,{d:1},1])".repeat(n / 5) + &format!("b({})", "c:1 ".repeat(n % 5)).replace("b()", "b")
        )
    };
    let defaults = |n: usize| format!("query($a:[Int]=[{}]){{a}}", "1,".repeat(n));
    let rows: Vec<(Bound, Sized, usize)> = vec![
        (Bound::Operations, Box::new(operations), 20),
        (Bound::Variables, Box::new(variables), 250),
        (Bound::Depth, Box::new(nested), 15),
        (Bound::Fields, Box::new(object), 2_000),
        (Bound::Aliases, Box::new(aliases), 30),
        (Bound::Directives, Box::new(directives), 50),
        (Bound::Values, Box::new(values), 5_000),
        (Bound::ListItems, Box::new(list), 250),
        (Bound::ListItems, Box::new(defaults), 250),
        (Bound::RootFields, Box::new(move |n| at_root(n, "")), 20),
        (Bound::RootFields, Box::new(|n| format!("{{...F}} fragment F on Q{{...on Q{{{}}}}}", "a ".repeat(n))), 20),
        (Bound::Mutations, Box::new(move |n| at_root(n, "mutation")), 10),
        (Bound::Mails, Box::new(move |n| format!("mutation{{{}}}", "inviteGuest ".repeat(n))), 1),
        (
            Bound::Mails,
            Box::new(|n| format!("mutation{{...F}} fragment F on M{{{}}}", "a:resendInvitation ".repeat(n))),
            1,
        ),
    ];
    for (bound, text, limit) in rows {
        if let Err(error) = read(&text(limit), &Limits::default()) {
            panic!("{bound:?} at its limit: {error:?}");
        }
        let refused = refusal(&text(limit + 1));
        assert_eq!((refused.bound, refused.limit, refused.actual), (bound, limit as u64, limit as i64 + 1));
    }
    assert_eq!(refusal(&split(101)).bound, Bound::Directives);
    assert_eq!(refusal(&aliases(200)).actual, 200);
    assert_eq!(refusal(&directives(10_000)).actual, 10_000);
    assert_eq!(refusal(&list(10_000)).bound, Bound::Values);
    assert_eq!(refusal(&format!("{{a(b:[[{}]])}}", "1,".repeat(300))).bound, Bound::ListItems);
    assert_eq!(refusal(&" ".repeat(64 * 1024 + 1)).bound, Bound::DocumentBytes);
}

#[test]
fn a6_pages_are_of_1_to_100_given_as_literal_or_variable() {
    let page = |actual| Err(GuardRefusal { bound: Bound::Page, limit: 100, actual });
    for (text, variables, expected) in [
        ("{a(first:100)}", json!({}), Ok(100)),
        ("{a(last:1)}", json!({}), Ok(1)),
        ("{a(first:101)}", json!({}), page(101)),
        ("{a(last:101)}", json!({}), page(101)),
        ("{a(first:0)}", json!({}), page(0)),
        ("{a(first:-5)}", json!({}), page(-5)),
        ("{a(first:99999999999999999999)}", json!({}), Ok(20)),
        ("{a(first:18446744073709551615)}", json!({}), page(i64::MAX)),
        ("query($n:Int){a(first:$n)}", json!({ "n": 101 }), page(101)),
        ("query($n:Int){a(first:$n)}", json!({ "n": 7 }), Ok(7)),
        ("query($n:Int){a(first:$n)}", json!({ "n": null }), Ok(20)),
        ("query($n:Int){a(first:$n)}", json!({}), Ok(20)),
        ("query($n:Int){a(first:$n)}", json!({ "n": "many" }), Ok(20)),
        ("query($n:Int=500){a(first:$n)}", json!({}), page(500)),
        ("query($n:Int=500){a(first:$n)}", json!({ "n": 5 }), Ok(5)),
        ("{a(first:$undefined)}", json!({ "undefined": 500 }), Ok(20)),
        ("{a(first:null)}", json!({}), Ok(20)),
        ("{a(first:3 last:9)}", json!({}), Ok(9)),
        ("{listed}", json!({}), Ok(20)),
        ("{other}", json!({}), Ok(0)),
    ] {
        assert_eq!(price(text, variables).map(|cost| cost.nodes), expected, "{text}");
    }
}

#[test]
fn a6_nested_connections_multiply() {
    let nested = |a: u64, b: u64| {
        format!(
            "{{ a(first:{a}) {{ edges {{ cursor node {{ id b(first:{b}) {{ edges {{ node {{ id }} }} }} }} }} pageInfo {{ endCursor }} }} }}"
        )
    };
    let cost = price(&nested(100, 20), json!({})).unwrap();
    assert_eq!(cost.requested, 1 + 100 * (1 + 1 + 20));
    assert_eq!(cost.nodes, 100 + 100 * 20);
    assert_eq!(cost.answer_fields, 1 + 100 * (1 + 1 + 1 + 1 + 1 + 20 * 3 + 2));

    let refused = price(&nested(100, 50), json!({})).unwrap_err();
    assert_eq!(refused, GuardRefusal { bound: Bound::Cost, limit: 5_000, actual: 1 + 100 * 52 });
    let refused = price("{a(first:100){b(first:100){c}}}", json!({})).unwrap_err();
    assert_eq!(refused, GuardRefusal { bound: Bound::Nodes, limit: 10_000, actual: 10_100 });
    let listed = "{listed{listed{listed{listed{id}}}}}";
    assert_eq!(price(listed, json!({})).unwrap_err().bound, Bound::Nodes);
    let far = format!("{}x{}", "{a(first:100)".repeat(14) + "{", "}".repeat(15));
    assert_eq!(price(&far, json!({})).unwrap_err().actual, i64::MAX, "it saturates");
    let leaves = format!("{{a(first:100){{b(first:20){{{}}}}}}}", "c ".repeat(500));
    assert_eq!(price(&leaves, json!({})).unwrap_err().bound, Bound::AnswerFields);
}

#[test]
fn a6_only_the_operation_that_runs_is_priced() {
    let limits = Limits::default();
    let text = "query Small{a} query Large{a(first:100){b(first:100){c(first:100)}}}";
    let document = read(text, &limits).unwrap();
    let price = |name| document.price(name, &Variables::default(), &limits);
    assert_eq!(price(Some("Small")).unwrap().answer_fields, 1);
    assert_eq!(price(Some("Large")).unwrap_err().bound, Bound::Nodes);
    assert_eq!(price(Some("Unknown")).unwrap(), Cost::default());
    assert_eq!(price(None).unwrap(), Cost::default());
    let anonymous = read("{a{b}}", &limits).unwrap();
    assert_eq!(anonymous.price(None, &Variables::default(), &limits).unwrap().requested, 1);
    assert_eq!(anonymous.price(Some("Q"), &Variables::default(), &limits).unwrap(), Cost::default());
}

#[test]
fn lists_and_copies_of_variables_are_bounded() {
    let text = "mutation($a:In){a(input:$a)}";
    assert!(price(text, json!({ "a": { "ids": vec![1; 250] } })).is_ok());
    let refused = price(text, json!({ "a": { "ids": vec![1; 251] } })).unwrap_err();
    assert_eq!((refused.bound, refused.actual), (Bound::ListItems, 251));
    let big = json!({ "a": "x".repeat(200_000) });
    assert!(price(text, big.clone()).is_ok());
    for text in [
        format!("query($a:In){{o{{{}}}}}", "a(input:$a)".repeat(200)),
        format!("query($a:In){{x}} fragment F on Q{{{}}}", "a(input:$a)".repeat(200)),
        "query($a:In){listed{listed{a(input:[$a])}}}".to_owned(),
        "query($a:In){listed{listed{a @x(input:{b:$a})}}}".to_owned(),
    ] {
        assert_eq!(price(&text, big.clone()).unwrap_err().bound, Bound::VariableCopies, "{text:.40}");
    }
    let default = format!("query($a:String=\"{}\"){{o{{{}}}}}", "x".repeat(50_000), "a(input:$a)".repeat(1_000));
    assert_eq!(price(&default, json!({})).unwrap_err().bound, Bound::VariableCopies);
}

#[test]
fn a6_the_introspection_of_graphiql_passes_and_a_circular_one_does_not() {
    let limits = Limits::default();
    let text = include_str!("../../../tests/fixtures/graphiql_introspection.graphql");
    let document = read(text, &limits).unwrap();
    assert_eq!(document.shape().depth, 15);
    let cost = document.price(Some("IntrospectionQuery"), &Variables::default(), &limits).unwrap();
    assert_eq!((cost.requested, cost.nodes), (0, 0));
    assert!(cost.answer_fields > 10_000 && cost.answer_fields < limits.answer_fields * 9 / 10, "{cost:?}");

    // graphql-cop's circular query.
    let cop = "query cop { __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } } }";
    assert_eq!(price(cop, json!({})).unwrap_err().bound, Bound::AnswerFields);
    let through_fragments = "{ __schema { types { ...A } } } fragment A on __Type { fields { type { ...B ...B } } } fragment B on __Type { fields { type { ...C } } } fragment C on __Type { fields { type { possibleTypes { name } } } }";
    assert_eq!(price(through_fragments, json!({})).unwrap_err().bound, Bound::AnswerFields);
    let outside = "{ fields { type { fields { type { fields { type { fields { type { name } } } } } } } } }";
    assert_eq!(price(outside, json!({})).unwrap().answer_fields, 9, "our own fields may have such names");
}

#[test]
fn a_refusal_is_told_in_both_languages() {
    let refused = refusal("{a b a b a b a b a b a b a b a b a b a b a}");
    assert_eq!(
        refused.message(Lang::Fr),
        "Requête trop complexe\u{202f}: champs à la racine (21\u{202f}; au plus 20)."
    );
    assert_eq!(refused.message(Lang::En), "Query too complex: fields at the root (21; at most 20).");
    assert_eq!(refused.bound.name(), "ROOT_FIELDS");
}

proptest! {
    #[test]
    fn weight_and_price_equal_a_naive_expansion(choices in proptest::collection::vec(any::<u8>(), 0..120)) {
        let text = naive::document(&choices);
        let limits = roomy();
        let document = read(&text, &limits).unwrap();
        let mut expanded = naive::Expanded::default();
        naive::expand(document.parsed(), naive::only(document.parsed()), 0, 0, &mut expanded);
        let mut walked = 0;
        let (shape, _) = shape::measure(document.parsed(), &limits, &mut walked).unwrap();
        prop_assert!(shape.fields >= expanded.fields && shape.depth >= expanded.depth);
        let weight = shape::weight_of_first(&document);
        prop_assert_eq!(
            (weight.fields, weight.aliases, weight.directives, weight.values, weight.root_fields, weight.depth, weight.levels),
            (expanded.fields, expanded.aliases, expanded.directives, expanded.values, expanded.root_fields, expanded.depth, expanded.levels)
        );
        let cost = document.price(None, &Variables::default(), &limits).unwrap();
        prop_assume!(cost.answer_fields < 2_000_000);
        let mut served = (0, 0, 0);
        naive::serve(document.parsed(), naive::only(document.parsed()), &mut served);
        prop_assert_eq!((cost.requested, cost.nodes, cost.answer_fields), served);
    }
}
