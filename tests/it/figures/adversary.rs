//! What an answer shows, and whoever compares answers.

use std::collections::BTreeMap;

use rand::RngExt;
use rand::rngs::StdRng;

use super::SMALLEST;
use crate::harness::answer::{Answer, between};

/// Pairs of answers that the adversary compares.
const PAIRS: usize = 10_000;

/// What an answer shows, by where it stands.
pub type Cells = BTreeMap<String, i64>;

/// Every number of people or acts on the page; a dash is 0.
pub fn cells_of_page(body: &str) -> Cells {
    let mut cells = Cells::new();
    for tile in body.split("<div class=\"candour-tile").skip(1) {
        let label = between(tile, "<dt>", "</dt>").unwrap();
        cells.insert(format!("tile|{label}"), number(between(tile, "<dd>", "</dd>").unwrap()));
    }
    for section in body.split("<section class=\"candour-chart\" aria-labelledby=\"").skip(1) {
        let section = section.split("</section>").next().unwrap();
        let which = section.split('"').next().unwrap();
        // Groups of which nothing can be shown yet are named, without a table.
        let Some(head) = between(section, "<thead>", "</thead>") else { continue };
        let columns: Vec<&str> =
            head.split("class=\"candour-number\">").skip(1).map(|th| th.split('<').next().unwrap()).collect();
        for row in between(section, "<tbody>", "</tbody>").unwrap().split("<tr>").skip(1) {
            let name = between(row, "<th scope=\"row\"", "</th>").unwrap().split_once('>').unwrap().1;
            let values =
                row.split("<td class=\"candour-number").skip(1).map(|td| td.split_once('>').unwrap().1);
            for (column, value) in
                columns.iter().zip(values).filter(|(column, _)| **column != "Of those who may join")
            {
                cells
                    .insert(format!("{which}|{name}|{column}"), number(value.split("</td>").next().unwrap()));
            }
        }
        let too_few = between(section, "Too few to show: ", ".</p>").unwrap_or_default();
        for name in too_few.split("; ").filter(|name| !name.is_empty()) {
            for column in columns.iter().filter(|column| **column != "Of those who may join") {
                cells.insert(format!("{which}|{name}|{column}"), 0);
            }
        }
    }
    cells
}

fn number(html: &str) -> i64 {
    if html.starts_with("<span") {
        return 0;
    }
    html.replace(',', "").parse().unwrap_or_else(|_| panic!("{html:?} is no number"))
}

/// Every line of the file.
pub fn cells_of_file(body: &str) -> Cells {
    let mut lines = body.lines();
    assert_eq!(lines.next(), Some("by,group,what,day,total"));
    let cell = |line: &str| {
        assert!(!line.contains(",=SUM"), "a spreadsheet would run {line}");
        let (place, total) = line.rsplit_once(',').unwrap();
        (place.to_owned(), total.parse().unwrap())
    };
    lines.map(cell).collect()
}

/// The adversary: every cell of one answer against the same of another, and sums and differences of any of both.
pub fn compare_pairs(answers: &[Cells], chance: &mut StdRng) {
    let check = |found: i64| assert!(found == 0 || found.abs() >= SMALLEST, "{found} can be worked out");
    let mut compared = 0_u64;
    for _ in 0..PAIRS {
        let mut any = || &answers[chance.random_range(0..answers.len())];
        let (one, other) = (any(), any());
        for (place, value) in one {
            check(*value);
            if let Some(before) = other.get(place) {
                check(value - before);
                compared += 1;
            }
        }
        let sums = |cells: &Cells| {
            let mut sums: BTreeMap<String, i64> = BTreeMap::new();
            for (place, value) in cells {
                let parts: Vec<&str> = place.split('|').collect();
                if let [which, _, column] = parts[..] {
                    *sums.entry(format!("{which}|{column}")).or_default() += value;
                }
            }
            sums.into_values().chain(cells.values().copied()).collect::<Vec<i64>>()
        };
        let (ones, others) = (sums(one), sums(other));
        if ones.is_empty() || others.is_empty() {
            continue;
        }
        for _ in 0..20 {
            let mut pick = |from: &[i64]| from[chance.random_range(0..from.len())];
            let [a, b, c, d] = [pick(&ones), pick(&others), pick(&ones), pick(&others)];
            [a - b, a + c - b, (a - b) - (c - d), a - b - d].into_iter().for_each(check);
        }
    }
    assert!(compared > 100_000, "only {compared} cells stood in both of a pair");
}

impl Answer {
    /// The number on a tile.
    pub fn tile(&self, label: &str) -> i64 {
        cells_of_page(&self.body).get(&format!("tile|{label}")).copied().unwrap_or_default()
    }
}
