//! B-tree pages: their cells, the rows in the cells, and walking a tree.

use std::collections::HashSet;

use super::pages::{HEADER_BYTES, Pages, number};
use super::record::varint;
use crate::dumps::{DumpRefusal, MAX_ROWS, at_most};

/// How deep a tree may be; SQLite's own limit.
const MAX_DEPTH: usize = 20;

/// One page of a b-tree.
pub struct TreePage<'a> {
    /// The cells, in the order of their keys.
    pub cells: Vec<Cell<'a>>,
    /// The last child of an inner page.
    pub last_child: Option<u32>,
    /// It belongs to a tree of rowids, not of keys.
    pub by_rowid: bool,
}

/// One cell.
pub struct Cell<'a> {
    /// Where it begins in its page, bytes.
    pub offset: u32,
    /// The child before it, on inner pages.
    pub child: Option<u32>,
    /// Its rowid, in tables that have them.
    pub rowid: Option<i64>,
    /// Its record, except on inner pages of tables.
    record: Option<Record<'a>>,
}

/// A record: the part in the page, the page where it goes on, and its whole length.
struct Record<'a> {
    local: &'a [u8],
    overflow: Option<u32>,
    length: usize,
}

impl<'a> TreePage<'a> {
    /// Reads the page called `page`.
    pub fn read(pages: &Pages<'a>, page: u32) -> Result<Self, DumpRefusal> {
        let bytes = pages.get(page).ok_or(DumpRefusal::Page { page, what: "it is missing" })?;
        Self::of(bytes, page, pages.usable)
            .ok_or(DumpRefusal::Page { page, what: "it is no page of a table, or damaged" })
    }

    /// Reads the bytes of a page; none if they are no b-tree page.
    pub fn of(bytes: &'a [u8], page: u32, usable: usize) -> Option<Self> {
        let bytes = bytes.get(..usable)?;
        let start = if page == 1 { HEADER_BYTES } else { 0 };
        let (by_rowid, inner) = match bytes.get(start)? {
            2 => (false, true),
            5 => (true, true),
            10 => (false, false),
            13 => (true, false),
            _ => return None,
        };
        let count = number(bytes, start + 3, 2)? as usize;
        let last_child = if inner { Some(number(bytes, start + 8, 4)?) } else { None };
        let pointers = start + if inner { 12 } else { 8 };
        let cells = (0..count).map(|place| {
            let offset = number(bytes, pointers + 2 * place, 2)?;
            Cell::of(bytes, offset, by_rowid, inner)
        });
        Some(Self { cells: cells.collect::<Option<_>>()?, last_child, by_rowid })
    }

    /// The pages below this one, in the order of keys.
    pub fn children(&self) -> impl Iterator<Item = u32> {
        self.cells.iter().filter_map(|cell| cell.child).chain(self.last_child)
    }
}

impl<'a> Cell<'a> {
    fn of(page: &'a [u8], offset: u32, by_rowid: bool, inner: bool) -> Option<Self> {
        let mut rest = page.get(offset as usize..)?;
        let child = if inner { Some(take(&mut rest)?) } else { None };
        if inner && by_rowid {
            return Some(Self { offset, child, rowid: None, record: None });
        }
        let length = usize::try_from(varint(&mut rest)?).ok()?;
        let rowid = if by_rowid { Some(varint(&mut rest)? as i64) } else { None };
        let local = local_bytes(length, page.len(), by_rowid);
        let (local, mut after) = rest.split_at_checked(local)?;
        let overflow = if local.len() < length { Some(take(&mut after)?) } else { None };
        Some(Self { offset, child, rowid, record: Some(Record { local, overflow, length }) })
    }

    /// The whole record, from all its pages.
    pub fn record(&self, pages: &mut Pages<'a>) -> Option<Vec<u8>> {
        let Some(Record { local, overflow, length }) = &self.record else { return Some(Vec::new()) };
        pages.spend(*length)?;
        let mut record = local.to_vec();
        let mut next = *overflow;
        // Every page holds something of it, so that a chain in a circle ends.
        while record.len() < *length {
            let bytes = pages.get(next?)?.get(..pages.usable)?;
            let (link, content) = bytes.split_at_checked(4)?;
            next = number(link, 0, 4);
            record.extend(content.iter().take(length - record.len()));
        }
        Some(record)
    }
}

fn take(bytes: &mut &[u8]) -> Option<u32> {
    let value = number(bytes, 0, 4)?;
    *bytes = &bytes[4..];
    Some(value)
}

/// How much of a record lies in its own page: "Cell Payload Overflow Pages" of the file format.
fn local_bytes(length: usize, usable: usize, by_rowid: bool) -> usize {
    let most = if by_rowid { usable - 35 } else { (usable - 12) * 64 / 255 - 23 };
    if length <= most {
        return length;
    }
    let least = (usable - 12) * 32 / 255 - 23;
    let even = least + (length - least) % (usable - 4);
    if even <= most { even } else { least }
}

/// Every page of the tree below `root`, a page before those behind it; `seen` keeps trees apart and ends circles.
pub fn walk<'a>(
    pages: &mut Pages<'a>,
    root: u32,
    seen: &mut HashSet<u32>,
    visit: &mut impl FnMut(&mut Pages<'a>, u32, &TreePage<'a>) -> Result<(), DumpRefusal>,
) -> Result<(), DumpRefusal> {
    let mut open = vec![(root, 0)];
    while let Some((page, depth)) = open.pop() {
        enter(page, depth, seen)?;
        let read = TreePage::read(pages, page)?;
        visit(pages, page, &read)?;
        let children: Vec<_> = read.children().collect();
        open.extend(children.into_iter().rev().map(|child| (child, depth + 1)));
    }
    Ok(())
}

/// A row as a tree holds it.
pub struct Found {
    /// Its page.
    pub page: u32,
    /// Its cell's place in the page.
    pub offset: u32,
    /// Its rowid, if it has one.
    pub rowid: Option<i64>,
    /// Its record.
    pub record: Vec<u8>,
}

/// All rows of the tree below `root`, in the order of their keys; inner pages of trees by key hold rows too.
pub fn rows(pages: &mut Pages<'_>, root: u32, seen: &mut HashSet<u32>) -> Result<Vec<Found>, DumpRefusal> {
    let mut found = Vec::new();
    gather(pages, root, 0, seen, &mut found)?;
    Ok(found)
}

fn gather(
    pages: &mut Pages<'_>,
    page: u32,
    depth: usize,
    seen: &mut HashSet<u32>,
    found: &mut Vec<Found>,
) -> Result<(), DumpRefusal> {
    enter(page, depth, seen)?;
    let read = TreePage::read(pages, page)?;
    for cell in &read.cells {
        if let Some(child) = cell.child {
            gather(pages, child, depth + 1, seen, found)?;
        }
        if cell.record.is_some() {
            at_most("rows", found.len() + 1, MAX_ROWS)?;
            let record = cell.record(pages);
            let record = record.ok_or(DumpRefusal::Page { page, what: "a row goes on where nothing is" })?;
            found.push(Found { page, offset: cell.offset, rowid: cell.rowid, record });
        }
    }
    match read.last_child {
        Some(child) => gather(pages, child, depth + 1, seen, found),
        None => Ok(()),
    }
}

/// Refuses a page that was entered before, and trees that are too deep.
fn enter(page: u32, depth: usize, seen: &mut HashSet<u32>) -> Result<(), DumpRefusal> {
    if depth > MAX_DEPTH || !seen.insert(page) {
        return Err(DumpRefusal::Page { page, what: "it is in the tree twice, or the tree is too deep" });
    }
    Ok(())
}
