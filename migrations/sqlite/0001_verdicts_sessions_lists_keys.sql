-- Instants are milliseconds since 1970, ids are 32 hexadecimal digits.

-- Verdicts that are kept whole; `verdict` holds the verdict's JSON byte for byte.
CREATE TABLE verdicts (
    time        INTEGER NOT NULL,
    verdict_id  TEXT    NOT NULL,
    event_id    TEXT    NOT NULL,
    revision    INTEGER NOT NULL,
    decided_at  INTEGER NOT NULL,
    tenant      TEXT    NOT NULL,
    username    TEXT,
    ip          TEXT    NOT NULL,
    asn         INTEGER,
    decision    TEXT    NOT NULL,
    score       REAL    NOT NULL,
    attack      TEXT    NOT NULL,
    session_id  TEXT,
    mode        TEXT    NOT NULL,
    policy      TEXT    NOT NULL,
    verdict     TEXT    NOT NULL,
    PRIMARY KEY (time, verdict_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX verdicts_tenant   ON verdicts (tenant, time DESC, verdict_id DESC);
CREATE INDEX verdicts_username ON verdicts (username, time DESC, verdict_id DESC) WHERE username IS NOT NULL;
CREATE INDEX verdicts_ip       ON verdicts (ip, time DESC, verdict_id DESC);
CREATE INDEX verdicts_decision ON verdicts (decision, time DESC, verdict_id DESC);
CREATE INDEX verdicts_attack   ON verdicts (attack, time DESC, verdict_id DESC);
CREATE INDEX verdicts_session  ON verdicts (session_id, time DESC, verdict_id DESC) WHERE session_id IS NOT NULL;

-- The last place whose outcome is stored.
CREATE TABLE progress (
    source      TEXT    NOT NULL,
    partition   INTEGER NOT NULL,
    last_offset INTEGER NOT NULL,
    last_index  INTEGER NOT NULL,
    PRIMARY KEY (source, partition)
) STRICT, WITHOUT ROWID;

-- All plain allows, whether kept whole too or not.
CREATE TABLE allow_counts (
    hour        INTEGER NOT NULL,
    tenant      TEXT    NOT NULL,
    source      TEXT    NOT NULL,
    partition   INTEGER NOT NULL,
    count       INTEGER NOT NULL,
    PRIMARY KEY (hour, tenant, source, partition)
) STRICT, WITHOUT ROWID;

-- Distinct users, addresses and devices by the hour: a HyperLogLog++ each. `whose` is
-- `tenant:NAME` or `asn:NUMBER`.
CREATE TABLE distinct_panes (
    hour        INTEGER NOT NULL,
    whose       TEXT    NOT NULL,
    what        TEXT    NOT NULL,
    pane        BLOB    NOT NULL,
    PRIMARY KEY (whose, what, hour)
) STRICT, WITHOUT ROWID;
CREATE INDEX distinct_panes_hour ON distinct_panes (hour);

-- The secret key of the panes' hash: made once.
CREATE TABLE pane_key (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    key         BLOB NOT NULL CHECK (length(key) = 16)
) STRICT;

CREATE TABLE sessions (
    session_id  TEXT    NOT NULL PRIMARY KEY,
    tenant      TEXT    NOT NULL,
    ip          TEXT    NOT NULL,
    first_at    INTEGER NOT NULL,
    last_at     INTEGER NOT NULL,
    attempts    INTEGER NOT NULL,
    challenged  INTEGER NOT NULL,
    blocked     INTEGER NOT NULL,
    attack      TEXT    NOT NULL,
    attack_at   INTEGER,
    version     INTEGER NOT NULL DEFAULT 1,
    review      TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_last_at ON sessions (last_at DESC, session_id DESC);
CREATE INDEX sessions_ip      ON sessions (ip, last_at DESC, session_id DESC);

-- Every review, with the version of the session that it made.
CREATE TABLE reviews (
    session_id  TEXT    NOT NULL,
    version     INTEGER NOT NULL,
    review      TEXT    NOT NULL,
    PRIMARY KEY (session_id, version)
) STRICT, WITHOUT ROWID;

-- SQLite cannot change two tables in one statement; a trigger makes the two changes one.
CREATE TRIGGER sessions_reviewed AFTER UPDATE OF review ON sessions
WHEN new.version > old.version
BEGIN
    INSERT INTO reviews (session_id, version, review)
    VALUES (new.session_id, new.version, new.review);
END;

CREATE TABLE list_entries (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT    NOT NULL UNIQUE,
    version     INTEGER NOT NULL DEFAULT 1,
    entry       TEXT    NOT NULL
) STRICT;

CREATE TABLE api_keys (
    key_id      TEXT    NOT NULL PRIMARY KEY,
    secret_hash BLOB    NOT NULL CHECK (length(secret_hash) = 32),
    name        TEXT    NOT NULL,
    scopes      TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    revoked_at  INTEGER
) STRICT, WITHOUT ROWID;
