//! The write-ahead log: which frames count, and to which transaction each belongs.

use std::collections::HashMap;

use super::pages::number;

/// The log's header, bytes.
const HEADER_BYTES: usize = 32;
/// A frame's header, bytes.
const FRAME_BYTES: usize = 24;
/// How a log begins; the last bit tells the order of bytes in checksums.
const MAGIC: u32 = 0x377f_0682;

/// The frames that count, by transaction.
#[derive(Default)]
pub struct Log<'a> {
    /// A page's length, bytes.
    pub page_size: Option<usize>,
    /// For each transaction, the pages it wrote.
    pub commits: Vec<Vec<(u32, &'a [u8])>>,
    /// Bytes other than zero behind the last transaction: unfinished ones, and those of earlier uses of the log.
    pub stale_bytes: u64,
}

impl<'a> Log<'a> {
    /// Reads what SQLite itself would: up to the last commit whose salts and checksums are right.
    pub fn read(bytes: &'a [u8]) -> Self {
        let mut log = Self::default();
        let mut end = 0;
        if let Some(header) = Header::read(bytes) {
            log.page_size = Some(header.page_size);
            end = HEADER_BYTES;
            let mut sums = header.sums;
            let (mut open, mut at) = (Vec::new(), HEADER_BYTES);
            while let Some((frame, page)) = header.frame(bytes, at, &mut sums) {
                at += FRAME_BYTES + header.page_size;
                open.push((frame.page, page));
                if frame.commits {
                    log.commits.push(std::mem::take(&mut open));
                    end = at;
                }
            }
        }
        let behind = bytes.get(end..).unwrap_or_default();
        log.stale_bytes = behind.iter().filter(|byte| **byte != 0).count() as u64;
        log
    }

    /// The last version of each page.
    pub fn pages(&self) -> HashMap<u32, &'a [u8]> {
        self.commits.iter().flatten().copied().collect()
    }
}

struct Header {
    page_size: usize,
    salts: (u32, u32),
    big_endian: bool,
    sums: (u32, u32),
}

struct Frame {
    page: u32,
    commits: bool,
}

impl Header {
    fn read(bytes: &[u8]) -> Option<Self> {
        let magic = number(bytes, 0, 4)?;
        let page_size = number(bytes, 8, 4)? as usize;
        let right = magic & !1 == MAGIC && page_size.is_power_of_two() && (512..=65_536).contains(&page_size);
        let big_endian = magic & 1 == 1;
        let sums = sums(bytes.get(..24)?, big_endian, (0, 0));
        let told = (number(bytes, 24, 4)?, number(bytes, 28, 4)?);
        let salts = (number(bytes, 16, 4)?, number(bytes, 20, 4)?);
        (right && sums == told).then_some(Self { page_size, salts, big_endian, sums })
    }

    /// The frame at `at`, if it counts; `so_far` goes on to the sums behind it.
    fn frame<'a>(&self, bytes: &'a [u8], at: usize, so_far: &mut (u32, u32)) -> Option<(Frame, &'a [u8])> {
        let header = bytes.get(at..at.checked_add(FRAME_BYTES)?)?;
        let page = bytes.get(at + FRAME_BYTES..)?.get(..self.page_size)?;
        let field = |place| number(header, place, 4);
        let found = sums(page, self.big_endian, sums(&header[..8], self.big_endian, *so_far));
        if (field(8)?, field(12)?) != self.salts || (field(16)?, field(20)?) != found {
            return None;
        }
        *so_far = found;
        Some((Frame { page: field(0)?, commits: field(4)? != 0 }, page))
    }
}

/// The log's checksum over `bytes`, going on from `start`.
fn sums(bytes: &[u8], big_endian: bool, start: (u32, u32)) -> (u32, u32) {
    let words = bytes.chunks_exact(8).map(|pair| {
        let word = |at| {
            let word = [pair[at], pair[at + 1], pair[at + 2], pair[at + 3]];
            if big_endian { u32::from_be_bytes(word) } else { u32::from_le_bytes(word) }
        };
        (word(0), word(4))
    });
    words.fold(start, |(first, second), (left, right)| {
        let first = first.wrapping_add(left).wrapping_add(second);
        (first, second.wrapping_add(right).wrapping_add(first))
    })
}
