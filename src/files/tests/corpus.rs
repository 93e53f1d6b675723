//! A corpus made by code: every encoding, separator and line end a spreadsheet writes, crossed, and oddities on top.
//! "Zoé Müller-Œuvre €" must survive in all of them.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::super::{ClientFile, FileError, FileKind, ReadOptions, TextEncoding};

/// How a program writes text.
#[derive(Clone, Copy, Debug)]
pub(super) enum Written {
    Utf8,
    Utf8WithMark,
    Utf16Le,
    Utf16LeWithMark,
    Utf16Be,
    Utf16BeWithMark,
    Windows1252,
    Iso8859_15,
    MacRoman,
}

pub(super) const EVERY_WAY: [Written; 9] = [
    Written::Utf8,
    Written::Utf8WithMark,
    Written::Utf16Le,
    Written::Utf16LeWithMark,
    Written::Utf16Be,
    Written::Utf16BeWithMark,
    Written::Windows1252,
    Written::Iso8859_15,
    Written::MacRoman,
];

impl Written {
    pub(super) fn bytes(self, text: &str) -> Vec<u8> {
        let legacy = |encoding: &'static encoding_rs::Encoding| {
            let (bytes, _, lost) = encoding.encode(text);
            assert!(!lost, "{text} in {}", encoding.name());
            bytes.into_owned()
        };
        match self {
            Self::Utf8 => text.as_bytes().to_vec(),
            Self::Utf8WithMark => format!("\u{FEFF}{text}").into_bytes(),
            Self::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Self::Utf16LeWithMark => format!("\u{FEFF}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Self::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            Self::Utf16BeWithMark => format!("\u{FEFF}{text}").encode_utf16().flat_map(u16::to_be_bytes).collect(),
            Self::Windows1252 => legacy(encoding_rs::WINDOWS_1252),
            Self::Iso8859_15 => legacy(encoding_rs::ISO_8859_15),
            Self::MacRoman => legacy(encoding_rs::MACINTOSH),
        }
    }

    fn encoding(self) -> TextEncoding {
        match self {
            Self::Utf8 | Self::Utf8WithMark => TextEncoding::Utf8,
            Self::Utf16Le | Self::Utf16LeWithMark => TextEncoding::Utf16Le,
            Self::Utf16Be | Self::Utf16BeWithMark => TextEncoding::Utf16Be,
            Self::Windows1252 => TextEncoding::Windows1252,
            Self::Iso8859_15 => TextEncoding::Iso8859_15,
            Self::MacRoman => TextEncoding::MacRoman,
        }
    }
}

/// The list every program writes in its own way; `|` stands for the separator and a line feed for the line end.
const LIST: &str = "ID|Nom|Prénom|E-mail|Adresse\n\
    1|Müller-Œuvre|Zoé|zoe@example.org|\"3 bis, rue du Bœuf; étage 2\"\n\
    2|Prix: 12 €|Zoé Müller-Œuvre €||Église\n";

fn check(bytes: &[u8], encoding: TextEncoding, separator: u8, what: &str) {
    let mut file = ClientFile::open(bytes, &ReadOptions::default()).unwrap();
    assert_eq!(file.separator(), separator, "{what}");
    let first = file.next_row().unwrap().unwrap();
    assert_eq!(first.row.problem, None, "{what}");
    assert_eq!(first.client.last_name, Some("Müller-Œuvre"), "{what}");
    assert_eq!(first.client.first_name, Some("Zoé"), "{what}");
    assert_eq!(first.client.address, Some("3 bis, rue du Bœuf; étage 2"), "{what}");
    let second = file.next_row().unwrap().unwrap();
    assert_eq!(second.client.first_name, Some("Zoé Müller-Œuvre €"), "{what}");
    assert_eq!(second.client.last_name, Some("Prix: 12 €"), "{what}");
    assert!(file.next_row().unwrap().is_none(), "{what}");
    assert_eq!(file.encoding(), encoding, "{what}");
}

#[test]
fn a12_every_encoding_separator_and_line_end() {
    let mut files = 0;
    for written in EVERY_WAY {
        for separator in [';', ',', '\t', '|'] {
            for line_end in ["\n", "\r\n", "\r"] {
                let text = LIST.replace('|', &separator.to_string()).replace('\n', line_end);
                let what = format!("{written:?} {separator:?} {line_end:?}");
                check(&written.bytes(&text), written.encoding(), separator as u8, &what);
                files += 1;
            }
        }
    }
    assert_eq!(files, 108);
}

#[test]
fn a12_oddities_change_nothing() {
    let semicolons = LIST.replace('|', ";");
    let oddities = [
        ("no line end at the end", semicolons.trim_end().to_owned()),
        ("blank lines before, between and after", format!("\n\n{}\n\n;;;;\n", semicolons.replace("\n2", "\n \n;;\n2"))),
        ("a stray separator at each line's end", semicolons.replace('\n', ";\n")),
        ("a sep= line", format!("sep=;\n{semicolons}")),
        ("a SEP= line in quotes", format!("\"SEP=;\"\n{semicolons}")),
        (
            "every cell in quotes",
            semicolons
                .replace("\"3 bis, rue du Bœuf; étage 2\"", "3 bis, rue du Bœuf# étage 2")
                .lines()
                .map(|line| format!("\"{}\"\n", line.replace(';', "\";\"")))
                .collect::<String>()
                .replace('#', ";"),
        ),
        ("titles in capitals", semicolons.replace("Nom;Prénom", "NOM;PRÉNOM")),
    ];
    for (what, text) in oddities {
        for written in EVERY_WAY {
            check(&written.bytes(&text), written.encoding(), b';', &format!("{what}, {written:?}"));
        }
    }
}

