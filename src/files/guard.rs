//! The formula guard: a spreadsheet must show what a person typed, never compute it.
//!
//! Excel takes a CSV cell that begins with `=`, `+`, `-` or `@` (also after a tab or a carriage return) as a formula,
//! quoted or not. The export therefore puts one `'` before any value matching `^'*[=+\-@\t\r]`, and the import takes
//! one `'` off any value matching `^'+[=+\-@\t\r]`. Apostrophes already there are counted in, so the two are inverse
//! for every value: `=1` ↔ `'=1`, `'=1` ↔ `''=1`, and `'Aïcha` is left alone both ways.
//!
//! The price: in a file written by hand, a cell `'=1` means `=1` (as it does when typed into Excel), and who wants the
//! apostrophe itself writes `''=1`. XLSX cells have a type, so they need no guard.

/// True where the export adds an apostrophe.
pub(super) fn needs_guard(value: &str) -> bool {
    value.bytes().find(|byte| *byte != b'\'').is_some_and(starts_formula)
}

/// The value as sent, less the apostrophe an export would have added.
pub(super) fn strip(value: &str) -> &str {
    match value.strip_prefix('\'') {
        Some(rest) if needs_guard(rest) => rest,
        _ => value,
    }
}

fn starts_formula(byte: u8) -> bool {
    matches!(byte, b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r')
}
