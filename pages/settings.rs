//! « Réglages »: what the account is called and how it decides, its programs' tokens, what it is connected to, and how its people sign in.

use crate::{
    Cx,
    parts::{Edge, Form, PageInfo},
    query,
};
use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

/// The question behind most of it.
pub const SETTINGS: &str = include_str!("questions/settings.graphql");
/// The question behind [`Tokens`].
pub const TOKENS: &str = include_str!("questions/tokens.graphql");
/// The question behind what left the house.
pub const DELIVERIES: &str = include_str!("questions/deliveries.graphql");
/// What the account is called.
pub const RENAME: &str = include_str!("questions/rename_account.graphql");
/// How it decides.
pub const POLICIES: &str = include_str!("questions/set_policies.graphql");
/// Making a token.
pub const CREATE_TOKEN: &str = include_str!("questions/create_token.graphql");
/// Ending one.
pub const REVOKE_TOKEN: &str = include_str!("questions/revoke_token.graphql");
/// Connecting a webhook.
pub const CONNECT_WEBHOOK: &str = include_str!("questions/connect_webhook.graphql");
/// Ending that.
pub const DISCONNECT_WEBHOOK: &str = include_str!("questions/disconnect_webhook.graphql");
/// Connecting the customer service.
pub const CONNECT_SERVICE: &str = include_str!("questions/connect_customer_service.graphql");
/// Ending that.
pub const DISCONNECT_SERVICE: &str = include_str!("questions/disconnect_customer_service.graphql");
/// Sending something again.
pub const RETRY: &str = include_str!("questions/retry_delivery.graphql");
/// Setting the provider of sign-ins.
pub const SET_PROVIDER: &str = include_str!("questions/set_provider.graphql");
/// Doing without it.
pub const REMOVE_PROVIDER: &str = include_str!("questions/remove_provider.graphql");

/// What is told once something was done (`told-…`).
pub const DONE: [&str; 9] = [
    "account-renamed",
    "policies-set",
    "token-revoked",
    "token-stands",
    "webhook-disconnected",
    "service-disconnected",
    "delivery-retried",
    "provider-set",
    "provider-removed",
];

/// What a token may, in the order in which it is listed.
pub const SCOPES: [&str; 8] =
    ["BILLING", "SUPPORT", "DEPLOYMENT", "SYSTEM_CONFIGURATION", "SECURITY", "OTHER", "ERP", "ACCESS_CHECK"];

/// How what goes out can stand.
pub const DELIVERY_STATUSES: [&str; 5] = ["QUEUED", "SENT", "ACKNOWLEDGED", "FAILED", "DROPPED"];

/// Time zones that are offered; any other that there is may be typed.
pub const ZONES: [&str; 14] = [
    "Europe/Paris",
    "Europe/Brussels",
    "Europe/Zurich",
    "Europe/Luxembourg",
    "Europe/London",
    "America/Guadeloupe",
    "America/Martinique",
    "America/Cayenne",
    "America/Miquelon",
    "America/Toronto",
    "Indian/Reunion",
    "Indian/Mayotte",
    "Pacific/Noumea",
    "Pacific/Tahiti",
];

/// The answer to [`SETTINGS`].
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Answer {
    pub account: Option<Account>,
}

/// The account.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Account {
    pub id: String,
    pub version: i64,
    pub number: String,
    pub company_name: String,
    pub locale: String,
    pub time_zone: String,
    pub opened_at: DateTime<Utc>,
    pub pending_registrations: i64,
    pub policies: Policies,
    pub customer_service: Option<Webhook>,
    pub webhooks: Vec<Webhook>,
    pub sign_in_provider: Option<Provider>,
}

/// How it decides.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Policies {
    pub grace_days: i64,
    pub deletion: String,
    pub registration: String,
}

/// What is called when something happens.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Webhook {
    pub id: String,
    pub address: Option<String>,
    pub types: Vec<String>,
    pub connected_at: DateTime<Utc>,
}

/// Who says for the account who somebody is.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Provider {
    pub issuer: String,
    pub client_id: String,
    pub domains: Vec<String>,
    pub first_sign_ins: bool,
    pub asks_second_factor: bool,
    pub on: bool,
    pub set_at: DateTime<Utc>,
}

