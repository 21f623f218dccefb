//! From an empty tenant to a live campaign through the console's pages.

mod kept_words;

use std::collections::BTreeMap;

use actions::ActionError;
use domain::tenant_pack::TenantPack;
use policy::Role;
use reqwest::{Method, header};

use crate::harness::answer::{Answer, between};
use crate::harness::databases::{TestDatabases, both_databases};
use crate::harness::packs;
use crate::harness::patience::eventually;
use crate::harness::server::TestServer;
use crate::harness::staff::Colleague;
use crate::harness::tables::Tables;

/// A logo that is somebody else's SVG.
const LOGO: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 10 10\"><circle cx=\"5\" cy=\"5\" r=\"4\" fill=\"#14493f\"/></svg>";

/// BSol with nothing in it.
fn blank() -> TenantPack {
    let mut bsol = packs::ours().remove(1);
    bsol.campaigns.clear();
    bsol.tenant.organisations.clear();
    bsol.tenant.pages.clear();
    bsol.page_texts = BTreeMap::new();
    bsol.tenant.reports.clear();
    bsol.report_texts = BTreeMap::new();
    bsol.logo = None;
    bsol.tenant.branding.logo = None;
    bsol
}

/// A draft, by its address.
struct Draft<'a> {
    lead: &'a Colleague,
    at: String,
}

impl<'a> Draft<'a> {
    async fn begins(lead: &'a Colleague, title: &str, like: &str) -> Self {
        lead.get("/console/campaigns/new").await.expect(200);
        let begun = lead.post("/console/campaigns/new", &[("title", title), ("like", like)]).await;
        Self { lead, at: begun.location().trim_end_matches("/purpose").to_owned() }
    }

    async fn opens(&self, step: &str) -> Answer {
        self.lead.get(&format!("{}/{step}", self.at)).await.expect(200)
    }

    /// Sends a step's form with the version that its page has.
    async fn sends(&self, step: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.opens(step).await;
        let version = between(&page.body, "name=\"version\" value=\"", "\"").unwrap_or("0");
        // The look and the pages are the tenant's: they have versions of their own.
        let seen = between(&page.body, "name=\"seen\" value=\"", "\"").unwrap_or_default();
        self.sends_seen(step, version, &[&[("seen", seen)], fields].concat()).await
    }

    async fn sends_seen(&self, step: &str, version: &str, fields: &[(&str, &str)]) -> Answer {
        let all = [&[("version", version)], fields].concat();
        self.lead.post(&format!("{}/{step}", self.at), &all).await
    }

    async fn uploads(&self, step: &str, field: &str, name: &str, content: &str) -> Answer {
        let (csrf, page) =
            (self.lead.csrf(), self.opens(if step == "logo" { "branding" } else { "people" }).await);
        let seen = between(&page.body, "name=\"seen\" value=\"", "\"").unwrap_or_default();
        let body = format!(
            "--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n--b\r\n\
             Content-Disposition: form-data; name=\"seen\"\r\n\r\n{seen}\r\n--b\r\n\
             Content-Disposition: form-data; name=\"logo_alt\"\r\n\r\nTwo hands\r\n--b\r\n\
             Content-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\nContent-Type: text/plain\r\n\r\n{content}\r\n--b--\r\n"
        );
        let request = self.lead.request(Method::POST, &format!("{}/{step}", self.at));
        let request = request.header(header::ORIGIN, self.lead.origin());
        let request = request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=b").body(body);
        self.lead.send(request).await
    }

    /// Fills in what every campaign needs, but for people.
    async fn fills_in(&self) {
        let purpose = [
            ("title", "Spring conversation"),
            ("purpose", "Say what would help."),
            ("what_next", "We publish it."),
            ("smallest_group", "12"),
            ("do", "next"),
        ];
        assert!(self.sends("purpose", &purpose).await.location().ends_with("/rounds"));
        let added = self
            .sends(
                "rounds",
                &[
                    ("round", "round"),
                    ("title", "Talk"),
                    ("opens", "2023-12-04T09:00"),
                    ("closes", "2023-12-18T23:59"),
                    ("question-text", "What helps?"),
                    ("themes", "Rotas\nPay"),
                    ("do", "add-question"),
                ],
            )
            .await;
        let page = self.lead.get(added.location()).await.expect(200);
        assert!(page.body.contains("question-2-text"), "there is room for another question");
        let rounds = [
            ("round", "round"),
            ("title", "Talk"),
            ("opens", "2023-12-04T09:00"),
            ("closes", "2023-12-18T23:59"),
            ("question-text", "What helps?"),
            ("question-2-text", ""),
            ("themes", "Rotas\nPay"),
            ("do", "remove-question-question-2"),
        ];
        self.sends("rounds", &rounds).await.expect(303);
        self.sends("emails", &[("do", "suggest")]).await.expect(303);
        assert!(
            self.opens("emails").await.body.contains("2023-12-18T08:00"),
            "the last day's email is on the last day"
        );
    }

