//! What authors of round types type. The components are those that come with Candour: building one needs another target.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::harness::binary::Candour;
use crate::harness::patience::eventually;
use crate::harness::people::Device;

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The component of a guest that is kept in the sources.
fn component(name: &str) -> PathBuf {
    root().join("server/plugin-host/components").join(format!("{name}.wasm"))
}

/// Its identity.
fn digest(name: &str) -> String {
    let sums = fs::read_to_string(root().join("server/plugin-host/components/SHA256SUMS")).unwrap();
    let line = sums.lines().find_map(|line| line.strip_suffix(&format!("  {name}.wasm")));
    line.unwrap().to_owned()
}

/// A file of the round type `name` in the sources.
fn of(name: &str, file: &str) -> PathBuf {
    root().join("plugins").join(name).join(file)
}

/// The settings of the round type's first scenario, in a file of their own.
fn settings(folder: &Path) -> PathBuf {
    let scenario = fs::read(of("priority-ranking", "scenarios/b-tennessee.json")).unwrap();
    let scenario: Value = serde_json::from_slice(&scenario).unwrap();
    let file = folder.join("settings.json");
    fs::write(&file, scenario["config"].to_string()).unwrap();
    file
}

#[tokio::test]
async fn a_new_round_type_has_all_that_it_needs_and_overwrites_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let candour = Candour::bare(folder.path());
    let nowhere = candour.run(&["plugin", "new", "my-round"]).await;
    assert_eq!(nowhere.code, 1);
    assert!(nowhere.stderr.contains("guest-sdk") && nowhere.stderr.contains("--in"), "{}", nowhere.stderr);

    fs::create_dir_all(folder.path().join("plugins/guest-sdk")).unwrap();
    let said = candour.does(&["plugin", "new", "my-round"]).await;
    for next in ["pack", "candour plugin test", "candour plugin check"] {
        assert!(said.contains(next), "{next} is not told: {said}");
    }
    let new = folder.path().join("plugins/my-round");
    for file in ["Cargo.toml", "src/lib.rs", "settings.json", "manifest.json", "scenarios/first.json"] {
        let text = fs::read_to_string(new.join(file)).unwrap();
        assert!(!text.contains("NAME"), "{file} has a gap");
    }
    assert!(fs::read_to_string(new.join("Cargo.toml")).unwrap().contains("name = \"my-round\""));
    fs::write(new.join("src/lib.rs"), "mine").unwrap();
    let again = candour.run(&["plugin", "new", "my-round"]).await;
    assert!(again.code == 1 && again.stderr.contains("is there already"), "{}", again.stderr);
    assert_eq!(fs::read_to_string(new.join("src/lib.rs")).unwrap(), "mine");
    for name in ["My-Round", "1round", "-round", "my round", "../round", "", &"r".repeat(65)] {
        // What follows `--` is no option, whatever it begins with.
        let refused = candour.run(&["plugin", "new", "--", name]).await;
        assert_eq!(refused.code, 1, "{name:?}");
        assert!(refused.stderr.contains("begins with a lower-case letter"), "{name:?}: {}", refused.stderr);
    }
    let made: Vec<_> = fs::read_dir(folder.path().join("plugins")).unwrap().collect();
    assert_eq!(made.len(), 2, "nothing is made for a name that is refused");
}

#[tokio::test]
async fn what_comes_with_candour_passes_its_checks_and_what_misbehaves_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let candour = Candour::bare(folder.path());
    let settings = settings(folder.path());
    let ranking = component("priority-ranking");
    let check = ["plugin", "check", path(&ranking), "--settings", path(&settings)];
    let said = candour.does(&check).await;
    assert!(said.contains("digest ") && said.contains("nothing wrong"), "{said}");
    candour.does(&[&check[..], &["--class", "large"]].concat()).await;

    fs::write(folder.path().join("attack"), "left-open").unwrap();
    let attacker = component("misbehaving");
    let attacked = candour.run(&["plugin", "check", path(&attacker), "--settings", "attack"]).await;
    assert_eq!(attacked.code, 1);
    assert!(
        attacked.stdout.contains("wrong: ") && attacked.stdout.contains("open at the end"),
        "{}",
        attacked.stdout
    );
    fs::write(folder.path().join("empty.json"), "{}").unwrap();
    let unset = candour.run(&["plugin", "check", path(&ranking), "--settings", "empty.json"]).await;
    assert!(unset.code == 1 && unset.stdout.contains("wrong: settings"), "{}", unset.stdout);

    fs::write(folder.path().join("text.wasm"), "not a component").unwrap();
    for (arguments, words) in [
        (["plugin", "check", "text.wasm", "--settings", path(&settings)], "not a component"),
        (["plugin", "check", "no-such.wasm", "--settings", path(&settings)], "reading no-such.wasm"),
        (["plugin", "check", path(&ranking), "--settings", "no-such.json"], "reading no-such.json"),
    ] {
        let refused = candour.run(&arguments).await;
        assert_eq!(refused.code, 1, "{arguments:?}");
        assert!(refused.stderr.contains(words), "{arguments:?}: {}", refused.stderr);
    }
}

