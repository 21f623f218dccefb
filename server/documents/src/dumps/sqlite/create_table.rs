//! What `CREATE TABLE …` says about how rows are stored: columns, key, rowid. `sqlite_schema` holds the statement as it was typed.

/// How a table's records are laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The stored columns, as declared.
    pub columns: Vec<String>,
    /// The places of the key's columns in `columns`.
    pub key: Vec<usize>,
    /// Rows are kept by key and have no rowid.
    pub without_rowid: bool,
    /// The column that is another name for the rowid, and stored as null.
    pub rowid_alias: Option<usize>,
}

impl Layout {
    /// For each value of a record, the place of its column: tables WITHOUT ROWID store their key first.
    pub fn stored_order(&self) -> Vec<usize> {
        if !self.without_rowid {
            return (0..self.columns.len()).collect();
        }
        let rest = (0..self.columns.len()).filter(|place| !self.key.contains(place));
        self.key.iter().copied().chain(rest).collect()
    }

    /// Reads the statement; none if it makes no ordinary table.
    pub fn of(statement: &str) -> Option<Self> {
        let tokens = tokens(statement);
        let open = tokens.iter().position(|token| token.is("("))?;
        if tokens[..open].iter().any(|token| token.is("VIRTUAL") || token.is("AS")) {
            return None;
        }
        let (definitions, end) = definitions(&tokens, open + 1);
        let without_rowid = tokens[end..].iter().any(|token| token.is("WITHOUT"));
        let mut layout = Self { columns: Vec::new(), key: Vec::new(), without_rowid, rowid_alias: None };
        let mut key: Vec<&str> = Vec::new();
        let mut integers: Vec<&str> = Vec::new();
        for definition in definitions {
            let [first, rest @ ..] = definition else { continue };
            if TABLE_CONSTRAINTS.iter().any(|word| first.is(word)) {
                key.extend(primary_key(definition));
                continue;
            }
            if generated(rest) {
                continue;
            }
            layout.columns.push(first.text.clone());
            if rest.first().is_some_and(|token| token.is("INTEGER")) {
                integers.push(&first.text);
            }
            // `INTEGER PRIMARY KEY DESC` is no alias, by an old mistake of SQLite's that is now its format.
            let primary = rest.windows(2).position(|pair| pair[0].is("PRIMARY") && pair[1].is("KEY"));
            if let Some(at) = primary {
                key.push(&first.text);
                if rest.get(at + 2).is_some_and(|token| token.is("DESC")) {
                    integers.clear();
                }
            }
        }
        for name in &key {
            let place = layout.columns.iter().position(|column| column.eq_ignore_ascii_case(name))?;
            if !layout.key.contains(&place) {
                layout.key.push(place);
            }
        }
        if let ([only], false) = (&layout.key[..], without_rowid) {
            let integer = integers.iter().any(|name| *name == layout.columns[*only]);
            layout.rowid_alias = integer.then_some(*only);
        }
        Some(layout)
    }
}

const TABLE_CONSTRAINTS: &[&str] = &["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"];

/// A word, a name or a sign.
#[derive(Debug, PartialEq)]
struct Token {
    text: String,
    quoted: bool,
}

impl Token {
    fn is(&self, word: &str) -> bool {
        !self.quoted && self.text.eq_ignore_ascii_case(word)
    }
}

/// The names in a table's `PRIMARY KEY (…)`.
fn primary_key(constraint: &[Token]) -> Vec<&str> {
    let at = constraint.windows(3).position(|it| it[0].is("PRIMARY") && it[1].is("KEY") && it[2].is("("));
    let Some(at) = at else { return Vec::new() };
    let mut names = Vec::new();
    let mut depth = 0_usize;
    let mut begins = true;
    for token in &constraint[at + 3..] {
        match token {
            sign if sign.is("(") => depth += 1,
            sign if sign.is(")") && depth == 0 => break,
            sign if sign.is(")") => depth -= 1,
            sign if sign.is(",") => begins = true,
            name if begins => {
                names.push(name.text.as_str());
                begins = false;
            }
            _ => {}
        }
    }
    names
}

