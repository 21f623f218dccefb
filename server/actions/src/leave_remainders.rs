//! What is known of how many could be counted, and the counts that leave enough of them out: of every count of people that is published, here or on
//! the public pages.

use std::collections::BTreeMap;

use analysis::release::{Bundle, Could, Merged, leave_a_remainder};
use credentials::KeyLogEntry;
use domain::figures::Dimension;

use crate::Campaign;
use crate::publish_figures::{BY_CODE, group_of, organisations};

/// How many people each group of organisations has, as the public key log says; and how many printed `codes` there are.
pub(crate) fn could_come(
    log: &[KeyLogEntry],
    campaign: &Campaign,
    organisations: &Merged,
    codes: i64,
) -> Could {
    let mut could = Could::new();
    for entry in log.iter().filter(|entry| entry.campaign == campaign.id) {
        let group = group_of(organisations, &entry.cohort).to_owned();
        *could.entry((Dimension::Organisation, group)).or_default() += i64::from(entry.eligible);
    }
    if codes > 0 {
        could.insert((Dimension::Organisation, BY_CODE.to_owned()), codes);
    }
    could
}

/// People by group of organisations, as they are counted.
pub(crate) fn by_organisation<'a>(
    people: impl Iterator<Item = (Option<&'a str>, i64)>,
    organisations: &Merged,
    could: &Could,
    smallest: u32,
) -> BTreeMap<String, i64> {
    let mut groups: BTreeMap<String, i64> = BTreeMap::new();
    for (cohort, people) in people {
        let group = cohort.map_or(BY_CODE, |cohort| group_of(organisations, cohort));
        *groups.entry(group.to_owned()).or_default() += people;
    }
    let bundle = |(group, people)| Bundle { groups: vec![(Dimension::Organisation, group)], people };
    let mut bundles: Vec<Bundle> = groups.into_iter().map(bundle).collect();
    leave_a_remainder(&mut bundles, could, smallest);
    bundles
        .into_iter()
        .flat_map(|Bundle { groups, people }| groups.into_iter().map(move |(_, group)| (group, people)))
        .collect()
}

/// How many came in of `campaign` in all, as they are counted: by the cohort whose key signed, none for printed codes.
pub(crate) fn in_all(
    people: &[(Option<String>, i64)],
    log: &[KeyLogEntry],
    campaign: &Campaign,
    codes: i64,
    smallest: u32,
) -> i64 {
    let organisations = organisations(log, campaign, smallest);
    let could = could_come(log, campaign, &organisations, codes);
    let people = people.iter().map(|(cohort, people)| (cohort.as_deref(), *people));
    by_organisation(people, &organisations, &could, smallest).into_values().sum()
}
