//! Who may do what, tried: every route of the console with every role, with no role, with a participant's session, and with a named
//! person's session of another tenant. What is expected comes from the policy; what each route needs, from the router itself. A route of the
//! console without a guard is named here, or fails.

use actions::policy::{Role, TenantPolicy};
use reqwest::{Method, header};
use web::RouteInfo;

use crate::harness::answer::{Answer, between};
use crate::harness::databases::both_databases;
use crate::harness::packs;
use crate::harness::people::Device;
use crate::harness::server::TestServer;

/// Routes of the console for those who are not in yet.
const DOORS: [(&str, &str); 9] = [
    ("GET", "/console/sign-in"),
    ("POST", "/console/sign-in"),
    ("POST", "/console/sign-in/passkey"),
    ("GET", "/console/sign-in/organisation/:organisation"),
    ("GET", "/console/support/arrive"),
    ("POST", "/console/support/arrive"),
    ("GET", "/console/welcome"),
    ("POST", "/console/welcome"),
    ("POST", "/console/welcome/passkey"),
];

/// What stands in addresses for what a tenant has, and for what it has not.
const OWN: &[(&str, &str)] = &[(":campaign", "first-conversation"), (":slug", "hhft")];
const AN_ID: &str = "5f0c9f0e-6b1f-4c59-9d0a-1d3c7a1b2c3d";

/// What a page says whose guard turned somebody away.
const TURNED_AWAY: &str = "Your role does not allow this";
/// Least number of cases that cross a tenant's border, in one run over one database.
const FOREIGN_CASES: usize = 2_500;

fn guarded() -> Vec<RouteInfo> {
    web::all_routes().into_iter().filter(|route| route.need.is_some()).collect()
}

fn filled(path: &str) -> String {
    let own = OWN.iter().fold(path.to_owned(), |path, (part, value)| path.replace(part, value));
    let rest = own.split('/').map(|part| if part.starts_with(':') { AN_ID } else { part });
    rest.collect::<Vec<_>>().join("/")
}

/// Asks for a route; a form brings no token, so that whoever is let through changes nothing.
async fn asks(device: &Device, route: &RouteInfo) -> Answer {
    let method = Method::from_bytes(route.method.as_bytes()).expect("routes have methods");
    let request = device.request(method.clone(), &filled(&route.path));
    let request = match method {
        Method::GET => request,
        _ => request.header(header::ORIGIN, device.origin()).form(&[("nothing", "here")]),
    };
    device.send(request).await
}

#[test]
fn every_route_of_the_console_has_a_guard_or_is_a_door() {
    let routes = web::all_routes();
    let open = routes.iter().filter(|route| route.path.starts_with("/console") && route.need.is_none());
    let open: Vec<_> = open.map(|route| (route.method.as_str(), route.path.as_str())).collect();
    let mut doors = DOORS.to_vec();
    doors.sort_unstable();
    let mut found = open;
    found.sort_unstable();
    assert_eq!(found, doors);
    assert!(
        routes.iter().filter(|route| route.need.is_some()).all(|route| route.path.starts_with("/console"))
    );
}

