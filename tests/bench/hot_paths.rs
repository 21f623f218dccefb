//! What people ask for most, and the cheapest answer that there is.

use std::time::Duration;

use anyhow::Result;
use rand::RngExt;
use rand::rngs::StdRng;

use crate::closed_loop::{Load, Run};
use crate::people::{PLEDGES, Person, Site};
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
    /// A form with a verdict on a pledge, taken by a round type in its sandbox; answered when it is on disk.
    pub answer: Run,
    /// A pledge's page with its form and one's own answers, drawn by a round type.
    pub activity: Run,
    /// The first page of the conversation, with counts and the reader's own votes.
    pub page: Run,
    /// The same, compressed.
    pub page_gzip: Run,
    /// `/robots.txt`: what the server's edge costs by itself.
    pub edge: Run,
}

/// Votes first, so that readers have votes of their own. `reviewers` are in the conversation that a round type runs.
pub async fn measure(
    server: &Server,
    (people, reviewers): (&[Person], &[Person]),
    lasting: Duration,
) -> Result<HotPaths> {
    let site = &server.site;
    let conversation = Site::conversation();
    let votes = format!("{conversation}/votes");
    let vote = |chance: &mut StdRng| {
        let person = any(people, chance);
        let (csrf, post, value) = (&person.csrf, any(&person.posts, chance), any(&ANSWERS, chance));
        site.post(&votes, &person.cookie, &format!("csrf={csrf}&post={post}&value={value}"))
    };
    let answer = |chance: &mut StdRng| {
        let (person, pledge) = (any(reviewers, chance), any(&PLEDGES, chance));
        let (csrf, verdict) = (&person.csrf, any(&["strong", "wrong"], chance));
        let form = format!(
            "csrf={csrf}&_form=verdict&verdict={verdict}&{verdict}-reasons={}&comment=&_pressed=stay",
            if *verdict == "strong" { "clear" } else { "vague" }
        );
        site.post(&Site::pledge(pledge), &person.cookie, &form)
    };
    let activity = |chance: &mut StdRng| {
        let (person, pledge) = (any(reviewers, chance), *any(&PLEDGES, chance));
        site.get(&Site::pledge(pledge), &person.cookie, "")
    };
    let page = |headers: &'static str| {
        let conversation = &conversation;
        move |chance: &mut StdRng| site.get(conversation, &any(people, chance).cookie, headers)
    };
    let robots = |_: &mut StdRng| site.get("/robots.txt", "", "");
    Ok(HotPaths {
        vote: Load { connections: VOTERS, lasting, status: 303, next: vote }.run(server).await?,
        answer: Load { connections: VOTERS, lasting, status: 303, next: answer }.run(server).await?,
        activity: Load { connections: READERS, lasting, status: 200, next: activity }.run(server).await?,
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
