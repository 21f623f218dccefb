//! A thousand canaries on the identity side: whatever it knows of people is found there or nowhere, and in nobody else's hands.
//!
//! People are on the roll, sign up, join, post and vote in the real program, each at an address of their own. Then every place that somebody
//! may get hold of is searched, in every [`search`] spelling.

mod raw_files;
mod search;
mod visitor;

use std::collections::BTreeSet;
use std::fs;
use std::net::{Ipv6Addr, SocketAddr};

use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};
use serde_json::Value;

use crate::harness::binary::{Candour, Process};
use crate::harness::databases::{TestDatabases, both_databases};
use crate::harness::joiner::{Key, Onward};
use crate::harness::patience::eventually;
use crate::harness::people::{Device, Person};
use crate::harness::routes::{Values, template};
use crate::harness::server::actions_now;
use crate::harness::tables::Tables;
use raw_files::RawFiles;
use search::{Canary, Search, What};
use visitor::{Answers, visitor};

const CAMPAIGN: &str = "first-conversation";
const TARGET: [&str; 4] = ["--tenant", "bsol", "--campaign", CAMPAIGN];
const SIGN_UP: &str = "birmingham-council";

/// On the roll: of whom so many get a letter, and the others an email.
const ON_ROLL: usize = 200;
const WITH_LETTER: usize = 150;
/// Whoever asks to sign up.
const SIGN_UPS: usize = 40;
/// Of each, so many join; they and all who sign up come from an address of their own.
const JOINING: usize = 10;
const VISITORS: usize = 2 * JOINING + SIGN_UPS;
/// Three canaries for each on the roll and their code, address and code of each who signs up, address and browser of each visitor.
const CANARIES: usize = 4 * ON_ROLL + 2 * SIGN_UPS + 2 * VISITORS;

both_databases! {
    async fn none_of_a_thousand_canaries_gets_out(databases: &TestDatabases) {
        assert_eq!(CANARIES, 1_000);
        let raw_files = RawFiles::watch(databases).await;
        let mut trial = Trial::prepare(databases).await;
        let server = trial.candour.serve().await;
        trial.everybody_comes(&server).await;
        let search = Search::new(trial.canaries.clone());
        assert_eq!(trial.canaries.iter().collect::<BTreeSet<_>>().len(), CANARIES);

        for (owner, answers) in &trial.answers {
            let own = |canary: &&Canary| {
                canary.owner == *owner && matches!(canary.kind, What::Email | What::LoginCode | What::ConfirmationCode)
            };
            let answers = answers.bytes();
            assert!(answers.len() > 2_000, "{owner} was answered");
            let told: Vec<_> = search.found(answers).into_iter().filter(|canary| !own(canary)).collect();
            assert_eq!(told, Vec::<&Canary>::new(), "answers to {owner}");
        }
        for (what, answer) in trial.public_answers(&server).await {
            search.assert_clean(&what, answer);
        }
        let operations = Device::new(operations_of(&server), "localhost".to_owned(), String::new());
        search.assert_clean("the metrics", operations.get("/metrics").await.expect(200).body);
        let conversation = format!("{:?}", Tables::of_conversation(databases).await.dump().await);
        assert!(conversation.contains("Idea 0"), "people took part");
        search.assert_clean("the conversation database", conversation);
        let files = raw_files.of(&databases.conversation).await;
        assert!(files.iter().all(|(_, bytes)| !bytes.is_empty()) && holds(&files, b"Idea 0"), "they can be read");
        for (file, bytes) in files {
            search.assert_clean(&file, bytes);
        }
        let on_identity_side = trial.assert_identity_side(&search, &raw_files).await;
        raw_files.forget().await;
        assert_eq!(on_identity_side, 3 * ON_ROLL + JOINING);

        let (code, log) = server.stop().await;
        assert_eq!(code, 0);
        assert!(log.lines().filter(|line| line.contains("candour::request")).count() > 100, "reading is logged");
        search.assert_clean("the log", log);
        search.assert_clean("what the commands said", trial.said.join("\n"));
        for format in ["json", "polis"] {
            let out = databases.folder().join(format);
            trial.candour.does(&[&["export"], &TARGET[..], &["--format", format, "--out", out.to_str().unwrap()]].concat()).await;
            for file in fs::read_dir(&out).unwrap() {
                let file = file.unwrap().path();
                search.assert_clean(&file.display().to_string(), fs::read(&file).unwrap());
            }
        }
        trial.assert_emails(&search);
    }
}

