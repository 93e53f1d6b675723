//! The HTTP door of import and export: as programs call it.

use crate::place::{Place, account_of, csv_rows, sqlite};
use reqwest::{Client, Response, StatusCode};
use serde_json::Value;
use sesame::{
    app::{Caller, Command, OpenAccount},
    clock::{Clock, SystemClock},
    db::Options,
    exchange::http::routes,
    files::Limits,
    service::Service,
    vault::master::MasterKeys,
};
use std::sync::Arc;

struct Door {
    service: Arc<Service>,
    base: String,
    client: Client,
    account: String,
    token: String,
    foreign: String,
    _folder: tempfile::TempDir,
}

async fn door(limits: Limits) -> Door {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("http.db").display());
    let keys = MasterKeys::from_text(&"ab01".repeat(16), &"cd23".repeat(16)).unwrap();
    let service = Arc::new(
        Service::start(&Options { url, connections: 4, create: true }, keys, Arc::new(SystemClock)).await.unwrap(),
    );
    let mut accounts = Vec::new();
    for name in ["Une", "Autre"] {
        let open = OpenAccount { company_name: name.into(), locale: None, time_zone: None, owner_email: None };
        accounts.push(
            service
                .app
                .execute(&Caller::operator(None), Command::OpenAccount(open).into())
                .await
                .unwrap()
                .account
                .unwrap(),
        );
    }
    let clock = SystemClock;
    let token = service.vault().create_token(clock.id(), Some(accounts[0]), "test", clock.now()).await.unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let app = routes(service.clone(), limits);
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    Door {
        service,
        base,
        client: Client::new(),
        account: accounts[0].to_string(),
        token: token.reveal().to_string(),
        foreign: accounts[1].to_string(),
        _folder: folder,
    }
}

impl Door {
    async fn import(&self, query: &str, media: &str, file: impl Into<reqwest::Body>) -> Response {
        let url = format!("{}/import/contacts?{query}", self.base);
        self.client.post(url).bearer_auth(&self.token).header("content-type", media).body(file).send().await.unwrap()
    }

    async fn get(&self, path: &str) -> Response {
        self.client.get(format!("{}{path}", self.base)).bearer_auth(&self.token).send().await.unwrap()
    }
}

async fn told(response: Response, status: StatusCode) -> (String, String, Value) {
    assert_eq!(response.status(), status);
    let json: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    let error = &json["errors"][0];
    (
        error["extensions"]["code"].as_str().unwrap().into(),
        error["message"].as_str().unwrap().into(),
        error["extensions"]["applied"].clone(),
    )
}

const FILE: &str = "ID;Nom;E-mail;Adresse;Couleur\n1;Un;un@exemple.fr;1 rue A;bleu\n2;Deux;faux;2 rue B;\n";

