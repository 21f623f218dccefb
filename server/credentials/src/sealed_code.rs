//! Sealed codes: single-use, shuffled, handed out like envelopes. A code *is* the credential and names nobody.

use std::fmt;

use domain::ids::{CampaignId, TenantId};
use subtle::ConstantTimeEq;
use thiserror::Error;

use crate::labels;
use crate::pepper::{Pepper, keyed_hash};

/// Random bytes in a code: 80 bits, far beyond guessing even without the rate limits.
pub const CODE_BYTES: usize = 10;
/// Letters and digits in a code, at 5 bits each.
pub const CODE_CHARACTERS: usize = 16;
/// How many stand together when a code is shown.
const GROUP_CHARACTERS: usize = 4;

/// Crockford's base 32 (<https://www.crockford.com/base32.html>): no I, L, O (they look like 1 and 0) and no U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A sealed code: 80 random bits. `Display` shows it, for the slip; `Debug` never does.
#[derive(Clone)]
pub struct SealedCode([u8; CODE_BYTES]);

keyed_hash! {
    /// What is stored of a code: HMAC-SHA256 under a key that only the pepper gives.
    CodeHash
}

/// Why what was typed is no code. Each says what to do; none repeats the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CodeRefusal {
    /// Nothing was typed.
    #[error("Type the code from your slip.")]
    Empty,
    /// Fewer letters and numbers than a code has.
    #[error(
        "Check your code. It has {CODE_CHARACTERS} letters and numbers, and you typed {found}. Some are missing."
    )]
    TooShort {
        /// How many there were.
        found: usize,
    },
    /// More letters and numbers than a code has.
    #[error(
        "Check your code. It has {CODE_CHARACTERS} letters and numbers, and you typed {found}. That is too many."
    )]
    TooLong {
        /// How many there were.
        found: usize,
    },
    /// The letter U, which codes leave out.
    #[error("Check your code. It never has the letter U. It may be a V.")]
    NeverU,
    /// A sign that is neither letter nor digit, or not of the Latin alphabet.
    #[error("Check your code. It only has the letters A to Z and the numbers 0 to 9, never “{character}”.")]
    NeverAppears {
        /// The first such sign.
        character: char,
    },
}

impl SealedCode {
    /// A code of 10 random bytes.
    pub fn from_bytes(bytes: [u8; CODE_BYTES]) -> Self {
        Self(bytes)
    }

    /// Reads what somebody typed. Small letters, spaces, dashes of any kind and look-alikes (O for 0, I and L for 1)
    /// are forgiven.
    ///
    /// # Errors
    /// A [`CodeRefusal`] for the person who typed.
    pub fn parse(typed: &str) -> Result<Self, CodeRefusal> {
        let mut bits: u128 = 0;
        let mut found = 0;
        for character in typed.chars().filter(|c| !is_spacing(*c)) {
            let digit = digit_of(character)?;
            found += 1;
            if found <= CODE_CHARACTERS {
                bits = bits << 5 | u128::from(digit);
            }
        }
        match found {
            0 => Err(CodeRefusal::Empty),
            1..CODE_CHARACTERS => Err(CodeRefusal::TooShort { found }),
            CODE_CHARACTERS => Ok(Self::from_bits(bits)),
            _ => Err(CodeRefusal::TooLong { found }),
        }
    }

    /// What to store and look up instead of the code. The same code in another tenant or campaign has another hash, so
    /// that a code opens only the campaign it was issued for.
    pub fn hash(&self, pepper: &Pepper, tenant: TenantId, campaign: CampaignId) -> CodeHash {
        let key = pepper.derive(labels::SEALED_CODES);
        CodeHash(key.mac(&[tenant.0.as_bytes(), campaign.0.as_bytes(), &self.0]))
    }

    /// The bare bytes, for a credential of the same spelling that hashes them under a label of its own.
    pub(crate) fn as_bytes(&self) -> &[u8; CODE_BYTES] {
        &self.0
    }

    fn from_bits(bits: u128) -> Self {
        let mut bytes = [0; CODE_BYTES];
        bytes.copy_from_slice(&bits.to_be_bytes()[16 - CODE_BYTES..]);
        Self(bytes)
    }

    fn bits(&self) -> u128 {
        self.0.iter().fold(0, |bits, byte| bits << 8 | u128::from(*byte))
    }
}

impl fmt::Display for SealedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = self.bits();
        for place in 0..CODE_CHARACTERS {
            if place > 0 && place % GROUP_CHARACTERS == 0 {
                f.write_str("-")?;
            }
            let digit = bits >> (5 * (CODE_CHARACTERS - 1 - place)) & 31;
            write!(f, "{}", char::from(ALPHABET[digit as usize]))?;
        }
        Ok(())
    }
}

impl fmt::Debug for SealedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedCode(secret)")
    }
}

impl PartialEq for SealedCode {
    /// In constant time.
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for SealedCode {}

/// What may stand between the letters: white space, any dash that a keyboard or a word processor makes, and the
/// characters that nobody sees and that come along with a paste.
pub(crate) fn is_spacing(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '-' | '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}'
        )
        || matches!(c, '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}')
}

fn digit_of(character: char) -> Result<u8, CodeRefusal> {
    let upper = match character.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        'U' => return Err(CodeRefusal::NeverU),
        other => other,
    };
    ALPHABET
        .iter()
        .position(|letter| char::from(*letter) == upper)
        .map(|digit| digit as u8)
        .ok_or(CodeRefusal::NeverAppears { character })
}

