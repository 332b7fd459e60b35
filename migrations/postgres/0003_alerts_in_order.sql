-- Alerts are read in the order in which they were stored: one that was found late is new although it tells of
-- something older. Numbering them rewrites the table, which is short: alerts are rare.
ALTER TABLE alerts ADD COLUMN seq bigint GENERATED ALWAYS AS IDENTITY;
CREATE UNIQUE INDEX alerts_seq ON alerts (seq);
CREATE INDEX alerts_username ON alerts ((alert ->> 'username'), seq DESC) WHERE alert ->> 'username' IS NOT NULL;
