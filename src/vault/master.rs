//! The two keys that stand above all others, and where they come from: configuration text or a key file.
//!
//! The master key wraps the subjects' keys; the index key makes blind indexes and fingerprints. Losing the master key
//! loses every personal value; giving it away with the database gives them all away. So the keys are never stored in the
//! database, only a check value of them is, by which a start with other keys is recognised before anything is written.
//!
//! When keys are generated (only for an empty database) is decided by the caller. Next: `seal.rs`, which wraps with them.
//! Unix only: a key file's protection is its mode.

use super::blind::IndexKey;
use super::seal::SubjectKey;
use super::secret::{NoRandomness, Secret};
use super::sign::Signer;
use aws_lc_rs::aead::{AES_256_GCM, LessSafeKey, UnboundKey};
use aws_lc_rs::hmac;
use data_encoding::{BASE64, BASE64_NOPAD, HEXLOWER_PERMISSIVE};
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

const MASTER: &str = "MASTER_KEY";
const INDEX: &str = "INDEX_KEY";
const AUDIT: &str = "AUDIT_KEY";
/// A key file is a few lines; anything larger is another file, or a device that never ends.
const LARGEST_KEY_FILE: u64 = 4096;

/// Why there are no usable keys. Each text says the remedy and none shows a key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Neither hexadecimal nor base64 of 32 bytes.
    #[error(
        "{key} is not 32 bytes as 64 hexadecimal characters or as base64: make one with `openssl rand -base64 32`, \
         or set no key at all to use a key file"
    )]
    Malformed {
        /// `MASTER_KEY`, `INDEX_KEY` or `AUDIT_KEY`.
        key: &'static str,
    },
    /// One byte thirty-two times: somebody's placeholder.
    #[error("{key} repeats a single byte, so it protects nothing: make one with `openssl rand -base64 32`")]
    Placeholder {
        /// `MASTER_KEY` or `INDEX_KEY`.
        key: &'static str,
    },
    /// The same bytes for both purposes.
    #[error("MASTER_KEY and INDEX_KEY are the same: make a second one with `openssl rand -base64 32`")]
    Same,
    /// A line is missing from the key file.
    #[error(
        "the key file {path} has no line `{key}=…`: restore the file from its backup; \
         delete it only if no database was ever used with it"
    )]
    Missing {
        /// The key file.
        path: PathBuf,
        /// `MASTER_KEY` or `INDEX_KEY`.
        key: &'static str,
    },
    /// A line that is no key, no comment and not blank, or a key given twice.
    #[error(
        "line {line} of the key file {path} is not understood: it holds one `MASTER_KEY=…` and one `INDEX_KEY=…` line"
    )]
    Line {
        /// The key file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
    },
    /// Group or others may use the file.
    #[error("the key file {path} has mode {mode:04o}, so others may read it: run `chmod 600 {path}`")]
    Exposed {
        /// The key file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// A key file is there already and is never overwritten.
    #[error("{path} exists and is not overwritten: use it, or name another key file")]
    Exists {
        /// The key file.
        path: PathBuf,
    },
    /// The file system refused.
    #[error(
        "cannot {attempt} the key file {path}: {cause}; check that its folder exists and belongs to the service's user"
    )]
    Io {
        /// `read` or `write`.
        attempt: &'static str,
        /// The key file.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// The database was written with other keys.
    #[error(
        "this database was written with another {key}: give the one that it was written with (by the settings, the key file, or the \
         copy that you keep); a backup of before the master key was replaced wants the former one. With this one nothing personal \
         could be read, and what is written would be unreadable too"
    )]
    Wrong {
        /// `MASTER_KEY`, `INDEX_KEY`, or both.
        key: &'static str,
    },
    /// No random bytes for new keys.
    #[error("cannot make keys: {0}")]
    NoRandomness(#[from] NoRandomness),
}

/// The key that wraps subjects' keys, ready for use.
pub struct MasterKey {
    pub(super) cipher: LessSafeKey,
    /// Tells a key that was wrapped by another master key from one that was tampered with.
    pub(super) id: [u8; 4],
    check: [u8; 16],
}

impl MasterKey {
    fn new(secret: &Secret) -> Result<MasterKey, KeyError> {
        // Two keys from one, so that the check value in the database says nothing about the key that wraps.
        let check = derive(secret, b"sesame.check");
        let wrapping = derive(secret, b"sesame.wrap");
        let unbound =
            UnboundKey::new(&AES_256_GCM, wrapping.bytes()).map_err(|_| KeyError::Malformed { key: MASTER })?;
        let [a, b, c, d, ..] = *check.bytes();
        Ok(MasterKey { cipher: LessSafeKey::new(unbound), id: [a, b, c, d], check: half(check.bytes()) })
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(hidden)")
    }
}

