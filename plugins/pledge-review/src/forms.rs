//! Taking what people sent.

use guest_sdk::{Failure, Outcome, Post, SentForm, no_such_page, problem, state};
use serde::Serialize;

use crate::MISSING;
use crate::config::Config;
use crate::kept::{Comment, Judged, RIGHT, Right, Rights, SUGGESTIONS, VERDICTS, Verdict, Verdicts, keep};

/// Keeps what was said of the pledge `id`; saying nothing takes it back.
pub fn verdict(config: &Config<'_>, id: &str, sent: &SentForm<'_>) -> Result<Outcome, Failure> {
    let pledge = config.pledge(id).ok_or_else(no_such_page)?;
    let verdict = verdict_of(sent)?;
    // Reasons of the other verdict, ticked before a change of mind, say nothing any more.
    let reasons = match verdict {
        Some(Verdict::Strong) => sent.choices("strong-reasons").to_vec(),
        Some(Verdict::Wrong) => sent.choices("wrong-reasons").to_vec(),
        None => Vec::new(),
    };
    let (version, text) = (pledge.version(), sent.text("comment").to_owned());
    let mut given = Verdicts::read()?;
    let before = given.0.remove(id);
    let change = Change { had: before.is_some(), has: verdict.is_some() || !text.is_empty() };
    let mut said = before.unwrap_or_default();
    let had_words = said.words().to_owned();
    if change.has {
        match verdict {
            Some(verdict) => said.verdicts.insert(version, Judged { verdict, reasons }),
            None => said.verdicts.remove(&version),
        };
        said.comment = (!text.is_empty()).then(|| Comment { version, text: text.clone() });
        given.0.insert(id.to_owned(), said);
    }
    let page = match sent.pressed {
        "next" => next(config, &given, id)?,
        _ => sent.page.to_owned(),
    };
    // Who goes on without a word leaves this pledge out: nothing to tell them, and nothing wrong.
    if change.is_nothing() && sent.pressed == "next" {
        return Ok(Outcome { notice: None, page, posts: Vec::new() });
    }
    let notice = change.keep(VERDICTS, &given, "verdict", &pledge.title)? + unused(verdict, sent);
    let post = Post { id: format!("pledge-{id}"), subject: id.to_owned(), text };
    Ok(Outcome { notice: Some(notice), page, posts: changed(&had_words, post) })
}

/// What is said of reasons that were ticked for the verdict that was not chosen.
fn unused(verdict: Option<Verdict>, sent: &SentForm<'_>) -> &'static str {
    match verdict {
        Some(Verdict::Strong) if !sent.choices("wrong-reasons").is_empty() => {
            " You chose “Strong”, so the reasons under “If wrong” are not kept."
        }
        Some(Verdict::Wrong) if !sent.choices("strong-reasons").is_empty() => {
            " You chose “Wrong”, so the reasons under “If strong” are not kept."
        }
        _ => "",
    }
}

/// The verdict that was chosen; if none was, the one that the ticked reasons are for.
fn verdict_of(sent: &SentForm<'_>) -> Result<Option<Verdict>, Failure> {
    let chosen = sent.choice("verdict").and_then(Verdict::of);
    let has_ticked = |field| !sent.choices(field).is_empty();
    match (chosen, has_ticked("strong-reasons"), has_ticked("wrong-reasons")) {
        (None, true, true) => {
            Err(Failure::Invalid(vec![problem("verdict", "choose-one", "Choose strong or wrong.")]))
        }
        (None, true, false) => Ok(Some(Verdict::Strong)),
        (None, false, true) => Ok(Some(Verdict::Wrong)),
        (chosen, _, _) => Ok(chosen),
    }
}

/// Keeps whether the last change of the pledge `id` is right; no answer takes it back.
pub fn right(config: &Config<'_>, id: &str, sent: &SentForm<'_>) -> Result<Outcome, Failure> {
    let pledge = config.pledge(id).ok_or_else(no_such_page)?;
    let right = Right::ALL.into_iter().find(|right| sent.choice("right") == Some(right.id()));
    let mut given = Rights::read()?;
    let of_pledge = given.0.entry(id.to_owned()).or_default();
    let before = match right {
        Some(right) => of_pledge.insert(pledge.version(), right),
        None => of_pledge.remove(&pledge.version()),
    };
    let change = Change { had: before.is_some(), has: right.is_some() };
    let notice = change.keep(RIGHT, &given, "right", "Did we get it right?")?;
    Ok(Outcome { notice: Some(notice), page: sent.page.to_owned(), posts: Vec::new() })
}

/// Keeps what is missing.
pub fn suggest(config: &Config<'_>, sent: &SentForm<'_>) -> Result<Outcome, Failure> {
    let before: Vec<String> = state::mine(SUGGESTIONS)?.unwrap_or_default();
    let now: Vec<String> =
        (1..=config.suggestions).map(|number| sent.text(&field(number)).to_owned()).collect();
    let change = Change { had: has_words(&before), has: has_words(&now) };
    let notice = change.keep(SUGGESTIONS, &now, &field(1), "What is missing?")?;
    let posts = now.iter().zip(1..).flat_map(|(text, number): (&String, u8)| {
        let had = before.get(usize::from(number) - 1).map_or("", String::as_str);
        changed(had, Post { id: field(number), subject: MISSING.to_owned(), text: text.clone() })
    });
    Ok(Outcome { notice: Some(notice), page: MISSING.to_owned(), posts: posts.collect() })
}

fn has_words(suggestions: &[String]) -> bool {
    suggestions.iter().any(|text| !text.is_empty())
}

/// Whether something was said before a form was sent, and whether it says something.
struct Change {
    had: bool,
    has: bool,
}

impl Change {
    /// Whether nothing was said before, and nothing is now.
    fn is_nothing(&self) -> bool {
        !self.had && !self.has
    }

    /// Keeps `value` under `key`, and comes to what people read then, of what `title` names. Of nothing there is nothing to keep, which is said at
    /// the form's `field`.
    fn keep<T: Serialize>(&self, key: &str, value: &T, field: &str, title: &str) -> Result<String, Failure> {
        if self.is_nothing() {
            let message = format!("You have not said anything about “{title}” yet. Answer first, then save.");
            return Err(Failure::Invalid(vec![problem(field, "nothing-said", &message)]));
        }
        keep(key, value)?;
        Ok(match self.has {
            true => format!("Saved: “{title}”. You can change it until the conversation closes."),
            false => format!("Taken back: what you said about “{title}”."),
        })
    }
}

/// The name of the field of the suggestion `number`, from 1.
pub fn field(number: u8) -> String {
    format!("suggestion-{number}")
}

/// What others read changes only if the words do.
fn changed(had: &str, post: Post) -> Vec<Post> {
    if had == post.text { Vec::new() } else { vec![post] }
}

/// The next pledge after `id` of which nothing was said. After the last: what is missing, or the front page if something was suggested already. Never
/// back to a pledge before `id`, which would lead round and round.
fn next(config: &Config<'_>, given: &Verdicts, id: &str) -> Result<String, Failure> {
    let mut after = config.pledges.iter().skip_while(|pledge| pledge.id != id).skip(1);
    if let Some(pledge) = after.find(|pledge| !given.has(pledge)) {
        return Ok(format!("pledge/{}", pledge.id));
    }
    let suggested: Vec<String> = state::mine(SUGGESTIONS)?.unwrap_or_default();
    Ok(if has_words(&suggested) { String::new() } else { MISSING.to_owned() })
}