    async fn adds_organisations(&self) {
        let north = [("name", "North Trust"), ("route", "invited"), ("do", "save")];
        self.sends("people", &north).await.expect(303);
        let south = [
            ("name", "South Council"),
            ("route", "sign-up"),
            ("people", "4,500"),
            ("domains", "@South.example"),
            ("do", "save"),
        ];
        self.sends("people", &south).await.expect(303);
    }
}

/// Sixty people of North Trust, one of them twice, and a row that is no good.
fn roll() -> String {
    let rows: String = (0..60).map(|number| format!("person{number}@north.example,north-trust\n")).collect();
    format!("email,organisation,birthday\n{rows}Person1@north.example,north-trust\nnobody,north-trust\n")
        .replace(".example,north-trust\n", ".example,north-trust,1.1.\n")
}

both_databases! {
    async fn an_activity_begins_with_an_example_and_is_not_done_with_it(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, vec![blank()]).await;
        let lead = server.colleague("bsol", "Alex Rowan", &[Role::CommsLead]).await;
        let draft = Draft::begins(&lead, "Spring conversation", "").await;
        let round = |settings: &'static str, question: &'static str| [
            ("round", "round"),
            ("title", "Pledges"),
            ("opens", "2023-12-04T09:00"),
            ("closes", "2023-12-18T23:59"),
            (question, if question == "question-text" { "" } else { "What stands in the way?" }),
            ("round_type", "pledge-review"),
            ("settings", settings),
            ("do", "next"),
        ];
        let begun = draft.sends("rounds", &round("", "question-text")).await.expect(303);
        let page = lead.get(begun.location()).await.expect(200);
        assert!(page.text().contains("an example stands under") && page.body.contains("training-text"), "{}", page.text());
        assert!(!page.text().contains("Rounds and questions (done)"), "{}", page.text());
        let check = draft.opens("check").await.text();
        assert!(check.contains("still the example"), "{check}");
        assert!(check.contains("“Pledges”"), "by its title: {check}");
        let unread = draft.sends("rounds", &round("{ \"pledges\": ", "rest-text")).await.expect(422);
        assert!(unread.text().contains("Look at line 1"), "{}", unread.text());
        let lacking = draft.sends("rounds", &round("{}", "rest-text")).await.expect(422);
        assert!(lacking.text().contains("“pledges” is missing"), "{}", lacking.text());
    }

    async fn from_an_empty_tenant_to_a_live_campaign(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, vec![blank()]).await;
        assert!(server.device("bsol").get("/").await.expect(200).body.contains("No conversation is planned yet"));
        let lead = server.colleague("bsol", "Alex Rowan", &[Role::CommsLead]).await;
        let draft = Draft::begins(&lead, "Spring conversation", "").await;
        let missing = draft.opens("check").await.text();
        for words in ["say when “Open discussion” opens", "Add at least one organisation", "say what it is for"] {
            assert!(missing.contains(words), "{words}: {missing}");
        }
        let early = draft.uploads("roll", "file", "roll.csv", &roll()).await.expect(422);
        assert!(early.text().contains("Give the dates of every round first"), "{}", early.text());
        draft.fills_in().await;
        draft.adds_organisations().await;
        let check = draft.opens("check").await.text();
        assert!(check.contains("Nobody of “North Trust” is on the list") && !check.contains("Nothing is missing"), "{check}");
        assert!(!check.contains("People (done)"), "{check}");

        draft.opens("people").await;
        let report = draft.uploads("roll", "file", "roll.csv", &roll()).await.expect(200);
        assert!(report.text().contains("60 people can be put on the list"), "{}", report.text());
        assert!(report.text().contains("1 row cannot be used") && report.text().contains("birthday"), "{}", report.text());
        assert!(report.text().contains("Line 3 is the same person as line(s) 62"), "{}", report.text());
        let import = between(&report.body, "name=\"import\" value=\"", "\"").unwrap().to_owned();
        lead.post(&format!("{}/roll/settle", draft.at), &[("import", &import), ("do", "confirm")]).await.expect(303);

        let light = [("service_name", "Spring talks"), ("brand", "#f5bd3b"), ("footer", "For all"), ("do", "look")];
        let look = draft.sends("branding", &light).await.expect(200).text();
        assert!(look.contains("you asked for #f5bd3b, on which white has a contrast of 1.7"), "{look}");
        let light = [("service_name", "Spring talks"), ("brand", "#f5bd3b"), ("footer", "For all"), ("do", "next")];
        draft.sends("branding", &light).await.expect(303);
        draft.opens("branding").await;
        draft.uploads("logo", "logo", "logo.svg", LOGO).await.expect(303);
        draft.sends("pages", &[("title", "About"), ("body", "## Why\n\nBecause."), ("in_navigation", "yes"), ("do", "next")]).await.expect(303);
        let preview = draft.opens("preview").await;
        assert!(preview.text().contains("This is a preview") && preview.text().contains("What helps?"), "{}", preview.text());
        assert!(server.device("bsol").get("/").await.body.contains("No conversation is planned yet"), "nobody sees a draft");

        assert_eq!(draft.sends("check", &[]).await.status, 405, "looking launches nothing");
        let version = between(&draft.opens("check").await.body, "name=\"version\" value=\"", "\"").unwrap().to_owned();
        let launched = lead.post(&format!("{}/launch", draft.at), &[("version", &version)]).await;
        let campaigns = lead.get(launched.location()).await.expect(200);
        assert!(campaigns.text().contains("It is launched") && campaigns.text().contains("No email has gone out"));
        let tables = Tables::of_identity(databases).await;
        assert_everybody_is_written_to(&server, &lead, &tables).await;
        assert_live(&server, databases).await;
    }

    async fn what_a_draft_lacks_is_said_at_once(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, vec![blank()]).await;
        let lead = server.colleague("bsol", "Alex Rowan", &[Role::CommsLead]).await;
        let draft = Draft::begins(&lead, "Spring", "").await;
        let emails = draft.opens("check").await.text();
        assert!(!emails.contains("Emails (done)"), "none is planned: {emails}");
        let rounds = [
            ("round", "round"), ("title", "Talk"), ("opens", "2023-12-18T09:00"), ("closes", "2023-12-04T09:00"),
            ("question-text", ""), ("do", "next"),
        ];
        let said = draft.sends("rounds", &rounds).await.expect(422);
        for words in ["it closes before it opens", "this question is empty"] {
            assert!(said.text().contains(words), "{words}: {}", said.text());
        }
        assert!(draft.opens("rounds").await.body.contains("2023-12-18T09:00"), "it is saved all the same");
        // The page that said so has the version that was saved.
        let version = between(&said.body, "name=\"version\" value=\"", "\"").unwrap().to_owned();
        let right = [("round", "round"), ("title", "Talk"), ("opens", "2023-12-04T09:00"), ("closes", "2023-12-18T09:00"), ("question-text", "What helps?"), ("do", "next")];
        draft.sends_seen("rounds", &version, &right).await.expect(303);
    }

    async fn a_roll_takes_names_as_the_console_shows_them(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, vec![blank()]).await;
        let lead = server.colleague("bsol", "Alex Rowan", &[Role::CommsLead]).await;
        let draft = Draft::begins(&lead, "Spring", "").await;
        draft.fills_in().await;
        draft.adds_organisations().await;
        let people = draft.opens("people").await;
        assert!(people.text().contains("The short names here: north-trust, south-council"), "{}", people.text());
        let bad: String = (0..64).map(|number| format!("p{number}@north.example,Northern Rail\n")).collect();
        let none = draft.uploads("roll", "file", "roll.csv", &format!("email,organisation\n{bad}")).await.expect(422);
        assert!(!none.text().contains("Put them on the list"), "{}", none.text());
        assert!(none.text().contains("Lines 2, 3, 4,") && none.text().contains("and 14 more"), "{}", none.text());
        assert_eq!(none.text().matches("as its tenant pack does").count(), 1, "once for all lines: {}", none.text());
        assert_eq!(Tables::of_identity(databases).await.number("SELECT count(*) FROM roll_import").await, 0);
        let many: String = (0..60).map(|number| format!("p{number}@north.example,trust-{number}\n")).collect();
        let many = draft.uploads("roll", "file", "roll.csv", &format!("email,organisation\n{many}")).await.expect(422);
        assert!(many.text().contains("And 10 more rows, for other reasons."), "{}", many.text());
        let named = "email,organisation\na@north.example,North Trust\nb@north.example,NORTH  trust\nc@north.example,North-Trust\n";
        let report = draft.uploads("roll", "file", "roll.csv", named).await.expect(200);
        assert!(report.text().contains("3 people can be put on the list"), "{}", report.text());
    }

    async fn two_who_write_at_once_do_not_overwrite_each_other(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, vec![blank()]).await;
        let ann = server.colleague("bsol", "Ann Heron", &[Role::CommsLead]).await;
        let ben = server.colleague("bsol", "Ben Teal", &[Role::CommsLead]).await;
        let draft = Draft::begins(&ann, "Spring", "").await;
        let seen = between(&draft.opens("purpose").await.body, "name=\"version\" value=\"", "\"").unwrap().to_owned();
        let same = Draft { lead: &ben, at: draft.at.clone() };
        same.sends("purpose", &[("title", "Ben's title"), ("smallest_group", "10")]).await.expect(303);
        let late = draft.sends_seen("purpose", &seen, &[("title", "Ann's title"), ("smallest_group", "10")]).await.expect(422);
        assert!(late.text().contains("Somebody else has changed this meanwhile") && late.body.contains("Ann&#x27;s title"), "{}", late.text());
        assert!(draft.opens("purpose").await.body.contains("Ben&#x27;s title"));
        // A launch of what one has not seen is refused, too.
        let stale = ann.post(&format!("{}/launch", draft.at), &[("version", &seen)]).await;
        assert_eq!(stale.status, 422, "{}", stale.text());
    }

    async fn a_draft_that_is_thrown_away_takes_its_roll_with_it(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, vec![blank()]).await;
        let lead = server.colleague("bsol", "Alex Rowan", &[Role::CommsLead]).await;
        let draft = Draft::begins(&lead, "Spring", "").await;
        draft.fills_in().await;
        draft.adds_organisations().await;
        draft.opens("people").await;
        let report = draft.uploads("roll", "file", "roll.csv", &roll()).await.expect(200);
        let import = between(&report.body, "name=\"import\" value=\"", "\"").unwrap().to_owned();
        lead.post(&format!("{}/roll/settle", draft.at), &[("import", &import), ("do", "confirm")]).await.expect(303);
        let tables = Tables::of_identity(databases).await;
        assert_eq!(tables.number("SELECT count(*) FROM person").await, 60);
        let version = between(&draft.opens("check").await.body, "name=\"version\" value=\"", "\"").unwrap().to_owned();
        lead.post(&format!("{}/discard", draft.at), &[("version", &version)]).await.expect(303);
        for table in ["person", "campaign", "campaign_draft", "held_row"] {
            assert_eq!(tables.number(&format!("SELECT count(*) FROM {table}")).await, 0, "{table}");
        }
        lead.get(&draft.at).await.expect(404);
    }

    async fn another_like_it(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let lead = server.colleague("bsol", "Alex Rowan", &[Role::CommsLead]).await;
        let draft = Draft::begins(&lead, "Our first Open Conversation", "first-conversation").await;
        let rounds = draft.opens("rounds").await.body;
        assert!(rounds.contains("What frustrates you at work?") && !rounds.contains("2023-12-14"), "all but the dates");
        assert!(draft.opens("check").await.text().contains("say when"));
        let viewer = server.colleague("bsol", "Vi Ewer", &[Role::Viewer]).await;
        assert_eq!(viewer.get(&format!("{}/purpose", draft.at)).await.status, 403);
        let elsewhere = server.colleague("hhft", "Eve Else", &[Role::CommsLead]).await;
        elsewhere.get(&format!("{}/purpose", draft.at)).await.expect(404);
    }
}

