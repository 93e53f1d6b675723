//! Beside the account of every test stands another one, every text of which has a mark. Whatever the whole suite asks, reads, exports and mails as others: the mark
//! is nowhere in it, and in no line of the log either (row U1, A17).

use crate::place::{Answer, Place, open, text};
use domain::AccountId;
use serde_json::json;
use sesame::service::Service;
use std::{
    io,
    sync::{Mutex, Once, PoisonError},
};

/// What is in every text of the other account.
pub const MARK: &str = "ZSERIN";

/// Opens the other account, and fills it.
pub async fn beside(service: &Service) -> (AccountId, String) {
    watch_the_log();
    open(service, crate::place::named(&format!("{MARK} compte"))).await
}

impl Place {
    /// Fills the account beside with what a mark can stand in.
    pub async fn fill_beside(&self) {
        let (account, token) = (self.beside.0.to_string(), &self.beside.1);
        let name = |what: &str| format!("{MARK} {what}");
        let make = async |mutation: &str, input, wanted: &str| self.done_as(token, mutation, input, wanted).await;
        let mail = json!({ "subject": name("objet"), "body": name("texte") });
        let product = json!({ "accountId": account, "name": name("produit"), "modules": [{ "name": name("module"), "opensAfterDays": 3 }], "orderEmail": mail });
        let product = text(&make("createProduct", product, "product { id }").await["product"]["id"]);
        let address = json!({ "line1": name("rue"), "postalCode": "75007", "city": name("ville") });
        let contact = json!({ "accountId": account, "firstName": name("prénom"), "lastName": name("nom"), "companyName": name("société"),
            "phone": name("tel"), "externalId": name("id"), "address": address });
        let contact = text(&make("addContact", contact, "contact { id }").await["contact"]["id"]);
        make("grantAccess", json!({ "contactId": contact, "productId": product }), "").await;
        let start = json!({ "contactId": contact, "productId": product, "type": name("type"), "billing": "RECURRING" });
        make("startSubscription", start, "").await;
    }
}

/// Panics where an answer to somebody else has the mark.
pub fn look_at(answer: &Answer) {
    let told = answer.text.to_uppercase();
    assert!(!told.contains(MARK), "of another account: {}", answer.text);
    for (name, value) in &answer.headers {
        let value = String::from_utf8_lossy(value.as_bytes()).to_uppercase();
        assert!(!value.contains(MARK), "of another account, in {name}: {value}");
    }
}

/// Looks at every line that is logged.
struct Lines;

impl io::Write for Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let told = String::from_utf8_lossy(line);
        if told.to_uppercase().contains(MARK) {
            LOGGED.lock().unwrap_or_else(PoisonError::into_inner).push(told.into_owned());
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Lines of the log that have the mark.
static LOGGED: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn watch_the_log() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let lines = tracing_subscriber::fmt().with_env_filter("info").with_writer(|| Lines);
        // Another test may have one of its own.
        let _ = lines.try_init();
    });
    let logged = LOGGED.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(logged.is_empty(), "personal values in the log: {logged:?}");
}
