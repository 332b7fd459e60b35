//! Metrics of the HTTP face: requests and their time, by route template, never by path.

use axum::http::{Method, StatusCode};
use credsieve_models::verdict::Decision;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The route of a request that met none.
pub(crate) const NO_ROUTE: &str = "unmatched";

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    route: String,
    method: &'static str,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TimeLabels {
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RejectLabels {
    reason: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AnswerLabels {
    decision: &'static str,
}

/// The API's own metrics.
pub(crate) struct HttpMetrics {
    requests: Family<RequestLabels, Counter>,
    time: Family<TimeLabels, Histogram, fn() -> Histogram>,
    rejected: Family<RejectLabels, Counter>,
    answers: Family<AnswerLabels, Counter>,
}

impl HttpMetrics {
    /// Makes the metrics and puts them into the process's registry.
    pub(crate) fn register(registry: &Mutex<Registry>) -> Self {
        // 100 µs to 3.3 s: decisions at the lower end, slow reads at the upper.
        let buckets: fn() -> Histogram = || Histogram::new(exponential_buckets(0.0001, 2.0, 16));
        let metrics = Self {
            requests: Family::default(),
            time: Family::new_with_constructor(buckets),
            rejected: Family::default(),
            answers: Family::default(),
        };
        let mut registry = registry.lock().unwrap_or_else(PoisonError::into_inner);
        registry.register(
            "credsieve_http_requests",
            "HTTP requests answered, by route, method and status",
            metrics.requests.clone(),
        );
        registry.register_with_unit(
            "credsieve_http_request_duration",
            "Time from a request's head to its answer's head, by route",
            Unit::Seconds,
            metrics.time.clone(),
        );
        registry.register(
            "credsieve_http_rejected_events",
            "Events over HTTP that are no attempt, by what is wrong with them",
            metrics.rejected.clone(),
        );
        registry.register(
            "credsieve_answers",
            "Questions answered, by what the score decided (in shadow mode too)",
            metrics.answers.clone(),
        );
        metrics
    }

    /// Counts an event that is no attempt.
    pub(crate) fn rejected(&self, reason: &'static str) {
        self.rejected.get_or_create(&RejectLabels { reason }).inc();
    }

    /// Counts the answer to a question.
    pub(crate) fn answered(&self, decision: Decision) {
        let decision = decision.name();
        self.answers.get_or_create(&AnswerLabels { decision }).inc();
    }

    /// Counts one answered request.
    pub(crate) fn record(&self, route: &str, method: &Method, status: StatusCode, took: Duration) {
        let labels = RequestLabels {
            route: route.to_owned(),
            method: method_name(method),
            status: status.as_u16(),
        };
        self.requests.get_or_create(&labels).inc();
        let labels = TimeLabels {
            route: labels.route,
        };
        self.time.get_or_create(&labels).observe(took.as_secs_f64());
    }
}

/// Callers may invent methods; metrics must stay few.
fn method_name(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
