//! A verifier of DKIM signatures written from RFC 6376 and RFC 8463, with other libraries than the signer's: what signs and what
//! verifies must not share a mistake. It is tried itself on the RFC's own message.

use ed25519_dalek::{Signature, VerifyingKey};
use rsa::{Pkcs1v15Sign, RsaPublicKey, pkcs8::DecodePublicKey};
use sha2::{Digest, Sha256};

use crate::mime::base64;

/// What a signature says, once it holds.
#[derive(Debug)]
pub struct Signed {
    pub domain: String,
    pub algorithm: String,
    pub time: u64,
    /// In small letters, in the order in which they were signed.
    pub headers: Vec<String>,
}

/// Every signature of `message`, checked against `dns`: names and their TXT records.
pub fn verify(message: &str, dns: &[(String, String)]) -> Vec<Result<Signed, &'static str>> {
    let (head, body) = message.split_once("\r\n\r\n").expect("a blank line after the headers");
    let headers = unfolded(head);
    let signatures = headers.iter().filter(|(name, _)| name == "dkim-signature");
    signatures.map(|(_, value)| verify_one(value, &headers, body, dns)).collect()
}

fn verify_one(
    value: &str,
    headers: &[(String, String)],
    body: &str,
    dns: &[(String, String)],
) -> Result<Signed, &'static str> {
    let tag = |wanted| tag(value, wanted).ok_or("a tag is missing");
    if tag("v")? != "1" || tag("c")? != "relaxed/relaxed" {
        return Err("another version or canonicalization");
    }
    if base64(&tag("bh")?) != Sha256::digest(relaxed_body(body)).as_slice() {
        return Err("the body is not the one that was signed");
    }
    let names: Vec<_> = tag("h")?.split(':').map(str::to_ascii_lowercase).collect();
    let mut data = String::new();
    for (at, name) in names.iter().enumerate() {
        // The last header of that name that was not taken yet; nothing, if there is none (RFC 6376, 5.4.2).
        let taken = names[..at].iter().filter(|earlier| *earlier == name).count();
        let found = headers.iter().rev().filter(|(this, _)| this == name).nth(taken);
        data.extend(found.map(|header| relaxed(header) + "\r\n"));
    }
    data.push_str(&relaxed(&("dkim-signature".to_owned(), without_signature(value))));
    let name = format!("{}._domainkey.{}", tag("s")?, tag("d")?);
    let record =
        dns.iter().find(|(this, _)| *this == name).map(|(_, record)| record).ok_or("no key in DNS")?;
    let key = base64(&self::tag(record, "p").ok_or("no key in the record")?);
    let (digest, signature) = (Sha256::digest(&data), base64(&tag("b")?));
    match tag("a")?.as_str() {
        "rsa-sha256" => RsaPublicKey::from_public_key_der(&key)
            .map_err(|_| "no RSA key")?
            .verify(Pkcs1v15Sign::new::<Sha256>(), &digest, &signature)
            .map_err(|_| "the signature does not hold")?,
        "ed25519-sha256" => VerifyingKey::from_bytes(&key.try_into().map_err(|_| "no Ed25519 key")?)
            .map_err(|_| "no Ed25519 key")?
            .verify_strict(&digest, &Signature::from_slice(&signature).map_err(|_| "no signature")?)
            .map_err(|_| "the signature does not hold")?,
        _ => return Err("another algorithm"),
    }
    let time = tag("t")?.parse().map_err(|_| "no time")?;
    Ok(Signed { domain: tag("d")?, algorithm: tag("a")?, time, headers: names })
}

/// Names in small letters; values with their folds.
fn unfolded(head: &str) -> Vec<(String, String)> {
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in head.split("\r\n") {
        match line.starts_with([' ', '\t']) {
            true => headers.last_mut().expect("a header before its fold").1.push_str(line),
            false => {
                let (name, value) = line.split_once(':').expect("a header");
                headers.push((name.trim_end().to_ascii_lowercase(), value.to_owned()));
            }
        }
    }
    headers
}

/// RFC 6376, 3.4.2.
fn relaxed((name, value): &(String, String)) -> String {
    format!(
        "{name}:{}",
        value.split([' ', '\t']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    )
}

/// RFC 6376, 3.4.4.
fn relaxed_body(body: &str) -> String {
    let mut lines: Vec<_> =
        body.split("\r\n").map(|line| shrunk(line).trim_end_matches(' ').to_owned()).collect();
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines.into_iter().map(|line| line + "\r\n").collect()
}

/// Each run of blanks as one.
fn shrunk(line: &str) -> String {
    line.chars().fold(String::new(), |mut shrunk, c| {
        match c {
            ' ' | '\t' if shrunk.ends_with(' ') => {}
            ' ' | '\t' => shrunk.push(' '),
            _ => shrunk.push(c),
        }
        shrunk
    })
}

fn tag(list: &str, wanted: &str) -> Option<String> {
    let tags = list.split(';').filter_map(|tag| tag.split_once('='));
    let mut found = tags.filter(|(name, _)| name.trim() == wanted);
    found.next().map(|(_, value)| value.split_whitespace().collect())
}

/// The header's value with `b=` and nothing after it, up to the next tag.
fn without_signature(value: &str) -> String {
    let tags = value.split(';').map(|tag| match tag.split_once('=') {
        Some((name, _)) if name.trim() == "b" => format!("{name}="),
        _ => tag.to_owned(),
    });
    tags.collect::<Vec<_>>().join(";")
}

/// RFC 8463, appendix A.
const SIGNED: &str = "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=test; t=1528637909; h=from : to : subject :
 date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
 DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
 dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game.  Are you hungry yet?

Joe.

";
const ED25519_RECORD: &str = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
const RSA_RECORD: &str = "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB";

#[test]
fn the_verifier_verifies_what_the_rfc_signed_and_nothing_else() {
    let record =
        |selector, record: &str| (format!("{selector}._domainkey.football.example.com"), record.to_owned());
    let dns = [record("brisbane", ED25519_RECORD), record("test", RSA_RECORD)];
    let message = SIGNED.replace('\n', "\r\n");
    for signed in verify(&message, &dns) {
        let signed = signed.unwrap();
        assert_eq!((signed.domain.as_str(), signed.time), ("football.example.com", 1_528_637_909));
    }
    for (from, to) in
        [("dinner", "Dinner"), ("the game", "a game"), ("t=1528637909", "t=1528637908"), ("joe@", "jo@")]
    {
        let verified = verify(&message.replace(from, to), &dns);
        assert!(verified.len() == 2 && verified.iter().all(Result::is_err), "{from}: {verified:?}");
    }
}
