//! Pages: the flat blocks that a guest gave, checked and made into a tree that can be drawn as it stands.
//!
//! Whoever draws escapes every string, draws Markdown only in [`Node::Prose`] and notices, and owns addresses, forms and their protection.

mod fields;

pub(crate) use fields::answer_bytes;

use serde::{Deserialize, Serialize};

use crate::contract::{
    Button, Card, Chart, ChoiceInput, Evidence, Fact, Heading, Notice, NumberInput, PageLink, PointsInput,
    Progress, RankInput, Table, TextInput, Thread,
};
use crate::output::{
    BadOutput, Checked, LABEL_BYTES, PROSE_BYTES, check, check_count, check_label, check_lines, check_name,
    check_optional_label, check_page_name,
};
use crate::round_v1::types::{Block, Form as OpenForm};

/// The most blocks of a page.
pub const BLOCKS: usize = 2_000;
/// How deep cards, details, forms and groups may stand in each other.
pub const DEPTH: usize = 6;
/// The most rows of a table, facts of a summary or bars of a chart.
const ROWS: usize = 500;
/// The most columns of a table.
const COLUMNS: usize = 20;
/// The most pieces that all blocks of a page come to when they are drawn: options, cells, bars.
pub const PIECES: usize = 10_000;
/// So many bytes of columns' headings in a row come to one piece.
const HEADING_BYTES_OF_PIECE: usize = 50;
/// What one option to rank comes to: it is drawn with a list of places.
const PIECES_OF_RANKED: usize = 10;

/// A page of a round.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// What stands on it, from top to bottom.
    pub nodes: Vec<Node>,
}

/// One piece of a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Node {
    /// A heading of level 2 to 4.
    Heading(Heading),
    /// Running text in Markdown.
    Prose(String),
    /// A message that stands out; its text is Markdown.
    Notice(Notice),
    /// A box with what is in it.
    Card(Card, Vec<Node>),
    /// Something to open: what it is about, and what is in it.
    Details(String, Vec<Node>),
    /// A form: its name and what is in it. Has a button.
    Form(String, Vec<Node>),
    /// A group of fields: its question and what is in it.
    Group(String, Vec<Node>),
    /// A field for words.
    TextInput(TextInput),
    /// A field of which options are chosen.
    ChoiceInput(ChoiceInput),
    /// A field in which options are put in order.
    RankInput(RankInput),
    /// A field in which points are shared.
    PointsInput(PointsInput),
    /// A field for a whole number.
    NumberInput(NumberInput),
    /// A button that sends its form.
    Button(Button),
    /// A link to another page of the round.
    PageLink(PageLink),
    /// A link to what the words rest on.
    Evidence(Evidence),
    /// How far one has come.
    Progress(Progress),
    /// Names and values.
    Summary(Vec<Fact>),
    /// Rows and columns.
    Table(Table),
    /// Figures side by side.
    Chart(Chart),
    /// The host's own comments about a subject.
    Thread(Thread),
}

/// What is open while blocks are read.
enum Opened {
    Page,
    Card(Card),
    Details(String),
    Form(String),
    Group(String),
}

impl Page {
    /// Reads what a guest gave.
    ///
    /// # Errors
    /// The first thing that breaks the contract.
    pub(crate) fn read(blocks: Vec<Block>) -> Result<Self, BadOutput> {
        check_count("blocks", blocks.len(), BLOCKS)?;
        let mut open = vec![(Opened::Page, Vec::new())];
        for block in blocks {
            read_block(block, &mut open)?;
        }
        let page = match open.pop() {
            Some((Opened::Page, nodes)) => Self { nodes },
            _ => return Err(BadOutput::Unbalanced("something is open at the end")),
        };
        fields::check_names(&page.nodes)?;
        check_count("options, cells and bars of a page", pieces(&page.nodes), PIECES)?;
        Ok(page)
    }

    /// What is in the form called `id`.
    pub fn form(&self, id: &str) -> Option<&[Node]> {
        find_form(&self.nodes, id)
    }
}

impl Node {
    /// What is in it.
    pub fn children(&self) -> &[Node] {
        match self {
            Self::Card(_, nodes) | Self::Details(_, nodes) | Self::Form(_, nodes) | Self::Group(_, nodes) => {
                nodes
            }
            _ => &[],
        }
    }
}