/// The program, and all that was planted.
struct Trial<'a> {
    databases: &'a TestDatabases,
    candour: Candour,
    canaries: Vec<Canary>,
    /// Those who join by a code: a letter's or an email's.
    logins: Vec<(usize, String)>,
    keys: Vec<Key>,
    answers: Vec<(usize, Answers)>,
    people: Vec<Person>,
    /// What commands printed.
    said: Vec<String>,
    chance: StdRng,
}

impl<'a> Trial<'a> {
    /// The roll comes in, the keys are made, and everybody is invited.
    async fn prepare(databases: &'a TestDatabases) -> Self {
        let actions = actions_now(databases).await;
        let tenant = actions.tenants().by_slug("bsol").await.unwrap().unwrap();
        let key = |number: usize| Key::new([number as u8; 32], tenant.id, &tenant.campaigns[0]);
        let keys = (1..=3 * JOINING).map(key).collect();
        drop(actions);
        let candour =
            Candour::on(databases).with("LOGS__LEVEL", "debug").with("SERVER__TRUSTED_PROXIES", "127.0.0.1");
        let (canaries, logins, chance) = (Vec::new(), Vec::new(), StdRng::seed_from_u64(20_231_130));
        let (answers, people, said) = (Vec::new(), Vec::new(), Vec::new());
        let mut trial = Self { databases, candour, canaries, logins, keys, answers, people, said, chance };
        trial.import_roll().await;
        trial.types(&["launch"], &[]).await;
        let out = databases.folder().join("letters");
        trial.types(&["logins", "issue"], &["--organisation", "uhb", "--out", out.to_str().unwrap()]).await;
        trial.types(&["logins", "issue"], &["--organisation", "bwc", "--send"]).await;
        for row in fs::read_to_string(out.join("logins.csv")).unwrap().lines().skip(1) {
            let [email, code, _] = row.split(',').collect::<Vec<_>>()[..] else { panic!("{row}") };
            trial.is_invited(email, code);
        }
        for (to, email) in emails(databases) {
            let code =
                email.lines().map(str::trim).find(|line| line.len() == 19 && line.matches('-').count() == 3);
            trial.is_invited(&to, code.unwrap_or_else(|| panic!("no login code in {email}")));
        }
        assert_eq!(trial.logins.len(), ON_ROLL);
        trial
    }

    async fn import_roll(&mut self) {
        let mut file = "email,organisation,staff group,own reference\n".to_owned();
        for owner in 0..ON_ROLL {
            let [email, group, reference] =
                ["canary", "Ward-of-", "Ref/"].map(|before| format!("{before}{}", self.token()));
            let organisation = if owner < WITH_LETTER { "uhb" } else { "bwc" };
            file.push_str(&format!("{email}@{organisation}.example,{organisation},{group},{reference}\n"));
            for (kind, text) in
                [(What::Email, email), (What::StaffGroup, group), (What::Reference, reference)]
            {
                self.canaries.push(Canary { owner, kind, text });
            }
        }
        let path = self.databases.folder().join("roll.csv");
        fs::write(&path, file).unwrap();
        self.types(&["roll", "import"], &["--confirm", path.to_str().unwrap()]).await;
    }

    /// Runs a command and keeps what it says.
    async fn types(&mut self, command: &[&str], rest: &[&str]) {
        let ran = self.candour.run(&[command, &TARGET[..], rest].concat()).await;
        assert_eq!(ran.code, 0, "{command:?}: {}{}", ran.stdout, ran.stderr);
        self.said.extend([ran.stdout, ran.stderr]);
    }

    fn is_invited(&mut self, email: &str, code: &str) {
        let owner = self.owner(email);
        self.canaries.push(Canary { owner, kind: What::LoginCode, text: code.to_owned() });
        self.logins.push((owner, code.to_owned()));
    }

    /// Whose email address this is.
    fn owner(&self, email: &str) -> usize {
        let local = email.split('@').next().unwrap_or_default();
        let known = self.canaries.iter().find(|canary| canary.kind == What::Email && canary.text == local);
        known.unwrap_or_else(|| panic!("{email} is nobody's")).owner
    }

