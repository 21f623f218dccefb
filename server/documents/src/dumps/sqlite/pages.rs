//! The pages of a database, with those of its log laid over them.

use std::collections::HashMap;

use super::record::Encoding;
use crate::dumps::DumpRefusal;

/// How a database file begins.
pub const MAGIC: &[u8] = b"SQLite format 3\0";
/// The header's length on page 1, bytes.
pub const HEADER_BYTES: usize = 100;
/// Decoded bytes allowed for each byte of the files: rows that claim each other's bytes would otherwise multiply them.
const BYTES_PER_BYTE: usize = 4;

/// A database as it stands after some transaction.
pub struct Pages<'a> {
    database: &'a [u8],
    over: HashMap<u32, &'a [u8]>,
    /// A page's length, bytes.
    pub size: usize,
    /// The part of it that is used, bytes.
    pub usable: usize,
    /// How texts are stored.
    pub encoding: Encoding,
    /// Bytes that may yet be decoded.
    left: usize,
}

impl<'a> Pages<'a> {
    /// The database's pages, with `over` laid over them. `size` is the log's; the header's if there is none.
    pub fn new(
        database: &'a [u8],
        over: HashMap<u32, &'a [u8]>,
        size: Option<usize>,
        log_bytes: usize,
    ) -> Result<Self, DumpRefusal> {
        let header = over.get(&1).copied().unwrap_or(database);
        if !header.starts_with(MAGIC) || header.len() < HEADER_BYTES {
            return Err(DumpRefusal::NotADump);
        }
        let refusal = |what| DumpRefusal::Page { page: 1, what };
        let told = match number(header, 16, 2) {
            Some(1) => 65_536,
            Some(bytes) => bytes as usize,
            None => 0,
        };
        if !(512..=65_536).contains(&told) || !told.is_power_of_two() || size.is_some_and(|size| size != told)
        {
            return Err(refusal("a length of pages that SQLite does not have"));
        }
        let reserved = usize::from(header[20]);
        let usable = told.checked_sub(reserved).filter(|usable| *usable >= 480);
        let encoding = match number(header, 56, 4) {
            Some(2) => Encoding::Utf16Little,
            Some(3) => Encoding::Utf16Big,
            _ => Encoding::Utf8,
        };
        let left = (database.len() + log_bytes).saturating_mul(BYTES_PER_BYTE) + told;
        let usable = usable.ok_or_else(|| refusal("more reserved bytes than SQLite has"))?;
        Ok(Self { database, over, size: told, usable, encoding, left })
    }

    /// The page called `number`, which is whole.
    pub fn get(&self, number: u32) -> Option<&'a [u8]> {
        if let Some(page) = self.over.get(&number) {
            return Some(page);
        }
        let start = (usize::try_from(number).ok()?.checked_sub(1)?).checked_mul(self.size)?;
        self.database.get(start..start.checked_add(self.size)?)
    }

    /// Lays a page over the one called `number`.
    pub fn lay(&mut self, number: u32, page: &'a [u8]) {
        self.over.insert(number, page);
    }

    /// Takes `bytes` from what may yet be decoded.
    pub fn spend(&mut self, bytes: usize) -> Option<()> {
        self.left = self.left.checked_sub(bytes)?;
        Some(())
    }

    /// Allows as much again as one reading of everything takes.
    pub fn allow(&mut self, bytes: usize) {
        self.left = self.left.saturating_add(bytes);
    }
}

/// The number of `length` bytes at `at`, the most significant byte first.
pub fn number(bytes: &[u8], at: usize, length: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(length)?)?;
    Some(bytes.iter().fold(0, |value, byte| (value << 8) | u32::from(*byte)))
}
