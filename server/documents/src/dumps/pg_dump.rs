//! `pg_dump --format=plain`: the `COPY … FROM stdin;` blocks. Their rows come as the heap holds them.

use super::{
    Cell, Dump, DumpRefusal, MAX_COLUMNS, MAX_DUMP_BYTES, MAX_ROWS, MAX_TABLES, Row, Table, at_most,
};

/// How pg_dump's custom format begins.
const CUSTOM_FORMAT: &[u8] = b"PGDMP";
/// What ends a block's rows.
const END_OF_ROWS: &str = "\\.";
/// How `NULL` is written.
const NULL: &str = "\\N";

/// Reads the tables of a plain text dump, each row at its place in the heap.
///
/// # Errors
/// A [`DumpRefusal`].
pub fn read_pg_dump(bytes: &[u8]) -> Result<Dump, DumpRefusal> {
    at_most("bytes", bytes.len(), MAX_DUMP_BYTES)?;
    if bytes.starts_with(CUSTOM_FORMAT) {
        return Err(DumpRefusal::CustomFormat);
    }
    let text = str::from_utf8(bytes).map_err(|_| DumpRefusal::NotADump)?;
    let mut tables: Vec<Table> = Vec::new();
    let (mut rows, mut inside) = (0, false);
    for (line, number) in text.lines().zip(1..) {
        match tables.last_mut().filter(|_| inside) {
            Some(_) if line == END_OF_ROWS => inside = false,
            Some(table) => {
                rows += 1;
                at_most("rows", rows, MAX_ROWS)?;
                let row = row(line, table.rows.len() as u64, table.columns.len());
                table.rows.push(row.map_err(|what| DumpRefusal::Line { line: number, what })?);
            }
            None if line.starts_with("INSERT INTO ") => return Err(DumpRefusal::Inserts { line: number }),
            None => {
                if let Some(table) = heading(line).map_err(|what| DumpRefusal::Line { line: number, what })? {
                    at_most("tables", tables.len() + 1, MAX_TABLES)?;
                    at_most("columns", table.columns.len(), MAX_COLUMNS)?;
                    tables.push(table);
                    inside = true;
                }
            }
        }
    }
    if inside {
        return Err(DumpRefusal::Line { line: text.lines().count(), what: "the dump ends within a table" });
    }
    if tables.is_empty() {
        return Err(DumpRefusal::NotADump);
    }
    Ok(Dump { tables, ..Dump::default() })
}

/// The table of `COPY schema.table (columns) FROM stdin;`; none for any other line.
fn heading(line: &str) -> Result<Option<Table>, &'static str> {
    let Some(rest) = line.strip_prefix("COPY ") else { return Ok(None) };
    let Some(rest) = rest.strip_suffix(" FROM stdin;") else { return Ok(None) };
    let names = names(rest)?;
    let mut split = names.split(|name| name == "(");
    let name = split.next().and_then(<[String]>::last).ok_or("a COPY without a table")?.clone();
    let columns = split.next().ok_or("a COPY without its columns")?.to_vec();
    Ok(Some(Table { name, columns, rows: Vec::new() }))
}

/// The names of a heading, unquoted, with `(` between the table's and the columns'.
fn names(text: &str) -> Result<Vec<String>, &'static str> {
    let mut names = Vec::new();
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' => {
                let mut name = String::new();
                loop {
                    match characters.next().ok_or("a name that does not end")? {
                        '"' if characters.next_if_eq(&'"').is_some() => name.push('"'),
                        '"' => break,
                        other => name.push(other),
                    }
                }
                names.push(name);
            }
            '(' => names.push("(".to_owned()),
            '.' | ',' | ' ' | ')' => {}
            first => {
                let mut name = String::from(first);
                while let Some(next) = characters.next_if(|next| !".,() \"".contains(*next)) {
                    name.push(next);
                }
                names.push(name);
            }
        }
    }
    Ok(names)
}

fn row(line: &str, position: u64, columns: usize) -> Result<Row, &'static str> {
    // A table without columns has empty lines.
    let values: Vec<Cell> =
        if columns == 0 { Vec::new() } else { line.split('\t').map(cell).collect::<Result<_, _>>()? };
    if values.len() != columns {
        return Err("a row has more or fewer values than its table has columns");
    }
    Ok(Row { position, rowid: None, place: None, values })
}

fn cell(field: &str) -> Result<Cell, &'static str> {
    if field == NULL {
        return Ok(Cell::Null);
    }
    let text = unescaped(field)?;
    Ok(bytea(&text).map_or(Cell::Text(text), Cell::Blob))
}

