use std::collections::{BTreeMap, BTreeSet};

use actions::round_types::{Node, Page, Problem};
use minijinja::Value;
use minijinja::value::Serde;
use serde_json::json;

use super::sample::{sample, sample_page, sample_refused};
use super::{BlocksView, Place, Refused, ThreadBox, view};
use crate::render::Renderer;
use crate::views::Sample;

const PLACE: Place<'static> = Place { address: "/a/review", page: "", base: "/a", csrf: "sample-token" };

fn page(nodes: serde_json::Value) -> Page {
    serde_json::from_value(json!({ "nodes": nodes })).unwrap()
}

fn html(view: &BlocksView) -> String {
    let value = minijinja::context! { blocks => Value::from(Serde(view)) };
    let sample = Sample { name: String::new(), template: "parts/blocks.html", value };
    Renderer::new().unwrap().render_sample(&sample).unwrap().replace("&#x2f;", "/")
}

fn drawn(nodes: serde_json::Value) -> String {
    html(&view(&page(nodes), &PLACE, None, &BTreeMap::new()))
}

fn assert_has(html: &str, parts: &[&str]) {
    for part in parts {
        assert!(html.contains(part), "{part}\nis not in\n{html}");
    }
}

/// What is at the place where `start` begins, up to `end`.
fn between<'a>(html: &'a str, start: &str, end: &str) -> Vec<&'a str> {
    html.split(start).skip(1).map(|rest| rest.split(end).next().unwrap()).collect()
}

fn text_field(field: &str) -> serde_json::Value {
    json!({ "text-input": { "field": field, "label": "Say", "hint": null, "required": false, "max_characters": 100, "rows": 3, "value": "before" } })
}

#[test]
fn every_kind_is_drawn() {
    let html = html(&sample("/a"));
    assert_has(
        &html,
        &[
            "<h2 class=\"nhsuk-heading-m\">Rest breaks and places to rest</h2>",
            "<em>within two minutes</em>",
            "<li>by June: a list of rooms</li>",
            "<a href=\"https://example.org/report\" rel=\"nofollow noopener noreferrer\">report</a>",
            "candour-notice--warning\"><span class=\"nhsuk-u-visually-hidden\">Important: </span><p>",
            "<section class=\"candour-panel candour-block\" id=\"card_rest\" aria-labelledby=\"card_rest_title\">",
            "<span class=\"candour-label\">Changed since you answered</span>",
            "<span class=\"nhsuk-details__summary-text\">What this rests on</span>",
            "<form method=\"post\" action=\"/a/conversations/first/review/pledge/rest\" id=\"form_verdict\" autocomplete=\"off\" novalidate>",
            "<input type=\"hidden\" name=\"csrf\" value=\"sample-token\"><input type=\"hidden\" name=\"_form\" value=\"verdict\">",
            "<legend class=\"nhsuk-fieldset__legend nhsuk-fieldset__legend--m\">Why do you think so?</legend>",
            "name=\"verdict\" type=\"radio\" value=\"strong\" checked",
            "name=\"verdict\" type=\"radio\" value=\"\">",
            "name=\"reasons\" type=\"checkbox\" value=\"checked\" checked",
            "Choose up to 2.",
            "Others can read this and answer. Do not name anybody</div>",
            "The more points, the more it matters to you. You have 100 points to share.</div>",
            "rows=\"5\" autocomplete=\"off\" aria-describedby=\"form_verdict_comment_hint form_verdict_comment_limit\">\nOur ward has one chair.</textarea>",
            "You can use up to 2,000 characters",
            "Do you want to say more? (you can skip this)",
            "<button class=\"nhsuk-button\" name=\"_pressed\" value=\"next\">Save and go on</button><button class=\"nhsuk-button nhsuk-button--secondary\" name=\"_pressed\" value=\"stay\">",
            "name=\"order.rota\"><option value=\"\">–</option><option value=\"1\" selected>1st</option><option value=\"2\">2nd</option>",
            "Choose a place for at least 1.",
            "name=\"points.rota\" type=\"text\" inputmode=\"numeric\" value=\"60\"",
            "name=\"years\" type=\"text\" value=\"7\" autocomplete=\"off\" inputmode=\"numeric\" aria-describedby=\"form_order_years_hint\"",
            "Use a whole number from 0 to 60.",
            "<a href=\"/a/conversations/first/review/pledge/pay\">Review: Pay that arrives on time</a>",
            "<a href=\"/a/conversations/first/review\">All pledges</a>",
            "<a href=\"/a/conversations/first\" rel=",
            "<p>Pledges you have reviewed: 3 of 5</p><svg",
            "<dt>What would help?</dt><dd>More hands.\nFewer forms.</dd>",
            "<td role=\"cell\" data-label=\"What led to it\">The first draft.</td>",
            "role=\"region\" aria-label=\"Votes by group\"",
            "<th scope=\"row\">Pay that arrives on time</th><td><b>890.5</b><svg",
            "Read all 12 ideas<span class=\"nhsuk-u-visually-hidden\"> about Rest breaks",
            "Nobody has said anything yet. <a href=\"/a/conversations/first/contributions/quiet\">",
            "Two minutes is too far on nights.",
        ],
    );
    assert_eq!(html.matches("id=\"bird\"").count(), 1, "the symbol that posts use");
    assert!(!html.contains("nobody-prepared"), "a thread that nobody prepared");
}

