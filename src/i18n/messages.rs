//! The sentence for each code, in French and English: what is wrong, then what to do about it.
//!
//! One table, one row a code, so a code cannot have one language without the other. A part in square brackets is left
//! out when a value it needs was not given; placeholders stand only inside such parts, so no sentence ever has a hole.
//! Texts are typed with plain spaces and apostrophes; `typography.rs` sets them.
//!
//! Knows codes and values, nothing of what happened. A value is told to the person who sent it; it never goes to a log.
//! Next: `labels.rs` for the names of fields and choices.

use super::labels::{choice, label};
use super::lang::Lang;
use super::remedies::{remedy, why};
use super::typography::{date, excerpt, list, number, size, typeset};
use std::collections::HashMap;
use std::sync::LazyLock;

/// The sentence of `code`, with the values of `params` in it:
///
/// | Placeholder | Value given |
/// |---|---|
/// | `{field}` | a field in the API's name, alone or as a path (`address.postalCode`); its label is shown |
/// | `{missing}` | several such fields, separated by commas |
/// | `{min}` `{max}` `{date}` | a number, or a day as `2026-03-31`; `limit` may stand for `max` |
/// | `{bytes}` | taken from `max` or `limit`: a number of bytes |
/// | `{remedy}` | what to do about it, by its word: a sentence is shown |
/// | `{parameter}` | what an address asks under this name, as it was sent |
/// | `{why}` | why a date is not taken, by its word |
/// | `{kind}` | a kind of file, as the reader of files names it |
/// | `{value}` and any other | shown as it is, on one line, cut when long |
///
/// Of `[one|another]` the first is shown that has its values. A code that is not known is answered as it is.
pub fn message(code: &str, lang: Lang, params: &[(&str, String)]) -> String {
    TEMPLATES.get(&(code, lang)).map_or_else(|| code.to_owned(), |template| compose(template, lang, params))
}

/// A template with the values of `params` in it, as [`message`] describes.
pub(super) fn compose(template: &str, lang: Lang, params: &[(&str, String)]) -> String {
    let mut text = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('[') {
        text.push_str(before);
        let (optional, tail) = after.split_once(']').unwrap_or((after, ""));
        // The first of the alternatives whose values were given; the last may need none.
        text.push_str(&optional.split('|').find_map(|part| filled(part, lang, params)).unwrap_or_default());
        rest = tail;
    }
    text.push_str(rest);
    capitalised(&text)
}

/// Every code that has a sentence.
pub fn codes() -> impl Iterator<Item = &'static str> {
    MESSAGES.iter().map(|(code, ..)| *code)
}

/// The part with its values, or nothing when one was not given. Values are put in once, so that one that itself holds
/// braces or brackets stays what it is.
fn filled(part: &str, lang: Lang, params: &[(&str, String)]) -> Option<String> {
    let mut text = String::with_capacity(part.len() + 16);
    let mut rest = part;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, tail) = after.split_once('}')?;
        text.push_str(before);
        text.push_str(&shown(name, lang, params)?);
        rest = tail;
    }
    text.push_str(rest);
    Some(text)
}

