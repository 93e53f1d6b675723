//! The text before it is parsed: how deep its brackets nest.
//!
//! The parser descends one call deeper for each bracket, and overflows the stack on a document of nothing but `{a`.
//! Strings and comments are skipped exactly as the grammar reads them, else a quote could hide brackets from us that the
//! parser sees. Where the two could differ (a string without its end) the text is refused, as the specification says.

/// The deepest nesting of `{`, `[` and `(` in the text, outside strings and comments.
///
/// # Errors
/// The byte where a string begins that does not end.
pub(super) fn nesting(text: &str) -> Result<u64, usize> {
    let bytes = text.as_bytes();
    let (mut at, mut open, mut deepest) = (0, 0_u64, 0_u64);
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'{' | b'[' | b'(' => {
                open += 1;
                deepest = deepest.max(open);
            }
            b'}' | b']' | b')' => open = open.saturating_sub(1),
            b'#' => at += bytes[at..].iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(bytes.len() - at),
            b'"' => at = string_end(bytes, at - 1).ok_or(at - 1)?,
            _ => {}
        }
    }
    Ok(deepest)
}

/// The byte after the string, or the block string, whose first quote is at `start`.
fn string_end(bytes: &[u8], start: usize) -> Option<usize> {
    let block = bytes[start..].starts_with(b"\"\"\"");
    let mut at = start + if block { 3 } else { 1 };
    loop {
        let rest = bytes.get(at..)?;
        at += match (block, rest) {
            (true, [b'\\', b'"', b'"', b'"', ..]) => 4,
            (true, [b'"', b'"', b'"', ..]) => return Some(at + 3),
            (false, [b'"', ..]) => return Some(at + 1),
            (false, [b'\\', _, ..]) => 2,
            (false, [b'\n' | b'\r', ..]) | (_, []) => return None,
            _ => 1,
        };
    }
}

/// Line and column, from 1, of a byte of the text, as the parser counts them (columns in characters).
pub(super) fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}
