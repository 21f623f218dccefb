use super::*;

fn text(number: i64, what: &str) -> String {
    format!(r#"{{"number":{number},"by_name":"Ann","what":"{what}"}}"#)
}

/// A log of `length` entries, chained as they are written.
fn log(length: i64) -> Vec<ChainedEntry> {
    rechained((0..length).map(|number| text(number, "campaign.extend")).collect())
}

fn rechained(texts: Vec<String>) -> Vec<ChainedEntry> {
    let mut entries: Vec<ChainedEntry> = Vec::new();
    for (number, entry) in (0..).zip(texts) {
        let digest = link(entries.last().map(|before| before.digest.as_str()), &entry);
        entries.push(ChainedEntry { number, entry, digest });
    }
    entries
}

fn head(entries: &[ChainedEntry]) -> AuditHead {
    let last = entries.last().unwrap();
    AuditHead { number: last.number, digest: last.digest.clone() }
}

fn found(entries: &[ChainedEntry], known: Option<&AuditHead>) -> (i64, AuditFault) {
    let broken = verify(entries, known.cloned()).unwrap_err();
    (broken.number, broken.why)
}

#[test]
fn a_whole_log_has_a_head_and_holds_every_earlier_one() {
    assert_eq!(verify(&[], None), Ok(None));
    let entries = log(9);
    for length in 1..=9 {
        let known = head(&entries[..length]);
        assert_eq!(verify(&entries[..length], None), Ok(Some(known.clone())));
        assert_eq!(verify(&entries, Some(known)), Ok(Some(head(&entries))));
    }
}

#[test]
fn every_changed_character_is_located() {
    let entries = log(5);
    for place in 0..5_usize {
        for byte in 0..entries[place].entry.len() {
            let mut changed = entries.clone();
            let old = &entries[place].entry;
            let other = if &old[byte..=byte] == "7" { "8" } else { "7" };
            changed[place].entry = format!("{}{other}{}", &old[..byte], &old[byte + 1..]);
            let (number, why) = found(&changed, None);
            assert_eq!(number, place as i64);
            assert!(matches!(why, AuditFault::Digest | AuditFault::Number), "{why}");
        }
        let mut changed = entries.clone();
        changed[place].digest = entries[(place + 1) % 5].digest.clone();
        assert_eq!(found(&changed, None), (place as i64, AuditFault::Digest));
        // White space is no part of what JSON says, and is part of what was stored.
        let mut changed = entries.clone();
        changed[place].entry.push(' ');
        assert_eq!(found(&changed, None), (place as i64, AuditFault::Digest));
    }
}

#[test]
fn what_was_removed_is_located() {
    let entries = log(5);
    for place in 0..4_usize {
        let mut without = entries.clone();
        without.remove(place);
        let number = place as i64;
        assert_eq!(found(&without, None), (number, AuditFault::Missing { found: number + 1 }));
        // With the rows behind it numbered anew, their texts still say otherwise.
        for (number, entry) in (0..).zip(&mut without) {
            entry.number = number;
        }
        assert_eq!(found(&without, None), (number, AuditFault::Number));
        // With the texts numbered anew, the digests do not fit.
        for (number, entry) in (0..).zip(&mut without) {
            entry.entry = text(number, "campaign.extend");
        }
        assert_eq!(found(&without, None), (number, AuditFault::Digest));
    }
}

#[test]
fn what_was_added_or_moved_is_located() {
    let entries = log(5);
    for place in 0..5_usize {
        let number = place as i64;
        let mut twice = entries.clone();
        twice.insert(place, entries[place].clone());
        assert_eq!(found(&twice, None), (number + 1, AuditFault::OutOfPlace { found: number }));

        let mut added = entries.clone();
        let entry = text(number, "role.grant");
        let before = place.checked_sub(1).map(|before| entries[before].digest.as_str());
        let digest = link(before, &entry);
        added.insert(place, ChainedEntry { number, entry, digest });
        for later in &mut added[place + 1..] {
            later.number += 1;
        }
        assert_eq!(found(&added, None), (number + 1, AuditFault::Number));
    }
    for (one, other) in [(0, 1), (1, 3), (2, 4)] {
        let mut swapped = entries.clone();
        swapped.swap(one, other);
        let why = AuditFault::Missing { found: other as i64 };
        assert_eq!(found(&swapped, None), (one as i64, why));
        for (number, entry) in (0..).zip(&mut swapped) {
            entry.number = number;
        }
        assert_eq!(found(&swapped, None), (one as i64, AuditFault::Number));
    }
}

#[test]
fn a_cut_tail_and_a_log_written_anew_are_seen_by_a_known_head() {
    let entries = log(6);
    let known = head(&entries);
    for length in 0..6_usize {
        assert!(verify(&entries[..length], None).is_ok());
        assert_eq!(found(&entries[..length], Some(&known)), (length as i64, AuditFault::CutOff));
    }
    let anew = rechained(
        (0..6).map(|number| text(number, if number == 2 { "x" } else { "campaign.extend" })).collect(),
    );
    assert!(verify(&anew, None).is_ok());
    assert_eq!(found(&anew, Some(&known)), (5, AuditFault::Rewritten));
    assert!(verify(&anew, Some(head(&entries[..2]))).is_ok());
}

/// Worked out with `sha256sum`.
#[test]
fn a_known_link() {
    let first = link(None, r#"{"number":0}"#);
    assert_eq!(first, "980618b37f584827b967ecbfe455feb022167c6e685c2bf1dd116d35cb4e51f9");
    assert_eq!(
        link(Some(&first), r#"{"number":1}"#),
        "7af160a5c2e28b7462203a4d414083755dd6f368504a04ea1e9f01f6995c3150"
    );
}