/// A kind of code that is spelled and read as sealed codes are, and is another type because it opens something else: the code, and why what
/// was typed is none. How it is hashed stands with each kind.
macro_rules! code_of_its_own {
    ($(#[$doc:meta])* $name:ident, $(#[$refusal_doc:meta])* $refusal:ident, $empty:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name($crate::sealed_code::SealedCode);

        $(#[$refusal_doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
        pub enum $refusal {
            /// Nothing was typed.
            #[error($empty)]
            Empty,
            /// Something that is no code.
            #[error(transparent)]
            Code($crate::sealed_code::CodeRefusal),
        }

        impl $name {
            /// A code of 10 random bytes.
            pub fn from_bytes(bytes: [u8; $crate::sealed_code::CODE_BYTES]) -> Self {
                Self($crate::sealed_code::SealedCode::from_bytes(bytes))
            }

            /// Reads what somebody typed, as forgivingly as [`SealedCode::parse`](crate::SealedCode::parse).
            ///
            /// # Errors
            /// A refusal for the person who typed.
            pub fn parse(typed: &str) -> Result<Self, $refusal> {
                use $crate::sealed_code::{CodeRefusal, SealedCode};
                SealedCode::parse(typed).map(Self).map_err(|refusal| match refusal {
                    CodeRefusal::Empty => $refusal::Empty,
                    other => $refusal::Code(other),
                })
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(secret)"))
            }
        }
    };
}
pub(crate) use code_of_its_own;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::samples;

    fn pepper(last: u8) -> Pepper {
        let mut bytes = [7; 32];
        bytes[31] = last;
        Pepper::from_bytes(bytes).unwrap()
    }

    #[test]
    fn known_shapes() {
        assert_eq!(SealedCode::from_bytes([0; 10]).to_string(), "0000-0000-0000-0000");
        assert_eq!(SealedCode::from_bytes([255; 10]).to_string(), "ZZZZ-ZZZZ-ZZZZ-ZZZZ");
        let one = SealedCode::from_bytes([0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        assert_eq!(one.to_string(), "0000-0000-0000-0001");
        let first = SealedCode::from_bytes([8, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(first.to_string(), "1000-0000-0000-0000");
    }

    #[test]
    fn every_code_comes_back_however_it_is_typed() {
        for bytes in samples(2_000) {
            let code = SealedCode::from_bytes(bytes);
            let shown = code.to_string();
            let typings = [
                shown.clone(),
                shown.to_lowercase(),
                shown.replace('-', ""),
                shown.replace('-', " – "),
                shown.replace('-', "\u{2011}"),
                format!("\u{FEFF} {}\n", shown.replace('-', "\u{2212}\t")),
                shown.replace('0', "O").replace('1', "l"),
                shown.replace('0', "o").replace('1', "I"),
                shown.chars().flat_map(|c| [c, '\u{200B}']).collect(),
            ];
            for typed in typings {
                assert!(SealedCode::parse(&typed).is_ok_and(|parsed| parsed == code), "{typed:?}");
            }
        }
    }

    #[test]
    fn two_codes_never_look_alike() {
        let shown: std::collections::HashSet<_> =
            samples(2_000).map(|bytes| SealedCode::from_bytes(bytes).to_string()).collect();
        assert_eq!(shown.len(), 2_000);
        for letter in ['I', 'L', 'O', 'U'] {
            assert!(shown.iter().all(|code| !code.contains(letter)));
        }
    }

    #[test]
    fn refusals_say_what_to_do() {
        let refusal = |typed: &str| SealedCode::parse(typed).unwrap_err();
        assert_eq!(refusal(" - – "), CodeRefusal::Empty);
        assert_eq!(refusal("ABCD-EFGH-JKMN-PQR"), CodeRefusal::TooShort { found: 15 });
        assert_eq!(refusal("ABCD-EFGH-JKMN-PQRS-T"), CodeRefusal::TooLong { found: 17 });
        assert_eq!(refusal(&"A".repeat(100_000)), CodeRefusal::TooLong { found: 100_000 });
        assert_eq!(refusal("ABCD-EFGH-JKMN-PQRu"), CodeRefusal::NeverU);
        assert_eq!(refusal("ABCD-EFGH-JKMN-PQR!"), CodeRefusal::NeverAppears { character: '!' });
        assert_eq!(refusal("ΑΒCD"), CodeRefusal::NeverAppears { character: 'Α' });
        assert_eq!(
            refusal("ABC").to_string(),
            "Check your code. It has 16 letters and numbers, and you typed 3. Some are missing."
        );
    }

    #[test]
    fn the_hash_depends_on_everything() {
        let (bsol, hhft) = (TenantId::named(&["bsol"]), TenantId::named(&["hhft"]));
        let (first, second) = (CampaignId::named(&["bsol", "1"]), CampaignId::named(&["bsol", "2"]));
        for bytes in samples(200) {
            let code = SealedCode::from_bytes(bytes);
            let hash = code.hash(&pepper(1), bsol, first);
            assert_eq!(hash, SealedCode::parse(&code.to_string()).unwrap().hash(&pepper(1), bsol, first));
            assert_ne!(hash, code.hash(&pepper(1), hhft, first));
            assert_ne!(hash, code.hash(&pepper(1), bsol, second));
            assert_ne!(hash, code.hash(&pepper(2), bsol, first));
            let mut flipped = bytes;
            flipped[9] ^= 1;
            assert_ne!(hash, SealedCode::from_bytes(flipped).hash(&pepper(1), bsol, first));
        }
    }

    #[test]
    fn debug_says_nothing() {
        let code = SealedCode::from_bytes([1; 10]);
        let hash = code.hash(&pepper(1), TenantId::named(&["t"]), CampaignId::named(&["c"]));
        assert_eq!(format!("{code:?} {hash:?}"), "SealedCode(secret) CodeHash(…)");
    }
}
