//! Display names: a colour and a bird, given anew in every thread.
//!
//! A *voice* is a number. The first time that somebody posts in a thread they get a number that nobody else has there, drawn
//! at random, so the same person's voices in two threads have nothing in common, not even for somebody who holds every secret
//! but the database.

use std::collections::HashSet;

use crate::clock::{Entropy, random_bytes};

/// The colours, in the order of the numbers; each has a class of its own in the stylesheet.
pub const COLOURS: [&str; 16] = [
    "Amber", "Blue", "Bronze", "Copper", "Coral", "Crimson", "Golden", "Green", "Indigo", "Ivory", "Jade",
    "Lilac", "Rose", "Scarlet", "Silver", "Teal",
];

/// The birds, in the order of the numbers.
pub const BIRDS: [&str; 40] = [
    "avocet",
    "bittern",
    "blackbird",
    "bunting",
    "buzzard",
    "chough",
    "coot",
    "crane",
    "curlew",
    "dipper",
    "dotterel",
    "dunlin",
    "egret",
    "falcon",
    "finch",
    "gannet",
    "goldcrest",
    "grebe",
    "harrier",
    "heron",
    "jackdaw",
    "kestrel",
    "kingfisher",
    "lapwing",
    "linnet",
    "martin",
    "nightjar",
    "nuthatch",
    "osprey",
    "owl",
    "pipit",
    "plover",
    "puffin",
    "robin",
    "skylark",
    "sparrow",
    "starling",
    "swallow",
    "warbler",
    "wren",
];

/// How many names there are before a number is added.
pub const NAMES: i32 = (COLOURS.len() * BIRDS.len()) as i32;

/// A voice that `taken` does not have: random among the plain names while any is free, else the next number.
pub fn draw(taken: &HashSet<i32>, entropy: &dyn Entropy) -> i32 {
    let start = u32::from_le_bytes(random_bytes(entropy)).cast_signed().rem_euclid(NAMES);
    (0..NAMES)
        .map(|step| (start + step) % NAMES)
        .chain(NAMES..)
        .find(|voice| !taken.contains(voice))
        .unwrap_or(NAMES)
}

/// What readers see: "Teal heron", or "Teal heron 2" when a thread has more people than names.
pub fn name(voice: i32) -> String {
    let plain = usize::try_from(voice.rem_euclid(NAMES)).unwrap_or_default();
    let name = format!("{} {}", COLOURS[plain / BIRDS.len()], BIRDS[plain % BIRDS.len()]);
    match voice / NAMES {
        0 => name,
        more => format!("{name} {}", more + 1),
    }
}

/// The colour of a voice, in lower case: a class of the stylesheet.
pub fn colour(voice: i32) -> String {
    let plain = usize::try_from(voice.rem_euclid(NAMES)).unwrap_or_default();
    COLOURS[plain / BIRDS.len()].to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Always(u8);
    impl Entropy for Always {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn never_the_same_voice_twice_in_a_thread() {
        let mut taken = HashSet::new();
        for _ in 0..NAMES + 3 {
            assert!(taken.insert(draw(&taken, &Always(7))));
        }
        let names: HashSet<String> = taken.iter().map(|voice| name(*voice)).collect();
        assert_eq!(names.len(), taken.len());
    }

    #[test]
    fn names() {
        assert_eq!(name(0), "Amber avocet");
        assert_eq!(name(NAMES - 1), "Teal wren");
        assert_eq!(name(NAMES), "Amber avocet 2");
        assert_eq!(colour(NAMES - 1), "teal");
    }
}
