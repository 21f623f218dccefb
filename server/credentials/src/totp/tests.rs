use super::*;
use crate::labels;
use crate::samples::{key, samples};

/// RFC 6238 appendix B: the secret, the times in seconds, and the last six digits of the codes for SHA-1.
const RFC_SECRET: [u8; SECRET_BYTES] = *b"12345678901234567890";
const RFC_CODES: [(i64, &str); 6] = [
    (59, "287082"),
    (1_111_111_109, "081804"),
    (1_111_111_111, "050471"),
    (1_234_567_890, "005924"),
    (2_000_000_000, "279037"),
    (20_000_000_000, "353130"),
];

fn secret() -> TotpSecret {
    TotpSecret::from_bytes(RFC_SECRET)
}

#[test]
fn the_vectors_of_the_rfc() {
    for (time, code) in RFC_CODES {
        assert_eq!(secret().verify(code, time, None), Ok(time / 30), "{time}");
        let spaced = format!(" {}-{}\n", &code[..3], &code[3..]);
        assert_eq!(secret().verify(&spaced, time, None), Ok(time / 30), "{time}");
    }
}

#[test]
fn a_code_is_good_one_step_early_and_one_late() {
    let (time, code) = RFC_CODES[3];
    let (step, begin) = (time / 30, time / 30 * 30);
    for now in [begin - 30, begin - 1, begin, begin + 29, begin + 30, begin + 59] {
        assert_eq!(secret().verify(code, now, None), Ok(step), "{}", now - begin);
    }
    for now in [begin - 31, begin + 60, begin + 3_600, 0, -1, i64::MIN] {
        assert_eq!(secret().verify(code, now, None), Err(TotpRefusal::Wrong), "{now}");
    }
}

#[test]
fn a_code_is_taken_once() {
    let (time, code) = RFC_CODES[3];
    let step = secret().verify(code, time, None).unwrap();
    // Again in its own step, in the next, and in the one after.
    for now in [time, time + 29] {
        assert_eq!(secret().verify(code, now, Some(step)), Err(TotpRefusal::Replayed));
    }
    // One of an earlier step, after a later one was accepted.
    assert_eq!(secret().verify(code, time, Some(step + 1)), Err(TotpRefusal::Replayed));
    assert_eq!(secret().verify(code, time, Some(step - 1)), Ok(step));
}

#[test]
fn anything_else_is_no_code() {
    let (time, code) = RFC_CODES[4];
    let long = format!("{code}0");
    for typed in ["", "27903", &long, "27903x", "２７９０３７", "+79037", &"0".repeat(100_000)] {
        assert_eq!(secret().verify(typed, time, None), Err(TotpRefusal::NotACode), "{typed}");
    }
    assert_eq!(secret().verify("279038", time, None), Err(TotpRefusal::Wrong));
    let other = TotpSecret::from_bytes([7; SECRET_BYTES]);
    assert_eq!(other.verify(code, time, None), Err(TotpRefusal::Wrong));
}

#[test]
fn an_app_is_told_what_it_needs() {
    assert_eq!(secret().for_typing(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
    let address = secret().otpauth("BSol: conversation", "ann@example.org");
    let read = Totp::from_url(&address).unwrap();
    assert_eq!(read.secret().as_ref(), RFC_SECRET);
    assert_eq!((read.issuer(), read.account_name()), (Some("BSol  conversation"), "ann@example.org"));
    let cost = (read.algorithm(), read.digits(), read.step());
    assert_eq!(cost, (Algorithm::SHA1, CODE_DIGITS, STEP_SECONDS));
}

#[test]
fn a_sealed_secret_opens_for_its_key_and_account_only() {
    let (right, wrong) = (key(1, labels::TOTP_SECRETS), key(2, labels::TOTP_SECRETS));
    let (ann, ben) = (AccountId::named(&["ann"]), AccountId::named(&["ben"]));
    for bytes in samples::<32>(100) {
        let (nonce, secret) = bytes.split_at(NONCE_BYTES);
        let secret = TotpSecret::from_bytes(secret.try_into().unwrap());
        let sealed = secret.seal(&right, nonce.try_into().unwrap(), ann);
        assert_eq!(TotpSecret::open(&right, ann, &sealed), Some(secret));
        assert_eq!(TotpSecret::open(&right, ben, &sealed), None);
        assert_eq!(TotpSecret::open(&wrong, ann, &sealed), None);
        assert_eq!(TotpSecret::open(&right, ann, &sealed[1..]), None);
    }
}

#[test]
fn debug_says_nothing() {
    assert_eq!(format!("{:?}", secret()), "TotpSecret(secret)");
}
