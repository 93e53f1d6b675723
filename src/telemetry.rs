//! What operators see: log lines with stable keys, metrics for `/metrics`, and a request id that joins them to an answer.
//!
//! **Hygiene.** A log line or a label never carries a personal value, a token, a key, a GraphQL variable or the content of
//! a file: it names things by id, and says the request id. Messages are fixed texts; what varies stands in fields. Every
//! line is one line whatever a field holds: control characters are escaped in both forms, so nobody forges a line or
//! moves an operator's cursor. Labels come from small fixed sets (route patterns, methods, statuses), never from what
//! a caller sent and never from an account: ten thousand unknown paths add no series.
//!
//! Logs go to standard error, because standard output belongs to what a command prints. Knows nothing of the trade.

use crate::clock::Clock;
use crate::config::LogFormat;
use chrono::SecondsFormat;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use serde::Serialize;
use serde_json::{Map, Value};
use std::fmt::{self, Write as _};
use std::io::{IsTerminal, Write as _};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::{EnvFilter, ParseError};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};

/// Why logs or metrics could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The levels are not understood.
    #[error("LOG_LEVEL is not understood: {0}")]
    Level(#[from] ParseError),
    /// Somebody set logs up before.
    #[error("logs were set up twice: {0}")]
    Twice(#[from] TryInitError),
    /// The histogram's limits are wrong.
    #[error("metrics cannot be set up: {0}")]
    Metrics(#[from] BuildError),
    /// Another recorder is in place.
    #[error("another metrics recorder is in place")]
    OtherRecorder,
}

/// Starts logging to standard error: `level` as `LOG_LEVEL` has it, times from `clock`.
pub fn start_logs(format: LogFormat, level: &str, clock: Arc<dyn Clock>) -> Result<(), TelemetryError> {
    let colour = format == LogFormat::Text && std::io::stderr().is_terminal();
    let lines = LogLines { format, colour, clock, writer: std::io::stderr };
    let filter = EnvFilter::builder().parse(format!("{},{level}", crate::db::HUSHED))?;
    tracing_subscriber::registry().with(filter).with(lines).try_init()?;
    Ok(())
}

/// Writes one line an event. Keys of the JSON form: `ts`, `level`, `target`, `msg`, `request_id` within a request, then
/// the fields of the spans around the event and its own, the inner ones winning.
pub struct LogLines<W> {
    format: LogFormat,
    colour: bool,
    clock: Arc<dyn Clock>,
    writer: W,
}

/// The fields of a span or an event.
#[derive(Default, Clone)]
struct Fields(Map<String, Value>);

#[derive(Serialize)]
struct Line<'a> {
    ts: String,
    level: &'a str,
    target: &'a str,
    msg: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<Value>,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

impl<S, W> Layer<S> for LogLines<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'w> MakeWriter<'w> + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        for span in context.event_scope(event).into_iter().flat_map(|scope| scope.from_root()) {
            if let Some(outer) = span.extensions().get::<Fields>() {
                fields.0.extend(outer.0.clone());
            }
        }
        event.record(&mut fields);
        let Fields(mut fields) = fields;
        let msg = match fields.remove("message") {
            Some(Value::String(text)) => text,
            Some(other) => other.to_string(),
            None => String::new(),
        };
        let request_id = fields.remove("request_id");
        // A field with the name of a fixed key gives way to it: a line never has a key twice.
        for key in ["ts", "level", "target", "msg"] {
            if let Some(value) = fields.remove(key) {
                fields.insert(format!("{key}_"), value);
            }
        }
        let ts = self.clock.now().to_rfc3339_opts(SecondsFormat::Micros, true);
        let meta = event.metadata();
        let line = Line { ts, level: level_name(*meta.level()), target: meta.target(), msg, request_id, fields };
        let text = match self.format {
            LogFormat::Json => serde_json::to_string(&line).unwrap_or_default(),
            LogFormat::Text => line.text(self.colour),
        };
        // One write a line, so that threads do not mix theirs. Nobody is left to be told when it fails.
        let _ = self.writer.make_writer_for(meta).write_all((text + "\n").as_bytes());
    }
}

impl Line<'_> {
    fn text(&self, colour: bool) -> String {
        let (on, off) = match (colour, self.level) {
            (false, _) => ("", ""),
            (true, "error") => ("\x1b[31m", "\x1b[0m"),
            (true, "warn") => ("\x1b[33m", "\x1b[0m"),
            (true, "info") => ("\x1b[32m", "\x1b[0m"),
            (true, _) => ("\x1b[2m", "\x1b[0m"),
        };
        let mut text = format!("{} {on}{:5}{off} {} ", self.ts, self.level.to_uppercase(), self.target);
        self.msg.chars().for_each(|c| match c.is_control() {
            true => text.extend(c.escape_default()),
            false => text.push(c),
        });
        let request_id = self.request_id.as_ref().map(|id| ("request_id", id));
        for (key, value) in request_id.into_iter().chain(self.fields.iter().map(|(key, value)| (key.as_str(), value))) {
            // Writing into a String cannot fail.
            let _ = match value {
                Value::String(plain) if is_plain(plain) => write!(text, " {key}={plain}"),
                Value::String(quoted) => write!(text, " {key}={quoted:?}"),
                other => write!(text, " {key}={other}"),
            };
        }
        text
    }
}

