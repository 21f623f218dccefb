//! What numbers tell of one person: nothing, also where a lead chooses the organisations and the moment.

use super::*;

const LOGINS: &str = "/console/campaigns/second-conversation/logins";

/// Of the councils', one of sixty has joined; of Solihull's, all four.
const SOME_JOINED: &str = "UPDATE person SET request = (SELECT hash FROM login WHERE person_id = person.id LIMIT 1) \
     WHERE email = 'p7@birmingham-council.example' OR email LIKE '%@solihull-council.example'";

both_databases! {
    async fn an_email_to_some_organisations_does_not_tell_how_many_it_went_to(databases: &TestDatabases) {
        let small = |slug, at| email(slug, EmailKind::Reminder, at, &["solihull-council"]);
        let plan = vec![
            email("councils", EmailKind::Reminder, "2024-04-29T09:00:00", &["birmingham-council"]),
            small("solihull", "2024-05-03T09:00:00"),
            small("again", "2024-05-06T09:00:00"),
        ];
        let server = launched(databases, plan).await;
        let (lead, tables) = (lead(&server).await, Tables::of_identity(databases).await);
        tables.change(SOME_JOINED).await;
        for slug in ["councils", "solihull"] {
            does(&lead, slug, "send_now").await.expect(303);
        }
        eventually("both are over", async || tables.number("SELECT count(*) FROM mailing WHERE state = 'done'").await == 2).await;
        let addressed = async |slug: &str| tables.number(&format!("SELECT addressed FROM mailing WHERE slug = '{slug}'")).await;
        assert_eq!((addressed("councils").await, addressed("solihull").await), (59, 0));

        let page = lead.get(EMAILS).await.expect(200);
        for (title, people) in [("The councils email", "about 60"), ("The solihull email", "fewer than 10")] {
            let row = row(&page, title);
            assert!(row.ends_with(&format!("{people} Sent")), "as many as are on the list: {row}");
            assert!(row.contains("Wednesday 24 April 2024 at 10:00am"), "when it went, also to nobody: {row}");
        }
        let one = lead.get(&format!("{EMAILS}/councils")).await.expect(200).text();
        assert!(one.contains("about 60") && !one.contains("about 50") && !one.contains("ent to about"), "{one}");
        // To the next one, too, it is as if it had gone.
        let soon = does(&lead, "again", "send_now").await.expect(422);
        assert!(soon.text().contains("too soon after “The solihull email”"), "{}", soon.text());
    }

    async fn who_has_login_details_is_counted_in_whole_groups_and_a_press_tells_nothing(databases: &TestDatabases) {
        let server = launched(databases, Vec::new()).await;
        let (lead, tables) = (lead(&server).await, Tables::of_identity(databases).await);
        tables.change("UPDATE login SET unsent = FALSE").await;
        let all = lead.get(LOGINS).await.expect(200).text();
        let trust = server.tenant("bsol").await.organisation("uhb").expect("our pack has it").name.clone();
        assert!(all.contains(&format!("{trust}about 60about 60")), "{all}");
        assert!(all.contains("Send login details by email to everybody who has none"), "{all}");
        // Three of the sixty-three have none.
        let three = ["p0", "p1", "p2"].map(|person| format!("'{person}@uhb.example'")).join(", ");
        tables.change(&format!("UPDATE login SET unsent = TRUE WHERE person_id IN (SELECT id FROM person WHERE email IN ({three}))")).await;
        assert_eq!(lead.get(LOGINS).await.expect(200).text(), all);

        lead.proves().await;
        let pressed = lead.post(LOGINS, &[]).await.expect(303);
        let done = "SELECT count(*) FROM mailing WHERE state = 'done'";
        eventually("they are sent", async || tables.number(done).await == 1).await;
        let again = lead.post(LOGINS, &[]).await.expect(303);
        assert_eq!(again.location(), pressed.location());
        assert!(lead.get(again.location()).await.expect(200).text().contains("It is asked for."));
        eventually("there is nobody left", async || tables.number(done).await == 1).await;
        let people = ROLL.iter().flat_map(|(at, people)| (0..*people).map(|number| address(at, number)));
        assert_eq!(people.map(|to| server.emails_to(&to)).sum::<usize>(), 3, "nobody is written to twice");
    }
}
