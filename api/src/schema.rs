//! Shapes for `/openapi.json`, of what is read and written by types of other crates.
//!
//! Those types know nothing of `OpenAPI`, so their JSON is described here by hand. A test holds each
//! shape against real answers, field by field. None of these is ever made.

mod by_hand;
mod campaigns;

pub use by_hand::{
    ActPageSchema, ActSchema, ListEntryRequestSchema, ListEntrySchema, ListPageSchema,
    ReviewRequestSchema, ReviewSchema,
};
pub use campaigns::{
    AccountPageSchema, AccountSchema, AlertPageSchema, AlertSchema, CampaignAlertSchema,
    CampaignPageSchema, CampaignSchema, TakeoverAlertSchema,
};

use utoipa::ToSchema;

/// A question: an attempt without its outcome. Unknown fields are ignored.
#[derive(ToSchema)]
#[schema(as = Question)]
pub struct QuestionSchema {
    /// The producer's id; given back in the answer.
    #[schema(max_length = 128)]
    pub event_id: Option<String>,
    /// IPv4 or IPv6.
    #[schema(example = "203.0.113.9")]
    pub ip: String,
    /// `login` (where absent), `signup`, `password_reset`, `lookup`, `mfa` or `token`.
    pub kind: Option<String>,
    /// The user's name. Trimmed, and cut to 320 bytes.
    pub username: Option<String>,
    /// Autonomous system number.
    pub asn: Option<u32>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// The producer's device token.
    pub device_id: Option<String>,
    /// The `User-Agent` header.
    pub user_agent: Option<String>,
    /// JA4 TLS fingerprint.
    pub ja4: Option<String>,
    /// Keyed digest (HMAC) of the tried password; never the password.
    pub password_fingerprint: Option<String>,
    /// The pair stands in a breach list.
    pub breached_password: Option<bool>,
    /// `passed`, `failed` or `none`.
    pub mfa: Option<String>,
    /// The tenant; `default` where absent. Cut to 256 bytes.
    pub tenant: Option<String>,
    /// The application. Cut to 256 bytes.
    pub app: Option<String>,
    /// The endpoint. Cut to 256 bytes.
    pub endpoint: Option<String>,
    /// The producer's session id.
    pub session_id: Option<String>,
}

/// One login event. Unknown fields are ignored.
#[derive(ToSchema)]
#[schema(as = Event)]
pub struct EventSchema {
    /// Unique; a repeat changes nothing.
    #[schema(max_length = 128)]
    pub event_id: String,
    /// RFC 3339 with offset, or integer milliseconds since 1970.
    #[schema(example = "2026-01-31T09:30:00Z")]
    pub time: String,
    /// `success` or `failure`.
    pub outcome: String,
    /// IPv4 or IPv6.
    pub ip: String,
    /// `login` (where absent), `signup`, `password_reset`, `lookup`, `mfa` or `token`.
    pub kind: Option<String>,
    /// `valid`, `invalid` or `unknown`: was the password right?
    pub credential: Option<String>,
    /// `unknown_user`, `bad_password`, `bad_mfa`, `locked`, `expired` or `other`.
    pub failure_reason: Option<String>,
    /// The user's name. Trimmed, and cut to 320 bytes.
    pub username: Option<String>,
    /// Autonomous system number.
    pub asn: Option<u32>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// The producer's device token.
    pub device_id: Option<String>,
    /// The `User-Agent` header.
    pub user_agent: Option<String>,
    /// JA4 TLS fingerprint.
    pub ja4: Option<String>,
    /// Keyed digest (HMAC) of the tried password; never the password.
    pub password_fingerprint: Option<String>,
    /// The pair stands in a breach list.
    pub breached_password: Option<bool>,
    /// `passed`, `failed` or `none`.
    pub mfa: Option<String>,
    /// The tenant; `default` where absent. Cut to 256 bytes.
    pub tenant: Option<String>,
    /// The application. Cut to 256 bytes.
    pub app: Option<String>,
    /// The endpoint. Cut to 256 bytes.
    pub endpoint: Option<String>,
    /// The producer's session id.
    pub session_id: Option<String>,
}

/// One contribution to a score.
#[derive(ToSchema)]
#[schema(as = Reason)]
pub struct ReasonSchema {
    /// The signal, such as `ip.distinct_users`.
    pub signal: String,
    /// Of whom, such as `ip:203.0.113.9`; users, devices and tools are hashed.
    pub entity: String,
    /// Over which time, such as `15m`.
    pub window: String,
    /// The measured value.
    pub value: u32,
    /// The value's relative error.
    pub error: f64,
    /// The limit that it is held against.
    pub limit: u32,
    /// Signals of one family measure the same thing.
    pub family: String,
    /// What it adds to the log-odds, in nats.
    pub weight: f64,
}

