//! The pages about a campaign's emails: the plan, one email, its form, a test to oneself; and the two doors that anybody may knock at: "stop these
//! emails", and what mail servers report.

mod groups;
mod reputation;
mod stopping;

use domain::Clock;
use domain::planned_email::{EmailFile, EmailKind};
use domain::tenant_pack::TenantPack;
use mail::{Address, Message};
use policy::Role;
use reqwest::{Method, header};

use crate::harness::answer::{Answer, between};
use crate::harness::databases::{TestDatabases, both_databases};
use crate::harness::packs;
use crate::harness::patience::eventually;
use crate::harness::server::TestServer;
use crate::harness::staff::Colleague;
use crate::harness::tables::Tables;

const CAMPAIGN: &str = "second-conversation";
const EMAILS: &str = "/console/campaigns/second-conversation/emails";
const NEW: &str = "/console/campaigns/second-conversation/new-email";
/// Login details; sign-up; and one where hardly anybody is on the list.
const ROLL: [(&str, usize); 3] = [("uhb", 63), ("birmingham-council", 60), ("solihull-council", 4)];
/// The conversation has been open for a day, and it is ten o'clock there.
const DURING: &str = "2024-04-24T09:00:00Z";
const STOPPED: &str = "SELECT count(*) FROM no_email";
const PLANNED: &str = "SELECT count(*) FROM audit_entry WHERE entry LIKE '%email.plan%'";

/// BSol alone with a conversation from 23 April to 7 May 2024 and this plan.
fn pack(emails: Vec<EmailFile>) -> TenantPack {
    let mut bsol = packs::ours().remove(1);
    let mut campaign = bsol.campaigns.remove("first-conversation").unwrap();
    bsol.campaigns.clear();
    bsol.tenant.reports.clear();
    bsol.report_texts.clear();
    (campaign.slug, campaign.title) = (CAMPAIGN.to_owned(), "Our second Open Conversation".to_owned());
    (campaign.rounds[0].opens, campaign.rounds[0].closes) =
        ("2024-04-23T09:00:00".parse().unwrap(), "2024-05-07T23:59:00".parse().unwrap());
    campaign.emails = emails;
    bsol.campaigns.insert(campaign.slug.clone(), campaign);
    bsol
}

fn email(slug: &str, kind: EmailKind, send_at: &str, organisations: &[&str]) -> EmailFile {
    let organisations = organisations.iter().map(|slug| (*slug).to_owned()).collect();
    EmailFile {
        organisations,
        ..EmailFile::new(slug, &format!("The {slug} email"), kind, send_at.parse().unwrap())
    }
}

fn the_plan() -> Vec<EmailFile> {
    vec![
        email("thanks", EmailKind::Closed, "2024-05-08T09:00:00", &[]),
        email("early-thanks", EmailKind::Closed, "2024-05-06T09:00:00", &[]),
        email("solihull", EmailKind::Reminder, "2024-05-03T09:00:00", &["solihull-council"]),
        email("night", EmailKind::Reminder, "2024-04-30T21:30:00", &["uhb"]),
        EmailFile {
            subject: "{organisation}: {conversation} ends soon".to_owned(),
            text: "Are the pledges strong or wrong?\n\nIt is open until {closes}.".to_owned(),
            ..email(
                "councils",
                EmailKind::Reminder,
                "2024-04-29T09:00:00",
                &["birmingham-council", "solihull-council"],
            )
        },
    ]
}

fn address(organisation: &str, number: usize) -> String {
    format!("p{number}@{organisation}.example")
}

/// A server at [`DURING`] with people on the roll, launched.
async fn launched(databases: &TestDatabases, emails: Vec<EmailFile>) -> TestServer {
    let mut other = packs::ours().into_iter().find(|pack| pack.tenant.slug == "hhft").expect("our pack");
    other.campaigns.clear();
    other.tenant.reports.clear();
    other.report_texts.clear();
    let server = TestServer::with_packs(databases, vec![pack(emails), other]).await;
    server.clock.set("2024-04-22T10:00:00Z");
    let people: Vec<(String, &str)> =
        ROLL.iter().flat_map(|(at, people)| (0..*people).map(|number| (address(at, number), *at))).collect();
    let people: Vec<(&str, &str)> = people.iter().map(|(email, at)| (email.as_str(), *at)).collect();
    server.launch("bsol", &people).await;
    server.clock.set(DURING);
    server
}

async fn lead(server: &TestServer) -> Colleague {
    server.colleague("bsol", "Alex Rowan", &[Role::CommsLead]).await
}

