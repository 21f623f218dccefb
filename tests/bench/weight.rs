//! What a browser loads that opens the conversation for the first time.

use anyhow::{Context, Result, ensure};

use crate::people::{Person, Site};
use crate::wire::Connection;

/// As browsers send it over HTTPS.
const ACCEPT: &str = "accept-encoding: gzip, deflate, br\r\n";
/// What makes a browser load something: the attribute's end and the address.
const LOADING: [(&str, &str); 5] = [
    ("<link rel=\"stylesheet\"", "href=\""),
    ("<link rel=\"icon\"", "href=\""),
    ("<script", "src=\""),
    ("<img", "src=\""),
    ("<source", "srcset=\""),
];

/// How templates escape a slash.
const SLASH: &str = "&#x2f;";

/// One answer.
pub struct Part {
    pub path: String,
    pub encoding: String,
    /// Bytes of head and body as they go over the wire.
    pub bytes: usize,
}

/// The page first, then what it loads. Anything of another host is an error.
pub async fn measure(site: &Site, person: &Person) -> Result<Vec<Part>> {
    let mut connection = Connection::open(site.address).await?;
    let page = Site::conversation();
    let html = connection.exchange(&site.get(&page, &person.cookie, "")).await?.text()?.to_owned();
    let mut parts = Vec::new();
    for path in std::iter::once(page).chain(loaded(&html)) {
        ensure!(path.starts_with('/') && !path.starts_with("//"), "the page loads {path} from another host");
        let answer = connection.exchange(&site.get(&path, &person.cookie, ACCEPT)).await?;
        ensure!(answer.status == 200, "{path}: {}", answer.status);
        let encoding = answer.headers("content-encoding").next().unwrap_or("as it is").to_owned();
        let kind = answer.headers("content-type").next().context("no content-type")?;
        if kind.starts_with("text/css") {
            let plain = connection.exchange(&site.get(&path, &person.cookie, "")).await?;
            ensure!(
                !plain.text()?.contains("url(") && !plain.text()?.contains("@import"),
                "{path} loads more"
            );
        }
        let again = connection.exchange(&site.get(&path, &person.cookie, ACCEPT)).await?;
        parts.push(Part { encoding, bytes: again.head.len() + again.body.len(), path });
    }
    Ok(parts)
}

fn loaded(html: &str) -> Vec<String> {
    let mut paths: Vec<String> = LOADING
        .iter()
        .flat_map(|(element, attribute)| {
            let elements = html.split(element).skip(1).filter_map(|rest| rest.split('>').next());
            elements.filter_map(move |inside| {
                Some(inside.split_once(attribute)?.1.split_once('"')?.0.replace(SLASH, "/"))
            })
        })
        .collect();
    paths.sort();
    paths.dedup();
    paths
}
