//! The list of contacts, the sheet and its forms.

use crate::{Book, Done};
use chrono::TimeDelta;
use pages::{
    Cx, Notice, Place, bulk, bulk_all, contacts,
    parts::{Form, Wrong},
    person,
    sheet::{self, Sheet, Tab},
};

fn contact(accesses: serde_json::Value) -> serde_json::Value {
    serde_json::json!({ "id": "c1", "version": 12, "displayName": "Léa Fontaine", "kind": "PERSON", "profile": "CLIENT", "status": "ACTIVE",
        "firstName": "Léa", "lastName": "Fontaine", "companyName": "Atelier Fontaine", "email": "lea@atelier-fontaine.fr",
        "emailVerification": { "status": "VERIFIED", "requestedAt": null, "verifiedAt": "2025-11-03T08:00:00Z", "bouncedAt": null }, "userId": "usr_0190", "memberUntil": null, "permissions": ["SUPPORT", "OTHER"],
        "app": { "since": "2026-01-12T08:00:00Z", "invitedAt": "2026-01-10T08:00:00Z", "invitationExpiresAt": "2026-02-10T08:00:00Z", "devices": [{ "model": "iPhone 15", "since": "2026-01-12T08:00:00Z", "lastSeen": "2026-03-31T11:20:00Z" }, { "model": "Pixel 8", "since": "2026-02-02T08:00:00Z", "lastSeen": null }] }, "phone": "06 12 34 56 78", "fax": null, "address": { "text": "12 rue des Lilas\n75020 Paris" },
        "labels": ["Salon 2026"], "createdAt": "2025-11-02T09:00:00Z", "deletedAt": null, "erased": false, "externalId": "CL-2041",
        "registration": { "status": "REGISTERED" }, "accesses": accesses,
        "auditTrail": { "edges": [
            { "node": { "at": "2026-03-30T15:02:00Z", "sentence": "Camille Roux a suspendu l’accès à Photo de rue", "actor": { "label": "Camille Roux" }, "origin": "UI", "type": "access.mode_set.v1",
                "changes": [{ "field": "mode", "before": "Activé", "after": "Suspendu" }] } },
            { "node": { "at": "2026-03-02T08:40:00Z", "sentence": "Un jeton a donné l’accès à Yoga du matin", "actor": { "label": "Boutique" }, "origin": "API", "type": "access.granted.v1", "changes": [] } }],
            "pageInfo": { "hasNextPage": true, "hasPreviousPage": false, "startCursor": "s", "endCursor": "e" } } })
}

fn access(id: &str, name: &str, mode: &str, open: bool) -> serde_json::Value {
    let gate = |gate: &str, passed: bool, detail: &str| {
        serde_json::json!({ "gate": gate, "passed": passed, "code": "X", "detail": detail,
        "event": { "at": "2026-03-02T08:40:00Z", "actor": { "label": "Camille Roux" } } })
    };
    let module = |n: i64, at: &str, open: bool| serde_json::json!({ "open": open, "opensAt": at, "module": { "id": n.to_string(), "name": format!("Leçon {n}"), "opensAfterDays": n * 14 } });
    serde_json::json!({ "id": format!("x{id}"), "version": 3, "mode": mode, "opening": { "kind": if open { "ADVANCED" } else { "FROM_ORDER_DATE" }, "by": if open { Some(1) } else { None }, "unit": if open { Some("MONTHS") } else { None }, "date": null },
        "origin": "MANUAL", "grantedAt": "2026-03-02T08:40:00Z", "orderedOn": "2026-03-01",
        "product": { "id": id, "name": name, "modules": [], "orderEmail": null }, "anchor": { "kind": "ORDER", "at": "2026-03-01T00:00:00Z" },
        "decision": { "open": open, "reason": if open { "OPEN" } else { "SUSPENDED" }, "opensAt": "2026-03-02T08:40:00Z", "accessibleSince": if open { Some("2026-03-02T08:40:00Z") } else { None },
            "trace": [gate("CONTACT", true, "Le contact fait partie du compte."), gate("VALIDATION", true, "L’inscription sur l’app est validée."), gate("MODE", open, if open { "L’accès est activé." } else { "L’accès est suspendu, quels que soient les paiements." }), gate("OPENING", true, "Le contenu s’ouvre à partir de la date de commande : 01/03/2026."), gate("DRIP", true, "2 modules ouverts sur 4 ; le prochain le 12/04/2026.")],
            "modules": [module(1, "2026-03-02T08:40:00Z", open), module(2, "2026-03-15T00:00:00Z", open), module(3, "2026-04-12T00:00:00Z", false), module(4, "2026-05-10T00:00:00Z", false)] } })
}

