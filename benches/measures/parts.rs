//! The parts beside accesses and subscribers. `erp`: records of an ERP taken in. `plan`: a file planned, then applied. `hooks`: calls to a webhook.
//! `live`: how long until a change is told. `reach`: the accounts of a user who reaches many.

use crate::{
    Measured,
    commands::{account, run},
    files::{client_file, copy_in, import},
    memory,
    place::{self, Anyhow, Place, median, scaled},
    wire::{Served, graphql, latency, listen, serve},
};
use axum::{Router, routing::post};
use domain::{
    AccountId, Actor, ActorKind, ContactId, ProductId, UserId,
    account::ConnectErp,
    address::Address,
    contact::{GrantAccess, erp::SentRecord},
    user::RegisterUser,
    values::{ImportPolicy, Permission},
};
use futures::{SinkExt, StreamExt, TryStreamExt};
use serde_json::{Value, json};
use sesame::{
    app::{
        Caller, Command, ConnectionCommand, Door, ErpCommand, Grant, ImportCommand, Invited, Members, NewGuest,
        OpenAccount, TokenAsked, Users,
    },
    erp,
    exchange::{ImportOptions, PlanOptions, plan_contacts},
    outbound::{Outbound, Targets},
    outbox::Outside,
};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::runtime::Runtime;
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Message, client::IntoClientRequest, http::HeaderValue},
};

const ROUNDS: usize = 5;

fn base() -> Anyhow<String> {
    Ok(std::env::var("BENCH_POSTGRES_URL").map_err(|_| "BENCH_POSTGRES_URL is not set")?)
}

async fn postgres(name: &str) -> Anyhow<Place> {
    Ok(place::postgres(name).await?.ok_or("BENCH_POSTGRES_URL is not set")?)
}

fn record(n: u64) -> SentRecord {
    let given = |text: String| Some(Some(text));
    SentRecord {
        external_id: format!("C{n}"),
        last_name: given(format!("Dupont{n}")),
        first_name: given("Amélie".into()),
        email: given(format!("amelie.dupont.{n}@exemple.fr")),
        phone: given(format!("06 12 34 {:02} {:02}", n % 100, n / 100 % 100)),
        address: Some(Some(Address {
            line1: Some(format!("{} quai d'Orsay", n % 150)),
            postal_code: Some("75007".into()),
            city: Some("Paris".into()),
            ..Address::default()
        })),
        ..SentRecord::default()
    }
}

/// Records a second, taken in by requests of ten thousand: new ones, and the same again; and the most memory it added, in megabytes.
async fn sync(name: &str, records: u64) -> Anyhow<(f64, f64, u64)> {
    let place = postgres(name).await?;
    let (account, ..) = account(&place.service.app, 1, 1).await?;
    let caller = Caller::operator(Some(account));
    let connect = ConnectErp { source: "Mesures".into(), owned: None, every_minutes: None };
    run(&place.service.app, &caller, Command::Erp(ErpCommand::Connect(account, connect))).await?;
    let before = memory::reset_peak().unwrap_or(0);
    let mut rates = Vec::new();
    for _ in 0..2 {
        let started = Instant::now();
        for first in (0..records).step_by(10_000) {
            let options =
                erp::Options { mode: erp::Mode::Incremental, force: false, way: erp::Way::Api, key: None, lang: None };
            let sent = (first..records.min(first + 10_000)).map(record).collect();
            erp::sync_all(&place.service.app, &caller, account, options, sent, b"").await.map_err(|e| e.to_string())?;
        }
        rates.push(records as f64 / started.elapsed().as_secs_f64());
    }
    let added = memory::peak().unwrap_or(0).saturating_sub(before);
    place.service.stop().await;
    Ok((rates[0], rates[1], added))
}

