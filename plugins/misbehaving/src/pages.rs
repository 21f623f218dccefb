//! Attacks by what is on a page.

use guest_sdk::bindings::candour::round::types::Form;
use guest_sdk::{
    Bar, Block, Button, Card, Chart, ChoiceInput, Evidence, Extension, Fact, Heading, Notice, NumberInput,
    OptionItem, PageLink, PointsInput, Progress, RankInput, Share, Table, TextInput, Thread, Tone,
};

/// What somebody would like to see run.
pub const HOSTILE: &str = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'>&{{7*7}}";

fn text(text: &str) -> String {
    text.to_owned()
}

fn prose(words: &str) -> Block {
    Block::Prose(text(words))
}

fn open_form(id: &str) -> Block {
    Block::OpenForm(Form { id: text(id) })
}

fn button(id: &str) -> Block {
    Block::Button(Button { id: text(id), label: text("Send"), primary: true })
}

fn words(field: &str) -> TextInput {
    let (field, label, value) = (text(field), text("Words"), String::new());
    TextInput { field, label, hint: None, required: false, max_characters: 100, rows: 1, value }
}

fn options(values: &[&str]) -> Vec<OptionItem> {
    values.iter().map(|value| OptionItem { value: text(value), label: text("Label"), hint: None }).collect()
}

fn choice(values: &[&str], max_chosen: u32, chosen: &[&str]) -> Block {
    let chosen = chosen.iter().map(|value| text(value)).collect();
    let (field, label, options) = (text("choice"), text("Choice"), options(values));
    Block::ChoiceInput(ChoiceInput { field, label, hint: None, required: false, options, max_chosen, chosen })
}

fn evidence(address: &str) -> Vec<Block> {
    vec![Block::Evidence(Evidence { label: text("Evidence"), address: text(address) })]
}

/// A form with `inside`.
fn form(inside: Vec<Block>) -> Vec<Block> {
    [vec![open_form("form")], inside, vec![button("send"), Block::Close]].concat()
}

pub fn blocks(attack: &str) -> Vec<Block> {
    nesting(attack)
        .or_else(|| strings(attack))
        .or_else(|| numbers(attack))
        .or_else(|| fields(attack))
        .unwrap_or_else(|| {
            let years = NumberInput {
                field: text("years"),
                label: text("Years"),
                hint: None,
                required: false,
                min: 0,
                max: 60,
                value: None,
            };
            form(vec![
                Block::TextInput(words("words")),
                choice(&["a", "b"], 1, &[]),
                Block::NumberInput(years),
            ])
        })
}

fn nesting(attack: &str) -> Option<Vec<Block>> {
    let details = || Block::OpenDetails(text("More"));
    Some(match attack {
        "blocks" => vec![prose("words"); 100_000],
        "blocks-one-too-many" => vec![prose("words"); 2_001],
        "left-open" => vec![details(), prose("words")],
        "closed-twice" => vec![details(), Block::Close, Block::Close],
        "close-first" => vec![Block::Close, details()],
        "deep" => [vec![details(); 500], vec![Block::Close; 500]].concat(),
        "form-in-form" => {
            [vec![open_form("outer")], form(Vec::new()), vec![button("b"), Block::Close]].concat()
        }
        "form-in-card-in-form" => {
            let card = Card { id: text("card"), title: text("Card"), tag: None };
            let inner = [vec![Block::OpenCard(card)], form(Vec::new()), vec![Block::Close]].concat();
            [vec![open_form("outer")], inner, vec![button("b"), Block::Close]].concat()
        }
        "field-outside" => vec![Block::TextInput(words("words"))],
        "button-outside" => vec![button("send")],
        "group-outside" => vec![Block::OpenGroup(text("Group")), Block::Close],
        "form-without-button" => vec![open_form("form"), Block::TextInput(words("words")), Block::Close],
        "form-twice" => [form(Vec::new()), form(Vec::new())].concat(),
        "field-twice" => form(vec![Block::TextInput(words("same")), Block::TextInput(words("same"))]),
        "button-twice" => form(vec![button("send")]),
        "card-twice" => {
            let card = || Block::OpenCard(Card { id: text("card"), title: text("Card"), tag: None });
            vec![card(), Block::Close, card(), Block::Close]
        }
        "thread-twice" => {
            vec![Block::Thread(Thread { subject: text("same"), title: text("Title") }); 2]
        }
        "unknown-extension" => {
            vec![Block::Extension(Extension { kind: text("iframe"), json: text(HOSTILE) })]
        }
        _ => return None,
    })
}

fn strings(attack: &str) -> Option<Vec<Block>> {
    Some(match attack {
        "giant-prose" => vec![prose(&"w".repeat(8 << 20))],
        "long-prose" => vec![prose(&"w".repeat(20_001))],
        "long-heading" => vec![Block::Heading(Heading { level: 2, text: "w".repeat(1_001) })],
        "empty-heading" => vec![Block::Heading(Heading { level: 2, text: text("  ") })],
        "two-line-heading" => vec![Block::Heading(Heading { level: 2, text: text("one\ntwo") })],
        "control-characters" => vec![prose("be\u{7}ll\u{1b}[2J")],
        "turned-text" => vec![prose("abc\u{202e}txt.exe")],
        "html-everywhere" => html_everywhere(),
        "javascript" => evidence("javascript:alert(1)"),
        "javascript-mixed" => evidence("JaVaScRiPt:alert(1)"),
        "data" => evidence("data:text/html,<script>alert(1)</script>"),
        "plain-http" => evidence("http://example.org/"),
        "another-host" => evidence("//example.org/"),
        "another-host-by-backslash" => evidence("/\\example.org/"),
        "name-before-host" => evidence("https://nhs.uk@example.org/"),
        "no-host" => evidence("https:///path"),
        "tab-in-address" => evidence("java\tscript:alert(1)"),
        "quote-in-address" => evidence("https://example.org/\"onmouseover=alert(1)"),
        "page-outside" => {
            vec![Block::PageLink(PageLink { label: text("Out"), page: text("../../console") })]
        }
        "page-with-query" => vec![Block::PageLink(PageLink { label: text("Out"), page: text("a?b=c") })],
        "card-name" => {
            let card = Card { id: text("a\" onclick=\"alert(1)"), title: text("Card"), tag: None };
            vec![Block::OpenCard(card), Block::Close]
        }
        "field-name" => form(vec![Block::TextInput(words("csrf_token"))]),
        "form-name" => vec![open_form("a b"), button("send"), Block::Close],
        "subject-name" => vec![Block::Thread(Thread { subject: text("../other"), title: text("Title") })],
        _ => return None,
    })
}

