//! What a round type remembers, as serde values.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::bindings::candour::round::state as host;
use crate::{Failure, Figure, Participant, StateFailure};

/// How many participants' values are asked for at a time.
const AT_ONCE: u32 = 500;

impl From<StateFailure> for Failure {
    fn from(failure: StateFailure) -> Self {
        Self::State(failure)
    }
}

/// What this call's participant keeps under `key`.
///
/// # Errors
/// The state, or a value of another kind.
pub fn mine<T: DeserializeOwned>(key: &str) -> Result<Option<T>, Failure> {
    host::mine(key)?.map(|value| read(&value)).transpose()
}

/// Keeps `value` under `key` for this call's participant.
///
/// # Errors
/// The state.
pub fn keep_mine<T: Serialize>(key: &str, value: &T) -> Result<(), Failure> {
    Ok(host::keep_mine(key, &write(value)?)?)
}

/// What the round keeps in `collection` under `key` for all together.
///
/// # Errors
/// The state, or a value of another kind.
pub fn get<T: DeserializeOwned>(collection: &str, key: &str) -> Result<Option<T>, Failure> {
    host::get(collection, key)?.map(|value| read(&value)).transpose()
}

/// Keeps `value` in `collection` under `key` for all together.
///
/// # Errors
/// The state.
pub fn put<T: Serialize>(collection: &str, key: &str, value: &T) -> Result<(), Failure> {
    Ok(host::put(collection, key, &write(value)?)?)
}

/// Calls `see` with what each participant keeps under `key`, in the order of their tokens, after the token `after`. Stops when `see` says so.
///
/// # Errors
/// The state, a value of another kind, or what `see` says.
pub fn each<T: DeserializeOwned>(
    key: &str,
    after: Option<&str>,
    mut see: impl FnMut(&Participant, T) -> Result<Go, Failure>,
) -> Result<(), Failure> {
    let mut after = after.map(str::to_owned);
    loop {
        let page = host::everyone(key, after.as_deref(), AT_ONCE)?;
        for kept in &page {
            if see(&kept.participant, read(&kept.value)?)? == Go::Stop {
                return Ok(());
            }
        }
        match page.into_iter().next_back() {
            Some(last) => after = Some(last.participant.token),
            None => return Ok(()),
        }
    }
}

/// Whether [`each`] goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Go {
    /// To the next.
    On,
    /// No further.
    Stop,
}

/// The figures of the round that may be seen.
///
/// # Errors
/// The state.
pub fn released() -> Result<Vec<Figure>, Failure> {
    Ok(host::released()?)
}

/// What a kept value says: for `migrate`, which gets values as they are kept.
///
/// # Errors
/// A value of another kind.
pub fn read<T: DeserializeOwned>(value: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(value).map_err(|error| Failure::Internal(format!("a kept value: {error}")))
}

/// `value` as it is kept.
///
/// # Errors
/// It cannot be JSON.
pub fn write<T: Serialize>(value: &T) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec(value).map_err(|error| Failure::Internal(format!("a value to keep: {error}")))
}
