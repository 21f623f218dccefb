//! A round's dates change while people take part: nothing is lost, every page and file follows, what no longer makes sense is held.

use actions::{Actor, ApplyRefusal, DatesRefusal, RoundDates};
use domain::planned_email::{EmailFile, EmailKind};
use domain::tenant_pack::{TenantPack, files_of, read};
use domain::timetable::{DateChange, DateRefusal, DateWish};
use futures_util::future::join_all;
use policy::Role;
use reqwest::{Method, header};

use crate::harness::databases::{TestDatabases, both_databases};
use crate::harness::packs;
use crate::harness::people::Person;
use crate::harness::server::TestServer;
use crate::harness::staff::Colleague;
use crate::harness::tables::Tables;

/// BSol's second conversation: planned to 7 May 2024, extended on 6 May to 9 May.
const CAMPAIGN: &str = "second-conversation";
const ROUND: &str = "pledges";
const BEFORE: &str = "Tuesday 7 May 2024 at 11:59pm";
const AFTER: &str = "Thursday 9 May 2024 at 11:59pm";
const REASON: &str = "Many of you wanted more time to look at the draft pledges.";
/// Everybody who writes while the dates change.
const PEOPLE: usize = 200;
/// How many come in at once: one network may not try many codes at the same time.
const AT_ONCE: usize = 8;

/// BSol alone with its second conversation alone.
fn second_conversation() -> TenantPack {
    let mut bsol = packs::ours().remove(1);
    let mut campaign = bsol.campaigns.remove("first-conversation").unwrap();
    bsol.campaigns.clear();
    // A report is about a campaign that is there.
    bsol.tenant.reports.clear();
    bsol.report_texts.clear();
    let local = |text: &str| text.parse().unwrap();
    let email = |slug, title, kind, send_at| EmailFile::new(slug, title, kind, local(send_at));
    (campaign.slug, campaign.title) = (CAMPAIGN.to_owned(), "Our second Open Conversation".to_owned());
    let round = &mut campaign.rounds[0];
    (round.slug, round.title) = (ROUND.to_owned(), "Pledges".to_owned());
    (round.opens, round.closes) = (local("2024-04-23T09:00:00"), local("2024-05-07T23:59:00"));
    campaign.emails = vec![
        email("launch", "It has opened", EmailKind::Launch, "2024-04-23T09:00:00"),
        email("last-day", "Ends today", EmailKind::LastDay, "2024-05-07T08:00:00"),
        email("thanks", "Thank you", EmailKind::Closed, "2024-05-08T09:00:00"),
    ];
    bsol.campaigns.insert(campaign.slug.clone(), campaign);
    bsol
}

async fn second(databases: &TestDatabases) -> TestServer {
    let server = TestServer::with_packs(databases, vec![second_conversation()]).await;
    server.clock.set("2024-05-06T10:00:00Z");
    server
}

fn asked(wish: DateWish) -> DateChange {
    DateChange { wish, reason: REASON.to_owned(), announcement: String::new() }
}

fn close(local: &str) -> DateWish {
    DateWish::Close(local.parse().unwrap())
}

impl TestServer {
    /// Changes the dates as a command does.
    async fn changes_dates(&self, wish: DateWish) -> Result<(), DatesRefusal> {
        let tenant = self.tenant("bsol").await;
        let round = RoundDates { campaign: CAMPAIGN, round: ROUND, seen: None };
        let actor = Actor::command_line(tenant.id);
        self.sides().change_dates(&actor, &tenant, &round, &asked(wish)).await.map(drop)
    }
}

/// Looks at what it would change, and changes it.
async fn extends(colleague: &Colleague) {
    let path = format!("/console/campaigns/{CAMPAIGN}/dates");
    colleague.get(&path).await.expect(200);
    let fields = [
        ("round", ROUND),
        ("what", "close"),
        ("closes", "2024-05-09T23:59"),
        ("reason", REASON),
        ("announcement", "You have two more days."),
    ];
    let preview = colleague.post(&path, &[&fields[..], &[("step", "preview")]].concat()).await.expect(200);
    for words in [AFTER, "“Ends today” is held", "“Thank you” is held"] {
        assert!(preview.text().contains(words), "{words}: {}", preview.text());
    }
    let confirmed = [&fields[..], &[("seen", "2024-05-07T23:59:00"), ("step", "confirm")]].concat();
    let done = colleague.post(&path, &confirmed).await;
    let page = colleague.get(done.location()).await.expect(200);
    assert!(page.text().contains("Every page and file says so now"), "{}", page.text());
    // Whoever still looks at the old dates changes nothing.
    let late = colleague.post(&path, &confirmed).await.expect(422);
    assert!(late.text().contains("Somebody else has changed this meanwhile"), "{}", late.text());
}

