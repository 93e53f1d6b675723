//! Subscribers: the list, the sheet, its forms.

use crate::{Book, Done};
use pages::{
    Cx, Notice, Place,
    parts::{Form, Listed, Wrong},
    subscribers::{AddressForm, Contact, Export, Fields, Row, Subscriber, SubscriberForm, Subscribers},
};
use serde_json::{Value, json};

fn row(n: usize, name: &str, company: Option<&str>, address: &str, missing: &[&str]) -> Value {
    let login = ["NONE", "SUBSCRIBER", "ADMINISTRATOR"][n % 3];
    json!({ "node": { "id": format!("s{n}"), "externalId": (n != 2).then(|| format!("AB-{}", 2041 + n)), "displayName": name, "companyName": company,
        "email": (n != 3).then_some("prenom.nom@exemple.fr"), "phone": "06 12 34 56 78", "fax": (n == 1).then_some("01 40 20 30 40"),
        "address": { "text": address, "missing": missing }, "portalAccount": login } })
}

fn contact() -> Value {
    let at = |text: &str| json!({ "text": text, "missing": [] });
    let sub = |id: &str, name: &str, state: &str, ends: Option<&str>| json!({ "id": id, "type": "Annuel", "state": state, "startsOn": "2025-09-01", "endsOn": ends, "product": { "name": name } });
    let left = |status: &str, at: &str, reason: Option<&str>| json!({ "node": { "channel": "CUSTOMER_SERVICE", "template": "contact.edited.v1", "status": status, "createdAt": at, "doneAt": null, "reason": reason } });
    json!({ "id": "s1", "version": 7, "displayName": "Anne Dupont", "firstName": "Anne", "lastName": "Dupont", "companyName": "Librairie Dupont", "email": "anne@exemple.fr", "phone": "06 12 34 56 78", "fax": null,
        "externalId": "AB-2041", "createdAt": "2025-11-02T09:00:00Z", "deletedAt": null, "erased": false,
        "address": { "line1": "12 rue des Lilas", "line2": null, "line3": null, "postalCode": "75020", "city": "Paris", "country": null, "text": "12 rue des Lilas\n75020 Paris", "missing": [] },
        "deliveryAddresses": [{ "from": null, "until": "2026-01-31", "address": at("3 impasse du Four\n35000 Rennes") }, { "from": "2026-02-01", "until": "2026-06-30", "address": at("12 rue des Lilas\n75020 Paris") },
            { "from": "2026-07-01", "until": "2026-08-31", "address": at("2 quai du Port\n29000 Quimper") }, { "from": "2026-09-01", "until": null, "address": at("12 rue des Lilas\n75020 Paris") }],
        "erp": null, "portalAccount": "SUBSCRIBER", "portalLogin": { "linkExpiresAt": "2026-04-07T10:00:00Z" },
        "subscriptions": [sub("a", "Le Phare, mensuel", "RUNNING", Some("2026-08-31")), sub("b", "Hors-séries", "PAUSED", None), sub("c", "Les Cahiers du littoral et des îles, édition augmentée", "ENDED", Some("2025-12-31"))],
        "claims": [{ "id": "r1", "status": "OPEN", "issue": "N° 214", "text": "Je n’ai pas reçu ce numéro, attendu le 1er mars.", "changedAt": "2026-03-29T15:00:00Z", "subscription": { "product": { "name": "Le Phare, mensuel" } } },
            { "id": "r2", "status": "CLOSED", "issue": null, "text": "Page 3 déchirée", "changedAt": "2026-01-12T15:00:00Z", "subscription": { "product": { "name": "Hors-séries" } } }],
        "deliveries": { "edges": [left("QUEUED", "2026-03-31T12:01:00Z", None), left("ACKNOWLEDGED", "2026-03-02T08:00:00Z", None), left("FAILED", "2026-02-02T08:00:00Z", Some("HTTP 503"))] } })
}

fn fields() -> Result<Fields, serde_json::Error> {
    let field = |path: &str, label: &str, required: bool, one_of: Option<&str>, example: Option<&str>| json!({ "path": path, "label": label, "required": required, "oneOf": one_of, "maxLength": 200, "example": example });
    let of = |paths: &[(&str, &str)]| {
        paths.iter().map(|(path, label)| field(path, label, false, None, None)).collect::<Vec<_>>()
    };
    let mut contact = of(&[
        ("email", "E-mail"),
        ("phone", "Téléphone"),
        ("fax", "Fax"),
        ("externalId", "Identifiant externe"),
        ("firstName", "Prénom"),
    ]);
    contact.extend([
        field("companyName", "Société", false, Some("name"), None),
        field("lastName", "Nom", false, Some("name"), None),
    ]);
    let mut delivery = of(&[
        ("address.line2", "Bâtiment, étage"),
        ("address.line3", "Lieu-dit, boîte postale"),
        ("address.country", "Pays"),
    ]);
    delivery.extend([
        field("address.line1", "N° et rue", true, None, None),
        field("address.postalCode", "Code postal", true, None, Some("75007")),
        field("address.city", "Ville", true, None, None),
    ]);
    serde_json::from_value(json!({ "contact": contact, "delivery": delivery }))
}

