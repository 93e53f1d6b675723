//! Checkpoints: what the head was, noted outside the database, so that a log that was cut, rewritten as a whole or replaced is recognised.
//!
//! One signed line each (`noted.rs`): `checkpoint`, the log's id, position, hash, and when it was noted in microseconds since 1970. The file belongs
//! where those who can write the database cannot write, and a copy of it with someone else.

use super::{
    Head,
    noted::{self, Note, NotedError},
};
use crate::vault::sign::{KeyId, PublicKey, Signer};
use data_encoding::HEXLOWER;
use std::path::Path;
use uuid::Uuid;

const KIND: &str = "checkpoint";

/// The head at some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpoint {
    /// Of which log.
    pub log_id: Uuid,
    /// Position of its last event then.
    pub position: u64,
    /// That event's hash.
    pub hash: [u8; 32],
}

/// What a file of checkpoints holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checkpoints {
    /// Oldest first.
    pub all: Vec<Checkpoint>,
    /// When the last was noted, microseconds since 1970, UTC.
    pub noted_at: Option<i64>,
    /// The keys they were signed with, in the order in which they were first used.
    pub keys: Vec<KeyId>,
}

impl From<&Head> for Checkpoint {
    fn from(head: &Head) -> Self {
        Checkpoint { log_id: head.log_id, position: head.position, hash: head.hash }
    }
}

fn said(checkpoint: &Checkpoint, at: i64) -> String {
    let Checkpoint { log_id, position, hash } = checkpoint;
    format!("{KIND} {log_id} {position} {} {at}", HEXLOWER.encode(hash))
}

fn heard(text: &str) -> Option<(Checkpoint, i64)> {
    let [kind, log_id, position, hash, at] = text.split(' ').collect::<Vec<_>>().try_into().ok()?;
    let hash = HEXLOWER.decode(hash.as_bytes()).ok()?.try_into().ok()?;
    let checkpoint = Checkpoint { log_id: log_id.parse().ok()?, position: position.parse().ok()?, hash };
    Some((checkpoint, at.parse().ok()?)).filter(|_| kind == KIND)
}

/// The checkpoints of a file, each signed by a trusted key and none missing before the last; none when the file is not there.
pub fn read(path: &Path, trusted: &[PublicKey]) -> Result<Checkpoints, NotedError> {
    let mut found = Checkpoints::default();
    for Note { line, said, key } in noted::read(path, trusted)? {
        let (checkpoint, at) = heard(&said).ok_or_else(|| NotedError::Line { line, path: path.to_owned() })?;
        found.all.push(checkpoint);
        found.noted_at = Some(at);
        if !found.keys.contains(&key) {
            found.keys.push(key);
        }
    }
    Ok(found)
}

/// Notes the head, signed, durably. An empty log leaves nothing to note. A file of another log is left as it is.
pub fn note(path: &Path, head: &Head, signer: &Signer, now_micros: i64) -> Result<(), NotedError> {
    if head.position == 0 {
        return Ok(());
    }
    let same = |last: &str| heard(last).is_none_or(|(last, _)| last.log_id == head.log_id);
    noted::add(path, &said(&head.into(), now_micros), signer, same)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::vault::master::MasterKeys;
    use std::{fs, path::PathBuf};

    fn keys(folder: &Path, name: &str) -> MasterKeys {
        MasterKeys::generate_file(&folder.join(name)).unwrap()
    }

    fn head(position: u64) -> Head {
        Head { log_id: Uuid::from_u128(7), position, hash: [position as u8; 32], at: 5 }
    }

    /// A file with these positions, signed.
    fn noted(folder: &Path, signer: &Signer, positions: &[u64]) -> PathBuf {
        let path = folder.join("checkpoints");
        for position in positions {
            note(&path, &head(*position), signer, *position as i64 * 10).unwrap();
        }
        path
    }

    #[test]
    fn p1_what_is_noted_is_read_again_with_the_key_that_signed_it() {
        let folder = tempfile::tempdir().unwrap();
        let keys = keys(folder.path(), "key");
        let (signer, trusted) = (keys.signer(), [keys.signer().public()]);
        assert_eq!(read(&folder.path().join("checkpoints"), &trusted).unwrap(), Checkpoints::default());
        let path = noted(folder.path(), signer, &[0, 3, 9]);
        let found = read(&path, &trusted).unwrap();
        assert_eq!(found.all, [Checkpoint::from(&head(3)), Checkpoint::from(&head(9))]);
        assert_eq!((found.noted_at, found.keys), (Some(90), vec![signer.public().id()]));
        let other = Head { log_id: Uuid::from_u128(8), ..head(10) };
        assert!(matches!(note(&path, &other, signer, 1), Err(NotedError::OtherLog { .. })));
    }

    #[test]
    fn p1_a_line_that_was_cut_by_a_crash_is_vouched_for_by_the_next_and_by_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let keys = keys(folder.path(), "key");
        let (signer, trusted) = (keys.signer(), [keys.signer().public()]);
        let path = noted(folder.path(), signer, &[3]);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{text}{}", &text[..40])).unwrap();
        assert_eq!(read(&path, &trusted).unwrap().all.len(), 1, "half a line counts for nothing");
        note(&path, &head(9), signer, 90).unwrap();
        assert_eq!(read(&path, &trusted).unwrap().all.len(), 2);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{text}{} 4 00\n", Uuid::from_u128(7))).unwrap();
        assert!(matches!(read(&path, &trusted), Err(NotedError::Line { line: 4, .. })));
    }

    #[test]
    fn p1_any_line_changed_taken_out_put_in_or_moved_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let keys = keys(folder.path(), "key");
        let (signer, trusted) = (keys.signer(), [keys.signer().public()]);
        let path = noted(folder.path(), signer, &[1, 2, 3, 4, 5]);
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let with = |lines: &[&str]| {
            fs::write(&path, lines.join("\n") + "\n").unwrap();
            read(&path, &trusted)
        };
        for place in 0..lines.len() - 1 {
            let mut without = lines.clone();
            without.remove(place);
            assert!(with(&without).is_err(), "line {place} taken out");
            let mut swapped = lines.clone();
            swapped.swap(place, place + 1);
            assert!(with(&swapped).is_err(), "line {place} moved");
            let mut twice = lines.clone();
            twice.insert(place, lines[place]);
            assert!(with(&twice).is_err(), "line {place} twice");
        }
        for place in 0..lines.len() {
            for at in 0..lines[place].len() {
                let mut bytes = lines[place].as_bytes().to_vec();
                bytes[at] = if bytes[at] == b'1' { b'2' } else { b'1' };
                let changed = String::from_utf8(bytes).unwrap();
                let mut all = lines.clone();
                all[place] = &changed;
                assert!(with(&all).is_err(), "byte {at} of line {place}");
            }
        }
        assert_eq!(with(&lines).unwrap().all.len(), 5);
    }

    #[test]
    fn p1_another_key_s_lines_count_only_for_who_trusts_it() {
        let folder = tempfile::tempdir().unwrap();
        let (former, present) = (keys(folder.path(), "a"), keys(folder.path(), "b"));
        let path = noted(folder.path(), former.signer(), &[1, 2]);
        note(&path, &head(3), present.signer(), 30).unwrap();
        let (old, new) = (former.signer().public(), present.signer().public());
        let found = read(&path, &[new, old]).unwrap();
        assert_eq!((found.all.len(), found.keys), (3, vec![old.id(), new.id()]));
        for trusted in [vec![], vec![new], vec![old]] {
            assert!(matches!(read(&path, &trusted), Err(NotedError::UnknownKey { .. })));
        }
    }
}
