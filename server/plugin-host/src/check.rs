//! What an author or an operator wants to know of a component before anybody meets it: whether it keeps the contract, gives the same twice, bears
//! hostile answers, and makes pages that everybody can read.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::answers::Sent;
use crate::contract::{Ctx, Participant, Phase};
use crate::failure::CallFailure;
use crate::host::{Call, Host};
use crate::memory_state::MemoryState;
use crate::page::{Node, Page};
use crate::plugin::Plugin;
use crate::rounds::SentForm;

/// The most pages that are followed from the first.
const PAGES: usize = 50;
/// Answers that nobody sends by accident.
const HOSTILE: &[&str] = &[
    "",
    "0",
    "-1",
    "4294967296",
    "99999999999999999999",
    "1e309",
    "NaN",
    "<script>alert(1)</script>",
    "'; drop table votes; --",
    "{\"a\":[[[[",
    "../../../etc/passwd",
    "\u{202e}\u{0}\u{7}",
    "👩‍👩‍👧‍👦",
];

/// What came of looking at a component.
#[derive(Debug, Default)]
pub struct Report {
    /// What is wrong: each must be mended.
    pub faults: Vec<String>,
    /// Pages that were drawn.
    pub pages: usize,
    /// Forms that were sent, and that were taken.
    pub sent: usize,
    /// Of them, those that were taken.
    pub taken: usize,
    /// The longest call.
    pub longest: Duration,
}

/// Draws every page that can be reached with `config`, sends every form on them with hostile answers and then with one that fits, and does everything twice.
pub async fn check(host: &Host, plugin: &Arc<Plugin>, config: &str) -> Report {
    let mut report = Report::default();
    match host.validate_config(plugin, config).await {
        Ok(problems) => report.faults.extend(
            problems
                .into_iter()
                .map(|problem| format!("settings, at {:?}: {}", problem.path, problem.message)),
        ),
        Err(failure) => report.faults.push(format!("settings: {failure}")),
    }
    // Settings that are not for it must be refused, not die of.
    for odd in ["", "{", "null", "[]", "{\"a\":1}", "\"\\u0000\""] {
        if let Err(failure) = host.validate_config(plugin, odd).await {
            report.faults.push(format!("settings {odd:?}: {failure}"));
        }
    }
    if report.faults.is_empty() {
        let state = MemoryState::new();
        let call = call(plugin, config, &state);
        Visit { host, call, state, who: somebody(), names: vec![String::new()], report: &mut report }
            .visit()
            .await;
    }
    report
}

struct Visit<'a> {
    host: &'a Host,
    call: Call,
    state: MemoryState,
    who: Participant,
    /// The pages found so far.
    names: Vec<String>,
    report: &'a mut Report,
}

impl Visit<'_> {
    async fn visit(mut self) {
        let mut next = 0;
        while next < self.names.len() && next < PAGES {
            let name = self.names[next].clone();
            next += 1;
            for phase in [Phase::Before, Phase::Closed, Phase::Open] {
                self.call.ctx.phase = phase;
                let _ = self.draw(None, &name).await;
                let Some(page) = self.draw(Some(self.who.clone()), &name).await else { continue };
                links(&page.nodes, &mut self.names);
                if phase == Phase::Open {
                    self.send_forms(&name, &page.nodes).await;
                }
            }
        }
        for (what, result) in [
            ("tally", self.host.tally(&self.call).await.err()),
            ("summary", self.host.summarise(&self.call, &[]).await.err()),
        ] {
            self.note(what, result);
        }
        for sheet in &self.call.plugin.description().sheets.clone() {
            let result = self.host.export(&self.call, &sheet.id, None).await.err();
            self.note(&format!("export of {}", sheet.id), result);
        }
    }

    async fn draw(&mut self, who: Option<Participant>, name: &str) -> Option<Page> {
        let started = Instant::now();
        let one = self.host.render(&self.call, who.as_ref(), name).await;
        self.report.longest = self.report.longest.max(started.elapsed());
        let other = self.host.render(&self.call, who.as_ref(), name).await;
        if one != other {
            self.report.faults.push(format!("page {name:?}: another page the second time"));
        }
        self.report.pages += 1;
        match one {
            Ok(page) => {
                self.report.faults.extend(hard_to_read(&page).map(|fault| format!("page {name:?}: {fault}")));
                Some(page)
            }
            Err(failure) => {
                self.note(&format!("page {name:?}"), Some(failure));
                None
            }
        }
    }

    async fn send_forms(&mut self, page: &str, nodes: &[Node]) {
        for node in nodes {
            if let Node::Form(form, inside) = node {
                let mut fitting = Sent::new();
                fields(inside, &mut fitting);
                let hostile = HOSTILE.iter().map(|value| {
                    fitting.keys().map(|name| (name.clone(), vec![(*value).to_owned()])).collect::<Sent>()
                });
                let fills: Vec<Sent> = hostile.chain([fitting.clone()]).collect();
                for pressed in buttons(inside) {
                    for fields in &fills {
                        let (page, form, pressed) = (page.to_owned(), form.clone(), pressed.clone());
                        self.send(&SentForm { page, form, pressed, fields: fields.clone() }).await;
                    }
                }
            }
            Box::pin(self.send_forms(page, node.children())).await;
        }
    }

    async fn send(&mut self, sent: &SentForm) {
        let started = Instant::now();
        let one = self.host.submit(&self.call, &self.who, sent).await;
        self.report.longest = self.report.longest.max(started.elapsed());
        let other = self.host.submit(&self.call, &self.who, sent).await;
        if one != other {
            self.report.faults.push(format!("form {:?}: something else the second time", sent.form));
        }
        self.report.sent += 1;
        match one {
            Ok((outcome, changes)) => {
                self.report.taken += 1;
                // What follows is looked at with this answer given. Nothing else writes, so nothing can have moved.
                if self.state.apply(Some(&self.who), &changes).is_ok() {
                    self.call.state = Arc::new(self.state.snapshot());
                }
                if !self.names.contains(&outcome.page) {
                    self.names.push(outcome.page);
                }
            }
            Err(failure) => self.note(&format!("form {:?}", sent.form), Some(failure)),
        }
    }

    /// Refusals are answers; being unavailable is a fault.
    fn note(&mut self, what: &str, failure: Option<CallFailure>) {
        if let Some(failure @ CallFailure::Unavailable(_)) = failure {
            self.report.faults.push(format!("{what}: {failure}"));
        }
    }
}

