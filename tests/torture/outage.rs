//! The database goes away and comes back; it is full and has room again; its connections break under load.

use crate::{
    cluster::Cluster,
    databases::{Database, Engine},
    marks::{account, add, assert_sound, compare, edit, found},
};
use projections::{Ask, contacts};
use sesame::{
    app::{App, NotDone},
    db::Db,
    service::Service,
};
use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

fn code(answer: Result<impl std::fmt::Debug, NotDone>) -> &'static str {
    match answer {
        Err(NotDone::Failure(failure)) => failure.code(),
        other => panic!("{other:?}"),
    }
}

/// What writers attempted, and what was acknowledged.
#[derive(Default)]
struct Told {
    attempted: Mutex<BTreeSet<String>>,
    acknowledged: Mutex<BTreeSet<String>>,
    stop: AtomicBool,
}

impl Told {
    fn attempt(&self, mark: &str) {
        self.attempted.lock().unwrap().insert(mark.into());
    }
    fn done(&self, mark: &str) {
        self.acknowledged.lock().unwrap().insert(mark.into());
    }
    fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }
    fn acknowledged(&self) -> usize {
        self.acknowledged.lock().unwrap().len()
    }
}

/// Eight writers until they are told to stop. The even ones send a key and try again until they are answered; the odd ones take a failure for an answer.
async fn write(app: &App, told: &Arc<Told>) {
    let account = account(app).await;
    let writers = (0..8).map(|writer| {
        let (app, told) = (app.clone(), told.clone());
        tokio::spawn(async move {
            let keyed = writer % 2 == 0;
            for n in 0.. {
                if told.stop.load(Ordering::Relaxed) {
                    break;
                }
                let mark = format!("w{writer}n{n}");
                told.attempt(&mark);
                let contact = loop {
                    match add(&app, account, &mark, keyed).await {
                        Ok(contact) => break Some(contact),
                        Err(NotDone::Failure(failure)) => {
                            assert_eq!(failure.code(), "BUSY", "{failure}");
                            if !keyed {
                                break None;
                            }
                            tokio::time::sleep(Duration::from_millis(20)).await;
                        }
                        refused => panic!("{refused:?}"),
                    }
                };
                let Some(contact) = contact else { continue };
                told.done(&mark);
                let mark = format!("{mark}e");
                told.attempt(&mark);
                if edit(&app, account, contact, &mark).await.is_ok() {
                    told.done(&mark);
                }
            }
        })
    });
    for writer in futures::future::join_all(writers).await {
        writer.unwrap();
    }
}

