//! People's text: what is cleaned silently, what is refused with a reason, and the limits.
//!
//! Posts are plain text. Nothing here escapes HTML: that is done where HTML is made.

use thiserror::Error;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use unicode_segmentation::UnicodeSegmentation;

/// Longest contribution or comment, in characters as people count them (grapheme clusters, UAX #29).
pub const MAX_BODY_CHARACTERS: usize = 3_000;
/// Longest contribution or comment, in bytes of UTF-8: room for 3,000 characters of any living script.
pub const MAX_BODY_BYTES: usize = 24_000;
/// Most accents that one letter may carry; Vietnamese and Hebrew need three, "zalgo" text uses dozens.
pub const MAX_MARKS_PER_LETTER: usize = 5;
/// Most line breaks in a row that are kept.
pub const MAX_BLANK_LINES: usize = 2;

/// Why a text was turned away. Each says what to do.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TextRefusal {
    /// Nothing, or only spaces.
    #[error("Write something first. The box is empty.")]
    Empty,
    /// Longer than the limit.
    #[error("Make it shorter. It has {characters} characters and the most is {MAX_BODY_CHARACTERS}.")]
    TooLong {
        /// How long it is, in grapheme clusters.
        characters: usize,
    },
    /// Stacked accents that would cover other people's words.
    #[error(
        "Take out the stacked accents. Some letters have more than {MAX_MARKS_PER_LETTER}, which hides other words."
    )]
    StackedMarks,
    /// A NUL character, which no keyboard types.
    #[error("Type the text again. It holds a character that cannot be stored.")]
    Unstorable,
}

/// A contribution's or comment's text after cleaning: NFC, `\n` line ends, no control or direction-override characters,
/// 1 to [`MAX_BODY_CHARACTERS`] characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body(String);

impl Body {
    /// Cleans `raw` and checks it.
    ///
    /// # Errors
    /// A [`TextRefusal`] that tells the writer what to change; the caller keeps `raw` in the form.
    pub fn parse(raw: &str) -> Result<Self, TextRefusal> {
        if raw.contains('\0') {
            return Err(TextRefusal::Unstorable);
        }
        if raw.len() > 4 * MAX_BODY_BYTES {
            return Err(TextRefusal::TooLong { characters: raw.chars().count() });
        }
        let unified = raw.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}'], "\n");
        let kept: String = unified.nfc().filter(|c| keeps(*c)).collect();
        let text = squeeze_blank_lines(kept.trim());
        if text.is_empty() || text.chars().all(is_invisible) {
            return Err(TextRefusal::Empty);
        }
        if has_stacked_marks(&text) {
            return Err(TextRefusal::StackedMarks);
        }
        let characters = text.graphemes(true).count();
        if characters > MAX_BODY_CHARACTERS || text.len() > MAX_BODY_BYTES {
            return Err(TextRefusal::TooLong { characters: characters.max(MAX_BODY_CHARACTERS + 1) });
        }
        Ok(Self(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, owned.
    pub fn into_string(self) -> String {
        self.0
    }
}

/// Control characters go, except line ends and tabs. So do the explicit direction controls (UAX #9), with which a post could
/// turn the page round it: the page isolates each post by `dir="auto"` instead.
fn keeps(c: char) -> bool {
    match c {
        '\n' | '\t' => true,
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' => false,
        '\u{E0000}'..='\u{E007F}' => false,
        c => !c.is_control(),
    }
}

fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{00AD}' | '\u{034F}' | '\u{115F}' | '\u{3164}')
}

fn squeeze_blank_lines(text: &str) -> String {
    let mut squeezed = String::with_capacity(text.len());
    let mut line_ends = 0;
    for c in text.chars() {
        line_ends = if c == '\n' { line_ends + 1 } else { 0 };
        if line_ends <= MAX_BLANK_LINES {
            squeezed.push(c);
        }
    }
    squeezed
}

fn has_stacked_marks(text: &str) -> bool {
    let mut marks = 0;
    text.nfd().any(|c| {
        marks = if is_combining_mark(c) { marks + 1 } else { 0 };
        marks > MAX_MARKS_PER_LETTER
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(raw: &str) -> Result<String, TextRefusal> {
        Body::parse(raw).map(Body::into_string)
    }

    #[test]
    fn ordinary_text_of_many_scripts_is_untouched() {
        for text in [
            "Rotas come too late.",
            "Tiếng Việt",
            "שָׁלוֹם",
            "العربية",
            "ਪੰਜਾਬੀ",
            "👩🏽‍⚕️ thanks",
            "<script>alert(1)</script>",
        ] {
            assert_eq!(clean(text).unwrap(), text.nfc().collect::<String>());
        }
    }

    #[test]
    fn line_ends_controls_and_overrides() {
        assert_eq!(clean("a\r\nb\rc").unwrap(), "a\nb\nc");
        assert_eq!(clean("a\u{7}b\u{202E}c").unwrap(), "abc");
        assert_eq!(clean("a\n\n\n\n\nb").unwrap(), "a\n\nb");
    }

    #[test]
    fn refusals() {
        assert_eq!(clean("  \n \u{200B}"), Err(TextRefusal::Empty));
        assert_eq!(clean("a\0b"), Err(TextRefusal::Unstorable));
        let zalgo = format!("h{}", "\u{0301}".repeat(12));
        assert_eq!(clean(&zalgo), Err(TextRefusal::StackedMarks));
        assert!(clean(&"é".repeat(MAX_BODY_CHARACTERS)).is_ok());
        assert!(matches!(
            clean(&"é".repeat(MAX_BODY_CHARACTERS + 1)),
            Err(TextRefusal::TooLong { characters: 3_001 })
        ));
        assert!(matches!(clean(&"(".repeat(100_000)), Err(TextRefusal::TooLong { .. })));
    }
}
