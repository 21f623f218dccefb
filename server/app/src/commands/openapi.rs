//! `candour openapi`.

use std::io::{self, Write};

/// Prints the description of the JSON API.
pub fn run() -> io::Result<()> {
    writeln!(io::stdout(), "{}", web::openapi_json().trim_end())
}