/// Whether a column is worked out at reading, and so not stored.
fn generated(rest: &[Token]) -> bool {
    let worked_out = rest.windows(2).any(|pair| pair[0].is("AS") && pair[1].is("("));
    worked_out && !rest.iter().any(|token| token.is("STORED"))
}

/// The definitions between the outer brackets, and where they end.
fn definitions(tokens: &[Token], start: usize) -> (Vec<&[Token]>, usize) {
    let mut definitions = Vec::new();
    let (mut depth, mut from) = (0_usize, start);
    for (at, token) in tokens.iter().enumerate().skip(start) {
        if token.is("(") {
            depth += 1;
        } else if token.is(")") && depth > 0 {
            depth -= 1;
        } else if depth == 0 && (token.is(",") || token.is(")")) {
            definitions.push(&tokens[from..at]);
            from = at + 1;
            if token.is(")") {
                return (definitions, at);
            }
        }
    }
    (definitions, tokens.len())
}

fn tokens(statement: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = statement;
    while let Some(first) = rest.chars().next() {
        let quote = match first {
            '"' | '`' | '\'' => Some(first),
            '[' => Some(']'),
            _ => None,
        };
        if let Some(end) = quote {
            let (text, after) = quoted(&rest[1..], end);
            tokens.push(Token { text, quoted: true });
            rest = after;
        } else if let Some(comment) = rest.strip_prefix("--") {
            rest = comment.split_once('\n').map_or("", |(_, after)| after);
        } else if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/").map_or("", |(_, after)| after);
        } else {
            let word = |character: char| character.is_alphanumeric() || "_$".contains(character);
            let length = rest.find(|character| !word(character)).unwrap_or(rest.len()).max(first.len_utf8());
            if !first.is_whitespace() {
                tokens.push(Token { text: rest[..length].to_owned(), quoted: false });
            }
            rest = &rest[length..];
        }
    }
    tokens
}

/// What stands up to `end`, in which a doubled `end` is one, and what comes after it.
fn quoted(text: &str, end: char) -> (String, &str) {
    let mut name = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(end) {
        name.push_str(before);
        match after.strip_prefix(end).filter(|_| end != ']') {
            Some(more) => {
                name.push(end);
                rest = more;
            }
            None => return (name, after),
        }
    }
    name.push_str(rest);
    (name, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_keys_and_rowids() {
        let layout = Layout::of(
            "CREATE TABLE vote (tenant_id BLOB NOT NULL, -- whose, really\n \"post, id\" BLOB, value SMALLINT CHECK (value IN (-1, 0, 1)),
             doubled INT AS (value * 2), participant_id BLOB DEFAULT ')',
             PRIMARY KEY (tenant_id, participant_id COLLATE nocase DESC), FOREIGN KEY (tenant_id) REFERENCES t (id)) WITHOUT ROWID",
        )
        .unwrap();
        assert_eq!(layout.columns, ["tenant_id", "post, id", "value", "participant_id"]);
        assert!(layout.without_rowid && layout.rowid_alias.is_none());
        assert_eq!(layout.stored_order(), [0, 3, 1, 2]);

        let layout =
            Layout::of("CREATE TABLE [a] (`id` integer /* a, b */ primary key autoincrement, x)").unwrap();
        assert_eq!((layout.columns.len(), layout.rowid_alias, layout.without_rowid), (2, Some(0), false));
        assert_eq!(Layout::of("CREATE TABLE a (id INT PRIMARY KEY)").unwrap().rowid_alias, None);
        assert_eq!(
            Layout::of("CREATE TABLE a (x, id INTEGER, PRIMARY KEY (ID))").unwrap().rowid_alias,
            Some(1)
        );
        assert_eq!(Layout::of("CREATE VIRTUAL TABLE a USING fts5(x)"), None);
    }

    #[test]
    fn nonsense_is_no_table() {
        for text in
            ["", "(", "CREATE TABLE a", "CREATE TABLE a (", "CREATE TABLE a (PRIMARY KEY (b))", "\"", "é(é"]
        {
            let _ = Layout::of(text);
        }
        assert_eq!(Layout::of("CREATE TABLE a (PRIMARY KEY (b))"), None);
    }
}
