//! A page of a round type as a view: its pieces with all that the template needs, worked out from what a guest gave.
//!
//! A guest says what stands on a page; the host says how. Here: ids that differ whatever names a guest chose, levels of headings, addresses and
//! Markdown that can do no harm, errors beside their fields, and what was typed into a form that was not taken. Not here: markup
//! (`templates/parts/blocks.html`), and reading what a form sent. To add a kind of block: a case of [`Block`], its branch in [`Drawing`] and in the
//! template, and its place in the sample.

mod fields;
mod figures;
mod prose;
mod sample;

use std::collections::BTreeMap;

use actions::round_types::{
    Button, Card, Evidence, Heading, Node, Page, Problem, Progress, Table, Thread, Tone,
};
use serde::Serialize;

use self::fields::OpenForm;
use super::{Author, FieldError};

pub use fields::{Choice, Field, Input};
pub(crate) use sample::sample_blocks;

/// The hidden field that names a form. Guests' names have no `_`, so that no field of theirs is taken for it.
pub const FORM_FIELD: &str = "_form";
/// The name of every button; its value is the button's.
pub const BUTTON_FIELD: &str = "_pressed";

/// The most columns of a table that has room on every screen but a phone's, where all tables fold; those with more can be scrolled.
const FITTING_COLUMNS: usize = 4;
/// The lowest level that HTML has for headings.
const LOWEST_HEADING: u8 = 6;

/// Where a page stands.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The address of the round's first page, with the site's base. Every other page stands below it: `address/page`.
    pub address: &'a str,
    /// The page's name; empty for the first.
    pub page: &'a str,
    /// The site's base, which goes before paths on the tenant's own site.
    pub base: &'a str,
    /// The token that every form sends back as `csrf`.
    pub csrf: &'a str,
}

/// A form that was sent and not taken.
#[derive(Clone, Copy, Debug)]
pub struct Refused<'a> {
    /// The form's name.
    pub form: &'a str,
    /// Why.
    pub problems: &'a [Problem],
    /// Every field with what was sent.
    pub typed: &'a BTreeMap<String, Vec<String>>,
}

/// The host's own comments about a subject.
#[derive(Clone, Debug, Serialize)]
pub struct ThreadBox {
    /// Where they are read and written.
    pub href: String,
    /// How many there are.
    pub count: i64,
    /// The latest, at most two.
    pub latest: Vec<ThreadPost>,
}

/// A comment in a few lines.
#[derive(Clone, Debug, Serialize)]
pub struct ThreadPost {
    /// Who wrote it, by the name of this thread.
    pub author: Author,
    /// The day in words.
    pub when: String,
    /// Its words, or their beginning, as safe HTML.
    pub html: String,
}

/// A page of a round type, ready for `parts/blocks.html`, which draws it where it stands as `blocks`.
#[derive(Clone, Debug, Serialize)]
pub struct BlocksView {
    /// What is wrong with a form that was sent: for `parts/errors.html`, above the page's title.
    pub errors: Vec<FieldError>,
    /// Where forms are sent.
    pub action: String,
    /// The token that every form sends back.
    pub csrf: String,
    /// What stands on the page.
    pub pieces: Vec<Block>,
    /// Whether posts are among it: their birds are drawn once.
    pub has_posts: bool,
}

/// One piece of a page. Strings are plain text, but for those called `html` and `svg`, which are safe.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the fields are those of the contract, by the same names")]
pub enum Block {
    /// A heading.
    Heading { level: u8, text: String },
    /// Running text.
    Prose { html: String },
    /// A message that stands out: how it is meant, as a name for its looks and as a word for those who do not see it.
    Notice { tone: &'static str, said: &'static str, html: String },
    /// A box under a heading of its own.
    Card { id: String, level: u8, title: String, tag: Option<String>, pieces: Vec<Block> },
    /// Something to open.
    Details { title: String, open: bool, pieces: Vec<Block> },
    /// A form.
    Form { id: String, name: String, pieces: Vec<Block> },
    /// Fields under one question.
    Group { title: String, pieces: Vec<Block> },
    /// A field of a form.
    Field(Field),
    /// Buttons in a row.
    Buttons { buttons: Vec<PlainButton> },
    /// A link to another page of the round.
    PageLink { text: String, href: String },
    /// A link to what words rest on; the words alone, where the address is none to link to.
    Evidence { text: String, href: Option<String> },
    /// How far one has come, in words and as a bar.
    Progress { text: String, svg: String },
    /// Names and values.
    Summary { facts: Vec<(String, String)> },
    /// Rows and columns; whether they can be scrolled.
    Table { caption: String, columns: Vec<String>, rows: Vec<Vec<String>>, scrolls: bool },
    /// Bars.
    Chart { caption: String, bars: Vec<DrawnBar> },
    /// The host's own comments about `title`.
    Thread { id: String, level: u8, title: String, thread: ThreadBox },
}