#[tokio::test]
async fn scenarios_hold_or_say_what_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let candour = Candour::bare(folder.path());
    let (ranking, scenarios) = (component("priority-ranking"), of("priority-ranking", "scenarios"));
    let said = candour.does(&["plugin", "test", path(&ranking), path(&scenarios)]).await;
    assert_eq!(said.lines().filter(|line| line.starts_with("held ")).count(), said.lines().count(), "{said}");
    assert_eq!(said.lines().count(), fs::read_dir(&scenarios).unwrap().count());

    let wrong = json!({
        "name": "words that are not there",
        "config": serde_json::from_str::<Value>(&fs::read_to_string(settings(folder.path())).unwrap()).unwrap(),
        "steps": [{ "render": { "has": ["no such words"] } }],
    });
    fs::write(folder.path().join("wrong.json"), wrong.to_string()).unwrap();
    let failed = candour.run(&["plugin", "test", path(&ranking), "wrong.json", path(&scenarios)]).await;
    assert_eq!(failed.code, 1);
    let told = "FAILED  words that are not there, step 1: the page lacks \"no such words\"";
    assert!(failed.stdout.contains(told), "{}", failed.stdout);
    assert!(failed.stdout.contains("held "), "one that fails stops no other: {}", failed.stdout);

    fs::write(folder.path().join("no-scenario.json"), r#"{ "name": "x", "steps": [{ "wait": 3 }] }"#)
        .unwrap();
    fs::create_dir(folder.path().join("empty")).unwrap();
    for (given, words) in [
        ("no-scenario.json", "no-scenario.json is no scenario"),
        ("empty", "there are no scenarios"),
        ("nowhere.json", "reading nowhere.json"),
    ] {
        let refused = candour.run(&["plugin", "test", path(&ranking), given]).await;
        assert!(refused.code == 1 && refused.stderr.contains(words), "{given}: {}", refused.stderr);
    }
}

