//! Signatures under emails, verified by another implementation than the one that signs.

use std::sync::LazyLock;

use mail::{
    Address, DkimKey, DkimRefusal, Mailer, Message,
    emails::{Email, Nudge, sample_messages},
};
use rand::{SeedableRng, rngs::StdRng};
use rsa::{RsaPrivateKey, pkcs1::EncodeRsaPrivateKey, pkcs8::EncodePrivateKey, pkcs8::LineEnding};

use crate::{
    dkim_verifier::verify,
    people::{nudge, nudge_dispatch, sender},
    smtp::{PATIENT, mailer},
    smtp_server::SmtpServer,
};

fn rsa(bits: usize) -> RsaPrivateKey {
    RsaPrivateKey::new(&mut StdRng::seed_from_u64(2_026), bits).unwrap()
}

/// Made once: it takes a while.
static RSA: LazyLock<String> = LazyLock::new(|| rsa(2_048).to_pkcs8_pem(LineEnding::LF).unwrap().to_string());

pub fn ed25519() -> String {
    rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap().serialize_pem()
}

pub fn key(pem: &str) -> DkimKey {
    DkimKey::parse(pem, "bsol.example", "candour-2026").unwrap()
}

/// A nudge's dispatch from a sender with that key.
pub fn signed(key: &DkimKey) -> mail::Dispatch {
    mail::Dispatch { from: sender().signed_with(key.clone()).unwrap(), ..nudge_dispatch(1) }
}

fn text(message: &Message) -> String {
    String::from_utf8(message.formatted().unwrap()).unwrap()
}

#[test]
fn every_sample_carries_a_signature_that_holds() {
    for (pem, algorithm) in [(RSA.clone(), "rsa-sha256"), (ed25519(), "ed25519-sha256")] {
        let key = key(&pem);
        let dns = [(key.dns_name(), key.dns_record())];
        assert_eq!(key.dns_name(), "candour-2026._domainkey.bsol.example");
        for message in sample_messages(&signed(&key)).unwrap() {
            let [verified] = &verify(&text(&message), &dns)[..] else { panic!("one signature") };
            let signed = verified.as_ref().unwrap();
            assert_eq!((signed.domain.as_str(), signed.algorithm.as_str()), ("bsol.example", algorithm));
            assert_eq!(signed.time, 1_772_528_400, "the message's own date: {}", message.date());
            for name in [
                "from",
                "to",
                "subject",
                "date",
                "message-id",
                "reply-to",
                "mime-version",
                "content-type",
                "list-unsubscribe",
                "list-unsubscribe-post",
            ] {
                assert!(signed.headers.iter().any(|header| header == name), "{name}: {signed:?}");
            }
        }
    }
}

#[test]
fn whatever_is_changed_breaks_it() {
    let key = key(&RSA);
    let dns = [(key.dns_name(), key.dns_record())];
    let message = text(&Message::compose(&Nudge::samples()[0], signed(&key)).unwrap());
    assert!(verify(&message, &dns)[0].is_ok());
    for (from, to) in [
        ("<hello@bsol.example>", "<hullo@bsol.example>"),
        ("To: person-1", "To: person-2"),
        ("Thousands of you", "Thousands of us"),
        ("<https://bsol.example/emails/stop", "<https://evil.example/emails/stop"),
        ("List-Unsubscribe=One-Click", "List-Unsubscribe=One-click"),
        ("Five days left", "Four days left"),
        ("\r\nFrom: ", "\r\nFrom: x@example.org\r\nFrom: "),
    ] {
        let changed = message.replacen(from, to, 1);
        assert_ne!(changed, message, "{from} is there to be changed");
        assert!(verify(&changed, &dns)[0].is_err(), "{from}");
    }
}

#[test]
fn nothing_can_be_added_that_was_not_there() {
    let key = key(&RSA);
    let dns = [(key.dns_name(), key.dns_record())];
    let dispatch = mail::Dispatch { unsubscribe: None, reply_to: None, ..signed(&key) };
    let message = text(&Message::compose(&Nudge::samples()[0], dispatch).unwrap());
    assert!(verify(&message, &dns)[0].is_ok());
    for header in ["List-Unsubscribe: <https://evil.example>", "Reply-To: x@example.org"] {
        let added = message.replacen("\r\nTo: ", &format!("\r\n{header}\r\nTo: "), 1);
        assert!(verify(&added, &dns)[0].is_err(), "{header}");
    }
}

