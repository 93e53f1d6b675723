//! Checkpoints: what the head was, noted outside the database, so that a log that was cut or rewritten as a whole is recognised.
//!
//! One line each, `log id, position, hash`, only ever appended. The file belongs where those who can write the database cannot write.

use super::Head;
use data_encoding::HEXLOWER;
use std::{
    fmt,
    fs::OpenOptions,
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
    str::FromStr,
};
use uuid::Uuid;

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

/// A checkpoint file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// It cannot be read or written.
    #[error("cannot {attempt} the checkpoints in {path}: {cause}")]
    Io {
        /// `read` or `write`.
        attempt: &'static str,
        /// Which file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// A line that is no checkpoint.
    #[error("line {line} of {path} is not a checkpoint: the file was damaged, or is another")]
    Line {
        /// Counted from 1.
        line: usize,
        /// Which file.
        path: PathBuf,
    },
}

impl From<&Head> for Checkpoint {
    fn from(head: &Head) -> Self {
        Checkpoint { log_id: head.log_id, position: head.position, hash: head.hash }
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.log_id, self.position, HEXLOWER.encode(&self.hash))
    }
}

/// A text that is no checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a checkpoint")]
pub struct NotACheckpoint;

impl FromStr for Checkpoint {
    type Err = NotACheckpoint;
    fn from_str(text: &str) -> Result<Self, NotACheckpoint> {
        let [log_id, position, hash] = text.split(' ').collect::<Vec<_>>().try_into().map_err(|_| NotACheckpoint)?;
        Ok(Checkpoint {
            log_id: log_id.parse().map_err(|_| NotACheckpoint)?,
            position: position.parse().map_err(|_| NotACheckpoint)?,
            hash: HEXLOWER.decode(hash.as_bytes()).ok().and_then(|hash| hash.try_into().ok()).ok_or(NotACheckpoint)?,
        })
    }
}

/// The checkpoints of a file; none when it is not there. A last line without its end was being written when the machine stopped, and
/// counts for nothing.
pub fn read(path: &Path) -> Result<Vec<Checkpoint>, CheckpointError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(cause) => return Err(CheckpointError::Io { attempt: "read", path: path.to_owned(), cause }),
    };
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let parse = |(n, line): (usize, &str)| {
        line.parse().map_err(|_| CheckpointError::Line { line: n + 1, path: path.to_owned() })
    };
    whole.lines().enumerate().map(parse).collect()
}

/// Notes the head, durably. An empty log leaves nothing to note.
pub fn note(path: &Path, head: &Head) -> Result<(), CheckpointError> {
    if head.position == 0 {
        return Ok(());
    }
    let failed = |cause| CheckpointError::Io { attempt: "write", path: path.to_owned(), cause };
    let mut file = OpenOptions::new().create(true).read(true).append(true).open(path).map_err(failed)?;
    // One write, so that two processes do not mix their lines.
    file.write_all(format!("{}\n", Checkpoint::from(head)).as_bytes()).map_err(failed)?;
    file.sync_data().map_err(failed)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn what_is_noted_is_read_again_and_half_a_line_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("checkpoints");
        assert_eq!(read(&path).unwrap(), []);
        let head = |position| Head { log_id: Uuid::from_u128(7), position, hash: [position as u8; 32], at: 5 };
        for position in [0, 3, 9] {
            note(&path, &head(position)).unwrap();
        }
        let noted = [Checkpoint::from(&head(3)), Checkpoint::from(&head(9))];
        assert_eq!(read(&path).unwrap(), noted);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("{text}{}", &text[..20])).unwrap();
        assert_eq!(read(&path).unwrap(), noted);
        std::fs::write(&path, format!("nonsense\n{text}")).unwrap();
        assert!(matches!(read(&path), Err(CheckpointError::Line { line: 1, .. })));
    }
}
