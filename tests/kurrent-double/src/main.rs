//! The double as a program, for clients in other languages: says its address, and serves until its input ends. A line of input changes what goes wrong:
//! `cut`, `away`, `back`, `lose N`.

use kurrent_double::Double;
use std::io::{self, BufRead, Write};

fn main() -> io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:0".into());
    let double = Double::start_at(address.parse().map_err(io::Error::other)?)?;
    let mut out = io::stdout();
    writeln!(out, "{}", double.url())?;
    out.flush()?;
    for line in io::stdin().lock().lines() {
        let line = line?;
        match line.split_whitespace().collect::<Vec<_>>()[..] {
            ["cut"] => double.cut(),
            ["away"] => {
                double.faults(|faults| faults.away = true);
                double.cut();
            }
            ["back"] => double.faults(|faults| faults.away = false),
            ["lose", count] => {
                let count = count.parse().map_err(io::Error::other)?;
                double.faults(|faults| faults.lost_answers = count);
            }
            _ => writeln!(io::stderr(), "what is `{line}`?")?,
        }
        writeln!(out, "done")?;
        out.flush()?;
    }
    Ok(())
}
