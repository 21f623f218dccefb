//! What the round came to, told from figures that may be seen.

use guest_sdk::{Bar, Blocks, Chart, Figure, Table};

use crate::MISSING;
use crate::config::{Config, Pledge};
use crate::kept::Right;
use crate::tally::{ANSWERED, SAID_RIGHT, people, right_measure, subject};

/// In place of a figure that too few people stand behind.
const TOO_FEW: &str = "Too few to show";

pub fn summarise(config: &Config<'_>, released: &[Figure]) -> Blocks {
    let people = |subject: &str, measure: &str| people(released, subject, measure);
    let mut page = Blocks::new();
    page.heading(2, "What people said");
    let mut rows = Vec::new();
    for pledge in &config.pledges {
        let subject = subject(&pledge.id, pledge.version());
        let cells = [ANSWERED, "strong", "wrong"].map(|measure| words(people(&subject, measure)));
        rows.push([vec![pledge.title.to_string()], cells.to_vec()].concat());
    }
    let columns = ["Pledge", "People who answered", "Strong", "Wrong"].map(str::to_owned).to_vec();
    page.table(Table {
        caption: "How many people called each pledge strong or wrong".to_owned(),
        columns,
        rows,
    });
    for pledge in &config.pledges {
        let subject = subject(&pledge.id, pledge.version());
        let (Some(strong), Some(wrong)) = (people(&subject, "strong"), people(&subject, "wrong")) else {
            continue;
        };
        let bar = |label: &str, people: u32| Bar { label: label.to_owned(), value: f64::from(people) };
        page.chart(Chart {
            caption: pledge.title.to_string(),
            bars: vec![bar("Strong", strong), bar("Wrong", wrong)],
        });
    }
    right(&mut page, config, released);
    if let Some(suggested) = people(MISSING, "suggested") {
        page.prose(format!("{suggested} people said what is missing."));
    }
    page
}

/// Of each pledge that has changed, whether people say that it is right now.
fn right(page: &mut Blocks, config: &Config<'_>, released: &[Figure]) {
    let measures = [SAID_RIGHT.to_owned()].into_iter().chain(Right::ALL.map(right_measure));
    let measures: Vec<String> = measures.collect();
    let row = |pledge: &Pledge<'_>| {
        let subject = subject(&pledge.id, pledge.version());
        let cells = measures.iter().map(|measure| words(people(released, &subject, measure)));
        [pledge.title.to_string()].into_iter().chain(cells).collect()
    };
    let rows: Vec<Vec<String>> =
        config.pledges.iter().filter(|pledge| pledge.has_changed()).map(row).collect();
    if rows.is_empty() {
        return;
    }
    let columns = ["Pledge", "People who answered", "Yes", "Partly", "No"].map(str::to_owned).to_vec();
    page.table(Table { caption: "Did we get it right?".to_owned(), columns, rows });
}

fn words(people: Option<u32>) -> String {
    people.map_or_else(|| TOO_FEW.to_owned(), |people| people.to_string())
}
