//! Sample data: a believable French business, written through the real commands with a seeded clock and ids.
//!
//! The same number of contacts and the same seed give the same accounts, contacts, products, accesses, subscriptions, complaints, guests, sign-ups,
//! with the same ids and times. Only keys, nonces and tokens differ: those are always random. `script` says what a contact lives through, `people`
//! who works with the account; `names` has the words, `login` the way in.

pub mod login;
mod names;
mod people;
mod script;

use crate::{
    app::{App, Caller, Command, Failure, JourneyCommand, NewProduct, NotDone, OpenAccount, Request, Submission},
    clock::{Clock, FixedClock},
    service::Service,
};
use chrono::{DateTime, Duration, NaiveDate, Utc};
use domain::{
    AccountId, ContactId, ModuleId, ProductId, UserId,
    contact::journey::Staged,
    product::{ModuleDraft, OrderEmail},
    values::DripClock,
};
use futures::{StreamExt, TryStreamExt};
use script::{Act, Script};
use std::sync::{Arc, Mutex, PoisonError};

/// Contacts that act at the same time, each lane on its own.
const LANES: usize = 64;
/// The sample year begins here; it lasts 365 days.
const BEGIN: &str = "2025-11-01T07:00:00Z";

/// What was written.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The account everything is in.
    pub account: AccountId,
    /// The login of its owner, who is a guest of a second account.
    pub owner: UserId,
    /// Its products.
    pub products: Vec<ProductId>,
    /// Commands carried out.
    pub commands: u64,
}

