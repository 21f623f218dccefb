//! Rolls as organisations send them, and as attackers would.

use std::cell::RefCell;

use domain::roll::{Column, EmailRefusal, RowReason};
use rust_xlsxwriter::{Formula, Workbook, Worksheet};

use super::*;

const HEAD: &str = "Email,Organisation,Staff group,Own reference\n";
/// Rows of a whole health and care system.
const SYSTEM_ROWS: u32 = 80_000;

fn csv(text: &str) -> Result<RollFile, RollRefusal> {
    read_roll(RollKind::Csv, text.as_bytes(), &|_| {})
}

fn xlsx(fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    fill(workbook.add_worksheet());
    workbook.save_to_buffer().unwrap()
}

fn write_rows(sheet: &mut Worksheet, rows: &[&[&str]]) {
    for (row, cells) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(*cells) {
            sheet.write_string(row, column, *cell).unwrap();
        }
    }
}

fn read_xlsx(bytes: &[u8]) -> Result<RollFile, RollRefusal> {
    read_roll(RollKind::Xlsx, bytes, &|_| {})
}

/// Line, address, organisation, staff group and own reference of each good row.
fn people(file: &RollFile) -> Vec<(u64, &str, &str, &str, &str)> {
    file.rows
        .iter()
        .map(|numbered| {
            let row = &numbered.row;
            let (group, reference) = (row.staff_group.as_deref(), row.own_reference.as_deref());
            let (group, reference) = (group.unwrap_or_default(), reference.unwrap_or_default());
            (numbered.line, row.email.as_str(), row.organisation.as_str(), group, reference)
        })
        .collect()
}

fn problems(file: &RollFile) -> Vec<(u64, Option<Column>, RowReason)> {
    file.problems.iter().map(|problem| (problem.line, problem.column, problem.reason.clone())).collect()
}

#[test]
fn csv_of_every_separator_with_or_without_a_mark() {
    let text = "\u{feff}E-mail;Employer;Surname;Group;Staff number\r\n\r\n\
        Jo@A.example;UHB;Bloggs;\"Nursing; adults\";0007\r\n;;;;\r\nal@b.example;icb;;;\r\n";
    for (separator, mark) in [(";", true), (";", false), ("\t", true), (",", false)] {
        let mut text = text.replace("; adults", " adults").replace(';', separator);
        if !mark {
            text = text.replace('\u{feff}', "");
        }
        let file = csv(&text).unwrap();
        let al = (5, "al@b.example", "icb", "", "");
        assert_eq!(people(&file), [(3, "Jo@a.example", "uhb", "Nursing adults", "0007"), al], "{text}");
        assert!(file.problems.is_empty());
        assert_eq!(file.ignored_columns, ["Surname"]);
    }
    assert_eq!(people(&csv(text).unwrap())[0].3, "Nursing; adults");
}

#[test]
fn wrong_rows_are_listed_and_good_ones_given() {
    let text = format!(
        "{HEAD}jo@a.example,uhb,,\nnobody,uhb,,\n,,,\n,,Nursing,\njo,al@a.example,uhb,,\nal@a.example,uhb\n\
         \"di@a.example\nBcc: x@a.example\",uhb,,\nmo@a.example,uhb,\"a\nb\",\nkim@a.example,uhb,,,,\nli@a.example,uhb,{},\na@a.example,b,c,d,e\n",
        "x".repeat(MAX_CELL_CHARACTERS + 1)
    );
    let file = csv(&text).unwrap();
    let lines: Vec<_> = people(&file).iter().map(|person| person.0).collect();
    assert_eq!(lines, [2, 12]);
    let expected = [
        (3, Some(Column::Email), EmailRefusal::NotOneAt.into()),
        (5, Some(Column::Email), EmailRefusal::Empty.into()),
        (5, Some(Column::Organisation), RowReason::NoOrganisation),
        // The comma too many is hidden by an empty cell at the end, so the cells are wrong instead.
        (6, Some(Column::Email), EmailRefusal::NotOneAt.into()),
        (6, Some(Column::Organisation), RowReason::NotAShortName),
        (7, None, RowReason::CellCount { found: 2, expected: 4 }),
        (8, Some(Column::Email), EmailRefusal::Blank.into()),
        (10, Some(Column::StaffGroup), RowReason::Unfit),
        (13, None, RowReason::TooLong { characters: 1_001, most: 1_000 }),
        (14, None, RowReason::CellCount { found: 5, expected: 4 }),
    ];
    assert_eq!(problems(&file), expected);
}