#[test]
fn the_sample_has_every_kind_of_the_contract() {
    fn kinds(nodes: &[Node], into: &mut BTreeSet<String>) {
        for node in nodes {
            let value = serde_json::to_value(node).unwrap();
            into.insert(value.as_object().unwrap().keys().next().unwrap().clone());
            kinds(node.children(), into);
        }
    }
    let mut found = BTreeSet::new();
    kinds(&sample_page().nodes, &mut found);
    let all = "heading prose notice card details form group text-input choice-input rank-input points-input number-input button page-link \
               evidence progress summary table chart thread";
    assert_eq!(found, all.split_whitespace().map(str::to_owned).collect());
}

#[test]
fn levels_of_headings_go_down_one_at_a_time_and_cards_stand_below_what_is_above_them() {
    let heading = |level: u8, text: &str| json!({ "heading": { "level": level, "text": text } });
    let html = drawn(json!([
        { "card": [{ "id": "one", "title": "A", "tag": null }, [heading(2, "B"), heading(4, "C")]] },
        heading(4, "D"),
        heading(4, "E"),
        { "card": [{ "id": "two", "title": "F", "tag": null }, [{ "card": [{ "id": "three", "title": "G", "tag": null }, []] }]] },
        heading(2, "H"),
    ]));
    let levels: Vec<String> = between(&html, "<h", "</h")
        .into_iter()
        .map(|heading| format!("{}{}", &heading[..1], heading.rsplit('>').next().unwrap()))
        .collect();
    assert_eq!(levels, ["2A", "3B", "4C", "2D", "3E", "4F", "5G", "2H"]);
}

#[test]
fn ids_and_names_are_unique_over_forms_with_the_same_fields() {
    let form = |name: &str| {
        let options = json!([{ "value": "hint", "label": "A", "hint": "b" }, { "value": "x-1", "label": "C", "hint": null }]);
        json!({ "form": [name, [
            text_field("x"), text_field("x-hint"), text_field("error"),
            { "choice-input": { "field": "x-1", "label": "Pick", "hint": "Now", "required": true, "options": options, "max_chosen": 2, "chosen": [] } },
            { "rank-input": { "field": "1", "label": "Rank", "hint": null, "options": options, "min_ranked": 2, "ranked": [] } },
            { "button": { "id": "x", "label": "Save", "primary": true } },
        ]] })
    };
    let card = json!({ "card": [{ "id": "a-x", "title": "Same", "tag": null }, []] });
    let html = drawn(
        json!([form("a"), form("a-x"), card, { "card": [{ "id": "a", "title": "Same", "tag": null }, []] }]),
    );
    let ids = between(&html, " id=\"", "\"");
    assert!(ids.len() > 30, "{ids:?}");
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{ids:?}");
    for referred in
        between(&html, " for=\"", "\"").into_iter().chain(between(&html, "aria-labelledby=\"", "\""))
    {
        assert!(ids.contains(&referred), "{referred}");
    }
    for described in between(&html, "aria-describedby=\"", "\"").into_iter().flat_map(str::split_whitespace) {
        assert!(ids.contains(&described), "{described}");
    }
    let form = html.split("</form>").next().unwrap();
    for name in ["name=\"x\"", "name=\"x-hint\"", "name=\"1.hint\"", "name=\"1.x-1\""] {
        assert_eq!(form.matches(name).count(), 1, "{name}");
    }
}