#[test]
fn a12_the_first_accent_may_stand_anywhere() {
    for padding in [10_usize, 262_140, 262_143, 262_144, 262_145, 600_000] {
        for written in [Written::Utf8, Written::Windows1252, Written::Iso8859_15, Written::MacRoman] {
            let mut text = String::from("ID;Nom\n");
            while text.len() < padding {
                text.push_str("1;Dupont\n");
            }
            text.push_str("2;Zoé Müller-Œuvre €\n");
            let bytes = written.bytes(&text);
            let mut file = ClientFile::open(&*bytes, &ReadOptions::default()).unwrap();
            let mut last = String::new();
            while let Some(sent) = file.next_row().unwrap() {
                last = sent.client.last_name.unwrap().to_owned();
            }
            assert_eq!(last, "Zoé Müller-Œuvre €", "{written:?} after {padding}");
            assert_eq!(file.encoding(), written.encoding());
        }
    }
}

#[test]
fn a12_a_character_cut_by_the_window_is_no_evidence_against_utf8() {
    for shift in ["", "x"] {
        let text = format!("Nom\nЖ{shift}{}\n", "Жуков;".repeat(30_000).replace(';', "\n"));
        let mut file = ClientFile::open(text.as_bytes(), &ReadOptions::default()).unwrap();
        while file.next_row().unwrap().is_some() {}
        assert_eq!(file.encoding(), TextEncoding::Utf8);
    }
}

#[test]
fn a12_short_legacy_files_are_read_as_french() {
    let names = [
        "Zoé",
        "Benoît",
        "François",
        "Noël",
        "Hélène",
        "HÉLÈNE",
        "Garçon",
        "Ibañez",
        "CŒUR",
        "Bœuf",
        "l’Été",
        "À côté",
        "« Le Bourg »",
        "Évrard",
        "Forêt",
        "Maëlys",
        "12 €",
        "n° 3",
        "Où ça",
        "Strauß",
    ];
    for name in names {
        for written in [Written::Windows1252, Written::MacRoman, Written::Iso8859_15] {
            // Latin 9 has no typographic quotes.
            if matches!(written, Written::Iso8859_15) && name.contains('’') {
                continue;
            }
            let bytes = written.bytes(&format!("ID;Nom\n1;{name}\n"));
            let mut file = ClientFile::open(&*bytes, &ReadOptions::default()).unwrap();
            assert_eq!(file.next_row().unwrap().unwrap().client.last_name, Some(name), "{written:?}");
        }
    }
}

#[test]
fn a12_capitals_before_typographic_marks_do_not_make_utf8() {
    let text = "ID;Nom\n1;L’UNITÉ’S\n2;Zoé\n3;Léa\n4;Noël\n5;Hélène\n6;Inès\n";
    let bytes = Written::Windows1252.bytes(text);
    let mut file = ClientFile::open(&*bytes, &ReadOptions::default()).unwrap();
    assert_eq!(file.next_row().unwrap().unwrap().client.last_name, Some("L’UNITÉ’S"));
}

#[test]
fn a12_the_senders_word_on_the_encoding_is_taken() {
    let options = ReadOptions { encoding: Some(TextEncoding::Windows1252), ..ReadOptions::default() };
    let mut file = ClientFile::open("ID;Nom\n1;Zoé\n".as_bytes(), &options).unwrap();
    assert_eq!(file.next_row().unwrap().unwrap().client.last_name, Some("ZoÃ©"));
    for encoding in TextEncoding::ALL {
        assert_eq!(TextEncoding::from_name(encoding.name()), Some(encoding));
    }
}

#[test]
fn a12_other_files_named_csv_are_told_by_name() {
    let zip = |part: &str| [b"PK\x03\x04\x14\0\0\0\x08\0".as_slice(), part.as_bytes(), &[0; 20]].concat();
    let cases: [(Vec<u8>, FileKind); 13] = [
        (zip("[Content_Types].xml....xl/workbook.xml"), FileKind::ExcelWorkbook),
        (zip("mimetypeapplication/vnd.oasis.opendocument.spreadsheet"), FileKind::OpenDocument),
        (zip("word/document.xml"), FileKind::WordDocument),
        (zip("photo.jpg"), FileKind::Zip),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0".to_vec(), FileKind::OldOffice),
        (b"%PDF-1.7\n".to_vec(), FileKind::Pdf),
        (b"\x1F\x8B\x08\0".to_vec(), FileKind::Gzip),
        (b"{\\rtf1\\ansi".to_vec(), FileKind::RichText),
        (b"\r\n <HTML><body><table>".to_vec(), FileKind::WebPage),
        (b"<?xml version=\"1.0\"?>".to_vec(), FileKind::Xml),
        (b"\xFF\xFE\0\0I\0\0\0D\0\0\0".to_vec(), FileKind::Utf32),
        (b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR".to_vec(), FileKind::Binary),
        (b"ID;Nom\n1;\0\0\0\0\0\0\n".to_vec(), FileKind::Binary),
    ];
    for (bytes, expected) in cases {
        let error = ClientFile::open(&*bytes, &ReadOptions::default()).unwrap_err();
        assert_eq!(error.code(), "NOT_CSV");
        assert!(matches!(error, FileError::NotCsv { kind } if kind == expected), "{error} for {expected:?}");
    }
}
