//! Lines noted in a file outside the database, for what must outlive it: each is signed, and holds the hash of the line before it, so that none
//! can be changed, taken out or put in by whoever lacks the key. What is cut from the end leaves no trace in the file itself: a copy elsewhere has it.
//!
//! A line is `kind field … previous key signature`: the hash of the whole line before it (zeros before the first), the id of the key, and the signature of
//! everything before it. A line that cannot be read was being written when the machine stopped: the signed line after it vouches for its bytes,
//! and it says nothing itself. Knows no kind: `checkpoint.rs` and `erasure/ledger.rs` do.

use crate::vault::sign::{KeyId, PublicKey, Signer};
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;
use std::{
    fs::{File, OpenOptions},
    io::{ErrorKind, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

/// What is signed begins with this, so that nothing else that the key signs can be taken for a line.
const SEALED_AS: &str = "sesame.noted.1\n";
/// No line is longer.
const LONGEST: u64 = 4096;

/// A file of notes that cannot be used, or was tampered with.
#[derive(Debug, thiserror::Error)]
pub enum NotedError {
    /// It cannot be read or written.
    #[error("cannot {attempt} {path}: {cause}")]
    Io {
        /// `read` or `write`.
        attempt: &'static str,
        /// Which file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// A line that says nothing, and that no signed line after it vouches for.
    #[error(
        "line {line} of {path} is not a signed note: the file was damaged, is another, or is from before notes were signed"
    )]
    Line {
        /// Counted from 1.
        line: usize,
        /// Which file.
        path: PathBuf,
    },
    /// The line does not follow the one before it.
    #[error("line {line} of {path} does not follow the line before it: one was changed, taken out or put in")]
    Broken {
        /// Counted from 1.
        line: usize,
        /// Which file.
        path: PathBuf,
    },
    /// Signed with a key that is not known here.
    #[error(
        "line {line} of {path} is signed with the key {key}, which is not known: name its public key, if it was ever yours"
    )]
    UnknownKey {
        /// Counted from 1.
        line: usize,
        /// Which file.
        path: PathBuf,
        /// The key's id.
        key: KeyId,
    },
    /// The signature is not that of its key.
    #[error("line {line} of {path} was changed: it is not what its key signed")]
    Forged {
        /// Counted from 1.
        line: usize,
        /// Which file.
        path: PathBuf,
    },
    /// It is of another log than what is to be noted.
    #[error("{path} is of another log: note in a file of its own, and keep this one")]
    OtherLog {
        /// Which file.
        path: PathBuf,
    },
}

/// A line: its kind and fields, parted by single spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Where it stands, counted from 1.
    pub line: usize,
    /// Its kind and fields.
    pub said: String,
    /// Who signed it.
    pub key: KeyId,
}

/// The parts of a line: what is said, the hash of the line before, the key, what is signed, the signature.
struct Parts<'a> {
    said: &'a str,
    previous: [u8; 32],
    key: KeyId,
    signed: &'a str,
    signature: &'a str,
}

fn parts(line: &str) -> Option<Parts<'_>> {
    let (signed, signature) = line.rsplit_once(' ')?;
    let (rest, key) = signed.rsplit_once(' ')?;
    let (said, previous) = rest.rsplit_once(' ')?;
    let previous = HEXLOWER.decode(previous.as_bytes()).ok()?.try_into().ok()?;
    Some(Parts { said, previous, key: key.parse().ok()?, signed, signature })
}

fn hash(line: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest(&SHA256, line).as_ref());
    out
}

fn message(signed: &str) -> Vec<u8> {
    format!("{SEALED_AS}{signed}").into_bytes()
}

/// The signature of a text that is handed out by itself.
pub fn signature(signer: &Signer, text: &str) -> String {
    signer.sign(&message(text))
}

