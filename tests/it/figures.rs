//! Published figures: no question to the dashboard or the file, nor any two of them together, tells about fewer people than the smallest
//! group; whoever looks sees what is published, and nothing of anybody.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use documents::roll::RollKind;
use domain::tenant_pack::TenantPack;
use policy::Role;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use adversary::{Cells, cells_of_file, cells_of_page, compare_pairs};

use crate::harness::answer::{Answer, between};
use crate::harness::databases::both_databases;
use crate::harness::joiner::Onward;
use crate::harness::packs;
use crate::harness::people::Person;
use crate::harness::server::TestServer;

mod adversary;
mod frozen;

const CAMPAIGN: &str = "first-conversation";
const FIGURES: &str = "/console/campaigns/first-conversation/figures";
/// The smallest group here, people: the smallest that a pack may ask for.
const SMALLEST: i64 = 5;
/// Longer than figures are shown without counting again, seconds.
const A_WHILE: i64 = 61;

both_databases! {
    async fn no_two_answers_tell_about_fewer_than_the_smallest_group(databases: &TestDatabases) {
        let mut play = Play::begin(databases).await;
        let mut answers = Vec::new();
        let mut asked = 0;
        for day in ["2023-12-01", "2023-12-02", "2023-12-03", "2023-12-04"] {
            let midnight: DateTime<Utc> = format!("{day}T00:00:20Z").parse().unwrap();
            play.server.clock.set(&midnight.to_rfc3339());
            play.server.enrolment.keep_house().await.unwrap();
            play.server.actions.keep_house().await.unwrap();
            play.server.clock.set(&(midnight + TimeDelta::hours(10)).to_rfc3339());
            let lead = play.server.colleague("bsol", &format!("Lea {day}"), &[Role::CommsLead]).await;
            for _ in 0..5 {
                play.something_happens().await;
                play.server.clock.advance(A_WHILE);
                for _ in 0..6 {
                    let window = play.any_window();
                    let page = lead.get(&format!("{FIGURES}{window}")).await.expect(200);
                    let file = lead.get(&format!("{FIGURES}/export{window}")).await.expect(200);
                    play.check_that_nobody_is_in(&page);
                    play.check_that_nobody_is_in(&file);
                    answers.extend([cells_of_page(&page.body), cells_of_file(&file.body)]);
                    asked += 2;
                }
                let whole = cells_of_page(&lead.get(FIGURES).await.expect(200).body);
                play.check_against_the_truth(&whole);
                answers.push(whole);
            }
        }
        assert_eq!(asked, 240);
        assert!(play.was_there_something_to_find(), "what really happened has no small differences: nothing to hide");
        let shown: BTreeSet<i64> = answers.iter().flat_map(|answer| answer.values().copied()).collect();
        assert!(shown.len() > 8, "hardly anything was ever shown: {shown:?}");
        compare_pairs(&answers, &mut play.chance);
    }

    async fn whoever_looks_again_sees_what_is_new(databases: &TestDatabases) {
        let mut play = Play::begin(databases).await;
        let viewer = play.server.colleague("bsol", "Vera Viewer", &[Role::Viewer]).await;
        let empty = viewer.get(FIGURES).await.expect(200);
        assert!(empty.body.contains("nothing to show yet"), "{}", empty.body);
        for _ in 0..7 {
            play.somebody_joins().await;
        }
        assert!(viewer.get(FIGURES).await.expect(200).body.contains("nothing to show yet"), "not before the minute is over");
        play.server.clock.advance(A_WHILE);
        let page = viewer.get(FIGURES).await.expect(200);
        assert_eq!(page.tile("People joined"), 5);
        assert!(page.body.contains("At least 5 people have come in."));
        // The page asks for its own region again, by an address that anybody can open.
        let again = between(&page.body, "hx-get=\"", "\"").unwrap().replace("&#x2f;", "/");
        assert_eq!(again, FIGURES, "at the tenant's own host there is no base");
        assert!(page.body.contains("hx-trigger=\"every 30s\"") && page.body.contains("hx-select=\"#figures\""));
        for _ in 0..4 {
            play.somebody_joins().await;
        }
        play.server.clock.advance(A_WHILE);
        let request = viewer.request(reqwest::Method::GET, &again).header("HX-Request", "true");
        assert_eq!(viewer.send(request).await.expect(200).tile("People joined"), 10);
    }

    async fn only_some_may_look_and_fewer_may_carry_away(databases: &TestDatabases) {
        let play = Play::begin(databases).await;
        let server = &play.server;
        let stranger = server.device("bsol").get(FIGURES).await.expect(303);
        assert!(stranger.location().contains("/console/sign-in?next="), "{}", stranger.location());
        let viewer = server.colleague("bsol", "Vera Viewer", &[Role::Viewer]).await;
        viewer.get(&format!("{FIGURES}/export")).await.expect(403);
        viewer.get("/console/campaigns/none/figures").await.expect(404);
        for days in ["?from=2023-12-05&to=2023-12-01", "?from=yesterday"] {
            let page = viewer.get(&format!("{FIGURES}{days}")).await.expect(200);
            assert!(page.body.contains("nhsuk-error-summary"), "{days}");
        }
        let lead = server.colleague("bsol", "Lea Lead", &[Role::CommsLead]).await;
        lead.get(&format!("{FIGURES}/export")).await.expect(200);
        server.clock.advance(11 * 60);
        let prove = lead.get(&format!("{FIGURES}/export?from=2023-12-01")).await.expect(303);
        assert!(prove.location().contains("/console/prove?next="), "{}", prove.location());
        let tenant = server.tenant("bsol").await;
        let record = server.accounts().read_audit(&tenant, None).await.unwrap();
        let exports: Vec<_> = record.deeds.iter().filter(|deed| deed.what == "figures.export").collect();
        assert_eq!(exports.iter().map(|deed| deed.by_name.as_str()).collect::<Vec<_>>(), ["Lea Lead"]);
    }
}

