//! The pages.

use guest_sdk::{
    Blocks, Card, ChoiceInput, Failure, OptionItem, Phase, Round, TextInput, Tone, no_such_page, state,
};

use crate::MISSING;
use crate::config::{Config, Link, Pledge, Reason};
use crate::forms::field;
use crate::kept::{SUGGESTIONS, Said, Verdict, Verdicts};

/// The longest comment or suggestion, characters.
const COMMENT: u32 = 2_000;

/// All pledges, with what one said of each.
pub fn front(round: &Round<Config<'_>>, takes_part: bool, given: &Verdicts) -> Blocks {
    let config = &round.config;
    let mut page = Blocks::new();
    say_phase(&mut page, round.ctx.phase);
    if takes_part {
        let all = u32::try_from(config.pledges.len()).unwrap_or(u32::MAX);
        let done = u32::try_from(given.reviewed(config)).unwrap_or(u32::MAX);
        page.progress("Pledges you have reviewed", done, all.max(1));
    }
    for pledge in &config.pledges {
        let said = given.0.get(&*pledge.id);
        let card =
            Card { id: pledge.id.to_string(), title: pledge.title.to_string(), tag: tag(pledge, said) };
        page.card(card, |inside| {
            inside.prose(pledge.text());
            let label = if takes_part && round.ctx.phase == Phase::Open { "Review" } else { "Read" };
            inside.page_link(format!("{label}: {}", pledge.title), format!("pledge/{}", pledge.id));
            link_to_change(inside, pledge);
        });
    }
    page.heading(2, "What is missing?");
    page.page_link("Say what the pledges leave out", MISSING);
    if config.pledges.iter().any(Pledge::has_changed) {
        page.page_link("See what has changed, and why", "changes");
    }
    page
}

/// One pledge: what it says, what it rests on, the form, and what others say.
pub fn pledge(
    round: &Round<Config<'_>>,
    takes_part: bool,
    given: &Verdicts,
    id: &str,
) -> Result<Blocks, Failure> {
    let pledge = round.config.pledge(id).ok_or_else(no_such_page)?;
    let said = given.0.get(id);
    let mut page = Blocks::new();
    page.heading(2, &*pledge.title).prose(pledge.text());
    evidence(&mut page, "What this rests on", &pledge.evidence);
    link_to_change(&mut page, pledge);
    if let Some(said) = said.filter(|said| said.version() != pledge.version()) {
        let words = said.last().map_or("commented", |judged| judged.verdict.words());
        let text =
            format!("This pledge has changed since you answered. You said: {words}. Is that still right?");
        page.notice(Tone::Information, text);
    }
    say_phase(&mut page, round.ctx.phase);
    if takes_part && round.ctx.phase == Phase::Open {
        verdict_form(&mut page, &round.config, said);
    }
    page.thread(&*pledge.id, &*pledge.title);
    page.page_link("All pledges", "");
    Ok(page)
}

fn verdict_form(page: &mut Blocks, config: &Config<'_>, said: Option<&Said>) {
    let judged = said.and_then(Said::last);
    let ticked = |of: Verdict, reasons: &[Reason<'_>]| -> Vec<String> {
        let judged = judged.filter(|judged| judged.verdict == of);
        let is_one = |id: &&String| reasons.iter().any(|reason| reason.id == **id);
        judged.map(|judged| judged.reasons.iter().filter(is_one).cloned().collect()).unwrap_or_default()
    };
    page.form("verdict", |form| {
        let option = |verdict: Verdict| option(verdict.id(), verdict.words());
        form.choice_input(ChoiceInput {
            field: "verdict".to_owned(),
            label: "Is this pledge strong or wrong?".to_owned(),
            hint: Some("You do not have to answer.".to_owned()),
            required: false,
            options: vec![option(Verdict::Strong), option(Verdict::Wrong)],
            max_chosen: 1,
            chosen: judged.map(|judged| judged.verdict.id().to_owned()).into_iter().collect(),
        });
        let strong = ticked(Verdict::Strong, &config.strong_reasons);
        reasons(form, "strong-reasons", "If strong: why?", &config.strong_reasons, strong);
        let wrong = ticked(Verdict::Wrong, &config.wrong_reasons);
        reasons(form, "wrong-reasons", "If wrong: why?", &config.wrong_reasons, wrong);
        form.text_input(TextInput {
            field: "comment".to_owned(),
            label: "Do you want to say more?".to_owned(),
            hint: Some("Others can read this and answer. Do not name anybody.".to_owned()),
            required: false,
            max_characters: COMMENT,
            rows: 5,
            value: said.map_or("", Said::words).to_owned(),
        });
        form.button("next", "Save and go on");
        form.other_button("stay", "Save");
    });
}

