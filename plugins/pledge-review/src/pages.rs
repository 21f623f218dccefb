//! The pages.

use guest_sdk::{
    Blocks, Card, ChoiceInput, Failure, OptionItem, Phase, Round, Table, TextInput, Tone, no_such_page, state,
};

use crate::MISSING;
use crate::config::{Config, Pledge, Reason};
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
        });
    }
    page.heading(2, "What is missing?");
    page.page_link("Say what the pledges leave out", MISSING);
    if config.pledges.iter().any(|pledge| pledge.versions.len() > 1) {
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
    if !pledge.evidence.is_empty() {
        page.details("What this rests on", |inside| {
            for link in &pledge.evidence {
                inside.evidence(&*link.label, &*link.address);
            }
        });
    }
    if let Some(said) = said.filter(|said| said.version != pledge.version()) {
        let words = said.verdict.map_or("commented", |verdict| verdict.words());
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
    let verdict = said.and_then(|said| said.verdict);
    let ticked = |of: Verdict, reasons: &[Reason<'_>]| -> Vec<String> {
        let said = said.filter(|_| verdict == Some(of));
        let is_one = |id: &&String| reasons.iter().any(|reason| reason.id == **id);
        said.map(|said| said.reasons.iter().filter(is_one).cloned().collect()).unwrap_or_default()
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
            chosen: verdict.map(|verdict| verdict.id().to_owned()).into_iter().collect(),
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
            value: said.map(|said| said.comment.clone()).unwrap_or_default(),
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

fn option(value: &str, label: &str) -> OptionItem {
    OptionItem { value: value.to_owned(), label: label.to_owned(), hint: None }
}

/// What is missing: the form, and what others say.
pub fn missing(round: &Round<Config<'_>>, takes_part: bool) -> Result<Blocks, Failure> {
    let mut page = Blocks::new();
    page.heading(2, "What is missing?");
    say_phase(&mut page, round.ctx.phase);
    if takes_part && round.ctx.phase == Phase::Open {
        let before: Vec<String> = state::mine(SUGGESTIONS)?.unwrap_or_default();
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

/// How each pledge came to what it says now.
pub fn changes(config: &Config<'_>) -> Blocks {
    let mut page = Blocks::new();
    page.heading(2, "Did we get it right?");
    page.prose("What has changed since the first draft, and what people said that led to it.");
    for pledge in config.pledges.iter().filter(|pledge| pledge.versions.len() > 1) {
        let rows = pledge.versions.iter().zip(1..).map(|(version, number): (_, u32)| {
            let because = version.because.as_deref().unwrap_or("The first draft.");
            vec![format!("Version {number}"), version.text.to_string(), because.to_owned()]
        });
        let columns = ["Version", "What it says", "What led to it"].map(str::to_owned).to_vec();
        page.table(Table { caption: pledge.title.to_string(), columns, rows: rows.collect() });
    }
    page.page_link("All pledges", "");
    page
}

fn tag(pledge: &Pledge<'_>, said: Option<&Said>) -> Option<String> {
    let said = said?;
    if said.version != pledge.version() {
        return Some("Changed since you answered".to_owned());
    }
    Some(said.verdict.map_or("Commented", |verdict| verdict.words()).to_owned())
}

fn say_phase(page: &mut Blocks, phase: Phase) {
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
