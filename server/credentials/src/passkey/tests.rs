use super::authenticator::Authenticator;
use super::*;
use crate::labels;
use crate::samples::key;

const HOST: &str = "bsol.example.org";
const ORIGIN: &str = "https://bsol.example.org";

fn site() -> Passkeys {
    Passkeys::new(HOST, &[Url::parse(ORIGIN).unwrap()], "BSol").unwrap()
}

fn account(name: &str) -> AccountId {
    AccountId::named(&[name])
}

/// Through the form in which it is stored.
fn stored(ceremony: &Ceremony) -> Ceremony {
    let key = key(1, labels::PASSKEYS);
    Ceremony::open(&key, &ceremony.seal(&key, [3; NONCE_BYTES])).unwrap()
}

/// Somebody who has made a passkey.
fn registered(site: &Passkeys, name: &str) -> (Authenticator, Passkey) {
    let mut device = Authenticator::new(ORIGIN);
    let asked = site.start_registration(account(name), "a@example.org", name, &[]).unwrap();
    let answer = device.create(&asked.options);
    let (owner, passkey) = site.finish_registration(stored(&asked.ceremony), &answer).unwrap();
    assert_eq!(owner, account(name));
    (device, passkey)
}

/// One sign-in of `device`, by `known` or whoever it is.
fn shown(
    site: &Passkeys,
    device: &mut Authenticator,
    passkey: &Passkey,
    known: Option<AccountId>,
    owner: AccountId,
) -> Result<Passkey, PasskeyRefusal> {
    let ids = [passkey.credential_id().to_vec()];
    let asked = site.start_authentication(known.map(|known| (known, &ids[..]))).unwrap();
    site.finish_authentication(stored(&asked.ceremony), &device.get(&asked.options), owner, passkey)
}

#[test]
fn a_passkey_is_made_and_shown_by_itself_and_when_asked_for() {
    let site = site();
    let (mut device, passkey) = registered(&site, "ann");
    assert_eq!(passkey.credential_id(), device.id);
    let passkey = shown(&site, &mut device, &passkey, None, account("ann")).unwrap();
    let passkey = shown(&site, &mut device, &passkey, Some(account("ann")), account("ann")).unwrap();
    // Old keys do not say whose they are: enough where the account is known.
    device.owner = None;
    let passkey = shown(&site, &mut device, &passkey, Some(account("ann")), account("ann")).unwrap();
    assert_eq!(
        shown(&site, &mut device, &passkey, None, account("ann")).err(),
        Some(PasskeyRefusal::DoesNotFit)
    );
}

#[test]
fn the_browser_is_asked_for_what_we_need() {
    let held = [vec![1, 2, 3]];
    let asked = site().start_registration(account("ann"), "ann@example.org", "Ann", &held).unwrap();
    let options: Value = serde_json::from_str(&asked.options).unwrap();
    let options = &options["publicKey"];
    assert_eq!(options["rp"], json!({ "id": HOST, "name": "BSol" }));
    let wanted = &options["authenticatorSelection"];
    assert_eq!(
        (&wanted["userVerification"], &wanted["residentKey"]),
        (&json!("required"), &json!("preferred"))
    );
    assert_eq!(options["excludeCredentials"][0]["id"], "AQID");
    assert_eq!(options["attestation"], "none");
    assert_eq!(options["timeout"], CEREMONY_SECONDS * 1_000);

    let whoever: Value = serde_json::from_str(&site().start_authentication(None).unwrap().options).unwrap();
    assert_eq!(whoever["mediation"], "conditional");
    assert_eq!(whoever["publicKey"]["userVerification"], "required");
    assert_eq!(whoever["publicKey"]["allowCredentials"], json!([]));

    let ann = site().start_authentication(Some((account("ann"), &held))).unwrap();
    let ann: Value = serde_json::from_str(&ann.options).unwrap();
    assert_eq!(ann.get("mediation"), None);
    assert_eq!(ann["publicKey"]["allowCredentials"], json!([{ "type": "public-key", "id": "AQID" }]));
}

#[test]
fn a_device_that_does_not_check_who_is_at_it_is_refused() {
    let site = site();
    let mut device = Authenticator::new(ORIGIN);
    device.verifies = false;
    let asked = site.start_registration(account("ann"), "a@example.org", "Ann", &[]).unwrap();
    let refused = site.finish_registration(asked.ceremony, &device.create(&asked.options));
    assert_eq!(refused.err(), Some(PasskeyRefusal::NotVerified));

    let (mut device, passkey) = registered(&site, "ann");
    device.verifies = false;
    let refused = shown(&site, &mut device, &passkey, None, account("ann"));
    assert_eq!(refused.err(), Some(PasskeyRefusal::NotVerified));
}

