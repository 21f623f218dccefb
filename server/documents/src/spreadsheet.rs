//! Cells that a spreadsheet must not run: text that begins like a formula is shown, not calculated.
//!
//! An apostrophe is set before such text (OWASP, "CSV Injection"). So that reading gives back exactly what was written, text
//! that already begins with apostrophes and then a formula gets one more.

use std::borrow::Cow;

/// The text as a cell.
pub fn guarded(text: &str) -> Cow<'_, str> {
    match is_formula(text) {
        true => Cow::Owned(format!("'{text}")),
        false => Cow::Borrowed(text),
    }
}

/// The text of a cell that [`guarded`] made. Of other people's cells it changes only those that begin with an apostrophe and
/// then a formula.
pub fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if is_formula(text) => text,
        _ => cell,
    }
}

/// True when the text, apart from apostrophes before it, begins with a sign that starts a formula in some spreadsheet. A byte
/// order mark does not hide the sign: at the beginning of a file it would be taken away.
fn is_formula(text: &str) -> bool {
    text.trim_start_matches(['\'', '\u{FEFF}'])
        .starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_shown_not_run() {
        for formula in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            "＝1",
            "＋1",
            "－1",
            "＠SUM(A1)",
            "\u{FEFF}=1",
            "=HYPERLINK(\"http://x\")",
            "+cmd|' /C calc'!A0",
        ] {
            assert_eq!(guarded(formula), format!("'{formula}"));
        }
        for harmless in ["", "a=1", "'tis", "1-2", "“quoted”", " =1"] {
            assert_eq!(guarded(harmless), harmless);
        }
    }

    #[test]
    fn every_text_comes_back() {
        for text in [
            "",
            "'",
            "''",
            "=1",
            "'=1",
            "''=1",
            "\u{FEFF}=1",
            "'\u{FEFF}'=1",
            "\u{FEFF}plain",
            "- one\n- two",
            "'tis",
            "plain",
        ] {
            assert_eq!(unguarded(&guarded(text)), text);
        }
        assert_eq!(unguarded("=1"), "=1");
        assert_eq!(unguarded("'tis"), "'tis");
    }
}
