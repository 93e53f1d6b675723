//! What `fuzz/` throws bytes at: one function a place where bytes of strangers, or of an older release, are read.
//!
//! Built for fuzzing and for tests only. Each function panics where a law is broken; most of the laws are "no panic, and the same answer again". The
//! seeds of `fuzz/seeds` go through in the tests below, so that a target that no longer fits the code is noticed without a fuzzer.

use crate::{
    app::GivenPosition,
    exchange,
    files::{ClientFile, Limits, ReadOptions, TextEncoding},
    graphql::{self, guard},
    http::{TrustedProxies, auth},
    i18n::lang::lang,
    log::{
        StoredEvent, StoredMeta,
        codec::{decode, encode},
    },
    vault::{
        self,
        seal::{SealContext, SubjectKey, open, seal},
        session::SessionSecret,
        token::Token,
    },
    web,
};
use async_graphql::Variables;
use axum::http::{HeaderMap, HeaderValue, header};
use domain::{AccountId, Actor, ActorKind, Category, Fact, Folded, Origin, State, StreamId};
use std::{io::Read, net::IpAddr, sync::OnceLock};
use uuid::Uuid;

/// A client file: the first byte says the encoding (`0` to `5`, otherwise it is found), the rest is the file. Bytes that come in drops are read like bytes
/// that come at once, and each row is judged as an import would.
pub fn csv(bytes: &[u8]) {
    let [how, file @ ..] = bytes else { return };
    let options = ReadOptions {
        encoding: TextEncoding::ALL.get(usize::from(how.wrapping_sub(b'0'))).copied(),
        limits: Limits { bytes: 256 * 1024, rows: 200, columns: 60, cell_bytes: 4096 },
    };
    let at_once = rows(file, &options);
    assert_eq!(at_once, rows(Drops(file, 0), &options), "read in drops");
}

/// Rows, judged, and how the reading ended.
fn rows(file: impl Read, options: &ReadOptions) -> (Vec<String>, Option<&'static str>) {
    let mut seen = Vec::new();
    let mut opened = match ClientFile::open(file, options) {
        Ok(opened) => opened,
        Err(error) => return (seen, Some(error.code())),
    };
    let columns = opened.columns().clone();
    loop {
        match opened.next_row() {
            Ok(None) => return (seen, None),
            Err(error) => return (seen, Some(error.code())),
            Ok(Some(sent)) => {
                let cells: Vec<&str> = sent.row.cells().collect();
                let judged = exchange::judged(&sent.client, &columns);
                seen.push(format!("{} {:?} {cells:?} {judged}", sent.row.number, sent.row.problem));
            }
        }
    }
}

/// Hands out one to seven bytes at a time.
struct Drops<'b>(&'b [u8], usize);

impl Read for Drops<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.1 = self.1 % 7 + 1;
        let count = self.1.min(buffer.len()).min(self.0.len());
        buffer[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}

/// A stream's stored events, each as type, clear part and personal part (or nothing), separated by zero bytes. What can be read is written and read back the
/// same, is folded, and the state can be kept; the bytes themselves open no seal.
pub fn events(bytes: &[u8]) {
    let Some(key) = subject_key() else { return };
    let mut parts = bytes.split(|byte| *byte == 0);
    let mut folded = Folded::default();
    while let (Some(name), Some(clear), private) = (parts.next(), parts.next(), parts.next()) {
        let Ok(name) = std::str::from_utf8(name) else { continue };
        let private = private.filter(|p| !p.is_empty());
        let Some(stored) = stored(name, clear, private, key) else { continue };
        let Ok(event) = decode(&stored, Some(key)) else { continue };
        let category = event.category();
        let stream = StreamId { category, id: Uuid::nil() };
        let Ok(again) = encode(event.clone(), Uuid::nil(), Uuid::nil(), stream, Some(key)) else { continue };
        let written = StoredEvent {
            type_name: event.type_name().to_owned(),
            stream,
            data: again.data,
            sealed: again.sealed,
            ..stored
        };
        assert_eq!(decode(&written, Some(key)).ok().as_ref(), Some(&event), "written and read back");
        // Without its key an event is still read: somebody was erased.
        assert!(decode(&written, None).is_ok(), "erased: {event:?}");
        let fact = Fact {
            position: folded.version + 1,
            version: folded.version + 1,
            at: chrono::DateTime::UNIX_EPOCH,
            actor: Actor { kind: ActorKind::Token, id: Uuid::nil() },
        };
        let Ok(next) = folded.clone().evolve(&event, fact) else { continue };
        folded = next;
        let kept = serde_json::to_vec(&folded.state).ok().and_then(|kept| serde_json::from_slice::<State>(&kept).ok());
        assert_eq!(kept.as_ref(), Some(&folded.state), "kept and taken up again");
    }
    let context = SealContext { account: Uuid::nil(), stream: "contact", event_id: Uuid::nil(), event_type: "" };
    assert!(open(key, &context, bytes).is_err(), "opened what nobody sealed");
}