/// A conversation in which people join and write by chance, with what really happened.
struct Play {
    server: TestServer,
    chance: StdRng,
    /// Login details of those who have not joined, with their organisation and staff group.
    outside: Vec<(String, &'static str, &'static str)>,
    codes: Vec<String>,
    inside: Vec<Inside>,
    ideas: Vec<String>,
    keys: u64,
    /// After each change: who had joined, and who had voted.
    history: Vec<[i64; 2]>,
}

/// Somebody who has come in.
struct Inside {
    person: Person,
    organisation: &'static str,
    staff_group: &'static str,
    voted: bool,
    wrote: bool,
}

impl Play {
    async fn begin(databases: &crate::harness::databases::TestDatabases) -> Self {
        let mut packs: Vec<TenantPack> = packs::ours();
        for pack in &mut packs {
            pack.campaigns.values_mut().for_each(|campaign| campaign.smallest_group = 5);
        }
        let server = TestServer::with_packs(databases, packs).await;
        let (outside, codes) = (launched(&server).await, server.codes("bsol", CAMPAIGN, 12).await);
        let chance = StdRng::seed_from_u64(20_231_204);
        let (inside, ideas, history) = (Vec::new(), Vec::new(), Vec::new());
        Self { server, chance, outside, codes, inside, ideas, keys: 0, history }
    }

    fn below(&mut self, limit: usize) -> usize {
        self.chance.random_range(0..limit)
    }

    fn any_idea(&mut self) -> String {
        let place = self.below(self.ideas.len());
        self.ideas[place].clone()
    }

    async fn somebody_joins(&mut self) {
        let place = self.below(self.outside.len());
        let (login, organisation, staff_group) = self.outside.swap_remove(place);
        let device = self.server.device("bsol");
        let onward = Onward::of(&device.logs_in(CAMPAIGN, &login).await.expect(303));
        self.keys += 1;
        let person = device.joins(&self.server.key("bsol", self.keys).await, &onward).await;
        self.inside.push(Inside { person, organisation, staff_group, voted: false, wrote: false });
        self.note();
    }

    async fn somebody_enters(&mut self) {
        let Some(code) = self.codes.pop() else { return };
        let person = self.server.device("bsol").enters(&code).await;
        self.inside.push(Inside { person, organisation: "", staff_group: "", voted: false, wrote: false });
    }

    /// Some join, some write, vote and take votes back.
    async fn something_happens(&mut self) {
        for _ in 0..self.below(8) {
            self.somebody_joins().await;
        }
        if self.below(2) == 0 {
            self.somebody_enters().await;
        }
        for _ in 0..self.below(10) {
            if self.inside.is_empty() {
                return;
            }
            let who = self.below(self.inside.len());
            match self.below(6) {
                0 => {
                    let idea =
                        self.inside[who].person.shares(&format!("Idea number {}", self.ideas.len())).await;
                    self.ideas.push(idea);
                    self.inside[who].wrote = true;
                }
                1 if !self.ideas.is_empty() => {
                    let idea = self.any_idea();
                    self.inside[who].person.comments(&idea, "A comment").await;
                    self.inside[who].wrote = true;
                }
                2 if !self.ideas.is_empty() => {
                    let idea = self.any_idea();
                    self.inside[who].person.presses(&idea, "withdraw").await;
                }
                _ if !self.ideas.is_empty() => {
                    let idea = self.any_idea();
                    self.inside[who].person.votes(&idea, "agree").await;
                    self.inside[who].voted = true;
                }
                _ => {}
            }
            self.note();
        }
    }

    fn note(&mut self) {
        let voted = self.inside.iter().filter(|one| one.voted).count();
        self.history.push([self.joined(|_| true), i64::try_from(voted).unwrap()]);
    }

