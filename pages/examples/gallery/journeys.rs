//! The journeys that bring contacts to a subscription, step by step.

use crate::{Book, Done, subscriptions::one};
use pages::{
    Place,
    journeys::{
        Choose, Confirm, Fields, Find, Found, Here, Journey, People, Pick, Products, Searched, Staged, Terms, Way, Ways,
    },
    parts::{Form, Wrong},
};
use serde_json::{Value, json};

fn known(n: usize, name: &str, email: Option<&str>, attached: bool) -> Value {
    let of = if attached { json!([{ "id": "s1" }]) } else { json!([]) };
    json!({ "id": format!("c{n}"), "displayName": name, "companyName": null, "email": email, "kind": "PERSON", "subscriptions": of })
}

fn fields() -> Value {
    let text = |path: &str, label: &str, one: Option<&str>| json!({ "path": path, "label": label, "required": false, "oneOf": one, "maxLength": 200, "choices": [] });
    let kinds = json!([{ "value": "PERSON", "label": "Personne" }, { "value": "GROUP", "label": "Groupe" }]);
    let needed =
        ["line1", "postalCode", "city"].map(|name| json!({ "path": format!("address.{name}"), "required": true }));
    json!({ "contact": [
        { "path": "kind", "label": "Type", "required": false, "oneOf": null, "maxLength": null, "choices": kinds },
        text("companyName", "Raison sociale", Some("name")), text("lastName", "Nom", Some("name")), text("firstName", "Prénom", Some("name")),
        text("email", "E-mail", None), text("phone", "Téléphone", None), text("fax", "Fax", None), text("address.line1", "Rue et numéro", None),
        text("address.line2", "Bâtiment, étage", None), text("address.line3", "Lieu-dit", None), text("address.postalCode", "Code postal", None),
        text("address.city", "Ville", None), text("address.country", "Pays", None), text("externalId", "ID", None)],
        "delivery": needed })
}

fn typed(last: &str, email: &str) -> Staged {
    let typed = [("lastName", last), ("email", email), ("kind", "PERSON")];
    Staged::typed(typed.map(|(name, value)| (name.to_owned(), value.to_owned())).into())
}

