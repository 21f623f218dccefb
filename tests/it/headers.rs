//! What every answer carries, and what no page may load.

use std::collections::BTreeSet;

use reqwest::{Method, header};

use crate::harness::answer::{Answer, between};
use crate::harness::databases::both_databases;
use crate::harness::people::{Device, Person};
use crate::harness::routes::{Values, template};
use crate::harness::server::TestServer;

/// What must stand in the policy of every page.
const POLICY: &[&str] = &["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action '"];

/// The page that anybody may show in a frame.
const FRAMED: &str = "/countdown/";

/// The one inline script that a page may have: the NHS.UK template's, whose hash the policy names.
const INLINE_SCRIPT: &str = "document.body.className";

both_databases! {
    async fn every_answer_carries_its_headers(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let ann = server.person("bsol").await;
        let values = filled(&server, &ann).await;
        let program = ann.program_at(server.site);
        for route in web::all_routes() {
            let template = template(&route);
            // A stream has headers like any other answer, but no end.
            if template.path.contains("/live") || template.path == "/leave" {
                continue;
            }
            let with_session = template.filled(&ann, &values).bearer_auth(&program.token);
            assert_guarded(&ann.send(with_session).await, &format!("{template}, inside"));
            let stranger = server.device("bsol");
            stranger.get("/enter").await;
            assert_guarded(&stranger.send(template.filled(&stranger, &values)).await, &format!("{template}, outside"));
        }
        let stranger = server.device("bsol");
        for path in ["/no-such-page", "/assets/no-such-file.css", "/api/v1/no-such-thing", "/%00", "/conversations/%ff"] {
            assert_guarded(&stranger.get(path).await, path);
        }
        for method in [Method::PUT, Method::DELETE, Method::TRACE, Method::OPTIONS, Method::HEAD] {
            let request = stranger.request(method.clone(), "/conversations/first-conversation");
            assert_guarded(&stranger.send(request).await, method.as_str());
        }
        assert_guarded(&Device::new(server.site, "nobody.example".into(), String::new()).get("/").await, "no tenant");
    }

    async fn cookies_are_locked_to_their_host(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let device = server.device("bsol");
        let visit = device.get("/enter").await;
        let entered = device.post("/enter", &[("code", &server.code("bsol").await), ("shared", "no")]).await.expect(303);
        let mut names = BTreeSet::new();
        for answer in [&visit, &entered] {
            for cookie in answer.headers.get_all(header::SET_COOKIE) {
                let cookie = cookie.to_str().unwrap();
                let (name, rest) = cookie.split_once('=').unwrap();
                let attributes: Vec<&str> = rest.split("; ").skip(1).collect();
                for wanted in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
                    assert!(attributes.contains(&wanted), "{name} lacks {wanted}: {attributes:?}");
                }
                assert!(!attributes.iter().any(|attribute| attribute.starts_with("Domain")), "{name}");
                names.insert(name.to_owned());
            }
        }
        let all = ["__Host-candour-bsol", "__Host-candour-visit", "__Host-shared"];
        assert_eq!(names.into_iter().collect::<Vec<_>>(), all);
    }

    async fn pages_load_nothing_from_elsewhere_and_run_nothing_inline(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let ann = server.person("bsol").await;
        let values = filled(&server, &ann).await;
        ann.shares("People may link: https://elsewhere.example/page and <img src=\"https://elsewhere.example/x.png\">").await;
        let mut pages = 0;
        for route in web::all_routes().iter().filter(|route| route.method == "GET" && !route.path.ends_with("/live")) {
            let template = template(route);
            let stranger = server.device("bsol");
            for answer in [ann.send(template.filled(&ann, &values)).await, stranger.send(template.filled(&stranger, &values)).await] {
                if answer.is_html() {
                    assert_page_is_our_own(&answer, &template.to_string());
                    pages += 1;
                } else if answer.header("content-type").starts_with("text/css") {
                    assert_stylesheet_is_our_own(&answer, &template.to_string());
                }
            }
        }
        assert!(pages > 20, "only {pages} pages were looked at");
    }
}

