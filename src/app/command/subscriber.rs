//! What goes on between an account and the people on its sheets: the form and its mails, the verification of an e-mail, requests for deletion, the
//! login to the portal, complaints. The rules are in `domain::contact`; here is only what each loads, and which mails follow from what happened.

use super::{as_expected, attached, on_contact};
use crate::app::draft::{Draft, Of, Stop};
use domain::{
    AccountId, ClaimId, Code, ContactId, ModuleId, Refusal, Refusals, StreamId, SubscriptionId, calendar,
    contact::{
        self, Change, ContactEvent, ContactInput, ContactPatch, ContactState, Submission,
        claim::{self, AboutIssue, ClaimEvent},
        deletion::{self, DeletionEvent},
        membership::MembershipEvent,
        portal::{self, PortalEvent},
        verification::{self, VerificationEvent},
    },
    values::{ContactKind, PortalRole},
};
use serde_json::json;
use uuid::Uuid;

/// A command about the person on a sheet.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each is named after its rule in the domain crate, where it is documented")]
pub enum Subscriber {
    /// Records a contact by hand: a verification mail goes out, and a login is opened where one is asked for.
    Add(AccountId, ContactKind, ContactInput, Change<PortalRole>),
    /// Changes a contact by hand, likewise.
    Edit(ContactId, ContactPatch, Change<PortalRole>),
    RequestVerification(ContactId),
    /// By the link that was mailed: the second is what it names.
    VerifyEmail(ContactId, Uuid),
    /// The address that a mail came back from.
    RecordBounce(ContactId, String),
    RequestDeletion(ContactId, Option<String>),
    ApproveDeletion(ContactId),
    RejectDeletion(ContactId, Option<String>),
    OpenPortalAccount(ContactId, PortalRole),
    ResendPortalLink(ContactId),
    ClosePortalAccount(ContactId),
    OpenClaim(ContactId, NewClaim),
    AnswerClaim(ContactId, ClaimId, String),
    CloseClaim(ContactId, ClaimId),
    ReopenClaim(ContactId, ClaimId, String),
}

/// A complaint as written.
#[derive(Debug, Clone)]
pub struct NewClaim {
    /// On what.
    pub subscription: SubscriptionId,
    /// The issue as written.
    pub issue: Option<String>,
    /// Or the issue as chosen among those that should have come.
    pub module: Option<ModuleId>,
    /// What is wrong.
    pub text: String,
}

