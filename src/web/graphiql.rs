//! `/graphiql`: a console for GraphQL, served whole from the program, so that it works without any other network.
//!
//! The page itself is static: the token that a person pastes stays in the browser's tab and goes out with each query.
//! Its policy allows scripts and styles of this origin only, and no inline script.

use axum::{
    Router,
    http::{HeaderMap, HeaderName, header},
    response::{IntoResponse, Response},
    routing::get,
};

use super::assets::{self, Asset};
use crate::i18n::lang::{Lang, lang};

/// The console, which sends its queries to `endpoint` on the same origin.
pub fn routes<S: Clone + Send + Sync + 'static>(endpoint: &'static str) -> Router<S> {
    Router::new().route("/graphiql", get(move |headers: HeaderMap| async move { page(lang(&headers), endpoint) }))
}

/// Nothing inline and nothing from elsewhere. GraphiQL's dialogs would insert a style that stops the page behind them from
/// scrolling; the policy refuses it, and this page does not scroll.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

fn page(lang: Lang, endpoint: &str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_LANGUAGE, lang.tag()),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-cache"),
        (header::VARY, "Accept-Language"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    (headers, html(lang, endpoint)).into_response()
}

/// What the page says, in one language.
struct Words {
    title: &'static str,
    token: &'static str,
    token_hint: &'static str,
    language: &'static str,
    apply: &'static str,
    licences: &'static str,
    loading: &'static str,
    no_script: &'static str,
    welcome: &'static str,
}

const FRENCH: Words = Words {
    title: "Sésame, console GraphQL",
    token: "Jeton d’accès",
    token_hint: "collez ici un jeton de « sesame token »",
    language: "Langue des réponses",
    apply: "Utiliser",
    licences: "Licences",
    loading: "Chargement…",
    no_script: "La console a besoin de JavaScript.",
    welcome: "# Collez un jeton d’accès en haut, puis écrivez une requête.\n# Ctrl-Entrée l’exécute, Ctrl-Espace complète.\n",
};

const ENGLISH: Words = Words {
    title: "Sésame, GraphQL console",
    token: "Access token",
    token_hint: "paste a token from `sesame token` here",
    language: "Language of answers",
    apply: "Use",
    licences: "Licences",
    loading: "Loading…",
    no_script: "The console needs JavaScript.",
    welcome: "# Paste an access token above, then write a query.\n# Ctrl-Enter runs it, Ctrl-Space completes.\n",
};