/// Why the sample could not be written.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The service failed.
    #[error(transparent)]
    Failure(#[from] Failure),
    /// A sample command was refused: a fault of the sample.
    #[error("{0} was refused: {1:?}")]
    Refused(&'static str, domain::Refusals),
}

/// Writes `contacts` contacts with all that belongs to them. `progress` is told the contacts done so far.
///
/// A login is opened before the contact with its e-mail: then it is linked in the contact's own append. The other way round a policy links it, at
/// the service's own time, and nothing in a log is ever earlier than what comes before it.
pub async fn fill(service: &Service, contacts: u64, seed: u64, progress: impl Fn(u64)) -> Result<Sample, DemoError> {
    let begin: DateTime<Utc> = BEGIN.parse().map_err(|e| Failure::Fault(format!("the sample's first day: {e}")))?;
    let lanes: Vec<Lane> =
        (0..LANES as u64).map(|lane| Lane::new(service, begin, seed.wrapping_mul(1_000).wrapping_add(lane))).collect();
    let owner = people::owner(&lanes[0]).await?;
    let account = open(&lanes[0]).await?;
    let caller = Caller::operator(Some(account));
    let products = products(&lanes[0], &caller).await?;
    let script = Script::new(account, contacts, seed, products.clone());
    let (mut commands, mut done) = (products.len() as u64 + 3, 0u64);
    // Day by day, so that times in the log are those of the sample; within a day, each lane on its own.
    for day in 0..365u32 {
        let contacts_of_day = script.contacts_of(day);
        let at = begin + Duration::days(day.into()) + Duration::minutes(i64::from(day) * 37 % 600);
        let count = contacts_of_day.end - contacts_of_day.start;
        let carried = futures::stream::iter(0..LANES)
            .map(|n| {
                let (lane, script, numbers, caller) = (&lanes[n], &script, contacts_of_day.clone(), &caller);
                async move {
                    lane.clock.set(at);
                    let mut carried = 0;
                    for number in numbers.filter(|i| *i as usize % LANES == n) {
                        carried += lane.live(caller, script, number).await?;
                    }
                    Ok::<u64, DemoError>(carried)
                }
            })
            .buffer_unordered(LANES)
            .try_fold(0, |sum, n| async move { Ok(sum + n) })
            .await?;
        commands += carried;
        done += count;
        progress(done);
    }
    lanes[0].clock.set(begin + Duration::days(365));
    commands += people::gather(&lanes[0], &caller, account).await?;
    commands += people::next_door(&lanes[0], owner).await?;
    Ok(Sample { account, owner, products, commands })
}

/// What happens on the day the sample is first shown: the links of its mails of the year before have all run out, and these open. Times are those of the
/// service's clock, so this is no part of what a seed makes again.
pub async fn happen_now(service: &Service, sample: &Sample, seed: u64) -> Result<u64, DemoError> {
    let ended: DateTime<Utc> = BEGIN.parse().map_err(|e| Failure::Fault(format!("the sample's first day: {e}")))?;
    let now = service.app.clock().now().max(ended + Duration::days(366));
    let lane = Lane::new(service, now, seed.wrapping_mul(1_000).wrapping_add(LANES as u64));
    people::arrive(&lane, &Caller::operator(Some(sample.account)), sample.account).await
}

/// One of the hands that write: its own clock and ids, so that what it makes does not depend on the others.
struct Lane {
    app: App,
    clock: Arc<FixedClock>,
    /// The last contact of this lane that things can be delivered to: a colleague for the next institution.
    colleague: Mutex<Option<ContactId>>,
}

impl Lane {
    fn new(service: &Service, begin: DateTime<Utc>, seed: u64) -> Lane {
        let clock = Arc::new(FixedClock::new(begin, seed));
        let app = App::new(
            service.db().clone(),
            service.app.log().clone(),
            service.vault().clone(),
            clock.clone() as Arc<dyn Clock>,
        );
        Lane { app, clock, colleague: Mutex::default() }
    }

    fn today(&self) -> NaiveDate {
        self.clock.now().date_naive()
    }

    async fn run(&self, caller: &Caller, command: Command) -> Result<crate::app::Done, DemoError> {
        let name = command.name();
        match self.app.execute(caller, Request::from(command)).await {
            Ok(done) => Ok(done),
            Err(NotDone::Failure(failure)) => Err(failure.into()),
            Err(NotDone::Refused(refused)) => Err(DemoError::Refused(name, refused.refusals)),
        }
    }

    /// Everything one contact does in the sample; how many commands that was.
    async fn live(&self, caller: &Caller, script: &Script, number: u64) -> Result<u64, DemoError> {
        let mut life = script.life(number);
        let Some(account) = caller.account else { return Ok(0) };
        let added = self.run(caller, Command::AddContact(account, life.kind, life.input())).await?;
        let Some(contact) = added.contact else { return Ok(1) };
        let (mut count, mut subscription, mut claim) = (1, None, None);
        for act in std::mem::take(&mut life.acts) {
            let command = match act {
                Act::On(make) => make(contact),
                Act::OnSubscription(make) => match subscription {
                    Some(subscription) => make(contact, subscription),
                    None => continue,
                },
                Act::OnClaim(make) => match claim {
                    Some(claim) => make(contact, claim),
                    None => continue,
                },
            };
            let done = self.run(caller, command).await?;
            (subscription, claim) = (done.subscription.or(subscription), done.claim.or(claim));
            count += 1;
        }
        let colleague = self.colleague.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let (true, Some(subscription), Some(colleague)) = (life.shared, subscription, colleague) {
            let contacts = vec![Staged::Known(colleague)];
            let submission = Submission { contacts, subscriptions: vec![subscription], start: None };
            self.run(caller, Command::Journey(JourneyCommand::Submit(account, submission))).await?;
            count += 1;
        }
        *self.colleague.lock().unwrap_or_else(PoisonError::into_inner) = life.complete.then_some(contact).or(colleague);
        Ok(count)
    }
}

async fn open(lane: &Lane) -> Result<AccountId, DemoError> {
    let new = OpenAccount {
        company_name: "Atelier du Large".into(),
        locale: Some("fr".into()),
        time_zone: Some("Europe/Paris".into()),
        owner_email: Some(people::OWNER.into()),
    };
    let done = lane.run(&Caller::operator(None), Command::OpenAccount(new)).await?;
    done.account.ok_or_else(|| Failure::Fault("an account was opened without an id".into()).into())
}

async fn products(lane: &Lane, caller: &Caller) -> Result<Vec<ProductId>, DemoError> {
    let Some(account) = caller.account else { return Ok(Vec::new()) };
    let mut ids = Vec::new();
    for (name, delivered, entitled_days, modules) in names::PRODUCTS {
        let modules = modules
            .iter()
            .map(|(name, days)| ModuleDraft {
                id: None,
                fresh: ModuleId(lane.clock.id()),
                name: (*name).into(),
                opens_after_days: *days,
            })
            .collect();
        let order_email = (!delivered).then(|| OrderEmail {
            subject: format!("Votre accès à « {name} »"),
            body: "Bonjour {{firstName}},\n\nVotre accès à {{product}} ouvre le {{opensOn}} : {{accessUrl}}\n\n{{account}}".into(),
        });
        let new = NewProduct {
            name: (*name).into(),
            delivered: *delivered,
            drip_clock: if *entitled_days { DripClock::EntitledDays } else { DripClock::CalendarDays },
            modules,
            order_email,
        };
        ids.extend(lane.run(caller, Command::CreateProduct(account, new)).await?.product);
    }
    Ok(ids)
}
