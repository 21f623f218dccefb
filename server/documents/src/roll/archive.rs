//! What a workbook unpacks to, found out before calamine unpacks it.
//!
//! A workbook is a ZIP archive. Sizes that the archive declares are checked first; then every part is unpacked once, a piece at
//! a time and into nothing, to see that it keeps to what it declared. So that calamine's ZIP reader sees the same archive as this
//! one, only the plain form that spreadsheet programs write is taken: one directory that ends where the file ends, no comments, no
//! ZIP64, no encryption, no second name for a part. And calamine reserves memory for as many texts as a workbook says it
//! has: that number is checked, too, in a form of XML in which it cannot hide.

use std::collections::HashSet;
use std::io::Read;

use flate2::read::DeflateDecoder;

use super::{MAX_UNPACKED_BYTES, RollRefusal};

/// Most parts in a workbook.
const MAX_PARTS: usize = 1_000;
/// Most bytes that a part may unpack to which is neither a worksheet nor the table of texts: styles, relations, properties.
const MAX_SMALL_PART_BYTES: u64 = 4 << 20;
/// Most texts that a workbook may say it has: four for each of the most rows.
const MAX_SHARED_TEXTS: u64 = 4 * super::MAX_ROWS;
/// The attribute that says it.
const TEXT_COUNT: &[u8] = b"uniqueCount";
/// Longest value of the attribute with its sign of equality and quotes, in bytes.
const COUNT_BYTES: usize = 16;
/// How much is unpacked at a time, in bytes.
const PIECE_BYTES: usize = 64 << 10;

const END_MARK: &[u8] = b"PK\x05\x06";
const END_BYTES: usize = 22;
const ZIP64_LOCATOR_MARK: &[u8] = b"PK\x06\x07";
const ZIP64_LOCATOR_BYTES: usize = 20;
const ENTRY_MARK: &[u8] = b"PK\x01\x02";
const ENTRY_BYTES: usize = 46;
const LOCAL_MARK: &[u8] = b"PK\x03\x04";
const LOCAL_BYTES: usize = 30;
/// Extra fields that change what a directory entry says: ZIP64 sizes, and another name.
const REFUSED_EXTRA_FIELDS: [u16; 2] = [0x0001, 0x7075];
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
const ENCRYPTED_FLAG: u16 = 1;

/// A part of the workbook, as the archive's directory declares it.
struct Part<'a> {
    name: &'a [u8],
    method: u16,
    packed: &'a [u8],
    unpacked_bytes: u64,
}

/// Checks that the archive unpacks to what it declares, and that this is bounded.
///
/// # Errors
/// [`RollRefusal::UnpacksTooLarge`], or [`RollRefusal::Unreadable`] if it is damaged or of another form.
pub(super) fn check(bytes: &[u8]) -> Result<(), RollRefusal> {
    let parts = parts(bytes).ok_or(RollRefusal::Unreadable)?;
    let total: u64 = parts.iter().map(|part| part.unpacked_bytes).sum();
    let too_large = |part: &Part<'_>| part.is_small() && part.unpacked_bytes > MAX_SMALL_PART_BYTES;
    if total > MAX_UNPACKED_BYTES || parts.iter().any(too_large) {
        return Err(RollRefusal::UnpacksTooLarge);
    }
    let mut names = HashSet::new();
    for part in &parts {
        if !names.insert(part.name.to_ascii_lowercase()) {
            return Err(RollRefusal::Unreadable);
        }
        unpack(part)?;
    }
    Ok(())
}

impl Part<'_> {
    fn has_ending(&self, ending: &str) -> bool {
        let start = self.name.len().saturating_sub(ending.len());
        self.name[start..].eq_ignore_ascii_case(ending.as_bytes())
    }

    fn is_xml(&self) -> bool {
        self.has_ending(".xml") || self.has_ending(".rels")
    }

    /// True for what a roll needs little of. Styles are kept small wherever they stand: calamine makes much of each.
    fn is_small(&self) -> bool {
        let folder = b"worksheets";
        let in_worksheets = self.name.windows(folder.len()).any(|part| part.eq_ignore_ascii_case(folder));
        let is_large = in_worksheets || self.has_ending("sharedstrings.xml");
        self.is_xml() && (!is_large || self.has_ending("styles.xml") || self.has_ending(".rels"))
    }
}

/// Unpacks the part into nothing.
fn unpack(part: &Part<'_>) -> Result<(), RollRefusal> {
    let mut source: Box<dyn Read + '_> = match part.method {
        STORED => Box::new(part.packed),
        _ => Box::new(DeflateDecoder::new(part.packed)),
    };
    // The end of each piece stays before the next, so that nothing hides on the border.
    let mut buffer = Vec::with_capacity(PIECE_BYTES + COUNT_BYTES + TEXT_COUNT.len());
    let mut unpacked = 0;
    loop {
        let kept = buffer.len().min(COUNT_BYTES + TEXT_COUNT.len());
        buffer.drain(..buffer.len() - kept);
        let read = source.by_ref().take(PIECE_BYTES as u64).read_to_end(&mut buffer);
        let read = read.map_err(|_| RollRefusal::Unreadable)? as u64;
        unpacked += read;
        if unpacked > part.unpacked_bytes || declares_too_many_texts(&buffer, read == 0) {
            return Err(RollRefusal::UnpacksTooLarge);
        }
        // Bytes that XML 1.0 in UTF-8 does not have: UTF-16, or the escapes of encodings in which words look different.
        let is_strange = |byte: &u8| *byte < 0x20 && !matches!(*byte, b'\t' | b'\n' | b'\r');
        if part.is_xml() && buffer.iter().any(is_strange) {
            return Err(RollRefusal::Unreadable);
        }
        if read == 0 {
            break;
        }
    }
    match unpacked == part.unpacked_bytes {
        true => Ok(()),
        false => Err(RollRefusal::Unreadable),
    }
}

