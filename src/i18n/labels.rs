//! The names of fields and of choices, in French and English: those of the forms, the files and the help pages.
//!
//! One row a name, so that it cannot have one language without the other. Typed with plain apostrophes, set by
//! `typography.rs`. Knows no form: who shows a name asks for it by the API's name. Next: `messages.rs`, which uses them.

use super::lang::Lang;
use super::typography::typeset;
use std::collections::HashMap;
use std::sync::LazyLock;

/// The label of a field in the API's name, alone (`lastName`) or as a path (`address.postalCode`, `modules.2.name`).
/// A field without a label is answered as it is.
pub fn label(field: &str, lang: Lang) -> &str {
    let last = field.rsplit('.').find(|segment| segment.parse::<usize>().is_err()).unwrap_or(field);
    SET_FIELDS.get(&(last, lang)).map_or(last, String::as_str)
}

/// The label of a choice: `choice("AccessMode", "SUSPENDED", Lang::Fr)` is « Suspendu ». `None` when it has none.
pub fn choice(of: &str, value: &str, lang: Lang) -> Option<&'static str> {
    choices(of, lang).find(|(known, _)| *known == value).map(|(_, label)| label)
}

/// The choices of one kind in the order of the forms: value and label.
pub fn choices(of: &str, lang: Lang) -> impl Iterator<Item = (&'static str, &'static str)> {
    let rows = SET_CHOICES.get(of).into_iter().flatten();
    rows.map(move |(value, fr, en)| match lang {
        Lang::Fr => (*value, fr.as_str()),
        Lang::En => (*value, en.as_str()),
    })
}

static SET_FIELDS: LazyLock<HashMap<(&str, Lang), String>> = LazyLock::new(|| {
    let set = |field, lang, text| ((field, lang), typeset(text, lang));
    FIELDS.iter().flat_map(|(field, fr, en)| [set(*field, Lang::Fr, fr), set(*field, Lang::En, en)]).collect()
});

type SetChoices = HashMap<&'static str, Vec<(&'static str, String, String)>>;

static SET_CHOICES: LazyLock<SetChoices> = LazyLock::new(|| {
    let mut set = SetChoices::new();
    for (of, value, fr, en) in CHOICES {
        set.entry(of).or_default().push((value, typeset(fr, Lang::Fr), typeset(en, Lang::En)));
    }
    set
});

