//! An allocator for calls that end soon: the first 256 KiB are only handed out, never taken back, which is most of what a page or a form needs.
//! What is over goes to the standard allocator, so that a tally over everybody's answers can give memory back.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;

/// Bytes that are handed out without tidying up.
const ARENA_BYTES: usize = 256 * 1024;

#[cfg_attr(target_arch = "wasm32", global_allocator)]
#[cfg_attr(
    not(target_arch = "wasm32"),
    expect(dead_code, reason = "guests run on one thread; tests elsewhere do not")
)]
static ARENA: Arena = Arena { bytes: UnsafeCell::new([0; ARENA_BYTES]), used: UnsafeCell::new(0) };

struct Arena {
    bytes: UnsafeCell<[u8; ARENA_BYTES]>,
    used: UnsafeCell<usize>,
}

// SAFETY: a guest has one thread.
unsafe impl Sync for Arena {}

// SAFETY: pieces of the arena are handed out once and never again; everything else is `System`'s.
unsafe impl GlobalAlloc for Arena {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let (bytes, used) = (self.bytes.get().cast::<u8>(), self.used.get());
        // SAFETY: one thread; `used` never passes the arena's end.
        unsafe {
            let free = bytes.add(*used);
            let start = *used + free.align_offset(layout.align());
            match start.checked_add(layout.size()) {
                Some(end) if end <= ARENA_BYTES => {
                    *used = end;
                    bytes.add(start)
                }
                _ => System.alloc(layout),
            }
        }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        if !self.has(pointer) {
            // SAFETY: not from the arena, so from `System`.
            unsafe { System.dealloc(pointer, layout) }
        }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        let new_layout = Layout::from_size_align(new_size, layout.align());
        // SAFETY: as the caller promises; the last piece of the arena may grow where it is.
        unsafe {
            if !self.has(pointer) {
                return System.realloc(pointer, layout, new_size);
            }
            let used = self.used.get();
            let start = pointer as usize - self.bytes.get() as usize;
            if start + layout.size() == *used && new_size <= ARENA_BYTES - start {
                *used = start + new_size;
                return pointer;
            }
            let Ok(new_layout) = new_layout else { return std::ptr::null_mut() };
            let new = self.alloc(new_layout);
            if !new.is_null() {
                std::ptr::copy_nonoverlapping(pointer, new, layout.size().min(new_size));
            }
            new
        }
    }
}

impl Arena {
    fn has(&self, pointer: *mut u8) -> bool {
        let start = self.bytes.get() as usize;
        (start..start + ARENA_BYTES).contains(&(pointer as usize))
    }
}
