//! What systemd is told by a service that it started: when it serves, that it lives, and why it ended.

use crate::cli::Instance;
use serde_json::json;
use std::{
    net::{TcpListener, TcpStream},
    os::unix::net::UnixDatagram,
    process::Stdio,
    time::{Duration, Instant},
};

#[test]
fn a_service_tells_its_supervisor_when_it_serves_and_that_it_lives() {
    let instance = Instance::new();
    let socket = instance.path("notify");
    let supervisor = UnixDatagram::bind(&socket).unwrap();
    supervisor.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let heard = || {
        let mut said = [0; 512];
        let length = supervisor.recv(&mut said).unwrap();
        String::from_utf8(said[..length].to_vec()).unwrap()
    };
    let mut service = instance
        .command(&["serve"])
        .env("SESAME_DATABASE_URL", format!("sqlite://{}", instance.path("sesame.db").display()))
        .env("SESAME_LISTEN", "127.0.0.1:0")
        .env("NOTIFY_SOCKET", &socket)
        .env("WATCHDOG_USEC", "400000")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();

    let ready = heard();
    let (state, address) = ready.trim_end().split_once("\nSTATUS=Serving at http://").unwrap();
    assert_eq!(state, "READY=1");
    // Whoever is told that it serves can ask it.
    TcpStream::connect(address).unwrap();
    let since = Instant::now();
    for _ in 0..4 {
        assert_eq!(heard().trim_end(), "WATCHDOG=1");
    }
    assert!(since.elapsed() >= Duration::from_millis(500), "twice within the time that it has, no more");
    service.kill().unwrap();
    service.wait().unwrap();
}

#[test]
fn whoever_reads_the_log_as_json_finds_there_why_the_service_ended() {
    let instance = Instance::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let ended = instance
        .command(&["serve"])
        .env("SESAME_DATABASE_URL", format!("sqlite://{}", instance.path("sesame.db").display()))
        .env("SESAME_LISTEN", taken.local_addr().unwrap().to_string())
        .env("SESAME_LOG_FORMAT", "json")
        .output()
        .unwrap();
    assert_eq!(ended.status.code(), Some(1));
    let said = String::from_utf8(ended.stderr).unwrap();
    let last: serde_json::Value = serde_json::from_str(said.lines().last().unwrap()).unwrap();
    assert_eq!((&last["level"], &last["msg"]), (&json!("error"), &json!("the service ended")));
    assert!(last["error"].as_str().unwrap().contains("Set SESAME_LISTEN"), "{said}");
    assert_eq!(said.matches("Set SESAME_LISTEN").count(), 1, "once: {said}");
}