fn html(lang: Lang, endpoint: &str) -> String {
    let Words { title, token, token_hint, language, apply, licences, loading, no_script, welcome } = match lang {
        Lang::Fr => FRENCH,
        Lang::En => ENGLISH,
    };
    let tag = lang.tag();
    let (french, english) = match lang {
        Lang::Fr => (" selected", ""),
        Lang::En => ("", " selected"),
    };
    let style = |asset: Asset| format!("<link rel=\"stylesheet\" href=\"{}\">", asset.address());
    let script = |asset: Asset, kind: &str| format!("<script {kind} src=\"{}\"></script>", asset.address());
    let head = [
        style(assets::GRAPHIQL_CSS),
        style(assets::CONSOLE_CSS),
        script(assets::REACT_JS, "defer"),
        script(assets::REACT_DOM_JS, "defer"),
        script(assets::GRAPHIQL_JS, "defer"),
        script(assets::CONSOLE_JS, "type=\"module\""),
    ]
    .join("\n");
    format!(
        r#"<!doctype html>
<html lang="{tag}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<link rel="icon" href="data:,">
{head}
</head>
<body>
<header>
<h1>{title}</h1>
<form id="access" autocomplete="off">
<label>{token} <input id="token" type="password" autocomplete="off" spellcheck="false" placeholder="{token_hint}"></label>
<label>{language} <select id="language"><option value="fr" lang="fr"{french}>Français</option><option value="en" lang="en"{english}>English</option></select></label>
<button>{apply}</button>
</form>
<a href="/licences">{licences}</a>
</header>
<main id="graphiql" data-endpoint="{endpoint}" data-welcome="{welcome}">
<p>{loading}</p>
<noscript><p>{no_script}</p></noscript>
</main>
</body>
</html>
"#
    )
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use axum::{
        body::{Body, to_bytes},
        http::{Request, StatusCode},
    };
    use tower::ServiceExt;

    use super::*;

    async fn get(address: &str, language: &str) -> (StatusCode, HeaderMap, String) {
        let request = Request::get(address).header(header::ACCEPT_LANGUAGE, language).body(Body::empty()).unwrap();
        let router: Router = crate::web::console().merge(assets::routes());
        let (head, body) = router.oneshot(request).await.unwrap().into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        (head.status, head.headers, String::from_utf8(bytes.to_vec()).unwrap())
    }

    /// The addresses that a page or a style sheet would fetch.
    fn addresses(html: &str) -> Vec<&str> {
        let quoted = |start| html.split(start).skip(1).filter_map(|rest| rest.split('"').next());
        quoted("src=\"").chain(quoted("href=\"")).collect()
    }

    #[tokio::test]
    async fn the_page_fetches_nothing_from_elsewhere_and_each_of_its_files_is_there() {
        let (status, headers, html) = get("/graphiql", "fr").await;
        assert_eq!(status, StatusCode::OK);
        assert!(headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().contains("script-src 'self';"));
        assert_eq!(addresses(&html).len(), 8);
        for address in addresses(&html).into_iter().filter(|address| *address != "data:,") {
            let (status, headers, _) = get(address, "fr").await;
            assert!(address.starts_with('/') && !address.starts_with("//"), "{address}");
            assert_eq!(status, StatusCode::OK, "{address}");
            assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
            if address.starts_with("/assets/") {
                assert_eq!(headers[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
            }
        }
        assert!(!html.contains("http://") && !html.contains("https://"));
        let inline = html.split("<script").skip(1).filter(|script| !script.contains("></script>")).count();
        assert_eq!(inline, 0, "no inline script");
    }

    #[tokio::test]
    async fn the_page_speaks_the_callers_language() {
        for (language, tag, word) in
            [("fr", "<html lang=\"fr\">", "Jeton d’accès"), ("en", "<html lang=\"en\">", "Access token")]
        {
            let (_, headers, html) = get("/graphiql", language).await;
            assert!(html.contains(tag) && html.contains(word), "{html}");
            assert_eq!(headers[header::CONTENT_LANGUAGE], language);
        }
    }

    #[tokio::test]
    async fn unknown_files_are_not_found() {
        for address in ["/assets/", "/assets/graphiql.min.js", "/assets/..%2fCargo.toml", "/assets/x"] {
            assert_eq!(get(address, "fr").await.0, StatusCode::NOT_FOUND, "{address}");
        }
    }

    #[tokio::test]
    async fn the_licences_name_what_is_embedded() {
        let (_, headers, text) = get("/licences", "fr").await;
        assert_eq!(headers[header::CONTENT_TYPE], "text/plain; charset=utf-8");
        for package in [
            "\ngraphiql 3.8.3: MIT\n",
            "\nreact 18.3.1: MIT\n",
            "\nhtmx.org 2.0.11: 0BSD\n",
            "/inter 5.3.0: OFL-1.1\n",
            "\ncodemirror 5.",
        ] {
            assert!(text.contains(package), "{package}");
        }
        assert!(text.contains("Copyright (c)") && text.matches("=".repeat(80).as_str()).count() > 50);
    }

    #[test]
    fn names_change_with_content_and_fonts_are_left_out() {
        for asset in assets::ASSETS {
            let (stem, extension) = asset.name.rsplit_once('.').unwrap();
            let hash = asset.hashed_name.strip_prefix(stem).and_then(|rest| rest.strip_suffix(extension)).unwrap();
            assert_eq!(hash.trim_matches(['-', '.']).len(), 16, "{}", asset.hashed_name);
            assert!(!asset.bytes.is_empty() && !asset.licence.is_empty());
        }
        let css = String::from_utf8_lossy(assets::GRAPHIQL_CSS.bytes);
        assert!(!css.contains("@font-face") && !css.contains("url(http") && css.contains(".graphiql-container"));
        assert!(css.len() < 80_000, "{}", css.len());
    }
}