/// A page without the history of its dates.
fn without_history(body: &str) -> String {
    let mut rest = body;
    let mut kept = String::new();
    while let Some((before, after)) = rest.split_once("<details") {
        let (details, left) = after.split_once("</details>").unwrap_or((after, ""));
        kept.push_str(before);
        if !details.contains("How the dates have changed") {
            kept.push_str(details);
        }
        rest = left;
    }
    kept + rest
}

/// Writes an idea, an answer and a comment; gives how many of each were taken.
async fn writes(person: &Person, on: &str, number: usize) -> (usize, usize, usize) {
    let idea =
        person.sends_idea("frustrations", &format!("Idea {number} while the dates change")).await.status;
    let vote = person.presses(on, "agree").await.status;
    let comment = person.sends_comment(on, "", &format!("Comment {number}")).await.status;
    let taken = |status| usize::from(status == 303);
    (taken(idea), taken(vote), taken(comment))
}

both_databases! {
    async fn extended_while_two_hundred_write(databases: &TestDatabases) {
        let server = second(databases).await;
        let lead = server.colleague("bsol", "Alex Rowan", &[Role::CommsLead]).await;
        let codes = server.codes("bsol", CAMPAIGN, PEOPLE + 1).await;
        let mut people = Vec::new();
        for codes in codes[1..].chunks(AT_ONCE) {
            people.extend(join_all(codes.iter().map(|code| server.device("bsol").enters(code))).await);
        }
        let author = server.device("bsol").enters(&codes[0]).await;
        let idea = author.shares("There before the change").await;
        let since = author.opens("/changes?since=0").await.expect(200).json()["revision"].clone();

        let writing = join_all(people.iter().enumerate().map(|(number, person)| writes(person, &idea, number)));
        let (taken, ()) = tokio::join!(writing, extends(&lead));

        assert!(taken.iter().all(|taken| *taken == (1, 1, 1)), "everything is taken");
        let tables = Tables::of_conversation(databases).await;
        assert_eq!(tables.number("SELECT count(*) FROM post WHERE contribution_id IS NULL").await as usize, PEOPLE + 1);
        assert_eq!(tables.number("SELECT count(*) FROM post WHERE contribution_id IS NOT NULL").await as usize, PEOPLE);
        assert_eq!(tables.number("SELECT count(*) FROM vote").await as usize, PEOPLE);
        tables.assert_counts_are_the_votes().await;
        for person in &people {
            person.opens("/mine").await.expect(200);
        }
        assert_every_date_has_changed(&server, &author, &idea).await;

        let dates = lead.get(&format!("/console/campaigns/{CAMPAIGN}/dates")).await.expect(200).text();
        assert!(dates.contains("Held It says that this is the last day. The last day is now Thursday 9 May."), "{dates}");
        assert!(dates.contains("You have two more days."));
        let heard = author.opens(&format!("/changes?since={since}")).await.expect(200).json();
        assert_eq!(heard["dates"], true, "open pages are told");
        let identity = Tables::of_identity(databases).await;
        let closes = "2024-05-09T22:59:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp();
        assert_eq!(identity.number("SELECT closes_at FROM campaign").await, closes);
        assert_eq!(identity.number("SELECT count(*) FROM audit_entry WHERE entry LIKE '%campaign.extended%' AND entry LIKE '%Alex Rowan%'").await, 1);

        server.clock.set("2024-05-09T22:58:59Z");
        author.shares("The last second").await;
        server.clock.set("2024-05-09T22:59:00Z");
        let late = author.sends_idea("frustrations", "Too late").await;
        assert_eq!(late.status, 409);
        assert!(author.opens("").await.body.contains(&format!("Closed on {AFTER}")));
    }

    async fn a_missing_reason_loses_nothing_else(databases: &TestDatabases) {
        let server = second(databases).await;
        let lead = server.colleague("bsol", "Alex Rowan", &[Role::CommsLead]).await;
        let path = format!("/console/campaigns/{CAMPAIGN}/dates");
        lead.get(&path).await.expect(200);
        let fields = [("round", ROUND), ("what", "close"), ("closes", "2024-05-09T23:59"), ("announcement", "Two more days.")];
        let missing = lead.post(&path, &[&fields[..], &[("reason", ""), ("step", "preview")]].concat()).await.expect(422);
        let round = format!("name=\"round\" value=\"{ROUND}\"");
        for kept in [round.as_str(), "2024-05-09T23:59", "Two more days."] {
            assert!(missing.body.contains(kept), "{kept}: {}", missing.body);
        }
    }

    async fn what_the_other_side_missed_is_made_good(databases: &TestDatabases) {
        let server = second(databases).await;
        let ann = server.person("bsol").await;
        let tenant = server.tenant("bsol").await;
        let round = RoundDates { campaign: CAMPAIGN, round: ROUND, seen: None };
        // The identity side commits, and then the process is gone.
        let change = asked(close("2024-05-09T23:59:00"));
        server.enrolment.change_dates(&Actor::command_line(tenant.id), &tenant, &round, &change).await.unwrap();
        assert!(ann.opens("").await.body.contains(BEFORE), "the conversation side knows nothing of it yet");
        server.sides().keep_house().await.unwrap();
        assert!(ann.opens("").await.body.contains(AFTER));
        assert!(!server.sides().take_over(tenant.id).await.unwrap(), "once is enough");
    }

    async fn a_pause_takes_nothing_and_loses_nothing(databases: &TestDatabases) {
        let mut pack = second_conversation();
        pack.tenant.joining.batch_size = 2;
        let server = TestServer::with_packs(databases, vec![pack]).await;
        server.clock.set("2024-05-06T10:00:00Z");
        let codes = server.codes("bsol", CAMPAIGN, 2).await;
        let ann = server.device("bsol").enters(&codes[0]).await;
        ann.sends_idea("frustrations", "Kept while Ann waits").await.expect(303);
        let since = ann.opens("/changes?since=0").await.expect(200).json()["revision"].clone();
        server.clock.advance(60);
        server.changes_dates(DateWish::Pause).await.unwrap();
        server.clock.advance(60);

        let refused = ann.sends_idea("frustrations", "Words in the pause").await.expect(422);
        assert!(refused.body.contains("Words in the pause") && refused.text().contains("is paused"), "{}", refused.text());
        let page = ann.opens("").await.expect(200).text();
        assert!(page.contains("This conversation is paused") && page.contains(REASON), "{page}");
        assert!(server.device("bsol").get("/").await.expect(200).text().contains("Paused. It closes on"));
        assert_eq!(ann.opens(&format!("/changes?since={since}")).await.json()["dates"], true);
        // Somebody comes in to read; both are let in, and what was taken before the pause stands.
        let ben = server.device("bsol").enters(&codes[1]).await;
        assert!(ben.opens("").await.expect(200).body.contains("Kept while Ann waits"));
        assert!(!ann.opens("/mine").await.body.contains("Not in the conversation"));
        let again = server.changes_dates(DateWish::Pause).await.unwrap_err();
        assert!(matches!(again, DatesRefusal::Rule(DateRefusal::NotOpen)), "{again}");

        server.changes_dates(DateWish::Resume).await.unwrap();
        ann.shares("After the pause").await;
        assert!(ann.opens("").await.text().contains("It went on after the pause."));
    }

    async fn shortened_and_opened_again(databases: &TestDatabases) {
        let server = second(databases).await;
        let ann = server.person("bsol").await;
        let soon = server.changes_dates(close("2024-05-07T10:00:00")).await.unwrap_err();
        assert!(matches!(soon, DatesRefusal::Rule(DateRefusal::TooSoon { .. })), "{soon}");
        server.changes_dates(close("2024-05-07T12:00:00")).await.unwrap();
        server.clock.set("2024-05-07T11:00:00Z");
        assert_eq!(ann.sends_idea("frustrations", "Too late").await.status, 409);
        server.changes_dates(close("2024-05-20T12:00:00")).await.unwrap();
        ann.shares("Open again").await;
        let page = ann.opens("").await.text();
        assert!(page.contains("It closes sooner") && page.contains("It is open again"), "{page}");
        let file = server.device("bsol").get(&format!("/conversations/{CAMPAIGN}/dates.ics")).await.expect(200).body;
        assert!(file.contains("SEQUENCE:2") && file.contains("DTSTART:20240520T110000Z"), "{file}");
    }

    async fn a_deleted_roll_is_not_opened_again(databases: &TestDatabases) {
        let mut pack = second_conversation();
        pack.tenant.joining.keep_roll_days = 1;
        let server = TestServer::with_packs(databases, vec![pack]).await;
        server.clock.set("2024-05-10T10:00:00Z");
        server.sides().keep_house().await.unwrap();
        let refused = server.changes_dates(close("2024-05-20T12:00:00")).await.unwrap_err();
        assert!(matches!(refused, DatesRefusal::RollDeleted), "{refused}");
    }

    async fn a_folder_does_not_undo_what_a_page_did(databases: &TestDatabases) {
        let server = second(databases).await;
        server.changes_dates(close("2024-05-09T23:59:00")).await.unwrap();
        let refused = server.sides().apply_tenant_pack(&second_conversation()).await.unwrap_err();
        assert!(matches!(refused, ApplyRefusal::ChangedByPage { .. }), "{refused}");
        // Written out, read and applied, it is the same.
        let tenant = server.tenant("bsol").await;
        let stored = server.enrolment.stored_pack(tenant.id).await.unwrap().unwrap();
        let exported = read(&files_of(&stored).unwrap()).unwrap();
        assert_eq!(exported.campaigns, stored.campaigns);
        server.sides().replace_tenant_pack(&exported).await.unwrap();
        assert!(server.device("bsol").get("/").await.expect(200).body.contains(AFTER));
        server.sides().apply_tenant_pack(&exported).await.unwrap();
        server.sides().replace_tenant_pack(&second_conversation()).await.unwrap();
        assert!(server.device("bsol").get("/").await.expect(200).body.contains(BEFORE));
    }
}

