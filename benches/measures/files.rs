//! P5: subscribers to Excel. P5c: to CSV. P6: a client file in. Beside the library, `COPY TO` and `COPY FROM`.

use crate::{
    Measured,
    commands::account,
    memory,
    place::{self, Anyhow, Place, median, scaled},
};
use domain::AccountId;
use futures::TryStreamExt;
use rust_xlsxwriter::Workbook;
use sesame::{
    app::{Caller, Door},
    exchange::{ExportOptions, Format, ImportOptions, export_subscribers, import_contacts},
    i18n::lang::Lang,
};
use std::{
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    time::Instant,
};
use tokio::runtime::Runtime;

const ROWS: u64 = 1_000_000;
const ROUNDS: usize = 5;

/// An account whose subscribers' table was loaded in bulk.
async fn subscribers(name: &str) -> Anyhow<(Place, AccountId, u64)> {
    let place = place::postgres(name).await?.ok_or("BENCH_POSTGRES_URL is not set")?;
    let (account, ..) = account(&place.service.app, 1, 1).await?;
    let rows = scaled(ROWS);
    let fill = format!(
        "INSERT INTO subscribers_1 SELECT gen_random_uuid(), '2026-01-01', NULL, '{}', lower('Dupont' || n), 'C' || n,
            CASE WHEN n % 4 = 0 THEN 'Société d''Édition & Cie' END, 'Dupont' || n, 'Amélie', 'amelie.dupont.' || n || '@exemple.fr',
            '06 ' || (n % 97) || ' 12 34', NULL, (n % 150) || ' quai d''Orsay' || chr(10) || '75007 Paris' FROM generate_series(1, {rows}) n",
        account.0
    );
    let mut tx = place.service.db().begin().await?;
    tx.run_script(fill).await?;
    tx.run_script("ANALYZE subscribers_1".into()).await?;
    tx.commit().await?;
    place.service.db().maintain("VACUUM subscribers_1").await?;
    Ok((place, account, rows))
}

fn scratch(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("sesame-bench-{name}"))
}

/// Seconds of an export, and the most memory it added, in megabytes.
async fn export(place: &Place, account: AccountId, format: Format) -> Anyhow<(f64, u64)> {
    let path = scratch(format.extension());
    let file = BufWriter::new(File::create(&path)?);
    let before = memory::reset_peak().unwrap_or(0);
    let started = Instant::now();
    let options = ExportOptions { account, format, lang: Lang::Fr, came_from: None };
    export_subscribers(&place.service.app, &Caller::operator(Some(account)), &options, file, |_| {}).await?;
    let took = started.elapsed().as_secs_f64();
    std::fs::remove_file(path)?;
    Ok((took, memory::peak().unwrap_or(0).saturating_sub(before)))
}

pub fn p5(runtime: &Runtime) -> Measured {
    runtime.block_on(async {
        let (place, account, rows) = subscribers("bench_p5").await?;
        let (mut ours, mut theirs, mut held) = (Vec::new(), Vec::new(), 0);
        for _ in 0..ROUNDS {
            let (took, added) = export(&place, account, Format::Xlsx).await?;
            ours.push(rows as f64 / took);
            held = held.max(added);
            theirs.push(rows as f64 / tokio::task::spawn_blocking(move || workbook(rows).map_err(|e| e.to_string())).await??);
        }
        let (ours, theirs) = (median(ours), median(theirs));
        println!(
            "P5 ({rows} subscribers, XLSX): ours = {ours:.0} rows/s, reference = {theirs:.0} rows/s by rust_xlsxwriter from memory, ratio = {:.2}; memory +{held} MB (goal 120 MB)",
            ours / theirs
        );
        Ok(())
    })
}

/// Seconds of the same cells written by the library, from memory.
fn workbook(rows: u64) -> Anyhow<f64> {
    let started = Instant::now();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet_with_constant_memory()?;
    for (column, text) in (0..).zip(["ID", "Raison sociale", "Nom", "Prénom", "E-mail", "Téléphone", "Fax", "Adresse"])
    {
        sheet.write_string(0, column, text)?;
    }
    for n in 1..=rows.min(1_048_575) {
        let row = u32::try_from(n)?;
        let company = if n % 4 == 0 { "Société d'Édition & Cie" } else { "" };
        let own = [
            format!("C{n}"),
            company.into(),
            format!("Dupont{n}"),
            "Amélie".into(),
            format!("amelie.dupont.{n}@exemple.fr"),
            format!("06 {} 12 34", n % 97),
            String::new(),
            format!("{} quai d'Orsay\n75007 Paris", n % 150),
        ];
        for (column, text) in (0..).zip(&own) {
            if !text.is_empty() {
                sheet.write_string(row, column, text)?;
            }
        }
    }
    let path = scratch("library.xlsx");
    book.save(&path)?;
    std::fs::remove_file(path)?;
    Ok(started.elapsed().as_secs_f64())
}

pub fn p5c(runtime: &Runtime) -> Measured {
    runtime.block_on(async {
        let (place, account, rows) = subscribers("bench_p5c").await?;
        let (mut ours, mut theirs, mut held) = (Vec::new(), Vec::new(), 0);
        for _ in 0..ROUNDS {
            let (took, added) = export(&place, account, Format::Csv).await?;
            ours.push(rows as f64 / took);
            held = held.max(added);
            theirs.push(rows as f64 / copy_out(&place.url).await?);
        }
        let (ours, theirs) = (median(ours), median(theirs));
        println!(
            "P5c ({rows} subscribers, CSV): ours = {ours:.0} rows/s, reference = {theirs:.0} rows/s by COPY TO, ratio = {:.2}; memory +{held} MB",
            ours / theirs
        );
        Ok(())
    })
}

