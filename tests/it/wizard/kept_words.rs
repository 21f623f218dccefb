//! What is typed into a step of a draft is saved, or stands on the page that says why it is not.

use policy::Role;

use super::{Draft, blank};
use crate::harness::answer::{Answer, between};
use crate::harness::databases::both_databases;
use crate::harness::server::TestServer;

/// The version that a page brings back.
fn version(page: &Answer) -> String {
    between(&page.body, "name=\"version\" value=\"", "\"").expect("a version").to_owned()
}

/// The first round as it is typed, with another button.
fn round<'a>(question: &'a str, opens: &'a str, button: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("round", "round"),
        ("title", "Talk"),
        ("opens", opens),
        ("closes", "2023-12-18T09:00"),
        ("question-text", question),
        ("do", button),
    ]
}

const OPENS: &str = "2023-12-04T09:00";

both_databases! {
    async fn nothing_is_added_to_what_is_not_saved(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, vec![blank()]).await;
        let ann = server.colleague("bsol", "Ann Heron", &[Role::CommsLead]).await;
        let ben = server.colleague("bsol", "Ben Teal", &[Role::CommsLead]).await;
        let draft = Draft::begins(&ann, "Spring", "").await;
        for button in ["add-question", "add-round"] {
            let refused = draft.sends("rounds", &round("What helps?", "soon", button)).await.expect(422);
            assert!(refused.text().contains("Write the day and the time") && refused.body.contains("What helps?"), "{}", refused.text());
            assert!(refused.body.contains("name=\"round\" value=\"round\""), "{button} leads away");
            assert!(!refused.body.contains("question-2-text"), "{button}: shown, and not there");
        }
        let seen = version(&draft.opens("rounds").await);
        let same = Draft { lead: &ben, at: draft.at.clone() };
        same.sends("rounds", &round("Ben's question", OPENS, "save")).await.expect(303);
        let late = draft.sends_seen("rounds", &seen, &round("What helps?", OPENS, "add-question")).await.expect(422);
        assert!(late.text().contains("Somebody else has changed this meanwhile") && late.body.contains("What helps?"), "{}", late.text());
        assert!(!late.body.contains("question-2-text"), "shown, and not there");
        // The next press keeps every word.
        draft.sends_seen("rounds", &version(&late), &round("What helps?", OPENS, "add-question")).await.expect(303);
        let stored = draft.opens("rounds").await;
        assert!(stored.body.contains("What helps?") && stored.body.contains("question-2-text"));
        // Of a round that goes nothing is read; the last one stays, and is read.
        draft.sends("rounds", &round("What helps?", "soon", "remove-round")).await.expect(422);
        draft.sends("rounds", &round("What helps?", OPENS, "add-round")).await.expect(303);
        draft.sends("rounds", &round("What helps?", "soon", "remove-round")).await.expect(303);
        assert!(!draft.opens("rounds").await.body.contains("What helps?"));
    }

    async fn words_for_what_somebody_removed_stay_on_the_page(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, vec![blank()]).await;
        let ann = server.colleague("bsol", "Ann Heron", &[Role::CommsLead]).await;
        let ben = server.colleague("bsol", "Ben Teal", &[Role::CommsLead]).await;
        let draft = Draft::begins(&ann, "Spring", "").await;
        draft.sends("rounds", &round("What helps?", OPENS, "add-question")).await.expect(303);
        let same = Draft { lead: &ben, at: draft.at.clone() };
        let two = |button| [round("What helps?", OPENS, button), vec![("question-2-text", "Why not?")]].concat();
        same.sends("rounds", &two("remove-question-question-2")).await.expect(303);
        // A question: it is said beside it, and goes when whoever wrote it says so.
        let gone = draft.sends("rounds", &two("next")).await.expect(422);
        assert!(gone.text().contains("Somebody else has removed this question meanwhile") && gone.body.contains("Why not?"), "{}", gone.text());
        let again = draft.sends_seen("rounds", &version(&gone), &two("add-question")).await.expect(422);
        assert!(again.body.contains("Why not?"), "{}", again.text());
        draft.sends_seen("rounds", &version(&again), &two("remove-question-question-2")).await.expect(303);
        assert!(!draft.opens("rounds").await.body.contains("Why not?"));
        // A round.
        let other = [("round", "round-2"), ("title", "Then"), ("question-text", "And then?"), ("do", "save")];
        for button in ["save", "add-question", "add-round", "remove-round"] {
            let gone = draft.sends("rounds", &[&other[..3], &[("do", button)]].concat()).await.expect(422);
            assert!(gone.text().contains("Somebody else has removed this round meanwhile"), "{button}: {}", gone.text());
            assert!(gone.body.contains("And then?") && gone.body.contains("name=\"round\" value=\"round-2\""), "{button}");
        }
        assert!(!draft.opens("rounds").await.body.contains("Rounds: "), "none was added");
        // What somebody else has added is not emptied by a form that does not have it.
        same.sends("rounds", &round("What helps?", OPENS, "add-question")).await.expect(303);
        same.sends("rounds", &two("save")).await.expect(303);
        draft.sends("rounds", &round("What else helps?", OPENS, "save")).await.expect(303);
        let stored = draft.opens("rounds").await;
        assert!(stored.body.contains("What else helps?") && stored.body.contains("Why not?"), "{}", stored.text());
    }

    async fn emails_keep_their_words_as_rounds_do(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, vec![blank()]).await;
        let lead = server.colleague("bsol", "Ann Heron", &[Role::CommsLead]).await;
        let draft = Draft::begins(&lead, "Spring", "").await;
        draft.sends("emails", &[("do", "add")]).await.expect(303);
        let email = |at, button| [("reminder-title", "For the late"), ("reminder-kind", "reminder"), ("reminder-send_at", at), ("do", button)];
        let one = async |answer: Answer| {
            assert!(answer.body.contains("For the late"), "{}", answer.text());
            assert_eq!(answer.body.matches("-title\"").count(), draft.opens("emails").await.body.matches("-title\"").count());
        };
        one(draft.sends("emails", &email("soon", "add")).await.expect(422)).await;
        one(draft.sends_seen("emails", "0", &email(OPENS, "add")).await.expect(422)).await;
        let gone = [("launch-title", "It begins"), ("launch-kind", "launch"), ("launch-send_at", OPENS), ("do", "next")];
        let refused = draft.sends("emails", &gone).await.expect(422);
        assert!(refused.text().contains("Somebody else has removed this email meanwhile") && refused.body.contains("It begins"), "{}", refused.text());
        assert!(refused.body.contains("reminder-title"), "what is not on the form stays");
        let removed = [&gone[..3], &[("do", "remove-launch")]].concat();
        draft.sends("emails", &removed).await.expect(303);
        let stored = draft.opens("emails").await;
        assert!(stored.body.contains("reminder-title") && !stored.body.contains("It begins"));
    }
}