/// Both keys of an instance.
#[derive(Debug)]
pub struct MasterKeys {
    /// Wraps subjects' keys.
    pub master: MasterKey,
    /// Makes blind indexes and fingerprints.
    pub index: IndexKey,
    /// Signs what is noted outside the database; derived from the master key unless another was set.
    signer: Signer,
    /// Seals what is no subject's own: derived, stored nowhere.
    pub(super) aside: SubjectKey,
}

impl MasterKeys {
    /// The keys from configuration text: each 32 bytes, in hexadecimal or in base64 (either alphabet, padded or not).
    pub fn from_text(master: &str, index: &str) -> Result<MasterKeys, KeyError> {
        let (master, index) = (parse(MASTER, master)?, parse(INDEX, index)?);
        if master.bytes() == index.bytes() {
            return Err(KeyError::Same);
        }
        MasterKeys::new(&master, &index)
    }

    /// The keys of a key file, which only its owner may be able to use.
    pub fn from_file(path: &Path) -> Result<MasterKeys, KeyError> {
        let failed = |cause| KeyError::Io { attempt: "read", path: path.to_owned(), cause };
        let file = File::open(path).map_err(failed)?;
        // Asked of the opened file, so that nobody swaps it between the question and the reading.
        let mode = file.metadata().map_err(failed)?.permissions().mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(KeyError::Exposed { path: path.to_owned(), mode });
        }
        let mut text = String::new();
        file.take(LARGEST_KEY_FILE).read_to_string(&mut text).map_err(failed)?;
        let (mut master, mut index) = (None, None);
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let slot = match line.split_once('=') {
                Some((label, value)) if label.trim() == MASTER => Some((&mut master, value)),
                Some((label, value)) if label.trim() == INDEX => Some((&mut index, value)),
                _ => None,
            };
            match slot {
                Some((slot @ None, value)) => *slot = Some(value),
                _ => return Err(KeyError::Line { path: path.to_owned(), line: number + 1 }),
            }
        }
        let missing = |key| KeyError::Missing { path: path.to_owned(), key };
        MasterKeys::from_text(master.ok_or_else(|| missing(MASTER))?, index.ok_or_else(|| missing(INDEX))?)
    }

    /// Makes new random keys and keeps them in a new file that only its owner may use (mode 0600). An existing file is
    /// never touched. The caller tells the person to back the file up.
    pub fn generate_file(path: &Path) -> Result<MasterKeys, KeyError> {
        let (master, index) = (Secret::random()?, Secret::random()?);
        let mut file = match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
            Ok(file) => file,
            Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {
                return Err(KeyError::Exists { path: path.to_owned() });
            }
            Err(cause) => return Err(KeyError::Io { attempt: "write", path: path.to_owned(), cause }),
        };
        let text = format!(
            "# The keys of this Sésame instance. Keep a copy in a safe place, apart from the database's backups:\n\
             # without this file the personal data in the database can never be read again.\n\
             {MASTER}={}\n{INDEX}={}\n",
            BASE64.encode(master.bytes()),
            BASE64.encode(index.bytes())
        );
        let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).and_then(|()| sync_folder(path));
        if let Err(cause) = written {
            // Half a key file is worse than none. Should this fail too, the next start says that a line is missing.
            let _ = std::fs::remove_file(path);
            return Err(KeyError::Io { attempt: "write", path: path.to_owned(), cause });
        }
        MasterKeys::new(&master, &index)
    }

    /// The same, signing with a key of its own: 32 bytes as the others are written.
    pub fn signing_with(self, text: &str) -> Result<MasterKeys, KeyError> {
        let signer = Signer::of(&parse(AUDIT, text)?).ok_or(KeyError::Malformed { key: AUDIT })?;
        Ok(MasterKeys { signer, ..self })
    }

    /// The same with another master key, written as the first: what it signs with is the new one's, unless another was set.
    pub fn with_master(self, text: &str) -> Result<MasterKeys, KeyError> {
        let master = parse(MASTER, text)?;
        let malformed = || KeyError::Malformed { key: MASTER };
        Ok(MasterKeys {
            master: MasterKey::new(&master)?,
            signer: Signer::of(&derive(&master, b"sesame.sign")).ok_or_else(malformed)?,
            aside: SubjectKey::new(derive(&master, b"sesame.aside")).map_err(|_| malformed())?,
            ..self
        })
    }

    /// Signs what is noted outside the database.
    pub fn signer(&self) -> &Signer {
        &self.signer
    }

    /// What the database keeps to recognise these keys: 16 bytes of each key's check. It reveals neither.
    pub fn check_value(&self) -> [u8; 32] {
        let mut value = [0; 32];
        value[..16].copy_from_slice(&self.master.check);
        value[16..].copy_from_slice(&self.index_check());
        value
    }

    /// Compares with the check value that the database kept; the error names the key that is another one.
    pub fn verify(&self, kept: &[u8]) -> Result<(), KeyError> {
        let own = self.check_value();
        match (kept.get(..16) == own.get(..16), kept.get(16..) == own.get(16..)) {
            (true, true) => Ok(()),
            (false, true) => Err(KeyError::Wrong { key: MASTER }),
            (true, false) => Err(KeyError::Wrong { key: INDEX }),
            (false, false) => Err(KeyError::Wrong { key: "MASTER_KEY and INDEX_KEY" }),
        }
    }

    fn new(master: &Secret, index: &Secret) -> Result<MasterKeys, KeyError> {
        let signer = Signer::of(&derive(master, b"sesame.sign")).ok_or(KeyError::Malformed { key: MASTER })?;
        let malformed = KeyError::Malformed { key: MASTER };
        let aside = SubjectKey::new(derive(master, b"sesame.aside")).map_err(|_| malformed)?;
        Ok(MasterKeys { master: MasterKey::new(master)?, index: IndexKey::new(index), signer, aside })
    }

    fn index_check(&self) -> [u8; 16] {
        half(&self.index.tag(&[b"sesame.check"]))
    }
}

