//! Rows P3 to P6 at the command line, the page that explains them, and a backup that brings back who was erased.

use crate::cli::Instance;
use domain::{ContactId, contact::ContactInput, values::ContactKind};
use serde_json::{Value, json};
use sesame::{
    app::{Caller, Command, Request},
    clock::{Clock, SystemClock},
    db::Options,
    erasure,
    service::Service,
    vault::master::MasterKeys,
};
use std::{fs, sync::Arc};

async fn service(instance: &Instance) -> Service {
    let url = format!("sqlite://{}", instance.path("sesame.db").display());
    let keys = MasterKeys::from_file(&instance.path("sesame.db.key")).unwrap();
    Service::start(&Options { url, connections: 4, create: false }, keys, Arc::new(SystemClock)).await.unwrap()
}

async fn person(service: &Service, account: &str, name: &str) -> ContactId {
    let account = account.parse().unwrap();
    let input = ContactInput {
        last_name: Some(name.into()),
        email: Some(format!("{}@exemple.fr", name.to_lowercase())),
        ..ContactInput::default()
    };
    let command = Command::AddContact(account, ContactKind::Person, input);
    service.app.execute(&Caller::operator(Some(account)), Request::from(command)).await.unwrap().contact.unwrap()
}

async fn erase(service: &Service, account: &str, contact: ContactId) {
    let caller = Caller::operator(Some(account.parse().unwrap()));
    service.app.execute(&caller, Command::EraseContact(contact, true).into()).await.unwrap();
    let now = SystemClock.now().timestamp_micros();
    erasure::clean(service.db(), now).await.unwrap();
    erasure::receipt::write_due(&service.app).await.unwrap();
}

