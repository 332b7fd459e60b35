//! Shapes of campaigns, the accounts that fell to them, and alerts.

use super::ReasonSchema;
use utoipa::ToSchema;

/// An attack from many sources. Every number is an estimate that errs low.
#[derive(ToSchema)]
#[schema(as = Campaign)]
pub struct CampaignSchema {
    /// Its id, the same from its opening to its end.
    pub campaign_id: String,
    /// The tenant that is attacked; null where it is not known.
    #[schema(required = true)]
    pub tenant: Option<String>,
    /// `opened`, `growing` or `closed`.
    pub phase: String,
    /// The kind of attack.
    pub attack: String,
    /// Its first attempt.
    pub opened_at: String,
    /// Its latest attempt.
    pub last_at: String,
    /// When it was found to be over; null while it goes on.
    #[schema(required = true)]
    pub closed_at: Option<String>,
    /// Its attempts.
    pub attempts: u64,
    /// Distinct addresses that it came from.
    pub addresses: u32,
    /// Distinct networks.
    pub networks: u32,
    /// Distinct names that it tried.
    pub users: u32,
    /// Distinct tools.
    pub tools: u32,
    /// Distinct passwords, by fingerprint.
    pub passwords: u32,
    /// Accounts that fell.
    pub accounts: u32,
    /// What its attempts share, the strongest first, at most 16; users, devices and tools are hashed.
    pub members: Vec<String>,
}

/// A page of campaigns.
#[derive(ToSchema)]
#[schema(as = CampaignPage)]
pub struct CampaignPageSchema {
    /// The campaigns.
    pub items: Vec<CampaignSchema>,
    /// The cursor of the next page; null on the last.
    #[schema(required = true)]
    pub next: Option<String>,
}

/// An account that fell to a campaign.
#[derive(ToSchema)]
#[schema(as = Account)]
pub struct AccountSchema {
    /// The tenant.
    pub tenant: String,
    /// The user's name, or its pseudonym.
    pub username: String,
    /// When somebody first got in.
    pub first_at: String,
    /// When last.
    pub last_at: String,
    /// How often.
    pub attempts: i64,
    /// The verdict on the first of these.
    pub verdict_id: String,
    /// The address that it came from.
    pub ip: String,
}

/// A page of accounts.
#[derive(ToSchema)]
#[schema(as = AccountPage)]
pub struct AccountPageSchema {
    /// The accounts.
    pub items: Vec<AccountSchema>,
    /// The cursor of the next page; null on the last.
    #[schema(required = true)]
    pub next: Option<String>,
}

/// What somebody should hear of at once.
#[derive(ToSchema)]
#[schema(as = Alert)]
#[serde(untagged)]
pub enum AlertSchema {
    /// A thief seems to be in an account.
    Takeover(TakeoverAlertSchema),
    /// A campaign opened or closed.
    Campaign(CampaignAlertSchema),
}

/// A success that looks like a thief's: its account is to be warned.
#[derive(ToSchema)]
#[schema(as = TakeoverAlert)]
pub struct TakeoverAlertSchema {
    /// A function of the verdict: the same alert has the same id.
    pub alert_id: String,
    /// `account_takeover`.
    pub kind: String,
    /// The verdict that says so.
    pub verdict_id: String,
    /// The producer's id of the attempt.
    pub event_id: String,
    /// The tenant.
    pub tenant: String,
    /// The account: the user's name, or its pseudonym.
    #[schema(required = true)]
    pub username: Option<String>,
    /// When the thief got in.
    pub time: String,
    /// 0 where it was seen at once, higher where it was found later.
    pub revision: u32,
    /// `challenge` or `block`: what should be done with such an attempt.
    pub decision: String,
    /// The probability that it is one, 0 to 1.
    pub score: f64,
    /// Why, strongest first.
    pub reasons: Vec<ReasonSchema>,
    /// The campaign that it belongs to.
    #[schema(required = true)]
    pub campaign_id: Option<String>,
    /// `enforce` or `shadow`.
    pub mode: String,
}

/// A campaign's opening or end.
#[derive(ToSchema)]
#[schema(as = CampaignAlert)]
pub struct CampaignAlertSchema {
    /// A function of the campaign and its phase.
    pub alert_id: String,
    /// `campaign`.
    pub kind: String,
    /// The campaign as it stood then.
    pub campaign: CampaignSchema,
}

/// A page of alerts.
#[derive(ToSchema)]
#[schema(as = AlertPage)]
pub struct AlertPageSchema {
    /// The alerts.
    pub items: Vec<AlertSchema>,
    /// The cursor of the next page; null on the last.
    #[schema(required = true)]
    pub next: Option<String>,
}