fn assert_guarded(answer: &Answer, what: &str) {
    let policy = match answer.header("content-security-policy") {
        framed if what.contains(FRAMED) => framed.replace("frame-ancestors *", "frame-ancestors 'none'"),
        policy => policy.to_owned(),
    };
    for part in POLICY {
        assert!(policy.contains(part), "{what}: {policy}");
    }
    for forbidden in ["unsafe-inline", "unsafe-eval", "http:", "https:", "*"] {
        assert!(!policy.contains(forbidden), "{what}: {policy}");
    }
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}");
    // The address of this page is a secret.
    let referrer = if what.contains("/emails/stop/") { "no-referrer" } else { "same-origin" };
    assert_eq!(answer.header("referrer-policy"), referrer, "{what}");
    assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{what}");
    assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin", "{what}");
    assert!(answer.header("permissions-policy").contains("geolocation=()"), "{what}");
    assert!(!answer.header("cache-control").is_empty(), "{what}");
    assert!(answer.headers.get("server").is_none(), "{what} says what it runs on");
    assert_ne!(answer.status, 500, "{what}: {}", answer.text());
    if answer.is_html() && answer.status == 200 && !answer.body.contains("swagger") {
        assert_eq!(answer.header("cache-control"), "no-store", "{what}: a shared device would keep it");
    }
}

fn assert_page_is_our_own(page: &Answer, what: &str) {
    for tag in page.body.split('<').skip(1).filter_map(|piece| piece.split_once('>')).map(|(tag, _)| tag) {
        let name = tag.split_whitespace().next().unwrap_or_default();
        for (attribute, value) in attributes(tag) {
            assert!(!attribute.starts_with("on"), "{what}: <{tag}>");
            assert_ne!(attribute, "style", "{what}: <{tag}>");
            let loads = ["src", "action", "formaction", "data", "poster", "srcset"].contains(&attribute)
                || (attribute == "href" && name != "a");
            // `data:,` is nothing at all: it keeps browsers from asking for a picture.
            let data = value.starts_with("data:") && value != "data:,";
            let elsewhere = value.contains("://") || value.starts_with("//") || data;
            assert!(!(loads && elsewhere), "{what}: <{tag}>");
            assert!(!value.trim_start().to_lowercase().starts_with("javascript:"), "{what}: <{tag}>");
            // The only links to elsewhere are people's own, and they tell nothing of where they were.
            if attribute == "href" && elsewhere {
                assert!(tag.contains("rel=") && tag.contains("noreferrer"), "{what}: <{tag}>");
            }
        }
        assert_ne!(name, "style", "{what}");
    }
    for script in page.body.split("<script").skip(1) {
        let inside = between(script, ">", "</script>").unwrap_or_default();
        assert!(inside.trim().is_empty() || inside.contains(INLINE_SCRIPT), "{what}: {inside}");
    }
}

fn assert_stylesheet_is_our_own(style: &Answer, what: &str) {
    for address in style.body.split("url(").skip(1) {
        let address = address.trim_start_matches(['"', '\'']);
        assert!(!address.starts_with("http") && !address.starts_with("//"), "{what}: {}", &address[..40]);
    }
    assert!(!style.body.contains("@import"), "{what}");
    assert!(!style.body.to_lowercase().contains("frutiger"), "{what}");
}

/// The attributes of a tag, with entities that spell an address undone.
fn attributes(tag: &str) -> Vec<(&str, String)> {
    let mut found = Vec::new();
    let mut rest = tag;
    while let Some((before, after)) = rest.split_once("=\"") {
        let name = before.rsplit(char::is_whitespace).next().unwrap_or_default();
        let Some((value, after)) = after.split_once('"') else { break };
        found.push((name, value.replace("&#x2f;", "/").replace("&#x3a;", ":").replace("&amp;", "&")));
        rest = after;
    }
    found
}

async fn filled(server: &TestServer, ann: &Person) -> Values {
    let idea = ann.shares("An idea to look at").await;
    let comment = ann.comments(&idea, "A comment to look at").await;
    let home = ann.get("/").await;
    let stylesheet =
        between(&home.body, "href=\"/assets/", "\"").expect("pages have a stylesheet").to_owned();
    let values = [
        (":campaign", ann.campaign.clone()),
        (":id", idea.clone()),
        ("{contribution}", idea),
        ("{comment}", comment),
        (":slug", "about".to_owned()),
        (":report", "first-conversation".to_owned()),
        (":organisation", "uhb".to_owned()),
        (":file", stylesheet),
        ("{code}", server.code("bsol").await),
    ];
    values.into()
}