/// True if the piece has the attribute with a number that is too large, or written in any way but the usual. One too near the
/// end of the piece is left for the next, unless this is the last.
fn declares_too_many_texts(piece: &[u8], is_last: bool) -> bool {
    let firsts = piece.iter().enumerate().filter(|(_, byte)| **byte == TEXT_COUNT[0]);
    let values = firsts.filter_map(|(at, _)| piece[at..].strip_prefix(TEXT_COUNT));
    let mut whole = values.filter(|value| is_last || value.len() >= COUNT_BYTES);
    whole.any(|value| text_count(value).is_none_or(|count| count > MAX_SHARED_TEXTS))
}

/// The number in `="123"`.
fn text_count(value: &[u8]) -> Option<u64> {
    let value = value.get(..value.len().min(COUNT_BYTES))?.strip_prefix(b"=\"")?;
    let digits = value.iter().position(|byte| *byte == b'"').map(|end| &value[..end])?;
    let number = std::str::from_utf8(digits).ok()?;
    number.bytes().all(|byte| byte.is_ascii_digit()).then(|| number.parse().ok())?
}

/// The archive's directory, or nothing if it is not of the plain form.
fn parts(bytes: &[u8]) -> Option<Vec<Part<'_>>> {
    let end_at = bytes.len().checked_sub(END_BYTES)?;
    let end = bytes[end_at..].strip_prefix(END_MARK)?;
    let (disks, here, count) = (u32_at(end, 0)?, u16_at(end, 4)?, u16_at(end, 6)?);
    let (size, start, comment) = (u32_at(end, 8)? as usize, u32_at(end, 12)? as usize, u16_at(end, 16)?);
    let count_fits = here == count && usize::from(count) <= MAX_PARTS;
    if disks != 0 || !count_fits || comment != 0 || start.checked_add(size)? != end_at {
        return None;
    }
    let before_end = end_at.checked_sub(ZIP64_LOCATOR_BYTES)?;
    if bytes[before_end..].starts_with(ZIP64_LOCATOR_MARK) {
        return None;
    }
    let mut rest = &bytes[start..end_at];
    let mut parts = Vec::with_capacity(usize::from(count));
    for _ in 0..count {
        let (part, after) = part(bytes, rest, start)?;
        parts.push(part);
        rest = after;
    }
    rest.is_empty().then_some(parts)
}

/// The part that the first entry of `directory` describes, and the entries after it.
fn part<'a>(bytes: &'a [u8], directory: &'a [u8], directory_at: usize) -> Option<(Part<'a>, &'a [u8])> {
    if !directory.starts_with(ENTRY_MARK) {
        return None;
    }
    let (flags, method) = (u16_at(directory, 8)?, u16_at(directory, 10)?);
    let (packed_bytes, unpacked_bytes) = (u32_at(directory, 20)? as usize, u32_at(directory, 24)?);
    let [name, extra, comment] = [28, 30, 32].map(|at| u16_at(directory, at).map(usize::from));
    let (name_end, comment) = (ENTRY_BYTES + name?, comment?);
    let extra_end = name_end + extra?;
    let local = bytes.get(u32_at(directory, 42)? as usize..directory_at)?;
    let extra_fields = directory.get(name_end..extra_end)?;
    let plain = flags & ENCRYPTED_FLAG == 0 && matches!(method, STORED | DEFLATED) && comment == 0;
    if !plain || !local.starts_with(LOCAL_MARK) || !are_harmless(extra_fields) {
        return None;
    }
    let data_at = LOCAL_BYTES + usize::from(u16_at(local, 26)?) + usize::from(u16_at(local, 28)?);
    let packed = local.get(data_at..data_at.checked_add(packed_bytes)?)?;
    let name = directory.get(ENTRY_BYTES..name_end)?;
    let part = Part { name, method, packed, unpacked_bytes: u64::from(unpacked_bytes) };
    Some((part, directory.get(extra_end..)?))
}

fn are_harmless(mut extra_fields: &[u8]) -> bool {
    while !extra_fields.is_empty() {
        let (Some(id), Some(bytes)) = (u16_at(extra_fields, 0), u16_at(extra_fields, 2)) else {
            return false;
        };
        let Some(rest) = extra_fields.get(4 + usize::from(bytes)..) else { return false };
        if REFUSED_EXTRA_FIELDS.contains(&id) {
            return false;
        }
        extra_fields = rest;
    }
    true
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}
