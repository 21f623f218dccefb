//! Those who come in, each with a code of their own, by the forms that everybody uses.

use std::net::SocketAddr;

use anyhow::{Context, Result, ensure};
use futures_util::future::try_join_all;

use crate::ceilings::PAGE;
use crate::stage::{CAMPAIGN, REVIEW};
use crate::wire::Connection;

/// How many come in at the same time.
const ENTERING: usize = 16;
/// What stands before a form's token.
pub const TOKEN: &str = "name=\"csrf\" value=\"";

/// Pledges of the pack.
pub const PLEDGES: [&str; 8] =
    ["joining", "rotas", "rest", "training", "speaking-up", "respect", "getting-on", "kit"];

/// Where the tenant is.
#[derive(Clone)]
pub struct Site {
    pub address: SocketAddr,
    /// As browsers name it, with the port.
    pub host: String,
}

/// Somebody who came in.
pub struct Person {
    /// As it goes into `Cookie`.
    pub cookie: String,
    /// Good for every form of this session.
    pub csrf: String,
    /// What the first page of the conversation shows them.
    pub posts: Vec<String>,
}

impl Site {
    /// A GET with more headers, each ended by a line break.
    pub fn get(&self, path: &str, cookie: &str, headers: &str) -> Vec<u8> {
        format!("GET {path} HTTP/1.1\r\nhost: {}\r\ncookie: {cookie}\r\n{headers}\r\n", self.host)
            .into_bytes()
    }

    /// A form, sent as a browser does.
    pub fn post(&self, path: &str, cookie: &str, form: &str) -> Vec<u8> {
        let (host, length) = (&self.host, form.len());
        format!(
            "POST {path} HTTP/1.1\r\nhost: {host}\r\norigin: http://{host}\r\ncookie: {cookie}\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n\r\n{form}"
        )
        .into_bytes()
    }

    /// A pledge's page, which a round type draws and whose form it takes.
    pub fn pledge(pledge: &str) -> String {
        format!("/conversations/{REVIEW}/activity/pledge/{pledge}")
    }

    /// The conversation's address.
    pub fn conversation() -> String {
        format!("/conversations/{CAMPAIGN}")
    }
}

/// Everybody comes in and looks at the first page.
pub async fn enter(site: &Site, codes: &[String]) -> Result<Vec<Person>> {
    let mut connection = Connection::open(site.address).await?;
    let mut people = Vec::with_capacity(codes.len());
    for cookie in come_in(site, codes).await? {
        people.push(look(site, &mut connection, cookie).await?);
    }
    Ok(people)
}

/// Everybody comes into the conversation that a round type runs: whom they are, without posts.
pub async fn review(site: &Site, codes: &[String]) -> Result<Vec<Person>> {
    let mut connection = Connection::open(site.address).await?;
    let mut people = Vec::with_capacity(codes.len());
    for cookie in come_in(site, codes).await? {
        let page = connection.exchange(&site.get(&Site::pledge(PLEDGES[0]), &cookie, "")).await?;
        let csrf = page.between(TOKEN, "\"").context("no form to answer by")?.to_owned();
        people.push(Person { cookie, csrf, posts: Vec::new() });
    }
    Ok(people)
}

/// Everybody comes in: their cookies.
pub async fn come_in(site: &Site, codes: &[String]) -> Result<Vec<String>> {
    let share = codes.len().div_ceil(ENTERING).max(1);
    let entering = codes.chunks(share).map(async |codes| {
        let mut connection = Connection::open(site.address).await?;
        let mut cookies = Vec::with_capacity(codes.len());
        for code in codes {
            cookies.push(use_code(site, &mut connection, code).await?);
        }
        anyhow::Ok(cookies)
    });
    Ok(try_join_all(entering).await?.concat())
}

async fn use_code(site: &Site, connection: &mut Connection, code: &str) -> Result<String> {
    let form = connection.exchange(&site.get("/enter", "", "")).await?;
    let token = form.between(TOKEN, "\"").context("no form to come in by")?;
    let visit = cookie(form.headers("set-cookie").next())?;
    let request = site.post("/enter", &visit, &format!("csrf={token}&code={code}&shared=no"));
    let entered = connection.exchange(&request).await?;
    ensure!(entered.status == 303, "a code was refused: {}", entered.status);
    cookie(entered.headers("set-cookie").next())
}

async fn look(site: &Site, connection: &mut Connection, cookie: String) -> Result<Person> {
    let page = connection.exchange(&site.get(&Site::conversation(), &cookie, "")).await?;
    let csrf = page.between(TOKEN, "\"").context("no form to vote by")?.to_owned();
    let ids = page.text()?.split("data-post=\"").skip(1);
    let posts: Vec<String> = ids.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())).collect();
    ensure!(posts.len() == PAGE, "the first page shows {} contributions", posts.len());
    Ok(Person { cookie, csrf, posts })
}

/// `name=value` of a cookie that is being set.
pub fn cookie(set: Option<&str>) -> Result<String> {
    let pair = set.and_then(|set| set.split(';').next());
    Ok(pair.context("no cookie")?.to_owned())
}
