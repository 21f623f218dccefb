//! The Markdown of round types: paragraphs, lists, emphasis and links to `https:`. Of anything else the words remain, as words.
//!
//! The tree is walked, not its nesting followed by calls: however deep lists stand in each other, the stack does not grow.

use comrak::arena_tree::NodeEdge;
use comrak::nodes::{AstNode, ListType, NodeValue};
use comrak::{Arena, Options, parse_document};

use crate::text_html::escaped;

/// `markdown` as safe HTML.
pub(super) fn html(markdown: &str) -> String {
    let arena = Arena::new();
    let mut html = String::with_capacity(markdown.len() + markdown.len() / 4 + 16);
    for edge in parse_document(&arena, markdown, &Options::default()).traverse() {
        match edge {
            NodeEdge::Start(node) => begin(&mut html, node),
            NodeEdge::End(node) => {
                if let Some(tag) = tag(node) {
                    html.push_str(&format!("</{tag}>"));
                }
            }
        }
    }
    html
}

/// Whether an address is one of the web, safely.
pub(super) fn is_https(address: &str) -> bool {
    address.strip_prefix("https://").is_some_and(|rest| !rest.is_empty())
}

fn begin<'a>(html: &mut String, node: &'a AstNode<'a>) {
    let tag = tag(node);
    match &node.data().value {
        NodeValue::Link(link) if tag.is_some() => {
            let address = escaped(&link.url);
            html.push_str(&format!("<a href=\"{address}\" rel=\"nofollow noopener noreferrer\">"));
        }
        NodeValue::List(list) if list.list_type == ListType::Ordered && list.start != 1 => {
            html.push_str(&format!("<ol start=\"{}\">", list.start));
        }
        NodeValue::Text(text) => html.push_str(&escaped(text)),
        NodeValue::Code(code) => html.push_str(&escaped(&code.literal)),
        NodeValue::CodeBlock(block) => html.push_str(&format!("<p>{}</p>", escaped(&block.literal))),
        NodeValue::HtmlBlock(block) => html.push_str(&format!("<p>{}</p>", escaped(&block.literal))),
        NodeValue::HtmlInline(text) => html.push_str(&escaped(text)),
        NodeValue::SoftBreak => html.push('\n'),
        NodeValue::LineBreak => html.push_str("<br>"),
        _ => {
            if let Some(tag) = tag {
                html.push_str(&format!("<{tag}>"));
            }
        }
    }
}

/// The element that a node becomes, if it becomes one.
fn tag<'a>(node: &'a AstNode<'a>) -> Option<&'static str> {
    match &node.data().value {
        NodeValue::Paragraph => (!is_tight(node)).then_some("p"),
        NodeValue::Heading(_) => Some("p"),
        NodeValue::List(list) => Some(if list.list_type == ListType::Ordered { "ol" } else { "ul" }),
        NodeValue::Item(_) => Some("li"),
        NodeValue::Emph => Some("em"),
        NodeValue::Strong => Some("strong"),
        NodeValue::Link(link) => is_https(&link.url).then_some("a"),
        _ => None,
    }
}

/// Whether a paragraph is an item of a list without air between its items.
fn is_tight<'a>(paragraph: &'a AstNode<'a>) -> bool {
    let list = paragraph.parent().and_then(|item| item.parent());
    list.is_some_and(|list| matches!(&list.data().value, NodeValue::List(list) if list.tight))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_said() {
        assert_eq!(
            html("One *two* **three**\nfour\n\n- a\n- b\n\n3. c\n\n   d\n4. e"),
            "<p>One <em>two</em> <strong>three</strong>\nfour</p><ul><li>a</li><li>b</li></ul>\
             <ol start=\"3\"><li><p>c</p><p>d</p></li><li><p>e</p></li></ol>"
        );
        assert_eq!(
            html("[a](https://example.org/?a=1&b='2') <https://example.org/>"),
            "<p><a href=\"https://example.org/?a=1&amp;b=&#39;2&#39;\" rel=\"nofollow noopener noreferrer\">a</a> \
             <a href=\"https://example.org/\" rel=\"nofollow noopener noreferrer\">https://example.org/</a></p>"
        );
    }

    #[test]
    fn of_the_rest_the_words_remain() {
        for (markdown, left) in [
            ("# Big", "<p>Big</p>"),
            ("![a *picture*](https://example.org/a.png)", "<p>a <em>picture</em></p>"),
            ("`x < y`", "<p>x &lt; y</p>"),
            ("> said", "<p>said</p>"),
            ("a\n\n---\n\nb", "<p>a</p><p>b</p>"),
            ("[a](http://example.org)", "<p>a</p>"),
            ("[a](/conversations)", "<p>a</p>"),
            ("[a](javascript:alert(1)) [b](JaVaScRiPt:x) [c](data:text/html,x)", "<p>a b c</p>"),
            ("[a](//example.org) [b](https://)", "<p>a b</p>"),
            ("x <b onclick=y>z</b>", "<p>x &lt;b onclick=y&gt;z&lt;/b&gt;</p>"),
            ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ] {
            assert_eq!(html(markdown), left);
        }
        let quoted = html("[a](https://example.org/\"><script>x</script>) ![b](https://x/\"onerror=y)");
        assert!(!quoted.contains("<script") && !quoted.contains("\"onerror"), "{quoted}");
    }

    #[test]
    fn nesting_costs_nothing() {
        for (markdown, tag) in [
            (format!("{}a", "- ".repeat(9_999)), "<li>"),
            (format!("{}a", ">".repeat(19_999)), "<p>"),
            ("*a **b ".repeat(2_800), "<p>"),
            ("[".repeat(20_000), "<p>"),
        ] {
            let html = html(&markdown);
            assert!(html.contains(tag) && html.contains(&markdown[markdown.len() - 1..]), "{markdown}");
        }
    }
}
