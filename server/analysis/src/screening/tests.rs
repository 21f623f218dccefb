use domain::moderation::Rule;

use super::identifying::is_nhs_number;
use super::{flags, screen};

fn flagged(text: &str) -> Vec<Rule> {
    flags(&screen(text, &Rule::ALL))
}

fn found(text: &str) -> Vec<String> {
    screen(text, &Rule::ALL).into_iter().filter_map(|finding| finding.found).collect()
}

#[test]
fn what_people_write_here_passes() {
    for text in [
        "Rotas land two weeks before they start. I cannot book childcare on that.",
        "Will the trust mark this? May I ask for hope, grace and a rose garden?",
        "In May and June the wards were short. Mark it urgent. Bill the agency.",
        "Nurses on Ward 12 need a break room, and so do the porters.",
        "The matrons were kind. Every ward manager should get two days for admin.",
        "St Mary's and Queen Elizabeth Hospital share one car park; Florence Ward has none.",
        "We miss Mondays off. Miss a shift and you hear of it for weeks.",
        "Sexual health, breast screening, rectal bleeding and bowel cancer clinics need the same rooms.",
        "It is bloody cold in there. Damn the heating, and the crap printers are no help either… sorry.",
        "Since 2019/20 we lost 12 of 48 beds, 3,000 hours and 1.5 posts; see 07:30 to 19:30 rotas.",
        "Scunthorpe, Penistone and Cockermouth staff drive an hour. The assistant passed the class assessment.",
        "Two weeks.We never know. Email the team, not one person.",
        "Band 5 to Band 6 takes years. Datix 123456 was closed without a word.",
    ] {
        assert_eq!(flagged(text), [], "{text}: {:?}", found(text));
    }
}

#[test]
fn names() {
    for text in [
        "I told Susan twice.",
        "susan never answers",
        "Ask Dr Patel about it.",
        "Mrs. O'Neill runs it well",
        "Only Will Turner knows the code",
        "mohammed and priya do all the nights",
        "Susan's team is tired.",
    ] {
        assert_eq!(flagged(text), [Rule::Names], "{text}");
    }
    assert_eq!(found("Ask Dr Patel, then Will Turner."), ["Dr Patel", "Will Turner"]);
}

#[test]
fn strong_words() {
    for text in ["This is fucking useless", "He is a c u n t", "what a f*ck up"] {
        assert!(flagged(text).contains(&Rule::Profanity), "{text}");
    }
    for text in [
        "Sexual health clinics",
        "anal fissure clinic",
        "It is a bloody long way",
        "breast screening",
        "Scunthorpe",
    ] {
        assert!(!flagged(text).contains(&Rule::Profanity), "{text}");
    }
}

#[test]
fn web_addresses() {
    assert_eq!(flagged("see https://example.org/a"), [Rule::Links]);
    assert_eq!(flagged("see www.example.org"), [Rule::Links]);
    assert_eq!(screen("see https://example.org/a", &[Rule::Names]), []);
}

#[test]
fn who_somebody_is() {
    for text in [
        "write to a.person@example.org",
        "ring 0121 496 0123 after six",
        "ring +44 121 496 0123",
        "my number is 07700900123",
        "patient 943 476 5919 waited",
        "patient 9434765919 waited",
        "my staff number is 20345678",
        "PIN 12A3456E",
        "our ward manager on Ward 7 shouts",
        "I am the only pharmacist in A&E.",
    ] {
        assert_eq!(flagged(text), [Rule::Identifying], "{text}");
    }
}

#[test]
fn the_check_digit_of_a_patients_number() {
    // The NHS Data Dictionary's own example, and one digit beside it.
    assert!(is_nhs_number("9434765919"));
    assert!(!is_nhs_number("9434765918"));
    assert!(!is_nhs_number("943476591"));
    assert!(!is_nhs_number("1111111111"));
}

#[test]
fn the_longest_text_is_read() {
    let long = "Rotas come too late. ".repeat(1_100);
    assert_eq!(flagged(&long), []);
}