/// Field, French, English.
#[rustfmt::skip] // A row a field.
const FIELDS: &[(&str, &str, &str)] = &[
    // Tokens and deliveries.
    ("role", "Rôle", "Role"),
    ("types", "Types d'événement", "Kinds of event"),
    ("webhookId", "Webhook", "Webhook"),
    ("deliveryId", "Envoi", "Delivery"),

    // The account's provider of sign-ins.
    ("issuer", "Adresse du fournisseur", "Address of the provider"),
    ("clientId", "Identifiant chez le fournisseur", "Id at the provider"),
    ("clientSecret", "Secret du fournisseur", "Secret of the provider"),
    ("domains", "Domaines des adresses", "Domains of addresses"),
    ("firstSignIns", "Premières connexions admises", "First sign-ins let in"),
    ("asksSecondFactor", "Code demandé en plus", "Code asked for besides"),
    ("on", "Activé", "On"),

    // Journeys.
    ("contacts", "Contacts", "Contacts"),
    ("subscriptionIds", "Abonnements", "Subscriptions"),
    ("startSubscription", "Nouvel abonnement", "New subscription"),

    // Who.
    ("firstName", "Prénom", "First name"),
    ("lastName", "Nom", "Last name"),
    ("companyName", "Raison sociale", "Company"),
    ("email", "E-mail", "E-mail"),
    ("phone", "Téléphone", "Phone"),
    ("fax", "Fax", "Fax"),
    ("kind", "Type de contact", "Kind of contact"),
    ("profile", "Profil", "Profile"),
    ("status", "Statut", "Status"),
    ("permissions", "Autorisations", "Permissions"),
    ("importId", "Import", "Import"),
    ("externalId", "Identifiant externe", "External ID"),
    ("portalAccount", "Créer un compte administrateur (abonné)", "Create an administrator (subscriber) account"),
    ("registration", "Inscription sur l'app", "App registration"),
    ("registrationId", "Inscription sur l'app", "App registration"),
    ("emailVerified", "Adresse e-mail vérifiée", "E-mail address verified"),
    ("userId", "Utilisateur", "User"),
    ("device", "Appareil", "Device"),
    // Where.
    ("address", "Adresse", "Address"),
    ("line1", "Adresse (ligne 1)", "Address (line 1)"),
    ("line2", "Adresse (ligne 2)", "Address (line 2)"),
    ("line3", "Adresse (ligne 3)", "Address (line 3)"),
    ("postalCode", "Code postal", "Postal code"),
    ("city", "Ville", "City"),
    ("country", "Pays", "Country"),
    ("from", "À partir du", "From"),
    ("until", "Jusqu'au", "Until"),
    // Products.
    ("name", "Nom", "Name"),
    ("scopes", "Portées du jeton", "Scopes of the token"),
    ("expiresAt", "Fin de validité", "End of validity"),
    ("tokenId", "Jeton", "Token"),
    ("modules", "Modules", "Modules"),
    ("opensAfterDays", "Ouverture après (jours)", "Opens after (days)"),
    ("delivered", "Produit livré", "Delivered product"),
    ("dripClock", "Rythme de diffusion", "Drip clock"),
    ("orderEmail", "E-mail de commande", "Order e-mail"),
    ("subject", "Objet", "Subject"),
    ("body", "Texte", "Body"),
    // Accesses.
    ("mode", "Droits d'accès", "Access rights"),
    ("opening", "Accès au contenu numérique", "Access to digital content"),
    ("by", "Nombre", "Number"),
    ("unit", "Unité", "Unit"),
    ("date", "Date", "Date"),
    ("fromDate", "Date", "Date"),
    ("orderedOn", "Date de commande", "Order date"),
    ("sendOrderEmail", "Envoyer l'email associé au produit", "Send the product's e-mail"),
    ("accessibleSince", "Accessible depuis", "Accessible since"),
    // Claims, requests, links.
    ("issue", "Numéro", "Issue"),
    ("text", "Message", "Message"),
    ("reason", "Motif", "Reason"),
    ("confirm", "Confirmation", "Confirmation"),
    ("link", "Lien", "Link"),
    // Signing in.
    ("password", "Mot de passe", "Password"),
    ("currentPassword", "Mot de passe actuel", "Present password"),
    ("code", "Code", "Code"),
    ("sessionId", "Session", "Session"),
    ("ownerEmail", "E-mail du titulaire", "Owner's e-mail"),
    // Subscriptions.
    ("type", "Type d'abonnement", "Subscription type"),
    ("billing", "Facturation", "Billing"),
    ("startsOn", "Début", "Start"),
    ("endsOn", "Fin", "End"),
    ("state", "État du paiement", "Payment state"),
    ("occurredAt", "Date de l'opération", "Time of the operation"),
    // Accounts.
    ("timeZone", "Fuseau horaire", "Time zone"),
    ("locale", "Langue", "Language"),
    ("graceDays", "Jours de grâce", "Grace days"),
    ("deletionPolicy", "Suppression des contacts", "Deletion of contacts"),
    ("registrationPolicy", "Validation des inscriptions", "Validation of registrations"),
    ("source", "Nom de l'ERP", "Name of the ERP"),
    ("ownedFields", "Champs gérés par l'ERP", "Fields managed by the ERP"),
    ("everyMinutes", "Minutes entre deux synchronisations", "Minutes between synchronisations"),
    ("url", "Adresse", "Address"),
    ("driftId", "Écart", "Drift"),
    ("bearerToken", "Jeton d'accès à l'ERP", "Access token of the ERP"),
    ("accept", "Qui a raison", "Who is right"),
    ("records", "Enregistrements", "Records"),
    ("force", "Confirmer", "Confirm"),
    ("deleted", "Supprimé", "Deleted"),
    ("updatedAt", "Modifié le", "Changed at"),
    // What is referred to.
    ("id", "Identifiant", "ID"),
    ("accountId", "Compte", "Account"),
    ("contactId", "Contact", "Contact"),
    ("productId", "Produit", "Product"),
    ("moduleId", "Module", "Module"),
    ("subscriptionId", "Abonnement", "Subscription"),
    ("eventId", "Identifiant de l'opération", "ID of the operation"),
    ("claimId", "Réclamation", "Claim"),
    ("expectedVersion", "Version attendue", "Expected version"),
    ("idempotencyKey", "Clé d'idempotence", "Idempotency key"),
    ("minPosition", "Position minimale", "Minimal position"),
    ("asOf", "À la date du", "As of"),
    ("at", "À la date du", "At"),
    // Lists.
    ("search", "Recherche", "Search"),
    ("first", "Nombre par page", "Page length"),
    ("last", "Nombre par page", "Page length"),
    ("after", "Curseur de début", "Start cursor"),
    ("before", "Curseur de fin", "End cursor"),
    // Files.
    ("line", "Ligne", "Line"),
    ("column", "Colonne", "Column"),
    ("value", "Valeur", "Value"),
    ("error", "Erreur", "Error"),
];

