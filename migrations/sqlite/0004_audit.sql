-- Who did what by hand, in the order in which it was done. Rows are added, never changed, and stay.
CREATE TABLE audit (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    at          INTEGER NOT NULL,
    actor       TEXT    NOT NULL,
    key_id      TEXT,
    act         TEXT    NOT NULL,
    subject     TEXT    NOT NULL,
    old_value   TEXT,
    new_value   TEXT
) STRICT;
CREATE INDEX audit_subject ON audit (subject, seq DESC);
