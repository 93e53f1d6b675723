//! What to do about something that cannot be done, a whole sentence a word; and why a date is not taken, as a part of one.
//!
//! One row a word of the rules (`domain::remedy`), so that none can be without a text in either language: a test counts them. Typed as `messages.rs` is.

use super::{lang::Lang, typography::typeset};

/// The sentence of a remedy, by its word; none for any other word.
pub fn remedy(word: &str, lang: Lang) -> Option<String> {
    found(REMEDIES, word, lang)
}

/// Why a date is not taken, by its word, likewise.
pub fn why(word: &str, lang: Lang) -> Option<String> {
    found(WHYS, word, lang)
}

fn found(rows: &[(&str, &str, &str)], word: &str, lang: Lang) -> Option<String> {
    let (_, fr, en) = rows.iter().find(|(known, ..)| *known == word)?;
    Some(typeset(if lang == Lang::Fr { fr } else { en }, lang))
}

/// Word, French, English.
#[rustfmt::skip] // A row a word: the two languages stand under one another.
const REMEDIES: &[(&str, &str, &str)] = &[
    ("CONVERT_TO_PERSON",
     "Un groupe ne se connecte pas : faites-en d'abord une personne.",
     "A group does not sign in: make it a person first."),
    ("DELETE_CONTACT",
     "Ce compte supprime ses contacts lui-même : supprimez-le.",
     "This account deletes its contacts itself: delete it."),
    ("OPEN_PORTAL_ACCOUNT",
     "Aucun compte du portail n'est ouvert : ouvrez-en un d'abord.",
     "No portal account is open: open one first."),
    ("CLOSE_PORTAL_ACCOUNT",
     "Son compte du portail est ouvert sous cette adresse : fermez-le d'abord.",
     "Its portal account is open under this address: close that first."),
    ("ASK_FOR_A_NEW_LINK",
     "Ce lien a déjà servi, a été remplacé ou a expiré : demandez-en un nouveau.",
     "This link was used, replaced, or has expired: ask for a new one."),
    ("WAIT_FOR_THE_ISSUE",
     "Ce numéro n'est pas encore attendu : choisissez-en un autre.",
     "This issue is not due yet: choose another."),
    ("REOPEN_CLAIM",
     "Cette réclamation a déjà sa réponse ou est close : rouvrez-la d'abord.",
     "This complaint was answered or closed already: reopen it first."),
    ("ANSWER_CLAIM",
     "Cette réclamation est déjà ouverte : répondez-y ou fermez-la.",
     "This complaint is open already: answer or close it."),
    ("REQUEST_DELETION",
     "Aucune demande de suppression n'attend de décision : il faut d'abord une nouvelle demande.",
     "No request for deletion awaits a decision: a new one has to be made first."),
    ("CONNECT_ERP",
     "Aucun ERP n'est connecté à ce compte : connectez-le d'abord.",
     "No ERP is connected to this account: connect it first."),
    ("DISCONNECT_ERP",
     "Un autre ERP est connecté à ce compte : déconnectez-le d'abord.",
     "Another ERP is connected to this account: disconnect it first."),
    ("GIVE_ERP_ADDRESS",
     "Cet ERP n'a pas d'adresse à interroger : donnez-la en le connectant à nouveau.",
     "This ERP has no address to ask: give it by connecting it again."),
    ("LINK_ERP_RECORD",
     "Ce contact n'est relié à aucune fiche de l'ERP : reliez-le d'abord.",
     "This contact is no record of the ERP: link it first."),
    ("ONE_RECORD_A_CONTACT",
     "Ce contact est déjà une fiche de cet ERP : choisissez un autre contact.",
     "This contact is a record of this ERP already: choose another contact."),
    ("EMAIL_IS_THEIRS",
     "Ce contact a déjà cette adresse : il n'y a rien à trancher.",
     "This contact has this address already: there is nothing to settle."),
    ("SEND_AGAIN",
     "Ce contact change sans cesse par ailleurs : envoyez sa fiche à nouveau.",
     "This contact keeps being changed elsewhere: send its record again."),
    ("PLAN_AGAIN",
     "Ce plan ne peut plus être appliqué : préparez l'import à nouveau.",
     "This plan cannot be applied any more: plan the import again."),
    ("UNDO_IMPORT",
     "Cet import est terminé, il n'y a plus rien à arrêter : défaites-le s'il le faut.",
     "This import is through, nothing is left to stop: undo it if need be."),
    ("CANCEL_PLAN",
     "Rien de ce plan n'a été appliqué : abandonnez-le plutôt.",
     "Nothing of this plan was applied: drop it instead."),
    ("STOP_IMPORT",
     "Cet import est en cours : arrêtez-le d'abord.",
     "This import is under way: stop it first."),
    ("EDIT_BY_HAND",
     "Il est trop tard pour défaire cet import : modifiez ou supprimez les contacts un par un.",
     "It is too late to undo this import: edit or delete its contacts one by one."),
    ("NOTHING_TO_RENEW",
     "Cet abonnement n'a pas de fin : il n'y a rien à renouveler.",
     "This subscription never ends: there is nothing to renew."),
    ("RENEW_SUBSCRIPTION",
     "Cet abonnement est terminé : renouvelez-le d'abord.",
     "This subscription is over: renew it first."),
    ("INVITE_AGAIN",
     "Aucune invitation n'attend : invitez à nouveau cette personne.",
     "No invitation is waiting: invite this person again."),
    ("ASK_TO_BE_INVITED",
     "Aucune invitation n'attend votre réponse : demandez qu'on vous invite.",
     "No invitation awaits your answer: ask to be invited."),
    ("LEAVE_ACCOUNT",
     "Vous avez déjà accepté cette invitation : quittez plutôt le compte.",
     "You have accepted this invitation already: leave the account instead."),
    ("DEACTIVATE_MEMBER",
     "Aucune invitation n'attend de réponse : désactivez plutôt ce membre.",
     "No invitation awaits an answer: deactivate this member instead."),
    ("REVOKE_INVITATION",
     "Son invitation attend encore une réponse : annulez-la plutôt.",
     "Their invitation still awaits an answer: revoke it instead."),
    ("TRANSFER_OWNERSHIP",
     "Le titulaire a toutes les autorisations : transférez d'abord le compte.",
     "The owner holds every permission: transfer the ownership first."),
    ("ASK_TO_BE_REMOVED",
     "Seul un invité actif quitte le compte de lui-même : demandez au compte de vous retirer.",
     "Only an active guest leaves of their own will: ask the account to remove you."),
    ("CHOOSE_WHO_SIGNS_IN",
     "Le titulaire doit pouvoir se connecter : choisissez un membre actif qui a un compte utilisateur.",
     "An owner has to be able to sign in: choose an active member who has a login."),
    ("INVITE_OTHER_ADDRESS",
     "L'adresse d'un invité est celle de son invitation : invitez plutôt l'autre adresse.",
     "A guest's address is the one that was invited: invite the other address instead."),
    ("INVITE_TO_APP",
     "Ce contact n'est pas inscrit sur l'application : invitez-le d'abord.",
     "This contact is not registered in the app: invite it first."),
    ("IS_REGISTERED",
     "Ce contact est déjà inscrit sur l'application : il n'y a plus à l'inviter.",
     "This contact is registered in the app already: no invitation is needed."),
    ("REGISTRATION_DECIDED",
     "Cette inscription n'attend plus : elle a été reliée, écartée ou effacée.",
     "This registration waits no more: it was linked, turned away or erased."),
    ("OPEN_ANOTHER_LOGIN",
     "Ce compte utilisateur a été effacé : ouvrez-en un autre.",
     "This login was erased: open another."),
    ("DISCONNECT_WEBHOOK",
     "Ce compte a autant de webhooks qu'il peut en avoir : déconnectez-en un d'abord.",
     "This account has as many webhooks as it may: disconnect one first."),
    ("REVOKE_TOKEN",
     "Ce jeton existe déjà : il a été montré une fois et n'est pas gardé. Si vous ne l'avez pas noté, révoquez-le et faites-en un autre.",
     "This token exists already: it was shown once and is not kept. If you did not write it down, revoke it and make another."),
    ("DELIVERY_IS_OVER",
     "Cet envoi n'attend rien de tel dans son état : regardez-le avant de choisir.",
     "This delivery awaits no such thing in its state: look at it before you choose."),
    ("VERIFY_YOUR_LOGIN",
     "Faites d'abord vérifier l'adresse e-mail de votre compte utilisateur, auprès du support.",
     "Have the e-mail address of your login verified first, by support."),
    ("ASK_THE_OWNER",
     "Demandez-la au titulaire du compte.",
     "Ask the owner of the account for the permission."),
    ("ASK_SUPPORT",
     "Seul le support peut le faire : adressez-vous à lui.",
     "Only support may do this: turn to them."),
    ("ASK_THE_OPERATOR",
     "Seul l'exploitant du service peut le faire : adressez-vous à lui.",
     "Only the operator of the service may do this: turn to them."),
    ("SIGN_IN_AS_THEM",
     "Seule la personne concernée peut le faire : connectez-vous sous son nom.",
     "Only the person it concerns may do this: sign in as them."),
    ("NO_SECOND_FACTOR",
     "La connexion ne demande pas de code à cette personne : il n'y a rien à retirer.",
     "Signing in asks this person for no code: there is nothing to take away."),
    ("CONFIRM_YOURSELF",
     "Saisissez à nouveau votre mot de passe, ou un code de votre application, puis recommencez.",
     "Type your password again, or a code of your app, then try again."),
    ("CONFIRM_AT_THE_PROVIDER",
     "Connectez-vous de nouveau par le fournisseur d'identité de ce compte, puis recommencez.",
     "Sign in again by this account's identity provider, then try again."),
    ("SIGN_IN_YOURSELF",
     "Le fournisseur d'identité d'un compte n'ouvre que ce compte : connectez-vous avec votre mot de passe.",
     "An account's identity provider opens that account alone: sign in with your password."),
];

