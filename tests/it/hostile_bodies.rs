//! Bodies that mean harm: stored safely or refused in clear words, and the server goes on.

use futures_util::stream;
use reqwest::{Method, RequestBuilder, header};
use serde_json::json;

use crate::harness::answer::Answer;
use crate::harness::databases::both_databases;
use crate::harness::people::{Person, Program};
use crate::harness::server::TestServer;
use crate::harness::tables::Tables;

/// 10 MB, bytes.
const TEN_MEGABYTES: usize = 10_000_000;
const FORM: &str = "application/x-www-form-urlencoded";

both_databases! {
    async fn ten_megabytes_are_refused(databases: &TestDatabases) {
        let (server, ann, program) = world(databases).await;
        let form = format!("csrf={}&prompt=frustrations&body={}", ann.csrf(), "a".repeat(TEN_MEGABYTES));
        let json = json!({ "prompt": "frustrations", "body": "a".repeat(TEN_MEGABYTES) }).to_string();
        for chunked in [false, true] {
            let answer = send(&ann, form_post(&ann), &form, chunked).await;
            assert_eq!(answer.status, 413, "chunked {chunked}");
            assert_eq!(answer.header("connection"), "close", "or the next request would run into a closed door");
            assert!(answer.text().contains("too long"), "{}", answer.text());
            assert_alive(&server, &ann).await;
            let answer = send(&ann, json_post(&program), &json, chunked).await;
            assert_eq!(answer.expect(413).problem(), "body-too-large", "chunked {chunked}");
            assert_alive(&server, &ann).await;
        }
        assert_nothing_stored(databases).await;
    }

    async fn what_is_no_text_is_refused(databases: &TestDatabases) {
        let (server, ann, program) = world(databases).await;
        let fields = format!("csrf={}&prompt=frustrations&body=", ann.csrf());
        for bad in ["%ff%fe", "caf%e9", "%c0%af", "%ed%a0%80", "before%00after", "%f4%90%80%80"] {
            let answer = send(&ann, form_post(&ann), &format!("{fields}{bad}"), false).await;
            assert_eq!(answer.status, 400, "{bad}");
            assert!(answer.text().contains("characters that cannot be stored"), "{}", answer.text());
        }
        let raw = [fields.as_bytes(), b"\xff\xfe\x00"].concat();
        assert_eq!(ann.send(form_post(&ann).body(raw)).await.status, 400);
        let raw = [br#"{"prompt":"frustrations","body":""#.as_slice(), b"\xff\xfe", br#""}"#.as_slice()].concat();
        assert_eq!(ann.send(json_post(&program).body(raw)).await.status, 400);
        let nul = json_post(&program).body(r#"{"prompt":"frustrations","body":"before\u0000after"}"#);
        assert_eq!(ann.send(nul).await.expect(422).problem(), "text-unstorable");
        let lone = json_post(&program).body(r#"{"prompt":"frustrations","body":"\ud800"}"#);
        assert_eq!(ann.send(lone).await.expect(400).problem(), "bad-body");
        for path in ["/conversations/%ff%fe", "/?q=%00", "/conversations/first-conversation?q=%ff", "/enter?code=%00%ff"] {
            let status = ann.get(path).await.status;
            assert!((200..500).contains(&status), "{path}: {status}");
        }
        assert_alive(&server, &ann).await;
        assert_nothing_stored(databases).await;
    }

    async fn text_that_would_take_over_the_page_is_tamed(databases: &TestDatabases) {
        let (server, ann, program) = world(databases).await;
        let zalgo = format!("H{}ello", "\u{0301}\u{0316}\u{0489}".repeat(30));
        assert!(ann.sends_idea("frustrations", &zalgo).await.expect(422).text().contains("stacked accents"));
        let refused = program.put(Method::POST, "/contributions", &json!({ "prompt": "frustrations", "body": zalgo })).await;
        assert_eq!(refused.expect(422).problem(), "text-stacked-marks");
        assert_nothing_stored(databases).await;

        let idea = ann.shares("safe \u{202e}drowssap\u{202c} \u{2066}isolated\u{2069} \u{feff}end\u{1b}[31m\u{8}").await;
        let shown = ann.reads(&idea).await;
        assert!(shown.post(&idea).contains("safe drowssap isolated end[31m"), "{}", shown.post(&idea));
        for control in ['\u{202e}', '\u{202c}', '\u{2066}', '\u{feff}', '\u{1b}', '\u{8}'] {
            assert!(!shown.body.contains(control), "{control:?} is on the page");
        }
        assert!(shown.post(&idea).contains("dir=\"auto\""), "a post's direction stays its own");
        let vietnamese = ann.shares("Tiếng Việt, עִבְרִית, हिन्दी, 👩🏽‍⚕️ and e\u{301}").await;
        assert!(ann.reads(&vietnamese).await.post(&vietnamese).contains("Tiếng Việt, עִבְרִית, हिन्दी, 👩🏽‍⚕️ and é"));
        assert_alive(&server, &ann).await;
    }

    async fn markup_is_only_text(databases: &TestDatabases) {
        let (_server, ann, program) = world(databases).await;
        for hostile in [
            "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg/onload=alert(1)>", "</textarea><script>alert(1)</script>",
            "[click](javascript:alert(1))", "javascript:alert(1)", "![](https://evil.example/pixel.png)", "<a href='javascript:alert(1)'>x</a>",
            "{{ 7*7 }} {% raw %}{% endraw %}", "${7*7} #{7*7} <%= 7*7 %>", "&lt;b&gt; &amp;amp;", "data:text/html,<script>alert(1)</script>",
            "https://evil.example/\"onmouseover=\"alert(1)", "https://evil.example/<script>", "'; DROP TABLE post; --", "\\u003cscript\\u003e",
        ] {
            let idea = ann.shares(hostile).await;
            let comment = ann.comments(&idea, hostile).await;
            for page in [ann.reads(&idea).await, ann.opens("").await, ann.opens("/mine").await, ann.opens(&format!("/posts/{idea}/edit")).await,
                ann.opens(&format!("/posts/{comment}/withdraw")).await, ann.sends_change(&idea, &format!("{hostile}{}", " long".repeat(700))).await] {
                assert_unharmed(&page, hostile);
            }
            assert!(ann.reads(&idea).await.text().contains(hostile), "{hostile} is not shown as it was written");
            let thread = program.get(&format!("/contributions/{idea}")).await.json();
            assert_eq!(thread["contribution"]["body"], hostile, "the API gives the text itself");
        }
        for path in ["?q=<script>alert(1)</script>", "?q=\"><svg onload=alert(1)>", "?prompt=<script>", "?sort=\"onload=x", "?after=<script>", "?done=<script>"] {
            let page = ann.opens(&path.replace('<', "%3C").replace('"', "%22").replace('>', "%3E").replace(' ', "%20")).await;
            assert_unharmed(&page.expect(200), path);
        }
    }

    async fn depth_and_number_cost_nothing(databases: &TestDatabases) {
        let (server, ann, program) = world(databases).await;
        let nested = "(".repeat(100_000);
        for (body, chunked) in [(&nested, false), (&"[".repeat(50_000), true), (&"> ".repeat(20_000), false), (&"https://".repeat(7_000), false)] {
            let form = format!("csrf={}&prompt=frustrations&body={body}", ann.csrf());
            let answer = send(&ann, form_post(&ann), &form, chunked).await;
            assert!([413, 422].contains(&answer.status), "{}", answer.status);
        }
        let within = format!("{}{}", "(".repeat(1_500), ")".repeat(1_500));
        let idea = ann.shares(&within).await;
        assert!(ann.reads(&idea).await.text().contains(&within));
        for json in ["[".repeat(60_000), format!("{{\"body\":{}", "[".repeat(60_000)), "{\"a\":".repeat(10_000)] {
            let answer = send(&ann, json_post(&program), &json, false).await;
            assert_eq!(answer.expect(400).problem(), "bad-body");
        }
        let many = format!("csrf={}&{}", ann.csrf(), "a=b&".repeat(10_000));
        let answer = send(&ann, form_post(&ann), &many, false).await;
        assert_eq!(answer.status, 400);
        let twice = format!("csrf={}&prompt=frustrations&body=first&body=second", ann.csrf());
        send(&ann, form_post(&ann), &twice, false).await.expect(303);
        assert_alive(&server, &ann).await;
    }

    async fn other_kinds_and_line_ends_do_no_harm(databases: &TestDatabases) {
        let (server, ann, program) = world(databases).await;
        let fields = format!("csrf={}&prompt=frustrations&body=x", ann.csrf());
        for kind in ["text/plain", "application/json", "multipart/form-data; boundary=x", ""] {
            let request = ann.request(Method::POST, &ann.at("/share")).header(header::ORIGIN, ann.origin());
            assert_eq!(ann.send(request.header(header::CONTENT_TYPE, kind).body(fields.clone())).await.status, 415, "{kind}");
        }
        let form = program.request(Method::POST, "/contributions").header(header::CONTENT_TYPE, FORM).body("body=x");
        assert_eq!(ann.send(form).await.expect(415).problem(), "not-json");
        for json in ["", "null", "[]", "{}", "{\"body\":[],\"prompt\":\"frustrations\"}", "{\"prompt\":\"frustrations\",\"body\":\"x\",\"author\":\"me\"}"] {
            assert_eq!(ann.send(json_post(&program).body(json)).await.status, 400, "{json}");
        }
        assert_nothing_stored(databases).await;

        let idea = ann.shares("one\r\ntwo\rthree\u{2028}four\n\n\n\n\n\nfive").await;
        let thread = program.get(&format!("/contributions/{idea}")).await.json();
        assert_eq!(thread["contribution"]["body"], "one\ntwo\nthree\nfour\n\nfive");
        let odd = ann.sends_idea("frustrations\r\nset-cookie: a=b", "x").await.expect(422);
        assert!(odd.headers.get(header::SET_COOKIE).is_none());
        let refused = ann.post(&ann.at("/share"), &[("prompt", "frustrations"), ("body", "x"), ("theme", "\r\n\0"), ("feeling", "")]).await;
        assert_eq!(refused.status, 400);
        assert_alive(&server, &ann).await;
    }
}

async fn world(databases: &crate::harness::databases::TestDatabases) -> (TestServer, Person, Program) {
    let server = TestServer::start(databases).await;
    let ann = server.person("bsol").await;
    let program = ann.program_at(server.site);
    (server, ann, program)
}

fn form_post(person: &Person) -> RequestBuilder {
    let request = person.request(Method::POST, &person.at("/share")).header(header::ORIGIN, person.origin());
    request.header(header::CONTENT_TYPE, FORM)
}

fn json_post(program: &Program) -> RequestBuilder {
    program.request(Method::POST, "/contributions").header(header::CONTENT_TYPE, "application/json")
}

/// Sends a body whole, with its length said beforehand, or in chunks of 64 KiB without.
async fn send(person: &Person, request: RequestBuilder, body: &str, chunked: bool) -> Answer {
    let request = match chunked {
        false => request.body(body.to_owned()),
        true => {
            let chunks: Vec<Result<Vec<u8>, std::io::Error>> =
                body.as_bytes().chunks(64 << 10).map(|chunk| Ok(chunk.to_vec())).collect();
            request.body(reqwest::Body::wrap_stream(stream::iter(chunks)))
        }
    };
    person.send(request).await
}

async fn assert_alive(server: &TestServer, person: &Person) {
    person.opens("").await.expect(200);
    server.ask_operations("/readyz").await.expect(200);
}

async fn assert_nothing_stored(databases: &crate::harness::databases::TestDatabases) {
    assert_eq!(Tables::of_conversation(databases).await.number("SELECT count(*) FROM post").await, 0);
}

/// No element, attribute or address on the page comes from what was written.
fn assert_unharmed(page: &Answer, hostile: &str) {
    assert!(page.is_html(), "{hostile}");
    for tag in page
        .body
        .split('<')
        .skip(1)
        .filter_map(|piece| piece.split_once('>'))
        .map(|(tag, _)| tag.to_lowercase())
    {
        assert!(!tag.starts_with("script") || tag.contains("src=\"/assets/"), "{hostile}: <{tag}>");
        assert!(
            !tag.starts_with("img") || tag.contains("/branding/") || tag.contains("&#x2f;branding"),
            "{hostile}: <{tag}>"
        );
        // What stands between quotation marks is a value and does nothing.
        let names: String = tag.split('"').step_by(2).collect();
        for attribute in ["onerror=", "onload=", "onmouseover=", "style="] {
            assert!(!names.contains(attribute), "{hostile}: <{tag}>");
        }
        assert!(!tag.contains("href=\"javascript:") && !tag.contains("href=\"data:"), "{hostile}: <{tag}>");
    }
}
