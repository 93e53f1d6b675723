//! Row P1 at the command line: checkpoints outside the database are signed, and what is done to the database, or to them, is found with the public key alone.

use crate::cli::Instance;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};
use std::{fs, path::Path};

const FILE: (&str, &str) = ("SESAME_AUDIT_CHECKPOINT_FILE", "checkpoints");

/// What `sesame audit verify` with these arguments and variables ends with: whether it is content, and what it says.
fn verify(instance: &Instance, arguments: &[&str], set: &[(&str, &str)]) -> (bool, String) {
    let mut command = instance.command(&[&["audit", "verify"], arguments].concat());
    let output = command.envs(set.iter().copied()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), said)
}

#[track_caller]
fn whole(instance: &Instance, arguments: &[&str], set: &[(&str, &str)], checkpoints: usize) {
    let (good, said) = verify(instance, arguments, set);
    assert!(good && said.contains(&format!("signed checkpoints compared: {checkpoints}")), "{said}");
}

#[track_caller]
fn found(instance: &Instance, arguments: &[&str], set: &[(&str, &str)], what: &str) {
    let (good, said) = verify(instance, arguments, set);
    assert!(!good && said.contains(what), "{said}");
}

fn public_key(instance: &Instance) -> String {
    instance.json(&["audit", "key"])["publicKey"].as_str().unwrap().to_owned()
}

/// Runs SQL on the database file behind the service's back, with its guards off.
async fn tamper(file: &Path, sql: &str) {
    let mut db = SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    let guards = "DROP TRIGGER IF EXISTS event_no_update; DROP TRIGGER IF EXISTS event_no_delete;";
    sqlx::raw_sql(AssertSqlSafe(format!("{guards}{sql}"))).execute(&mut db).await.unwrap();
    sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut db).await.unwrap();
    db.close().await.unwrap();
}

#[tokio::test]
async fn p1_a_log_cut_or_replaced_is_found_with_the_public_key_and_a_copy_of_the_checkpoints() {
    let instance = Instance::new();
    instance.account();
    let key = public_key(&instance);
    for events in 1..=3 {
        whole(&instance, &[], &[FILE], events - 1);
        instance.account();
    }
    whole(&instance, &[], &[FILE], 3);
    fs::copy(instance.path("checkpoints"), instance.path("copy")).unwrap();
    // Whoever checks needs the public key and the copy: no secret, and the copy stays as it is.
    fs::write(instance.path("key.pem"), instance.json(&["audit", "key"])["pem"].as_str().unwrap()).unwrap();
    fs::rename(instance.path("sesame.db.key"), instance.path("away")).unwrap();
    for key in [key.as_str(), "key.pem"] {
        whole(&instance, &["--checkpoints", "copy", "--public-key", key], &[], 4);
    }
    assert_eq!(fs::read(instance.path("copy")).unwrap(), fs::read(instance.path("checkpoints")).unwrap());
    let checked = ["--checkpoints", "copy", "--public-key", key.as_str()];

    // The end is cut and the head moved back, as if it had never been.
    fs::copy(instance.path("sesame.db"), instance.path("kept.db")).unwrap();
    let cut = "DELETE FROM event WHERE position > 2;
        UPDATE log_head SET position = 2, hash = (SELECT hash FROM event WHERE position = 2), at = (SELECT at FROM event WHERE position = 2);";
    tamper(&instance.path("sesame.db"), cut).await;
    whole(&instance, &["--public-key", key.as_str()], &[], 0);
    found(&instance, &checked, &[], "the log ends at 2, but reached 4");

    // Another database stands in its place, whole in itself.
    let other = Instance::new();
    for _ in 0..5 {
        other.account();
    }
    whole(&other, &[], &[], 0);
    fs::copy(other.path("sesame.db"), instance.path("sesame.db")).unwrap();
    found(&instance, &checked, &[], "not the one that they were noted of");
    fs::copy(instance.path("kept.db"), instance.path("sesame.db")).unwrap();
    whole(&instance, &checked, &[], 4);

    // A checkpoint that says something else, and one that is missing.
    let text = fs::read_to_string(instance.path("copy")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    fs::write(instance.path("copy"), text.replacen(" 2 ", " 3 ", 1)).unwrap();
    found(&instance, &checked, &[], "line 2 of copy was changed");
    fs::write(instance.path("copy"), [lines[0], lines[2], lines[3], ""].join("\n")).unwrap();
    found(&instance, &checked, &[], "line 2 of copy does not follow the line before it");
    let stranger = public_key(&other);
    found(&instance, &["--checkpoints", "copy", "--public-key", &stranger], &[], "is not known");
    found(&instance, &["--public-key", "nonsense"], &[], "this is no public key");
}

#[test]
fn p1_the_signing_key_is_replaced_and_what_it_signed_still_counts() {
    let instance = Instance::new();
    instance.account();
    let derived = public_key(&instance);
    whole(&instance, &[], &[FILE], 0);
    let (second, third) = (("SESAME_AUDIT_KEY", "0f".repeat(31) + "aa"), ("SESAME_AUDIT_KEY", "0f".repeat(31) + "bb"));
    let (second, third) = ((second.0, second.1.as_str()), (third.0, third.1.as_str()));
    whole(&instance, &[], &[FILE, second], 1);
    let output = instance.command(&["audit", "key", "--json"]).envs([second]).output().unwrap();
    let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
    let former = shown["publicKey"].as_str().unwrap();
    assert_ne!(former, derived);
    // What the key in between signed counts for who says that it was ours.
    found(&instance, &[], &[FILE, third], shown["keyId"].as_str().unwrap());
    whole(&instance, &[], &[FILE, third, ("SESAME_AUDIT_FORMER_KEYS", former)], 2);
    found(&instance, &[], &[FILE, ("SESAME_AUDIT_FORMER_KEYS", "x")], "SESAME_AUDIT_FORMER_KEYS");
    let doctor = instance.command(&["doctor", "--json"]).envs([FILE, third]).output().unwrap();
    let told: Value = serde_json::from_slice(&doctor.stdout).unwrap();
    let finding = told["findings"].as_array().unwrap().iter().find(|f| f["what"] == "checkpoints").unwrap();
    assert_eq!(finding["good"], json!(false), "{told:#}");
}
