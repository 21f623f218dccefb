//! A round type, loaded: everything about its component that can be worked out once.

use wasmtime::Engine;
use wasmtime::component::{Component, InstancePre, Linker};

use crate::artefact::{Digest, ShelfFault};
use crate::call::CallData;
use crate::contract::{Description, Sheet};
use crate::counters::{Counters, Figures};
use crate::exports::Exports;
use crate::failure::CallFailure;
use crate::limits::Class;
use crate::round_v1::{self, RoundPluginPre, RoundPluginWithMigrationPre};

/// A round type that can be called.
pub struct Plugin {
    digest: Digest,
    class: Class,
    pub(crate) pre: RoundPluginPre<CallData>,
    pub(crate) exports: Exports,
    pub(crate) migration: Option<RoundPluginWithMigrationPre<CallData>>,
    pub(crate) description: Description,
    pub(crate) counters: Counters,
}

/// Why a component is not loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadRefusal {
    /// Its compiled code.
    #[error(transparent)]
    Shelf(#[from] ShelfFault),
    /// It wants something that round types do not have: WASI, a clock, the network, another contract.
    #[error("it imports {0}; round types have only {list}", list = round_v1::IMPORTS.join(", "))]
    StrangeImport(String),
    /// It does not have what the contract asks, or more than its class may have.
    #[error("it does not fit the contract or its class: {0}")]
    DoesNotFit(String),
    /// It does not say what it is.
    #[error("it does not say what it is: {0}")]
    Mute(CallFailure),
}

impl Plugin {
    /// From code that [`crate::Shelf`] has checked.
    pub(crate) fn load(
        engine: &Engine,
        linker: &Linker<CallData>,
        (digest, class): (Digest, Class),
        code: &[u8],
    ) -> Result<Self, LoadRefusal> {
        let misfit = |error: wasmtime::Error| LoadRefusal::DoesNotFit(format!("{error:#}"));
        let component = deserialize(engine, code).map_err(misfit)?;
        check_imports(engine, &component)?;
        let pre = linker.instantiate_pre(&component).map_err(misfit)?;
        let migration =
            has_migration(engine, &component).then(|| migrating(&pre)).transpose().map_err(misfit)?;
        let pre = RoundPluginPre::new(pre).map_err(misfit)?;
        let exports = Exports::find(&component);
        let exports = exports.ok_or_else(|| LoadRefusal::DoesNotFit("it lacks a function".to_owned()))?;
        let description = Description { data_version: 1, sheets: Vec::new() };
        Ok(Self { digest, class, pre, exports, migration, description, counters: Counters::default() })
    }

    /// Its identity.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// How big it is.
    pub fn class(&self) -> Class {
        self.class
    }

    /// The version in which it keeps its state, and what it can export.
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// Whether it brings older state up to date.
    pub fn migrates(&self) -> bool {
        self.migration.is_some()
    }

    /// How it has behaved since it was loaded.
    pub fn figures(&self) -> Figures {
        self.counters.figures()
    }

    pub(crate) fn sheet(&self, id: &str) -> Option<&Sheet> {
        self.description.sheets.iter().find(|sheet| sheet.id == id)
    }
}

#[expect(unsafe_code, reason = "compiled code can only be trusted, not checked; see below")]
fn deserialize(engine: &Engine, code: &[u8]) -> wasmtime::Result<Component> {
    // SAFETY: `deserialize` asks for bytes that `Component::serialize` of this version gave. `Shelf::take` gives only bytes under this server's
    // keyed hash, which `Shelf::put` makes over what the compiling child gave; and these are the same bytes, not read again from the disk.
    unsafe { Component::deserialize(engine, code) }
}

fn check_imports(engine: &Engine, component: &Component) -> Result<(), LoadRefusal> {
    let mut names =
        component.component_type().imports(engine).map(|(name, _)| name.to_owned()).collect::<Vec<_>>();
    names.retain(|name| !round_v1::IMPORTS.contains(&name.as_str()));
    names.pop().map_or(Ok(()), |name| Err(LoadRefusal::StrangeImport(name)))
}

fn has_migration(engine: &Engine, component: &Component) -> bool {
    component.component_type().exports(engine).any(|(name, _)| name == round_v1::MIGRATION)
}

fn migrating(pre: &InstancePre<CallData>) -> wasmtime::Result<RoundPluginWithMigrationPre<CallData>> {
    RoundPluginWithMigrationPre::new(pre.clone())
}
