//! A list as an Excel workbook, line by line in constant memory: rows go to a temporary file, and the
//! workbook is packed from it at the end.
//!
//! Every value is a text cell, never a formula, a number or a link, so `0612…`, `+33…` and `=…` stay what they are. The
//! columns are formatted as text too: an edit in Excel does not turn a number's leading zero away.
//!
//! Control characters that XML cannot hold are left out, and line breaks become LF as Excel has them.

use std::borrow::Cow;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, IgnoreError, Workbook, Worksheet, XlsxError};

use super::error::FileError;
use super::export::{Form, SUBSCRIBERS, SubscriberLine};

/// Rows a sheet holds, the header included.
const SHEET_ROWS: u32 = 1_048_576;

/// UTF-16 units a cell holds.
const CELL_UNITS: usize = 32_767;

/// An XLSX export being written.
pub struct XlsxExport {
    workbook: Workbook,
    text: Format,
    form: &'static Form,
    sheets: usize,
    sheet_rows: u32,
    /// Row of the sheet the next line goes to, from 0.
    next_row: u32,
    lines: u64,
    /// A row may be lost: nothing more is taken, and no file is made of it.
    broken: bool,
}

impl XlsxExport {
    /// Begins a workbook of subscribers. `created_at`, in seconds since 1970 UTC, is shown among its properties; rows wait in
    /// `temporary`, or the system's folder for such files.
    ///
    /// # Errors
    /// [`FileError::Workbook`] where no temporary file can be made.
    pub fn begin(created_at: i64, temporary: Option<&Path>) -> Result<Self, FileError> {
        Self::begin_with_rows(created_at, temporary, SHEET_ROWS)
    }

    /// As [`XlsxExport::begin`], of any list.
    ///
    /// # Errors
    /// [`FileError::Workbook`] where no temporary file can be made.
    pub fn begin_as(created_at: i64, temporary: Option<&Path>, form: &'static Form) -> Result<Self, FileError> {
        Self::begin_whole(created_at, temporary, SHEET_ROWS, form)
    }

    /// As [`XlsxExport::begin`], with shorter sheets for tests.
    pub(super) fn begin_with_rows(
        created_at: i64,
        temporary: Option<&Path>,
        sheet_rows: u32,
    ) -> Result<Self, FileError> {
        Self::begin_whole(created_at, temporary, sheet_rows, &SUBSCRIBERS)
    }

    fn begin_whole(
        created_at: i64,
        temporary: Option<&Path>,
        sheet_rows: u32,
        form: &'static Form,
    ) -> Result<Self, FileError> {
        let mut export = Self {
            workbook: Workbook::new(),
            text: Format::new().set_num_format("@").set_text_wrap().set_align(FormatAlign::Top),
            form,
            sheets: 0,
            sheet_rows,
            next_row: 0,
            lines: 0,
            broken: false,
        };
        contained(|| {
            if let Some(folder) = temporary {
                export.workbook.set_tempdir(folder)?;
            }
            let created = ExcelDateTime::from_timestamp(created_at)?;
            export.workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
            export.add_sheet()
        })?;
        Ok(export)
    }

    /// Adds a subscriber; a full sheet is followed by another.
    ///
    /// # Errors
    /// [`FileError::TooLongForExcel`]; [`FileError::Workbook`] where the temporary file cannot be written.
    pub fn push(&mut self, line: &SubscriberLine<'_>) -> Result<(), FileError> {
        self.push_cells(&line.cells())
    }

    /// Adds a line of any list: as many cells as its form has.
    ///
    /// # Errors
    /// As of [`XlsxExport::push`].
    pub fn push_cells(&mut self, cells: &[&str]) -> Result<(), FileError> {
        let cells: Vec<Cow<'_, str>> = cells.iter().map(|value| as_excel_text(value)).collect();
        for (value, column) in cells.iter().zip(self.form.header.iter().copied()) {
            // A text never has more UTF-16 units than bytes.
            if value.len() > CELL_UNITS {
                let length = value.encode_utf16().count();
                if length > CELL_UNITS {
                    let row = self.lines + 1;
                    return Err(FileError::TooLongForExcel { row, column, length, limit: CELL_UNITS });
                }
            }
        }
        self.refuse_if_broken()?;
        let written = contained(|| self.write(cells));
        self.broken = written.is_err();
        written
    }

