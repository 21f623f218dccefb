//! Turns views into pages.
//!
//! All templates are embedded and parsed once, at start: a template that does not parse stops the server there and
//! not on somebody's page. Header and footer are the same on every page of a tenant, so they are rendered once per
//! tenant, by [`Renderer::dress`].

use std::collections::BTreeMap;

use domain::board::Sort;
use domain::branding::Palette;
use domain::round::Feeling;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};
use rust_embed::Embed;
use thiserror::Error;

use crate::views::{Chrome, Sample, Site, View};

#[derive(Embed)]
#[folder = "templates/"]
#[include = "*.html"]
#[include = "*.jinja"]
struct Templates;

/// A template that does not parse, or does not render with what it was given.
#[derive(Debug, Error)]
#[error("template: {0:#}")]
pub struct RenderError(#[from] minijinja::Error);

/// All templates, ready.
pub struct Renderer {
    environment: Environment<'static>,
}

impl Renderer {
    /// Reads and parses every template.
    ///
    /// # Errors
    /// The first template that does not parse.
    pub fn new() -> Result<Renderer, RenderError> {
        let mut environment = Environment::new();
        environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
        environment.set_undefined_behavior(UndefinedBehavior::Chainable);
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
        environment.add_filter("length", length);
        environment.add_filter("thousands", |number: i64| thousands(number));
        environment.add_function("plural", plural);
        environment.add_global("sorts", choices(Sort::ALL.map(|sort| (sort.slug(), sort.label()))));
        environment
            .add_global("feelings", choices(Feeling::ALL.map(|feeling| (feeling.slug(), feeling.label()))));
        for name in Templates::iter() {
            let Some(file) = Templates::get(&name) else { continue };
            environment
                .add_template_owned(name.into_owned(), String::from_utf8_lossy(&file.data).into_owned())?;
        }
        Ok(Renderer { environment })
    }

    /// Prepares what all pages of a tenant share. Do it once, when the tenant is loaded or changes.
    ///
    /// # Errors
    /// The header or footer template fails, which the tests of the samples rule out.
    pub fn dress(&self, site: &Site) -> Result<Chrome, RenderError> {
        let footer = self.part("frame/footer.html", context! { site => Value::from(Serde(site)) })?;
        let mut headers: BTreeMap<bool, BTreeMap<&str, Value>> = BTreeMap::new();
        for signed_in in [false, true] {
            for section in site.sections() {
                let header = self.part(
                    "frame/header.html",
                    context! { site => Value::from(Serde(site)), signed_in, section },
                )?;
                headers.entry(signed_in).or_default().insert(section, header);
            }
        }
        // One flat map: pages look into it dozens of times each.
        let site = Value::from(Serde(site));
        let mut chrome = Vec::new();
        for key in site.try_iter()? {
            chrome.push((key.clone(), site.get_item(&key)?));
        }
        chrome.push(("footer".into(), footer));
        chrome.push(("headers_in".into(), Value::from(headers[&true].clone())));
        chrome.push(("headers_out".into(), Value::from(headers[&false].clone())));
        Ok(Chrome(Value::from_pairs(chrome)))
    }

    /// Renders one page.
    ///
    /// # Errors
    /// The template fails, which the tests of the samples rule out.
    pub fn render<V: View>(&self, view: &V) -> Result<String, RenderError> {
        Ok(self.environment.get_template(V::TEMPLATE)?.render(Serde(view))?)
    }

    /// Renders one sample.
    ///
    /// # Errors
    /// The template fails.
    pub fn render_sample(&self, sample: &Sample) -> Result<String, RenderError> {
        Ok(self.environment.get_template(sample.template)?.render(&sample.value)?)
    }

    fn part(&self, template: &str, context: Value) -> Result<Value, RenderError> {
        let html = self.environment.get_template(template)?.render(context)?;
        Ok(Value::from_safe_string(html.trim().to_owned()))
    }
}

/// A tenant's stylesheet: its colours as the variables that `candour.css` reads. Serve it under a hash of itself.
pub fn branding_css(palette: &Palette) -> String {
    let values: String =
        palette.variables().iter().map(|(name, colour)| format!("{name}:{colour};")).collect();
    format!(":root{{{values}}}\n")
}

fn choices<const N: usize>(pairs: [(&'static str, &'static str); N]) -> Value {
    pairs.map(|(value, label)| context! { value, label }).into_iter().collect()
}

/// The NHS.UK templates ask for the length of what may not be there, and mean zero.
fn length(value: &Value) -> usize {
    value.len().unwrap_or(0)
}

/// `plural(1, "comment", "comments")` gives "1 comment".
fn plural(count: i64, one: &str, many: &str) -> String {
    format!("{} {}", thousands(count), if count == 1 { one } else { many })
}

/// 29719 as people write it: "29,719".
fn thousands(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        grouped.push('-');
    }
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
