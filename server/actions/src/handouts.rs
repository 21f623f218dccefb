//! What a comms team hands out: an organisation's toolkit, one piece at once or all of it as a job; and letters with login details for those whom
//! email does not reach, always as a job. A job is a row: any process may go on with it where another stopped.

mod ask_for;
mod fetch;
mod make;
mod toolkit_facts;

pub use ask_for::HandoutRefusal;
pub use fetch::{FetchedFile, HandoutJob, Outdated};
pub(crate) use make::blocking;
pub use storage::identity::{JobKind, JobState};

/// For how long what was made is kept, days.
pub const KEPT_DAYS: i64 = 7;
/// For how long a process may be at one part, minutes.
const LEASE_MINUTES: i64 = 10;

/// The name under which a job's file with login details is sealed.
fn sealed_name(job: domain::ids::ItemId, number: i64) -> String {
    format!("{job}/{number}")
}
