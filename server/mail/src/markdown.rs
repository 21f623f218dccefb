//! Text for a service that reads Markdown: whatever somebody typed means nothing but itself there.

/// Signs with a meaning anywhere in a line.
const ANYWHERE: &str = "\\`*_{}[]()<>|~#";
/// Signs with a meaning at the beginning of a line.
const AT_THE_BEGINNING: &str = "-+^=!";
/// What a web address is made of that no sign of Markdown's ends. Such a word stays as it is: a reader makes a link of it.
const IN_ADDRESSES: &str = ":/?&=%.-_#+@,;~";

/// `text` with each of Markdown's signs disarmed by a backslash. Lines stay lines.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 16);
    for line in text.split_inclusive('\n') {
        let mut at_the_beginning = true;
        for word in line.split_inclusive(char::is_whitespace) {
            match is_address(word.trim_end()) {
                true => escaped.push_str(word),
                false => escape_word(word, at_the_beginning, &mut escaped),
            }
            at_the_beginning &= word.trim().is_empty();
        }
    }
    escaped
}

fn is_address(word: &str) -> bool {
    (word.starts_with("https://") || word.starts_with("http://"))
        && word.chars().all(|c| c.is_ascii_alphanumeric() || IN_ADDRESSES.contains(c))
}

fn escape_word(word: &str, at_the_beginning: bool, escaped: &mut String) {
    // `1.` and `1)` begin a list.
    let digits = word.find(|c: char| !c.is_ascii_digit()).filter(|digits| at_the_beginning && *digits > 0);
    for (at, c) in word.char_indices() {
        let is_first = at_the_beginning && at == 0 && AT_THE_BEGINNING.contains(c);
        let ends_a_number = digits == Some(at) && matches!(c, '.' | ')');
        if is_first || ends_a_number || ANYWHERE.contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_disarmed_and_web_addresses_stay() {
        for (text, expected) in [
            ("Plain words, and a self-made 3.5 %!", "Plain words, and a self-made 3.5 %!"),
            ("[press](https://example.org)", "\\[press\\]\\(https://example.org\\)"),
            ("https://a.example/join?code=7K_2M-9Q&n=1#x", "https://a.example/join?code=7K_2M-9Q&n=1#x"),
            (
                "https://a.example/)[x](https://b.example)",
                "https://a.example/\\)\\[x\\]\\(https://b.example\\)",
            ),
            ("# Big", "\\# Big"),
            ("- one", "\\- one"),
            ("one - two", "one - two"),
            ("1. one", "1\\. one"),
            ("12) one", "12\\) one"),
            ("^ inset", "\\^ inset"),
            ("a\n* b\n\n  --- c", "a\n\\* b\n\n  \\--- c"),
            ("a_b *c* `d` \\e", "a\\_b \\*c\\* \\`d\\` \\\\e"),
            ("((name)) <b>", "\\(\\(name\\)\\) \\<b\\>"),
        ] {
            assert_eq!(escape(text), expected, "{text}");
        }
    }
}