#[test]
fn formulas_and_markup_are_inert_or_refused() {
    let nasty = ["=HYPERLINK(\"\"http://x\"\")", "+cmd", "@SUM(1)", "<img src=x onerror=alert(1)>"];
    for cell in nasty {
        let file = csv(&format!(
            "{HEAD}jo@a.example,uhb,\"{cell}\",\"{cell}\"\n\"{cell}\",uhb,,\njo@a.example,\"{cell}\",,\n"
        ));
        let file = file.unwrap();
        let text = cell.replace("\"\"", "\"");
        assert_eq!(people(&file), [(2, "jo@a.example", "uhb", text.as_str(), text.as_str())]);
        let places: Vec<_> = file.problems.iter().map(|problem| (problem.line, problem.column)).collect();
        assert_eq!(places, [(3, Some(Column::Email)), (4, Some(Column::Organisation))]);
        assert!(!file.problems.iter().any(|problem| problem.to_string().contains("cmd")));
    }
}

#[test]
fn csv_files_that_cannot_be_trusted_are_refused() {
    let windows = b"email,organisation,group\njo@a.example,uhb,\xC4rzte\n";
    let refused = |bytes: &[u8]| read_roll(RollKind::Csv, bytes, &|_| {}).unwrap_err();
    assert_eq!(refused(windows), RollRefusal::NotUtf8 { line: 2 });
    assert!(refused(windows).to_string().contains("choose Save As, then “CSV UTF-8"));
    assert_eq!(refused(b"\xFF\xFEe\0m\0"), RollRefusal::NotUtf8 { line: 1 });
    assert_eq!(refused(b"e\0m\0a\0i\0l\0"), RollRefusal::NotUtf8 { line: 1 });
    for empty in ["", "\n\n", " , \n,,", "\u{feff}"] {
        assert_eq!(csv(empty), Err(RollRefusal::Empty), "{empty:?}");
    }
    assert_eq!(csv("name,email\n"), Err(RollRefusal::MissingColumns(vec!["organisation"])));
    assert_eq!(csv("email,organisation\n\"a,b\nc,d\n"), Err(RollRefusal::BrokenQuote { line: 2 }));
    assert_eq!(refused(&vec![b'a'; MAX_FILE_BYTES + 1]), RollRefusal::TooLarge);
    let rows = "a,b\n".repeat(MAX_ROWS as usize);
    assert_eq!(csv(&format!("email,organisation\n{rows}")).unwrap().problems.len(), MAX_ROWS as usize);
    assert_eq!(csv(&format!("email,organisation\n{rows}a,b\n")), Err(RollRefusal::TooManyRows));
}

#[test]
fn kinds_are_told_by_name_and_first_bytes() {
    let of = RollKind::of;
    assert_eq!(of("Roll.CSV", b"email"), Ok(RollKind::Csv));
    assert_eq!(of("roll.v2.xlsx", b"PK\x03\x04"), Ok(RollKind::Xlsx));
    assert_eq!(of("roll.xls", b"\xD0\xCF\x11\xE0\xA1"), Err(RollRefusal::OldWorkbook));
    assert_eq!(of("locked.xlsx", b"\xD0\xCF\x11\xE0\xA1"), Err(RollRefusal::OldWorkbook));
    for (name, bytes) in [("roll.xlsx", &b"email"[..]), ("roll.csv", b"PK\x03\x04"), ("roll", b"email")] {
        assert_eq!(of(name, bytes), Err(RollRefusal::UnknownKind));
    }
}

#[test]
fn workbooks_are_read_as_text_without_calculating() {
    let bytes = xlsx(|sheet| {
        write_rows(sheet, &[&[], &["Surname", "Email", "Organisation", "Group", "Staff number"]]);
        sheet.write_url_with_text(2, 1, "mailto:evil@x.example", "jo@a.example").unwrap();
        sheet.write_string(2, 2, " UHB ").unwrap();
        sheet.write_string(2, 3, "=HYPERLINK(\"http://x\")").unwrap();
        sheet.write_number(2, 4, 12_345).unwrap();
        let formula = Formula::new("LOWER(\"AL@A.EXAMPLE\")").set_result("al@a.example");
        sheet.write_formula(4, 1, formula).unwrap();
        sheet.write_string(4, 2, "icb").unwrap();
        sheet.write_number(4, 4, 1.5).unwrap();
        sheet.write_formula(5, 1, Formula::new("HYPERLINK(\"http://x\")").set_result("http://x")).unwrap();
        sheet.write_boolean(5, 2, true).unwrap();
        sheet.write_string(6, 0, "Bloggs").unwrap();
    });
    let file = read_xlsx(&bytes).unwrap();
    let jo = (3, "jo@a.example", "uhb", "=HYPERLINK(\"http://x\")", "12345");
    assert_eq!(people(&file), [jo, (5, "al@a.example", "icb", "", "1.5")]);
    assert_eq!(file.ignored_columns, ["Surname"]);
    let expected = [
        (6, Some(Column::Email), EmailRefusal::NotOneAt.into()),
        (6, Some(Column::Organisation), RowReason::NotText),
        (7, Some(Column::Email), EmailRefusal::Empty.into()),
        (7, Some(Column::Organisation), RowReason::NoOrganisation),
    ];
    assert_eq!(problems(&file), expected);
}

