//! The two bounds of a call's time, each alone: what must end a call is the only thing that can.

use std::path::Path;

use async_trait::async_trait;
use wasmtime::component::Component;

use super::*;
use crate::contract::{Entry, Figure, Kept, Phase};
use crate::round_v1::types::{Block, Failure};
use crate::state::{Place, StateFault, Stored};

type Blocks = Result<Vec<Block>, Failure>;

/// The guest `name` of this repository, compiled here: it is our own.
async fn guest(host: &Host, name: &str) -> Arc<Plugin> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("components").join(format!("{name}.wasm"));
    let component = std::fs::read(file).unwrap();
    let (digest, class) = (Digest::of(&component), Class::Small);
    let engine = engine::compiling().unwrap();
    let code = Component::from_binary(&engine, &component).and_then(|component| component.serialize());
    let folder = tempfile::tempdir().unwrap();
    let shelf = Shelf::new(folder.path().to_owned(), [1; 32]).unwrap();
    shelf.put(digest, class, &code.unwrap()).unwrap();
    host.load(&shelf, digest, class).await.unwrap()
}

fn call(plugin: &Arc<Plugin>, attack: &str, state: Arc<dyn RoundState>) -> Call {
    let ctx = Ctx {
        round: "round".to_owned(),
        locale: "en-GB".to_owned(),
        now: 0,
        seed: 1,
        config: attack.to_owned(),
        data_version: 1,
        phase: Phase::Open,
    };
    Call::new(Arc::clone(plugin), ctx, state, 1)
}

#[tokio::test]
async fn a_guest_that_gives_way_without_end_is_ended_by_its_ticks() {
    let host = Host::new().unwrap();
    let plugin = guest(&host, "misbehaving").await;
    let call = call(&plugin, "loop", Arc::new(MemoryState::new().snapshot()));
    let mut running = host.begin(&plugin, Grant::of(&call, Access::Read, None, Budget::PAGE)).await.unwrap();
    // Nobody looks at a clock: were it not for the ticks, this would never come back.
    let drawn =
        running.call::<_, Blocks>(&plugin.exports.render, (&call.ctx, None::<&Participant>, "")).await;
    let failure = running.end(Ok(drawn)).unwrap_err();
    assert_eq!(failure, CallFailure::Unavailable(Cause::TimeOut));
    assert_eq!(plugin.figures().time_outs, 1);
}

/// A state that never answers.
struct Silence;

#[async_trait]
impl RoundState for Silence {
    async fn get(&self, _: &Place) -> Result<Option<Stored>, StateFault> {
        std::future::pending().await
    }
    async fn count(&self, _: &str) -> Result<u64, StateFault> {
        std::future::pending().await
    }
    async fn scan(&self, _: &str, _: Option<&str>, _: u32) -> Result<Vec<Entry>, StateFault> {
        std::future::pending().await
    }
    async fn everyone(&self, _: &str, _: Option<&str>, _: u32) -> Result<Vec<Kept>, StateFault> {
        std::future::pending().await
    }
    async fn released(&self) -> Result<Vec<Figure>, StateFault> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_guest_that_waits_without_end_is_ended_by_the_time_out() {
    let host = Host::new().unwrap();
    let plugin = guest(&host, "misbehaving").await;
    // While it waits for its state it does not run: no tick is counted.
    let call = call(&plugin, "host-calls", Arc::new(Silence));
    let somebody = Participant { token: "one".to_owned(), cohort: None, attributes: Vec::new() };
    let failure = host.render(&call, Some(&somebody), "").await.unwrap_err();
    assert_eq!(failure, CallFailure::Unavailable(Cause::TimeOut));
    let healthy = Call { state: Arc::new(MemoryState::new().snapshot()), ..call };
    let failure = host.render(&healthy, Some(&somebody), "").await.unwrap_err();
    assert!(matches!(failure, CallFailure::Unavailable(Cause::TooMuch(_))), "with an answer: {failure}");
}