#[test]
fn an_answer_fits_its_question_only() {
    let site = site();
    let (mut device, passkey) = registered(&site, "ann");
    let [first, second] = [(); 2].map(|()| site.start_authentication(None).unwrap());
    let answer = device.get(&first.options);
    let refused = site.finish_authentication(second.ceremony, &answer, account("ann"), &passkey);
    assert_eq!(refused.err(), Some(PasskeyRefusal::Stale));
    assert!(site.finish_authentication(first.ceremony, &answer, account("ann"), &passkey).is_ok());

    // What was asked for making one, and answered by showing one, and the other way round.
    let making = site.start_registration(account("ann"), "a@example.org", "Ann", &[]).unwrap();
    let showing = site.start_authentication(None).unwrap();
    let made = device.create(&making.options);
    let shown = device.get(&showing.options);
    for (ceremony, answer) in
        [(&making.ceremony, &shown), (&showing.ceremony, &made), (&showing.ceremony, &shown)]
    {
        let refused = site.finish_registration(stored(ceremony), answer);
        assert_eq!(refused.err(), Some(PasskeyRefusal::Malformed));
    }
    for (ceremony, answer) in
        [(&making.ceremony, &shown), (&showing.ceremony, &made), (&making.ceremony, &made)]
    {
        let refused = site.finish_authentication(stored(ceremony), answer, account("ann"), &passkey);
        assert_eq!(refused.err(), Some(PasskeyRefusal::Malformed));
    }
}

#[test]
fn another_site_is_refused() {
    for elsewhere in
        ["https://evil.example.org", "https://bsol.example.org.evil.example", "http://bsol.example.org"]
    {
        let site = site();
        let mut device = Authenticator::new(elsewhere);
        let asked = site.start_registration(account("ann"), "a@example.org", "Ann", &[]).unwrap();
        let refused = site.finish_registration(asked.ceremony, &device.create(&asked.options));
        assert_eq!(refused.err(), Some(PasskeyRefusal::AnotherSite), "{elsewhere}");

        let (mut device, passkey) = registered(&site, "ann");
        device.origin = elsewhere.to_owned();
        let refused = shown(&site, &mut device, &passkey, None, account("ann"));
        assert_eq!(refused.err(), Some(PasskeyRefusal::AnotherSite), "{elsewhere}");
    }
    // A key of another tenant's host, at this origin.
    let other = Passkeys::new("example.org", &[Url::parse(ORIGIN).unwrap()], "Another").unwrap();
    let (mut device, passkey) = registered(&other, "ann");
    let asked = other.start_authentication(None).unwrap();
    let refused =
        site().finish_authentication(asked.ceremony, &device.get(&asked.options), account("ann"), &passkey);
    assert_eq!(refused.err(), Some(PasskeyRefusal::AnotherSite));
}

#[test]
fn somebody_elses_key_is_refused() {
    let site = site();
    let (mut anns, ann) = registered(&site, "ann");
    let (mut bens, ben) = registered(&site, "ben");
    let doesnt_fit = Some(PasskeyRefusal::DoesNotFit);
    // Ben's key, where Ann has to show who she is again, found by its own id.
    assert_eq!(shown(&site, &mut bens, &ben, Some(account("ann")), account("ben")).err(), doesnt_fit);
    // A key that says it is Ben's, stored as Ann's.
    assert_eq!(shown(&site, &mut bens, &ben, None, account("ann")).err(), doesnt_fit);
    // Ben's signature under Ann's id.
    let asked = site.start_authentication(None).unwrap();
    bens.owner = anns.owner.clone();
    bens.id = anns.id.clone();
    let forged = bens.get(&asked.options);
    let refused = site.finish_authentication(asked.ceremony, &forged, account("ann"), &ann);
    assert_eq!(refused.err(), doesnt_fit);
    assert!(shown(&site, &mut anns, &ann, None, account("ann")).is_ok());
}

#[test]
fn a_counter_that_goes_back_shows_a_copy() {
    let site = site();
    let (mut device, passkey) = registered(&site, "ann");
    let mut copy = device.clone();
    let passkey = shown(&site, &mut device, &passkey, None, account("ann")).unwrap();
    let passkey = shown(&site, &mut device, &passkey, None, account("ann")).unwrap();
    let refused = shown(&site, &mut copy, &passkey, None, account("ann"));
    assert_eq!(refused.err(), Some(PasskeyRefusal::Copied));

    // Synchronised passkeys never count, and are no copies for it.
    let mut device = Authenticator::new(ORIGIN);
    device.counts = false;
    let asked = site.start_registration(account("ann"), "a@example.org", "Ann", &[]).unwrap();
    let (_, mut passkey) = site.finish_registration(asked.ceremony, &device.create(&asked.options)).unwrap();
    for _ in 0..3 {
        passkey = shown(&site, &mut device, &passkey, None, account("ann")).unwrap();
    }
}