#[tokio::test]
async fn a_signature_is_over_one_component_by_one_key() {
    let folder = tempfile::tempdir().unwrap();
    let candour = Candour::bare(folder.path());
    let (pulse, ranking) = (component("quick-pulse"), component("priority-ranking"));
    let manifest = of("quick-pulse", "manifest.json");
    let sign = async |component: &Path, manifest: &Path, key: &str, out: &str| {
        let arguments =
            ["plugin", "sign", path(component), "--manifest", path(manifest), "--key", key, "--out", out];
        candour.run(&arguments).await
    };
    let first = sign(&pulse, &manifest, "mine.key", "one.json").await;
    assert_eq!(first.code, 0, "{}", first.stderr);
    let read = |name: &str| -> Value {
        serde_json::from_slice(&fs::read(folder.path().join(name)).unwrap()).unwrap()
    };
    let one = read("one.json");
    let publisher = one["publisher"].as_str().unwrap();
    assert!(first.stdout.contains("quick-pulse 1.0.0 signed by ") && first.stdout.contains(publisher));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(folder.path().join("mine.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "a publisher's key is nobody else's to read");
    }
    let secret = fs::read_to_string(folder.path().join("mine.key")).unwrap();
    assert!(!first.stdout.contains(secret.trim()) && !first.stderr.contains(secret.trim()));
    assert!(one["manifest"].as_str().unwrap().contains(&digest("quick-pulse")), "it names the component");

    assert_eq!(sign(&pulse, &manifest, "mine.key", "two.json").await.code, 0);
    assert_eq!(one, read("two.json"), "the same key signs the same in the same way");
    assert_eq!(sign(&ranking, &manifest, "mine.key", "three.json").await.code, 0);
    assert_ne!(one["signature"], read("three.json")["signature"]);
    assert_eq!(sign(&pulse, &manifest, "other.key", "four.json").await.code, 0);
    assert_ne!(one["publisher"], read("four.json")["publisher"]);

    fs::write(folder.path().join("short.key"), "abcd\n").unwrap();
    let bare = json!({ "name": "x" }).to_string();
    fs::write(folder.path().join("bare.json"), bare).unwrap();
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(folder.path().join("later.json"), text.replace("round-1", "round-9")).unwrap();
    let here = |name: &str| folder.path().join(name);
    for (given, key, out, words) in [
        (manifest.clone(), "mine.key", "one.json", "is there already"),
        (manifest.clone(), "short.key", "a.json", "short.key is no key"),
        (here("bare.json"), "mine.key", "b.json", "not a manifest"),
        (here("later.json"), "mine.key", "c.json", "written for the contract round-9"),
        (here("none.json"), "mine.key", "d.json", "none.json"),
    ] {
        let refused = sign(&pulse, &given, key, out).await;
        assert!(refused.code == 1 && refused.stderr.contains(words), "{words}: {}", refused.stderr);
        assert!(out == "one.json" || !here(out).exists(), "{out} is left behind");
    }
}

#[tokio::test]
async fn the_compiler_says_no_to_nothing_and_names_its_classes() {
    let folder = tempfile::tempdir().unwrap();
    let candour = Candour::bare(folder.path());
    let nothing = candour.run(&["plugin", "compile", "small"]).await;
    assert_eq!(nothing.code, 1);
    assert!(nothing.stdout.is_empty() && !nothing.stderr.trim().is_empty(), "{}", nothing.stdout);
    let unknown = candour.run(&["plugin", "compile", "huge"]).await;
    assert!(unknown.code == 2 && unknown.stderr.contains("small, large"), "{}", unknown.stderr);
}

/// A folder as `candour plugin new` makes it, and where its component is built, with what comes with Candour in both.
fn work_in_hand(folder: &Path) -> (PathBuf, PathBuf) {
    let (mine, target) = (folder.join("plugins/mine"), folder.join("plugins/target"));
    fs::create_dir_all(mine.join("scenarios")).unwrap();
    fs::create_dir_all(&target).unwrap();
    fs::copy(of("quick-pulse", "scenarios/a-branching.json"), mine.join("scenarios/first.json")).unwrap();
    fs::copy(component("quick-pulse"), target.join("mine.wasm")).unwrap();
    (mine.join("scenarios/first.json"), target.join("mine.wasm"))
}

#[tokio::test]
async fn whoever_writes_a_round_type_is_told_after_each_change() {
    let folder = tempfile::tempdir().unwrap();
    let (scenario, component) = work_in_hand(folder.path());
    let (right, working) = (fs::read(&scenario).unwrap(), fs::read(&component).unwrap());
    let candour = Candour::bare(folder.path());
    let (watching, _) = candour.start(&["plugin", "dev", "plugins/mine", "--port", "0"]).await;
    let tells = async |words: &str| {
        let told = async || watching.printed().iter().any(|line| line.contains(words));
        eventually(&format!("{words:?} is told"), told).await;
    };
    tells("All scenarios held.").await;
    fs::write(&scenario, "{").unwrap();
    tells("is no scenario").await;
    fs::write(&scenario, &right).unwrap();
    tells("All scenarios held.").await;
    fs::write(&component, "half a compo").unwrap();
    tells("not a component").await;
    fs::write(&component, &working).unwrap();
    tells("All scenarios held.").await;
    let lost = candour.run(&["plugin", "dev", "plugins/other", "--port", "0"]).await;
    assert!(lost.code == 1 && lost.stderr.contains("is no folder"), "{}", lost.stderr);
}

#[tokio::test]
async fn a_round_type_is_tried_out_in_a_browser() {
    let folder = tempfile::tempdir().unwrap();
    let (scenario, component) = work_in_hand(folder.path());
    let candour = Candour::bare(folder.path());
    let (watching, address) = candour.start(&["plugin", "dev", "plugins/mine", "--port", "0"]).await;
    let host = address.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let site: SocketAddr = host.parse().unwrap();
    assert!(site.ip().is_loopback(), "{site}");
    let browser = Device::new(site, host, String::new());
    let runs = async |digest: &str| browser.get("/round/a").await.expect(200).body.contains(digest);
    let first = digest("quick-pulse");
    eventually("the component runs", async || runs(&first).await).await;
    let start = browser.get("/").await.expect(303);
    assert!(browser.get(start.location()).await.expect(200).body.contains("Four questions at most."));

    let pressed = [("_form", "answer"), ("_pressed", "next")];
    let answered = [&pressed[..], &[("answer", "no")]].concat();
    let empty = browser.post("/round/a/question/rested", &pressed).await.expect(200);
    assert!(empty.body.contains("There is a problem"), "{}", empty.text());
    assert!(browser.get("/round/a").await.body.contains("Not taken"));
    let taken = browser.post("/round/a/question/rested", &answered).await.expect(303);
    assert_eq!(taken.location(), "/round/a/question/why");
    let kept = "<dt>a: ";
    let after = browser.get(taken.location()).await.expect(200);
    assert!(after.body.contains("Taken from") && after.body.contains(kept), "{}", after.text());
    assert!(after.body.contains("What got in the way?"), "{}", after.text());
    let other = browser.get("/round/b/question/rested").await.expect(200);
    assert!(other.body.contains(kept), "what stands behind it is the round's: {}", other.text());
    assert!(!other.body.contains(" checked"), "and what stands on it is not: {}", other.text());
    browser.post("/turn/b/closed", &[]).await.expect(303);
    let closed = browser.post("/round/b/question/rested", &answered).await.expect(200);
    assert!(closed.body.contains("the round is not open"), "{}", closed.text());

    // Another component does not fit these settings; with its own it takes the place.
    fs::copy(self::component("statement-vote"), &component).unwrap();
    let stale = async || browser.get("/round/a").await.body.contains("What you wrote last does not run.");
    eventually("settings that do not fit are told on the page", stale).await;
    assert!(runs(&first).await, "the last one that could be loaded goes on");
    assert!(browser.get("/round/a").await.body.contains(kept));
    fs::copy(of("statement-vote", "scenarios/a-votes.json"), &scenario).unwrap();
    let second = digest("statement-vote");
    eventually("the other one runs", async || runs(&second).await).await;
    browser.post("/turn/a/empty", &[]).await.expect(303);
    assert!(!browser.get("/round/a").await.body.contains(kept));
    drop(watching);
}
