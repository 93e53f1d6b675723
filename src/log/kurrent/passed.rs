//! What was looked through without finding anything of ours: on a server that others write to, the next look need not pass over it again.

use crate::log::streams::Place;

/// Looks in a row that find nothing before the end is asked for, so that the next ones begin there.
const PATIENT: u32 = 8;

/// After `from`, up to and with `until`, nothing is ours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Passed {
    from: Place,
    until: Place,
    /// Looks in a row that found nothing.
    empty: u32,
}

impl Passed {
    /// Where to begin looking for what comes after a place.
    pub fn begin(&self, after: Place) -> Place {
        if self.from <= after && after < self.until { self.until } else { after }
    }

    /// Whether it is time to ask for the end, before looking.
    pub fn asks_for_the_end(&self) -> bool {
        self.empty % PATIENT == PATIENT - 1
    }

    /// Notes a look after a place: whether it found anything, and the end as it was before it, if that was asked for.
    pub fn looked(&mut self, after: Place, found: bool, end: Option<Place>) {
        if found {
            self.empty = 0;
            return;
        }
        self.empty = self.empty.wrapping_add(1);
        let Some(end) = end.filter(|end| *end > after) else { return };
        if !(self.from <= after && after <= self.until) {
            self.from = after;
        }
        self.until = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(n: u64) -> Place {
        Place(n, n)
    }

    #[test]
    fn what_was_passed_is_passed_once() {
        let mut passed = Passed::default();
        assert_eq!(passed.begin(at(5)), at(5));
        passed.looked(at(5), false, Some(at(90)));
        assert_eq!((passed.begin(at(5)), passed.begin(at(4)), passed.begin(at(90))), (at(90), at(4), at(90)));
        // The next stretch is joined to it.
        passed.looked(at(5), false, Some(at(200)));
        assert_eq!((passed.begin(at(5)), passed.begin(at(90)), passed.begin(at(4))), (at(200), at(200), at(4)));
        // Somebody who reads from the start again passes over everything again.
        assert_eq!(passed.begin(Place::default()), Place::default());
        // Something of ours came: what comes after it was not looked through.
        passed.looked(at(5), true, None);
        assert_eq!(passed.begin(at(300)), at(300));
        passed.looked(at(300), false, Some(at(310)));
        assert_eq!((passed.begin(at(300)), passed.begin(at(5))), (at(310), at(5)));
    }

    #[test]
    fn the_end_is_asked_for_now_and_then_while_nothing_is_found() {
        let mut passed = Passed::default();
        let asked: Vec<bool> = (0..16)
            .map(|_| {
                let asks = passed.asks_for_the_end();
                passed.looked(at(1), false, None);
                asks
            })
            .collect();
        assert_eq!(asked.iter().filter(|asks| **asks).count(), 2);
        passed.looked(at(1), true, None);
        assert!(!passed.asks_for_the_end());
    }
}