/// A button that sends its form.
#[derive(Clone, Debug, Serialize)]
pub struct PlainButton {
    /// What is sent as `pressed`.
    pub id: String,
    /// What it says.
    pub label: String,
    /// Whether it is the one that most people want.
    pub primary: bool,
}

/// A bar of a chart.
#[derive(Clone, Debug, Serialize)]
pub struct DrawnBar {
    /// What it stands for.
    pub label: String,
    /// Its length in figures.
    pub figure: String,
    /// The bar itself.
    pub svg: String,
}

/// Draws `page` at `place`, with what was typed into `refused`, and with those of `threads`, by subject, that it asks for.
pub fn view(
    page: &Page,
    place: &Place<'_>,
    refused: Option<&Refused<'_>>,
    threads: &BTreeMap<String, ThreadBox>,
) -> BlocksView {
    let mut drawing = Drawing {
        place,
        refused,
        threads,
        form: None,
        heading: 1,
        card: 1,
        errors: Vec::new(),
        has_posts: false,
    };
    let pieces = drawing.pieces(&page.nodes);
    let (mut errors, has_posts) = (drawing.errors, drawing.has_posts);
    // A form that is on the page no longer has no place for its problems.
    if let Some(refused) = refused.filter(|refused| page.form(refused.form).is_none()) {
        let error = |problem: &Problem| FieldError { field: String::new(), text: problem.message.clone() };
        errors.extend(refused.problems.iter().map(error));
    }
    BlocksView {
        errors,
        action: place.page_address(place.page),
        csrf: place.csrf.to_owned(),
        pieces,
        has_posts,
    }
}

impl Place<'_> {
    /// The address of the page called `page`.
    fn page_address(&self, page: &str) -> String {
        if page.is_empty() { self.address.to_owned() } else { format!("{}/{page}", self.address) }
    }

    /// An address that may be linked to, as the host of round types has checked already: `https:`, or a path on the tenant's own site.
    fn outward(&self, address: &str) -> Option<String> {
        let is_path = address.starts_with('/') && !address.starts_with("//") && !address.contains('\\');
        if is_path {
            Some(format!("{}{address}", self.base))
        } else {
            prose::is_https(address).then(|| address.to_owned())
        }
    }
}

/// A page while it is drawn.
struct Drawing<'a> {
    place: &'a Place<'a>,
    refused: Option<&'a Refused<'a>>,
    threads: &'a BTreeMap<String, ThreadBox>,
    /// The form that is open.
    form: Option<OpenForm<'a>>,
    /// The level of the last heading: the page's own title is 1.
    heading: u8,
    /// The level of the heading of the card that is open, or of the page.
    card: u8,
    errors: Vec<FieldError>,
    has_posts: bool,
}

impl<'a> Drawing<'a> {
    fn pieces(&mut self, nodes: &'a [Node]) -> Vec<Block> {
        let mut pieces = Vec::with_capacity(nodes.len());
        for node in nodes {
            match (node, pieces.last_mut()) {
                // Buttons beside each other stand in one row.
                (Node::Button(button), Some(Block::Buttons { buttons })) => {
                    buttons.push(plain_button(button));
                }
                _ => pieces.extend(self.piece(node)),
            }
        }
        pieces
    }