pub fn write(book: &Book) -> Done {
    let cx = || book.cx(Place::Subscriptions);
    let it = serde_json::from_value(one("RUNNING", json!([])))?;
    let begun = |way: Way, form: Form, staged: Vec<Staged>| Journey {
        way,
        it: if way == Way::Add { Some(Clone::clone(&it)) } else { None },
        action: "/".into(),
        back: "/".into(),
        form,
        staged,
    };
    let info = json!({ "hasNextPage": true, "hasPreviousPage": false, "startCursor": "s", "endCursor": "e" });
    let rows: Vec<_> = [
        known(1, "Léa Fontaine", Some("lea@atelier-fontaine.fr"), true),
        known(2, "Émile Bérard", Some("emile@exemple.fr"), false),
        known(3, "Jean-Baptiste de La Rochefoucauld-Montmorency", None, false),
        known(4, "Ana Pérez", Some("ana@exemple.fr"), false),
    ]
    .map(|node| json!({ "node": node }))
    .into();
    let people: People = serde_json::from_value(json!({ "edges": rows, "pageInfo": info }))?;
    let emile = people.edges[1].node.staged();
    let new = typed("Neuf", "neuf@exemple.fr");
    let sold = || {
        Form::of([("type", "Annuel".into()), ("productName", "La Revue du phare".into()), ("productId", "p1".into())])
    };
    book.write("journey-ways", Ways { cx: cx() })?;
    let staged = vec![emile.clone(), new.clone()];
    book.write(
        "journey-pick",
        Pick { cx: cx(), journey: begun(Way::Add, Form::default(), staged.clone()), people: people.clone() },
    )?;
    book.write("journey-pick-new", Pick { cx: cx(), journey: begun(Way::New, sold(), staged.clone()), people })?;
    let none = Form::of([("q", "neuf@exemple.fr".into())]);
    book.write(
        "journey-pick-none",
        Pick { cx: cx(), journey: begun(Way::Add, none.clone(), vec![]), people: People::default() },
    )?;

    let fields: Fields = serde_json::from_value(fields())?;
    let find = |journey: Journey, searched: Searched| Find {
        cx: cx(),
        journey,
        searched,
        fields: fields.clone(),
        delivered: true,
    };
    book.write("journey-find", find(begun(Way::ByUser, Form::default(), vec![]), Searched::NotYet))?;
    let found: Found = serde_json::from_value(
        json!({ "here": known(2, "Émile Bérard", Some("emile@exemple.fr"), false), "elsewhere": [] }),
    )?;
    let emile_form = Form::of([("q", "emile@exemple.fr".into())]);
    book.write("journey-found", find(begun(Way::Add, emile_form, vec![]), Searched::For(Box::new(found))))?;
    let elsewhere: Found = serde_json::from_value(
        json!({ "here": null, "elsewhere": [{ "displayName": "Nora Neuf", "accountNumber": "100042", "companyName": "Club sportif de l’Est" }] }),
    )?;
    let wrong = Wrong {
        code: "EMAIL_INVALID".into(),
        field: Some(vec!["email".into()]),
        message: "Cette adresse n’en est pas une : il manque ce qui suit le @.".into(),
    };
    let filled = Form {
        wrong: vec![wrong],
        ..Form::of([("q", "neuf@exemple".into()), ("email", "neuf@exemple".into()), ("lastName", "Neuf".into())])
    };
    book.write("journey-fill", find(begun(Way::Add, filled, vec![]), Searched::For(Box::new(elsewhere))))?;
    book.write("journey-users", find(begun(Way::ByUser, Form::default(), staged.clone()), Searched::NotYet))?;

    let refused = Wrong {
        code: "SUBSCRIBER_REQUIRED".into(),
        field: Some(["contacts", "0", "contactId"].map(str::to_owned).into()),
        message: "Ce produit est livré : il manque la rue et la ville.".into(),
    };
    let form = Form { wrong: vec![refused], ..sold() };
    let what = || ("Annuel".to_owned(), "La Revue du phare".to_owned());
    book.write(
        "journey-confirm",
        Confirm { cx: cx(), journey: begun(Way::New, sold(), staged.clone()), what: what() },
    )?;
    book.write(
        "journey-confirm-error",
        Confirm { cx: cx(), journey: begun(Way::New, form, staged.clone()), what: what() },
    )?;
    let sold_list: Products = serde_json::from_value(json!({ "edges": [
        { "node": { "id": "p1", "name": "La Revue du phare", "delivered": true } }, { "node": { "id": "p2", "name": "Yoga du matin", "delivered": false } }], "pageInfo": info }))?;
    book.write(
        "journey-terms",
        Terms {
            cx: cx(),
            journey: begun(Way::New, Form::of([("billing", "RECURRING".into()), ("productId", "p1".into())]), vec![]),
            products: sold_list,
        },
    )?;
    let here: Here = serde_json::from_value(json!({
        "accountSubscriptions": { "edges": [
            { "node": { "id": "s1", "type": "Annuel", "state": "RUNNING", "startsOn": "2026-01-01", "endsOn": null, "product": { "id": "p1", "name": "Yoga du matin", "delivered": false } } },
            { "node": { "id": "s2", "type": "Découverte", "state": "ENDED", "startsOn": "2025-01-01", "endsOn": "2025-12-31", "product": { "id": "p1", "name": "La Revue du phare", "delivered": true } } }], "pageInfo": info },
        "accessList": { "edges": [{ "node": { "accountId": "a", "number": "100023", "companyName": "Éditions du Phare" } }, { "node": { "accountId": "b", "number": "100042", "companyName": "Club sportif de l’Est" } }] } }))?;
    book.write("journey-choose", Choose { cx: cx(), journey: begun(Way::ByUser, Form::default(), staged), here })
}
