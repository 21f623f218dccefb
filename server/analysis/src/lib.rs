//! Analysis: what can be worked out from plain data, and what must not be.
//!
//! Here: pure functions over plain data. Not here: reading files (documents'), tables (storage's), and what is done about a result
//! (actions'). To add one more analysis: a file named after the question that it answers, plain types in and out, and every chance that
//! it speaks of stated with its arithmetic.

pub mod likeness;
pub mod linkage;
pub mod release;
pub mod screening;
