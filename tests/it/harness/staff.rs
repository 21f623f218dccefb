//! Named people: invited, with an authenticator app of their own, signed in to the console.

use std::ops::Deref;
use std::sync::atomic::{AtomicI64, Ordering};

use actions::{Actor, NewAccount};
use chrono::{DateTime, Utc};
use domain::Clock;
use domain::ids::AccountId;
use policy::Role;
use ring::hmac;

use super::answer::{Answer, between};
use super::people::Device;
use super::server::{TestServer, VirtualClock};

/// Everybody's password.
pub const PASSWORD: &str = "plenty of quiet owls";
/// How long a code of an app is shown, seconds.
const STEP_SECONDS: i64 = 30;

/// An authenticator app (RFC 6238), on a phone whose clock is the test's.
pub struct App {
    secret: Vec<u8>,
    clock: VirtualClock,
    used: AtomicI64,
}

impl App {
    /// The app after the secret was typed into it.
    pub fn new(typed: &str, clock: &VirtualClock) -> Self {
        Self { secret: from_base32(typed), clock: clock.clone(), used: AtomicI64::new(-1) }
    }

    /// What it shows now.
    pub fn shows(&self) -> String {
        code_of(&self.secret, self.step())
    }

    /// What it shows in a moment at which it shows a code that was not taken from it yet: waits for one if need be.
    pub fn next(&self) -> String {
        while self.step() <= self.used.load(Ordering::SeqCst) {
            self.clock.advance(STEP_SECONDS);
        }
        self.used.store(self.step(), Ordering::SeqCst);
        self.shows()
    }

    fn step(&self) -> i64 {
        self.clock.now().timestamp() / STEP_SECONDS
    }
}

/// The code of a step (RFC 4226, 5.3).
fn code_of(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let at = usize::from(tag[19] & 15);
    let number = u32::from_be_bytes([tag[at] & 0x7f, tag[at + 1], tag[at + 2], tag[at + 3]]);
    format!("{:06}", number % 1_000_000)
}

fn from_base32(typed: &str) -> Vec<u8> {
    let digits = typed.chars().filter(|c| !c.is_whitespace());
    let values = digits.map(|c| "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(c).expect("base 32") as u64);
    let bits: Vec<u8> =
        values.flat_map(|value| (0..5).rev().map(move |bit| (value >> bit & 1) as u8)).collect();
    bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |all, bit| all << 1 | bit)).collect()
}

/// Somebody who works in the console: their browser, and what they know.
pub struct Colleague {
    device: Device,
    /// Their name.
    pub name: String,
    /// Their account.
    pub account: AccountId,
    /// Their address.
    pub email: String,
    /// Their app.
    pub app: App,
    /// Their recovery codes.
    pub recovery_codes: Vec<String>,
}

impl Deref for Colleague {
    type Target = Device;
    fn deref(&self) -> &Device {
        &self.device
    }
}

/// Types password and code into the sign-in page of the console.
pub async fn types(device: &Device, email: &str, password: &str, code: &str) -> Answer {
    let page = device.get("/console/sign-in").await;
    if page.status == 303 {
        return page;
    }
    page.expect(200);
    device
        .post("/console/sign-in", &[("email", email), ("password", password), ("code", code), ("next", "")])
        .await
}

impl Colleague {
    /// Signs in on `device` with password and app. Then the device holds the session, and a token for forms.
    pub async fn signs_in_on(&self, device: &Device) {
        types(device, &self.email, PASSWORD, &self.app.next()).await.expect(303);
        device.get("/console").await.expect(200);
    }

    /// Signs in again on their own device: after the clock has moved on for more than an hour.
    pub async fn signs_in(&self) {
        self.signs_in_on(&self.device).await;
    }

    /// Shows again who they are, with password and app. It counts for ten minutes.
    pub async fn proves(&self) {
        self.get("/console/prove").await.expect(200);
        let fields = [("password", PASSWORD), ("code", &self.app.next()), ("next", "/console")];
        self.post("/console/prove", &fields).await.expect(303);
        self.get("/console").await.expect(200);
    }

    /// Their browser alone.
    pub fn into_device(self) -> Device {
        self.device
    }

    /// The session's cookie.
    pub fn session(&self) -> String {
        let name = self.device.cookie_header();
        between(&format!("{name};"), "__Host-console-", ";")
            .and_then(|cookie| cookie.split_once('='))
            .expect("a session")
            .1
            .to_owned()
    }
}

/// Opens an invitation and sets up a password and an app. Gives the app, and the page with the recovery codes.
pub async fn accepts(device: &Device, link: &str, clock: &VirtualClock) -> (App, Answer) {
    let app = std::cell::OnceCell::new();
    let page = sets_up(device, link, |typed| app.get_or_init(|| App::new(typed, clock)).next()).await;
    (app.into_inner().expect("the page shows a secret"), page)
}

