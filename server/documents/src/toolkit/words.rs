//! The sentences of the toolkit: each is written once, whatever it is printed on.

use domain::tenant_pack::EntryRoute;
use domain::time_zone::in_words;
use serde::Serialize;

use super::facts::{ToolkitFacts, ToolkitFault};

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Run {
    /// What is read.
    pub(super) text: String,
    /// Where it leads, if anywhere.
    pub(super) link: Option<String>,
}

/// A line of text with links in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(super) struct Line(pub(super) Vec<Run>);

impl Line {
    /// Only words.
    pub(super) fn of(text: impl Into<String>) -> Self {
        Self::default().and(text)
    }

    pub(super) fn and(mut self, text: impl Into<String>) -> Self {
        self.0.push(Run { text: on_one_line(&text.into()), link: None });
        self
    }

    /// A web address, as people read it and as it is.
    pub(super) fn web(mut self, read: &str, link: &str) -> Self {
        self.0.push(Run { text: on_one_line(read), link: Some(on_one_line(link)) });
        self
    }

    pub(super) fn email(mut self, address: &str) -> Self {
        let address = on_one_line(address);
        self.0.push(Run { link: Some(format!("mailto:{address}")), text: address });
        self
    }
}

/// Blanks of any kind as single spaces: a name cannot begin a line of its own, nor a header.
pub(crate) fn on_one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if is_unfit(c) { ' ' } else { c }).collect();
    let mut line = String::with_capacity(spaced.len());
    for character in spaced.chars() {
        if character != ' ' || !line.ends_with(' ') {
            line.push(character);
        }
    }
    line
}

/// Ends a line, is invisible, or turns the direction of what follows.
fn is_unfit(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// What it comes to.
pub(super) const NO_NAMES: &str = "Your name is not on anything you share.";

/// The facts in sentences.
pub(super) struct Words<'a> {
    pub(super) facts: &'a ToolkitFacts,
    /// "Tuesday 23 April 2024 at 9:00am".
    pub(super) opens: String,
    /// The same of the closing.
    pub(super) closes: String,
    pub(super) moved: Option<Moved>,
}

/// That the closing was moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Moved {
    /// "You now have until …", or that it closes sooner.
    pub(super) now: String,
    /// What it was.
    pub(super) before: String,
    /// Why.
    pub(super) why: String,
}

impl<'a> Words<'a> {
    pub(super) fn of(facts: &'a ToolkitFacts) -> Result<Self, ToolkitFault> {
        let (opens_at, closes_at) = (facts.opens_at()?, facts.closes_at()?);
        let words = |at| in_words(at, facts.zone);
        let moved = facts.moved.as_ref().map(|moved| Moved {
            now: match moved.former_closes_at < closes_at {
                true => format!("You now have until {}.", words(closes_at)),
                false => format!("It now closes sooner: on {}.", words(closes_at)),
            },
            before: format!("Before, it was {}.", words(moved.former_closes_at)),
            why: format!("Why: {}", sentence(&moved.reason)),
        });
        Ok(Self { facts, opens: words(opens_at), closes: words(closes_at), moved })
    }

    /// What it is for, no longer than `characters`: whole sentences, and the first one at any rate.
    pub(super) fn purpose(&self, characters: usize) -> String {
        let purpose = on_one_line(self.facts.purpose.trim());
        let mut short = String::new();
        for part in purpose.split_inclusive(". ") {
            if !short.is_empty() && short.chars().count() + part.trim_end().chars().count() > characters {
                break;
            }
            short.push_str(part);
        }
        cut(short.trim_end(), characters)
    }

    /// What happens with what people say, no longer than `characters`.
    pub(super) fn next(&self, characters: usize) -> String {
        cut(&sentence(&self.facts.what_next), characters)
    }

    /// Whose people are asked, where that is not whose site it is.
    pub(super) fn organisation(&self) -> Option<String> {
        let ToolkitFacts { organisation_name, tenant_name, .. } = self.facts;
        (organisation_name != tenant_name).then(|| on_one_line(organisation_name))
    }