/// Every string of a page, replaced by what would do harm if it were taken for markup.
fn poisoned(value: serde_json::Value, poison: &str) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::String(text) if text == "Information" || text == "Success" || text == "Warning" => {
            Value::String(text)
        }
        Value::String(_) => Value::String(poison.to_owned()),
        Value::Array(items) => items.into_iter().map(|item| poisoned(item, poison)).collect(),
        Value::Object(items) => items.into_iter().map(|(key, item)| (key, poisoned(item, poison))).collect(),
        other => other,
    }
}

#[test]
fn no_string_of_a_guest_is_markup() {
    for poison in [
        "<script>alert(1)</script>",
        "\" onfocus=\"alert(1)\" autofocus x=\"",
        "' onfocus='alert(1)",
        "javascript:alert(1)",
        "[a](javascript:alert(1)) <img src=x onerror=alert(1)>",
        "</textarea></select></form><script src=https://example.org/></script>",
        "data:text/html,<script>alert(1)</script>",
        "//example.org/x",
        "{{ 7 * 7 }}{% raw %}",
    ] {
        let page: Page =
            serde_json::from_value(poisoned(serde_json::to_value(sample_page()).unwrap(), poison)).unwrap();
        let problems = [Problem { path: poison.into(), code: poison.into(), message: poison.into() }];
        let typed = BTreeMap::from([(poison.to_owned(), vec![poison.to_owned()])]);
        let refused = Refused { form: poison, problems: &problems, typed: &typed };
        let thread = ThreadBox { href: "/a/talk".into(), count: 1, latest: Vec::new() };
        let threads = BTreeMap::from([(poison.to_owned(), thread)]);
        let html = html(&view(&page, &PLACE, Some(&refused), &threads));
        for tag in between(&html, "<", ">") {
            let name: String = tag.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '/').collect();
            assert!(!["script", "/script", "img"].contains(&name.as_str()), "{poison}: {tag}");
            // Outside of quotes, an attribute's name is one of ours.
            let outside: String = tag.split('"').step_by(2).collect();
            assert!(
                !outside.contains("onfocus") && !outside.contains("onerror") && !outside.contains('\''),
                "{poison}: {tag}"
            );
        }
        let addresses =
            between(&html, " href=\"", "\"").into_iter().chain(between(&html, " action=\"", "\""));
        for address in addresses {
            assert!(address.starts_with("/a") || address == "#bird", "{poison}: {address}");
        }
        assert!(!html.contains("49"), "{poison}");
    }
}

