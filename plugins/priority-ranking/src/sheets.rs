//! What can be exported: one row for each option in somebody's order.

use guest_sdk::state::{Go, each};
use guest_sdk::{Cell, Failure, Rows, Sheet, no_such_page};

use crate::{GIVEN, Given};

/// After how many rows a call ends.
const AT_ONCE: usize = 1_000;
/// The one sheet.
const ORDERS: &str = "orders";

pub fn all() -> Vec<Sheet> {
    let columns = ["Participant", "Group", "Option", "Place", "Points"].map(str::to_owned).to_vec();
    vec![Sheet { id: ORDERS.to_owned(), title: "Orders".to_owned(), columns }]
}

pub fn rows(sheet: &str, after: Option<&str>) -> Result<Rows, Failure> {
    if sheet != ORDERS {
        return Err(no_such_page());
    }
    let mut rows = Rows { rows: Vec::new(), next: None };
    each::<Given>(GIVEN, after, |participant, given| {
        let group = participant.cohort.clone().map_or(Cell::Empty, Cell::Text);
        let mut add = |option: String, place: Cell, points: Cell| {
            let token = Cell::Text(participant.token.clone());
            rows.rows.push(vec![token, group.clone(), Cell::Text(option), place, points]);
        };
        match given {
            Given::Ranking(ranking) => ranking.into_iter().zip(1..).for_each(|(option, place): (_, u32)| {
                add(option, Cell::Number(f64::from(place)), Cell::Empty)
            }),
            Given::Points(points) => points
                .into_iter()
                .for_each(|(option, points)| add(option, Cell::Empty, Cell::Number(f64::from(points)))),
        }
        if rows.rows.len() < AT_ONCE {
            return Ok(Go::On);
        }
        rows.next = Some(participant.token.clone());
        Ok(Go::Stop)
    })?;
    Ok(rows)
}
