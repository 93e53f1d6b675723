//! The rows of a plan that were not taken, given back: in words, and as a file to be mended and imported again.

use super::{
    Stopped,
    report::{RowError, told_again},
};
use crate::{
    app::{
        App,
        imports::{FileHead, Page, RowFault, RowFilter, RowNote},
    },
    files::{Columns, ErrorsFile, KeptRow},
    i18n::lang::Lang,
};
use domain::{ImportId, import::ImportState};
use std::{
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};

/// Rows read at a time.
const PAGE: i64 = 500;

/// These faults of a row in words, with the columns of its file.
pub fn worded(head: &FileHead, note: &RowNote, faults: &[RowFault], lang: Lang) -> Vec<RowError> {
    let header = KeptRow::of_cells(1, 1, &head.header);
    let Ok(columns) = Columns::recognise(&header.as_row()) else { return Vec::new() };
    let row = as_sent(note);
    faults.iter().map(|fault| told_again(fault, &row.as_row(), &columns, lang)).collect()
}

fn as_sent(note: &RowNote) -> KeptRow {
    KeptRow::of_cells(note.row.number, note.row.says.line, &note.row.says.cells)
}

/// Why a row was not taken: what is wrong with it, or what came between.
pub fn faults_of(note: &RowNote) -> Vec<RowFault> {
    let between = note.left_out.iter().map(|code| RowFault { field: None, code: code.clone(), params: Vec::new() });
    note.row.says.faults.iter().cloned().chain(between).collect()
}

/// The rows of an import that are to be mended (refused, repeated, left out) as a file, piece by piece.
pub struct Mending {
    app: App,
    id: ImportId,
    import: ImportState,
    lang: Lang,
    columns: Columns,
    out: Gathered,
    file: Option<ErrorsFile<Gathered>>,
    beyond: Option<u64>,
}

impl Mending {
    /// Begins it. None: the rows of this import were purged.
    pub async fn begin(app: &App, id: ImportId, import: &ImportState, lang: Lang) -> Result<Option<Mending>, Stopped> {
        let Some(head) = app.import_rows().head(id, import.account).await? else { return Ok(None) };
        let header = KeptRow::of_cells(1, 1, &head.header);
        let columns = Columns::recognise(&header.as_row())?;
        let out = Gathered::default();
        let file = ErrorsFile::begin(out.clone(), &header.as_row(), &columns, head.separator, lang)?;
        let (app, import) = (app.clone(), import.clone());
        Ok(Some(Mending { app, id, import, lang, columns, out, file: Some(file), beyond: None }))
    }

    /// The next piece; none after the last.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, Stopped> {
        let Some(file) = &mut self.file else { return Ok(None) };
        let (filter, through) = (RowFilter::ToMend, self.import.done.through);
        let page = Page { filter, beyond: self.beyond, descending: false, limit: PAGE, through };
        let notes = self.app.import_rows().page(self.id, self.import.account, page).await?;
        for note in &notes {
            let row = as_sent(note);
            let told: Vec<String> = faults_of(note)
                .iter()
                .map(|fault| told_again(fault, &row.as_row(), &self.columns, self.lang).message)
                .collect();
            file.push(&row.as_row(), &told)?;
        }
        match notes.last() {
            Some(last) => self.beyond = Some(last.row.number),
            None => {
                self.file.take().map(ErrorsFile::finish).transpose()?;
            }
        }
        Ok(Some(self.out.take()))
    }
}

/// Bytes written and not yet handed on.
#[derive(Debug, Clone, Default)]
struct Gathered(Arc<Mutex<Vec<u8>>>);

impl Gathered {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Gathered {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
