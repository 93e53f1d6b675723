//! Bytes to text, as a stream: any encoding a spreadsheet writes becomes UTF-8, in pieces of bounded size.
//!
//! The order of judgement: the caller's word, a byte-order mark, UTF-16 by its zero bytes, then strict UTF-8, then the
//! legacy encodings (`guess`). The last two are told apart only at the first byte that is not ASCII, wherever it stands:
//! up to there all of them agree, so nothing read before can have been wrong. Once UTF-8 is settled a stray byte stops
//! nothing: U+FFFD takes its place, and its offset is kept so that the row it spoils can be named.
//!
//! Knows nothing of rows. Next: `csv_in`.

mod guess;
mod kind;

use std::collections::VecDeque;
use std::io::{ErrorKind, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding};

use super::error::FileError;

pub use kind::FileKind;

/// Bytes looked at to tell encodings apart, and read at a time.
const WINDOW: usize = 256 * 1024;

/// The encodings a client file may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextEncoding {
    /// UTF-8, with or without a byte-order mark; also plain ASCII.
    Utf8,
    /// UTF-16, low byte first: Excel's "Unicode text".
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// Excel's CSV on Windows in Western Europe.
    Windows1252,
    /// Latin 9, of older Unix programs: Latin 1 with `€`, `œ` and `Œ`.
    Iso8859_15,
    /// Excel's CSV on a Mac.
    MacRoman,
}

impl TextEncoding {
    /// Every encoding, for a choice on screen.
    pub const ALL: [Self; 6] =
        [Self::Utf8, Self::Windows1252, Self::Iso8859_15, Self::MacRoman, Self::Utf16Le, Self::Utf16Be];

    /// The name people know it by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
            Self::Windows1252 => "Windows-1252",
            Self::Iso8859_15 => "ISO-8859-15",
            Self::MacRoman => "Mac Roman",
        }
    }

    /// Reads a name as people and programs write it (`utf8`, `CP1252`, `latin9`, `macintosh`); `None` if unknown.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        match plain.to_ascii_lowercase().as_str() {
            "utf8" => Some(Self::Utf8),
            "utf16" | "utf16le" => Some(Self::Utf16Le),
            "utf16be" => Some(Self::Utf16Be),
            "windows1252" | "cp1252" | "ansi" | "iso88591" | "latin1" => Some(Self::Windows1252),
            "iso885915" | "latin9" => Some(Self::Iso8859_15),
            "macroman" | "macintosh" => Some(Self::MacRoman),
            _ => None,
        }
    }

    fn codec(self) -> &'static Encoding {
        match self {
            Self::Utf8 => encoding_rs::UTF_8,
            Self::Utf16Le => encoding_rs::UTF_16LE,
            Self::Utf16Be => encoding_rs::UTF_16BE,
            Self::Windows1252 => encoding_rs::WINDOWS_1252,
            Self::Iso8859_15 => encoding_rs::ISO_8859_15,
            Self::MacRoman => encoding_rs::MACINTOSH,
        }
    }

    /// The byte-order mark a file in this encoding may begin with.
    fn mark(self) -> &'static [u8] {
        match self {
            Self::Utf8 => &[0xEF, 0xBB, 0xBF],
            Self::Utf16Le => &[0xFF, 0xFE],
            Self::Utf16Be => &[0xFE, 0xFF],
            Self::Windows1252 | Self::Iso8859_15 | Self::MacRoman => &[],
        }
    }

    fn by_mark(head: &[u8]) -> Option<Self> {
        [Self::Utf8, Self::Utf16Le, Self::Utf16Be].into_iter().find(|encoding| head.starts_with(encoding.mark()))
    }
}

/// A source of bytes read as text.
#[derive(Debug)]
pub struct TextStream<R> {
    source: R,
    source_ended: bool,
    bytes_read: u64,
    byte_limit: u64,
    window: Vec<u8>,
    window_size: usize,
    /// The part of `window` not yet decoded begins here.
    next: usize,
    decoder: CurrentDecoder,
    /// The last byte before the first that is not ASCII: a neighbour to judge it by.
    last_ascii: u8,
    finished: bool,
    /// Bytes of UTF-8 handed out.
    produced: u64,
    /// Offsets, in what was handed out, of each U+FFFD that stands for undecodable bytes.
    damage: VecDeque<u64>,
}

struct CurrentDecoder {
    encoding: TextEncoding,
    /// False while only ASCII was seen: then UTF-8 is a safe assumption, not a verdict.
    settled: bool,
    codec: Decoder,
}

impl std::fmt::Debug for CurrentDecoder {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_tuple("CurrentDecoder").field(&self.encoding).field(&self.settled).finish()
    }
}

impl CurrentDecoder {
    fn new(encoding: TextEncoding, settled: bool) -> Self {
        Self { encoding, settled, codec: encoding.codec().new_decoder_without_bom_handling() }
    }
}

impl<R: Read> TextStream<R> {
    /// Reads the first window and judges it. `forced` is the sender's word and is not questioned.
    ///
    /// # Errors
    /// [`FileError::Empty`], [`FileError::NotCsv`], [`FileError::TooBig`] (more than `byte_limit` bytes),
    /// [`FileError::Read`].
    pub fn open(source: R, forced: Option<TextEncoding>, byte_limit: u64) -> Result<Self, FileError> {
        Self::open_with_window(source, forced, byte_limit, WINDOW)
    }

