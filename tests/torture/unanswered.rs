//! A commit is sent and its answer never comes. Whether it happened is looked up: what happened is answered as done, once; what did not
//! is done now.
//!
//! Between the service and PostgreSQL stands a proxy that cuts the connection at a commit: after it has passed it on, or before.

use crate::{
    databases::{Database, Engine},
    marks::{account, add, assert_sound, found},
};
use std::sync::{
    Arc,
    atomic::{AtomicU8, AtomicUsize, Ordering},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, tcp::OwnedReadHalf, tcp::OwnedWriteHalf},
};

const PASS: u8 = 0;
const CUT_AFTER: u8 = 1;
const CUT_BEFORE: u8 = 2;

/// Where it listens, what it does at the next commit, and how often it did.
struct Proxy {
    port: u16,
    next: Arc<AtomicU8>,
    cuts: Arc<AtomicUsize>,
}

impl Proxy {
    async fn to(server: String) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, next, cuts) =
            (listener.local_addr().unwrap().port(), Arc::new(AtomicU8::new(PASS)), Arc::new(AtomicUsize::new(0)));
        let (order, count) = (next.clone(), cuts.clone());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&server).await.unwrap();
                tokio::spawn(between(client, server, order.clone(), count.clone()));
            }
        });
        Proxy { port, next, cuts }
    }
}

async fn between(client: TcpStream, server: TcpStream, order: Arc<AtomicU8>, cuts: Arc<AtomicUsize>) {
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let answers = tokio::spawn(copy(from_server, to_client));
    questions(from_client, to_server, &order, &cuts, &answers).await;
    answers.abort();
}

async fn copy(mut from: OwnedReadHalf, mut to: OwnedWriteHalf) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}

async fn questions(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    order: &AtomicU8,
    cuts: &AtomicUsize,
    answers: &tokio::task::JoinHandle<()>,
) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        let commits = buffer[..read].windows(6).any(|word| word.eq_ignore_ascii_case(b"COMMIT"));
        if commits {
            match order.swap(PASS, Ordering::SeqCst) {
                CUT_AFTER => {
                    // No answer gets back, and the server has time to carry it out.
                    cuts.fetch_add(1, Ordering::SeqCst);
                    answers.abort();
                    let _ = to.write_all(&buffer[..read]).await;
                    tokio::time::sleep(std::time::Duration::from_millis(80)).await;
                    return;
                }
                CUT_BEFORE => {
                    cuts.fetch_add(1, Ordering::SeqCst);
                    return;
                }
                _ => {}
            }
        }
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}

async fn cut(order: u8) {
    let mut database = Database::fresh(Engine::Postgres).await;
    let direct = database.url.clone();
    let (credentials, rest) = direct.split_once('@').unwrap();
    let (server, name) = rest.split_once('/').unwrap();
    let proxy = Proxy::to(server.to_owned()).await;
    database.url = format!("{credentials}@127.0.0.1:{}/{name}", proxy.port);
    let service = database.service().await;
    let account = account(&service.app).await;
    for round in 0..5 {
        proxy.next.store(order, Ordering::SeqCst);
        let adds = (0..6).map(|n| {
            let app = service.app.clone();
            async move { add(&app, account, &format!("r{round}n{n}"), n % 2 == 0).await }
        });
        for answer in futures::future::join_all(adds).await {
            answer.unwrap();
        }
        // The cut may have met a commit of another task than the sequencer's; then nothing was to be looked up.
        while proxy.next.load(Ordering::SeqCst) != PASS {
            add(&service.app, account, &format!("r{round}more{}", proxy.cuts.load(Ordering::SeqCst)), false)
                .await
                .unwrap();
        }
    }
    assert!(proxy.cuts.load(Ordering::SeqCst) >= 5);
    let found = found(service.db(), service.vault()).await;
    for round in 0..5 {
        for n in 0..6 {
            assert_eq!(found.get(&format!("r{round}n{n}")), Some(&1));
        }
    }
    assert_sound(service.db(), service.vault(), "after unanswered commits").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_happened_is_answered_as_done_once() {
    cut(CUT_AFTER).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_did_not_happen_is_done_again() {
    cut(CUT_BEFORE).await;
}