pub fn write(book: &Book) -> Done {
    let rows = [
        row(1, "Anne Dupont", Some("Librairie Dupont"), "12 rue des Lilas\n75020 Paris", &[]),
        row(
            2,
            "Médiathèque intercommunale de La Rochefoucauld-Montmorency",
            None,
            "Bâtiment B, escalier 4\n118 avenue du Maréchal-de-Lattre-de-Tassigny\n16110 La Rochefoucauld-en-Angoumois",
            &[],
        ),
        row(3, "Zoé Ørsted", None, "Nørregade 10\nKøbenhavn\nDK", &["postalCode"]),
        row(4, "Jean Petit", Some("Club de lecture"), "4 place du Marché\n69003 Lyon", &[]),
    ];
    let info = json!({ "hasNextPage": true, "hasPreviousPage": true, "startCursor": "s", "endCursor": "e" });
    let list: Listed<Row> = serde_json::from_value(
        json!({ "edges": rows, "pageInfo": info, "totalCount": 8214, "totalCountIsCapped": false }),
    )?;
    let cx = || book.cx(Place::Subscribers);
    book.write("subscribers", Subscribers { cx: cx(), search: String::new(), list: list.clone() })?;
    book.write("subscribers-first", Subscribers { cx: cx(), search: String::new(), list: Listed::default() })?;
    book.write("subscribers-none", Subscribers { cx: cx(), search: "zz".into(), list: Listed::default() })?;
    let anne: Contact = serde_json::from_value(contact())?;
    let today = "2026-03-31".parse()?;
    let told = Notice { good: true, text: "Les informations sont modifiées.".into(), undo: None };
    book.write("subscriber", Subscriber { cx: Cx { notice: Some(told), ..cx() }, contact: anne.clone(), today })?;
    let mut bare = contact();
    for (name, value) in [
        ("deliveryAddresses", json!([])),
        ("subscriptions", json!([])),
        ("claims", json!([])),
        ("deliveries", json!({ "edges": [] })),
        ("portalAccount", json!("NONE")),
        ("portalLogin", json!(null)),
    ] {
        bare[name] = value;
    }
    book.write("subscriber-bare", Subscriber { cx: cx(), contact: serde_json::from_value(bare)?, today })?;
    let form = |contact: Option<Contact>, form: Form| -> Done {
        let name = match (&contact, form.wrong.is_empty()) {
            (None, true) => "subscriber-add",
            (None, false) => "subscriber-add-wrong",
            (Some(_), true) => "subscriber-edit",
            (Some(_), false) => "subscriber-conflict",
        };
        book.write(name, SubscriberForm { cx: cx(), contact, form, fields: fields()? })
    };
    let wrong = |code: &str, field: Option<&str>, message: &str| Wrong {
        code: code.into(),
        field: field.map(|field| vec![field.into()]),
        message: message.into(),
    };
    form(None, Form::of([("country", "FR".into())]))?;
    let wrongs = vec![
        wrong("NAME_OR_COMPANY_REQUIRED", Some("lastName"), "Un nom ou une société est obligatoire."),
        wrong("ADDRESS_INCOMPLETE", Some("address"), "Cette adresse est incomplète : N° et rue, Ville."),
    ];
    form(
        None,
        Form {
            wrong: wrongs,
            ..Form::of([
                ("country", "FR".into()),
                ("email", "anne@exemple.fr".into()),
                ("portalAccount", "SUBSCRIBER".into()),
            ])
        },
    )?;
    let mut filled = SubscriberForm::filled(&anne);
    form(Some(anne.clone()), filled.clone())?;
    filled.wrong = vec![wrong(
        "VERSION_CONFLICT",
        None,
        "Quelqu’un l’a modifié entre-temps. Comparez, puis enregistrez à nouveau.",
    )];
    filled.values.insert("phone".into(), "07 00 00 00 00".into());
    form(Some(anne.clone()), filled)?;
    let days = Form::of([("country", "FR".into()), ("from", "2026-07-01".into()), ("until", "2026-08-31".into())]);
    book.write("subscriber-address", AddressForm { cx: cx(), contact: anne, form: days, fields: fields()? })?;
    book.write("subscriber-export", Export { cx: cx(), list: list.clone(), again: None })?;
    let again = Some("Montrez d’abord que c’est bien vous : saisissez votre mot de passe.".into());
    book.write("subscriber-export-again", Export { cx: cx(), list, again })
}
