use domain::ids::CampaignId;
use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Known {
    entries: Vec<KeyLogEntry>,
    hashed: Vec<String>,
    head: String,
    head_for_print: String,
}

fn known() -> Known {
    serde_json::from_str(include_str!("vector.json")).unwrap()
}

/// Writes previous and hash of all entries anew, as a forger would.
fn rechained(mut entries: Vec<KeyLogEntry>) -> Vec<KeyLogEntry> {
    let mut previous = BEFORE_THE_FIRST.to_owned();
    for (index, entry) in (0..).zip(&mut entries) {
        entry.index = index;
        entry.previous = previous;
        entry.hash = entry.computed_hash();
        previous = entry.hash.clone();
    }
    entries
}

fn changed(change: impl FnOnce(&mut Vec<KeyLogEntry>)) -> Vec<KeyLogEntry> {
    let mut entries = known().entries;
    change(&mut entries);
    entries
}

fn broken(entry: u64, why: Fault) -> Result<Head, ChainBreak> {
    Err(ChainBreak { entry, why })
}

fn new_key(entry: &KeyLogEntry) -> NewKey {
    NewKey {
        campaign: entry.campaign,
        cohort: entry.cohort.clone(),
        organisations: entry.organisations.clone(),
        eligible: entry.eligible,
        public_key: CohortPublicKey::from_base64url(&entry.public_key).unwrap(),
        made_on: entry.made_on,
    }
}

#[test]
fn the_shared_vector() {
    let known = known();
    let head = check(&known.entries).unwrap();
    assert_eq!((head.to_string(), head.for_print()), (known.head, known.head_for_print));
    for (entry, hashed) in known.entries.iter().zip(&known.hashed) {
        assert_eq!(&entry.hashed(), hashed);
    }
    assert_eq!((known.entries.len(), known.hashed.len()), (3, 3));
    let mut log = Vec::new();
    for entry in &known.entries {
        log.push(append(&log, new_key(entry)).unwrap());
    }
    assert_eq!(log, known.entries);
    let again: Vec<KeyLogEntry> = serde_json::from_str(&serde_json::to_string(&log).unwrap()).unwrap();
    assert_eq!(again, log);
}

#[test]
fn an_empty_log_has_a_head() {
    let head = check(&[]).unwrap();
    assert_eq!(head.0, "0".repeat(64));
    assert_eq!(head.for_print(), "0000 0000 0000 0000");
    assert_eq!(extends(&[], &known().entries), Ok(()));
}

#[test]
fn every_field_is_bound() {
    let hash = |change: fn(&mut KeyLogEntry)| check(&changed(|log| change(&mut log[1])));
    assert_eq!(hash(|entry| entry.campaign = CampaignId::named(&["x"])), broken(1, Fault::Hash));
    assert_eq!(hash(|entry| entry.cohort.push('s')), broken(1, Fault::Hash));
    assert_eq!(hash(|entry| entry.organisations.swap(0, 1)), broken(1, Fault::Hash));
    assert_eq!(hash(|entry| entry.organisations.truncate(1)), broken(1, Fault::Hash));
    assert_eq!(hash(|entry| entry.eligible += 1), broken(1, Fault::Hash));
    assert_eq!(hash(|entry| entry.made_on = NaiveDate::MIN), broken(1, Fault::Hash));
    assert_eq!(hash(|entry| entry.hash = entry.hash.to_uppercase()), broken(1, Fault::Hash));
    assert_eq!(hash(|entry| entry.hash.clear()), broken(1, Fault::Hash));
    assert_eq!(hash(|entry| entry.previous = "0".repeat(64)), broken(1, Fault::Previous));
    assert_eq!(hash(|entry| entry.index = 2), broken(1, Fault::WrongIndex { found: 2 }));
    assert_eq!(check(&changed(|log| log[1].public_key = log[2].public_key.clone())), broken(1, Fault::Hash));
}

#[test]
fn entries_cannot_be_left_out_moved_or_slipped_in() {
    assert_eq!(check(&changed(|log| drop(log.remove(0)))), broken(0, Fault::WrongIndex { found: 1 }));
    assert_eq!(check(&changed(|log| drop(log.remove(1)))), broken(1, Fault::WrongIndex { found: 2 }));
    assert_eq!(check(&changed(|log| log.swap(0, 1))), broken(0, Fault::WrongIndex { found: 1 }));
    let renumbered = changed(|log| {
        log.remove(1);
        log[1].index = 1;
    });
    assert_eq!(check(&renumbered), broken(1, Fault::Previous));
}

