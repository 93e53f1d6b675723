//! P4: every read model rebuilt from the log, beside reading and decoding the log alone.

use crate::{
    Measured, history, memory,
    place::{self, Anyhow, Place, median, scaled},
};
use domain::Event;
use futures::TryStreamExt;
use projections::Ask;
use sesame::log::{
    codec,
    sql::{EventRow, READ_ALL, decode_row},
};
use sqlx::{ColumnIndex, Decode, FromRow, Row, Type};
use std::time::Instant;
use tokio::runtime::Runtime;

const EVENTS: u64 = 10_000_000;
const SAMPLE: u64 = 10_000;
const ROUNDS: usize = 5;

pub fn p4(runtime: &Runtime) -> Measured {
    runtime.block_on(async {
        let place = place::postgres("bench_p4").await?.ok_or("BENCH_POSTGRES_URL is not set")?;
        let events = long_log(&place).await?;
        // A rebuild of ten million events takes a minute: five of them where that is short, three at full size.
        let (mut ours, mut reference) = (Vec::new(), Vec::new());
        for _ in 0..if events > 2_000_000 { 3 } else { ROUNDS } {
            reference.push(events as f64 / read_alone(&place).await?);
            let before = memory::reset_peak();
            let started = Instant::now();
            sesame::projector::rebuild(place.service.db(), place.service.vault(), projections::ALL, |_| {}).await?;
            ours.push(events as f64 / started.elapsed().as_secs_f64());
            if let (Some(before), Some(peak)) = (before, memory::peak()) {
                println!("P4 memory: peak {peak} MB while rebuilding, {before} MB before (goal 512 MB)");
            }
        }
        let (ours, reference) = (median(ours), median(reference));
        println!(
            "P4 ({events} events): ours = {ours:.0} events/s, reference = {reference:.0} events/s read and decoded alone, ratio = {:.2}",
            ours / reference
        );
        Ok(())
    })
}

/// The sample's accounts, contacts and subscriptions, and copies of them up to the size.
pub async fn long_log(place: &Place) -> Anyhow<u64> {
    let started = Instant::now();
    let sample = sesame::demo::fill(&place.service, scaled(SAMPLE).min(SAMPLE), 7, |_| {}).await?;
    println!("P4 setup: {:.0} sample commands/s", sample.commands as f64 / started.elapsed().as_secs_f64());
    let started = Instant::now();
    let events = history::lengthen(&place.service, scaled(EVENTS)).await?;
    println!("P4 setup: {events} events in {:.0} s", started.elapsed().as_secs_f64());
    place::analyze(place, "event").await?;
    Ok(events)
}

/// An event's row and the wrapped key of its subject.
struct Keyed {
    event: EventRow,
    wrapped: Option<Vec<u8>>,
}

impl<'r, R: Row> FromRow<'r, R> for Keyed
where
    EventRow: FromRow<'r, R>,
    &'static str: ColumnIndex<R>,
    Option<Vec<u8>>: Decode<'r, R::Database> + Type<R::Database>,
{
    fn from_row(row: &'r R) -> sqlx::Result<Keyed> {
        Ok(Keyed { event: EventRow::from_row(row)?, wrapped: row.try_get("wrapped")? })
    }
}

/// Seconds to read the log in its order, open and decode each event, and do nothing with it.
async fn read_alone(place: &Place) -> Anyhow<f64> {
    let started = Instant::now();
    let vault = place.service.vault();
    let sql = format!(
        "SELECT e.*, k.wrapped FROM ({READ_ALL}) e LEFT JOIN vault_key k ON k.subject = e.stream AND e.sealed IS NOT NULL ORDER BY e.position"
    );
    let mut rows = place.service.db().stream::<Keyed>(Ask::new(sql, []));
    while let Some(row) = rows.try_next().await? {
        let key = row.wrapped.as_ref().map(|w| vault.unwrap(row.event.stream, w)).transpose()?;
        let event: Event = codec::decode(&decode_row(row.event)?, key.as_ref())?;
        std::hint::black_box(event);
    }
    Ok(started.elapsed().as_secs_f64())
}
