//! Importing a file, step by step.

use crate::{Book, Done};
use pages::{
    Cx, Notice, Place,
    imports::{Import, ImportPage, Imports, Past, Seen, UndoForm},
    parts::{Form, Listed, Wrong},
};
use serde_json::{Value, json};

fn counts(created: i64, updated: i64, rejected: i64) -> Value {
    json!({ "created": created, "updated": updated, "unchanged": 1, "duplicates": 1, "rejected": rejected, "blank": 2 })
}

fn import(status: &str) -> Result<Import, serde_json::Error> {
    let to =
        |field: &str, before: Option<&str>, after: &str| json!({ "field": field, "before": before, "after": after });
    let wrong = |column: Option<&str>, field: Option<&str>, value: &str, message: &str| json!({ "column": column, "field": field, "value": value, "message": message });
    let row = |row: i64,
               outcome: &str,
               contact: Option<&str>,
               differences: Vec<Value>,
               errors: Vec<Value>,
               warnings: Vec<Value>| {
        let contact = contact.map(|name| json!({ "id": "c", "displayName": name }));
        json!({ "node": { "row": row, "line": row, "outcome": outcome, "done": false, "sameAs": (outcome == "DUPLICATE").then_some(2), "contact": contact, "differences": differences, "errors": errors, "warnings": warnings, "kept": null } })
    };
    let rows = [
        row(
            2,
            "CREATED",
            None,
            vec![
                to("externalId", None, "AB-12"),
                to("lastName", None, "Dupont"),
                to("firstName", None, "Anne"),
                to("email", None, "anne@exemple.fr"),
                to("address", None, "12 rue des Lilas\n75020 Paris"),
            ],
            vec![],
            vec![],
        ),
        row(
            3,
            "UPDATED",
            Some("Jean Petit"),
            vec![to("phone", Some("01 40 20 30 40"), "06 12 34 56 78")],
            vec![],
            vec![],
        ),
        row(
            4,
            "REJECTED",
            None,
            vec![],
            vec![
                wrong(Some("Courriel"), Some("email"), "zoe@@exemple", "Ce n’est pas une adresse e-mail. Corrigez-la."),
                wrong(None, None, "", "Il faut un nom, un prénom ou une société."),
            ],
            vec![],
        ),
        row(
            5,
            "DUPLICATE",
            None,
            vec![],
            vec![wrong(None, None, "", "Une ligne plus haut parle du même contact.")],
            vec![],
        ),
        row(
            6,
            "CREATED",
            None,
            vec![to("companyName", None, "Médiathèque intercommunale de La Rochefoucauld-Montmorency")],
            vec![],
            vec![wrong(Some("Pays"), Some("address"), "Atlantide", "Ce pays n’est pas connu.")],
        ),
        row(7, "UNCHANGED", Some("Marie-Amélie de La Rochefoucauld"), vec![], vec![], vec![]),
    ];
    let begun = status != "PLANNED";
    let ended = ["APPLIED", "UNDONE"].contains(&status);
    serde_json::from_value(
        json!({ "id": "i1", "version": 3, "status": status, "policy": "REJECT_FAILED_ROWS", "label": "Salon 2026", "plannedAt": "2026-03-31T11:40:00Z", "plannedBy": { "label": "Camille Roux" },
        "startedAt": begun.then_some("2026-03-31T11:50:00Z"), "endedAt": ended.then_some("2026-03-31T11:51:00Z"), "counts": counts(812, 64, 9), "done": if ended { counts(810, 64, 0) } else { counts(0, 0, 0) }, "leftOut": if ended { 2 } else { 0 },
        "mayBeApplied": true, "applyUntil": "2026-04-07T11:40:00Z", "undoUntil": ended.then_some("2026-04-01T11:51:00Z"), "errorsFile": "/import/i1/errors.csv",
        "progress": { "total": 876, "done": 500, "rowsPerSecond": 410.0 }, "undo": (status == "UNDONE").then(|| json!({ "endedAt": "2026-03-31T11:59:00Z", "removed": 809, "restored": 64, "kept": 1 })),
        "sameFileAs": if begun { json!([]) } else { json!([{ "id": "i0", "plannedAt": "2026-03-02T08:00:00Z" }]) },
        "rows": { "edges": rows, "pageInfo": { "hasNextPage": true, "hasPreviousPage": false, "startCursor": "s", "endCursor": "e" }, "totalCount": 887, "totalCountIsCapped": false } }),
    )
}

pub fn write(book: &Book) -> Done {
    let cx = || book.cx(Place::Imports);
    let past = |id: &str, status: &str, at: &str| json!({ "node": { "id": id, "status": status, "plannedAt": at, "plannedBy": { "label": "Camille Roux" }, "label": (id == "i1").then_some("Salon 2026"), "counts": counts(812, 64, 9), "done": counts(0, 0, 0) } });
    let list: Listed<Past> = serde_json::from_value(
        json!({ "edges": [past("i1", "PLANNED", "2026-03-31T11:40:00Z"), past("i2", "APPLIED", "2026-03-02T08:00:00Z"), past("i3", "UNDONE", "2026-02-02T08:00:00Z")],
        "pageInfo": { "hasNextPage": false, "hasPreviousPage": false, "startCursor": null, "endCursor": null }, "totalCount": 3, "totalCountIsCapped": false }),
    )?;
    let form = || Form::of([("policy", "REJECT_FAILED_ROWS".into())]);
    book.write("imports", Imports { cx: cx(), list, form: form() })?;
    book.write("imports-first", Imports { cx: cx(), list: Listed::default(), form: form() })?;
    let wrong = vec![Wrong { code: "NOT_CSV".into(), field: Some(vec!["file".into()]), message: "Ce fichier n’est pas un tableau .csv : c’est un classeur. Enregistrez-le en .csv, puis envoyez-le à nouveau.".into() }];
    book.write("imports-wrong", Imports { cx: cx(), list: Listed::default(), form: Form { wrong, ..form() } })?;
    let seen = Seen { encoding: "windows-1252".into(), ignored: 1 };
    for status in ["PLANNED", "APPLYING", "APPLIED", "UNDONE"] {
        let notice = (status == "PLANNED").then(|| Notice {
            good: true,
            text: "Rien n’est encore changé : voici ce que l’import ferait.".into(),
            undo: None,
        });
        let page = ImportPage {
            cx: Cx { notice, ..cx() },
            import: import(status)?,
            outcome: String::new(),
            seen: if status == "PLANNED" { seen.clone() } else { Seen::default() },
        };
        book.write(&format!("import-{}", status.to_ascii_lowercase()), page)?;
    }
    book.write("import-undo", UndoForm { cx: cx(), import: import("APPLIED")?, form: Form::default() })
}
