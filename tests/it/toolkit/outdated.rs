//! What was handed out and is behind: marked as out of date once anything in it has changed, not the dates alone.

use domain::planned_email::{EmailFile, EmailKind};
use domain::tenant_pack::TenantPack;
use domain::timetable::DateWish;
use policy::Role;

use super::{AFTER, BEFORE, CAMPAIGN, COUNCIL, MORE_TIME, TOOLKIT, fetch, finished, started};
use crate::harness::answer::between;
use crate::harness::databases::both_databases;
use crate::harness::staff::Colleague;

const BRANDING: &str = "/console/settings/branding";
const MARK: &str = "Out of date";
const WHY: &str = "A name, words, the look or an address in it has changed since.";

/// How many files on the list are marked.
async fn marked(lead: &Colleague) -> usize {
    lead.get(TOOLKIT).await.expect(200).text().matches(MARK).count()
}

both_databases! {
    async fn an_extension_reaches_everything_that_was_handed_out_at_once(databases: &TestDatabases) {
        let server = started(databases).await;
        let lead = server.staff("bsol", &[Role::CommsLead]).await;
        lead.asks(COUNCIL, "make").await.expect(303);
        assert!(!finished(&lead).await.text().contains("Out of date"));
        let anybody = server.device("bsol");
        let countdown = format!("/countdown/{CAMPAIGN}");
        let landing = format!("/join/{CAMPAIGN}");
        let feed = format!("/conversations/{CAMPAIGN}/dates.ics");
        assert!(anybody.get(&countdown).await.expect(200).text().contains(&format!("1 day left\nIt is open until {BEFORE}.")));
        assert!(anybody.get(&landing).await.expect(200).text().contains(&format!("The conversation is open until {BEFORE}.")));
        assert!(anybody.get(&feed).await.expect(200).body.contains("DTSTART:20240507T225900Z"));

        server.gives_two_days_more().await;
        assert!(anybody.get(&countdown).await.expect(200).text().contains(&format!("3 days left\nIt is open until {AFTER}.")));
        assert!(anybody.get(&landing).await.expect(200).text().contains(&format!("The conversation is open until {AFTER}.")));
        let page = lead.get(TOOLKIT).await.expect(200).text();
        for said in ["Version 2, 6 May 2024: the closing moved.", "Older versions are out of date", "Out of date"] {
            assert!(page.contains(said), "{said} in {page}");
        }
        let feed = anybody.get(&feed).await.expect(200).body;
        let piece = fetch(&lead, &format!("{TOOLKIT}/{COUNCIL}/pieces/calendar")).await;
        assert_eq!(piece.name, "dates-birmingham-council-v2.ics");
        let piece = String::from_utf8(piece.bytes).unwrap();
        // One entry and the other are the same, at the same time, in the same state; reminders have ids of their own.
        let entries = |file: &str| -> Vec<String> {
            let says = |line: &&str| ["UID:", "DTSTART:", "SEQUENCE:", "DTSTAMP:"].iter().any(|name| line.starts_with(name));
            let without_reminders = file.split("BEGIN:VALARM").map(|part| part.split("END:VALARM").last().unwrap());
            without_reminders.flat_map(|part| part.lines().filter(says)).map(str::to_owned).collect()
        };
        assert_eq!(entries(&feed), entries(&piece));
        assert!(feed.contains("DTSTART:20240509T225900Z") && !feed.contains("20240507T"), "{feed}");
        assert!(piece.contains("BEGIN:VALARM") && !feed.contains("BEGIN:VALARM"));
    }

    async fn a_pause_has_reasons_of_its_own_and_the_closing_keeps_its(databases: &TestDatabases) {
        let server = started(databases).await;
        server.gives_two_days_more().await;
        server.clock.advance(86_400);
        server.changes_its_dates(DateWish::Pause, "The servers are looked after.").await;
        server.clock.advance(3_600);
        server.changes_its_dates(DateWish::Resume, "The servers were looked after.").await;

        let tenant = server.tenant("bsol").await;
        let (campaign, council) = (&tenant.campaigns[0], tenant.organisation(COUNCIL).expect("our pack has it"));
        let more = EmailFile::new("more", "More time", EmailKind::Extension, "2024-05-08T09:00:00".parse().unwrap());
        let said = server.enrolment.preview_words(&tenant, campaign, &more, council).unwrap().paragraphs.concat();
        assert!(said.contains(MORE_TIME) && !said.contains("looked after"), "{said}");
        let facts = server.enrolment.toolkit_facts(&tenant, campaign, council, "https://bsol.example/").await.unwrap();
        let moved = facts.moved.expect("new posters say that the closing has moved");
        let before = moved.former_closes_at.to_rfc3339();
        assert_eq!((before.as_str(), moved.reason.as_str()), ("2024-05-07T22:59:00+00:00", MORE_TIME));
        assert_eq!(facts.version.number, 4, "each change makes a version");
    }

    async fn a_toolkit_is_marked_once_its_look_or_its_words_have_changed(databases: &TestDatabases) {
        let server = started(databases).await;
        let lead = server.staff("bsol", &[Role::CommsLead]).await;
        lead.asks(COUNCIL, "make").await.expect(303);
        finished(&lead).await;
        // Neither another day nor what no toolkit shows is a change of it.
        server.clock.advance(86_400);
        lead.signs_in().await;
        lead.get("/console/settings/pages").await.expect(200);
        lead.post("/console/settings/pages", &[("title", "Who we are"), ("body", "We work here."), ("do", "save")]).await.expect(303);
        assert_eq!(marked(&lead).await, 0);

        let look = lead.get(BRANDING).await.expect(200);
        let seen = between(&look.body, "name=\"seen\" value=\"", "\"").unwrap();
        lead.post(BRANDING, &[("seen", seen), ("service_name", "Open talks"), ("brand", "#5b1a6e")]).await.expect(303);
        let page = lead.get(TOOLKIT).await.expect(200).text();
        assert!(page.matches(MARK).count() == 1 && page.contains(WHY), "{page}");
        lead.asks(COUNCIL, "make").await.expect(303);
        finished(&lead).await;
        assert_eq!(marked(&lead).await, 1, "the new one is not marked");

        // The campaign's title, an address, and the logo.
        let mut pack = server.enrolment.stored_pack(server.tenant("bsol").await.id).await.unwrap().unwrap();
        pack.campaigns.values_mut().for_each(|campaign| campaign.title = "What would help you?".to_owned());
        server.sides().replace_tenant_pack(&pack).await.unwrap();
        assert_eq!(marked(&lead).await, 2);
        let changes: [fn(&mut TenantPack); 2] = [
            |pack| pack.tenant.contacts.support = "help@other.example".to_owned(),
            |pack| pack.logo = Some(LOGO.as_bytes().to_vec()),
        ];
        for change in changes {
            lead.asks(COUNCIL, "make").await.expect(303);
            finished(&lead).await;
            let before = marked(&lead).await;
            change(&mut pack);
            server.sides().replace_tenant_pack(&pack).await.unwrap();
            assert_eq!(marked(&lead).await, before + 1);
        }
    }
}

const LOGO: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20" fill="#402060"/></svg>"##;
