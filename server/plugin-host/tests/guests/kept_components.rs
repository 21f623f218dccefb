//! Components that `plugins/pack` does not build: an earlier version of a round type, and round types in other languages.

use std::path::Path;
use std::sync::Arc;

use plugin_host::contract::{Ctx, Figure, Participant, Results};
use plugin_host::scenario::{Scenario, run};
use plugin_host::{Call, CallFailure, Class, Digest, Log, MemoryState, Plugin, SentForm, check};
use serde_json::{Value, json};

use crate::stage::{Stage, call, component, who};

/// Each language's folder in `plugins/`, the round type that is written in it, and how big it may be.
const LANGUAGES: &[(&str, &str, Class)] =
    &[("in-c", "statement-vote", Class::Small), ("in-javascript", "quick-pulse", Class::Large)];

/// A component beside its digest, as `sha256sum` wrote it.
fn kept(folder: &Path, name: &str) -> Vec<u8> {
    let component = std::fs::read(folder.join(name)).unwrap();
    let digests = std::fs::read_to_string(folder.join("SHA256SUMS")).unwrap();
    assert!(digests.contains(&format!("{}  {name}\n", Digest::of(&component))), "{name}: {digests}");
    component
}

async fn load(stage: &Stage, component: &[u8], class: Class) -> Arc<Plugin> {
    let digest = stage.compiler.compile(component, class).await.unwrap();
    stage.host.load(stage.compiler.shelf(), digest, class).await.unwrap()
}

fn plugins() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins")
}

fn scenarios(name: &str) -> Vec<Scenario> {
    let files = std::fs::read_dir(plugins().join(name).join("scenarios")).unwrap();
    let texts = files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
    texts.map(|text| serde_json::from_str(&text).unwrap()).collect()
}

#[tokio::test]
async fn round_types_in_other_languages_hold_the_same_scenarios() {
    let stage = Stage::new();
    for (language, name, class) in LANGUAGES {
        let component = kept(&plugins().join(language), &format!("{name}.wasm"));
        let plugin = load(&stage, &component, *class).await;
        let scenarios = scenarios(name);
        assert!(!scenarios.is_empty());
        for scenario in scenarios {
            let log = Log::kept();
            if let Err(failure) = run(&stage.host, &plugin, &scenario, &log).await {
                panic!("{language}: {failure}\n{}", log.lines().join("\n"));
            }
            let report = check(&stage.host, &plugin, &scenario.config.to_string()).await;
            assert_eq!(report.faults, [""; 0], "{language}");
            assert!(report.pages > 5 && report.sent > 0 && report.taken > 0, "{language}: {report:?}");
        }
    }
}

/// With every figure in one order: round types may give them in any.
fn sorted(mut results: Results) -> Results {
    let place = |figure: &Figure| (figure.subject.clone(), figure.measure.clone(), figure.cohort.clone());
    results.figures.sort_by_key(place);
    results
}

#[tokio::test]
async fn languages_come_to_the_same_tally_of_the_same_answers() {
    let stage = Stage::new();
    for (language, name, class) in LANGUAGES {
        let rust = stage.guest(name).await;
        let other = load(&stage, &kept(&plugins().join(language), &format!("{name}.wasm")), *class).await;
        let config = scenarios(name)[0].config.to_string();
        let state = MemoryState::new();
        // What Rust kept, the other language counts: values are kept alike.
        let seed = u64::MAX - 1;
        for number in 0..250 {
            let mut person = who(&format!("person-{number:03}"));
            person.cohort = [None, Some("Wards"), Some("Büros")][number % 3].map(str::to_owned);
            answer_everything(&stage, &with_state(&rust, &config, &state, seed), &person, &state, number)
                .await;
        }
        let ours = stage.host.tally(&with_state(&rust, &config, &state, seed)).await.unwrap();
        let theirs = stage.host.tally(&with_state(&other, &config, &state, seed)).await.unwrap();
        assert!(ours.figures.len() > 10, "{name}: {ours:?}");
        assert_eq!(sorted(ours), sorted(theirs), "{language}");
    }
}

