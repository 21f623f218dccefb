//! Plugin host: runs round types, which are WebAssembly components that anybody may write, so that none can harm anything but itself.
//!
//! Here: the only use of wasmtime. Loading ([`Host::load`]), compiling in a limited child ([`Compiler`]), signed manifests ([`Manifest`]),
//! calling under limits ([`Host::render`] and the rest), and checking everything that goes in and comes out. Not here: where state is
//! kept ([`RoundState`] is implemented by whoever keeps rounds), how pages are drawn ([`Page`] is a tree of plain values), and which round
//! may use which round type. To add one more version of the contract: a module beside `round_v1`, and its translation into [`contract`].

mod answers;
mod artefact;
mod built_in;
mod call;
mod check;
mod compile;
pub mod contract;
mod counters;
mod engine;
mod exports;
mod failure;
mod host;
pub mod limits;
mod manifest;
mod memory_state;
mod migration;
pub mod output;
pub mod page;
mod plugin;
pub mod replay;
mod round_v1;
mod rounds;
pub mod scenario;
mod state;
mod view;

pub use answers::Sent;
pub use artefact::{Digest, NotADigest, Shelf, ShelfFault};
pub use built_in::{BUILT_IN, BuiltIn, Example, ExampleQuestion};
pub use call::Log;
pub use check::{Report, check};
pub use compile::{CompileRefusal, Compiler, compile_as_child};
pub use counters::Figures;
pub use ed25519_dalek::SigningKey;
pub use engine::EngineFault;
pub use failure::{CallFailure, Cause};
pub use host::{Call, Host};
pub use limits::Class;
pub use manifest::{CONTRACT, MANIFEST_BYTES, Manifest, ManifestRefusal, SignedManifest, Texts};
pub use memory_state::{MemorySnapshot, MemoryState, Moved};
pub use page::{Node, Page};
pub use plugin::{LoadRefusal, Plugin};
pub use round_v1::migration::Old;
pub use rounds::SentForm;
pub use state::{Changes, Place, RoundState, StateFault, Stored};
