//! The pages of coming in, in every state that they can be in, in every branding, at both widths: the samples that each page brings.
//!
//! [`super::states`] walks through the pages of taking part on a real server; a walk cannot come to all states of these.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::branding::{Colour, Palette};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use web::render::{Renderer, branding_css};
use web::views::{all_samples, sample_sites};

use super::joining::hall::phone;
use super::sights::{self, Fonts};
use crate::harness::browser::{Browser, Width};

/// The pages that are looked at, by the templates' names.
const PAGES: [&str; 15] = [
    "activity",
    "anonymity",
    "begin",
    "come_back",
    "confirm",
    "countdown",
    "erase",
    "join",
    "keys",
    "login",
    "mailbox",
    "published_report",
    "sign_up",
    "standing",
    "stop_emails",
];

/// And all pages of the console, in as many parts: no test of pages takes for ever.
const CONSOLE: &str = "console/";
const PARTS: usize = 4;

/// What a link brings to the join page. Nobody is asked about it: the samples have no server behind them.
const FRAGMENT: &str = "#ticket=sample&key=0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f";

const LOGO: &[u8] = include_bytes!("../../../tenants/bsol/branding/logo.svg");

/// A file as it goes to the browser: its type and its bytes.
type File = (&'static str, Vec<u8>);

/// The samples of one branding on a port of this machine.
struct Samples {
    origin: String,
    names: Vec<String>,
}

impl Samples {
    async fn serve(branding: &str) -> Self {
        let renderer = Renderer::new().expect("the templates are good");
        let (_, site) = sample_sites().into_iter().find(|(name, _)| *name == branding).expect("a branding");
        let colour: Colour = site.theme_colour.parse().expect("a colour");
        let css = branding_css(&Palette::from_brand(colour, None, None)).into_bytes();
        let mut files: BTreeMap<String, File> = BTreeMap::new();
        files.insert(site.branding_css.clone(), ("text/css", css));
        let chrome = renderer.dress(&site).expect("the frame is drawn");
        let mut names = Vec::new();
        for sample in all_samples(&chrome) {
            let page = sample.template.trim_end_matches(".html");
            if PAGES.contains(&page) || page.starts_with(CONSOLE) {
                let html = renderer.render_sample(&sample).expect("the sample is drawn");
                files.insert(format!("/{}", sample.name), ("text/html; charset=utf-8", html.into_bytes()));
                names.push(sample.name);
            }
        }
        for page in PAGES {
            assert!(names.iter().any(|name| name.starts_with(&format!("{page}/"))), "{page} has no sample");
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let origin = format!("http://{}", listener.local_addr().expect("a bound address"));
        let files = Arc::new(files);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&files)));
            }
        });
        Self { origin, names }
    }
}

/// Answers one request. A browser that hangs up early is no concern of the test.
async fn answer(stream: TcpStream, files: Arc<BTreeMap<String, File>>) {
    let mut stream = BufReader::new(stream);
    let (mut first, mut line) = (String::new(), String::new());
    stream.read_line(&mut first).await.ok();
    while let Ok(3..) = stream.read_line(&mut line).await {
        line.clear();
    }
    let path = first.split(' ').nth(1).unwrap_or_default();
    let (status, (kind, bytes)) = match file(path, &files) {
        Some(file) => ("200 OK", file),
        None => ("404 Not Found", ("text/plain", Vec::new())),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        bytes.len()
    );
    if stream.write_all(head.as_bytes()).await.is_ok() {
        stream.write_all(&bytes).await.ok();
    }
}

fn file(path: &str, files: &BTreeMap<String, File>) -> Option<File> {
    if let Some(asset) = path.strip_prefix("/assets/").and_then(|name| web::assets::find(name, "")) {
        return Some((asset.content_type, asset.bytes.into_owned()));
    }
    if path.starts_with("/branding/") && path.ends_with(".png") {
        return Some(("image/svg+xml", LOGO.to_vec()));
    }
    // The colours of a sample, which the server works out.
    if path.contains("/console/look.css?") {
        return Some(("text/css", b".candour-look { --candour-brand: #8a6b21; }".to_vec()));
    }
    // What a page asks for again by itself while something is being made.
    if path.ends_with("/campaigns/second/toolkit") {
        return files.get("/console/toolkit/making").cloned();
    }
    // What browsers ask for on their own.
    if path == "/favicon.ico" {
        return Some(("image/svg+xml", LOGO.to_vec()));
    }
    files.get(path).cloned()
}

/// Looks at a page as it comes, and, where a script draws a form, with everything wrong that can be.
async fn look(browser: &mut Browser, branding: &str, name: &str) -> Vec<String> {
    let called = format!("sample-{branding}-{}", name.replace('/', "-"));
    let mut faults = sights::faults(browser, &called, &Width::ALL, Fonts::All).await;
    if browser.holds("return document.querySelector('form [data-go]')?.checkVisibility() ?? false;").await {
        browser.click("[data-go]").await;
        browser.until("return document.activeElement.matches('.nhsuk-error-summary');").await;
        faults
            .extend(sights::faults(browser, &format!("{called}-not-filled"), &Width::ALL, Fonts::All).await);
    }
    faults
}

async fn every_sample(branding: &str) {
    these(branding, |name, _| !name.starts_with(CONSOLE)).await;
}

async fn console(branding: &str, part: usize) {
    these(branding, |name, number| name.starts_with(CONSOLE) && number % PARTS == part).await;
}

async fn these(branding: &str, are: impl Fn(&str, usize) -> bool) {
    let samples = Samples::serve(branding).await;
    let mut browser = phone().await;
    let mut faults = Vec::new();
    let names = samples.names.iter().enumerate().filter(|(number, name)| are(name, *number));
    for (_, name) in names {
        let fragment = if name.starts_with("join/") { FRAGMENT } else { "" };
        // One page leads to the next of the same path only by its fragment otherwise.
        browser.open("about:blank").await;
        browser.open(&format!("{}/{name}{fragment}", samples.origin)).await;
        faults.extend(look(&mut browser, branding, name).await);
    }
    println!("{} samples of {branding}", samples.names.len());
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_bsol() {
    every_sample("bsol").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_hhft() {
    every_sample("hhft").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_bsmhft() {
    every_sample("bsmhft").await;
}

macro_rules! of_the_console {
    ($($name:ident: $branding:literal, $part:literal;)+) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            console($branding, $part).await;
        }
    )+};
}

of_the_console! {
    console_of_bsol_1: "bsol", 0;
    console_of_bsol_2: "bsol", 1;
    console_of_bsol_3: "bsol", 2;
    console_of_bsol_4: "bsol", 3;
    console_of_hhft_1: "hhft", 0;
    console_of_hhft_2: "hhft", 1;
    console_of_hhft_3: "hhft", 2;
    console_of_hhft_4: "hhft", 3;
    console_of_bsmhft_1: "bsmhft", 0;
    console_of_bsmhft_2: "bsmhft", 1;
    console_of_bsmhft_3: "bsmhft", 2;
    console_of_bsmhft_4: "bsmhft", 3;
}