#[test]
fn the_first_worksheet_that_can_be_seen_is_read() {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().set_hidden(true);
    for name in ["jo@a.example", "al@a.example"] {
        write_rows(workbook.add_worksheet(), &[&["email", "employer"], &[name, "uhb"]]);
    }
    workbook.worksheet_from_index(1).unwrap().set_active(true);
    let file = read_xlsx(&workbook.save_to_buffer().unwrap()).unwrap();
    assert_eq!(people(&file), [(2, "jo@a.example", "uhb", "", "")]);
    assert_eq!(read_xlsx(&xlsx(|_| {})), Err(RollRefusal::Empty));
    let head_far_out = xlsx(|sheet| drop(sheet.write_string(0, MAX_COLUMNS as u16, "email")));
    assert_eq!(read_xlsx(&head_far_out), Err(RollRefusal::TooManyColumns));
}

/// The directory entry and end record of a ZIP archive with one part.
struct Crafted<'a> {
    name: &'a str,
    method: u16,
    data: &'a [u8],
    declared: u32,
    extra: &'a [u8],
    comment: &'a [u8],
}

impl Default for Crafted<'_> {
    fn default() -> Self {
        Self { name: "xl/media/a.bin", method: 0, data: b"", declared: 0, extra: b"", comment: b"" }
    }
}

impl Crafted<'_> {
    fn bytes(&self) -> Vec<u8> {
        let [packed, name, extra] =
            [self.data, self.name.as_bytes(), self.extra].map(|part| part.len() as u32);
        let mut bytes = [b"PK\x03\x04".as_slice(), &[0; 22]].concat();
        bytes.extend((name as u16).to_le_bytes());
        bytes.extend([0, 0]);
        bytes.extend(self.name.bytes());
        bytes.extend(self.data);
        let directory_at = bytes.len() as u32;
        bytes.extend(b"PK\x01\x02\0\0\0\0\0\0");
        bytes.extend(self.method.to_le_bytes());
        bytes.extend([0; 8]);
        bytes.extend(packed.to_le_bytes());
        bytes.extend(self.declared.to_le_bytes());
        bytes.extend((name as u16).to_le_bytes());
        bytes.extend((extra as u16).to_le_bytes());
        bytes.extend([0; 14]);
        bytes.extend(self.name.bytes());
        bytes.extend(self.extra);
        let directory_bytes = bytes.len() as u32 - directory_at;
        bytes.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
        bytes.extend(directory_bytes.to_le_bytes());
        bytes.extend(directory_at.to_le_bytes());
        bytes.extend((self.comment.len() as u16).to_le_bytes());
        bytes.extend(self.comment);
        bytes
    }
}

/// `count` times the same byte, deflated.
fn deflated(count: usize) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&vec![b' '; count]).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn bombs_are_refused_by_what_they_declare_and_by_what_they_are() {
    let data = deflated(8 << 20);
    let bomb = Crafted { method: 8, data: &data, ..Crafted::default() };
    let check = |crafted: Crafted<'_>| archive::check(&crafted.bytes());
    assert_eq!(check(Crafted { declared: 8 << 20, ..bomb }), Ok(()));
    assert_eq!(check(Crafted { declared: 1_000, ..bomb }), Err(RollRefusal::UnpacksTooLarge));
    assert_eq!(check(Crafted { declared: u32::MAX, ..bomb }), Err(RollRefusal::UnpacksTooLarge));
    assert_eq!(check(Crafted { declared: 9 << 20, ..bomb }), Err(RollRefusal::Unreadable));
    for (name, verdict) in [
        ("xl/worksheets/sheet1.xml", Ok(())),
        ("xl/SharedStrings.xml", Ok(())),
        ("xl/styles.xml", Err(RollRefusal::UnpacksTooLarge)),
        ("xl/worksheets/Styles.XML", Err(RollRefusal::UnpacksTooLarge)),
        ("xl/worksheets/_rels/a.rels", Err(RollRefusal::UnpacksTooLarge)),
    ] {
        assert_eq!(check(Crafted { name, declared: 8 << 20, ..bomb }), verdict, "{name}");
    }
    assert_eq!(read_xlsx(&Crafted { declared: 1_000, ..bomb }.bytes()), Err(RollRefusal::UnpacksTooLarge));
}

