//! A sentence for each thing that a gate of the access decision can say, in French and English.
//!
//! One row a code, so that none can have one language without the other; a code without a row fails a test. Composed like `messages.rs`: parts in
//! square brackets need their values.

use super::{lang::Lang, messages::compose, typography::typeset};
use std::{collections::HashMap, sync::LazyLock};

/// The sentence of a verdict's code. A code that is not known is answered as it is.
pub fn sentence(code: &str, lang: Lang, params: &[(&str, String)]) -> String {
    SET.get(&(code, lang)).map_or_else(|| code.to_owned(), |template| compose(template, lang, params))
}

static SET: LazyLock<HashMap<(&str, Lang), String>> = LazyLock::new(|| {
    let set = |code, lang, text| ((code, lang), typeset(text, lang));
    VERDICTS.iter().flat_map(|(code, fr, en)| [set(*code, Lang::Fr, fr), set(*code, Lang::En, en)]).collect()
});

/// Code, French, English.
#[rustfmt::skip] // A row a code: the two languages stand under one another.
const VERDICTS: &[(&str, &str, &str)] = &[
    // Gate 1: the contact.
    ("MEMBER",
     "Le contact fait partie du compte[ (profil {profile}, statut {status})].",
     "The contact belongs to the account[ (profile {profile}, status {status})]."),
    ("NOT_ACTIVE_MEMBER",
     "Le contact n'est pas un membre actif[ (profil {profile}, statut {status})].",
     "The contact is not an active member[ (profile {profile}, status {status})]."),
    ("UNKNOWN_CONTACT",
     "Le contact n'était pas enregistré.",
     "The contact was not recorded."),
    ("CONTACT_DELETED",
     "Le contact a été supprimé.",
     "The contact was deleted."),
    ("CONTACT_ERASED",
     "Les données personnelles du contact ont été effacées.",
     "The personal data of the contact were erased."),
    // Gate 2: validation.
    ("NO_REGISTRATION",
     "Le contact ne s'est pas inscrit sur l'app : rien n'est à valider.",
     "The contact has not registered in the app: there is nothing to validate."),
    ("REGISTERED",
     "L'inscription sur l'app est validée.",
     "The registration in the app was let in."),
    ("AWAITING_VALIDATION",
     "L'inscription sur l'app attend d'être validée.",
     "The registration in the app awaits validation."),
    ("REGISTRATION_REFUSED",
     "L'inscription sur l'app a été refusée.",
     "The registration in the app was refused."),
    // Gate 3: the mode.
    ("ACTIVATED",
     "L'accès est activé, quels que soient les paiements et les abonnements.",
     "The access is activated, whatever the payments and subscriptions."),
    ("SUBSCRIPTION_ENTITLES",
     "Un abonnement donne droit à l'accès[, jusqu'au {date}].",
     "A subscription entitles to the access[, until {date}]."),
    ("NOT_GRANTED",
     "Aucun droit d'accès n'a été donné.",
     "No access was granted."),
    ("UNKNOWN_PRODUCT",
     "Ce produit n'existait pas.",
     "There was no such product."),
    ("REMOVED",
     "Le droit d'accès a été retiré.",
     "The access was removed."),
    ("SUSPENDED",
     "L'accès est suspendu, quels que soient les paiements et les abonnements.",
     "The access is suspended, whatever the payments and subscriptions."),
    ("NO_SUBSCRIPTION",
     "L'accès est automatique, et aucun abonnement ne compte pour lui.",
     "The access is automatic, and no subscription counts for it."),
    ("SUBSCRIPTION_DETACHED",
     "L'accès est automatique, et l'abonnement a été détaché du contact.",
     "The access is automatic, and the subscription was detached from the contact."),
    ("SUBSCRIPTION_NOT_BEGUN",
     "L'accès est automatique, et l'abonnement n'a pas commencé[ ; il commence le {date}].",
     "The access is automatic, and the subscription has not begun[; it begins on {date}]."),
    ("SUBSCRIPTION_ENDED",
     "L'accès est automatique, et l'abonnement est terminé[ depuis le {date}].",
     "The access is automatic, and the subscription is over[ since {date}]."),
    ("SUBSCRIPTION_CANCELLED",
     "L'accès est automatique, et l'abonnement résilié est terminé[ depuis le {date}].",
     "The access is automatic, and the cancelled subscription is over[ since {date}]."),
    ("SUBSCRIPTION_PAUSED",
     "L'accès est automatique, et l'abonnement est en pause.",
     "The access is automatic, and the subscription is paused."),
    ("PAYMENT_FAILED",
     "L'accès est automatique, et le paiement de l'abonnement a échoué.",
     "The access is automatic, and the payment of the subscription failed."),
    ("PAYMENT_OVERDUE",
     "L'accès est automatique, et le paiement de l'abonnement est en retard au-delà des jours de grâce[, depuis le {date}].",
     "The access is automatic, and the payment of the subscription is late beyond the grace days[, since {date}]."),
    // Gate 4: the opening.
    ("NOTHING_TO_OPEN",
     "Sans droit d'accès, rien ne s'ouvre.",
     "Without access, nothing opens."),
    ("FROM_ORDER_DATE",
     "Le contenu s'ouvre à partir de la date de commande[ : {date}][ ({anchor})].",
     "The content opens from the order date[: {date}][ ({anchor})]."),
    ("FULL",
     "Accès complet : tout le contenu est ouvert[ depuis le {date}].",
     "Full access: all content is open[ since {date}]."),
    ("ADVANCED",
     "L'accès est avancé[ de {by} {unit}][ : {date} au lieu de {planned}][ ; le jour reste le même, le {kept}].",
     "The access is advanced[ by {by} {unit}][: {date} instead of {planned}][; the day stays the same, {kept}]."),
    ("FROM_DATE",
     "Le contenu s'ouvre à partir d'une date précise[ : {date}].",
     "The content opens from a given date[: {date}]."),
    // Gate 5: the modules.
    ("NO_MODULES",
     "Le produit n'a pas de module.",
     "The product has no modules."),
    ("MODULES_OPENED",
     "Tous les modules sont ouverts[ ({count})].",
     "All modules are open[ ({count})]."),
    ("MODULES_TO_COME",
     "[modules ouverts : {opened} sur {count} ; ]des modules sont encore à venir[, le prochain le {date}].",
     "[{opened} of {count} open: ]some modules are still to come[; the next on {date}]."),
];

#[cfg(test)]
mod tests {
    use super::*;
    use domain::access::Detail;
    use std::collections::BTreeSet;

    #[test]
    fn everything_a_gate_can_say_has_a_sentence() {
        let told: BTreeSet<_> = VERDICTS.iter().map(|(code, ..)| *code).collect();
        assert_eq!(told, Detail::CODES.iter().copied().collect());
        assert_eq!(told.len(), VERDICTS.len());
    }

    #[test]
    fn k18_a_date_to_come_is_said_in_the_readers_language() {
        let params = [("date", "2026-09-01".to_owned())];
        assert_eq!(
            sentence("FROM_DATE", Lang::Fr, &params),
            "Le contenu s’ouvre à partir d’une date précise\u{202f}: 01/09/2026."
        );
        assert_eq!(sentence("FROM_DATE", Lang::En, &[]), "The content opens from a given date.");
    }
}
