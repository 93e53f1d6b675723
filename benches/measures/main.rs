//! What fast means here, measured beside references in the same run: `benches/run`, or `cargo bench --bench measures -- p1 p1s …`.
//!
//! Each measure prints one line `name: ours = …, reference = …, ratio = …`: medians of at least five runs. Nothing here fails by its time.
//! PostgreSQL measures need `BENCH_POSTGRES_URL` (a cluster where databases can be made); `benches/run` starts one.

mod commands;
mod files;
mod growth;
mod history;
mod http;
mod memory;
mod parts;
mod place;
mod rebuild;
mod start;
mod unseen;
mod wire;

use std::process::ExitCode;

// As the service itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Measured = Result<(), Box<dyn std::error::Error>>;

/// The measures in the order of their names.
type Measure = fn(&tokio::runtime::Runtime) -> Measured;

const MEASURES: [(&str, Measure); 18] = [
    ("p1", commands::p1),
    ("p1s", commands::p1s),
    ("p2", http::p2),
    ("p2l", http::p2l),
    ("p3h", http::p3h),
    ("p4", rebuild::p4),
    ("p5", files::p5),
    ("p5c", files::p5c),
    ("p6", files::p6),
    ("p7", growth::p7),
    ("p8", start::p8),
    ("p9", growth::p9),
    ("a13", unseen::a13),
    ("erp", parts::erp),
    ("plan", parts::plan),
    ("hooks", parts::hooks),
    ("live", parts::live),
    ("reach", parts::reach),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [child, url, ..] = &arguments[..]
        && child == start::CHILD
    {
        return done("start", start::child(url));
    }
    let wanted: Vec<&String> = arguments.iter().filter(|a| !a.starts_with("--")).collect();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => return done("runtime", Err(e.into())),
    };
    let mut code = ExitCode::SUCCESS;
    for (name, run) in MEASURES {
        if (wanted.is_empty() || wanted.iter().any(|w| *w == name)) && done(name, run(&runtime)) == ExitCode::FAILURE {
            code = ExitCode::FAILURE;
        }
    }
    code
}

fn done(name: &str, measured: Measured) -> ExitCode {
    match measured {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("{name}: {e}");
            ExitCode::FAILURE
        }
    }
}
