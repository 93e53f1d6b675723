//! « Gérer les contacts »: who belongs to the account, what each may do, who is invited, and whose turn it is to be looked at again.

use crate::{
    Cx,
    parts::{Form, Listed},
    query,
};
use askama::Template;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;

/// The question behind [`Members`].
pub const MEMBERS: &str = include_str!("questions/members.graphql");
/// The question behind the pages of one member.
pub const MEMBER: &str = include_str!("questions/member.graphql");
/// Inviting somebody by e-mail.
pub const INVITE: &str = include_str!("questions/invite_guest.graphql");
/// Recording a member by hand.
pub const ADD: &str = include_str!("questions/add_member.graphql");
/// What a member may do.
pub const PERMISSIONS: &str = include_str!("questions/set_permissions.graphql");
/// Sending an invitation again.
pub const RESEND: &str = include_str!("questions/resend_invitation.graphql");
/// Taking one back.
pub const REVOKE: &str = include_str!("questions/revoke_invitation.graphql");
/// Switching a member off.
pub const DEACTIVATE: &str = include_str!("questions/deactivate_member.graphql");
/// Switching one on again.
pub const REACTIVATE: &str = include_str!("questions/reactivate_member.graphql");
/// The last day of a membership.
pub const EXPIRY: &str = include_str!("questions/member_expiry.graphql");
/// Giving the account away.
pub const TRANSFER: &str = include_str!("questions/transfer_ownership.graphql");
/// Leaving an account.
pub const LEAVE: &str = include_str!("questions/leave_account.graphql");

/// What is told once something was done (`told-…`).
pub const DONE: [&str; 10] = [
    "member-invited",
    "member-added",
    "member-rights",
    "member-until",
    "member-resent",
    "member-revoked",
    "member-deactivated",
    "member-reactivated",
    "member-transferred",
    "member-left",
];

/// What a member may be allowed, in the order in which it is listed.
pub const RIGHTS: [&str; 6] = ["BILLING", "SUPPORT", "DEPLOYMENT", "SYSTEM_CONFIGURATION", "SECURITY", "OTHER"];

/// How a membership can stand, as the list is narrowed by it.
pub const STATUSES: [&str; 7] = ["PENDING", "INVITED", "DECLINED", "ACTIVE", "INACTIVE", "EXPIRED", "REVOKED"];

/// Whom one looks at again: who never came, who has not come for long, whose last day is near.
pub const REVIEWS: [&str; 3] = ["NEVER", "QUIET", "ENDING"];

/// The answer to [`MEMBERS`].
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Answer {
    pub members: List,
}

/// A page of members.
pub type List = Listed<Row>;

/// A member of the list.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Row {
    pub last_used: Option<DateTime<Utc>>,
    pub contact: Contact,
}

/// The answer to [`MEMBER`].
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct MemberAnswer {
    pub contact: Option<Contact>,
}

/// Whoever belongs to the account.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Contact {
    pub id: String,
    pub version: i64,
    pub display_name: String,
    pub email: Option<String>,
    pub kind: String,
    pub profile: String,
    pub status: String,
    pub permissions: Vec<String>,
    pub user_id: Option<String>,
    pub member_until: Option<NaiveDate>,
    pub created_at: DateTime<Utc>,
    pub deleted_at: Option<DateTime<Utc>>,
}

impl Contact {
    /// Whether they may that.
    pub fn may(&self, right: &str) -> bool {
        self.permissions.iter().any(|held| held == right)
    }

    /// What stands beneath the name.
    pub fn beneath(&self) -> &str {
        self.email.as_deref().filter(|email| *email != self.display_name).unwrap_or_default()
    }

    /// Whether it stands so.
    pub fn is(&self, status: &str) -> bool {
        self.status == status
    }

    /// Whether it is the account's owner.
    pub fn owns(&self) -> bool {
        self.profile == "CLIENT"
    }

    /// Whether an invitation was made that nobody has answered yes to.
    pub fn waits(&self) -> bool {
        self.profile == "GUEST" && self.user_id.is_none() && (self.is("INVITED") || self.is("EXPIRED"))
    }
}

/// Whoever looks at a member: what they may hand on, and who they are here.
#[derive(Debug, Clone, Default)]
pub struct Own {
    /// The contact they are.
    pub contact: String,
    /// What they may do, and so hand on.
    pub rights: Vec<String>,
}

impl Own {
    /// Whether they may hand a right on.
    pub fn holds(&self, right: &str) -> bool {
        self.rights.iter().any(|held| held == right)
    }

    /// Whether somebody has a right that they do not: nothing about them is theirs to change.
    pub fn is_below(&self, other: &Contact) -> bool {
        other.permissions.iter().any(|right| !self.holds(right))
    }
}

/// What the list is narrowed to, as the address has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Narrowed {
    /// One of [`STATUSES`], or nothing.
    pub status: String,
    /// `CLIENT`, `CONTACT`, `GUEST`, or nothing.
    pub profile: String,
    /// One of [`REVIEWS`], or nothing.
    pub review: String,
    /// `rights`: what each may do; else who they are.
    pub view: String,
}

impl Narrowed {
    /// As the address has it, without paging; with another value for one of them, and an empty one left out.
    pub fn with(&self, name: &str, value: &str) -> String {
        let all =
            [("status", &self.status), ("profile", &self.profile), ("review", &self.review), ("view", &self.view)];
        query(&all.map(|(key, now)| (key, if key == name { value } else { now.as_str() })))
    }

    /// Whether anything narrows it.
    pub fn any(&self) -> bool {
        [&self.status, &self.profile, &self.review].into_iter().any(|value| !value.is_empty())
    }

