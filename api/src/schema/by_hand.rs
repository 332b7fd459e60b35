//! Shapes of what people do by hand: reviews, list entries, and the acts that tell of it.

use utoipa::ToSchema;

/// A reviewer's word.
#[derive(ToSchema)]
#[schema(as = Review)]
pub struct ReviewSchema {
    /// `attack`, `honest` or `test`.
    pub verdict: String,
    /// In the reviewer's words.
    pub note: String,
    /// The name of the reviewer's key.
    pub author: String,
    /// When.
    pub at: String,
}

/// What a reviewer sends.
#[derive(ToSchema)]
#[schema(as = ReviewRequest)]
pub struct ReviewRequestSchema {
    /// `attack`, `honest` or `test`.
    #[schema(example = "attack")]
    pub verdict: String,
    /// In the reviewer's words.
    #[schema(max_length = 4000)]
    pub note: Option<String>,
    /// The version that the reviewer saw; needed unless `If-Match` gives it.
    pub version: Option<i64>,
}

/// What an operator sends to add or change a list entry.
#[derive(ToSchema)]
#[schema(as = ListEntryRequest)]
pub struct ListEntryRequestSchema {
    /// `allow` or `deny`.
    #[schema(example = "deny")]
    pub action: String,
    /// `address`, `cidr`, `asn`, `country`, `device`, `user` or `tool`.
    #[schema(example = "cidr")]
    pub dimension: String,
    /// The value.
    #[schema(example = "203.0.113.0/24", max_length = 1024)]
    pub value: String,
    /// The endpoint that it holds on; all where absent.
    pub endpoint: Option<String>,
    /// The tenant that it holds for.
    pub tenant: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// From when, in event time; now where absent.
    pub holds_from: Option<String>,
    /// Until when; for ever where absent.
    pub expires_at: Option<String>,
    /// To change an entry: its version, unless `If-Match` gives it.
    pub version: Option<i64>,
}

/// A list entry.
#[derive(ToSchema)]
#[schema(as = ListEntry)]
pub struct ListEntrySchema {
    /// Its id.
    pub id: String,
    /// `allow` or `deny`.
    pub action: String,
    /// What the value is.
    pub dimension: String,
    /// The value.
    pub value: String,
    /// The endpoint that it holds on; all where absent.
    pub endpoint: Option<String>,
    /// The tenant that it holds for.
    pub tenant: Option<String>,
    /// Why.
    pub reason: String,
    /// The name of the key that made it.
    pub author: String,
    /// When it was made.
    pub created_at: String,
    /// The name of the key that changed it last; absent where nobody has.
    pub changed_by: Option<String>,
    /// When it was changed last; absent where nobody has.
    pub changed_at: Option<String>,
    /// From when it holds, in event time.
    pub holds_from: String,
    /// Until when; null is for ever.
    #[schema(required = true)]
    pub expires_at: Option<String>,
    /// Rises with every change.
    pub version: i64,
}

/// A page of list entries.
#[derive(ToSchema)]
#[schema(as = ListPage)]
pub struct ListPageSchema {
    /// The entries.
    pub items: Vec<ListEntrySchema>,
    /// The cursor of the next page; null on the last.
    #[schema(required = true)]
    pub next: Option<String>,
}

/// What somebody did by hand.
#[derive(ToSchema)]
#[schema(as = Act)]
pub struct ActSchema {
    /// When.
    pub at: String,
    /// The name of the key that acted, or `command line`.
    pub actor: String,
    /// The id of that key, its public part; null on the command line.
    #[schema(required = true)]
    pub key_id: Option<String>,
    /// What was done, such as `list_entry_changed`.
    pub act: String,
    /// To what: `key:`, `list_entry:` or `session:` with the id.
    pub subject: String,
    /// What stood there before, in short: of a key its name and scopes, of a review its verdict, of a list
    /// entry its JSON, where users and devices are hashed. Null where nothing stood there.
    #[schema(required = true)]
    pub old: Option<String>,
    /// What stands there since, likewise.
    #[schema(required = true)]
    pub new: Option<String>,
}

/// A page of acts.
#[derive(ToSchema)]
#[schema(as = ActPage)]
pub struct ActPageSchema {
    /// The acts.
    pub items: Vec<ActSchema>,
    /// The cursor of the next page; null on the last.
    #[schema(required = true)]
    pub next: Option<String>,
}
