//! Coming in by login details or sign-up, with a credential that nobody can trace: what works once, what is refused, and what a lost
//! answer costs, which is nothing.

use std::collections::BTreeSet;

use credentials::Purpose;
use futures_util::future::join_all;

use crate::harness::answer::between;
use crate::harness::databases::both_databases;
use crate::harness::joiner::{Key, Onward, signature};
use crate::harness::packs;
use crate::harness::server::TestServer;
use crate::harness::tables::Tables;

/// BSol's first campaign, an invited organisation of it, and one whose people sign up.
const CAMPAIGN: &str = "first-conversation";
const INVITED: &str = "uhb";
const SIGN_UP: &str = "birmingham-council";

both_databases! {
    async fn the_invited_join_and_take_part(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let logins = server.launch("bsol", &[("ann@uhb.example", INVITED), ("ben@uhb.example", INVITED)]).await;
        for (number, login) in (1..).zip(&logins) {
            let device = server.device("bsol");
            let key = server.key("bsol", number).await;
            let onward = Onward::of(&device.logs_in(CAMPAIGN, login).await.expect(303));
            let person = device.joins(&key, &onward).await;
            let idea = person.shares(&format!("Idea {number}")).await;
            person.comments(&idea, "And a comment").await;
        }
        let conversation = Tables::of_conversation(databases).await;
        assert_eq!(conversation.number("SELECT count(*) FROM participant").await, 2);
        assert_eq!(conversation.number("SELECT count(*) FROM credential WHERE participant_id IS NOT NULL").await, 2);
        let identity = Tables::of_identity(databases).await;
        assert_eq!(identity.number("SELECT count(*) FROM person WHERE request IS NOT NULL").await, 2);
    }

    async fn opening_the_link_spends_nothing(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let login = server.launch("bsol", &[("ann@uhb.example", INVITED)]).await.remove(0);
        for _ in 0..3 {
            let page = server.device("bsol").get(&format!("/join/{CAMPAIGN}/login?code={login}")).await.expect(200);
            assert!(!page.body.contains("ann@"), "a page that a mail scanner opens names nobody");
        }
        let device = server.device("bsol");
        let onward = Onward::of(&device.logs_in(CAMPAIGN, &login).await.expect(303));
        device.joins(&server.key("bsol", 1).await, &onward).await;
        // The link once more, after joining: a page that says how to go on.
        let again = server.device("bsol").logs_in(CAMPAIGN, &login).await;
        assert!(again.status < 500 && again.body.contains("six words"), "{}", again.status);
        let unknown = server.device("bsol").logs_in(CAMPAIGN, &server.code("bsol").await).await;
        assert!(unknown.status == 422 && unknown.body.contains("do not know"), "{}", unknown.status);
    }

    async fn who_signs_up_confirms_by_code_or_by_link(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        server.launch("bsol", &[("ann@uhb.example", INVITED)]).await;
        let (by_code, by_link) = (server.device("bsol"), server.device("bsol"));
        by_code.asks_to_sign_up(CAMPAIGN, SIGN_UP, "staff", &council("carol")).await.expect(303);
        let email = server.email_to(&council("carol")).await;
        let code = confirmation_code(email.text());
        let wrong = by_code.confirms(CAMPAIGN, "0000 0000").await.expect(422);
        assert!(wrong.body.contains("not the code"), "a wrong code is told in words");
        let elsewhere = server.device("bsol").confirms(CAMPAIGN, &code).await;
        assert_ne!(elsewhere.status, 303, "the code is bound to the browser that asked");
        let onward = Onward::of(&by_code.confirms(CAMPAIGN, &code).await.expect(303));
        by_code.joins(&server.key("bsol", 1).await, &onward).await;

        server.device("bsol").asks_to_sign_up(CAMPAIGN, SIGN_UP, "volunteer", &council("dave")).await.expect(303);
        let email = server.email_to(&council("dave")).await;
        let link = between(email.text(), "/confirm?link=", "\n").expect("the email has a link").trim().to_owned();
        by_link.get(&format!("/join/{CAMPAIGN}/confirm?link={link}")).await.expect(200);
        let onward = by_link.post(&format!("/join/{CAMPAIGN}/confirm"), &[("link", &link)]).await.expect(303);
        by_link.joins(&server.key("bsol", 2).await, &Onward::of(&onward)).await;
        let volunteers = "SELECT count(*) FROM person WHERE kind = 'volunteer' AND origin = 'sign-up' AND request IS NOT NULL";
        assert_eq!(Tables::of_identity(databases).await.number(volunteers).await, 1);
    }

    async fn signing_up_tells_nobody_who_is_known(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        server.launch("bsol", &[("ann@uhb.example", INVITED)]).await;
        let device = server.device("bsol");
        device.asks_to_sign_up(CAMPAIGN, SIGN_UP, "staff", &council("carol")).await.expect(303);
        let code = confirmation_code(server.email_to(&council("carol")).await.text());
        let onward = Onward::of(&device.confirms(CAMPAIGN, &code).await.expect(303));
        device.joins(&server.key("bsol", 1).await, &onward).await;
        // Carol has joined; Erin is unknown. Whoever asks for either sees the same.
        let mut answers = Vec::new();
        for name in ["carol", "erin"] {
            let asking = server.device("bsol");
            let answer = asking.asks_to_sign_up(CAMPAIGN, SIGN_UP, "staff", &council(name)).await.expect(303);
            let page = asking.get(&format!("/join/{CAMPAIGN}/confirm")).await.expect(200);
            answers.push((answer.location().to_owned(), without_tokens(&page.body)));
        }
        assert_eq!(answers[0], answers[1]);
        let to_carol = server.mailbox.to(&mail::Address::parse(&council("carol")).unwrap());
        let told = async || server.mailbox.to(&mail::Address::parse(&council("carol")).unwrap()).len() == 2;
        crate::harness::patience::eventually("Carol is told that she has joined", told).await;
        assert_eq!(to_carol.last().unwrap().kind(), "sign-up-confirmation");
        assert_eq!(server.email_to(&council("carol")).await.kind(), "already-joined");
        assert_eq!(server.email_to(&council("erin")).await.kind(), "sign-up-confirmation");
    }

    async fn asking_without_end_sends_five_emails_and_opens_nothing(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        server.launch("bsol", &[("ann@uhb.example", INVITED)]).await;
        let device = server.device("bsol");
        let address = mail::Address::parse(&council("carol")).unwrap();
        for sent in 1..=5 {
            device.asks_to_sign_up(CAMPAIGN, SIGN_UP, "staff", &council("carol")).await.expect(303);
            crate::harness::patience::eventually("an email arrives", async || server.mailbox.to(&address).len() == sent).await;
        }
        // Another spelling is the same mailbox.
        server.device("bsol").asks_to_sign_up(CAMPAIGN, SIGN_UP, "staff", &council("CAROL")).await.expect(303);
        server.device("bsol").asks_to_sign_up(CAMPAIGN, SIGN_UP, "staff", &council("carol+1")).await.expect(303);
        let fifth = confirmation_code(server.mailbox.to(&address)[0].text());
        device.asks_to_sign_up(CAMPAIGN, SIGN_UP, "staff", &council("carol")).await.expect(303);
        device.confirms(CAMPAIGN, &fifth).await.expect(422);
        // An hour later one may ask again.
        server.clock.set("2023-12-01T13:00:00Z");
        device.asks_to_sign_up(CAMPAIGN, SIGN_UP, "staff", &council("carol")).await.expect(303);
        crate::harness::patience::eventually("another arrives", async || server.mailbox.to(&address).len() == 6).await;
        let code = confirmation_code(server.mailbox.to(&address)[0].text());
        Onward::of(&device.confirms(CAMPAIGN, &code).await.expect(303));
    }

    async fn addresses_of_others_do_not_sign_up(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        for (organisation, kind, email, words) in [
            (SIGN_UP, "staff", "carol@elsewhere.example", "work address"),
            (SIGN_UP, "staff", "carol", "email"),
            (SIGN_UP, "boss", &council("carol"), "work or volunteer"),
            (INVITED, "staff", "ann@uhb.example", "organisation"),
            ("nowhere", "staff", "ann@uhb.example", "organisation"),
        ] {
            let answer = server.device("bsol").asks_to_sign_up(CAMPAIGN, organisation, kind, email).await;
            assert_eq!(answer.status, 422, "{email} {organisation}");
            assert!(answer.body.contains(words), "{words}");
        }
    }

    async fn forty_racing_requests_of_one_person_get_one_signature(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let login = server.launch("bsol", &[("ann@uhb.example", INVITED)]).await.remove(0);
        let device = server.device("bsol");
        let onward = Onward::of(&device.logs_in(CAMPAIGN, &login).await.expect(303));
        let log = device.key_log().await;
        let requests = join_all((0..40).map(|number| server.key("bsol", number))).await;
        let requests: Vec<_> = requests.iter().map(|key| key.blind(&onward, &log).request(&onward)).collect();
        let answers = join_all(requests.iter().map(|request| device.asks_for_signature(CAMPAIGN, request))).await;
        let granted: Vec<usize> = (0..40).filter(|at| answers[*at].status == 200).collect();
        assert_eq!(granted.len(), 1, "one signature for one person");
        assert!(answers.iter().filter(|answer| answer.status == 409).all(|answer| answer.json()["code"] == "already-issued"));
        assert_eq!(answers.iter().filter(|answer| answer.status == 409).count(), 39);
        // The same request again: the same answer, so a lost one costs nothing.
        let again = device.asks_for_signature(CAMPAIGN, &requests[granted[0]]).await.expect(200);
        assert_eq!(signature(&again), signature(&answers[granted[0]]));
    }

    async fn fifty_racing_registrations_of_one_credential_make_one_participant(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let login = server.launch("bsol", &[("ann@uhb.example", INVITED)]).await.remove(0);
        let device = server.device("bsol");
        let onward = Onward::of(&device.logs_in(CAMPAIGN, &login).await.expect(303));
        let key = server.key("bsol", 1).await;
        let blinding = key.blind(&onward, &device.key_log().await);
        let signed = signature(&device.asks_for_signature(CAMPAIGN, &blinding.request(&onward)).await);
        let unblinded = key.unblind(&blinding, &signed);
        let devices: Vec<_> = (0..50).map(|_| server.device("bsol")).collect();
        let answers = join_all(devices.iter().map(|device| device.registers(&key, &unblinded))).await;
        assert!(answers.iter().all(|answer| answer.status == 303), "each is let in");
        let sessions: BTreeSet<_> = devices.iter().map(|device| device.session().unwrap()).collect();
        assert_eq!(sessions.len(), 50);
        let tables = Tables::of_conversation(databases).await;
        assert_eq!(tables.number("SELECT count(*) FROM participant").await, 1);
        assert_eq!(tables.number("SELECT count(*) FROM credential").await, 1);
        // And back on one more, by the key alone.
        let other = server.device("bsol");
        other.comes_back(&key).await.expect(303);
        assert_eq!(tables.number("SELECT count(DISTINCT participant_id) FROM session").await, 1);
    }

    async fn what_was_not_signed_for_this_does_not_come_in(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::all_open()).await;
        // Enough of one organisation for a key of its own; the other goes with the rest.
        let others: Vec<String> = (0..60).map(|number| format!("p{number}@uhb.example")).collect();
        let mut people = vec![("ann@uhb.example", INVITED), ("bo@bwc.example", "bwc")];
        people.extend(others.iter().map(|email| (email.as_str(), INVITED)));
        let logins = server.launch("bsol", &people).await;
        let device = server.device("bsol");
        let onward = Onward::of(&device.logs_in(CAMPAIGN, &logins[0]).await.expect(303));
        let foreign = Onward::of(&server.device("bsol").logs_in(CAMPAIGN, &logins[1]).await.expect(303));
        assert_ne!(onward.key, foreign.key, "each large organisation has a key of its own");
        let (key, log) = (server.key("bsol", 1).await, device.key_log().await);
        // A ticket of one cohort, the key of another.
        let mixed = Onward { key: foreign.key.clone(), ..onward.clone() };
        let refused = device.asks_for_signature(CAMPAIGN, &key.blind(&mixed, &log).request(&mixed)).await;
        assert_eq!((refused.status / 100, refused.json()["code"].as_str()), (4, Some("wrong-key")));

        let blinding = key.blind(&onward, &log);
        let signed = signature(&device.asks_for_signature(CAMPAIGN, &blinding.request(&onward)).await);
        let good = key.unblind(&blinding, &signed);
        let mut forged = good.clone();
        let other = if good.signature.starts_with('A') { 'B' } else { 'A' };
        forged.signature = format!("{other}{}", &good.signature[1..]);
        let mut other_cohort = good.clone();
        other_cohort.key = foreign.key.clone();
        let mut unlisted = good.clone();
        unlisted.key = "00".repeat(32);
        let mut other_prefix = good.clone();
        other_prefix.prefix = crate::harness::joiner::base64url(&[9; 32]);
        for (what, unblinded) in [("forged", forged), ("another cohort's", other_cohort), ("unlisted", unlisted), ("another prefix", other_prefix)] {
            assert_eq!(device.registers(&key, &unblinded).await.status, 422, "{what}");
        }
        // Signed for the first campaign, shown to the second; and by a device that does not hold the key.
        let tenant = server.tenant("bsol").await;
        let second = Key::new([3; 32], tenant.id, tenant.campaign("second").unwrap());
        let mut elsewhere = good.clone();
        elsewhere.device_key = crate::harness::joiner::base64url(&second.public());
        assert_eq!(device.registers(&second, &elsewhere).await.status, 422, "another campaign");
        device.get(&format!("/conversations/{CAMPAIGN}/join")).await.expect(200);
        let stolen = server.key("bsol", 99).await.proof(Purpose::Register, &device.csrf());
        assert_eq!(device.sends_registration(&key, &good, &stolen).await.status, 422, "another's proof");
        let stale = key.proof(Purpose::Register, "an older page's token");
        assert_eq!(device.sends_registration(&key, &good, &stale).await.status, 422, "a proof for another page");
        let tables = Tables::of_conversation(databases).await;
        assert_eq!(tables.number("SELECT count(*) FROM credential").await, 0, "nobody came in");
        device.registers(&key, &good).await.expect(303);
        let stranger = server.device("bsol").comes_back(&server.key("bsol", 5).await).await;
        assert_eq!(stranger.status, 422, "words that nobody came in with");
    }

    async fn nobody_joins_before_the_launch_or_after_the_close(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let tenant = server.tenant("bsol").await;
        let campaign = &tenant.campaigns[0];
        server.device("bsol").asks_to_sign_up(CAMPAIGN, SIGN_UP, "staff", &council("carol")).await.expect(303);
        let early = server.device("bsol");
        early.asks_to_sign_up(CAMPAIGN, SIGN_UP, "staff", &council("dora")).await.expect(303);
        let code = confirmation_code(server.email_to(&council("dora")).await.text());
        let answer = early.confirms(CAMPAIGN, &code).await;
        assert!(answer.status < 500 && answer.body.contains("on the list"), "sign-up opens before the campaign does");
        let log = server.enrolment.launch_campaign(&tenant, campaign).await.unwrap();
        server.actions.learn_keys(&tenant, &log).await.unwrap();
        assert!(server.enrolment.launch_campaign(&tenant, campaign).await.is_err(), "once for a campaign");
        early.asks_to_sign_up(CAMPAIGN, SIGN_UP, "staff", &council("dora")).await.expect(303);
        let another = async || server.mailbox.to(&mail::Address::parse(&council("dora")).unwrap()).len() == 2;
        crate::harness::patience::eventually("another code arrives", another).await;
        let code = confirmation_code(server.email_to(&council("dora")).await.text());
        let onward = Onward::of(&early.confirms(CAMPAIGN, &code).await.expect(303));
        let (key, log) = (server.key("bsol", 1).await, early.key_log().await);
        server.clock.set(&campaign.rounds[0].closes_at.to_rfc3339());
        let refused = early.asks_for_signature(CAMPAIGN, &key.blind(&onward, &log).request(&onward)).await;
        assert!(refused.status >= 400, "closed");
    }

    async fn what_one_wrote_is_exported_and_erased_with_the_key_alone(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let login = server.launch("bsol", &[("ann@uhb.example", INVITED)]).await.remove(0);
        let device = server.device("bsol");
        let onward = Onward::of(&device.logs_in(CAMPAIGN, &login).await.expect(303));
        let key = server.key("bsol", 1).await;
        let ann = device.joins(&key, &onward).await;
        let ben = server.person("bsol").await;
        let (idea, other) = (ann.shares("Words of Ann").await, ben.shares("Words of Ben").await);
        ann.comments(&other, "A comment of Ann").await;
        ann.votes(&other, "agree").await;
        ben.comments(&idea, "An answer to Ann").await;
        ann.post("/leave", &[]).await.expect(303);
        // After the close, on another device, with nothing but the key.
        let tenant = server.tenant("bsol").await;
        let later = tenant.campaigns[0].rounds[0].closes_at + chrono::TimeDelta::days(3);
        server.clock.set(&later.to_rfc3339());
        let back = server.device("bsol");
        back.comes_back(&key).await.expect(303);
        let export = back.get(&format!("/conversations/{CAMPAIGN}/mine/export")).await.expect(200);
        for words in ["Words of Ann", "A comment of Ann", "Words of Ben"] {
            assert!(export.body.contains(words), "the export lacks {words}: {}", export.body);
        }
        back.get(&format!("/conversations/{CAMPAIGN}/mine/erase")).await.expect(200);
        back.post(&format!("/conversations/{CAMPAIGN}/mine/erase"), &[("sure", "yes")]).await.expect(303);
        let tables = Tables::of_conversation(databases).await;
        let dump = format!("{:?}", tables.dump().await);
        assert!(!dump.contains("of Ann"), "her words are gone");
        assert!(dump.contains("An answer to Ann") && dump.contains("Words of Ben"), "others' stay");
        assert_eq!(tables.number("SELECT count(*) FROM vote").await, 0);
        assert_eq!(tables.number("SELECT count(*) FROM participant").await, 1, "Ben");
        tables.assert_counts_are_the_votes().await;
        assert_eq!(server.device("bsol").comes_back(&key).await.status, 409, "the key opens nothing any more");
    }
}

/// An address that the council takes.
fn council(name: &str) -> String {
    let pack = packs::ours().remove(1);
    let organisation = pack.tenant.organisations.iter().find(|organisation| organisation.slug == SIGN_UP);
    format!("{name}@{}", organisation.expect("the council takes part").email_domains[0])
}

/// The eight digits of an email, as they stand there.
fn confirmation_code(text: &str) -> String {
    let is_code =
        |words: &[&str]| words.iter().all(|word| word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit()));
    let words: Vec<&str> = text.split_whitespace().map(|word| word.trim_end_matches('.')).collect();
    let code = words.windows(2).find(|pair| is_code(pair)).unwrap_or_else(|| panic!("no code in {text}"));
    code.join(" ")
}

/// A page without what differs on each.
fn without_tokens(page: &str) -> String {
    page.split('"').filter(|part| part.len() < 60).collect::<Vec<_>>().join("\"")
}
