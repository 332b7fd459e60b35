//! What handlers share. A role of the process has the parts that it has; a route whose part is
//! missing says so.

use crate::auth::{KEYS_FRESH, Keyring, Reading};
use crate::console::tickets::{Holder, Tickets};
use crate::lists_sink::ListsSink;
use crate::metrics::HttpMetrics;
use credsieve_detector::enrich::Enrich;
use credsieve_detector::handle::EngineHandle;
use credsieve_detector::ingest::Ingest;
use credsieve_detector::live::Live;
use credsieve_detector::readiness::Readiness;
use credsieve_detector::replica::Replica;
use credsieve_models::lists::Lists;
use credsieve_models::names::NameSet;
use credsieve_models::time::EpochMs;
use credsieve_models::{KeyHasher, Policy};
use credsieve_store::SharedStore;
use prometheus_client::registry::Registry;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::{Semaphore, watch};
use tokio_util::task::TaskTracker;

/// Who decides.
#[derive(Clone, Debug)]
pub enum Decider {
    /// The engine of this process.
    Engine(EngineHandle),
    /// A copy of what the engine found hostile.
    Replica {
        /// The hostile entities, from the compacted topic of risk.
        replica: Replica,
        /// The lists in force, from theirs.
        lists: watch::Receiver<Arc<Lists>>,
    },
}

/// Keys that are posted to the page's form at once; one more is refused. Nobody has shown a key there
/// yet, so they have places of their own.
const LOGINS: usize = 16;

/// KiB of bodies of events that are held at once; one more is refused, and sent again.
const BODIES_KIB: usize = 64 * 1024;

/// Limits and habits of the API.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How long a decision may take, its body included.
    pub decide_timeout: Duration,
    /// How long a reading request may take.
    pub request_timeout: Duration,
    /// How long sending events and changing things may take: longer than a broker may take to
    /// acknowledge, so that its refusal still reaches the caller.
    pub write_timeout: Duration,
    /// Decisions answered at once; one more is refused. Apart from the others, so that slow
    /// readers never keep a decision waiting.
    pub max_decides: usize,
    /// Other requests answered at once; one more is refused.
    pub max_requests: usize,
    /// Connections open at once; further ones wait.
    pub max_connections: usize,
    /// How long a connection may neither send nor take anything.
    pub idle_timeout: Duration,
    /// How long keys are used without asking the store again.
    pub keys_fresh: Duration,
    /// TLS is terminated in front of this process: cookies are for HTTPS only.
    pub secure_cookies: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            decide_timeout: Duration::from_secs(1),
            request_timeout: Duration::from_secs(5),
            write_timeout: Duration::from_secs(12),
            max_decides: 1_024,
            max_requests: 256,
            max_connections: 4_096,
            idle_timeout: Duration::from_secs(75),
            keys_fresh: KEYS_FRESH,
            secure_cookies: false,
        }
    }
}

/// The parts that the API is made of.
pub struct Parts {
    /// Verdicts, sessions, lists and keys.
    pub store: SharedStore,
    /// Who decides.
    pub decider: Decider,
    /// The way in for events, where this role has one.
    pub ingest: Option<Arc<dyn Ingest>>,
    /// The last two minutes, where this role sees them.
    pub live: Option<Arc<Live>>,
    /// What the process waits for.
    pub readiness: Arc<Readiness>,
    /// The policy in force.
    pub policy: Arc<Policy>,
    /// The deployment's hash.
    pub hasher: KeyHasher,
    /// Where questions get the ASN and country from that they do not name.
    pub enrich: Arc<Enrich>,
    /// Names that attackers try first.
    pub names: Arc<NameSet>,
    /// Where changed lists go.
    pub lists: Arc<dyn ListsSink>,
    /// The process's metrics; the API adds its own.
    pub registry: Arc<Mutex<Registry>>,
    /// Limits.
    pub settings: Settings,
}

/// What handlers share; cheap to clone.
#[derive(Clone)]
pub struct ApiState(Arc<Shared>);

/// The inside of [`ApiState`]: for this crate only.
pub struct Shared {
    pub(crate) parts: Parts,
    pub(crate) policy_hash: Arc<str>,
    pub(crate) keyring: Keyring,
    pub(crate) links: Tickets,
    pub(crate) cookies: Tickets,
    pub(crate) metrics: HttpMetrics,
    pub(crate) decides: Arc<Semaphore>,
    pub(crate) requests: Arc<Semaphore>,
    pub(crate) logins: Arc<Semaphore>,
    /// KiB of bodies of events.
    pub(crate) bodies: Arc<Semaphore>,
    /// Writes under way. They outlive their request, so that no transaction is cancelled midway;
    /// the end of the process waits for them.
    pub(crate) writes: TaskTracker,
    /// The store's last answer to a ping: when, and whether it was good.
    pub(crate) store_seen: tokio::sync::Mutex<Option<(std::time::Instant, bool)>>,
}

impl std::ops::Deref for ApiState {
    type Target = Shared;
    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl std::fmt::Debug for ApiState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ApiState(…)")
    }
}

impl ApiState {
    /// The state of an API made of `parts`.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let store = Arc::clone(&parts.store);
        let read_keys = move || {
            let store = Arc::clone(&store);
            Box::pin(async move { store.keys().await }) as Reading
        };
        let keyring = Keyring::new(Box::new(read_keys), parts.settings.keys_fresh);
        let metrics = HttpMetrics::register(&parts.registry);
        Self(Arc::new(Shared {
            policy_hash: parts.policy.hash(),
            keyring,
            links: Tickets::new(Duration::from_mins(10), 16),
            cookies: Tickets::new(Duration::from_hours(12), 1_024),
            metrics,
            decides: Arc::new(Semaphore::new(parts.settings.max_decides)),
            requests: Arc::new(Semaphore::new(parts.settings.max_requests)),
            logins: Arc::new(Semaphore::new(LOGINS)),
            bodies: Arc::new(Semaphore::new(BODIES_KIB)),
            writes: TaskTracker::new(),
            store_seen: tokio::sync::Mutex::new(None),
            parts,
        }))
    }

    /// The path of a link that opens the pages once, within ten minutes. Whoever has it may read
    /// what they show, and change nothing: print it, never log it.
    ///
    /// # Errors
    /// When the operating system has no randomness.
    pub fn one_time_link(&self) -> Result<String, getrandom::Error> {
        Ok(format!(
            "/open?token={}",
            self.links.issue(Holder::Operator)?
        ))
    }
}

/// The machine's clock.
pub(crate) fn now_ms() -> EpochMs {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    EpochMs::try_from(since.as_millis()).unwrap_or(EpochMs::MAX)
}
