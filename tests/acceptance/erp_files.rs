//! Records of an ERP dropped as files: taken once, in their order, tried again where the service failed, and told apart from files that are wrong.

use crate::{
    databases::Engine,
    erp::counts,
    place::{Place, text},
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use sesame::erp::Folder;
use std::path::PathBuf;
use tempfile::TempDir;

/// A service that looks into a folder, on SQLite: what is done with files is the same on both engines.
struct Drop {
    place: Place,
    root: TempDir,
    folder: Folder,
}

impl Drop {
    async fn here() -> Drop {
        let place = Place::on(Engine::Sqlite).await;
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join(&place.account)).unwrap();
        let folder = Folder::at(root.path().to_owned());
        Drop { place, root, folder }
    }

    fn home(&self) -> PathBuf {
        self.root.path().join(&self.place.account)
    }

    fn put(&self, name: &str, text: &str) {
        std::fs::write(self.home().join(name), text).unwrap();
    }

    async fn look(&mut self) -> usize {
        self.folder.look(&self.place.service.app).await.unwrap()
    }

    /// Seen, and the same when it is looked at again.
    async fn settled(&mut self) -> usize {
        self.place.later(TimeDelta::milliseconds(1));
        self.look().await + self.look().await
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.home().join(folder)).into_iter().flatten();
        let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// The newest report in a folder.
    fn report(&self, folder: &str) -> Value {
        let names = self.names(folder);
        let newest = names.iter().rfind(|name| name.ends_with(".report.json")).unwrap();
        serde_json::from_slice(&std::fs::read(self.home().join(folder).join(newest)).unwrap()).unwrap()
    }

    async fn last_file(&self) -> Value {
        let query = "query($a: ID!) { erp(accountId: $a) { error { code } lastFile { file door endedAt counts { created refused } error { code message line } } } }";
        self.place.data(query, json!({ "a": self.place.account })).await["erp"]["lastFile"].clone()
    }
}

#[tokio::test]
async fn a1_a_file_dropped_into_the_account_s_folder_is_taken_once_it_is_whole() {
    let mut drop = Drop::here().await;
    drop.place.connect(None).await;
    drop.put("clients.full.csv", "ID;Nom;E-mail;Adresse\n1;Dupont;a@exemple.fr;1 rue A");
    assert_eq!(drop.look().await, 0, "it may still grow");
    let whole = "ID;Nom;E-mail;Adresse\n1;Dupont;a@exemple.fr;\"1 rue A\n75007 Paris\"\n2;Durand;;\n3;;x;\n";
    drop.put("clients.full.csv", whole);
    assert_eq!(drop.look().await, 0, "it grew");
    assert_eq!(drop.look().await, 1);
    assert_eq!((drop.names("done").len(), drop.names("taking").len(), drop.names("failed").len()), (2, 0, 0));
    assert_eq!(drop.place.names(json!({})).await, ["Dupont", "Durand"]);
    let report = drop.report("done");
    let some = json!({ "counts": { "records": report["records"], "created": report["created"], "refused": report["refused"] } });
    counts(&some, &[("records", 3), ("created", 2), ("refused", 1)]);
    let last = drop.last_file().await;
    assert_eq!(
        (&last["file"], &last["door"], &last["error"]),
        (&json!("clients.full.csv"), &json!("FOLDER"), &json!(null))
    );

    // All records, without one; an empty cell says nothing. One whose address cannot be read is there all the same.
    drop.put("clients.full.csv", "ID;Nom;E-mail;Ville;Pays\n1;;;;\n2;;;Atlantis;Nowhere\n");
    assert_eq!(drop.settled().await, 1);
    assert_eq!(drop.place.names(json!({ "erp": "GONE" })).await, [""; 0]);
    let refused = &drop.report("done")["refusedRecords"][0];
    assert_eq!((&refused["line"], &refused["field"]), (&json!(3), &json!("address")));
    drop.put("clients.full.csv", "ID;Nom\n1;\n");
    assert_eq!(drop.settled().await, 1);
    assert_eq!(drop.place.names(json!({ "erp": "GONE" })).await, ["Durand"]);
    assert_eq!(drop.place.names(json!({ "erp": "LINKED" })).await, ["Dupont"]);
    // Its trail says who did it.
    let trail = "query($a: ID!) { auditTrail(accountId: $a, first: 1) { edges { node { type origin } } } }";
    let newest =
        drop.place.data(trail, json!({ "a": drop.place.account })).await["auditTrail"]["edges"][0]["node"].clone();
    assert_eq!(newest, json!({ "type": "erp.gone.v1", "origin": "ERP" }));
}