    /// Some on the roll join, all others sign up, of whom some join; whoever has joined posts and votes.
    async fn everybody_comes(&mut self, server: &Process) {
        let logins = [&self.logins[..JOINING], &self.logins[WITH_LETTER..WITH_LETTER + JOINING]].concat();
        for (owner, code) in logins {
            let device = self.visitor(server, owner).await;
            device.logs_in(CAMPAIGN, "0000-0000-0000-0000").await.expect(422);
            let onward = Onward::of(&device.logs_in(CAMPAIGN, &code).await.expect(303));
            self.joins(device, &onward).await;
        }
        for number in 0..SIGN_UPS {
            let (owner, text) = (ON_ROLL + number, format!("canary{}", self.token()));
            let email = format!("{text}@{SIGN_UP}.example");
            self.canaries.push(Canary { owner, kind: What::Email, text });
            let device = self.visitor(server, owner).await;
            device.asks_to_sign_up(CAMPAIGN, SIGN_UP, "staff", &email).await.expect(303);
            let code = self.confirmation_code(&email).await;
            self.canaries.push(Canary { owner, kind: What::ConfirmationCode, text: code.clone() });
            device.confirms(CAMPAIGN, "0000 0000").await.expect(422);
            if number < JOINING {
                let onward = Onward::of(&device.confirms(CAMPAIGN, &code).await.expect(303));
                self.joins(device, &onward).await;
            }
        }
    }

    async fn visitor(&mut self, server: &Process, owner: usize) -> Device {
        let address = Ipv6Addr::from(0x2001_0db8 << 96 | self.chance.random::<u128>() >> 32).to_string();
        let agent = format!("Canary{}", self.token());
        let (device, answers) =
            visitor(server.site(), "bsol", &address, &format!("Mozilla/5.0 (X11) {agent}")).await;
        self.canaries.push(Canary { owner, kind: What::Address, text: address });
        self.canaries.push(Canary { owner, kind: What::UserAgent, text: agent });
        self.answers.push((owner, answers));
        device
    }

    async fn joins(&mut self, device: Device, onward: &Onward) {
        let number = self.people.len();
        let person = device.joins(&self.keys[number], onward).await;
        let idea = person.shares(&format!("Idea {number}")).await;
        let comment = person.comments(&idea, "A comment").await;
        person.sends_change(&comment, "Another comment").await.expect(303);
        if let Some(earlier) = self.people.last() {
            earlier.votes(&idea, "agree").await;
            earlier.opens("/mine/export").await.expect(200);
        }
        self.people.push(person);
    }

    /// The code in the email to `address`, as it stands there.
    async fn confirmation_code(&self, address: &str) -> String {
        let arrived = || emails(self.databases).into_iter().find(|(to, _)| to == address);
        eventually("a confirmation arrives", async || arrived().is_some()).await;
        let (_, email) = arrived().unwrap();
        let is_code = |line: &&str| {
            line.len() == 9
                && line.split(' ').all(|four| four.len() == 4 && four.bytes().all(|b| b.is_ascii_digit()))
        };
        email.lines().map(str::trim).find(is_code).unwrap_or_else(|| panic!("no code in {email}")).to_owned()
    }

    /// Every page and file, as a stranger and as a participant get it.
    async fn public_answers(&self, server: &Process) -> Vec<(String, String)> {
        let (person, stranger) = (&self.people[0], server.device("bsol"));
        let idea = person.shares("An idea to look at").await;
        let comment = person.comments(&idea, "A comment to look at").await;
        let home = stranger.get("/").await.expect(200).body;
        let style =
            crate::harness::answer::between(&home, "href=\"/assets/", "\"").expect("pages have a stylesheet");
        let values: Values = [
            (":campaign", CAMPAIGN.to_owned()),
            (":id", idea.clone()),
            ("{contribution}", idea),
            ("{comment}", comment),
            (":slug", "about".to_owned()),
            (":report", "first-conversation".to_owned()),
            (":file", style.to_owned()),
            ("{code}", "0000-0000-0000-0000".to_owned()),
        ]
        .into();
        let mut answers = Vec::new();
        for route in
            web::all_routes().iter().filter(|route| route.method == "GET" && !route.path.ends_with("/live"))
        {
            let template = template(route);
            for device in [&**person, &stranger] {
                let answer = device.send(template.filled(device, &values)).await;
                answers.push((
                    template.to_string(),
                    format!("{} {:?} {}", answer.status, answer.headers, answer.body),
                ));
            }
        }
        assert!(
            answers.iter().filter(|(_, answer)| answer.starts_with("200")).count() > 40,
            "the pages are there"
        );
        answers
    }

