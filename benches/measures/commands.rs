//! P1, P1s: `GrantAccess` through `App::execute`: chained, durable, read models applied.

use crate::{
    Measured,
    place::{self, Anyhow, Place, line, median, scaled},
};
use domain::{
    AccountId, ContactId, ProductId,
    contact::{ContactInput, GrantAccess},
    values::{ContactKind, DripClock},
};
use futures::{StreamExt, TryStreamExt};
use sesame::app::{App, Caller, Command, Done, NewProduct, OpenAccount, Request};
use std::time::Instant;
use tokio::runtime::Runtime;

const CONTACTS: u64 = 20_000;
const ROUNDS: usize = 5;

pub async fn run(app: &App, caller: &Caller, command: Command) -> Anyhow<Done> {
    Ok(app.execute(caller, Request::from(command)).await?)
}

/// An account with contacts and products.
pub async fn account(
    app: &App,
    contacts: usize,
    products: usize,
) -> Anyhow<(AccountId, Vec<ContactId>, Vec<ProductId>)> {
    let open = OpenAccount { company_name: "Mesures".into(), locale: None, time_zone: None, owner_email: None };
    let account = run(app, &Caller::operator(None), Command::OpenAccount(open)).await?.account.ok_or("no account")?;
    let caller = Caller::operator(Some(account));
    let mut made = Vec::new();
    for n in 0..products {
        let new = NewProduct {
            name: format!("Produit {n}"),
            delivered: false,
            drip_clock: DripClock::CalendarDays,
            modules: vec![],
            order_email: None,
        };
        made.push(run(app, &caller, Command::CreateProduct(account, new)).await?.product.ok_or("no product")?);
    }
    let ids = futures::stream::iter(0..contacts)
        .map(|n| {
            let input = ContactInput {
                last_name: Some(format!("Nom{n}")),
                email: Some(format!("c{n}@exemple.fr")),
                ..ContactInput::default()
            };
            let caller = &caller;
            async move {
                Ok::<_, Box<dyn std::error::Error>>(
                    run(app, caller, Command::AddContact(account, ContactKind::Person, input))
                        .await?
                        .contact
                        .ok_or("no contact")?,
                )
            }
        })
        .buffer_unordered(256)
        .try_collect()
        .await?;
    Ok((account, ids, made))
}

/// Grants a second with so many in flight: one product to every contact, a round a product.
async fn grants(
    place: &Place,
    in_flight: usize,
    account: AccountId,
    contacts: &[ContactId],
    products: &[ProductId],
) -> Anyhow<f64> {
    let caller = Caller::operator(Some(account));
    let mut rates = Vec::new();
    for product in products {
        let started = Instant::now();
        let app = &place.service.app;
        // On tasks of their own, as requests are.
        futures::stream::iter(contacts.iter().copied())
            .map(|contact| {
                let (app, caller, rule) = (
                    app.clone(),
                    caller.clone(),
                    GrantAccess {
                        product: *product,
                        mode: None,
                        opening: None,
                        ordered_on: None,
                        send_order_email: false,
                    },
                );
                tokio::spawn(async move {
                    app.execute(&caller, Request::from(Command::GrantAccess(contact, rule))).await.map(|_| ())
                })
            })
            .buffer_unordered(in_flight)
            .map_err(Box::<dyn std::error::Error>::from)
            .try_for_each(|done| async move { Ok(done?) })
            .await?;
        rates.push(contacts.len() as f64 / started.elapsed().as_secs_f64());
    }
    Ok(median(rates))
}

pub fn p1(runtime: &Runtime) -> Measured {
    runtime.block_on(async {
        let Some(place) = place::postgres("bench_p1").await? else {
            return Err("BENCH_POSTGRES_URL is not set".into());
        };
        report("P1", &place).await
    })
}

pub fn p1s(runtime: &Runtime) -> Measured {
    runtime.block_on(async { report("P1s", &place::sqlite().await?).await })
}

async fn report(name: &str, place: &Place) -> Measured {
    let reference = crate::place::reference("CQRS_ES_APPENDS");
    for in_flight in [256, 64, 1] {
        // People of their own for each, so that all begin without an access.
        let people = if in_flight == 1 { 1_000 } else { scaled(CONTACTS).max(2_000) as usize };
        let started = Instant::now();
        let (account, contacts, products) = account(&place.service.app, people, ROUNDS).await?;
        let setup = people as f64 / started.elapsed().as_secs_f64();
        let ours = grants(place, in_flight, account, &contacts, &products).await?;
        let size = format!("{name} ({in_flight} in flight, {people} contacts, AddContact {setup:.0}/s)");
        println!("{}", line(&size, ours, "/s", reference));
    }
    Ok(())
}
