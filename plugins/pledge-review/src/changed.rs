//! The page of one pledge: what it says, what it said before, which reasons led from one to the other, and whether that was right.

use guest_sdk::{Blocks, ChoiceInput, Fact, Failure, Figure, Phase, Round, Table, no_such_page, state};

use crate::config::{Config, Pledge};
use crate::differences::{Difference, between};
use crate::kept::{Right, Rights};
use crate::pages::{evidence, option, say_phase};
use crate::tally::{people, reason_measures, subject};

/// In place of a figure that may not be seen, or that another round had.
const NO_NUMBER: &str = "No number to show";
/// In place of words that one of two versions does not have.
const NOTHING: &str = "Nothing";

/// What the pledge `id` says and how it came to that.
pub fn page(round: &Round<Config<'_>>, takes_part: bool, id: &str) -> Result<Blocks, Failure> {
    let config = &round.config;
    let pledge = config.pledge(id).ok_or_else(no_such_page)?;
    let mut page = Blocks::new();
    page.heading(2, &*pledge.title).prose(pledge.text());
    evidence(&mut page, "What this rests on", &pledge.evidence);
    if pledge.version() == 1 {
        page.prose("This is the first draft. It has not changed.");
    } else {
        let released = state::released()?;
        change(&mut page, config, pledge, pledge.version(), &released);
        say_phase(&mut page, round.ctx.phase);
        if takes_part && round.ctx.phase == Phase::Open {
            right_form(&mut page, Rights::read()?.of(id, pledge.version()));
        }
        for version in (2..pledge.version()).rev() {
            page.details(format!("How version {version} came about"), |inside| {
                change(inside, config, pledge, version, &released);
            });
        }
    }
    page.thread(&*pledge.id, &*pledge.title);
    page.page_link(format!("Is this pledge strong or wrong? {}", pledge.title), format!("pledge/{id}"));
    page.page_link("All pledges", "");
    Ok(page)
}

/// What led to the version `version`, from 2, and both texts side by side.
fn change(page: &mut Blocks, config: &Config<'_>, pledge: &Pledge<'_>, version: u32, released: &[Figure]) {
    let index = version as usize - 1;
    let (Some(before), Some(now)) = (pledge.versions.get(index - 1), pledge.versions.get(index)) else {
        return;
    };
    page.heading(3, format!("What changed in version {version}"));
    if let Some(because) = &now.because {
        page.summary(vec![fact("What led to it", &**because)]);
    }
    let facts = said_before(config, pledge, version, released);
    if !facts.is_empty() {
        page.heading(4, format!("What people said of version {}", version - 1)).summary(facts);
    }
    for link in &now.evidence {
        page.evidence(&*link.label, &*link.address);
    }
    let row = |difference| match difference {
        Difference::Same(both) => ["The same".to_owned(), both.clone(), both],
        Difference::TakenOut(gone) => ["Taken out".to_owned(), gone, NOTHING.to_owned()],
        Difference::New(new) => ["New".to_owned(), NOTHING.to_owned(), new],
        Difference::Changed(gone, new) => ["Changed".to_owned(), gone, new],
    };
    let rows = between(&before.text, &now.text).into_iter().map(|difference| row(difference).to_vec());
    page.table(Table {
        caption: format!("Version {} and version {version}, side by side", version - 1),
        columns: vec!["What happened".to_owned(), "Before".to_owned(), "After".to_owned()],
        rows: rows.collect(),
    });
}

/// The verdicts on the version before, as far as they may be seen, and the reasons that led to the change: those that the settings name, and if they
/// name none, all that may be seen.
fn said_before(config: &Config<'_>, pledge: &Pledge<'_>, version: u32, released: &[Figure]) -> Vec<Fact> {
    let subject = subject(&pledge.id, version - 1);
    let number = |measure: &str| people(released, &subject, measure).map(|people| format!("{people} people"));
    let verdicts = [("strong", "Strong"), ("wrong", "Wrong")];
    let verdicts = verdicts.into_iter().filter_map(|(id, words)| Some(fact(words, number(id)?)));
    let named = pledge.versions.get(version as usize - 1).map_or(&[][..], |version| &version.reasons);
    let reasons = reason_measures(config).filter_map(|(id, words)| {
        let number = number(&id);
        if named.iter().any(|name| *name == id) {
            return Some(fact(words, number.unwrap_or_else(|| NO_NUMBER.to_owned())));
        }
        Some(fact(words, number.filter(|_| named.is_empty())?))
    });
    verdicts.chain(reasons).collect()
}

fn right_form(page: &mut Blocks, said: Option<Right>) {
    page.form("right", |form| {
        form.choice_input(ChoiceInput {
            field: "right".to_owned(),
            label: "Did we get it right?".to_owned(),
            hint: Some(
                "Does the pledge now say what people asked for? You do not have to answer.".to_owned(),
            ),
            required: false,
            options: Right::ALL.map(|right| option(right.id(), right.words())).to_vec(),
            max_chosen: 1,
            chosen: said.map(|right| right.id().to_owned()).into_iter().collect(),
        });
        form.button("save", "Save");
    });
}

fn fact(name: impl Into<String>, value: impl Into<String>) -> Fact {
    Fact { name: name.into(), value: value.into() }
}
