//! What emails, articles, signatures and the questions of managers say, before it is plain text, HTML or a sheet.

use domain::tenant_pack::EntryRoute;
use serde::Serialize;

use super::facts::ToolkitFacts;
use super::sheets::Loud;
use super::words::{Line, NO_NAMES, Words, cut, on_one_line, sentence, without_scheme};

/// Longest subject of an email, in characters; longer titles are cut.
const SUBJECT_CHARACTERS: usize = 120;
/// Longest purpose, or account of what happens next, in a text, in characters.
const PURPOSE_CHARACTERS: usize = 900;
/// The same on the page for managers, which has one side.
const SHORT_CHARACTERS: usize = 320;

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "of")]
pub(super) enum Block {
    Heading(String),
    Text(Line),
    /// In this order.
    Steps(Vec<Line>),
    /// In any order.
    Points(Vec<Line>),
    /// What the whole text asks for.
    Button {
        words: String,
        link: String,
    },
    /// For those who want to know.
    Small(Line),
}

/// A text with its title.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Copy {
    pub(super) title: String,
    pub(super) blocks: Vec<Block>,
}

impl Words<'_> {
    /// The email's subject.
    pub(super) fn subject(&self) -> String {
        let title = on_one_line(self.facts.campaign_title.trim());
        let title = cut(&title, SUBJECT_CHARACTERS);
        match self.moved {
            Some(_) => format!("New closing date: {title}"),
            None => format!("Have your say: {title}"),
        }
    }

    /// An email to everybody in the organisation.
    pub(super) fn email(&self) -> Copy {
        let mut blocks = vec![Block::Text(Line::of("Hello,"))];
        blocks.extend(self.moved_line().into_iter().map(Block::Text));
        blocks.push(Block::Text(Line::of(self.purpose(PURPOSE_CHARACTERS))));
        blocks.push(Block::Heading("How to join in".into()));
        blocks.push(Block::Steps(self.steps()));
        blocks.push(self.button());
        blocks.extend(self.anonymity_blocks());
        blocks.extend(self.dates_blocks());
        blocks.push(Block::Heading("Who can help".into()));
        blocks.push(Block::Points(vec![self.help(), self.questions()]));
        blocks.push(Block::Text(self.signed()));
        Copy { title: on_one_line(&self.facts.campaign_title), blocks: self.closing(blocks) }
    }

    /// A page for the intranet.
    pub(super) fn article(&self) -> Copy {
        let mut blocks: Vec<Block> = self.moved_line().into_iter().map(Block::Text).collect();
        blocks.push(Block::Text(Line::of(self.purpose(PURPOSE_CHARACTERS))));
        blocks.push(Block::Text(Line::of(format!(
            "It is for everybody from {}. You can join in by day or by night, on your own phone or any other device. Say as much or as \
             little as you like. You can just read, or just vote.",
            on_one_line(&self.facts.organisation_name)
        ))));
        blocks.extend(self.dates_blocks());
        blocks.push(Block::Heading("How to join in".into()));
        blocks.push(Block::Steps(self.steps()));
        blocks.push(self.button());
        blocks.extend(self.anonymity_blocks());
        blocks.extend(self.next_blocks());
        blocks.push(Block::Heading("Who can help".into()));
        blocks.push(Block::Points(vec![self.help(), self.questions()]));
        Copy { title: on_one_line(&self.facts.campaign_title), blocks: self.closing(blocks) }
    }

    /// Under everybody's emails.
    pub(super) fn signature(&self) -> Copy {
        let ToolkitFacts { entry_address, entry_link, .. } = self.facts;
        let place = match self.facts.route {
            EntryRoute::Invited => {
                Line::of("Look for your login details, or go to ").web(entry_address, entry_link)
            }
            EntryRoute::SignUp => Line::of("Join in at ").web(entry_address, entry_link),
        };
        let blocks =
            vec![Block::Text(Line::of(format!("{} {}", self.until(), NO_NAMES))), Block::Text(place)];
        Copy { title: on_one_line(&self.facts.campaign_title), blocks }
    }

    /// Questions that managers ask.
    pub(super) fn managers(&self) -> Copy {
        let mut blocks: Vec<Block> = Vec::new();
        let mut asked = |question: &str, answer: Vec<Line>| {
            blocks.push(Block::Heading(question.to_owned()));
            blocks.extend(answer.into_iter().map(Block::Text));
        };
        asked("What is it?", vec![Line::of(self.purpose(SHORT_CHARACTERS))]);
        asked("When is it open?", self.dates_lines());
        asked("How do my people come in?", vec![self.how_they_come_in()]);
        asked(
            "Is it really anonymous?",
            vec![
                Line::of(
                    "Yes. No name is on anything. This site does not show you who has joined or who said what. You will never see a \
                     number about a small group. Anyone can check how it works: ",
                )
                .web(&self.anonymity_address(), &self.anonymity_link()),
            ],
        );
        asked(
            "What can I do?",
            vec![Line::of(
                "Tell your team about it. Give people ten minutes for it, and a quiet place. Put the poster where people have \
                 their breaks. Join in yourself.",
            )],
        );
        asked(
            "What should I not do?",
            vec![Line::of(
                "Do not ask who has joined or what they said. Do not look on while people write. Do not use or pass on somebody \
                 else's login details or code.",
            )],
        );
        asked(
            "What if somebody has no email?",
            vec![Line::of("They can ask for a code on paper: ").email(&self.facts.support_address)],
        );
        asked(
            "What if somebody is in danger?",
            vec![Line::of(
                "The conversation is not watched all day and night. So use the ways that you always use for a serious worry.",
            )],
        );
        asked("What happens next?", vec![Line::of(self.next(SHORT_CHARACTERS))]);
        asked("Who can help?", vec![self.help(), self.questions()]);
        let title = format!("{}: questions that managers ask", on_one_line(&self.facts.campaign_title));
        Copy { title, blocks: self.closing(blocks) }
    }

    /// What the pictures say, to put beside them as their descriptions.
    pub(super) fn pictures(&self) -> Copy {
        let address = format!("Go to {}.", on_one_line(&self.facts.entry_address));
        let described = |what: &str, loud: Loud, qr: &str| {
            let lines = loud.lines.iter().map(|line| sentence(line)).collect::<Vec<_>>().join(" ");
            let words = format!("{} {lines} {address}{qr}", sentence(&loud.title));
            [Block::Heading(what.to_owned()), Block::Text(Line::of(words))]
        };
        let intro = "Where you put a picture, you may be asked for a description or alt text. Paste the words from here.";
        let mut blocks = vec![Block::Text(Line::of(intro))];
        blocks.extend(described("Screen", self.loud_invitation(), " A QR code leads there."));
        blocks.extend(described("Square: what it is", self.loud_invitation(), ""));
        blocks.extend(described("Square: no names", self.loud_anonymity(), ""));
        blocks.extend(described("Square: when it closes", self.loud_closing(), ""));
        blocks.push(Block::Small(Line::of(self.version())));
        Copy { title: "Descriptions of the pictures".into(), blocks }
    }

    pub(super) fn anonymity_link(&self) -> String {
        format!("{}/anonymity", on_one_line(&self.facts.site))
    }

    pub(super) fn anonymity_address(&self) -> String {
        without_scheme(&self.anonymity_link()).to_owned()
    }

    fn how_they_come_in(&self) -> Line {
        let ToolkitFacts { entry_address, entry_link, .. } = self.facts;
        match self.facts.route {
            EntryRoute::Invited => Line::of(
                "Each person gets login details of their own, by email or letter. They press the link, or type the code at ",
            )
            .web(entry_address, entry_link),
            EntryRoute::SignUp => Line::of("They sign up with an email address at ").web(entry_address, entry_link),
        }
    }

    fn button(&self) -> Block {
        let words = match self.facts.route {
            EntryRoute::Invited => "Type your code",
            EntryRoute::SignUp => "Sign up",
        };
        Block::Button { words: words.to_owned(), link: on_one_line(&self.facts.entry_link) }
    }

    fn moved_line(&self) -> Option<Line> {
        self.moved.as_ref().map(|moved| Line::of(format!("{} {} {}", moved.now, moved.before, moved.why)))
    }

    fn dates_lines(&self) -> Vec<Line> {
        let mut lines = vec![Line::of(format!("It opens on {} and closes on {}.", self.opens, self.closes))];
        lines.extend(self.moved_line());
        lines
    }

    fn dates_blocks(&self) -> Vec<Block> {
        let dates =
            vec![Line::of(format!("Opens: {}", self.opens)), Line::of(format!("Closes: {}", self.closes))];
        vec![Block::Heading("When it is open".into()), Block::Points(dates)]
    }

    fn anonymity_blocks(&self) -> Vec<Block> {
        let heading = Block::Heading("Is it really anonymous?".into());
        std::iter::once(heading).chain(self.believe().into_iter().map(Block::Text)).collect()
    }

    fn next_blocks(&self) -> Vec<Block> {
        vec![Block::Heading("What happens next".into()), Block::Text(Line::of(self.next(PURPOSE_CHARACTERS)))]
    }

    fn signed(&self) -> Line {
        Line::of(format!(
            "{}, {}",
            on_one_line(&self.facts.service_name),
            on_one_line(&self.facts.tenant_name)
        ))
    }

    /// With the keys and the version at the end.
    fn closing(&self, mut blocks: Vec<Block>) -> Vec<Block> {
        blocks.extend(self.keys().map(|keys| Block::Small(Line::of(keys))));
        blocks.push(Block::Small(Line::of(self.version())));
        blocks
    }
}
