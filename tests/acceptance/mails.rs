//! Mails the whole way, in both languages: what a person asks for by GraphQL arrives at a mail server as headers and bodies, and the link in it does what
//! it says (rows U14, U15, S2, S4, O4, A16).

use crate::{
    place::{Place, everywhere, named, outside, text},
    smtp::{Received, Server},
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use sesame::{
    app::OpenAccount,
    log::Channel,
    outbox::{Outside, mail::smtp::Smtp},
    service::Service,
};
use std::sync::Arc;

/// A mail as its reader sees it.
#[derive(Debug)]
struct Arrived {
    to: String,
    subject: String,
    text: String,
    html: String,
    lang: String,
}

/// Quoted-printable, as in bodies (RFC 2045).
fn unquoted(body: &str) -> String {
    let joined = body.replace("=\r\n", "");
    let (mut bytes, mut rest) = (Vec::new(), joined.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        match (first, after) {
            (b'=', [a, b, tail @ ..]) => {
                bytes.push(u8::from_str_radix(std::str::from_utf8(&[*a, *b]).unwrap(), 16).unwrap());
                rest = tail;
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap()
}

fn from_base64(text: &str) -> String {
    let packed: String = text.split_whitespace().collect();
    String::from_utf8(data_encoding::BASE64.decode(packed.as_bytes()).unwrap()).unwrap()
}

/// A header's value with its encoded words (RFC 2047).
fn decoded(value: &str) -> String {
    let word = |word: &str| match word.strip_prefix("=?utf-8?b?").and_then(|w| w.strip_suffix("?=")) {
        Some(packed) => from_base64(packed),
        None => format!(" {word} "),
    };
    value.split_whitespace().map(word).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn header<'a>(head: &'a str, name: &str) -> &'a str {
    let line =
        |line: &'a str| line.split_once(": ").filter(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    head.split("\r\n").find_map(line).unwrap_or_else(|| panic!("{name} in {head}"))
}

impl Arrived {
    fn of(received: Received) -> Arrived {
        let unfolded = received.data.replace("\r\n ", " ").replace("\r\n\t", " ");
        let head = unfolded.split("\r\n\r\n").next().unwrap();
        let part = |kind: &str| {
            let part =
                received.data.split("\r\n--").find(|part| part.contains(&format!("Content-Type: {kind}"))).unwrap();
            let (head, body) = part.split_once("\r\n\r\n").unwrap();
            match header(head, "Content-Transfer-Encoding") {
                "quoted-printable" => unquoted(body),
                "base64" => from_base64(body),
                _ => body.to_owned(),
            }
        };
        let [to] = received.to.as_slice() else { panic!("{:?}", received.to) };
        Arrived {
            to: to.clone(),
            subject: decoded(header(head, "Subject")),
            text: part("text/plain"),
            html: part("text/html"),
            lang: header(head, "Content-Language").to_owned(),
        }
    }

    /// The text of the one-time link in it, which is the only address there is.
    fn link(&self) -> String {
        let links: Vec<&str> = self.text.lines().filter(|line| line.starts_with("http")).collect();
        let [link] = links.as_slice() else { panic!("{}", self.text) };
        assert!(self.html.contains(&format!("<a href=\"{link}\">")), "{}", self.html);
        link.strip_prefix("https://sesame.exemple.fr/links/").unwrap_or_else(|| panic!("{link}")).to_owned()
    }

    #[track_caller]
    fn says(&self, to: &str, subject: &str, words: &str) {
        assert_eq!(self.to, to);
        assert!(self.subject.contains(subject), "{}", self.subject);
        let plain = |text: &str| text.replace(['\u{a0}', '\u{202f}'], " ").replace('’', "'");
        assert!(plain(&self.text).contains(words), "{}", self.text);
        assert!(self.html.contains(&format!("<html lang=\"{}\">", self.lang)), "{}", self.html);
    }
}

/// An account in one language, with its owner, and a mail server.
struct Post {
    place: Place,
    node: Arc<Service>,
    server: Server,
    fr: bool,
}

/// One a language, on each engine.
async fn posts() -> Vec<Post> {
    let mut posts = Vec::new();
    for place in everywhere().await {
        for lang in ["fr", "en"] {
            let owner_email = Some(format!("owner.{lang}@exemple.fr"));
            let account = OpenAccount { locale: Some(lang.to_owned()), owner_email, ..named("Le Phare") };
            let server = Server::start().await;
            let mailer = Arc::new(Smtp::new(&server.url()).unwrap());
            let node = place.node(Outside { mailer: Some(mailer), ..outside() }).await;
            let post = Post { place: place.opened(account).await, node, server, fr: lang == "fr" };
            post.arrive().await;
            posts.push(post);
        }
    }
    posts
}

impl Post {
    fn owner(&self) -> String {
        format!("owner.{}@exemple.fr", if self.fr { "fr" } else { "en" })
    }

    fn word<'a>(&self, fr: &'a str, en: &'a str) -> &'a str {
        if self.fr { fr } else { en }
    }

    /// What is due is delivered: what arrives.
    async fn arrive(&self) -> Vec<Arrived> {
        let before = self.server.received().len();
        self.node.outbox().deliver_due(&[Channel::Mail]).await.unwrap();
        let mut mails: Vec<Arrived> = self.server.received().into_iter().skip(before).map(Arrived::of).collect();
        assert!(mails.iter().all(|mail| mail.lang == self.word("fr", "en")), "{mails:?}");
        mails.sort_by(|one, other| one.to.cmp(&other.to));
        mails
    }

    async fn only(&self) -> Arrived {
        let mut mails = self.arrive().await;
        assert_eq!(mails.len(), 1, "{mails:#?}");
        mails.remove(0)
    }

    async fn ends(self) {
        assert_eq!(self.arrive().await.len(), 0, "each once");
        self.node.stop().await;
    }
}

#[tokio::test]
async fn s2_the_verification_mail_arrives_and_its_link_verifies_once() {
    for post in posts().await {
        let place = &post.place;
        let contact = place.person("Martin", "anne@exemple.fr").await;
        let first = post.only().await;
        first.says(
            "anne@exemple.fr",
            post.word("vérifiez votre adresse", "verify your e-mail address"),
            post.word("une seule fois, avant le 07/04/2026 à 12:00", "once, before"),
        );
        place.later(TimeDelta::minutes(2));
        place.done("requestVerification", json!({ "contactId": contact }), "").await;
        let second = post.only().await;
        let verify = |mail: &Arrived| json!({ "link": mail.link() });
        assert_eq!(
            place.refused("verifyEmail", verify(&first)).await,
            crate::place::refusal("NOT_ALLOWED_NOW", "link")
        );
        let verified = place.done("verifyEmail", verify(&second), "contact { emailVerified }").await;
        assert_eq!(verified["contact"]["emailVerified"], true);
        post.ends().await;
    }
}

#[tokio::test]
async fn u14_u15_owner_and_subscriber_get_their_mails_and_no_password_is_in_either() {
    for post in posts().await {
        let place = &post.place;
        let input = json!({ "accountId": place.account, "firstName": "Anne", "lastName": "Martin", "email": "anne@exemple.fr" });
        let contact = text(&place.done("addContact", input, "contact { id }").await["contact"]["id"]);
        post.arrive().await;
        place.done("openPortalAccount", json!({ "contactId": contact, "role": "SUBSCRIBER" }), "").await;
        let mails = post.arrive().await;
        let [subscriber, owner] = mails.as_slice() else { panic!("{mails:#?}") };
        owner.says(
            &post.owner(),
            post.word("Compte ouvert sur votre portail", "Account opened on your portal"),
            post.word("Un compte abonné a été ouvert pour Anne Martin", "was opened for Anne Martin"),
        );
        assert!(!owner.text.contains("http") && !owner.html.contains("href"), "the link is the subscriber's alone");
        subscriber.says(
            "anne@exemple.fr",
            post.word("votre compte sur le portail", "your account on the portal"),
            post.word("Votre identifiant : anne@exemple.fr", "Your identifier: anne@exemple.fr"),
        );
        let link = place.service.vault().read_link(&subscriber.link()).unwrap();
        assert_eq!(format!("{:?}", link.purpose), "Portal");
        // The only secret is the link; what a password would be named by is spoken of as something to choose.
        for mail in [subscriber, owner] {
            let named = post.word("mot de passe", "password");
            let chosen = post.word("choisi", "choose");
            assert!(
                mail.text.lines().filter(|l| l.contains(named)).all(|l| l.to_lowercase().contains(chosen)),
                "{}",
                mail.text
            );
        }
        post.ends().await;
    }
}

#[tokio::test]
async fn s4_support_is_mailed_a_request_without_a_name_and_the_owner_what_was_decided() {
    for post in posts().await {
        let place = &post.place;
        let policy = json!({ "accountId": place.account, "deletionPolicy": "SUPPORT_ONLY" });
        place.done("setPolicies", policy, "").await;
        let contact = place.contact("Zoé", "Zola").await;
        let support = json!({ "role": "STAFF", "name": "support" });
        let support = text(&place.done_as(&place.operator, "createToken", support, "token").await["token"]);
        let ask = json!({ "contactId": contact, "reason": "partie" });
        let number = "query($a: ID!) { account(id: $a) { number } }";
        let number = text(&place.data(number, json!({ "a": place.account })).await["account"]["number"]);
        place.done("requestDeletion", ask.clone(), "").await;
        let asked = post.only().await;
        asked.says("support@exemple.fr", post.word("Suppression demandée", "Deletion requested"), &number);
        let all = format!("{} {} {}", asked.subject, asked.text, asked.html);
        assert!(!all.contains("Zo") && !all.contains("partie") && all.contains(&contact), "{all}");
        assert!(asked.text.contains(&format!("https://sesame.exemple.fr/deletions/{contact}")), "{}", asked.text);

        let reject = json!({ "contactId": contact, "reason": "Abonnement <en cours>" });
        place.done_as(&support, "rejectDeletion", reject, "").await;
        let rejected = post.only().await;
        rejected.says(&post.owner(), post.word("Suppression refusée", "Deletion rejected"), "Zoé Zola");
        assert!(rejected.text.contains("> Abonnement <en cours>"), "{}", rejected.text);
        assert!(rejected.html.contains("Abonnement &lt;en cours&gt;"), "{}", rejected.html);

        place.later(TimeDelta::minutes(10));
        place.done("requestDeletion", ask, "").await;
        post.only().await;
        place.done_as(&support, "approveDeletion", json!({ "contactId": contact }), "").await;
        post.only().await.says(&post.owner(), post.word("Suppression approuvée", "Deletion approved"), "Zoé Zola");
        post.ends().await;
    }
}

#[tokio::test]
async fn o4_an_invitation_arrives_explains_and_is_accepted_by_its_link() {
    for post in posts().await {
        let place = &post.place;
        let email = post.word("zoe.fr@exemple.fr", "zoe.en@exemple.fr");
        let invite = json!({ "accountId": place.account, "email": email, "permissions": ["OTHER"] });
        place.done("inviteGuest", invite, "").await;
        let mail = post.only().await;
        mail.says(
            email,
            post.word("Le Phare vous invite", "Le Phare invites you"),
            post.word(
                "ouvrez-en un, gratuitement, avec cette même adresse",
                "open one, free of charge, with this same address",
            ),
        );
        let (_, token) = place.user(email).await;
        let accept = json!({ "link": mail.link() });
        let accepted = place.done_as(&token, "acceptInvitation", accept, "contact { status }").await;
        assert_eq!(accepted["contact"]["status"], "ACTIVE");
        post.ends().await;
    }
}

#[tokio::test]
async fn a16_an_invitation_to_the_app_arrives_and_again_with_another_link() {
    for post in posts().await {
        let place = &post.place;
        let contact = place.person("Martin", "anne@exemple.fr").await;
        post.arrive().await;
        place.done("inviteToApp", json!({ "contactId": contact }), "").await;
        let first = post.only().await;
        first.says(
            "anne@exemple.fr",
            post.word("vous invite dans son application", "invites you to its app"),
            post.word("Inscrivez-vous avec cette adresse e-mail", "Sign up with this e-mail address"),
        );
        place.later(TimeDelta::minutes(6));
        place.done("resendAppInvitation", json!({ "contactId": contact }), "").await;
        let second = post.only().await;
        assert_ne!(first.link(), second.link());
        // One that waits while somebody signs up is no longer of use.
        place.later(TimeDelta::minutes(6));
        place.done("resendAppInvitation", json!({ "contactId": contact }), "").await;
        place.sign_up("anne@exemple.fr", true, json!({})).await;
        assert_eq!(post.arrive().await.len(), 0);
        let dropped = crate::deliveries::deliveries(place, "app_invitation").await;
        assert_eq!((&dropped[0]["status"], &dropped[0]["reason"]), (&json!("DROPPED"), &json!("NOT_CURRENT")));
        post.ends().await;
    }
}

#[tokio::test]
async fn s2_an_owner_whose_mailbox_nobody_has_is_known_by_it() {
    for place in everywhere().await {
        let owner_email = Some("inconnu@exemple.fr".to_owned());
        let place = place.opened(OpenAccount { owner_email, ..named("Le Phare") }).await;
        let server = Server::start().await;
        let mailer = Arc::new(Smtp::new(&server.url()).unwrap());
        let node = place.node(Outside { mailer: Some(mailer), ..outside() }).await;
        let contact = place.person("Martin", "anne@exemple.fr").await;
        place.done("openPortalAccount", json!({ "contactId": contact, "role": "SUBSCRIBER" }), "").await;
        node.outbox().deliver_due(&[Channel::Mail]).await.unwrap();
        let members = "query($a: ID!) { members(accountId: $a) { edges { node { contact { id profile emailVerification { status } } } } } }";
        let members = place.data(members, json!({ "a": place.account })).await["members"]["edges"].clone();
        let owner =
            members.as_array().unwrap().iter().map(|e| &e["node"]["contact"]).find(|c| c["profile"] == "CLIENT");
        assert_eq!(owner.unwrap()["emailVerification"]["status"], "BOUNCED");
        let status = "query($c: ID!) { contact(id: $c) { emailVerification { status } } }";
        let anne: Value = place.data(status, json!({ "c": contact })).await;
        assert_eq!(
            anne["contact"]["emailVerification"]["status"], "UNVERIFIED",
            "the mail was about her, and not to her"
        );
        node.stop().await;
    }
}
