//! Services on empty databases, and the few things every test here does with them.

use domain::{AccountId, ContactId, contact::ContactInput, values::ContactKind};
use sesame::{
    app::{Caller, Command, OpenAccount, Request},
    clock::FixedClock,
    db::Options,
    exchange::{
        ExportOptions, Format, ImportError, ImportOptions, ImportReport, Imported, Stopped, export_contacts,
        export_subscribers, import_contacts,
    },
    i18n::lang::Lang,
    service::Service,
    vault::master::MasterKeys,
};
use std::{
    io::{self, Cursor, Write},
    sync::{Arc, Mutex},
};

/// A service on an empty database.
pub struct Place {
    pub service: Service,
    _folder: Option<tempfile::TempDir>,
}

async fn start(url: String, folder: Option<tempfile::TempDir>) -> Place {
    let keys = MasterKeys::from_text(&"ab01".repeat(16), &"cd23".repeat(16)).unwrap();
    let clock = Arc::new(FixedClock::new("2026-03-31T10:00:00Z".parse().unwrap(), 7));
    let options = Options { url, connections: 4, create: true };
    Place { service: Service::start(&options, keys, clock).await.unwrap(), _folder: folder }
}

/// On SQLite.
pub async fn sqlite() -> Place {
    let folder = tempfile::tempdir().unwrap();
    start(format!("sqlite://{}", folder.path().join("test.db").display()), Some(folder)).await
}

/// On PostgreSQL, in a new database of the server at `TEST_POSTGRES_URL`; none where that is not set.
pub async fn postgres(name: &str) -> Option<Place> {
    use sqlx::Connection;
    let Ok(base) = std::env::var("TEST_POSTGRES_URL") else {
        eprintln!("skipped on PostgreSQL: TEST_POSTGRES_URL is not set");
        return None;
    };
    let name = format!("exchange_{name}_{}", std::process::id());
    let mut admin = sqlx::PgConnection::connect(&base).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")))
        .execute(&mut admin)
        .await
        .unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut admin).await.unwrap();
    let server = base.rsplit_once('/').unwrap().0;
    Some(start(format!("{server}/{name}"), None).await)
}

/// On each engine.
pub async fn each(name: &str) -> Vec<Place> {
    let mut places = vec![sqlite().await];
    places.extend(postgres(name).await);
    places
}

impl Place {
    /// A new account, and its caller.
    pub async fn account(&self) -> Caller {
        let open = OpenAccount { company_name: "Essai".into(), locale: None, time_zone: None, owner_email: None };
        let done = self.service.app.execute(&Caller::operator(None), Command::OpenAccount(open).into()).await.unwrap();
        Caller::operator(done.account)
    }

    /// How many events the caller's account has: what it was before and after tells whether anything was written for it, whatever
    /// other tests write on the same service.
    pub async fn events(&self, caller: &Caller) -> i64 {
        let ask = projections::Ask::<(i64,)>::new(
            "SELECT COUNT(*) FROM event WHERE account = $1",
            [account_of(caller).0.into()],
        );
        self.service.db().fetch_optional(ask).await.unwrap().unwrap().0
    }

    /// Adds a contact; none when the rules refuse it.
    pub async fn add(&self, caller: &Caller, input: ContactInput) -> Option<ContactId> {
        let command = Command::AddContact(account_of(caller), ContactKind::Person, input);
        self.service.app.execute(caller, Request::from(command)).await.ok()?.contact
    }

    /// Imports text.
    pub async fn import(&self, caller: &Caller, file: &[u8]) -> (ImportReport, Option<String>) {
        self.try_import(caller, file, ImportOptions::default()).await.unwrap()
    }

    /// Imports text, or says why not.
    pub async fn try_import(
        &self,
        caller: &Caller,
        file: &[u8],
        options: ImportOptions,
    ) -> Result<(ImportReport, Option<String>), Box<ImportError>> {
        let file = Cursor::new(file.to_vec());
        let Imported { report, errors } =
            import_contacts(&self.service.app, caller, file, &options, || Ok(Vec::new()), |_| {}).await?;
        let c = report.counts;
        assert_eq!(c.created + c.updated + c.unchanged + c.duplicates + c.rejected + c.blank, c.data_rows);
        Ok((report, errors.map(|bytes| String::from_utf8(bytes).unwrap())))
    }

    /// Only tries.
    pub async fn dry_run(&self, caller: &Caller, file: &[u8]) -> ImportReport {
        let before = self.events(caller).await;
        let options = ImportOptions { dry_run: true, ..ImportOptions::default() };
        let report = self.try_import(caller, file, options).await.unwrap().0;
        assert_eq!(self.events(caller).await, before, "a dry run writes nothing");
        report
    }

    /// The account's subscribers.
    pub async fn export(&self, caller: &Caller, format: Format) -> Vec<u8> {
        self.try_export(caller, account_of(caller), format).await.unwrap()
    }

    /// An account's subscribers, or why not.
    pub async fn try_export(&self, caller: &Caller, account: AccountId, format: Format) -> Result<Vec<u8>, Stopped> {
        let out = Shared::default();
        let options = ExportOptions { account, format, lang: Lang::Fr, came_from: None };
        let lines = export_subscribers(&self.service.app, caller, &options, out.clone(), |_| {}).await?;
        let bytes = out.0.lock().unwrap().clone();
        if format == Format::Csv {
            assert_eq!(csv_rows(&bytes).len() as u64, lines + 1);
        }
        Ok(bytes)
    }

    /// Everybody of the account.
    pub async fn export_contacts(&self, caller: &Caller, format: Format, lang: Lang) -> Vec<u8> {
        let out = Shared::default();
        let options = ExportOptions { account: account_of(caller), format, lang, came_from: None };
        export_contacts(&self.service.app, caller, &options, Default::default(), out.clone(), |_| {}).await.unwrap();
        out.0.lock().unwrap().clone()
    }

    /// The account's subscribers as CSV text.
    pub async fn csv(&self, caller: &Caller) -> String {
        String::from_utf8(self.export(caller, Format::Csv).await).unwrap()
    }
}

/// The account of a caller.
pub fn account_of(caller: &Caller) -> AccountId {
    caller.account.unwrap()
}

/// Rows of a CSV of ours, the header among them, whatever its separator.
pub fn csv_rows(bytes: &[u8]) -> Vec<Vec<String>> {
    let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap();
    let separator = if text.split(|b| *b == b'\n').next().unwrap().contains(&b';') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(text);
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// Bytes that are read after the writer is gone.
#[derive(Clone, Default)]
pub struct Shared(pub Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
