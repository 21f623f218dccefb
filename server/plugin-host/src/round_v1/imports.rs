//! `state` and `log` as guests of version 1 reach them.

use super::bindings::candour::round::log;
use super::bindings::candour::round::state;
use super::types::{self, Entry, Figure, Kept, StateFailure};
use crate::call::CallData;
use crate::state::Place;

impl types::Host for CallData {}

impl state::Host for CallData {
    async fn mine(&mut self, key: String) -> wasmtime::Result<Result<Option<Vec<u8>>, StateFailure>> {
        let Some(place) = self.own(key) else { return Ok(Err(StateFailure::NotAllowed)) };
        self.view.get(place).await
    }

    async fn keep_mine(&mut self, key: String, value: Vec<u8>) -> wasmtime::Result<Result<(), StateFailure>> {
        let Some(place) = self.own(key) else { return Ok(Err(StateFailure::NotAllowed)) };
        self.view.put(place, value)
    }

    async fn get(
        &mut self,
        collection: String,
        key: String,
    ) -> wasmtime::Result<Result<Option<Vec<u8>>, StateFailure>> {
        self.view.get(Place::Shared { collection, key }).await
    }

    async fn put(
        &mut self,
        collection: String,
        key: String,
        value: Vec<u8>,
    ) -> wasmtime::Result<Result<(), StateFailure>> {
        self.view.put(Place::Shared { collection, key }, value)
    }

    async fn append(
        &mut self,
        collection: String,
        value: Vec<u8>,
    ) -> wasmtime::Result<Result<String, StateFailure>> {
        let key = self.view.new_key();
        Ok(self.view.put(Place::Shared { collection, key: key.clone() }, value)?.map(|()| key))
    }

    async fn count(&mut self, collection: String) -> wasmtime::Result<Result<u64, StateFailure>> {
        self.view.count(&collection).await
    }

    async fn scan(
        &mut self,
        collection: String,
        after: Option<String>,
        max: u32,
    ) -> wasmtime::Result<Result<Vec<Entry>, StateFailure>> {
        self.view.scan(&collection, after.as_deref(), max).await
    }

    async fn everyone(
        &mut self,
        key: String,
        after: Option<String>,
        max: u32,
    ) -> wasmtime::Result<Result<Vec<Kept>, StateFailure>> {
        self.view.everyone(&key, after.as_deref(), max).await
    }

    async fn released(&mut self) -> wasmtime::Result<Result<Vec<Figure>, StateFailure>> {
        self.view.released().await
    }
}

impl log::Host for CallData {
    async fn write(&mut self, level: log::Level, message: String) -> wasmtime::Result<()> {
        let level = match level {
            log::Level::Debug => "debug",
            log::Level::Info => "info",
            log::Level::Warning => "warning",
        };
        self.view.spend_call()?;
        self.log.write(level, &message);
        Ok(())
    }
}