    /// Nothing for what has nothing to show.
    fn piece(&mut self, node: &'a Node) -> Option<Block> {
        Some(match node {
            Node::Heading(it) => self.heading(it),
            Node::Prose(text) => Block::Prose { html: prose::html(text) },
            Node::Notice(it) => {
                let (tone, said) = tone(&it.tone);
                Block::Notice { tone, said, html: prose::html(&it.text) }
            }
            Node::Card(card, nodes) => self.card(card, nodes),
            Node::Details(title, nodes) => {
                // What was not taken must be seen.
                let open = self.refused.is_some_and(|refused| holds_form(nodes, refused.form));
                let pieces = self.inside(self.card, self.heading, nodes);
                Block::Details { title: title.clone(), open, pieces }
            }
            Node::Form(name, nodes) => self.form(name, nodes),
            Node::Group(title, nodes) => Block::Group { title: title.clone(), pieces: self.pieces(nodes) },
            Node::Button(button) => Block::Buttons { buttons: vec![plain_button(button)] },
            Node::PageLink(it) => {
                Block::PageLink { text: it.label.clone(), href: self.place.page_address(&it.page) }
            }
            Node::Evidence(Evidence { label, address }) => {
                Block::Evidence { text: label.clone(), href: self.place.outward(address) }
            }
            Node::Progress(it) => progress(it),
            Node::Summary(facts) => Block::Summary {
                facts: facts.iter().map(|fact| (fact.name.clone(), fact.value.clone())).collect(),
            },
            Node::Table(table) => return drawn_table(table),
            Node::Chart(it) => Block::Chart { caption: it.caption.clone(), bars: figures::bars(&it.bars) },
            Node::Thread(it) => self.thread(it)?,
            Node::TextInput(_)
            | Node::ChoiceInput(_)
            | Node::RankInput(_)
            | Node::PointsInput(_)
            | Node::NumberInput(_) => {
                let field = self.form.as_ref()?.draw(node)?;
                self.errors.extend(field.in_summary());
                Block::Field(field)
            }
        })
    }

    /// Nothing for a thread that nobody prepared.
    fn thread(&mut self, it: &Thread) -> Option<Block> {
        let thread = self.threads.get(&it.subject)?.clone();
        self.has_posts |= !thread.latest.is_empty();
        let (id, level) = (format!("thread_{}", it.subject), below(self.heading));
        Some(Block::Thread { id, level, title: it.title.clone(), thread })
    }

    fn form(&mut self, name: &'a str, nodes: &'a [Node]) -> Block {
        let form = OpenForm::new(name, nodes, self.refused.filter(|refused| refused.form == name));
        let id = form.id();
        let of_no_field = form.problems_of_no_field(nodes);
        self.form = Some(form);
        let pieces = self.pieces(nodes);
        self.form = None;
        self.errors.extend(of_no_field);
        Block::Form { id, name: name.to_owned(), pieces }
    }

    /// A heading below that of its card, and no more than one level below the last.
    fn heading(&mut self, it: &Heading) -> Block {
        self.heading = it.level.max(self.card + 1).min(self.heading + 1).min(LOWEST_HEADING);
        Block::Heading { level: self.heading, text: it.text.clone() }
    }

    fn card(&mut self, card: &'a Card, nodes: &'a [Node]) -> Block {
        let level = below(self.heading);
        Block::Card {
            id: format!("card_{}", card.id),
            level,
            title: card.title.clone(),
            tag: card.tag.clone(),
            pieces: self.inside(level, level, nodes),
        }
    }

    /// What stands in something under a heading of level `card`; headings go on afterwards as if it were not there.
    fn inside(&mut self, card: u8, heading: u8, nodes: &'a [Node]) -> Vec<Block> {
        let before = (self.card, self.heading);
        (self.card, self.heading) = (card, heading);
        let pieces = self.pieces(nodes);
        (self.card, self.heading) = before;
        pieces
    }
}

fn below(heading: u8) -> u8 {
    (heading + 1).min(LOWEST_HEADING)
}

fn plain_button(button: &Button) -> PlainButton {
    PlainButton { id: button.id.clone(), label: button.label.clone(), primary: button.primary }
}

/// A notice's tone, and the word that says it to those who do not see it.
fn tone(tone: &Tone) -> (&'static str, &'static str) {
    match tone {
        Tone::Information => ("information", "Information"),
        Tone::Success => ("success", "Done"),
        Tone::Warning => ("warning", "Important"),
    }
}

fn progress(it: &Progress) -> Block {
    let text = format!("{}: {} of {}", it.label, it.done, it.total);
    Block::Progress { text, svg: crate::charts::bar(it.done.into(), it.total.into()) }
}

/// Nothing for a table without columns.
fn drawn_table(table: &Table) -> Option<Block> {
    let Table { caption, columns, rows } = table.clone();
    let scrolls = columns.len() > FITTING_COLUMNS;
    (!columns.is_empty()).then_some(Block::Table { caption, columns, rows, scrolls })
}

fn holds_form(nodes: &[Node], form: &str) -> bool {
    nodes.iter().any(|node| match node {
        Node::Form(name, _) => name == form,
        other => holds_form(other.children(), form),
    })
}

#[cfg(test)]
mod tests;