#[test]
fn a_device_that_has_one_makes_no_second() {
    let site = site();
    let (mut device, passkey) = registered(&site, "ann");
    let held = [passkey.credential_id().to_vec()];
    let asked = site.start_registration(account("ann"), "a@example.org", "Ann", &held).unwrap();
    let refused = site.finish_registration(asked.ceremony, &device.create(&asked.options));
    assert_eq!(refused.err(), Some(PasskeyRefusal::DoesNotFit));
}

#[test]
fn what_is_no_answer_is_refused() {
    let site = site();
    let (mut device, passkey) = registered(&site, "ann");
    let asked = site.start_authentication(None).unwrap();
    let answer = device.get(&asked.options);
    assert_eq!(Passkeys::claimed_id(&answer).unwrap(), device.id);
    let long = format!("{answer}{}", " ".repeat(ANSWER_BYTES));
    for wrong in ["", "{}", "null", &answer[1..], &answer.replace("signature", "signatur"), &long] {
        assert_eq!(Passkeys::claimed_id(wrong).err(), Some(PasskeyRefusal::Malformed), "{wrong}");
        let refused = site.finish_authentication(stored(&asked.ceremony), wrong, account("ann"), &passkey);
        assert_eq!(refused.err(), Some(PasskeyRefusal::Malformed), "{wrong}");
    }
    // Every byte of the signed data counts.
    let mut altered: Value = serde_json::from_str(&answer).unwrap();
    let data = altered["response"]["authenticatorData"].as_str().unwrap().to_owned();
    let mut bytes = URL_SAFE_NO_PAD.decode(&data).unwrap();
    let counter = bytes.len() - 1;
    bytes[counter] ^= 2;
    altered["response"]["authenticatorData"] = URL_SAFE_NO_PAD.encode(&bytes).into();
    let refused = site.finish_authentication(asked.ceremony, &altered.to_string(), account("ann"), &passkey);
    assert_eq!(refused.err(), Some(PasskeyRefusal::DoesNotFit));
}

#[test]
fn what_is_stored_opens_for_its_key_and_account_only() {
    let site = site();
    let (_, passkey) = registered(&site, "ann");
    let (right, wrong) = (key(1, labels::PASSKEYS), key(2, labels::PASSKEYS));
    let text = passkey.seal(&right, [1; NONCE_BYTES], account("ann"));
    let opened = Passkey::open(&right, account("ann"), &text).unwrap();
    assert_eq!(opened.credential_id(), passkey.credential_id());
    assert!(Passkey::open(&wrong, account("ann"), &text).is_none());
    assert!(Passkey::open(&right, account("ben"), &text).is_none());
    // However many keys somebody has, and however long their ids.
    let held = vec![vec![7; CREDENTIAL_ID_BYTES]; 50];
    let many = site.start_registration(account("ann"), "a@example.org", "Ann", &held).unwrap();
    assert!(Ceremony::open(&right, &many.ceremony.seal(&right, [2; NONCE_BYTES])).is_some());
    let ceremony = site.start_authentication(None).unwrap().ceremony;
    let text = ceremony.seal(&right, [2; NONCE_BYTES]);
    assert!(Ceremony::open(&right, &text).is_some());
    assert!(Ceremony::open(&wrong, &text).is_none());
    assert!(Passkey::open(&right, account("ann"), &text).is_none());
}

#[test]
fn host_and_origins_belong_together() {
    let urls = |of: &[&str]| of.iter().map(|url| Url::parse(url).unwrap()).collect::<Vec<_>>();
    for fine in
        [&[ORIGIN][..], &["http://localhost:8080"], &[ORIGIN, "https://identity.bsol.example.org:8443"]]
    {
        let host = if fine[0].contains("localhost") { "localhost" } else { HOST };
        assert!(Passkeys::new(host, &urls(fine), "BSol").is_ok(), "{fine:?}");
    }
    for wrong in [
        &[][..],
        &["https://hhft.example.org"],
        &[ORIGIN, "https://hhft.example.org"],
        &["https://127.0.0.1"],
    ] {
        let fault = PasskeysFault { host: HOST.to_owned() };
        assert_eq!(Passkeys::new(HOST, &urls(wrong), "BSol").err(), Some(fault), "{wrong:?}");
    }
}

#[test]
fn debug_says_nothing() {
    let (_, passkey) = registered(&site(), "ann");
    let asked = site().start_authentication(None).unwrap();
    assert_eq!(format!("{passkey:?} {:?}", asked.ceremony), "Passkey(…) Ceremony(secret)");
}
