//! Templates to text. HTML escapes every value; plain text shows it as it is, on one line.
//!
//! Layout is MJML's. It is turned into HTML once, with the placeholders left as they stand; what fills them later is never
//! read as MJML nor as a template, and an email costs no more than filling in.

use std::{collections::HashMap, sync::LazyLock};

use minijinja::{
    AutoEscape, Environment, Error, State, UndefinedBehavior, Value, escape_formatter, syntax::SyntaxConfig,
    value::Serde,
};
use mrml::prelude::{
    parser::{ParserOptions, memory_loader::MemoryIncludeLoader},
    render::RenderOptions,
};

use crate::{
    emails::{Email, TEMPLATES},
    header::{MAX_HEADER_CHARACTERS, is_unfit_for_one_line},
};

/// Columns of plain text. Mail programs quote by adding to the left, and terminals have 80.
pub(crate) const TEXT_COLUMNS: usize = 76;

/// What the three templates gave.
pub(crate) struct Rendered {
    pub(crate) subject: String,
    /// Plain text before it is broken into lines: a paragraph a line.
    pub(crate) paragraphs: String,
    pub(crate) html: String,
}

/// The ending of a layout, and of the HTML that is made of it.
const LAYOUT: &str = ".mjml";
const HTML: &str = ".html";

static ENVIRONMENT: LazyLock<Result<Environment<'static>, &'static str>> =
    LazyLock::new(|| environment().map_err(|_| "templates"));

fn environment() -> Result<Environment<'static>, Box<dyn std::error::Error>> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).build()?);
    environment.set_auto_escape_callback(|name| match name.ends_with(HTML) {
        true => AutoEscape::Html,
        false => AutoEscape::None,
    });
    environment.set_formatter(format_on_one_line);
    for (name, source) in TEMPLATES {
        match name.strip_suffix(LAYOUT) {
            // Not a whole email: another one includes it.
            Some(part) if !part.contains('/') => {}
            Some(name) => environment.add_template_owned(format!("{name}{HTML}"), html_of(source)?)?,
            None => environment.add_template(name, source)?,
        }
    }
    Ok(environment)
}

/// The HTML of an MJML layout. It asks for no font from anywhere.
fn html_of(layout: &str) -> Result<String, Box<dyn std::error::Error>> {
    let parts = MemoryIncludeLoader::from(TEMPLATES.to_vec());
    let options = ParserOptions { include_loader: Box::new(parts) };
    let parsed = mrml::parse_with_options(layout, &options)?;
    let options = RenderOptions { fonts: HashMap::new(), ..RenderOptions::default() };
    // MJML calls the whole an article; whoever hears the email read looks for the main part.
    Ok(parsed.element.render(&options)?.replace("role=\"article\"", "role=\"main\""))
}

/// A name with line breaks in it could otherwise add lines of its own to a plain text, or a header to a subject.
fn format_on_one_line(out: &mut minijinja::Output, state: &mut State, value: &Value) -> Result<(), Error> {
    match value.as_str() {
        Some(text) if !value.is_safe() && text.chars().any(is_unfit_for_one_line) => {
            let line: String = text.chars().map(|c| if is_unfit_for_one_line(c) { ' ' } else { c }).collect();
            escape_formatter(out, state, &Value::from(line))
        }
        _ => escape_formatter(out, state, value),
    }
}

/// Subject, plain text and HTML of an email.
pub(crate) fn render<E: Email>(email: &E) -> Result<Rendered, &'static str> {
    // minijinja's own errors quote the template and may quote values: only where it went wrong is passed on.
    let environment = ENVIRONMENT.as_ref().map_err(|part| *part)?;
    let context = Value::from(Serde(email));
    let part = |name: &'static str| {
        let template = environment.get_template(&format!("{}/{name}", E::KIND)).map_err(|_| name)?;
        template.render(&context).map_err(|_| name)
    };
    Ok(Rendered {
        subject: cut(part("subject.txt")?.trim()),
        paragraphs: part("body.txt")?.trim().to_owned(),
        html: part("body.html")?,
    })
}

/// A very long title must not keep somebody from getting a code.
fn cut(subject: &str) -> String {
    if subject.chars().count() <= MAX_HEADER_CHARACTERS {
        return subject.to_owned();
    }
    subject.chars().take(MAX_HEADER_CHARACTERS - 1).chain(['…']).collect()
}

/// Breaks lines at blanks. A link or an address that is longer than a line stays whole on a line of its own; any other
/// word of that length is broken, too.
pub(crate) fn wrap(text: &str) -> String {
    let mut wrapped = String::with_capacity(text.len() + 16);
    for line in text.lines() {
        let mut column = 0;
        for word in line.split_whitespace().flat_map(in_pieces) {
            let width = word.chars().count();
            if column > 0 && column + 1 + width > TEXT_COLUMNS {
                wrapped.push('\n');
                column = 0;
            }
            if column > 0 {
                wrapped.push(' ');
                column += 1;
            }
            wrapped.push_str(word);
            column += width;
        }
        wrapped.push('\n');
    }
    wrapped
}

/// A word in pieces of at most a line.
fn in_pieces(word: &str) -> impl Iterator<Item = &str> {
    let whole = word.contains("://") || word.contains('@');
    let mut rest = Some(word);
    std::iter::from_fn(move || {
        let word = rest.take()?;
        match word.char_indices().nth(TEXT_COLUMNS) {
            Some((end, _)) if !whole => {
                let (piece, after) = word.split_at(end);
                rest = Some(after);
                Some(piece)
            }
            _ => Some(word),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_blanks_and_links_stay_whole() {
        let link = format!("https://example.org/{}", "a".repeat(100));
        let wrapped = wrap(&format!("{} end\n\nSee {link} now", "word ".repeat(40)));
        assert!(
            wrapped.lines().all(|line| line.chars().count() <= TEXT_COLUMNS || line == link),
            "{wrapped}"
        );
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(&wrapped).len(), 44);
        assert!(wrapped.contains("\n\nSee\n"), "a blank line between paragraphs stays: {wrapped}");
    }

    #[test]
    fn words_longer_than_a_line_are_broken() {
        let wrapped = wrap(&format!("a {} b", "é".repeat(2 * TEXT_COLUMNS + 1)));
        let widths: Vec<_> = wrapped.lines().map(|line| line.chars().count()).collect();
        assert_eq!(widths, [1, TEXT_COLUMNS, TEXT_COLUMNS, 3], "{wrapped}");
    }

    #[test]
    fn long_subjects_are_cut() {
        assert_eq!(cut("short"), "short");
        let cut = cut(&"é".repeat(MAX_HEADER_CHARACTERS + 1));
        assert_eq!(cut.chars().count(), MAX_HEADER_CHARACTERS);
        assert!(cut.ends_with('…'));
    }
}