#[tokio::test]
async fn b10_a_file_that_cannot_be_read_says_where_and_why_and_is_taken_once_it_is_mended() {
    let mut drop = Drop::here().await;
    drop.put("tôt.csv", "ID;Nom\n1;Dupont\n");
    assert_eq!(drop.settled().await, 1);
    let report = drop.report("failed");
    assert_eq!((&report["file"], &report["code"]), (&json!("tôt.csv"), &json!("ERP_NOT_CONNECTED")));
    assert!(text(&report["message"]).contains("redéposez le fichier"), "{report}");

    drop.place.connect(None).await;
    drop.put("clients.csv", "ID;Nom\n1;Dupont\n2;\"Durand\n3;Martin\n");
    assert_eq!(drop.settled().await, 1);
    let report = drop.report("failed");
    assert_eq!(
        (&report["file"], &report["code"], &report["line"]),
        (&json!("clients.csv"), &json!("UNCLOSED_QUOTE"), &json!(3))
    );
    assert!(text(&report["message"]).contains("ligne 3"), "{report}");
    let last = drop.last_file().await;
    assert_eq!((&last["file"], &last["error"]["line"]), (&json!("clients.csv"), &json!(3)));
    assert_eq!(last["error"]["message"], "A quote opened in line 3 is never closed. Close it or remove it.");
    // Another sync that ends well does not hide it.
    drop.place.sync(json!([])).await;
    assert_eq!(drop.last_file().await["error"]["code"], "UNCLOSED_QUOTE");

    drop.put("clients.csv", "ID;Nom\n1;Dupont\n2;Durand\n3;Martin\n");
    assert_eq!(drop.settled().await, 1);
    assert_eq!(drop.last_file().await["error"], json!(null));
    assert_eq!(drop.place.names(json!({})).await, ["Dupont", "Durand", "Martin"]);
    drop.put("no.csv", "%PDF-1.7 nothing");
    assert_eq!(drop.settled().await, 1);
    assert_eq!(drop.report("failed")["code"], "NOT_CSV");
}

#[tokio::test]
async fn b10_a_file_that_the_service_failed_to_take_is_tried_again_with_pauses_and_before_later_ones() {
    let mut drop = Drop::here().await;
    drop.place.connect(None).await;
    let pages = "PRAGMA page_count";
    let db = drop.place.service.db().clone();
    let pages = db.fetch_optional(projections::Ask::<(i64,)>::new(pages, [])).await.unwrap().unwrap().0;
    let limit = |pages: i64| -> &'static str { format!("PRAGMA max_page_count = {pages}").leak() };
    let row = |n: u32| format!("{n};Nom{n:04};p{n}@exemple.fr\n");
    let many: String = std::iter::once("ID;Nom;E-mail\n".to_owned()).chain((0..2_000).map(row)).collect();
    db.maintain(limit(pages + 12)).await.unwrap();
    drop.put("a.csv", &many);
    assert_eq!(drop.settled().await, 0);
    assert_eq!((drop.names("taking").len(), drop.names("failed").len()), (1, 0));
    // One of the same name does not take its place, and does not come before it.
    drop.put("a.csv", "ID;Nom\n0;Nouveau\n");
    assert_eq!(drop.settled().await, 0, "not before its pause is over");
    assert_eq!(drop.names("taking").len(), 2);
    db.maintain(limit(1 << 30)).await.unwrap();
    assert_eq!(drop.look().await, 0);
    drop.place.later(TimeDelta::seconds(6));
    assert_eq!(drop.look().await, 2);
    assert_eq!((drop.names("taking").len(), drop.names("done").len()), (0, 4));
    let last = drop.last_file().await;
    assert_eq!((&last["file"], &last["error"]), (&json!("a.csv"), &json!(null)));
    let first = "query($a: ID!) { contacts(accountId: $a, filter: { email: \"p0@exemple.fr\" }) { totalCount edges { node { lastName } } } }";
    let first = drop.place.data(first, json!({ "a": drop.place.account })).await["contacts"].clone();
    assert_eq!((&first["totalCount"], &first["edges"][0]["node"]["lastName"]), (&json!(1), &json!("Nouveau")));
}

#[tokio::test]
async fn b10_two_nodes_that_share_a_folder_take_each_file_once_and_a_bad_folder_holds_up_no_other() {
    let mut drop = Drop::here().await;
    drop.place.connect(None).await;
    let other = drop.place.another("Ailleurs").await;
    other.connect(None).await;
    // Where a folder belongs there is a file.
    std::fs::write(drop.home().join("taking"), "x").unwrap();
    let theirs = drop.root.path().join(&other.account);
    std::fs::create_dir(&theirs).unwrap();
    std::fs::write(theirs.join("clients.csv"), "ID;Nom\n1;Dupont\n").unwrap();
    drop.put("clients.csv", "ID;Nom\n1;Durand\n");
    assert_eq!(drop.settled().await, 1);
    assert_eq!(other.names(json!({})).await, ["Dupont"]);
    std::fs::remove_file(drop.home().join("taking")).unwrap();
    assert_eq!(drop.settled().await, 1);
    assert_eq!(drop.place.names(json!({})).await, ["Durand"]);

    // A file that another process has in hand is left to it.
    drop.put("clients.csv", "ID;Nom\n1;Martin\n");
    drop.look().await;
    let taking = drop.home().join("taking").join("20260331T100000000000-clients.csv");
    std::fs::rename(drop.home().join("clients.csv"), &taking).unwrap();
    let held = std::fs::File::open(&taking).unwrap();
    held.lock().unwrap();
    assert_eq!(drop.settled().await, 0);
    std::mem::drop(held);
    assert_eq!(drop.look().await, 1, "it died, and somebody else goes on");
    assert_eq!(drop.place.names(json!({})).await, ["Martin"]);
}
