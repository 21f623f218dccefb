//! Commands about named people, dates and packs that pages change, too.

use std::fs;

use chrono::{TimeDelta, Utc};
use domain::Clock;

use crate::harness::binary::Candour;
use crate::harness::databases::both_databases;
use crate::harness::server::actions_now;
use crate::harness::staff::accepts_at;
use crate::harness::tables::Tables;

/// The machine's own clock, by which the program goes.
fn now() -> chrono::DateTime<Utc> {
    app::SystemClock.now()
}

both_databases! {
    async fn the_first_operator_and_the_first_comms_lead_are_invited(databases: &TestDatabases) {
        drop(actions_now(databases).await);
        let candour = Candour::on(databases);
        let invite = ["account", "invite", "--tenant", "bsol", "--email", "al.lead@example.org", "--name", "Al Lead", "--role"];
        for (wrong, words) in [
            ([&invite[..], &["nonsense"]].concat(), "comms-lead"),
            ([&invite[..], &["operator"]].concat(), "the platform's own tenant"),
            ([&invite[..], &["analyst", "--role", "comms-lead"]].concat(), "analyst"),
            (vec!["account", "invite", "--tenant", "nobody", "--email", "a@example.org", "--name", "A", "--role", "viewer"], "no tenant"),
            (vec!["operator", "create", "--email", "nobody", "--name", "Robin Marsh"], "not an email address"),
        ] {
            let refused = candour.run(&wrong).await;
            assert!(refused.code == 1 && refused.stderr.to_lowercase().contains(words), "{wrong:?}: {}", refused.stderr);
            assert_eq!(refused.stdout, "", "no link is given");
        }
        let operator = ["operator", "create", "--email", "robin@example.org", "--name", "Robin Marsh"];
        let run = candour.run(&operator).await;
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(run.stderr.contains("by a way that only they can read"), "{}", run.stderr);
        let link = run.stdout.trim().to_owned();
        assert!(link.contains("/console/welcome?token=") && link.lines().count() == 1, "{link}");
        let again = candour.run(&operator).await;
        assert!(again.code == 1 && again.stderr.contains("There is an account with this address already"), "{}", again.stderr);
        let lead = candour.does(&[&invite[..], &["comms-lead", "--role", "viewer"]].concat()).await;

        let server = candour.serve().await;
        let device = server.device("platform");
        accepts_at(&device, &link, now).await.expect(200);
        assert!(device.get("/console/tenants").await.expect(200).body.contains("bsol"));
        assert_eq!(server.device("platform").get(link.split_once("/console").map_or("", |(_, path)| path)).await.status, 404);
        let device = server.device("bsol");
        accepts_at(&device, lead.trim(), now).await.expect(200);
        device.get("/console/campaigns").await.expect(200);
        // What is typed at the server is on record like all else.
        let record = Tables::of_identity(databases).await.texts("SELECT entry FROM audit_entry").await.join("\n");
        assert_eq!(record.matches("account.invite").count(), 2, "{record}");
        assert!(record.contains("command line"), "{record}");
        server.stop().await;
        let checked = candour.does(&["audit", "verify", "--tenant", "bsol"]).await;
        assert!(checked.contains("identity side: 2 lines, the chain holds"), "{checked}");
        // Whoever carries the record away by command is in it, as whoever does by page.
        for side in ["identity", "conversation"] {
            let record = candour.does(&["--side", side, "audit", "export", "--tenant", "bsol"]).await;
            let last = record.lines().last().expect("a line");
            assert!(last.contains("audit.export") && last.contains("command line"), "{side}: {record}");
        }
        let checked = candour.does(&["audit", "verify", "--tenant", "bsol"]).await;
        assert!(checked.contains("identity side: 3 lines") && checked.contains("conversation side: 1 lines"), "{checked}");
    }

    async fn dates_change_and_folders_do_not_undo_it_unasked(databases: &TestDatabases) {
        drop(actions_now(databases).await);
        let candour = Candour::on(databases);
        let [before, after, back] = ["before", "after", "back"].map(|name| {
            databases.folder().join(name).to_str().expect("a temporary folder's path is UTF-8").to_owned()
        });
        let written = candour.does(&["tenants", "export", "bsol", &before]).await;
        assert!(written.lines().any(|file| file.ends_with("tenant.toml")), "{written}");
        // Its logo is a PNG now, drawn anew.
        candour.does(&["tenants", "apply", &before]).await;
        assert_eq!(candour.does(&["tenants", "apply", &before]).await, "bsol: unchanged\n");

        let target = ["extend", "--tenant", "bsol", "--campaign", "first-conversation", "--reason"];
        let closes = (now() + TimeDelta::days(12)).format("%Y-%m-%dT23:59:00").to_string();
        let extend = [&target[..], &["Night shifts asked for more time.", "--closes", &closes]].concat();
        for (wrong, words) in [
            ([&target[..], &["Night shifts asked for more time."]].concat(), "say what to change"),
            ([&target[..], &["x", "--closes", &closes]].concat(), "characters"),
        ] {
            let refused = candour.run(&wrong).await;
            assert!(refused.code == 1 && refused.stderr.contains(words), "{wrong:?}: {}", refused.stderr);
        }
        let said = candour.does(&extend).await;
        assert!(said.contains(&closes[..10]), "{said}");
        let seen = Tables::of_conversation(databases).await;
        let closing = "SELECT max(closes_at) FROM round";
        let extended = seen.number(closing).await;
        assert!(extended > (now() + TimeDelta::days(11)).timestamp(), "the other side has taken it over");

        let refused = candour.run(&["tenants", "apply", &before]).await;
        assert_eq!(refused.code, 1);
        for words in ["bsol was changed by page", "candour tenants export bsol", "--replace"] {
            assert!(refused.stderr.contains(words), "{}", refused.stderr);
        }
        assert_eq!(seen.number(closing).await, extended);
        candour.does(&["tenants", "export", "bsol", &after]).await;
        let campaign = "bsol/campaigns/first-conversation/campaign.toml";
        let [old, new] = [&before, &after].map(|folder| fs::read_to_string(format!("{folder}/{campaign}")).unwrap());
        assert!(new.contains(&closes) && new.contains("Night shifts asked") && !old.contains(&closes));
        assert_eq!(candour.does(&["tenants", "apply", &after]).await, "bsol: unchanged\n");
        // Once more by page, and then the old folder on purpose.
        candour.does(&[&target[..], &["It is over sooner.", "--pause"]].concat()).await;
        assert_eq!(candour.run(&["tenants", "apply", &before]).await.code, 1);
        assert_eq!(candour.does(&["tenants", "apply", "--replace", &before]).await, "bsol: changed\n");
        assert!(seen.number(closing).await < extended);
        candour.does(&["tenants", "export", "bsol", &back]).await;
        assert_eq!(fs::read_to_string(format!("{back}/{campaign}")).unwrap(), old);
    }
}
