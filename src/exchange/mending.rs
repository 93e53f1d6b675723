//! The rows of a plan that were not taken, given back: in words, and as a file to be mended and imported again; or mended already, to be planned anew.

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
use domain::{ImportId, import::ImportState, values::ImportStatus};
use std::{
    collections::BTreeMap,
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};

/// Cells that somebody mended: by row, as a spreadsheet counts, and place in it.
pub type Mended = BTreeMap<u64, BTreeMap<usize, String>>;

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

fn as_mended(note: &RowNote, mended: &Mended) -> KeptRow {
    let mut cells = note.row.says.cells.clone();
    for (place, text) in mended.get(&note.row.number).into_iter().flatten() {
        // A row may end before its file's last column.
        if cells.len() <= *place {
            cells.resize(place + 1, String::new());
        }
        cells[*place].clone_from(text);
    }
    KeptRow::of_cells(note.row.number, note.row.says.line, &cells)
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
    filter: RowFilter,
    /// What takes the place of cells; none of a file that says what is wrong with each row.
    mended: Option<Mended>,
}

impl Mending {
    /// The file anew with what was mended, to be planned in the place of this import; or, where that was applied already, of its rows to be mended. None:
    /// the rows of this import were purged.
    pub async fn mended(
        app: &App,
        id: ImportId,
        import: &ImportState,
        lang: Lang,
        mended: Mended,
    ) -> Result<Option<Mending>, Stopped> {
        let filter = if import.status == ImportStatus::Planned { RowFilter::Any } else { RowFilter::ToMend };
        Mending::of(app, id, import, lang, (filter, Some(mended))).await
    }

    /// Begins it. None: the rows of this import were purged.
    pub async fn begin(app: &App, id: ImportId, import: &ImportState, lang: Lang) -> Result<Option<Mending>, Stopped> {
        Mending::of(app, id, import, lang, (RowFilter::ToMend, None)).await
    }

    async fn of(
        app: &App,
        id: ImportId,
        import: &ImportState,
        lang: Lang,
        (filter, mended): (RowFilter, Option<Mended>),
    ) -> Result<Option<Mending>, Stopped> {
        let Some(head) = app.import_rows().head(id, import.account).await? else { return Ok(None) };
        let header = KeptRow::of_cells(1, 1, &head.header);
        let columns = Columns::recognise(&header.as_row())?;
        let out = Gathered::default();
        let (row, separator) = (header.as_row(), head.separator);
        let file = match &mended {
            None => ErrorsFile::begin(out.clone(), &row, &columns, separator, lang)?,
            Some(_) => ErrorsFile::begin_mended(out.clone(), &row, &columns, separator)?,
        };
        let (app, import) = (app.clone(), import.clone());
        Ok(Some(Mending { app, id, import, lang, columns, out, file: Some(file), beyond: None, filter, mended }))
    }

    /// The next piece; none after the last.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, Stopped> {
        let Some(file) = &mut self.file else { return Ok(None) };
        let (filter, through) = (self.filter, self.import.done.through);
        let page = Page { filter, beyond: self.beyond, descending: false, limit: PAGE, through };
        let notes = self.app.import_rows().page(self.id, self.import.account, page).await?;
        for note in &notes {
            if let Some(mended) = &self.mended {
                // Rows that ask for nothing were not kept, and are not missed.
                if !note.row.says.cells.is_empty() {
                    file.push::<&str>(&as_mended(note, mended).as_row(), &[])?;
                }
                continue;
            }
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
