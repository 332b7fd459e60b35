-- What the roles of the service may do in this schema. `credsieve migrate` runs it each time, in one transaction:
-- what a version no longer needs is taken back. Nobody but the owner changes tables, and nobody gets DELETE but on
-- list entries: what is old goes by `remove_old`. Reading through a partitioned table needs no right on its parts.

REVOKE ALL ON verdicts, progress, allow_counts, distinct_panes, pane_key, sessions, reviews, campaigns, alerts,
    list_entries, api_keys, audit, _sqlx_migrations FROM credsieve_detector, credsieve_api, credsieve_keys;
REVOKE ALL ON FUNCTION make_verdicts_week(date), drop_verdicts_week(date), remove_old(text, timestamptz)
    FROM credsieve_detector, credsieve_api, credsieve_keys;
DO $$ BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO credsieve_detector, credsieve_api, credsieve_keys', current_schema());
END $$;

-- All: whether the schema is new enough, and what they do by hand.
GRANT SELECT ON _sqlx_migrations, api_keys TO credsieve_detector, credsieve_api, credsieve_keys;
GRANT INSERT (at, actor, key_id, act, subject, old_value, new_value) ON audit
    TO credsieve_detector, credsieve_api, credsieve_keys;

-- Keys are made and revoked on the command line alone.
GRANT INSERT (key_id, secret_hash, name, scopes, created_at, revoked_at), UPDATE (revoked_at) ON api_keys
    TO credsieve_keys;

-- HTTP, which a detector serves too: what is shown, reviews, lists.
GRANT SELECT ON verdicts, allow_counts, distinct_panes, sessions, campaigns, alerts, list_entries, audit
    TO credsieve_detector, credsieve_api;
GRANT UPDATE (version, review) ON sessions TO credsieve_detector, credsieve_api;
GRANT INSERT ON reviews TO credsieve_detector, credsieve_api;
GRANT INSERT (id, entry), UPDATE (version, entry), DELETE ON list_entries TO credsieve_detector, credsieve_api;

-- The stream.
GRANT INSERT ON verdicts TO credsieve_detector;
GRANT SELECT, INSERT (source, partition), UPDATE (last_offset, last_index) ON progress TO credsieve_detector;
GRANT INSERT, UPDATE (count) ON allow_counts TO credsieve_detector;
GRANT INSERT, UPDATE (pane) ON distinct_panes TO credsieve_detector;
GRANT SELECT, INSERT ON pane_key TO credsieve_detector;
GRANT INSERT (session_id, tenant, ip, first_at, last_at, attempts, challenged, blocked, attack, attack_at),
      UPDATE (tenant, ip, first_at, last_at, attempts, challenged, blocked, attack, attack_at)
    ON sessions TO credsieve_detector;
GRANT INSERT, UPDATE (tenant, attack, closed, last_at, attempts, campaign) ON campaigns TO credsieve_detector;
GRANT INSERT (alert_id, time, kind, alert) ON alerts TO credsieve_detector;
GRANT EXECUTE ON FUNCTION make_verdicts_week(date), drop_verdicts_week(date), remove_old(text, timestamptz)
    TO credsieve_detector;