impl Subscriber {
    /// Its name, for metrics and idempotency.
    pub(super) fn name(&self) -> &'static str {
        match self {
            // Giving a login is a right of its own.
            Subscriber::Add(.., None) => "AddContact",
            Subscriber::Add(..) => "AddContactWithLogin",
            Subscriber::Edit(.., None) => "EditContact",
            Subscriber::Edit(..) => "EditContactWithLogin",
            Subscriber::RequestVerification(_) => "RequestVerification",
            Subscriber::VerifyEmail(..) => "VerifyEmail",
            Subscriber::RecordBounce(..) => "RecordBounce",
            Subscriber::RequestDeletion(..) => "RequestDeletion",
            Subscriber::ApproveDeletion(_) => "ApproveDeletion",
            Subscriber::RejectDeletion(..) => "RejectDeletion",
            Subscriber::OpenPortalAccount(..) => "OpenPortalAccount",
            Subscriber::ResendPortalLink(_) => "ResendPortalLink",
            Subscriber::ClosePortalAccount(_) => "ClosePortalAccount",
            Subscriber::OpenClaim(..) => "OpenClaim",
            Subscriber::AnswerClaim(..) => "AnswerClaim",
            Subscriber::CloseClaim(..) => "CloseClaim",
            Subscriber::ReopenClaim(..) => "ReopenClaim",
        }
    }

    /// The account it names, if it names one.
    pub(super) fn account(&self) -> Option<AccountId> {
        if let Subscriber::Add(account, ..) = self { Some(*account) } else { None }
    }

    /// The contact it is about; none while there is none.
    fn contact(&self) -> Option<ContactId> {
        Some(match self {
            Subscriber::Add(..) => return None,
            Subscriber::Edit(c, ..)
            | Subscriber::RequestVerification(c)
            | Subscriber::VerifyEmail(c, _)
            | Subscriber::RecordBounce(c, _)
            | Subscriber::RequestDeletion(c, _)
            | Subscriber::ApproveDeletion(c)
            | Subscriber::RejectDeletion(c, _)
            | Subscriber::OpenPortalAccount(c, _)
            | Subscriber::ResendPortalLink(c)
            | Subscriber::ClosePortalAccount(c)
            | Subscriber::OpenClaim(c, _)
            | Subscriber::AnswerClaim(c, ..)
            | Subscriber::CloseClaim(c, _)
            | Subscriber::ReopenClaim(c, ..) => *c,
        })
    }

    /// The streams it takes its turn on.
    pub(super) fn streams(&self) -> Vec<StreamId> {
        self.contact().map(StreamId::from).into_iter().collect()
    }

    /// Loads what the rule needs, decides, writes the events and what follows from them.
    pub(super) async fn plan(self, draft: &mut Draft<'_>, expected: Option<u64>) -> Result<(), Stop> {
        let (now, link) = (draft.meta.now, draft.id());
        match self {
            Subscriber::Add(account, kind, input, portal) => {
                draft.account(account).await?;
                add(draft, account, kind, input, portal)?;
                Ok(())
            }
            Subscriber::Edit(id, patch, portal) => {
                let form = submission(draft, portal);
                on_contact_with_mails(draft, id, expected, |c, a| form.edit(c, a, patch)).await
            }
            Subscriber::RequestVerification(id) => {
                let rule = verification::RequestVerification { link, at: now };
                on_contact_with_mails(draft, id, expected, |c, _| rule.decide(c)).await
            }
            Subscriber::VerifyEmail(id, link) => {
                let rule = verification::VerifyEmail { link, at: now };
                on_contact_with_mails(draft, id, None, |c, _| rule.decide(c)).await
            }
            Subscriber::RecordBounce(id, email) => {
                let rule = verification::RecordBounce { email };
                on_contact(draft, id, expected, |c, _| rule.decide(c)).await
            }
            Subscriber::RequestDeletion(id, reason) => {
                let rule = deletion::RequestDeletion { reason };
                on_contact_with_mails(draft, id, expected, |c, a| rule.decide(c, a)).await
            }
            Subscriber::ApproveDeletion(id) => approve_deletion(draft, id, expected).await,
            Subscriber::RejectDeletion(id, reason) => {
                let rule = deletion::RejectDeletion { reason };
                on_contact_with_mails(draft, id, expected, |c, _| rule.decide(c)).await
            }
            Subscriber::OpenPortalAccount(id, role) => {
                let rule = portal::OpenPortalAccount { role, link, at: now };
                on_contact_with_mails(draft, id, expected, |c, _| rule.decide(c)).await
            }
            Subscriber::ResendPortalLink(id) => {
                let rule = portal::ResendPortalLink { link, at: now };
                on_contact_with_mails(draft, id, expected, |c, _| rule.decide(c)).await
            }
            Subscriber::ClosePortalAccount(id) => {
                on_contact(draft, id, expected, |c, _| portal::ClosePortalAccount.decide(c)).await
            }
            Subscriber::OpenClaim(id, new) => open_claim(draft, id, new).await,
            Subscriber::AnswerClaim(id, claim, text) => {
                let rule = claim::AnswerClaim { claim, text };
                on_claim(draft, id, claim, expected, |c| rule.decide(c)).await
            }
            Subscriber::CloseClaim(id, claim) => {
                on_claim(draft, id, claim, expected, |c| claim::CloseClaim { claim }.decide(c)).await
            }
            Subscriber::ReopenClaim(id, claim, text) => {
                let rule = claim::ReopenClaim { claim, text };
                on_claim(draft, id, claim, expected, |c| rule.decide(c)).await
            }
        }
    }
}

/// A submitted form: what its links will name is made here.
fn submission(draft: &Draft<'_>, portal: Change<PortalRole>) -> Submission {
    Submission { portal, verification_link: draft.id(), portal_link: draft.id(), at: draft.meta.now }
}

/// Records a contact by hand, with the mails that follow. The account is loaded.
fn add(
    draft: &mut Draft<'_>,
    account: AccountId,
    kind: ContactKind,
    input: ContactInput,
    portal: Change<PortalRole>,
) -> Result<ContactId, Stop> {
    let id = ContactId(draft.id());
    let events = submission(draft, portal).add(contact::AddContact { account, kind, input })?;
    let mails = mails(id, None, &events);
    draft.create(id, events);
    send(draft, mails);
    draft.about_mut().contact = Some(id);
    Ok(id)
}

async fn on_contact_with_mails(
    draft: &mut Draft<'_>,
    id: ContactId,
    expected: Option<u64>,
    rule: impl FnOnce(&ContactState, &domain::account::AccountState) -> Result<Vec<ContactEvent>, domain::Refusals>,
) -> Result<(), Stop> {
    let contact = draft.contact(id).await?;
    as_expected(contact.edition(), expected)?;
    let account = draft.account(contact.get()?.account).await?;
    let events = rule(contact.get()?, account.get()?)?;
    write(draft, &contact, events)
}

