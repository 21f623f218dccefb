//! What is one tenant's is nobody else's: every route of the router is tried with ids that are not there for the visitor, and each
//! answer must be the one that an id of nothing gets.
//!
//! How a route is asked for stands in `harness/routes.rs`; a new route that is not there fails the test.

use reqwest::Method;

use crate::harness::answer::Answer;
use crate::harness::databases::{Kind, TestDatabases, both_databases, with_databases};
use crate::harness::packs;
use crate::harness::people::Device;
use crate::harness::routes::{Template, Values, template};
use crate::harness::server::TestServer;
use crate::harness::tables::{Dump, Tables};

/// An id, and names, of nothing.
const UNKNOWN: &[(&str, &str)] = &[
    (":campaign", "no-such-campaign"),
    (":id", "5f0c9f0e-6b1f-4c59-9d0a-1d3c7a1b2c3d"),
    ("{contribution}", "5f0c9f0e-6b1f-4c59-9d0a-1d3c7a1b2c3d"),
    ("{comment}", "5f0c9f0e-6b1f-4c59-9d0a-1d3c7a1b2c3d"),
    (":slug", "no-such-page"),
    (":report", "no-such-report"),
    (":organisation", "no-such-organisation"),
    (":file", "logo-ffffffffffff.png"),
    ("{code}", "ABCD-EFGH-JKMN-PQRS"),
];

/// A campaign with an idea, a comment, and a code that nobody has used.
struct Place {
    values: Values,
    secret: String,
    session: String,
    token: String,
}

async fn fill(server: &TestServer, tenant: &str, campaign: &str, page: &str) -> Place {
    let secret = format!("Words said in {tenant} {campaign}");
    let person = server.person_in(tenant, campaign).await;
    let idea = person.shares(&secret).await;
    let comment = person.comments(&idea, &format!("{secret}, answered")).await;
    person.votes(&idea, "agree").await;
    let codes = server.codes(tenant, campaign, 2).await;
    let program = server.device(tenant).opens_session(&codes[1]).await;
    let organisations = &server.tenant(tenant).await.organisations;
    let signs_on = organisations.iter().find(|organisation| organisation.single_sign_on.is_some());
    let organisation = signs_on.expect("an organisation has single sign-on").slug.clone();
    let report = &server.tenant(tenant).await.reports[0].slug;
    let values = [
        (":campaign", campaign),
        (":id", &idea),
        ("{contribution}", &idea),
        ("{comment}", &comment),
        (":slug", page),
        (":report", report),
        (":organisation", &organisation),
        (":file", &format!("logo-{}.png", &server.tenant(tenant).await.digest[..12])),
        ("{code}", &codes[0]),
    ];
    let values = values.map(|(part, value)| (part, value.to_owned())).into();
    Place { values, secret, session: person.cookie(&cookie(tenant)).unwrap(), token: program.token }
}

both_databases! {
    async fn nothing_of_another_tenant_or_campaign_is_there(databases: &TestDatabases) {
        let world = World::make(databases).await;
        let before = world.everything(databases).await;
        let routes = web::all_routes();
        assert!(routes.len() > 30, "the router tells its routes");
        // The console's are tried in access_matrix.rs, where there are named people.
        for route in routes.iter().filter(|route| !route.path.starts_with("/console")) {
            let template = template(route);
            world.tries_own_ids(&template).await;
            world.tries_foreign_ids(&template).await;
            world.tries_foreign_hosts(&template).await;
        }
        assert_eq!(world.everything(databases).await, before, "something was changed");
        world.all_is_still_there_for_its_owners().await;
    }
}

/// BSol with two campaigns and HHFT with one, all open and filled.
struct World {
    server: TestServer,
    own: Place,
    other_campaign: Place,
    other_tenant: Place,
}

impl World {
    async fn make(databases: &TestDatabases) -> Self {
        let server = TestServer::with_packs(databases, packs::all_open()).await;
        let own = fill(&server, "bsol", "first-conversation", "not-a-survey").await;
        let other_campaign = fill(&server, "bsol", "second", "not-a-survey").await;
        let other_tenant = fill(&server, "hhft", "series-3", "topics").await;
        // What the server does by itself every minute is done: on a slow machine it would come in between, and look like a change of somebody's.
        server.sides().keep_house().await.expect("what is due is done");
        Self { server, own, other_campaign, other_tenant }
    }

    async fn everything(&self, databases: &TestDatabases) -> [Dump; 2] {
        [
            Tables::of_identity(databases).await.dump().await,
            Tables::of_conversation(databases).await.dump().await,
        ]
    }

