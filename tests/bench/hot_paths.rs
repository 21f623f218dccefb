//! What people ask for most, and the cheapest answer that there is.

use std::time::Duration;

use anyhow::Result;
use rand::RngExt;
use rand::rngs::StdRng;

use crate::closed_loop::{Load, Run};
use crate::people::{Person, Site};
use crate::stage::Server;

/// Connections that read.
const READERS: usize = 32;
/// Connections that vote.
const VOTERS: usize = 64;
/// What a vote can be.
const ANSWERS: [&str; 3] = ["agree", "disagree", "pass"];

/// One run of each.
pub struct HotPaths {
    /// A form with a vote of anybody on anything that they see; answered when it is on disk.
    pub vote: Run,
    /// The first page of the conversation, with counts and the reader's own votes.
    pub page: Run,
    /// The same, compressed.
    pub page_gzip: Run,
    /// `/robots.txt`: what the server's edge costs by itself.
    pub edge: Run,
}

/// Votes first, so that readers have votes of their own.
pub async fn measure(server: &Server, people: &[Person], lasting: Duration) -> Result<HotPaths> {
    let site = &server.site;
    let conversation = Site::conversation();
    let votes = format!("{conversation}/votes");
    let vote = |chance: &mut StdRng| {
        let person = any(people, chance);
        let (csrf, post, value) = (&person.csrf, any(&person.posts, chance), any(&ANSWERS, chance));
        site.post(&votes, &person.cookie, &format!("csrf={csrf}&post={post}&value={value}"))
    };
    let page = |headers: &'static str| {
        let conversation = &conversation;
        move |chance: &mut StdRng| site.get(conversation, &any(people, chance).cookie, headers)
    };
    let robots = |_: &mut StdRng| site.get("/robots.txt", "", "");
    Ok(HotPaths {
        vote: Load { connections: VOTERS, lasting, status: 303, next: vote }.run(server).await?,
        page: Load { connections: READERS, lasting, status: 200, next: page("") }.run(server).await?,
        page_gzip: Load {
            connections: READERS,
            lasting,
            status: 200,
            next: page("accept-encoding: gzip\r\n"),
        }
        .run(server)
        .await?,
        edge: Load { connections: READERS, lasting, status: 200, next: robots }.run(server).await?,
    })
}

fn any<'a, T>(of: &'a [T], chance: &mut StdRng) -> &'a T {
    &of[chance.random_range(0..of.len())]
}
