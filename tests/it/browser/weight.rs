//! How much a phone must fetch before its owner can read.

use std::collections::BTreeMap;

use serde_json::json;

use super::stage::Stage;
use crate::harness::browser::{Browser, Scripts, Width};

/// The most bytes of a first page, as they come over the network with their headers: page, style, scripts, pictures.
const MOST_BYTES: u64 = 50 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn of_a_first_conversation_page() {
    let stage = Stage::filled("bsol").await;
    let browser = Browser::start(Width::Phone, Scripts::On).await;
    stage.bring_in(&browser).await;
    browser.devtools("Network.enable", json!({})).await;
    browser.devtools("Network.clearBrowserCache", json!({})).await;
    browser.open("about:blank").await;
    browser.network().await;
    stage.visit(&browser, "").await;
    // Pictures of the tab are fetched after the page.
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;

    let mut urls: BTreeMap<String, String> = BTreeMap::new();
    let mut bytes: BTreeMap<String, u64> = BTreeMap::new();
    for (method, event) in browser.network().await {
        let id = event["requestId"].as_str().unwrap_or_default().to_owned();
        let length = event["encodedDataLength"].as_u64().unwrap_or_default();
        match method.as_str() {
            "Network.requestWillBeSent" => {
                urls.insert(id, event["request"]["url"].as_str().unwrap_or_default().to_owned());
            }
            // The head, of what never ends as well.
            "Network.responseReceived" => {
                assert_ne!(event["response"]["fromDiskCache"], true, "the cache is cold");
                let head = event["response"]["encodedDataLength"].as_u64().unwrap_or_default();
                bytes.entry(id).or_insert(head);
            }
            "Network.loadingFinished" => drop(bytes.insert(id, length)),
            _ => {}
        }
    }
    for (id, url) in &urls {
        println!("{:>7} bytes {url}", bytes.get(id).copied().unwrap_or_default());
    }
    let all: u64 = bytes.values().sum();
    println!("{all:>7} bytes in all, of at most {MOST_BYTES}");
    assert!(urls.values().all(|url| url.starts_with(&stage.at("/"))), "no other host: {urls:?}");
    for part in [&stage.within(""), "/assets/candour.", "/assets/live.", "/branding/", "/live?"] {
        assert!(urls.values().any(|url| url.contains(part)), "{part} was counted: {urls:?}");
    }
    assert!(all <= MOST_BYTES, "{all} bytes: {urls:?}");
    assert_eq!(browser.value("document.querySelectorAll('.candour-post').length").await, json!(20));
}
