//! The command line as an operator uses it: the built program, real files, exit codes, `--json`.

use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

pub struct Instance {
    folder: tempfile::TempDir,
}

impl Instance {
    pub fn new() -> Instance {
        Instance { folder: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sesame"));
        command.args(arguments).current_dir(self.folder.path()).env_remove("DATABASE_URL").env_remove("LOG_URL");
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    #[track_caller]
    pub fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[arguments, &["--json"]].concat());
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    #[track_caller]
    pub fn fails(&self, arguments: &[&str], code: i32, says: &str) {
        let output = self.run(arguments);
        let text = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {text}");
        assert!(text.contains(says), "{arguments:?} says {text}");
    }

    pub fn account(&self) -> String {
        self.json(&["account", "open", "--company", "Atelier du Large"])["accountId"].as_str().unwrap().to_owned()
    }
}

fn fixture(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/clients").join(name).display().to_string()
}

#[test]
fn b15_one_binary_and_one_file_lead_from_an_empty_folder_to_an_excel_file() {
    let instance = Instance::new();
    let opened = instance.json(&[
        "account",
        "open",
        "--company",
        "Atelier du Large",
        "--locale",
        "fr",
        "--time-zone",
        "Europe/Paris",
    ]);
    let account = opened["accountId"].as_str().unwrap();
    assert!(account.starts_with("acc_") && opened["token"].as_str().unwrap().starts_with("ses_"));
    assert_eq!(opened["number"].as_str().unwrap().len(), 9);

    for (file, expected) in [
        ("clients_excel_fr.csv", "clients_excel_fr.expected.json"),
        ("clients_utf8_bom.csv", "clients_utf8_bom.expected.json"),
    ] {
        // Each file into an account of its own: the counts are those of an empty account.
        let account = instance.account();
        let expected: Value = serde_json::from_slice(&std::fs::read(fixture(expected)).unwrap()).unwrap();
        let copy = instance.path(file);
        std::fs::copy(fixture(file), &copy).unwrap();
        let copy = copy.display().to_string();
        let dry = instance.json(&["import", "contacts", &copy, "--account", &account, "--dry-run"]);
        let real = instance.json(&["import", "contacts", &copy, "--account", &account]);
        for (key, value) in expected.as_object().unwrap() {
            assert_eq!((&dry[key], &real[key]), (value, value), "{file}: {key}");
        }
        assert!(Path::new(&format!("{copy}.errors.csv")).exists(), "refused rows are beside the file");
        let again = instance.json(&["import", "contacts", &copy, "--account", &account]);
        assert_eq!((&again["created"], &again["updated"]), (&Value::from(0), &Value::from(0)), "{file} again");
        assert_eq!(again["unchanged"], real["created"]);

        let out = instance.path("abonnes.xlsx").display().to_string();
        let exported = instance.json(&["export", "subscribers", "--account", &account, "--out", &out]);
        assert!(exported["subscribers"].as_u64().unwrap() > 0);
        assert!(std::fs::read(&out).unwrap().starts_with(b"PK"));
    }
    let verified = instance.json(&["audit", "verify"]);
    assert_eq!(verified["whole"], Value::from(true));
    let made: Vec<_> = std::fs::read_dir(instance.folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(made.iter().any(|name| name == "sesame.db"), "the database is a file beside it: {made:?}");
    let rebuilt = instance.json(&["rebuild"]);
    assert_eq!(rebuilt["events"], verified["events"]);
    assert_eq!(instance.json(&["doctor"])["good"], Value::from(true));
    assert_eq!(instance.json(&["rebuild", "--ahead"])["readModels"], Value::Array(vec![]));
}

#[test]
fn b5_a_plan_is_made_at_the_command_line_and_changes_nothing() {
    let instance = Instance::new();
    let account = instance.account();
    let file = instance.path("clients.csv");
    std::fs::write(&file, "ID;Nom;E-mail\nC1;Durand;anne@exemple.fr\nC2;Martin;faux\n").unwrap();
    let file = file.display().to_string();
    let plan = ["import", "contacts", &file, "--account", &account, "--plan"];
    let planned = instance.json(&[&plan[..], &["--label", "Salon"]].concat());
    assert!(planned["importId"].as_str().unwrap().starts_with("imp_"), "{planned:#}");
    let told = [&planned["created"], &planned["rejected"], &planned["mayBeApplied"], &planned["sameFileAs"]];
    assert_eq!(told, [&json!(1), &json!(1), &json!(true), &json!([])]);
    // Nothing was added, and the same file is noticed, in words too.
    let again = instance.json(&[&plan[..], &["--policy", "reject-everything"]].concat());
    assert_eq!((&again["created"], &again["mayBeApplied"]), (&json!(1), &json!(false)));
    assert_eq!(again["sameFileAs"], json!([planned["importId"]]));
    let output = instance.run(&plan);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success() && text.contains("Préparé sous le nom imp_") && text.contains("Le même fichier"),
        "{text}"
    );
    assert!(text.contains("2 lignes : 1 à créer, ") && !text.contains("rien n’est écrit"), "a plan is written: {text}");
    assert_eq!(again["dryRun"], json!(false), "what was written is no dry run");
    let english = instance.run(&[&plan[..], &["--lang", "en"]].concat());
    let english = String::from_utf8_lossy(&english.stdout).into_owned();
    assert!(english.contains("2 rows: 1 to create, ") && english.contains("row 3: This e-mail"), "{english}");
    assert!(!Path::new(&format!("{file}.errors.csv")).exists(), "rows to mend are asked of the plan");
    let real = instance.json(&["import", "contacts", &file, "--account", &account]);
    assert_eq!((&real["created"], &real["unchanged"]), (&json!(1), &json!(0)), "only now it is there");
    // What cannot be meant together, and a label that cannot be taken.
    instance.fails(&[&plan[..], &["--dry-run"]].concat(), 2, "--dry-run");
    instance.fails(&["import", "contacts", &file, "--account", &account, "--label", "Salon"], 2, "--plan");
    instance.fails(&[&plan[..], &["--label", &"x".repeat(201)]].concat(), 1, "sesame:");
}

#[test]
fn a11_the_template_is_imported_without_an_error() {
    let instance = Instance::new();
    for lang in ["fr", "en"] {
        let account = instance.account();
        let template = instance.run(&["import", "template", "--lang", lang]).stdout;
        std::fs::write(instance.path("modele.csv"), template).unwrap();
        let report = instance.json(&["import", "contacts", "modele.csv", "--account", &account]);
        assert_eq!(
            (&report["rejected"], &report["duplicates"]),
            (&Value::from(0), &Value::from(0)),
            "{lang}: {report}"
        );
    }
}

#[test]
fn what_is_wrong_is_said_with_its_remedy_and_an_exit_code() {
    let instance = Instance::new();
    instance.fails(&["doctor"], 1, "sesame account open");
    instance.fails(&["audit", "verify"], 1, "sesame account open");
    instance.fails(&["import", "contacts", "nowhere.csv", "--account", "acc_0"], 1, "nowhere.csv");
    let account = instance.account();
    instance.fails(&["export", "subscribers", "--account", &account, "--out", "abonnes.pdf"], 1, ".xlsx or .csv");
    instance.fails(
        &["export", "subscribers", "--account", "acc_00000000000000000000000000000000", "--out", "a.csv"],
        1,
        "no account",
    );
    instance.fails(&["rebuild", "nothing"], 1, "stream_state");
    instance.fails(&["audit", "show", "--contact", "con_00000000000000000000000000000000"], 1, "no contact");
    instance.fails(&["account", "open", "--company", " "], 1, "The parameter --company: this is mandatory.");
    instance.fails(&["account", "open", "--company", "Club", "--time-zone", "Mars"], 1, "The parameter --time-zone");
    instance.fails(&["serve", "--colour"], 2, "--colour");
    let workbook = instance.path("clients.csv");
    std::fs::write(&workbook, b"PK\x03\x04 a workbook by another name").unwrap();
    instance.fails(&["import", "contacts", "clients.csv", "--account", &account], 1, "CSV");
    let output = instance.command(&["doctor"]).env("SESAME_LISTEN", "nonsense").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("SESAME_LISTEN"));
}

