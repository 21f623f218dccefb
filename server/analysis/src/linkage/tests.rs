//! Two made-up databases of a thousand people each: as they should be, and with one thing wrong.

mod world;

use super::*;
use world::{Flaw, World};

fn judged(world: &World) -> Report {
    let (identity, conversation) = world.sides();
    let attempts: Vec<_> = link(&identity, &conversation).collect();
    score(&identity, &conversation, attempts.into_iter(), &world.truth, score::DEFAULT_WINDOW)
}

fn found(world: &World) -> Vec<Finding> {
    let (identity, conversation) = world.sides();
    let mut findings = suspicious((&world.identity, &world.conversation), (&identity, &conversation));
    findings.retain(|finding| finding.severity == Severity::Suspicious);
    findings
}

/// The most hits that any attempt had whose signals are named so.
fn best<'a>(report: &'a Report, names: &str) -> &'a Score {
    let named = report.scores.iter().filter(|score| {
        format!("{} {} {}", score.identity_signal, score.conversation_signal, score.way.words())
            .contains(names)
    });
    named.max_by_key(|score| score.right.hits).unwrap_or_else(|| panic!("nothing is called {names}"))
}

#[test]
fn clean_databases_do_not_link() {
    for seed in 0..5 {
        let world = World::new(seed, &[]);
        let report = judged(&world);
        assert_eq!((report.pairs, report.unknown_pairs), (world::JOINED, 0));
        assert!(report.tests > 100, "{} tests", report.tests);
        assert_eq!(report.linking().map(|it| format!("{it:?}")).collect::<Vec<_>>(), [""; 0]);
        let beyond = report.above_bound() as f64;
        let expected = report.expected_above_bound;
        assert!(
            beyond < expected + 6.0 * expected.sqrt() + 6.0,
            "{beyond} above their bounds, {expected} expected"
        );
        assert!(report.any_above_bound > 0.1 && report.any_above_bound <= 1.0);
        assert_eq!(found(&world), []);
    }
}

#[test]
fn serials_on_both_sides_link() {
    let world = World::new(1, &[Flaw::Serials]);
    let report = judged(&world);
    for way in ["person.number participant.number same rank", "person.number participant.number same value"] {
        let score = best(&report, way);
        assert_eq!((score.right.hits, score.verdict()), (1_000, Verdict::Links), "{way}");
    }
}

#[test]
fn exact_times_on_both_sides_link() {
    let world = World::new(2, &[Flaw::Times]);
    let report = judged(&world);
    assert!(best(&report, "person.issued_at credential.registered_at same rank").right.hits > 900);
    assert!(best(&report, "person.issued_at credential.registered_at next time").right.hits > 900);
    let findings = found(&world);
    assert_eq!(findings.iter().filter(|it| it.check == "clocks").count(), 2, "{findings:?}");
}

#[test]
fn rows_in_the_order_of_joining_link() {
    let world = World::new(3, &[Flaw::Unshuffled]);
    let score = judged(&world);
    let score = best(&score, "person: order of rows credential: order of rows same rank");
    assert_eq!((score.right.hits, score.verdict()), (1_000, Verdict::Links));
    let (chance, sigma) = (score.right.expected_by_chance, score.right.sigma);
    assert!(
        (chance - 2.0).abs() < 1e-9 && (sigma - 2.0_f64.sqrt()).abs() < 1e-9,
        "one a cohort: {chance} ± {sigma}"
    );
    let findings = found(&world);
    assert!(findings.iter().any(|it| it.check == "order of people"), "{findings:?}");
}

#[test]
fn ordered_batches_link_by_nearness() {
    let report = judged(&World::new(4, &[Flaw::Batches]));
    let score = best(&report, "person: order of rows credential: order of rows same rank");
    let near = score.near.unwrap();
    assert!(
        (60..160).contains(&score.right.hits),
        "about one in the ten of a batch's cohort: {}",
        score.right.hits
    );
    assert!(near.hits > 990 && near.verdict == Verdict::Links, "{near:?}");
    assert!((near.expected_by_chance - 2.0 * 20_080.0 / 500.0).abs() < 1e-6, "{near:?}");
}

