//! One's own login.

use crate::{Book, Done};
use pages::{
    Cx, Place,
    me::{Answer, Codes, Leave, Me, Recovery, Session, SignIn},
    parts::{Form, Wrong},
};
use serde_json::json;

pub fn write(book: &Book) -> Done {
    let cx = || Cx { nav: None, path: "/me".into(), ..book.cx(Place::Settings) };
    let reached = |n: usize, company: &str, profile: &str, status: &str| {
        json!({ "node": { "accountId": format!("a{n}"), "number": format!("1000{n}"), "companyName": company, "contactId": format!("c{n}"),
            "profile": profile, "status": status, "since": "2025-11-02T09:00:00Z", "lastUsed": if n == 0 { Some("2026-03-31T11:00:00Z") } else { None } } })
    };
    let answer: Answer = serde_json::from_value(json!({
        "viewer": { "user": { "id": "u", "name": "Camille Roux", "email": "camille@editions-du-phare.fr", "registeredAt": "2025-09-01T08:00:00Z" }, "totpEnabled": true },
        "accessList": { "edges": [reached(0, "Éditions du Phare", "CLIENT", "ACTIVE"), reached(1, "Compagnie générale des transports et messageries de l’Atlantique", "GUEST", "ACTIVE"),
            reached(2, "Club de tir à l’arc", "GUEST", "EXPIRED")],
            "pageInfo": { "hasNextPage": false, "hasPreviousPage": false, "startCursor": null, "endCursor": null } },
        "invitations": [{ "contactId": "c9", "accountId": "a9", "number": "100900", "companyName": "Atelier Fontaine", "permissions": ["BILLING", "SUPPORT"],
            "sentAt": "2026-03-30T10:00:00Z", "expiresAt": "2026-04-13T10:00:00Z" }] }))?;
    let at = |text: &str| text.parse().unwrap_or_default();
    let session = |current, agent: &str, address: &str, seen: &str| Session {
        id: "s".into(),
        current,
        agent: Some(agent.into()),
        address: Some(address.into()),
        created_at: at("2026-03-30T08:00:00Z"),
        seen_at: at(seen),
    };
    let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
    let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1";
    let sign_in = |day: &str, result: &str| SignIn {
        at: at(day),
        result: result.into(),
        agent: Some(firefox.into()),
        address: Some("192.0.2.17".into()),
    };
    let me = |codes: bool| Me {
        cx: cx(),
        user: answer.viewer.user.clone(),
        by_provider: false,
        codes,
        recovery: 7,
        accounts: answer.access_list.clone(),
        invitations: answer.invitations.clone(),
        sessions: vec![
            session(true, firefox, "192.0.2.17", "2026-03-31T12:04:00Z"),
            session(false, phone, "2001:db8::7", "2026-03-30T19:00:00Z"),
        ],
        sign_ins: vec![
            sign_in("2026-03-31T08:00:00Z", "SIGNED_IN"),
            sign_in("2026-03-31T07:59:00Z", "SECOND_FACTOR"),
            sign_in("2026-03-31T07:58:00Z", "WRONG_PASSWORD"),
        ],
        password: Form::default(),
        wrong: None,
    };
    let wrong = |field: &str, message: &str| Form {
        wrong: vec![Wrong { code: "X".into(), field: Some(vec![field.into()]), message: message.into() }],
        ..Form::default()
    };
    book.write("me", me(true))?;
    let refused = Me {
        password: wrong("currentPassword", "Ce n’est pas votre mot de passe."),
        wrong: Some(("enrol", wrong("password", "Ce n’est pas votre mot de passe."))),
        invitations: Vec::new(),
        ..me(false)
    };
    book.write("me-error", refused)?;
    let codes = |form| Codes {
        cx: cx(),
        secret: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP".into(),
        uri: "otpauth://totp/S%C3%A9same?secret=JBSW".into(),
        form,
    };
    book.write("me-codes", codes(Form::default()))?;
    book.write("me-codes-error", codes(wrong("code", "Ce code n’est pas le bon.")))?;
    let kept = (0..10).map(|n| format!("h4k{n}-9fw{n}-2mq{n}")).collect();
    book.write("me-recovery", Recovery { cx: cx(), codes: kept })?;
    let left = answer.access_list.edges.get(1).map(|edge| edge.node.clone());
    match left {
        Some(account) => book.write("me-leave", Leave { cx: cx(), account, form: Form::default() }),
        None => Ok(()),
    }
}
