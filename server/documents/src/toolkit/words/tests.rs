use super::super::tests::{extended, facts};
use super::*;

#[test]
fn a_closing_that_moved_says_which_way() {
    assert!(Words::of(&facts()).unwrap().moved.is_none());
    let mut facts = extended();
    let later = Words::of(&facts).unwrap();
    assert_eq!(later.until(), "You now have until Thursday 9 May 2024 at 11:59pm.");
    facts.rounds[0].closes_at = "2024-05-03T22:59:00Z".parse().unwrap();
    let sooner = Words::of(&facts).unwrap().moved.unwrap();
    assert_eq!(sooner.now, "It now closes sooner: on Friday 3 May 2024 at 11:59pm.");
    assert_eq!(sooner.before, "Before, it was Tuesday 7 May 2024 at 11:59pm.");
    assert_eq!(sooner.why, "Why: Many of you wanted more time to look at the pledges.");
}

#[test]
fn dates_are_in_the_tenants_time() {
    let mut facts = facts();
    facts.rounds[0].closes_at = "2024-12-01T00:30:00Z".parse().unwrap();
    assert_eq!(Words::of(&facts).unwrap().closes, "Sunday 1 December 2024 at 12:30am");
    facts.zone = chrono_tz::America::New_York;
    assert_eq!(Words::of(&facts).unwrap().closes, "Saturday 30 November 2024 at 7:30pm");
}

#[test]
fn a_purpose_is_cut_after_a_sentence() {
    let mut facts = facts();
    facts.purpose = "Short one. Second one! It goes on. And on.".into();
    let of = |facts: &ToolkitFacts, most| Words::of(facts).unwrap().purpose(most);
    assert_eq!(of(&facts, 400), facts.purpose);
    assert_eq!(of(&facts, 35), "Short one. Second one! It goes on.");
    assert_eq!(of(&facts, 12), "Short one.");
    facts.purpose = "One endless sentence, that goes on and on and on.".into();
    assert_eq!(of(&facts, 24), "One endless sentence…");
}

#[test]
fn lines_stay_lines() {
    assert_eq!(on_one_line("a\r\nBcc:\u{2028} b\t\u{202e}c"), "a Bcc: b c");
    assert_eq!(sentence(" Because  "), "Because.");
    assert_eq!(sentence("Why not?"), "Why not?");
    assert_eq!(cut("four words stand here", 12), "four words…");
}