    /// What is one's own can be read: so it is the ids that the refusals below are about.
    async fn tries_own_ids(&self, template: &Template) {
        let device = self.visitor("bsol", "").await;
        if !template.writes()
            && template.parts().iter().any(|part| *part != ":file")
            && !template.path.contains("/live")
        {
            let found = self.asks(&device, template, &self.own.values).await;
            if template.path.contains("/single-sign-on/") {
                // There is no identity provider in this test; that it is looked for is what counts.
                return assert_eq!(found.status, 422, "{template}, one's own: {}", found.text());
            }
            if template.path.contains("/activity") || template.path.ends_with("/results") {
                // These conversations are open discussions; round_types.rs tries the pages of those that a round type runs.
                return assert_eq!(found.status, 404, "{template}, one's own: {}", found.text());
            }
            assert_eq!(found.status, 200, "{template}, one's own: {}", found.text());
        }
    }

    /// At one's own tenant, in one's own session: each part in turn is somebody else's.
    async fn tries_foreign_ids(&self, template: &Template) {
        for part in template.parts() {
            let mut foreign = vec![&self.other_tenant];
            // That one's own tenant has another campaign is no secret: its home page lists it.
            // Codes are for any campaign of the tenant at whose door they are typed.
            if ![":campaign", ":slug", ":report", ":organisation", ":file", "{code}"].contains(&part) {
                foreign.push(&self.other_campaign);
            }
            for place in foreign {
                let device = self.visitor("bsol", "").await;
                let with = |value: &str| {
                    let mut values = self.own.values.clone();
                    values.insert(part, value.to_owned());
                    values
                };
                let (theirs, nothing) = (&place.values[part], unknown()[part].clone());
                let found = self.asks(&device, template, &with(theirs)).await;
                let unfound = self.asks(&device, template, &with(&nothing)).await;
                self.assert_same(template, part, (&found, theirs), (&unfound, &nothing));
                if part == ":id" || part == ":campaign" || (part != "{code}" && template.writes()) {
                    assert_eq!(found.status, 404, "{template}: {part}");
                }
            }
        }
    }

    /// At another tenant, in a session of one's own tenant: all parts are that tenant's, under every name that leads there.
    async fn tries_foreign_hosts(&self, template: &Template) {
        let hosts = [("hhft", ""), ("localhost", "/hhft"), ("bsol", "/hhft")];
        for (host, base) in hosts {
            let device = self.visitor(host, base).await;
            let theirs = self.other_tenant.values.clone();
            let mut nothing = theirs.clone();
            for part in template.parts().into_iter().filter(|part| *part != ":campaign") {
                nothing.insert(part, unknown()[part].clone());
            }
            // Their codes work at their own door, for whoever holds one.
            if template.parts().contains(&"{code}") && host != "bsol" {
                continue;
            }
            let found = self.asks(&device, template, &theirs).await;
            let unfound = self.asks(&device, template, &nothing).await;
            let same_for_all = template.is_public() && host != "bsol";
            if !same_for_all {
                let id = theirs[":id"].as_str();
                self.assert_same(template, host, (&found, id), (&unfound, &nothing[":id"]));
                assert!(found.status >= 303, "{template} at {host}{base}: {}", found.status);
            }
        }
    }

    fn assert_same(&self, template: &Template, part: &str, found: (&Answer, &str), unfound: (&Answer, &str)) {
        let of = |(answer, value): (&Answer, &str)| {
            let (status, mut headers, body) = answer.essence();
            let location = headers.iter_mut().find(|(name, _)| name == "location");
            location.into_iter().for_each(|(_, to)| *to = to.replace(value, "VALUE"));
            (status, headers, body.replace(value, "VALUE"))
        };
        let ((status, headers, body), unfound) = (of(found), of(unfound));
        assert_eq!((status, headers), (unfound.0, unfound.1), "{template}: {part}");
        let difference = body.lines().zip(unfound.2.lines()).find(|(one, other)| one != other);
        assert_eq!(difference, None, "{template}: {part}");
        assert_eq!(body.len(), unfound.2.len(), "{template}: {part}");
        for place in [&self.other_campaign, &self.other_tenant] {
            assert!(!found.0.body.contains(&place.secret), "{template}: {part} gives away what was said");
        }
    }

    /// A browser that holds the session of BSol's participant, under the cookie's name at every tenant.
    async fn visitor(&self, host: &str, base: &str) -> Device {
        let site = self.server.site;
        let host = if host == "localhost" { host.to_owned() } else { format!("{host}.localhost") };
        let device = Device::new(site, format!("{host}:{}", site.port()), base.to_owned());
        let at_home = host == "bsol.localhost" && base.is_empty();
        // A visit's cookie and its token are anybody's for the asking.
        device.get("/enter").await;
        for tenant in ["bsol", "hhft"] {
            device.plant_cookie(&cookie(tenant), &self.own.session);
        }
        if at_home {
            device.get("/leave").await.expect(200);
        }
        device
    }

    async fn asks(&self, device: &Device, template: &Template, values: &Values) -> Answer {
        let request = template.filled(device, values);
        let request = if template.is_api() { request.bearer_auth(&self.own.token) } else { request };
        device.send(request).await
    }

