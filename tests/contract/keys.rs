//! Another master key: everything that the former one protected opens with it, and nothing with the former any more.

use crate::databases::{Database, Engine, keys};
use domain::{AccountId, UserId};
use projections::Ask;
use sesame::{
    db::Db,
    erp::WRAPPED,
    vault::{
        aside::Aside,
        knocks::{Knocked, Stranger},
        master::MasterKeys,
        providers::{Held, hashed},
        replace::{NotReplaced, Replaced, replace_master},
        store::Vault,
        totp::TotpSecret,
    },
};
use uuid::Uuid;

/// 32 bytes, in hexadecimal.
const OTHER: &str = "00aa0203040506070809aa0b0c0daa0f101112131415161718191a1b1c1d1e1f";

fn others() -> MasterKeys {
    keys().with_master(OTHER).unwrap()
}

/// One of each that the master key protects.
struct Kept {
    subject: Uuid,
    user: UserId,
    account: AccountId,
    totp: TotpSecret,
    states: ([u8; 32], [u8; 32]),
    whence: Uuid,
}

async fn put(db: &Db, vault: &Vault) -> Kept {
    let id = |n: u128| Uuid::from_u128(n << 64 | 7);
    let kept = Kept {
        subject: id(1),
        user: UserId(id(2)),
        account: AccountId(id(3)),
        totp: TotpSecret::generate().unwrap(),
        states: (hashed("state"), hashed("browser")),
        whence: id(4),
    };
    let (_, key) = vault.new_key(kept.subject, kept.account.0).unwrap();
    let sql = "INSERT INTO vault_key (subject, account, wrapped) VALUES ($1, $2, $3)";
    db.execute(Ask::new(sql, [key.subject.into(), key.account.into(), key.wrapped.into()])).await.unwrap();
    // Whoever was erased has none, and keeps none.
    let sql = "INSERT INTO vault_key (subject, account, wrapped) VALUES ($1, $2, NULL)";
    db.execute(Ask::new(sql, [id(5).into(), kept.account.0.into()])).await.unwrap();
    let source = (WRAPPED.subject)(kept.account.0);
    let (_, key) = vault.new_key(source, kept.account.0).unwrap();
    let sql = "INSERT INTO erp_source (account, url, wrapped, full_asked) VALUES ($1, 'https://erp.example', $2, 0)";
    db.execute(Ask::new(sql, [kept.account.0.into(), key.wrapped.into()])).await.unwrap();

    assert!(vault.offer_app(kept.user, &kept.totp, 1).await.unwrap());
    let secret = vault.seal_provider_secret(kept.account, "entre nous").unwrap();
    let sql = "INSERT INTO provider_secret (account, sealed) VALUES ($1, $2)";
    db.execute(Ask::new(sql, [kept.account.0.into(), secret.into()])).await.unwrap();
    let held = Held {
        issuer: "https://id.example".into(),
        client_id: "sesame".into(),
        nonce: "n".into(),
        verifier: "v".into(),
        sent_at: 1,
        again: false,
        next: None,
    };
    vault.keep_start(id(6), kept.states, kept.account, &held, 9).await.unwrap();
    let who = Stranger { email: "zoe@exemple.fr".into(), name: None };
    vault.knock(id(8), Knocked::SignUp, &who, "fr", (1, 9)).await.unwrap();
    let from = vault.seal_aside(Aside::Whence, kept.whence, b"somewhere").unwrap();
    let sql = "INSERT INTO whence (correlation, actor, at, sealed) VALUES ($1, $2, 1, $3)";
    db.execute(Ask::new(sql, [kept.whence.into(), kept.user.0.into(), from.into()])).await.unwrap();
    kept
}

async fn opens(db: &Db, vault: &Vault, kept: &Kept) {
    assert!(vault.key(kept.subject).await.unwrap().is_some());
    let wrapped = Ask::<(Vec<u8>,)>::new("SELECT wrapped FROM erp_source", []);
    let (wrapped,) = db.fetch_optional(wrapped).await.unwrap().unwrap();
    vault.unwrap((WRAPPED.subject)(kept.account.0), &wrapped).unwrap();
    let app = vault.app_of(kept.user.0).await.unwrap().unwrap();
    assert_eq!(app.secret.base32(), kept.totp.base32());
    assert_eq!(vault.provider_secret(kept.account).await.unwrap().as_deref(), Some("entre nous"));
    let knocks = vault.due_knocks(5, 6, 10).await.unwrap();
    assert_eq!(knocks.iter().map(|knock| knock.who.email.as_str()).collect::<Vec<_>>(), ["zoe@exemple.fr"]);
    let sealed = Ask::<(Vec<u8>,)>::new("SELECT sealed FROM whence", []);
    let (sealed,) = db.fetch_optional(sealed).await.unwrap().unwrap();
    assert_eq!(vault.open_aside(Aside::Whence, kept.whence, &sealed).unwrap(), b"somewhere");
    assert!(vault.take_start(kept.states, 5).await.unwrap().is_some());
}

#[tokio::test]
async fn p5_what_the_master_key_protects_opens_with_another_after_it_was_replaced() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let database = Database::fresh(engine).await;
        let db = database.open().await;
        let kept = put(&db, &Vault::open(db.clone(), keys()).await.unwrap()).await;

        let same = replace_master(&db, (&keys(), &keys()), &[WRAPPED], |_| ()).await;
        assert!(matches!(same, Err(NotReplaced::Same)));
        let theirs = replace_master(&db, (&others(), &keys()), &[WRAPPED], |_| ()).await;
        assert!(matches!(theirs, Err(NotReplaced::Keys(_))), "whoever has not the key in use replaces none");

        let mut told = Vec::new();
        let done = replace_master(&db, (&keys(), &others()), &[WRAPPED], |rows| told.push(rows)).await.unwrap();
        // One of each kind that stands in a table: of another kind, one is to be put there by this test too.
        let in_tables = Aside::ALL.len() as u64 - 1;
        assert_eq!(done, Replaced { keys: 2, values: in_tables });
        assert_eq!(told.last(), Some(&(2 + in_tables)));

        assert!(Vault::open(db.clone(), keys()).await.is_err(), "a start with the former key is refused");
        opens(&db, &Vault::open(db.clone(), others()).await.unwrap(), &kept).await;
    }
}

#[tokio::test]
async fn p5_a_master_key_is_replaced_wholly_or_not_at_all() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let database = Database::fresh(engine).await;
        let db = database.open().await;
        let kept = put(&db, &Vault::open(db.clone(), keys()).await.unwrap()).await;
        let whence = Ask::<(Vec<u8>,)>::new("SELECT sealed FROM whence", []);
        let (sealed,) = db.fetch_optional(whence).await.unwrap().unwrap();
        let put = |value: Vec<u8>| Ask::new("UPDATE provider_secret SET sealed = $1", [value.into()]);
        let whole = Ask::<(Vec<u8>,)>::new("SELECT sealed FROM provider_secret", []);
        let (whole,) = db.fetch_optional(whole).await.unwrap().unwrap();
        db.execute(put(sealed)).await.unwrap();

        let refused = replace_master(&db, (&keys(), &others()), &[WRAPPED], |_| ()).await.unwrap_err();
        assert!(matches!(refused, NotReplaced::Row { table: "provider_secret", .. }), "{refused}");
        db.execute(put(whole)).await.unwrap();
        opens(&db, &Vault::open(db.clone(), keys()).await.unwrap(), &kept).await;
    }
}