/// Whether a value can stand in a text line without quotes.
fn is_plain(value: &str) -> bool {
    !value.is_empty() && value.chars().all(|c| c.is_alphanumeric() || "-_.:/@+,%".contains(c))
}

fn level_name(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        Level::DEBUG => "debug",
        Level::TRACE => "trace",
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name().to_owned(), Value::String(format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        // With its causes: the outermost error says what was attempted, the innermost what the system said.
        let mut text = value.to_string();
        let mut cause = value.source();
        while let Some(inner) = cause {
            let _ = write!(text, ": {inner}");
            cause = inner.source();
        }
        self.0.insert(field.name().to_owned(), text.into());
    }
}

/// The name of one request: in every log line it causes, in its answer's `x-request-id`, and beside an `INTERNAL` error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    /// The id that a proxy in front gave (`x-request-id`), if it is one: at most 64 letters, digits, `-`, `_` or `.`;
    /// a new one otherwise.
    pub fn new(sent: Option<&str>, clock: &dyn Clock) -> RequestId {
        let usable = |id: &&str| {
            (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        };
        RequestId(sent.filter(usable).map_or_else(|| clock.id().to_string(), str::to_owned))
    }

    /// The id as a header or an answer carries it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The span around everything that this request does.
    pub fn span(&self) -> tracing::Span {
        // At the highest level, so that no LOG_LEVEL takes the id away from the lines that remain.
        tracing::error_span!("request", request_id = self.0)
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Requests answered, by method, route and status.
pub const HTTP_REQUESTS: &str = "sesame_http_requests_total";
/// How long requests took, in seconds, by method and route.
pub const HTTP_SECONDS: &str = "sesame_http_request_duration_seconds";
/// Always 1; its label names the version.
pub const BUILD_INFO: &str = "sesame_build_info";

/// Limits of every histogram of seconds: from a cached answer to one that somebody gave up on.
const SECONDS: &[f64] = &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// The text of `/metrics`. Metrics named `…_seconds` are histograms.
#[derive(Clone)]
pub struct Metrics {
    handle: PrometheusHandle,
}

impl Metrics {
    /// Starts recording, once for the process; later calls give the same metrics.
    pub fn start() -> Result<Metrics, TelemetryError> {
        static STARTED: OnceLock<Metrics> = OnceLock::new();
        static STARTING: Mutex<()> = Mutex::new(());
        let _one_at_a_time = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(started) = STARTED.get() {
            return Ok(started.clone());
        }
        let recorder = builder()?.build_recorder();
        let started = Metrics { handle: recorder.handle() };
        metrics::set_global_recorder(recorder).map_err(|_| TelemetryError::OtherRecorder)?;
        describe();
        Ok(STARTED.get_or_init(|| started).clone())
    }

    /// The present values, in Prometheus's text form.
    pub fn render(&self) -> String {
        self.handle.render()
    }

    /// Folds what histograms have gathered. To be called every few seconds, or memory grows while nobody asks for
    /// `/metrics`.
    pub fn upkeep(&self) {
        self.handle.run_upkeep();
    }
}

fn builder() -> Result<PrometheusBuilder, BuildError> {
    PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)
}

fn describe() {
    metrics::describe_counter!(HTTP_REQUESTS, "Requests answered");
    metrics::describe_histogram!(HTTP_SECONDS, "How long requests took");
    metrics::describe_gauge!(BUILD_INFO, "The running version");
    metrics::gauge!(BUILD_INFO, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
}

/// Counts one answered request. `route` is the router's pattern (`/import/template.csv`), nothing for an unknown path.
pub fn record_request(method: &str, route: Option<&str>, status: u16, took: Duration) {
    // A method is what the caller sent, so only the usual ones become a label.
    const USUAL: [&str; 7] = ["GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"];
    let method = USUAL.iter().find(|usual| **usual == method).copied().unwrap_or("OTHER");
    let route = route.unwrap_or("unmatched").to_owned();
    metrics::counter!(HTTP_REQUESTS, "method" => method, "route" => route.clone(), "status" => status.to_string())
        .increment(1);
    metrics::histogram!(HTTP_SECONDS, "method" => method, "route" => route).record(took.as_secs_f64());
}

#[cfg(test)]
mod tests;
