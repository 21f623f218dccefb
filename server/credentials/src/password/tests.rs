use super::*;
use crate::labels;
use crate::samples::key;

fn passwords() -> DerivedKey {
    key(1, labels::PASSWORDS)
}

fn refusal(text: &str, about: &[&str]) -> Option<PasswordRefusal> {
    Password::choose(text, about).err()
}

#[test]
fn a_hash_fits_its_password_and_key_only() {
    let password = Password::choose("three quiet lamps", &[]).unwrap();
    let hash = password.hash(&passwords(), [1; SALT_BYTES]);
    let stored = PasswordHash::from_stored(hash.as_str().to_owned()).unwrap();
    assert!(stored.fits(&Password::typed("three quiet lamps"), &passwords()));
    for other in ["three quiet lamp", "Three quiet lamps", " three quiet lamps", ""] {
        assert!(!stored.fits(&Password::typed(other), &passwords()), "{other}");
    }
    assert!(!stored.fits(&password, &key(2, labels::PASSWORDS)), "another pepper");
    assert_ne!(hash, password.hash(&passwords(), [2; SALT_BYTES]));
}

#[test]
fn the_cost_stands_in_the_hash() {
    let hash = Password::typed("three quiet lamps").hash(&passwords(), [1; SALT_BYTES]);
    assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.as_str());
    assert!(!hash.is_outdated());
    let cheaper = PasswordHash::from_stored(hash.as_str().replace("t=2", "t=1")).unwrap();
    assert!(cheaper.is_outdated());
    let cheaper = PasswordHash::from_stored(hash.as_str().replace("m=19456", "m=9456")).unwrap();
    assert!(cheaper.is_outdated());
}

#[test]
fn a_typed_accent_is_one_letter_however_it_is_spelled() {
    let hash = Password::choose("caf\u{e9} au lait today", &[]).unwrap().hash(&passwords(), [1; SALT_BYTES]);
    assert!(hash.fits(&Password::typed("cafe\u{301} au lait today"), &passwords()));
}

#[test]
fn lengths_are_counted_in_characters() {
    assert_eq!(refusal("elevensigns", &[]), Some(PasswordRefusal::TooShort));
    assert_eq!(refusal("twelve signs", &[]), None);
    assert_eq!(refusal("zwölf Ärmel ß", &[]), None);
    assert_eq!(refusal("öäüßéèêáàâñ", &[]), Some(PasswordRefusal::TooShort));
    let long: String = ('a'..='z').cycle().take(LONGEST).collect();
    assert_eq!(refusal(&long, &[]), None);
    assert_eq!(refusal(&format!("{long}x"), &[]), Some(PasswordRefusal::TooLong));
    assert_eq!(refusal(&"x".repeat(1_000_000), &[]), Some(PasswordRefusal::TooLong));
}

#[test]
fn what_is_too_long_is_nobodys() {
    let long: String = ('a'..='z').cycle().take(LONGEST).collect();
    let hash = Password::choose(&long, &[]).unwrap().hash(&passwords(), [1; SALT_BYTES]);
    assert!(hash.fits(&Password::typed(&long), &passwords()));
    assert!(!hash.fits(&Password::typed(&format!("{long}x")), &passwords()));
}

#[test]
fn what_is_tried_first_is_refused_and_no_rule_asks_for_signs() {
    for common in ["password1234", "PassWord1234", "Correct Horse Battery Staple", "1q2w3e4r5t6y"] {
        assert_eq!(refusal(common, &[]), Some(PasswordRefusal::Common), "{common}");
    }
    for repetitive in ["aaaaaaaaaaaa", "abababababab", "12121212121212", "Aaaa bbBB aaaa"] {
        assert_eq!(refusal(repetitive, &[]), Some(PasswordRefusal::Repetitive), "{repetitive}");
    }
    for good in ["only small letters", "729473062954816", "three QUIET lamps 7!"] {
        assert_eq!(refusal(good, &[]), None, "{good}");
    }
    assert!(COMMON.lines().all(|line| line.chars().count() >= SHORTEST && line.to_lowercase() == line));
}

#[test]
fn names_and_addresses_are_refused() {
    let about = ["Candour", "ann.okafor", "Ann", ""];
    for taken in ["candour for me 7", "xx-Ann.Okafor-xx", "my CANDOUR login"] {
        assert_eq!(refusal(taken, &about), Some(PasswordRefusal::AboutYou), "{taken}");
    }
    // Three letters turn up by chance.
    assert_eq!(refusal("the planning hour", &about), None);
}

#[test]
fn what_is_no_hash_is_a_fault() {
    let hash = Password::typed("three quiet lamps").hash(&passwords(), [1; SALT_BYTES]);
    let other_kind = hash.as_str().replace("argon2id", "argon2i");
    for damaged in ["", "three quiet lamps", "$argon2id$", &other_kind, "$2b$12$abcdefghijklmnopqrstuv"] {
        assert_eq!(PasswordHash::from_stored(damaged.to_owned()).err(), Some(PasswordHashFault), "{damaged}");
    }
}

#[test]
fn debug_says_nothing() {
    let password = Password::typed("three quiet lamps");
    let hash = password.hash(&passwords(), [1; SALT_BYTES]);
    assert_eq!(format!("{password:?} {hash:?}"), "Password(secret) PasswordHash(…)");
}
