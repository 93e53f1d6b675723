//! The program with its log in KurrentDB, as an operator sets it up: against the double of its service.

use crate::cli::Instance;
use kurrent_double::Double;
use serde_json::Value;
use std::process::Output;

fn run(instance: &Instance, log: &str, arguments: &[&str]) -> (Output, Value) {
    let output = instance.command(&[arguments, &["--json"]].concat()).env("LOG_URL", log).output().unwrap();
    let value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    (output, value)
}

fn finding(doctor: &Value, what: &str) -> (bool, String) {
    let found = doctor["findings"].as_array().unwrap().iter().find(|f| f["what"] == what).unwrap();
    (found["good"].as_bool().unwrap(), found["found"].as_str().unwrap().to_owned())
}

#[test]
fn b15_an_address_moves_the_log_and_the_doctor_says_what_is_not_promised_there() {
    let (instance, double) = (Instance::new(), Double::start().unwrap());
    let log = double.url();
    let (opened, account) = run(
        &instance,
        &log,
        &["account", "open", "--company", "Atelier du Large", "--owner", "anne.martin@exemple.fr"],
    );
    assert!(opened.status.success(), "{}", String::from_utf8_lossy(&opened.stderr));
    let number = account["accountId"].as_str().unwrap().trim_start_matches("acc_").to_owned();
    let records = double.records();
    let streams: Vec<&str> = records.iter().map(|record| record.stream.as_str()).collect();
    assert_eq!(streams[0], "sesame-log", "the log's own event comes first");
    assert!(streams[1..].iter().all(|name| name.starts_with("sesame.")), "{streams:?}");
    let of_account = |name: &&str| {
        name.strip_prefix("sesame.account-").is_some_and(|id| id.replace('-', "") == number.replace('-', ""))
    };
    assert!(streams.iter().any(of_account), "{streams:?} {number}");
    // Nothing that says who somebody is stands there in clear.
    for record in &records {
        let (data, metadata) = (String::from_utf8_lossy(&record.data), String::from_utf8_lossy(&record.metadata));
        assert!(!data.contains("anne.martin") && !metadata.contains("anne.martin"), "{data} {metadata}");
    }

    let (said, doctor) = run(&instance, &log, &["doctor"]);
    assert!(said.status.success(), "{doctor}");
    let (good, found) = finding(&doctor, "log");
    assert!(
        good && found.contains(
            "kurrentdb: a command's streams are written one after the other; guards are looked at just before"
        ),
        "{found}"
    );
    let (verified, _) = run(&instance, &log, &["audit", "verify"]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));

    // Without its address, with another log, or with nobody there: the database says so, and the doctor what to do.
    let (_, doctor) = run(&instance, "", &["doctor"]);
    let (good, found) = finding(&doctor, "log");
    assert!(!good && found.contains("is not in it, but in kurrentdb"), "{found}");
    let other = Double::start().unwrap();
    let (_, doctor) = run(&instance, &other.url(), &["doctor"]);
    let (good, found) = finding(&doctor, "log");
    assert!(!good && found.contains("this database is beside the log"), "{found}");
    double.faults(|faults| faults.away = true);
    let (_, doctor) = run(&instance, &log, &["doctor"]);
    let (good, found) = finding(&doctor, "log");
    assert!(!good && found.contains("the log cannot be reached"), "{found}");
}
