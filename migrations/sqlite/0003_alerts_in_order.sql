-- Alerts are read in the order in which they were stored: one that was found late is new although it tells of
-- something older. SQLite cannot number a table that is there, so it is made anew.
CREATE TABLE alerts_in_order (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    alert_id    TEXT    NOT NULL UNIQUE,
    time        INTEGER NOT NULL,
    kind        TEXT    NOT NULL,
    alert       TEXT    NOT NULL
) STRICT;
INSERT INTO alerts_in_order (alert_id, time, kind, alert)
SELECT alert_id, time, kind, alert FROM alerts ORDER BY time, alert_id;
DROP TABLE alerts;
ALTER TABLE alerts_in_order RENAME TO alerts;
CREATE INDEX alerts_time     ON alerts (time);
CREATE INDEX alerts_username ON alerts (alert ->> 'username', seq DESC) WHERE alert ->> 'username' IS NOT NULL;