    /// What narrows it, as a chip each: its name, its value, the word's key.
    pub fn chips(&self) -> Vec<(&'static str, &str, &'static str)> {
        let all = [
            ("status", &self.status, "status"),
            ("profile", &self.profile, "profile"),
            ("review", &self.review, "review"),
        ];
        all.into_iter()
            .filter(|(_, value, _)| !value.is_empty())
            .map(|(name, value, word)| (name, value.as_str(), word))
            .collect()
    }
}

/// The list.
#[derive(Template, Debug)]
#[template(path = "members.html")]
pub struct Members {
    /// What every page shows.
    pub cx: Cx,
    /// What it is narrowed to.
    pub narrowed: Narrowed,
    /// The members.
    pub list: List,
}

impl Members {
    fn here(&self) -> String {
        format!("{}{}", self.cx.at("members"), self.narrowed.with("", ""))
    }

    fn shows_rights(&self) -> bool {
        self.narrowed.view == "rights"
    }
}

/// « Inviter un invité ».
#[derive(Template, Debug)]
#[template(path = "member_invite.html", blocks = ["dialog"])]
pub struct Invite {
    /// What every page shows.
    pub cx: Cx,
    /// Who invites.
    pub own: Own,
    /// What was typed.
    pub form: Form,
}

/// « Ajouter un contact ».
#[derive(Template, Debug)]
#[template(path = "member_add.html", blocks = ["dialog"])]
pub struct Add {
    /// What every page shows.
    pub cx: Cx,
    /// Who records.
    pub own: Own,
    /// What was typed.
    pub form: Form,
}

/// One member, with what they may do.
#[derive(Template, Debug)]
#[template(path = "member.html")]
pub struct Member {
    /// What every page shows.
    pub cx: Cx,
    /// Who looks.
    pub own: Own,
    /// Whom one looks at.
    pub contact: Contact,
    /// What they may do, as it is or as it was ticked.
    pub rights: Form,
    /// Their last day, as it is or as it was typed.
    pub until: Form,
}

impl Member {
    /// The form of what they may do, as it stands.
    pub fn rights_of(contact: &Contact) -> Form {
        let mut form = Form::of([("version", contact.version.to_string())]);
        form.values.extend(contact.permissions.iter().map(|right| (right.clone(), "1".to_owned())));
        form
    }

    /// The form of their last day, as it stands.
    pub fn until_of(contact: &Contact) -> Form {
        let until = contact.member_until.map(|day| day.to_string()).unwrap_or_default();
        Form::of([("until", until), ("version", contact.version.to_string())])
    }

    fn at(&self, what: &str) -> String {
        self.cx.at(&format!("members/{}{}{what}", self.contact.id, if what.is_empty() { "" } else { "/" }))
    }

    /// Where they are invited once more.
    fn again(&self) -> String {
        let email = self.contact.email.as_deref().unwrap_or_default();
        format!("{}{}", self.cx.at("members/invite"), query(&[("email", email)]))
    }

    /// Whether the viewer may change what they may do.
    fn is_changed_here(&self) -> bool {
        self.cx.may("SetPermissions")
            && !self.contact.owns()
            && !self.own.is_below(&self.contact)
            && !self.contact.is("DECLINED")
            && !self.contact.is("REVOKED")
    }

    /// Whether it is the viewer.
    fn is_own(&self) -> bool {
        self.contact.id == self.own.contact
    }

    /// Whether somebody saved it meanwhile.
    fn conflicts(&self, form: &Form) -> bool {
        form.wrong.iter().any(|wrong| wrong.code == "VERSION_CONFLICT")
    }
}

/// What is asked before an invitation is taken back, a member becomes the owner, or somebody leaves.
#[derive(Template, Debug)]
#[template(path = "member_ask.html", blocks = ["dialog"])]
pub struct Ask {
    /// What every page shows.
    pub cx: Cx,
    /// Whom it is about.
    pub contact: Contact,
    /// What: `revoke`, `transfer` or `leave`.
    pub what: &'static str,
    /// What is wrong.
    pub form: Form,
}

impl Ask {
    fn action(&self) -> String {
        self.cx.at(&format!("members/{}/{}", self.contact.id, self.what))
    }

    fn back(&self) -> String {
        self.cx.at(&format!("members/{}", self.contact.id))
    }

    fn is(&self, what: &str) -> bool {
        self.what == what
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn o8_who_has_a_right_that_one_lacks_is_not_ones_to_change() {
        let contact = |rights: &[&str]| Contact {
            id: "c".into(),
            version: 1,
            display_name: "Zoé".into(),
            email: None,
            kind: "PERSON".into(),
            profile: "GUEST".into(),
            status: "ACTIVE".into(),
            permissions: rights.iter().map(|right| (*right).to_owned()).collect(),
            user_id: None,
            member_until: None,
            created_at: DateTime::default(),
            deleted_at: None,
        };
        let own = Own { contact: "o".into(), rights: vec!["SUPPORT".into(), "SECURITY".into()] };
        assert!(!own.is_below(&contact(&["SUPPORT"])) && own.is_below(&contact(&["SUPPORT", "BILLING"])));
    }

    #[test]
    fn the_address_keeps_what_the_list_is_narrowed_to() {
        let narrowed = Narrowed { status: "INVITED".into(), view: "rights".into(), ..Narrowed::default() };
        assert_eq!(narrowed.with("", ""), "?status=INVITED&view=rights");
        assert_eq!(narrowed.with("view", ""), "?status=INVITED");
        assert_eq!(narrowed.chips(), [("status", "INVITED", "status")]);
    }
}
