//! What deleted rows left behind: bytes in free pages, and in the free parts of pages in use.

use std::collections::HashSet;

use super::Schema;
use super::pages::{HEADER_BYTES, Pages, number};
use super::tree::walk;
use crate::dumps::Remnant;

/// The remnants of the trees of `schema`, and of the free pages.
pub fn find(pages: &mut Pages<'_>, schema: &[Schema]) -> Vec<Remnant> {
    let mut found: Vec<Remnant> = Vec::new();
    let mut note = |place: String, bytes: u64, by_splits: bool| {
        if bytes > 0 {
            found.push(Remnant { place, bytes, by_splits });
        }
    };
    note("free pages".to_owned(), in_free_pages(pages), false);
    for table in schema {
        let (mut gaps, mut blocks) = (0, 0);
        // A tree that cannot be walked was refused before.
        let _ = walk(pages, table.root, &mut HashSet::new(), &mut |pages, page, read| {
            let pointers = 2 * read.cells.len() + if read.last_child.is_some() { 12 } else { 8 };
            let content = pages.get(page).and_then(|bytes| bytes.get(..pages.usable)).unwrap_or_default();
            let start = if page == 1 { HEADER_BYTES } else { 0 };
            gaps += in_gap(content, start, pointers);
            blocks += in_freed_blocks(content, start);
            Ok(())
        });
        note(format!("deleted or moved rows of {}", table.name), blocks, false);
        note(format!("unused parts of the pages of {}", table.name), gaps, true);
    }
    found
}

/// Bytes other than zero between the cells' pointers and the cells.
fn in_gap(page: &[u8], start: usize, pointers: usize) -> u64 {
    let cells = match number(page, start + 5, 2) {
        Some(0) => 65_536,
        Some(offset) => offset as usize,
        None => return 0,
    };
    page.get(start + pointers..cells.min(page.len())).map_or(0, written)
}

/// Bytes other than zero in the blocks that deleted cells became.
fn in_freed_blocks(page: &[u8], start: usize) -> u64 {
    let mut bytes = 0;
    let mut block = number(page, start + 1, 2).unwrap_or_default() as usize;
    // Blocks lie in ascending order, or the chain is damaged.
    while block != 0 {
        let (Some(next), Some(length)) = (number(page, block, 2), number(page, block + 2, 2)) else { break };
        // The first four bytes are the block's own links.
        bytes += page.get(block + 4..block + length as usize).map_or(0, written);
        if next as usize <= block {
            break;
        }
        block = next as usize;
    }
    bytes
}

fn in_free_pages(pages: &Pages<'_>) -> u64 {
    let mut bytes = 0;
    let mut seen = HashSet::new();
    let mut trunk = pages.get(1).and_then(|page| number(page, 32, 4)).unwrap_or_default();
    while trunk != 0 && seen.insert(trunk) {
        let Some(page) = pages.get(trunk) else { break };
        let count = number(page, 4, 4).unwrap_or_default() as usize;
        let count = count.min((pages.usable - 8) / 4);
        for place in 0..count {
            let leaf = number(page, 8 + 4 * place, 4).unwrap_or_default();
            if seen.insert(leaf) {
                bytes += pages.get(leaf).map_or(0, written);
            }
        }
        bytes += page.get(8 + 4 * count..).map_or(0, written);
        trunk = number(page, 0, 4).unwrap_or_default();
    }
    bytes
}

fn written(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte != 0).count() as u64
}
