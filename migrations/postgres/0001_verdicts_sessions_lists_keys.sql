-- Texts are compared by their bytes, so that the order does not depend on the database's locale.

-- Verdicts that are kept whole, a partition a week, made on demand. What has no partition of its
-- own is in the default one. `verdict` holds the verdict byte for byte (json, not jsonb).
CREATE TABLE verdicts (
    time        timestamptz NOT NULL,
    verdict_id  uuid        NOT NULL,
    event_id    text        NOT NULL,
    revision    bigint      NOT NULL,
    decided_at  timestamptz NOT NULL,
    tenant      text        COLLATE "C" NOT NULL,
    username    text        COLLATE "C",
    ip          inet        NOT NULL,
    asn         bigint,
    decision    text        COLLATE "C" NOT NULL,
    score       double precision NOT NULL,
    attack      text        COLLATE "C" NOT NULL,
    session_id  uuid,
    mode        text        NOT NULL,
    policy      text        NOT NULL,
    verdict     json        NOT NULL,
    CONSTRAINT verdicts_pkey PRIMARY KEY (time, verdict_id)
) PARTITION BY RANGE (time);

CREATE TABLE verdicts_default PARTITION OF verdicts DEFAULT;

CREATE INDEX verdicts_tenant   ON verdicts (tenant, time DESC, verdict_id DESC);
CREATE INDEX verdicts_username ON verdicts (username, time DESC, verdict_id DESC) WHERE username IS NOT NULL;
CREATE INDEX verdicts_ip       ON verdicts (ip, time DESC, verdict_id DESC);
CREATE INDEX verdicts_decision ON verdicts (decision, time DESC, verdict_id DESC);
CREATE INDEX verdicts_attack   ON verdicts (attack, time DESC, verdict_id DESC);
CREATE INDEX verdicts_session  ON verdicts (session_id, time DESC, verdict_id DESC) WHERE session_id IS NOT NULL;

-- The last place whose outcome is stored. -1: none yet.
CREATE TABLE progress (
    source      text    COLLATE "C" NOT NULL,
    partition   integer NOT NULL,
    last_offset bigint  NOT NULL DEFAULT -1,
    last_index  bigint  NOT NULL DEFAULT -1,
    CONSTRAINT progress_pkey PRIMARY KEY (source, partition)
);

-- All plain allows, whether kept whole too or not.
CREATE TABLE allow_counts (
    hour        timestamptz NOT NULL,
    tenant      text    COLLATE "C" NOT NULL,
    source      text    COLLATE "C" NOT NULL,
    partition   integer NOT NULL,
    count       bigint  NOT NULL,
    CONSTRAINT allow_counts_pkey PRIMARY KEY (hour, tenant, source, partition)
);

-- Distinct users, addresses and devices by the hour: a HyperLogLog++ each. `whose` is
-- `tenant:NAME` or `asn:NUMBER`.
CREATE TABLE distinct_panes (
    hour        timestamptz NOT NULL,
    whose       text    COLLATE "C" NOT NULL,
    what        text    COLLATE "C" NOT NULL,
    pane        bytea   NOT NULL,
    CONSTRAINT distinct_panes_pkey PRIMARY KEY (whose, what, hour)
);
CREATE INDEX distinct_panes_hour ON distinct_panes (hour);

-- The secret key of the panes' hash: made once, the same for every process.
CREATE TABLE pane_key (
    id          smallint PRIMARY KEY CHECK (id = 1),
    key         bytea NOT NULL CHECK (octet_length(key) = 16)
);

CREATE TABLE sessions (
    session_id  uuid        NOT NULL,
    tenant      text        NOT NULL,
    ip          inet        NOT NULL,
    first_at    timestamptz NOT NULL,
    last_at     timestamptz NOT NULL,
    attempts    bigint      NOT NULL,
    challenged  bigint      NOT NULL,
    blocked     bigint      NOT NULL,
    attack      text        COLLATE "C" NOT NULL,
    attack_at   timestamptz,
    version     bigint      NOT NULL DEFAULT 1,
    review      json,
    CONSTRAINT sessions_pkey PRIMARY KEY (session_id)
);
CREATE INDEX sessions_last_at ON sessions (last_at DESC, session_id DESC);
CREATE INDEX sessions_ip      ON sessions (ip, last_at DESC, session_id DESC);

-- Every review, with the version of the session that it made.
CREATE TABLE reviews (
    session_id  uuid   NOT NULL,
    version     bigint NOT NULL,
    review      json   NOT NULL,
    CONSTRAINT reviews_pkey PRIMARY KEY (session_id, version)
);

CREATE TABLE list_entries (
    seq         bigint GENERATED ALWAYS AS IDENTITY,
    id          text   COLLATE "C" NOT NULL,
    version     bigint NOT NULL DEFAULT 1,
    entry       json   NOT NULL,
    CONSTRAINT list_entries_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX list_entries_seq ON list_entries (seq);

CREATE TABLE api_keys (
    key_id      text        COLLATE "C" NOT NULL,
    secret_hash bytea       NOT NULL CHECK (octet_length(secret_hash) = 32),
    name        text        NOT NULL,
    scopes      text[]      NOT NULL,
    created_at  timestamptz NOT NULL,
    revoked_at  timestamptz,
    CONSTRAINT api_keys_pkey PRIMARY KEY (key_id)
);