/// An answer.
#[derive(ToSchema)]
#[schema(as = Answer)]
pub struct AnswerSchema {
    /// The question's id, where it had one.
    pub event_id: Option<String>,
    /// `allow`, `challenge` or `block`. In shadow mode always `allow`.
    pub decision: String,
    /// In shadow mode only: what the decision would be.
    pub would: Option<String>,
    /// The probability of an attack, 0 to 1.
    pub score: f64,
    /// The kind of attack.
    pub attack: String,
    /// Why, strongest first.
    pub reasons: Vec<ReasonSchema>,
    /// The session of flagged attempts that it would belong to.
    #[schema(required = true)]
    pub session_id: Option<String>,
    /// Until when the decision should be remembered.
    #[schema(required = true)]
    pub expires_at: Option<String>,
    /// The event time that the answer holds for; the time of the question where no event was seen yet, and from an API node.
    pub as_of: String,
    /// `engine` or `replica`.
    pub basis: String,
    /// The hash of the policy that decided.
    pub policy: String,
    /// `enforce` or `shadow`.
    pub mode: String,
    /// Names in the question that are no fields and were ignored, eight at most; absent where there is none.
    pub unknown_fields: Option<Vec<String>>,
}

/// Answers in the order of their questions.
#[derive(ToSchema)]
#[schema(as = BatchAnswer)]
pub struct BatchAnswerSchema {
    /// One a question.
    pub answers: Vec<OneOfBatchSchema>,
}

/// An answer, or what is wrong with the question.
#[derive(ToSchema)]
#[schema(as = OneOfBatch)]
#[serde(untagged)]
pub enum OneOfBatchSchema {
    /// An answer.
    Answer(AnswerSchema),
    /// What is wrong.
    Problem {
        /// The problem.
        problem: crate::error::Problem,
    },
}

/// A verdict with what it is about.
#[derive(ToSchema)]
#[schema(as = Verdict)]
pub struct VerdictSchema {
    /// A function of tenant, event, time and revision.
    pub verdict_id: String,
    /// The producer's id of the attempt.
    pub event_id: String,
    /// Higher for a later verdict on the same attempt.
    pub revision: u32,
    /// When the attempt happened.
    pub time: String,
    /// When the verdict was made.
    pub decided_at: String,
    /// The tenant.
    pub tenant: String,
    /// `allow`, `challenge` or `block`.
    pub decision: String,
    /// The probability of an attack, 0 to 1.
    pub score: f64,
    /// The kind of attack.
    pub attack: String,
    /// Why, strongest first.
    pub reasons: Vec<ReasonSchema>,
    /// The session of flagged attempts.
    #[schema(required = true)]
    pub session_id: Option<String>,
    /// The campaign.
    #[schema(required = true)]
    pub campaign_id: Option<String>,
    /// Until when the decision should be remembered.
    #[schema(required = true)]
    pub expires_at: Option<String>,
    /// The hash of the policy that decided.
    pub policy: String,
    /// `enforce` or `shadow`.
    pub mode: String,
    /// The user's name, or its pseudonym.
    #[schema(required = true)]
    pub username: Option<String>,
    /// The address.
    pub ip: String,
    /// The ASN.
    #[schema(required = true)]
    pub asn: Option<u32>,
}

/// A page of verdicts.
#[derive(ToSchema)]
#[schema(as = VerdictPage)]
pub struct VerdictPageSchema {
    /// The verdicts.
    pub items: Vec<VerdictSchema>,
    /// The cursor of the next page; null on the last.
    #[schema(required = true)]
    pub next: Option<String>,
}

/// A live counter.
#[derive(ToSchema)]
#[schema(as = Counter)]
pub struct CounterSchema {
    /// What is counted.
    pub name: String,
    /// Over which time.
    pub window: String,
    /// The count.
    pub value: u64,
}

/// What is known about an entity.
#[derive(ToSchema)]
#[schema(as = Entity)]
pub struct EntitySchema {
    /// The entity, as it stands in reasons.
    pub entity: String,
    /// Live counters.
    pub counters: Vec<CounterSchema>,
    /// The score of an attempt about which nothing else is known.
    pub score: f64,
    /// What such an attempt would get.
    pub decision: String,
    /// Why.
    pub reasons: Vec<ReasonSchema>,
}

/// A burst of flagged attempts from one source.
#[derive(ToSchema)]
#[schema(as = Session)]
pub struct SessionSchema {
    /// Its id.
    pub session_id: String,
    /// The tenant of its first attempt.
    pub tenant: String,
    /// The source address.
    pub ip: String,
    /// Its first flagged attempt.
    pub first_at: String,
    /// Its last flagged attempt.
    pub last_at: String,
    /// Flagged attempts.
    pub attempts: i64,
    /// Of these, challenged.
    pub challenged: i64,
    /// Of these, blocked.
    pub blocked: i64,
    /// The kind of attack named most recently.
    pub attack: String,
    /// Rises with every review.
    pub version: i64,
    /// The latest review.
    #[schema(required = true)]
    pub review: Option<ReviewSchema>,
}

/// A page of sessions.
#[derive(ToSchema)]
#[schema(as = SessionPage)]
pub struct SessionPageSchema {
    /// The sessions.
    pub items: Vec<SessionSchema>,
    /// The cursor of the next page; null on the last.
    #[schema(required = true)]
    pub next: Option<String>,
}

/// Plain allows of an hour.
#[derive(ToSchema)]
#[schema(as = AllowCount)]
pub struct AllowCountSchema {
    /// The hour of event time.
    pub hour: String,
    /// The tenant.
    pub tenant: String,
    /// How many.
    pub count: i64,
}

/// Counts, oldest first.
#[derive(ToSchema)]
#[schema(as = Allows)]
pub struct AllowsSchema {
    /// The counts.
    pub items: Vec<AllowCountSchema>,
}
