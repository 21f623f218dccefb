//! Ten thousand names that look like code: they appear as they are, and nothing of them runs.

use mail_parser::MessageParser;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

use super::reading::{self, Paper};
use super::*;
use crate::letter_book::{LETTERS_A_PART, LetterBook};
use crate::login_letters::{Letter, LetterHead};

/// Names that every kind of text is tried with.
const NAMES: usize = 10_000;
/// Posters, each with a hostile value in every place that takes words.
const POSTERS: usize = 250;

/// What means something to typst, to templates, to HTML, to emails or to shells.
const SNIPPETS: [&str; 60] = [
    "#",
    "[",
    "]",
    "$",
    "\\",
    "\"",
    "'",
    "`",
    "*",
    "_",
    "@",
    "<",
    ">",
    "{",
    "}",
    "(",
    ")",
    "~",
    "/",
    "//",
    "/*",
    "*/",
    "=",
    "==",
    "-",
    "--",
    "---",
    "...",
    "->",
    "=>",
    "<-",
    "!=",
    "&",
    "&amp;",
    "&#35;",
    "%",
    "%0d%0a",
    ";",
    ":",
    ",",
    "read(\"/values.json\")",
    "#read(\"/etc/passwd\")",
    "#eval(\"1+1\")",
    "#include \"/poster.typ\"",
    "#import \"@preview/x:1.0.0\"",
    "#panic()",
    "#values.title",
    "#let brand = red",
    "#set page(width: 1pt)",
    "#show: none",
    "{{ values }}",
    "{% raw %}",
    "${PATH}",
    "<script>alert(1)</script>",
    "</p>",
    "<!--",
    "-->",
    "\\u{23}",
    "Bcc: x@y.example",
    "=?utf-8?B?IA==?=",
];
const WORDS: [&str; 12] =
    ["Zoë", "O'Neill", "Ŵyn", "Łódź", "Ελένη", "Ўлад", "“ward”", "£5", "fi", "ffl", "Care", "Trust"];

fn name(random: &mut StdRng) -> String {
    let parts = random.random_range(1..=5);
    let part = |_| match random.random_bool(0.7) {
        true => *SNIPPETS.choose(random).unwrap(),
        false => *WORDS.choose(random).unwrap(),
    };
    (0..parts).map(part).collect::<Vec<_>>().join(if random.random_bool(0.5) { "" } else { " " })
}

fn names(seed: u64, count: usize) -> Vec<String> {
    let mut random = StdRng::seed_from_u64(seed);
    (0..count).map(|_| name(&mut random)).collect()
}

/// As addresses and codes of letters, two in each, so that many stand in one document.
#[test]
fn ten_thousand_names_stand_in_letters_as_they_are() {
    let head = LetterHead {
        tenant_name: "T".into(),
        campaign_title: "#panic()".into(),
        organisation_name: "</p>[".into(),
        opens: "then".into(),
        closes: "later".into(),
        entry_address: "x.example".into(),
        key_log_head: "3f7a".into(),
        support_name: "#eval(\"1\")".into(),
        support_address: "s@x.example".into(),
    };
    let book = LetterBook::new(head, facts().palette, None).unwrap();
    let names = names(6, NAMES);
    let letter = |four: &[String]| Letter {
        email: four[..2].join(" ¦ "),
        code: four[2..].join(" ¦ "),
        link: "https://x.example".into(),
    };
    let letters: Vec<Letter> = names.chunks(4).map(letter).collect();
    let mut pages = Vec::new();
    for (letters, number) in letters.chunks(LETTERS_A_PART).zip(1..) {
        pages.extend(Paper::read(&book.part(number, letters).unwrap()).texts());
    }
    assert_eq!(pages.len(), NAMES / 8);
    for (page, names) in pages.iter().zip(names.chunks(8)) {
        for name in names {
            assert!(reading::holds(page, name), "{name} in {page}");
        }
    }
}

#[test]
fn posters_show_hostile_names_as_they_are() {
    let mut random = StdRng::seed_from_u64(7);
    for _ in 0..POSTERS {
        let mut facts = extended();
        let mut fresh = || name(&mut random);
        facts.organisation_name = fresh();
        facts.campaign_title = fresh();
        facts.service_name = fresh();
        facts.tenant_name = fresh();
        facts.purpose = fresh();
        facts.entry_address = fresh();
        facts.support_name = fresh();
        facts.key_log_head = Some(fresh());
        facts.moved.as_mut().unwrap().reason = fresh();
        facts.logo.as_mut().unwrap().alt = fresh();
        let paper = Paper::read(&made(ToolkitPiece::PosterA4, &facts));
        let text = paper.text();
        let shown = [
            &facts.organisation_name,
            &facts.campaign_title,
            &facts.service_name,
            &facts.tenant_name,
            &facts.purpose,
            &facts.entry_address,
        ];
        for said in shown.into_iter().chain([&facts.support_name, facts.key_log_head.as_ref().unwrap()]) {
            assert!(reading::holds(&text, said), "{said} in {text}");
        }
        let alt = on_one_line(&facts.logo.unwrap().alt);
        assert!(paper.descriptions().contains(&alt), "{alt}");
        assert_eq!(paper.sizes(), [(210, 297)]);
    }
}

#[test]
fn ten_thousand_names_add_nothing_to_html() {
    let mut facts = ToolkitFacts { logo: None, ..extended() };
    let html = [
        ToolkitPiece::EmailHtml,
        ToolkitPiece::ArticleHtml,
        ToolkitPiece::SignatureHtml,
        ToolkitPiece::Countdown,
    ];
    let marks = |page: &str| ['<', '>', '"'].map(|mark| page.matches(mark).count());
    let harmless = html.map(|piece| marks(&made_text(piece, &facts)));
    for name in names(8, NAMES) {
        facts.campaign_title = name.clone();
        facts.organisation_name = name.clone();
        facts.service_name = name.clone();
        facts.support_name = name.clone();
        facts.moved.as_mut().unwrap().reason = name;
        assert_eq!(html.map(|piece| marks(&made_text(piece, &facts))), harmless, "{}", facts.campaign_title);
    }
}

#[test]
fn ten_thousand_names_add_no_header_and_no_line() {
    let mut facts = ToolkitFacts { logo: None, ..facts() };
    let mut random = StdRng::seed_from_u64(9);
    let lines = |facts: &ToolkitFacts| made_text(ToolkitPiece::Calendar, facts).matches("\nBEGIN:").count();
    let entries = lines(&facts);
    for _ in 0..NAMES {
        // A name that breaks its line is refused where it would be drawn; what writes headers does not rely on that.
        let name = name(&mut random);
        facts.campaign_title = name.replace(' ', if random.random_bool(0.5) { "\r\n" } else { "\n" });
        facts.service_name = facts.campaign_title.clone();
        let draft = made(ToolkitPiece::EmailDraft, &facts);
        let email = MessageParser::default().parse(&draft).unwrap();
        assert_eq!(email.headers().len(), 6, "{name}");
        assert_eq!(email.subject().unwrap(), format!("Have your say: {}", on_one_line(&name)));
        assert_eq!(lines(&facts), entries, "{name}");
    }
}
