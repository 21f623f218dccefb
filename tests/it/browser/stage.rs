//! A server that is full of what people really say, for browsers to look at.

use std::fs::File;
use std::path::Path;

use crate::harness::browser::Browser;
use crate::harness::databases::{Kind, TestDatabases};
use crate::harness::packs;
use crate::harness::people::Person;
use crate::harness::server::{DURING_BSOL, TestServer};

/// A day before all conversations of [`packs::all_open`] open.
pub const BEFORE: &str = "2023-11-29T12:00:00Z";
/// While they are open.
pub const DURING: &str = DURING_BSOL;
/// The day after they close.
pub const AFTER: &str = "2023-12-15T12:00:00Z";

/// Where the imported conversation came from, as its pages say.
const NOTE: &str = "Data was gathered using the Polis software (see: compdemocracy.org/polis) and is sub-licensed under CC BY 4.0 \
    with Attribution to The Computational Democracy Project.";

const LONG: &str = "We order the same three supplies every week, and every week one of them is out. Somebody walks two wards down to \
    borrow, and then they are short as well. It takes twenty minutes each time, and it is always when we are busiest.\n\n\
    What would help:\n- one shared count, updated once a day\n- somebody who is allowed to move things between wards\n\n\
    There is a good write-up at https://supplies.example/shared-count?utm_source=newsletter&page=a-very-long-page-name-without-any-space.";

/// A server with the three tenants open, one of them filled.
pub struct Stage {
    /// The server.
    pub server: TestServer,
    /// The tenant that is looked at.
    pub tenant: &'static str,
    /// Its campaign's slug.
    pub campaign: String,
    /// A contribution with comments in two levels.
    pub thread: String,
    /// A contribution that its author took back, with a comment that stayed.
    pub gone: String,
    _databases: TestDatabases,
}

impl Stage {
    /// Starts the server and fills one tenant: the real conversation, and a few people on top of it.
    pub async fn filled(tenant: &'static str) -> Self {
        let databases = TestDatabases::create(Kind::Sqlite).await;
        let server = TestServer::with_packs(&databases, packs::all_open()).await;
        import_real_conversation(&server, tenant).await;
        let campaign = server.campaign(tenant).await.slug;
        let (thread, gone) = talk(&server, tenant).await;
        Self { server, tenant, campaign, thread, gone, _databases: databases }
    }

    /// The address of a path on the tenant's site.
    pub fn at(&self, path: &str) -> String {
        format!("http://{}.localhost:{}{path}", self.tenant, self.server.site.port())
    }

    /// The path of a page of the conversation.
    pub fn within(&self, rest: &str) -> String {
        format!("/conversations/{}{rest}", self.campaign)
    }

    /// Opens a page of the conversation.
    pub async fn visit(&self, browser: &Browser, rest: &str) {
        browser.open(&self.at(&self.within(rest))).await;
    }

    /// Brings a browser in, by the link of a printed code.
    pub async fn bring_in(&self, browser: &Browser) {
        let code = self.server.code(self.tenant).await;
        browser.open(&self.at(&format!("/enter?code={code}"))).await;
        browser.choose("input[name=shared][value=no]").await;
        browser.press("Enter the conversation").await;
        assert_eq!(browser.place().await, self.within("?done=entered"));
    }

    /// Somebody else, who takes part by plain requests.
    pub async fn somebody(&self) -> Person {
        self.server.person(self.tenant).await
    }
}

async fn import_real_conversation(server: &TestServer, tenant: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/app/demo/polis-biodiversity");
    let file = |name: &str| File::open(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let export =
        documents::polis::read_export(file("comments.csv"), file("votes.csv")).expect("a good export");
    let (tenant, campaign) = (server.tenant(tenant).await, server.campaign(tenant).await);
    let imported = server.actions.import_polis(&tenant, &campaign, None, Some(NOTE), export, &|_| {}).await;
    imported.expect("the export is imported");
}

/// A few people say things of every kind. Gives a thread in two levels, and a contribution that is gone.
async fn talk(server: &TestServer, tenant: &str) -> (String, String) {
    let people = [server.person(tenant).await, server.person(tenant).await, server.person(tenant).await];
    let [ann, ben, eve] = &people;
    let thread = ann.shares(LONG).await;
    let first = ben.comments(&thread, "The same on ours. We gave up and keep a box under the desk.").await;
    let answer = ann.replies(&thread, &first, "Which ward? We could swap.").await;
    eve.replies(
        &thread,
        &answer,
        "Please do not. That box is why the count is wrong.\nAsk the stores team first.",
    )
    .await;
    let taken_back = eve.comments(&thread, "Something said in anger").await;
    ben.replies(&thread, &taken_back, "I know how that feels.").await;
    let edited = eve.comments(&thread, "Ours is fine sinse May").await;
    eve.sends_change(&edited, "Ours has been fine since May").await.expect(303);
    eve.takes_back(&taken_back).await.expect(303);
    for person in [ben, eve] {
        person.votes(&thread, "agree").await;
        person.votes(&first, "disagree").await;
    }
    ben.shares(&"Nevermindthespaces".repeat(12)).await;
    let gone = ben.shares("Something that was better not said").await;
    ann.comments(&gone, "This comment stays").await;
    ben.takes_back(&gone).await.expect(303);
    (thread, gone)
}