/// Whether somebody saved it meanwhile.
pub fn conflicts(form: &Form) -> bool {
    form.wrong.iter().any(|wrong| wrong.code == "VERSION_CONFLICT")
}

/// Name and rules.
#[derive(Template, Debug)]
#[template(path = "settings.html")]
pub struct Settings {
    /// What every page shows.
    pub cx: Cx,
    /// The account.
    pub account: Account,
    /// Its name, as it is or as it was typed.
    pub name: Form,
    /// Its rules, likewise.
    pub rules: Form,
}

impl Settings {
    /// The form of the name, as it stands.
    pub fn name_of(account: &Account) -> Form {
        Form::of([("companyName", account.company_name.clone()), ("version", account.version.to_string())])
    }

    /// The form of the rules, as they stand.
    pub fn rules_of(account: &Account) -> Form {
        Form::of([
            ("timeZone", account.time_zone.clone()),
            ("graceDays", account.policies.grace_days.to_string()),
            ("deletionPolicy", account.policies.deletion.clone()),
            ("registrationPolicy", account.policies.registration.clone()),
            ("version", account.version.to_string()),
        ])
    }

    fn tab(&self) -> &'static str {
        ""
    }

    /// What stands now where something else was typed, after somebody saved meanwhile: the name of the field's word, and what stands.
    fn stands(&self) -> Vec<(&'static str, String)> {
        let now = Settings::rules_of(&self.account);
        let said = |name: &str| match name {
            "deletionPolicy" => self.cx.choice("deletion-policy", now.value(name)).into_owned(),
            "registrationPolicy" => self.cx.choice("registration-policy", now.value(name)).into_owned(),
            _ => now.value(name).to_owned(),
        };
        [
            ("timeZone", "time-zone"),
            ("graceDays", "grace-days"),
            ("deletionPolicy", "deletion-policy"),
            ("registrationPolicy", "registration-policy"),
        ]
        .into_iter()
        .filter(|(name, _)| now.value(name) != self.rules.value(name))
        .map(|(name, word)| (word, said(name)))
        .collect()
    }
}

/// A token of a program.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Token {
    pub id: String,
    pub scopes: Vec<String>,
    pub name: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
    pub last_used_at: Option<DateTime<Utc>>,
}

impl Token {
    /// How it stands: `ACTIVE`, `EXPIRED` or `REVOKED`.
    pub fn status(&self, now: &DateTime<Utc>) -> &'static str {
        match (self.revoked_at, self.expires_at) {
            (Some(_), _) => "REVOKED",
            (None, Some(end)) if end <= *now => "EXPIRED",
            _ => "ACTIVE",
        }
    }

    /// The last instant that it opens something: what ends at midnight ends with the day before.
    pub fn ends(&self) -> Option<DateTime<Utc>> {
        self.expires_at.map(|end| end - TimeDelta::seconds(1))
    }

    /// Whether it still opens something.
    pub fn opens(&self, now: &DateTime<Utc>) -> bool {
        self.status(now) == "ACTIVE"
    }
}

/// The answer to [`TOKENS`].
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct TokensAnswer {
    pub tokens: Vec<Token>,
}

/// The tokens of the account's programs.
#[derive(Template, Debug)]
#[template(path = "tokens.html")]
pub struct Tokens {
    /// What every page shows.
    pub cx: Cx,
    /// They, the newest first.
    pub tokens: Vec<Token>,
}

impl Tokens {
    fn tab(&self) -> &'static str {
        "tokens"
    }
}

/// Making a token.
#[derive(Template, Debug)]
#[template(path = "token_new.html", blocks = ["dialog"])]
pub struct NewToken {
    /// What every page shows.
    pub cx: Cx,
    /// What was typed.
    pub form: Form,
}

/// What is shown once and never again.
#[derive(Template, Debug)]
#[template(path = "shown_once.html", blocks = ["dialog"])]
pub struct ShownOnce {
    /// What every page shows.
    pub cx: Cx,
    /// What: `TOKEN` or `SECRET`.
    pub what: &'static str,
    /// It.
    pub value: String,
    /// Where to afterwards.
    pub back: String,
}