fn half(bytes: &[u8; 32]) -> [u8; 16] {
    std::array::from_fn(|i| bytes[i])
}

/// A key for one purpose, from which neither the first nor another purpose's key can be found.
fn derive(secret: &Secret, purpose: &[u8]) -> Secret {
    let mut derived = Secret::empty();
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.bytes()), purpose);
    derived.bytes_mut().copy_from_slice(tag.as_ref());
    derived
}

fn parse(key: &'static str, text: &str) -> Result<Secret, KeyError> {
    let text = text.trim();
    // 64 characters of base64 would be 48 bytes, so the length alone tells the two apart.
    let (encoding, text) = match text.len() {
        64 => (HEXLOWER_PERMISSIVE, text.to_owned()),
        _ => (BASE64_NOPAD, text.strip_suffix('=').unwrap_or(text).replace('-', "+").replace('_', "/")),
    };
    let malformed = KeyError::Malformed { key };
    if encoding.decode_len(text.len()) != Ok(32) {
        return Err(malformed);
    }
    let mut secret = Secret::empty();
    encoding.decode_mut(text.as_bytes(), secret.bytes_mut()).map_err(|_| malformed)?;
    if secret.bytes().iter().all(|byte| Some(byte) == secret.bytes().first()) {
        return Err(KeyError::Placeholder { key });
    }
    Ok(secret)
}

