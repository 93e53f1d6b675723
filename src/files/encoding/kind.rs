//! What a file really is when it is no text: told by its first bytes, so that the sender learns "this is an Excel
//! workbook" and not "line 1 has strange characters".

use std::fmt;

/// A kind of file that is no CSV.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileKind {
    /// An Excel workbook (`.xlsx`, `.xlsm`).
    ExcelWorkbook,
    /// A LibreOffice spreadsheet (`.ods`).
    OpenDocument,
    /// A Word document (`.docx`).
    WordDocument,
    /// Any other ZIP archive.
    Zip,
    /// A file of an Office before 2007 (`.xls`, `.doc`).
    OldOffice,
    /// A PDF document.
    Pdf,
    /// A compressed file (gzip).
    Gzip,
    /// A rich text document.
    RichText,
    /// A web page, also with an `.xls` or `.csv` name.
    WebPage,
    /// An XML document.
    Xml,
    /// Text in UTF-32, which no spreadsheet writes.
    Utf32,
    /// Bytes that are no text.
    Binary,
}

impl FileKind {
    /// Judged by the first bytes; `None` where it may be text.
    pub(super) fn recognise(head: &[u8]) -> Option<Self> {
        const OLE: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
        if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
            return Some(Self::of_zip(head));
        }
        let text_start = head.trim_ascii_start();
        let begins = |word: &[u8]| text_start.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        let kind = match head {
            _ if head.starts_with(OLE) => Self::OldOffice,
            _ if head.starts_with(b"%PDF-") => Self::Pdf,
            _ if head.starts_with(&[0x1F, 0x8B]) => Self::Gzip,
            _ if head.starts_with(&[0xFF, 0xFE, 0, 0]) || head.starts_with(&[0, 0, 0xFE, 0xFF]) => Self::Utf32,
            _ if head.starts_with(b"{\\rtf") => Self::RichText,
            _ if begins(b"<!doctype html") || begins(b"<html") || begins(b"<table") => Self::WebPage,
            _ if begins(b"<?xml") => Self::Xml,
            _ => return None,
        };
        Some(kind)
    }

    /// The names of a ZIP's parts stand in clear among its first bytes.
    fn of_zip(head: &[u8]) -> Self {
        let holds = |name: &[u8]| head.windows(name.len()).any(|part| part == name);
        if holds(b"application/vnd.oasis.opendocument") {
            Self::OpenDocument
        } else if holds(b"xl/") {
            Self::ExcelWorkbook
        } else if holds(b"word/") {
            Self::WordDocument
        } else {
            Self::Zip
        }
    }

    /// The stable code, the same in every language and version.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::ExcelWorkbook => "EXCEL_WORKBOOK",
            Self::OpenDocument => "OPEN_DOCUMENT",
            Self::WordDocument => "WORD_DOCUMENT",
            Self::Zip => "ZIP",
            Self::OldOffice => "OLD_OFFICE",
            Self::Pdf => "PDF",
            Self::Gzip => "GZIP",
            Self::RichText => "RICH_TEXT",
            Self::WebPage => "WEB_PAGE",
            Self::Xml => "XML",
            Self::Utf32 => "UTF_32",
            Self::Binary => "BINARY",
        }
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::ExcelWorkbook => "an Excel workbook: save it as CSV first",
            Self::OpenDocument => "a LibreOffice document: save it as CSV first",
            Self::WordDocument => "a Word document",
            Self::Zip => "a ZIP archive",
            Self::OldOffice => "an Excel or Word file from before 2007: save it as CSV first",
            Self::Pdf => "a PDF document",
            Self::Gzip => "a compressed file",
            Self::RichText => "a rich text document",
            Self::WebPage => "a web page: open it in a spreadsheet and save it as CSV first",
            Self::Xml => "an XML document",
            Self::Utf32 => "text in UTF-32: save it as UTF-8 first",
            Self::Binary => "binary data",
        })
    }
}
