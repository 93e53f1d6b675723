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

/// Someone who is searched for.
#[derive(Debug, Clone, Copy)]
pub struct Sought<'n> {
    /// Their stream's id.
    pub subject: Uuid,
    /// What was personal of them.
    pub needles: &'n Needles,
}

/// A word, and whose it is: places in the list of those who are searched for.
struct Word<'n> {
    text: &'n str,
    of: Vec<usize>,
}

/// Searches for the words of several people in one pass over everything; what was found of each, in their order.
pub async fn search(db: &Db, sought: &[Sought<'_>], folders: &[PathBuf]) -> Result<Vec<Found>, Failure> {
    if sought.is_empty() {
        return Ok(Vec::new());
    }
    let mut owners: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (person, one) in sought.iter().enumerate() {
        one.needles.all().for_each(|text| owners.entry(text).or_default().push(person));
    }
    let words: Vec<Word<'_>> = owners.into_iter().map(|(text, of)| Word { text, of }).collect();
    let finder = finder(words.iter().map(|word| word.text.as_bytes()))?;
    let own: Vec<String> = sought.iter().map(|one| one.subject.simple().to_string()).collect();
    // Words of each that are somebody else's too; what was looked at of each table; how often each was found in it.
    let mut shared: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); sought.len()];
    let mut places: BTreeMap<String, (u64, Vec<u64>)> = BTreeMap::new();
    for column in db.columns().await? {
        let nobody = OF_NOBODY.contains(&column.table.as_str());
        let (looked, hits) = places.entry(column.table.clone()).or_insert_with(|| (0, vec![0; sought.len()]));
        let mut values = db.values(&column);
        while let Some((value, ids)) = values.try_next().await? {
            *looked += 1;
            // One person's word may begin within another's: each is found.
            for hit in finder.find_overlapping_iter(&value) {
                let word = hit.pattern().as_usize();
                for &person in &words[word].of {
                    if nobody || ids.contains(&own[person]) || ids.trim().is_empty() {
                        hits[person] += 1;
                    } else {
                        shared[person].insert(word);
                    }
                }
            }
        }
    }
    let mut found: Vec<Found> =
        shared.iter().map(|shared| Found { shared: shared.len(), ..Found::default() }).collect();
    for (table, (looked_at, hits)) in places {
        for (found, hits) in found.iter_mut().zip(hits) {
            found.places.push(Place { place: format!("table {table}"), looked_at, found: hits });
        }
    }
    // Elsewhere it is not told whose a word is: those that are one person's alone are searched for.
    let alone = words.into_iter().enumerate().filter_map(|(n, word)| {
        let of: Vec<usize> = word.of.into_iter().filter(|person| !shared[*person].contains(&n)).collect();
        (!of.is_empty()).then_some(Word { text: word.text, of })
    });
    elsewhere(db, &alone.collect::<Vec<_>>(), folders, &mut found).await?;
    Ok(found)
}

/// Samples, the engine's files, folders of files: for the words that are one person's alone.
async fn elsewhere(db: &Db, words: &[Word<'_>], folders: &[PathBuf], found: &mut [Found]) -> Result<(), Failure> {
    let those: BTreeSet<usize> = words.iter().flat_map(|word| word.of.iter().copied()).collect();
    if those.is_empty() {
        return Ok(());
    }
    let place = |found: &mut [Found], place: &str, looked_at: u64, hits: &[u64]| {
        for &person in &those {
            let of: u64 = hits.iter().zip(words).filter(|(_, word)| word.of.contains(&person)).map(|(n, _)| n).sum();
            found[person].places.push(Place { place: place.to_owned(), looked_at, found: of });
        }
    };
    let plain = finder(words.iter().map(|word| word.text.as_bytes()))?;
    let samples = db.samples().await?;
    if !samples.is_empty() {
        let mut hits = vec![0; words.len()];
        for (_, text) in &samples {
            plain.find_overlapping_iter(text).for_each(|hit| hits[hit.pattern().as_usize()] += 1);
        }
        place(found, "samples of the engine", samples.len() as u64, &hits);
    }
    let mut out_of_reach = Vec::new();
    let mut files: Vec<(PathBuf, bool)> = Vec::new();
    match db.sqlite_path() {
        Some(path) => {
            for ending in ["", "-wal", "-journal"] {
                let mut path = path.to_owned();
                path.as_mut_os_string().push(ending);
                files.push((path, false));
            }
        }
        None => out_of_reach.push(
            "the files of PostgreSQL, its archived write-ahead log and its backups: every table was read instead, after it was written anew".to_owned(),
        ),
    }
    for folder in folders {
        if let Err(e) = listed(folder, &mut files) {
            out_of_reach.push(format!("{}: {e}", folder.display()));
        }
    }
    // Files that people drop may be in the encoding of their offices: a second pattern for each word.
    let latin: Vec<Vec<u8>> = words.iter().map(|word| WINDOWS_1252.encode(word.text).0.into_owned()).collect();
    let of_offices = finder(words.iter().map(|word| word.text.as_bytes()).chain(latin.iter().map(Vec::as_slice)))?;
    let (longest, count) = (words.iter().map(|word| word.text.len()).max().unwrap_or(0), words.len());
    let searched = tokio::task::spawn_blocking(move || {
        let one = |(path, dropped): &(PathBuf, bool)| {
            let finder = if *dropped { &of_offices } else { &plain };
            let mut hits = vec![0; count];
            (path.clone(), in_file(path, finder, longest, |pattern| hits[pattern % count] += 1), hits)
        };
        files.iter().map(one).collect::<Vec<_>>()
    });
    for (path, outcome, hits) in searched.await.map_err(|e| Failure::Fault(format!("searching files: {e}")))? {
        match outcome {
            Ok(looked_at) => place(found, &path.display().to_string(), looked_at, &hits),
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => out_of_reach.push(format!("{}: {e}", path.display())),
        }
    }
    for &person in &those {
        found[person].out_of_reach.extend(out_of_reach.iter().cloned());
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

/// How many bytes a file has; each pattern that is in it is told, as often as it is.
fn in_file(path: &Path, finder: &AhoCorasick, longest: usize, mut tell: impl FnMut(usize)) -> io::Result<u64> {
    let mut file = File::open(path)?;
    let mut looked_at = 0;
    let mut kept: Vec<u8> = Vec::with_capacity(CHUNK + longest);
    let mut chunk = vec![0; CHUNK];
    loop {
        let read = file.read(&mut chunk)?;
        if read == 0 {
            return Ok(looked_at);
        }
        looked_at += read as u64;
        let before = kept.len();
        kept.extend_from_slice(&chunk[..read]);
        // What ends in what was kept was counted with the piece before.
        let hits = finder.find_overlapping_iter(&kept).filter(|hit| hit.end() > before);
        hits.for_each(|hit| tell(hit.pattern().as_usize()));
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
            let mut hits = 0;
            assert_eq!(in_file(&path, &finder, 6, |_| hits += 1).unwrap(), bytes.len() as u64);
            assert_eq!(hits, 1, "at {place}");
        }
    }
}
