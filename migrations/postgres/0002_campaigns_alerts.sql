-- The campaign that a verdict belongs to: its fallen accounts are read by it.
ALTER TABLE verdicts ADD COLUMN campaign_id uuid;
CREATE INDEX verdicts_campaign ON verdicts (campaign_id, time DESC, verdict_id DESC) WHERE campaign_id IS NOT NULL;

-- A campaign as it was last said to stand. `campaign` holds its JSON byte for byte.
CREATE TABLE campaigns (
    campaign_id uuid        NOT NULL,
    tenant      text        COLLATE "C",
    attack      text        COLLATE "C" NOT NULL,
    closed      boolean     NOT NULL,
    last_at     timestamptz NOT NULL,
    attempts    bigint      NOT NULL,
    campaign    json        NOT NULL,
    CONSTRAINT campaigns_pkey PRIMARY KEY (campaign_id)
);
CREATE INDEX campaigns_last_at ON campaigns (last_at DESC, campaign_id DESC);

-- Every alert that was given; `alert` holds its JSON byte for byte.
CREATE TABLE alerts (
    alert_id    uuid        NOT NULL,
    time        timestamptz NOT NULL,
    kind        text        COLLATE "C" NOT NULL,
    alert       json        NOT NULL,
    CONSTRAINT alerts_pkey PRIMARY KEY (alert_id)
);
CREATE INDEX alerts_time ON alerts (time DESC, alert_id DESC);
