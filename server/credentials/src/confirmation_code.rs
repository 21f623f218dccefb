//! Confirmation codes: the 8 digits that are sent to an address, to show that whoever signs up can read its mail.
//!
//! Derived, not stored: from what the asking browser's cookie holds, the address and the window of time. So a code is worth nothing
//! in another browser, for another address or later. 8 digits can be guessed: whoever checks them must count attempts (web).

use std::fmt;

use subtle::ConstantTimeEq;

use crate::pepper::DerivedKey;
use crate::sealed_code::is_spacing;

/// How many digits a code has.
pub const CONFIRMATION_DIGITS: usize = 8;
/// How many codes there are.
const CODES: u128 = 100_000_000;
/// How many digits stand together when a code is shown.
const GROUP_DIGITS: usize = 4;

/// A confirmation code. `Display` shows it as `1234 5678`, for the email; `Debug` never does.
#[derive(Clone)]
pub struct ConfirmationCode([u8; CONFIRMATION_DIGITS]);

impl ConfirmationCode {
    /// The code for one browser, address and window. `key` comes from
    /// [`labels::CONFIRMATION_CODES`](crate::labels::CONFIRMATION_CODES); `binding` is what the browser's cookie holds; `email` in
    /// the one spelling that the roll uses; `window` is the time divided by the length of a window, whatever that is.
    ///
    /// The code is a 128-bit number modulo 10⁸: no code is more likely than another by more than one part in 2¹⁰¹.
    pub fn derive(key: &DerivedKey, binding: &str, email: &str, window: i64) -> Self {
        let mac = key.mac(&[binding.as_bytes(), email.as_bytes(), &window.to_be_bytes()]);
        let number = mac[..16].iter().fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
        let mut rest = number % CODES;
        let mut digits = [b'0'; CONFIRMATION_DIGITS];
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        Self(digits)
    }

    /// Whether somebody typed this code. Spaces and hyphens are forgiven, anywhere. Compares in constant time.
    pub fn matches(&self, typed: &str) -> bool {
        let mut digits = [0; CONFIRMATION_DIGITS];
        for (place, character) in typed.chars().filter(|c| !is_spacing(*c)).enumerate() {
            if place == CONFIRMATION_DIGITS || !character.is_ascii_digit() {
                return false;
            }
            digits[place] = character as u8;
        }
        // A short entry leaves zero bytes, which are no digits.
        digits.ct_eq(&self.0).into()
    }
}

impl fmt::Display for ConfirmationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, digit) in self.0.iter().enumerate() {
            if place > 0 && place % GROUP_DIGITS == 0 {
                f.write_str(" ")?;
            }
            write!(f, "{}", char::from(*digit))?;
        }
        Ok(())
    }
}

impl fmt::Debug for ConfirmationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConfirmationCode(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labels;
    use crate::samples::{key, samples};

    fn code(binding: &str, email: &str, window: i64) -> ConfirmationCode {
        ConfirmationCode::derive(&key(1, labels::CONFIRMATION_CODES), binding, email, window)
    }

    #[test]
    fn typed_with_spaces_or_hyphens_or_neither() {
        for bytes in samples::<32>(500) {
            let code = code(&hex::encode(bytes), "a@example.org", 7);
            let shown = code.to_string();
            assert_eq!((shown.len(), &shown[4..5]), (9, " "));
            let bare = shown.replace(' ', "");
            let dashed: String = bare.chars().flat_map(|c| [c, '-']).collect();
            for typed in [&shown, &bare, &dashed, &format!("\u{FEFF} {}\n", shown.replace(' ', "\u{2011}"))] {
                assert!(code.matches(typed), "{typed}");
            }
            let other_digit = if bare.starts_with('0') { "1" } else { "0" };
            let wrong = format!("{other_digit}{}", &bare[1..]);
            for typed in
                ["", &bare[1..], &bare[..7], &format!("{bare}0"), &wrong, &format!("{}x", &bare[..7])]
            {
                assert!(!code.matches(typed), "{typed}");
            }
            assert!(!code.matches(&"0".repeat(100_000)));
            assert!(!code.matches("\0\0\0\0\0\0\0\0"));
        }
    }

    #[test]
    fn browser_address_window_and_key_all_count() {
        let known = code("ab", "c@example.org", 7).to_string();
        assert_eq!(known, code("ab", "c@example.org", 7).to_string());
        assert_ne!(known, code("abc", "@example.org", 7).to_string());
        assert_ne!(known, code("ab", "d@example.org", 7).to_string());
        assert_ne!(known, code("ab", "c@example.org", 8).to_string());
        let other = key(2, labels::CONFIRMATION_CODES);
        assert_ne!(known, ConfirmationCode::derive(&other, "ab", "c@example.org", 7).to_string());
    }

    /// Chi-squared over the ten digits in each place, 9 degrees of freedom: above 35 once in 20,000 for uniform digits, and the
    /// samples are fixed.
    #[test]
    fn every_digit_is_as_likely_in_every_place() {
        const COUNT: u64 = 20_000;
        let mut counts = [[0_u64; 10]; CONFIRMATION_DIGITS];
        for window in 0..COUNT {
            for (place, digit) in code("b", "e@example.org", window as i64).0.iter().enumerate() {
                counts[place][usize::from(digit - b'0')] += 1;
            }
        }
        for place in counts {
            let expected = COUNT as f64 / 10.0;
            let deviation: f64 = place.iter().map(|n| (*n as f64 - expected).powi(2) / expected).sum();
            assert!(deviation < 35.0, "{place:?}");
        }
    }

    #[test]
    fn debug_says_nothing() {
        assert_eq!(format!("{:?}", code("b", "e", 1)), "ConfirmationCode(secret)");
    }
}