    async fn all_is_still_there_for_its_owners(&self) {
        for (tenant, place) in [("hhft", &self.other_tenant), ("bsol", &self.own)] {
            let device = self.server.device(tenant);
            device.plant_cookie(&cookie(tenant), &place.session);
            let page = device.get(&format!("/conversations/{}", place.values[":campaign"])).await.expect(200);
            assert!(page.body.contains(&place.secret));
            let request =
                device.request(Method::GET, &format!("/api/v1/campaigns/{}/mine", place.values[":campaign"]));
            device.send(request.bearer_auth(&place.token)).await.expect(200);
            self.server.device(tenant).enters(&place.values["{code}"]).await;
        }
    }
}

fn cookie(tenant: &str) -> String {
    format!("__Host-candour-{tenant}")
}

fn unknown() -> Values {
    UNKNOWN.iter().map(|(part, value)| (*part, (*value).to_owned())).collect()
}

/// PostgreSQL's own lock behind ours: the server's role sees the tenant that a transaction was made for, and without one nothing.
#[test]
fn postgres() {
    with_databases(Kind::Postgres, |databases| Box::pin(row_level_security_holds(databases)));
}

async fn row_level_security_holds(databases: &TestDatabases) {
    let world = World::make(databases).await;
    let hhft = world.server.tenant("hhft").await.id.to_string();
    for (all, url) in [
        (Tables::of_identity(databases).await, &databases.identity.app),
        (Tables::of_conversation(databases).await, &databases.conversation.app),
    ] {
        let app = Tables::at(url).await;
        assert_eq!(open_tables(&all, &app, &hhft).await, Vec::<String>::new());
        // Without any one of its policies a table is seen to be open.
        for table in locked_tables(&all).await {
            let rows = all.number(&format!("SELECT count(*) FROM \"{table}\"")).await;
            all.change(&format!("ALTER TABLE \"{table}\" DISABLE ROW LEVEL SECURITY")).await;
            let open = open_tables(&all, &app, &hhft).await;
            assert!(open == [table.clone()] || rows == 0, "{table} without its policy: {open:?}");
            all.change(&format!("ALTER TABLE \"{table}\" ENABLE ROW LEVEL SECURITY")).await;
            all.change(&format!("DROP POLICY own_tenant ON \"{table}\"")).await;
            assert_eq!(
                unguarded_tables(&all).await,
                std::slice::from_ref(&table),
                "a dropped policy is missed"
            );
            let using = "tenant_id = nullif(current_setting('candour.tenant', true), '')::uuid";
            all.change(&format!("CREATE POLICY own_tenant ON \"{table}\" USING ({using})")).await;
        }
        assert_eq!(unguarded_tables(&all).await, Vec::<String>::new());
    }
    let (app, bsol) = (Tables::at(&databases.conversation.app).await, world.server.tenant("bsol").await.id);
    let smuggle = |tenant: &str| {
        format!(
            "INSERT INTO campaign (tenant_id, id, slug) VALUES ('{tenant}', gen_random_uuid(), 'smuggled')"
        )
    };
    let refused = app.try_for(&hhft, &smuggle(&bsol.to_string())).await.unwrap_err();
    assert!(refused.contains("row-level security"), "{refused}");
    app.try_for(&hhft, &smuggle(&hhft)).await.expect("its own rows it may write");
}

/// The tables that hold one tenant's rows each. Two say themselves which tenants there are, and which changes of the schema were made.
async fn locked_tables(all: &Tables) -> Vec<String> {
    let open_to_all = ["tenant", "seaql_migrations"];
    all.names().await.into_iter().filter(|table| !open_to_all.contains(&table.as_str())).collect()
}

/// Tables that show the server's role rows without a tenant, or more or less than that tenant's with one.
async fn open_tables(all: &Tables, app: &Tables, tenant: &str) -> Vec<String> {
    let mut open = Vec::new();
    for table in locked_tables(all).await {
        let count = format!("SELECT count(*) FROM \"{table}\"");
        let theirs = format!("{count} WHERE {}", all.is("tenant_id", tenant));
        let seen = app.number_for(tenant, &count).await;
        if app.number(&count).await != 0 || seen != all.number(&theirs).await {
            open.push(table);
        }
    }
    open
}

/// Tables without a forced policy, whatever they hold.
async fn unguarded_tables(all: &Tables) -> Vec<String> {
    let guarded = all
        .texts(
            "SELECT c.relname::text FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid
             WHERE c.relrowsecurity AND c.relforcerowsecurity AND p.polpermissive AND p.polcmd = '*'
               AND pg_get_expr(p.polqual, p.polrelid) LIKE '%tenant_id = %candour.tenant%'",
        )
        .await;
    locked_tables(all).await.into_iter().filter(|table| !guarded.contains(table)).collect()
}
