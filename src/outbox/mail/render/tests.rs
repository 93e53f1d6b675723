//! What each mail says, to whom, and when it is no longer current.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use domain::{
    AccountId, ClaimId, UserId,
    account::OpenAccount,
    contact::{
        Added, AddedPrivate, Deleted, EmailChanged, EmailPrivate, Erased,
        app::{AppInvited, Devices, RegistrationLinked},
        claim::{ClaimAnswered, ClaimOpened, ClaimText},
        deletion::{DeletionApproved, DeletionRejected, DeletionRequested, Reason},
        membership::{Accepted, Declined, Invited},
        portal::{PortalClosed, PortalOpened},
        verification::{Requested, Verified},
    },
    event::Private,
    testing::{Given, at, given, id},
    values::{ContactKind, Email, Profile},
};

const ACCOUNT: AccountId = AccountId(id(1));
const CONTACT: Uuid = id(2);
const OWNER: ContactId = ContactId(id(3));

fn account(locale: &str) -> Given {
    let open = OpenAccount {
        account: ACCOUNT,
        number: "C-10042".into(),
        company_name: "Le Phare".into(),
        locale: Some(locale.into()),
        time_zone: None,
    };
    given().at("2026-03-01T09:00:00Z").decided(open.decide())
}

fn person(first: &str, email: Option<&str>) -> Given {
    let private = AddedPrivate {
        first_name: Some(first.into()),
        last_name: Some("Martin".into()),
        email: email.map(|e| Email::parse(e).unwrap()),
        ..AddedPrivate::default()
    };
    given().at("2026-03-01T09:00:00Z").event(Added {
        account: ACCOUNT,
        kind: ContactKind::Person,
        profile: Profile::Contact,
        private: Private::Known(private),
    })
}

fn anne() -> Given {
    person("Anne", Some("anne@exemple.fr"))
}

fn facts(account: Given, contact: Given) -> Facts {
    Facts {
        account: Arc::new(account.folded),
        owner: Some((OWNER, Arc::new(person("Odile", Some("owner@exemple.fr")).folded))),
        contact: Arc::new(contact.folded),
        product: None,
        subscriptions: vec![],
        now: at("2026-03-02T09:00:00Z"),
        public_url: "https://sesame.example/base".into(),
        mail_from: "noreply@sesame.example".into(),
        support: Some("support@exemple.fr".into()),
        link: Box::new(|purpose, contact, occasion| format!("{purpose:?}-{}-{}", contact.simple(), occasion.simple())),
    }
}

fn about() -> About {
    About { contact: CONTACT, product: None, occasion: Some(id(9)), claim: Some(id(8)), approved: false }
}

fn said(template: &str, contact: Given) -> Result<Said, &'static str> {
    render(template, &about(), &facts(account("fr"), contact))
}

#[track_caller]
fn dropped(template: &str, contact: Given) -> &'static str {
    said(template, contact).err().unwrap()
}

fn soon() -> chrono::DateTime<Utc> {
    at("2026-03-08T09:30:00Z")
}

fn asked(n: u128) -> Requested {
    Requested { link: id(n), expires_at: soon() }
}

#[test]
fn s2_the_verification_mail_has_a_link_of_ours_until_it_is_followed_replaced_or_out_of_time() {
    let mail = said("verify_email", anne().event(asked(9))).unwrap();
    assert_eq!((mail.to.as_str(), mail.to_name.as_str()), ("anne@exemple.fr", "Anne Martin"));
    assert!(mail.subject.contains("vérifiez votre adresse e-mail"), "{}", mail.subject);
    assert!(
        mail.text.starts_with("Bonjour Anne,\n") && mail.text.contains("avant le 08/03/2026 à 10:30"),
        "{}",
        mail.text
    );
    let link = format!("https://sesame.example/base/links/VerifyEmail-{}-{}", CONTACT.simple(), id(9).simple());
    assert!(mail.text.contains(&link) && mail.html.contains(&format!("<a href=\"{link}\">")));
    assert!(mail.html.contains("<html lang=\"fr\">"));

    assert_eq!(dropped("verify_email", anne()), NOT_CURRENT);
    assert_eq!(dropped("verify_email", anne().event(asked(9)).event(asked(10))), NOT_CURRENT, "another was sent");
    assert_eq!(dropped("verify_email", anne().event(asked(9)).event(Verified {})), NOT_CURRENT);
    let changed = EmailChanged { private: Private::Known(EmailPrivate { email: None }) };
    assert_eq!(dropped("verify_email", anne().event(asked(9)).event(changed)), NOT_CURRENT);
    let late = Requested { link: id(9), expires_at: at("2026-03-02T09:00:00Z") };
    assert_eq!(dropped("verify_email", anne().event(late)), NOT_CURRENT);
    assert_eq!(dropped("verify_email", person("Anne", None).event(asked(9))), NO_ADDRESS);
    assert_eq!(dropped("verify_email", anne().event(asked(9)).event(Deleted {})), CONTACT_GONE);
    assert_eq!(dropped("verify_email", anne().event(asked(9)).event(Erased {})), CONTACT_GONE);
}

