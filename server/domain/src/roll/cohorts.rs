//! Cohorts: the groups whose keys sign credentials, large enough that a key says little about who holds the credential.

use thiserror::Error;

use super::row::OrganisationSlug;

/// Fewest people eligible in a cohort.
pub const MIN_COHORT_PEOPLE: u32 = 50;
/// The name of the cohort in which smaller organisations are together.
pub const OTHERS: &str = "others";

/// A group of organisations with one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cohort {
    /// The short name of its one organisation, or [`OTHERS`].
    pub name: String,
    /// Its organisations, in order.
    pub organisations: Vec<OrganisationSlug>,
    /// How many people are eligible in all of them.
    pub eligible: u64,
}

/// All organisations together have too few people for one cohort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "Put more people on the roll. {eligible} are eligible, and a cohort must have at least {minimum}, so that a key does not tell who somebody is."
)]
pub struct TooFew {
    /// How many are eligible.
    pub eligible: u64,
    /// How many it takes.
    pub minimum: u32,
}

/// Puts every organisation into exactly one cohort of at least `minimum` people ([`MIN_COHORT_PEOPLE`] but in tests; 0 counts as 1).
///
/// In plain words: an organisation with enough people is a cohort of its own and gives it its name. All smaller ones, those
/// with nobody included, are together in one cohort named "others". If even together they are too few, they join the smallest
/// cohort that has enough (of two equally small ones, the one whose name comes first in the alphabet), and that cohort is named
/// "others" from then on. An organisation whose own short name is "others" is always in the cohort "others", so that no two
/// cohorts share a name. The order of `organisations` changes nothing: cohorts come in the alphabetical order of their names,
/// "others" last. Each organisation stands once in `organisations`.
///
/// # Errors
/// [`TooFew`] if all organisations together have fewer than `minimum`.
pub fn cohorts(organisations: &[(OrganisationSlug, u32)], minimum: u32) -> Result<Vec<Cohort>, TooFew> {
    let minimum = minimum.max(1);
    let mut organisations = organisations.to_vec();
    organisations.sort();
    let enough = |cohort: &Cohort| cohort.eligible >= u64::from(minimum);
    let mut others = Cohort { name: OTHERS.to_owned(), organisations: Vec::new(), eligible: 0 };
    let mut own = Vec::new();
    for (slug, people) in organisations {
        let eligible = u64::from(people);
        if people >= minimum && slug.as_str() != OTHERS {
            own.push(Cohort { name: slug.to_string(), organisations: vec![slug], eligible });
        } else {
            others.organisations.push(slug);
            others.eligible += eligible;
        }
    }
    if !others.organisations.is_empty() && !enough(&others) {
        // The first of the smallest: `own` is in order.
        let smallest = (0..own.len()).min_by_key(|place| own[*place].eligible);
        if let Some(place) = smallest {
            let joined = own.remove(place);
            others.organisations.extend(joined.organisations);
            others.organisations.sort();
            others.eligible += joined.eligible;
        }
    }
    if !others.organisations.is_empty() {
        own.push(others);
    }
    match !own.is_empty() && own.iter().all(enough) {
        true => Ok(own),
        false => Err(TooFew { eligible: own.iter().map(|cohort| cohort.eligible).sum(), minimum }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people(organisations: &[(&str, u32)]) -> Vec<(OrganisationSlug, u32)> {
        organisations.iter().map(|(slug, people)| (slug.parse().unwrap(), *people)).collect()
    }

    /// Name, organisations joined by spaces, and people of each cohort.
    fn made(organisations: &[(&str, u32)]) -> Result<Vec<(String, String, u64)>, u64> {
        let cohorts = cohorts(&people(organisations), MIN_COHORT_PEOPLE).map_err(|few| few.eligible)?;
        let slugs =
            |cohort: &Cohort| cohort.organisations.iter().map(ToString::to_string).collect::<Vec<_>>();
        Ok(cohorts.iter().map(|c| (c.name.clone(), slugs(c).join(" "), c.eligible)).collect())
    }

    fn is(name: &str, organisations: &str, eligible: u64) -> (String, String, u64) {
        (name.to_owned(), organisations.to_owned(), eligible)
    }

    #[test]
    fn large_organisations_stand_alone_and_small_ones_together() {
        let cohorts = made(&[("uhb", 20_000), ("b", 30), ("icb", 50), ("a", 49), ("none", 0)]).unwrap();
        assert_eq!(cohorts, [is("icb", "icb", 50), is("uhb", "uhb", 20_000), is("others", "a b none", 79)]);
        assert_eq!(made(&[("uhb", 50)]).unwrap(), [is("uhb", "uhb", 50)]);
        assert_eq!(made(&[("a", 25), ("b", 25)]).unwrap(), [is("others", "a b", 50)]);
    }

    #[test]
    fn too_small_a_rest_joins_the_smallest_that_has_enough() {
        let cohorts = made(&[("uhb", 900), ("a", 49), ("roh", 60), ("icb", 60), ("zero", 0)]).unwrap();
        assert_eq!(cohorts, [is("roh", "roh", 60), is("uhb", "uhb", 900), is("others", "a icb zero", 109)]);
        assert_eq!(made(&[("uhb", 900), ("zero", 0)]).unwrap(), [is("others", "uhb zero", 900)]);
    }

    #[test]
    fn an_organisation_named_others_is_in_others() {
        let cohorts = made(&[("others", 300), ("a", 3), ("uhb", 90)]).unwrap();
        assert_eq!(cohorts, [is("uhb", "uhb", 90), is("others", "a others", 303)]);
        assert_eq!(made(&[("others", 10), ("uhb", 90)]).unwrap(), [is("others", "others uhb", 100)]);
    }

    #[test]
    fn too_few_in_all_are_told_so() {
        assert_eq!(made(&[]), Err(0));
        assert_eq!(made(&[("a", 49)]), Err(49));
        assert_eq!(made(&[("a", 0), ("b", 24), ("c", 25)]), Err(49));
        assert!(cohorts(&[], 0).is_err());
    }

    /// The minimal standard generator of Park and Miller, seeded by the test.
    fn next(seed: &mut u64) -> u64 {
        *seed = *seed * 48_271 % 2_147_483_647;
        *seed
    }

    #[test]
    fn every_organisation_is_in_exactly_one_cohort_and_every_cohort_has_enough() {
        let mut seed = 20_231_130;
        let (mut made, mut refused) = (0, 0);
        for _ in 0..2_000 {
            let count = next(&mut seed) % 14;
            let most = [5, 60, 400][(next(&mut seed) % 3) as usize];
            let mut organisations: Vec<(OrganisationSlug, u32)> = (0..count)
                .map(|n| (format!("o{n}").parse().unwrap(), (next(&mut seed) % most) as u32))
                .collect();
            let sum: u64 = organisations.iter().map(|(_, people)| u64::from(*people)).sum();
            let found = cohorts(&organisations, MIN_COHORT_PEOPLE);
            organisations.reverse();
            assert_eq!(found, cohorts(&organisations, MIN_COHORT_PEOPLE));
            let Ok(found) = found else {
                assert!(sum < 50);
                refused += 1;
                continue;
            };
            let mut members: Vec<_> = found.iter().flat_map(|cohort| cohort.organisations.clone()).collect();
            members.sort();
            organisations.sort();
            assert_eq!(members, organisations.iter().map(|(slug, _)| slug.clone()).collect::<Vec<_>>());
            assert!(found.iter().all(|cohort| cohort.eligible >= 50));
            assert_eq!(found.iter().map(|cohort| cohort.eligible).sum::<u64>(), sum);
            let mut names: Vec<_> = found.iter().map(|cohort| &cohort.name).collect();
            names.dedup();
            assert_eq!(names.len(), found.len());
            made += 1;
        }
        assert!(made > 500 && refused > 100, "{made} made, {refused} refused");
    }
}
