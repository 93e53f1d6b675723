//! Row B8, as far as the database goes: after an erasure and its cleaning, no byte of the person is in the engine's files.

use domain::{
    AccountId, ContactId, ImportId,
    address::Address,
    contact::{ContactInput, ContactPatch, GrantAccess},
    values::{ContactKind, DripClock, ImportPolicy, ImportStatus},
};
use projections::Ask;
use sesame::{
    app::{
        Caller, Command, ImportCommand, NewProduct, OpenAccount, Request,
        imports::{Page, RowFilter},
    },
    clock::{Clock, SystemClock},
    db::Options,
    erasure,
    exchange::{ImportOptions, PlanOptions, plan_contacts},
    service::Service,
    vault::master::MasterKeys,
};
use std::{
    io::Cursor,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};
use uuid::Uuid;

const CANARY: &str = "zqcanaryzq";

fn person(n: usize, mark: &str) -> ContactInput {
    ContactInput {
        first_name: Some(format!("{mark}first{n}")),
        last_name: Some(format!("{mark}last{n}")),
        company_name: Some(format!("{mark}company{n}")),
        email: Some(format!("{mark}mail{n}@exemple.fr")),
        phone: Some(format!("{mark}phone{n}")),
        fax: Some(format!("{mark}fax{n}")),
        external_id: Some(format!("{mark}id{n}")),
        address: Some(Address {
            line1: Some(format!("{mark}street{n}")),
            postal_code: Some("29200".into()),
            city: Some(format!("{mark}city{n}")),
            ..Address::default()
        }),
    }
}

/// Files under `folder` that hold the canary.
fn holding(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path));
        } else if let Ok(bytes) = std::fs::read(&path) {
            let times = bytes.windows(CANARY.len()).filter(|w| *w == CANARY.as_bytes()).count();
            if times > 0 {
                found.push(format!("{} ({times} times)", path.display()));
            }
        }
    }
    found
}