/// How much there is to draw: a guest says in a few bytes what takes many.
fn pieces(nodes: &[Node]) -> usize {
    let of = |node: &Node| match node {
        Node::ChoiceInput(it) => it.options.len(),
        Node::RankInput(it) => it.options.len() * PIECES_OF_RANKED,
        Node::PointsInput(it) => it.options.len(),
        Node::Summary(facts) => facts.len(),
        Node::Table(table) => {
            // Each cell is drawn with its column's heading: on a phone rows fold.
            let headings: usize = table.columns.iter().map(String::len).sum();
            table.rows.len() * (table.columns.len() + headings / HEADING_BYTES_OF_PIECE)
        }
        Node::Chart(chart) => chart.bars.len(),
        other => 1 + pieces(other.children()),
    };
    nodes.iter().map(of).sum()
}

fn find_form<'a>(nodes: &'a [Node], id: &str) -> Option<&'a [Node]> {
    nodes.iter().find_map(|node| match node {
        Node::Form(name, nodes) if name == id => Some(nodes.as_slice()),
        other => find_form(other.children(), id),
    })
}

type Open = Vec<(Opened, Vec<Node>)>;

fn read_block(block: Block, open: &mut Open) -> Checked {
    let opened = match block {
        Block::Close => return close(open),
        Block::Extension(_) => return Ok(()),
        Block::OpenCard(card) => {
            check_name("card", &card.id)?;
            check_label("title of a card", &card.title)?;
            check_optional_label("tag of a card", card.tag.as_ref())?;
            Opened::Card(card)
        }
        Block::OpenDetails(title) => {
            check_label("details", &title)?;
            Opened::Details(title)
        }
        Block::OpenForm(OpenForm { id }) => {
            check_name("form", &id)?;
            check(!is_in_form(open), BadOutput::Misplaced("a form stands in another one"))?;
            Opened::Form(id)
        }
        Block::OpenGroup(title) => {
            check_label("group", &title)?;
            check(is_in_form(open), BadOutput::Misplaced("a group stands outside a form"))?;
            Opened::Group(title)
        }
        other => {
            let node = read_leaf(other, is_in_form(open))?;
            return push(open, node);
        }
    };
    check(open.len() <= DEPTH, BadOutput::Unbalanced("too deep"))?;
    open.push((opened, Vec::new()));
    Ok(())
}

fn is_in_form(open: &Open) -> bool {
    open.iter().any(|(opened, _)| matches!(opened, Opened::Form(_)))
}

fn close(open: &mut Open) -> Checked {
    let closed = open.pop().map(|(opened, nodes)| match opened {
        Opened::Page => Err(BadOutput::Unbalanced("more is closed than opened")),
        Opened::Card(card) => Ok(Node::Card(card, nodes)),
        Opened::Details(title) => Ok(Node::Details(title, nodes)),
        Opened::Form(id) => Ok(Node::Form(id, nodes)),
        Opened::Group(title) => Ok(Node::Group(title, nodes)),
    });
    push(open, closed.ok_or(BadOutput::Unbalanced("more is closed than opened"))??)
}

fn push(open: &mut Open, node: Node) -> Checked {
    let (_, nodes) = open.last_mut().ok_or(BadOutput::Unbalanced("more is closed than opened"))?;
    nodes.push(node);
    Ok(())
}

fn read_leaf(block: Block, is_in_form: bool) -> Result<Node, BadOutput> {
    let is_field = matches!(
        block,
        Block::TextInput(_)
            | Block::ChoiceInput(_)
            | Block::RankInput(_)
            | Block::PointsInput(_)
            | Block::NumberInput(_)
            | Block::Button(_)
    );
    check(!is_field || is_in_form, BadOutput::Misplaced("a field or button stands outside a form"))?;
    let node = match block {
        Block::Heading(it) => Node::Heading(it),
        Block::Prose(text) => Node::Prose(text),
        Block::Notice(it) => Node::Notice(it),
        Block::TextInput(it) => Node::TextInput(it),
        Block::ChoiceInput(it) => Node::ChoiceInput(it),
        Block::RankInput(it) => Node::RankInput(it),
        Block::PointsInput(it) => Node::PointsInput(it),
        Block::NumberInput(it) => Node::NumberInput(it),
        Block::Button(it) => Node::Button(it),
        Block::PageLink(it) => Node::PageLink(it),
        Block::Evidence(it) => Node::Evidence(it),
        Block::Progress(it) => Node::Progress(it),
        Block::Summary(facts) => Node::Summary(facts),
        Block::Table(it) => Node::Table(it),
        Block::Chart(it) => Node::Chart(it),
        Block::Thread(it) => Node::Thread(it),
        Block::OpenCard(_)
        | Block::OpenDetails(_)
        | Block::OpenForm(_)
        | Block::OpenGroup(_)
        | Block::Close
        | Block::Extension(_) => return Err(BadOutput::Misplaced("not a piece of its own")),
    };
    check_leaf(&node)?;
    Ok(node)
}

