//! P2: `grantAccess` over HTTP, 64 connections. P2l: the latency of one on an idle service. P3h: the contact sheet beside a handler written by hand.

use crate::{
    Measured,
    commands::account,
    place::{self, Anyhow, line, median, reference, scaled},
    wire::{self, Served, drive, graphql, latency, serve},
};
use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::get,
};
use domain::{ContactId, ProductId, State as Folded};
use projections::stream_state;
use serde_json::{Value, json};
use std::{collections::HashMap, sync::Arc};
use tokio::runtime::Runtime;
use uuid::Uuid;

const CONNECTIONS: usize = 64;
const ROUNDS: usize = 5;
const GRANT: &str =
    "mutation($input: GrantAccessInput!) { grantAccess(input: $input) { access { id } userErrors { code } position } }";
const SHEET: &str = "query($id: ID!) { contact(id: $id) { id firstName lastName companyName email phone \
                     accesses { mode grantedAt product { name } } subscriptions { type } } }";

fn grants(served: &Served, contacts: &[ContactId], product: ProductId) -> Vec<Vec<u8>> {
    let grant = |contact: &ContactId| {
        graphql(
            served,
            GRANT,
            &json!({ "input": { "contactId": contact.to_string(), "productId": product.to_string() } }),
        )
    };
    contacts.iter().map(grant).collect()
}

pub fn p2(runtime: &Runtime) -> Measured {
    runtime.block_on(async {
        let place = place::postgres("bench_p2").await?.ok_or("BENCH_POSTGRES_URL is not set")?;
        let people = scaled(20_000).max(2_000) as usize;
        let (account, contacts, products) = account(&place.service.app, people, ROUNDS).await?;
        let served = serve(place, account).await?;
        let mut rates = Vec::new();
        for product in products {
            rates.push(drive(&served.address, CONNECTIONS, Arc::new(grants(&served, &contacts, product))).await?);
        }
        println!(
            "{}",
            line(
                &format!("P2 ({CONNECTIONS} connections, {people} contacts)"),
                median(rates),
                "/s",
                reference("CQRS_ES_APPENDS")
            )
        );
        Ok(())
    })
}

pub fn p2l(runtime: &Runtime) -> Measured {
    runtime.block_on(async {
        let place = place::postgres("bench_p2l").await?.ok_or("BENCH_POSTGRES_URL is not set")?;
        let (account, contacts, products) = account(&place.service.app, 400, ROUNDS).await?;
        let served = serve(place, account).await?;
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for product in products {
            ours.push(latency(&served.address, &grants(&served, &contacts, product)).await?);
            theirs.push(two_inserts()?);
        }
        let (ours, theirs) = (median(ours), median(theirs));
        println!("P2l (p50, 400 mutations a round): ours = {ours:.2} ms, reference = {theirs:.2} ms for two INSERT commits, ratio = {:.2} (goal ≤ 4)", ours / theirs);
        Ok(())
    })
}

/// Milliseconds of two `INSERT`s, each committed, by pgbench on one connection.
fn two_inserts() -> Anyhow<f64> {
    let url = std::env::var("BENCH_POSTGRES_URL")?;
    let script = std::env::temp_dir().join("sesame-bench-two-inserts.sql");
    std::fs::write(
        &script,
        "INSERT INTO bench_two (a) VALUES (repeat('x', 200));\nINSERT INTO bench_two (a) VALUES (repeat('y', 200));\n",
    )?;
    let table = "CREATE TABLE IF NOT EXISTS bench_two (id BIGSERIAL PRIMARY KEY, a TEXT)";
    let psql = std::process::Command::new("psql")
        .args([&url, "-q", "-c", "SET client_min_messages = error", "-c", table])
        .status()?;
    let pgbench = std::env::var("PGBENCH").unwrap_or_else(|_| "pgbench".into());
    let out = std::process::Command::new(pgbench)
        .args(["-n", "-M", "prepared", "-c", "1", "-t", "400", "-f"])
        .arg(&script)
        .arg(&url)
        .output()?;
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let average = text.lines().find_map(|l| l.strip_prefix("latency average = ")).and_then(|l| l.split(' ').next());
    match average {
        Some(average) if psql.success() => Ok(average.parse()?),
        _ => Err(format!("pgbench: {text} {}", String::from_utf8_lossy(&out.stderr)).into()),
    }
}

