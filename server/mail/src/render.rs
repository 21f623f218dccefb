//! Templates to text. HTML escapes every value; plain text shows it as it is, on one line.

use std::sync::LazyLock;

use minijinja::{
    AutoEscape, Environment, Error, State, UndefinedBehavior, Value, escape_formatter, syntax::SyntaxConfig,
    value::Serde,
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
    pub(crate) text: String,
    pub(crate) html: String,
}

static ENVIRONMENT: LazyLock<Result<Environment<'static>, Error>> = LazyLock::new(environment);

fn environment() -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).build()?);
    environment.set_auto_escape_callback(|name| match name.ends_with(".html") {
        true => AutoEscape::Html,
        false => AutoEscape::None,
    });
    environment.set_formatter(format_on_one_line);
    for (name, source) in TEMPLATES {
        environment.add_template(name, source)?;
    }
    Ok(environment)
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
    let environment = ENVIRONMENT.as_ref().map_err(|_| "templates")?;
    let context = Value::from(Serde(email));
    let part = |name: &'static str| {
        let template = environment.get_template(&format!("{}/{name}", E::KIND)).map_err(|_| name)?;
        template.render(&context).map_err(|_| name)
    };
    Ok(Rendered {
        subject: cut(part("subject.txt")?.trim()),
        text: wrap(part("body.txt")?.trim()),
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

/// Breaks lines at blanks. A word that is longer than a line, such as a link, stays whole on a line of its own.
fn wrap(text: &str) -> String {
    let mut wrapped = String::with_capacity(text.len() + 16);
    for line in text.lines() {
        let mut column = 0;
        for word in line.split_whitespace() {
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
    fn long_subjects_are_cut() {
        assert_eq!(cut("short"), "short");
        let cut = cut(&"é".repeat(MAX_HEADER_CHARACTERS + 1));
        assert_eq!(cut.chars().count(), MAX_HEADER_CHARACTERS);
        assert!(cut.ends_with('…'));
    }
}
