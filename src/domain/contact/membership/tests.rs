//! Every status and every command: what is done, what is already so, what is refused.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::{
    AccountId, Code, Refusals, UserId,
    contact::{ContactEvent, ContactInput, ContactState},
    testing::{Given, at, day, given, id},
    values::{Email, MembershipStatus, Permission, Profile},
};

const ACCOUNT: AccountId = AccountId(id(9));
const USER: UserId = UserId(id(5));

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

fn invite() -> InviteGuest {
    InviteGuest {
        account: ACCOUNT,
        email: email("zoe@exemple.fr"),
        permissions: vec![Permission::Support, Permission::Billing, Permission::Support],
        until: None,
        invitation: id(7),
        at: at("2026-03-01T09:00:00Z"),
    }
}

fn guest() -> Given {
    given().at("2026-03-01T09:00:00Z").decided(invite().decide(None, day("2026-03-01")))
}

fn recorded() -> Given {
    let input = ContactInput {
        last_name: Some("Durand".into()),
        email: Some("durand@exemple.fr".into()),
        ..ContactInput::default()
    };
    let rule = AddMember {
        account: ACCOUNT,
        input,
        permissions: vec![Permission::Security],
        until: None,
        verification_link: id(6),
        at: at("2026-03-01T09:00:00Z"),
    };
    given().at("2026-03-01T09:00:00Z").decided(rule.decide(day("2026-03-01")))
}

fn owner() -> Given {
    recorded().event(ContactEvent::from(ProfileSet { profile: Profile::Client }))
}

fn state(given: &Given) -> &ContactState {
    given.folded.state.contact().unwrap()
}

fn answer(now: &str) -> Answer {
    Answer { user: USER, email: Some(email("zoe@exemple.fr")), invitation: None, at: at(now) }
}

fn code<T>(decided: Result<T, Refusals>) -> Option<Code> {
    decided.err().map(|refusals| refusals.0[0].code)
}

/// What a command comes to: `done`, `already`, or a code.
fn comes_to(decided: Result<Vec<ContactEvent>, Refusals>) -> &'static str {
    match decided {
        Ok(events) if events.is_empty() => "already",
        Ok(_) => "done",
        Err(refusals) => refusals.0[0].code.as_str(),
    }
}

