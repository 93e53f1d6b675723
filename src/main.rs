//! The command line: `sesame serve` and everything an operator does. Each subcommand is a file of `cli/`.
//!
//! Results go to standard output, as text or as JSON with `--json`; progress and logs to standard error. Exit codes: 0 done (refused rows of an
//! import included), 1 refused or failed, 2 the command line itself was wrong.

mod cli;

use clap::Parser;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::run(cli::Cli::parse())
}
