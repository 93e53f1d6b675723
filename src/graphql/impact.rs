//! What an act would do, before it is done (rows A15, B11): counted at indexes, up to a cap, and never by a scan.

use super::{
    asker::Asker,
    connection::COUNT_CAP,
    errors::{self, UserError, user_errors},
    ids,
    scalars::Position,
    snapshot::Snapshot,
};
use crate::{
    app::Question,
    i18n::{
        impacts::{self, Counted},
        messages::message,
    },
};
use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use domain::{
    AccountId, ActorKind, Code, ContactId, ProductId, Refusal, Refusals, State,
    contact::{ContactState, DeleteContact, EraseContact, membership::DeactivateMember},
    subscription::SubscriptionState,
    values::ClaimStatus,
};
use projections::{accesses, claims, subscriptions};

/// What is about to be done.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
pub enum ImpactAct {
    /// Accesses are suspended: of a contact, of a product, or the one of both.
    Suspend,
    /// Accesses are removed, likewise.
    RemoveAccess,
    /// A contact is deleted.
    DeleteContact,
    /// A person's data are erased.
    Erase,
    /// A contact is switched off.
    Deactivate,
    /// A product is archived.
    ArchiveProduct,
}

impl ImpactAct {
    fn as_str(self) -> &'static str {
        match self {
            ImpactAct::Suspend => "SUSPEND",
            ImpactAct::RemoveAccess => "REMOVE_ACCESS",
            ImpactAct::DeleteContact => "DELETE_CONTACT",
            ImpactAct::Erase => "ERASE",
            ImpactAct::Deactivate => "DEACTIVATE",
            ImpactAct::ArchiveProduct => "ARCHIVE_PRODUCT",
        }
    }
}

/// A number, counted up to 10,000.
#[derive(SimpleObject)]
pub struct ImpactCount {
    count: i32,
    /// Whether there may be more: « 10 000+ ».
    capped: bool,
}

impl From<Counted> for ImpactCount {
    fn from(counted: Counted) -> Self {
        ImpactCount { count: i32::try_from(counted.number).unwrap_or(i32::MAX), capped: counted.capped }
    }
}

/// What an act would do.
#[derive(SimpleObject)]
pub struct Impact {
    act: ImpactAct,
    /// Contacts it concerns.
    contacts: ImpactCount,
    /// Products that are open to them, or will be by the facts there are, and would be closed.
    products: ImpactCount,
    /// Complaints that are not closed.
    open_claims: ImpactCount,
    /// Subscriptions that run, or will.
    live_subscriptions: ImpactCount,
    /// Whether a login to the portal would be closed.
    portal_account: bool,
    /// Why it would be refused, as far as that is known now.
    user_errors: Vec<UserError>,
    /// All of it as a sentence, in the language of `Accept-Language`.
    sentence: String,
}

/// What is counted.
#[derive(Debug, Default)]
struct Counts {
    contacts: Counted,
    products: Counted,
    claims: Counted,
    subscriptions: Counted,
    portal: bool,
    refusals: Vec<Refusal>,
}

/// Previews.
#[derive(Default)]
pub struct ImpactQuery;

#[Object]
impl ImpactQuery {
    /// What an act would do: name the contact, the product, or, for an access, both.
    async fn impact(
        &self,
        ctx: &Context<'_>,
        act: ImpactAct,
        contact_id: Option<ID>,
        product_id: Option<ID>,
        min_position: Option<Position>,
    ) -> Result<Impact> {
        let asker = Asker::of(ctx)?;
        asker.wait(min_position).await?;
        let (contact, product) = (contact_id.as_ref().map(ids::contact), product_id.as_ref().map(ids::product));
        let on_access = matches!(act, ImpactAct::Suspend | ImpactAct::RemoveAccess);
        let counts = match (contact, product) {
            (Some(contact), product) if act != ImpactAct::ArchiveProduct && (on_access || product.is_none()) => {
                of_contact(asker, act, contact, product).await?
            }
            (None, Some(product)) if on_access || act == ImpactAct::ArchiveProduct => {
                of_product(asker, act, product).await?
            }
            _ => return Err(errors::invalid("CONTACT_OR_PRODUCT", asker.lang)),
        };
        let sentence = match counts.refusals.iter().find(|refusal| refusal.code == Code::Forbidden) {
            Some(refusal) => message(refusal.code.as_str(), asker.lang, &refusal.params),
            None => impacts::sentence(act.as_str(), counts.told(), asker.lang),
        };
        Ok(Impact {
            act,
            contacts: counts.contacts.into(),
            products: counts.products.into(),
            open_claims: counts.claims.into(),
            live_subscriptions: counts.subscriptions.into(),
            portal_account: counts.portal,
            user_errors: user_errors(Refusals(counts.refusals), asker.lang),
            sentence,
        })
    }
}

impl Counts {
    fn told(&self) -> impacts::Told {
        impacts::Told {
            contacts: self.contacts,
            products: self.products,
            claims: self.claims,
            subscriptions: self.subscriptions,
            portal: self.portal,
        }
    }
}

/// That the caller may not carry this out in the account; none where they may.
fn forbidden(asker: &Asker, act: ImpactAct, account: AccountId) -> Option<Refusal> {
    let command = match act {
        ImpactAct::Suspend => "SetAccessMode",
        ImpactAct::RemoveAccess => "RemoveAccess",
        ImpactAct::DeleteContact => "DeleteContact",
        ImpactAct::Erase => "EraseContact",
        ImpactAct::Deactivate => "DeactivateMember",
        ImpactAct::ArchiveProduct => "ArchiveProduct",
    };
    asker.caller.may_ever(command, Some(account)).err()
}

