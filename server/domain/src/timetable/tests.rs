//! BSol's second conversation: planned from 23 April to 7 May 2024, extended on 6 May to one minute to midnight on 9 May.

use super::*;
use crate::round_type::RoundType;
use crate::tenant_pack::PromptFile;
use chrono_tz::Europe::London;

pub(crate) fn local(text: &str) -> NaiveDateTime {
    text.parse().unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn round(slug: &str, opens: &str, closes: &str) -> RoundFile {
    RoundFile {
        slug: slug.into(),
        title: "Pledges".into(),
        round_type: RoundType::OpenDiscussion,
        settings: None,
        opens: local(opens),
        closes: local(closes),
        prompts: vec![PromptFile {
            slug: "p".into(),
            text: "Strong or wrong?".into(),
            hint: None,
            votes: Default::default(),
        }],
        themes: vec![],
        moderation: Default::default(),
        hold: Default::default(),
        changes: vec![],
    }
}

pub(crate) fn bsol_second() -> CampaignFile {
    CampaignFile {
        slug: "second-conversation".into(),
        title: "Our second Open Conversation".into(),
        purpose: "Are the pledges strong or wrong?".into(),
        what_next: "They become final.".into(),
        smallest_group: 10,
        rounds: vec![round("pledges", "2024-04-23T09:00:00", "2024-05-07T23:59:00")],
        emails: vec![],
    }
}

fn asked(wish: DateWish) -> DateChange {
    DateChange {
        wish,
        reason: " You want more time to look at the pledges ".into(),
        announcement: String::new(),
    }
}

fn changed(campaign: &CampaignFile, wish: DateWish, now: &str) -> Result<CampaignFile, DateRefusal> {
    let mut campaign = campaign.clone();
    campaign.rounds[0] = change_dates(&campaign, "pledges", &asked(wish), London, at(now))?;
    Ok(campaign)
}

fn close(text: &str) -> DateWish {
    DateWish::Close(local(text))
}

#[test]
fn the_second_conversation_is_extended() {
    let extended = changed(&bsol_second(), close("2024-05-09T23:59:00"), "2024-05-06T10:00:00.7Z").unwrap();
    let round = &extended.rounds[0];
    assert_eq!(round_times(round, London).unwrap().1, at("2024-05-09T22:59:00Z"));
    assert_eq!(
        round.changes,
        [DatesChanged {
            what: ChangeKind::Extended,
            at: at("2024-05-06T10:00:00Z"),
            from: Some(local("2024-05-07T23:59:00")),
            to: Some(local("2024-05-09T23:59:00")),
            reason: "You want more time to look at the pledges".into(),
            announcement: None,
        }]
    );
    assert_eq!(problems(round), Vec::<String>::new());
    assert_eq!(round.planned_closing(), local("2024-05-07T23:59:00"));
    assert_eq!(round.closing_as_of(at("2024-05-06T09:00:00Z")), local("2024-05-07T23:59:00"));
    assert_eq!(round.closing_as_of(at("2024-05-06T11:00:00Z")), local("2024-05-09T23:59:00"));
    assert_eq!(round.state(London, at("2024-05-09T22:58:59Z")), Ok(RoundState::Open));
    assert_eq!(round.state(London, at("2024-05-09T22:59:00Z")), Ok(RoundState::Closed));
}

#[test]
fn no_longer_than_stated_however_often() {
    let once = changed(&bsol_second(), close("2024-05-20T23:59:00"), "2024-05-06T10:00:00Z").unwrap();
    assert!(changed(&once, close("2024-06-04T23:59:00"), "2024-05-19T10:00:00Z").is_ok());
    let refused = changed(&once, close("2024-06-05T00:00:00"), "2024-05-19T10:00:00Z").unwrap_err();
    assert!(refused.to_string().contains("Tuesday 4 June 2024 at 11:59pm"), "{refused}");
}

#[test]
fn shortening_takes_notice() {
    let refused = changed(&bsol_second(), close("2024-05-01T08:00:00"), "2024-04-30T10:00:00Z").unwrap_err();
    assert!(matches!(refused, DateRefusal::TooSoon { .. }), "{refused}");
    let short = changed(&bsol_second(), close("2024-05-01T11:00:00"), "2024-04-30T10:00:00Z").unwrap();
    assert_eq!(short.rounds[0].changes[0].what, ChangeKind::Shortened);
    let refused = changed(&bsol_second(), close("2024-04-23T09:00:00"), "2024-04-01T10:00:00Z").unwrap_err();
    assert!(matches!(refused, DateRefusal::BeforeOpening { .. }), "{refused}");
}

#[test]
fn opened_again_within_the_limit() {
    let planned = bsol_second();
    let again = changed(&planned, close("2024-05-24T12:00:00"), "2024-05-21T22:59:00Z").unwrap();
    assert_eq!(again.rounds[0].changes[0].what, ChangeKind::Reopened);
    let late = changed(&planned, close("2024-05-24T12:00:00"), "2024-05-21T22:59:01Z");
    assert_eq!(late.unwrap_err(), DateRefusal::TooLateToReopen);
    let past = changed(&planned, close("2024-05-08T12:00:00"), "2024-05-09T12:00:00Z");
    assert_eq!(past.unwrap_err(), DateRefusal::InThePast);
}

#[test]
fn a_pause_holds_until_it_is_ended() {
    let planned = bsol_second();
    assert_eq!(changed(&planned, DateWish::Pause, "2024-04-01T10:00:00Z").unwrap_err(), DateRefusal::NotOpen);
    assert_eq!(
        changed(&planned, DateWish::Resume, "2024-05-01T10:00:00Z").unwrap_err(),
        DateRefusal::NotPaused
    );
    let paused = changed(&planned, DateWish::Pause, "2024-05-01T10:00:00Z").unwrap();
    let state = |campaign: &CampaignFile, now| campaign.rounds[0].state(London, at(now)).unwrap();
    assert_eq!(state(&paused, "2024-05-02T10:00:00Z"), RoundState::Paused);
    assert_eq!(state(&paused, "2024-05-08T10:00:00Z"), RoundState::Closed);
    assert_eq!(changed(&paused, DateWish::Pause, "2024-05-02T10:00:00Z").unwrap_err(), DateRefusal::NotOpen);
    // Extending does not end a pause; opening again does.
    let longer = changed(&paused, close("2024-05-09T23:59:00"), "2024-05-02T10:00:00Z").unwrap();
    assert_eq!(state(&longer, "2024-05-08T10:00:00Z"), RoundState::Paused);
    let again = changed(&paused, close("2024-05-20T12:00:00"), "2024-05-09T10:00:00Z").unwrap();
    assert_eq!(state(&again, "2024-05-09T10:00:01Z"), RoundState::Open);
    let resumed = changed(&longer, DateWish::Resume, "2024-05-03T10:00:00Z").unwrap();
    assert_eq!(state(&resumed, "2024-05-03T10:00:00Z"), RoundState::Open);
    assert_eq!(problems(&resumed.rounds[0]), Vec::<String>::new());
}

#[test]
fn not_into_the_next_round() {
    let mut planned = bsol_second();
    planned.rounds.push(round("final", "2024-05-10T09:00:00", "2024-05-20T09:00:00"));
    let refused = changed(&planned, close("2024-05-10T09:01:00"), "2024-05-06T10:00:00Z").unwrap_err();
    assert!(matches!(refused, DateRefusal::IntoNextRound { .. }), "{refused}");
    assert!(changed(&planned, close("2024-05-10T09:00:00"), "2024-05-06T10:00:00Z").is_ok());
}

#[test]
fn through_both_clock_changes() {
    let mut spring = bsol_second();
    spring.rounds = vec![round("pledges", "2024-03-18T09:00:00", "2024-03-30T23:59:00")];
    let skipped = changed(&spring, close("2024-03-31T01:30:00"), "2024-03-29T10:00:00Z").unwrap_err();
    assert!(matches!(skipped, DateRefusal::Time(_)), "{skipped}");
    let over = changed(&spring, close("2024-03-31T23:59:00"), "2024-03-29T10:00:00Z").unwrap();
    assert_eq!(round_times(&over.rounds[0], London).unwrap().1, at("2024-03-31T22:59:00Z"));

    let mut autumn = bsol_second();
    autumn.rounds = vec![round("pledges", "2024-10-14T09:00:00", "2024-10-26T23:59:00")];
    let twice = changed(&autumn, close("2024-10-27T01:30:00"), "2024-10-25T10:00:00Z").unwrap();
    assert_eq!(round_times(&twice.rounds[0], London).unwrap().1, at("2024-10-27T01:30:00Z"));
}

#[test]
fn a_reason_is_not_optional() {
    let with = |reason: String, announcement: String| {
        let change = DateChange { wish: close("2024-05-09T23:59:00"), reason, announcement };
        change_dates(&bsol_second(), "pledges", &change, London, at("2024-05-06T10:00:00Z"))
    };
    assert_eq!(with("  because  ".into(), String::new()).unwrap_err(), DateRefusal::Reason);
    assert_eq!(with("x".repeat(501), String::new()).unwrap_err(), DateRefusal::Reason);
    assert_eq!(with("x".repeat(10), "y".repeat(1_001)).unwrap_err(), DateRefusal::Announcement);
    let told = with("x".repeat(500), " Two more days! ".into()).unwrap();
    assert_eq!(told.changes[0].announcement.as_deref(), Some("Two more days!"));
    let same = changed(&bsol_second(), close("2024-05-07T23:59:00"), "2024-05-06T10:00:00Z");
    assert_eq!(same.unwrap_err(), DateRefusal::SameClosing);
}

#[test]
fn a_history_written_by_hand_is_checked() {
    let mut round = changed(&bsol_second(), close("2024-05-09T23:59:00"), "2024-05-06T10:00:00Z")
        .unwrap()
        .rounds
        .remove(0);
    round.closes = local("2024-05-10T23:59:00");
    assert_eq!(problems(&round), ["closes is not what the last change says"]);
    round.changes[0].to = None;
    assert!(problems(&round)[0].contains("`from` and `to` belong"));
    round.changes[0].reason = "short".into();
    assert!(problems(&round).iter().any(|problem| problem.contains("give a reason")));
}
