//! Which language to answer in: what the caller's `Accept-Language` prefers, among French and English.
//!
//! Knows headers and nothing of what is said in either language. The reading of preferences (`a;q=0.5, b`) is shared
//! with everything that negotiates: see [`preferences`].

use axum::http::{HeaderMap, HeaderName, header};

pub use pages::Lang;

/// The language that `Accept-Language` prefers (RFC 9110 section 12.5.4). A language named there wins over `*`; among
/// equals the first named; `q=0` refuses. With nothing that we speak, French, unless French itself was refused.
#[must_use]
pub fn lang(headers: &HeaderMap) -> Lang {
    let (mut french, mut english, mut any) = (None, None, None);
    let mut first = None;
    for Preference { value, quality } in preferences(headers, &header::ACCEPT_LANGUAGE) {
        let primary = value.split('-').next().unwrap_or_default();
        let (said, language) = if primary.eq_ignore_ascii_case("fr") {
            (&mut french, Some(Lang::Fr))
        } else if primary.eq_ignore_ascii_case("en") {
            (&mut english, Some(Lang::En))
        } else if primary == "*" {
            (&mut any, None)
        } else {
            continue;
        };
        *said = (*said).max(Some(quality));
        first = first.or(language);
    }
    match (french.or(any), english.or(any)) {
        (Some(0), None) => Lang::En,
        (french, english) if french == english => first.unwrap_or_default(),
        (french, english) if english > french && english > Some(0) => Lang::En,
        _ => Lang::Fr,
    }
}

/// One item of a header such as `Accept` or `Accept-Language`: what is asked for, without its parameters, and how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Preference<'a> {
    /// The media range or language range, trimmed.
    pub(crate) value: &'a str,
    /// Thousandths, 0 to 1000; 0 means "not this".
    pub(crate) quality: u16,
}

/// How many items of such a header are read. More than any browser sends, and few enough to cost nothing.
const MOST_ITEMS: usize = 64;

/// The items of every header of that name, in order. An item whose quality cannot be read is left out.
pub(crate) fn preferences<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
) -> impl Iterator<Item = Preference<'a>> + use<'a> {
    headers
        .get_all(name)
        .into_iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .take(MOST_ITEMS)
        .filter_map(|item| {
            let mut parts = item.split(';');
            let value = parts.next()?.trim();
            let quality = parts
                .filter_map(|parameter| parameter.split_once('='))
                .find(|(name, _)| name.trim().eq_ignore_ascii_case("q"))
                .map_or(Some(1000), |(_, weight)| thousandths(weight.trim()))?;
            (!value.is_empty()).then_some(Preference { value, quality })
        })
}

/// RFC 9110 section 12.4.2: `0` or `1`, then at most three decimals, and nothing above 1.
fn thousandths(weight: &str) -> Option<u16> {
    let (whole, decimals) = weight.split_once('.').unwrap_or((weight, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let fraction = decimals
        .bytes()
        .chain(std::iter::repeat(b'0'))
        .take(3)
        .fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0'));
    match (whole, fraction) {
        ("0", fraction) => Some(fraction),
        ("1", 0) => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn asked(lines: &[&'static str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::ACCEPT_LANGUAGE, line.parse().unwrap());
        }
        headers
    }

    #[test]
    fn the_preferred_language_is_answered_and_french_without_a_preference() {
        use Lang::{En, Fr};
        let table: &[(&[&'static str], Lang)] = &[
            (&[], Fr),
            (&[""], Fr),
            (&["fr"], Fr),
            (&["en"], En),
            (&["EN-gb"], En),
            (&["fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5"], Fr),
            (&["de, en;q=0.8, fr;q=0.9"], Fr),
            (&["de, en;q=0.91, fr;q=0.9"], En),
            (&["de-DE"], Fr),
            (&["*"], Fr),
            (&["en, *"], En),
            (&["en;q=0.5, *"], Fr),
            (&["en;q=0, *"], Fr),
            (&["fr;q=0"], En),
            (&["fr;q=0, *"], En),
            (&["fr;q=0, en;q=0"], Fr),
            (&["en;q=0"], Fr),
            (&["en, fr"], En),
            (&["fr, en"], Fr),
            (&["fr;q=0.1, en;q=0.1, fr-FR;q=0.2"], Fr),
            (&["en;q=1.5, fr;q=0.1"], Fr),
            (&["en;q=abc"], Fr),
            (&["de", "en"], En),
            (&["en ; Q=0.9 , fr ; q=0.8"], En),
            (&["enough"], Fr),
        ];
        for (lines, expected) in table {
            assert_eq!(lang(&asked(lines)), *expected, "{lines:?}");
        }
    }

    #[test]
    fn a_quality_has_at_most_three_decimals_and_stays_within_one() {
        for (text, expected) in [
            ("0", Some(0)),
            ("1", Some(1000)),
            ("0.", Some(0)),
            ("0.7", Some(700)),
            ("0.05", Some(50)),
            ("0.123", Some(123)),
            ("1.000", Some(1000)),
            ("1.001", None),
            ("0.1234", None),
            ("2", None),
            ("-0.5", None),
            ("0.+1", None),
            ("", None),
            ("NaN", None),
        ] {
            assert_eq!(thousandths(text), expected, "{text}");
        }
    }
}
