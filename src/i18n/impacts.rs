//! What an act would do, as a sentence in French and English: « Ferme 3 produits pour 132 contacts, 2 réclamations ouvertes. »

use super::{lang::Lang, typography};

/// A number, counted up to a cap.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    /// As far as it was counted.
    pub number: i64,
    /// Whether there may be more.
    pub capped: bool,
}

/// What the sentence tells.
#[derive(Debug, Clone, Copy, Default)]
pub struct Told {
    /// Contacts it concerns.
    pub contacts: Counted,
    /// Products that would be closed.
    pub products: Counted,
    /// Complaints that are not closed.
    pub claims: Counted,
    /// Subscriptions that run.
    pub subscriptions: Counted,
    /// Whether a login would be closed.
    pub portal: bool,
}

/// The sentence about an act, by its word in the API.
pub fn sentence(act: &str, told: Told, lang: Lang) -> String {
    let count = |counted: Counted, [one, many]: [&str; 2]| {
        let plus = if counted.capped { "+" } else { "" };
        // French says one thing of none too.
        let single = !counted.capped && (counted.number == 1 || (lang == Lang::Fr && counted.number == 0));
        format!("{}{plus} {}", typography::number(&counted.number.to_string(), lang), if single { one } else { many })
    };
    let Told { contacts, products, claims, subscriptions, portal } = told;
    let fr = lang == Lang::Fr;
    let contacts = count(contacts, ["contact", "contacts"]);
    let none = products.number == 0;
    let products = count(products, if fr { ["produit", "produits"] } else { ["product", "products"] });
    let mut parts = vec![match (act, fr) {
        ("ARCHIVE_PRODUCT", true) => format!("Plus de nouvel accès ; gardé par {contacts}"),
        ("ARCHIVE_PRODUCT", false) => format!("No new access; kept by {contacts}"),
        ("ERASE", true) if none => "Efface les données pour toujours".to_owned(),
        ("ERASE", false) if none => "Erases the data for ever".to_owned(),
        ("ERASE", true) => format!("Efface les données pour toujours et ferme {products}"),
        ("ERASE", false) => format!("Erases the data for ever and closes {products}"),
        (_, true) if none => format!("Ne ferme aucun produit pour {contacts}"),
        (_, false) if none => format!("Closes no product for {contacts}"),
        (_, true) => format!("Ferme {products} pour {contacts}"),
        (_, false) => format!("Closes {products} for {contacts}"),
    }];
    if told.claims.number > 0 {
        let names = if fr { ["réclamation ouverte", "réclamations ouvertes"] } else { ["open claim", "open claims"] };
        parts.push(count(claims, names));
    }
    if told.subscriptions.number > 0 {
        let names = if fr {
            ["abonnement en cours", "abonnements en cours"]
        } else {
            ["live subscription", "live subscriptions"]
        };
        parts.push(count(subscriptions, names));
    }
    if portal {
        parts.push((if fr { "compte du portail fermé" } else { "portal account closed" }).to_owned());
    }
    typography::typeset(&format!("{}.", parts.join(", ")), lang)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b11_an_impact_reads_as_people_say_it() {
        let n = |number| Counted { number, capped: false };
        let told = Told { contacts: n(132), products: n(3), claims: n(2), ..Told::default() };
        assert_eq!(sentence("SUSPEND", told, Lang::Fr), "Ferme 3 produits pour 132 contacts, 2 réclamations ouvertes.");
        assert_eq!(sentence("SUSPEND", told, Lang::En), "Closes 3 products for 132 contacts, 2 open claims.");
        let told = Told { contacts: n(1), subscriptions: n(1), portal: true, ..Told::default() };
        let said = sentence("DELETE_CONTACT", told, Lang::En);
        assert_eq!(said, "Closes no product for 1 contact, 1 live subscription, portal account closed.");
        assert_eq!(
            sentence("SUSPEND", told, Lang::Fr).split(',').next(),
            Some("Ne ferme aucun produit pour 1 contact")
        );
        assert_eq!(sentence("ERASE", Told::default(), Lang::Fr), "Efface les données pour toujours.");
        let many = Told { contacts: Counted { number: 10_000, capped: true }, ..Told::default() };
        assert_eq!(sentence("ARCHIVE_PRODUCT", many, Lang::En), "No new access; kept by 10,000+ contacts.");
    }
}
