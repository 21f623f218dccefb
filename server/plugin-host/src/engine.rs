//! How guests are compiled and run: one engine a class, and the thread that counts time for both.

use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::{self, Thread};

use sha2::{Digest, Sha256};
use wasmtime::{Config, Enabled, Engine, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig};

use crate::limits::{CALL_STACK, Class, TABLE_ELEMENTS, TICK, WASM_STACK};

/// Address space of each memory, bytes: all that a guest can name, so that accesses need not be compared with the memory's end first (decision 23).
/// Memory itself is only taken as a guest grows, up to its class' bound.
const MEMORY_RESERVED: u64 = 4 * 1024 * 1024 * 1024;
/// Address space after a memory in which an access is caught, bytes: as far as code adds to what it names.
const MEMORY_GUARD: u64 = 32 * 1024 * 1024;
/// Bytes that one component's own bookkeeping may take.
const BOOKKEEPING: usize = 1024 * 1024;
/// Bytes of a table that stay in place between calls, zeroed.
const TABLE_KEPT: usize = 64 * 1024;
/// Bytes of a stack that stay in place between calls, zeroed.
const STACK_KEPT: usize = 64 * 1024;

/// This machine cannot run guests.
#[derive(Debug, thiserror::Error)]
#[error("this machine cannot run round types: {0}")]
pub struct EngineFault(String);

impl From<wasmtime::Error> for EngineFault {
    fn from(error: wasmtime::Error) -> Self {
        Self(format!("{error:#}"))
    }
}

impl From<std::io::Error> for EngineFault {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}

/// The engine that compiles, for both classes alike; runs nothing, reserves nothing.
pub(crate) fn compiling() -> Result<Engine, EngineFault> {
    Ok(Engine::new(&settings())?)
}

/// The engine that runs guests of `class`, with room for all that may run at a time.
pub(crate) fn running(class: Class) -> Result<Engine, EngineFault> {
    let mut config = settings();
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(class)));
    Ok(Engine::new(&config)?)
}

/// Stands for wasmtime's version and every setting that compiled code depends on: what differs in it is compiled again.
pub(crate) fn fingerprint(engine: &Engine) -> [u8; 32] {
    let mut fingerprint = Fingerprint(Sha256::new());
    engine.precompile_compatibility_hash().hash(&mut fingerprint);
    fingerprint.0.finalize().into()
}

struct Fingerprint(Sha256);

impl Hasher for Fingerprint {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Nobody asks for the short form.
    fn finish(&self) -> u64 {
        0
    }
}

/// What compiled code depends on: both engines have it alike.
pub(crate) fn settings() -> Config {
    let mut config = Config::new();
    config.epoch_interruption(true);
    config.cranelift_opt_level(OptLevel::Speed);
    // The same bits on every machine: a round is replayed.
    config.cranelift_nan_canonicalization(true);
    config.wasm_relaxed_simd(false);
    config.max_wasm_stack(WASM_STACK);
    config.async_stack_size(CALL_STACK);
    config.memory_reservation(MEMORY_RESERVED);
    config.memory_guard_size(MEMORY_GUARD);
    config
}

fn pool(class: Class) -> PoolingAllocationConfig {
    let size = class.size();
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(size.at_once);
    pool.total_core_instances(size.at_once * size.core_instances);
    pool.total_memories(size.at_once * size.memories);
    pool.total_tables(size.at_once * size.core_instances);
    pool.total_stacks(size.at_once);
    pool.max_core_instances_per_component(size.core_instances);
    pool.max_memories_per_component(size.memories);
    pool.max_memories_per_module(size.memories);
    pool.max_tables_per_component(size.core_instances);
    pool.max_component_instance_size(BOOKKEEPING);
    pool.max_core_instance_size(BOOKKEEPING);
    pool.max_memory_size(size.memory);
    pool.table_elements(TABLE_ELEMENTS);
    pool.table_keep_resident(TABLE_KEPT);
    pool.linear_memory_keep_resident(size.keep_resident);
    pool.async_stack_keep_resident(STACK_KEPT);
    // Resets only the pages that were written (Linux 6.7 and later); otherwise as without.
    pool.pagemap_scan(Enabled::Auto);
    pool
}

/// Counts time for guests while there are any, until it is dropped.
pub(crate) struct Ticker {
    running: Arc<AtomicU32>,
    stopped: Arc<AtomicBool>,
    thread: Thread,
}

impl Ticker {
    pub(crate) fn start(engines: Vec<Engine>) -> Result<Self, EngineFault> {
        let (running, stopped) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicBool::new(false)));
        let (guests, stop) = (Arc::clone(&running), Arc::clone(&stopped));
        let ticking = thread::Builder::new().name("plugin-ticker".to_owned()).spawn(move || {
            while !stop.load(Ordering::SeqCst) {
                if guests.load(Ordering::SeqCst) == 0 {
                    // Until a guest begins. One that began since has left word, and this returns at once.
                    thread::park();
                } else {
                    thread::sleep(TICK);
                    engines.iter().for_each(Engine::increment_epoch);
                }
            }
        })?;
        Ok(Self { running, stopped, thread: ticking.thread().clone() })
    }

    /// Counts time until what it gives is dropped.
    pub(crate) fn count(&self) -> Counting {
        if self.running.fetch_add(1, Ordering::SeqCst) == 0 {
            self.thread.unpark();
        }
        Counting(Arc::clone(&self.running))
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        self.thread.unpark();
    }
}

/// A guest whose time is counted.
pub(crate) struct Counting(Arc<AtomicU32>);

impl Drop for Counting {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
