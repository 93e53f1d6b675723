//! The page: everything that is kept about someone, to read and to print. Every value is escaped, and the page loads and runs nothing.

use super::gather::About;
use crate::{
    i18n::{
        labels::{choice, label},
        lang::Lang,
        typography::date,
    },
    outbox::mail::escaped,
};
use chrono::DateTime;
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

/// Names of this page's own fields, French, English; the others have theirs from the forms.
#[rustfmt::skip] // A row a field.
const NAMES: &[(&str, &str, &str)] = &[
    ("accountId", "Compte (identifiant)", "Account (identifier)"),
    ("addedAt", "Ajouté le", "Added"),
    ("answer", "Réponse", "Answer"),
    ("at", "Date", "When"),
    ("attachedAt", "Rattaché le", "Attached"),
    ("cameFrom", "Adresses d’où vous êtes venu", "Addresses you came from"),
    ("channel", "Voie", "Channel"),
    ("contactId", "Contact (identifiant)", "Contact (identifier)"),
    ("createdAt", "Créé le", "Made"),
    ("deleted", "Supprimé", "Deleted"),
    ("deletedAt", "Supprimé le", "Deleted on"),
    ("detachedAt", "Détaché le", "Detached"),
    ("devices", "Appareils", "Devices"),
    ("displayName", "Nom affiché", "Name shown"),
    ("doneAt", "Traité le", "Dealt with"),
    ("drift", "Écarts", "Differences"),
    ("emailBouncedAt", "E-mail revenu en erreur le", "E-mail bounced"),
    ("emailStatus", "État de l’adresse e-mail", "State of the e-mail address"),
    ("emailVerifiedAt", "Adresse e-mail vérifiée le", "E-mail address verified"),
    ("erasedAt", "Effacé le", "Erased"),
    ("exportedAt", "Exporté le", "Exported"),
    ("claims", "Réclamations", "Complaints"),
    ("granted", "Donné", "Granted"),
    ("subscriptions", "Abonnements", "Subscriptions"),
    ("goneAt", "Disparu de l’ERP le", "Gone from the ERP"),
    ("grantedAt", "Donné le", "Granted"),
    ("id", "Identifiant", "Identifier"),
    ("invitationExpiresAt", "Fin de validité de l’invitation", "Invitation ends"),
    ("invitedAt", "Invité le", "Invited"),
    ("issue", "Numéro", "Issue"),
    ("lang", "Langue", "Language"),
    ("lastSeenAt", "Vu la dernière fois le", "Last seen"),
    ("letInAt", "Validé le", "Let in"),
    ("linkedAt", "Relié le", "Linked"),
    ("model", "Modèle", "Model"),
    ("occurredAt", "Survenu le", "Happened"),
    ("origin", "Origine", "Origin"),
    ("outcome", "Issue", "Outcome"),
    ("payments", "Paiements", "Payments"),
    ("portalOpenedAt", "Compte abonné ouvert le", "Portal account opened"),
    ("product", "Produit", "Product"),
    ("reason", "Motif", "Reason"),
    ("records", "Fiches", "Records"),
    ("refusedEmail", "Adresse e-mail refusée", "E-mail address refused"),
    ("removedAt", "Retiré le", "Removed"),
    ("requestedAt", "Demandé le", "Requested"),
    ("row", "Ligne", "Row"),
    ("said", "Déclaré", "Said"),
    ("signedUpAt", "Inscrit le", "Signed up"),
    ("since", "Depuis", "Since"),
    ("source", "Source", "Source"),
    ("state", "État", "State"),
    ("steps", "Étapes", "Steps"),
    ("template", "Modèle d’e-mail", "Mail template"),
    ("text", "Texte", "Text"),
    ("updatedAt", "Modifié le", "Changed"),
    ("userAgent", "Programme", "Program"),
];

/// Of which kind of choice a field's words are.
const CHOICES: &[(&str, &[&str])] = &[
    ("kind", &["ContactKind"]),
    ("profile", &["Profile"]),
    ("status", &["MembershipStatus", "ClaimStatus", "DeletionStatus", "DeliveryStatus", "RegistrationStatus"]),
    ("emailStatus", &["EmailStatus"]),
    ("outcome", &["ImportOutcome"]),
    ("mode", &["AccessMode"]),
    ("billing", &["Billing"]),
    ("state", &["PaymentState"]),
    ("portalAccount", &["PortalAccount"]),
    ("channel", &["DeliveryChannel"]),
    ("origin", &["Origin"]),
];

