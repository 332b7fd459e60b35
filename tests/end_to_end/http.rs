//! A client of a running process: a service or a person with a key.

use crate::process::{DEADLINE, until};
use reqwest::{Client, Method, redirect};
use serde_json::Value;
use tokio::runtime::Runtime;

/// A client with or without a key.
pub struct Http {
    client: Client,
    runtime: Runtime,
    base: String,
    key: Option<String>,
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub content_type: String,
    pub cookie: Option<String>,
    pub text: String,
}

impl Reply {
    /// The body of an answer with this status.
    pub fn json(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        serde_json::from_str(&self.text).expect("an answer is JSON")
    }

    /// Fails unless it is problem details of this status.
    pub fn expect_problem(&self, status: u16) -> Value {
        assert_eq!(self.content_type, "application/problem+json", "{self:?}");
        let problem = self.json(status);
        assert_eq!(problem["status"], status, "{problem}");
        assert!(problem["type"].is_string(), "{problem}");
        assert!(problem["title"].is_string(), "{problem}");
        problem
    }
}

impl Http {
    /// A client without a key.
    pub fn to(address: &str) -> Self {
        let client = Client::builder()
            .timeout(DEADLINE)
            .redirect(redirect::Policy::none());
        Self {
            client: client.build().expect("a client"),
            runtime: Runtime::new().expect("a runtime"),
            base: format!("http://{address}"),
            key: None,
        }
    }

    pub fn with_key(mut self, key: &str) -> Self {
        self.key = Some(key.to_owned());
        self
    }

    pub fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, &[], String::new())
    }

    pub fn get_with_cookie(&self, path: &str, cookie: &str) -> Reply {
        self.send(Method::GET, path, &[("cookie", cookie)], String::new())
    }

    pub fn post(&self, path: &str, body: impl Into<String>) -> Reply {
        let json = [("content-type", "application/json")];
        self.send(Method::POST, path, &json, body.into())
    }

    pub fn post_lines(&self, path: &str, body: &[u8]) -> Reply {
        let ndjson = [("content-type", "application/x-ndjson")];
        let body = String::from_utf8(body.to_vec()).expect("events are text");
        self.send(Method::POST, path, &ndjson, body)
    }

    /// The items of every page of a listing whose path has parameters.
    pub fn get_pages(&self, path: &str) -> Vec<Value> {
        let (mut items, mut next) = (Vec::new(), path.to_owned());
        loop {
            let mut page = self.get(&next).json(200);
            items.append(page["items"].as_array_mut().expect("a page"));
            match page["next"].as_str() {
                Some(cursor) => next = format!("{path}&cursor={cursor}"),
                None => return items,
            }
        }
    }

    /// What an attempt would get.
    pub fn decide(&self, question: &str) -> Value {
        self.post("/v1/decide", question).json(200)
    }

    /// The sum over the labels of a metric, or its value where it has none.
    pub fn metric(&self, name: &str) -> u64 {
        let reply = self.get("/metrics");
        assert_eq!(reply.status, 200, "{}", reply.text);
        let values = reply.text.lines().filter_map(|line| {
            let rest = line.strip_prefix(name)?;
            let (labels, value) = rest.rsplit_once(' ')?;
            let whole = labels.is_empty() || labels.starts_with('{');
            whole.then(|| value.parse::<u64>().expect("a counter"))
        });
        values.sum()
    }

    /// Waits until the process is ready; answers what it notes.
    pub fn await_ready(&self) -> String {
        until("ready", || self.get("/readyz").status == 200);
        self.get("/readyz").text
    }

    fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: String) -> Reply {
        let mut request = self.client.request(method, format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(key) = &self.key {
            request = request.bearer_auth(key);
        }
        self.runtime.block_on(async {
            let reply = request.body(body).send().await.expect("an answer");
            let header = |name: &str| {
                let value = reply.headers().get(name)?;
                value.to_str().ok().map(str::to_owned)
            };
            Reply {
                status: reply.status().as_u16(),
                content_type: header("content-type").unwrap_or_default(),
                cookie: header("set-cookie"),
                text: reply.text().await.expect("a whole answer"),
            }
        })
    }
}