/// The same with an app that shows the codes of `now`, and is thrown away.
pub async fn accepts_at(device: &Device, link: &str, now: impl Fn() -> DateTime<Utc>) -> Answer {
    sets_up(device, link, |typed| code_of(&from_base32(typed), now().timestamp() / STEP_SECONDS)).await
}

async fn sets_up(device: &Device, link: &str, code: impl FnOnce(&str) -> String) -> Answer {
    let token = link.split_once("token=").expect("an invitation has a token").1;
    let page = device.get(&format!("/console/welcome?token={token}")).await.expect(200);
    let (typed, kept) = new_app_on(&page);
    let fields = [("token", token), ("password", PASSWORD), ("kept", kept), ("code", &code(typed))];
    device.post("/console/welcome", &fields).await
}

/// An authenticator's secret on a page that sets one up: as it is typed into the app, and sealed, as the form brings it back.
pub fn new_app_on(page: &Answer) -> (&str, &str) {
    let typed = between(&page.body, "type this into the app: <b class=\"candour-breaks\">", "</b>");
    // The passkey's form stands first.
    let kept = page.body.rsplit("name=\"kept\" value=\"").next().and_then(|rest| rest.split('"').next());
    (typed.expect("a secret"), kept.expect("a sealed secret"))
}

/// The address of somebody called `name`.
pub fn email_of(name: &str) -> String {
    format!("{}@example.org", name.to_lowercase().replace([' ', ','], "."))
}

/// The recovery codes on a page.
pub fn recovery_codes(page: &Answer) -> Vec<String> {
    let list = between(&page.body, "<ol>", "</ol>").unwrap_or_default();
    list.split("<li>").skip(1).filter_map(|rest| rest.split('<').next()).map(str::to_owned).collect()
}

impl TestServer {
    /// Invites somebody as the command line does; gives their account and the link of the invitation.
    pub async fn invites(&self, tenant: &str, name: &str, roles: &[Role]) -> (AccountId, String) {
        let tenant = self.tenant(tenant).await;
        let new = NewAccount { email: email_of(name), name: name.to_owned(), roles: roles.to_vec() };
        let welcome = format!("http://{}.localhost:{}/console/welcome?token=", tenant.slug, self.site.port());
        let actor = Actor::command_line(tenant.id);
        let invited = self.accounts().invite_account(&actor, &tenant, &new, &welcome).await;
        let invited = invited.unwrap_or_else(|refusal| panic!("{name} is not invited: {refusal}"));
        (invited.account, invited.link)
    }

    /// Somebody called `name` who is `roles` in a tenant, and has just signed in.
    pub async fn colleague(&self, tenant: &str, name: &str, roles: &[Role]) -> Colleague {
        let (account, link) = self.invites(tenant, name, roles).await;
        let device = self.device(tenant);
        let (app, page) = accepts(&device, &link, &self.clock).await;
        let recovery_codes = recovery_codes(&page.expect(200));
        device.get("/console").await.expect(200);
        Colleague { device, name: name.to_owned(), account, email: email_of(name), app, recovery_codes }
    }

    /// Somebody with these roles in a tenant, called after the first of them.
    pub async fn staff(&self, tenant: &str, roles: &[Role]) -> Colleague {
        self.colleague(tenant, roles.first().expect("a role").slug(), roles).await
    }

    /// An operator, in the platform's own tenant, which is made if it is not there.
    pub async fn operator(&self) -> Colleague {
        if self.enrolment.tenants().by_slug("platform").await.expect("the database answers").is_none() {
            let pack =
                app::platform::pack(app::config::Side::Both, None, None).expect("the built-in pack passes");
            self.apply(&pack).await;
        }
        self.staff("platform", &[Role::Operator]).await
    }
}

/// A moderator's work on one campaign.
impl Colleague {
    /// Opens the queue, or what stands behind `rest` of its address.
    pub async fn queue(&self, campaign: &str, rest: &str) -> Answer {
        self.get(&format!("/console/campaigns/{campaign}/moderation{rest}")).await
    }

    /// Opens the case of `post` and sends one of its forms as the page has it.
    pub async fn does(&self, campaign: &str, post: &str, what: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.queue(campaign, &format!("/{post}")).await.expect(200);
        self.sends(campaign, post, what, &seen(&page), fields).await
    }

    /// Sends one of a case's forms with the version of the case that was `seen`.
    pub async fn sends(
        &self,
        campaign: &str,
        post: &str,
        what: &str,
        seen: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let mut all = vec![("seen", seen)];
        all.extend_from_slice(fields);
        self.post(&format!("/console/campaigns/{campaign}/moderation/{post}/{what}"), &all).await
    }
}

/// The version of a case that its page brings back.
pub fn seen(page: &Answer) -> String {
    between(&page.body, "name=\"seen\" value=\"", "\"").unwrap_or("-1").to_owned()
}
