//! Who an unmatched sign-up might be (row B9): how much a contact is like it. It only suggests; nothing is linked by likeness.

use super::events::SignedUpWho;
use crate::{
    contact::Details,
    text::{fold, words},
};

/// Digits at the end of a phone number that tell it: `01 23 45 67 89` and `+33 1 23 45 67 89` end alike.
const PHONE_DIGITS: usize = 9;
/// Letters of an e-mail that may differ, be missing or stand too many, or change places with the next.
const TYPOS: usize = 2;

/// In what a contact is like a sign-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resemblance {
    /// The same e-mail, not verified by the sign-up.
    SameEmail,
    /// First and last name, in either order.
    SameName,
    /// The last name alone.
    SameLastName,
    /// The same phone.
    SamePhone,
    /// An e-mail that differs by a slip of the hand, or only in its domain.
    NearEmail,
}

impl Resemblance {
    fn points(self) -> u32 {
        match self {
            Resemblance::SameEmail => 60,
            Resemblance::SameName => 50,
            Resemblance::SameLastName => 15,
            Resemblance::SamePhone => 40,
            Resemblance::NearEmail => 30,
        }
    }
}

/// How much a contact is like a sign-up, and in what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Likeness {
    /// Up to 100.
    pub score: u32,
    /// In what, most telling first.
    pub reasons: Vec<Resemblance>,
}

/// What a phone number is compared by: its last nine digits; none of one that has fewer than six.
pub fn phone_key(phone: &str) -> Option<String> {
    let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
    let from = digits.len().saturating_sub(PHONE_DIGITS);
    (digits.len() >= 6).then(|| digits[from..].iter().collect())
}

/// By what contacts like a sign-up are looked for: two words that both must be met, a phone, the beginning of an e-mail's words.
pub fn probe(who: &SignedUpWho) -> (Option<(String, String)>, Option<String>, Option<String>) {
    let names = words([&who.first_name, &who.last_name].into_iter().flatten().map(String::as_str));
    let pair = match names.as_slice() {
        [] => None,
        [one] => Some((one.clone(), one.clone())),
        // The two longest say most.
        many => {
            let mut by_length: Vec<&String> = many.iter().collect();
            by_length.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
            Some((by_length[0].clone(), by_length[1].clone()))
        }
    };
    let phone = who.phone.as_deref().and_then(phone_key);
    let start = who.email.as_ref().and_then(|email| {
        let local = fold(email.as_str().split('@').next().unwrap_or_default());
        // The longest word of the local part; a slip of the hand is seldom in its first four letters.
        let word = local.split(' ').max_by_key(|word| word.chars().count())?;
        let start: String = word.chars().take(4).collect();
        (start.chars().count() >= 3).then_some(start)
    });
    (pair, phone, start)
}

/// How much a contact is like a sign-up; none when it is too little to be shown.
pub fn resemblance(who: &SignedUpWho, contact: &Details) -> Option<Likeness> {
    let mut reasons = Vec::new();
    if let (Some(a), Some(b)) = (&who.email, &contact.email) {
        if a == b {
            reasons.push(Resemblance::SameEmail);
        } else if near(a.as_str(), b.as_str()) {
            reasons.push(Resemblance::NearEmail);
        }
    }
    let name =
        |first: &Option<String>, last: &Option<String>| words([first, last].into_iter().flatten().map(String::as_str));
    let (theirs, its) = (name(&who.first_name, &who.last_name), name(&contact.first_name, &contact.last_name));
    let last = |text: &Option<String>| text.as_deref().map(fold).filter(|t| !t.is_empty());
    if theirs.len() > 1 && theirs == its {
        reasons.push(Resemblance::SameName);
    } else if last(&who.last_name).is_some() && last(&who.last_name) == last(&contact.last_name) {
        reasons.push(Resemblance::SameLastName);
    }
    let phone = |text: &Option<String>| text.as_deref().and_then(phone_key);
    if phone(&who.phone).is_some() && phone(&who.phone) == phone(&contact.phone) {
        reasons.push(Resemblance::SamePhone);
    }
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.points()));
    let score = reasons.iter().map(|reason| reason.points()).sum::<u32>().min(100);
    (score >= Resemblance::NearEmail.points()).then_some(Likeness { score, reasons })
}

/// Whether one e-mail may be the other, mistyped: few letters apart, or the same before the `@` at another provider.
fn near(a: &str, b: &str) -> bool {
    let local = |email: &str| email.split('@').next().unwrap_or_default().to_owned();
    if local(a) == local(b) && local(a).len() >= 5 {
        return true;
    }
    a.len().abs_diff(b.len()) <= TYPOS && strsim::osa_distance(a, b) <= TYPOS
}