#[test]
fn one_side_in_order_alone_does_not_link() {
    assert_eq!(judged(&World::new(5, &[Flaw::UnshuffledPeople])).linking().count(), 0);
}

#[test]
fn a_shared_value_links_however_it_is_spelled() {
    let world = World::new(6, &[Flaw::SharedHash]);
    assert_eq!(best(&judged(&world), "person.request participant.token same value").right.hits, 1_000);
    let findings = found(&world);
    assert_eq!(
        findings.iter().map(|it| it.says.as_str()).collect::<Vec<_>>(),
        ["1000 values of person.request (identity) stand in participant.token (conversation) too"]
    );
}

#[test]
fn ids_with_a_time_in_them_link() {
    let world = World::new(7, &[Flaw::TimedIds]);
    let report = judged(&world);
    assert!(best(&report, "person.id: time in it participant.id: time in it same rank").right.hits > 900);
    assert!(
        found(&world).iter().any(|it| it.says.contains("person.id (identity) holds ids with a time in them"))
    );
}

#[test]
fn logs_of_both_sides_link() {
    let world = World::new(8, &[Flaw::Logs]);
    let report = judged(&world);
    assert_eq!(
        best(&report, "person: last changed in the log waiting: first seen in the log same rank").right.hits,
        1_000
    );
    assert!(found(&world).iter().any(|it| it.check == "write-ahead logs"));
}

#[test]
fn the_first_words_of_whoever_came_first_link() {
    let report = judged(&World::new(9, &[Flaw::UnshuffledPeople, Flaw::FirstWords]));
    let score = best(&report, "person: order of rows post.written_at_revision same rank");
    assert_eq!((score.right.hits, score.verdict()), (1_000, Verdict::Links));
}

#[test]
fn every_pair_of_a_cohort_is_possible() {
    let world = World::new(10, &[]);
    let (identity, conversation) = world.sides();
    let clean = consistency(&identity, &conversation);
    assert_eq!((clean.issuances, clean.credentials, clean.excluded_by_date), (1_000, 1_000, 0));
    assert_eq!(clean.pairs, 500 * 500 * 2, "two cohorts of 500");
    assert_eq!((clean.smallest_anonymity_set, clean.impossible_credentials), (Some(500), 0));

    let world = World::new(10, &[Flaw::Dates]);
    let (identity, conversation) = world.sides();
    let dated = consistency(&identity, &conversation);
    assert!(dated.excluded_by_date > 100_000, "{dated:?}");
    assert!(dated.smallest_anonymity_set < Some(100) && dated.impossible_credentials == 0, "{dated:?}");
}

#[test]
fn more_registered_than_issued_is_found() {
    let mut world = World::new(11, &[]);
    let people = world.identity.tables.iter_mut().find(|table| table.name == schema::PERSON).unwrap();
    let request = people.column(schema::REQUEST).unwrap();
    people.rows.iter_mut().take(600).for_each(|row| row.values[request] = Cell::Null);
    let findings = found(&world);
    assert!(findings.iter().any(|it| it.check == "counts" && it.says.contains("registered")), "{findings:?}");
}

#[test]
fn empty_databases_have_nothing_to_say() {
    let empty = Database::default();
    let (identity, conversation) = (identity_side(&empty), conversation_side(&empty));
    assert_eq!(link(&identity, &conversation).count(), 0);
    let report =
        score(&identity, &conversation, link(&identity, &conversation), &[("a".into(), "b".into())], 20);
    assert_eq!((report.pairs, report.unknown_pairs, report.tests), (0, 1, 0));
    assert_eq!(suspicious((&empty, &empty), (&identity, &conversation)), []);
    assert_eq!(consistency(&identity, &conversation), Consistency::default());
}
