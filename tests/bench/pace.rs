//! From the link or the list to the first idea at a person's pace: the real pages in real Chromium on a phone, with a stated model of who
//! uses it. The browser does what a person does, in the same order; the seconds are added up, not waited for. What the machine itself takes
//! between two pages is measured and added, too.
//!
//! [`person`] is the model, [`hall`] the server and the identity provider that they go to.

#[path = "../it/harness/chromedriver.rs"]
mod chromedriver;
mod hall;
#[path = "../it/harness/identity_provider.rs"]
mod identity_provider;
mod person;

use anyhow::{Context, Result, ensure};
use chromedriver::ChromeDriver;
use hall::{Hall, INVITED, SIGN_UP, SINGLE_SIGN_ON};
use identity_provider::ALEX;
use person::Person;

use crate::report;
use crate::stage::CAMPAIGN;

pub use person::Spent;

/// The aims: pages of ours up to the one on which the idea is sent, and seconds until it is.
pub const MOST_SCREENS: usize = 4;
pub const MOST_SECONDS: f64 = 60.0;

/// What they say: one short sentence.
const IDEA: &str = "The printer on our ward is broken.";
/// The question that they choose, the second on the list.
const QUESTION: &str = "what-we-get-wrong";
/// As long as most work addresses in the NHS ("…@nhs.net").
const ADDRESS: &str = "jane.smith@swb.example";

/// The list of places.
const PLACES: &str = ".candour-places";

/// One way in.
pub struct Route {
    pub name: &'static str,
    pub spent: Spent,
    /// Whether it began at the list of places. How long that takes to read depends on whose place it is.
    pub from_the_list: bool,
}

/// All of them, each by somebody who has never been here.
pub async fn measure() -> Result<()> {
    let driver = ChromeDriver::shared();
    let mut routes = Vec::new();
    for (name, way) in [
        ("invited, by the link in the email", Way::Invited),
        ("invited, typing the code, from the list", Way::InvitedFromTheList),
        ("sign-up, by the link that an organisation sends to its staff", Way::SignUp),
        ("sign-up, from the list", Way::SignUpFromTheList),
        ("single sign-on, by a link that names the organisation", Way::SingleSignOn),
        ("single sign-on, from the list", Way::SingleSignOnFromTheList),
    ] {
        // Nobody can come in twice, whichever way.
        let hall = Hall::open().await?;
        let mut person = Person::with_a_phone(&driver.url).await?;
        let came = come(&mut person, &hall, way).await;
        let spent = person.leave().await?;
        came.with_context(|| name.to_owned())?;
        routes.push(Route { name, spent, from_the_list: way.begins_at_the_list() });
    }
    report::pace(&routes, IDEA.chars().count())
}

#[derive(Clone, Copy)]
enum Way {
    Invited,
    InvitedFromTheList,
    SignUp,
    SignUpFromTheList,
    SingleSignOn,
    SingleSignOnFromTheList,
}

impl Way {
    fn begins_at_the_list(self) -> bool {
        matches!(self, Self::InvitedFromTheList | Self::SignUpFromTheList | Self::SingleSignOnFromTheList)
    }
}

async fn come(person: &mut Person, hall: &Hall, way: Way) -> Result<()> {
    let door = format!("{}/join/{CAMPAIGN}", hall.origin);
    match way {
        Way::Invited => {
            person.opens(&format!("{door}/login?code={}", hall.login)).await?;
            person.looks_at("main form").await?;
            person.presses("main form button").await?;
        }
        Way::InvitedFromTheList => {
            finds(person, &door, &format!("#{INVITED}-code")).await?;
            // The dashes are for reading.
            person.types(&format!("#{INVITED}-code"), &hall.login.replace('-', "")).await?;
            person.presses("details[open] form button").await?;
        }
        Way::SignUp => {
            person.opens(&format!("{door}/sign-up?organisation={SIGN_UP}&kind=staff")).await?;
            person.looks_at("main form").await?;
            person.types("#email", ADDRESS).await?;
            person.presses("main form button").await?;
            confirm(person, hall).await?;
        }
        Way::SignUpFromTheList => {
            finds(person, &door, &format!("#{SIGN_UP}-email")).await?;
            person.chooses("details[open]", "kind", "staff").await?;
            person.types(&format!("#{SIGN_UP}-email"), ADDRESS).await?;
            person.presses("details[open] form button").await?;
            confirm(person, hall).await?;
        }
        Way::SingleSignOn => {
            person.opens(&format!("{door}?organisation={SINGLE_SIGN_ON}")).await?;
            person.looks_at("main a.nhsuk-button").await?;
            sign_on(person, hall, "main a.nhsuk-button").await?;
        }
        Way::SingleSignOnFromTheList => {
            finds(person, &door, &format!("[href$='{SINGLE_SIGN_ON}']")).await?;
            sign_on(person, hall, "details[open] a.nhsuk-button").await?;
        }
    }
    keep_the_words(person).await?;
    share(person).await
}

/// Opens the list, looks down it for the place that has `goal`, and opens the place.
async fn finds(person: &mut Person, door: &str, goal: &str) -> Result<()> {
    person.opens(door).await?;
    person.looks_at(PLACES).await?;
    person.unfolds(&format!("{PLACES} details"), goal).await
}

/// The code from the email.
async fn confirm(person: &mut Person, hall: &Hall) -> Result<()> {
    person.looks_at("main form").await?;
    let code = hall.code_in_the_email(ADDRESS).await?;
    person.fetches_the_code();
    person.types("#code", &code).await?;
    person.presses("main form button").await
}

/// By this button, there and back. What the provider's own page costs counts in seconds, not as a page of ours.
async fn sign_on(person: &mut Person, hall: &Hall, button: &str) -> Result<()> {
    person.presses(button).await?;
    ensure!(person.is_at(&hall.provider.issuer).await?, "the button leads to the provider");
    person.looks_at_a_page_of_others("main form").await?;
    person.types("#account", ALEX).await?;
    person.types("#password", "anything").await?;
    person.presses("button[value=sign-in]").await
}

/// Keeps the six words as a file, and goes on.
async fn keep_the_words(person: &mut Person) -> Result<()> {
    person.waits_for("document.querySelectorAll('[data-words] li').length === 6").await?;
    person.looks_at("form[data-join]").await?;
    person.presses_a_switch("[data-save]").await?;
    person.chooses("main", "shared", "no").await?;
    person.presses("[data-go]").await
}

/// On the page where somebody arrives: the first idea.
async fn share(person: &mut Person) -> Result<()> {
    person.looks_at("form[data-draft]").await?;
    person.chooses("main", "prompt", QUESTION).await?;
    person.types("#body", IDEA).await?;
    person.presses("form[data-draft] button.nhsuk-button").await?;
    person.waits_for("document.querySelector('[data-success]') !== null").await
}
