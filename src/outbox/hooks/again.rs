//! When to call a receiver once more that did not take a call: what it asks for itself (`Retry-After`, RFC 9110, section 10.2.3), within bounds.

use crate::{outbound::HeaderMap, outbox::Again};
use chrono::{DateTime, TimeDelta, Utc};

/// Longest time that a receiver may ask for: what waits is about people, and to be told within days.
const LONGEST: TimeDelta = TimeDelta::hours(24);

/// When to call again after an answer that is no success.
pub(super) fn after(status: u16, headers: &HeaderMap, now: DateTime<Utc>) -> Again {
    match status {
        // Gone for good, says the receiver.
        410 => Again::Never,
        429 | 503 => asked(headers, now).map_or(Again::Later, Again::NotBefore),
        _ => Again::Later,
    }
}

/// The time that a receiver asks for, in seconds or as a date; what is neither asks for nothing.
fn asked(headers: &HeaderMap, now: DateTime<Utc>) -> Option<TimeDelta> {
    let value = headers.get("retry-after")?.to_str().ok()?.trim();
    let wait = match value.parse::<u32>() {
        Ok(seconds) => TimeDelta::seconds(seconds.into()),
        // A number too large for that asks for too much; it gets the longest time.
        Err(_) if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) => LONGEST,
        Err(_) => DateTime::parse_from_rfc2822(value).ok()?.to_utc() - now,
    };
    Some(wait.clamp(TimeDelta::zero(), LONGEST))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn told(status: u16, value: &str) -> Again {
        let headers: HeaderMap = [("retry-after".parse().unwrap(), value.parse().unwrap())].into_iter().collect();
        after(status, &headers, "2026-03-31T10:00:00Z".parse().unwrap())
    }

    #[test]
    fn a_receiver_says_when_in_seconds_or_as_a_date_and_within_a_day() {
        for (value, seconds) in [
            ("0", 0),
            ("120", 120),
            (" 7 ", 7),
            ("Tue, 31 Mar 2026 10:05:00 GMT", 300),
            ("Tue, 31 Mar 2026 09:00:00 GMT", 0),
            ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
            ("4000000000", 86_400),
            ("99999999999999999999999999", 86_400),
        ] {
            for status in [429, 503] {
                assert_eq!(told(status, value), Again::NotBefore(TimeDelta::seconds(seconds)), "{value}");
            }
        }
        for nothing in ["", "-5", "1.5", "soon", "2026-03-31T10:05:00Z", "31 Mar"] {
            assert_eq!(told(503, nothing), Again::Later, "{nothing}");
        }
        assert_eq!(after(503, &HeaderMap::new(), DateTime::UNIX_EPOCH), Again::Later);
        assert_eq!((told(500, "120"), told(302, "120"), told(410, "120")), (Again::Later, Again::Later, Again::Never));
    }
}
