//! Pages, built so that whatever is opened is closed.

use crate::bindings::candour::round::types::Form;
use crate::{
    Block, Button, Card, Chart, ChoiceInput, Evidence, Fact, Heading, Notice, NumberInput, PageLink,
    PointsInput, Progress, RankInput, Table, TextInput, Thread, Tone,
};

/// The blocks of a page, from top to bottom.
#[derive(Default)]
pub struct Blocks(Vec<Block>);

impl Blocks {
    /// An empty page.
    pub fn new() -> Self {
        Self::default()
    }

    pub(crate) fn into_list(self) -> Vec<Block> {
        self.0
    }

    /// A heading of level 2 to 4.
    pub fn heading(&mut self, level: u8, text: impl Into<String>) -> &mut Self {
        self.push(Block::Heading(Heading { level, text: text.into() }))
    }

    /// Running text in Markdown.
    pub fn prose(&mut self, text: impl Into<String>) -> &mut Self {
        self.push(Block::Prose(text.into()))
    }

    /// A message that stands out, in Markdown.
    pub fn notice(&mut self, tone: Tone, text: impl Into<String>) -> &mut Self {
        self.push(Block::Notice(Notice { tone, text: text.into() }))
    }

    /// A box with what `inside` puts into it.
    pub fn card(&mut self, card: Card, inside: impl FnOnce(&mut Self)) -> &mut Self {
        self.around(Block::OpenCard(card), inside)
    }

    /// Something to open: what it is about, and what `inside` puts into it.
    pub fn details(&mut self, title: impl Into<String>, inside: impl FnOnce(&mut Self)) -> &mut Self {
        self.around(Block::OpenDetails(title.into()), inside)
    }

    /// A form with the fields and buttons that `inside` puts into it.
    pub fn form(&mut self, id: &str, inside: impl FnOnce(&mut Self)) -> &mut Self {
        self.around(Block::OpenForm(Form { id: id.to_owned() }), inside)
    }

    /// A group of fields: its question, and what `inside` puts into it.
    pub fn group(&mut self, question: impl Into<String>, inside: impl FnOnce(&mut Self)) -> &mut Self {
        self.around(Block::OpenGroup(question.into()), inside)
    }

    /// A field for words.
    pub fn text_input(&mut self, input: TextInput) -> &mut Self {
        self.push(Block::TextInput(input))
    }

    /// A field of which options are chosen.
    pub fn choice_input(&mut self, input: ChoiceInput) -> &mut Self {
        self.push(Block::ChoiceInput(input))
    }

    /// A field in which options are put in order.
    pub fn rank_input(&mut self, input: RankInput) -> &mut Self {
        self.push(Block::RankInput(input))
    }

    /// A field in which points are shared.
    pub fn points_input(&mut self, input: PointsInput) -> &mut Self {
        self.push(Block::PointsInput(input))
    }

    /// A field for a whole number.
    pub fn number_input(&mut self, input: NumberInput) -> &mut Self {
        self.push(Block::NumberInput(input))
    }

    /// The button that most people want.
    pub fn button(&mut self, id: &str, label: impl Into<String>) -> &mut Self {
        self.push(Block::Button(Button { id: id.to_owned(), label: label.into(), primary: true }))
    }

    /// Another button.
    pub fn other_button(&mut self, id: &str, label: impl Into<String>) -> &mut Self {
        self.push(Block::Button(Button { id: id.to_owned(), label: label.into(), primary: false }))
    }

    /// A link to another page of the round.
    pub fn page_link(&mut self, label: impl Into<String>, page: impl Into<String>) -> &mut Self {
        self.push(Block::PageLink(PageLink { label: label.into(), page: page.into() }))
    }

    /// A link to what the words rest on.
    pub fn evidence(&mut self, label: impl Into<String>, address: impl Into<String>) -> &mut Self {
        self.push(Block::Evidence(Evidence { label: label.into(), address: address.into() }))
    }

    /// How far one has come.
    pub fn progress(&mut self, label: impl Into<String>, done: u32, total: u32) -> &mut Self {
        self.push(Block::Progress(Progress { label: label.into(), done, total }))
    }

    /// Names and values.
    pub fn summary(&mut self, facts: Vec<Fact>) -> &mut Self {
        self.push(Block::Summary(facts))
    }

    /// Rows and columns.
    pub fn table(&mut self, table: Table) -> &mut Self {
        self.push(Block::Table(table))
    }

    /// Figures side by side.
    pub fn chart(&mut self, chart: Chart) -> &mut Self {
        self.push(Block::Chart(chart))
    }

    /// The host's own comments about `subject`.
    pub fn thread(&mut self, subject: impl Into<String>, title: impl Into<String>) -> &mut Self {
        self.push(Block::Thread(Thread { subject: subject.into(), title: title.into() }))
    }

    fn push(&mut self, block: Block) -> &mut Self {
        self.0.push(block);
        self
    }

    fn around(&mut self, open: Block, inside: impl FnOnce(&mut Self)) -> &mut Self {
        self.push(open);
        inside(self);
        self.push(Block::Close)
    }
}
