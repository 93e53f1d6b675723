//! Tells encodings apart that nothing declares: UTF-16 by where its zero bytes stand, UTF-8 by strictness, and
//! Windows-1252, ISO-8859-15 and Mac Roman by which of them reads most like names and addresses.
//!
//! The last three give a meaning to every byte, so only plausibility decides: each high byte is judged with its
//! neighbours, as French and its neighbours write. A general detector does not help here: the usual ones know neither
//! ISO-8859-15 nor Mac Roman. A tie is Windows-1252, by far the most frequent.

use super::TextEncoding;

/// UTF-8 with some damage is still UTF-8 while there is at least one sound character to this many broken ones. Legacy
/// text has sound sequences too, by chance, where two high bytes meet; but those read as Armenian or phonetic signs, and
/// only Western characters count.
const DAMAGED_BUT_UTF8: usize = 4;

/// UTF-16 without a byte-order mark: Western text has a zero in the high half of most pairs and in no low half.
pub(super) fn utf16(head: &[u8]) -> Option<TextEncoding> {
    let mut zeros = [0_usize; 2];
    for pair in head.as_chunks::<2>().0 {
        zeros[0] += usize::from(pair[0] == 0);
        zeros[1] += usize::from(pair[1] == 0);
    }
    let pairs = head.len() / 2;
    let mostly = |count: usize| count * 2 > pairs;
    match zeros {
        [0, high] if mostly(high) => Some(TextEncoding::Utf16Le),
        [high, 0] if mostly(high) => Some(TextEncoding::Utf16Be),
        _ => None,
    }
}

/// Judges a window that begins with a high byte, `before` being the ASCII byte it follows. `whole` says that the file
/// ends with the window; otherwise a sequence cut by its end is no evidence.
pub(super) fn by_high_bytes(before: u8, window: &[u8], whole: bool) -> TextEncoding {
    let mut sound = 0;
    let mut broken = 0;
    for chunk in window.utf8_chunks() {
        sound += chunk.valid().chars().filter(is_western).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    let cut_at_end = !whole && std::str::from_utf8(window).is_err_and(|error| error.error_len().is_none());
    if broken == usize::from(cut_at_end) || sound * DAMAGED_BUT_UTF8 >= broken {
        return TextEncoding::Utf8;
    }
    legacy(before, window)
}

/// Latin letters with accents, typographic marks, currencies.
fn is_western(sign: &char) -> bool {
    matches!(sign, '\u{A0}'..='\u{24F}' | '\u{2000}'..='\u{20CF}')
}

fn legacy(before: u8, window: &[u8]) -> TextEncoding {
    let mut best = (TextEncoding::Windows1252, i64::MIN);
    for encoding in [TextEncoding::Windows1252, TextEncoding::Iso8859_15, TextEncoding::MacRoman] {
        let score = plausibility(before, window, encoding);
        if score > best.1 {
            best = (encoding, score);
        }
    }
    best.0
}

fn plausibility(before: u8, window: &[u8], encoding: TextEncoding) -> i64 {
    let alphabet = alphabet(encoding);
    let read = |byte: u8| alphabet[usize::from(byte)];
    let mut score = 0;
    let mut last = before;
    for (at, byte) in window.iter().enumerate() {
        if !byte.is_ascii() {
            let next = window.get(at + 1).copied().unwrap_or(b' ');
            score += weight(read(last), read(*byte), read(next));
        }
        last = *byte;
    }
    score
}

fn alphabet(encoding: TextEncoding) -> [char; 256] {
    std::array::from_fn(|byte| {
        let byte = u8::try_from(byte).unwrap_or(b' ');
        let (text, _) = encoding.codec().decode_without_bom_handling(std::slice::from_ref(&byte));
        text.chars().next().unwrap_or(' ')
    })
}

/// How much one character, between its neighbours, looks like a line of a client list.
fn weight(before: char, it: char, after: char) -> i64 {
    let touches = before.is_alphabetic() || after.is_alphabetic();
    let inside = before.is_alphabetic() && after.is_alphabetic();
    match it {
        // No list of people holds control characters.
        '\u{80}'..='\u{9F}' => -10,
        // A capital inside a lower-case word: read in the wrong alphabet.
        _ if it.is_uppercase() && before.is_lowercase() => -4,
        'à' | 'À' if !touches => 2,
        // Cœur, sœur, œil; Windows-1252 has an Î where Mac Roman has an Œ, and no word goes on so after an Î.
        'œ' | 'Œ' if matches!(after, 'u' | 'U' | 'i' | 'I') => 6,
        'é' | 'è' | 'ê' | 'ë' | 'à' | 'â' | 'ç' | 'î' | 'ï' | 'ô' | 'û' | 'ù' | 'ü' | 'œ' if touches => 4,
        'É' | 'È' | 'Ê' | 'Ë' | 'À' | 'Â' | 'Ç' | 'Î' | 'Ï' | 'Ô' | 'Û' | 'Ù' | 'Ü' | 'Œ' if touches => 4,
        'ä' | 'ö' | 'ß' | 'á' | 'í' | 'ó' | 'ú' | 'ñ' | 'å' | 'ø' | 'æ' | 'ã' | 'õ' | 'ì' | 'ò' if touches => {
            2
        }
        'Ä' | 'Ö' | 'Á' | 'Í' | 'Ó' | 'Ú' | 'Ñ' | 'Å' | 'Ø' | 'Æ' | 'Ã' | 'Õ' | 'Š' | 'š' | 'Ž' | 'ž' if touches => {
            2
        }
        'º' | 'ª' | '°' | '²' | '€' | '\u{A0}' => 2,
        '’' if inside => 3,
        '’' | '‘' | '“' | '”' | '«' | '»' | '–' | '—' | '…' | '·' if !inside => 2,
        '½' | '¼' | '¾' if !touches => 1,
        _ if it.is_alphabetic() => -1,
        _ if touches => -3,
        _ => -1,
    }
}