/// Each of North Trust's sixty gets login details by email, once, and whoever sends them sees counts alone.
async fn assert_everybody_is_written_to(server: &TestServer, lead: &Colleague, tables: &Tables) {
    let path = "/console/campaigns/spring-conversation/logins";
    let before = lead.get(path).await.expect(200);
    assert!(before.text().contains("North Trustabout 60fewer than 12"), "{}", before.text());
    assert!(before.text().contains("join/spring-conversation/sign-up?organisation=south-council&kind=staff"));
    assert!(!before.body.contains("person1@"), "nobody is listed");
    // The server stops as soon as it has made some: nobody has got any.
    let bsol = server.tenant("bsol").await;
    let (campaign, north) = (&bsol.campaigns[0], bsol.organisation("north-trust").unwrap());
    let stops = |_| std::future::ready(Err(ActionError::Busy));
    let stopped = server.enrolment.issue_logins(&bsol, campaign, north, stops).await;
    assert!(stopped.is_err() && tables.number("SELECT count(*) FROM login").await == 60);
    assert!(lead.get(path).await.expect(200).text().contains("North Trustabout 60fewer than 12"));
    lead.proves().await;
    lead.get(path).await.expect(200);
    let sent = lead.post(path, &[]).await.expect(303);
    assert!(lead.get(sent.location()).await.expect(200).text().contains("It is asked for."));
    for number in 0..60 {
        let email = server.email_to(&format!("person{number}@north.example")).await;
        assert!(email.text().contains("/join/spring-conversation/login?code="), "{}", email.text());
    }
    eventually("all that left is noted", async || {
        lead.get(path).await.expect(200).text().contains("North Trustabout 60about 60")
    })
    .await;
    let again = lead.post(path, &[]).await.expect(303);
    assert_eq!(again.location(), sent.location(), "whether anybody was left is not told");
    let of_two_tries = "SELECT count(*) FROM login";
    assert_eq!(tables.number(of_two_tries).await, 120);
    let on_record = "SELECT count(*) FROM audit_entry WHERE entry LIKE '%roll.send-logins%'";
    assert_eq!(tables.number(on_record).await, 2);
    // It stops again, and it is not noted of two that theirs have left.
    tables.change("UPDATE login SET unsent = TRUE WHERE person_id IN (SELECT id FROM person WHERE email IN ('person7@north.example', 'person8@north.example'))").await;
    let before = lead.get(path).await.expect(200);
    assert!(before.text().contains("North Trustabout 60about 48"), "{}", before.text());
    lead.post(path, &[]).await.expect(303);
    eventually("the two are written to", async || {
        lead.get(path).await.expect(200).text().contains("North Trustabout 60about 60")
    })
    .await;
    let emails = (0..60).map(|number| server.emails_to(&format!("person{number}@north.example")));
    let twice: Vec<usize> =
        emails.enumerate().filter(|(_, emails)| *emails != 1).map(|(number, _)| number).collect();
    assert_eq!(twice, [7, 8], "nobody else is written to again");
    assert_eq!(tables.number(of_two_tries).await, 122, "what they may have got stays good");
}

