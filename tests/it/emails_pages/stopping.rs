//! Emails are stopped by whoever holds their link, and by what mail servers say of them.

use super::*;

both_databases! {
    async fn whoever_holds_the_link_stops_the_emails(databases: &TestDatabases) {
        let (server, emails) = mailed(databases).await;
        let tables = Tables::of_identity(databases).await;
        let (path, other) = (stop_path(&emails[3]), stop_path(&emails[4]));
        let stranger = server.device("bsol");
        let before = tables.dump().await;
        let asked = stranger.get(&path).await.expect(200);
        for method in [Method::GET, Method::HEAD] {
            stranger.send(stranger.request(method, &path)).await.expect(200);
        }
        assert_eq!(tables.dump().await, before, "scanners open links");
        assert_eq!(asked.body.matches("<form").count(), 1, "{}", asked.text());
        assert!(asked.text().contains("Stop these emails?"), "{}", asked.text());
        assert_eq!((asked.header("referrer-policy"), asked.header("x-robots-tag")), ("no-referrer", "noindex, nofollow"));

        // A mail provider (RFC 8058), with nothing but the link; and a browser, as it sends the form of a page without a referrer.
        let provider = server.device("bsol");
        let done = provider.send(provider.request(Method::POST, &path).form(&[("List-Unsubscribe", "One-Click")])).await.expect(200);
        assert!(done.text().contains("You will get no more of these emails") && !done.body.contains(&path[13..]), "{}", done.text());
        assert_eq!(tables.number(STOPPED).await, 1);
        let again = provider.request(Method::POST, &path).header(header::CONTENT_TYPE, "multipart/form-data; boundary=b");
        provider.send(again.body("--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n")).await.expect(200);
        assert_eq!(tables.number(STOPPED).await, 1, "twice is as good as once");
        for (site, origin) in [("same-origin", "null"), ("cross-site", "https://mail.example")] {
            let press = stranger.request(Method::POST, &other).header("sec-fetch-site", site).header(header::ORIGIN, origin);
            stranger.send(press).await.expect(200);
        }
        assert_eq!(tables.number(STOPPED).await, 2);
        assert_eq!((stranger.cookie_header(), provider.cookie_header()), (String::new(), String::new()), "no cookie is needed or set");

        // No link of ours, and another tenant's.
        let (wrong, elsewhere) = (format!("/emails/stop/{}", path[13..].replace('a', "b")), server.device("hhft"));
        let third = stop_path(&emails[5]);
        for (device, path) in [(&stranger, wrong.as_str()), (&stranger, "/emails/stop/x"), (&elsewhere, third.as_str())] {
            for method in [Method::GET, Method::POST] {
                let unknown = device.send(device.request(method, path)).await.expect(404);
                assert!(unknown.text().contains("If you copied it, copy all of it"), "{}", unknown.text());
            }
        }
        assert_eq!(tables.number(STOPPED).await, 2);
    }

    async fn emails_are_stopped_while_the_site_is_closed(databases: &TestDatabases) {
        let (server, emails) = mailed(databases).await;
        let operator = server.operator().await;
        operator.post("/console/tenants/bsol/suspend", &[("reason", "The contract is being renewed.")]).await.expect(303);
        let device = server.device("bsol");
        device.get("/").await.expect(503);
        assert!(device.get(&stop_path(&emails[0])).await.expect(200).text().contains("Stop these emails?"));
        device.send(device.request(Method::POST, &stop_path(&emails[0]))).await.expect(200);
        assert_eq!(Tables::of_identity(databases).await.number(STOPPED).await, 1);
    }

    async fn from_one_address_come_no_more_reports_than_requests(databases: &TestDatabases) {
        let (server, emails) = mailed(databases).await;
        let (tables, ours) = (Tables::of_identity(databases).await, dsn(emails[0].to().as_str(), &emails[0].id(), "4.2.2"));
        let send = async |tenant: &str, body: &str| {
            let device = server.device(tenant);
            let report = device.request(Method::POST, "/emails/reports").header(header::CONTENT_TYPE, "message/rfc822");
            device.send(report.body(body.to_owned())).await
        };
        for number in 0..web::edge::guessing::REQUEST_BURST {
            // Those about emails of ours may come as often as they like.
            if number < 20 {
                send("bsol", &ours).await.expect(204);
            }
            send("bsol", "Subject: I am away\r\n\r\nUntil Monday.").await.expect(204);
        }
        let refused = send("bsol", &dsn(emails[1].to().as_str(), &emails[1].id(), "5.1.1")).await.expect(429);
        let wait: i64 = refused.header("retry-after").parse().unwrap();
        assert_eq!((refused.body.as_str(), tables.number(STOPPED).await), ("", 0));
        send("hhft", "Subject: Another tenant's\r\n\r\nx").await.expect(204);
        server.clock.advance(wait);
        send("bsol", &dsn(emails[1].to().as_str(), &emails[1].id(), "5.1.1")).await.expect(204);
        assert_eq!(tables.number(STOPPED).await, 1);
    }

    async fn what_is_reported_again_counts_as_any_request(databases: &TestDatabases) {
        let (server, emails) = mailed(databases).await;
        let device = server.device("bsol");
        let reported = async |number: usize| {
            let body = dsn(emails[number].to().as_str(), &emails[number].id(), "5.1.1");
            let report = device.request(Method::POST, "/emails/reports").header(header::CONTENT_TYPE, "message/rfc822");
            device.send(report.body(body)).await
        };
        // What is new does not count.
        for number in 0..5 {
            reported(number).await.expect(204);
        }
        for _ in 0..web::edge::guessing::REQUEST_BURST {
            reported(0).await.expect(204);
        }
        reported(0).await.expect(429);
        assert_eq!(Tables::of_identity(databases).await.number(STOPPED).await, 5);
    }

    async fn a_first_press_is_never_refused_whoever_else_has_pressed(databases: &TestDatabases) {
        let (server, emails) = mailed(databases).await;
        let device = server.device("bsol");
        let pressed = async |number: usize| {
            device.send(device.request(Method::POST, &stop_path(&emails[number]))).await
        };
        for _ in 0..=web::edge::guessing::REQUEST_BURST {
            pressed(0).await.expect(200);
        }
        let again = pressed(0).await.expect(429);
        assert!(again.text().contains("You will get no more of these emails"), "it is true all the same: {}", again.text());
        assert!(pressed(1).await.expect(200).text().contains("You will get no more of these emails"));
        assert_eq!(Tables::of_identity(databases).await.number(STOPPED).await, 2);
        server.clock.advance(again.header("retry-after").parse().unwrap());
        pressed(0).await.expect(200);
    }

    async fn a_report_counts_with_the_reference_that_went_out(databases: &TestDatabases) {
        let (server, emails) = mailed(databases).await;
        let tables = Tables::of_identity(databases).await;
        let (first, second) = (&emails[0], &emails[1]);
        let email_of = |message: &Message| message.to().as_str().to_owned();
        let reported = async |tenant: &str, kind: &str, body: String| {
            let device = server.device(tenant);
            device.send(device.request(Method::POST, "/emails/reports").header(header::CONTENT_TYPE, kind).body(body)).await
        };
        const EMAIL: &str = "message/rfc822";
        let claims = [
            ("bsol", dsn(&email_of(first), &second.id(), "5.1.1")),
            ("bsol", dsn(&email_of(first), &"0".repeat(32), "5.1.1")),
            ("bsol", dsn(&email_of(first), &first.id(), "4.2.2")),
            ("hhft", dsn(&email_of(first), &first.id(), "5.1.1")),
            ("bsol", "Subject: I am away\r\n\r\nUntil Monday.".to_owned()),
            ("bsol", String::new()),
        ];
        for (tenant, claim) in claims {
            let answer = reported(tenant, EMAIL, claim).await.expect(204);
            assert_eq!(answer.body, "", "it tells nothing");
        }
        let receipt = |reference: &str, status: &str| {
            format!("{{\"reference\":\"{reference}\",\"to\":\"{}\",\"status\":\"{status}\",\"notification_type\":\"email\"}}", email_of(second))
        };
        const JSON: &str = "application/json; charset=utf-8";
        for claim in [receipt(&second.id(), "delivered"), receipt(&first.id(), "permanent-failure"), "{".to_owned()] {
            reported("bsol", JSON, claim).await.expect(204);
        }
        assert_eq!(tables.number(STOPPED).await, 0);
        reported("bsol", EMAIL, dsn(&email_of(first), &first.id(), "5.1.1")).await.expect(204);
        assert_eq!(tables.number("SELECT count(*) FROM no_email WHERE why = 'bounced'").await, 1);
        reported("bsol", JSON, receipt(&second.id(), "permanent-failure")).await.expect(204);
        assert_eq!(tables.number("SELECT count(*) FROM no_email WHERE why = 'bounced'").await, 2);
        reported("bsol", "text/plain", "x".to_owned()).await.expect(415);
        reported("bsol", EMAIL, "x".repeat(actions::MAX_REPORT_BYTES)).await.expect(204);
        reported("bsol", EMAIL, "x".repeat(actions::MAX_REPORT_BYTES + 1)).await.expect(413);
    }
}