fn finding(instance: &Instance, what: &str) -> Value {
    let output =
        instance.command(&["doctor", "--json"]).env("SESAME_ERASURE_LEDGER_FILE", "erasures").output().unwrap();
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    told["findings"].as_array().unwrap().iter().find(|f| f["what"] == what).unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn p5_whoever_was_erased_is_erased_again_after_a_backup_was_restored() {
    let instance = Instance::new();
    let account = instance.account();
    let running = service(&instance).await;
    let gone = person(&running, &account, "Disparu").await;
    let stays = person(&running, &account, "Demeure").await;
    running.stop().await;
    fs::copy(instance.path("sesame.db"), instance.path("backup.db")).unwrap();

    let running = service(&instance).await;
    erase(&running, &account, gone).await;
    let (ledger, now) = (instance.path("erasures"), SystemClock.now().timestamp_micros());
    let signer = running.vault().signer();
    let note = async || erasure::ledger::note(running.db(), &ledger, signer, now).await.unwrap();
    assert_eq!((note().await, note().await), (1, 0), "each erasure once");
    let text = fs::read_to_string(&ledger).unwrap();
    assert!(text.contains(&gone.0.to_string()) && !text.to_lowercase().contains("disparu"));
    running.stop().await;
    assert_eq!(finding(&instance, "ledger")["good"], json!(true));
    assert_eq!(instance.json(&["erasure", "replay", "--ledger", "erasures"])["erasedAgain"], 0);

    // The backup knows nothing of it.
    for left in ["sesame.db-wal", "sesame.db-shm"] {
        let _ = fs::remove_file(instance.path(left));
    }
    fs::copy(instance.path("backup.db"), instance.path("sesame.db")).unwrap();
    let told = finding(&instance, "ledger");
    assert_eq!((&told["good"], &told["remedy"]), (&json!(false), &json!("sesame erasure replay")));
    let replayed = instance.json(&["erasure", "replay", "--ledger", "erasures"]);
    assert_eq!((&replayed["inLedger"], &replayed["erasedAgain"]), (&json!(1), &json!(1)));
    assert_eq!(instance.json(&["erasure", "replay", "--ledger", "erasures"])["erasedAgain"], 0, "once");
    assert_eq!(finding(&instance, "ledger")["good"], json!(true));
    let running = service(&instance).await;
    let states = running.app.reader().states(vec![gone.0, stays.0]).await.unwrap();
    let state = |id: ContactId| states[&id.0].state.contact().unwrap();
    assert!(state(gone).erased.is_some() && state(gone).details.last_name.is_none());
    assert_eq!(state(stays).details.last_name.as_deref(), Some("Demeure"));
    // Noted once more, for this erasure is another event; it is still one person.
    assert_eq!(erasure::ledger::note(running.db(), &ledger, running.vault().signer(), now).await.unwrap(), 1);
    assert_eq!(fs::read_to_string(&ledger).unwrap().lines().filter(|l| l.contains(&gone.0.to_string())).count(), 2);
    assert_eq!(finding(&instance, "ledger")["found"], json!("erased people noted: 1, all known here"));
    running.stop().await;
    let checked = instance.json(&["erasure", "check", "--contact", &gone.to_string()]);
    assert_eq!(checked["receipt"]["verdict"], "CLEAN", "{checked:#}");

    // A line that someone put in erases nobody.
    let forged = text.replace(&gone.0.to_string(), &stays.0.to_string());
    fs::write(&ledger, forged).unwrap();
    instance.fails(&["erasure", "replay", "--ledger", "erasures"], 1, "was changed");
    instance.fails(&["erasure", "replay", "--ledger", "nowhere"], 1, "there is no ledger");
    instance.fails(&["erasure", "replay"], 1, "SESAME_ERASURE_LEDGER_FILE");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_of_the_page_on_privacy_do_what_it_says() {
    let instance = Instance::new();
    let account = instance.account();
    let running = service(&instance).await;
    let (erased, kept) = (person(&running, &account, "Disparu").await, person(&running, &account, "Demeure").await);
    erase(&running, &account, erased).await;
    let now = SystemClock.now().timestamp_micros();
    erasure::ledger::note(running.db(), &instance.path("erasures"), running.vault().signer(), now).await.unwrap();
    running.stop().await;
    let checkpoints = ("SESAME_AUDIT_CHECKPOINT_FILE", "copy-of-checkpoints");
    assert!(instance.command(&["audit", "verify"]).envs([checkpoints]).status().unwrap().success());
    let pem = instance.json(&["audit", "key"])["pem"].as_str().unwrap().to_owned();
    fs::write(instance.path("key.pem"), pem).unwrap();

    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/privacy.md")).unwrap();
    let blocks = page.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let mut ran = 0;
    for line in blocks.flat_map(str::lines).filter(|line| !line.trim().is_empty()) {
        let contact = if line.contains(" erasure ") { erased } else { kept };
        let line = line.replace("con_00000000000000000000000000000000", &contact.to_string());
        let words: Vec<&str> = line.split_whitespace().collect();
        assert_eq!(words[0], "sesame", "{line}");
        let output = instance.run(&words[1..]);
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        ran += 1;
    }
    assert_eq!(ran, 8);
    let written = fs::read_to_string(instance.path("person.html")).unwrap();
    assert!(written.contains("Demeure") && written.trim_end().ends_with("</html>"));
    let written: Value = serde_json::from_slice(&fs::read(instance.path("person.json")).unwrap()).unwrap();
    assert_eq!(written["sheet"]["email"], "demeure@exemple.fr");
    // What an operator still knows is searched for, in every table and file.
    let id = erased.to_string();
    let needle = ["erasure", "check", "--contact", &id, "--needle"];
    let checked = instance.json(&[&needle[..], &["disparu@exemple.fr"]].concat());
    assert_eq!(
        (&checked["now"]["verdict"], &checked["receipt"]["verdict"]),
        (&json!("CLEAN"), &json!("CLEAN")),
        "{checked:#}"
    );
    assert!(checked["signature"].is_string());
    instance.fails(&["erasure", "check", "--contact", &kept.to_string()], 1, "was not erased");
}