    fn joined(&self, of: impl Fn(&Inside) -> bool) -> i64 {
        let joined = self.inside.iter().filter(|one| !one.organisation.is_empty() && of(one));
        i64::try_from(joined.count()).unwrap()
    }

    /// Any days, or all.
    fn any_window(&mut self) -> String {
        let day = |day: usize| format!("2023-12-0{day}");
        let (one, other) = (1 + self.below(4), 1 + self.below(4));
        match self.below(4) {
            0 => String::new(),
            1 => format!("?from={}", day(one)),
            2 => format!("?to={}", day(one)),
            _ => format!("?from={}&to={}", day(one.min(other)), day(one.max(other))),
        }
    }

    fn check_that_nobody_is_in(&self, answer: &Answer) {
        let emails = ["@uhb.example", "@bchc.example", "@roh.example", "p1@"];
        assert!(emails.iter().all(|part| !answer.body.contains(part)), "somebody's address is in it");
        assert!(self.ideas.iter().all(|idea| !answer.body.contains(idea.as_str())), "an idea's id is in it");
    }

    /// Totals are the truth in whole groups; groups are never more than the truth.
    fn check_against_the_truth(&self, cells: &Cells) {
        let joined = self.joined(|_| true);
        let shown = |key: &[&str]| cells.get(&key.join("|")).copied().unwrap_or_default();
        assert_eq!(shown(&["tile", "People joined"]), joined / SMALLEST * SMALLEST);
        let came_in = i64::try_from(self.inside.len()).unwrap();
        assert_eq!(shown(&["tile", "People came in"]), came_in / SMALLEST * SMALLEST);
        let named =
            [("uhb", "University Hospitals Birmingham"), ("bchc", "Community"), ("roh", "Orthopaedic")];
        for (slug, name) in named {
            let truth = self.joined(|one| one.organisation == slug);
            let found = cells.iter().find(|(key, _)| {
                key.starts_with("by-organisation|") && key.contains(name) && key.ends_with("People joined")
            });
            // Before the first figure there are no groups.
            assert!(found.is_none_or(|(_, shown)| *shown <= truth), "{slug}: {found:?}, but {truth} joined");
        }
        for group in ["Nurses", "Doctors"] {
            let truth = self.joined(|one| one.staff_group == group);
            assert!(shown(&["by-staff-group", group, "People joined"]) <= truth, "{group}");
        }
        assert!(!cells.keys().any(|key| key.contains("Chief executive")), "a group of three is named");
    }

    /// Whether exact figures would have told about a few people.
    fn was_there_something_to_find(&self) -> bool {
        let is_small =
            |pair: &[[i64; 2]]| (0..2).any(|at| (1..SMALLEST).contains(&(pair[1][at] - pair[0][at])));
        self.history.windows(2).filter(|pair| is_small(pair)).count() > 50 && self.joined(|_| true) > 40
    }
}

/// Puts three organisations' people onto the roll and launches; gives everybody's login details.
async fn launched(server: &TestServer) -> Vec<(String, &'static str, &'static str)> {
    let tenant = server.tenant("bsol").await;
    let campaign = &tenant.campaigns[0];
    let mut people = BTreeMap::new();
    let mut file = "email,organisation,staff group\n".to_owned();
    for (organisation, number) in [("uhb", 60), ("bchc", 55), ("roh", 52)] {
        for one in 0..number {
            let staff_group = match one {
                0..25 => "Nurses",
                25..40 => "Doctors",
                40..48 => "=SUM(A1)",
                48 => "Chief executive",
                _ => "",
            };
            let email = format!("p{one}@{organisation}.example");
            file.push_str(&format!("{email},{organisation},{staff_group}\n"));
            people.insert(email, (organisation, staff_group));
        }
    }
    let held = server.enrolment.import_roll(&tenant, campaign, RollKind::Csv, file.as_bytes(), &|_| {}).await;
    server
        .enrolment
        .confirm_roll(
            &actions::Actor::command_line(tenant.id),
            &tenant,
            campaign,
            held.expect("the roll is read").import,
        )
        .await
        .unwrap();
    let log = server.enrolment.launch_campaign(&tenant, campaign).await.expect("it is launched");
    server.actions.learn_keys(&tenant, &log).await.expect("the other side takes the log");
    let mut logins = Vec::new();
    for organisation in &tenant.organisations {
        let take = |issued: Vec<actions::IssuedLogin>| {
            logins.extend(issued.into_iter().map(|login| {
                let (organisation, staff_group) = people[&login.email];
                (login.code.to_string(), organisation, staff_group)
            }));
            std::future::ready(Ok(()))
        };
        server.enrolment.issue_logins(&tenant, campaign, organisation, take).await.unwrap();
    }
    assert_eq!(logins.len(), 167);
    logins
}