#[test]
fn o9_every_command_in_every_status() {
    let accepted = guest().at("2026-03-02T09:00:00Z").event(ContactEvent::from(Accepted { user: USER }));
    let standings: [(&str, Given, &str); 8] = [
        ("invited", guest(), "2026-03-02T09:00:00Z"),
        ("run out", guest(), "2026-03-20T09:00:00Z"),
        ("declined", guest().event(ContactEvent::from(Declined { user: USER })), "2026-03-02T09:00:00Z"),
        ("revoked", guest().event(ContactEvent::from(Revoked {})), "2026-03-02T09:00:00Z"),
        ("active", accepted.clone(), "2026-03-03T09:00:00Z"),
        ("inactive", accepted.event(ContactEvent::from(Deactivated {})), "2026-03-03T09:00:00Z"),
        ("recorded", recorded(), "2026-03-03T09:00:00Z"),
        ("owner", owner(), "2026-03-03T09:00:00Z"),
    ];
    let not_now = "NOT_ALLOWED_NOW";
    #[rustfmt::skip]
    let expected = [
        //            invite             resend               revoke     accept                    decline                   permissions off           on         leave           expiry
        ("invited",  ["ALREADY_INVITED", "done",              "done",    "done",                   "done",                   "done",     not_now,      not_now,   not_now,        "done"]),
        ("run out",  ["done",            "done",              "done",    "INVITATION_EXPIRED",     "INVITATION_EXPIRED",     "done",     not_now,      not_now,   not_now,        "done"]),
        ("declined", ["done",            not_now,             not_now,   not_now,                  "already",                not_now,    not_now,      not_now,   not_now,        not_now]),
        ("revoked",  ["done",            "INVITATION_REVOKED", "already", "INVITATION_REVOKED",    "INVITATION_REVOKED",     not_now,    not_now,      not_now,   not_now,        not_now]),
        ("active",   ["ALREADY_MEMBER",  "ALREADY_MEMBER",    not_now,   "already",                not_now,                  "done",     "done",       "already", "done",         "done"]),
        ("inactive", ["ALREADY_MEMBER",  not_now,             not_now,   not_now,                  not_now,                  "done",     "already",    "done",    not_now,        "done"]),
        ("recorded", ["ALREADY_MEMBER",  "ALREADY_MEMBER",    not_now,   "NOT_THE_INVITED_USER",   "NOT_THE_INVITED_USER",   "done",     "done",       "already", not_now,        "done"]),
        ("owner",    ["ALREADY_MEMBER",  "ALREADY_MEMBER",    not_now,   "NOT_THE_INVITED_USER",   "NOT_THE_INVITED_USER",   not_now,    "LAST_OWNER", "already", "LAST_OWNER",   "LAST_OWNER"]),
    ];
    for ((name, history, now), (named, outcomes)) in standings.iter().zip(expected) {
        assert_eq!(*name, named);
        let contact = state(history);
        let (now, today) = (at(now), day("2026-03-03"));
        let again = InviteGuest { at: now, invitation: id(8), ..invite() };
        let answer = Answer { at: now, ..answer("2026-03-02T09:00:00Z") };
        let found = [
            again.decide(Some(contact), today),
            ResendInvitation { invitation: id(8), at: now }.decide(contact),
            RevokeInvitation.decide(contact),
            answer.clone().accept(contact),
            answer.decline(contact),
            SetPermissions { permissions: vec![Permission::Other] }.decide(contact),
            DeactivateMember.decide(contact),
            ReactivateMember.decide(contact),
            LeaveAccount { user: USER }.decide(contact),
            SetMembershipExpiry { until: Some(day("2026-06-30")), by: None }.decide(contact, today),
        ];
        assert_eq!(found.map(comes_to), outcomes, "{name}");
    }
}

#[test]
fn o7_an_invited_guest_has_rights_in_order_and_a_link_that_runs_out() {
    let guest = guest();
    let membership = &state(&guest).membership;
    assert_eq!((membership.profile, membership.status), (Profile::Guest, MembershipStatus::Invited));
    assert_eq!(membership.permissions, [Permission::Billing, Permission::Support]);
    assert_eq!(membership.invitation.as_ref().map(|i| i.expires_at), Some(at("2026-03-15T09:00:00Z")));
    assert_eq!(membership.status_at(at("2026-03-15T08:59:59Z")), MembershipStatus::Invited);
    assert_eq!(membership.status_at(at("2026-03-15T09:00:00Z")), MembershipStatus::Expired);
}

#[test]
fn o7_a_member_by_hand_needs_an_email_and_waits_for_its_user() {
    let rule = |email: Option<&str>| AddMember {
        account: ACCOUNT,
        input: ContactInput {
            last_name: Some("Durand".into()),
            email: email.map(Into::into),
            ..ContactInput::default()
        },
        permissions: vec![Permission::Other],
        until: Some(day("2026-02-01")),
        verification_link: id(6),
        at: at("2026-03-01T09:00:00Z"),
    };
    assert_eq!(code(rule(None).decide(day("2026-03-01"))), Some(Code::EmailRequired));
    assert_eq!(code(rule(Some("d@exemple.fr")).decide(day("2026-03-01"))), Some(Code::DateInvalid));
    let member = recorded();
    let now = at("2026-03-02T09:00:00Z");
    assert_eq!(state(&member).membership.status_at(now), MembershipStatus::Pending);
    let link = |text| LinkUser { user: USER, email: email(text) }.decide(state(&member));
    assert_eq!(link("other@exemple.fr"), Ok(vec![]));
    let linked = member.clone().decided(link("durand@exemple.fr"));
    assert_eq!(state(&linked).membership.status_at(now), MembershipStatus::Active);
    assert_eq!(LinkUser { user: UserId(id(6)), email: email("durand@exemple.fr") }.decide(state(&linked)), Ok(vec![]));
}

