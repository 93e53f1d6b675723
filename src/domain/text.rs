//! Text that people type: cleaned, bounded, and folded for search and order.

use crate::refusal::{Code, Refusal};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Longest name of a person, a company, a product or a module, in characters.
pub const NAME_MAX: usize = 200;
/// Longest phone or fax number as typed, in characters.
pub const PHONE_MAX: usize = 50;
/// Longest external id (a customer number of another system), in characters.
pub const EXTERNAL_ID_MAX: usize = 100;
/// Longest line of an address, in characters.
pub const ADDRESS_LINE_MAX: usize = 200;

/// Trims, normalises to NFC and checks one line of text. `Ok(None)` when nothing is left.
///
/// Refuses control characters (a line break included: it could end a mail header or a CSV line) with `INVALID`, and more than `max`
/// characters with `TOO_LONG`.
pub fn line(field: &'static str, text: &str, max: usize) -> Result<Option<String>, Refusal> {
    let text = normal(text.trim());
    if text.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{FFFE}' | '\u{FFFF}')) {
        return Err(Refusal::at(Code::Invalid, field));
    }
    if text.chars().count() > max {
        return Err(Refusal::at(Code::TooLong, field).with("max", max));
    }
    Ok(if text.is_empty() { None } else { Some(text) })
}

/// In NFC. Most text is ASCII, which is so already.
fn normal(text: &str) -> String {
    if text.is_ascii() { text.to_owned() } else { text.nfc().collect() }
}

/// As [`line`], and refuses an empty one with `REQUIRED`.
pub fn required_line(field: &'static str, text: &str, max: usize) -> Result<String, Refusal> {
    line(field, text, max)?.ok_or_else(|| Refusal::at(Code::Required, field))
}

/// Several lines of text (a mail's body): line breaks and tabs are kept, other control characters are `INVALID`.
pub fn paragraph(field: &'static str, text: &str, max: usize) -> Result<String, Refusal> {
    let text: String = text.trim().replace("\r\n", "\n").nfc().collect();
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(Refusal::at(Code::Invalid, field));
    }
    if text.chars().count() > max {
        return Err(Refusal::at(Code::TooLong, field).with("max", max));
    }
    if text.is_empty() { Err(Refusal::at(Code::Required, field)) } else { Ok(text) }
}

/// Without accents, case and ligatures, words apart by one space: `L'Été de Zoé Müller-Œuvre` → `l ete de zoe muller oeuvre`.
/// What search compares and lists are ordered by, the same on every engine.
pub fn fold(text: &str) -> String {
    // Most text is ASCII, where a letter is itself.
    if text.is_ascii() {
        fold_letters(text.chars(), text.len())
    } else {
        fold_letters(text.nfkd().filter(|c| !is_combining_mark(*c)), text.len())
    }
}

fn fold_letters(chars: impl Iterator<Item = char>, room: usize) -> String {
    let mut out = String::with_capacity(room);
    let mut gap = false;
    for c in chars {
        let mut push = |c: char| {
            if gap && !out.is_empty() {
                out.push(' ');
            }
            gap = false;
            out.push(c);
        };
        match c {
            c if c.is_ascii_alphanumeric() => push(c.to_ascii_lowercase()),
            'œ' | 'Œ' => "oe".chars().for_each(push),
            'æ' | 'Æ' => "ae".chars().for_each(push),
            'ß' | 'ẞ' => "ss".chars().for_each(push),
            'ø' | 'Ø' => push('o'),
            'ł' | 'Ł' => push('l'),
            'đ' | 'Đ' | 'ð' | 'Ð' => push('d'),
            'þ' | 'Þ' => "th".chars().for_each(push),
            c if c.is_alphanumeric() => c.to_lowercase().for_each(push),
            _ => gap = true,
        }
    }
    out
}

/// The distinct folded words of several texts, for search by prefix.
pub fn words<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut all: Vec<String> =
        texts.into_iter().flat_map(|t| fold(t).split(' ').map(str::to_owned).collect::<Vec<_>>()).collect();
    all.retain(|w| !w.is_empty());
    all.sort();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_case_and_ligatures_fold_away() {
        assert_eq!(fold("L'Été de Zoé  Müller-Œuvre"), "l ete de zoe muller oeuvre");
        assert_eq!(fold("  STRASSE Straße "), "strasse strasse");
        assert_eq!(words(["Jean-Baptiste", "baptiste Ibañez"]), ["baptiste", "ibanez", "jean"]);
    }

    #[test]
    fn a_line_has_no_control_characters_and_a_bound() {
        assert_eq!(line("firstName", " Zoe\u{301} ", 10).ok().flatten().as_deref(), Some("Zoé"));
        assert_eq!(line("firstName", "  ", 10), Ok(None));
        assert_eq!(line("firstName", "a\r\nBcc: x", 99).map_err(|r| r.code), Err(Code::Invalid));
        assert_eq!(line("firstName", "éééé", 3).map_err(|r| r.code), Err(Code::TooLong));
    }
}
