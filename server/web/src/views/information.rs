//! Pages that explain: a tenant's own, and those every tenant has.

use serde::Serialize;

use super::{Chrome, View, Visit};

/// A page of the tenant's pack.
#[derive(Clone, Debug, Serialize)]
pub struct Page {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// Its heading.
    pub title: String,
    /// Its text as safe HTML, starting at `h2`.
    pub html: String,
}

/// How anonymity works here.
#[derive(Clone, Debug, Serialize)]
pub struct Anonymity {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// How this deployment runs.
    pub facts: Facts,
}

/// Who runs the half that knows who may join, and the half that holds what is said.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "are", rename_all = "snake_case")]
pub enum Operators {
    /// The same people, or nobody said that they are not.
    One,
    /// Two owners.
    Two {
        /// Of the list of who may join.
        list: Owner,
        /// Of what is said.
        said: Owner,
    },
}

/// One half's owner.
#[derive(Clone, Debug, Serialize)]
pub struct Owner {
    /// The half's host name.
    pub host: String,
    /// Their name; nothing for those who run this page.
    pub name: Option<String>,
}

/// What anonymity depends on, as this deployment runs.
#[derive(Clone, Debug, Serialize)]
pub struct Facts {
    /// Who runs the halves.
    pub operators: Operators,
    /// How many people are let in together.
    pub batch_size: u32,
    /// When whoever waits is let in at the latest, each day: "6pm".
    pub latest_hour: String,
    /// The fewest people of a group that has a key of its own.
    pub fewest_in_cohort: u32,
    /// The fewest people that a published figure is about.
    pub fewest_counted: i64,
    /// How many days after the end the list of who may join is deleted.
    pub keep_roll_days: u32,
    /// Whether any organisation sends its people login details.
    pub invites: bool,
    /// Whether people of any organisation sign up themselves.
    pub sign_ups: bool,
    /// Whether people of any organisation come in with its own sign-on.
    pub single_sign_on: bool,
    /// Whether there are codes on paper; unknown to the half that knows who may join.
    pub sealed_codes: Option<bool>,
}

impl Facts {
    fn sample() -> Facts {
        Facts {
            operators: Operators::One,
            batch_size: 20,
            latest_hour: "6pm".into(),
            fewest_in_cohort: 50,
            fewest_counted: 10,
            keep_roll_days: 30,
            invites: true,
            sign_ups: true,
            single_sign_on: true,
            sealed_codes: Some(true),
        }
    }
}

/// The privacy notice.
#[derive(Clone, Debug, Serialize)]
pub struct Privacy {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// How this deployment runs.
    pub facts: Facts,
    /// What the tenant adds, as safe HTML; may be empty.
    pub extra_html: String,
}

/// What is kept on a person's device.
#[derive(Clone, Debug, Serialize)]
pub struct Cookies {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// Every cookie that this site sets.
    pub cookies: Vec<CookieFact>,
}

/// One cookie, in plain words.
#[derive(Clone, Debug, Serialize)]
pub struct CookieFact {
    /// Its name in the browser.
    pub name: String,
    /// What it is for.
    pub purpose: String,
    /// How long it lasts: "30 days".
    pub lasts: String,
}

/// The accessibility statement.
#[derive(Clone, Debug, Serialize)]
pub struct Accessibility {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
}

impl View for Page {
    const TEMPLATE: &'static str = "page.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Page)> {
        let page = Page {
            site: chrome.clone(),
            visit: Visit::sample(false, "/pages/why"),
            title: "Why we are asking".into(),
            html: "<p>We want this to be the best place to work in health and care.</p>\
                   <h2>How this differs from a survey</h2>\
                   <ul><li>You see what others say, as they say it.</li><li>You can answer them.</li></ul>\
                   <h2>What happens next</h2><ol><li>Independent people read everything.</li>\
                   <li>They write a report, which is published here.</li></ol>\
                   <blockquote><p>Nothing is compulsory.</p></blockquote>\
                   <table><thead><tr><th>When</th><th>What</th></tr></thead><tbody><tr><td>30 November</td><td>Opens</td></tr></tbody></table>\
                   <p>Questions? <a href=\"mailto:conversations@example.org\">Write to us</a>.</p>"
                .into(),
        };
        vec![("why", page)]
    }
}

impl View for Anonymity {
    const TEMPLATE: &'static str = "anonymity.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Anonymity)> {
        let page = Anonymity {
            site: chrome.clone(),
            visit: Visit::sample(false, "/anonymity"),
            facts: Facts::sample(),
        };
        let mut apart = page.clone();
        apart.facts = Facts {
            operators: Operators::Two {
                list: Owner { host: "join.example.org".into(), name: Some("The Independent Partner".into()) },
                said: Owner { host: "talk.example.net".into(), name: None },
            },
            sealed_codes: Some(false),
            single_sign_on: false,
            ..Facts::sample()
        };
        let mut demonstration = page.clone();
        demonstration.facts = Facts { batch_size: 1, sealed_codes: None, sign_ups: false, ..Facts::sample() };
        vec![("one-operator", page), ("two-owners", apart), ("demonstration", demonstration)]
    }
}

