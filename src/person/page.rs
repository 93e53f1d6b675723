//! The page: everything that is kept about someone, to read and to print. Every value is escaped, and the page loads and runs nothing.

use super::gather::About;
use crate::{
    i18n::{labels::label, lang::Lang},
    outbox::mail::escaped,
};
use serde_json::{Map, Value};

/// Nothing but the page's own few rules of style.
pub(super) const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What closes it.
pub(super) const END: &str = "</ol>\n</main>\n</body>\n</html>\n";

/// Section, French, English.
#[rustfmt::skip] // A row a section.
const TITLES: &[(&str, &str, &str)] = &[
    ("sheet", "Fiche", "Sheet"),
    ("addresses", "Adresses de livraison", "Delivery addresses"),
    ("accesses", "Droits d’accès", "Accesses"),
    ("subscriptions", "Abonnements", "Subscriptions"),
    ("claims", "Réclamations", "Complaints"),
    ("login", "Connexion", "Signing in"),
    ("app", "Application", "App"),
    ("signUp", "Inscription", "Sign-up"),
    ("deletionRequest", "Demande de suppression", "Request for deletion"),
    ("erp", "Logiciel de gestion (ERP)", "ERP"),
    ("deliveries", "Envois", "Deliveries"),
    ("files", "Lignes de fichiers importés", "Rows of imported files"),
    ("trail", "Historique", "History"),
];

fn title(section: &str, lang: Lang) -> &str {
    let row = TITLES.iter().find(|(name, ..)| *name == section);
    row.map_or(section, |(_, fr, en)| if lang == Lang::Fr { fr } else { en })
}

/// Everything up to the first event.
pub(super) fn begin(about: &About, lang: Lang) -> String {
    let text = |key: &str| escaped(about.head.get(key).and_then(Value::as_str).unwrap_or_default());
    let (heading, lead, nothing) = match lang {
        Lang::Fr => (
            "Données personnelles",
            "Tout ce qui est conservé sur cette personne dans ce compte, au moment de l’export (RGPD, articles 15 et 20).",
            "Rien n’est conservé.",
        ),
        Lang::En => (
            "Personal data",
            "Everything that is kept about this person in this account, when it was exported (GDPR, articles 15 and 20).",
            "Nothing is kept.",
        ),
    };
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{tag}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{heading} – {name}</title>\n<style>:root {{ color-scheme: light dark }} body {{ max-width: 60em; margin: 0 auto; padding: 1em; font: 16px/1.5 sans-serif }} \
         dl {{ display: grid; grid-template-columns: minmax(8em, 16em) 1fr; gap: .2em 1em; margin: .5em 0 1em }} dt {{ font-weight: bold }} \
         dd {{ margin: 0; white-space: pre-wrap; overflow-wrap: anywhere }} ol, ul {{ padding-left: 1.2em }} li {{ break-inside: avoid }} \
         @media print {{ body {{ max-width: none; font-size: 11pt }} h2 {{ break-after: avoid }} }}</style>\n</head>\n<body>\n<main>\n\
         <h1>{heading}</h1>\n<p>{lead}</p>\n",
        tag = lang.tag(),
        name = text("displayName"),
    );
    object(&about.head, lang, &mut page);
    for (section, value) in &about.sections {
        page.push_str(&format!("<h2>{}</h2>\n", title(section, lang)));
        if is_empty(value) {
            page.push_str(&format!("<p>{nothing}</p>\n"));
        } else {
            show(value, lang, &mut page);
        }
    }
    page.push_str(&format!("<h2>{}</h2>\n<ol>\n", title("trail", lang)));
    page
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(all) => all.is_empty(),
        Value::Object(fields) => fields.values().all(is_empty),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn show(value: &Value, lang: Lang, page: &mut String) {
    match value {
        Value::Array(all) => {
            page.push_str("<ul>\n");
            for one in all {
                page.push_str("<li>");
                show(one, lang, page);
                page.push_str("</li>\n");
            }
            page.push_str("</ul>\n");
        }
        Value::Object(fields) => object(fields, lang, page),
        Value::String(text) => page.push_str(&escaped(text)),
        Value::Bool(yes) => page.push_str(match (yes, lang) {
            (true, Lang::Fr) => "oui",
            (false, Lang::Fr) => "non",
            (true, Lang::En) => "yes",
            (false, Lang::En) => "no",
        }),
        other => page.push_str(&escaped(&other.to_string())),
    }
}

fn object(fields: &Map<String, Value>, lang: Lang, page: &mut String) {
    page.push_str("<dl>\n");
    for (name, value) in fields.iter().filter(|(_, value)| !is_empty(value)) {
        page.push_str(&format!("<dt>{}</dt><dd>", escaped(label(name, lang))));
        show(value, lang, page);
        page.push_str("</dd>\n");
    }
    page.push_str("</dl>\n");
}

/// An event of the trail.
pub(super) fn event(event: &Value, lang: Lang, page: &mut String) {
    let text = |key: &str| escaped(event[key].as_str().unwrap_or_default());
    page.push_str(&format!(
        "<li><time datetime=\"{at}\">{at}</time> · {} · {}",
        text("actorLabel"),
        text("sentence"),
        at = text("at"),
    ));
    let changes = event["changes"].as_array().map(Vec::as_slice).unwrap_or_default();
    if !changes.is_empty() {
        page.push_str("\n<dl>\n");
        for change in changes {
            let side = |side: &str| escaped(change[side].as_str().unwrap_or("–"));
            let field = escaped(label(change["field"].as_str().unwrap_or_default(), lang));
            page.push_str(&format!("<dt>{field}</dt><dd>{} → {}</dd>\n", side("before"), side("after")));
        }
        page.push_str("</dl>");
    }
    page.push_str("</li>\n");
}
