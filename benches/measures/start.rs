//! P8: how long a start takes on a long log, and what an idle service holds: in a process of its own, so that nothing else is counted.

use crate::{
    Measured, memory,
    place::{self, median},
    rebuild::long_log,
};
use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    time::{Duration, Instant},
};
use tokio::runtime::Runtime;

const ROUNDS: usize = 5;
/// The argument under which this program is the process that is measured.
pub const CHILD: &str = "--start-only";

pub fn p8(runtime: &Runtime) -> Measured {
    let (url, events) = runtime.block_on(async {
        let place = place::postgres("bench_p8").await?.ok_or("BENCH_POSTGRES_URL is not set")?;
        let events = long_log(&place).await?;
        sesame::projector::rebuild(place.service.db(), place.service.vault(), projections::ALL, |_| {}).await?;
        place.service.stop().await;
        Ok::<_, Box<dyn std::error::Error>>((place.url, events))
    })?;
    let (mut took, mut held) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let mut child = Command::new(std::env::current_exe()?)
            .args([CHILD, &url])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        // Idle for a while, as its background tasks go round.
        std::thread::sleep(Duration::from_secs(2));
        held.push(memory::of(child.id()).unwrap_or(0) as f64);
        // It ends when its input does.
        drop(child.stdin.take());
        child.wait()?;
        took.push(line.trim().parse::<f64>()?);
    }
    println!(
        "P8 ({events} events): ours = {:.0} ms from start to ready (goal ≤ 300), {:.0} MB when idle (goal ≤ 60)",
        median(took),
        median(held)
    );
    Ok(())
}

/// The process that is measured: opens the database and the door, says how long until it was ready, and waits.
pub fn child(url: &str) -> Measured {
    let started = Instant::now();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let _place = runtime.block_on(async {
        let place = place::open(url).await?;
        while !place.service.not_ready().await?.is_empty() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Ok::<_, Box<dyn std::error::Error>>(place)
    })?;
    println!("{:.3}", started.elapsed().as_secs_f64() * 1e3);
    let mut rest = String::new();
    std::io::stdin().read_line(&mut rest)?;
    Ok(())
}