    /// How to come in, step by step.
    pub(super) fn steps(&self) -> Vec<Line> {
        let ToolkitFacts { entry_address, entry_link, .. } = self.facts;
        match self.facts.route {
            EntryRoute::Invited => vec![
                Line::of("Look for the email or letter with your login details. They are only for you."),
                Line::of("Press the link in it. Or go to ")
                    .web(entry_address, entry_link)
                    .and(" and type your code."),
                Line::of("Read, vote and say what you think. Five minutes is fine."),
            ],
            EntryRoute::SignUp => vec![
                Line::of("Go to ").web(entry_address, entry_link).and(" on a phone, tablet or computer."),
                Line::of("Sign up with your email address. We send a code to it. Type the code on the page."),
                Line::of("Read, vote and say what you think. Five minutes is fine."),
            ],
        }
    }

    /// What to do with the QR code.
    pub(super) fn scan(&self) -> &'static str {
        match self.facts.route {
            EntryRoute::Invited => "Scan me to type your code",
            EntryRoute::SignUp => "Scan me to sign up",
        }
    }

    /// What is to be seen, for those who cannot see the QR code.
    pub(super) fn qr_alt(&self) -> String {
        format!("QR code. It leads to {}", on_one_line(&self.facts.entry_link))
    }

    /// What it means that nobody's name is on it, in a few words each.
    pub(super) fn promises(&self) -> [(&'static str, &'static str); 3] {
        [
            ("No names", NO_NAMES),
            ("Kept apart", "The list of who may join is kept apart from what people say."),
            ("Check it", "You do not have to trust us. Anyone can check how we do it."),
        ]
    }

    /// Why anybody should believe it.
    pub(super) fn believe(&self) -> Vec<Line> {
        let site = &self.facts.site;
        let address = format!("{site}/anonymity");
        vec![
            Line::of(NO_NAMES).and(
                " The list of who may join is kept apart from what people say. We keep nothing that joins the two.",
            ),
            Line::of("You do not have to trust us. Anyone can check how it works: ")
                .web(without_scheme(&address), &address),
            Line::of(
                "Your own words could give you away. So leave out names, your ward or team, and your job title.",
            ),
        ]
    }

    /// Until when.
    pub(super) fn until(&self) -> String {
        match &self.moved {
            Some(moved) => moved.now.clone(),
            None => format!("Open until {}.", self.closes),
        }
    }

    /// Who helps those who cannot get in.
    pub(super) fn help(&self) -> Line {
        let ToolkitFacts { support_name, support_address, .. } = self.facts;
        Line::of(format!("Stuck? {support_name} can help: "))
            .email(support_address)
            .and(". They do not work for your employer.")
    }

    /// Who answers questions.
    pub(super) fn questions(&self) -> Line {
        Line::of("Questions? Write to ").email(&self.facts.questions_address)
    }

    /// For those who compare keys.
    pub(super) fn keys(&self) -> Option<String> {
        let keys = format!("{}/keys", on_one_line(&self.facts.site));
        let head = self.facts.key_log_head.as_deref().map(on_one_line);
        head.map(|head| format!("You can check our keys at {}: {head}", without_scheme(&keys)))
    }

    /// "Version 3, 6 May 2024".
    pub(super) fn version(&self) -> String {
        let version = self.facts.version;
        format!("Version {}, {}", version.number, version.made_on.format("%-d %B %Y"))
    }
}

/// With a full stop at its end, if it has none.
pub(super) fn sentence(text: &str) -> String {
    let text = on_one_line(text.trim());
    let ended = text.ends_with(['.', '!', '?', '…']);
    if ended { text } else { format!("{text}.") }
}

/// An address as people read it.
pub(super) fn without_scheme(address: &str) -> &str {
    address.split_once("://").map_or(address, |(_, rest)| rest)
}

/// Cut at a blank, with "…", if it is longer than `characters`.
pub(super) fn cut(text: &str, characters: usize) -> String {
    if text.chars().count() <= characters {
        return text.to_owned();
    }
    let kept: String = text.chars().take(characters.saturating_sub(1)).collect();
    let whole = kept.rsplit_once(' ').map_or(&*kept, |(words, _)| words);
    format!("{}…", whole.trim_end_matches([',', ';', ':', ' ']))
}

#[cfg(test)]
mod tests;