fn subject_key() -> Option<&'static SubjectKey> {
    static KEY: OnceLock<Option<SubjectKey>> = OnceLock::new();
    KEY.get_or_init(|| SubjectKey::generate().ok()).as_ref()
}

fn stored(name: &str, clear: &[u8], private: Option<&[u8]>, key: &SubjectKey) -> Option<StoredEvent> {
    // Whose stream it is changes only what the seal is bound to, so that any will do.
    let stream = StreamId { category: Category::Contact, id: Uuid::nil() };
    let text = stream.to_string();
    let context = SealContext { account: Uuid::nil(), stream: &text, event_id: Uuid::nil(), event_type: name };
    let sealed = private.map(|plain| seal(key, &context, plain)).transpose().ok()?;
    Some(StoredEvent {
        position: 1,
        stream,
        version: 1,
        event_id: Uuid::nil(),
        type_name: name.to_owned(),
        account: Some(Uuid::nil()),
        about: None,
        meta: StoredMeta {
            actor: Actor { kind: ActorKind::Token, id: Uuid::nil() },
            on_behalf_of: None,
            origin: Origin::Api,
            command: Uuid::nil(),
            correlation: Uuid::nil(),
            causation: None,
        },
        at: 0,
        data: clear.to_vec(),
        sealed,
        hash: [0; 32],
    })
}

/// What callers hand back to us: cursors, positions, ids. Nothing that was not signed opens; what was signed opens in its own list only.
pub fn cursors(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        assert!(!graphql::cursor_opens("contacts", text), "a cursor that nobody signed");
        if let Ok(position) = text.parse::<GivenPosition>() {
            assert_eq!(position.again().to_string().parse(), Ok(position), "one position, one text");
        }
        if let Ok(id) = text.parse::<AccountId>() {
            assert_eq!(id.to_string(), text, "one id, one text");
        }
    }
    if let Some(cursor) = graphql::signed_cursor("contacts", bytes) {
        assert!(graphql::cursor_opens("contacts", &cursor), "a place of ours is read back");
        assert!(!graphql::cursor_opens("members", &cursor), "a cursor of another list");
    }
}

/// A document, a zero byte, its variables as JSON. What is let in stays within the limits and costs the same again.
pub fn guarded(bytes: &[u8]) {
    let mut parts = bytes.splitn(2, |byte| *byte == 0);
    let Some(Ok(text)) = parts.next().map(std::str::from_utf8) else { return };
    let variables = parts.next().and_then(|json| serde_json::from_slice(json).ok()).map(Variables::from_json);
    let variables = variables.unwrap_or_default();
    let limits = guard::Limits { connections: graphql::CONNECTIONS, ..guard::Limits::default() };
    let Ok(document) = guard::read(text, &limits) else { return };
    let price = document.price(None, &variables, &limits);
    assert_eq!(price, document.price(None, &variables, &limits), "one document, one price");
    if let Ok(cost) = price {
        assert!(cost.requested <= limits.cost && cost.nodes <= limits.nodes, "{cost:?}");
    }
    let _ = (document.shape(), document.is_subscription(None));
}

