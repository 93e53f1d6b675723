//! What fast means here, measured beside references in the same run: `benches/run`, or `cargo bench --bench measures -- p1 p1s …`.
//!
//! Each measure prints one line `name: ours = …, reference = …, ratio = …`: medians of at least five runs. Nothing here fails by its time.
//! PostgreSQL measures need `BENCH_POSTGRES_URL` (a cluster where databases can be made); `benches/run` starts one.

mod commands;
mod history;
mod memory;
mod place;
mod rebuild;

use std::process::ExitCode;

// As the service itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Measured = Result<(), Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => {
            eprintln!("cannot start: {e}");
            return ExitCode::FAILURE;
        }
    };
    let mut code = ExitCode::SUCCESS;
    for (name, run) in [("p1", commands::p1 as fn(&tokio::runtime::Runtime) -> Measured), ("p1s", commands::p1s), ("p4", rebuild::p4)] {
        if (wanted.is_empty() || wanted.iter().any(|w| w == name))
            && let Err(e) = run(&runtime)
        {
            eprintln!("{name}: {e}");
            code = ExitCode::FAILURE;
        }
    }
    code
}
