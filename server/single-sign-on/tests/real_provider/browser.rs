//! What a person's browser does at the provider: follow, hold cookies, fill in the form.

use reqwest::{Client, Method, RequestBuilder, header::LOCATION, redirect::Policy};
use url::Url;

/// More in a row are a circle.
const MAX_REDIRECTS: usize = 10;

pub struct Browser {
    client: Client,
    home: Url,
}

/// Where following redirects ended.
enum Arrived {
    /// A page of the provider, with a form on it.
    Page(Url),
    /// Our own address, with this query.
    Home(String),
}

impl Browser {
    pub fn new(home: &Url) -> Self {
        let client = Client::builder().cookie_store(true).redirect(Policy::none()).build().unwrap();
        Self { client, home: home.clone() }
    }

    /// The query that the browser comes home with after typing an account's name.
    pub async fn sign_in(&self, url: Url, account: &str) -> String {
        self.answer(url, &[("account", account), ("password", "anything"), ("action", "sign-in")]).await
    }

    /// The query that the browser comes home with after pressing cancel.
    pub async fn cancel(&self, url: Url) -> String {
        self.answer(url, &[("account", ""), ("password", ""), ("action", "cancel")]).await
    }

    async fn answer(&self, url: Url, form: &[(&str, &str)]) -> String {
        let Arrived::Page(page) = self.follow(self.client.get(url.clone()), url).await else {
            panic!("the provider asked nothing");
        };
        match self.follow(self.client.request(Method::POST, page.clone()).form(form), page).await {
            Arrived::Home(query) => query,
            Arrived::Page(page) => panic!("the provider asks once more at {page}"),
        }
    }

    async fn follow(&self, request: RequestBuilder, mut at: Url) -> Arrived {
        let mut answer = request.send().await.unwrap();
        for _ in 0..MAX_REDIRECTS {
            if answer.status().is_success() {
                return Arrived::Page(at);
            }
            assert!(answer.status().is_redirection(), "{at} answered {}", answer.status());
            at = at.join(answer.headers()[LOCATION].to_str().unwrap()).unwrap();
            if at.as_str().starts_with(self.home.as_str()) {
                return Arrived::Home(at.query().unwrap_or_default().to_owned());
            }
            answer = self.client.get(at.clone()).send().await.unwrap();
        }
        panic!("the provider sends the browser in a circle");
    }
}
