//! A round replayed from its records: the same bytes each time, on whatever host.

use std::path::Path;

use plugin_host::contract::{Ctx, Figure, Participant, Phase};
use plugin_host::replay::{Happening, Recording, ReplayRefusal, TakenForm, replay};
use plugin_host::{BUILT_IN, BuiltIn, CallFailure, Digest, SentForm};
use serde_json::Value;

use crate::stage::{Stage, component, filled_in};

/// What happened in the scenario, as whoever keeps rounds would have recorded it.
fn recording(built_in: &BuiltIn, scenario: &Value) -> Recording {
    let steps = scenario["steps"].as_array().unwrap().iter().zip(1..);
    let happened = steps.filter_map(|(step, number)| {
        let (kind, what) = step.as_object()?.iter().next()?;
        match kind.as_str() {
            "config" => Some(Happening::Settings(what.to_string())),
            "released" => Some(Happening::Released(what.as_array()?.iter().map(figure).collect())),
            "submit" if what["refused"].is_null() && what["invalid"].is_null() => {
                Some(Happening::Taken(Box::new(taken(what, &scenario["people"], number))))
            }
            _ => None,
        }
    });
    let ctx = Ctx {
        round: "round".to_owned(),
        locale: "en-GB".to_owned(),
        now: 1_714_640_400,
        seed: 99,
        config: scenario["config"].to_string(),
        data_version: 1,
        phase: Phase::Closed,
    };
    Recording { digest: built_in.digest(), ctx, happened: happened.collect() }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn figure(row: &Value) -> Figure {
    Figure {
        subject: text(&row[0]),
        measure: text(&row[1]),
        cohort: row[2].as_str().map(str::to_owned),
        people: u32::try_from(row[3].as_u64().unwrap()).unwrap(),
        value: row[4].as_f64(),
    }
}

fn taken(step: &Value, people: &Value, number: u64) -> TakenForm {
    let values = |value: &Value| match value {
        Value::Array(values) => values.iter().map(text).collect(),
        one => vec![text(one)],
    };
    let fields = step["fields"].as_object().into_iter().flatten();
    let token = text(&step["who"]);
    let cohort = people[&token]["cohort"].as_str().map(str::to_owned);
    let sent = SentForm {
        page: text(&step["page"]),
        form: text(&step["form"]),
        pressed: text(&step["pressed"]),
        fields: fields.map(|(name, value)| (name.clone(), values(value))).collect(),
    };
    let who = Participant { token, cohort, attributes: Vec::new() };
    // Each call has an hour, a seed and a chance of its own.
    let now = 1_714_554_000 + number * 3_600;
    TakenForm { who, sent, locale: "en-GB".to_owned(), now, seed: number * 7, chance: number * 1_000_003 }
}

/// Every scenario file of a round type that comes with Candour.
fn scenarios(name: &str) -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins").join(name).join("scenarios");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|file| serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()).collect()
}

async fn replayed(stage: &Stage, built_in: &BuiltIn, recording: &Recording) -> Vec<u8> {
    let plugin = stage.load(built_in.component).await;
    let replayed = replay(&stage.host, &plugin, recording).await;
    serde_json::to_vec(&replayed.unwrap_or_else(|refusal| panic!("{}: {refusal}", built_in.name))).unwrap()
}

#[tokio::test]
async fn a_round_comes_out_the_same_byte_for_byte() {
    let (one, other) = (Stage::new(), Stage::new());
    let mut forms = 0;
    for built_in in BUILT_IN {
        for scenario in scenarios(built_in.name) {
            let recording = recording(built_in, &scenario);
            forms += recording.happened.len();
            let first = replayed(&one, built_in, &recording).await;
            let kept = serde_json::to_vec(&recording).unwrap();
            let read: Recording = serde_json::from_slice(&kept).unwrap();
            assert_eq!(read, recording);
            assert_eq!(serde_json::to_vec(&read).unwrap(), kept);
            let name = built_in.name;
            assert!(first == replayed(&one, built_in, &recording).await, "{name}: the second time");
            assert!(first == replayed(&one, built_in, &read).await, "{name}: from records that were kept");
            assert!(first == replayed(&other, built_in, &read).await, "{name}: on another host");
        }
    }
    assert!(forms > 30, "{forms} happenings were replayed");
}

#[tokio::test]
async fn what_went_in_otherwise_comes_out_otherwise() {
    let stage = Stage::new();
    let pledges = BUILT_IN.iter().find(|built_in| built_in.name == "pledge-review").unwrap();
    let scenario = &scenarios(pledges.name)[0];
    let recording = recording(pledges, scenario);
    let whole = replayed(&stage, pledges, &recording).await;
    let last = recording.happened.iter().rposition(|happened| matches!(happened, Happening::Taken(_)));
    let mut shorter = recording.clone();
    shorter.happened.remove(last.unwrap());
    assert!(whole != replayed(&stage, pledges, &shorter).await, "a form less is another round");

    // A guest that keeps what it takes for chance: it has none but the call's.
    let chancer = component("misbehaving");
    let plugin = stage.load(&chancer).await;
    let with_chance = async |chance: u64| {
        let taken = TakenForm { chance, sent: filled_in(), ..taken(&Value::Null, &Value::Null, 1) };
        let happened = vec![Happening::Taken(Box::new(taken))];
        let ctx = Ctx { config: "chance".to_owned(), ..recording.ctx.clone() };
        let recording = Recording { digest: Digest::of(&chancer), ctx, happened };
        replay(&stage.host, &plugin, &recording).await.unwrap().state
    };
    assert_eq!(with_chance(1).await, with_chance(1).await);
    assert_ne!(with_chance(1).await, with_chance(2).await);
}

#[tokio::test]
async fn records_that_do_not_fit_are_refused_by_name() {
    let stage = Stage::new();
    let pledges = BUILT_IN.iter().find(|built_in| built_in.name == "pledge-review").unwrap();
    let recording = recording(pledges, &scenarios(pledges.name)[0]);
    let plugin = stage.load(pledges.component).await;
    let mut foreign = recording.clone();
    foreign.digest = Digest::of(b"another");
    let refusal = replay(&stage.host, &plugin, &foreign).await.unwrap_err();
    assert_eq!(refusal, ReplayRefusal::OtherComponent(foreign.digest));
    let mut forged = recording.clone();
    let Some(Happening::Taken(form)) = forged.happened.first_mut() else { panic!("a form is the first") };
    form.sent.pressed = "delete".to_owned();
    let refusal = replay(&stage.host, &plugin, &forged).await.unwrap_err();
    assert_eq!(refusal, ReplayRefusal::NotTaken { number: 1, failure: CallFailure::NoSuchForm });
}
