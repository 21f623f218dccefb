//! What a call of a round type costs: `cargo bench -p plugin-host`, or with `-- forms` only how many forms are taken, which is what a profiler
//! wants to see. Prints, judges nothing.
//!
//! Pledge review with five pledges, a state in memory. Every guest begins in fresh memory; taking a form is two calls of one, as the page is drawn
//! anew first. Memory is handed out as in the program.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use plugin_host::contract::{Ctx, Participant, Phase};
use plugin_host::{Call, Class, Compiler, Host, MemoryState, Plugin, SentForm, Shelf};
use tikv_jemallocator::Jemalloc;

#[global_allocator]
static MEMORY: Jemalloc = Jemalloc;

/// Calls measured on one thread.
const CALLS: u32 = 100_000;
/// How long two threads are kept busy.
const BUSY: Duration = Duration::from_secs(3);
/// Guests that loop beside a healthy one.
const LOOPING: u32 = 8;
/// Participants in the tally.
const PARTICIPANTS: u32 = 80_000;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let (host, plugin, hostile) = load().await;
        let host = Arc::new(host);
        if std::env::args().any(|argument| argument == "forms") {
            return throughput(&host, &plugin).await;
        }
        println!("{:<44} {:>10} {:>10} {:>10}", "", "p50", "p99", "most");
        latency(&host, &plugin).await;
        throughput(&host, &plugin).await;
        neighbours(&host, &plugin, &hostile).await;
        tally(&host, &plugin).await;
        println!("{:?}", plugin.figures());
    });
}

async fn load() -> (Host, Arc<Plugin>, Arc<Plugin>) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("benched");
    let _ = std::fs::remove_dir_all(&folder);
    let shelf = Shelf::new(folder, [9; 32]).expect("guests can be run");
    let compiler = Compiler::new(env!("CARGO_BIN_EXE_compile-component").into(), Vec::new(), shelf);
    let component = std::fs::read(folder_of("pledge-review")).expect("plugins/pack has written it");
    let started = Instant::now();
    let digest = compiler.compile(&component, Class::Small).await.expect("it compiles");
    println!("compiling {} KiB in a child: {:?}", component.len() / 1024, started.elapsed());
    let host = Host::new().expect("guests can be run");
    let started = Instant::now();
    let plugin = host.load(compiler.shelf(), digest, Class::Small).await.expect("it loads");
    println!("checking and loading the code: {:?}", started.elapsed());
    let hostile = std::fs::read(folder_of("misbehaving")).expect("plugins/pack has written it");
    let hostile = compiler.compile(&hostile, Class::Small).await.expect("it compiles");
    let hostile = host.load(compiler.shelf(), hostile, Class::Small).await.expect("it loads");
    (host, plugin, hostile)
}

fn folder_of(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("components").join(format!("{name}.wasm"))
}

fn call(plugin: &Arc<Plugin>, state: &MemoryState) -> Call {
    let pledge = |number: u32| {
        format!(
            r#"{{"id":"pledge-{number}","title":"Pledge {number}","versions":[{{"text":"{}"}}],"evidence":[{{"label":"Finding","address":"/reports/first#{number}"}}]}}"#,
            "Every site does what it promises to do. ".repeat(5)
        )
    };
    let pledges: Vec<String> = (1..=5).map(pledge).collect();
    let reasons = r#"[{"id":"fair","label":"It is fair"},{"id":"clear","label":"It is clear"}]"#;
    let config = format!(
        r#"{{"pledges":[{}],"strong-reasons":{reasons},"wrong-reasons":{reasons}}}"#,
        pledges.join(",")
    );
    let ctx = Ctx {
        round: "round".to_owned(),
        locale: "en-GB".to_owned(),
        now: 1_714_554_000,
        seed: 7,
        config,
        data_version: 1,
        phase: Phase::Open,
    };
    Call::new(Arc::clone(plugin), ctx, Arc::new(state.snapshot()), 1)
}

fn who(number: u32) -> Participant {
    Participant {
        token: format!("{number:08x}"),
        cohort: Some(format!("Group {}", number % 5)),
        attributes: Vec::new(),
    }
}

