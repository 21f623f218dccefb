//! The documentation page: Swagger UI as poem-openapi brings it, taken apart into files of our own.
//!
//! poem-openapi's page has its style and scripts inline, 1.6 MB, loaded anew each time and forbidden by any decent policy. Here
//! they are files, so the policy can say "our own, and nothing inline", and browsers can keep them. Swagger's picture of an online
//! validator, the one thing that it would load from elsewhere, is switched off in `start.js`, and forbidden besides.

use std::sync::LazyLock;

use poem::endpoint::make_sync;
use poem::http::header;
use poem::{Endpoint, IntoResponse, Request, Response, Route};

/// Our own files only. Swagger's stylesheet holds its icons as `data:` addresses.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// The files change with a release only, and their names do not tell it: an hour, seconds.
const CACHE_CONTROL: &str = "public, max-age=3600";

/// Everything below the page, and the page.
pub(super) const PATHS: [&str; 6] =
    ["", "/swagger-ui.css", "/swagger-ui.js", "/readable.css", "/start.js", "/openapi.json"];

const PAGE: &str = include_str!("documentation/page.html");
const READABLE: &str = include_str!("documentation/readable.css");
const START: &str = include_str!("documentation/start.js");

/// What of Swagger UI is served as files.
struct Swagger {
    style: String,
    script: String,
}

/// Made when somebody first opens the page: few ever do.
static SWAGGER: LazyLock<Swagger> = LazyLock::new(|| {
    let html = super::described().swagger_ui_html();
    Swagger { style: element(&html, "style"), script: element(&html, "script") }
});

/// What stands in the first `<name …>` of `html`.
fn element(html: &str, name: &str) -> String {
    let opened = html.split_once(&format!("<{name} ")).and_then(|(_, rest)| rest.split_once('>'));
    // The bundle says `</script>` inside its strings as `<\/script>`, or it could not stand inline either.
    let inside = opened.and_then(|(_, rest)| rest.split_once(&format!("</{name}>")));
    inside.map(|(inside, _)| inside.to_owned()).unwrap_or_default()
}

/// The page with its files and the description (`openapi.json`), to be nested at `/api/docs`.
pub(super) fn documentation() -> impl Endpoint + 'static {
    Route::new()
        .at("/", make_sync(|request| page(&request)))
        .at("/swagger-ui.css", make_sync(|_| file("text/css; charset=utf-8", SWAGGER.style.as_str())))
        .at("/swagger-ui.js", make_sync(|_| file("text/javascript; charset=utf-8", SWAGGER.script.as_str())))
        .at("/readable.css", make_sync(|_| file("text/css; charset=utf-8", READABLE)))
        .at("/start.js", make_sync(|_| file("text/javascript; charset=utf-8", START)))
        .at("/openapi.json", make_sync(|_| file("application/json", super::openapi_json())))
}

fn page(request: &Request) -> Response {
    // The files lie below the page, whether its own address ends with a slash or not.
    let folder = if request.original_uri().path().ends_with('/') { "" } else { "docs/" };
    Response::builder()
        .content_type("text/html; charset=utf-8")
        .header(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY)
        .body(PAGE.replace("{folder}", folder))
}

fn file(content_type: &'static str, body: impl Into<poem::Body>) -> Response {
    Response::builder()
        .content_type(content_type)
        .header(header::CACHE_CONTROL, CACHE_CONTROL)
        .body(body)
        .into_response()
}

#[cfg(test)]
mod tests {
    use poem::http::Uri;

    use super::*;

    async fn get(path: &'static str) -> Response {
        let site = Route::new().nest("/api/docs", documentation());
        site.get_response(Request::builder().uri(Uri::from_static(path)).finish()).await
    }

    #[tokio::test]
    async fn the_page_and_its_files_are_there() {
        let page = get("/api/docs").await;
        assert_eq!(page.header("content-security-policy"), Some(CONTENT_SECURITY_POLICY));
        let html = page.into_body().into_string().await.unwrap();
        assert!(!html.contains("{folder}") && !html.contains("://"), "{html}");
        for (path, least_bytes) in [
            ("/api/docs/swagger-ui.css", 100_000),
            ("/api/docs/swagger-ui.js", 1_000_000),
            ("/api/docs/readable.css", 100),
            ("/api/docs/start.js", 100),
            ("/api/docs/openapi.json", 10_000),
        ] {
            let bytes = get(path).await.into_body().into_bytes().await.unwrap();
            assert!(bytes.len() > least_bytes, "{path}: {} bytes", bytes.len());
        }
    }

    #[test]
    fn the_stylesheet_loads_nothing_from_elsewhere() {
        let addresses = SWAGGER.style.split("url(").skip(1);
        for address in addresses {
            let address = address.trim_start_matches(['"', '\'']);
            assert!(address.starts_with("data:"), "{}", &address[..40]);
        }
        assert!(!SWAGGER.style.contains("@import"));
    }

    #[test]
    fn the_policy_allows_nothing_inline_or_from_elsewhere() {
        for forbidden in ["unsafe-inline", "unsafe-eval", "http:", "https:", "*"] {
            assert!(!CONTENT_SECURITY_POLICY.contains(forbidden), "{forbidden}");
        }
    }
}