/// A row of the plan's table, as it is read.
fn row(page: &Answer, title: &str) -> String {
    let body = page.body.replace("&#x2f;", "/");
    let rows = body.split("<tr>").skip(1).map(|rest| rest.split("</tr>").next().unwrap());
    let row =
        rows.filter(|row| row.contains("data-label")).find(|row| row.contains(&format!(">{title}</a>")));
    let row = row.unwrap_or_else(|| panic!("no {title} in {}", page.text()));
    let text = row.split('<').filter_map(|rest| rest.split_once('>')).map(|(_, text)| text.trim());
    text.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
}

/// An email that is on its way to people whose turn comes tomorrow.
async fn going(server: &TestServer, tables: &Tables, slug: &str, organisation: &str) {
    let now = server.clock.now().timestamp();
    let tomorrow = now + 86_400;
    tables
        .change(&format!(
            "INSERT INTO mailing (tenant_id, campaign_id, slug, state, begun_at, addressed, sent) \
         SELECT tenant_id, campaign_id, '{slug}', 'going', {now}, count(*) + 25, 25 FROM person \
         WHERE email LIKE '%@{organisation}.example' GROUP BY tenant_id, campaign_id"
        ))
        .await;
    tables.change(&format!(
        "INSERT INTO mailing_item (tenant_id, campaign_id, slug, person_id, due_at) \
         SELECT tenant_id, campaign_id, '{slug}', id, {tomorrow} FROM person WHERE email LIKE '%@{organisation}.example'"
    )).await;
}

async fn does(lead: &Colleague, email: &str, what: &str) -> Answer {
    lead.post(&format!("{EMAILS}/{email}"), &[("do", what)]).await
}