#[test]
fn o4_the_invitation_explains_how_to_open_an_account_and_tells_nothing_of_its_reader() {
    let invited = |n: u128| Invited { invitation: id(n), expires_at: soon() };
    let mail = said("invitation", anne().event(invited(9))).unwrap();
    assert_eq!((mail.to.as_str(), mail.to_name.as_str()), ("anne@exemple.fr", ""));
    assert!(mail.text.contains("ouvrez-en un, gratuitement") && !mail.text.contains("Anne"), "{}", mail.text);
    assert!(mail.text.contains("/links/Invitation-"));
    for event in [
        domain::Event::from(invited(10)),
        Declined { user: UserId(id(7)) }.into(),
        Accepted { user: UserId(id(7)) }.into(),
    ] {
        assert_eq!(dropped("invitation", anne().event(invited(9)).event(event)), NOT_CURRENT);
    }
}

#[test]
fn u14_the_owner_is_told_that_a_portal_account_was_opened() {
    let mail = said("portal_owner", anne().event(opened())).unwrap();
    assert_eq!((mail.to.as_str(), mail.to_name.as_str()), ("owner@exemple.fr", "Odile Martin"));
    assert_eq!(mail.reader, Some(OWNER), "whose address it is, should it come back");
    assert!(mail.text.contains("Un compte abonné a été ouvert pour Anne Martin"), "{}", mail.text);
    assert!(!mail.text.contains("/links/"), "the link is the subscriber's alone");
    assert_eq!(dropped("portal_owner", anne().event(opened()).event(PortalClosed {})), NOT_CURRENT);
    let nobody = Facts { owner: None, ..facts(account("fr"), anne().event(opened())) };
    assert_eq!(render("portal_owner", &about(), &nobody).err(), Some("NO_OWNER"));
}

fn opened() -> PortalOpened {
    PortalOpened { role: PortalRole::Subscriber, link: id(9), expires_at: soon() }
}

#[test]
fn u15_the_subscriber_gets_an_identifier_and_a_one_time_link_and_never_a_password() {
    let mail = said("portal_subscriber", anne().event(opened())).unwrap();
    assert_eq!(mail.to, "anne@exemple.fr");
    assert!(mail.text.contains("Votre identifiant\u{202f}: anne@exemple.fr"), "{}", mail.text);
    assert!(mail.text.contains("Choisissez votre mot de passe") && mail.text.contains("/links/Portal-"));
    assert_eq!(dropped("portal_subscriber", anne().event(opened()).event(PortalClosed {})), NOT_CURRENT);
}

#[test]
fn a16_an_app_invitation_that_was_sent_again_or_taken_up_mails_nothing() {
    let invited = |n: u128| AppInvited { link: id(n), expires_at: soon() };
    assert!(said("app_invitation", anne().event(invited(9))).unwrap().text.contains("/links/App-"));
    assert_eq!(dropped("app_invitation", anne().event(invited(9)).event(invited(10))), NOT_CURRENT);
    let linked = RegistrationLinked {
        registration: None,
        user: None,
        pending: false,
        private: Private::Known(Devices { devices: vec!["Pixel".into()] }),
    };
    assert_eq!(dropped("app_invitation", anne().event(invited(9)).event(linked)), NOT_CURRENT);
}

#[test]
fn s4_support_is_asked_without_a_name_and_the_owner_is_told_what_was_decided() {
    let reason = |text: &str| Private::Known(Reason { reason: Some(text.into()) });
    let requested = anne().event(DeletionRequested { private: reason("parti") });
    let mail = said("deletion_requested", requested.clone()).unwrap();
    assert_eq!(mail.to, "support@exemple.fr");
    assert!(
        mail.text.contains("C-10042") && !mail.text.contains("Anne") && !mail.text.contains("parti"),
        "{}",
        mail.text
    );
    let nowhere = Facts { support: None, ..facts(account("fr"), requested.clone()) };
    assert_eq!(render("deletion_requested", &about(), &nowhere).err(), Some("NO_SUPPORT_ADDRESS"));

    let rejected = requested.clone().event(DeletionRejected { private: reason("facture <ouverte>\nencore") });
    assert_eq!(dropped("deletion_requested", rejected.clone()), NOT_CURRENT);
    let mail = said("deletion_decided", rejected).unwrap();
    assert_eq!((mail.to.as_str(), mail.subject.as_str()), ("owner@exemple.fr", "Suppression refusée"));
    assert!(mail.text.contains("> facture <ouverte>\n> encore\n"), "{}", mail.text);
    assert!(mail.html.contains("facture &lt;ouverte&gt;<br>\nencore"));
    // Who is deleted is still spoken of: that is what the mail tells.
    let approved = requested.event(DeletionApproved {}).event(Deleted {});
    assert_eq!(dropped("deletion_decided", approved.clone()), NOT_CURRENT, "it was not rejected");
    let about = About { approved: true, ..about() };
    let mail = render("deletion_decided", &about, &facts(account("en"), approved)).unwrap();
    assert_eq!(mail.subject, "Deletion approved");
}

