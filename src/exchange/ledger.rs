//! What became of the rows of a file, in its order: counts, the first errors, the errors file.

use super::{
    import::ImportOptions,
    report::{Fault, ImportReport, RowError, warnings},
    stopped::Stopped,
};
use crate::{
    files::{Columns, ErrorsFile, FileError, KeptRow, TextEncoding},
    i18n::lang::Lang,
};
use std::io::{self, Write};

/// How a row ended.
pub(super) enum End {
    /// A new contact.
    Created,
    /// Its contact changed.
    Updated,
    /// Its contact was so already.
    Unchanged,
    /// A row above means the same contact.
    Duplicate(Fault),
    /// It cannot be taken.
    Rejected(Vec<Fault>),
    /// The service failed: neither done nor refused.
    Unknown,
}

/// Keeps count of one file.
pub(super) struct Ledger<W: Write, E> {
    /// The report so far.
    pub report: ImportReport,
    lang: Lang,
    errors_kept: usize,
    file: Option<(KeptRow, Columns, u8)>,
    open_errors: Option<E>,
    errors: Option<ErrorsFile<W>>,
    /// The errors file cannot be written.
    pub failure: Option<FileError>,
}

impl<W: Write, E: FnOnce() -> io::Result<W>> Ledger<W, E> {
    pub fn new(options: &ImportOptions, open_errors: E) -> Ledger<W, E> {
        Ledger {
            report: ImportReport { dry_run: options.dry_run, ..ImportReport::default() },
            lang: options.lang,
            errors_kept: options.errors_kept,
            file: None,
            open_errors: Some(open_errors),
            errors: None,
            failure: None,
        }
    }

    pub fn open(&mut self, header: KeptRow, columns: Columns, separator: u8) {
        self.report.warnings = warnings(&columns, self.lang);
        self.file = Some((header, columns, separator));
    }

    pub fn read(&mut self, blank: u64, encoding: TextEncoding) {
        self.report.counts.blank = blank;
        self.report.encoding = Some(encoding.name());
        self.report.counts.sum();
    }

    pub fn tell(&mut self, row: &KeptRow, end: End) {
        let counts = &mut self.report.counts;
        let faults = match end {
            End::Created => {
                counts.created += 1;
                vec![]
            }
            End::Updated => {
                counts.updated += 1;
                vec![]
            }
            End::Unchanged => {
                counts.unchanged += 1;
                vec![]
            }
            End::Duplicate(fault) => {
                counts.duplicates += 1;
                vec![fault]
            }
            End::Rejected(faults) => {
                counts.rejected += 1;
                faults
            }
            End::Unknown => return,
        };
        counts.sum();
        if faults.is_empty() {
            return;
        }
        let told = self.worded(row, &faults);
        let Some((header, columns, separator)) = &self.file else { return };
        if let Some(open) = self.open_errors.take() {
            let begun = open().map_err(FileError::Write);
            let begun = begun.and_then(|out| ErrorsFile::begin(out, &header.as_row(), columns, *separator, self.lang));
            match begun {
                Ok(file) => self.errors = Some(file),
                Err(error) => self.failure = Some(error),
            }
        }
        if let Some(errors) = &mut self.errors {
            let messages: Vec<&str> = told.iter().map(|error| error.message.as_str()).collect();
            if let Err(error) = errors.push(&row.as_row(), &messages) {
                self.failure.get_or_insert(error);
            }
        }
        let room = self.errors_kept.saturating_sub(self.report.errors.len());
        self.report.errors.extend(told.into_iter().take(room));
    }

    /// These faults of a row as a person reads them.
    pub fn worded(&self, row: &KeptRow, faults: &[Fault]) -> Vec<RowError> {
        let Some((_, columns, _)) = &self.file else { return Vec::new() };
        faults.iter().map(|fault| fault.told(&row.as_row(), columns, self.lang)).collect()
    }

    pub fn finish(&mut self) -> Result<Option<W>, Stopped> {
        if let Some(failure) = self.failure.take() {
            return Err(failure.into());
        }
        Ok(self.errors.take().map(ErrorsFile::finish).transpose()?)
    }
}
