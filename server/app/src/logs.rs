//! Where log lines go: to standard error, as text or JSON. What may stand in them is each room's own business, and nothing of
//! any person is.

use std::io::{self, IsTerminal};

use anyhow::{Result, anyhow};
use tracing_subscriber::EnvFilter;

use crate::config::{LogFormat, LogSettings};

/// Logs from here on as `settings` say, for the whole process; panics by their place and not by their words.
///
/// # Errors
/// When the process logs already.
pub fn begin(settings: &LogSettings) -> Result<()> {
    let filter = EnvFilter::try_new(&settings.level)?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal());
    let begun = match settings.format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => {
            lines.json().flatten_event(true).with_current_span(false).with_span_list(false).try_init()
        }
    };
    begun.map_err(|error| anyhow!("logging cannot begin: {error}"))?;
    web::edge::log::log_panics_by_place();
    Ok(())
}
