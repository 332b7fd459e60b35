//! One kept connection to the service, opened again when it was closed.
//!
//! hyper's own connection and no client around it: a pool, its locks and a timer a request cost the sender
//! as much processor time as the service spends on a question, and on one machine the sender takes from
//! the service what it uses.

use super::Form;
use anyhow::{Context, bail};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue};
use hyper::{Request, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;

/// How long one request may take.
const REQUEST_LIMIT: Duration = Duration::from_secs(10);

/// Where requests go, and what each of them says.
pub(super) struct Service {
    uri: Uri,
    /// `host:port`, to connect to.
    address: String,
    host: HeaderValue,
    form: Form,
    authorization: Option<HeaderValue>,
}

impl Service {
    pub fn of(url: &str, form: Form, key: Option<&str>) -> anyhow::Result<Self> {
        let uri: Uri = format!("{}{}", url.trim_end_matches('/'), form.path())
            .parse()
            .with_context(|| format!("`{url}` is no URL"))?;
        if uri.scheme_str() != Some("http") {
            bail!("`{url}`: expected http://HOST:PORT; no TLS is spoken here");
        }
        let host = uri.host().with_context(|| format!("`{url}` has no host"))?;
        let authority = uri.authority().map_or(host, |authority| authority.as_str());
        let authorization = key.map(|key| HeaderValue::try_from(format!("Bearer {key}")));
        Ok(Self {
            address: format!("{host}:{}", uri.port_u16().unwrap_or(80)),
            host: HeaderValue::try_from(authority)?,
            form,
            authorization: authorization.transpose().context("the API key")?,
            uri,
        })
    }

    fn request(&self, body: Bytes) -> Request<Full<Bytes>> {
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = hyper::Method::POST;
        let path = self.uri.path_and_query().cloned().map(Uri::from);
        *request.uri_mut() = path.unwrap_or_default();
        let headers = request.headers_mut();
        headers.insert(HOST, self.host.clone());
        let content_type = HeaderValue::from_static(self.form.content_type());
        headers.insert(CONTENT_TYPE, content_type);
        if let Some(authorization) = &self.authorization {
            headers.insert(AUTHORIZATION, authorization.clone());
        }
        request
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uri.fmt(f)
    }
}

/// A connection, open or to be opened.
pub(super) struct Connection {
    service: Arc<Service>,
    open: Option<SendRequest<Full<Bytes>>>,
}

impl Connection {
    pub fn to(service: Arc<Service>) -> Self {
        Self {
            service,
            open: None,
        }
    }

    pub fn form(&self) -> Form {
        self.service.form
    }

    /// Sends a request and reads its answer whole.
    pub async fn post(&mut self, body: Bytes) -> anyhow::Result<(StatusCode, Bytes)> {
        let answer = match tokio::time::timeout(REQUEST_LIMIT, self.exchange(body)).await {
            Ok(answer) => answer,
            Err(_) => Err(anyhow::anyhow!("no answer within {REQUEST_LIMIT:?}")),
        };
        if answer.is_err() {
            // Whatever is still to come on it belongs to this request.
            self.open = None;
        }
        answer
    }

    async fn exchange(&mut self, body: Bytes) -> anyhow::Result<(StatusCode, Bytes)> {
        let mut request = self.service.request(body);
        // The service may close an idle connection at any moment: what it never saw is sent again, once.
        let mut again = self.open.is_some();
        let answer = loop {
            let sender = match &mut self.open {
                Some(open) if !open.is_closed() => open,
                closed => closed.insert(connect(&self.service).await?),
            };
            match sender.try_send_request(request).await {
                Ok(answer) => break answer,
                Err(mut error) => match error.take_message() {
                    Some(unsent) if again => {
                        again = false;
                        self.open = None;
                        request = unsent;
                    }
                    _ => return Err(error.into_error().into()),
                },
            }
        };
        let status = answer.status();
        let text = answer.into_body().collect().await?.to_bytes();
        Ok((status, text))
    }
}

async fn connect(service: &Service) -> anyhow::Result<SendRequest<Full<Bytes>>> {
    let address = &service.address;
    let stream = TcpStream::connect(address)
        .await
        .with_context(|| format!("cannot connect to {address}"))?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await?;
    // What goes wrong on it comes back from the request as well.
    tokio::spawn(async move { drop(connection.await) });
    sender.ready().await?;
    Ok(sender)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_without_a_scheme_or_with_tls_is_refused_in_words() {
        for url in ["127.0.0.1:8080", "https://example.org", "http://"] {
            assert!(Service::of(url, Form::Decide, None).is_err(), "{url}");
        }
    }

    #[test]
    fn a_prefix_of_the_path_is_kept_and_the_port_may_be_left_out() {
        let service = Service::of("http://host/behind/", Form::Events, None).unwrap();
        assert_eq!(service.to_string(), "http://host/behind/v1/events");
        assert_eq!(service.address, "host:80");
    }
}
