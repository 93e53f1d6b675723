//! Finds the separator: Excel's `sep=` line where there is one, else the candidate that cuts the first rows most alike.
//!
//! Each candidate cuts the sample with the real scanner, so separators inside quotes never count.

use super::super::rows::RowBlock;
use super::Limits;
use super::scan::RowScanner;

/// In this order where a tie must be broken.
const CANDIDATES: [u8; 4] = [b';', b',', b'\t', b'|'];

/// Rows looked at.
const ROWS: usize = 50;

/// A first line `sep=;` (any one ASCII sign, as Excel takes it): the separator, and the bytes the line takes.
pub(super) fn told(sample: &str) -> Option<(u8, usize)> {
    let end = sample.find(['\r', '\n'])?;
    let line = &sample[..end];
    let bare = line.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(line);
    let sign = match bare.as_bytes() {
        [s, e, p, b'=', sign] if [s, e, p].map(u8::to_ascii_lowercase) == *b"sep" => *sign,
        _ => return None,
    };
    if !sign.is_ascii() || sign.is_ascii_alphanumeric() || matches!(sign, b'"' | b'\'' | b'@' | b'-' | b'_' | b' ') {
        return None;
    }
    let line_break = if sample[end..].starts_with("\r\n") { 2 } else { 1 };
    Some((sign, end + line_break))
}

/// The most likely separator of `sample`; `whole` says that the file ends with it.
pub(super) fn sniff(sample: &str, whole: bool, limits: &Limits) -> u8 {
    let mut best = (CANDIDATES[0], (0, 0));
    for candidate in CANDIDATES {
        let widths = widths(sample, whole, candidate, limits);
        // All blank: nothing but this separator and white space.
        let Some(header) = widths.first() else { return candidate };
        let alike = widths.iter().filter(|width| *width == header).count();
        // Separators that agree with the header count most; where no candidate has any, the one that cuts nothing.
        let score = (alike * (header - 1), alike);
        if score > best.1 {
            best = (candidate, score);
        }
    }
    best.0
}

/// Cells of each of the first rows that are not blank.
fn widths(sample: &str, whole: bool, separator: u8, limits: &Limits) -> Vec<usize> {
    let mut scanner = RowScanner::new(separator, 1, limits);
    let mut block = RowBlock::default();
    let mut widths = Vec::new();
    let mut at = 0;
    while widths.len() < ROWS {
        let mut ended = false;
        let mut row = scanner.scan(sample, &mut at, &mut block);
        if matches!(row, Ok(None)) {
            ended = true;
            row = if whole { scanner.finish(&mut block) } else { Ok(None) };
        }
        let Ok(Some(_)) = row else { break };
        block.close_row(0, 0, None);
        if !block.is_blank(0) {
            widths.push(block.row(0).map_or(0, |row| row.width()));
        }
        block.clear();
        if ended {
            break;
        }
    }
    widths
}