/// As above, with the version of the claim's own last step, so that two people may work on two claims at once.
async fn on_claim(
    draft: &mut Draft<'_>,
    id: ContactId,
    claim: ClaimId,
    expected: Option<u64>,
    rule: impl FnOnce(&ContactState) -> Result<Vec<ContactEvent>, domain::Refusals>,
) -> Result<(), Stop> {
    // The claim's id has the contact's in it: it is the one that names nothing.
    let contact = draft.contact(id).await.map_err(|stop| match stop {
        Stop::Refused(Refusals(all)) if all.iter().any(|refusal| refusal.code == Code::NotFound) => {
            Refusal::at(Code::NotFound, "claimId").into()
        }
        stop => stop,
    })?;
    draft.about_mut().claim = Some(claim);
    if let Some(step) = contact.get()?.claim(claim).and_then(|claim| claim.steps.last()) {
        as_expected(step.fact.version, expected)?;
    }
    on_contact_with_mails(draft, id, None, |c, _| rule(c)).await
}

async fn open_claim(draft: &mut Draft<'_>, id: ContactId, new: NewClaim) -> Result<(), Stop> {
    let NewClaim { subscription, issue, module, text } = new;
    let contact = draft.contact(id).await?;
    let account = draft.account(contact.get()?.account).await?;
    let today = calendar::day(draft.meta.now, account.get()?.time_zone);
    let mut due = Vec::new();
    let issue = match (module, issue) {
        (Some(module), _) => {
            let subscription = draft.subscription(subscription).await?;
            let product = draft.product(subscription.get()?.product).await?;
            due = claim::due_issues(product.get()?, subscription.get()?, today);
            AboutIssue::Due(module)
        }
        (None, Some(issue)) => AboutIssue::Written(issue),
        (None, None) => AboutIssue::None,
    };
    let claim = ClaimId(draft.id());
    let events = claim::OpenClaim { claim, subscription, issue, text }.decide(contact.get()?, &due)?;
    draft.about_mut().claim = Some(claim);
    draft.about_mut().subscription = Some(subscription);
    write(draft, &contact, events)
}

async fn approve_deletion(draft: &mut Draft<'_>, id: ContactId, expected: Option<u64>) -> Result<(), Stop> {
    let contact = draft.contact(id).await?;
    as_expected(contact.edition(), expected)?;
    let account = draft.account(contact.get()?.account).await?;
    let subscriptions = attached(draft, &contact).await?;
    let counts = |id: &SubscriptionId| Ok::<_, Stop>(contact.get()?.attached().any(|a| a.subscription == *id));
    let mut live = Vec::new();
    for (id, subscription) in &subscriptions {
        if counts(id)? {
            live.push(subscription.get()?);
        }
    }
    let rule = deletion::ApproveDeletion { at: draft.meta.now };
    let events = rule.decide(contact.get()?, account.get()?, &live)?;
    write(draft, &contact, events)
}

/// Writes events on a contact, and the mails that follow from them.
pub(super) fn write(draft: &mut Draft<'_>, contact: &Of<ContactState>, events: Vec<ContactEvent>) -> Result<(), Stop> {
    let id = ContactId(contact.id);
    let mails = mails(id, Some(contact.get()?), &events);
    draft.write(contact, id, events);
    send(draft, mails);
    Ok(())
}

pub(super) type Mail = (&'static str, serde_json::Value);

pub(super) fn send(draft: &mut Draft<'_>, mails: Vec<Mail>) {
    for (template, data) in mails {
        draft.todo(template, data);
    }
}

/// The mails that follow from what happened: a template each, and ids.
pub(super) fn mails(id: ContactId, before: Option<&ContactState>, events: &[ContactEvent]) -> Vec<Mail> {
    let contact = id.0;
    let mut mails = Vec::new();
    for event in events {
        match event {
            ContactEvent::Membership(MembershipEvent::Invited(e)) => {
                mails.push(("invitation", json!({ "contact": contact, "occasion": e.invitation })));
            }
            ContactEvent::Verification(VerificationEvent::Requested(e)) => {
                mails.push(("verify_email", json!({ "contact": contact, "occasion": e.link })));
            }
            // Another role of an open login is no news to its holder.
            ContactEvent::Portal(PortalEvent::Opened(e)) if before.is_none_or(|c| c.portal.is_none()) => {
                mails.push(("portal_owner", json!({ "contact": contact })));
                mails.push(("portal_subscriber", json!({ "contact": contact, "occasion": e.link })));
            }
            ContactEvent::Portal(PortalEvent::LinkSent(e)) => {
                mails.push(("portal_subscriber", json!({ "contact": contact, "occasion": e.link })));
            }
            ContactEvent::Deletion(DeletionEvent::Requested(_)) => {
                mails.push(("deletion_requested", json!({ "contact": contact })));
            }
            ContactEvent::Deletion(DeletionEvent::Approved(_)) => {
                mails.push(("deletion_decided", json!({ "contact": contact, "approved": true })));
            }
            ContactEvent::Deletion(DeletionEvent::Rejected(_)) => {
                mails.push(("deletion_decided", json!({ "contact": contact, "approved": false })));
            }
            ContactEvent::Claim(ClaimEvent::Answered(e)) => {
                mails.push(("claim_answered", json!({ "contact": contact, "claim": e.claim.0 })));
            }
            _ => {}
        }
    }
    mails
}
