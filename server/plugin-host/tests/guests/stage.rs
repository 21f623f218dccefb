//! A host with its compiler, guests by name, and a round to call them in.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use plugin_host::contract::{Ctx, Outcome, Participant, Phase};
use plugin_host::{
    Call, CallFailure, Changes, Class, Compiler, Host, MemoryState, Page, Plugin, SentForm, Shelf,
};

/// The key under which this machine's tests keep compiled code from one run to the next.
const KEY: [u8; 32] = *b"a key for tests, known to all ..";

pub struct Stage {
    pub host: Host,
    pub compiler: Compiler,
}

impl Stage {
    pub fn new() -> Self {
        Self::with_shelf(Path::new(env!("CARGO_TARGET_TMPDIR")).join("compiled"), KEY)
    }

    pub fn with_shelf(folder: PathBuf, key: [u8; 32]) -> Self {
        let compiler = Compiler::new(
            env!("CARGO_BIN_EXE_compile-component").into(),
            Vec::new(),
            Shelf::new(folder, key).unwrap(),
        );
        Self { host: Host::new().unwrap(), compiler }
    }

    /// The guest `name` of this repository.
    pub async fn guest(&self, name: &str) -> Arc<Plugin> {
        self.load(&component(name)).await
    }

    pub async fn load(&self, component: &[u8]) -> Arc<Plugin> {
        let digest = self.compiler.compile(component, Class::Small).await.unwrap();
        self.host.load(self.compiler.shelf(), digest, Class::Small).await.unwrap()
    }

    /// A healthy guest draws its page: whatever happened before, the host is well.
    pub async fn assert_well(&self) {
        let call = call(&self.guest("misbehaving").await, "behave");
        let page = self.host.render(&call, None, "").await.unwrap();
        assert!(page.form("form").is_some());
    }
}

/// The component of the guest `name`.
pub fn component(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("components").join(format!("{name}.wasm"));
    std::fs::read(path).expect("plugins/pack has written the components")
}

/// A call of `plugin` with an empty state in an open round.
pub fn call(plugin: &Arc<Plugin>, config: &str) -> Call {
    let ctx = Ctx {
        round: "round".to_owned(),
        locale: "en-GB".to_owned(),
        now: 1_714_554_000,
        seed: 7,
        config: config.to_owned(),
        data_version: 1,
        phase: Phase::Open,
    };
    let state = Arc::new(MemoryState::new().snapshot());
    Call::new(Arc::clone(plugin), ctx, state, 1)
}

pub fn who(token: &str) -> Participant {
    Participant { token: token.to_owned(), cohort: None, attributes: Vec::new() }
}

/// The form of the misbehaving guest, filled in.
pub fn filled_in() -> SentForm {
    let fields = [("words".to_owned(), vec!["some words".to_owned()])].into();
    SentForm { page: String::new(), form: "form".to_owned(), pressed: "send".to_owned(), fields }
}

pub async fn draw(stage: &Stage, plugin: &Arc<Plugin>, attack: &str) -> Result<Page, CallFailure> {
    stage.host.render(&call(plugin, attack), Some(&who("one")), "").await
}

pub async fn send(
    stage: &Stage,
    plugin: &Arc<Plugin>,
    attack: &str,
) -> Result<(Outcome, Changes), CallFailure> {
    stage.host.submit(&call(plugin, attack), &who("one"), &filled_in()).await
}