fn call(plugin: &Arc<Plugin>, config: &str, state: &MemoryState) -> Call {
    let ctx = Ctx {
        round: "check".to_owned(),
        locale: "en-GB".to_owned(),
        now: 1_714_554_000,
        seed: 1,
        config: config.to_owned(),
        data_version: plugin.description().data_version,
        phase: Phase::Open,
    };
    let state = Arc::new(state.snapshot());
    Call::new(Arc::clone(plugin), ctx, state, 1)
}

fn somebody() -> Participant {
    Participant { token: "somebody".to_owned(), cohort: None, attributes: Vec::new() }
}

fn links(nodes: &[Node], names: &mut Vec<String>) {
    for node in nodes {
        if let Node::PageLink(link) = node
            && !names.contains(&link.page)
        {
            names.push(link.page.clone());
        }
        links(node.children(), names);
    }
}

/// An answer that fits each field, under the names with which a browser sends them.
fn fields(nodes: &[Node], fitting: &mut Sent) {
    for node in nodes {
        let mut put = |name: String, value: String| {
            fitting.insert(name, vec![value]);
        };
        match node {
            Node::TextInput(it) => put(it.field.clone(), "w".to_owned()),
            Node::ChoiceInput(it) => {
                it.options.iter().take(1).for_each(|option| put(it.field.clone(), option.value.clone()));
            }
            Node::NumberInput(it) => put(it.field.clone(), it.min.to_string()),
            Node::RankInput(it) => (1..).zip(&it.options).for_each(|(place, option): (u32, _)| {
                put(format!("{}.{}", it.field, option.value), place.to_string())
            }),
            Node::PointsInput(it) => {
                // All points for the first.
                let points = [it.total].into_iter().chain(std::iter::repeat(0));
                it.options.iter().zip(points).for_each(|(option, points)| {
                    put(format!("{}.{}", it.field, option.value), points.to_string());
                });
            }
            other => fields(other.children(), fitting),
        }
    }
}

fn buttons(nodes: &[Node]) -> Vec<String> {
    let inside = |node: &Node| match node {
        Node::Button(button) => vec![button.id.clone()],
        other => buttons(other.children()),
    };
    nodes.iter().flat_map(inside).collect()
}

/// What makes a page hard to read for somebody who hears it or goes through it by its headings.
fn hard_to_read(page: &Page) -> impl Iterator<Item = String> {
    let mut faults = Vec::new();
    let mut level = 1;
    find_hard_to_read(&page.nodes, &mut level, &mut faults);
    faults.into_iter()
}

fn find_hard_to_read(nodes: &[Node], level: &mut u8, faults: &mut Vec<String>) {
    /// Says nothing when it is read out by itself.
    const EMPTY_WORDS: &[&str] = &["click here", "here", "more", "read more", "link"];
    for node in nodes {
        let label = match node {
            Node::Heading(heading) => {
                if heading.level > *level + 1 {
                    faults.push(format!("the heading {:?} skips a level", heading.text));
                }
                *level = heading.level;
                None
            }
            Node::PageLink(link) => Some(&link.label),
            Node::Evidence(link) => Some(&link.label),
            _ => None,
        };
        if let Some(label) = label.filter(|label| EMPTY_WORDS.contains(&label.to_lowercase().trim())) {
            faults.push(format!("the link {label:?} does not say where it leads"));
        }
        find_hard_to_read(node.children(), level, faults);
    }
}