/// The notes of a file, each checked; none when it is not there. A last line without its end counts for nothing.
pub fn read(path: &Path, trusted: &[PublicKey]) -> Result<Vec<Note>, NotedError> {
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(cause) => return Err(NotedError::Io { attempt: "read", path: path.to_owned(), cause }),
    };
    let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(&[][..], |end| &text[..end]);
    let (mut notes, mut before, mut unread) = (Vec::new(), [0; 32], None);
    for (n, bytes) in whole.split(|byte| *byte == b'\n').enumerate().filter(|(_, l)| !whole.is_empty() || !l.is_empty())
    {
        let (line, path) = (n + 1, || path.to_owned());
        match std::str::from_utf8(bytes).ok().and_then(parts) {
            None => unread = Some(line),
            Some(found) => {
                if found.previous != before {
                    return Err(NotedError::Broken { line, path: path() });
                }
                let Some(key) = trusted.iter().find(|key| key.id() == found.key) else {
                    return Err(NotedError::UnknownKey { line, path: path(), key: found.key });
                };
                if !key.signed(&message(found.signed), found.signature) {
                    return Err(NotedError::Forged { line, path: path() });
                }
                unread = None;
                notes.push(Note { line, said: found.said.to_owned(), key: found.key });
            }
        }
        before = hash(bytes);
    }
    match unread {
        Some(line) => Err(NotedError::Line { line, path: path.to_owned() }),
        None => Ok(notes),
    }
}

/// Makes the file where it is not there; it has no notes yet.
pub fn begin(path: &Path) -> Result<(), NotedError> {
    if path.exists() {
        return Ok(());
    }
    let made = OpenOptions::new().create(true).append(true).open(path);
    made.map(|_| ()).map_err(|cause| NotedError::Io { attempt: "write", path: path.to_owned(), cause })
}

/// Adds a note, durably. `follows` is given what the last line says, if it can be read, and tells whether this may stand after it.
pub fn add(path: &Path, said: &str, signer: &Signer, follows: impl FnOnce(&str) -> bool) -> Result<(), NotedError> {
    add_all(path, &[said.to_owned()], signer, follows)
}

/// Adds notes with one write, so that processes do not mix theirs.
pub fn add_all(
    path: &Path,
    said: &[String],
    signer: &Signer,
    follows: impl FnOnce(&str) -> bool,
) -> Result<(), NotedError> {
    let failed = |cause| NotedError::Io { attempt: "write", path: path.to_owned(), cause };
    let mut file = OpenOptions::new().create(true).read(true).append(true).open(path).map_err(failed)?;
    // Whoever notes reads the line before first: one at a time, over all processes.
    file.lock().map_err(failed)?;
    let last = last_line(&mut file).map_err(failed)?;
    if let Some(found) = std::str::from_utf8(&last.bytes).ok().and_then(parts)
        && !follows(found.said)
    {
        return Err(NotedError::OtherLog { path: path.to_owned() });
    }
    // Half a line is ended, and vouched for by the next as it is.
    let mut text = if last.ended { String::new() } else { String::from("\n") };
    let mut before = if last.bytes.is_empty() { [0; 32] } else { hash(&last.bytes) };
    for said in said {
        let signed = format!("{said} {} {}", HEXLOWER.encode(&before), signer.public().id());
        let line = format!("{signed} {}", signer.sign(&message(&signed)));
        before = hash(line.as_bytes());
        text.push_str(&line);
        text.push('\n');
    }
    file.write_all(text.as_bytes()).map_err(failed)?;
    file.sync_data().map_err(failed)
}

struct Last {
    bytes: Vec<u8>,
    ended: bool,
}

fn last_line(file: &mut File) -> std::io::Result<Last> {
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(length.saturating_sub(LONGEST)))?;
    let mut end = Vec::new();
    file.take(LONGEST).read_to_end(&mut end)?;
    let ended = end.last().is_none_or(|byte| *byte == b'\n');
    if end.last() == Some(&b'\n') {
        end.pop();
    }
    let start = end.iter().rposition(|byte| *byte == b'\n').map_or(0, |place| place + 1);
    Ok(Last { bytes: end.split_off(start), ended })
}