pub fn p3h(runtime: &Runtime) -> Measured {
    runtime.block_on(async {
        let place = place::postgres("bench_p3h").await?.ok_or("BENCH_POSTGRES_URL is not set")?;
        let url = place.url.clone();
        let people = scaled(10_000).max(1_000);
        let sample = sesame::demo::fill(&place.service, people, 3, |_| {}).await?;
        let served = serve(place, sample.account).await?;
        let pool =
            sqlx::postgres::PgPoolOptions::new().max_connections(10).test_before_acquire(false).connect(&url).await?;
        let (by_hand, _serving) =
            wire::listen(Router::new().route("/contacts/{id}", get(sheet)).with_state(pool)).await?;
        let contacts: Vec<(Uuid,)> = served
            .service
            .db()
            .fetch(projections::Ask::new(
                "SELECT id FROM contacts_1 WHERE account = $1 ORDER BY id LIMIT 20000",
                [sample.account.0.into()],
            ))
            .await?;
        let ask = |(id,): &(Uuid,)| graphql(&served, SHEET, &json!({ "id": ContactId(*id).to_string() }));
        let ours_asked = Arc::new(contacts.iter().map(ask).collect::<Vec<_>>());
        let theirs_asked = Arc::new(
            contacts
                .iter()
                .map(|(id,)| format!("GET /contacts/{id} HTTP/1.1\r\nhost: localhost\r\n\r\n").into_bytes())
                .collect::<Vec<_>>(),
        );
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..=ROUNDS {
            ours.push(drive(&served.address, CONNECTIONS, ours_asked.clone()).await?);
            theirs.push(drive(&by_hand, CONNECTIONS, theirs_asked.clone()).await?);
        }
        // The first round warms up.
        let name = format!("P3h ({CONNECTIONS} connections, {people} contacts)");
        println!("{}", line(&name, median(ours.split_off(1)), "/s", Some(median(theirs.split_off(1)))));
        Ok(())
    })
}

type States = HashMap<Uuid, Folded>;

async fn states(pool: &sqlx::PgPool, ids: Vec<Uuid>) -> Anyhow<States> {
    let rows: Vec<(Uuid, i64, Vec<u8>)> =
        sqlx::query_as("SELECT stream, version, state FROM stream_state_1 WHERE stream = ANY($1)")
            .bind(ids)
            .fetch_all(pool)
            .await?;
    rows.into_iter().map(|(id, version, state)| Ok((id, stream_state::decode(version, &state)?.state))).collect()
}

/// The same statements and the same fields, without GraphQL, tokens, guard, logs or metrics.
async fn sheet(State(pool): State<sqlx::PgPool>, Path(id): Path<Uuid>) -> Result<Json<Value>, StatusCode> {
    let failed = |_| StatusCode::INTERNAL_SERVER_ERROR;
    let read = states(&pool, vec![id]).await.map_err(failed)?;
    let contact = read.get(&id).and_then(Folded::contact).ok_or(StatusCode::NOT_FOUND)?;
    let named = std::iter::once(contact.account.0)
        .chain(contact.accesses.keys().map(|p| p.0))
        .chain(contact.attached().map(|a| a.subscription.0));
    let family = states(&pool, named.collect()).await.map_err(failed)?;
    let accesses: Vec<Value> = contact
        .accesses
        .iter()
        .filter(|(_, access)| access.is_granted())
        .map(|(product, access)| {
            let name = family.get(&product.0).and_then(Folded::product).map(|p| p.name.as_str());
            json!({ "mode": access.mode().as_str(), "grantedAt": access.granted.at, "product": { "name": name } })
        })
        .collect();
    let subscriptions: Vec<Value> = contact
        .attached()
        .filter_map(|a| family.get(&a.subscription.0).and_then(Folded::subscription))
        .map(|s| json!({ "type": s.kind }))
        .collect();
    let d = &contact.details;
    Ok(Json(json!({
        "id": id, "firstName": d.first_name, "lastName": d.last_name, "companyName": d.company_name,
        "email": d.email.as_ref().map(|e| e.as_str()), "phone": d.phone, "accesses": accesses, "subscriptions": subscriptions,
    })))
}