#[test]
fn the_key_file_is_made_once_for_its_owner_alone_and_missed_when_it_is_gone() {
    let instance = Instance::new();
    let output = instance.run(&["account", "open", "--company", "Atelier"]);
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("Back it up"),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let key = instance.path("sesame.db.key");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    }
    std::fs::rename(&key, instance.path("elsewhere")).unwrap();
    instance.fails(&["audit", "verify"], 1, "Put it back from a backup");
    assert!(!key.exists(), "a second key would make the first data unreadable");
}

#[test]
fn the_demo_answers_at_the_address_it_prints() {
    let instance = Instance::new();
    let mut demo = instance
        .command(&["demo", "--contacts", "30", "--port", "0", "--data", "demo", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(demo.stdout.as_mut().unwrap()), &mut line).unwrap();
    let told: Value = serde_json::from_str(&line).unwrap();
    let ask = async |token: &str, question: Value| {
        let address = format!("{}/graphql", told["url"].as_str().unwrap());
        let sent = reqwest::Client::new().post(address).bearer_auth(told[token].as_str().unwrap()).json(&question);
        sent.send().await.unwrap().json::<Value>().await.unwrap()
    };
    let (contacts, reached, mailed) = tokio::runtime::Runtime::new().unwrap().block_on(async {
        let contacts = ask("token", serde_json::json!({
            "query": "query($a: ID!) { contacts(accountId: $a, first: 5) { totalCount edges { node { id accesses { mode decision { open reason } } } } } }",
            "variables": { "a": told["accountId"] },
        }));
        let reached = ask("ownerToken", serde_json::json!({ "query": "{ accessList { edges { node { profile } } } }" }));
        // What is current on the day it is first shown goes out by itself.
        let mut mailed = String::new();
        for _ in 0..100 {
            let address = format!("{}/mailbox", told["url"].as_str().unwrap());
            mailed = reqwest::get(address).await.unwrap().text().await.unwrap();
            if ["solenn.riou", "malo.cadiou", "commissaire@"].iter().all(|who| mailed.contains(who)) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        (contacts.await, reached.await, mailed)
    });
    for who in ["solenn.riou", "malo.cadiou", "commissaire@"] {
        assert!(mailed.contains(who), "no mail to {who}: {mailed}");
    }
    demo.kill().unwrap();
    demo.wait().unwrap();
    // Those who were asked for, the owner, three members, six guests, and today's three.
    assert_eq!(contacts["data"]["contacts"]["totalCount"], Value::from(30 + 1 + 3 + 6 + 3), "{contacts}");
    let again = instance.run(&["demo", "--contacts", "31", "--port", "0", "--data", "demo", "--no-serve"]);
    let said = String::from_utf8_lossy(&again.stderr).into_owned();
    assert!(again.status.success() && said.contains("--contacts and --seed change nothing"), "{said}");
    let profiles =
        reached["data"]["accessList"]["edges"].as_array().unwrap().iter().map(|e| e["node"]["profile"].clone());
    assert_eq!(profiles.collect::<Vec<_>>(), ["CLIENT", "GUEST"], "{reached}");
    assert!(told["operatorToken"].as_str().unwrap().starts_with("ses_"));
}
