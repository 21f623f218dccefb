//! What round types are told instead of ids: names that fit one round and nothing else, and chance that stays.

use crate::labels;
use crate::pepper::Pepper;

/// A participant's name in one round: HMAC-SHA256 of both. In another round they have another, and only the pepper tells that both are one.
pub fn round_token(pepper: &Pepper, round: &[u8], participant: &[u8]) -> [u8; 32] {
    pepper.derive(labels::ROUND_TOKENS).mac(&[round, participant])
}

/// A round's name that says nothing about its tenant or campaign.
pub fn round_name(pepper: &Pepper, round: &[u8]) -> [u8; 32] {
    pepper.derive(labels::ROUND_NAMES).mac(&[round])
}

/// Chance that stays the same for one participant in one round; nobody else's.
pub fn round_seed(pepper: &Pepper, token: &[u8]) -> u64 {
    let mac = pepper.derive(labels::ROUND_SEEDS).mac(&[token]);
    let mut seed = [0; 8];
    seed.copy_from_slice(&mac[..8]);
    u64::from_le_bytes(seed)
}

/// The key that binds compiled round types to this server.
pub fn compiled_code_key(pepper: &Pepper) -> [u8; 32] {
    *pepper.derive(labels::COMPILED_ROUND_TYPES).as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_fits_one_participant_in_one_round() {
        let mut bytes = [7; 32];
        bytes[0] = 1;
        let pepper = Pepper::from_bytes(bytes).unwrap();
        let token = round_token(&pepper, b"round", b"person");
        assert_eq!(token, round_token(&pepper, b"round", b"person"));
        assert_ne!(token, round_token(&pepper, b"other", b"person"));
        assert_ne!(token, round_token(&pepper, b"round", b"other"));
        assert_ne!(round_seed(&pepper, &token), round_seed(&pepper, &round_name(&pepper, b"round")));
    }
}