/// What left the account, or is about to.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Delivery {
    pub id: String,
    pub channel: String,
    pub template: String,
    pub status: String,
    pub created_at: DateTime<Utc>,
    pub next_attempt_at: Option<DateTime<Utc>>,
    pub attempts: i64,
    pub reason: Option<String>,
    pub done_at: Option<DateTime<Utc>>,
    pub contact: Option<About>,
}

impl Delivery {
    /// Whether it can be sent again now.
    pub fn can_be_retried(&self) -> bool {
        matches!(self.status.as_str(), "QUEUED" | "FAILED")
    }
}

/// Whom it concerns.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct About {
    pub id: String,
    pub display_name: String,
}

/// The answer to [`DELIVERIES`].
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct DeliveriesAnswer {
    pub deliveries: Deliveries,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Deliveries {
    pub edges: Vec<Edge<Delivery>>,
    pub page_info: PageInfo,
}

/// What the account is connected to, and what went out.
#[derive(Template, Debug)]
#[template(path = "connections.html")]
pub struct Connections {
    /// What every page shows.
    pub cx: Cx,
    /// The account.
    pub account: Account,
    /// One of [`DELIVERY_STATUSES`], or nothing.
    pub status: String,
    /// What went out.
    pub deliveries: Deliveries,
}

impl Connections {
    fn tab(&self) -> &'static str {
        "connections"
    }

    fn here(&self) -> String {
        format!("{}{}", self.cx.at("settings/connections"), query(&[("status", self.status.as_str())]))
    }
}

/// Connecting a webhook, or the customer service.
#[derive(Template, Debug)]
#[template(path = "connect.html", blocks = ["dialog"])]
pub struct Connect {
    /// What every page shows.
    pub cx: Cx,
    /// What: `webhook` or `service`.
    pub what: &'static str,
    /// What was typed.
    pub form: Form,
}

impl Connect {
    fn is(&self, what: &str) -> bool {
        self.what == what
    }
}

/// The account's provider of sign-ins.
#[derive(Template, Debug)]
#[template(path = "provider.html")]
pub struct SignIns {
    /// What every page shows.
    pub cx: Cx,
    /// As it is set; none: none is.
    pub provider: Option<Provider>,
    /// Where the provider sends people back to.
    pub back_to: String,
    /// As it is, or as it was typed.
    pub form: Form,
}

impl SignIns {
    /// The form as it is set.
    pub fn filled(account: &Account) -> Form {
        let yes = |yes: bool| if yes { "1".to_owned() } else { String::new() };
        let given = account.sign_in_provider.as_ref();
        let text = |of: fn(&Provider) -> String| given.map(of).unwrap_or_default();
        Form::of([
            ("issuer", text(|it| it.issuer.clone())),
            ("clientId", text(|it| it.client_id.clone())),
            ("domains", text(|it| it.domains.join(", "))),
            ("firstSignIns", yes(given.is_none_or(|it| it.first_sign_ins))),
            ("asksSecondFactor", yes(given.is_some_and(|it| it.asks_second_factor))),
            ("on", yes(given.is_none_or(|it| it.on))),
            ("version", account.version.to_string()),
        ])
    }

    fn tab(&self) -> &'static str {
        "sign-in"
    }
}

/// What is asked before a token, a connection or the provider ends.
#[derive(Template, Debug)]
#[template(path = "settings_ask.html", blocks = ["dialog"])]
pub struct Ask {
    /// What every page shows.
    pub cx: Cx,
    /// What ends: `TOKEN`, `WEBHOOK`, `SERVICE` or `PROVIDER`.
    pub what: &'static str,
    /// What it is called.
    pub name: String,
    /// Its id.
    pub id: String,
    /// Where the form goes.
    pub action: String,
    /// Where to instead.
    pub back: String,
    /// What is wrong.
    pub form: Form,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_ends_by_its_date_or_by_hand() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap_or_default();
        let now = at("2026-03-31T12:00:00Z");
        let token = |expires_at, revoked_at| Token {
            id: "t".into(),
            scopes: vec![],
            name: "Boutique".into(),
            created_at: now,
            expires_at,
            revoked_at,
            last_used_at: None,
        };
        assert_eq!(token(None, None).status(&now), "ACTIVE");
        assert_eq!(token(Some(now), None).status(&now), "EXPIRED");
        assert_eq!(token(Some(at("2027-01-01T00:00:00Z")), Some(now)).status(&now), "REVOKED");
    }
}
