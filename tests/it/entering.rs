//! Coming in with a sealed code: what is forgiven, what is refused, and for what a session is good.

use reqwest::Method;
use serde_json::json;

use crate::harness::databases::both_databases;
use crate::harness::packs;
use crate::harness::server::TestServer;
use crate::harness::tables::Tables;

/// Wrong codes that one address may try at once: web::edge::guessing::ADDRESS_BURST.
const TRIES: u32 = web::edge::guessing::ADDRESS_BURST;

both_databases! {
    async fn a_code_is_forgiven_its_looks(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let looks: [fn(&str) -> String; 4] = [
            |code| code.to_lowercase(),
            |code| format!("  {}  ", code.replace('-', " ")),
            |code| code.replace('-', "").replace('0', "O").replace('1', "l"),
            |code| code.to_lowercase().replace('0', "o").replace('1', "I").replace('-', " – "),
        ];
        for look in looks {
            let typed = look(&server.code("bsol").await);
            let to = server.device("bsol").types_code(&typed).await;
            assert_eq!(to.location(), "/conversations/first-conversation?done=entered", "{typed}");
        }
        let by_path = server.device_by_path("bsol").types_code(&server.code("bsol").await).await;
        assert_eq!(by_path.location(), "/bsol/conversations/first-conversation?done=entered");
    }

    async fn a_link_shows_the_code_and_spends_nothing(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let code = server.code("bsol").await;
        for _ in 0..3 {
            assert!(server.device("bsol").get(&format!("/enter?code={code}")).await.expect(200).body.contains(&code));
        }
        server.device("bsol").enters(&code).await;
    }

    async fn a_code_works_once(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let code = server.code("bsol").await;
        let ann = server.device("bsol").enters(&code).await;
        let again = server.device("bsol").types_code(&code).await.expect(422);
        assert!(again.body.contains("This code has been used."));
        let api = server.device("bsol");
        let api = api.send(api.request(Method::POST, "/api/v1/sessions").json(&json!({ "code": code }))).await;
        assert_eq!(api.expect(409).problem(), "code-spent");
        assert_eq!(ann.get("/enter").await.location(), "/conversations/first-conversation", "who is in stays in");
        let people = Tables::of_conversation(databases).await.number("SELECT count(*) FROM participant").await;
        assert_eq!(people, 1);
    }

    async fn twenty_at_once_with_one_code_make_one_participant(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let code = server.code("bsol").await;
        let tries = (0..20).map(|_| async { server.device("bsol").types_code(&code).await.status });
        let statuses = futures_util::future::join_all(tries).await;
        assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
        assert!(statuses.iter().all(|status| [303, 422].contains(status)), "{statuses:?}");
        let people = Tables::of_conversation(databases).await.number("SELECT count(*) FROM participant").await;
        assert_eq!(people, 1);
    }

    async fn wrong_codes_are_refused_in_plain_words(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let device = server.device("bsol");
        for (typed, words, problem) in [
            ("", "Type the code from your slip.", "code-malformed"),
            ("ABCD-EFGH", "It has 16 letters and numbers, and you typed 8. Some are missing.", "code-malformed"),
            ("UUUU-UUUU-UUUU-UUUU", "It never has the letter U. It may be a V.", "code-malformed"),
            ("ABCD-EFGH-JKMN-PQRS-TVWX", "and you typed 20. That is too many.", "code-malformed"),
            ("АBCD-EFGH-JKMN-PQRS", "It only has the letters A to Z and the numbers 0 to 9", "code-malformed"),
            ("ABCD-EFGH-JKMN-PQRS", "Check each of its 16 letters and numbers, and try again.", "code-unknown"),
        ] {
            let page = device.types_code(typed).await.expect(422);
            assert!(page.body.contains(words), "{typed}: {}", page.body);
            let request = device.request(Method::POST, "/api/v1/sessions").json(&json!({ "code": typed }));
            assert_eq!(device.send(request).await.expect(422).problem(), problem, "{typed}");
        }
    }

    async fn nobody_comes_in_without_saying_whether_the_device_is_shared(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let code = server.code("bsol").await;
        let device = server.device("bsol");
        device.get("/enter").await.expect(200);
        let asked = device.post("/enter", &[("code", &code)]).await.expect(422);
        assert!(asked.body.contains("Choose yes or no: is this a shared device?") && asked.body.contains(&code));
        let both = device.post("/enter", &[("code", " ")]).await.expect(422);
        for words in ["Type the code from your slip.", "Choose yes or no"] {
            assert!(both.body.contains(words), "{words}");
        }
        // Nothing was used up, and no try either.
        for _ in 0..TRIES * 2 {
            device.post("/enter", &[("code", &code)]).await.expect(422);
        }
        let cookies = |answer: &crate::harness::answer::Answer| -> Vec<String> {
            let cookies = answer.headers.get_all("set-cookie").iter();
            cookies.map(|cookie| cookie.to_str().expect("cookies are text").to_owned()).collect()
        };
        let shared = device.post("/enter", &[("code", &code), ("shared", "yes")]).await.expect(303);
        assert!(cookies(&shared).iter().all(|cookie| !cookie.contains("Max-Age")), "{:?}", cookies(&shared));
        assert!(cookies(&shared).iter().any(|cookie| cookie.contains("shared=1")), "{:?}", cookies(&shared));
        let own = server.device("bsol").types_code(&server.code("bsol").await).await.expect(303);
        let session = |cookie: &&String| cookie.starts_with("__Host-candour-bsol=");
        assert!(cookies(&own).iter().find(session).expect("a session").contains("Max-Age"), "{:?}", cookies(&own));
    }

    async fn a_code_at_the_other_door_is_told_where_it_belongs(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let login = server.launch("bsol", &[("ann@uhb.example", "uhb")]).await.remove(0);
        let sealed = server.code("bsol").await;
        let unknown = "ABCD-EFGH-JKMN-PQRS";
        // Neither door knows the other's codes, so both say the same to whatever they do not know.
        for typed in [login.as_str(), unknown] {
            let enter = server.device("bsol").types_code(typed).await.expect(422);
            assert!(enter.body.contains("Then it is a login code."), "{}", enter.body);
            assert!(enter.body.contains("first-conversation/login\""), "{}", enter.body);
        }
        for typed in [sealed.as_str(), unknown] {
            let door = server.device("bsol").logs_in("first-conversation", typed).await.expect(422);
            assert!(door.body.contains("Then it is a sealed code."), "{}", door.body);
        }
        // What cannot be a code of either kind is about what was typed.
        let short = server.device("bsol").types_code("ABCD").await.expect(422);
        assert!(!short.body.contains("Then it is a login code."));
        server.device("bsol").enters(&sealed).await;
        server.device("bsol").logs_in("first-conversation", &login).await.expect(303);
    }

    async fn a_code_opens_nothing_before_or_after_its_time(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let code = server.code("hhft").await;
        let device = server.device("hhft");
        assert!(device.types_code(&code).await.expect(422).body.contains("is not open"));
        server.clock.set("2024-06-01T12:00:00Z");
        assert!(device.types_code(&code).await.expect(422).body.contains("The conversation has closed"));
        let request = device.request(Method::POST, "/api/v1/sessions").json(&json!({ "code": code }));
        assert_eq!(device.send(request).await.expect(409).problem(), "closed");
        server.clock.set("2024-03-20T12:00:00Z");
        device.enters(&code).await;
    }

    async fn guessing_is_slowed_down(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let device = server.device("bsol");
        for _ in 0..TRIES {
            device.types_code("ABCD-EFGH-JKMN-PQRS").await.expect(422);
        }
        let slowed = device.types_code("ABCD-EFGH-JKMN-PQRS").await.expect(429);
        assert!(slowed.body.contains("too many tries"));
        let wait: i64 = slowed.header("retry-after").parse().unwrap();
        let good = server.code("bsol").await;
        device.types_code(&good).await.expect(429);
        let request = device.request(Method::POST, "/api/v1/sessions").json(&json!({ "code": good }));
        assert_eq!(device.send(request).await.expect(429).problem(), "too-many-attempts", "the API counts with the page");
        server.clock.advance(wait);
        device.enters(&good).await;
    }

    async fn right_codes_are_never_slowed_down(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        for code in server.codes("bsol", "first-conversation", TRIES as usize * 2).await {
            server.device("bsol").types_code(&code).await.expect(303);
        }
    }

    async fn a_code_and_a_session_are_good_for_one_campaign_of_one_tenant(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::all_open()).await;
        let foreign = server.code("hhft").await;
        assert!(server.device("bsol").types_code(&foreign).await.expect(422).body.contains("do not know this code"));
        server.device("hhft").enters(&foreign).await;

        let first = server.person("bsol").await;
        let second = server.person_in("bsol", "second").await;
        assert_eq!((first.campaign.as_str(), second.campaign.as_str()), ("first-conversation", "second"));
        second.opens("").await.expect(200);
        for rest in ["", "/share", "/mine"] {
            let elsewhere = first.get(&format!("/conversations/second{rest}")).await;
            assert_eq!(elsewhere.location(), "/join/second", "{rest}");
        }
        for rest in ["/live", "/changes"] {
            first.get(&format!("/conversations/second{rest}")).await.expect(403);
        }

        let session = first.cookie("__Host-candour-bsol").unwrap();
        let visitor = server.device("hhft");
        for name in ["__Host-candour-hhft", "__Host-candour-bsol"] {
            visitor.plant_cookie(name, &session);
            assert_eq!(visitor.get("/conversations/series-3").await.location(), "/join/series-3", "{name}");
        }
    }

    async fn a_session_ends_thirty_days_after_the_close(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let ann = server.person("bsol").await;
        let idea = ann.shares("Still to be read").await;
        server.clock.set("2024-01-13T23:59:59Z");
        assert!(ann.reads(&idea).await.expect(200).body.contains("Still to be read"));
        server.clock.set("2024-01-14T00:00:00Z");
        assert_eq!(ann.reads(&idea).await.location(), "/join/first-conversation");
    }
}