/// Kind of choice, value, French, English; the order is that of the forms.
#[rustfmt::skip] // A row a choice.
const CHOICES: &[(&str, &str, &str, &str)] = &[
    ("AccessMode", "AUTOMATIC", "Automatique", "Automatic"),
    ("AccessMode", "ACTIVATED", "Activé", "Activated"),
    ("AccessMode", "SUSPENDED", "Suspendu", "Suspended"),

    ("ExportedList", "SUBSCRIBERS", "Abonnés", "Subscribers"),
    ("ExportedList", "CONTACTS", "Contacts", "Contacts"),

    ("OpeningKind", "FROM_ORDER_DATE", "À partir de la date de commande", "From the order date"),
    ("OpeningKind", "FULL", "Accès complet", "Full access"),
    ("OpeningKind", "ADVANCED", "Avancer l'accès", "Advance the access"),
    ("OpeningKind", "FROM_DATE", "À partir d'une date précise", "From a given date"),

    ("PeriodUnit", "DAYS", "Jours", "Days"),
    ("PeriodUnit", "MONTHS", "Mois", "Months"),
    ("PeriodUnit", "YEARS", "Années", "Years"),
    ("OnePeriod", "DAYS", "Jour", "Day"),
    ("OnePeriod", "MONTHS", "Mois", "Month"),
    ("OnePeriod", "YEARS", "An", "Year"),

    ("AnchorKind", "ORDER_DATE", "Date de commande", "Order date"),
    ("AnchorKind", "GRANT_DATE", "Date d'attribution", "Grant date"),
    ("AnchorKind", "CHOSEN_DATE", "Date choisie", "Chosen date"),

    ("AccessReason", "OPEN", "Ouvert", "Open"),
    ("AccessReason", "CONTACT_DELETED", "Contact supprimé", "Contact deleted"),
    ("AccessReason", "CONTACT_ERASED", "Données effacées", "Data erased"),
    ("AccessReason", "NOT_ACTIVE_MEMBER", "N'est pas membre actif", "Not an active member"),
    ("AccessReason", "AWAITING_VALIDATION", "En attente de validation", "Awaiting validation"),
    ("AccessReason", "REGISTRATION_REFUSED", "Inscription refusée", "Registration refused"),
    ("AccessReason", "NOT_GRANTED", "Aucun droit d'accès", "Not granted"),
    ("AccessReason", "SUSPENDED", "Accès suspendu", "Access suspended"),
    ("AccessReason", "NO_SUBSCRIPTION", "Aucun abonnement en cours", "No current subscription"),
    ("AccessReason", "NOT_YET_OPEN", "Pas encore ouvert", "Not open yet"),

    ("TokenRole", "ACCOUNT", "Programme du compte", "Program of the account"),
    ("TokenRole", "USER", "Utilisateur", "User"),
    ("TokenRole", "STAFF", "Assistance", "Support"),
    ("TokenRole", "OPERATOR", "Exploitant", "Operator"),

    ("TokenScope", "OWNER", "Tous les droits du titulaire", "All that the owner may"),
    ("TokenScope", "BILLING", "Facturation", "Billing"),
    ("TokenScope", "SUPPORT", "Assistance", "Support"),
    ("TokenScope", "DEPLOYMENT", "Déploiement", "Deployment"),
    ("TokenScope", "SYSTEM_CONFIGURATION", "Configuration du système", "System configuration"),
    ("TokenScope", "SECURITY", "Sécurité", "Security"),
    ("TokenScope", "OTHER", "Autres", "Other"),
    ("TokenScope", "ERP", "Envoi des fiches de l'ERP", "Sending records of the ERP"),
    ("TokenScope", "ACCESS_CHECK", "Vérification d'accès", "Checking access"),

    ("DeliveryChannel", "MAIL", "E-mail", "E-mail"),
    ("DeliveryChannel", "WEBHOOK", "Webhook", "Webhook"),
    ("DeliveryChannel", "CUSTOMER_SERVICE", "Service client", "Customer service"),

    ("DeliveryStatus", "QUEUED", "En attente", "Queued"),
    ("DeliveryStatus", "SENT", "Envoyé", "Sent"),
    ("DeliveryStatus", "ACKNOWLEDGED", "Pris en compte", "Acknowledged"),
    ("DeliveryStatus", "FAILED", "En échec", "Failed"),
    ("DeliveryStatus", "DROPPED", "Abandonné", "Dropped"),

    ("SubscriptionStanding", "SCHEDULED", "À venir", "To come"),
    ("SubscriptionStanding", "RUNNING", "En cours", "Running"),
    ("SubscriptionStanding", "PAUSED", "En pause", "Paused"),
    ("SubscriptionStanding", "CANCELLED", "Résilié", "Cancelled"),
    ("SubscriptionStanding", "ENDED", "Terminé", "Ended"),

    ("Gate", "CONTACT", "Contact", "Contact"),
    ("Gate", "VALIDATION", "Validation", "Validation"),
    ("Gate", "MODE", "Droits d'accès", "Access rights"),
    ("Gate", "OPENING", "Ouverture du contenu", "Content opening"),
    ("Gate", "DRIP", "Diffusion progressive", "Drip"),
    ("ImportPolicy", "REJECT_EVERYTHING", "Tout refuser à la première erreur", "Refuse everything at the first error"),
    ("ImportPolicy", "REJECT_FAILED_ROWS", "Laisser de côté les lignes en erreur", "Leave rows with errors out"),
    ("ImportPolicy", "IGNORE_FAILED", "Laisser de côté les valeurs en erreur", "Leave values with errors out"),

    ("ImportOutcome", "CREATED", "Créé", "Created"),
    ("ImportOutcome", "UPDATED", "Modifié", "Updated"),
    ("ImportOutcome", "UNCHANGED", "Inchangé", "Unchanged"),
    ("ImportOutcome", "DUPLICATE", "Répété dans le fichier", "Repeated in the file"),
    ("ImportOutcome", "REJECTED", "Refusé", "Rejected"),
    ("ImportOutcome", "LEFT_OUT", "Laissé de côté", "Left out"),
    ("ImportOutcome", "KEPT", "Conservé", "Kept"),

    ("ImportStatus", "PLANNED", "Préparé", "Planned"),
    ("ImportStatus", "APPLYING", "En cours", "Under way"),
    ("ImportStatus", "APPLIED", "Appliqué", "Applied"),
    ("ImportStatus", "CANCELLED", "Arrêté", "Cancelled"),
    ("ImportStatus", "UNDOING", "Annulation en cours", "Being undone"),
    ("ImportStatus", "UNDONE", "Annulé", "Undone"),

    ("ContactKind", "PERSON", "Personne", "Person"),
    ("ContactKind", "GROUP", "Groupe", "Group"),

    ("Profile", "CLIENT", "Client", "Client"),
    ("Profile", "CONTACT", "Contact", "Contact"),
    ("Profile", "GUEST", "Invité", "Guest"),

    ("MembershipStatus", "PENDING", "En attente", "Pending"),
    ("MembershipStatus", "INVITED", "Invitation envoyée", "Invitation sent"),
    ("MembershipStatus", "DECLINED", "Invitation refusée", "Declined"),
    ("MembershipStatus", "ACTIVE", "Actif", "Active"),
    ("MembershipStatus", "INACTIVE", "Inactif", "Inactive"),
    ("MembershipStatus", "EXPIRED", "Expiré", "Expired"),
    ("MembershipStatus", "REVOKED", "Invitation annulée", "Revoked"),

    ("Permission", "BILLING", "Facturation", "Billing"),
    ("Permission", "SUPPORT", "Assistance", "Support"),
    ("Permission", "DEPLOYMENT", "Déploiement", "Deployment"),
    ("Permission", "SYSTEM_CONFIGURATION", "Configuration du système", "System configuration"),
    ("Permission", "SECURITY", "Sécurité", "Security"),
    ("Permission", "OTHER", "Autres", "Other"),

    ("RegistrationStatus", "NOT_REGISTERED", "Pas inscrit sur l'App", "Not registered in the app"),
    ("RegistrationStatus", "PENDING_VALIDATION", "En attente de validation", "Awaiting validation"),
    ("RegistrationStatus", "REGISTERED", "Inscrit sur l'App", "Registered in the app"),
    ("RegistrationStatus", "REFUSED", "Inscription refusée", "Registration refused"),

    ("RegistrationListState", "WAITING", "Inscrits sans contact", "Registered, matching nobody"),
    ("RegistrationListState", "PENDING_VALIDATION", "En attente de validation", "Awaiting validation"),
    ("RegistrationListState", "REGISTERED", "Inscrits sur l'App", "Registered in the app"),
    ("RegistrationListState", "REFUSED", "Inscriptions refusées", "Refused registrations"),

    ("SignUpState", "WAITING", "En attente de son contact", "Waiting for its contact"),
    ("SignUpState", "MATCHED", "Rattachée à un contact", "Matched with a contact"),
    ("SignUpState", "TURNED_AWAY", "Écartée", "Turned away"),
    ("SignUpState", "REPLACED", "Remplacée par une autre", "Replaced by another"),
    ("SignUpState", "ERASED", "Effacée", "Erased"),

    ("Resemblance", "SAME_EMAIL", "Même adresse e-mail, non vérifiée", "Same e-mail address, not verified"),
    ("Resemblance", "SAME_NAME", "Même nom", "Same name"),
    ("Resemblance", "SAME_LAST_NAME", "Même nom de famille", "Same last name"),
    ("Resemblance", "SAME_PHONE", "Même téléphone", "Same phone"),
    ("Resemblance", "NEAR_EMAIL", "Adresse e-mail presque la même", "Nearly the same e-mail address"),

    ("PortalAccount", "NONE", "Non", "No"),
    ("PortalAccount", "SUBSCRIBER", "Abonné", "Subscriber"),
    ("PortalAccount", "ADMINISTRATOR", "Administrateur", "Administrator"),

    ("PortalRole", "SUBSCRIBER", "Abonné", "Subscriber"),
    ("PortalRole", "ADMINISTRATOR", "Administrateur", "Administrator"),

    ("ImpactAct", "SUSPEND", "Suspendre", "Suspend"),
    ("ImpactAct", "REMOVE_ACCESS", "Retirer l'accès", "Remove the access"),
    ("ImpactAct", "DELETE_CONTACT", "Supprimer le contact", "Delete the contact"),
    ("ImpactAct", "ERASE", "Effacer les données", "Erase the data"),
    ("ImpactAct", "DEACTIVATE", "Désactiver le contact", "Deactivate the contact"),
    ("ImpactAct", "ARCHIVE_PRODUCT", "Archiver le produit", "Archive the product"),

    ("DripClock", "CALENDAR_DAYS", "Jours du calendrier", "Calendar days"),
    ("DripClock", "ENTITLED_DAYS", "Jours d'accès", "Entitled days"),

    ("Billing", "RECURRING", "Renouvelé automatiquement", "Recurring"),
    ("Billing", "ONE_OFF", "Achat unique", "One-off"),

    ("PaymentState", "PAID", "Payé", "Paid"),
    ("PaymentState", "PAST_DUE", "En retard", "Past due"),
    ("PaymentState", "FAILED", "Échoué", "Failed"),

    ("ClaimStatus", "OPEN", "Ouverte", "Open"),
    ("ClaimStatus", "ANSWERED", "Répondue", "Answered"),
    ("ClaimStatus", "CLOSED", "Fermée", "Closed"),

    ("EmailStatus", "UNVERIFIED", "Non vérifiée", "Not verified"),
    ("EmailStatus", "VERIFIED", "Vérifiée", "Verified"),
    ("EmailStatus", "BOUNCED", "En erreur", "Bounced"),

    ("DeletionStatus", "REQUESTED", "Demandée", "Requested"),
    ("DeletionStatus", "APPROVED", "Approuvée", "Approved"),
    ("DeletionStatus", "REJECTED", "Refusée", "Rejected"),

    ("DeletionPolicy", "SELF", "Par le compte", "By the account"),
    ("DeletionPolicy", "ERP_ONLY", "Par l'ERP seulement", "By the ERP only"),
    ("DeletionPolicy", "SUPPORT_ONLY", "Par le support, sur demande", "By support, on request"),

    ("ErpField", "FIRST_NAME", "Prénom", "First name"),
    ("ErpField", "LAST_NAME", "Nom", "Last name"),
    ("ErpField", "COMPANY_NAME", "Raison sociale", "Company"),
    ("ErpField", "EMAIL", "E-mail", "E-mail"),
    ("ErpField", "PHONE", "Téléphone", "Phone"),
    ("ErpField", "FAX", "Fax", "Fax"),
    ("ErpField", "ADDRESS", "Adresse", "Address"),

    ("ErpStanding", "LINKED", "Dans l'ERP", "In the ERP"),
    ("ErpStanding", "GONE", "Disparu de l'ERP", "Gone from the ERP"),
    ("ErpStanding", "NONE", "Pas dans l'ERP", "Not in the ERP"),

    ("ErpSyncMode", "INCREMENTAL", "Ce qui a changé", "What changed"),
    ("ErpSyncMode", "FULL", "Tout", "Everything"),

    ("ErpAccept", "ERP", "L'ERP", "The ERP"),
    ("ErpAccept", "OURS", "Nos données", "Our data"),

    ("ErpDrift", "GONE", "Disparu de l'ERP", "Gone from the ERP"),
    ("ErpDrift", "EMAIL_TAKEN", "E-mail d'un autre contact", "E-mail of another contact"),
    ("ErpDrift", "UNVERIFIED_MATCH", "E-mail non vérifié", "E-mail not verified"),
    ("ErpDrift", "TOMBSTONED", "Données effacées", "Data erased"),

    ("RegistrationPolicy", "AUTOMATIC", "Automatique", "Automatic"),
    ("RegistrationPolicy", "MANUAL", "Par le compte", "By the account"),

    ("Grantor", "MANUAL", "À la main", "By hand"),
    ("Grantor", "SUBSCRIPTION", "Par un abonnement", "By a subscription"),

    ("Origin", "UI", "Interface", "Interface"),
    ("Origin", "API", "API", "API"),
    ("Origin", "IMPORT", "Import", "Import"),
    ("Origin", "ERP", "ERP", "ERP"),
    ("Origin", "POLICY", "Règle automatique", "Automatic rule"),
    ("Origin", "CLI", "Ligne de commande", "Command line"),

    ("ActorKind", "OPERATOR", "Exploitant", "Operator"),
    ("ActorKind", "TOKEN", "Jeton d'accès", "Access token"),
    ("ActorKind", "USER", "Utilisateur", "User"),
    ("ActorKind", "STAFF", "Support", "Support"),
    ("ActorKind", "LINK", "Lien reçu par e-mail", "Mailed link"),
    ("ActorKind", "SYSTEM", "Système", "System"),

    // Inside a sentence, so without a capital: « … mais un classeur Excel ».
    ("FileKind", "EXCEL_WORKBOOK", "un classeur Excel", "an Excel workbook"),
    ("FileKind", "OPEN_DOCUMENT", "un document LibreOffice", "a LibreOffice document"),
    ("FileKind", "WORD_DOCUMENT", "un document Word", "a Word document"),
    ("FileKind", "ZIP", "une archive ZIP", "a ZIP archive"),
    ("FileKind", "OLD_OFFICE", "un fichier Excel ou Word d'avant 2007", "an Excel or Word file from before 2007"),
    ("FileKind", "PDF", "un document PDF", "a PDF document"),
    ("FileKind", "GZIP", "un fichier compressé", "a compressed file"),
    ("FileKind", "RICH_TEXT", "un document RTF", "a rich text document"),
    ("FileKind", "WEB_PAGE", "une page web", "a web page"),
    ("FileKind", "XML", "un document XML", "an XML document"),
    ("FileKind", "UTF_32", "un texte en UTF-32", "text in UTF-32"),
    ("FileKind", "BINARY", "un fichier binaire", "binary data"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use domain::values;
    use std::collections::BTreeSet;

    #[test]
    fn every_value_of_the_rules_has_a_label_in_both_languages() {
        macro_rules! all {
            ($($list:ident),+) => { [$((stringify!($list), values::$list::ALL.iter().map(|v| v.as_str()).collect::<Vec<_>>())),+] };
        }
        for (of, values) in all!(
            AccessMode,
            PeriodUnit,
            ContactKind,
            Profile,
            MembershipStatus,
            RegistrationStatus,
            DripClock,
            Billing,
            PaymentState,
            EmailStatus,
            DeletionStatus,
            ClaimStatus,
            DeletionPolicy,
            RegistrationPolicy
        ) {
            let labelled: Vec<_> =
                choices(of, Lang::Fr).map(|(value, _)| value).filter(|value| *value != "NOT_REGISTERED").collect();
            assert_eq!(labelled, values, "{of}");
        }
    }

    #[test]
    fn no_name_stands_twice_and_none_is_empty() {
        let fields: BTreeSet<_> = FIELDS.iter().map(|(field, ..)| field).collect();
        let choices: BTreeSet<_> = CHOICES.iter().map(|(of, value, ..)| (of, value)).collect();
        assert_eq!((fields.len(), choices.len()), (FIELDS.len(), CHOICES.len()));
        let texts =
            FIELDS.iter().flat_map(|(_, fr, en)| [fr, en]).chain(CHOICES.iter().flat_map(|(_, _, fr, en)| [fr, en]));
        for text in texts {
            assert!(!text.is_empty() && text.trim() == *text && !text.contains(['{', '[', '’']), "{text}");
        }
    }

    #[test]
    fn a_field_is_named_by_the_end_of_its_path() {
        assert_eq!(label("lastName", Lang::Fr), "Nom");
        assert_eq!(label("input.address.postalCode", Lang::Fr), "Code postal");
        assert_eq!(label("modules.2.name", Lang::En), "Name");
        assert_eq!(label("modules.2", Lang::Fr), "Modules");
        assert_eq!(label("unheardOf", Lang::Fr), "unheardOf");
        assert_eq!((label("3", Lang::Fr), label("", Lang::Fr)), ("3", ""));
    }

    #[test]
    fn u4_the_export_s_columns_have_the_names_of_the_help_page() {
        let fields = ["id", "companyName", "lastName", "firstName", "email", "phone", "fax", "address"];
        let names: Vec<_> = fields.into_iter().skip(1).map(|field| label(field, Lang::Fr)).collect();
        assert_eq!(names, ["Raison sociale", "Nom", "Prénom", "E-mail", "Téléphone", "Fax", "Adresse"]);
    }

    #[test]
    fn k9_and_k14_modes_and_openings_have_the_names_of_the_help_page() {
        let labels = |of| choices(of, Lang::Fr).map(|(_, label)| label).collect::<Vec<_>>();
        assert_eq!(labels("AccessMode"), ["Automatique", "Activé", "Suspendu"]);
        let openings =
            ["À partir de la date de commande", "Accès complet", "Avancer l’accès", "À partir d’une date précise"];
        assert_eq!(labels("OpeningKind"), openings);
        assert_eq!(choice("AccessMode", "OPEN", Lang::Fr), None);
    }
}