#[test]
fn u10_the_newest_answer_to_a_claim_is_quoted() {
    let text = |text: &str| Private::Known(ClaimText { text: text.into() });
    let (claim, subscription) = (ClaimId(id(8)), SubscriptionId(id(7)));
    let open = anne().event(ClaimOpened { claim, subscription, issue: None, private: text("perdu") });
    assert_eq!(dropped("claim_answered", open.clone()), NOT_CURRENT);
    let answered = open
        .event(ClaimAnswered { claim, private: text("une") })
        .event(ClaimAnswered { claim, private: text("<b>deux</b>") });
    let mail = said("claim_answered", answered).unwrap();
    assert!(mail.text.contains("> <b>deux</b>") && !mail.text.contains("une\n\n"), "{}", mail.text);
    assert!(mail.html.contains("&lt;b&gt;deux&lt;/b&gt;") && mail.text.contains("/claims/"));
}

#[test]
fn the_only_addresses_in_any_mail_are_of_the_public_one() {
    let name = "https://evil.example/ {{until}} <a href=\"https://evil.example\">";
    let contact = person(name, Some("anne@exemple.fr"))
        .event(asked(9))
        .event(opened())
        .event(AppInvited { link: id(9), expires_at: soon() });
    for locale in ["fr", "en"] {
        for template in ["verify_email", "portal_subscriber", "app_invitation"] {
            let mail = render(template, &about(), &facts(account(locale), contact.clone())).unwrap();
            let links: Vec<&str> =
                mail.html.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
            assert!(links.iter().all(|link| link.starts_with("https://sesame.example/base/links/")), "{links:?}");
            assert_eq!(links.len(), 1, "{template}");
            assert!(!mail.html.contains("<a href=\"https://evil"), "{}", mail.html);
            assert!(mail.text.contains("{{until}}"), "a value is no template");
            assert_eq!(mail.lang.tag(), locale);
        }
    }
}

#[test]
fn what_is_of_another_account_or_unknown_is_not_said() {
    let other = given().at("2026-03-01T09:00:00Z").event(Added {
        account: AccountId(id(77)),
        kind: ContactKind::Person,
        profile: Profile::Contact,
        private: Private::Known(AddedPrivate::default()),
    });
    assert_eq!(dropped("verify_email", other), UNKNOWN);
    assert_eq!(dropped("nothing", anne()), UNKNOWN);
    assert_eq!(dropped("verify_email", given()), CONTACT_GONE);
}

#[test]
fn k6_a_mail_reads_well_without_a_first_name_or_a_day() {
    let values = |first: &str| vec![("firstName", first.to_owned()), ("product", "Yoga".to_owned())];
    for (text, anne, nobody) in [
        ("Bonjour {{firstName}},\n{{product}}", "Bonjour Anne,\nYoga", "Bonjour,\nYoga"),
        ("Bonjour {{firstName}} !", "Bonjour Anne !", "Bonjour !"),
        ("{{firstName}}, voici {{product}}", "Anne, voici Yoga", ", voici Yoga"),
        ("À {{firstName}} et aux autres", "À Anne et aux autres", "À et aux autres"),
    ] {
        assert_eq!(fill(text, &values("Anne")).unwrap(), anne);
        assert_eq!(fill(text, &values("")).unwrap(), nobody);
    }
    // No day is known: the access is automatic, and no subscription opens it.
    let product = domain::ProductId(id(5));
    let words =
        domain::product::OrderEmail { subject: "Yoga".into(), body: "Il ouvre le {{opensOn}} : {{accessUrl}}".into() };
    let sold = domain::product::CreateProduct {
        account: ACCOUNT,
        name: "Yoga".into(),
        delivered: false,
        drip_clock: domain::values::DripClock::CalendarDays,
        modules: vec![],
        order_email: Some(words),
    };
    let granted = domain::contact::AccessGranted {
        product,
        mode: domain::values::AccessMode::Automatic,
        opening: domain::contact::Opening::FromOrderDate,
        ordered_on: None,
        by: domain::contact::Grantor::Manual,
        send_order_email: true,
    };
    let mut facts = facts(account("fr"), anne().event(domain::contact::ContactEvent::from(granted)));
    facts.product = Some(Arc::new(given().at("2026-03-01T09:00:00Z").decided(sold.decide()).folded));
    let about = About { product: Some(product.0), ..about() };
    let mail = render("order_email", &about, &facts).unwrap();
    assert!(mail.text.starts_with("Il ouvre le jour de son activation : https://"), "{}", mail.text);
}
