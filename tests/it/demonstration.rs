//! `candour demo`: what a newcomer starts first. It has databases of its own, on SQLite.

use std::path::Path;

use serde_json::Value;

use crate::harness::binary::{Candour, Process};
use crate::harness::people::Device;

/// A running demonstration and what it said about itself.
struct Demo {
    process: Process,
    line: Value,
}

impl Demo {
    async fn start(folder: &Path, more: &[&str]) -> Self {
        let arguments = [&["demo", "--json", "--port", "0", "--data", "data"], more].concat();
        let (process, line) = Candour::bare(folder).start(&arguments).await;
        let line = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        Self { process, line }
    }

    /// A browser at the address that was printed for a tenant.
    fn device(&self, tenant: &str) -> Device {
        let url = self.line["tenants"][tenant]["path_url"].as_str().unwrap();
        let port = url.strip_prefix("http://localhost:").and_then(|rest| rest.split('/').next()).unwrap();
        let address = format!("127.0.0.1:{port}").parse().unwrap();
        Device::new(address, format!("localhost:{port}"), format!("/{tenant}"))
    }

    fn code(&self, tenant: &str, number: usize) -> String {
        self.line["tenants"][tenant]["codes"][number].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn it_says_one_line_and_keeps_what_people_do() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::start(folder.path(), &[]).await;
    for (tenant, campaign) in
        [("bsol", "first-conversation"), ("hhft", "series-3"), ("bsmhft", "partnership-priorities")]
    {
        let told = &demo.line["tenants"][tenant];
        assert_eq!(told["campaign"], campaign);
        assert!(told["url"].as_str().unwrap().starts_with(&format!("http://{tenant}.localhost:")));
        assert!(told["codes"].as_array().unwrap().len() >= 3);
        assert!(demo.device(tenant).get("/").await.expect(200).text().contains("This is a demonstration"));
    }
    assert!(Path::new(demo.line["data"].as_str().unwrap()).ends_with("data"));

    let ann = demo.device("bsol").enters(&demo.code("bsol", 0)).await;
    let page = ann.opens("").await.expect(200);
    assert_eq!(page.posts().len(), 20);
    assert!(
        page.text().contains("154 ideas"),
        "the real conversation, without what was rejected: {}",
        page.text()
    );
    assert!(page.text().contains("Computational Democracy Project"), "and where it came from");
    ann.shares("My own idea, to be kept").await;
    assert_eq!(demo.process.printed(), Vec::<String>::new(), "one line, and no more");
    let (code, said) = demo.process.stop().await;
    assert_eq!((code, said.as_str()), (0, ""));

    let demo = Demo::start(folder.path(), &[]).await;
    let ben = demo.device("bsol").enters(&demo.code("bsol", 0)).await;
    assert!(ben.opens("?q=kept").await.text().contains("My own idea, to be kept"));
    assert!(ben.opens("").await.text().contains("155 ideas"), "the real conversation is not loaded twice");
    let second = Candour::bare(folder.path()).run(&["demo", "--data", "data", "--port", "0"]).await;
    assert!(second.code == 1 && second.stderr.contains("stop it first"), "{}", second.stderr);
    demo.process.stop().await;

    let demo = Demo::start(folder.path(), &["--fresh"]).await;
    let cleo = demo.device("bsol").enters(&demo.code("bsol", 0)).await;
    assert!(cleo.opens("").await.text().contains("154 ideas"));
    demo.process.stop().await;
}

#[tokio::test]
async fn it_touches_no_folder_that_is_not_its_own() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("data")).unwrap();
    std::fs::write(folder.path().join("data/identity.sqlite"), "the roll").unwrap();
    for more in [&[][..], &["--fresh"]] {
        let arguments = [&["demo", "--port", "0", "--data", "data"], more].concat();
        let refused = Candour::bare(folder.path()).run(&arguments).await;
        assert!(refused.code == 1 && refused.stderr.contains("not made by"), "{}", refused.stderr);
    }
    assert_eq!(std::fs::read(folder.path().join("data/identity.sqlite")).unwrap(), b"the roll");
}

#[tokio::test]
async fn a_taken_port_is_told_with_the_flag_that_helps() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let folder = tempfile::tempdir().unwrap();
    let refused = Candour::bare(folder.path()).run(&["demo", "--data", "data", "--port", &port]).await;
    assert!(refused.code == 1 && refused.stderr.contains("--port"), "{}", refused.stderr);
}