/// Every page and file that shows the closing shows the new one, and none the old one, but for the history.
async fn assert_every_date_has_changed(server: &TestServer, author: &Person, idea: &str) {
    let guest = server.device("bsol");
    let front = guest.get("/").await.expect(200).body;
    let pages = [
        front,
        author.opens("").await.expect(200).body,
        author.reads(idea).await.expect(200).body,
        author.opens("/share").await.expect(200).body,
        author.opens("/mine").await.expect(200).body,
        guest.get("/enter").await.expect(200).body,
        guest.get(&format!("/join/{CAMPAIGN}")).await.expect(200).body,
        guest.get(&format!("/conversations/{CAMPAIGN}/return")).await.expect(200).body,
    ];
    for page in &pages {
        assert!(!without_history(page).contains("7 May"), "{page}");
    }
    for page in [&pages[0], &pages[1], &pages[7]] {
        assert!(without_history(page).contains(AFTER), "{page}");
        assert!(page.contains(BEFORE) && page.contains(REASON), "the history is public");
    }
    let program = author.program_at(server.site);
    let campaigns = program.get("").await.expect(200).json();
    assert!(campaigns.to_string().contains("2024-05-09T22:59:00"), "{campaigns}");

    let path = format!("/conversations/{CAMPAIGN}/dates.ics");
    let file = guest.get(&path).await.expect(200);
    for line in ["DTSTART:20240509T225900Z", "SEQUENCE:1"] {
        assert!(file.body.contains(line), "{}", file.body);
    }
    assert!(!file.body.contains("20240507T"), "{}", file.body);
    assert_eq!(file.header("cache-control"), "no-cache");
    let known = guest.request(Method::GET, &path).header(header::IF_NONE_MATCH, file.header("etag"));
    guest.send(known).await.expect(304);
}