fn shown(name: &str, lang: Lang, params: &[(&str, String)]) -> Option<String> {
    let given = |names: &[&str]| {
        let found = names.iter().find_map(|name| params.iter().find(|(given, _)| given == name));
        found.map(|(_, value)| value.as_str()).filter(|value| !value.trim().is_empty())
    };
    Some(match name {
        "field" => label(given(&["field"])?, lang).to_owned(),
        "missing" => {
            list(&given(&["missing"])?.split(',').map(|key| label(key.trim(), lang)).collect::<Vec<_>>(), lang)
        }
        "min" | "max" | "date" => {
            let value = given(&[name]).or_else(|| given(&["limit"]).filter(|_| name == "max"))?;
            date(value, lang).unwrap_or_else(|| number(value, lang))
        }
        "bytes" => size(given(&["max", "limit"])?, lang),
        "remedy" => remedy(given(&["remedy"])?, lang)?,
        "why" => why(given(&["why"])?, lang)?,
        "kind" => {
            let kind = given(&["kind"])?;
            choice("FileKind", kind, lang).unwrap_or(kind).to_owned()
        }
        other => excerpt(given(&[other])?),
    })
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

static TEMPLATES: LazyLock<HashMap<(&str, Lang), String>> = LazyLock::new(|| {
    let set = |code, lang, text| ((code, lang), typeset(text, lang));
    MESSAGES.iter().flat_map(|(code, fr, en)| [set(*code, Lang::Fr, fr), set(*code, Lang::En, en)]).collect()
});

/// Code, French, English.
#[rustfmt::skip] // A row a code: the two languages stand under one another.
const MESSAGES: &[(&str, &str, &str)] = &[
    // Refusals: any field.
    ("REQUIRED",
     "[« {field} » : |Paramètre « {parameter} » : ]cette information est obligatoire. Renseignez-la.",
     "[{field}: |The parameter {parameter}: ]this is mandatory. Fill it in."),
    ("TOO_LONG",
     "[« {field} » : ]c'est trop long[, {max} au plus]. Raccourcissez.",
     "[{field}: ]this is too long[, at most {max}]. Shorten it."),
    ("INVALID",
     "[« {field} » : |Paramètre « {parameter} » : ]cette valeur[ (« {value} »)] n'est pas acceptée. Corrigez-la[, au moins {min}][, au plus {max}][ ; attendu : {expected}].",
     "[{field}: |The parameter {parameter}: ]this value[ (“{value}”)] is not accepted. Correct it[, at least {min}][, at most {max}][; expected: {expected}]."),
    ("DATE_INVALID",
     "[« {field} » : ]cette date[ ({date})] ne peut pas être retenue[, {why}]. Choisissez-en une autre[, au plus tôt le {min}][, au plus tard le {max}].",
     "[{field}: ]this date[ ({date})] cannot be taken[, {why}]. Choose another[, not before {min}][, not after {max}]."),
    ("ADVANCE_OUT_OF_RANGE",
     "L'avance est hors limites. Choisissez un nombre plus petit ou plus grand[, de {min} à {max} pour cette unité].",
     "The advance is out of range. Choose a smaller or larger number[, from {min} to {max} for this unit]."),
    ("NOT_ALLOWED_NOW",
     "Cette action n'est pas possible dans l'état actuel.[ {remedy}| Recommencez dans {seconds} s.| Rechargez la fiche pour voir où elle en est, puis choisissez une autre action.]",
     "This cannot be done in the present state.[ {remedy}| Try again in {seconds} s.| Reload to see how things stand, then choose another action.]"),
    ("NOT_FOUND",
     "Cet élément n'existe pas, ou ce compte n'y a pas accès. Vérifiez l'identifiant.",
     "This does not exist, or this account has no access to it. Check the identifier."),
    ("FORBIDDEN",
     "Vous n'avez pas l'autorisation de faire cela.[ {remedy}| Adressez-vous à la personne qui gère vos accès.]",
     "You are not allowed to do this.[ {remedy}| Ask the person who manages your access.]"),
    ("REAUTHENTICATION_REQUIRED",
     "Avant cela, montrez à nouveau qui vous êtes.[ {remedy}| Saisissez à nouveau votre mot de passe, puis recommencez.]",
     "Before this, show again who you are.[ {remedy}| Type your password again, then try again.]"),
    ("VERSION_CONFLICT",
     "Une autre modification a été enregistrée entre-temps[ (version {found} au lieu de {expected})]. Rechargez la fiche, puis recommencez.",
     "Another change was saved in the meantime[ (version {found} instead of {expected})]. Reload, then try again."),
    ("IDEMPOTENCY_MISMATCH",
     "Cette clé d'idempotence a déjà servi pour une autre demande. Utilisez une nouvelle clé.",
     "This idempotency key was already used for another request. Use a new key."),

    // Refusals: accesses and products.
    ("ALREADY_GRANTED",
     "Ce contact a déjà un droit d'accès à ce produit. Modifiez celui qui existe.",
     "This contact already has access to this product. Edit the existing access."),
    ("NOT_GRANTED",
     "Ce contact n'a pas de droit d'accès à ce produit. Donnez-lui-en d'abord un.",
     "This contact has no access to this product. Grant it first."),
    ("PRODUCT_ARCHIVED",
     "Ce produit est archivé. Restaurez-le, ou choisissez un autre produit.",
     "This product is archived. Restore it, or choose another product."),

    // Refusals: contacts.
    ("CONTACT_DELETED",
     "Ce contact a été supprimé. Créez un nouveau contact si la personne revient.",
     "This contact was deleted. Add a new contact if the person comes back."),
    ("CONTACT_ERASED",
     "Les données de ce contact ont été effacées pour toujours. Créez un nouveau contact si la personne revient.",
     "The data of this contact were erased for ever. Add a new contact if the person comes back."),
    ("EMAIL_TAKEN",
     "Cette adresse e-mail[ ({value})] est celle d'un autre contact du compte. Utilisez une autre adresse, ou modifiez ce contact.",
     "This e-mail address[ ({value})] belongs to another contact of the account. Use another address, or edit that contact."),
    ("EMAIL_REPEATED",
     "Cette adresse e-mail est déjà dans cette saisie[ : c'est celle du contact n° {first}]. Gardez un seul des deux.",
     "This e-mail address is in this entry already[: it is that of contact no. {first}]. Keep only one of the two."),
    ("EMAIL_REQUIRED",
     "Il faut une adresse e-mail pour cela. Renseignez celle du contact.",
     "This needs an e-mail address. Fill in the contact's."),
    ("EMAIL_INVALID",
     "Cette adresse e-mail[ ({value})] n'est pas valable. Corrigez-la ; elle ressemble à prenom.nom@exemple.fr.",
     "This e-mail address[ ({value})] is not valid. Correct it; it looks like first.last@example.com."),
    ("EMAIL_NOT_VERIFIED",
     "Cette adresse e-mail n'est pas vérifiée.[ {remedy}| Ouvrez le lien du message de vérification, ou demandez-en un nouveau.]",
     "This e-mail address is not verified.[ {remedy}| Open the link in the verification mail, or ask for a new one.]"),
    ("ADDRESS_INCOMPLETE",
     "L'adresse de livraison est incomplète. Complétez-la[ : {missing}].",
     "The delivery address is incomplete. Complete it[: {missing}]."),
    ("NAME_OR_COMPANY_REQUIRED",
     "Il manque un nom. Renseignez le nom ou la raison sociale.",
     "A name is missing. Fill in the last name or the company."),
    ("SUBSCRIBER_REQUIRED",
     "Ce produit est livré : il faut un abonné avec une adresse de livraison complète. Complétez-la d'abord[ : {missing}].",
     "This product is delivered: it needs a subscriber with a complete delivery address. Complete it first[: {missing}]."),
    ("HAS_LIVE_SUBSCRIPTION",
     "Un abonnement de ce contact est encore en cours. Résiliez-le ou détachez-en le contact, puis recommencez.",
     "A subscription of this contact is still running. Cancel it or detach the contact from it, then try again."),
    ("MANAGED_BY_ERP",
     "Cette information est gérée par votre ERP. Faites la modification dans l'ERP ; la prochaine synchronisation la reprendra.",
     "This is managed by your ERP. Make the change there; the next synchronisation brings it here."),
    ("DELETION_NEEDS_SUPPORT",
     "Seul le support peut supprimer ou effacer un contact de ce compte. Envoyez-lui une demande de suppression.",
     "Only support can delete or erase a contact of this account. Send a deletion request."),

    // Refusals: members and guests.
    ("ALREADY_MEMBER",
     "Cette personne est déjà membre du compte. Modifiez plutôt ses autorisations.",
     "This person is already a member of the account. Edit their permissions instead."),
    ("ALREADY_INVITED",
     "Cette adresse a déjà une invitation en attente. Renvoyez l'invitation, ou annulez-la d'abord.",
     "This address already has a pending invitation. Resend it, or revoke it first."),
    ("INVITATION_EXPIRED",
     "Cette invitation a expiré[ le {date}]. Demandez qu'on vous la renvoie.",
     "This invitation has expired[ on {date}]. Ask for it to be sent again."),
    ("INVITATION_REVOKED",
     "Cette invitation a été annulée. Adressez-vous à la personne qui l'avait envoyée.",
     "This invitation was revoked. Ask the person who sent it."),
    ("NOT_THE_INVITED_USER",
     "Cette invitation est adressée à une autre personne. Connectez-vous avec l'adresse e-mail qui l'a reçue.",
     "This invitation is addressed to somebody else. Sign in with the e-mail address that received it."),
    ("LAST_OWNER",
     "Un compte garde toujours un titulaire. Transférez-le d'abord à quelqu'un d'autre.",
     "An account always keeps an owner. Transfer the ownership to somebody else first."),
    ("PERMISSION_NOT_HELD",
     "Vous ne pouvez donner que les autorisations que vous avez. Retirez les autres, ou demandez au titulaire du compte.",
     "You can only give permissions that you hold. Remove the others, or ask the owner of the account."),

    // Signing in.
    ("PASSWORD_TOO_SHORT",
     "Ce mot de passe est trop court[ : {min} caractères au moins]. Choisissez-en un plus long, par exemple plusieurs mots.",
     "This password is too short[: at least {min} characters]. Choose a longer one, several words for instance."),
    ("PASSWORD_TOO_EASY",
     "Ce mot de passe est trop facile à deviner. Choisissez-en un autre, par exemple plusieurs mots sans rapport entre eux.",
     "This password is too easy to guess. Choose another one, several unrelated words for instance."),
    ("PASSWORD_WRONG",
     "Ce n'est pas votre mot de passe actuel. Saisissez-le de nouveau.",
     "This is not your present password. Type it again."),
    ("CODE_WRONG",
     "Ce code n'est pas valable, ou a déjà servi. Attendez le code suivant de votre application, ou utilisez un code de secours.",
     "This code is not valid, or was used already. Wait for the next code of your app, or use a recovery code."),
    ("SIGN_IN_FAILED",
     "L'adresse e-mail et le mot de passe ne vont pas ensemble, ou le code n'est pas le bon. Recommencez, ou demandez un nouveau mot de passe.",
     "The e-mail address and the password do not go together, or the code is not the right one. Try again, or ask for a new password."),
    ("PROVIDER_NOT_OFFERED",
     "Ce compte ne se rejoint pas par un fournisseur d'identité. Connectez-vous avec votre mot de passe.",
     "This account is not entered by an identity provider. Sign in with your password."),
    ("SIGN_IN_EXPIRED",
     "Cette connexion n'a pas été commencée dans ce navigateur, a déjà servi, ou date de plus de dix minutes. Recommencez-la.",
     "This sign-in was not begun in this browser, was used already, or is older than ten minutes. Begin it again."),
    ("PROVIDER_REFUSED",
     "Le fournisseur d'identité n'a pas voulu vous reconnaître. Recommencez, ou adressez-vous à la personne qui le gère.",
     "The identity provider would not recognise you. Begin again, or ask the person who runs it."),
    ("PROVIDER_UNAVAILABLE",
     "Le fournisseur d'identité ne répond pas comme il le devrait[ ({detail})]. Recommencez dans quelques minutes, ou connectez-vous avec votre mot de passe.",
     "The identity provider does not answer as it should[ ({detail})]. Try again in a few minutes, or sign in with your password."),
    ("PROVIDER_NOT_BELIEVED",
     "La réponse du fournisseur d'identité ne peut pas être retenue[ ({detail})]. Recommencez ; si cela dure, la personne qui le gère doit vérifier ses réglages.",
     "The answer of the identity provider cannot be taken[ ({detail})]. Begin again; if it goes on, the person who runs it has to check its settings."),
    ("PROVIDER_UNKNOWN_PERSON",
     "Personne qui puisse entrer dans ce compte n'est connu sous cette adresse. Ouvrez d'abord votre compte d'utilisateur avec elle, ou adressez-vous au titulaire du compte.",
     "Nobody who may enter this account is known by this address. Open your user account with it first, or ask the owner of the account."),
    ("SECOND_FACTOR_MISSING",
     "Ce compte demande aussi un code. Connectez-vous avec votre mot de passe, reliez une application de codes, puis recommencez.",
     "This account asks for a code as well. Sign in with your password, set up an app for codes, then begin again."),
    ("LINK_SPENT",
     "Ce lien ne mène plus à rien : il a servi, il a été remplacé, ou il est trop ancien. Demandez-en un nouveau.",
     "This link leads nowhere any more: it was used, it was replaced, or it is too old. Ask for a new one."),
    ("FORM_EXPIRED",
     "Ce formulaire n'est plus valable : votre session a changé depuis qu'il est affiché. Rechargez la page, puis recommencez.",
     "This form is no longer valid: your session has changed since it was shown. Reload the page, then try again."),

    // Warnings: it was done, and something is to be known.
    ("ORDER_EMAIL_NOT_CONFIGURED",
     "L'accès est donné, mais aucun e-mail ne part : ce produit n'a pas d'e-mail de commande. Rédigez-en un dans la fiche du produit.",
     "The access is granted, but no e-mail goes out: this product has no order e-mail. Write one on the product's page."),
    ("ACCESS_NOT_OPEN",
     "L'e-mail de commande part alors que l'accès est suspendu ou pas encore ouvert[ ; il ouvre le {date}]. Prévenez le contact, ou modifiez l'accès.",
     "The order e-mail goes out although the access is suspended or not yet open[; it opens on {date}]. Tell the contact, or edit the access."),
    ("OPENING_REPLACED",
     "L'avance remplace l'ouverture qui avait été choisie, et compte depuis la date de commande. Choisissez à nouveau une date si ce n'est pas voulu.",
     "The advance replaces the opening that had been chosen, and counts from the order date. Choose a date again if this is not meant."),
    ("EMAIL_MISSING",
     "L'accès est donné, mais aucun e-mail ne part : ce contact n'a pas d'adresse e-mail. Renseignez-la pour pouvoir lui écrire.",
     "The access is granted, but no e-mail goes out: this contact has no e-mail address. Fill it in to be able to write to them."),
    ("REGISTRATIONS_PENDING",
     "Des inscriptions sur l'application attendent encore d'être validées : elles n'ouvrent rien. Validez-les, une par une ou toutes à la fois.",
     "Registrations in the app still await validation: they open nothing. Validate them, one by one or all at once."),

    // Records of an ERP.
    ("TOO_MANY_GONE",
     "Plus de la moitié des clients[ ({value})] ne sont pas dans l'envoi complet : aucun n'est marqué comme disparu. Vérifiez l'envoi, ou confirmez avec force.",
     "More than half of the clients[ ({value})] are not in the full synchronisation: none was marked as gone. Check what was sent, or confirm with force."),
    ("UNREADABLE_RECORDS",
     "Des enregistrements sont illisibles : aucun client[ sur {value} absents] n'est marqué comme disparu. Corrigez-les, puis recommencez.",
     "Some records cannot be read: no client[ of {value} that are absent] was marked as gone. Correct them, then try again."),
    ("TOO_MANY_RECORDS",
     "L'envoi a trop d'enregistrements[, {max} au plus]. Les premiers sont pris ; envoyez la suite à part.",
     "Too many records were sent[, at most {max}]. The first ones were taken; send the rest apart."),
    ("NOT_A_RECORD",
     "Cet enregistrement n'est pas un objet JSON. Envoyez-en un par ligne, entre accolades.",
     "This record is no JSON object. Send one a line, in braces."),
    ("LINE_TOO_LONG",
     "Une ligne est trop longue. Envoyez un enregistrement JSON par ligne.",
     "A line is too long. Send one JSON record a line."),
    ("BODY_CUT_SHORT",
     "L'envoi s'est interrompu. Envoyez-le à nouveau ; ce qui est déjà pris ne changera pas.",
     "What was sent broke off. Send it again; what was taken already will not change."),

    ("ERP_NOT_REACHED",
     "L'ERP ne répond pas à son adresse. Vérifiez l'adresse et que le service peut la joindre ; un nouvel essai suit.",
     "The ERP does not answer at its address. Check the address and that the service can reach it; it is tried again."),
    ("ERP_ADDRESS_REFUSED",
     "L'adresse de l'ERP n'est pas permise : il faut une adresse publique en HTTPS. Corrigez-la, ou demandez à l'exploitant d'autoriser les adresses privées.",
     "The ERP's address is not allowed: it takes a public address by HTTPS. Correct it, or have the operator allow private addresses."),
    ("ERP_ANSWER_TOO_LARGE",
     "La réponse de l'ERP est trop grosse, 16 Mio au plus par page. Faites répondre la source page par page ; un nouvel essai suit.",
     "The answer of the ERP is too large, at most 16 MiB a page. Make the source answer page by page; it is tried again."),
    ("ERP_NOT_CONNECTED",
     "Aucun ERP n'est connecté à ce compte, ou le compte est inconnu. Connectez-le, puis redéposez le fichier.",
     "No ERP is connected to this account, or the account is unknown. Connect it, then drop the file again."),
    ("ERP_REFUSED",
     "L'ERP a refusé la demande. Vérifiez l'adresse et le jeton d'accès ; un nouvel essai suit.",
     "The ERP refused the request. Check the address and the access token; it is tried again."),
    ("ERP_ANSWER_UNREADABLE",
     "La réponse de l'ERP n'est pas une liste d'enregistrements JSON. Vérifiez l'adresse ; un nouvel essai suit.",
     "The answer of the ERP is no JSON list of records. Check the address; it is tried again."),
    ("ERP_NEXT_ELSEWHERE",
     "La page suivante de l'ERP est à une autre adresse : elle n'est pas suivie. Corrigez la source.",
     "The ERP's following page is at another address: it is not followed. Correct the source."),
    ("ERP_PULL_INTERRUPTED",
     "La synchronisation s'est interrompue. Elle reprendra d'elle-même.",
     "The synchronisation was interrupted. It goes on by itself."),

    // Protocol, authorisation and outage.
    ("UNAUTHENTICATED",
     "Vous n'êtes pas connecté, ou votre session a pris fin. Connectez-vous ; un programme envoie un jeton d'accès valable dans l'en-tête Authorization (Bearer).",
     "You are not signed in, or your session has ended. Sign in; a program sends a valid access token in the Authorization header (Bearer)."),
    ("CROSS_SITE",
     "Cette demande vient d'un autre site. Recommencez depuis les pages du service, ou envoyez un jeton dans l'en-tête Authorization.",
     "This request comes from another site. Try again from the service's own pages, or send a token in the Authorization header."),
    ("UNKNOWN_HOST",
     "Le service ne répond pas sous ce nom. Appelez-le par son adresse publique (SESAME_PUBLIC_URL), ou ajoutez le nom à SESAME_HOSTS.",
     "The service does not answer to this name. Call it by its public address (SESAME_PUBLIC_URL), or add the name to SESAME_HOSTS."),
    ("RATE_LIMITED",
     "Trop de demandes en peu de temps. Attendez un instant[ ({seconds} secondes)], puis recommencez.",
     "Too many requests in a short time. Wait a moment[ ({seconds} seconds)], then try again."),
    ("UNSUPPORTED_MEDIA_TYPE",
     "Ce type d'envoi n'est pas lu à cette adresse. Choisissez un en-tête Content-Type[ parmi : {expected}].",
     "This kind of body is not read at this address. Choose a Content-Type header[ among: {expected}]."),
    ("REQUEST_TIMEOUT",
     "La demande n'est pas arrivée à temps. Envoyez-la à nouveau.",
     "The request did not arrive in time. Send it again."),
    ("BAD_REQUEST",
     "Ce qui a été envoyé ne se lit pas : c'est incomplet, ou pas du type annoncé par l'en-tête Content-Type. Corrigez-le, puis recommencez.",
     "What was sent cannot be read: it is incomplete, or not of the type that the Content-Type header names. Correct it, then try again."),
    ("QUERY_TOO_COMPLEX",
     "Cette requête est trop lourde[ ({found}, {max} au plus)]. Demandez moins de champs, ou des pages plus courtes.",
     "This query is too heavy[ ({found}, at most {max})]. Ask for fewer fields, or for shorter pages."),
    ("INVALID_CURSOR",
     "Ce curseur ne vient pas de cette liste. Reprenez-la du début, avec le même tri et les mêmes filtres.",
     "This cursor is not from this list. Start the list again, with the same order and filters."),
    ("FIRST_OR_LAST",
     "« first » et « last » s'excluent l'un l'autre. Gardez « first » pour avancer, ou « last » pour reculer.",
     "The arguments `first` and `last` exclude each other. Keep `first` to go forwards, or `last` to go backwards."),
    ("PAGED_FORWARDS_ONLY",
     "Cette liste ne se parcourt que vers l'avant. Demandez-la avec « first » et « after ».",
     "This list is paged forwards only. Ask for it with `first` and `after`."),
    ("ON_OR_AT",
     "« on » et « at » s'excluent l'un l'autre. Gardez « on » pour un jour entier, ou « at » pour un instant.",
     "The arguments `on` and `at` exclude each other. Keep `on` for a whole day, or `at` for an instant."),
    ("CONTACT_OR_PRODUCT",
     "Cet acte porte sur un contact ou sur un produit, et l'autre n'y a pas sa place. Donnez « contactId » ou « productId ».",
     "This act is about a contact or about a product, and the other has no place in it. Give `contactId` or `productId`."),
    ("LAST_EVENT_ID_INVALID",
     "« Last-Event-ID » n'est pas une position. Renvoyez l'identifiant du dernier événement reçu, ou rien.",
     "This `Last-Event-ID` is not a position. Send the id of the last event that you got, or none."),
    ("LIVE_PROTOCOL",
     "Cette adresse sert les abonnements GraphQL. Appelez-la en WebSocket par le protocole graphql-transport-ws, ou en flux text/event-stream avec une requête en JSON.",
     "This address serves GraphQL subscriptions. Call it over WebSocket by the protocol graphql-transport-ws, or as a text/event-stream with a request in JSON."),
    ("TOO_SLOW",
     "Les nouveautés arrivent plus vite que vous ne les lisez. Reprenez avec « since », à partir de la dernière position reçue.",
     "Things happen faster than you read them. Go on with `since`, from the last position that you got."),
    ("READ_MODEL_BEHIND",
     "Les dernières modifications ne sont pas encore visibles ici. Recommencez dans un instant.",
     "The latest changes cannot be seen here yet. Try again in a moment."),
    ("STORAGE_FULL",
     "L'espace de stockage est plein, rien n'a été enregistré. Prévenez l'exploitant du service.",
     "The storage is full, nothing was saved. Tell the operator of the service."),
    ("BUSY",
     "Trop de modifications ont lieu en même temps, rien n'a été enregistré. Recommencez.",
     "Too many changes are happening at once, nothing was saved. Try again."),
    ("INTERNAL",
     "Une erreur inattendue est survenue. Recommencez ; si elle revient, donnez le numéro de la demande au support.",
     "An unexpected error happened. Try again; if it comes back, give the request's number to support."),

    // Imported files: the whole file.
    ("EMPTY_FILE",
     "Ce fichier est vide. Remplissez le modèle, puis importez-le.",
     "This file is empty. Fill in the template, then import it."),
    ("NOT_CSV",
     "Ce n'est pas un fichier CSV[ mais {kind}]. Enregistrez-le au format CSV depuis votre tableur, puis importez-le.",
     "This is not a CSV file[ but {kind}]. Save it as CSV from your spreadsheet, then import it."),
    ("NO_USABLE_COLUMN",
     "Aucune colonne ne donne un nom, une raison sociale ou un e-mail[ (trouvé : {found})]. Reprenez les en-têtes du modèle.",
     "No column gives a name, a company or an e-mail[ (found: {found})]. Use the headers of the template."),
    ("DUPLICATE_COLUMN",
     "Deux colonnes[, {first} et {second},] ont le même sens[ : « {field} »]. Renommez ou retirez l'une des deux.",
     "Two columns[, {first} and {second},] have the same meaning[: {field}]. Rename or remove one of them."),
    ("UNCLOSED_QUOTE",
     "Des guillemets ouverts[ à la ligne {line}] ne sont pas refermés. Refermez-les ou retirez-les.",
     "A quote opened[ in line {line}] is never closed. Close it or remove it."),
    ("TOO_MANY_ROWS",
     "Le fichier a trop de lignes[, {max} au plus]. Coupez-le en plusieurs fichiers.",
     "The file has too many rows[, at most {max}]. Split it into several files."),
    ("TOO_MANY_COLUMNS",
     "Le fichier a trop de colonnes[ à la ligne {line}][, {max} au plus]. Retirez celles qui ne servent pas.",
     "The file has too many columns[ in line {line}][, at most {max}]. Remove those that are not needed."),
    ("TOO_LARGE",
     "L'envoi est trop gros[, {bytes} au plus]. Coupez-le en plusieurs parties.",
     "What was sent is too large[, at most {bytes}]. Split it into several parts."),
    ("FILE_TOO_BIG",
     "Le fichier est trop gros[, {bytes} au plus]. Coupez-le en plusieurs fichiers.",
     "The file is too large[, at most {bytes}]. Split it into several files."),
    ("CELL_TOO_LONG",
     "Une cellule est trop longue[, {bytes} au plus][ (ligne {line}, colonne {column})]. Raccourcissez-la, ou refermez ses guillemets.",
     "A cell is too long[, at most {bytes}][ (line {line}, column {column})]. Shorten it, or close its quote."),
    ("READ_FAILED",
     "La lecture du fichier s'est interrompue. Envoyez-le à nouveau.",
     "Reading the file was interrupted. Send it again."),
    // Imported files: one row.
    ("RAGGED_ROW",
     "Cette ligne n'a pas autant de cellules que l'en-tête[ : {found} au lieu de {expected}]. Vérifiez ses séparateurs et ses guillemets.",
     "This row does not have as many cells as the header[: {found} instead of {expected}]. Check its separators and quotes."),
    ("DUPLICATE_IN_FILE",
     "Cette ligne répète un contact du fichier[, celui de la ligne {line}]. Gardez une seule des deux.",
     "This row repeats a contact of the file[, the one in line {line}]. Keep only one of them."),
    ("UNDECODABLE",
     "Certains caractères de cette ligne sont illisibles. Corrigez-les, ou enregistrez le fichier en UTF-8.",
     "Some characters of this row cannot be read. Correct them, or save the file as UTF-8."),
    ("CHANGED_SINCE_PLAN",
     "Ce contact a été modifié depuis la préparation de l'import, la ligne est laissée de côté. Préparez l'import à nouveau si elle doit être reprise.",
     "This contact was changed since the import was planned, the row is left out. Plan the import again if it is to be taken."),
    ("CHANGED_SINCE_IMPORT",
     "Ce contact a été modifié depuis l'import, il reste tel quel. Modifiez ou supprimez sa fiche si besoin.",
     "This contact was changed since the import, it stays as it is. Edit or delete it if need be."),
    ("PARTLY",
     "Certains champs ont été modifiés depuis l'import[ : {missing}]. Ils restent tels quels, les autres ont retrouvé leur valeur.",
     "Some fields were changed since the import[: {missing}]. They stay as they are, the others have their values back."),
    ("FILE_IMPORTED_BEFORE",
     "Ce même fichier a déjà été préparé ou importé[ le {date}]. Vérifiez que c'est le bon avant de continuer.",
     "This very file was planned or imported before[ on {date}]. Check that it is the right one before you go on."),

    // Imported files: a column, as a warning.
    ("COLUMN_UNKNOWN",
     "La colonne[ « {value} »] n'est pas reprise, son titre n'est pas connu. Donnez-lui un titre du modèle si elle doit l'être.",
     "The column[ “{value}”] is not taken, its title is not known. Give it a title of the template if it is to be."),
    ("COLUMN_NOT_TAKEN",
     "La colonne[ « {value} »] n'est pas reprise, une autre donne déjà la même information[ (« {field} »)]. Gardez une seule des deux.",
     "The column[ “{value}”] is not taken, another gives the same information already[ ({field})]. Keep only one of them."),

    // Exported files.
    ("TOO_LONG_FOR_EXCEL",
     "Une valeur est trop longue pour une cellule d'Excel[ (colonne « {column} », ligne {row})][, {max} caractères au plus]. Exportez plutôt au format CSV.",
     "A value is too long for an Excel cell[ (column {column}, row {row})][, at most {max} characters]. Export as CSV instead."),
    ("WRITE_FAILED",
     "L'écriture du fichier s'est interrompue. Recommencez ; si cela revient, prévenez l'exploitant du service.",
     "Writing the file was interrupted. Try again; if it comes back, tell the operator of the service."),
    ("WORKBOOK_FAILED",
     "Le classeur n'a pas pu être fabriqué. Recommencez, ou exportez au format CSV.",
     "The workbook could not be made. Try again, or export as CSV."),
];

#[cfg(test)]
mod tests;
