//! P7: sheet, list page and search where there are many contacts, beside the same where there are few. P9: the past beside the present.

use crate::{
    Measured,
    commands::{account, run},
    place::{self, Anyhow, line, median, scaled},
    wire::{Connection, Served, graphql, latency, serve},
};
use domain::{
    AccountId, ContactId,
    contact::{GrantAccess, SetAccessMode},
    values::AccessMode,
};
use projections::Ask;
use serde_json::json;
use sesame::app::{Caller, Command};
use tokio::runtime::Runtime;
use uuid::Uuid;

const MANY: u64 = 10_000_000;
const FEW: u64 = 10_000;
const ASKED: usize = 400;
const SHEET: &str = "query($id: ID!, $asOf: DateTime) { contact(id: $id, asOf: $asOf) { id displayName email phone address { text } \
                     accesses { mode opening { kind } grantedAt product { name } } subscriptions { type } } }";
const LIST: &str = "query($a: ID!, $after: String) { contacts(accountId: $a, first: 50, after: $after) { edges { cursor node { id displayName email } } } }";
const SEARCH: &str = "query($a: ID!, $term: String!) { contacts(accountId: $a, filter: { search: $term }, first: 20) { edges { node { id displayName } } } }";
const TRAIL: &str = "query($a: ID!) { auditTrail(accountId: $a, first: 50) { edges { node { position at type sentence actor { kind } } } } }";

/// A service whose contacts are rows loaded in bulk: lists and search answer from them, sheets from copies of one real state.
async fn with_contacts(name: &str, contacts: u64) -> Anyhow<(Served, AccountId, Vec<Uuid>)> {
    let place = place::postgres(name).await?.ok_or("BENCH_POSTGRES_URL is not set")?;
    let (account, made, products) = account(&place.service.app, 1, 3).await?;
    for product in products {
        let rule = GrantAccess { product, mode: None, opening: None, ordered_on: None, send_order_email: false };
        run(&place.service.app, &Caller::operator(Some(account)), Command::GrantAccess(made[0], rule)).await?;
    }
    // Ids in the order of time and names spread, as real ones are.
    let script = format!(
        "CREATE TEMP TABLE people AS SELECT ('01980000-' || lpad(to_hex(n >> 16), 4, '0') || '-7' || lpad(to_hex((n >> 4) & 4095), 3, '0') || '-8' || lpad(to_hex(n & 15), 3, '0')
            || '-' || substr(md5(n::text), 1, 12))::uuid AS id, n, md5('l' || n) AS last, md5('f' || n % 1000) AS first FROM generate_series(1, {contacts}) n;
         INSERT INTO contacts_1 SELECT id, '{account}', 'PERSON', 'CONTACT', 'ACTIVE', NULL, left(first, 8), left(last, 10), NULL,
            'c' || n || '@exemple.fr', NULL, left(last, 10) || ' ' || left(first, 8), n, n FROM people;
         INSERT INTO contact_words_1 SELECT '{account}', left(last, 10), id FROM people;
         INSERT INTO contact_words_1 SELECT '{account}', left(first, 8), id FROM people ON CONFLICT DO NOTHING;
         INSERT INTO stream_state_1 SELECT p.id, 'contact', '{account}', s.version, s.state FROM people p CROSS JOIN stream_state_1 s WHERE s.stream = '{}';
         DROP TABLE people;",
        made[0].0,
        account = account.0
    );
    let mut tx = place.service.db().begin().await?;
    tx.run_script(script).await?;
    tx.commit().await?;
    for table in ["VACUUM ANALYZE contacts_1", "VACUUM ANALYZE contact_words_1", "VACUUM ANALYZE stream_state_1"] {
        place.service.db().maintain(table).await?;
    }
    let spread =
        Ask::<(Uuid,)>::new("SELECT id FROM contacts_1 WHERE sort_key > $1 ORDER BY sort_key LIMIT 400", ["7".into()]);
    let ids = place.service.db().fetch(spread).await?.into_iter().map(|(id,)| id).collect();
    Ok((serve(place, account).await?, account, ids))
}

