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
use hall::{Hall, SIGN_UP, SINGLE_SIGN_ON};
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

/// One way in.
pub struct Route {
    pub name: &'static str,
    pub spent: Spent,
}

/// All of them, each by somebody who has never been here.
pub async fn measure() -> Result<()> {
    let driver = ChromeDriver::shared();
    let mut routes = Vec::new();
    for (name, way) in [
        ("invited, by the link in the email", Way::Invited),
        ("sign-up, by the link that an organisation sends to its staff", Way::SignUp),
        ("single sign-on, by a link that names the organisation", Way::SingleSignOn),
        ("single sign-on, from the list of organisations", Way::SingleSignOnFromTheList),
    ] {
        // Nobody can come in twice, whichever way.
        let hall = Hall::open().await?;
        let mut person = Person::with_a_phone(&driver.url).await?;
        let came = come(&mut person, &hall, way).await;
        let spent = person.leave().await?;
        came.with_context(|| name.to_owned())?;
        routes.push(Route { name, spent });
    }
    report::pace(&routes, IDEA.chars().count())
}

#[derive(Clone, Copy)]
enum Way {
    Invited,
    SignUp,
    SingleSignOn,
    SingleSignOnFromTheList,
}

async fn come(person: &mut Person, hall: &Hall, way: Way) -> Result<()> {
    let door = format!("{}/join/{CAMPAIGN}", hall.origin);
    match way {
        Way::Invited => {
            person.opens(&format!("{door}/login?code={}", hall.login)).await?;
            person.looks_at("main form").await?;
            person.presses("main form button").await?;
        }
        Way::SignUp => sign_up(person, hall, &door).await?,
        Way::SingleSignOn => {
            person.opens(&format!("{door}?organisation={SINGLE_SIGN_ON}")).await?;
            sign_on(person, hall).await?;
        }
        Way::SingleSignOnFromTheList => {
            person.opens(&door).await?;
            person.looks_at(".candour-places").await?;
            person.picks(".candour-places a", &format!("[href$='{SINGLE_SIGN_ON}']")).await?;
            sign_on(person, hall).await?;
        }
    }
    keep_the_words(person).await?;
    share(person).await
}

async fn sign_up(person: &mut Person, hall: &Hall, door: &str) -> Result<()> {
    person.opens(&format!("{door}/sign-up?organisation={SIGN_UP}&kind=staff")).await?;
    person.looks_at("main form").await?;
    person.types("#email", ADDRESS).await?;
    person.presses("main form button").await?;
    person.looks_at("main form").await?;
    let code = hall.code_in_the_email(ADDRESS).await?;
    person.fetches_the_code();
    person.types("#code", &code).await?;
    person.presses("main form button").await
}

/// From the page that names the organisation, there and back. What the provider's own page costs counts in seconds, not as a page of ours.
async fn sign_on(person: &mut Person, hall: &Hall) -> Result<()> {
    person.looks_at("main a.nhsuk-button").await?;
    person.presses("main a.nhsuk-button").await?;
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
    person.chooses("shared", "no").await?;
    person.presses("[data-go]").await
}

/// On the page where somebody arrives: the first idea.
async fn share(person: &mut Person) -> Result<()> {
    person.looks_at("form[data-draft]").await?;
    person.chooses("prompt", QUESTION).await?;
    person.types("#body", IDEA).await?;
    person.presses("form[data-draft] button.nhsuk-button").await?;
    person.waits_for("document.querySelector('[data-success]') !== null").await
}