/// Files that say things of these people: planned and left, and planned and applied. One names someone who is recorded only afterwards.
async fn files_about(service: &Service, account: AccountId, people: &[ContactId]) -> Vec<ImportId> {
    let caller = Caller::operator(Some(account));
    let mut file = String::from("ID;Nom;E-mail;Ville\n");
    for (n, person) in people.iter().enumerate() {
        file.push_str(&format!("{person};{CANARY}third{n};;{CANARY}town{n}\n{person};{CANARY}again{n};;\n"));
        file.push_str(&format!("{CANARY}new{n};{CANARY}later{n};{CANARY}later{n}@exemple.fr;\n"));
        file.push_str(&format!(";{CANARY}refused{n};{CANARY}-no-address;\nX{n};Autre {n};;\n"));
    }
    let plan = async || {
        let options =
            PlanOptions { policy: ImportPolicy::RejectFailedRows, label: None, import: ImportOptions::default() };
        let planned = plan_contacts(&service.app, &caller, Cursor::new(file.clone()), &options, |_| {}).await.unwrap();
        let counts = planned.report.counts;
        assert!(counts.rejected > 0 && counts.duplicates > 0 && counts.updated > 0, "{counts:?}");
        planned.import
    };
    let (left, applied) = (plan().await, plan().await);
    let apply = Command::Imports(ImportCommand::Apply(applied));
    service.app.execute(&caller, apply.into()).await.unwrap();
    let began = Instant::now();
    loop {
        let states = service.app.reader().states(vec![applied.0]).await.unwrap();
        if states[&applied.0].state.import().unwrap().status == ImportStatus::Applied {
            return vec![left, applied];
        }
        assert!(began.elapsed() < Duration::from_secs(60), "the import is not applied");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn erase_among_others(service: &Service, folder: &Path, written: impl Future<Output = ()>) {
    let app = &service.app;
    let open = OpenAccount { company_name: "Essai".into(), locale: None, time_zone: None, owner_email: None };
    let account: AccountId =
        app.execute(&Caller::operator(None), Command::OpenAccount(open).into()).await.unwrap().account.unwrap();
    let caller = Caller::operator(Some(account));
    let new = NewProduct {
        name: "Yoga".into(),
        delivered: false,
        drip_clock: DripClock::CalendarDays,
        modules: vec![],
        order_email: None,
    };
    let product = app.execute(&caller, Command::CreateProduct(account, new).into()).await.unwrap().product.unwrap();
    let (app, caller) = (&app, &caller);
    let add = |n: usize, mark: &'static str| async move {
        let command = Command::AddContact(account, ContactKind::Person, person(n, mark));
        app.execute(caller, Request::from(command)).await.unwrap().contact.unwrap()
    };
    let mut erased: Vec<ContactId> = Vec::new();
    for n in 0..600 {
        let marked = n % 40 == 7;
        let contact = add(n, if marked { CANARY } else { "other" }).await;
        let rule = GrantAccess { product, mode: None, opening: None, ordered_on: None, send_order_email: false };
        app.execute(caller, Command::GrantAccess(contact, rule).into()).await.unwrap();
        if marked {
            erased.push(contact);
        }
    }
    // Values that were replaced are as personal as those that are there.
    for contact in &erased {
        let patch = ContactPatch { last_name: Some(Some(format!("{CANARY}second"))), ..ContactPatch::default() };
        app.execute(caller, Command::EditContact(*contact, patch).into()).await.unwrap();
    }
    let imports = files_about(service, account, &erased).await;
    written.await;
    assert!(!holding(folder).is_empty(), "the canary is looked for where it is not");
    // Those whom the file recorded are the same people, too.
    let recorded =
        "SELECT contact FROM import_row WHERE outcome = 'CREATED' AND external_id IS NOT NULL AND import = $1";
    let recorded = Ask::<(Uuid,)>::new(recorded, [imports[1].0.into()]);
    for (id,) in service.db().fetch(recorded).await.unwrap() {
        let states = app.reader().states(vec![id]).await.unwrap();
        let named = states[&id].state.contact().unwrap().details.last_name.clone().unwrap_or_default();
        erased.extend(named.contains(CANARY).then_some(ContactId(id)));
    }
    for contact in &erased {
        app.execute(caller, Command::EraseContact(*contact, true).into()).await.unwrap();
        // Replays show a pseudonym, at every date.
        let before = app.reader().states_as_of(vec![contact.0], SystemClock.now()).await.unwrap();
        let state = before[&contact.0].state.contact().unwrap();
        assert!(state.erased.is_some() && state.details.last_name.is_none());
    }
    for n in 600..700 {
        add(n, "other").await;
    }
    for import in imports {
        // Of everything that files said of them nothing is left; what was refused goes too, for nobody can tell whom it is about.
        let page = Page { filter: RowFilter::Any, beyond: None, descending: false, limit: 1_000, through: 0 };
        let left = app.import_rows().page(import, account, page).await.unwrap();
        let others = left.iter().map(|note| format!("{:?}", note.row.says)).collect::<Vec<_>>();
        assert!(!others.is_empty() && others.iter().all(|said| !said.contains(CANARY)), "{others:#?}");
    }
    erasure::clean(service.db(), SystemClock.now().timestamp_micros()).await.unwrap();
    assert_eq!(erasure::pending(service.db()).await.unwrap(), 0);
    let found = holding(folder);
    assert!(found.is_empty(), "{found:#?}");
    // The e-mail is free again, and the others are untouched.
    add(7, CANARY).await;
    assert!(service.not_ready().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn b8_nothing_of_an_erased_person_is_in_the_files_of_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options {
        url: format!("sqlite://{}", folder.path().join("sesame.db").display()),
        connections: 4,
        create: true,
    };
    let keys = MasterKeys::generate_file(&folder.path().join("sesame.key")).unwrap();
    let service = Service::start(&options, keys, Arc::new(SystemClock)).await.unwrap();
    let written = async { service.db().maintain("PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap() };
    erase_among_others(&service, folder.path(), written).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b8_nothing_of_an_erased_person_is_under_the_base_folder_of_postgresql() {
    use sqlx::{AssertSqlSafe, Connection, PgConnection};
    let (Ok(base), Ok(above)) = (std::env::var("TEST_POSTGRES_URL"), std::env::var("TEST_POSTGRES_ADMIN_URL")) else {
        println!("skipped: TEST_POSTGRES_URL or TEST_POSTGRES_ADMIN_URL is not set; tests/run sets them");
        return;
    };
    let name = format!("erasure_{}", std::process::id());
    let mut admin = PgConnection::connect(&base).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut admin).await.unwrap();
    // The service's role is not told where they are, and may not have them written.
    let mut above = PgConnection::connect(&above).await.unwrap();
    let (folder,): (String,) = sqlx::query_as("SHOW data_directory").fetch_one(&mut above).await.unwrap();
    let (oid,): (i64,) = sqlx::query_as("SELECT oid::bigint FROM pg_database WHERE datname = $1")
        .bind(&name)
        .fetch_one(&mut admin)
        .await
        .unwrap();
    let url = format!("{}/{name}", base.rsplit_once('/').unwrap().0);
    let aside = tempfile::tempdir().unwrap();
    let keys = MasterKeys::generate_file(&aside.path().join("sesame.key")).unwrap();
    let service =
        Service::start(&Options { url, connections: 6, create: true }, keys, Arc::new(SystemClock)).await.unwrap();
    let written = async { sqlx::raw_sql("CHECKPOINT").execute(&mut above).await.map(|_| ()).unwrap() };
    erase_among_others(&service, &Path::new(&folder).join("base").join(oid.to_string()), written).await;
    service.stop().await;
    sqlx::raw_sql(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).execute(&mut admin).await.unwrap();
}
