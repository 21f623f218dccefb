//! One ChromeDriver for all browsers of a test process, on a port of its own choosing.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, Weak};

/// The running ChromeDriver, while any browser holds it.
static RUNNING: Mutex<Weak<ChromeDriver>> = Mutex::new(Weak::new());

/// A ChromeDriver process. It ends when the last browser lets go of it, also when a test panics.
pub struct ChromeDriver {
    process: Child,
    /// Where it takes commands.
    pub url: String,
}

impl ChromeDriver {
    /// The driver of this test process, started at the first call.
    ///
    /// # Panics
    /// When ChromeDriver is not installed or does not come up.
    pub fn shared() -> Arc<Self> {
        let mut running = RUNNING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(driver) = running.upgrade() {
            return driver;
        }
        let driver = Arc::new(Self::start());
        *running = Arc::downgrade(&driver);
        driver
    }

    fn start() -> Self {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("cannot start `chromedriver`: {error}. `bash tests/run` installs it")
            });
        let output = BufReader::new(process.stdout.take().expect("its output is piped"));
        let port = output
            .lines()
            .map_while(Result::ok)
            .find_map(|line| port_in(&line))
            .expect("chromedriver names its port before it closes its output");
        Self { process, url: format!("http://127.0.0.1:{port}") }
    }
}

impl Drop for ChromeDriver {
    fn drop(&mut self) {
        // Every browser has closed its session by now, so nothing is left behind that the driver would have to end.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// The port in ChromeDriver's line "ChromeDriver was started successfully on port 41234."
fn port_in(line: &str) -> Option<u16> {
    line.split_once("started successfully on port ")?.1.trim_end_matches('.').parse().ok()
}