/// Undoes COPY's backslashes.
fn unescaped(field: &str) -> Result<String, &'static str> {
    const NOT_TEXT: &str = "a value that is not text";
    if !field.contains('\\') {
        return Ok(field.to_owned());
    }
    let bytes = field.as_bytes();
    let (mut plain, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        if byte != b'\\' {
            plain.push(byte);
            continue;
        }
        let escape = *bytes.get(at).ok_or("a value that ends with a backslash")?;
        at += 1;
        plain.push(match escape {
            b'b' => 0x08,
            b'f' => 0x0c,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 0x0b,
            b'x' => numeral(bytes, &mut at, 16, 2).ok_or(NOT_TEXT)?,
            b'0'..=b'7' => {
                at -= 1;
                numeral(bytes, &mut at, 8, 3).ok_or(NOT_TEXT)?
            }
            other => other,
        });
    }
    String::from_utf8(plain).map_err(|_| NOT_TEXT)
}

/// One to `most` digits at `at`, which moves behind them.
fn numeral(bytes: &[u8], at: &mut usize, base: u32, most: usize) -> Option<u8> {
    let digits = bytes[*at..].iter().take(most).map_while(|byte| char::from(*byte).to_digit(base));
    let (value, count) = digits.fold((0, 0), |(value, count), digit| (value * base + digit, count + 1));
    *at += count;
    if count == 0 { None } else { u8::try_from(value).ok() }
}

/// The bytes of `\x…`.
fn bytea(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("\\x")?.as_bytes();
    if digits.len() % 2 != 0 {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    digits.chunks(2).map(|pair| u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DUMP: &str = r#"--
-- PostgreSQL database dump
--
CREATE TABLE public.person (id uuid NOT NULL, "own ""name""" text, request bytea);

COPY public.person (id, "own ""name""", request) FROM stdin;
67e55044-10b1-426f-9247-bb680e5fe0c8	a\tb\\c\nd	\\x00ff10
f9168c5e-ceb2-4faa-b6bf-329bf39fa1e4	\N	\N
f9168c5e-ceb2-4faa-b6bf-329bf39fa1e5		\\x
\.

COPY odd."Table" (n) FROM stdin;
\.
"#;

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    #[test]
    fn blocks_are_read_in_physical_order() {
        let dump = read_pg_dump(DUMP.as_bytes()).unwrap();
        let [person, odd] = &dump.tables[..] else { panic!("two tables") };
        assert_eq!((person.name.as_str(), odd.name.as_str()), ("person", "Table"));
        assert_eq!(person.columns, ["id", "own \"name\"", "request"]);
        let rows: Vec<_> = person.rows.iter().map(|row| (row.position, &row.values[1..])).collect();
        assert_eq!(rows[0], (0, &[text("a\tb\\c\nd"), Cell::Blob(vec![0, 255, 16])][..]));
        assert_eq!(rows[1], (1, &[Cell::Null, Cell::Null][..]));
        assert_eq!(rows[2], (2, &[text(""), Cell::Blob(vec![])][..]));
        assert!(odd.rows.is_empty());
    }

    #[test]
    fn other_dumps_are_refused_with_what_to_do() {
        let refusal = |text: &str| read_pg_dump(text.as_bytes()).unwrap_err();
        assert_eq!(
            refusal("--\nINSERT INTO public.person VALUES (1);\n").to_string(),
            "line 2: this dump holds INSERT statements: make it with `pg_dump --format=plain`, without --inserts or --column-inserts"
        );
        assert_eq!(refusal("PGDMP\u{1}\u{10}"), DumpRefusal::CustomFormat);
        assert_eq!(refusal("hello"), DumpRefusal::NotADump);
        assert_eq!(read_pg_dump(&[0xff]).unwrap_err(), DumpRefusal::NotADump);
        assert!(matches!(refusal("COPY t (a, b) FROM stdin;\n1\n\\.\n"), DumpRefusal::Line { line: 2, .. }));
        assert!(matches!(refusal("COPY t (a) FROM stdin;\n1\n"), DumpRefusal::Line { line: 2, .. }));
        assert!(matches!(refusal("COPY t (a) FROM stdin;\n1\\\n\\.\n"), DumpRefusal::Line { line: 2, .. }));
    }

    #[test]
    fn mangled_dumps_are_read_or_refused_and_nothing_else() {
        let mut state = 1_u64;
        let mut draw = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below
        };
        for _ in 0..20_000 {
            let mut bytes = DUMP.as_bytes().to_vec();
            for _ in 0..=draw(4) {
                let at = draw(bytes.len());
                bytes[at] = b"\\\t\n\"(.)x07N\xff"[draw(12)];
            }
            bytes.truncate(draw(bytes.len() * 4));
            let _ = read_pg_dump(&bytes);
        }
    }
}