    fn write(&mut self, cells: Vec<Cow<'_, str>>) -> Result<(), XlsxError> {
        if self.next_row == self.sheet_rows {
            self.add_sheet()?;
        }
        let sheet = self.workbook.worksheet_from_index(self.sheets - 1)?;
        for (column, value) in (0..).zip(cells) {
            if !value.is_empty() {
                // The format comes from the column: naming it here would look it up for every cell.
                sheet.write_string(self.next_row, column, value)?;
            }
        }
        self.next_row += 1;
        self.lines += 1;
        Ok(())
    }

    fn refuse_if_broken(&self) -> Result<(), FileError> {
        if self.broken {
            return Err(FileError::Workbook("an earlier row could not be written".to_owned()));
        }
        Ok(())
    }

    /// Packs the workbook into `out`, as a stream.
    ///
    /// # Errors
    /// [`FileError::Workbook`], [`FileError::Write`].
    pub fn finish<W: Write + Send>(mut self, out: W) -> Result<(), FileError> {
        self.refuse_if_broken()?;
        contained(|| self.workbook.save_to_writer(out))
    }

    fn add_sheet(&mut self) -> Result<(), XlsxError> {
        self.sheets += 1;
        let last_row = self.sheet_rows - 1;
        let bold = Format::new().set_bold();
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(match self.sheets {
            1 => self.form.sheet.to_owned(),
            more => format!("{} {more}", self.form.sheet),
        })?;
        sheet.set_freeze_panes(1, 0)?;
        for (column, width) in (0..).zip(self.form.widths.iter().copied()) {
            sheet.set_column_width(column, width)?;
            sheet.set_column_format(column, &self.text)?;
        }
        quiet_about_numbers(sheet, last_row, self.form)?;
        for (column, title) in (0..).zip(self.form.header.iter().copied()) {
            sheet.write_string_with_format(0, column, title, &bold)?;
        }
        self.next_row = 1;
        Ok(())
    }
}

/// Telephone numbers are meant to be texts: no green corner on each of them.
fn quiet_about_numbers(sheet: &mut Worksheet, last_row: u32, form: &Form) -> Result<(), XlsxError> {
    let last_column = (0..).zip(form.header).map(|(column, _)| column).last().unwrap_or(0);
    sheet.ignore_error_range(0, 0, last_row, last_column, IgnoreError::NumberStoredAsText)?;
    Ok(())
}

/// The value less what XML cannot hold, its line breaks as LF. Nearly every value comes back as it is, after one look at
/// its bytes: 0xEF begins the two forbidden signs that are not control characters.
fn as_excel_text(value: &str) -> Cow<'_, str> {
    if !value.bytes().any(|byte| matches!(byte, 0..=0x8 | 0xB..=0x1F | 0xEF)) {
        return Cow::Borrowed(value);
    }
    let breaks = value.replace("\r\n", "\n").replace('\r', "\n");
    Cow::Owned(breaks.chars().filter(|sign| !is_forbidden(*sign)).collect())
}

/// Outside XML 1.0's `Char`, section 2.2; `\r` is allowed there but handled apart.
fn is_forbidden(sign: char) -> bool {
    matches!(sign, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}')
}

/// The library panics where its temporary file cannot be written, on a full disk for one: that must stay an error of
/// this export alone. The export is given up afterwards (`broken`), so no half-written state is used again.
fn contained<T>(work: impl FnOnce() -> Result<T, XlsxError>) -> Result<T, FileError> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(XlsxError::IoError(error))) => Err(FileError::Write(error)),
        Ok(Err(error)) => Err(FileError::Workbook(error.to_string())),
        Err(_) => Err(FileError::Workbook("the temporary file cannot be written, the disk may be full".to_owned())),
    }
}