#[test]
fn what_was_typed_stays_and_what_is_wrong_is_said_above_and_beside_it() {
    let view = sample_refused("/a");
    let errors: Vec<(&str, &str)> =
        view.errors.iter().map(|error| (error.field.as_str(), error.text.as_str())).collect();
    assert_eq!(
        errors,
        [
            ("form_verdict_verdict_1", "Is this pledge strong or wrong? Choose from what is on the page."),
            ("form_verdict_reasons_1", "What is strong about it? Choose 2 or fewer."),
            ("form_verdict_comment", "Do you want to say more? Use 2000 characters or fewer."),
            ("form_verdict_place", "Where would you rest? Answer this before you go on."),
            ("form_verdict", "This page has changed. Please answer again."),
        ]
    );
    let html = html(&view);
    for (target, _) in errors {
        assert_eq!(html.matches(&format!(" id=\"{target}\"")).count(), 1, "{target}");
    }
    assert_has(
        &html,
        &[
            "name=\"verdict\" type=\"radio\" value=\"strong\">",
            "name=\"verdict\" type=\"radio\" value=\"wrong\" checked",
            "value=\"soon\" checked",
            "aria-describedby=\"form_verdict_comment_hint form_verdict_comment_limit form_verdict_comment_error\">\nAs much as I typed</textarea>",
            "id=\"form_verdict_place_error\"><span class=\"nhsuk-u-visually-hidden\">Error: </span>Answer this before you go on.</span>",
            // The other form keeps what was saved.
            "name=\"points.rota\" type=\"text\" inputmode=\"numeric\" value=\"60\"",
        ],
    );
    assert_eq!(html.matches("nhsuk-form-group--error").count(), 4);
}

#[test]
fn places_and_points_that_were_typed_stay() {
    let problems = [Problem {
        path: "order".into(),
        code: "same-place".into(),
        message: "Give each a place of its own.".into(),
    }];
    let typed = [("order.rest", "2"), ("order.kit", "2"), ("points.rest", " 200 "), ("years", "<b>")];
    let typed = typed.map(|(name, value)| (name.to_owned(), vec![value.to_owned()])).into();
    let refused = Refused { form: "order", problems: &problems, typed: &typed };
    let view = view(&sample_page(), &PLACE, Some(&refused), &BTreeMap::new());
    assert_eq!(view.errors[0].field, "form_order_order_1");
    let html = html(&view);
    assert_eq!(html.matches("<option value=\"2\" selected>2nd</option>").count(), 2);
    assert!(!html.contains("<option value=\"1\" selected>"), "what was saved before is not what was typed");
    assert_has(
        &html,
        &["name=\"points.rest\" type=\"text\" inputmode=\"numeric\" value=\"200\"", "value=\"&lt;b&gt;\""],
    );
}

#[test]
fn a_form_that_was_not_taken_is_not_hidden_and_one_that_is_gone_is_said() {
    let nodes = json!([{ "details": ["More", [{ "form": ["suggest", [text_field("x"), { "button": { "id": "go", "label": "Go", "primary": false } }]] }]] }]);
    let problems = [Problem { path: "x".into(), code: "empty".into(), message: "Answer this.".into() }];
    let typed = BTreeMap::new();
    let at = |form| {
        view(
            &page(nodes.clone()),
            &PLACE,
            Some(&Refused { form, problems: &problems, typed: &typed }),
            &BTreeMap::new(),
        )
    };
    assert!(html(&at("suggest")).contains("<details class=\"nhsuk-details\" open>"));
    let gone = at("other");
    assert_eq!((gone.errors[0].field.as_str(), gone.errors[0].text.as_str()), ("", "Answer this."));
    assert!(html(&gone).contains("<details class=\"nhsuk-details\">"));
}

#[test]
fn places_among_many_are_typed() {
    let options: Vec<_> = (1..=50)
        .map(|n| json!({ "value": format!("o{n}"), "label": format!("Option {n}"), "hint": null }))
        .collect();
    let html = drawn(json!([{ "form": ["f", [
        { "rank-input": { "field": "r", "label": "Rank", "hint": null, "options": options, "min_ranked": 0, "ranked": ["o7"] } },
        { "button": { "id": "go", "label": "Go", "primary": true } },
    ]] }]));
    assert!(!html.contains("<select"));
    assert_has(
        &html,
        &[
            "name=\"r.o7\" type=\"text\" inputmode=\"numeric\" value=\"1\"",
            "from 1 to 50: 1 is the best. You can leave some out.",
        ],
    );
}
