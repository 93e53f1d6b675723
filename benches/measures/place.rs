//! Databases to measure in, and medians.

use sesame::{clock::SystemClock, db::Options, outbox::Outside, service::Service, vault::master::MasterKeys};
use std::sync::Arc;

pub type Anyhow<T> = Result<T, Box<dyn std::error::Error>>;

/// A service on a new, empty database, and what must outlive it.
pub struct Place {
    pub service: Service,
    pub url: String,
    _folder: Option<tempfile::TempDir>,
}

fn keys() -> Anyhow<MasterKeys> {
    Ok(MasterKeys::from_text(&"0123456789abcdef".repeat(4), &"fedcba9876543210".repeat(4))?)
}

/// SQLite in a new folder.
pub async fn sqlite() -> Anyhow<Place> {
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite://{}", folder.path().join("bench.db").display());
    let options = Options { url: url.clone(), connections: 8, create: true };
    let service = Service::start(&options, keys()?, Arc::new(SystemClock)).await?;
    Ok(Place { service, url, _folder: Some(folder) })
}

/// A new PostgreSQL database of the cluster at `BENCH_POSTGRES_URL`; none where that is not set.
pub async fn postgres(name: &str) -> Anyhow<Option<Place>> {
    postgres_with(name, Outside::closed()).await
}

/// The same, with these ways out.
pub async fn postgres_with(name: &str, outside: Outside) -> Anyhow<Option<Place>> {
    use sqlx::Connection;
    let Ok(base) = std::env::var("BENCH_POSTGRES_URL") else { return Ok(None) };
    let mut admin = sqlx::PgConnection::connect(&base).await?;
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")))
        .execute(&mut admin)
        .await?;
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut admin).await?;
    let url = format!("{}/{name}", base.rsplit_once('/').map_or(base.as_str(), |(server, _)| server));
    Ok(Some(open_with(&url, outside).await?))
}

/// A service on a database that is there.
pub async fn open(url: &str) -> Anyhow<Place> {
    open_with(url, Outside::closed()).await
}

async fn open_with(url: &str, outside: Outside) -> Anyhow<Place> {
    let options = Options { url: url.to_owned(), connections: 10, create: true };
    let service = Service::start_with(&options, keys()?, Arc::new(SystemClock), outside).await?;
    Ok(Place { service, url: url.to_owned(), _folder: None })
}

/// The middle of the values.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// A reference's figure, measured by `benches/run` in the same run and handed over in the environment.
pub fn reference(name: &str) -> Option<f64> {
    std::env::var(name).ok()?.parse().ok()
}

/// The part of its full size that a measure runs at: `BENCH_SCALE`, 1 where it is not set.
pub fn scaled(full: u64) -> u64 {
    let scale = std::env::var("BENCH_SCALE").ok().and_then(|s| s.parse::<f64>().ok()).unwrap_or(1.0);
    ((full as f64 * scale) as u64).max(1)
}

/// Takes statistics of a table that was loaded in bulk, as the database would by itself in time.
pub async fn analyze(place: &Place, table: &'static str) -> Anyhow<()> {
    let mut tx = place.service.db().begin().await?;
    tx.run_script(format!("ANALYZE {table}")).await?;
    Ok(tx.commit().await?)
}

/// The line of a measure: ours beside the reference, and the ratio where more is better.
pub fn line(name: &str, ours: f64, unit: &str, reference: Option<f64>) -> String {
    match reference {
        Some(reference) => {
            format!("{name}: ours = {ours:.0}{unit}, reference = {reference:.0}{unit}, ratio = {:.2}", ours / reference)
        }
        None => format!("{name}: ours = {ours:.0}{unit}, reference = not run, ratio = –"),
    }
}