#[tokio::test]
async fn it_holds_after_the_journey_and_in_the_folder() {
    let key = key(&ed25519());
    let dns = [(key.dns_name(), key.dns_record())];
    let message = Message::compose(&Nudge::samples()[2], signed(&key)).unwrap();
    let server = SmtpServer::start(&[]).await;
    mailer(&server, PATIENT).send(&message).await.unwrap();
    let received = &server.seen().accepted[0].data;
    assert!(verify(received, &dns)[0].is_ok(), "dots and lines as they were");
    let home = tempfile::tempdir().unwrap();
    Mailer::folder(home.path()).unwrap().send(&message).await.unwrap();
    let file = std::fs::read_dir(home.path()).unwrap().next().unwrap().unwrap().path();
    assert!(verify(&std::fs::read_to_string(file).unwrap(), &dns)[0].is_ok());
}

#[test]
fn without_a_key_nothing_is_signed() {
    assert!(!sender().is_signed() && !text(&nudge(1)).contains("DKIM-Signature"));
    assert!(sender().signed_with(key(&RSA)).unwrap().is_signed());
}

#[test]
fn keys_in_either_dress_and_what_is_no_key() {
    let rsa_key = rsa(2_048);
    let pkcs1 = rsa_key.to_pkcs1_pem(LineEnding::CRLF).unwrap();
    assert_eq!(key(&pkcs1), key(&RSA), "the same key, dressed otherwise");
    assert_ne!(key(&ed25519()), key(&ed25519()));
    let curve = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap().serialize_pem();
    let short = rsa(1_024).to_pkcs8_pem(LineEnding::LF).unwrap();
    let nonsense = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    let encrypted = RSA
        .replace("BEGIN PRIVATE", "BEGIN ENCRYPTED PRIVATE")
        .replace("END PRIVATE", "END ENCRYPTED PRIVATE");
    for (pem, refusal) in [
        ("", DkimRefusal::NotAKey),
        ("hello", DkimRefusal::NotAKey),
        (&RSA[..300], DkimRefusal::NotAKey),
        (&encrypted, DkimRefusal::Encrypted),
        (nonsense, DkimRefusal::UnfitKey),
        (&curve, DkimRefusal::UnfitKey),
        (&short, DkimRefusal::UnfitKey),
    ] {
        let parsed = DkimKey::parse(pem, "bsol.example", "candour");
        assert_eq!(parsed, Err(refusal), "{}", pem.lines().next().unwrap_or_default());
    }
    for domain in
        ["", "localhost", "bsol.example\r\nx: y.example", "bsol example", "-bsol.example", "bsol.example;x=y"]
    {
        assert_eq!(DkimKey::parse(&RSA, domain, "candour"), Err(DkimRefusal::Domain), "{domain:?}");
    }
    for selector in ["", "a b", "a;b", ".a", "a..b", "é", "a=b", &"a".repeat(250)] {
        assert_eq!(
            DkimKey::parse(&RSA, "bsol.example", selector),
            Err(DkimRefusal::Selector),
            "{selector:?}"
        );
    }
    assert_eq!(format!("{:?}", key(&RSA)), "DkimKey(candour-2026._domainkey.bsol.example)");
}

#[test]
fn a_key_signs_for_its_domain_and_what_is_below() {
    for (address, covered) in [
        ("hello@bsol.example", true),
        ("hello@BSOL.example", true),
        ("hello@mail.bsol.example", true),
        ("hello@notbsol.example", false),
        ("hello@bsol.example.org", false),
    ] {
        let address = Address::parse(address).unwrap();
        let mut sender = sender();
        sender.address = address.clone();
        let signed = sender.signed_with(key(&RSA));
        assert_eq!(signed.is_ok(), covered, "{address}");
        if let Err(refusal) = signed {
            let sentence = format!(
                "Emails from an address at {} cannot be signed with a key of bsol.example.",
                address.domain()
            );
            assert_eq!(refusal.to_string(), sentence);
        }
    }
}
