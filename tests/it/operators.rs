//! The platform's operators: they make tenants, suspend them, switch parts off, let them go; they help for a time, and are seen.

mod first_leads;

use actions::policy::Role;

use crate::harness::answer::{Answer, between};
use crate::harness::databases::both_databases;
use crate::harness::packs;
use crate::harness::server::TestServer;
use crate::harness::staff::Colleague;
use crate::harness::tables::Tables;

const HHFT: &str = "/console/tenants/hhft";
const DAY_SECONDS: i64 = 86_400;

async fn keep_house(server: &TestServer) {
    server.sides().keep_house().await.expect("what is due is done");
}

/// An operator who has just shown who they are.
async fn operator(server: &TestServer) -> Colleague {
    let operator = server.operator().await;
    operator.proves().await;
    operator
}

both_databases! {
    async fn a_tenant_is_made_blank_and_its_comms_lead_can_be_invited(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::all_open()).await;
        let operator = operator(&server).await;
        let fields = [
            ("slug", "newtrust"), ("name", "New Trust"), ("short_name", "New"), ("host", "new.example"),
            ("questions", "talk@new.example"), ("support", "help@independent.example"), ("support_name", "Independent Help"),
        ];
        let made = operator.post("/console/tenants", &fields).await.expect(303);
        assert!(made.location().contains("/console/tenants/newtrust"), "{}", made.location());
        assert!(operator.get(made.location()).await.expect(200).body.contains("New Trust"));
        server.device("newtrust").get("/").await.expect(200);
        let page = operator.get("/console/tenants/newtrust").await.expect(200);
        let address = format!("http://new.example:{}/console", server.site.port());
        assert!(page.text().contains(&address), "{address}: {}", page.text());
        operator.post("/console/tenants/newtrust/lead", &[("name", "Nia Vale"), ("email", "nia")]).await.expect(422);
        let nia = [("name", "Nia Moss"), ("email", "nia.moss@new.example")];
        operator.post("/console/tenants/newtrust/lead", &nia).await.expect(303);
        let email = server.email_to("nia.moss@new.example").await;
        assert!(email.text().contains(&format!("{address}/welcome?token=")), "{}", email.text());
        let another = [("name", "Eve Else"), ("email", "eve@new.example")];
        let meanwhile = operator.post("/console/tenants/newtrust/lead", &another).await.expect(422);
        assert!(meanwhile.text().contains("Somebody else was invited meanwhile") && meanwhile.text().contains("Nia Moss (nia.moss@new.example)"));
        assert!(operator.get("/console/audit").await.expect(200).text().contains("Invited a tenant’s first comms lead"));
        let lead = server.colleague("newtrust", "Nia Vale", &[Role::CommsLead]).await;
        assert!(lead.get("/console").await.expect(200).body.contains("no conversation here yet"));
        assert!(lead.get("/console/audit").await.expect(200).body.contains("Nia Moss"), "on record there, too");
        // The name is taken now; a name that cannot be is told.
        let again = operator.post("/console/tenants", &fields).await.expect(422);
        assert!(again.body.contains("already"), "{}", again.text());
        let mut wrong = fields;
        wrong[0].1 = "New Trust!";
        wrong[3].1 = "other.example";
        wrong[4].1 = "no address";
        let told = operator.post("/console/tenants", &wrong).await.expect(422);
        let summary = between(&told.body, "nhsuk-error-summary__list", "</ul>").expect("a list of errors");
        assert!(summary.matches("<li>").count() > 1, "each on its own: {summary}");
        // Nothing that people read may be blank: each field says so.
        let blank = ["name", "short_name", "support_name"];
        let nameless = fields.map(|(name, value)| (name, if blank.contains(&name) { " " } else { value }));
        let told = operator.post("/console/tenants", &nameless).await.expect(422);
        for field in blank {
            assert!(told.body.contains(&format!("id=\"{field}-error\"")), "{field}: {}", told.text());
        }
        let record = operator.get("/console/audit").await.expect(200);
        assert!(record.body.contains("tenant.invite-lead") && record.body.contains("tenant.create") && record.body.contains("newtrust"));
    }

    async fn a_suspended_tenant_says_why_and_loses_nothing(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::all_open()).await;
        let operator = operator(&server).await;
        let person = server.person_in("hhft", "series-3").await;
        let idea = person.shares("Said before it was suspended").await;
        operator.get(HHFT).await.expect(200);
        let short = operator.post(&format!("{HHFT}/suspend"), &[("reason", "bill")]).await.expect(422);
        assert!(short.body.contains("Say why"));
        let why = "The contract is being renewed; we expect to be back on Monday.";
        operator.post(&format!("{HHFT}/suspend"), &[("reason", why)]).await.expect(303);
        for path in ["/", "/conversations/series-3", "/api/v1/campaigns", "/keys"] {
            let answer = server.device("hhft").get(path).await;
            assert_eq!(answer.status, 503, "{path}");
            assert!(path.starts_with("/api") || answer.body.contains("back on Monday"), "{path}: {}", answer.text());
        }
        let closed = server.device("hhft").get("/").await;
        assert!(!closed.body.contains("/anonymity") && !closed.body.contains("nhsuk-header__navigation"), "no link to what is closed");
        let api = server.device("hhft").get("/api/v1/campaigns").await;
        assert!(api.body.contains("urn:candour:problem:site-closed") && api.body.contains("back on Monday"), "{}", api.body);
        person.sends_idea("what-matters", "Lost?").await.expect(503);
        server.device("bsol").get("/").await.expect(200);
        let lead = server.colleague("hhft", "Lee Ash", &[Role::CommsLead]).await;
        assert!(lead.get("/console/audit").await.expect(200).body.contains("tenant.suspend"), "the tenant sees it");
        operator.post(&format!("{HHFT}/resume"), &[]).await.expect(303);
        assert!(person.reads(&idea).await.expect(200).body.contains("Said before it was suspended"));
    }

    async fn the_platforms_page_says_which_emails_it_counts(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::all_open()).await;
        let page = server.operator().await.get("/console/platform").await.expect(200).text();
        for said in ["Emails about accounts and sign-up, waiting", "Emails of campaigns, and of tenants with their own mail server"] {
            assert!(page.contains(said), "{said}: {page}");
        }
    }

    async fn parts_are_switched_off_for_one_tenant_alone(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::all_open()).await;
        let operator = operator(&server).await;
        operator.post(&format!("{HHFT}/flags"), &[("off", "api"), ("off", "live-updates")]).await.expect(303);
        let person = server.person_in("hhft", "series-3").await;
        person.opens("").await.expect(200);
        assert_eq!(person.opens("/changes?since=0").await.status, 503);
        assert_eq!(server.device("hhft").get("/api/v1/campaigns").await.status, 503);
        server.device("bsol").get("/api/v1/campaigns").await.expect(200);
        operator.post(&format!("{HHFT}/flags"), &[]).await.expect(303);
        server.device("hhft").get("/api/v1/campaigns").await.expect(200);
    }

    async fn a_tenant_that_leaves_is_gone_after_the_days_of_grace(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::all_open()).await;
        let hhft = server.tenant("hhft").await.id.to_string();
        let person = server.person_in("hhft", "series-3").await;
        let idea = person.shares("To be deleted").await;
        person.comments(&idea, "This, too").await;
        person.votes(&idea, "agree").await;
        let lead = server.colleague("hhft", "Lee Ash", &[Role::CommsLead]).await;
        lead.get("/console").await.expect(200);
        let operator = operator(&server).await;
        // One press does not do it: its short name is typed.
        let tenant = operator.get(HHFT).await.expect(200);
        assert!(!tenant.body.replace("&#x2f;", "/").contains(&format!("action=\"{HHFT}/delete\"")));
        let asked = operator.get(&format!("{HHFT}/delete")).await.expect(200);
        assert!(asked.text().contains("Then everything of it is deleted") && asked.text().contains("Type its short name: hhft"));
        for named in ["", "bsol", "HHFT"] {
            let refused = operator.post(&format!("{HHFT}/delete"), &[("named", named)]).await.expect(422);
            assert!(refused.text().contains("Type its short name, hhft,"), "{named}: {}", refused.text());
        }
        server.device("hhft").get("/").await.expect(200);
        operator.post(&format!("{HHFT}/delete"), &[("named", "hhft")]).await.expect(303);
        assert_eq!(operator.get(&format!("{HHFT}/delete")).await.location(), HHFT, "it leaves already");
        assert_eq!(server.device("hhft").get("/").await.status, 410);
        let why = [("reason", "Suspending it now must not keep it for ever.")];
        operator.post(&format!("{HHFT}/suspend"), &why).await.expect(422);
        server.clock.advance(5 * DAY_SECONDS);
        operator.signs_in().await;
        let again = operator.post(&format!("{HHFT}/delete"), &[("named", "hhft")]).await.expect(422);
        assert!(again.text().contains("This tenant is leaving"), "its day stays: {}", again.text());
        server.clock.advance(24 * DAY_SECONDS);
        keep_house(&server).await;
        let (identity, conversation) = (Tables::of_identity(databases).await, Tables::of_conversation(databases).await);
        assert!(left(&conversation, &hhft).await.contains(&"post".to_owned()), "not before its day");
        server.clock.advance(2 * DAY_SECONDS);
        keep_house(&server).await;
        assert_eq!(left(&identity, &hhft).await, Vec::<String>::new());
        assert_eq!(left(&conversation, &hhft).await, Vec::<String>::new());
        assert_eq!(server.device("hhft").get("/").await.status, 404);
        server.device("bsol").get("/").await.expect(200);
        operator.signs_in().await;
        let record = operator.get("/console/audit").await.expect(200);
        assert!(record.body.contains("tenant.erase"), "{}", record.text());
    }

    async fn two_tenants_never_share_a_name_or_an_address(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::all_open()).await;
        let operator = operator(&server).await;
        let fields = |slug: &'static str, host: &'static str| [
            ("slug", slug), ("name", "New Trust"), ("short_name", "New"), ("host", host),
            ("questions", "talk@new.example"), ("support", "help@independent.example"), ("support_name", "Independent Help"),
        ];
        let make = async |slug, host| operator.post("/console/tenants", &fields(slug, host)).await;
        for (host, words) in [
            ("bsol.localhost", "is the address of"),
            ("new.example:8080", "without https://, port or path"),
            ("new.example.", "the dot at its end"),
            ("néw.example", "punycode"),
            ("new_trust.example", "letters, digits and hyphens"),
            ("192.0.2.7", "not an address of numbers"),
        ] {
            let refused = make("newtrust", host).await.expect(422);
            assert!(refused.text().contains(words), "{host}: {}", refused.text());
        }
        assert!(make("bsol", "other.example").await.expect(422).text().contains("already"));
        // Two at once: of the same short name, then at the same address.
        let pairs = [[("one", "one.example"), ("one", "uno.example")], [("two", "both.example"), ("three", "both.example")]];
        for [(slug, host), (other, at)] in pairs {
            let (first, second) = tokio::join!(make(slug, host), make(other, at));
            let mut statuses = [first.status, second.status];
            statuses.sort_unstable();
            assert_eq!(statuses, [303, 422], "{slug} at {host} and {other} at {at}: {:?} {:?}", first.location(), second.location());
        }
        // A folder cannot take another tenant's address either, on either side.
        let mut pack = packs::all_open().into_iter().find(|pack| pack.tenant.slug == "hhft").unwrap();
        pack.tenant.hosts.push("bsol.localhost".to_owned());
        for applied in [server.sides().replace_tenant_pack(&pack).await, server.actions.apply_tenant_pack(&pack).await] {
            let refused = applied.expect_err("it is refused").to_string();
            assert!(refused.contains("host `bsol.localhost` is the address of Birmingham"), "{refused}");
        }
        server.device("bsol").get("/").await.expect(200);
        operator.get("/console/tenants/hhft/settings").await.expect(200);
        let lead = server.colleague("hhft", "Lee Ash", &[Role::CommsLead]).await;
        for record in [operator.get("/console/audit").await, lead.get("/console/audit").await] {
            assert!(record.expect(200).body.contains("tenant.export"), "who carried the settings away is on record with both");
        }
        lead.get("/console/audit/export").await.expect(200).body.lines().last().map(|line| {
            assert!(line.contains("audit.export") && line.contains("Lee Ash"), "the record says that it was carried away: {line}");
        }).expect("it has lines");
        lead.get("/console/audit/export?side=conversation").await.expect(200);
        assert!(lead.get("/console/audit?side=conversation").await.expect(200).body.contains("audit.export"));
    }

    async fn an_operator_who_is_suspended_is_out_everywhere(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::all_open()).await;
        let operator = operator(&server).await;
        let other = server.colleague("platform", "Ola Reed", &[Role::Operator]).await;
        let lead = server.colleague("hhft", "Lee Ash", &[Role::CommsLead]).await;
        let mut helpers = Vec::new();
        for slug in ["hhft", "bsol"] {
            let form = [("why", "Your logo looks wrong; you asked us to look."), ("hours", "8")];
            let link = arrival(&operator.post(&format!("/console/tenants/{slug}/support"), &form).await.expect(200));
            let helper = server.device(slug);
            helper.get(&format!("/console/support/arrive?token={link}")).await.expect(200);
            helper.post("/console/support/arrive", &[("token", &link)]).await.expect(303);
            helper.get("/console").await.expect(200);
            helpers.push(helper);
        }
        other.proves().await;
        other.post(&format!("/console/people/{}/suspend", operator.account), &[]).await.expect(303);
        for helper in &helpers {
            assert_eq!(helper.get("/console").await.status, 303, "the session is over");
        }
        let seen = lead.get("/console/support").await.expect(200);
        assert!(!seen.body.contains("/end\"") && seen.body.contains("logo looks wrong"), "{}", seen.text());
        assert!(lead.get("/console/audit").await.expect(200).body.contains("support.end"));
        let grants = "SELECT count(*) FROM role_grant WHERE role = 'support'";
        assert_eq!(Tables::of_identity(databases).await.number(grants).await, 0);
    }

    async fn a_tenant_keeps_an_operator_out_and_lets_them_in_again(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::all_open()).await;
        let operator = operator(&server).await;
        let lead = server.colleague("hhft", "Lee Ash", &[Role::CommsLead]).await;
        let form = [("why", "Your logo looks wrong; you asked us to look."), ("hours", "8")];
        let path = format!("{HHFT}/support");
        let link = arrival(&operator.post(&path, &form).await.expect(200));
        lead.proves().await;
        let people = lead.get("/console/people").await.expect(200).body;
        let at = people.find("platform support").expect("the helper is listed");
        let id = people[..at].rsplit("/console/people/").next().and_then(|rest| rest.split('"').next()).expect("a link");
        lead.post(&format!("/console/people/{id}/reset"), &[]).await.expect(422);
        lead.post(&format!("/console/people/{id}/suspend"), &[]).await.expect(303);
        let helper = server.device("hhft");
        helper.get(&format!("/console/support/arrive?token={link}")).await.expect(200);
        helper.post("/console/support/arrive", &[("token", &link)]).await.expect(422);
        assert!(!lead.get("/console/support").await.expect(200).body.contains("/end\""), "nothing lasts");
        operator.post(&path, &form).await.expect(422);
        lead.post(&format!("/console/people/{id}/resume"), &[]).await.expect(303);
        let link = arrival(&operator.post(&path, &form).await.expect(200));
        helper.get(&format!("/console/support/arrive?token={link}")).await.expect(200);
        helper.post("/console/support/arrive", &[("token", &link)]).await.expect(303);
        helper.get("/console").await.expect(200);
    }

    async fn support_access_is_seen_bounded_and_ends(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::all_open()).await;
        let operator = operator(&server).await;
        let lead = server.colleague("hhft", "Lee Ash", &[Role::CommsLead]).await;
        let open = async |why: &str, hours: &str| {
            operator.post(&format!("{HHFT}/support"), &[("why", why), ("hours", hours)]).await
        };
        let why = "Your logo looks wrong on phones; you asked us to look.";
        open("logo", "2").await.expect(422);
        open(why, "9").await.expect(422);
        let opened = open(why, "2").await.expect(200);
        let link = arrival(&opened);
        let helper = server.device("hhft");
        let page = helper.get(&format!("/console/support/arrive?token={link}")).await.expect(200);
        assert!(page.body.contains("Go in"));
        helper.post("/console/support/arrive", &[("token", &link)]).await.expect(303);
        helper.get("/console/look").await.expect(200);
        // It is no fresh proof, and nobody can make it last.
        assert!(helper.get("/console/account/ways").await.location().contains("/console/prove"));
        lead.proves().await;
        let people = lead.get("/console/people").await.expect(200).body;
        let at = people.find("platform support").expect("the helper is listed");
        let id = people[..at].rsplit("/console/people/").next().and_then(|rest| rest.split('"').next()).expect("a link");
        let lasting = lead.post(&format!("/console/people/{id}/roles"), &[("role", "comms-lead")]).await;
        assert_eq!(lasting.status, 422, "{}", lasting.text());
        for path in ["/console/campaigns/series-3/moderation", "/console/campaigns/series-3/content", "/console/tenants"] {
            assert_eq!(helper.get(path).await.status, 403, "{path}");
        }
        // Once; the tenant sees who and why, and can end it.
        let other = server.device("hhft");
        other.get(&format!("/console/support/arrive?token={link}")).await.expect(200);
        other.post("/console/support/arrive", &[("token", &link)]).await.expect(422);
        let seen = lead.get("/console/support").await.expect(200);
        assert!(seen.body.contains("platform support") && seen.body.contains("logo looks wrong"), "{}", seen.text());
        let id = between(&seen.body, "/console/support/", "/end").expect("it lasts").to_owned();
        lead.post(&format!("/console/support/{id}/end"), &[]).await.expect(303);
        assert_eq!(helper.get("/console").await.status, 303, "its session is over");
        // By itself, too.
        operator.proves().await;
        let opened = open(why, "1").await.expect(200);
        let link = arrival(&opened);
        let helper = server.device("hhft");
        helper.get(&format!("/console/support/arrive?token={link}")).await.expect(200);
        helper.post("/console/support/arrive", &[("token", &link)]).await.expect(303);
        helper.get("/console").await.expect(200);
        server.clock.advance(3_601);
        assert_ne!(helper.get("/console").await.status, 200, "an hour is over");
    }
}

/// The token of the link into a tenant's console.
fn arrival(page: &Answer) -> String {
    let page = page.body.replace("&#x2f;", "/");
    between(&page, "support/arrive?token=", "\"").expect("a link").to_owned()
}

/// The tables that still hold rows of a tenant.
async fn left(tables: &Tables, tenant: &str) -> Vec<String> {
    let mut left = Vec::new();
    for table in tables.names().await {
        let column = match table.as_str() {
            "seaql_migrations" => continue,
            "tenant" => "id",
            _ => "tenant_id",
        };
        let count = format!("SELECT count(*) FROM \"{table}\" WHERE {}", tables.is(column, tenant));
        if tables.number(&count).await > 0 {
            left.push(table);
        }
    }
    left
}