both_databases! {
    async fn the_plan_in_order_of_time_and_in_whole_groups(databases: &TestDatabases) {
        let server = launched(databases, the_plan()).await;
        let lead = lead(&server).await;
        let plan = lead.get(EMAILS).await.expect(200);
        let text = plan.text();
        let places: Vec<usize> = ["councils", "night", "solihull", "early-thanks", "thanks"]
            .iter()
            .map(|slug| plan.body.find(&format!(">The {slug} email</a>")).unwrap_or_else(|| panic!("{slug}: {text}")))
            .collect();
        assert!(places.is_sorted(), "{places:?}");
        let councils = row(&plan, "The councils email");
        assert!(councils.contains("Monday 29 April 2024 at 9:00am") && councils.contains("Reminder"), "{councils}");
        assert!(councils.contains("Birmingham City Council; Solihull") && councils.contains("about 60"), "{councils}");
        assert!(councils.contains("Planned") && councils.contains("Send it now") && councils.contains("Change it"), "{councils}");
        let night = row(&plan, "The night email");
        assert!(night.contains("Wednesday 1 May 2024 at 7:00am") && night.contains("was set for Tuesday 30 April 2024 at 9:30pm"), "{night}");
        assert!(row(&plan, "The solihull email").contains("fewer than 10"));
        let early = row(&plan, "The early-thanks email");
        assert!(early.contains("Held") && early.contains("still open then") && early.contains("everyone about 120"), "{early}");
        for words in [
            "No page of this site shows who was sent one", "whole groups of 10", "at most 4 emails", "at least 72 hours",
            "between 7am and 9pm", "Nothing tells us who opens", "Plan an email",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
        for exact in [" 127", " 64", " 63", "@uhb.example"] {
            assert!(!text.contains(exact), "{exact}: {text}");
        }
        let home = lead.get("/console/campaigns").await.expect(200);
        assert!(home.body.replace("&#x2f;", "/").contains(EMAILS));
        assert!(lead.get("/console/campaigns/second-conversation/dates").await.body.replace("&#x2f;", "/").contains(EMAILS));

        // Others may look, and no more.
        let moderator = server.colleague("bsol", "Sam Birch", &[Role::Moderator]).await;
        let looks = moderator.get(EMAILS).await.expect(200);
        assert!(!looks.text().contains("Send it now") && !looks.text().contains("Plan an email"), "{}", looks.text());
        let one = moderator.get(&format!("{EMAILS}/councils?ask=send-now")).await.expect(200);
        assert!(!one.text().contains("Send me a test") && !one.text().contains("Send it now"), "{}", one.text());
        let viewer = server.colleague("bsol", "Vi Ewer", &[Role::Viewer]).await;
        for colleague in [&moderator, &viewer] {
            does(colleague, "councils", "send_now").await.expect(403);
            colleague.get(NEW).await.expect(403);
            colleague.post(NEW, &[("title", "Mine")]).await.expect(403);
            colleague.get(&format!("{EMAILS}/councils/change")).await.expect(403);
            colleague.post(&format!("{EMAILS}/councils/change"), &[("do", "remove")]).await.expect(403);
            colleague.post(&format!("{EMAILS}/councils/test"), &[("organisation", "birmingham-council")]).await.expect(403);
        }
        assert_eq!(Tables::of_identity(databases).await.number("SELECT count(*) FROM mailing").await, 0);
    }

    async fn before_the_launch_nothing_goes_and_the_page_says_so(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, vec![pack(the_plan())]).await;
        server.clock.set(DURING);
        let lead = lead(&server).await;
        assert!(lead.get(EMAILS).await.expect(200).text().contains("No email goes now."));
        let refused = does(&lead, "councils", "send_now").await.expect(422);
        assert!(refused.text().contains("only between the launch"), "{}", refused.text());
        lead.get(&format!("{EMAILS}/nothing")).await.expect(404);
        lead.get("/console/campaigns/nothing/emails").await.expect(404);
        does(&lead, "councils", "burn").await.expect(404);
    }

    async fn an_email_is_sent_now_after_a_question(databases: &TestDatabases) {
        let server = launched(databases, the_plan()).await;
        let (lead, tables) = (lead(&server).await, Tables::of_identity(databases).await);
        let asked = lead.get(&format!("{EMAILS}/councils?ask=send-now")).await.expect(200);
        assert!(asked.text().contains("It goes to about 60 people of Birmingham City Council; Solihull"), "{}", asked.text());
        assert_eq!(tables.number("SELECT count(*) FROM mailing").await, 0, "asking sends nothing");
        let sent = does(&lead, "councils", "send_now").await.expect(303);
        assert!(lead.get(sent.location()).await.expect(200).text().contains("It is on its way"));
        eventually("all have left", async || {
            row(&lead.get(EMAILS).await, "The councils email").ends_with("about 60 Sent")
        })
        .await;
        let email = server.email_to(&address("birmingham-council", 3)).await;
        assert_eq!(email.subject(), "Birmingham City Council: Our second Open Conversation ends soon");
        let again = does(&lead, "councils", "send_now").await.expect(422);
        assert!(again.text().contains("has begun to go already"), "{}", again.text());
        assert_eq!(server.emails_to(&address("birmingham-council", 3)), 1);
        // What the rules forbid is not done, and said.
        let soon = does(&lead, "solihull", "send_now").await.expect(422);
        assert!(soon.text().contains("too soon after “The councils email”"), "{}", soon.text());
        let closed = does(&lead, "thanks", "send_now").await.expect(422);
        assert!(closed.text().contains("still open then"), "{}", closed.text());
        assert_eq!(tables.number("SELECT count(*) FROM audit_entry WHERE entry LIKE '%email.send-now%'").await, 1);
    }

    async fn an_email_rests_goes_on_and_is_stopped(databases: &TestDatabases) {
        // To everybody: of others it is not told to how many they went.
        let mut plan = the_plan();
        plan.iter_mut().for_each(|email| email.organisations.clear());
        let server = launched(databases, plan).await;
        let (lead, tables) = (lead(&server).await, Tables::of_identity(databases).await);
        going(&server, &tables, "councils", "birmingham-council").await;
        let councils = async || row(&lead.get(EMAILS).await.expect(200), "The councils email");
        let way = councils().await;
        assert!(way.contains("On its way Sent to about 20") && way.contains("about 80") && way.contains("Pause it"), "{way}");
        let early = does(&lead, "night", "pause").await.expect(422);
        assert!(early.text().contains("not on its way yet"), "{}", early.text());
        does(&lead, "councils", "pause").await.expect(303);
        let paused = councils().await;
        assert!(paused.contains("Paused") && paused.contains("Let it go on") && !paused.contains("Change it"), "{paused}");
        does(&lead, "councils", "resume").await.expect(303);
        assert!(councils().await.contains("On its way"));
        let asked = lead.get(&format!("{EMAILS}/councils?ask=take-off")).await.expect(200);
        assert!(asked.text().contains("So far: sent to about 20."), "{}", asked.text());
        does(&lead, "councils", "take_off").await.expect(303);
        let off = councils().await;
        assert!(off.contains("Taken off Sent to about 20") && off.contains("Plan another like it"), "{off}");
        assert_eq!(tables.number("SELECT count(*) FROM mailing_item").await, 0);
        assert!(does(&lead, "councils", "resume").await.expect(422).text().contains("This email is over"));
        // One that has not begun.
        does(&lead, "night", "take_off").await.expect(303);
        assert!(row(&lead.get(EMAILS).await, "The night email").contains("Taken off"));
        let like = lead.get(&format!("{NEW}?like=councils")).await.expect(200);
        assert!(like.body.contains("{organisation}: {conversation} ends soon") && !like.body.contains("2024-04-29"), "{}", like.body);
        assert!(like.text().contains("Plan an email") && !like.text().contains("Remove it"), "it is another one: {}", like.text());
        let again = [("title", "Councils once more"), ("kind", "reminder"), ("send_at", "2024-05-03T09:00"), ("organisations", "birmingham-council")];
        assert!(like.body.contains("/new-email\""), "{}", like.body);
        let planned = lead.post(NEW, &again).await.expect(303);
        assert!(lead.get(planned.location()).await.expect(200).text().contains("It is planned"));
    }

    async fn one_sees_what_it_says_and_sends_oneself_a_test(databases: &TestDatabases) {
        let server = launched(databases, the_plan()).await;
        let lead = lead(&server).await;
        let page = lead.get(&format!("{EMAILS}/councils")).await.expect(200);
        for words in ["Birmingham City Council: Our second Open Conversation ends soon", "It is open until Tuesday 7 May 2024 at 11:59pm.", "The link to where they sign up", "at your own address: alex.rowan@example.org"] {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        let other = lead.get(&format!("{EMAILS}/councils?organisation=solihull-council")).await.expect(200);
        assert!(other.text().contains("Solihull Metropolitan Borough Council: Our second"), "{}", other.text());
        let foreign = lead.get(&format!("{EMAILS}/councils?organisation=uhb")).await.expect(200);
        assert!(foreign.text().contains("Birmingham City Council: Our second"), "it does not reach them");
        let own = "alex.rowan@example.org";
        let before = server.emails_to(own);
        let test = format!("{EMAILS}/night/test");
        let sent = lead.post(&test, &[("organisation", "uhb")]).await.expect(303);
        assert!(lead.get(sent.location()).await.expect(200).text().contains("A test is on its way to alex.rowan@example.org"));
        eventually("it arrives", async || server.emails_to(own) == before + 1).await;
        let email = server.email_to(own).await;
        assert_eq!(email.subject(), "Test: There is still time to join Our second Open Conversation");
        let code = email.text().split_once("login?code=").expect("login details").1;
        let code: String = code.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        let refused = server.device("bsol").logs_in(CAMPAIGN, &code).await.expect(422);
        assert!(refused.text().contains("We do not know these login details"), "{}", refused.text());
        let people = ROLL.iter().flat_map(|(at, people)| (0..*people).map(|number| address(at, number)));
        assert_eq!(people.map(|to| server.emails_to(&to)).sum::<usize>(), 0, "to nobody else");
        let tables = Tables::of_identity(databases).await;
        assert_eq!(tables.number("SELECT count(*) FROM mailing").await, 0);
        assert_eq!(tables.number("SELECT count(*) FROM audit_entry WHERE entry LIKE '%email.test%'").await, 1);
        // To those whom it does not reach there is no such email.
        lead.post(&test, &[("organisation", "birmingham-council")]).await.expect(404);
    }

    async fn an_email_is_planned_changed_and_removed_while_the_campaign_runs(databases: &TestDatabases) {
        let server = launched(databases, the_plan()).await;
        let (lead, tables) = (lead(&server).await, Tables::of_identity(databases).await);
        lead.get(NEW).await.expect(200);
        let wrong = [
            ("title", ""), ("kind", "reminder"), ("send_at", ""), ("send_until", "tomorrow"), ("organisations", "uhb"),
            ("subject", "To {everyone}"), ("text", "Words that must not be lost. It closes {closing}."),
        ];
        let refused = lead.post(NEW, &wrong).await.expect(422);
        for words in [
            "Say what it is called here", "Write the day and the time", "The subject has {everyone}, which is none of",
            "The text has {closing}, which is none of",
        ] {
            assert!(refused.text().contains(words), "{words}: {}", refused.text());
        }
        for kept in ["Words that must not be lost", "To {everyone}", "value=\"tomorrow\"", "value=\"uhb\" checked"] {
            assert!(refused.body.contains(kept), "{kept}");
        }
        for field in ["title", "send_at", "send_until", "subject", "text"] {
            assert!(refused.body.contains(&format!("id=\"{field}-error\"")), "{field}");
        }
        let good = |send_at: &'static str, send_until: &'static str| {
            [("title", "One more"), ("kind", "reminder"), ("send_at", send_at), ("send_until", send_until), ("organisations", "uhb"), ("subject", ""), ("text", "")]
        };
        let past = lead.post(NEW, &good("2024-04-24T09:59", "")).await.expect(422);
        assert!(past.text().contains("This time has passed") && past.body.contains("2024-04-24T09:59"), "{}", past.text());
        let until = lead.post(NEW, &good("2024-05-04T10:00", "2024-05-04T10:00")).await.expect(422);
        assert!(until.text().contains("Choose a time that is after"), "{}", until.text());
        assert_eq!(tables.number(PLANNED).await, 0);
        let planned = lead.post(NEW, &good("2024-05-04T10:00", "2024-05-05T10:00")).await.expect(303);
        assert!(planned.location().ends_with("/emails/reminder?done=planned"), "{}", planned.location());
        assert!(lead.get(planned.location()).await.expect(200).text().contains("Saturday 4 May 2024 at 10:00am"));
        assert_eq!(tables.number(PLANNED).await, 1);
        let known = server.actions.stored_pack(server.tenant("bsol").await.id).await.unwrap().unwrap();
        assert!(known.campaigns[CAMPAIGN].emails.iter().any(|email| email.slug == "reminder"), "the other side knows it, too");

        // Two at once.
        let form = format!("{EMAILS}/reminder/change");
        let seen = |page: &Answer| between(&page.body, "name=\"seen\" value=\"", "\"").unwrap().to_owned();
        let stale = seen(&lead.get(&form).await.expect(200));
        let with = |seen: &str, title: &str| {
            let fields = good("2024-05-04T11:00", "");
            let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), if *name == "title" { title.to_owned() } else { (*value).to_owned() }));
            fields.chain([("seen".to_owned(), seen.to_owned())]).collect::<Vec<_>>()
        };
        let sends = async |fields: Vec<(String, String)>| {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            lead.post(&form, &fields).await
        };
        sends(with(&stale, "Ann’s title")).await.expect(303);
        let late = sends(with(&stale, "Ben’s title")).await.expect(422);
        assert!(late.text().contains("Somebody else has changed this meanwhile") && late.text().contains("What is stored now"), "{}", late.text());
        assert!(late.text().contains("Ann’s title") && late.body.contains("value=\"Ben’s title\""), "{}", late.text());
        sends(with(&seen(&late), "Ben’s title")).await.expect(303);
        assert!(lead.get(EMAILS).await.text().contains("Ben’s title"));
        // Removed under somebody's hands, it is not made anew.
        let fresh = seen(&lead.get(&form).await.expect(200));
        assert_eq!(lead.post(&form, &[("do", "remove"), ("seen", &stale)]).await.status, 422);
        lead.post(&form, &[("do", "remove"), ("seen", &fresh)]).await.expect(303);
        assert!(!lead.get(EMAILS).await.text().contains("Ben’s title"));
        let gone = sends(with(&fresh, "Too late for this")).await.expect(422);
        assert!(gone.text().contains("Somebody else has removed this email") && gone.body.contains("Too late for this"), "{}", gone.text());
        lead.get(&form).await.expect(404);
    }

    async fn what_has_begun_stays_as_it_is(databases: &TestDatabases) {
        let server = launched(databases, the_plan()).await;
        let (lead, tables) = (lead(&server).await, Tables::of_identity(databases).await);
        let form = format!("{EMAILS}/councils/change");
        let page = lead.get(&form).await.expect(200);
        let seen = between(&page.body, "name=\"seen\" value=\"", "\"").unwrap().to_owned();
        assert!(page.body.contains("{organisation}: {conversation} ends soon"), "its words are there to be changed");
        going(&server, &tables, "councils", "birmingham-council").await;
        let fields = [("title", "Other"), ("kind", "reminder"), ("send_at", "2024-05-04T10:00"), ("seen", &seen)];
        let refused = lead.post(&form, &fields).await.expect(422);
        assert!(refused.text().contains("has begun to go") && refused.body.contains("value=\"Other\""), "{}", refused.text());
        let refused = lead.post(&form, &[("do", "remove"), ("seen", &seen)]).await.expect(422);
        assert!(refused.text().contains("has begun to go"), "{}", refused.text());
        assert_eq!(tables.number(PLANNED).await, 0);
        // Nor is its name given again once it was taken off the pack.
        tables.change(
            "INSERT INTO mailing (tenant_id, campaign_id, slug, state, begun_at) \
             SELECT tenant_id, campaign_id, 'reminder', 'done', begun_at FROM mailing"
        ).await;
        let fields = [("title", "Other"), ("kind", "reminder"), ("send_at", "2024-05-04T10:00")];
        let planned = lead.post(NEW, &fields).await.expect(303);
        assert!(planned.location().ends_with("/emails/reminder-2?done=planned"), "{}", planned.location());
    }
}