#[test]
fn b13_nobody_puts_off_their_own_last_day() {
    let today = day("2026-03-03");
    let set = |contact: &ContactState, until: Option<&str>, by| {
        SetMembershipExpiry { until: until.map(day), by }.decide(contact, today)
    };
    let member = recorded();
    let linked = LinkUser { user: USER, email: email("durand@exemple.fr") }.decide(state(&member));
    let member = member.decided(linked);
    let until = set(state(&member), Some("2026-06-30"), None);
    let member = member.decided(until);
    for later in [Some("2026-07-01"), None] {
        assert_eq!(code(set(state(&member), later, Some(USER))), Some(Code::Forbidden));
        assert_eq!(comes_to(set(state(&member), later, Some(UserId(id(6))))), "done");
        assert_eq!(comes_to(set(state(&member), later, None)), "done");
    }
    assert_eq!(comes_to(set(state(&member), Some("2026-06-01"), Some(USER))), "done", "earlier is theirs to choose");
}

#[test]
fn o10_only_the_invited_user_answers_and_an_older_link_is_spent() {
    let guest = guest();
    let stranger = Answer { email: Some(email("other@exemple.fr")), ..answer("2026-03-02T09:00:00Z") };
    assert_eq!(code(stranger.accept(state(&guest))), Some(Code::NotTheInvitedUser));
    let unverified = Answer { email: None, ..answer("2026-03-02T09:00:00Z") };
    assert_eq!(code(unverified.accept(state(&guest))), Some(Code::EmailNotVerified));
    let again = ResendInvitation { invitation: id(8), at: at("2026-03-01T09:00:59Z") };
    assert_eq!(code(again.clone().decide(state(&guest))), Some(Code::NotAllowedNow), "not within a minute");
    let again = ResendInvitation { at: at("2026-03-01T09:01:00Z"), ..again };
    let resent = guest.at("2026-03-01T09:01:00Z").decided(again.decide(&state(&self::guest()).clone()));
    let by_link = |link| Answer { invitation: Some(id(link)), ..answer("2026-03-02T09:00:00Z") }.accept(state(&resent));
    assert_eq!(code(by_link(7)), Some(Code::InvitationExpired));
    assert_eq!(comes_to(by_link(8)), "done");
}

#[test]
fn o9_ownership_goes_from_one_to_one() {
    let owner = owner();
    let linked = recorded().event(ContactEvent::from(UserLinked { user: USER }));
    let (was, becomes) =
        TransferOwnership { today: day("2026-03-03") }.decide(Some(state(&owner)), state(&linked)).unwrap();
    let was = was.into_iter().fold(owner.clone(), Given::event);
    let becomes = becomes.into_iter().fold(linked, Given::event);
    assert_eq!(state(&becomes).membership.profile, Profile::Client);
    let former = &state(&was).membership;
    assert_eq!((former.profile, &former.permissions[..]), (Profile::Contact, Permission::ALL));
    let nobody = recorded();
    let refused = TransferOwnership { today: day("2026-03-03") }.decide(Some(state(&owner)), state(&nobody));
    assert_eq!(code(refused), Some(Code::NotAllowedNow), "an owner who cannot sign in");
    assert!(
        TransferOwnership { today: day("2026-03-03") }.decide(None, state(&nobody)).is_ok(),
        "an account without one gets one"
    );
    assert_eq!(TransferOwnership { today: day("2026-03-03") }.decide(None, state(&owner)), Ok((vec![], vec![])));
}

#[test]
fn o9_ownership_goes_to_nobody_whose_last_day_is_over() {
    let until = |last| recorded().event(ContactEvent::from(ExpirySet { until: Some(day(last)) }));
    let becomes = |last| {
        let linked = until(last).event(ContactEvent::from(UserLinked { user: USER }));
        TransferOwnership { today: day("2026-03-03") }.decide(Some(state(&owner())), state(&linked)).map(|(_, to)| to)
    };
    assert_eq!(code(becomes("2026-03-02")), Some(Code::NotAllowedNow));
    assert!(becomes("2026-03-03").unwrap().contains(&ExpirySet { until: None }.into()), "an owner's has no end");
}