pub fn erp(runtime: &Runtime) -> Measured {
    runtime.block_on(async {
        let records = scaled(100_000).max(5_000);
        let path = client_file(records)?;
        let (mut fresh, mut again, mut theirs, mut held) = (Vec::new(), Vec::new(), Vec::new(), 0);
        for _ in 0..ROUNDS {
            theirs.push(copy_in(&base()?, &path, records).await?);
            let (created, unchanged, added) = sync("bench_erp", records).await?;
            fresh.push(created);
            again.push(unchanged);
            held = held.max(added);
        }
        std::fs::remove_file(path)?;
        let theirs = median(theirs);
        for (what, ours) in [("new", median(fresh)), ("the same again", median(again))] {
            println!(
                "ERP ({records} records, {what}): ours = {ours:.0}/s, reference = {theirs:.0} rows/s by COPY FROM into one indexed table, ratio = {:.2}; memory +{held} MB",
                ours / theirs
            );
        }
        Ok(())
    })
}

/// Seconds to plan a file and to apply the plan, and the most memory it added, in megabytes.
async fn plan_and_apply(place: &Place, path: &Path) -> Anyhow<(f64, f64, u64)> {
    let (account, ..) = account(&place.service.app, 1, 1).await?;
    let caller = Caller { door: Door::Import, ..Caller::operator(Some(account)) };
    let file = std::fs::File::open(path)?;
    let before = memory::reset_peak().unwrap_or(0);
    let started = Instant::now();
    let options = PlanOptions { policy: ImportPolicy::RejectFailedRows, label: None, import: ImportOptions::default() };
    let planned =
        plan_contacts(&place.service.app, &caller, file, &options, |_| {}).await.map_err(|e| e.to_string())?;
    let plan = started.elapsed().as_secs_f64();
    let started = Instant::now();
    run(&place.service.app, &caller, Command::Imports(ImportCommand::Apply(planned.import))).await?;
    loop {
        let state = place.service.app.state(planned.import.into()).await?;
        if state.state.import().is_some_and(|import| import.ended.is_some()) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok((plan, started.elapsed().as_secs_f64(), memory::peak().unwrap_or(0).saturating_sub(before)))
}

pub fn plan(runtime: &Runtime) -> Measured {
    runtime.block_on(async {
        let rows = scaled(100_000).max(5_000);
        let path = client_file(rows)?;
        for engine in ["PostgreSQL", "SQLite"] {
            let (mut plans, mut applied, mut straight, mut held) = (Vec::new(), Vec::new(), Vec::new(), 0);
            for _ in 0..ROUNDS {
                let fresh = async || match engine {
                    "SQLite" => place::sqlite().await,
                    _ => postgres("bench_plan").await,
                };
                let place = fresh().await?;
                straight.push(import(&place, &path, rows).await?.0);
                place.service.stop().await;
                let place = fresh().await?;
                let (plan, apply, added) = plan_and_apply(&place, &path).await?;
                place.service.stop().await;
                plans.push(rows as f64 / plan);
                applied.push(rows as f64 / (plan + apply));
                held = held.max(added);
            }
            let (ours, theirs) = (median(applied), median(straight));
            println!(
                "plan ({rows} rows, {engine}): ours = {ours:.0} rows/s planned and applied (planning alone {:.0}), reference = {theirs:.0} rows/s imported without a plan, ratio = {:.2}; memory +{held} MB",
                median(plans),
                ours / theirs
            );
        }
        std::fs::remove_file(path)?;
        Ok(())
    })
}

/// A receiver that takes all; how many calls came.
async fn receiver() -> Anyhow<(String, Arc<AtomicUsize>)> {
    let taken = Arc::new(AtomicUsize::new(0));
    let count = taken.clone();
    let take = move || {
        count.fetch_add(1, Ordering::Relaxed);
        async { "" }
    };
    let (address, _serving) = listen(Router::new().route("/", post(take))).await?;
    Ok((format!("http://{address}/"), taken))
}

async fn until_taken(taken: &AtomicUsize, calls: usize) {
    while taken.load(Ordering::Relaxed) < calls {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

async fn grant_all(place: &Place, account: AccountId, contacts: &[ContactId], product: ProductId) -> Anyhow<()> {
    let caller = Caller::operator(Some(account));
    futures::stream::iter(contacts)
        .map(|contact| {
            let rule = GrantAccess { product, mode: None, opening: None, ordered_on: None, send_order_email: false };
            run(&place.service.app, &caller, Command::GrantAccess(*contact, rule))
        })
        .buffer_unordered(256)
        .try_for_each(|_| async { Ok(()) })
        .await
}

pub fn hooks(runtime: &Runtime) -> Measured {
    runtime.block_on(async {
        let calls = scaled(10_000).max(1_000) as usize;
        let outside =
            Outside { delivers: true, outbound: Outbound::new(Targets::Any), ..Outside::closed() };
        let place = place::postgres_with("bench_hooks", outside).await?.ok_or("BENCH_POSTGRES_URL is not set")?;
        let (account, contacts, products) = account(&place.service.app, calls, ROUNDS).await?;
        let (address, taken) = receiver().await?;
        let connect = ConnectionCommand::ConnectWebhook(account, address.clone(), vec!["access.granted.v1".into()]);
        run(&place.service.app, &Caller::operator(Some(account)), Command::Connections(connect)).await?;
        let client = reqwest::Client::new();
        let body = json!({ "data": "x".repeat(700) }).to_string();
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for product in products {
            taken.store(0, Ordering::Relaxed);
            grant_all(&place, account, &contacts, product).await?;
            // What was delivered while granting does not count: the rest of the queue is measured.
            let (before, started) = (taken.load(Ordering::Relaxed), Instant::now());
            until_taken(&taken, calls).await;
            ours.push((calls - before) as f64 / started.elapsed().as_secs_f64());
            let started = Instant::now();
            futures::stream::iter(0..calls)
                .map(|_| client.post(&address).body(body.clone()).send())
                .buffer_unordered(8)
                .try_for_each(|_| async { Ok(()) })
                .await?;
            theirs.push(calls as f64 / started.elapsed().as_secs_f64());
        }
        let (ours, theirs) = (median(ours), median(theirs));
        println!(
            "hooks ({calls} calls, one receiver): ours = {ours:.0}/s, reference = {theirs:.0}/s posted bare, eight at once, ratio = {:.2}",
            ours / theirs
        );
        Ok(())
    })
}

const CHANGED: &str = "subscription($a: ID!) { contactChanged(accountId: $a) { position contactId } }";
const GRANT: &str =
    "mutation($input: GrantAccessInput!) { grantAccess(input: $input) { userErrors { code } position } }";

pub fn live(runtime: &Runtime) -> Measured {
    runtime.block_on(async {
        let place = postgres("bench_live").await?;
        let (account, contacts, products) = account(&place.service.app, 400, ROUNDS).await?;
        let served = serve(place, account).await?;
        let mut request = format!("ws://{}/graphql/ws", served.address).into_client_request()?;
        request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static("graphql-transport-ws"));
        request.headers_mut().insert("authorization", HeaderValue::from_str(&format!("Bearer {}", served.token))?);
        let (mut socket, _) = connect_async(request).await?;
        let subscribe = json!({ "query": CHANGED, "variables": { "a": account.to_string() } });
        for message in [json!({ "type": "connection_init" }), json!({ "id": "1", "type": "subscribe", "payload": subscribe })] {
            socket.send(Message::text(message.to_string())).await?;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for product in products {
            for contact in &contacts {
                let input = json!({ "contactId": contact.to_string(), "productId": product.to_string() });
                let request = graphql(&served, GRANT, &json!({ "input": input }));
                let started = Instant::now();
                theirs.push(latency(&served.address, std::slice::from_ref(&request)).await?);
                until_told(&mut socket, &contact.to_string()).await?;
                ours.push(started.elapsed().as_secs_f64() * 1e3);
            }
        }
        let (ours, theirs) = (median(ours), median(theirs));
        println!("live (p50, {} changes one by one): ours = {ours:.2} ms from asking until it is told, reference = {theirs:.2} ms until it is answered, ratio = {:.2}", ROUNDS * contacts.len(), ours / theirs);
        Ok(())
    })
}

type Socket = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

async fn until_told(socket: &mut Socket, contact: &str) -> Anyhow<()> {
    loop {
        let Message::Text(text) = socket.next().await.ok_or("the socket was closed")?? else { continue };
        let message: Value = serde_json::from_str(&text)?;
        match message["type"].as_str() {
            Some("next") if message["payload"]["data"]["contactChanged"]["contactId"] == contact => return Ok(()),
            Some("error" | "complete") => return Err(text.as_str().into()),
            _ => {}
        }
    }
}

const REACH: &str =
    "query($s: String) { accessList(first: 20, search: $s) { edges { node { companyName number profile status } } } }";

/// A user who was let into so many accounts as a guest, with a token.
async fn guest_of(served: &mut Served, accounts: u64) -> Anyhow<()> {
    let app = &served.service.app;
    let operator = Caller::operator(None);
    let email = format!("invite.{accounts}@exemple.fr");
    let register = RegisterUser { email: email.clone(), name: None };
    let user = run(app, &operator, Command::Users(Users::Register(register))).await?.user.ok_or("no user")?;
    run(app, &operator, Command::Users(Users::VerifyEmail(user))).await?;
    for n in 0..accounts {
        let open =
            OpenAccount { company_name: format!("Société {n:04}"), locale: None, time_zone: None, owner_email: None };
        let account = run(app, &operator, Command::OpenAccount(open)).await?.account.ok_or("no account")?;
        let guest = NewGuest { email: email.clone(), permissions: vec![Permission::Support], until: None };
        let invited =
            run(app, &Caller::operator(Some(account)), Command::Members(Members::Invite(account, guest))).await?;
        let contact = invited.contact.ok_or("no contact")?;
        accept(served, user, contact).await?;
    }
    let (_, token) = app
        .create_token(&operator, TokenAsked::whole(Grant::User(user), "bench"), None)
        .await
        .map_err(|e| format!("{e:?}"))?;
    served.token = token.reveal().to_owned();
    Ok(())
}

async fn accept(served: &Served, user: UserId, contact: ContactId) -> Anyhow<()> {
    let app = &served.service.app;
    let caller = app.recognise(Actor { kind: ActorKind::User, id: user.0 }, None, Door::Cli).await?;
    run(app, &caller, Command::Members(Members::Accept(Invited::Contact(contact)))).await?;
    Ok(())
}

pub fn reach(runtime: &Runtime) -> Measured {
    runtime.block_on(async {
        let place = postgres("bench_reach").await?;
        let (account, ..) = account(&place.service.app, 1, 1).await?;
        let mut served = serve(place, account).await?;
        let mut all = Vec::new();
        for accounts in [5, 500] {
            guest_of(&mut served, accounts).await?;
            let page = vec![graphql(&served, REACH, &json!({})); 400];
            let search = vec![graphql(&served, REACH, &json!({ "s": "societe 0003" })); 400];
            let (mut pages, mut searches) = (Vec::new(), Vec::new());
            for round in 0..=ROUNDS {
                let (p, s) = (latency(&served.address, &page).await?, latency(&served.address, &search).await?);
                // The first round warms up.
                if round > 0 {
                    pages.push(p);
                    searches.push(s);
                }
            }
            all.push((median(pages), median(searches)));
        }
        let [few, many] = all[..] else { return Err("two sizes".into()) };
        for (what, ours, theirs) in [("page", many.0, few.0), ("search", many.1, few.1)] {
            println!("reach (accounts of a user, {what}, 500 beside 5): ours = {ours:.2} ms, reference = {theirs:.2} ms, ratio = {:.2}", ours / theirs);
        }
        Ok(())
    })
}
