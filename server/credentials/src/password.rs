//! Passwords of named people: Argon2id (RFC 9106) at the cost that OWASP's Password Storage Cheat Sheet names, and the rules of NIST
//! SP 800-63B for choosing one: long enough, not one that everybody tries first, and nothing about which letters it must have.
//!
//! One verification takes tens of milliseconds and [`MEMORY_KIB`]: whoever calls keeps it off the threads that serve requests, and
//! bounds how many run at once. How often somebody may try is the caller's, too.

use std::fmt;

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use crate::pepper::DerivedKey;

/// The fewest characters of a new password.
pub const SHORTEST: usize = 12;
/// The most characters of a password.
pub const LONGEST: usize = 128;
/// The fewest different characters of a new password: fewer is one key held down, or a short pattern.
pub const FEWEST_DIFFERENT: usize = 5;
/// A word about the person or the service counts from this many characters on: a shorter one turns up by chance.
pub const SHORTEST_WORD: usize = 4;
/// Random bytes of salt, by RFC 9106 section 3.1.
pub const SALT_BYTES: usize = 16;
/// Memory of one hash, in KiB: 19 MiB.
pub const MEMORY_KIB: u32 = 19 * 1_024;
/// Passes over the memory.
pub const PASSES: u32 = 2;
/// Threads of one hash.
pub const LANES: u32 = 1;

/// The passwords of [`SHORTEST`] characters and more that are tried first, in small letters, one a line.
const COMMON: &str = include_str!("password/common.txt");
/// What a try for an account that does not exist is compared with.
const NOBODYS_SALT: [u8; SALT_BYTES] = [0x5a; SALT_BYTES];

/// What somebody typed as their password, in one spelling of its accents (NFKC). `Debug` does not show it.
#[derive(Clone)]
pub struct Password(String);

/// What is stored of a password: a PHC string (`$argon2id$v=19$m=…`) with its salt and cost. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

/// Why a new password is refused. Each says what to do; none repeats it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PasswordRefusal {
    /// Too few characters.
    #[error(
        "Choose a longer password: at least {SHORTEST} characters. Three or four words together are good."
    )]
    TooShort,
    /// Too many characters.
    #[error("Choose a shorter password: at most {LONGEST} characters.")]
    TooLong,
    /// One of those that are tried first.
    #[error("Choose another password: many people use this one, so it is tried first.")]
    Common,
    /// One key held down, or a short pattern.
    #[error("Choose another password: this one has fewer than {FEWEST_DIFFERENT} different characters.")]
    Repetitive,
    /// It holds the person's or the service's name.
    #[error("Choose another password: leave out your name, your email address and the name of this service.")]
    AboutYou,
}

/// A stored hash that cannot be read: the database was damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a stored password hash is not a PHC string of Argon2id")]
pub struct PasswordHashFault;

impl Password {
    /// What somebody typed to sign in. Anything may be typed; what is too long to be anybody's is cut to something that is nobody's.
    pub fn typed(text: &str) -> Self {
        Self(text.nfkc().take(LONGEST + 1).collect())
    }

    /// A new password. `about` are words that it must not hold, in any letters: the person's name, what stands before the @ of their
    /// address, the service's name. Those shorter than [`SHORTEST_WORD`] do not count.
    ///
    /// # Errors
    /// A [`PasswordRefusal`] for the person who chooses.
    pub fn choose(text: &str, about: &[&str]) -> Result<Self, PasswordRefusal> {
        let password = Self::typed(text);
        match password.0.chars().count() {
            ..SHORTEST => return Err(PasswordRefusal::TooShort),
            SHORTEST..=LONGEST => {}
            _ => return Err(PasswordRefusal::TooLong),
        }
        let small = password.0.to_lowercase();
        if COMMON.lines().any(|common| common == small) {
            return Err(PasswordRefusal::Common);
        }
        let mut different: Vec<char> = small.chars().collect();
        different.sort_unstable();
        different.dedup();
        if different.len() < FEWEST_DIFFERENT {
            return Err(PasswordRefusal::Repetitive);
        }
        let words = about.iter().map(|word| word.nfkc().collect::<String>().to_lowercase());
        let mut counting = words.filter(|word| word.chars().count() >= SHORTEST_WORD);
        match counting.any(|word| small.contains(&word)) {
            true => Err(PasswordRefusal::AboutYou),
            false => Ok(password),
        }
    }

    /// What to store. `salt` must be random; `key` comes from [`labels::PASSWORDS`](crate::labels::PASSWORDS), so that whoever steals
    /// the database alone cannot try passwords against it.
    pub fn hash(&self, key: &DerivedKey, salt: [u8; SALT_BYTES]) -> PasswordHash {
        let hash = argon2(key).hash_password_with_salt(self.0.as_bytes(), &salt);
        PasswordHash(hash.expect("Argon2 takes every password and a salt of 16 bytes").to_string())
    }

    /// The work of [`PasswordHash::fits`] for an account that does not exist or has no password, so that the time of an answer says
    /// nothing about who has an account.
    pub fn fits_nobody(&self, key: &DerivedKey) {
        std::hint::black_box(self.hash(key, NOBODYS_SALT));
    }
}

impl PasswordHash {
    /// A hash as it was stored.
    ///
    /// # Errors
    /// [`PasswordHashFault`] for anything that no [`Password::hash`] made.
    pub fn from_stored(text: String) -> Result<Self, PasswordHashFault> {
        match argon2::PasswordHash::new(&text) {
            Ok(hash) if hash.algorithm == argon2::ARGON2ID_IDENT => Ok(Self(text)),
            _ => Err(PasswordHashFault),
        }
    }

    /// The PHC string, for storage.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the hash of `password`, at the cost that stands in it. Compares in constant time.
    pub fn fits(&self, password: &Password, key: &DerivedKey) -> bool {
        let hash = argon2::PasswordHash::new(&self.0);
        hash.is_ok_and(|hash| argon2(key).verify_password(password.0.as_bytes(), &hash).is_ok())
    }

    /// Whether it was made at another cost than today's: hash the password again, now that it was typed.
    pub fn is_outdated(&self) -> bool {
        let hash = argon2::PasswordHash::new(&self.0);
        let made = hash.ok().and_then(|hash| Params::try_from(&hash).ok());
        made.is_none_or(|made| (made.m_cost(), made.t_cost(), made.p_cost()) != (MEMORY_KIB, PASSES, LANES))
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(secret)")
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

fn argon2(key: &DerivedKey) -> Argon2<'_> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("the cost is within RFC 9106's bounds");
    Argon2::new_with_secret(key.as_bytes(), Algorithm::Argon2id, Version::V0x13, params)
        .expect("Argon2 takes a secret of 32 bytes")
}

#[cfg(test)]
mod tests;
