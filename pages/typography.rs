//! How a text is set in each language: spaces, quotes and apostrophes of the templates, numbers, dates, sizes and lists.
//!
//! Templates are typed with the spaces and apostrophes of a keyboard, so that they can be read and compared; what French
//! printing asks for (narrow no-break space before `; : ! ?` and inside « ») is put in here, once.
//! Knows no message. Next: `messages.rs`.

use crate::Lang;
use chrono::NaiveDate;

/// Narrow no-break space: before `; : ! ?`, inside « », and between groups of three digits.
const NARROW: &str = "\u{202f}";
/// A value longer than this is cut in a message; the whole of it stands beside the message anyway.
const LONGEST_VALUE: usize = 60;

/// A template with the spaces and apostrophes of its language.
pub fn typeset(text: &str, lang: Lang) -> String {
    let text = text.replace('\'', "’").replace("...", "…");
    match lang {
        Lang::En => text,
        Lang::Fr => [';', ':', '!', '?', '»']
            .into_iter()
            .fold(text, |text, mark| text.replace(&format!(" {mark}"), &format!("{NARROW}{mark}")))
            .replace("« ", &format!("«{NARROW}")),
    }
}

/// A whole number in groups of three digits: 200 000 in French, 200,000 in English. Other texts stay as they are.
pub fn number(text: &str, lang: Lang) -> String {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.to_owned();
    }
    let group = match lang {
        Lang::Fr => NARROW,
        Lang::En => ",",
    };
    let mut grouped = String::with_capacity(text.len() * 2);
    for (place, digit) in text.chars().enumerate() {
        if place > 0 && (text.len() - place).is_multiple_of(3) {
            grouped.push_str(group);
        }
        grouped.push(digit);
    }
    grouped
}

/// A day written `2026-03-31`: 31/03/2026 in French, 31 March 2026 in English. `None` for any other text.
pub fn date(text: &str, lang: Lang) -> Option<String> {
    let date: NaiveDate = text.parse().ok()?;
    Some(match lang {
        Lang::Fr => date.format("%d/%m/%Y").to_string(),
        Lang::En => date.format("%-d %B %Y").to_string(),
    })
}

/// A number of bytes in the largest unit that it fills: 20 Mio, 20 MiB. Other texts stay as they are.
pub fn size(text: &str, lang: Lang) -> String {
    let Ok(bytes) = text.parse::<u64>() else { return text.to_owned() };
    let (divisor, fr, en) = match bytes {
        0..0x400 => (1, "octets", "bytes"),
        0x400..0x10_0000 => (0x400, "Kio", "KiB"),
        0x10_0000..0x4000_0000 => (0x10_0000, "Mio", "MiB"),
        _ => (0x4000_0000, "Gio", "GiB"),
    };
    let unit = match lang {
        Lang::Fr => fr,
        Lang::En => en,
    };
    format!("{}\u{a0}{unit}", bytes / divisor)
}

/// A list as a sentence has it: « a, b et c ».
pub fn list(items: &[&str], lang: Lang) -> String {
    let and = match lang {
        Lang::Fr => " et ",
        Lang::En => " and ",
    };
    match items {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{}{and}{last}", first.join(", ")),
    }
}

/// What somebody sent, fit to stand inside a sentence: on one line, without control characters, and not too long.
pub fn excerpt(value: &str) -> String {
    let line = value.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut shown: String =
        line.chars().take(LONGEST_VALUE).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if line.chars().nth(LONGEST_VALUE).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn french_marks_get_their_narrow_spaces() {
        let set = typeset("Quoi ? « L'accès » : oui ; non ! 12:30", Lang::Fr);
        assert_eq!(set, "Quoi\u{202f}? «\u{202f}L’accès\u{202f}»\u{202f}: oui\u{202f}; non\u{202f}! 12:30");
        assert_eq!(typeset("It's \"so\": yes...", Lang::En), "It’s \"so\": yes…");
    }

    #[test]
    fn numbers_dates_and_sizes_follow_the_language() {
        for (text, fr, en) in
            [("7", "7", "7"), ("3650", "3\u{202f}650", "3,650"), ("200000", "200\u{202f}000", "200,000")]
        {
            assert_eq!((number(text, Lang::Fr).as_str(), number(text, Lang::En).as_str()), (fr, en));
        }
        assert_eq!((number("", Lang::Fr).as_str(), number("-3650", Lang::En).as_str()), ("", "-3650"));
        assert_eq!(date("2026-03-01", Lang::Fr).as_deref(), Some("01/03/2026"));
        assert_eq!(date("2026-03-01", Lang::En).as_deref(), Some("1 March 2026"));
        assert_eq!(date("2026-02-30", Lang::Fr), None);
        assert_eq!(size("20971520", Lang::Fr), "20\u{a0}Mio");
        assert_eq!(size("65536", Lang::En), "64\u{a0}KiB");
        assert_eq!(
            (size("164", Lang::Fr), size("2147483648", Lang::En)),
            ("164\u{a0}octets".into(), "2\u{a0}GiB".into())
        );
    }

    #[test]
    fn a_list_reads_like_a_sentence() {
        assert_eq!(list(&["a", "b", "c"], Lang::Fr), "a, b et c");
        assert_eq!(
            (list(&["a", "b"], Lang::En), list(&["a"], Lang::En), list(&[], Lang::En)),
            ("a and b".into(), "a".into(), String::new())
        );
    }

    proptest! {
        #[test]
        fn an_excerpt_stays_on_one_short_line(value in any::<String>()) {
            let shown = excerpt(&value);
            prop_assert!(shown.chars().count() <= LONGEST_VALUE + 1);
            prop_assert!(!shown.chars().any(char::is_control));
        }
    }
}
