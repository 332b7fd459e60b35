//! A tab of a real browser, in which a test does what a person would: opens, types, clicks, reads.
//!
//! The browser is spoken to in its own protocol for tools, over two pipes: a JSON object a message, a NUL
//! behind each. So it needs no port, no driver and no other crate.

use crate::browser::Browser;
use anyhow::Context;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Longer than anything here takes on a busy machine; reached only by a test that fails.
const DEADLINE: Duration = Duration::from_mins(1);

/// A browser with one tab. It ends with this value.
pub struct Tab {
    child: Child,
    to_browser: ChildStdin,
    from_browser: Receiver<Value>,
    asked: u64,
    session: Option<String>,
    _profile: TempDir,
}

impl Tab {
    /// Starts a browser with an empty tab.
    ///
    /// # Errors
    /// When the browser does not start or does not answer.
    pub fn open(browser: &Browser) -> anyhow::Result<Self> {
        let profile = tempfile::tempdir()?;
        // The browser reads the third and writes the fourth of its files.
        let mut command = Command::new("sh");
        command.args(["-c", r#"exec "$0" "$@" 3<&0 4>&1 >/dev/null"#]);
        command.arg(browser.program()).args(Browser::HABITS);
        command.arg("--remote-debugging-pipe");
        command.arg(format!("--user-data-dir={}", profile.path().display()));
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::null()).spawn()?;
        let to_browser = child.stdin.take().context("a pipe to the browser")?;
        let output = child.stdout.take().context("a pipe from the browser")?;
        let (sender, from_browser) = channel();
        std::thread::spawn(move || {
            for message in BufReader::new(output).split(0) {
                let message = message.ok().and_then(|m| serde_json::from_slice(&m).ok());
                // The end of the pipe, or of the test.
                if message.is_none_or(|message: Value| sender.send(message).is_err()) {
                    break;
                }
            }
        });
        let mut tab = Self {
            child,
            to_browser,
            from_browser,
            asked: 0,
            session: None,
            _profile: profile,
        };
        let target = tab.ask("Target.createTarget", &json!({"url": "about:blank"}))?;
        let target = json!({"targetId": target["targetId"], "flatten": true});
        let session = tab.ask("Target.attachToTarget", &target)?;
        tab.session = session["sessionId"].as_str().map(str::to_owned);
        Ok(tab)
    }

    /// Opens an address.
    ///
    /// # Errors
    /// When the browser cannot.
    pub fn go(&mut self, url: &str) -> anyhow::Result<()> {
        let gone = self.ask("Page.navigate", &json!({"url": url}))?;
        anyhow::ensure!(gone.get("errorText").is_none(), "{url}: {gone}");
        Ok(())
    }

    /// What an expression of the page comes to.
    ///
    /// # Errors
    /// When it throws.
    pub fn value(&mut self, expression: &str) -> anyhow::Result<Value> {
        let expression = json!({"expression": expression, "returnByValue": true});
        let answer = self.ask("Runtime.evaluate", &expression)?;
        anyhow::ensure!(answer.get("exceptionDetails").is_none(), "{answer}");
        Ok(answer["result"]["value"].clone())
    }

    /// Waits until an expression is true; it may throw while the page is being made.
    ///
    /// # Errors
    /// When that does not come; the error shows the page.
    pub fn until(&mut self, expression: &str) -> anyhow::Result<()> {
        let deadline = Instant::now() + DEADLINE;
        while self.value(expression).ok() != Some(Value::Bool(true)) {
            if Instant::now() > deadline {
                let page = self.value("document.documentElement.outerHTML")?;
                anyhow::bail!("still waiting: {expression}\n{page}");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Types a text where the focus is, as one input.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub fn write(&mut self, text: &str) -> anyhow::Result<()> {
        self.ask("Input.insertText", &json!({"text": text}))
            .map(drop)
    }

    /// Presses a key: `Tab`, `Enter`, `ArrowDown` or ` `.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub fn press(&mut self, key: &str) -> anyhow::Result<()> {
        let (code, text) = match key {
            "Tab" => (9, ""),
            "Enter" => (13, "\r"),
            "ArrowDown" => (40, ""),
            _ => (32, " "),
        };
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" { text } else { "" };
            let event =
                json!({"type": kind, "key": key, "windowsVirtualKeyCode": code, "text": text});
            self.ask("Input.dispatchKeyEvent", &event)?;
        }
        Ok(())
    }

    fn ask(&mut self, method: &str, params: &Value) -> anyhow::Result<Value> {
        self.asked += 1;
        let mut message = json!({"id": self.asked, "method": method, "params": params});
        if let Some(session) = &self.session {
            message["sessionId"] = session.as_str().into();
        }
        self.to_browser.write_all(message.to_string().as_bytes())?;
        self.to_browser.write_all(&[0])?;
        loop {
            let answer = self.from_browser.recv_timeout(DEADLINE);
            let mut answer = answer.with_context(|| format!("no answer to {method}"))?;
            // The others are events, which nobody here waits for.
            if answer["id"] == self.asked {
                anyhow::ensure!(answer.get("error").is_none(), "{method}: {answer}");
                return Ok(answer["result"].take());
            }
        }
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        // In order, so that nothing of it writes to its folder any more when that is removed.
        self.session = None;
        let asked = self.ask("Browser.close", &json!({}));
        let deadline = Instant::now() + Duration::from_secs(10);
        while asked.is_ok() && Instant::now() < deadline {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
