//! Texts that a form begins with, in French and English: the person changes them as they like.

use super::{lang::Lang, typography};
use chrono::NaiveDate;

/// That an issue did not come.
pub fn late_issue(issue: &str, product: &str, due_on: NaiveDate, lang: Lang) -> String {
    let day = typography::date(&due_on.to_string(), lang).unwrap_or_default();
    let template = match lang {
        Lang::Fr => "Je n'ai pas reçu « {issue} » (« {product} »), attendu le {day}.",
        Lang::En => "I did not receive “{issue}” (“{product}”), due on {day}.",
    };
    // The day first: a name may itself have braces in it.
    let typeset = typography::typeset(template, lang).replace("{day}", &day);
    typeset.replacen("{product}", product, 1).replacen("{issue}", issue, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b16_a_claim_about_a_late_issue_begins_with_a_sentence() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap_or_default();
        assert_eq!(
            late_issue("N° 2", "Revue", day, Lang::En),
            "I did not receive “N° 2” (“Revue”), due on 31 March 2026."
        );
        assert!(late_issue("N° 2", "Revue", day, Lang::Fr).starts_with("Je n’ai pas reçu «"));
    }
}
