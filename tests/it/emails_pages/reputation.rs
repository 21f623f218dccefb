//! Too many complaints, or too many addresses that do not exist: what is on its way rests, the page says why, and a lead lets it go on.

use domain::reputation::{LEAST_COMPLAINTS, MOST_REFUSED_PERCENT};

use super::stopping::{dsn, mailed, reports};
use super::*;

/// A complaint (RFC 5965) about the message called `id`.
fn complaint(to: &str, id: &str) -> String {
    format!(
        "From: abuse@provider.example\r\nSubject: A complaint\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=feedback-report; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nSpam.\r\n\
         --b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: provider/1\r\nVersion: 1\r\n\
         Original-Rcpt-To: <{to}>\r\n\r\n\
         --b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <{id}@bsol.example>\r\nSubject: x\r\n\r\n--b--\r\n"
    )
}

/// How an email stands, as the lead reads it.
async fn stands(lead: &Colleague, title: &str) -> String {
    row(&lead.get(EMAILS).await.expect(200), title)
}

both_databases! {
    async fn complaints_let_emails_rest_until_a_lead_has_looked(databases: &TestDatabases) {
        let (server, emails) = mailed(databases).await;
        let (lead, tables) = (lead(&server).await, Tables::of_identity(databases).await);
        going(&server, &tables, "night", "uhb").await;
        let complains = async |number: usize| {
            let email = &emails[number];
            reports(&server, "bsol", complaint(email.to().as_str(), &email.id())).await;
        };
        let least = LEAST_COMPLAINTS as usize;
        for number in 1..least {
            complains(number).await;
            complains(number).await;
        }
        assert_eq!(tables.number("SELECT count(*) FROM no_email WHERE why = 'complained'").await, LEAST_COMPLAINTS - 1);
        assert!(stands(&lead, "The night email").await.contains("On its way"), "four people are no rate, however often they say it");
        complains(least).await;
        let paused = stands(&lead, "The night email").await;
        assert!(paused.contains("Paused More than 3 in 1,000 of the emails of the last 30 days were called spam"), "{paused}");
        assert!(paused.contains("Let it go on"), "{paused}");
        assert!(stands(&lead, "The councils email").await.contains("Sent"), "what has gone has gone");

        does(&lead, "night", "resume").await.expect(303);
        assert!(stands(&lead, "The night email").await.contains("On its way"));
        complains(least + 1).await;
        assert!(stands(&lead, "The night email").await.contains("On its way"), "somebody has looked");
        // The next one waits for somebody to look, too.
        server.clock.set("2024-05-03T08:00:00Z");
        let lead = server.colleague("bsol", "Kim Ash", &[Role::CommsLead]).await;
        server.enrolment.begin_due_mailings().await.unwrap();
        let next = stands(&lead, "The solihull email").await;
        assert!(next.contains("Paused") && next.contains("called spam"), "{next}");
        assert_eq!(server.emails_to(&address("solihull-council", 0)), 1, "that of the councils");
        does(&lead, "solihull", "resume").await.expect(303);
        eventually("it goes", async || server.emails_to(&address("solihull-council", 0)) == 2).await;
    }

    async fn addresses_that_do_not_exist_let_emails_rest_as_well(databases: &TestDatabases) {
        let (server, emails) = mailed(databases).await;
        let (lead, tables) = (lead(&server).await, Tables::of_identity(databases).await);
        going(&server, &tables, "night", "uhb").await;
        let sent = tables.number("SELECT CAST(SUM(sent) AS BIGINT) FROM mailing").await;
        tables.change("UPDATE mailing SET sent = sent + 40 WHERE slug = 'night'").await;
        let most = ((sent + 40) * MOST_REFUSED_PERCENT / 100) as usize;
        for (number, email) in emails.iter().enumerate().take(most + 1) {
            assert!(stands(&lead, "The night email").await.contains("On its way"), "after {number}");
            reports(&server, "bsol", dsn(email.to().as_str(), &email.id(), "5.1.1")).await;
        }
        let paused = stands(&lead, "The night email").await;
        assert!(paused.contains("Paused More than 5 in 100 of the emails of the last 30 days went to addresses that do not exist"), "{paused}");
        // Another tenant's emails are none of it.
        assert_eq!(tables.number("SELECT count(*) FROM mailing WHERE state = 'paused'").await, 1);
    }

    async fn login_details_that_rest_say_why_and_go_on_by_the_same_button(databases: &TestDatabases) {
        let server = launched(databases, the_plan()).await;
        let (lead, tables) = (lead(&server).await, Tables::of_identity(databases).await);
        let path = "/console/campaigns/second-conversation/logins";
        assert!(!lead.get(path).await.expect(200).text().contains("rest"));
        tables.change(
            "INSERT INTO mailing (tenant_id, campaign_id, slug, state, begun_at, why) \
             SELECT tenant_id, campaign_id, '@login-details', 'paused', 1713949200, 'Too many were refused.' FROM person GROUP BY tenant_id, campaign_id"
        ).await;
        tables.change("UPDATE login SET unsent = TRUE").await;
        assert!(lead.get(path).await.expect(200).text().contains("Emails with login details rest. Too many were refused."));
        lead.proves().await;
        lead.post(path, &[]).await.expect(303);
        assert!(!lead.get(path).await.expect(200).text().contains("rest. Too many"));
        eventually("they go", async || server.emails_to(&address("uhb", 1)) == 1).await;
    }
}