fn sent(pledge: u32) -> SentForm {
    let field = |name: &str, value: &str| (name.to_owned(), vec![value.to_owned()]);
    let fields = [
        field("verdict", "strong"),
        field("strong-reasons", "fair"),
        field("comment", "Night staff as well."),
    ];
    SentForm {
        page: format!("pledge/pledge-{pledge}"),
        form: "verdict".to_owned(),
        pressed: "next".to_owned(),
        fields: fields.into(),
    }
}

async fn latency(host: &Host, plugin: &Arc<Plugin>) {
    let call = call(plugin, &MemoryState::new());
    let (who, sent) = (who(1), sent(3));
    let mut times = Vec::with_capacity(CALLS as usize);
    for _ in 0..CALLS {
        let started = Instant::now();
        host.render(&call, Some(&who), &sent.page).await.expect("a page");
        times.push(started.elapsed());
    }
    print_times("draw a pledge's page", &mut times);
    times.clear();
    for _ in 0..CALLS {
        let started = Instant::now();
        host.submit(&call, &who, &sent).await.expect("a form");
        times.push(started.elapsed());
    }
    print_times("draw it, check the answers, take the form", &mut times);
}

fn print_times(what: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100];
    println!("{what:<44} {:>10.1?} {:>10.1?} {:>10.1?}", at(50), at(99), at(100));
}

async fn throughput(host: &Arc<Host>, plugin: &Arc<Plugin>) {
    let workers: Vec<_> = (0..2)
        .map(|number| {
            let (host, call) = (Arc::clone(host), call(plugin, &MemoryState::new()));
            tokio::spawn(async move {
                let (who, sent) = (who(number), sent(3));
                let (started, mut calls) = (Instant::now(), 0_u32);
                while started.elapsed() < BUSY {
                    host.submit(&call, &who, &sent).await.expect("a form");
                    calls += 1;
                }
                f64::from(calls) / started.elapsed().as_secs_f64()
            })
        })
        .collect();
    let mut rate = 0.0;
    for worker in workers {
        rate += worker.await.expect("it ends");
    }
    println!("forms taken on two threads: {rate:.0}/s, which is {:.0} calls/s", rate * 2.0);
}

/// Forms taken on one thread while guests on both loop as long as they may, one after another.
async fn neighbours(host: &Arc<Host>, plugin: &Arc<Plugin>, hostile: &Arc<Plugin>) {
    let attackers: Vec<_> = (0..LOOPING)
        .map(|_| {
            let mut call = call(hostile, &MemoryState::new());
            "loop".clone_into(&mut call.ctx.config);
            let host = Arc::clone(host);
            tokio::spawn(async move {
                loop {
                    host.render(&call, None, "").await.expect_err("it is ended");
                }
            })
        })
        .collect();
    let (started, mut times) = (Instant::now(), Vec::new());
    let call = call(plugin, &MemoryState::new());
    while started.elapsed() < BUSY {
        let one = Instant::now();
        host.submit(&call, &who(1), &sent(3)).await.expect("a form");
        times.push(one.elapsed());
        tokio::task::yield_now().await;
    }
    attackers.iter().for_each(tokio::task::JoinHandle::abort);
    print_times(&format!("the same while {LOOPING} guests loop"), &mut times);
}

async fn tally(host: &Host, plugin: &Arc<Plugin>) {
    let state = MemoryState::new();
    let one = call(plugin, &state);
    let (_, changes) = host.submit(&one, &who(0), &sent(3)).await.expect("a form");
    let value = changes.written.into_values().next().expect("it writes");
    for number in 0..PARTICIPANTS {
        let place = plugin_host::Place::Own { participant: who(number).token, key: "verdicts".to_owned() };
        let changes = plugin_host::Changes { written: [(place, value.clone())].into(), ..Default::default() };
        state.apply(Some(&who(number)), &changes).expect("nothing moved");
    }
    let call = call(plugin, &state);
    let started = Instant::now();
    let results = host.tally(&call).await.expect("a tally");
    println!(
        "tally of {PARTICIPANTS} participants: {:?}, {} figures",
        started.elapsed(),
        results.figures.len()
    );
}
