use std::sync::Mutex;

use actions::round_types::{Button, Heading, TextInput};
use poem::http::Method;

use super::*;

/// Where the previewer is.
const OWN: &str = "127.0.0.1:8088";
const TOKEN: &str = "sample-token";
const HOSTILE: &str = "<script>alert(1)</script>";

/// A round that remembers what was sent, and never takes an empty answer.
#[derive(Default)]
struct Echo {
    sent: Mutex<Vec<(Onlooker, SentForm)>>,
    turns: Mutex<Vec<Turn>>,
}

fn page() -> Page {
    let input = TextInput {
        field: "words".to_owned(),
        label: "Your words".to_owned(),
        hint: None,
        required: true,
        max_characters: 100,
        rows: 1,
        value: String::new(),
    };
    let button = Button { id: "save".to_owned(), label: "Save".to_owned(), primary: true };
    Page {
        nodes: vec![
            Node::Heading(Heading { level: 2, text: HOSTILE.to_owned() }),
            Node::Form("form".to_owned(), vec![Node::TextInput(input), Node::Button(button)]),
        ],
    }
}

impl Rehearsal for Echo {
    fn look<'a>(&'a self, _: Onlooker, name: &'a str) -> BoxFuture<'a, Look> {
        let page = if name == "none" { Err("no such page".to_owned()) } else { Ok(page()) };
        let behind = Behind {
            component: "The component 0123".to_owned(),
            state: vec![("a: words".to_owned(), HOSTILE.to_owned())],
            tally: Ok(vec![["one", "two", "", "3", "4.5"].map(str::to_owned)]),
            log: vec![HOSTILE.to_owned()],
            ..Behind::default()
        };
        Box::pin(async move { Look { page, behind } })
    }

    fn send<'a>(&'a self, who: Onlooker, sent: &'a SentForm) -> BoxFuture<'a, Taken> {
        self.sent.lock().unwrap().push((who, sent.clone()));
        let empty = sent.fields["words"] == [""];
        Box::pin(async move {
            match empty {
                true => Taken::Invalid(vec![Problem {
                    path: "words".to_owned(),
                    code: "empty".to_owned(),
                    message: "Answer this before you go on.".to_owned(),
                }]),
                false => Taken::Done("next/one".to_owned()),
            }
        })
    }

    fn turn(&self, to: Turn) {
        self.turns.lock().unwrap().push(to);
    }
}

fn previewer(echo: &Arc<Echo>) -> impl Endpoint + 'static {
    let previewer = Previewer {
        rehearsal: Arc::clone(echo) as Arc<dyn Rehearsal>,
        renderer: Renderer::new().unwrap(),
        token: TOKEN.to_owned(),
        address: ([127, 0, 0, 1], 8_088).into(),
    };
    routes(Arc::new(previewer))
}

/// What the previewer says to a browser that asks for `path` under the name `host`, with a form if it sends one.
async fn asked(
    previewer: &impl Endpoint,
    host: &str,
    path: &str,
    form: Option<&str>,
) -> (StatusCode, String) {
    let request = Request::builder().uri(path.parse().unwrap()).header(header::HOST, host);
    let request = match form {
        Some(form) => request
            .method(Method::POST)
            .content_type("application/x-www-form-urlencoded")
            .body(form.to_owned()),
        None => request.finish(),
    };
    let response = previewer.get_response(request).await;
    let status = response.status();
    let to = response.header(header::LOCATION).map(str::to_owned);
    (status, to.unwrap_or(response.into_body().into_string().await.unwrap()))
}

async fn body(previewer: &impl Endpoint, path: &str) -> String {
    let (status, body) = asked(previewer, OWN, path, None).await;
    assert_eq!(status, StatusCode::OK, "{path}: {body}");
    body.replace("&#x2f;", "/")
}

fn form(words: &str, token: &str) -> String {
    format!("csrf={token}&_form=form&_pressed=save&words={words}")
}

#[tokio::test]
async fn a_page_is_drawn_with_what_stands_behind_it_and_every_word_is_escaped() {
    let previewer = previewer(&Arc::default());
    let html = body(&previewer, "/round/b/some/page").await;
    assert!(!html.contains("<script") && !html.contains("There is a problem"), "{html}");
    assert_eq!(html.matches("&lt;script&gt;alert(1)").count(), 3, "heading, state and log: {html}");
    for part in ["action=\"/round/b/some/page\"", "href=\"/round/c\"", "The component 0123", "<td>4.5</td>"] {
        assert!(html.contains(part), "{part}: {html}");
    }
    for form in html.split("<form").skip(1) {
        assert!(form.contains("name=\"csrf\" value=\"sample-token\""), "{form}");
    }
    let stylesheet = html.split("href=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    body(&previewer, stylesheet).await;
    assert!(body(&previewer, "/colours.css").await.contains("--candour-"));
    assert!(body(&previewer, "/round/reader/none").await.contains("no such page"));
}

#[tokio::test]
async fn a_form_is_taken_or_its_problems_stand_beside_its_fields() {
    let echo = Arc::new(Echo::default());
    let previewer = previewer(&echo);
    let send = async |path: &str, form: String| asked(&previewer, OWN, path, Some(&form)).await;
    let taken = send("/round/a/some/page", form("hello", TOKEN)).await;
    assert_eq!(taken, (StatusCode::SEE_OTHER, "/round/a/next/one".to_owned()));
    let (who, sent) = echo.sent.lock().unwrap()[0].clone();
    assert_eq!((who, sent.page.as_str(), sent.pressed.as_str()), (Onlooker::A, "some/page", "save"));
    assert_eq!(sent.fields, [("words".to_owned(), vec!["hello".to_owned()])].into(), "and nothing of ours");

    let (_, html) = send("/round/c", form("", TOKEN)).await;
    assert_eq!(html.matches("Answer this before you go on.").count(), 2, "above and beside: {html}");
    let turned = send("/turn/a/closed", format!("csrf={TOKEN}")).await;
    assert_eq!(turned, (StatusCode::SEE_OTHER, "/round/a".to_owned()));
    assert_eq!(*echo.turns.lock().unwrap(), [Turn::Closed]);
}

#[tokio::test]
async fn pages_elsewhere_reach_nothing() {
    let echo = Arc::new(Echo::default());
    let previewer = previewer(&echo);
    for host in ["evil.example", "evil.example:8088", "127.0.0.1:9", ""] {
        let (status, _) = asked(&previewer, host, "/round/a", None).await;
        assert_eq!(status, StatusCode::MISDIRECTED_REQUEST, "{host}");
    }
    for (path, token) in [("/round/a", "guessed"), ("/round/a", ""), ("/turn/a/empty", "guessed")] {
        let (status, _) = asked(&previewer, OWN, path, Some(&form("x", token))).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{path}");
    }
    assert!(echo.sent.lock().unwrap().is_empty() && echo.turns.lock().unwrap().is_empty());
}
