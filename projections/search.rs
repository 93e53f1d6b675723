//! Search by prefix on folded words: what the projection stores and what a query is turned into, side by side so that they agree.

use domain::text;

/// Longest stored word, in bytes: longer ones are cut, and so are longer terms.
const WORD_MAX: usize = 60;

fn cut(word: &str) -> &str {
    let mut end = word.len().min(WORD_MAX);
    while !word.is_char_boundary(end) {
        end -= 1;
    }
    &word[..end]
}

/// The words under which something is found: the folded words of its texts, and each exact text (an e-mail, an external id) in lower case as it is.
pub fn words<'a>(texts: impl IntoIterator<Item = &'a str>, exact: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut all: Vec<String> = text::words(texts).iter().map(|w| cut(w).to_owned()).collect();
    for text in exact {
        let whole = text.trim().to_lowercase();
        // `anne.dupont@…` is found by its start, by « anne » and by « dupont ».
        let local = whole.split_once('@').map_or(whole.as_str(), |(local, _)| local);
        all.extend(text::words([local]).iter().map(|w| cut(w).to_owned()));
        all.push(cut(&whole).to_owned());
    }
    all.retain(|w| !w.is_empty());
    all.sort();
    all.dedup();
    all
}

/// What a person typed, as terms that each must begin some word. A chunk with `@` is taken as it is.
pub fn terms(query: &str) -> Vec<String> {
    let mut terms: Vec<String> = Vec::new();
    for chunk in query.split_whitespace().take(8) {
        if chunk.contains('@') {
            terms.push(cut(&chunk.to_lowercase()).to_owned());
        } else {
            terms.extend(text::fold(chunk).split(' ').filter(|w| !w.is_empty()).map(|w| cut(w).to_owned()));
        }
    }
    terms.sort();
    terms.dedup();
    // « du dupont » asks no more than « dupont ».
    let longer = terms.clone();
    terms.retain(|t| !longer.iter().any(|l| l != t && l.starts_with(t.as_str())));
    terms
}

/// The words that begin with `term` are those in `term ..` this.
pub fn upper_bound(term: &str) -> String {
    format!("{term}\u{10FFFF}")
}

/// Whether every term begins one of the words.
pub fn matches(words: &[String], terms: &[String]) -> bool {
    terms.iter().all(|t| words.iter().any(|w| w.starts_with(t.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_finds_what_was_stored_by_any_prefix() {
        let stored = words(["Anne", "Dupont-Œuvre", "Société d'Édition"], ["Anne.Dupont+x@exemple.fr", "C000-12"]);
        for query in [
            "anne",
            "ANN dup",
            "oeuv",
            "œuvre",
            "édit",
            "anne.dupont+x@",
            "anne.dupont+x@exemple.fr",
            "c000",
            "C000-12",
            "dup anne",
        ] {
            assert!(matches(&stored, &terms(query)), "{query} in {stored:?}");
        }
        for query in ["bernard", "anne bernard", "upont"] {
            assert!(!matches(&stored, &terms(query)), "{query}");
        }
        assert_eq!(terms("du dupont"), ["dupont"]);
    }
}
