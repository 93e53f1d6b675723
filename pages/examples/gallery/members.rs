//! Who belongs to the account: the list, the matrix, one member, and what is asked.

use crate::{Book, Done};
use pages::{
    Cx, Notice, Place, Undo,
    members::{Add, Ask, Contact, Invite, List, Member, Members, Narrowed, Own, RIGHTS},
    parts::{Form, Wrong},
};
use serde_json::{Value, json};

fn contact(n: usize, name: &str, profile: &str, status: &str, rights: &[&str]) -> Value {
    let user = matches!(status, "ACTIVE" | "INACTIVE").then(|| format!("usr_0192ab34cd56ef7890ab12cd34ef56{n:02}"));
    json!({ "id": format!("con_{n}"), "version": 4, "displayName": name, "email": format!("prenom.nom{n}@exemple.fr"), "kind": "PERSON", "profile": profile,
        "status": status, "permissions": rights, "userId": user, "memberUntil": if n == 2 { Some("2026-04-15") } else { None },
        "createdAt": format!("2025-{:02}-11T08:00:00Z", n + 2), "deletedAt": null })
}

pub fn write(book: &Book) -> Done {
    let all: Vec<&str> = RIGHTS.to_vec();
    let people = [
        contact(0, "Camille Roux", "CLIENT", "ACTIVE", &all),
        contact(1, "Marceline Desbordes-Valmore", "CONTACT", "ACTIVE", &["BILLING", "SUPPORT", "OTHER"]),
        contact(2, "Cabinet Lenoir, expertise comptable", "GUEST", "ACTIVE", &["BILLING"]),
        contact(3, "studio@agence-web-de-la-cote-d-emeraude.example", "GUEST", "INVITED", &["DEPLOYMENT"]),
        contact(4, "Ana Pérez", "GUEST", "DECLINED", &["SUPPORT"]),
        contact(5, "Idir Haddad", "CONTACT", "INACTIVE", &["SUPPORT"]),
        contact(6, "Zoé Ørsted", "GUEST", "EXPIRED", &["OTHER"]),
        contact(7, "Paul Verne", "CONTACT", "PENDING", &["SECURITY"]),
    ];
    let came = |n: usize| (n < 2).then_some("2026-03-29T09:00:00Z");
    let edges: Vec<Value> = people
        .iter()
        .enumerate()
        .map(|(n, contact)| json!({ "node": { "lastUsed": came(n), "contact": contact } }))
        .collect();
    let info = json!({ "hasNextPage": false, "hasPreviousPage": false, "startCursor": "s", "endCursor": "e" });
    let list: List = serde_json::from_value(
        json!({ "edges": edges, "pageInfo": info, "totalCount": 8, "totalCountIsCapped": false }),
    )?;
    let person = |n: usize| serde_json::from_value::<Contact>(people[n].clone());
    let cx = || book.cx(Place::Members);
    let own = || Own { contact: "con_0".into(), rights: RIGHTS.iter().map(|right| (*right).to_owned()).collect() };
    let less = || Own { contact: "con_1".into(), rights: vec!["SUPPORT".into(), "SECURITY".into()] };
    book.write("members", Members { cx: cx(), narrowed: Narrowed::default(), list: list.clone() })?;
    let rights = Narrowed { view: "rights".into(), ..Narrowed::default() };
    book.write("members-rights", Members { cx: cx(), narrowed: rights, list })?;
    let narrowed = Narrowed { status: "DECLINED".into(), review: "NEVER".into(), ..Narrowed::default() };
    book.write("members-none", Members { cx: cx(), narrowed, list: List::default() })?;
    book.write("members-first", Members { cx: cx(), narrowed: Narrowed::default(), list: List::default() })?;
    let wrong = |code: &str, field: Option<&str>, message: &str| Wrong {
        code: code.into(),
        field: field.map(|field| vec![field.into()]),
        message: message.into(),
    };
    book.write("invite", Invite { cx: cx(), own: less(), form: Form::default() })?;
    let message = "Cette adresse e-mail n’est pas valable.";
    let form = Form {
        wrong: vec![wrong("INVALID", Some("email"), message)],
        ..Form::of([("email", "zoe@".into()), ("SUPPORT", "1".into())])
    };
    book.write("invite-error", Invite { cx: cx(), own: own(), form })?;
    book.write("member-add", Add { cx: cx(), own: own(), form: Form::default() })?;
    let member = |cx: Cx, n: usize, own: Own| -> Result<Member, serde_json::Error> {
        let contact = person(n)?;
        let (rights, until) = (Member::rights_of(&contact), Member::until_of(&contact));
        Ok(Member { cx, own, contact, rights, until })
    };
    book.write("member", member(cx(), 2, own())?)?;
    book.write("member-invited", member(cx(), 3, own())?)?;
    book.write("member-owner", member(cx(), 0, own())?)?;
    book.write("member-above", member(cx(), 1, less())?)?;
    let undo = Undo { action: "x".into(), fields: vec![("version", "5".into())] };
    let text = cx().t("told-member-deactivated").into_owned();
    let told = Cx { notice: Some(Notice { good: true, text, undo: Some(undo) }), ..cx() };
    book.write("member-off", member(told, 5, own())?)?;
    let mut conflict = member(cx(), 2, own())?;
    conflict.rights.values.insert("SUPPORT".into(), "1".into());
    conflict.rights.wrong.push(wrong("VERSION_CONFLICT", None, "Modifié entre-temps."));
    book.write("member-conflict", conflict)?;
    for what in ["revoke", "transfer", "leave"] {
        book.write(&format!("member-{what}"), Ask { cx: cx(), contact: person(2)?, what, form: Form::default() })?;
    }
    Ok(())
}