    /// As [`TextStream::open`], with another window: tests show that its size never changes the text.
    pub(super) fn open_with_window(
        source: R,
        forced: Option<TextEncoding>,
        byte_limit: u64,
        window_size: usize,
    ) -> Result<Self, FileError> {
        let mut stream = Self {
            source,
            source_ended: false,
            bytes_read: 0,
            byte_limit,
            window: Vec::with_capacity(window_size),
            window_size,
            next: 0,
            decoder: CurrentDecoder::new(TextEncoding::Utf8, false),
            last_ascii: b' ',
            finished: false,
            produced: 0,
            damage: VecDeque::new(),
        };
        stream.fill()?;
        stream.judge_head(forced)?;
        Ok(stream)
    }

    fn judge_head(&mut self, forced: Option<TextEncoding>) -> Result<(), FileError> {
        let head = &self.window;
        if head.is_empty() {
            return Err(FileError::Empty);
        }
        if let Some(kind) = FileKind::recognise(head) {
            return Err(FileError::NotCsv { kind });
        }
        let told = forced.or_else(|| TextEncoding::by_mark(head));
        let encoding = match told {
            None if head.contains(&0) => Some(guess::utf16(head).ok_or(FileError::NotCsv { kind: FileKind::Binary })?),
            told => told,
        };
        if let Some(encoding) = encoding {
            if head.starts_with(encoding.mark()) {
                self.next = encoding.mark().len();
            }
            self.decoder = CurrentDecoder::new(encoding, true);
        }
        Ok(())
    }

    /// The encoding used. As long as only ASCII was read this is UTF-8, and a later byte may still tell otherwise: ask
    /// again at the end.
    #[must_use]
    pub fn encoding(&self) -> TextEncoding {
        self.decoder.encoding
    }

    /// Appends the next piece of text to `out`; false at the end. A piece never ends inside a character.
    ///
    /// # Errors
    /// [`FileError::TooBig`], [`FileError::Read`].
    pub fn next_text(&mut self, out: &mut String) -> Result<bool, FileError> {
        let before = out.len();
        while !self.finished && out.len() == before {
            if self.next == self.window.len() {
                self.fill()?;
            }
            let until = self.settle()?;
            self.decode(until, out);
        }
        Ok(out.len() > before)
    }

    /// True where undecodable bytes were replaced before `offset` of the text; forgets them.
    pub(super) fn damaged_before(&mut self, offset: u64) -> bool {
        let count = self.damage.iter().take_while(|at| **at < offset).count();
        self.damage.drain(..count);
        count > 0
    }

    /// How much of the window may be decoded now: all once the encoding is settled, before that its ASCII beginning.
    /// Where there is none, the encoding is settled on as full a window as the source gives.
    fn settle(&mut self) -> Result<usize, FileError> {
        if self.decoder.settled {
            return Ok(self.window.len());
        }
        let ascii = Encoding::ascii_valid_up_to(&self.window[self.next..]);
        if ascii > 0 || self.next == self.window.len() {
            self.last_ascii = self.window[..self.next + ascii].last().copied().unwrap_or(self.last_ascii);
            return Ok(self.next + ascii);
        }
        self.fill()?;
        let encoding = guess::by_high_bytes(self.last_ascii, &self.window[self.next..], self.source_ended);
        self.decoder = CurrentDecoder::new(encoding, true);
        Ok(self.window.len())
    }

    fn decode(&mut self, until: usize, out: &mut String) {
        let last = self.source_ended && until == self.window.len();
        loop {
            let piece = &self.window[self.next..until];
            let need = self.decoder.codec.max_utf8_buffer_length_without_replacement(piece.len());
            // The length is unknown only beyond the address space; any growth will do then, the loop goes on.
            out.reserve(need.unwrap_or(piece.len()) + '\u{FFFD}'.len_utf8());
            let before = out.len();
            let (result, read) = self.decoder.codec.decode_to_string_without_replacement(piece, out, last);
            self.next += read;
            self.produced += (out.len() - before) as u64;
            match result {
                DecoderResult::InputEmpty => {
                    self.finished = last;
                    return;
                }
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => {
                    self.damage.push_back(self.produced);
                    out.push('\u{FFFD}');
                    self.produced += '\u{FFFD}'.len_utf8() as u64;
                }
            }
        }
    }

    /// Moves what is left to the front and reads until the window is full or the source ends.
    fn fill(&mut self) -> Result<(), FileError> {
        self.window.drain(..self.next);
        self.next = 0;
        while !self.source_ended && self.window.len() < self.window_size {
            let held = self.window.len();
            self.window.resize(self.window_size, 0);
            let read = self.source.read(&mut self.window[held..]);
            self.window.truncate(held + read.as_ref().map_or(0, |count| *count));
            match read {
                Ok(0) => self.source_ended = true,
                Ok(count) => self.bytes_read += count as u64,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(FileError::Read(error)),
            }
            if self.bytes_read > self.byte_limit {
                return Err(FileError::TooBig { limit: self.byte_limit });
            }
        }
        Ok(())
    }
}
