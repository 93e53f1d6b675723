//! Row P5: another master key, from the command line, while nothing serves.

use crate::{
    backup::{Drill, name_of, person},
    cli::Instance,
};
use std::{
    fs::{self, Permissions},
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    process::Stdio,
};

const REPLACE: [&str; 3] = ["keys", "replace-master", "new"];

#[tokio::test(flavor = "multi_thread")]
async fn p5_a_master_key_is_replaced_from_the_command_line_while_nothing_serves() {
    let instance = Instance::new();
    let drill = Drill { url: format!("sqlite://{}", instance.path("sesame.db").display()), instance };
    let account =
        drill.done(&["account", "open", "--company", "Atelier du Large"])["accountId"].as_str().unwrap().to_owned();
    let running = drill.service().await;
    let someone = person(&running, &account, "Demeure").await;
    running.stop().await;
    let (file, new) = (drill.instance.path("sesame.db.key"), drill.instance.path("new"));
    let before = fs::read_to_string(&file).unwrap();

    fs::write(&new, "K7dJ0mQ3s6V9y2B5e8H1k4N7q0T3w6Z9c2F5i8L1o4A=\n").unwrap();
    fs::set_permissions(&new, Permissions::from_mode(0o644)).unwrap();
    drill.refused(&REPLACE, "chmod 600");
    fs::set_permissions(&new, Permissions::from_mode(0o600)).unwrap();

    let mut serving = drill.instance.command(&["serve", "--json"]);
    let mut serving = serving
        .env("DATABASE_URL", &drill.url)
        .env("SESAME_LISTEN", "127.0.0.1:0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    BufReader::new(serving.stdout.as_mut().unwrap()).read_line(&mut String::new()).unwrap();
    // Its address is told before it takes its place; then it serves until it ends.
    let mut refused = String::new();
    for _ in 0..100 {
        assert_eq!(fs::read_to_string(&file).unwrap(), before);
        let ready = drill.instance.path("sesame.db.serving").exists();
        if ready {
            refused = drill.run(&REPLACE).unwrap_err();
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    serving.kill().unwrap();
    serving.wait().unwrap();
    assert!(refused.contains("stop the service on every node first"), "{refused}");
    assert_eq!(fs::read_to_string(&file).unwrap(), before, "nothing was changed");

    let done = drill.done(&REPLACE);
    assert_eq!(done["keys"], 1, "the person's");
    assert_ne!(done["formerPublicKey"], done["publicKey"]);
    let after = fs::read_to_string(&file).unwrap();
    assert!(after.contains("MASTER_KEY=K7dJ0mQ3s6V9y2B5e8H1k4N7q0T3w6Z9c2F5i8L1o4A="), "{after}");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let index = |text: &str| text.lines().find(|line| line.starts_with("INDEX_KEY")).unwrap().to_owned();
    assert_eq!(index(&after), index(&before));
    let running = drill.service().await;
    assert_eq!(name_of(&running, someone).await, (false, Some("Demeure".into())));
    running.stop().await;
    drill.refused(&REPLACE, "the one that is in use");

    // The former key was kept, and opens nothing any more.
    let kept = fs::read_dir(drill.instance.path(".")).unwrap().map(|entry| entry.unwrap().path());
    let former = kept.filter(|path| path.display().to_string().contains("sesame.db.key.former-")).collect::<Vec<_>>();
    assert_eq!(former.len(), 1);
    assert_eq!(fs::read_to_string(&former[0]).unwrap(), before);
    fs::rename(&former[0], &file).unwrap();
    drill.refused(&["audit", "verify"], "this database was written with another MASTER_KEY");
}
