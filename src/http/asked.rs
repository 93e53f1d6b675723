//! What an address asks after its path: `?account=…&mode=full&lang=fr`.
//!
//! A name that is not known is refused and not passed over: `?dryrun=true` would otherwise do in earnest what was to be tried. Every refusal names the
//! parameter as it was sent, and what it takes. Knows no route; each says which names it has.

use super::problem::Problem;
use crate::i18n::{
    lang::{Lang, lang},
    messages::message,
};
use axum::http::{HeaderMap, StatusCode};

/// The words of a query string, each name known and given once.
#[derive(Debug, Clone)]
pub struct Asked {
    words: Vec<(String, String)>,
    /// In which language to answer: `lang`, else what `Accept-Language` prefers.
    pub lang: Lang,
}

impl Asked {
    /// Reads them; `known` are the names that the address has besides `lang`.
    pub fn read(words: Vec<(String, String)>, headers: &HeaderMap, known: &[&str]) -> Result<Asked, Problem> {
        let mut asked = Asked { words, lang: lang(headers) };
        match asked.word("lang") {
            None => {}
            Some("fr") => asked.lang = Lang::Fr,
            Some("en") => asked.lang = Lang::En,
            Some(_) => return Err(asked.invalid("lang", "fr, en")),
        }
        let (mut names, mut before) = (known.to_vec(), Vec::new());
        names.push("lang");
        for (name, _) in &asked.words {
            if !names.contains(&name.as_str()) {
                return Err(asked.refused("INVALID", name, &[("expected", names.join(", "))]));
            }
            if before.contains(&name) {
                return Err(asked.refused("INVALID", name, &[("max", "1".to_owned())]));
            }
            before.push(name);
        }
        Ok(asked)
    }

    /// What was given under a name; none where nothing was.
    pub fn word(&self, name: &str) -> Option<&str> {
        self.words
            .iter()
            .find(|(given, _)| given == name)
            .map(|(_, word)| word.as_str())
            .filter(|word| !word.is_empty())
    }

    /// The same, where it cannot be done without.
    pub fn required(&self, name: &str) -> Result<&str, Problem> {
        self.word(name).ok_or_else(|| self.refused("REQUIRED", name, &[]))
    }

    /// Yes or no, as an address says it; no where nothing is said.
    pub fn yes(&self, name: &str) -> Result<bool, Problem> {
        match self.word(name) {
            None | Some("false" | "0") => Ok(false),
            Some("true" | "1") => Ok(true),
            Some(_) => Err(self.invalid(name, "true, false")),
        }
    }

    /// What was given under a name is none of what is expected.
    pub fn invalid(&self, name: &str, expected: &str) -> Problem {
        let value = self.word(name).unwrap_or_default().to_owned();
        self.refused("INVALID", name, &[("value", value), ("expected", expected.to_owned())])
    }

    fn refused(&self, code: &'static str, name: &str, params: &[(&str, String)]) -> Problem {
        let mut params = params.to_vec();
        params.push(("parameter", name.to_owned()));
        Problem { status: StatusCode::BAD_REQUEST, code, message: message(code, self.lang, &params) }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn read(query: &[(&str, &str)]) -> Result<Asked, String> {
        let words = query.iter().map(|(name, word)| ((*name).to_owned(), (*word).to_owned())).collect();
        let headers = [(axum::http::header::ACCEPT_LANGUAGE, "en".parse().unwrap())].into_iter().collect();
        Asked::read(words, &headers, &["account", "dryRun"]).map_err(|problem| problem.message)
    }

    #[test]
    fn a_misspelt_name_is_refused_with_the_names_there_are() {
        assert_eq!(
            read(&[("dryrun", "true")]).unwrap_err(),
            "The parameter dryrun: this value is not accepted. Correct it; expected: account, dryRun, lang."
        );
        assert!(read(&[("account", "a"), ("account", "b")]).unwrap_err().contains("at most 1"));
        assert!(read(&[("lang", "de")]).unwrap_err().ends_with("expected: fr, en."));
        let asked = read(&[("account", ""), ("dryRun", "maybe")]).unwrap();
        assert!(
            asked.required("account").unwrap_err().message.starts_with("The parameter account: this is mandatory.")
        );
        assert!(asked.yes("dryRun").unwrap_err().message.contains("(“maybe”)"));
        assert!(read(&[("dryRun", "1"), ("lang", "fr")]).is_ok_and(|asked| asked.yes("dryRun").unwrap()));
    }
}
