//! Attacks by the misbehaving guest: each is refused or ended by name, leaves nothing behind, and a healthy guest answers after it.

use std::sync::Arc;

use plugin_host::contract::Phase;
use plugin_host::output::BadOutput;
use plugin_host::{Call, CallFailure, Cause, Log, MemoryState, Place, SentForm};

use crate::stage::{Stage, call, draw, filled_in, send, who};

/// How an attack ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Trapped,
    TimedOut,
    TooMuch,
    BadOutput,
    /// The guest is told that it may not, and gives up.
    Denied,
    /// Nothing is wrong with it after all: it is drawn as words.
    Harmless,
}

fn end_of<T>(result: Result<T, CallFailure>) -> End {
    match result {
        Ok(_) => End::Harmless,
        Err(CallFailure::Unavailable(cause)) => match cause {
            Cause::Trap(_) => End::Trapped,
            Cause::TimeOut => End::TimedOut,
            Cause::TooMuch(_) => End::TooMuch,
            Cause::BadOutput(_) => End::BadOutput,
            Cause::Internal(_) => End::Denied,
            Cause::Busy | Cause::State(_) => panic!("the host is not well: {cause}"),
        },
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn attacks_while_drawing_end_by_name() {
    let cases: &[(&str, End)] = &[
        ("loop", End::TimedOut),
        ("memory", End::Trapped),
        ("memory-at-once", End::Trapped),
        ("stack", End::Trapped),
        ("panic", End::Trapped),
        ("out-of-bounds", End::Trapped),
        ("host-calls", End::TooMuch),
        ("counts", End::TooMuch),
        ("log-calls", End::TooMuch),
        ("log-bytes", End::Harmless),
        ("reads", End::TooMuch),
        ("released", End::TooMuch),
        ("long-key-read", End::Denied),
        ("empty-key-read", End::Denied),
        ("giant-key-read", End::Trapped),
        ("write-while-drawing", End::Denied),
        ("write-shared-while-drawing", End::Denied),
        ("append-while-drawing", End::Denied),
        ("everyone-while-drawing", End::Denied),
        ("giant-refusal", End::BadOutput),
        ("turned-refusal", End::BadOutput),
        ("problems", End::BadOutput),
        ("problem-code", End::BadOutput),
        ("giant-mistake", End::Denied),
    ];
    let stage = Stage::new();
    let plugin = stage.guest("misbehaving").await;
    for (attack, expected) in cases {
        assert_ends(attack, end_of(draw(&stage, &plugin, attack).await), *expected);
        stage.assert_well().await;
    }
}

/// What fills memory, or has much copied, before it is stopped: where a machine is busy with other things, its time may be over first.
const SLOW: [&str; 3] = ["memory", "blocks", "giant-prose"];

fn assert_ends(attack: &str, end: End, expected: End) {
    let is_over_before = end == End::TimedOut && SLOW.contains(&attack);
    assert!(end == expected || is_over_before, "{attack}: {end:?} instead of {expected:?}");
}

#[tokio::test]
async fn pages_that_break_the_contract_are_not_drawn() {
    let attacks = [
        "blocks",
        "blocks-one-too-many",
        "left-open",
        "closed-twice",
        "close-first",
        "deep",
        "form-in-form",
        "form-in-card-in-form",
        "field-outside",
        "button-outside",
        "group-outside",
        "form-without-button",
        "form-twice",
        "field-twice",
        "button-twice",
        "card-twice",
        "thread-twice",
        "giant-prose",
        "long-prose",
        "long-heading",
        "empty-heading",
        "two-line-heading",
        "control-characters",
        "turned-text",
        "javascript",
        "javascript-mixed",
        "data",
        "plain-http",
        "another-host",
        "another-host-by-backslash",
        "name-before-host",
        "no-host",
        "tab-in-address",
        "quote-in-address",
        "page-outside",
        "page-with-query",
        "card-name",
        "field-name",
        "form-name",
        "subject-name",
        "heading-1",
        "heading-255",
        "not-a-number",
        "infinite",
        "negative",
        "more-than-all",
        "of-nothing",
        "ragged-table",
        "long-table",
        "no-characters",
        "endless-characters",
        "endless-rows",
        "value-too-long",
        "no-options",
        "same-options",
        "option-name",
        "choose-none",
        "choose-endless",
        "chosen-unknown",
        "chosen-too-many",
        "rank-more-than-all",
        "points-more-than-all",
        "least-above-most",
    ];
    let stage = Stage::new();
    let plugin = stage.guest("misbehaving").await;
    for attack in attacks {
        let end = end_of(draw(&stage, &plugin, attack).await);
        // What is too large to be copied out ends the guest before anybody reads it.
        let is_giant = matches!(attack, "blocks" | "giant-prose");
        assert_ends(attack, end, if is_giant { End::Trapped } else { End::BadOutput });
    }
    stage.assert_well().await;
    let figures = plugin.figures();
    assert_eq!(figures.bad_outputs, attacks.len() as u64 - 2, "{figures:?}");
}

#[tokio::test]
async fn hostile_words_stay_words() {
    let stage = Stage::new();
    let plugin = stage.guest("misbehaving").await;
    let page = draw(&stage, &plugin, "html-everywhere").await.unwrap();
    let words = serde_json::to_string(&page).unwrap();
    assert_eq!(
        words.matches("<script>").count(),
        20,
        "as they were written, for whoever draws to escape: {words}"
    );
    let page = draw(&stage, &plugin, "unknown-extension").await.unwrap();
    assert_eq!(page.nodes, [], "what the host does not know is left out");
}

#[tokio::test]
async fn attacks_while_taking_a_form_end_by_name() {
    let cases: &[(&str, End)] = &[
        ("loop-while-taking", End::TimedOut),
        ("writes", End::TooMuch),
        ("many-keys", End::TooMuch),
        ("many-empty-keys", End::TooMuch),
        ("appends", End::TooMuch),
        ("long-value", End::Denied),
        ("long-key", End::Denied),
        ("long-collection", End::Denied),
        ("everyone-while-taking", End::Denied),
        ("write-then-trap", End::Trapped),
        ("outcome-elsewhere", End::BadOutput),
        ("outcome-upwards", End::BadOutput),
        ("giant-notice", End::BadOutput),
        ("posts", End::BadOutput),
        ("post-twice", End::BadOutput),
        ("post-subject", End::BadOutput),
    ];
    let stage = Stage::new();
    let plugin = stage.guest("misbehaving").await;
    for (attack, expected) in cases {
        assert_eq!(end_of(send(&stage, &plugin, attack).await), *expected, "{attack}");
        stage.assert_well().await;
    }
    let refused = send(&stage, &plugin, "write-then-refuse").await;
    assert!(matches!(refused, Err(CallFailure::Refused(sentence)) if sentence == "No."));
}

#[tokio::test]
async fn attacks_on_results_end_by_name() {
    let stage = Stage::new();
    let plugin = stage.guest("misbehaving").await;
    let tallies = [
        "tally-subject",
        "tally-measure",
        "tally-twice",
        "tally-value",
        "tally-part",
        "tally-subjects",
        "tally-same-subjects",
        "tally-figures",
    ];
    for attack in tallies {
        assert_eq!(end_of(stage.host.tally(&call(&plugin, attack)).await), End::BadOutput, "{attack}");
    }
    for attack in ["own-while-counting", "write-while-counting"] {
        assert_eq!(end_of(stage.host.tally(&call(&plugin, attack)).await), End::Denied, "{attack}");
    }
    assert_eq!(end_of(stage.host.tally(&call(&plugin, "everyone-for-ever")).await), End::TooMuch);
    for attack in ["state-while-summarising", "everyone-while-summarising", "released-while-summarising"] {
        assert_eq!(end_of(stage.host.summarise(&call(&plugin, attack), &[]).await), End::Denied, "{attack}");
    }
    for attack in ["rows-ragged", "rows-endless", "rows-many", "rows-not-a-number", "rows-giant"] {
        let end = end_of(stage.host.export(&call(&plugin, attack), "rows", None).await);
        assert_eq!(end, End::BadOutput, "{attack}");
    }
    assert_eq!(end_of(stage.host.validate_config(&plugin, "config-problems").await), End::BadOutput);
    assert_eq!(end_of(stage.host.validate_config(&plugin, "config-loop").await), End::TimedOut);
    stage.assert_well().await;
}

#[tokio::test]
async fn forms_that_are_not_on_the_page_are_not_taken() {
    let stage = Stage::new();
    let plugin = stage.guest("misbehaving").await;
    let call = call(&plugin, "behave");
    let one = who("one");
    let forgeries = [
        SentForm { form: "other".to_owned(), ..filled_in() },
        SentForm { pressed: "delete".to_owned(), ..filled_in() },
        SentForm { page: "../other".to_owned(), ..filled_in() },
        SentForm { page: "a".repeat(65), ..filled_in() },
    ];
    for sent in forgeries {
        let result = stage.host.submit(&call, &one, &sent).await;
        assert_eq!(result.unwrap_err(), CallFailure::NoSuchForm, "{sent:?}");
    }
    let fields = [("salary".to_owned(), vec!["1".to_owned()])].into();
    let unknown = stage.host.submit(&call, &one, &SentForm { fields, ..filled_in() }).await;
    assert!(matches!(unknown, Err(CallFailure::Invalid(problems)) if problems[0].code == "unknown"));
    for phase in [Phase::Before, Phase::Closed] {
        let mut call = call.clone();
        call.ctx.phase = phase;
        assert_eq!(stage.host.submit(&call, &one, &filled_in()).await.unwrap_err(), CallFailure::NotOpen);
    }
    assert_eq!(stage.host.export(&call, "other", None).await.unwrap_err(), CallFailure::NoSuchForm);
    assert_eq!(stage.host.migrate(&call, &[]).await.unwrap_err(), CallFailure::NoSuchForm);
}

/// What is kept at `key` of `participant` after a form was taken.
async fn kept(stage: &Stage, call: &Call, participant: &str, key: &str) -> Option<String> {
    let (_, changes) = stage.host.submit(call, &who(participant), &filled_in()).await.unwrap();
    let place = Place::Own { participant: participant.to_owned(), key: key.to_owned() };
    changes.written.get(&place).cloned().flatten().map(|value| String::from_utf8(value).unwrap())
}

#[tokio::test]
async fn nobody_elses_keys_can_be_named() {
    let stage = Stage::new();
    let plugin = stage.guest("misbehaving").await;
    let state = MemoryState::new();
    let (_, changes) = stage.host.submit(&call(&plugin, "echo"), &who("other"), &filled_in()).await.unwrap();
    state.apply(Some(&who("other")), &changes).unwrap();
    let call = Call { state: Arc::new(state.snapshot()), ..call(&plugin, "others-keys") };
    assert_eq!(kept(&stage, &call, "one", "found").await.as_deref(), Some("0"));
}

#[tokio::test]
async fn what_a_guest_remembers_of_drawing_counts_as_read_and_ends_with_the_form() {
    let stage = Stage::new();
    let plugin = stage.guest("misbehaving").await;
    let state = MemoryState::new();
    let call = Call { state: Arc::new(state.snapshot()), ..call(&plugin, "remembers") };
    let (_, first) = stage.host.submit(&call, &who("one"), &filled_in()).await.unwrap();
    let (_, second) = stage.host.submit(&call, &who("one"), &filled_in()).await.unwrap();
    state.apply(Some(&who("one")), &first).unwrap();
    state.apply(Some(&who("one")), &second).unwrap_err();
    for participant in ["one", "other"] {
        assert_eq!(kept(&stage, &call, participant, "key").await.as_deref(), Some("1 None"));
    }
}

#[tokio::test]
async fn the_same_call_does_the_same_and_another_chance_makes_other_keys() {
    let stage = Stage::new();
    let plugin = stage.guest("misbehaving").await;
    let call = call(&plugin, "chance");
    let first = kept(&stage, &call, "one", "chance").await;
    let second = kept(&stage, &call, "one", "chance").await;
    assert!(first.is_some());
    assert_eq!(first, second);
    let otherwise = Call { chance: 2, ..call };
    assert_ne!(first, kept(&stage, &otherwise, "one", "chance").await);
}

#[tokio::test]
async fn words_to_the_author_are_bounded_and_mistakes_are_cut_short() {
    let stage = Stage::new();
    let plugin = stage.guest("misbehaving").await;
    let log = Log::kept();
    let flood = Call { log: log.clone(), ..call(&plugin, "log-bytes") };
    stage.host.render(&flood, None, "").await.unwrap();
    assert_eq!(log.lines().len(), 0, "each of its lines is over the bound");
    let Err(CallFailure::Unavailable(Cause::Internal(words))) = draw(&stage, &plugin, "giant-mistake").await
    else {
        panic!("a mistake is told");
    };
    assert_eq!(words.chars().count(), 200);
    assert_eq!(draw(&stage, &plugin, "left-open").await.unwrap_err(), {
        CallFailure::Unavailable(Cause::BadOutput(BadOutput::Unbalanced("something is open at the end")))
    });
}

#[tokio::test]
async fn neighbours_are_served_while_guests_loop() {
    let stage = Arc::new(Stage::new());
    let plugin = stage.guest("misbehaving").await;
    let attackers: Vec<_> = (0..8)
        .map(|_| {
            let (stage, plugin) = (Arc::clone(&stage), Arc::clone(&plugin));
            tokio::spawn(async move { end_of(draw(&stage, &plugin, "loop").await) })
        })
        .collect();
    // On the one thread of this test, a guest that never gave way would let nobody else run.
    tokio::task::yield_now().await;
    let mut served_meanwhile = 0;
    while !attackers.iter().all(tokio::task::JoinHandle::is_finished) {
        stage.assert_well().await;
        served_meanwhile += 1;
        tokio::task::yield_now().await;
    }
    assert!(served_meanwhile > 1, "{served_meanwhile}");
    for attacker in attackers {
        assert_eq!(attacker.await.unwrap(), End::TimedOut);
    }
}