#[test]
fn archives_that_two_readers_could_see_differently_are_refused() {
    let stored = Crafted { data: b"abc", declared: 3, ..Crafted::default() };
    let check = |crafted: Crafted<'_>| archive::check(&crafted.bytes());
    assert_eq!(check(stored), Ok(()));
    let stored = || Crafted { data: b"abc", declared: 3, ..Crafted::default() };
    for crafted in [
        Crafted { comment: b"PK\x05\x06", ..stored() },
        Crafted { method: 12, ..stored() },
        Crafted { extra: b"\x75\x70\x01\0x", ..stored() },
        Crafted { extra: b"\x01\0\x08\0\0\0\0\0\0\0\0\0", ..stored() },
        Crafted { extra: b"\x01\x01\xff", ..stored() },
        Crafted { extra: b"\xff\xff\x14\0PK\x06\x07\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", ..stored() },
        Crafted { name: "a.xml", ..Crafted { data: b"a\0b", ..stored() } },
    ] {
        assert_eq!(check(crafted), Err(RollRefusal::Unreadable));
    }
    let bytes = stored().bytes();
    assert_eq!(archive::check(&[b"MZ".as_slice(), &bytes].concat()), Err(RollRefusal::Unreadable));
    assert_eq!(archive::check(&[&bytes, b"PK".as_slice()].concat()), Err(RollRefusal::Unreadable));
}

#[test]
fn a_number_of_texts_that_would_take_all_memory_is_refused() {
    let check = |text: &str| {
        let declared = text.len() as u32;
        archive::check(
            &Crafted { name: "xl/sharedStrings.xml", data: text.as_bytes(), declared, ..Crafted::default() }
                .bytes(),
        )
    };
    assert_eq!(check("<sst uniqueCount=\"2000000\">"), Ok(()));
    for count in ["=\"2000001\"", "=\"99999999999999999999\"", " = \"9\"", "='9'", "=\"&#57;\"", "", "=\""] {
        let text = format!("<sst uniqueCount{count}>");
        assert_eq!(check(&text), Err(RollRefusal::UnpacksTooLarge), "{count}");
        // Wherever the pieces in which a part is unpacked end.
        for before in (65_536 - 50)..65_540 {
            let text = format!("{}{text}{}", " ".repeat(before), " ".repeat(100));
            assert_eq!(check(&text), Err(RollRefusal::UnpacksTooLarge), "{count} after {before}");
        }
    }
}

/// Every workbook that is one byte or one cut away from a good one is read or refused, never a panic.
#[test]
fn damaged_workbooks_are_refused_or_read() {
    let bytes = xlsx(|sheet| write_rows(sheet, &[&["email", "employer"], &["jo@a.example", "uhb"]]));
    assert_eq!(read_xlsx(&bytes).unwrap().rows.len(), 1);
    for at in (0..bytes.len()).step_by(7) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x55;
        let _ = read_xlsx(&damaged);
        assert!(read_xlsx(&bytes[..at]).is_err());
    }
}

fn person(number: u32) -> [String; 4] {
    let email = format!("first.last{number}@trust{}.example", number % 7);
    [email, format!("org-{}", number % 13), "Nursing and midwifery".into(), format!("{number:06}")]
}

#[test]
fn a_whole_system_is_read_with_progress() {
    let mut text = HEAD.to_owned();
    for number in 0..SYSTEM_ROWS {
        text += &(person(number).join(",") + "\n");
    }
    let workbook = xlsx(|sheet| {
        write_rows(sheet, &[&["Email", "Organisation", "Staff group", "Own reference"]]);
        for number in 0..SYSTEM_ROWS {
            for (column, cell) in (0..).zip(person(number)) {
                sheet.write_string(number + 1, column, cell).unwrap();
            }
        }
    });
    let told = RefCell::new(Vec::new());
    let progress = |rows| told.borrow_mut().push(rows);
    let from_csv = read_roll(RollKind::Csv, text.as_bytes(), &progress).unwrap();
    assert_eq!(from_csv.rows.len(), SYSTEM_ROWS as usize);
    assert_eq!(told.borrow().len(), 81);
    assert_eq!(told.borrow().last(), Some(&u64::from(SYSTEM_ROWS)));
    let from_xlsx = read_roll(RollKind::Xlsx, &workbook, &progress).unwrap();
    assert_eq!(from_xlsx, from_csv);
}