/// Makes the file's name last through a power cut, not only its bytes.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use std::fs::{self, Permissions};

    const HEX_A: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    const HEX_B: &str = "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff";

    #[test]
    fn keys_are_the_same_however_they_are_written() {
        let check = MasterKeys::from_text(HEX_A, HEX_B).unwrap().check_value();
        let bytes = |hex: &str| HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).unwrap();
        for encoding in [BASE64, BASE64_NOPAD, data_encoding::BASE64URL, data_encoding::BASE64URL_NOPAD] {
            let (a, b) = (encoding.encode(&bytes(HEX_A)), encoding.encode(&bytes(HEX_B)));
            assert_eq!(MasterKeys::from_text(&format!(" {a}\n"), &b).unwrap().check_value(), check);
        }
        assert_eq!(MasterKeys::from_text(&HEX_A.to_uppercase(), HEX_B).unwrap().check_value(), check);
    }

    #[test]
    fn text_that_is_no_key_is_refused_and_not_shown() {
        let too_short = BASE64.encode(&[7; 31]);
        for bad in [
            "",
            "change-me",
            &HEX_A[1..],
            &HEX_A.replace('f', "g"),
            &format!("{HEX_A}00"),
            &too_short,
            "é".repeat(32).as_str(),
        ] {
            let error = MasterKeys::from_text(HEX_A, bad).unwrap_err();
            assert!(matches!(error, KeyError::Malformed { key: INDEX }), "{bad:?}: {error}");
            assert!(bad.is_empty() || !error.to_string().contains(bad));
        }
        let zeros = "0".repeat(64);
        assert!(matches!(MasterKeys::from_text(&zeros, HEX_B), Err(KeyError::Placeholder { key: MASTER })));
        assert!(matches!(MasterKeys::from_text(HEX_A, HEX_A), Err(KeyError::Same)));
    }

    #[test]
    fn a_generated_file_has_mode_0600_and_gives_the_same_keys_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sesame.key");
        let made = MasterKeys::generate_file(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
        assert_eq!(MasterKeys::from_file(&path).unwrap().check_value(), made.check_value());
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().filter(|line| !line.starts_with('#')).count(), 2);

        let other = MasterKeys::generate_file(&folder.path().join("other.key")).unwrap();
        assert_ne!(other.check_value(), made.check_value());
    }

    #[test]
    fn an_existing_file_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sesame.key");
        fs::write(&path, "precious").unwrap();
        assert!(matches!(MasterKeys::generate_file(&path), Err(KeyError::Exists { .. })));
        assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
    }

    #[test]
    fn a_file_that_others_may_use_is_refused_with_the_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sesame.key");
        MasterKeys::generate_file(&path).unwrap();
        for mode in [0o640, 0o604, 0o644, 0o620, 0o666, 0o601] {
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            let error = MasterKeys::from_file(&path).unwrap_err();
            assert!(matches!(error, KeyError::Exposed { mode: found, .. } if found == mode));
            assert!(error.to_string().contains(&format!("chmod 600 {}", path.display())), "{error}");
        }
        for mode in [0o600, 0o400] {
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            assert!(MasterKeys::from_file(&path).is_ok());
        }
    }

    #[test]
    fn a_broken_file_is_named_with_its_line_and_shows_no_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sesame.key");
        let read = |text: &str| {
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
            MasterKeys::from_file(&path).unwrap_err()
        };
        assert!(matches!(read(""), KeyError::Missing { key: MASTER, .. }));
        assert!(matches!(read(&format!("MASTER_KEY={HEX_A}\n")), KeyError::Missing { key: INDEX, .. }));
        assert!(matches!(read(&format!("MASTER_KEY={HEX_A}\nINDEX_KEY=short")), KeyError::Malformed { key: INDEX }));
        let twice = read(&format!("# a\n\nMASTER_KEY={HEX_A}\nMASTER_KEY={HEX_B}\n"));
        assert!(matches!(twice, KeyError::Line { line: 4, .. }));
        assert!(!twice.to_string().contains(HEX_B));
        assert!(matches!(read(HEX_A), KeyError::Line { line: 1, .. }));
        assert!(matches!(read(&"# long\n".repeat(1000)), KeyError::Missing { .. }));
    }

    #[test]
    fn a_file_that_is_not_there_or_cannot_be_made_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let nowhere = folder.path().join("missing").join("sesame.key");
        assert!(matches!(MasterKeys::from_file(&nowhere), Err(KeyError::Io { attempt: "read", .. })));
        assert!(matches!(MasterKeys::generate_file(&nowhere), Err(KeyError::Io { attempt: "write", .. })));
    }

    #[test]
    fn a_wrong_key_is_recognised_and_named() {
        let kept = MasterKeys::from_text(HEX_A, HEX_B).unwrap().check_value();
        let third = HEX_A.replace("00", "77");
        let verify = |master: &str, index: &str| MasterKeys::from_text(master, index).unwrap().verify(&kept);
        assert!(verify(HEX_A, HEX_B).is_ok());
        assert!(matches!(verify(&third, HEX_B), Err(KeyError::Wrong { key: MASTER })));
        assert!(matches!(verify(HEX_A, &third), Err(KeyError::Wrong { key: INDEX })));
        assert!(matches!(verify(HEX_B, HEX_A), Err(KeyError::Wrong { .. })));
        assert!(MasterKeys::from_text(HEX_A, HEX_B).unwrap().verify(&[]).is_err());
    }

    #[test]
    fn the_signing_key_is_the_master_key_s_until_another_is_set() {
        let keys = || MasterKeys::from_text(HEX_A, HEX_B).unwrap();
        let own = keys().signer().public();
        assert_eq!(keys().signer().public(), own);
        let other = keys().signing_with(&HEX_A.replace("00", "77")).unwrap();
        assert_ne!(other.signer().public(), own);
        assert_eq!(other.check_value(), keys().check_value(), "what is sealed has nothing to do with it");
        assert!(matches!(keys().signing_with("short"), Err(KeyError::Malformed { key: AUDIT })));
    }

    #[test]
    fn keys_do_not_show_themselves() {
        let text = format!("{:?}", MasterKeys::from_text(HEX_A, HEX_B).unwrap());
        assert!(
            text.starts_with("MasterKeys { master: MasterKey(hidden), index: IndexKey(hidden), signer: Signer("),
            "{text}"
        );
        assert_eq!(format!("{:?}", Secret::empty()), "Secret(hidden)");
    }
}