/// What a mail server hands on about a tenant's email.
pub(super) async fn reports(server: &TestServer, tenant: &str, report: String) {
    let device = server.device(tenant);
    let request =
        device.request(Method::POST, "/emails/reports").header(header::CONTENT_TYPE, "message/rfc822");
    device.send(request.body(report)).await.expect(204);
}

/// A server that has just sent the councils their email, and the emails to the first ten of one.
pub(super) async fn mailed(databases: &TestDatabases) -> (TestServer, Vec<std::sync::Arc<Message>>) {
    let server = launched(databases, the_plan()).await;
    server.clock.set("2024-04-29T08:00:00Z");
    server.enrolment.begin_due_mailings().await.unwrap();
    let url_of = |tenant: &actions::Tenant| format!("https://{}.example/", tenant.slug);
    while server.enrolment.send_mailings(&url_of).await.unwrap() {}
    let to = |number| Address::parse(&address("birmingham-council", number)).unwrap();
    // The server's own worker may have taken some of them.
    eventually("all have left", async || (0..10).all(|number| !server.mailbox.to(&to(number)).is_empty()))
        .await;
    let state = "SELECT count(*) FROM mailing WHERE state = 'done'";
    let tables = Tables::of_identity(databases).await;
    eventually("it is over", async || tables.number(state).await == 1).await;
    let emails = (0..10).map(|number| server.mailbox.to(&to(number)).remove(0)).collect();
    (server, emails)
}

/// Where an email's own link leads.
fn stop_path(email: &Message) -> String {
    let link = email.unsubscribe().expect("it can be stopped").link().as_str().to_owned();
    link[link.find("/emails/stop/").expect("a link that stops")..].to_owned()
}

/// A report of failure (RFC 3464) about the message called `id`.
pub(super) fn dsn(to: &str, id: &str, status: &str) -> String {
    format!(
        "From: MAILER-DAEMON@relay.example\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relay.example\r\n\r\n\
         Final-Recipient: rfc822; {to}\r\nAction: failed\r\nStatus: {status}\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{id}@bsol.example>\r\nSubject: x\r\n\r\n--b--\r\n"
    )
}