both_databases! {
    async fn every_role_may_what_the_policy_says_and_nothing_else(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::all_open()).await;
        let (mut allowed, mut refused) = (0, 0);
        for role in Role::ALL {
            let device = signed_in(&server, role).await;
            for route in guarded().iter().filter(|route| route.path != "/console/sign-out") {
                let (kind, action) = route.need.expect("a guarded route");
                let answer = asks(&device, route).await;
                let turned_away = answer.status == 403 && answer.body.contains(TURNED_AWAY);
                let may = TenantPolicy::base().check(role, kind, action);
                let what = format!("{role}: {} {} needs {kind}.{action}: {}", route.method, route.path, answer.status);
                assert_eq!(turned_away, !may, "{what}");
                assert!(answer.status < 500, "{what}");
                if may { allowed += 1 } else { refused += 1 }
            }
        }
        assert!(allowed > 100 && refused > 300, "{allowed} allowed, {refused} refused");
    }

    async fn nobody_is_let_in_without_a_session_of_this_tenant(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::all_open()).await;
        let person = server.person_in("bsol", "first-conversation").await;
        let participant = person.cookie("__Host-candour-bsol").expect("a session");
        let mut cases = 0;
        let routes = guarded();
        for role in [Role::CommsLead, Role::Moderator, Role::Analyst, Role::Viewer] {
            let staff = server.staff("bsol", &[role]).await;
            let session = staff.session();
            let visitors = [
                // Nobody; a participant; a participant's token as a named person's, and the other way round.
                ("bsol", "", vec![]),
                ("bsol", "", vec![("__Host-candour-bsol", participant.as_str())]),
                ("bsol", "", vec![("__Host-console-bsol", participant.as_str())]),
                ("bsol", "", vec![("__Host-candour-bsol", session.as_str())]),
                // Another tenant's person, under every name that leads here, with every cookie's name.
                ("hhft", "", vec![("__Host-console-hhft", session.as_str())]),
                ("hhft", "", vec![("__Host-console-bsol", session.as_str())]),
                ("localhost", "/hhft", vec![("__Host-console-hhft", session.as_str())]),
                ("localhost", "/bsmhft", vec![("__Host-console-bsmhft", session.as_str())]),
                ("bsmhft", "", vec![("__Host-console-bsmhft", session.as_str()), ("__Host-console-bsol", session.as_str())]),
            ];
            for (host, base, cookies) in &visitors {
                let host = if *host == "localhost" { (*host).to_owned() } else { format!("{host}.localhost") };
                let port = server.site.port();
                for route in &routes {
                    let device = Device::new(server.site, format!("{host}:{port}"), (*base).to_owned());
                    cookies.iter().for_each(|(name, value)| device.plant_cookie(name, value));
                    let answer = asks(&device, route).await;
                    let what = format!("{role} at {host}{base} with {cookies:?}: {} {}", route.method, route.path);
                    assert_eq!(answer.status, 303, "{what}");
                    let to = answer.headers.get("location").and_then(|to| to.to_str().ok()).unwrap_or_default();
                    assert!(to.starts_with(&format!("{base}/console/sign-in")), "{what}: {to}");
                    cases += 1;
                }
            }
        }
        assert!(cases >= FOREIGN_CASES, "{cases} cases");
    }

    async fn what_another_tenant_has_is_not_there_for_named_people(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::all_open()).await;
        let theirs = server.person_in("hhft", "series-3").await.shares("Said at HHFT").await;
        let stranger = server.staff("hhft", &[Role::CommsLead]).await;
        let roles: [&[Role]; 3] = [&[Role::CommsLead], &[Role::Moderator], &[Role::Analyst]];
        for roles in roles {
            let staff = server.staff("bsol", roles).await;
            staff.proves().await;
            let csrf = staff.csrf();
            for route in guarded() {
                let (kind, action) = route.need.expect("a guarded route");
                let may = roles.iter().any(|role| TenantPolicy::base().check(*role, kind, action));
                if !may || !route.path.contains(':') {
                    continue;
                }
                let stranger = stranger.account.to_string();
                let with = |id: &str, campaign: &str| {
                    let path = route.path.replace(":campaign", campaign).replace(":post", id).replace(":id", id);
                    path.replace(":slug", "hhft")
                };
                for id in [theirs.as_str(), stranger.as_str()] {
                    let campaign = if route.path.contains(":post") { "first-conversation" } else { "series-3" };
                    let found = tries(&staff, &route, &with(id, campaign), &csrf).await;
                    let nothing = tries(&staff, &route, &with(AN_ID, "no-such-campaign"), &csrf).await;
                    let what = format!("{roles:?}: {} {}", route.method, with(id, campaign));
                    assert!([404, 303, 415, 422].contains(&found.status), "{what}: {} {}", found.status, found.text());
                    assert_eq!(found.status, nothing.status, "{what}");
                    assert!(!found.body.contains("Said at HHFT") && !found.body.contains("@hhft"), "{what}");
                }
            }
        }
    }
}

/// A browser with the console session of somebody with this role.
async fn signed_in(server: &TestServer, role: Role) -> Device {
    match role {
        Role::Operator => server.operator().await.into_device(),
        Role::Support => {
            let operator = server.colleague("platform", "Robin Marsh", &[Role::Operator]).await;
            let fields = [("why", "To see what a helper may do"), ("hours", "2")];
            let opened = operator.post("/console/tenants/bsol/support", &fields).await.expect(200);
            let page = opened.body.replace("&#x2f;", "/");
            let token = between(&page, "support/arrive?token=", "\"").expect("a link");
            let device = server.device("bsol");
            device.get("/console/support/arrive?token=x").await.expect(200);
            device.post("/console/support/arrive", &[("token", token)]).await.expect(303);
            device
        }
        role => server.staff("bsol", &[role]).await.into_device(),
    }
}

async fn tries(device: &Device, route: &RouteInfo, path: &str, csrf: &str) -> Answer {
    let method = Method::from_bytes(route.method.as_bytes()).expect("routes have methods");
    let request = device.request(method.clone(), path);
    let request = match method {
        Method::GET => request,
        _ => request.header(header::ORIGIN, device.origin()).form(&[("csrf", csrf), ("reason", "off-topic")]),
    };
    device.send(request).await
}