/// Every string that people read is hostile; the page itself is as it should be.
fn html_everywhere() -> Vec<Block> {
    let hostile = || text(HOSTILE);
    let option = || OptionItem { value: text("a"), label: hostile(), hint: Some(hostile()) };
    let table = Table { caption: hostile(), columns: vec![hostile()], rows: vec![vec![hostile()]] };
    let input = TextInput { label: hostile(), hint: Some(hostile()), value: hostile(), ..words("words") };
    let choice = ChoiceInput {
        field: text("choice"),
        label: hostile(),
        hint: Some(hostile()),
        required: false,
        options: vec![option()],
        max_chosen: 1,
        chosen: Vec::new(),
    };
    let mut blocks = form(vec![Block::TextInput(input), Block::ChoiceInput(choice)]);
    blocks.extend([
        Block::Heading(Heading { level: 2, text: hostile() }),
        prose(HOSTILE),
        Block::Notice(Notice { tone: Tone::Warning, text: hostile() }),
        Block::OpenCard(Card { id: text("card"), title: hostile(), tag: Some(hostile()) }),
        Block::Close,
        Block::Summary(vec![Fact { name: hostile(), value: hostile() }]),
        Block::Table(table),
        Block::Chart(Chart { caption: hostile(), bars: vec![Bar { label: hostile(), value: 1.0 }] }),
        Block::Thread(Thread { subject: text("subject"), title: hostile() }),
    ]);
    blocks
}

fn numbers(attack: &str) -> Option<Vec<Block>> {
    let bar = |value: f64| {
        let bars = vec![Bar { label: text("Bar"), value }];
        vec![Block::Chart(Chart { caption: text("Chart"), bars })]
    };
    let progress = |done, total| vec![Block::Progress(Progress { label: text("Progress"), done, total })];
    Some(match attack {
        "heading-1" => vec![Block::Heading(Heading { level: 1, text: text("Title") })],
        "heading-255" => vec![Block::Heading(Heading { level: 255, text: text("Title") })],
        "not-a-number" => bar(f64::NAN),
        "infinite" => bar(f64::INFINITY),
        "negative" => bar(-1.0),
        "more-than-all" => progress(2, 1),
        "of-nothing" => progress(0, 0),
        "ragged-table" => {
            let table = Table {
                caption: text("T"),
                columns: vec![text("A"), text("B")],
                rows: vec![vec![text("1")]],
            };
            vec![Block::Table(table)]
        }
        "long-table" => {
            let table =
                Table { caption: text("T"), columns: vec![text("A")], rows: vec![vec![text("1")]; 501] };
            vec![Block::Table(table)]
        }
        _ => return None,
    })
}

fn fields(attack: &str) -> Option<Vec<Block>> {
    let field = match attack {
        "no-characters" => Block::TextInput(TextInput { max_characters: 0, ..words("words") }),
        "endless-characters" => Block::TextInput(TextInput { max_characters: u32::MAX, ..words("words") }),
        "endless-rows" => Block::TextInput(TextInput { rows: 255, ..words("words") }),
        "value-too-long" => Block::TextInput(TextInput { value: "w".repeat(100_000), ..words("words") }),
        "no-options" => choice(&[], 1, &[]),
        "same-options" => choice(&["a", "a"], 1, &[]),
        "option-name" => choice(&["A B"], 1, &[]),
        "choose-none" => choice(&["a"], 0, &[]),
        "choose-endless" => choice(&["a"], u32::MAX, &[]),
        "chosen-unknown" => choice(&["a"], 1, &["b"]),
        "chosen-too-many" => choice(&["a", "b"], 1, &["a", "b"]),
        "rank-more-than-all" => {
            let (field, label, options) = (text("rank"), text("Rank"), options(&["a", "b"]));
            Block::RankInput(RankInput {
                field,
                label,
                hint: None,
                options,
                min_ranked: 3,
                ranked: Vec::new(),
            })
        }
        "points-more-than-all" => {
            let (field, label, options) = (text("points"), text("Points"), options(&["a", "b"]));
            let given = ["a", "b"].map(|choice| Share { choice: text(choice), points: u32::MAX }).to_vec();
            Block::PointsInput(PointsInput {
                field,
                label,
                hint: None,
                required: false,
                options,
                total: 10,
                given,
            })
        }
        "least-above-most" => {
            let (field, label) = (text("number"), text("Number"));
            Block::NumberInput(NumberInput {
                field,
                label,
                hint: None,
                required: false,
                min: 2,
                max: 1,
                value: None,
            })
        }
        _ => return None,
    };
    Some(form(vec![field]))
}
