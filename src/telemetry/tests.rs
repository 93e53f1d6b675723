//! The promises of log lines, request ids and metrics.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::clock::FixedClock;
use proptest::prelude::*;
use std::io;
use tracing::{debug, error, info, info_span, warn};

/// Everything that was logged.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl io::Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn clock() -> Arc<FixedClock> {
    Arc::new(FixedClock::new("2026-03-31T10:00:00.123456Z".parse().unwrap(), 1))
}

/// The lines that `act` logs at `level`.
fn logged(format: LogFormat, level: &str, act: impl FnOnce()) -> Vec<String> {
    let captured = Captured::default();
    let writer = captured.clone();
    let lines = LogLines { format, colour: false, clock: clock(), writer: move || writer.clone() };
    let filter = EnvFilter::builder().parse(level).unwrap();
    tracing::subscriber::with_default(tracing_subscriber::registry().with(filter).with(lines), act);
    let bytes = captured.0.lock().unwrap().clone();
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'));
    text.split_terminator('\n').map(str::to_owned).collect()
}

fn json(line: &str) -> Value {
    serde_json::from_str(line).unwrap()
}

#[test]
fn a_json_line_has_stable_keys_in_a_stable_order() {
    let lines = logged(LogFormat::Json, "info", || {
        let id = RequestId::new(Some("req-1"), &*clock());
        let _request = id.span().entered();
        let _inner = info_span!("append", stream = "contact-1", events = 1).entered();
        info!(target: "sesame::log", events = 2, seconds = 0.5, ok = true, "appended");
    });
    let expected = concat!(
        r#"{"ts":"2026-03-31T10:00:00.123456Z","level":"info","target":"sesame::log","msg":"appended","#,
        r#""request_id":"req-1","events":2,"ok":true,"seconds":0.5,"stream":"contact-1"}"#
    );
    assert_eq!(lines, [expected]);
}

#[test]
fn a_text_line_says_the_same_for_people() {
    let lines = logged(LogFormat::Text, "info", || {
        let _request = RequestId::new(Some("req-1"), &*clock()).span().entered();
        warn!(target: "sesame::log", stream = "contact-1", note = "two words", "left behind");
    });
    let expected = r#"2026-03-31T10:00:00.123456Z WARN  sesame::log left behind request_id=req-1 note="two words" stream=contact-1"#;
    assert_eq!(lines, [expected]);
}

#[test]
fn levels_follow_the_setting_and_the_request_id_stays() {
    let act = || {
        let _request = RequestId::new(Some("req-1"), &*clock()).span().entered();
        debug!("detail");
        info!("usual");
        error!("broken");
    };
    assert_eq!(logged(LogFormat::Json, "debug", act).len(), 3);
    let errors = logged(LogFormat::Json, "error", act);
    assert_eq!(errors.len(), 1);
    assert_eq!(json(&errors[0])["request_id"], "req-1");
    assert!(logged(LogFormat::Json, "off", act).is_empty());
}

#[test]
fn fields_recorded_later_and_causes_of_errors_are_in_the_line() {
    let cause = TelemetryError::Level(EnvFilter::builder().parse("a=b=c").unwrap_err());
    let lines = logged(LogFormat::Json, "info", || {
        let span = info_span!("request", account = tracing::field::Empty);
        span.record("account", "a-1");
        let _entered = span.entered();
        info!(error = &cause as &dyn std::error::Error, "failed");
    });
    let line = json(&lines[0]);
    assert_eq!(line["account"], "a-1");
    assert!(line["error"].as_str().unwrap().starts_with("LOG_LEVEL is not understood: "));
}

#[test]
fn a_field_named_like_a_fixed_key_gives_way() {
    let lines = logged(LogFormat::Json, "info", || info!(level = "mine", ts = 1, "told"));
    let line = json(&lines[0]);
    assert_eq!((&line["level"], &line["level_"], &line["ts_"]), (&"info".into(), &"mine".into(), &1.into()));
    assert_eq!(lines[0].matches("\"level\"").count(), 1);
}

proptest! {
    #[test]
    fn a_line_stays_one_line_whatever_a_value_holds(value in "\\PC*|[\\x00-\\x1f\\x7f-\\u{9f}\\u{2028}a\"\\\\]{0,40}") {
        let lines = logged(LogFormat::Json, "info", || info!(name = value.as_str(), debug = ?value, "{value}"));
        prop_assert_eq!(lines.len(), 1);
        let line = json(&lines[0]);
        prop_assert_eq!((line["name"].as_str(), line["msg"].as_str()), (Some(value.as_str()), Some(value.as_str())));
        prop_assert!(lines[0].bytes().all(|byte| byte >= 0x20));

        let lines = logged(LogFormat::Text, "info", || info!(name = value.as_str(), debug = ?value, "{value}"));
        prop_assert_eq!(lines.len(), 1);
        prop_assert!(!lines[0].chars().any(char::is_control), "{}", lines[0]);
    }
}

#[test]
fn a_request_id_is_taken_from_a_proxy_only_if_it_is_harmless() {
    let id = |sent| RequestId::new(sent, &*clock()).to_string();
    assert_eq!(id(Some("4bf92f35-77b3.a_b")), "4bf92f35-77b3.a_b");
    for sent in [None, Some(""), Some("a b"), Some("a\r\nx: y"), Some("é"), Some("x".repeat(65).as_str())] {
        assert_eq!(id(sent), clock().id().to_string(), "{sent:?}");
    }
}

#[test]
fn metrics_are_rendered_and_histograms_have_our_limits() {
    let recorder = builder().unwrap().build_recorder();
    let handle = recorder.handle();
    metrics::with_local_recorder(&recorder, || {
        describe();
        record_request("POST", Some("/graphql"), 200, Duration::from_millis(3));
    });
    let text = handle.render();
    assert!(text.contains(r#"sesame_http_requests_total{method="POST",route="/graphql",status="200"} 1"#), "{text}");
    assert!(text.contains(r#"_seconds_bucket{method="POST",route="/graphql",le="0.005"} 1"#), "{text}");
    assert!(text.contains(r#"_seconds_bucket{method="POST",route="/graphql",le="0.0025"} 0"#), "{text}");
    assert!(text.contains("# HELP sesame_http_requests_total Requests answered"), "{text}");
    assert!(text.contains(&format!("sesame_build_info{{version=\"{}\"}} 1", env!("CARGO_PKG_VERSION"))), "{text}");
}

#[test]
fn ten_thousand_unknown_paths_and_methods_add_one_series() {
    let recorder = builder().unwrap().build_recorder();
    metrics::with_local_recorder(&recorder, || {
        for n in 0..10_000 {
            record_request(&format!("M{n}"), None, 404, Duration::ZERO);
        }
    });
    let text = recorder.handle().render();
    let series: Vec<_> = text.lines().filter(|line| line.starts_with(HTTP_REQUESTS)).collect();
    assert_eq!(series, [r#"sesame_http_requests_total{method="OTHER",route="unmatched",status="404"} 10000"#]);
}

#[test]
fn starting_metrics_twice_gives_the_same_metrics() {
    let (first, second) = (Metrics::start().unwrap(), Metrics::start().unwrap());
    record_request("GET", Some("/healthz"), 200, Duration::ZERO);
    first.upkeep();
    assert!(second.render().contains("/healthz"));
}
