//! The comms toolkit: everything that a comms team hands out for one organisation, made of one set of facts.
//!
//! [`ToolkitFacts`] go in; each [`ToolkitPiece`] is a file. No piece asks for the time or for chance, so equal facts give equal bytes, and
//! a change of dates reaches every piece. To add one: a variant of [`ToolkitPiece`], an arm in `make`, and its sentences in `words` or
//! `copy`, where others that say the same find them.
//!
//! Making one takes up to some tenths of a second of computing: not on a thread that serves others.

mod copy;
mod email_draft;
mod facts;
mod html;
mod piece;
mod plain_text;
mod sheets;
mod words;

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

pub use facts::{MAX_LINK_BYTES, MovedClosing, ToolkitFacts, ToolkitFault, ToolkitLogo, ToolkitVersion};
pub(crate) use facts::{check_letters, check_link};
pub use piece::ToolkitPiece;
pub(crate) use sheets::{Colours, LogoValues};
pub(crate) use words::on_one_line;

/// The media type of [`zip`].
pub const ZIP_MEDIA_TYPE: &str = "application/zip";

/// What the zip file is called: "toolkit-uhb-v3.zip".
pub fn zip_name(facts: &ToolkitFacts) -> String {
    format!("toolkit-{}-v{}.zip", facts.organisation_slug, facts.version.number)
}

/// All pieces in one zip file.
///
/// # Errors
/// The [`ToolkitFault`] of the first piece that cannot be made.
pub fn zip(facts: &ToolkitFacts) -> Result<Vec<u8>, ToolkitFault> {
    let made = ToolkitPiece::ALL.map(|piece| piece.make(facts).map(|bytes| (piece, bytes)));
    zip_of(facts, &made.into_iter().collect::<Result<Vec<_>, _>>()?)
}

/// The zip file of pieces that are made already: for a job that makes one after the other and says how far it is.
///
/// # Errors
/// [`ToolkitFault::Zip`].
pub fn zip_of(facts: &ToolkitFacts, made: &[(ToolkitPiece, Vec<u8>)]) -> Result<Vec<u8>, ToolkitFault> {
    // Zip files hold times; this one holds the earliest, so that it is the same whenever it is made.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::DEFAULT)
        .unix_permissions(0o644);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (piece, bytes) in made {
        zip.start_file(piece.file_name(facts), options)?;
        zip.write_all(bytes).map_err(zip::result::ZipError::Io)?;
    }
    Ok(zip.finish()?.into_inner())
}

#[cfg(test)]
pub(crate) use tests::reading;

#[cfg(test)]
mod tests;
