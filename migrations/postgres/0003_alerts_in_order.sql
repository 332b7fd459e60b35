-- Alerts are read in the order in which they were stored: one that was found late is new although it tells of
-- something older. Numbering them rewrites the table, which is short: alerts are rare.
ALTER TABLE alerts ADD COLUMN seq bigint;
UPDATE alerts SET seq = n FROM (SELECT alert_id AS id, row_number() OVER (ORDER BY time, alert_id) AS n FROM alerts) o
WHERE alert_id = o.id;
ALTER TABLE alerts ALTER COLUMN seq SET NOT NULL, ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY;
SELECT setval(pg_get_serial_sequence('alerts', 'seq'), coalesce(max(seq), 0) + 1, false) FROM alerts;
CREATE UNIQUE INDEX alerts_seq ON alerts (seq);
CREATE INDEX alerts_username ON alerts ((alert ->> 'username'), seq DESC) WHERE alert ->> 'username' IS NOT NULL;
