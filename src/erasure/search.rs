//! Searching for what must be gone: every value of every table, the samples of the engine, its files where they can be read, and folders into which files
//! about people are dropped.
//!
//! A word of one person may be another's too (a town, a family name, an employer). Where it stands in a row about somebody else it proves nothing, in
//! that row or in the files, which do not say whose a word is: it is counted as shared, and files are searched for the others.

use super::needles::Needles;
use crate::{app::Failure, db::Db};
use aho_corasick::AhoCorasick;
use encoding_rs::WINDOWS_1252;
use futures::TryStreamExt;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};
use uuid::Uuid;

/// Read at once from a file.
const CHUNK: usize = 1 << 20;
/// Tables that hold ids and codes alone: a word of a person in one of them is a find, whoever the row is about.
const OF_NOBODY: &[&str] =
    &["outbox", "idempotency", "erp_run", "unique_key", "erasure", "erasure_receipt", "rate_limit", "whence"];

/// A place that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// `table x`, `samples`, or a file.
    pub place: String,
    /// How many values, or bytes of a file, were looked at.
    pub looked_at: u64,
    /// How often something of the person was found.
    pub found: u64,
}

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Everywhere it was looked.
    pub places: Vec<Place>,
    /// How many words are somebody else's too.
    pub shared: usize,
    /// Where could not be looked, and why.
    pub out_of_reach: Vec<String>,
}

impl Found {
    /// Whether nothing was found anywhere.
    pub fn is_clean(&self) -> bool {
        self.places.iter().all(|place| place.found == 0)
    }
}

/// Searches for someone's words.
pub async fn search(db: &Db, subject: Uuid, needles: &Needles, folders: &[PathBuf]) -> Result<Found, Failure> {
    let words: Vec<String> = needles.all().map(str::to_owned).collect();
    let finder = finder(words.iter().map(String::as_bytes))?;
    let own = subject.simple().to_string();
    let (mut shared, mut places, mut hits) = (BTreeSet::new(), BTreeMap::new(), Vec::new());
    for column in db.columns().await? {
        let nobody = OF_NOBODY.contains(&column.table.as_str());
        let looked: &mut u64 = places.entry(column.table.clone()).or_default();
        let mut values = db.values(&column);
        while let Some((value, ids)) = values.try_next().await? {
            *looked += 1;
            for hit in finder.find_iter(&value) {
                let word = hit.pattern().as_usize();
                if nobody || ids.contains(&own) || ids.trim().is_empty() {
                    hits.push((column.table.clone(), word));
                } else {
                    shared.insert(word);
                }
            }
        }
    }
    let mut found = Found { shared: shared.len(), ..Found::default() };
    for (table, looked_at) in places {
        let count = hits.iter().filter(|(of, _)| *of == table).count() as u64;
        found.places.push(Place { place: format!("table {table}"), looked_at, found: count });
    }
    let left: Vec<&String> = words.iter().enumerate().filter(|(n, _)| !shared.contains(n)).map(|(_, w)| w).collect();
    if left.is_empty() {
        return Ok(found);
    }
    elsewhere(db, &left, folders, &mut found).await?;
    Ok(found)
}

/// Samples, the engine's files, folders of files: for the words that are this person's alone.
async fn elsewhere(db: &Db, words: &[&String], folders: &[PathBuf], found: &mut Found) -> Result<(), Failure> {
    let plain = finder(words.iter().map(|word| word.as_bytes()))?;
    let samples = db.samples().await?;
    if !samples.is_empty() {
        let hits = samples.iter().map(|(_, text)| plain.find_iter(text).count() as u64).sum();
        found.places.push(Place {
            place: "samples of the engine".into(),
            looked_at: samples.len() as u64,
            found: hits,
        });
    }
    let mut files: Vec<(PathBuf, bool)> = Vec::new();
    match db.sqlite_path() {
        Some(path) => {
            for ending in ["", "-wal", "-journal"] {
                let mut path = path.to_owned();
                path.as_mut_os_string().push(ending);
                files.push((path, false));
            }
        }
        None => found.out_of_reach.push(
            "the files of PostgreSQL, its archived write-ahead log and its backups: every table was read instead, after it was written anew".into(),
        ),
    }
    for folder in folders {
        if let Err(e) = listed(folder, &mut files) {
            found.out_of_reach.push(format!("{}: {e}", folder.display()));
        }
    }
    // Files that people drop may be in the encoding of their offices.
    let latin: Vec<Vec<u8>> = words.iter().map(|word| WINDOWS_1252.encode(word).0.into_owned()).collect();
    let of_offices = finder(words.iter().map(|word| word.as_bytes()).chain(latin.iter().map(Vec::as_slice)))?;
    let longest = words.iter().map(|word| word.len()).max().unwrap_or(0);
    let searched = tokio::task::spawn_blocking(move || {
        let one = |(path, dropped): &(PathBuf, bool)| {
            let finder = if *dropped { &of_offices } else { &plain };
            (path.clone(), in_file(path, finder, longest))
        };
        files.iter().map(one).collect::<Vec<_>>()
    });
    for (path, outcome) in searched.await.map_err(|e| Failure::Fault(format!("searching files: {e}")))? {
        match outcome {
            Ok((looked_at, hits)) => {
                found.places.push(Place { place: path.display().to_string(), looked_at, found: hits });
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => found.out_of_reach.push(format!("{}: {e}", path.display())),
        }
    }
    Ok(())
}

fn finder<'a>(words: impl Iterator<Item = &'a [u8]>) -> Result<AhoCorasick, Failure> {
    AhoCorasick::new(words).map_err(|e| Failure::Fault(format!("too much to search for at once: {e}")))
}

/// The files under a folder.
fn listed(folder: &Path, files: &mut Vec<(PathBuf, bool)>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            listed(&entry.path(), files)?;
        } else {
            files.push((entry.path(), true));
        }
    }
    Ok(())
}

/// How many bytes a file has, and how often one of the words is in it.
fn in_file(path: &Path, finder: &AhoCorasick, longest: usize) -> io::Result<(u64, u64)> {
    let mut file = File::open(path)?;
    let (mut looked_at, mut hits) = (0, 0);
    let mut kept: Vec<u8> = Vec::with_capacity(CHUNK + longest);
    let mut chunk = vec![0; CHUNK];
    loop {
        let read = file.read(&mut chunk)?;
        if read == 0 {
            return Ok((looked_at, hits));
        }
        looked_at += read as u64;
        let before = kept.len();
        kept.extend_from_slice(&chunk[..read]);
        // What ends in what was kept was counted with the piece before.
        hits += finder.find_iter(&kept).filter(|hit| hit.end() > before).count() as u64;
        let rest = kept.len().saturating_sub(longest.saturating_sub(1));
        kept.drain(..rest);
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn p4_a_word_is_found_once_wherever_a_piece_of_a_file_ends() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let finder = finder([b"canary".as_slice()].into_iter()).unwrap();
        for place in [0, CHUNK - 6, CHUNK - 5, CHUNK - 3, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 2] {
            let mut bytes = vec![b'x'; 2 * CHUNK + 100];
            bytes[place..place + 6].copy_from_slice(b"canary");
            std::fs::write(&path, &bytes).unwrap();
            assert_eq!(in_file(&path, &finder, 6).unwrap(), (bytes.len() as u64, 1), "at {place}");
        }
    }
}
