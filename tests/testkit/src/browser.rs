//! A real browser, where the machine has one: what a person sees, after the page's own script.

use anyhow::Context;
use std::process::{Command, Stdio};

/// A browser of this machine.
pub struct Browser(&'static str);

impl Browser {
    /// How it is started: to show a page of ours, and to do nothing else.
    pub(crate) const HABITS: [&str; 8] = [
        "--headless",
        // The browser's own walls need rights that a test has not; it opens our page alone.
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ];

    /// The browser, if there is one. A test that finds none says so and ends.
    #[must_use]
    pub fn find() -> Option<Self> {
        let found = ["chromium", "chromium-browser", "google-chrome"]
            .into_iter()
            .find(|name| {
                let asked = Command::new(name)
                    .arg("--version")
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .status();
                asked.is_ok_and(|status| status.success())
            });
        if found.is_none() {
            println!("skipped: no chromium on this machine (apt-get install chromium)");
        }
        found.map(Self)
    }

    /// The program.
    pub(crate) fn program(&self) -> &'static str {
        self.0
    }

    /// The page as the browser has made it, four seconds of its own time after it was opened.
    ///
    /// # Errors
    /// When the browser does not start, fails, or writes no text.
    pub fn seen(&self, url: &str) -> anyhow::Result<String> {
        let profile = tempfile::tempdir()?;
        let mut command = Command::new(self.0);
        command.args(Self::HABITS).args([
            "--virtual-time-budget=4000",
            // Its own end, should a page never come to rest.
            "--timeout=60000",
            "--dump-dom",
        ]);
        command.arg(format!("--user-data-dir={}", profile.path().display()));
        let ended = command.arg(url).stderr(Stdio::null()).output()?;
        anyhow::ensure!(ended.status.success(), "the browser ended badly");
        String::from_utf8(ended.stdout).context("a page that is no text")
    }
}

/// The text of the first element with that id.
///
/// # Panics
/// Where the page has no such element.
#[must_use]
pub fn text_of(page: &str, id: &str) -> String {
    let from = page.find(&format!("id=\"{id}\"")).expect("the element");
    let text = page[from..].split_once('>').expect("its end").1;
    text.split('<').next().unwrap_or_default().to_owned()
}