fn name_of(field: &str, lang: Lang) -> &str {
    let row = NAMES.iter().find(|(name, ..)| *name == field);
    row.map_or_else(|| label(field, lang), |(_, fr, en)| if lang == Lang::Fr { fr } else { en })
}

fn yes_or_no(yes: bool, lang: Lang) -> &'static str {
    match (yes, lang) {
        (true, Lang::Fr) => "oui",
        (false, Lang::Fr) => "non",
        (true, Lang::En) => "yes",
        (false, Lang::En) => "no",
    }
}

/// A text as people read it: words in their language, days and instants as they are written in it.
fn readable(field: &str, text: &str, lang: Lang) -> String {
    let kinds = CHOICES.iter().filter(|(name, _)| *name == field).flat_map(|(_, kinds)| kinds.iter());
    if let Some(word) = kinds.into_iter().find_map(|kind| choice(kind, text, lang)) {
        return word.to_owned();
    }
    // Elsewhere it may be what somebody wrote.
    if ["archived", "deleted", "emailVerified", "erased"].contains(&field) && ["true", "false"].contains(&text) {
        return yes_or_no(text == "true", lang).to_owned();
    }
    let instant = text.split_once('T').filter(|_| DateTime::parse_from_rfc3339(text).is_ok());
    match instant {
        Some((day, time)) => {
            let minute = time.get(..5).unwrap_or(time);
            date(day, lang).map_or_else(|| text.to_owned(), |day| format!("{day}, {minute} UTC"))
        }
        None => date(text, lang).unwrap_or_else(|| text.to_owned()),
    }
}

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
            show(section, value, lang, &mut page);
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

fn show(field: &str, value: &Value, lang: Lang, page: &mut String) {
    match value {
        Value::Array(all) => {
            page.push_str("<ul>\n");
            for one in all {
                page.push_str("<li>");
                show(field, one, lang, page);
                page.push_str("</li>\n");
            }
            page.push_str("</ul>\n");
        }
        Value::Object(fields) => object(fields, lang, page),
        Value::String(text) => page.push_str(&escaped(&readable(field, text, lang))),
        Value::Bool(yes) => page.push_str(yes_or_no(*yes, lang)),
        other => page.push_str(&escaped(&other.to_string())),
    }
}

fn object(fields: &Map<String, Value>, lang: Lang, page: &mut String) {
    page.push_str("<dl>\n");
    for (name, value) in fields.iter().filter(|(_, value)| !is_empty(value)) {
        page.push_str(&format!("<dt>{}</dt><dd>", escaped(name_of(name, lang))));
        show(name, value, lang, page);
        page.push_str("</dd>\n");
    }
    page.push_str("</dl>\n");
}

/// An event of the trail.
pub(super) fn event(event: &Value, lang: Lang, page: &mut String) {
    let text = |key: &str| escaped(event[key].as_str().unwrap_or_default());
    page.push_str(&format!(
        "<li><time datetime=\"{at}\">{shown}</time> · {} · {}",
        text("actorLabel"),
        text("sentence"),
        at = text("at"),
        shown = escaped(&readable("at", event["at"].as_str().unwrap_or_default(), lang)),
    ));
    let changes = event["changes"].as_array().map(Vec::as_slice).unwrap_or_default();
    if !changes.is_empty() {
        page.push_str("\n<dl>\n");
        for change in changes {
            let field = change["field"].as_str().unwrap_or_default();
            let side =
                |side: &str| escaped(&change[side].as_str().map_or("–".to_owned(), |text| readable(field, text, lang)));
            page.push_str(&format!(
                "<dt>{}</dt><dd>{} → {}</dd>\n",
                escaped(name_of(field, lang)),
                side("before"),
                side("after")
            ));
        }
        page.push_str("</dl>");
    }
    page.push_str("</li>\n");
}
