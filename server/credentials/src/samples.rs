//! Spread-out bytes without a random source, for tests: SplitMix64 (Steele, Lea, Flood 2014).

use crate::{DerivedKey, Pepper};

/// `count` arrays of `N` bytes, the same at every run.
pub fn samples<const N: usize>(count: u64) -> impl Iterator<Item = [u8; N]> {
    (1..=count).map(|n| {
        let mut state = mix(n);
        let mut bytes = [0; N];
        for chunk in bytes.chunks_mut(8) {
            state = mix(state);
            chunk.copy_from_slice(&state.to_be_bytes()[..chunk.len()]);
        }
        bytes
    })
}

/// The key that `label` gives under the pepper that ends in `last`.
pub fn key(last: u8, label: &str) -> DerivedKey {
    let mut bytes = [7; 32];
    bytes[31] = last;
    Pepper::from_bytes(bytes).unwrap().derive(label)
}

fn mix(seed: u64) -> u64 {
    let z = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
