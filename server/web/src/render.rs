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

/// The headers that a tenant's pages have: their name in the chrome, whether the device is in, and whether others use it too.
const HEADERS: [(&str, bool, bool); 3] =
    [("headers_out", false, false), ("headers_in", true, false), ("headers_shared", true, true)];

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
        let mut headers: BTreeMap<&str, BTreeMap<&str, Value>> = BTreeMap::new();
        for (key, signed_in, shared) in HEADERS {
            for section in site.sections() {
                let header = self.part(
                    "frame/header.html",
                    context! { site => Value::from(Serde(site)), signed_in, shared, section },
                )?;
                headers.entry(key).or_default().insert(section, header);
            }
        }
        // One flat map: pages look into it dozens of times each.
        let site = Value::from(Serde(site));
        let mut chrome = Vec::new();
        for key in site.try_iter()? {
            let value = site.get_item(&key)?;
            chrome.push((key, if let Some(address) = plain_address(&value) { address } else { value }));
        }
        chrome.push(("footer".into(), footer));
        chrome.extend(headers.into_iter().map(|(key, by_section)| (key.into(), Value::from(by_section))));
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

/// An address in which nothing needs escaping, marked so: escaping would write each of its slashes as six characters.
fn plain_address(value: &Value) -> Option<Value> {
    let text = value.as_str().filter(|text| text.starts_with('/'))?;
    let plain =
        text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'-' | b'_'));
    plain.then(|| Value::from_safe_string(text.to_owned()))
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
pub(crate) fn thousands(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        grouped.push('-');
    }
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::{all_samples, sample_sites};

    fn pages() -> Vec<(String, String)> {
        let renderer = Renderer::new().unwrap();
        let mut pages = Vec::new();
        for (branding, site) in sample_sites() {
            let chrome = renderer.dress(&site).unwrap();
            for sample in all_samples(&chrome) {
                pages.push((
                    format!("{branding}/{}", sample.name),
                    renderer.render_sample(&sample).unwrap().replace("&#x2f;", "/"),
                ));
            }
        }
        pages
    }

    #[test]
    fn every_sample_renders_whole() {
        for (name, page) in pages() {
            assert!(page.starts_with("<!DOCTYPE html>"), "{name}");
            assert!(page.trim_end().ends_with("</html>"), "{name}");
            assert_eq!(page.matches("<h1").count(), 1, "{name}: one h1");
            for leak in ["{{", "{%", "None", "undefined", "Undefined"] {
                assert!(!page.contains(leak), "{name}: {leak}");
            }
        }
    }

    #[test]
    fn nothing_that_the_content_security_policy_forbids() {
        for (name, page) in pages() {
            for forbidden in [" style=", "<style", "javascript:", " onclick", " onload", "<script>"] {
                assert!(!page.contains(forbidden), "{name}: {forbidden}");
            }
        }
    }

    #[test]
    fn every_form_that_writes_carries_the_token() {
        // The link of an email is what lets stop its emails: mail providers, who know no token, send the same form.
        for (name, page) in pages().into_iter().filter(|(name, _)| !name.contains("/stop_emails/")) {
            for form in page.split("<form").skip(1) {
                let form = form.split("</form>").next().unwrap();
                let writes = form.contains("method=\"post\"");
                assert_eq!(writes, form.contains("name=\"csrf\" value=\"sample-token\""), "{name}: {form}");
            }
        }
    }

    #[test]
    fn links_stay_on_the_site_and_under_its_base() {
        for (name, page) in pages().into_iter().filter(|(name, _)| name.starts_with("bsol/")) {
            for attribute in ["href=\"", "action=\"", "src=\""] {
                for target in page.split(attribute).skip(1).map(|rest| rest.split('"').next().unwrap()) {
                    let ours = ["/bsol/", "/assets/", "/branding/", "#", "mailto:"]
                        .iter()
                        .any(|start| target.starts_with(start));
                    let posted = ["https://example.org/", "https://compdemocracy.org/"]
                        .iter()
                        .any(|start| target.starts_with(start));
                    assert!(ours || posted, "{name}: {target}");
                }
            }
        }
    }

    #[test]
    fn words_of_people_are_escaped() {
        let renderer = Renderer::new().unwrap();
        let (_, site) = sample_sites().remove(0);
        let chrome = renderer.dress(&site).unwrap();
        let (_, mut view) = crate::views::Share::samples(&chrome).remove(0);
        view.form.body = "</textarea><script>alert(1)</script>".into();
        assert!(!renderer.render(&view).unwrap().contains("<script>alert"));
    }

    #[test]
    fn every_colour_of_the_stylesheet_is_given() {
        let css = crate::assets::find(crate::assets::url("candour.css").trim_start_matches("/assets/"), "")
            .unwrap();
        let css = String::from_utf8(css.bytes.into_owned()).unwrap();
        let given =
            branding_css(&Palette::from_brand(domain::branding::Colour(0x14, 0x49, 0x3f), None, None));
        for variable in css.split("var(--candour-").skip(1).map(|rest| rest.split([')', ',']).next().unwrap())
        {
            assert!(given.contains(&format!("--candour-{variable}:")), "{variable}");
        }
        for colour in domain::voice::COLOURS {
            assert!(css.contains(&format!(".candour-mark--{}", colour.to_lowercase())), "{colour}");
        }
    }

    #[test]
    fn the_stylesheet_has_nothing_of_the_nhs_identity_and_names_its_font() {
        let css = crate::assets::find(crate::assets::url("candour.css").trim_start_matches("/assets/"), "")
            .unwrap();
        let css = String::from_utf8(css.bytes.into_owned()).unwrap();
        assert!(css.contains("html{font-family:arial,sans-serif}"));
        for forbidden in ["Frutiger", "@font-face", "url(", "http:", "https:", "@import"] {
            assert!(!css.contains(forbidden), "{forbidden}");
        }
        for (name, page) in pages() {
            assert!(!page.contains("nhsuk-header__logo"), "{name}");
        }
    }

    #[test]
    fn numbers_as_people_write_them() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(29_719), "29,719");
        assert_eq!(thousands(-1_234_567), "-1,234,567");
        assert_eq!(plural(1, "comment", "comments"), "1 comment");
    }
}
