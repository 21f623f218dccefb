//! People's plain text, and tenants' Markdown, as safe HTML.

use linkify::{LinkFinder, LinkKind};

/// Most links in one post that are made clickable.
const MAX_LINKS: usize = 20;

/// A post's plain text: paragraphs and line breaks kept, `http(s)` addresses made links, everything else escaped.
pub(crate) fn post_html(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 4 + 16);
    for paragraph in text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
        // Each paragraph finds its own direction, so that one in Arabic or Urdu reads right.
        html.push_str("<p dir=\"auto\">");
        for (number, line) in paragraph.lines().enumerate() {
            if number > 0 {
                html.push_str("<br>");
            }
            push_line(&mut html, line);
        }
        html.push_str("</p>");
    }
    html
}

fn push_line(html: &mut String, line: &str) {
    if !line.contains("://") {
        return push_escaped(html, line);
    }
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]);
    let mut links = 0;
    for span in finder.spans(line) {
        let address = span.as_str();
        let web = address.starts_with("https://") || address.starts_with("http://");
        if span.kind().is_none() || !web || links == MAX_LINKS {
            push_escaped(html, address);
            continue;
        }
        links += 1;
        html.push_str("<a href=\"");
        push_escaped(html, address);
        html.push_str("\" rel=\"nofollow ugc noopener noreferrer\">");
        push_escaped(html, address);
        html.push_str("</a>");
    }
}

/// Text in HTML.
pub(crate) fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    push_escaped(&mut html, text);
    html
}

fn push_escaped(html: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
}

/// The beginning of a text, cut at a word: (beginning, whether anything was left out).
pub(crate) fn beginning(text: &str, most_characters: usize) -> (&str, bool) {
    let Some((end, _)) = text.char_indices().nth(most_characters) else { return (text, false) };
    let cut = text[..end].rfind(char::is_whitespace).filter(|at| *at > end / 2).unwrap_or(end);
    (text[..cut].trim_end(), true)
}

/// A tenant's Markdown page. Raw HTML in it is dropped; what remains is cleaned again.
pub(crate) fn markdown_html(markdown: &str) -> String {
    let html = comrak::markdown_to_html(markdown, &comrak::Options::default());
    ammonia::Builder::default()
        .url_relative(ammonia::UrlRelative::PassThrough)
        .link_rel(Some("noopener noreferrer"))
        .clean(&html)
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_text() {
        assert_eq!(
            post_html("<script>alert('x')</script>"),
            "<p dir=\"auto\">&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;</p>"
        );
        assert_eq!(post_html("[a](javascript:alert(1))"), "<p dir=\"auto\">[a](javascript:alert(1))</p>");
        assert_eq!(post_html("a\nb\n\nc"), "<p dir=\"auto\">a<br>b</p><p dir=\"auto\">c</p>");
    }

    #[test]
    fn only_web_addresses_become_links() {
        let html =
            post_html("see https://example.org/a?b=\"c and ftp://example.org javascript://x%0aalert(1)");
        assert_eq!(html.matches("<a ").count(), 1);
        assert!(html.contains("href=\"https://example.org/a?b="));
        assert!(!html.contains("href=\"javascript"));
        assert_eq!(post_html(&"https://example.org ".repeat(50)).matches("<a ").count(), MAX_LINKS);
    }

    #[test]
    fn nesting_costs_nothing() {
        assert!(post_html(&"(".repeat(100_000)).len() < 100_100);
        assert!(markdown_html(&"(".repeat(10_000)).len() > 10_000);
    }

    #[test]
    fn markdown_cannot_run_anything() {
        let html = markdown_html(
            "<script>x</script>\n\n[a](javascript:x) <img src=x onerror=y> **b** [c](taking-part)",
        );
        assert!(
            !html.contains("<script") && !html.contains("javascript:") && !html.contains("onerror"),
            "{html}"
        );
        assert!(html.contains("<strong>b</strong>") && html.contains("href=\"taking-part\""), "{html}");
    }

    #[test]
    fn beginnings_end_at_a_word() {
        assert_eq!(beginning("short", 10), ("short", false));
        assert_eq!(beginning("some longer words", 13), ("some longer", true));
        assert_eq!(beginning("ééééé", 3), ("ééé", true));
    }
}