/// Tokens and the links of mails, as text that somebody sent. A token has one spelling, and nothing opens that was not made here.
pub fn secrets(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(token) = Token::parse(text) {
        assert_eq!(token.reveal(), text.trim(), "one token, one spelling");
        assert!(!format!("{token:?} {token}").contains(&token.reveal()[4..]), "a token shows itself");
    }
    assert!(!vault::opens_as_link(text), "a link that nobody made");
}

/// What stands in a request's head: a line of forwarded addresses, a line of proxies as they are configured, a line of languages.
pub fn heads(bytes: &[u8]) {
    let mut lines = bytes.splitn(3, |byte| *byte == b'\n');
    let (forwarded, proxies, languages) = (lines.next(), lines.next(), lines.next());
    let mut headers = HeaderMap::new();
    for (name, line) in [("x-forwarded-for", forwarded), (header::ACCEPT_LANGUAGE.as_str(), languages)] {
        if let Some(Ok(value)) = line.map(HeaderValue::from_bytes) {
            headers.append(name, value);
        }
    }
    let _ = lang(&headers);
    let socket = IpAddr::from([192, 0, 2, 1]);
    let nobody = TrustedProxies::default();
    assert_eq!(nobody.peer(socket, &headers).0, socket, "believed without being told to");
    let text = proxies.and_then(|line| std::str::from_utf8(line).ok()).unwrap_or_default();
    if let Ok(trusted) = TrustedProxies::try_from(text.to_owned()) {
        let _ = trusted.peer(socket, &headers).together();
    }
}

/// A request's `Cookie` lines. One session at most, spelt as it was sent; two of its name are none; and it shows itself nowhere.
pub fn cookies(bytes: &[u8]) {
    let mut headers = HeaderMap::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append(header::COOKIE, value);
        }
    }
    let _ = web::show::language(&headers);
    let Some(secret) = auth::session(&headers) else { return };
    assert_eq!(auth::cookie(&headers, auth::COOKIE), Some(secret.reveal()), "another one than was sent");
    assert_eq!(SessionSecret::parse(secret.reveal()).map(|again| again.hash()), Some(secret.hash()), "one spelling");
    assert!(!format!("{secret:?}").contains(secret.reveal()), "a session shows itself");
    if let Ok(twice) = HeaderValue::from_str(&format!("{}={}", auth::COOKIE, secret.reveal())) {
        headers.append(header::COOKIE, twice);
        assert!(auth::session(&headers).is_none(), "two of one name");
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use domain::Event;
    use std::{fs, path::Path};

    /// The target's name, and what it throws its bytes at.
    type Target = (&'static str, fn(&[u8]));

    const TARGETS: [Target; 7] = [
        ("csv", csv),
        ("events", events),
        ("cursors", cursors),
        ("guard", guarded),
        ("secrets", secrets),
        ("heads", heads),
        ("cookies", cookies),
    ];

    #[test]
    fn every_seed_of_the_fuzzers_keeps_the_laws() {
        let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
        for (name, target) in TARGETS {
            assert!(fuzz.join(format!("fuzz_targets/{name}.rs")).exists(), "{name} has no target");
            let seeds: Vec<_> =
                fs::read_dir(fuzz.join("seeds").join(name)).unwrap().map(|e| e.unwrap().path()).collect();
            assert!(seeds.len() >= 3, "{name} has {} seeds", seeds.len());
            for seed in seeds {
                target(&fs::read(seed).unwrap());
            }
        }
        assert_eq!(fs::read_dir(fuzz.join("fuzz_targets")).unwrap().count(), TARGETS.len(), "a target without seeds");
    }

    #[test]
    fn the_seeds_of_events_are_read() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/events");
        let mut read = 0;
        for seed in fs::read_dir(folder).unwrap() {
            let bytes = fs::read(seed.unwrap().path()).unwrap();
            for part in bytes.split(|byte| *byte == 0).collect::<Vec<_>>().chunks(3) {
                let [name, clear, private] = part else { continue };
                let private = Some(private).filter(|p| !p.is_empty()).map(|p| serde_json::from_slice(p).unwrap());
                assert!(Event::read(std::str::from_utf8(name).unwrap(), clear, private).is_ok());
                read += 1;
            }
        }
        assert!(read >= 80, "{read}");
    }
}