fn reasons(form: &mut Blocks, field: &str, label: &str, reasons: &[Reason<'_>], chosen: Vec<String>) {
    if reasons.is_empty() {
        return;
    }
    form.choice_input(ChoiceInput {
        field: field.to_owned(),
        label: label.to_owned(),
        hint: Some("Choose all that apply.".to_owned()),
        required: false,
        options: reasons.iter().map(|reason| option(&reason.id, &reason.label)).collect(),
        max_chosen: u32::try_from(reasons.len()).unwrap_or(u32::MAX),
        chosen,
    });
}

pub fn option(value: &str, label: &str) -> OptionItem {
    OptionItem { value: value.to_owned(), label: label.to_owned(), hint: None }
}

/// What is missing: the form, and what others say.
pub fn missing(round: &Round<Config<'_>>, takes_part: bool) -> Result<Blocks, Failure> {
    let mut page = Blocks::new();
    page.heading(2, "What is missing?");
    say_phase(&mut page, round.ctx.phase);
    if takes_part && round.ctx.phase == Phase::Open {
        let before: Vec<String> = state::mine(SUGGESTIONS)?.unwrap_or_default();
        page.prose("Others can read what you write here and answer, so do not name anybody.");
        page.form("suggest", |form| {
            for number in 1..=round.config.suggestions {
                form.text_input(TextInput {
                    field: field(number),
                    label: format!("Suggestion {number}"),
                    hint: None,
                    required: false,
                    max_characters: COMMENT,
                    rows: 3,
                    value: before.get(usize::from(number) - 1).cloned().unwrap_or_default(),
                });
            }
            form.button("save", "Save");
        });
    }
    page.thread(MISSING, "What is missing?");
    page.page_link("All pledges", "");
    Ok(page)
}

/// Every pledge that has changed.
pub fn changes(config: &Config<'_>) -> Blocks {
    let mut page = Blocks::new();
    page.heading(2, "Did we get it right?");
    page.prose("These pledges have changed since the first draft. See what people said that led to it.");
    for pledge in config.pledges.iter().filter(|pledge| pledge.has_changed()) {
        let tag = Some(format!("Version {}", pledge.version()));
        let card = Card { id: pledge.id.to_string(), title: pledge.title.to_string(), tag };
        page.card(card, |inside| {
            inside.prose(pledge.text());
            link_to_change(inside, pledge);
        });
    }
    page.page_link("All pledges", "");
    page
}

fn link_to_change(page: &mut Blocks, pledge: &Pledge<'_>) {
    if pledge.has_changed() {
        page.page_link(format!("See what changed: {}", pledge.title), format!("pledges/{}", pledge.id));
    }
}

/// Links to what something rests on, to open if one wants to.
pub fn evidence(page: &mut Blocks, title: &str, links: &[Link<'_>]) {
    if links.is_empty() {
        return;
    }
    page.details(title, |inside| {
        for link in links {
            inside.evidence(&*link.label, &*link.address);
        }
    });
}

fn tag(pledge: &Pledge<'_>, said: Option<&Said>) -> Option<String> {
    let said = said?;
    if said.version() != pledge.version() {
        return Some("Changed since you answered".to_owned());
    }
    Some(said.last().map_or("Commented", |judged| judged.verdict.words()).to_owned())
}

pub fn say_phase(page: &mut Blocks, phase: Phase) {
    match phase {
        Phase::Open => {}
        Phase::Before => {
            page.notice(
                Tone::Information,
                "You can read the pledges now. You can answer when the conversation opens.",
            );
        }
        Phase::Closed => {
            page.notice(Tone::Information, "This conversation has closed. You can still read everything.");
        }
    }
}