/// Middle milliseconds of sheet, list page and search.
async fn ask_all(served: &Served, account: AccountId, ids: &[Uuid]) -> Anyhow<[f64; 3]> {
    // People who are there on both sides, by the beginning of a name that nobody else has: each search finds one, however many there are.
    let names = Ask::<(String,)>::new(
        "SELECT left(md5('l' || n), 8) FROM generate_series(1, $1, $2) n",
        [(FEW as i64).into(), (FEW as i64 / ASKED as i64).into()],
    );
    let names = served.service.db().fetch(names).await?;
    let sheets: Vec<_> =
        ids.iter().map(|id| graphql(served, SHEET, &json!({ "id": ContactId(*id).to_string() }))).collect();
    let pages = vec![graphql(served, LIST, &json!({ "a": account.to_string() })); ASKED];
    let searches: Vec<_> = names
        .iter()
        .map(|(name,)| graphql(served, SEARCH, &json!({ "a": account.to_string(), "term": name })))
        .collect();
    let mut all = [Vec::new(), Vec::new(), Vec::new()];
    for round in 0..=5 {
        for (took, asked) in all.iter_mut().zip([&sheets, &pages, &searches]) {
            let ms = latency(&served.address, asked).await?;
            // The first round warms up.
            if round > 0 {
                took.push(ms);
            }
        }
    }
    Ok(all.map(median))
}

pub fn p7(runtime: &Runtime) -> Measured {
    runtime.block_on(async {
        let (few, account, ids) = with_contacts("bench_p7_few", FEW).await?;
        let small = ask_all(&few, account, &ids).await?;
        let many = scaled(MANY).max(100_000);
        let (large, account, ids) = with_contacts("bench_p7_many", many).await?;
        let big = ask_all(&large, account, &ids).await?;
        for ((what, big), small) in ["sheet", "list page", "search"].into_iter().zip(big).zip(small) {
            println!("P7 ({what}, {many} contacts beside {FEW}): ours = {big:.2} ms, reference = {small:.2} ms, ratio = {:.2} (goal ≤ 1.5)", big / small);
        }
        Ok(())
    })
}

pub fn p9(runtime: &Runtime) -> Measured {
    runtime.block_on(async {
        let place = place::postgres("bench_p9").await?.ok_or("BENCH_POSTGRES_URL is not set")?;
        let people = scaled(20_000).max(2_000) as usize;
        let (account, contacts, products) = account(&place.service.app, people, 3).await?;
        let (caller, contact) = (Caller::operator(Some(account)), contacts[0]);
        for product in &products {
            let rule = GrantAccess { product: *product, mode: None, opening: None, ordered_on: None, send_order_email: false };
            run(&place.service.app, &caller, Command::GrantAccess(contact, rule)).await?;
        }
        let mut events = 1 + products.len();
        for n in 0.. {
            if events >= 200 {
                break;
            }
            let mode = if n % 2 == 0 { AccessMode::Suspended } else { AccessMode::Activated };
            for product in &products {
                run(&place.service.app, &caller, Command::SetAccessMode(contact, SetAccessMode { product: *product, mode })).await?;
                events += 1;
            }
        }
        let then = place.service.app.clock().now().to_rfc3339();
        let served = serve(place, account).await?;
        let now = vec![graphql(&served, SHEET, &json!({ "id": contact.to_string() })); ASKED];
        let past = vec![graphql(&served, SHEET, &json!({ "id": contact.to_string(), "asOf": then })); ASKED];
        let page = vec![graphql(&served, TRAIL, &json!({ "a": account.to_string() })); 100];
        Connection::open(&served.address).await?.ask(&past[0]).await?;
        let (mut ours, mut theirs, mut pages) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..5 {
            ours.push(latency(&served.address, &past).await?);
            theirs.push(latency(&served.address, &now).await?);
            pages.push(latency(&served.address, &page).await?);
        }
        let (ours, theirs) = (median(ours), median(theirs));
        println!("P9 (a contact with {events} events as of then): ours = {ours:.2} ms, reference = {theirs:.2} ms for the present sheet, ratio = {:.2} (goal ≤ 3)", ours / theirs);
        println!("{} (goal ≤ 50 ms)", line(&format!("P9 (a page of 50 of the whole account's audit trail, {people} contacts)"), median(pages), " ms", None));
        Ok(())
    })
}