/// Word, French, English.
#[rustfmt::skip]
const WHYS: &[(&str, &str, &str)] = &[
    ("OUT_OF_RANGE", "car elle est trop loin pour être voulue", "as it is too far away to be meant"),
    ("PAST", "car elle est passée", "as it is past"),
    ("FUTURE", "car elle est encore à venir", "as it is still to come"),
    ("BEFORE_FIRST_DAY", "car elle vient avant le premier jour", "as it comes before the first day"),
    ("BEFORE_END", "car l'abonnement court encore ce jour-là", "as the subscription still runs on that day"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use domain::remedy::{DateFault, Remedy};

    #[test]
    fn every_word_of_the_rules_has_a_text_in_both_languages_and_no_other() {
        let known = |rows: &[(&'static str, &str, &str)]| rows.iter().map(|(word, ..)| *word).collect::<Vec<_>>();
        assert_eq!(known(REMEDIES), Remedy::ALL.iter().map(|remedy| remedy.as_str()).collect::<Vec<_>>());
        assert_eq!(known(WHYS), DateFault::ALL.iter().map(|fault| fault.as_str()).collect::<Vec<_>>());
        for remedy in Remedy::ALL {
            for lang in [Lang::Fr, Lang::En] {
                assert!(super::remedy(remedy.as_str(), lang).is_some_and(|text| text.ends_with('.')), "{remedy}");
            }
        }
    }
}
