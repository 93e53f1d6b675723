//! What each mail says, in French and English: one row a mail, so that none can have one language without the other.
//!
//! `{{name}}` stands for a value; a line in which a value is missing is left out. Typed with plain spaces and apostrophes, set by `i18n::typography`. The
//! order e-mail is not here: its words are the product's own.

use crate::i18n::{lang::Lang, typography::typeset};

/// A part of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A paragraph.
    Say(&'static str),
    /// The value of this name as someone wrote it, set apart.
    Quote(&'static str),
    /// A link to the mail's address, by these words.
    Link(&'static str),
}

use Part::{Link, Quote, Say};

/// A mail's words in one language.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// Its subject.
    pub subject: &'static str,
    /// Its body.
    pub parts: &'static [Part],
}

/// A mail: its name, French, English.
pub type Row = (&'static str, Words, Words);

const fn words(subject: &'static str, parts: &'static [Part]) -> Words {
    Words { subject, parts }
}

/// Every mail but the order e-mail.
#[rustfmt::skip] // A row a mail: the two languages stand under one another.
pub const TEMPLATES: &[Row] = &[
    ("verify_email",
     words("{{account}} : vérifiez votre adresse e-mail", &[
         Say("{{greeting}}"),
         Say("{{account}} a enregistré votre adresse e-mail. Confirmez qu'elle est bien la vôtre en ouvrant ce lien, une seule fois, avant le {{until}}."),
         Link("Vérifier mon adresse"),
         Say("Si vous ne connaissez pas {{account}}, ne faites rien : l'adresse restera non vérifiée."),
     ]),
     words("{{account}}: verify your e-mail address", &[
         Say("{{greeting}}"),
         Say("{{account}} has recorded your e-mail address. Confirm that it is yours by opening this link, once, before {{until}}."),
         Link("Verify my address"),
         Say("If you do not know {{account}}, do nothing: the address will stay unverified."),
     ])),
    ("invitation",
     words("{{account}} vous invite", &[
         Say("Bonjour,"),
         Say("{{account}} vous invite à rejoindre son compte. Vous pouvez accepter ou refuser jusqu'au {{until}}."),
         Say("Pour accepter, il faut un compte d'utilisateur à cette adresse e-mail. Si vous n'en avez pas encore, ouvrez-en un, gratuitement, avec cette même adresse ; vérifiez-la ; puis acceptez l'invitation."),
         Link("Voir l'invitation"),
     ]),
     words("{{account}} invites you", &[
         Say("Hello,"),
         Say("{{account}} invites you to join its account. You may accept or decline until {{until}}."),
         Say("To accept you need a user account with this e-mail address. If you have none yet, open one, free of charge, with this same address; verify it; then accept the invitation."),
         Link("See the invitation"),
     ])),
    ("portal_owner",
     words("Compte ouvert sur votre portail", &[
         Say("Bonjour,"),
         Say("Un compte {{role}} a été ouvert pour {{contact}} sur votre portail « {{account}} »."),
         Say("Son identifiant et un lien pour choisir un mot de passe lui ont été envoyés."),
     ]),
     words("Account opened on your portal", &[
         Say("Hello,"),
         Say("An account as {{role}} was opened for {{contact}} on your portal, {{account}}."),
         Say("The identifier and a link to choose a password were sent to them."),
     ])),
    ("portal_subscriber",
     words("{{account}} : votre compte sur le portail", &[
         Say("{{greeting}}"),
         Say("{{account}} vous a ouvert un compte {{role}} sur son portail."),
         Say("Votre identifiant : {{email}}"),
         Say("Choisissez votre mot de passe en ouvrant ce lien, une seule fois, avant le {{until}}."),
         Link("Choisir mon mot de passe"),
     ]),
     words("{{account}}: your account on the portal", &[
         Say("{{greeting}}"),
         Say("{{account}} has opened an account as {{role}} on its portal for you."),
         Say("Your identifier: {{email}}"),
         Say("Choose your password by opening this link, once, before {{until}}."),
         Link("Choose my password"),
     ])),
    ("app_invitation",
     words("{{account}} vous invite dans son application", &[
         Say("{{greeting}}"),
         Say("{{account}} vous invite à utiliser son application. Inscrivez-vous avec cette adresse e-mail avant le {{until}}."),
         Link("Rejoindre l'application"),
     ]),
     words("{{account}} invites you to its app", &[
         Say("{{greeting}}"),
         Say("{{account}} invites you to use its app. Sign up with this e-mail address before {{until}}."),
         Link("Join the app"),
     ])),
    ("deletion_requested",
     words("Suppression demandée par le compte {{number}}", &[
         Say("Bonjour,"),
         Say("Le compte {{number}} ({{account}}) demande la suppression du contact {{contactId}}."),
         Say("Approuvez ou refusez la demande."),
         Link("Voir la demande"),
     ]),
     words("Deletion requested by account {{number}}", &[
         Say("Hello,"),
         Say("Account {{number}} ({{account}}) asks for contact {{contactId}} to be deleted."),
         Say("Approve or reject the request."),
         Link("See the request"),
     ])),
    ("deletion_approved",
     words("Suppression approuvée", &[
         Say("Bonjour,"),
         Say("Le support a approuvé votre demande : le contact {{contact}} est supprimé."),
     ]),
     words("Deletion approved", &[
         Say("Hello,"),
         Say("Support has approved your request: the contact {{contact}} is deleted."),
     ])),
    ("deletion_rejected",
     words("Suppression refusée", &[
         Say("Bonjour,"),
         Say("Le support a refusé votre demande de suppression du contact {{contact}}."),
         Quote("reason"),
     ]),
     words("Deletion rejected", &[
         Say("Hello,"),
         Say("Support has rejected your request to delete the contact {{contact}}."),
         Quote("reason"),
     ])),
    ("claim_answered",
     words("{{account}} : réponse à votre réclamation", &[
         Say("{{greeting}}"),
         Say("{{account}} a répondu à votre réclamation :"),
         Quote("answer"),
         Link("Voir ma réclamation"),
     ]),
     words("{{account}}: answer to your claim", &[
         Say("{{greeting}}"),
         Say("{{account}} has answered your claim:"),
         Quote("answer"),
         Link("See my claim"),
     ])),
    ("sign_up",
     words("Ouvrez votre compte d'utilisateur", &[
         Say("Bonjour,"),
         Say("Vous avez demandé un compte d'utilisateur avec l'adresse {{email}}. Choisissez votre mot de passe en ouvrant ce lien, une seule fois, dans les 24 heures."),
         Link("Choisir mon mot de passe"),
         Say("Si vous n'avez rien demandé, ne faites rien : aucun compte ne sera ouvert."),
     ]),
     words("Open your user account", &[
         Say("Hello,"),
         Say("You have asked for a user account with the address {{email}}. Choose your password by opening this link, once, within 24 hours."),
         Link("Choose my password"),
         Say("If you have asked for nothing, do nothing: no account will be opened."),
     ])),
    ("has_login",
     words("Vous avez déjà un compte d'utilisateur", &[
         Say("Bonjour,"),
         Say("Vous avez demandé un compte d'utilisateur avec l'adresse {{email}}, et vous en avez déjà un : connectez-vous avec cette adresse et votre mot de passe."),
         Say("Si vous l'avez oublié, choisissez-en un autre en ouvrant ce lien, une seule fois, dans l'heure."),
         Link("Choisir un nouveau mot de passe"),
         Say("Si vous n'avez rien demandé, ne faites rien : votre mot de passe reste le même."),
     ]),
     words("You have a user account already", &[
         Say("Hello,"),
         Say("You have asked for a user account with the address {{email}}, and you have one already: sign in with this address and your password."),
         Say("If you have forgotten it, choose another one by opening this link, once, within the hour."),
         Link("Choose a new password"),
         Say("If you have asked for nothing, do nothing: your password stays the same."),
     ])),
    ("second_factor_reset",
     words("Votre code de connexion a été retiré", &[
         Say("Bonjour,"),
         Say("À la demande qui lui en a été faite, le support a retiré l'application de codes et les codes de secours de votre compte d'utilisateur {{email}}. Vous avez été déconnecté partout ; à la prochaine connexion, votre mot de passe suffit."),
         Say("Reliez de nouveau une application dès que possible."),
         Say("Si vous n'avez rien demandé, choisissez un autre mot de passe et adressez-vous au support sans attendre."),
     ]),
     words("Your sign-in code was taken away", &[
         Say("Hello,"),
         Say("As it was asked to, support has taken the app for codes and the recovery codes away from your user account {{email}}. You were signed out everywhere; the next time you sign in, your password is enough."),
         Say("Set up an app again as soon as you can."),
         Say("If you have asked for nothing, choose another password and turn to support at once."),
     ])),
    ("reset",
     words("Choisissez un nouveau mot de passe", &[
         Say("Bonjour,"),
         Say("Vous avez demandé un nouveau mot de passe pour l'adresse {{email}}. Choisissez-le en ouvrant ce lien, une seule fois, dans l'heure."),
         Link("Choisir un nouveau mot de passe"),
         Say("Si vous n'avez rien demandé, ne faites rien : votre mot de passe reste le même."),
     ]),
     words("Choose a new password", &[
         Say("Hello,"),
         Say("You have asked for a new password for the address {{email}}. Choose it by opening this link, once, within the hour."),
         Link("Choose a new password"),
         Say("If you have asked for nothing, do nothing: your password stays the same."),
     ])),
];

/// The words of a mail; none when there is no such mail.
pub fn words_of(template: &str, lang: Lang) -> Option<Words> {
    let (_, fr, en) = TEMPLATES.iter().find(|(name, ..)| *name == template)?;
    Some(match lang {
        Lang::Fr => *fr,
        Lang::En => *en,
    })
}

/// Values by name.
pub type Values = Vec<(&'static str, String)>;

/// A text with its values put in, once: a value that itself holds braces stays what it is, and an empty one takes the space before it along
/// (« Bonjour {{firstName}}, »). None: a value is missing.
pub fn fill(text: &str, values: &Values) -> Option<String> {
    let mut filled = String::with_capacity(text.len() + 64);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, tail) = after.split_once("}}")?;
        filled.push_str(before);
        let value = &values.iter().find(|(n, _)| *n == name.trim())?.1;
        if value.is_empty() && !tail.starts_with(char::is_alphanumeric) {
            filled.truncate(filled.trim_end_matches(' ').len());
        }
        filled.push_str(value);
        rest = tail;
    }
    filled.push_str(rest);
    Some(filled)
}

/// The same, of a text of ours.
pub fn set(text: &'static str, values: &Values, lang: Lang) -> Option<String> {
    fill(&typeset(text, lang), values)
}
