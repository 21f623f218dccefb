//! A text as plain text, in lines that any mail program leaves alone.

use super::copy::{Block, Copy};
use super::words::Line;

/// Columns of plain text: mail programs quote by adding to the left, and terminals have 80.
const COLUMNS: usize = 76;

/// The text, a blank line between its parts, but none under a heading.
pub(super) fn plain_text(copy: &Copy) -> String {
    let mut text = wrapped("", &copy.title);
    let mut after_heading = false;
    for block in &copy.blocks {
        if !after_heading {
            text.push('\n');
        }
        after_heading = matches!(block, Block::Heading(_));
        match block {
            Block::Heading(heading) => text.push_str(&wrapped("", heading)),
            Block::Text(line) | Block::Small(line) => text.push_str(&wrapped("", &spelt_out(line))),
            Block::Steps(lines) => {
                let numbered = lines.iter().zip(1..);
                numbered.for_each(|(line, n)| text.push_str(&wrapped(&format!("{n}. "), &spelt_out(line))));
            }
            Block::Points(lines) => {
                lines.iter().for_each(|line| text.push_str(&wrapped("* ", &spelt_out(line))));
            }
            Block::Button { words, link } => text.push_str(&wrapped("", &format!("{words}: {link}"))),
        }
    }
    text
}

/// With web addresses whole: nothing else makes a link of plain text.
fn spelt_out(line: &Line) -> String {
    let spelt = line.0.iter().map(|run| match run.link.as_deref() {
        Some(link) if !link.starts_with("mailto:") => link,
        _ => &run.text,
    });
    spelt.collect()
}

/// The words after `mark`, in as many lines as needed, each ended. A word that is longer than a line, such as a link, stays whole.
fn wrapped(mark: &str, words: &str) -> String {
    let indent = mark.chars().count();
    let (mut text, mut column) = (mark.to_owned(), indent);
    for word in words.split_whitespace() {
        let width = word.chars().count();
        if column > indent && column + 1 + width > COLUMNS {
            text.push('\n');
            text.push_str(&" ".repeat(indent));
            column = indent;
        }
        if column > indent {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += width;
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_short_and_links_whole() {
        let link = format!("https://example.org/{}", "a".repeat(90));
        let step = Line::of("word ".repeat(30)).and("at ").web("example.org", &link).and(".");
        let copy = Copy {
            title: "A title".into(),
            blocks: vec![
                Block::Heading("How?".into()),
                Block::Steps(vec![step.clone(), step]),
                Block::Points(vec![Line::of("x").email("a@b.example")]),
            ],
        };
        let text = plain_text(&copy);
        assert!(text.starts_with("A title\n\nHow?\n1. word"), "{text}");
        assert!(text.contains("\n2. word") && text.contains("\n* xa@b.example\n"), "{text}");
        assert!(
            text.lines().all(|line| line.chars().count() <= COLUMNS || line.trim() == format!("{link}.")),
            "{text}"
        );
        assert!(text.lines().filter(|line| line.starts_with("   word")).count() >= 2, "{text}");
    }
}