fn row(n: usize, name: &str, email: Option<&str>) -> serde_json::Value {
    let some: Vec<_> = [("Yoga du matin", true), ("Photo de rue", false), ("Cuisine d’hiver", true), ("Reliure", true)].into_iter().take(n % 5)
        .map(|(name, open)| serde_json::json!({ "mode": "ACTIVATED", "product": { "name": name }, "decision": { "open": open, "reason": if open { "OPEN" } else { "SUSPENDED" }, "opensAt": null } })).collect();
    serde_json::json!({ "node": { "id": format!("c{n}"), "displayName": name, "companyName": null, "email": email, "externalId": "CL-2041", "emailVerified": true, "kind": if n == 3 { "GROUP" } else { "PERSON" },
        "profile": "CONTACT", "status": "ACTIVE", "createdAt": format!("2026-03-{:02}T08:00:00Z", 31 - n), "accesses": some } })
}

fn views() -> Vec<contacts::View> {
    let view = |name: &str, query: &str| contacts::View { id: name.into(), name: name.into(), query: query.into() };
    vec![view("Suspendus à rappeler", "?mode=SUSPENDED&sort=oldest"), view("Invités", "?profile=GUEST")]
}

/// One act on all that match: what it comes to, under way, and what came of it.
fn all(book: &Book) -> Done {
    let cx = || book.cx(Place::Contacts);
    let many = |waiting, done, refused| bulk_all::Many {
        id: "b1".into(),
        act: "SUSPEND",
        product: Some("Yoga du matin".into()),
        same: 12,
        cannot: 340,
        closes: waiting,
        waiting,
        done,
        refused,
        ..Default::default()
    };
    let back = || bulk::Back("?profile=CLIENT".into());
    book.write("bulk-all-review", bulk_all::Review { cx: cx(), back: back(), many: many(3_200, 0, 0) })?;
    let page = |goes_on, many, not, more| bulk_all::Standing {
        cx: cx(),
        back: back(),
        many,
        goes_on,
        undoing: false,
        waits: if goes_on { bulk_all::Waits::Held } else { bulk_all::Waits::Not },
        not,
        more,
    };
    book.write("bulk-all-doing", page(true, many(1_700, 1_498, 2), Vec::new(), None))?;
    let refused = |name: &str| bulk::Refused {
        id: "c2".into(),
        name: name.into(),
        message: "Cet accès a été modifié entre-temps. Rechargez la fiche, puis recommencez.".into(),
    };
    book.write(
        "bulk-all",
        page(false, many(0, 3_198, 2), vec![refused("Éloïse Fontaine"), refused("Hugo Marin")], Some(2)),
    )
}

/// One act on several, from choosing it to what came of it.
fn bulk(book: &Book) -> Done {
    let cx = || book.cx(Place::Contacts);
    let back = || bulk::Back("?mode=SUSPENDED".into());
    let products: sheet::Products = serde_json::from_value(serde_json::json!({ "edges": [
        { "node": { "id": "p1", "name": "Yoga du matin", "modules": [], "orderEmail": null } }, { "node": { "id": "p3", "name": "Reliure", "modules": [], "orderEmail": { "subject": "Bienvenue" } } }],
        "pageInfo": { "hasNextPage": false, "hasPreviousPage": false, "startCursor": null, "endCursor": null } }))?;
    let chosen = (0..12).map(|n| format!("con_{n}")).collect();
    let form = Form::of([("act", "GRANT".into())]);
    book.write("bulk", bulk::Choose { cx: cx(), back: back(), chosen, all: None, products, form })?;
    let person = |name: &str| bulk::Person { id: "c1".into(), name: name.into(), version: 3 };
    let refused =
        |name: &str, message: &str| bulk::Refused { id: "c2".into(), name: name.into(), message: message.into() };
    for (name, act, product) in [("bulk-review", "SUSPEND", Some("Yoga du matin")), ("bulk-delete", "DELETE", None)] {
        let review = bulk::Review {
            cx: cx(),
            back: back(),
            form: Form::of([("act", act.into())]),
            product: product.map(str::to_owned),
            does: vec![person("Léa Fontaine"), person("Émile Bérard"), person("Ana Pérez")],
            same: vec![person("Zoé Ørsted")],
            cannot: vec![refused("Rédaction du Phare", "Ce contact n’a pas cet accès.")],
            closes: 2,
            claims: 1,
        };
        book.write(name, review)?;
    }
    let refused = vec![
        refused("Émile Bérard", "La fiche a changé depuis que vous l’avez ouverte."),
        refused("Ana Pérez", "Un abonnement est en cours."),
    ];
    book.write("bulk-report", bulk::Report { cx: cx(), back: back(), act: "SUSPEND".into(), done: 11, refused })?;
    book.write("bulk-too-many", bulk::TooMany { cx: cx(), back: back(), many: Some(4_031), most: 200 })?;
    all(book)
}