fn with_state(plugin: &Arc<Plugin>, config: &str, state: &MemoryState, seed: u64) -> Call {
    let ctx = call(plugin, config).ctx;
    let ctx = Ctx { seed, data_version: plugin.description().data_version, ..ctx };
    Call::new(Arc::clone(plugin), ctx, Arc::new(state.snapshot()), 1)
}

/// Presses the first button of the first form behind the first page until there is none, with answers that differ from person to person.
async fn answer_everything(
    stage: &Stage,
    call: &Call,
    person: &Participant,
    state: &MemoryState,
    number: usize,
) {
    let mut page = String::new();
    for step in 0..10 {
        let call = Call { state: Arc::new(state.snapshot()), ..call.clone() };
        let drawn = stage.host.render(&call, Some(person), &page).await.unwrap();
        let nodes = serde_json::to_value(&drawn.nodes).unwrap();
        let Some(sent) = first_form(&page, &nodes, number + step) else {
            let next = { nodes.as_array().unwrap().iter() }.find_map(|node| {
                let link = node.get("page-link")?;
                matches!(link["label"].as_str()?, "Start" | "Go on").then(|| link["page"].to_string())
            });
            let Some(next) = next else { return };
            page = next.trim_matches('"').to_owned();
            continue;
        };
        let (outcome, changes) = stage.host.submit(&call, person, &sent).await.unwrap();
        state.apply(Some(person), &changes).unwrap();
        page = outcome.page;
    }
}

/// The first form of a page, filled in.
fn first_form(page: &str, nodes: &Value, chance: usize) -> Option<SentForm> {
    let form = nodes.as_array()?.iter().find_map(|node| node.get("form"))?;
    let inside = form[1].as_array()?;
    let buttons: Vec<&str> = inside.iter().filter_map(|node| node["button"]["id"].as_str()).collect();
    let fields = inside.iter().filter_map(|node| {
        let (kind, field) = node.as_object()?.iter().next()?;
        let value = match kind.as_str() {
            "choice-input" => {
                let options = field["options"].as_array()?;
                options[chance % options.len()]["value"].as_str()?.to_owned()
            }
            "number-input" => (chance % 10).to_string(),
            "text-input" => format!("Words “{chance}”\nand more"),
            _ => return None,
        };
        Some((field["field"].as_str()?.to_owned(), vec![value]))
    });
    Some(SentForm {
        page: page.to_owned(),
        form: form[0].as_str()?.to_owned(),
        pressed: buttons[chance % buttons.len()].to_owned(),
        fields: fields.collect(),
    })
}

/// The settings of a review in which the first pledge can change.
fn review(versions: &[&str]) -> String {
    let versions: Vec<Value> =
        versions.iter().map(|text| json!({ "text": text, "because": "Many said so." })).collect();
    json!({
        "pledges": [
            { "id": "rest", "title": "A place to rest", "versions": versions },
            { "id": "training", "title": "Time to learn", "versions": [{ "text": "Four hours a month." }] },
        ],
        "strong-reasons": [{ "id": "fair", "label": "It is fair" }, { "id": "soon", "label": "It can be soon" }],
        "wrong-reasons": [{ "id": "vague", "label": "It is too vague" }],
    })
    .to_string()
}

/// Everybody of a round that went on under version 1, one of whom took part after a pledge had changed.
async fn reviewed_in_version_1(stage: &Stage, plugin: &Arc<Plugin>, state: &MemoryState) {
    let (first, second) = (review(&["Once."]), review(&["Once.", "Twice."]));
    type Fields = &'static [(&'static str, &'static [&'static str])];
    let said: &[(&str, &str, &str, Fields)] = &[
        (
            "ann",
            &first,
            "rest",
            &[("verdict", &["strong"]), ("strong-reasons", &["soon", "fair"]), ("comment", &["Ja, “gut”."])],
        ),
        ("ann", &first, "training", &[("verdict", &["wrong"])]),
        ("ben", &first, "rest", &[("comment", &["I do not know yet."])]),
        ("cat", &first, "rest", &[("verdict", &["wrong"]), ("wrong-reasons", &["vague"])]),
        ("cat", &second, "rest", &[("verdict", &["strong"])]),
        ("dot", &first, "training", &[("verdict", &["strong"])]),
        ("dot", &first, "training", &[]),
    ];
    for (person, config, pledge, fields) in said {
        let mut person = who(person);
        person.cohort = (person.token != "ben").then(|| "Wards".to_owned());
        let fields = fields.iter().map(|(field, values)| {
            ((*field).to_owned(), values.iter().map(|&value| value.to_owned()).collect())
        });
        let (page, form, pressed) = (format!("pledge/{pledge}"), "verdict".to_owned(), "stay".to_owned());
        let sent = SentForm { page, form, pressed, fields: fields.collect() };
        let call = with_state(plugin, config, state, 1);
        let (_, changes) = stage.host.submit(&call, &person, &sent).await.unwrap();
        state.apply(Some(&person), &changes).unwrap();
    }
}

