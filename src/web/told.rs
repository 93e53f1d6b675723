//! What is told where there is no page: of a form that was not done, of what is not there, of a failure; and pages whose own address is a secret.
//!
//! None of them has a script, and none hands its address on: they are shown in places where nothing else is known of whoever looks.

use super::{assets, show};
use crate::{http::Problem, i18n::lang::Lang};
use askama::Template;
use axum::{
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use pages::{Assets, Cx, links::Told};

/// Styles and letters of ours and nothing else; forms go to ourselves, and nobody frames the page.
const POLICY: &str = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

/// What such a page shows besides its own.
pub fn quiet(lang: Lang) -> Cx {
    Cx {
        lang,
        zone: chrono_tz::Europe::Paris,
        now: chrono::DateTime::default(),
        csrf: String::new(),
        path: String::new(),
        person: None,
        nav: None,
        notice: None,
        assets: Assets { css: assets::address("app.css"), js: "", htmx: "", font: assets::address(assets::FONT) },
    }
}

/// Shows one.
pub fn page(status: StatusCode, cx: &Cx, template: &impl Template) -> Response {
    let mut answer = show::page(status, cx.lang, template.render());
    answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    answer
}

fn about(status: StatusCode, about: &'static str, texts: &[String], lang: Lang) -> Response {
    let cx = quiet(lang);
    page(status, &cx.clone(), &Told { cx, about, texts: texts.to_vec(), codes: Vec::new(), reference: None })
}

/// What is to be told to whoever asked, or sent a form.
pub fn told(status: StatusCode, texts: &[String], lang: Lang) -> Response {
    about(status, Told::about(status.as_u16()), texts, lang)
}

/// What was not done, though it was understood.
pub fn not_done(status: StatusCode, texts: &[String], lang: Lang) -> Response {
    let told = match Told::about(status.as_u16()) {
        told @ ("SIGN_IN" | "BUSY" | "FAILED") => told,
        _ => "NOT_DONE",
    };
    about(status, told, texts, lang)
}

/// A link that leads nowhere any more, whatever it once was.
pub fn spent(text: String, lang: Lang) -> Response {
    about(StatusCode::NOT_FOUND, "SPENT", &[text], lang)
}

/// What is handed out once, to be kept.
pub fn codes(codes: Vec<String>, lang: Lang) -> Response {
    let cx = quiet(lang);
    page(StatusCode::OK, &cx.clone(), &Told { cx, about: "KEEP", texts: Vec::new(), codes, reference: None })
}

/// It was written down, and a mail follows, or does not: the same is told either way.
pub fn accepted(lang: Lang) -> Response {
    let cx = quiet(lang);
    let text = cx.t("look-at-mailbox-text").into_owned();
    about(StatusCode::ACCEPTED, "MAIL", &[text], lang)
}

/// Whether a browser asks for a page, which shows what is answered.
pub fn is_browsing(method: &Method, headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    matches!(*method, Method::GET | Method::POST) && accepts.contains("text/html") && !show::is_part(headers)
}

/// A problem as a page; what goes wrong on our side is told with the id of the request.
pub fn problem(problem: &Problem, was: Response, lang: Lang, request: &str) -> Response {
    let cx = quiet(lang);
    let reference = problem.status.is_server_error().then(|| request.to_owned());
    let (about, texts) = (Told::about(problem.status.as_u16()), vec![problem.message.clone()]);
    let mut answer = page(problem.status, &cx.clone(), &Told { cx, about, texts, codes: Vec::new(), reference });
    // What the problem said besides (when to come again, what is allowed) still holds.
    for (name, value) in was.headers() {
        if !matches!(*name, header::CONTENT_TYPE | header::CONTENT_LENGTH | header::CACHE_CONTROL) {
            answer.headers_mut().entry(name).or_insert(value.clone());
        }
    }
    answer.into_response()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use axum::body::to_bytes;

    #[tokio::test]
    async fn what_goes_wrong_on_our_side_is_told_with_the_id_of_the_request_and_nothing_of_the_inside() {
        let busy = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "BUSY", Lang::En);
        let answer = problem(&busy, busy.clone().into_response(), Lang::En, "01JQ8Z4M8S");
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.headers()[header::RETRY_AFTER], "1");
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/html; charset=utf-8");
        let html = String::from_utf8(to_bytes(answer.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap();
        assert!(html.contains("01JQ8Z4M8S") && html.contains(&busy.message) && !html.contains("<script"), "{html}");
        let missing = Problem::new(StatusCode::NOT_FOUND, "NOT_FOUND", Lang::En);
        let answer = problem(&missing, missing.clone().into_response(), Lang::En, "01JQ8Z4M8S");
        let html = String::from_utf8(to_bytes(answer.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap();
        assert!(!html.contains("01JQ8Z4M8S"), "it is nobody's to look for");
    }

    #[test]
    fn a_browser_that_shows_pages_is_told_by_one() {
        let asks = |method: Method, lines: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in lines {
                headers.insert(*name, HeaderValue::from_static(value));
            }
            is_browsing(&method, &headers)
        };
        assert!(asks(Method::GET, &[("accept", "text/html,*/*;q=0.8")]));
        assert!(!asks(Method::GET, &[("accept", "*/*")]) && !asks(Method::GET, &[]));
        assert!(!asks(Method::GET, &[("accept", "text/html"), ("hx-request", "true")]));
        assert!(!asks(Method::PUT, &[("accept", "text/html")]));
    }
}
