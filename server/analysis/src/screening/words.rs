//! A text as words with what stands between them.

/// A word of a text: letters, digits and what joins them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word<'a> {
    /// As it stands there, without punctuation round it; a possessive "'s" is left off.
    pub text: &'a str,
    /// Whether a sentence begins with it.
    pub first: bool,
    /// The character right before it, if any.
    pub before: Option<char>,
}

impl Word<'_> {
    /// In lower case.
    pub fn lower(&self) -> String {
        self.text.to_lowercase()
    }

    /// Whether it begins with a capital and goes on in small letters: "Patel", "O'Neill", "Smith-Jones".
    pub fn is_capitalised(&self) -> bool {
        self.text.chars().next().is_some_and(char::is_uppercase) && self.text.chars().any(char::is_lowercase)
    }
}

/// The words of `text`, in order.
pub(super) fn words(text: &str) -> Vec<Word<'_>> {
    let mut found = Vec::new();
    let mut first = true;
    let mut rest = text.char_indices().peekable();
    let mut before = None;
    while let Some((start, c)) = rest.next() {
        if !c.is_alphanumeric() {
            first |= matches!(c, '.' | '!' | '?' | '\n' | ':');
            before = Some(c);
            continue;
        }
        let mut end = start + c.len_utf8();
        while let Some((at, next)) = rest.next_if(|(_, next)| next.is_alphanumeric() || joins(*next)) {
            end = at + next.len_utf8();
        }
        let whole = text[start..end].trim_end_matches(joins);
        let plain = whole.strip_suffix("'s").or(whole.strip_suffix("’s")).unwrap_or(whole);
        found.push(Word { text: plain, first, before });
        first = false;
        before = None;
    }
    found
}

/// What may stand inside a word: "O'Neill", "Smith-Jones", "A&E".
fn joins(c: char) -> bool {
    matches!(c, '\'' | '’' | '-' | '&')
}