impl View for Privacy {
    const TEMPLATE: &'static str = "privacy.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Privacy)> {
        let privacy = Privacy {
            site: chrome.clone(),
            visit: Visit::sample(false, "/privacy"),
            facts: Facts::sample(),
            extra_html: "<p>Our data protection officer can be reached at the address above.</p>".into(),
        };
        vec![("page", privacy)]
    }
}

impl View for Cookies {
    const TEMPLATE: &'static str = "cookies.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Cookies)> {
        let cookies = Cookies {
            site: chrome.clone(),
            visit: Visit::sample(false, "/cookies"),
            cookies: vec![
                CookieFact {
                    name: "__Host-visit".into(),
                    purpose: "Makes sure that what you send comes from our own pages".into(),
                    lasts: "Until you close the browser".into(),
                },
                CookieFact {
                    name: "__Host-bsol".into(),
                    purpose: "Remembers that this device is in. It holds a random number, not who you are"
                        .into(),
                    lasts: "30 days".into(),
                },
            ],
        };
        vec![("page", cookies)]
    }
}

impl View for Accessibility {
    const TEMPLATE: &'static str = "accessibility.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Accessibility)> {
        vec![("page", Accessibility { site: chrome.clone(), visit: Visit::sample(true, "/accessibility") })]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Renderer;
    use crate::views::sample_sites;

    /// The page of a deployment, its lines run together.
    fn page(operators: Operators, batch_size: u32) -> String {
        let renderer = Renderer::new().unwrap();
        let (_, site) = sample_sites().remove(0);
        let chrome = renderer.dress(&site).unwrap();
        let (_, mut view) = Anonymity::samples(&chrome).remove(0);
        view.facts = Facts { operators, batch_size, ..Facts::sample() };
        renderer.render(&view).unwrap()
    }

    fn two() -> Operators {
        let owner = |host: &str, name: Option<&str>| Owner { host: host.into(), name: name.map(Into::into) };
        Operators::Two {
            list: owner("join.example.org", Some("The Independent Partner")),
            said: owner("talk.example.net", None),
        }
    }

    /// The cells of one line of the table.
    fn row<'a>(page: &'a str, who: &str) -> Vec<&'a str> {
        let line = page.lines().find(|line| line.contains(&format!("<th scope=\"row\">{who}")));
        let line = line.unwrap_or_else(|| panic!("no line for {who}"));
        line.split("<td").skip(1).map(|cell| cell.split("</td>").next().unwrap_or_default()).collect()
    }

    const BY_ORDER: &str = "By the order in which people came in: who that person could be";
    const THIEF: &str = "A thief of both databases";
    const OPERATORS: &str = "The people who run this site";

    #[test]
    fn where_people_are_let_in_by_groups_nothing_stored_says_who_wrote_what() {
        for operators in [Operators::One, two()] {
            let page = page(operators, 20);
            assert!(page.contains("nothing that we store says who wrote what"));
            assert!(page.contains("You wait until 20 people wait"));
            assert!(page.contains("It should do no better than chance."));
            let [can, cannot] = row(&page, THIEF)[..] else { panic!("two cells") };
            assert!(!can.contains("order") && cannot.contains("Which person of the group wrote what"));
            for untrue in ["demonstrations", "one by one", BY_ORDER] {
                assert!(!page.contains(untrue), "{untrue}");
            }
        }
        let page = page(Operators::One, 20);
        let [can, cannot] = row(&page, OPERATORS)[..] else { panic!("two cells") };
        assert!(can.contains("If they change the program or watch both halves"));
        assert!(cannot.contains("From what is stored: who wrote what"));
        assert!(page.contains("The databases as they stand do not say who wrote what."));
    }

    #[test]
    fn where_people_are_let_in_one_by_one_every_sentence_says_so() {
        for operators in [Operators::One, two()] {
            let page = page(operators, 1);
            assert!(page.contains("whoever looks into both of its databases could find out who wrote what"));
            assert!(page.contains("people are let in at once, one by one"));
            assert!(page.contains("it may do better than chance"));
            let [can, cannot] = row(&page, THIEF)[..] else { panic!("two cells") };
            assert!(can.contains(BY_ORDER) && !cannot.contains("wrote what"), "{can} {cannot}");
            for untrue in [
                "nothing that we store says",
                "nobody can look it up",
                "as they stand do not say",
                "From what is stored: who wrote what",
                "any of them could have",
                "It should do no better than chance",
                "You wait until",
            ] {
                assert!(!page.contains(untrue), "{untrue}");
            }
        }
        let page = page(Operators::One, 1);
        let [can, cannot] = row(&page, OPERATORS)[..] else { panic!("two cells") };
        assert!(can.contains(BY_ORDER) && !cannot.contains("wrote what"), "{can} {cannot}");
    }

    #[test]
    fn two_owners_are_two_lines_and_neither_alone_can_tell() {
        for batch_size in [1, 20] {
            let page = page(two(), batch_size);
            assert!(!page.contains(OPERATORS) && !page.contains("the same people run both halves"));
            assert!(page.contains("the two owners would have to work together"));
            let [can, cannot] = row(&page, "The Independent Partner, who runs join.example.org")[..] else {
                panic!("two cells")
            };
            assert!(can.contains("Who may join") && cannot.contains("Who wrote what"));
            let [can, cannot] = row(&page, "The owner of talk.example.net")[..] else { panic!("two cells") };
            assert!(!can.contains("Who may join") && cannot.contains("Any name or email address"));
        }
    }
}