    /// The roll is found where it must be, and what is only a way in is found nowhere. Gives how many are found.
    async fn assert_identity_side(&self, search: &Search, raw_files: &RawFiles) -> usize {
        let dump = format!("{:?}", Tables::of_identity(self.databases).await.dump().await);
        let found = search.found(&dump);
        let stored = |canary: &&&Canary| match canary.kind {
            What::Email => canary.owner < ON_ROLL + JOINING,
            What::StaffGroup | What::Reference => true,
            _ => false,
        };
        let expected: BTreeSet<&Canary> = self.canaries.iter().filter(|canary| stored(&canary)).collect();
        assert_eq!(found, expected, "what the identity side keeps");
        let mut everywhere = BTreeSet::new();
        for (file, bytes) in raw_files.of(&self.databases.identity).await {
            let found = search.found(bytes);
            let kept: Vec<_> = found.iter().filter(|canary| !stored(canary)).collect();
            assert_eq!(kept, Vec::<&&Canary>::new(), "{file}");
            everywhere.extend(found);
        }
        assert_eq!(
            everywhere, found,
            "what is stored is seen in the files, so it would be seen on the other side"
        );
        found.len()
    }

    /// Each email holds the address that it goes to, the code in it, and nothing else of anybody.
    fn assert_emails(&self, search: &Search) {
        let emails = emails(self.databases);
        assert_eq!(emails.len(), ON_ROLL - WITH_LETTER + SIGN_UPS);
        for (to, email) in &emails {
            let owner = self.owner(to);
            let found = search.found(email);
            assert!(
                found.iter().all(|canary| canary.owner == owner),
                "an email to {to} tells of others: {found:?}"
            );
            let kinds: Vec<What> = found.iter().map(|canary| canary.kind).collect();
            let code = if owner < ON_ROLL { What::LoginCode } else { What::ConfirmationCode };
            assert_eq!(kinds, [What::Email, code], "an email to {to}");
        }
    }

    /// Letters and digits that stand nowhere else.
    fn token(&mut self) -> String {
        let mut bytes = [0; 8];
        self.chance.fill_bytes(&mut bytes);
        search::hexadecimal(&bytes)
    }
}

/// Every email so far: to whom, and all of it, once as it is on the wire and once decoded.
fn emails(databases: &TestDatabases) -> Vec<(String, String)> {
    let folder = fs::read_dir(databases.folder().join("mail")).expect("emails are written into a folder");
    let files = folder
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "eml"));
    files
        .map(|path| {
            let wire = fs::read_to_string(path).unwrap();
            let to =
                wire.lines().find_map(|line| line.strip_prefix("To: ")).expect("an email goes to somebody");
            (
                to.trim_matches(['<', '>']).to_owned(),
                format!("{wire}\n{}\n{}", wire.replace("\r\n", ""), decoded(&wire)),
            )
        })
        .collect()
}

/// Without quoted-printable's marks (RFC 2045, 6.7), as far as ASCII goes.
fn decoded(wire: &str) -> String {
    let joined = wire.replace("=\r\n", "");
    let mut pieces = joined.split('=');
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| match piece.get(..2).and_then(|two| u8::from_str_radix(two, 16).ok()) {
        Some(byte) => format!("{text}{}{}", char::from(byte), &piece[2..]),
        None => text + "=" + piece,
    })
}

/// Whether one of the files holds these bytes.
fn holds(files: &[(String, Vec<u8>)], wanted: &[u8]) -> bool {
    files.iter().any(|(_, bytes)| bytes.windows(wanted.len()).any(|here| here == wanted))
}

/// Where the operators' port listens, as the log says.
fn operations_of(server: &Process) -> SocketAddr {
    let lines = server.log();
    let lines = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let address = |line: Value| {
        let found = line["operations"].as_str().or(line["fields"]["operations"].as_str());
        found.and_then(|text| text.parse().ok())
    };
    lines.filter_map(address).next().expect("the log says where the operators' port is")
}
