//! From version 1 of what is kept to the present one. See [`crate::kept`] for why.

use std::collections::BTreeMap;

use guest_sdk::{Ctx, Failure, Old, state};
use serde::Deserialize;

use crate::kept::{Comment, Judged, Said, VERDICTS, Verdict, Verdicts};

/// The version that can be brought up to date.
const FIRST: u32 = 1;

/// What version 1 kept of one pledge.
#[derive(Deserialize)]
struct SaidInFirst {
    version: u32,
    verdict: Option<Verdict>,
    #[serde(default)]
    reasons: Vec<String>,
    #[serde(default)]
    comment: String,
}

/// Verdicts change their form; everything else stays as it is.
pub fn migrate(ctx: &Ctx, entries: Vec<Old>) -> Result<Vec<Vec<u8>>, Failure> {
    if ctx.data_version != FIRST {
        return Err(Failure::Internal(format!("no migration from version {}", ctx.data_version)));
    }
    let new = |entry: Old| match (&entry.collection, entry.key.as_str()) {
        (None, VERDICTS) => verdicts(&entry.value),
        _ => Ok(entry.value),
    };
    entries.into_iter().map(new).collect()
}

fn verdicts(value: &[u8]) -> Result<Vec<u8>, Failure> {
    let old: BTreeMap<String, SaidInFirst> = state::read(value)?;
    state::write(&Verdicts(old.into_iter().map(|(pledge, said)| (pledge, brought_up(said))).collect()))
}

fn brought_up(old: SaidInFirst) -> Said {
    let SaidInFirst { version, verdict, reasons, comment: text } = old;
    let judged = verdict.map(|verdict| (version, Judged { verdict, reasons }));
    let comment = (!text.is_empty()).then_some(Comment { version, text });
    Said { verdicts: judged.into_iter().collect(), comment }
}
