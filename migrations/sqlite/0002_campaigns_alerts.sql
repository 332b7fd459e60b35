-- The campaign that a verdict belongs to: its fallen accounts are read by it.
ALTER TABLE verdicts ADD COLUMN campaign_id TEXT;
CREATE INDEX verdicts_campaign ON verdicts (campaign_id, time DESC, verdict_id DESC) WHERE campaign_id IS NOT NULL;

-- A campaign as it was last said to stand; `campaign` holds its JSON byte for byte.
CREATE TABLE campaigns (
    campaign_id TEXT    NOT NULL PRIMARY KEY,
    tenant      TEXT,
    attack      TEXT    NOT NULL,
    closed      INTEGER NOT NULL,
    last_at     INTEGER NOT NULL,
    attempts    INTEGER NOT NULL,
    campaign    TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX campaigns_last_at ON campaigns (last_at DESC, campaign_id DESC);

-- Every alert that was given; `alert` holds its JSON byte for byte.
CREATE TABLE alerts (
    alert_id    TEXT    NOT NULL PRIMARY KEY,
    time        INTEGER NOT NULL,
    kind        TEXT    NOT NULL,
    alert       TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX alerts_time ON alerts (time DESC, alert_id DESC);
