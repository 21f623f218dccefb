//! What comms teams hand out: each organisation's toolkit, letters with login details, and the countdown; made once whatever stops, and never behind the
//! dates.

mod codes;
mod letters;
mod outdated;
mod twice;

use std::collections::BTreeSet;
use std::io::{Cursor, Read};

use actions::{Actor, RoundDates};
use credentials::LoginCode;
use documents::letter_book::LETTERS_A_PART;
use documents::toolkit::ToolkitPiece;
use domain::Clock;
use domain::tenant_pack::TenantPack;
use domain::timetable::{DateChange, DateWish};
use lopdf::Document;
use policy::Role;
use reqwest::{Method, header};

use crate::harness::answer::{Answer, between};
use crate::harness::databases::{TestDatabases, both_databases};
use crate::harness::packs;
use crate::harness::patience::eventually;
use crate::harness::people::Device;
use crate::harness::server::TestServer;
use crate::harness::staff::Colleague;
use crate::harness::tables::Tables;

const CAMPAIGN: &str = "first-conversation";
const TOOLKIT: &str = "/console/campaigns/first-conversation/toolkit";
/// An organisation whose people get login details, and one whose people sign up.
const TRUST: &str = "uhb";
const COUNCIL: &str = "birmingham-council";
/// On the roll where letters are made in parts.
const PEOPLE: usize = 1_200;
/// The parts that their letters make.
const PARTS: usize = PEOPLE.div_ceil(LETTERS_A_PART);
const BEFORE: &str = "Tuesday 7 May 2024 at 11:59pm";
const AFTER: &str = "Thursday 9 May 2024 at 11:59pm";
/// Why there are two days more.
const MORE_TIME: &str = "Many of you asked for more time to say what you think.";
const AN_ID: &str = "5f0c9f0e-6b1f-4c59-9d0a-1d3c7a1b2c3d";

/// BSol with one conversation, which sends no emails of its own.
fn bsol() -> Vec<TenantPack> {
    let mut packs = packs::bsol_open("2024-04-23T09:00:00", "2024-05-07T23:59:00");
    packs[0].campaigns.values_mut().for_each(|campaign| campaign.emails.clear());
    packs
}

async fn started(databases: &TestDatabases) -> TestServer {
    let server = TestServer::with_packs(databases, bsol()).await;
    server.clock.set("2024-05-06T10:00:00Z");
    server
}

/// So many people of the trust on the roll, and keys.
async fn launched(server: &TestServer, people: usize) {
    let people: Vec<String> = (0..people).map(|number| format!("p{number}@uhb.example")).collect();
    server.launch("bsol", &people.iter().map(|email| (email.as_str(), TRUST)).collect::<Vec<_>>()).await;
}

/// A file as it arrives.
struct Fetched {
    kind: String,
    name: String,
    bytes: Vec<u8>,
}

async fn fetch(device: &Device, path: &str) -> Fetched {
    let response = device.request(Method::GET, path).send().await.expect("an answer");
    assert_eq!(response.status(), 200, "{path}");
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(
        (header("x-content-type-options").as_str(), header("cache-control").as_str()),
        ("nosniff", "no-store")
    );
    let disposition = header("content-disposition");
    let name = between(&disposition, "attachment; filename=\"", "\"").expect("a file to keep").to_owned();
    let kind = header("content-type");
    Fetched { kind, name, bytes: response.bytes().await.expect("the whole file").to_vec() }
}

/// The list of what was asked for, once nothing is being made any more.
async fn finished(lead: &Device) -> Answer {
    eventually("what was asked for is made", async || {
        !lead.get(TOOLKIT).await.expect(200).body.contains("being made.")
    })
    .await;
    lead.get(TOOLKIT).await
}

/// The addresses on a page that lead to parts of files.
fn parts(page: &Answer, kind: &str) -> Vec<String> {
    let start = format!("href=\"/console/campaigns/{CAMPAIGN}/{kind}/");
    let page = page.body.replace("&#x2f;", "/");
    let rests = page.split(&start).skip(1).map(|rest| rest.split('"').next().unwrap());
    rests.map(|rest| format!("/console/campaigns/{CAMPAIGN}/{kind}/{rest}")).collect()
}

