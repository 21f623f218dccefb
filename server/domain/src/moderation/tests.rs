use super::*;
use crate::ids::AccountId;
use CaseState::{Answered, Appealed, Asked, Held, Hidden, Kept, Merged, New, Reported};

#[test]
fn what_follows_what() {
    assert_eq!(after(Held, Step::Keep), Ok(Kept));
    assert_eq!(after(New, Step::Report), Ok(Reported));
    assert_eq!(after(Kept, Step::Report), Ok(Reported));
    assert_eq!(after(Held, Step::Report), Ok(Held));
    assert_eq!(after(Reported, Step::Hide), Ok(Hidden));
    assert_eq!(after(Hidden, Step::Appeal), Ok(Appealed));
    assert_eq!(after(Appealed, Step::Restore), Ok(Kept));
    assert_eq!(after(Appealed, Step::Hide), Ok(Hidden));
    assert_eq!(after(New, Step::Ask), Ok(Asked));
    assert_eq!(after(Asked, Step::Answer), Ok(Answered));
    assert_eq!(after(New, Step::Merge), Ok(Merged));
}

#[test]
fn what_does_not() {
    let refused = Err(ModerationRefusal::NotNow);
    for step in [Step::Keep, Step::Amend, Step::Hide, Step::Restore, Step::Ask, Step::Merge, Step::Appeal] {
        assert_eq!(after(Merged, step), refused, "{step:?}");
    }
    assert_eq!(after(Hidden, Step::Keep), refused);
    assert_eq!(after(Hidden, Step::Hide), refused);
    assert_eq!(after(Kept, Step::Appeal), refused);
    assert_eq!(after(Appealed, Step::Appeal), refused);
    assert_eq!(after(New, Step::Answer), refused);
    assert_eq!(after(New, Step::Restore), refused);
}

#[test]
fn what_others_see() {
    use PostState::{Hidden as Unseen, Visible, Withdrawn};
    assert_eq!(visibility(Kept, Unseen), Visible);
    assert_eq!(visibility(Hidden, Visible), Unseen);
    assert_eq!(visibility(Merged, Visible), Unseen);
    assert_eq!(visibility(Asked, Unseen), Unseen);
    assert_eq!(visibility(Reported, Visible), Visible);
    assert_eq!(visibility(Kept, Withdrawn), Withdrawn);
    assert_eq!(opening(ModerationMode::Post, &[]), (New, Visible));
    assert_eq!(opening(ModerationMode::Pre, &[]), (New, Unseen));
    assert_eq!(opening(ModerationMode::Post, &[Rule::Links]), (Held, Unseen));
    let post = ModerationMode::Post;
    assert_eq!(reopening(Held, Unseen, post, &[]), (New, Visible));
    assert_eq!(reopening(Asked, Unseen, post, &[]), (Answered, Unseen));
    assert_eq!(reopening(Reported, Visible, post, &[]), (Reported, Visible));
    assert_eq!(reopening(Kept, Visible, post, &[Rule::Names]), (Held, Unseen));
    // Two changes, the first of which a rule holds: the question and the report are still there.
    for (state, then) in [(Asked, Answered), (Answered, Answered), (Reported, Reported)] {
        let (held, seen) = reopening(state, Visible, post, &[Rule::Names]);
        assert_eq!((held, seen), (then, Unseen), "{state:?}");
        assert!(held.leaves_words_to_author(), "its author can mend it");
        assert_eq!(reopening(held, seen, post, &[]).0, then, "{state:?}");
    }
    assert_eq!(reopening(Answered, Unseen, post, &[]), (Answered, Unseen));
}

#[test]
fn a_claim_ends_by_itself_and_never_stops_its_own_maker() {
    let (me, other) = (AccountId::named(&["me"]), AccountId::named(&["other"]));
    let now = "2026-05-06T10:00:00Z".parse().unwrap();
    let claim = Claim::new(me, "Ann", now);
    assert_eq!(Claim::leaves(Some(&claim), me, now), Ok(()));
    assert_eq!(
        Claim::leaves(Some(&claim), other, now),
        Err(ModerationRefusal::ClaimedBy { name: "Ann".into() })
    );
    assert_eq!(Claim::leaves(Some(&claim), other, claim.until), Ok(()));
    assert_eq!(Claim::leaves(None, other, now), Ok(()));
}

#[test]
fn names_come_back() {
    for state in CaseState::ALL {
        assert_eq!(CaseState::from_slug(state.slug()), Some(state));
    }
    for reason in Reason::ALL {
        assert_eq!(Reason::from_slug(reason.slug()), Some(reason));
    }
    for rule in Rule::ALL {
        assert_eq!(Rule::from_slug(rule.slug()), Some(rule));
    }
    for kind in NoteKind::ALL {
        assert_eq!(NoteKind::from_slug(kind.slug()), Some(kind));
    }
}

#[test]
fn notes_are_bounded() {
    assert_eq!(note(" Why?\r\n ").unwrap(), "Why?");
    assert!(note("").is_err());
    assert!(note(&"x".repeat(MAX_NOTE_CHARACTERS + 1)).is_err());
    assert_eq!(optional_note("  "), Ok(None));
}