#[test]
fn a_cohort_has_one_key_and_a_key_one_cohort() {
    let same_cohort = rechained(changed(|log| {
        log[2].campaign = log[0].campaign;
    }));
    assert_eq!(check(&same_cohort), broken(2, Fault::CohortTwice { first: 0 }));
    let same_key = rechained(changed(|log| log[2].public_key = log[1].public_key.clone()));
    assert_eq!(check(&same_key), broken(2, Fault::KeyTwice { first: 1 }));
    let known = known().entries;
    let second = append(&known, NewKey { eligible: 9, ..new_key(&known[1]) });
    assert_eq!(second, Err(ChainBreak { entry: 3, why: Fault::CohortTwice { first: 1 } }));
    let apart = vec!["somewhere-else".to_owned()];
    let reused =
        append(&known, NewKey { cohort: "other".into(), organisations: apart, ..new_key(&known[1]) });
    assert_eq!(reused, Err(ChainBreak { entry: 3, why: Fault::KeyTwice { first: 1 } }));
    let hidden = append(&known, NewKey { cohort: "hidden".into(), ..new_key(&known[1]) });
    let organisation = known[1].organisations[0].clone();
    assert_eq!(
        hidden,
        Err(ChainBreak { entry: 3, why: Fault::OrganisationTwice { organisation, first: 1 } })
    );
    let on_a_broken_log = append(&changed(|log| log[1].eligible = 1), new_key(&known[0]));
    assert_eq!(on_a_broken_log, Err(ChainBreak { entry: 1, why: Fault::Hash }));
}

#[test]
fn names_cannot_run_into_each_other() {
    let with = |name: &str| check(&rechained(changed(|log| log[1].organisations[0] = name.to_owned())));
    let long = "a".repeat(NAME_CHARACTERS + 1);
    for wrong in ["", "a,b", "a\nb", "A", "a b", "é", "a_b", &long] {
        assert_eq!(with(wrong), broken(1, Fault::Name { name: wrong.to_owned() }));
        let cohort = check(&rechained(changed(|log| log[1].cohort = wrong.to_owned())));
        assert_eq!(cohort, broken(1, Fault::Name { name: wrong.to_owned() }));
    }
    assert!(with("a-9").is_ok());
    assert!(with(&long[1..]).is_ok());
    assert_eq!(with("st-james-2"), broken(1, Fault::Organisations));
    let none = rechained(changed(|log| log[1].organisations.clear()));
    assert_eq!(check(&none), broken(1, Fault::Organisations));
    let many = (0..=COHORT_ORGANISATIONS).map(|n| n.to_string()).collect();
    let many = rechained(changed(|log| log[1].organisations = many));
    assert_eq!(check(&many), broken(1, Fault::Organisations));
}

#[test]
fn a_line_is_a_real_key() {
    let with = |key: String| check(&rechained(changed(|log| log[1].public_key = key)));
    let key = known().entries[1].public_key.clone();
    let not_base64 = broken(1, Fault::Key(PublicKeyRefusal::NotBase64));
    assert_eq!(with(format!("{key}=")), not_base64);
    assert_eq!(with(format!("{key}\n")), not_base64);
    assert_eq!(with(String::new()), broken(1, Fault::Key(PublicKeyRefusal::NotSpki)));
    let strange = serde_json::to_string(&known().entries[0]).unwrap().replacen('{', "{\"note\":1,", 1);
    assert!(serde_json::from_str::<KeyLogEntry>(&strange).is_err());
}

#[test]
fn a_newer_log_only_adds() {
    let log = known().entries;
    for seen in 0..=log.len() {
        assert_eq!(extends(&log[..seen], &log), Ok(()));
    }
    let missing = Err(ChainBreak { entry: 1, why: Fault::Missing });
    assert_eq!(extends(&log, &log[..1]), missing);
    let rewritten = rechained(changed(|log| log[1].eligible += 1));
    assert!(check(&rewritten).is_ok());
    assert_eq!(extends(&log, &rewritten), Err(ChainBreak { entry: 1, why: Fault::Rewritten }));
    assert_eq!(extends(&log[..1], &rewritten), Ok(()));
    let broken = changed(|log| log[2].eligible += 1);
    assert_eq!(extends(&log, &broken), Err(ChainBreak { entry: 2, why: Fault::Hash }));
    let message = extends(&log, &broken).unwrap_err().to_string();
    assert_eq!(message, "entry 2 of the key log: its hash does not fit what it says; it was changed");
}
