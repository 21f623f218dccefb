//! No other site acts in a person's name, and no form that a person did not see is taken.

use reqwest::{Method, RequestBuilder, header};

use crate::harness::databases::both_databases;
use crate::harness::people::{Device, Person};
use crate::harness::routes::{Template, Values, template};
use crate::harness::server::TestServer;
use crate::harness::tables::Tables;

/// How a request is made that another site could make; `None` for one that only the token gives away.
type Forge = fn(RequestBuilder, &Device) -> RequestBuilder;

/// What another site's form, script or link would look like from here.
const FOREIGN: &[(&str, Forge)] = &[
    ("another origin", |request, _| request.header(header::ORIGIN, "https://evil.example")),
    ("another port's origin", |request, _| request.header(header::ORIGIN, "http://bsol.localhost:1")),
    ("another tenant's origin", |request, device| {
        request.header(header::ORIGIN, device.origin().replace("bsol", "hhft"))
    }),
    ("an origin that only begins like ours", |request, device| {
        request.header(header::ORIGIN, format!("{}.evil.example", device.origin()))
    }),
    ("a blank origin", |request, _| request.header(header::ORIGIN, "null")),
    ("a cross-site fetch", |request, _| request.header("sec-fetch-site", "cross-site")),
    ("a fetch from the next subdomain", |request, _| request.header("sec-fetch-site", "same-site")),
    ("our origin in a cross-site fetch", |request, device| {
        request.header(header::ORIGIN, device.origin()).header("sec-fetch-site", "cross-site")
    }),
    ("two origins", |request, device| {
        request.header(header::ORIGIN, device.origin()).header(header::ORIGIN, "https://evil.example")
    }),
];

both_databases! {
    async fn only_our_own_forms_are_taken(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let (ann, ben) = (server.person("bsol").await, server.person("bsol").await);
        let values = filled(&server, &ann).await;
        let tables = Tables::of_conversation(databases).await;
        let before = tables.dump().await;
        let forms = forms();
        assert!(forms.len() >= 7, "the router tells its forms");
        for form in &forms {
            let tokens = [("no", None), ("an empty", Some(String::new())), ("a made up", Some("A".repeat(64))), ("another's", Some(ben.csrf()))];
            for (what, token) in tokens {
                let answer = ann.send(form.with_token(&ann, &values, token.as_deref()).header(header::ORIGIN, ann.origin())).await;
                assert_eq!(answer.status, 403, "{form} with {what} token: {}", answer.text());
                assert!(answer.is_html());
            }
            for (what, forge) in FOREIGN {
                let answer = ann.send(forge(form.with_token(&ann, &values, Some(&ann.csrf())), &ann)).await;
                assert_eq!(answer.status, 403, "{form} with {what}: {}", answer.text());
            }
            assert_eq!(tables.dump().await, before, "{form} was taken");
        }
        for form in forms {
            // Who has just left comes as a visitor again.
            ann.get("/enter").await;
            let request = form.with_token(&ann, &values, Some(&ann.csrf())).header(header::ORIGIN, ann.origin());
            let answer = ann.send(request.header("sec-fetch-site", "same-origin")).await;
            assert_ne!(answer.status, 403, "{form}, as our own page sends it, is refused: {}", answer.text());
        }
    }

    async fn a_cookie_is_no_key_to_the_api(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let ann = server.person("bsol").await;
        let values = filled(&server, &ann).await;
        let tables = Tables::of_conversation(databases).await;
        let before = tables.dump().await;
        let routes = web::all_routes();
        for route in routes.iter().filter(|route| route.path.contains("/api/v1/") && route.method != "GET") {
            let template = template(route);
            // Who has a code needs no session.
            if !template.path.ends_with("/sessions") {
                ann.send(template.filled(&ann, &values)).await.expect(401);
            }
        }
        assert_eq!(tables.dump().await, before);
    }

    async fn nobody_is_sent_away(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let ann = server.person("bsol").await;
        let idea = ann.shares("Where to?").await;
        for back in [
            "https://evil.example", "//evil.example", "/\\evil.example", "/conversations/first-conversation/../../x",
            "/conversations/first-conversation\r\nset-cookie: x=y", "/conversations/first-conversation\u{202e}", "javascript:alert(1)",
        ] {
            let answer = ann.post(&ann.at("/votes"), &[("post", &idea), ("value", "agree"), ("back", back)]).await;
            assert_eq!(answer.location(), ann.at(""), "{back:?}");
            assert!(answer.headers.get(header::SET_COOKIE).is_none());
        }
    }
}

/// The router's forms, leaving and entering last: they end the session.
fn forms() -> Vec<Template> {
    // Taken from programs, without a cookie.
    let is_json = |path: &str| ["/api/", "/issue/", "/emails/"].iter().any(|start| path.starts_with(start));
    let routes = web::all_routes();
    let posts =
        routes.iter().filter(|route| route.method == "POST" && !is_json(&route.path) && route.need.is_none());
    let mut forms: Vec<Template> = posts.map(template).collect();
    forms.sort_by_key(|form| {
        (
            form.path == "/enter",
            form.path == "/leave",
            form.path.ends_with("/erase"),
            form.path.ends_with("/withdraw"),
        )
    });
    forms
}

/// An idea of Ann's own, with her comment, and a code that nobody has used.
async fn filled(server: &TestServer, ann: &Person) -> Values {
    let idea = ann.shares("Ann's own").await;
    let comment = ann.comments(&idea, "Ann's comment").await;
    let values = [
        (":campaign", ann.campaign.clone()),
        (":id", idea.clone()),
        ("{contribution}", idea),
        ("{comment}", comment),
        ("{code}", server.code("bsol").await),
    ];
    values.into()
}

impl Template {
    /// The form's request with this token and without a word about where it comes from.
    fn with_token(&self, device: &Device, values: &Values, token: Option<&str>) -> RequestBuilder {
        let fill = |text: &str| {
            values.iter().fold(text.to_owned(), |text, (part, value)| text.replace(*part, value))
        };
        let fields = self.fields().iter().map(|(name, value)| (*name, fill(value)));
        let token = token.map(|token| ("csrf", token.to_owned()));
        device
            .request(Method::POST, &fill(&self.path))
            .form(&token.into_iter().chain(fields).collect::<Vec<_>>())
    }
}
