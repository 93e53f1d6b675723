//! Settings of the account: name and rules, tokens, connections, the provider of sign-ins.

use crate::{Book, Done};
use pages::{
    Place,
    parts::{Form, Wrong},
    settings::{Account, Ask, Connect, Connections, Deliveries, NewToken, Settings, ShownOnce, SignIns, Token, Tokens},
};
use serde_json::{Value, json};

fn account(connected: bool) -> Value {
    let hook = |id: &str, address: &str, types: &[&str]| json!({ "id": id, "address": address, "types": types, "connectedAt": "2026-01-12T08:00:00Z" });
    let (mut webhooks, mut service, mut provider) = (json!([]), Value::Null, Value::Null);
    if connected {
        webhooks = json!([
            hook("w1", "https://boutique.exemple.fr/hooks", &["access", "contact.edited"]),
            hook(
                "w2",
                "https://une-adresse-vraiment-tres-longue.entrepot-de-donnees.exemple.fr/evenements/sesame",
                &[]
            )
        ]);
        service = hook("s", "https://service-client.exemple.fr/fiches", &[]);
        provider = json!({ "issuer": "https://id.editions-du-phare.fr", "clientId": "sesame", "domains": ["editions-du-phare.fr", "phare.example"],
            "firstSignIns": true, "asksSecondFactor": false, "on": true, "setAt": "2026-02-01T09:30:00Z" });
    }
    json!({ "id": "acc_0192ab34cd56ef7890ab12cd34ef5678", "version": 9, "number": "100023", "companyName": "Éditions du Phare", "locale": "fr",
        "timeZone": "Europe/Paris", "openedAt": "2025-09-01T08:00:00Z", "pendingRegistrations": 12,
        "policies": { "graceDays": 7, "deletion": "SELF", "registration": "MANUAL" },
        "customerService": service, "webhooks": webhooks, "signInProvider": provider })
}

pub fn write(book: &Book) -> Done {
    let cx = || book.cx(Place::Settings);
    let read = |connected| serde_json::from_value::<Account>(account(connected));
    let wrong = |code: &str, field: Option<&str>, message: &str| Wrong {
        code: code.into(),
        field: field.map(|field| vec![field.into()]),
        message: message.into(),
    };
    let of = |account: Account| Settings {
        cx: cx(),
        name: Settings::name_of(&account),
        rules: Settings::rules_of(&account),
        account,
    };
    book.write("settings", of(read(true)?))?;
    let mut refused = of(read(true)?);
    refused.rules.values.insert("graceDays".into(), "900".into());
    refused.rules.wrong = vec![wrong("OUT_OF_RANGE", Some("graceDays"), "De 0 à 365 jours.")];
    book.write("settings-error", refused)?;
    let mut conflict = of(read(true)?);
    conflict.rules.values.insert("deletionPolicy".into(), "SUPPORT_ONLY".into());
    conflict.rules.wrong = vec![wrong("VERSION_CONFLICT", None, "Modifié entre-temps.")];
    book.write("settings-conflict", conflict)?;
    let token = |n: usize, name: &str, scopes: &[&str], ends: Option<&str>, revoked: Option<&str>| {
        json!({ "id": format!("tok_{n}"), "scopes": scopes, "name": name,
        "createdAt": "2025-10-01T08:00:00Z", "expiresAt": ends, "revokedAt": revoked, "lastUsedAt": if n.is_multiple_of(2) { Some("2026-03-31T11:50:00Z") } else { None } })
    };
    let tokens: Vec<Token> = serde_json::from_value(json!([
        token(0, "Boutique en ligne", &["ACCESS_CHECK"], None, None),
        token(1, "ERP du siège, synchronisation de la nuit", &["ERP"], Some("2027-01-01T00:00:00Z"), None),
        token(2, "Première mise en service", &["OWNER"], None, Some("2025-12-01T09:00:00Z")),
        token(3, "Essai", &["BILLING", "SUPPORT", "DEPLOYMENT", "OTHER"], Some("2026-01-01T00:00:00Z"), None)
    ]))?;
    book.write("tokens", Tokens { cx: cx(), tokens })?;
    book.write("tokens-first", Tokens { cx: cx(), tokens: Vec::new() })?;
    book.write("token-new", NewToken { cx: cx(), form: Form::default() })?;
    let value = "ses_4Jq8sdf7Jsd8f7Gs87sdf6g8sd7fg6sd87fgQ8sdf7Jsd8".to_owned();
    book.write("token-once", ShownOnce { cx: cx(), what: "TOKEN", value, back: "x".into() })?;
    let delivery = |n: usize, channel: &str, template: &str, status: &str, reason: Option<&str>| {
        json!({ "node": { "id": n.to_string(), "channel": channel,
        "template": template, "status": status, "createdAt": format!("2026-03-3{}T0{}:00:00Z", n % 2, n), "nextAttemptAt": if status == "QUEUED" { Some("2026-03-31T12:20:00Z") } else { None },
        "attempts": n, "reason": reason, "doneAt": null, "contact": { "id": "c", "displayName": "Jean-Baptiste de La Rochefoucauld-Montmorency" } } })
    };
    let deliveries: Deliveries = serde_json::from_value(json!({ "edges": [
        delivery(1, "MAIL", "order_email", "SENT", None), delivery(2, "WEBHOOK", "contact.edited.v1", "QUEUED", Some("HTTP 503")),
        delivery(3, "CUSTOMER_SERVICE", "access.granted.v1", "FAILED", Some("HTTP 410")), delivery(4, "MAIL", "invitation", "DROPPED", Some("NOT_CURRENT")),
        delivery(5, "WEBHOOK", "access.granted.v1", "ACKNOWLEDGED", None)],
        "pageInfo": { "hasNextPage": true, "hasPreviousPage": false, "startCursor": "s", "endCursor": "e" } }))?;
    book.write("connections", Connections { cx: cx(), account: read(true)?, status: String::new(), deliveries })?;
    let none = Deliveries::default;
    book.write(
        "connections-first",
        Connections { cx: cx(), account: read(false)?, status: String::new(), deliveries: none() },
    )?;
    book.write("connect-webhook", Connect { cx: cx(), what: "webhook", form: Form::default() })?;
    let sign_ins = |account: Account| SignIns {
        cx: cx(),
        form: SignIns::filled(&account),
        provider: account.sign_in_provider,
        back_to: "https://sesame.exemple.fr/auth/oidc/callback/acc_0192ab34cd56ef7890ab12cd34ef5678".into(),
    };
    book.write("provider", sign_ins(read(true)?))?;
    book.write("provider-first", sign_ins(read(false)?))?;
    for what in ["TOKEN", "WEBHOOK", "SERVICE", "PROVIDER"] {
        let (name, form) = ("https://boutique.exemple.fr/hooks".to_owned(), Form::default());
        let ask = Ask { cx: cx(), what, name, id: "x".into(), action: "x".into(), back: "x".into(), form };
        book.write(&format!("end-{}", what.to_lowercase()), ask)?;
    }
    Ok(())
}