async fn copy_out(url: &str) -> Anyhow<f64> {
    use sqlx::{Connection, postgres::PgPoolCopyExt};
    let pool = sqlx::PgPool::connect(url).await?;
    let path = scratch("copy.csv");
    let mut file = BufWriter::new(File::create(&path)?);
    let started = Instant::now();
    let columns = "external_id, company_name, last_name, first_name, email, phone, fax, address";
    let sql = format!(
        "COPY (SELECT {columns} FROM subscribers_1 ORDER BY sort_key, contact) TO STDOUT (FORMAT csv, DELIMITER ';')"
    );
    let mut rows = pool.copy_out_raw(&sql).await?;
    while let Some(bytes) = rows.try_next().await? {
        file.write_all(&bytes)?;
    }
    file.flush()?;
    let took = started.elapsed().as_secs_f64();
    std::fs::remove_file(path)?;
    drop(rows);
    pool.acquire().await?.ping().await?;
    pool.close().await;
    Ok(took)
}

/// A client file of so many people, each with an e-mail of its own.
pub fn client_file(rows: u64) -> Anyhow<PathBuf> {
    let path = scratch("clients.csv");
    let mut file = BufWriter::new(File::create(&path)?);
    writeln!(file, "ID;Raison sociale;Nom;Prénom;E-mail;Téléphone;Adresse;Code postal;Ville")?;
    for n in 0..rows {
        let company = if n % 4 == 0 { "Société d'Édition & Cie" } else { "" };
        writeln!(
            file,
            "C{n};{company};Dupont{n};Amélie;amelie.dupont.{n}@exemple.fr;06 12 34 {:02} {:02};{} quai d'Orsay;75007;Paris",
            n % 100,
            n / 100 % 100,
            n % 150
        )?;
    }
    file.flush()?;
    Ok(path)
}

/// Rows a second of an import, and the most memory it added, in megabytes.
pub async fn import(place: &Place, path: &Path, rows: u64) -> Anyhow<(f64, u64)> {
    let (account, ..) = account(&place.service.app, 1, 1).await?;
    let caller = Caller { door: Door::Import, ..Caller::operator(Some(account)) };
    let file = File::open(path)?;
    let before = memory::reset_peak().unwrap_or(0);
    let started = Instant::now();
    let errors = || Ok(Vec::new());
    let done = import_contacts(&place.service.app, &caller, file, &ImportOptions::default(), errors, |_| {}).await?;
    let took = started.elapsed().as_secs_f64();
    if done.report.counts.created != rows {
        return Err(format!("{:?}", done.report.counts).into());
    }
    Ok((rows as f64 / took, memory::peak().unwrap_or(0).saturating_sub(before)))
}

/// A million rows take minutes: as many rounds as that allows, the same number for each side.
fn rounds(rows: u64) -> usize {
    if rows > 200_000 { 1 } else { ROUNDS }
}

pub fn p6(runtime: &Runtime) -> Measured {
    runtime.block_on(async {
        let rows = scaled(ROWS);
        let path = client_file(rows)?;
        let base = std::env::var("BENCH_POSTGRES_URL")?;
        let mut theirs = Vec::new();
        for _ in 0..rounds(rows) {
            theirs.push(copy_in(&base, &path, rows).await?);
        }
        let theirs = median(theirs);
        for engine in ["PostgreSQL", "SQLite"] {
            let (mut ours, mut held) = (Vec::new(), 0);
            for _ in 0..rounds(rows) {
                let place = match engine {
                    "SQLite" => place::sqlite().await?,
                    _ => place::postgres("bench_p6").await?.ok_or("BENCH_POSTGRES_URL is not set")?,
                };
                let (rate, added) = import(&place, &path, rows).await?;
                ours.push(rate);
                held = held.max(added);
                place.service.stop().await;
            }
            let ours = median(ours);
            println!(
                "P6 ({rows} rows, {engine}): ours = {ours:.0} rows/s, reference = {theirs:.0} rows/s by COPY FROM into one indexed table, ratio = {:.2}; memory +{held} MB (goal 200 MB)",
                ours / theirs
            );
        }
        std::fs::remove_file(path)?;
        Ok(())
    })
}

/// The same file into one indexed table of PostgreSQL; rows a second.
pub async fn copy_in(base: &str, path: &Path, rows: u64) -> Anyhow<f64> {
    use sqlx::{Connection, Executor};
    let mut own = sqlx::PgConnection::connect(base).await?;
    own.execute("DROP TABLE IF EXISTS bench_copy").await?;
    own.execute(
        "CREATE TABLE bench_copy (id TEXT PRIMARY KEY, company TEXT, last TEXT, first TEXT, email TEXT, phone TEXT, line TEXT, code TEXT, city TEXT)",
    )
    .await?;
    own.execute("CREATE UNIQUE INDEX ON bench_copy (email)").await?;
    let started = Instant::now();
    let mut copy = own.copy_in_raw("COPY bench_copy FROM STDIN (FORMAT csv, DELIMITER ';', HEADER)").await?;
    copy.read_from(tokio::fs::File::open(path).await?).await?;
    let taken = copy.finish().await?;
    let took = started.elapsed().as_secs_f64();
    own.execute("DROP TABLE bench_copy").await?;
    own.close().await?;
    if taken == rows { Ok(rows as f64 / took) } else { Err(format!("COPY took {taken} rows").into()) }
}
