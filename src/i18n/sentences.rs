//! A sentence for each kind of event, in French and English: what the audit trail tells people.
//!
//! One row a kind, so that none can have one language without the other; a kind without a row fails a test. Sentences name products and choices,
//! never a person: whom it happened to stands beside them. Composed like `messages.rs`: parts in square brackets need their values.

use super::{lang::Lang, messages::compose, typography::typeset};
use std::{collections::HashMap, sync::LazyLock};

/// The sentence of an event of this stored name. A name that is not known is answered as it is.
pub fn sentence(type_name: &str, lang: Lang, params: &[(&str, String)]) -> String {
    SET.get(&(type_name, lang)).map_or_else(|| type_name.to_owned(), |template| compose(template, lang, params))
}

static SET: LazyLock<HashMap<(&str, Lang), String>> = LazyLock::new(|| {
    let set = |name, lang, text| ((name, lang), typeset(text, lang));
    SENTENCES.iter().flat_map(|(name, fr, en)| [set(*name, Lang::Fr, fr), set(*name, Lang::En, en)]).collect()
});

/// Stored name, French, English.
#[rustfmt::skip] // A row an event: the two languages stand under one another.
const SENTENCES: &[(&str, &str, &str)] = &[
    ("account.opened.v1",
     "Compte ouvert",
     "Account opened"),
    ("account.renamed.v1",
     "Compte renommé[ en « {value} »]",
     "Account renamed[ to “{value}”]"),
    ("account.policies_set.v1",
     "Règles du compte modifiées",
     "Account policies changed"),

    ("contact.added.v1",
     "Contact ajouté[ ({kind_of})]",
     "Contact added[ ({kind_of})]"),
    ("contact.edited.v1",
     "Coordonnées modifiées[ : {missing}]",
     "Details changed[: {missing}]"),
    ("contact.email_changed.v1",
     "Adresse e-mail modifiée",
     "E-mail address changed"),
    ("contact.kind_converted.v1",
     "Type de contact changé[ en « {kind_of} »]",
     "Kind of contact changed[ to “{kind_of}”]"),
    ("contact.delivery_address_set.v1",
     "Adresse de livraison modifiée[, à partir du {min}][, jusqu'au {max}]",
     "Delivery address changed[, from {min}][, until {max}]"),
    ("contact.labelled.v1",
     "Étiquette[ « {value} »] posée par un import",
     "Label[ “{value}”] put by an import"),
    ("contact.unlabelled.v1",
     "Étiquette d'un import retirée",
     "Label of an import taken off"),
    ("contact.deleted.v1",
     "Contact supprimé",
     "Contact deleted"),
    ("contact.erased.v1",
     "Données personnelles effacées",
     "Personal data erased"),

    ("access.granted.v1",
     "Droit d'accès donné[ à « {product} »][, mode {mode}][, {opening}][, {grantor}]",
     "Access granted[ to “{product}”][, mode {mode}][, {opening}][, {grantor}]"),
    ("access.mode_set.v1",
     "Mode d'accès[ à « {product} »] passé[ à {mode}]",
     "Access mode[ of “{product}”] set[ to {mode}]"),
    ("access.opening_set.v1",
     "Accès au contenu[ de « {product} »] modifié[ : {opening}]",
     "Access to the content[ of “{product}”] changed[: {opening}]"),
    ("access.order_date_set.v1",
     "Date de commande[ de « {product} »] modifiée[ : {date}]",
     "Order date[ of “{product}”] changed[: {date}]"),
    ("access.removed.v1",
     "Droit d'accès[ à « {product} »] retiré",
     "Access[ to “{product}”] removed"),
    ("contact.subscription_attached.v1",
     "Abonnement[ à « {product} »] rattaché au contact",
     "Subscription[ to “{product}”] attached to the contact"),
    ("contact.subscription_detached.v1",
     "Abonnement[ à « {product} »] détaché du contact",
     "Subscription[ to “{product}”] detached from the contact"),

    ("membership.invited.v1",
     "Invitation envoyée",
     "Invitation sent"),
    ("membership.accepted.v1",
     "Invitation acceptée",
     "Invitation accepted"),
    ("membership.declined.v1",
     "Invitation refusée",
     "Invitation declined"),
    ("membership.revoked.v1",
     "Invitation retirée",
     "Invitation revoked"),
    ("membership.permissions_set.v1",
     "Autorisations modifiées[ : {value}]",
     "Permissions changed[: {value}]"),
    ("membership.deactivated.v1",
     "Contact désactivé",
     "Contact deactivated"),
    ("membership.reactivated.v1",
     "Contact réactivé",
     "Contact reactivated"),
    ("membership.profile_set.v1",
     "Profil changé[ en « {value} »]",
     "Profile changed[ to “{value}”]"),
    ("membership.expiry_set.v1",
     "Fin de l'accès au compte modifiée[ : {date}]",
     "End of access to the account changed[: {date}]"),
    ("membership.user_linked.v1",
     "Contact relié à son utilisateur",
     "Contact linked to its user"),
    ("membership.left.v1",
     "Compte quitté par l'invité",
     "Account left by the guest"),
    ("email.verification_requested.v1",
     "Vérification de l'adresse e-mail demandée",
     "Verification of the e-mail address requested"),
    ("email.verified.v1",
     "Adresse e-mail vérifiée",
     "E-mail address verified"),
    ("email.bounced.v1",
     "E-mail revenu en erreur",
     "E-mail bounced"),
    ("deletion.requested.v1",
     "Suppression demandée au support",
     "Deletion requested from support"),
    ("deletion.approved.v1",
     "Suppression approuvée par le support",
     "Deletion approved by support"),
    ("deletion.rejected.v1",
     "Suppression refusée par le support",
     "Deletion rejected by support"),
    ("portal.opened.v1",
     "Compte[ {value}] ouvert sur le portail",
     "Portal account opened[ as {value}]"),
    ("portal.closed.v1",
     "Compte du portail fermé",
     "Portal account closed"),
    ("claim.opened.v1",
     "Réclamation ouverte[, numéro {value}]",
     "Claim opened[, issue {value}]"),
    ("claim.answered.v1",
     "Réclamation : réponse donnée",
     "Claim answered"),
    ("claim.closed.v1",
     "Réclamation close",
     "Claim closed"),
    ("claim.reopened.v1",
     "Réclamation rouverte",
     "Claim reopened"),
    ("app.invited.v1",
     "Invitation à l'application envoyée",
     "Invitation to the app sent"),
    ("app.registration_linked.v1",
     "Inscription sur l'application rattachée[ ({value})]",
     "App registration linked[ ({value})]"),
    ("app.device_recorded.v1",
     "Nouvel appareil[ : {value}]",
     "New device[: {value}]"),
    ("app.registration_validated.v1",
     "Inscription sur l'application validée",
     "App registration validated"),
    ("app.registration_refused.v1",
     "Inscription sur l'application refusée",
     "App registration refused"),
    ("erp.linked.v1",
     "Fiche rattachée à l'ERP[ « {value} »]",
     "Linked to its record in the ERP[ “{value}”]"),
    ("erp.gone.v1",
     "Client disparu de l'ERP",
     "Gone from the ERP"),
    ("erp.returned.v1",
     "Client de retour dans l'ERP",
     "Back in the ERP"),
    ("erp.email_kept.v1",
     "Adresse e-mail de l'ERP écartée, celle d'ici est gardée",
     "The ERP's e-mail address was set aside, ours is kept"),
    ("erp.match_declined.v1",
     "Un client de l'ERP avec la même adresse e-mail est une autre personne",
     "A record of the ERP with the same e-mail address is someone else"),
    ("account.erp_connected.v1",
     "ERP[ « {value} »] connecté",
     "ERP[ “{value}”] connected"),
    ("account.erp_ownership_set.v1",
     "Champs gérés par l'ERP modifiés",
     "Fields managed by the ERP changed"),
    ("account.erp_disconnected.v1",
     "ERP déconnecté",
     "ERP disconnected"),

    ("user.registered.v1",
     "Utilisateur inscrit",
     "User registered"),
    ("user.email_verified.v1",
     "Adresse e-mail de l'utilisateur vérifiée",
     "E-mail address of the user verified"),
    ("user.erased.v1",
     "Données personnelles de l'utilisateur effacées",
     "Personal data of the user erased"),

    ("registration.signed_up.v1",
     "Inscription sur l'application sans contact correspondant[ ({value})]",
     "App registration without a matching contact[ ({value})]"),
    ("registration.matched.v1",
     "Inscription rattachée à un contact",
     "Registration matched with a contact"),
    ("registration.turned_away.v1",
     "Inscription écartée",
     "Registration turned away"),
    ("registration.erased.v1",
     "Données personnelles de l'inscription effacées",
     "Personal data of the registration erased"),

    ("import.planned.v1",
     "Import préparé[ : {count} lignes]",
     "Import planned[: {count} rows]"),
    ("import.started.v1",
     "Import lancé",
     "Import started"),
    ("import.progressed.v1",
     "Import en cours[ : {count} lignes traitées]",
     "Import under way[: {count} rows done]"),
    ("import.applied.v1",
     "Import appliqué[ : {count} lignes traitées]",
     "Import applied[: {count} rows done]"),
    ("import.cancelled.v1",
     "Import arrêté",
     "Import cancelled"),
    ("import.undo_started.v1",
     "Annulation de l'import lancée",
     "Undoing of the import started"),
    ("import.undo_progressed.v1",
     "Annulation de l'import en cours[ : {count} lignes traitées]",
     "Undoing of the import under way[: {count} rows done]"),
    ("import.undone.v1",
     "Import annulé",
     "Import undone"),

    ("product.created.v1",
     "Produit créé[ : « {value} »]",
     "Product created[: “{value}”]"),
    ("product.renamed.v1",
     "Produit renommé[ en « {value} »]",
     "Product renamed[ to “{value}”]"),
    ("product.modules_set.v1",
     "Modules modifiés[ ({count})]",
     "Modules changed[ ({count})]"),
    ("product.order_email_set.v1",
     "E-mail de commande modifié",
     "Order e-mail changed"),
    ("product.archived.v1",
     "Produit archivé",
     "Product archived"),
    ("product.restored.v1",
     "Produit restauré",
     "Product restored"),

    ("subscription.started.v1",
     "Abonnement[ « {value} »][ à « {product} »] commencé[, du {min}][ au {max}]",
     "Subscription[ “{value}”][ to “{product}”] started[, from {min}][ to {max}]"),
    ("subscription.renewed.v1",
     "Abonnement[ à « {product} »] renouvelé[, du {min}][ jusqu'au {max}]",
     "Subscription[ to “{product}”] renewed[, from {min}][ until {max}]"),
    ("subscription.paused.v1",
     "Abonnement[ à « {product} »] mis en pause",
     "Subscription[ to “{product}”] paused"),
    ("subscription.resumed.v1",
     "Abonnement[ à « {product} »] repris",
     "Subscription[ to “{product}”] resumed"),
    ("subscription.cancelled.v1",
     "Abonnement[ à « {product} »] résilié[, jusqu'au {max}]",
     "Subscription[ to “{product}”] cancelled[, until {max}]"),
    ("subscription.payment_recorded.v1",
     "Paiement de l'abonnement[ à « {product} »][ : {payment}][, depuis le {date}]",
     "Payment of the subscription[ to “{product}”][: {payment}][, since {date}]"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_kind_of_event_has_a_sentence_and_no_other() {
        let told: BTreeSet<_> = SENTENCES.iter().map(|(name, ..)| *name).collect();
        assert_eq!(told, domain::Event::types().collect());
        assert_eq!(told.len(), SENTENCES.len());
        for (name, fr, en) in SENTENCES {
            for text in [fr, en] {
                let outside: String = text
                    .split('[')
                    .enumerate()
                    .map(|(n, part)| if n == 0 { part } else { part.split_once(']').map_or("", |(_, rest)| rest) })
                    .collect();
                assert!(!outside.contains('{'), "{name}: a value stands outside of a part that can be left out");
            }
        }
    }

    #[test]
    fn k12_a_suspension_reads_as_people_say_it() {
        let params = [("product", "Yoga".to_owned()), ("mode", "Suspendu".to_owned())];
        let said = sentence("access.mode_set.v1", Lang::Fr, &params);
        assert_eq!(said, "Mode d’accès à «\u{202f}Yoga\u{202f}» passé à Suspendu");
        assert_eq!(
            sentence("contact.edited.v1", Lang::En, &[("missing", "lastName,fax".into())]),
            "Details changed: Last name and Fax"
        );
        assert_eq!(sentence("something.new.v1", Lang::En, &[]), "something.new.v1");
    }
}