pub fn write(book: &Book) -> Done {
    let narrowed = contacts::Narrowed { mode: "SUSPENDED".into(), ..Default::default() };
    for (name, again) in
        [("contacts-export", None), ("contacts-export-again", Some("Montrez d’abord que c’est vous.".into()))]
    {
        let narrowed = narrowed.clone();
        book.write(
            name,
            contacts::Export { cx: book.cx(Place::Contacts), narrowed, total: 128, capped: false, again },
        )?;
    }
    let names = [
        "Léa Fontaine",
        "Émile Bérard",
        "Rédaction du Phare",
        "Jean-Baptiste de La Rochefoucauld-Montmorency",
        "Zoé Ørsted",
        "Ana Pérez",
    ];
    let rows: Vec<_> =
        names.iter().enumerate().map(|(n, name)| row(n, name, (n != 4).then_some("prenom.nom@exemple.fr"))).collect();
    bulk(book)?;
    let info =
        serde_json::json!({ "hasNextPage": true, "hasPreviousPage": false, "startCursor": "s", "endCursor": "e" });
    let list: contacts::List = serde_json::from_value(
        serde_json::json!({ "edges": rows, "pageInfo": info, "totalCount": 12847, "totalCountIsCapped": false }),
    )?;
    let person: sheet::Contact = serde_json::from_value(contact(serde_json::json!([
        access("p1", "Yoga du matin", "ACTIVATED", true),
        access("p2", "Photo de rue", "SUSPENDED", false)
    ])))?;
    let nobody: sheet::Contact = serde_json::from_value(contact(serde_json::json!([])))?;
    let products: sheet::Products = serde_json::from_value(serde_json::json!({ "edges": [
        { "node": { "id": "p1", "name": "Yoga du matin", "modules": [], "orderEmail": null } }, { "node": { "id": "p3", "name": "Reliure", "modules": [], "orderEmail": { "subject": "Bienvenue" } } }], "pageInfo": info }))?;
    let cx = || book.cx(Place::Contacts);
    book.write(
        "contacts",
        contacts::Contacts {
            cx: cx(),
            narrowed: Default::default(),
            list: list.clone(),
            picked: true,
            views: Vec::new(),
            under_way: None,
        },
    )?;
    let narrowed = contacts::Narrowed {
        mode: "SUSPENDED".into(),
        sort: "recent".into(),
        columns: "ACCESSES,EMAIL,COMPANY,ID,PROFILE,STATUS,RECORDED".into(),
        ..Default::default()
    };
    let mut kept = views();
    kept[0].query = narrowed.query("q");
    book.write(
        "contacts-view",
        contacts::Contacts { cx: cx(), narrowed, list: list.clone(), picked: false, views: kept, under_way: None },
    )?;
    let narrowed = contacts::Narrowed { q: "zz".into(), mode: "SUSPENDED".into(), ..Default::default() };
    book.write(
        "contacts-none",
        contacts::Contacts {
            cx: cx(),
            narrowed,
            list: Default::default(),
            picked: false,
            views: Vec::new(),
            under_way: None,
        },
    )?;
    book.write(
        "contacts-first",
        contacts::Contacts {
            cx: cx(),
            narrowed: Default::default(),
            list: Default::default(),
            picked: false,
            views: Vec::new(),
            under_way: None,
        },
    )?;
    let acts: Vec<sheet::Step> = serde_json::from_value(serde_json::json!([
        { "at": "2026-02-02T08:00:00Z", "sentence": "Un appareil a été vu dans l’app : Pixel 8", "actor": { "label": "App" } },
        { "at": "2026-01-12T08:10:00Z", "sentence": "L’inscription a été validée", "actor": { "label": "Camille Roux" } }
    ]))?;
    for (name, tab) in [
        ("sheet", Tab::Accesses),
        ("overview", Tab::Overview),
        ("history", Tab::History),
        ("sheet-rights", Tab::Rights),
        ("sheet-app", Tab::App),
    ] {
        book.write(name, Sheet { cx: cx(), contact: person.clone(), tab, as_of: None, acts: acts.clone() })?;
    }
    let notice = Notice { good: true, text: "L’accès à Reliure est donné.".into(), undo: None };
    let told = Cx { notice: Some(notice), ..cx() };
    book.write("sheet-empty", Sheet { cx: told, contact: nobody, tab: Tab::Accesses, as_of: None, acts: Vec::new() })?;
    let as_of = Some("2026-03-03T13:05:00Z".parse()?);
    book.write("sheet-past", Sheet { cx: cx(), contact: person.clone(), tab: Tab::Accesses, as_of, acts: Vec::new() })?;
    book.write("grant", sheet::Grant { cx: cx(), contact: person.clone(), form: Form::default(), products })?;
    let access = person.accesses[0].clone();
    let form = sheet::Edit::filled(&access);
    let mut after = person.accesses[0].clone();
    for (n, module) in after.decision.modules.iter_mut().enumerate() {
        module.opens_at = module.opens_at.map(|at| at - TimeDelta::days(30 * (n as i64 + 1)));
    }
    let preview = Some(sheet::Preview { access: Some(after), user_errors: Vec::new() });
    book.write("edit", sheet::Edit { cx: cx(), contact: person.clone(), form, access: access.clone(), preview })?;
    let own: person::Contact = serde_json::from_value(
        serde_json::json!({ "id": "c1", "version": 12, "displayName": "Léa Fontaine", "kind": "PERSON",
        "firstName": "Léa", "lastName": "Fontaine", "companyName": "Atelier Fontaine", "email": "lea@atelier-fontaine.fr", "phone": "06 12 34 56 78", "fax": null,
        "externalId": "CL-2041", "deletedAt": null, "erased": false, "erp": null,
        "address": { "line1": "12 rue des Lilas", "line2": null, "line3": null, "postalCode": "75020", "city": "Paris", "country": null } }),
    )?;
    let new = Form::of([("kind", "PERSON".into())]);
    book.write("contact-add", person::Person { cx: cx(), form: new, contact: None, meanwhile: Vec::new() })?;
    book.write(
        "contact-edit",
        person::Person { cx: cx(), form: own.begun(), contact: Some(own.clone()), meanwhile: Vec::new() },
    )?;
    let (mut seen, mut typed) = (own.filled(), own.filled());
    seen.values.extend([("phone".to_owned(), String::new()), ("city".to_owned(), "Lyon".to_owned())]);
    typed.values.extend([("phone".to_owned(), "01 23 45 67 89".to_owned()), ("city".to_owned(), "Lyon".to_owned())]);
    let (mut stale, meanwhile) = own.merged(&seen, &typed);
    stale.wrong = vec![Wrong {
        code: "VERSION_CONFLICT".into(),
        field: None,
        message: "La fiche a changé depuis que vous l’avez ouverte.".into(),
    }];
    book.write("contact-conflict", person::Person { cx: cx(), form: stale, contact: Some(own.clone()), meanwhile })?;
    let impact =
        person::Impact { sentence: "Ferme 3 produits ; 1 réclamation reste ouverte.".into(), user_errors: Vec::new() };
    book.write("contact-delete", person::Delete { cx: cx(), form: Form::default(), contact: own, impact })?;
    book.write("remove", sheet::Remove { cx: cx(), contact: person, access, form: Form::default() })
}