async fn check(service: &Service, told: &Told) {
    let found = found(service.db(), service.vault()).await;
    compare(&found, &told.attempted.lock().unwrap(), &told.acknowledged.lock().unwrap());
    // Whoever sent a key tried until it was done: once, not twice.
    let keyed = |mark: &&String| ["w0", "w2", "w4", "w6"].iter().any(|w| mark.starts_with(w)) && !mark.ends_with('e');
    for mark in told.attempted.lock().unwrap().iter().filter(keyed) {
        assert_eq!(found.get(mark), Some(&1), "{mark}");
    }
    assert_sound(service.db(), service.vault(), "after all that").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_goes_away_and_comes_back() {
    let cluster = Arc::new(Cluster::start());
    let database = Database::on(&cluster.url()).await;
    let service = database.service().await;
    let account = account(&service.app).await;
    add(&service.app, account, "before", false).await.unwrap();

    cluster.crash();
    let began = Instant::now();
    assert_eq!(code(add(&service.app, account, "meanwhile", false).await), "BUSY");
    assert!(service.app.reader().states(vec![account.0]).await.is_err_and(|e| e.code() == "BUSY"));
    assert!(service.not_ready().await.is_err());
    assert!(began.elapsed() < Duration::from_secs(25), "callers wait {:?}", began.elapsed());
    cluster.go_on();
    let began = Instant::now();
    while add(&service.app, account, &format!("after{}", began.elapsed().as_millis()), false).await.is_err() {
        assert!(began.elapsed() < Duration::from_secs(10), "it does not recover");
    }
    let found = found(service.db(), service.vault()).await;
    assert!(found.contains_key("before") && !found.contains_key("meanwhile") && found.len() == 2, "{found:?}");

    // And under load, twice.
    let told = Arc::new(Told::default());
    told.attempted.lock().unwrap().extend(found.into_keys());
    let crashes = async {
        for _ in 0..2 {
            tokio::time::sleep(Duration::from_millis(700)).await;
            let cluster = cluster.clone();
            let cycle = move || {
                cluster.crash();
                std::thread::sleep(Duration::from_millis(300));
                cluster.go_on();
            };
            tokio::task::spawn_blocking(cycle).await.unwrap();
        }
        tokio::time::sleep(Duration::from_millis(700)).await;
        told.stop();
    };
    futures::join!(write(&service.app, &told), crashes);
    println!("{} acknowledged beside two crashes", told.acknowledged());
    assert!(told.acknowledged() > 20);
    let began = Instant::now();
    while !service.not_ready().await.is_ok_and(|lag| lag.is_empty()) {
        assert!(began.elapsed() < Duration::from_secs(10), "{:?}", service.not_ready().await);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    check(&service, &told).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_break_while_commits_are_under_way() {
    let database = Database::fresh(Engine::Postgres).await;
    let service = database.service().await;
    // Commits take long enough to be met.
    let slow = "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.004); RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER slow AFTER UPDATE ON log_head DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slow();";
    let mut tx = service.db().begin().await.unwrap();
    tx.run_script(slow.into()).await.unwrap();
    tx.commit().await.unwrap();
    let told = Arc::new(Told::default());
    let began = Instant::now();
    let cut = async {
        let other = Db::open(&database.options()).await.unwrap();
        let (mut cut, mut in_commit) = (0, 0);
        // Until enough happened, however slow the machine.
        while in_commit < 12 || told.acknowledged() < 60 {
            assert!(began.elapsed() < Duration::from_secs(90), "{in_commit} met in their commit");
            tokio::time::sleep(Duration::from_millis(25)).await;
            // One that is committing if there is one, else any.
            let kill = "SELECT pg_terminate_backend(pid), upper(query) LIKE 'COMMIT%' AND state = 'active' FROM pg_stat_activity
                        WHERE datname = current_database() AND pid <> pg_backend_pid()
                        ORDER BY upper(query) LIKE 'COMMIT%' AND state = 'active' DESC, random() LIMIT 1";
            for (_, committing) in other.fetch(Ask::<(bool, bool)>::new(kill, [])).await.unwrap_or_default() {
                cut += 1;
                in_commit += usize::from(committing);
            }
        }
        told.stop();
        (cut, in_commit)
    };
    let ((), (cut, in_commit)) = futures::join!(write(&service.app, &told), cut);
    println!("{cut} connections cut, {in_commit} in their commit; {} acknowledged", told.acknowledged());
    check(&service, &told).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_said_to_be_full_and_is_not_full_for_ever() {
    let database = Database::fresh(Engine::Sqlite).await;
    let service = database.service().await;
    let account = account(&service.app).await;
    add(&service.app, account, "before", false).await.unwrap();
    let told = Told::default();
    told.attempt("before");
    told.done("before");
    let limit = |pages: i64| -> &'static str { format!("PRAGMA max_page_count = {pages}").leak() };
    let pages = service.db().fetch_optional(Ask::<(i64,)>::new("PRAGMA page_count", [])).await.unwrap().unwrap().0;
    // The limit is the connection's own: where it was broken by that, the next one is given it too.
    let fill = || service.db().maintain(limit(pages + 12));
    fill().await.unwrap();
    let mut n = 0;
    let full = loop {
        let mark = format!("n{n}");
        told.attempt(&mark);
        match add(&service.app, account, &mark, false).await {
            Ok(_) => told.done(&mark),
            other => break code(other),
        }
        n += 1;
        assert!(n < 5_000, "it is never full");
    };
    assert_eq!(full, "STORAGE_FULL");
    fill().await.unwrap();
    assert_eq!(code(add(&service.app, account, "again", true).await), "STORAGE_FULL");
    told.attempt("again");
    // Whoever reads notices nothing.
    let filter = contacts::Filter::default();
    let count = service.db().fetch_optional(contacts::count(account, &filter, 10_000)).await.unwrap();
    assert_eq!(count, Some((n as i64 + 1,)));

    service.db().maintain(limit(1 << 30)).await.unwrap();
    add(&service.app, account, "again", true).await.unwrap();
    told.done("again");
    assert_eq!(service.not_ready().await.unwrap(), []);
    let found = found(service.db(), service.vault()).await;
    compare(&found, &told.attempted.lock().unwrap(), &told.acknowledged.lock().unwrap());
    assert_eq!(found.len(), n + 2, "what was refused for want of room is not there");
    assert_sound(service.db(), service.vault(), "after the full disk").await;
}