#[tokio::test(flavor = "multi_thread")]
async fn a10_an_import_by_http_answers_counts_errors_and_the_errors_file() {
    let door = door(Limits::default()).await;
    for (dry, created) in [("true", true), ("false", true), ("", false)] {
        let response = door.import(&format!("account={}&dryRun={dry}&lang=en", door.account), "text/csv", FILE).await;
        assert_eq!(response.status(), StatusCode::OK);
        let json: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        assert_eq!(json["created"], u64::from(created));
        assert_eq!(json["unchanged"], u64::from(!created));
        assert_eq!((&json["rejected"], &json["dataRows"]), (&1.into(), &2.into()));
        assert_eq!((&json["errors"][0]["row"], &json["errors"][0]["code"]), (&3.into(), &"EMAIL_INVALID".into()));
        assert!(json["errors"][0]["message"].as_str().unwrap().starts_with("This e-mail address (faux) is not valid."));
        assert_eq!(json["warnings"][0]["title"], "Couleur");
        let errors = json["errorsFile"].as_str().unwrap();
        assert_eq!(csv_rows(errors.as_bytes())[1][1..], ["2", "Deux", "faux", "2 rue B", ""]);
        assert!(json["position"].is_string());
    }
    let response = door.import(&format!("account={}", door.account), "application/octet-stream", "Nom\nTrois\n").await;
    let json: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    assert_eq!((&json["created"], &json["errorsFile"]), (&1.into(), &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn a10_a_sender_may_name_the_encoding() {
    let door = door(Limits::default()).await;
    let file = b"Nom;Adresse\n\xe9t\xe9;1 rue \xb8\n".to_vec();
    door.import(&format!("account={}", door.account), "text/csv; charset=iso-8859-15", file).await;
    let csv = door.get(&format!("/export/subscribers.csv?account={}", door.account)).await.bytes().await.unwrap();
    assert_eq!(csv_rows(&csv)[1][2..], ["été", "", "", "", "", "1 rue ž"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a12_what_is_no_csv_or_too_big_is_refused_and_nothing_of_it_is_taken() {
    let door = door(Limits { bytes: 100_000, ..Limits::default() }).await;
    let account = format!("account={}&lang=en", door.account);
    let head = door.service.app.reader().head().await.unwrap().position;
    let big = format!("Nom\n{}", "Durand\n".repeat(100_000));
    let (code, message, _) =
        told(door.import(&account, "text/csv", big.clone()).await, StatusCode::PAYLOAD_TOO_LARGE).await;
    assert_eq!(code, "FILE_TOO_BIG");
    assert!(message.contains("KiB") || message.contains("KB") || message.contains("100"), "{message}");
    let (code, ..) =
        told(door.import(&account, "text/csv", "PK\x03\x04 workbook").await, StatusCode::UNSUPPORTED_MEDIA_TYPE).await;
    assert_eq!(code, "NOT_CSV");
    let (code, ..) =
        told(door.import(&account, "multipart/form-data; boundary=x", "--x").await, StatusCode::UNSUPPORTED_MEDIA_TYPE)
            .await;
    assert_eq!(code, "NOT_CSV");
    let (code, ..) =
        told(door.import(&format!("{account}&dryRun=maybe"), "text/csv", FILE).await, StatusCode::BAD_REQUEST).await;
    assert_eq!(code, "INVALID");
    assert_eq!(door.service.app.reader().head().await.unwrap().position, head);

    // Of unknown length: what was taken before the limit is told.
    let pieces: Vec<Result<String, std::io::Error>> = std::iter::once("Nom;Adresse\n".to_owned())
        .chain((0..20_000).map(|n| format!("Nom {n};{n} rue A\n")))
        .map(Ok)
        .collect();
    let streamed = reqwest::Body::wrap_stream(futures::stream::iter(pieces));
    let (code, _, applied) =
        told(door.import(&account, "text/csv", streamed).await, StatusCode::PAYLOAD_TOO_LARGE).await;
    let csv = door.get(&format!("/export/subscribers.csv?account={}", door.account)).await.bytes().await.unwrap();
    assert_eq!(
        (code.as_str(), applied["created"].as_u64().unwrap()),
        ("FILE_TOO_BIG", csv_rows(&csv).len() as u64 - 1)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a10_only_the_account_s_own_callers_pass() {
    let door = door(Limits::default()).await;
    let unknown = "acc_00000000000000000000000000000001";
    for account in [door.foreign.as_str(), unknown, "nonsense", ""] {
        let (code, ..) =
            told(door.import(&format!("account={account}"), "text/csv", FILE).await, StatusCode::NOT_FOUND).await;
        assert_eq!(code, "NOT_FOUND");
        let (code, ..) =
            told(door.get(&format!("/export/subscribers.xlsx?account={account}")).await, StatusCode::NOT_FOUND).await;
        assert_eq!(code, "NOT_FOUND");
    }
    let url = format!("{}/import/contacts?account={}", door.base, door.account);
    let (code, ..) = told(door.client.post(&url).body(FILE).send().await.unwrap(), StatusCode::UNAUTHORIZED).await;
    assert_eq!(code, "UNAUTHENTICATED");
    let (code, ..) =
        told(door.get(&format!("/export/subscribers.pdf?account={}", door.account)).await, StatusCode::NOT_FOUND).await;
    assert_eq!(code, "NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn u4_a11_files_come_with_a_name_and_their_type() {
    let door = door(Limits::default()).await;
    for (path, media, name) in [
        (
            format!("/export/subscribers.xlsx?account={}", door.account),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "abonnes-",
        ),
        (
            format!("/export/subscribers.csv?account={}&lang=en", door.account),
            "text/csv; charset=utf-8",
            "subscribers-",
        ),
        ("/import/template.csv?lang=en".into(), "text/csv; charset=utf-8", "template.csv"),
        ("/import/template.csv".into(), "text/csv; charset=utf-8", "modele.csv"),
    ] {
        let response = door.get(&path).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], media);
        let disposition = response.headers()["content-disposition"].to_str().unwrap();
        assert!(disposition.starts_with(&format!("attachment; filename=\"{name}")), "{disposition}");
        assert!(response.bytes().await.unwrap().len() > 50);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn u4_a_reader_that_goes_away_ends_its_export() {
    let place: Place = sqlite().await;
    let caller = place.account().await;
    let mut file = String::from("ID;Nom;Adresse\n");
    for n in 0..12_000 {
        file.push_str(&format!("{n};Nom {n};{n} rue A\n"));
    }
    place.import(&caller, file.as_bytes()).await;
    struct Full(usize);
    impl std::io::Write for Full {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            if self.0 > 200_000 { Err(std::io::ErrorKind::BrokenPipe.into()) } else { Ok(bytes.len()) }
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let (format, lang) = (sesame::exchange::Format::Csv, sesame::i18n::lang::Lang::Fr);
    let ended = sesame::exchange::export_subscribers(
        &place.service.app,
        &caller,
        &sesame::exchange::ExportOptions { account: account_of(&caller), format, lang, came_from: None },
        Full(0),
        |_| {},
    )
    .await;
    assert!(matches!(ended, Err(sesame::exchange::Stopped::File(e)) if e.code() == "WRITE_FAILED"));
}
