//! A small page of ours, in one language, with nothing fetched from anywhere and no script: what mailed links show, and what a form that was refused is
//! answered with.

use crate::{
    i18n::{lang::Lang, typography::typeset},
    outbox::mail::escaped,
};
use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

/// Forms go to ourselves and nowhere else; nobody frames the page.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A text of ours in a language, set as its printing asks; not escaped.
pub fn word(lang: Lang, fr: &str, en: &str) -> String {
    match lang {
        Lang::Fr => typeset(fr, lang),
        Lang::En => typeset(en, lang),
    }
}

/// A paragraph of plain text.
pub fn paragraph(text: &str) -> String {
    format!("<p>{}</p>\n", escaped(text))
}

/// A form that posts to a path of ours. `inside`: its fields, as HTML.
pub fn form(action: &str, inside: &str, button: &str) -> String {
    format!(
        "<form method=\"post\" action=\"{}\">\n{inside}<p><button type=\"submit\">{}</button></p>\n</form>\n",
        escaped(action),
        escaped(button)
    )
}

/// A field of a form, with its label.
pub fn field(name: &str, kind: &str, label: &str, complete: &str) -> String {
    field_as(name, name, kind, label, complete)
}

/// The same, where a page has two of one name.
pub fn field_as(id: &str, name: &str, kind: &str, label: &str, complete: &str) -> String {
    format!(
        "<p><label for=\"{id}\">{}</label><br>\n<input id=\"{id}\" name=\"{name}\" type=\"{kind}\" autocomplete=\"{complete}\" required></p>\n",
        escaped(label)
    )
}

/// A value that goes along with a form.
pub fn hidden(name: &str, value: &str) -> String {
    format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">\n", escaped(value))
}

/// A whole page.
pub fn show(status: StatusCode, lang: Lang, title: &str, body: &str) -> Response {
    let title = escaped(title);
    let html = format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<title>{title}</title>\n<style>:root {{ color-scheme: light dark }} body {{ max-width: 36em; margin: 0 auto; \
         padding: 1em; font: 16px/1.5 sans-serif }} input, button {{ font: inherit; padding: .4em; max-width: 100%; box-sizing: border-box }} \
         input:not([type=hidden]) {{ width: 100% }}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n{body}</main>\n</body>\n</html>\n",
        lang.tag()
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_LANGUAGE, lang.tag()),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::VARY, "Accept-Language"),
        // A browser without Fetch Metadata says `Origin: null` of a form on a page that has no referrer at all (Fetch, "append a request Origin header"), and would
        // be taken for another site. Ours are told where the form stood; nobody else is.
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, headers, html).into_response()
}

/// What is to be told to whoever sent a form.
pub fn told(status: StatusCode, texts: &[String], lang: Lang) -> Response {
    let title = match status.is_success() {
        true => word(lang, "À conserver", "To be kept"),
        false => word(lang, "Ce n'est pas fait", "This was not done"),
    };
    let lines: String = texts.iter().map(|text| paragraph(text)).collect();
    show(status, lang, &title, &lines)
}

/// It was written down, and a mail follows, or does not: the same is told either way.
pub fn accepted(lang: Lang) -> Response {
    let title = word(lang, "Regardez votre messagerie", "Look at your mailbox");
    let text = word(
        lang,
        "Si cette adresse peut recevoir notre message, il arrive dans quelques minutes. Il contient un lien qui ne sert qu'une fois.",
        "If this address can receive our message, it arrives within minutes. It holds a link that works once.",
    );
    show(StatusCode::ACCEPTED, lang, &title, &paragraph(&text))
}