/// Both routes are open, keys are made and known to both sides, figures have their smallest group, the roll is the one that came in.
async fn assert_live(server: &TestServer, databases: &TestDatabases) {
    let tenant = server.tenant("bsol").await;
    assert_eq!(tenant.branding.service_name, "Spring talks");
    assert!(tenant.logo.is_some() && tenant.palette.brand.to_string() != "#f5bd3b");
    let guest = server.device("bsol");
    let front = guest.get("/").await.expect(200).text();
    assert!(front.contains("Opens on Monday 4 December 2023 at 9:00am"), "{front}");
    let places = guest.get("/join/spring-conversation").await.expect(200).text();
    assert!(places.contains("North Trust") && places.contains("South Council"), "{places}");
    let log = server.enrolment.key_log(&tenant).await.unwrap();
    assert_eq!(log.len(), 2, "a cohort for each");
    assert_eq!(server.actions.key_log(&tenant).await.unwrap().len(), 2, "the other side knows the keys");
    let tables = Tables::of_identity(databases).await;
    assert_eq!(tables.number("SELECT count(*) FROM campaign WHERE smallest_group = 12").await, 1);
    assert_eq!(tables.number("SELECT count(*) FROM person").await, 60);
    assert_eq!(tables.number("SELECT count(*) FROM campaign_draft").await, 0);
    assert_eq!(
        tables.number("SELECT count(*) FROM audit_entry WHERE entry LIKE '%campaign.launch%'").await,
        1
    );
    server.clock.set("2023-12-04T09:00:00Z");
    let ann = server.person("bsol").await;
    ann.shares("The first idea").await;
    assert!(guest.get("/pages/about").await.expect(200).text().contains("Because."));
}
