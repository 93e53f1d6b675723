//! The ERP and the registrations in the app.

use crate::{Book, Done};
use pages::{
    Place,
    erp::{Account, Connect, Disconnect, Drift, Erp, ErpPage},
    parts::{Form, Listed},
    registrations::{Entry, Mismatch, Registrations, Rows, Uninvited, ValidateAll},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

fn listed<T: DeserializeOwned>(rows: Vec<Value>) -> Result<Listed<T>, serde_json::Error> {
    let info = json!({ "hasNextPage": true, "hasPreviousPage": false, "startCursor": "s", "endCursor": "e" });
    let edges: Vec<_> = rows.into_iter().map(|node| json!({ "node": node })).collect();
    serde_json::from_value(
        json!({ "totalCount": edges.len(), "totalCountIsCapped": false, "pageInfo": info, "edges": edges }),
    )
}

pub fn write(book: &Book) -> Done {
    let cx = || book.cx(Place::Erp);
    let account = Account { version: 3, pending_registrations: 4 };
    let erp: Erp = serde_json::from_value(
        json!({ "connected": true, "source": "Navision", "ownedFields": ["FIRST_NAME", "LAST_NAME", "EMAIL", "ADDRESS"], "connectedSince": "2025-10-01T08:00:00Z",
        "url": "https://erp.exemple.fr/clients", "everyMinutes": 15, "lag": 540, "nextRun": "2026-03-31T12:11:00Z", "running": false,
        "lastSync": { "mode": "INCREMENTAL", "door": "PULL", "file": null, "startedAt": "2026-03-31T11:56:00Z", "endedAt": "2026-03-31T11:57:00Z", "notFlagged": null,
            "counts": { "records": 42, "created": 3, "updated": 11, "unchanged": 26, "gone": 0, "returned": 0, "held": 1, "emailTaken": 1, "refused": 0 } },
        "lastSuccess": { "startedAt": "2026-03-31T11:56:00Z" }, "lastFile": null, "error": null, "counts": { "linked": 8214, "gone": 12, "emailTaken": 2, "unverifiedMatch": 1, "tombstoned": 3 } }),
    )?;
    let broken = Erp {
        error: Some(serde_json::from_value(
            json!({ "message": "L’ERP ne répond pas. Vérifiez son adresse, puis synchronisez à nouveau.", "line": null }),
        )?),
        ..erp.clone()
    };
    let someone = |id: &str, name: &str| json!({ "id": id, "displayName": name, "email": "prenom.nom@exemple.fr" });
    let drift: Listed<Drift> = listed(vec![
        json!({ "id": "d1", "since": "2026-03-30T10:00:00Z", "contact": someone("c1", "Anne Dupont"), "other": someone("c2", "Jean Petit"), "externalId": "C-1042", "email": "jean@exemple.fr" }),
        json!({ "id": "d2", "since": "2026-03-02T10:00:00Z", "contact": someone("c3", "Marie-Amélie de La Rochefoucauld-Montmorency"), "other": someone("c4", "Zoé Ørsted"), "externalId": "C-7", "email": "zoe@exemple.fr" }),
    ])?;
    let page = |erp: &Erp, list: Listed<Drift>| ErpPage {
        cx: cx(),
        account: account.clone(),
        erp: erp.clone(),
        drift: "EMAIL_TAKEN".into(),
        list,
    };
    book.write("erp", page(&erp, drift))?;
    book.write("erp-error", page(&broken, Listed::default()))?;
    book.write("erp-first", page(&Erp::default(), Listed::default()))?;
    let form = Form::of([
        ("source", "Navision".into()),
        ("url", "https://erp.exemple.fr/clients".into()),
        ("everyMinutes", "15".into()),
    ]);
    book.write("erp-connect", Connect { cx: cx(), erp: erp.clone(), form })?;
    book.write("erp-disconnect", Disconnect { cx: cx(), erp, form: Form::default() })?;
    let device = json!([{ "model": "Pixel 9" }]);
    let sign_up = |id: &str, last: &str| json!({ "id": id, "email": "a.dupond@exemple.fr", "emailVerified": id != "g2", "firstName": "Anne", "lastName": last, "phone": "06 12 34 56 78", "devices": device });
    let entry = |n: usize, name: &str| json!({ "since": format!("2026-03-{:02}T10:00:00Z", 30 - n), "contact": { "id": format!("c{n}"), "displayName": name, "email": "prenom.nom@exemple.fr", "registration": { "devices": device } }, "registration": null });
    let list: Listed<Entry> = listed(vec![
        entry(1, "Anne Dupont"),
        entry(2, "Marie-Amélie de La Rochefoucauld-Montmorency"),
        entry(3, "Zoé Ørsted"),
    ])?;
    let write = |name: &str, state: &str, rows: Rows| {
        book.write(name, Registrations { cx: cx(), account: account.clone(), state: state.into(), rows })
    };
    write("app", "PENDING_VALIDATION", Rows::SignUps { list: list.clone(), doctor: Vec::new() })?;
    write("app-registered", "REGISTERED", Rows::SignUps { list, doctor: Vec::new() })?;
    let pairs: Vec<Mismatch> = serde_json::from_value(json!([
        { "registration": sign_up("g1", "Dupond"), "suggestions": [{ "score": 90, "reasons": ["SAME_PHONE", "NEAR_EMAIL"], "contact": someone("c1", "Anne Dupont") }, { "score": 40, "reasons": ["SAME_LAST_NAME"], "contact": someone("c2", "Paul Dupond") }] },
        { "registration": sign_up("g2", "Petit"), "suggestions": [{ "score": 60, "reasons": ["SAME_NAME"], "contact": someone("c3", "Anne Petit") }] }
    ]))?;
    let alone: Listed<Entry> = listed(vec![
        json!({ "since": "2026-03-20T10:00:00Z", "contact": null, "registration": sign_up("g3", "Martin") }),
    ])?;
    write("app-waiting", "WAITING", Rows::SignUps { list: alone, doctor: pairs })?;
    let invited = |id: &str, name: &str, email: Option<&str>, at: Option<&str>| json!({ "id": id, "displayName": name, "email": email, "registration": { "invitedAt": at, "invitationExpiresAt": null } });
    let uninvited: Listed<Uninvited> = listed(vec![
        invited("c1", "Anne Dupont", Some("anne@exemple.fr"), Some("2026-03-20T10:00:00Z")),
        invited("c2", "Jean Petit", Some("jean@exemple.fr"), None),
        invited("c3", "Zoé Ørsted", None, None),
    ])?;
    write("app-uninvited", "NOT_REGISTERED", Rows::Uninvited(uninvited))?;
    write("app-none", "REFUSED", Rows::SignUps { list: Listed::default(), doctor: Vec::new() })?;
    book.write("app-validate-all", ValidateAll { cx: cx(), account, form: Form::default() })
}