#[test]
fn b8_an_erased_login_leaves_what_it_was_a_guest_of_and_parts_from_the_rest() {
    let parted = |history: &Given, user| UnlinkUser { user }.decide(state(history)).unwrap();
    let member = recorded().event(ContactEvent::from(UserLinked { user: USER }));
    assert_eq!(parted(&member, USER), [UserUnlinked {}.into()]);
    assert_eq!(parted(&member, UserId(id(6))), [], "another's");
    let waits = member.decided(
        UnlinkUser { user: USER }.decide(state(&recorded().event(ContactEvent::from(UserLinked { user: USER })))),
    );
    assert_eq!((state(&waits).membership.standing(), state(&waits).membership.user), (MembershipStatus::Pending, None));
    assert_eq!(
        comes_to(LinkUser { user: UserId(id(6)), email: email("durand@exemple.fr") }.decide(state(&waits))),
        "done"
    );
    let guest = guest().event(ContactEvent::from(Accepted { user: USER }));
    assert_eq!(parted(&guest, USER), [Left {}.into()]);
}

#[test]
fn s2_a_member_by_hand_is_asked_to_verify_the_email() {
    let link = state(&recorded()).verification.link.as_ref().map(|(link, _, _)| *link);
    assert_eq!(link, Some(id(6)));
}

#[test]
fn a3_another_email_is_another_person_s_and_a_guest_s_is_what_was_invited() {
    use crate::contact::{ContactPatch, EditContact};
    let account = given().at("2026-01-01T00:00:00Z").decided(
        crate::account::OpenAccount {
            account: ACCOUNT,
            number: "1".into(),
            company_name: "Club".into(),
            locale: None,
            time_zone: None,
        }
        .decide(),
    );
    let account = account.folded.state.account().unwrap();
    let patch = ContactPatch { email: Some(Some("new@exemple.fr".into())), ..ContactPatch::default() };
    let rule = EditContact { patch, at: at("2026-03-02T09:00:00Z") };
    assert_eq!(code(rule.clone().decide(state(&guest()), account)), Some(Code::NotAllowedNow));
    let linked = recorded().event(ContactEvent::from(UserLinked { user: USER }));
    let edited = linked.clone().decided(rule.decide(state(&linked), account));
    assert_eq!(state(&edited).membership.user, None, "whoever signed in with the old address does no more");
    let clear = ContactPatch { email: Some(None), ..ContactPatch::default() };
    let rule = EditContact { patch: clear, at: at("2026-03-02T09:00:00Z") };
    assert_eq!(code(rule.decide(state(&owner()), account)), Some(Code::LastOwner), "nobody could sign in as the owner");
}

#[test]
fn a16_an_account_is_told_of_a_second_factor_taken_away_where_the_user_may_do_something() {
    let told = |history: &Given| NoteFactorReset { user: USER }.decide(state(history)).unwrap();
    let linked = |given: Given| given.event(ContactEvent::from(UserLinked { user: USER }));
    let holds = linked(recorded());
    let nothing = holds.clone().event(ContactEvent::from(PermissionsSet { permissions: vec![] }));
    assert_eq!(told(&holds), [FactorReset {}.into()]);
    assert_eq!(told(&nothing), [], "of who may do nothing it is no matter of the account's");
    assert_eq!(
        told(&nothing.event(ContactEvent::from(ProfileSet { profile: Profile::Client }))),
        [FactorReset {}.into()]
    );
    assert_eq!(told(&recorded()), [], "not theirs");
    assert_eq!(told(&holds.clone().event(ContactEvent::from(Deactivated {}))), []);
    let noted = holds.clone().event(ContactEvent::from(FactorReset {}));
    assert_eq!(
        (noted.folded.edition(), state(&noted).membership.clone()),
        (holds.folded.version, state(&holds).membership.clone())
    );
}