#[tokio::test]
async fn a_review_that_began_in_version_1_comes_to_the_same_in_version_2() {
    let stage = Stage::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let old = load(&stage, &kept(&folder, "pledge-review-1.wasm"), Class::Small).await;
    let new = load(&stage, &component("pledge-review"), Class::Small).await;
    assert_eq!((old.description().data_version, new.description().data_version), (1, 2));
    assert!(!old.migrates() && new.migrates());
    let state = MemoryState::new();
    reviewed_in_version_1(&stage, &old, &state).await;
    let config = review(&["Once.", "Twice."]);
    let before = stage.host.tally(&with_state(&old, &config, &state, 1)).await.unwrap();
    assert_eq!(before.figures.len(), 15, "{before:?}");
    let mut call = with_state(&new, &config, &state, 1);
    call.ctx.data_version = 7;
    assert!(stage.host.migrate_all(&call, &state.snapshot()).await.is_err(), "nobody knows a version 7");
    call.ctx.data_version = 1;
    let migrated = stage.host.migrate_all(&call, &state.snapshot()).await.unwrap();
    let after = stage.host.tally(&with_state(&new, &config, &migrated, 1)).await.unwrap();
    assert_eq!(after, before, "as it is, in its order");
    // And the round goes on: what was said of the first version stays when somebody answers again.
    let sent = SentForm {
        page: "pledge/rest".to_owned(),
        form: "verdict".to_owned(),
        pressed: "stay".to_owned(),
        fields: [("verdict".to_owned(), vec!["wrong".to_owned()])].into(),
    };
    let call = with_state(&new, &config, &migrated, 1);
    let (_, changes) = stage.host.submit(&call, &who("ann"), &sent).await.unwrap();
    migrated.apply(Some(&who("ann")), &changes).unwrap();
    let later = stage.host.tally(&with_state(&new, &config, &migrated, 1)).await.unwrap();
    let people = |subject: &str, measure: &str| {
        let is_it = |figure: &&Figure| figure.subject == subject && figure.measure == measure;
        later.figures.iter().find(is_it).map(|figure| figure.people)
    };
    assert_eq!((people("rest-v1", "strong"), people("rest-v2", "wrong")), (Some(1), Some(1)), "{later:?}");
}

#[tokio::test]
async fn more_comments_than_can_be_kept_are_refused_in_words() {
    let stage = Stage::new();
    let plugin = stage.guest("pledge-review").await;
    let pledge =
        |number| json!({ "id": format!("p{number}"), "title": "A pledge", "versions": [{ "text": "It." }] });
    let config = json!({ "pledges": (0..40).map(pledge).collect::<Vec<_>>() }).to_string();
    let state = MemoryState::new();
    let mut taken = 0;
    let refusal = loop {
        let fields = [("comment".to_owned(), vec!["a".repeat(2_000)])].into();
        let (page, form) = (format!("pledge/p{taken}"), "verdict".to_owned());
        let sent = SentForm { page, form, pressed: "stay".to_owned(), fields };
        let ann = who("ann");
        match stage.host.submit(&with_state(&plugin, &config, &state, 1), &ann, &sent).await {
            Ok((_, changes)) => state.apply(Some(&ann), &changes).unwrap(),
            Err(failure) => break failure,
        }
        taken += 1;
    };
    assert_eq!(taken, 31);
    let words = "You have written more than we can keep. Make some of it shorter.".to_owned();
    assert_eq!(refusal, CallFailure::Refused(words));
}