fn exactly(number: usize) -> Counted {
    Counted { number: number as i64, capped: false }
}

/// Of one contact: everything is on its sheet, and what is open is what the access decision says.
async fn of_contact(asker: &Asker, act: ImpactAct, id: ContactId, only: Option<ProductId>) -> Result<Counts> {
    let mut wanted = vec![id.0];
    wanted.extend(only.map(|product| product.0));
    let snapshot = Snapshot::now(asker).read(wanted, true).await?;
    let folded = snapshot.known(id.0).ok_or_else(|| asker.not_found())?;
    let contact: &ContactState = snapshot.state_of(&folded, State::contact)?;
    if let Some(product) = only
        && snapshot.known(product.0).is_none()
    {
        return Err(asker.not_found());
    }
    if let Some(refusal) = forbidden(asker, act, contact.account) {
        return Ok(Counts { refusals: vec![refusal], ..Counts::default() });
    }
    let account = snapshot.account(contact.account).await?;
    let account = snapshot.state_of(&account, State::account)?;
    let concerned = |product: ProductId| only.is_none_or(|only| only == product);
    let granted = contact.accesses.iter().filter(|(p, access)| access.is_granted() && concerned(**p));
    let granted: Vec<ProductId> = granted.map(|(product, _)| *product).collect();
    let mut open = 0;
    for product in &granted {
        let decision = snapshot.decide(id, *product, None).await?;
        // One that is still to open is lost as well.
        open += usize::from(decision.open || decision.opens_at.is_some());
    }
    let attached: Vec<_> = contact.attached().filter(|a| concerned(a.product)).collect();
    let states: Vec<_> = attached.iter().filter_map(|a| snapshot.known(a.subscription.0)).collect();
    let states: Vec<&SubscriptionState> = states.iter().filter_map(|folded| folded.state.subscription()).collect();
    let live = states.iter().filter(|s| s.is_live(snapshot.now, account.time_zone)).count();
    let of_product = |claim: &&domain::contact::claim::Claim| {
        only.is_none()
            || contact.attachments.iter().any(|a| a.subscription == claim.subscription && concerned(a.product))
    };
    let waiting = contact.claims.iter().filter(|c| c.status != ClaimStatus::Closed).filter(of_product).count();
    let decision = match act {
        ImpactAct::DeleteContact => {
            DeleteContact { confirmed: true, at: snapshot.now }.decide(contact, account, &states).map(drop)
        }
        ImpactAct::Erase => {
            let by_support = asker.caller.actor.kind == ActorKind::Staff;
            EraseContact { confirmed: true, by_support }.decide(contact, account).map(drop)
        }
        _ if contact.erased.is_some() => Err(Code::ContactErased.into()),
        _ if contact.deleted.is_some() => Err(Code::ContactDeleted.into()),
        ImpactAct::Deactivate => DeactivateMember.decide(contact).map(drop),
        ImpactAct::Suspend | ImpactAct::RemoveAccess if granted.is_empty() => Err(Code::NotGranted.into()),
        ImpactAct::Suspend | ImpactAct::RemoveAccess | ImpactAct::ArchiveProduct => Ok(()),
    };
    let closes_login = !matches!(act, ImpactAct::Suspend | ImpactAct::RemoveAccess);
    Ok(Counts {
        contacts: exactly(1),
        products: exactly(open),
        claims: exactly(waiting),
        subscriptions: exactly(live),
        portal: closes_login && contact.portal.is_some() && contact.deleted.is_none(),
        refusals: decision.err().map(|Refusals(all)| all).unwrap_or_default(),
    })
}

/// Of one product: a capped look at its accesses, subscriptions and complaints.
async fn of_product(asker: &Asker, act: ImpactAct, id: ProductId) -> Result<Counts> {
    let snapshot = Snapshot::now(asker).read(vec![id.0], false).await?;
    let folded = snapshot.known(id.0).ok_or_else(|| asker.not_found())?;
    let account: AccountId = snapshot.state_of(&folded, State::product)?.account;
    // How many have it is for who may list them, and not for whoever has it.
    asker.account(account, Question::Contacts)?;
    let place = snapshot.account(account).await?;
    let today = snapshot.today(snapshot.state_of(&place, State::account)?).to_string();
    let (db, cap) = (asker.app.reader().db(), COUNT_CAP + 1);
    let reach = db.fetch_optional(accesses::reach(account, id, cap)).await.map_err(|e| asker.failed(e))?;
    let live = db.fetch_optional(subscriptions::live(account, id, &today, cap)).await.map_err(|e| asker.failed(e))?;
    let waiting = db.fetch_optional(claims::open_of_product(account, id, cap)).await.map_err(|e| asker.failed(e))?;
    let counted = |looked: i64, number: i64| Counted { number: number.min(COUNT_CAP), capped: looked > COUNT_CAP };
    let (had, effective) = reach.unwrap_or_default();
    let (looked, live) = live.unwrap_or_default();
    let waiting = waiting.map_or(0, |(n,)| n);
    // Who may not do it is told so, and not what it would do.
    if let Some(refusal) = forbidden(asker, act, account) {
        return Ok(Counts { refusals: vec![refusal], ..Counts::default() });
    }
    // A suspended access is no more closed by being suspended; a removed one is gone, suspended or not; archiving closes none.
    let contacts = if act == ImpactAct::Suspend { effective } else { had };
    Ok(Counts {
        contacts: counted(had, contacts),
        products: exactly(usize::from(act != ImpactAct::ArchiveProduct && effective > 0)),
        claims: counted(waiting, waiting),
        subscriptions: counted(looked, live),
        portal: false,
        refusals: Vec::new(),
    })
}
