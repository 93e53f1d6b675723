//! Products: the list, one of them, its forms.

use crate::{Book, Done};
use pages::{
    Cx, Notice, Place, Undo,
    parts::{Form, Wrong},
    products::{Archive, Email, Impact, Line, List, Modules, Name, Narrowed, One, OrderEmail, Product, Products},
};
use serde_json::{Value, json};

fn row(n: usize, name: &str, modules: usize, subject: Option<&str>) -> Value {
    let modules: Vec<_> = (0..modules).map(|n| json!({ "id": n.to_string() })).collect();
    json!({ "node": { "id": format!("p{n}"), "name": name, "delivered": n == 1, "archived": n == 3, "createdAt": format!("2026-03-{:02}T08:00:00Z", 30 - n),
        "modules": modules, "orderEmail": subject.map(|subject| json!({ "subject": subject })) } })
}

fn product(archived: bool, mail: Option<OrderEmail>, modules: &[(&str, i64)]) -> Result<Product, serde_json::Error> {
    let module = |(name, days): &(&str, i64)| json!({ "id": format!("m{days}"), "name": name, "opensAfterDays": days });
    let modules: Vec<_> = modules.iter().map(module).collect();
    serde_json::from_value(
        json!({ "id": "p1", "version": 3, "name": "Yoga du matin", "delivered": true, "dripClock": "CALENDAR_DAYS", "archived": archived,
        "archivedAt": null, "createdAt": "2026-01-10T08:00:00Z", "modules": modules,
        "orderEmail": mail.map(|mail| json!({ "subject": mail.subject, "body": mail.body })) }),
    )
}

pub fn write(book: &Book) -> Done {
    let cx = || book.cx(Place::Products);
    let info = json!({ "hasNextPage": false, "hasPreviousPage": false, "startCursor": "s", "endCursor": "e" });
    let rows = json!([
        row(0, "Cuisine d’hiver", 0, None),
        row(1, "La Revue du phare", 12, Some("Votre abonnement à La Revue du phare commence, et voici comment entrer")),
        row(2, "Méthode complète de reliure japonaise pour relieurs amateurs et professionnels", 48, Some("Bienvenue")),
        row(3, "Photo de rue", 4, None),
        row(4, "Yoga du matin", 3, Some("Votre accès à {{product}}"))
    ]);
    let list: List = serde_json::from_value(
        json!({ "edges": rows, "pageInfo": info, "totalCount": 5, "totalCountIsCapped": false }),
    )?;
    let shown = |narrowed, list| Products { cx: cx(), narrowed, list };
    book.write("products", shown(Narrowed::default(), list))?;
    book.write("products-first", shown(Narrowed::default(), List::default()))?;
    book.write("products-none", shown(Narrowed { q: "zz".into(), ..Narrowed::default() }, List::default()))?;
    book.write(
        "products-archived",
        shown(Narrowed { archived: "YES".into(), ..Narrowed::default() }, List::default()),
    )?;

    let mail = OrderEmail {
        subject: "Votre accès à {{product}}".into(),
        body: "Bonjour {{firstName}},\n\nVotre accès ouvre le {{opensOn}} : {{accessUrl}}\n\nÀ bientôt,\n{{account}}"
            .into(),
    };
    let modules =
        [("Respirer", 0), ("Saluer le soleil", 14), ("Tenir l’équilibre, sur une jambe puis sur l’autre", 28)];
    let it = product(false, Some(mail.clone()), &modules)?;
    book.write("product", One { cx: cx(), it: it.clone() })?;
    let undo = Undo { action: "/".into(), fields: Vec::new() };
    let notice = Notice { good: true, text: cx().t("told-product-archived").into(), undo: Some(undo) };
    book.write("product-empty", One { cx: Cx { notice: Some(notice), ..cx() }, it: product(true, None, &[])? })?;
    let wrong = |code: &str, field: &str, message: &str| Wrong {
        code: code.into(),
        field: (!field.is_empty()).then(|| field.split('.').map(str::to_owned).collect()),
        message: message.into(),
    };
    let form = Form::of([("dripClock", "CALENDAR_DAYS".into())]);
    book.write("product-new", Name { cx: cx(), it: None, form })?;
    let stale = Form {
        wrong: vec![wrong("VERSION_CONFLICT", "", "Quelqu’un l’a modifié entre-temps.")],
        ..Form::of([("name", "Yoga du soir".into())])
    };
    book.write("product-rename", Name { cx: cx(), it: Some(it.clone()), form: stale })?;
    let impact =
        Impact { sentence: "Le produit n’est plus proposé. 214 contacts y ont accès et le gardent.".into() };
    book.write("product-archive", Archive { cx: cx(), it: it.clone(), impact, form: Form::default() })?;
    let lines = Line::of(&it.modules);
    book.write("product-modules", Modules { cx: cx(), it: it.clone(), lines: lines.clone(), form: Form::default() })?;
    let mut wrongly = lines;
    wrongly.push(Line { days: "9999".into(), ..Line::default() });
    let form = Form {
        wrong: vec![
            wrong("REQUIRED", "modules.3.name", "Ce champ est obligatoire."),
            wrong("INVALID", "modules.3.opensAfterDays", "Un nombre de 0 à 3650."),
        ],
        ..Form::default()
    };
    book.write("product-modules-error", Modules { cx: cx(), it: it.clone(), lines: wrongly, form })?;
    let form = Form::of([("subject", mail.subject), ("body", mail.body)]);
    book.write("product-email", Email { cx: cx(), it, form })
}
