//! Taking what people sent.

use guest_sdk::{Failure, Outcome, Post, SentForm, no_such_page, state};

use crate::MISSING;
use crate::config::Config;
use crate::kept::{SUGGESTIONS, Said, VERDICTS, Verdict, Verdicts};

/// Keeps what was said of the pledge `id`; saying nothing takes it back.
pub fn verdict(config: &Config<'_>, id: &str, sent: &SentForm<'_>) -> Result<Outcome, Failure> {
    let pledge = config.pledge(id).ok_or_else(no_such_page)?;
    let verdict = sent.choice("verdict").and_then(Verdict::of);
    // Reasons of the other verdict, ticked before a change of mind, say nothing any more.
    let reasons = match verdict {
        Some(Verdict::Strong) => sent.choices("strong-reasons").to_vec(),
        Some(Verdict::Wrong) => sent.choices("wrong-reasons").to_vec(),
        None => Vec::new(),
    };
    let comment = sent.text("comment").to_owned();
    let mut given = Verdicts::read()?;
    let is_nothing = verdict.is_none() && comment.is_empty();
    let before = if is_nothing {
        given.0.remove(id)
    } else {
        let said = Said { version: pledge.version(), verdict, reasons, comment: comment.clone() };
        given.0.insert(id.to_owned(), said)
    };
    state::keep_mine(VERDICTS, &given)?;
    let had = before.map_or(String::new(), |said| said.comment);
    let post = Post { id: format!("pledge-{id}"), subject: id.to_owned(), text: comment };
    let page = match sent.pressed {
        "next" => next(config, &given, id),
        _ => sent.page.to_owned(),
    };
    let notice =
        if is_nothing { "Taken back." } else { "Saved. You can change it until the conversation closes." };
    Ok(Outcome { notice: Some(notice.to_owned()), page, posts: changed(&had, post) })
}

/// Keeps what is missing.
pub fn suggest(config: &Config<'_>, sent: &SentForm<'_>) -> Result<Outcome, Failure> {
    let before: Vec<String> = state::mine(SUGGESTIONS)?.unwrap_or_default();
    let now: Vec<String> =
        (1..=config.suggestions).map(|number| sent.text(&field(number)).to_owned()).collect();
    state::keep_mine(SUGGESTIONS, &now)?;
    let posts = now.iter().zip(1..).flat_map(|(text, number): (&String, u8)| {
        let had = before.get(usize::from(number) - 1).map_or("", String::as_str);
        changed(had, Post { id: field(number), subject: MISSING.to_owned(), text: text.clone() })
    });
    let notice = "Saved. You can change it until the conversation closes.".to_owned();
    Ok(Outcome { notice: Some(notice), page: MISSING.to_owned(), posts: posts.collect() })
}

/// The name of the field of the suggestion `number`, from 1.
pub fn field(number: u8) -> String {
    format!("suggestion-{number}")
}

/// What others read changes only if the words do.
fn changed(had: &str, post: Post) -> Vec<Post> {
    if had == post.text { Vec::new() } else { vec![post] }
}

/// The next pledge without a verdict, from `id` on and round again; the front page when all have one.
fn next(config: &Config<'_>, given: &Verdicts, id: &str) -> String {
    let here = config.pledges.iter().position(|pledge| pledge.id == id).unwrap_or_default();
    let (before, after) = config.pledges.split_at(here);
    let is_open = |id: &str, version| {
        given.0.get(id).is_none_or(|said| said.version != version || said.verdict.is_none())
    };
    let mut rest = after.iter().skip(1).chain(before);
    let next = rest.find(|pledge| is_open(&pledge.id, pledge.version()));
    next.map_or_else(String::new, |pledge| format!("pledge/{}", pledge.id))
}