fn check_leaf(node: &Node) -> Checked {
    match node {
        Node::Heading(Heading { level, text }) => {
            check((2..=4).contains(level), BadOutput::OutOfBounds("level of a heading"))?;
            check_label("heading", text)
        }
        Node::Prose(text) => check_lines("prose", text, PROSE_BYTES),
        Node::Notice(notice) => check_lines("notice", &notice.text, PROSE_BYTES),
        Node::PageLink(PageLink { label, page }) => {
            check_label("link", label)?;
            check_page_name(page)
        }
        Node::Evidence(Evidence { label, address }) => {
            check_label("evidence", label)?;
            check(is_safe_address(address), BadOutput::BadAddress)
        }
        Node::Progress(Progress { label, done, total }) => {
            check_label("progress", label)?;
            check(*total >= 1 && done <= total, BadOutput::OutOfBounds("progress"))
        }
        Node::Summary(facts) => {
            check_count("facts", facts.len(), ROWS)?;
            facts.iter().try_for_each(|fact| {
                check_label("fact", &fact.name)?;
                check_lines("fact", &fact.value, PROSE_BYTES)
            })
        }
        Node::Table(table) => check_table(table),
        Node::Chart(chart) => {
            check_label("chart", &chart.caption)?;
            check_count("bars", chart.bars.len(), ROWS)?;
            chart.bars.iter().try_for_each(|bar| {
                check_label("bar", &bar.label)?;
                check(bar.value.is_finite() && bar.value >= 0.0, BadOutput::OutOfBounds("bar"))
            })
        }
        Node::Thread(Thread { subject, title }) => {
            check_name("subject", subject)?;
            check_label("thread", title)
        }
        field => fields::check_field(field),
    }
}

fn check_table(table: &Table) -> Checked {
    check_label("table", &table.caption)?;
    check_count("columns", table.columns.len(), COLUMNS)?;
    check_count("rows", table.rows.len(), ROWS)?;
    table.columns.iter().try_for_each(|column| check_label("column", column))?;
    table.rows.iter().try_for_each(|row| {
        check(row.len() == table.columns.len(), BadOutput::OutOfBounds("cells of a row"))?;
        row.iter().try_for_each(|cell| check_lines("cell", cell, LABEL_BYTES))
    })
}

/// `https:` with a host, or a path of the tenant's own site; nothing that a browser could read as another scheme or host.
fn is_safe_address(address: &str) -> bool {
    let is_plain =
        |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'`' | b'\\');
    if address.len() > LABEL_BYTES || !address.bytes().all(is_plain) {
        return false;
    }
    match address.strip_prefix("https://") {
        // No name before the host that could be taken for it.
        Some(rest) => {
            let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
            !host.is_empty() && !host.contains('@')
        }
        None => address.starts_with('/') && !address.starts_with("//"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Bar;

    fn charts(count: usize) -> Vec<Block> {
        let bar = Bar { label: "a".to_owned(), value: 1.0 };
        let chart = Chart { caption: "c".to_owned(), bars: vec![bar; ROWS] };
        vec![Block::Chart(chart); count]
    }

    #[test]
    fn a_page_is_no_more_than_can_be_drawn() {
        assert!(Page::read(charts(PIECES / ROWS)).is_ok());
        let refused = Page::read(charts(PIECES / ROWS + 1));
        assert_eq!(refused, Err(BadOutput::TooMany("options, cells and bars of a page")));
    }
}
