//! Results on standard output, for people or programs; progress and errors on standard error.

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;
use std::io::Write;

/// Writes to standard output. Whoever reads no further (`sesame schema | head`) has read enough: that is no fault.
pub fn tell(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Where results go.
#[derive(Debug)]
pub struct Output {
    json: bool,
}

impl Output {
    pub fn new(json: bool) -> Output {
        Output { json }
    }

    /// Prints a result: the text for people, or the value as one line of JSON.
    pub fn result(&self, text: &str, value: &Value) {
        if self.json { tell(&format!("{value}\n")) } else { tell(&format!("{text}\n")) }
    }

    /// Prints what went wrong.
    pub fn error(&self, text: &str) {
        if self.json {
            eprintln!("{}", serde_json::json!({ "error": text }));
        } else {
            eprintln!("sesame: {text}");
        }
    }

    /// A remark for people, beside the result.
    pub fn note(&self, text: &str) {
        if !self.json {
            eprintln!("{text}");
        }
    }

    /// A progress bar on standard error; nothing where that is no terminal, or for programs.
    pub fn progress(&self, what: &str, total: Option<u64>) -> ProgressBar {
        if self.json {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::new(total.unwrap_or(0));
        let template = match total {
            Some(_) => "{msg} [{bar:32}] {human_pos}/{human_len} · {per_sec} · {eta}",
            None => "{msg} {spinner} {human_pos} · {per_sec}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("━╸ "));
        }
        bar.set_message(what.to_owned());
        bar
    }
}