/// What files of this kind begin with.
fn is_what_it_says(file: &Fetched) -> bool {
    let text = String::from_utf8_lossy(&file.bytes);
    let lower = text.to_ascii_lowercase();
    match file.kind.split(';').next().unwrap() {
        "application/pdf" => file.bytes.starts_with(b"%PDF-"),
        "image/png" => file.bytes.starts_with(b"\x89PNG\r\n\x1a\n"),
        "text/html" => lower.starts_with("<!doctype html>") || text.contains("<iframe src="),
        "text/calendar" => text.starts_with("BEGIN:VCALENDAR\r\n"),
        "message/rfc822" => lower.contains("\r\nmime-version: 1.0\r\n") && lower.contains("subject:"),
        "text/plain" => text.contains("Our first Open Conversation") || text.len() > 100,
        _ => false,
    }
}

/// What a PDF file says, in pieces without blanks.
fn words(pdf: &[u8]) -> Vec<String> {
    let paper = Document::load_mem(pdf).expect("a PDF file");
    let texts = paper.get_pages().into_keys().map(|page| paper.extract_text(&[page]).expect("a page's text"));
    texts.flat_map(|text| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect()
}

impl TestServer {
    async fn gives_two_days_more(&self) {
        self.changes_its_dates(DateWish::Close("2024-05-09T23:59:00".parse().unwrap()), MORE_TIME).await;
    }

    async fn changes_its_dates(&self, wish: DateWish, reason: &str) {
        let tenant = self.tenant("bsol").await;
        let change = DateChange { wish, reason: reason.to_owned(), announcement: String::new() };
        let round = tenant.campaigns[0].rounds[0].slug.clone();
        let round = RoundDates { campaign: CAMPAIGN, round: &round, seen: None };
        self.sides().change_dates(&Actor::command_line(tenant.id), &tenant, &round, &change).await.unwrap();
    }
}

impl Colleague {
    /// Presses the button of an organisation's page that asks for its `what`: "make" or "letters".
    async fn asks(&self, organisation: &str, what: &str) -> Answer {
        let at = format!("{TOOLKIT}/{organisation}");
        self.get(&at).await.expect(200);
        self.post(&format!("{at}/{what}"), &[]).await
    }
}

both_databases! {
    async fn a_toolkit_comes_piece_by_piece_and_as_one_file_and_goes_after_a_week(databases: &TestDatabases) {
        let server = started(databases).await;
        let lead = server.staff("bsol", &[Role::CommsLead]).await;
        let page = lead.get(TOOLKIT).await.expect(200);
        let tenant = server.tenant("bsol").await;
        for organisation in &tenant.organisations {
            assert!(page.text().contains(&organisation.name), "{}", organisation.name);
        }
        assert!(page.text().contains("Version 1: the dates as they were first planned."));
        assert!(lead.get("/console/campaigns").await.body.replace("&#x2f;", "/").contains(TOOLKIT));
        let mut pieces = Vec::new();
        for piece in ToolkitPiece::ALL {
            let file = fetch(&lead, &format!("{TOOLKIT}/{COUNCIL}/pieces/{}", piece.slug())).await;
            assert_eq!(file.kind, piece.media_type(), "{piece:?}");
            assert!(is_what_it_says(&file), "{piece:?}: {}", String::from_utf8_lossy(&file.bytes[..80]));
            assert!(file.name.contains("-birmingham-council-v1."), "{}", file.name);
            pieces.push(file);
        }
        for nothing in [format!("{TOOLKIT}/{COUNCIL}/pieces/no-such-piece"), format!("{TOOLKIT}/no-such-place")] {
            lead.get(&nothing).await.expect(404);
        }

        assert_eq!(lead.asks(COUNCIL, "make").await.location(), format!("{TOOLKIT}?done=toolkit"));
        let page = finished(&lead).await;
        assert!(page.text().contains("Ready") && !page.body.contains("hx-trigger"), "{}", page.text());
        let links = parts(&page, "files");
        assert_eq!(links.len(), 1, "{links:?}");
        let file = fetch(&lead, &links[0]).await;
        assert_eq!((file.kind.as_str(), file.name.as_str()), ("application/zip", "toolkit-birmingham-council-v1.zip"));
        let mut zip = zip::ZipArchive::new(Cursor::new(file.bytes)).unwrap();
        assert_eq!(zip.len(), pieces.len());
        for piece in &pieces {
            let mut unpacked = Vec::new();
            zip.by_name(&piece.name).unwrap().read_to_end(&mut unpacked).unwrap();
            assert_eq!(unpacked, piece.bytes, "{}", piece.name);
        }

        let tables = Tables::of_identity(databases).await;
        let kept = async || (tables.number("SELECT count(*) FROM job").await, tables.number("SELECT count(*) FROM job_file").await);
        server.clock.advance(7 * 86_400 - 3_600);
        server.enrolment.keep_house().await.unwrap();
        assert_eq!(kept().await, (1, 1));
        server.clock.advance(2 * 3_600);
        server.enrolment.keep_house().await.unwrap();
        assert_eq!(kept().await, (0, 0));
        lead.signs_in().await;
        lead.get(&links[0]).await.expect(404);
        assert!(!lead.get(TOOLKIT).await.expect(200).body.contains("id=\"files\""));
    }

    async fn what_makes_a_piece_impossible_is_said(databases: &TestDatabases) {
        let mut packs = bsol();
        packs[0].campaigns.values_mut().for_each(|campaign| campaign.title = "Say it 💬".to_owned());
        let server = TestServer::with_packs(databases, packs).await;
        let lead = server.staff("bsol", &[Role::CommsLead]).await;
        let piece = lead.get(&format!("{TOOLKIT}/{COUNCIL}/pieces/poster-a4")).await.expect(422);
        for refused in [piece, lead.asks(COUNCIL, "make").await.expect(422)] {
            assert!(refused.text().contains("Write “Say it 💬” without “💬”"), "{}", refused.text());
        }
        let early = lead.asks(TRUST, "letters").await.expect(422);
        assert!(early.text().contains("not launched yet"), "{}", early.text());
        let sign_up = lead.asks(COUNCIL, "letters").await.expect(422);
        assert!(sign_up.text().contains("sign up themselves"), "{}", sign_up.text());
        assert_eq!(Tables::of_identity(databases).await.number("SELECT count(*) FROM job").await, 0);
    }

    async fn letters_go_on_where_a_server_stopped_and_nobody_gets_two(databases: &TestDatabases) {
        let server = started(databases).await;
        launched(&server, PEOPLE).await;
        let lead = server.staff("bsol", &[Role::CommsLead]).await;
        assert_eq!(lead.asks(TRUST, "letters").await.location(), format!("{TOOLKIT}?done=letters"));
        let tables = Tables::of_identity(databases).await;
        let made = async || tables.number("SELECT done FROM job").await;
        eventually("the first part is made", async || made().await > 0).await;
        let clock = server.clock.clone();
        server.stop().await;
        // Each part is a hundred pages: there is no making the others in the moment that a server takes to stop.
        let before = made().await;
        assert!(before < PARTS as i64, "it was all made before the server stopped");
        // Who stops in order lets go of the work, so the next goes on at once.
        let server = TestServer::serve(databases, &clock, 2).await;
        eventually("the next part is made", async || made().await > before).await;
        server.stop().await;
        // Who is killed lets go of nothing: the others wait until the lease has run out.
        tables.change(&format!("UPDATE job SET lease_until = {}", clock.now().timestamp() + 600)).await;
        clock.advance(601);
        let server = TestServer::serve(databases, &clock, 3).await;
        let lead = server.colleague("bsol", "Second Lead", &[Role::CommsLead]).await;
        let page = finished(&lead).await;
        assert_eq!(tables.texts("SELECT state FROM job").await, ["done"]);

        let sealed = tables.rows("SELECT content FROM job_file").await;
        for row in &sealed {
            let content: Vec<u8> = row.try_get_by_index(0).unwrap();
            assert!(content.len() > 10_000 && !content.windows(4).any(|bytes| bytes == b"%PDF"), "a file lies open");
        }
        let links = parts(&page, "letters");
        assert_eq!((sealed.len(), links.len()), (PARTS, PARTS));
        let (mut emails, mut codes) = (Vec::new(), Vec::new());
        for (number, link) in (1..).zip(&links) {
            let file = fetch(&lead, link).await;
            assert_eq!((file.name, file.kind.as_str()), (format!("letters-{TRUST}-{number:04}.pdf"), "application/pdf"));
            let words = words(&file.bytes);
            emails.extend(words.iter().filter(|word| word.ends_with("@uhb.example")).cloned());
            codes.extend(words.iter().filter(|word| LoginCode::parse(word).is_ok()).cloned());
            let so_far = PEOPLE.min(number * LETTERS_A_PART);
            assert_eq!((emails.len(), codes.len()), (so_far, so_far), "part {number}");
        }
        let different = |words: &[String]| words.iter().collect::<BTreeSet<_>>().len();
        assert_eq!((different(&emails), emails.len()), (PEOPLE, PEOPLE), "nobody has two letters, and nobody none");
        assert_eq!((different(&codes), codes.len()), (PEOPLE, PEOPLE));
        // Launching made login details as well, which never left.
        let left = "SELECT count(*) FROM login WHERE NOT unsent";
        assert_eq!(tables.number(left).await, PEOPLE as i64, "one for each letter");
        assert_eq!(tables.number("SELECT count(DISTINCT person_id) FROM login WHERE NOT unsent").await, PEOPLE as i64);
        for code in [&codes[0], &codes[PEOPLE / 2], &codes[PEOPLE - 1]] {
            let answer = server.device("bsol").logs_in(CAMPAIGN, code).await;
            assert!(answer.location().contains("/join#ticket="), "{}", answer.location());
        }
    }

    async fn letters_are_for_those_who_send_login_details_and_on_record(databases: &TestDatabases) {
        let mut packs = bsol();
        packs.extend(packs::ours().into_iter().filter(|pack| pack.tenant.slug == "hhft"));
        let server = TestServer::with_packs(databases, packs).await;
        server.clock.set("2024-05-06T10:00:00Z");
        launched(&server, 3).await;
        let lead = server.staff("bsol", &[Role::CommsLead]).await;
        let tables = Tables::of_identity(databases).await;
        let jobs = async || tables.number("SELECT count(*) FROM job").await;

        // Whoever showed long ago who they are is asked again, before anything is made.
        server.clock.advance(11 * 60);
        let asked = lead.asks(TRUST, "letters").await;
        assert!(asked.body.contains("name=\"password\"") && jobs().await == 0, "{} {}", asked.status, asked.text());
        lead.proves().await;
        lead.asks(TRUST, "letters").await.expect(303);
        lead.asks(TRUST, "make").await.expect(303);
        let page = finished(&lead).await;
        let (letters, zip) = (parts(&page, "letters"), parts(&page, "files"));
        assert_eq!((letters.len(), zip.len()), (1, 1));
        fetch(&lead, &letters[0]).await;
        server.clock.advance(11 * 60);
        let proof = lead.get(&letters[0]).await;
        assert!(proof.location().contains("/console/prove?next="), "{}", proof.location());
        fetch(&lead, &zip[0]).await;
        lead.proves().await;
        fetch(&lead, &letters[0]).await;
        let record = lead.get("/console/audit").await.expect(200).text();
        assert_eq!(record.matches("Downloaded letters with login details").count(), 2, "{record}");
        assert_eq!(record.matches("Had letters with login details made").count(), 1, "{record}");

        // One is not found as the other, nor a part that there is not.
        let elsewhere = [zip[0].replace("/files/", "/letters/"), letters[0].replace("/letters/", "/files/"), zip[0].replace("/1", "/2")];
        for path in elsewhere.iter().chain([&format!("/console/campaigns/{CAMPAIGN}/files/{AN_ID}/1")]) {
            lead.get(path).await.expect(404);
        }
        let moderator = server.staff("bsol", &[Role::Moderator]).await;
        let page = moderator.get(TOOLKIT).await.expect(200);
        assert!(parts(&page, "letters").is_empty() && parts(&page, "files").len() == 1 && !page.body.contains("/drop"));
        fetch(&moderator, &zip[0]).await;
        moderator.get(&letters[0]).await.expect(403);
        for what in ["letters", "make"] {
            moderator.asks(TRUST, what).await.expect(403);
        }
        server.staff("bsol", &[Role::Viewer]).await.get(TOOLKIT).await.expect(403);

        // Another tenant's.
        let stranger = server.staff("hhft", &[Role::CommsLead]).await;
        for path in letters.iter().chain(&zip) {
            let path = path.replace(CAMPAIGN, "series-3");
            stranger.get(&path).await.expect(404);
            stranger.post(&path.replace("/1", "/drop"), &[]).await.expect(303);
        }
        assert_eq!(jobs().await, 2, "nobody else takes them off");
        for drop in [&zip[0], &letters[0]] {
            let drop = drop.replace("/1", "/drop");
            assert_eq!(lead.post(&drop, &[]).await.location(), format!("{TOOLKIT}?done=dropped"));
        }
        assert_eq!((jobs().await, tables.number("SELECT count(*) FROM job_file").await), (0, 0));
    }

    async fn the_countdown_is_for_anybodys_page_and_knows_nobody(databases: &TestDatabases) {
        let server = started(databases).await;
        let path = format!("/countdown/{CAMPAIGN}");
        let anybody = server.device("bsol");
        let page = anybody.get(&path).await.expect(200);
        assert!(page.headers.get(header::SET_COOKIE).is_none() && page.headers.get("x-frame-options").is_none());
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("refresh"), "600");
        let policy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *";
        assert_eq!(page.header("content-security-policy"), policy);
        assert!(!page.body.contains("<script") && !page.body.contains("<form"), "{}", page.body);
        assert!(page.body.contains(&format!("{}/join/{CAMPAIGN}", anybody.origin()).replace('/', "&#x2f;")), "{}", page.body);
        // In a frame that its page has closed off, our own stylesheets are another site's.
        let styles: Vec<String> = page.body.replace("&#x2f;", "/").split("rel=\"stylesheet\" href=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect();
        assert_eq!(styles.len(), 2);
        for style in styles {
            let style = anybody.send(anybody.request(Method::GET, &style).header(header::ORIGIN, "null")).await.expect(200);
            assert_eq!(style.header("access-control-allow-origin"), "*");
        }
        // Whoever is in, or at work, sees the same.
        let person = server.person("bsol").await;
        let lead = server.staff("bsol", &[Role::CommsLead]).await;
        for device in [&*person, &*lead] {
            assert_eq!(device.get(&path).await.essence(), page.essence());
        }
        anybody.get("/countdown/no-such-conversation").await.expect(404);
        server.clock.set("2024-05-08T10:00:00Z");
        assert!(anybody.get(&path).await.text().contains(&format!("Closed\nIt closed on {BEFORE}.")));
    }

    async fn the_countdown_is_on_both_sides(databases: &TestDatabases) {
        let apart = TestServer::apart(databases, packs::ours()).await;
        let pages = [&apart.identity, &apart.conversation].map(|side| apart.device(side, "bsol"));
        let mut said = Vec::new();
        for device in pages {
            said.push(device.get(&format!("/countdown/{CAMPAIGN}")).await.expect(200));
        }
        assert!(said[0].text().contains("It is open until"), "{}", said[0].text());
        let link = |page: &Answer| between(&page.body, "<a href=\"", "\"").map(str::to_owned);
        assert!(link(&said[0]).is_some());
        assert_eq!((said[0].text(), link(&said[0])), (said[1].text(), link(&said[1])), "both lead to where people come in");
    }
}
